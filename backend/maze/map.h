// The map of a maze as the model (or the agent) prints it, and the shortest way through it.
#pragma once

#include <QByteArray>
#include <QPoint>
#include <QSize>

#include <optional>

namespace batchyard::maze {

// Nothing larger is read: 4,001 x 4,001 cells keep 16 MB.
inline constexpr int maximumSide = 4001;

enum class Side : quint8 { Up = 1, Right = 2, Down = 4, Left = 8 };

[[nodiscard]] inline QPoint neighbour(QPoint cell, Side side)
{
    switch (side) {
    case Side::Up:
        return {cell.x(), cell.y() - 1};
    case Side::Right:
        return {cell.x() + 1, cell.y()};
    case Side::Down:
        return {cell.x(), cell.y() + 1};
    case Side::Left:
        return {cell.x() - 1, cell.y()};
    }
    Q_UNREACHABLE();
}

class Map
{
public:
    [[nodiscard]] bool isEmpty() const { return m_size.isEmpty(); }
    [[nodiscard]] QSize size() const { return m_size; } // cells
    [[nodiscard]] bool contains(QPoint cell) const
    {
        return cell.x() >= 0 && cell.y() >= 0 && cell.x() < m_size.width()
            && cell.y() < m_size.height();
    }
    // Whether the side of a cell inside the map has no wall. At the border an opening leads
    // outside.
    [[nodiscard]] bool isOpen(QPoint cell, Side side) const
    {
        return (m_sides.at(index(cell)) & static_cast<char>(side)) != 0;
    }
    [[nodiscard]] std::optional<QPoint> start() const { return m_start; }
    [[nodiscard]] std::optional<QPoint> key() const { return m_key; }
    [[nodiscard]] std::optional<QPoint> exit() const { return m_exit; }

    // Moves of the shortest way between two cells inside the map; nullopt when there is none.
    [[nodiscard]] std::optional<qint64> distance(QPoint from, QPoint to) const;

    friend bool operator==(const Map &, const Map &) = default;

private:
    friend class MapBuilder;
    [[nodiscard]] qsizetype index(QPoint cell) const
    {
        return qsizetype(cell.y()) * m_size.width() + cell.x();
    }

    QSize m_size;
    QByteArray m_sides; // per cell, rows by y: the open sides
    std::optional<QPoint> m_start, m_key, m_exit;
};

// Reads a map row by row from a log that has other lines between the rows. Memory grows with the
// rows that were really read.
class MapBuilder
{
public:
    // False: the line is no row that can stand here; the rows read so far are kept.
    bool addRow(QByteArrayView line);
    // The map of all rows read, when they end in a closed lower border. A later row may continue
    // what looked finished.
    [[nodiscard]] bool isClosed() const;
    [[nodiscard]] const Map &map() const { return m_map; }
    [[nodiscard]] int rows() const { return m_rows; } // of map text

private:
    bool begin(QByteArrayView row);
    bool addCells(QByteArrayView row);
    bool addBorder(QByteArrayView row);

    Map m_map; // height: the rows of cells that have their lower border
    QByteArray m_above; // border row above the next cells
    QByteArray m_cells; // the row of cells that still lacks its lower border
    int m_rows = 0; // map text rows read
    int m_lowerGaps = 0; // openings in the last border row
};

} // namespace batchyard::maze
