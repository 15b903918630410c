#include "backend/maze/map.h"

#include <vector>

namespace batchyard::maze {

namespace {

constexpr Side sides[] = {Side::Up, Side::Right, Side::Down, Side::Left};
// A border of the whole map is closed but for the start and the exit.
constexpr int mostBorderGaps = 2;

char bit(Side side)
{
    return static_cast<char>(side);
}

// The number of openings of a border row ("+-+ +"), or nullopt when it is none.
std::optional<int> borderGaps(QByteArrayView row)
{
    if (row.size() < 3 || row.size() % 2 == 0)
        return std::nullopt;
    int gaps = 0;
    for (qsizetype i = 0; i < row.size(); ++i) {
        const char character = row[i];
        if (i % 2 == 0 ? character != '+' : (character != '-' && character != ' '))
            return std::nullopt;
        gaps += character == ' ' ? 1 : 0;
    }
    return gaps;
}

} // namespace

std::optional<qint64> Map::distance(QPoint from, QPoint to) const
{
    if (!contains(from) || !contains(to))
        return std::nullopt;
    QByteArray seen(m_sides.size(), 0);
    std::vector<QPoint> front{from};
    std::vector<QPoint> next;
    seen[index(from)] = 1;
    for (qint64 moves = 0; !front.empty(); ++moves) {
        next.clear();
        for (const QPoint cell : front) {
            if (cell == to)
                return moves;
            for (const Side side : sides) {
                const QPoint there = neighbour(cell, side);
                if (isOpen(cell, side) && contains(there) && seen[index(there)] == 0) {
                    seen[index(there)] = 1;
                    next.push_back(there);
                }
            }
        }
        front.swap(next);
    }
    return std::nullopt;
}

bool MapBuilder::addRow(QByteArrayView line)
{
    if (m_rows == 0)
        return begin(line);
    if (m_rows % 2 == 1 && addCells(line))
        return true;
    if (m_rows % 2 == 0 && addBorder(line))
        return true;
    return begin(line);
}

bool MapBuilder::isClosed() const
{
    return m_rows >= 3 && m_rows % 2 == 1 && m_lowerGaps <= mostBorderGaps;
}

bool MapBuilder::begin(QByteArrayView row)
{
    const std::optional<int> gaps = borderGaps(row);
    const qsizetype width = row.size() / 2;
    if (!gaps || *gaps > mostBorderGaps || width > maximumSide)
        return false;
    m_map = {};
    m_map.m_size = QSize(int(width), 0);
    m_above = row.toByteArray();
    m_rows = 1;
    return true;
}

bool MapBuilder::addCells(QByteArrayView row)
{
    const int width = m_map.m_size.width();
    const qsizetype full = 2 * qsizetype(width) + 1;
    // An opening at the right border may have lost its trailing space on the way.
    if (m_map.m_size.height() >= maximumSide || row.size() < full - 1 || row.size() > full)
        return false;
    const auto at = [row](qsizetype i) { return i < row.size() ? row[i] : ' '; };
    for (qsizetype i = 0; i < full; ++i) {
        const char character = at(i);
        const bool fits = i % 2 == 0 ? character == '|' || character == ' '
                                     : character == ' ' || character == '*' || character == 'S'
                || character == 'K' || character == 'E';
        if (!fits)
            return false;
    }
    m_cells.resize(width);
    for (int x = 0; x < width; ++x) {
        const qsizetype i = 2 * qsizetype(x) + 1;
        m_cells[x] = static_cast<char>((m_above[i] == ' ' ? bit(Side::Up) : 0)
                                       | (at(i + 1) == ' ' ? bit(Side::Right) : 0)
                                       | (at(i - 1) == ' ' ? bit(Side::Left) : 0));
        const QPoint cell(x, m_map.m_size.height());
        if (at(i) == 'S' && !m_map.m_start)
            m_map.m_start = cell;
        else if (at(i) == 'K' && !m_map.m_key)
            m_map.m_key = cell;
        else if (at(i) == 'E' && !m_map.m_exit)
            m_map.m_exit = cell;
    }
    ++m_rows;
    return true;
}

bool MapBuilder::addBorder(QByteArrayView row)
{
    const std::optional<int> gaps = borderGaps(row);
    if (!gaps || row.size() != m_above.size())
        return false;
    for (qsizetype x = 0; x < m_cells.size(); ++x) {
        if (row[2 * x + 1] == ' ')
            m_cells[x] = static_cast<char>(m_cells[x] | bit(Side::Down));
    }
    m_map.m_sides += m_cells;
    m_map.m_size.rheight() += 1;
    m_above = row.toByteArray();
    m_lowerGaps = *gaps;
    ++m_rows;
    return true;
}

} // namespace batchyard::maze
