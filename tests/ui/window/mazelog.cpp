#include "tests/ui/window/mazelog.h"

#include <QPoint>
#include <QRandomGenerator>
#include <QSet>

#include <array>

namespace batchyard::test {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array<QPoint, 4> sides{QPoint(1, 0), QPoint(-1, 0), QPoint(0, 1), QPoint(0, -1)};

class Maze
{
public:
    Maze(int width, int height, quint32 seed)
        : m_width(width)
        , m_height(height)
        , m_random(seed)
        , m_rows(2 * height + 1, QString(2 * width + 1, u' '))
    {
        for (int y = 0; y < m_rows.size(); ++y) {
            for (int x = 0; x < m_rows.at(y).size(); ++x) {
                if (y % 2 == 0)
                    m_rows[y][x] = x % 2 == 0 ? u'+' : u'-';
                else if (x % 2 == 0)
                    m_rows[y][x] = u'|';
            }
        }
        carve();
        m_start = QPoint(0, height - 2);
        m_key = QPoint(width * 2 / 5, 2);
        m_exit = QPoint(width - 1, height * 4 / 5);
        mark(m_start, u'S', QPoint(-1, 0));
        mark(m_key, u'K', {});
        mark(m_exit, u'E', QPoint(1, 0));
    }

    [[nodiscard]] QStringList rows() const { return m_rows; }
    [[nodiscard]] QPoint start() const { return m_start; }
    [[nodiscard]] QPoint key() const { return m_key; }
    [[nodiscard]] QPoint exit() const { return m_exit; }

    // Depth first with steps back, as the agent walks; ends on the goal.
    QList<QPoint> walk(QPoint from, QPoint goal)
    {
        QList<QPoint> cells{from};
        QList<QPoint> trail;
        QList<QPoint> visited{from};
        QPoint here = from;
        while (here != goal) {
            QList<QPoint> fresh;
            for (const QPoint side : sides) {
                if (isOpen(here, side) && !visited.contains(here + side))
                    fresh.append(here + side);
            }
            if (fresh.isEmpty()) {
                here = trail.takeLast();
            } else {
                trail.append(here);
                here = fresh.at(m_random.bounded(static_cast<int>(fresh.size())));
                visited.append(here);
            }
            cells.append(here);
        }
        return cells;
    }

private:
    [[nodiscard]] bool isInside(QPoint cell) const
    {
        return cell.x() >= 0 && cell.y() >= 0 && cell.x() < m_width && cell.y() < m_height;
    }
    [[nodiscard]] bool isOpen(QPoint cell, QPoint side) const
    {
        return isInside(cell + side)
            && m_rows.at(2 * cell.y() + 1 + side.y()).at(2 * cell.x() + 1 + side.x()) == u' ';
    }
    void mark(QPoint cell, QChar mark, QPoint gap)
    {
        m_rows[2 * cell.y() + 1][2 * cell.x() + 1] = mark;
        if (!gap.isNull())
            m_rows[2 * cell.y() + 1 + gap.y()][2 * cell.x() + 1 + gap.x()] = u' ';
    }
    void carve()
    {
        QList<QPoint> trail{QPoint(0, 0)};
        QList<bool> seen(m_width * m_height, false);
        seen[0] = true;
        while (!trail.isEmpty()) {
            const QPoint here = trail.last();
            QList<QPoint> fresh;
            for (const QPoint side : sides) {
                const QPoint next = here + side;
                if (isInside(next) && !seen.at(next.y() * m_width + next.x()))
                    fresh.append(side);
            }
            if (fresh.isEmpty()) {
                trail.removeLast();
                continue;
            }
            const QPoint side = fresh.at(m_random.bounded(static_cast<int>(fresh.size())));
            m_rows[2 * here.y() + 1 + side.y()][2 * here.x() + 1 + side.x()] = u' ';
            const QPoint next = here + side;
            seen[next.y() * m_width + next.x()] = true;
            trail.append(next);
        }
    }

    int m_width;
    int m_height;
    QRandomGenerator m_random;
    QStringList m_rows;
    QPoint m_start, m_key, m_exit;
};

QString pair(QPoint cell)
{
    return u"(%1, %2)"_s.arg(cell.x()).arg(cell.y());
}

} // namespace

MazeLog makeMazeLog(int width, int height, quint32 seed)
{
    Maze maze(width, height, seed);
    QList<QPoint> cells = maze.walk(maze.start(), maze.key());
    MazeLog log;
    log.keyAt = cells.size();
    cells += maze.walk(maze.key(), maze.exit()).mid(1);
    log.map = QStringList{u"10.00%"_s, u"50.03%"_s, u"100.00%"_s} + maze.rows();
    log.begin = {u"SIZE {'width': %1, 'height': %2}"_s.arg(width).arg(height),
                 u"START {'x': %1, 'y': %2}"_s.arg(maze.start().x()).arg(maze.start().y())};
    log.key = pair(maze.key()) + u" key found"_s;
    QStringList pairs;
    for (const QPoint cell : std::as_const(cells)) {
        log.access.append(
            u"127.0.0.1 - - [24/Nov/2026 00:20:52] \"GET /maze/pos/%1/%2 HTTP/1.1\" 200 -"_s
                .arg(cell.y())
                .arg(cell.x()));
        pairs.append(pair(cell));
    }
    log.end = {pair(maze.exit()) + u" exit"_s, u"Solution length: %1"_s.arg(cells.size()),
               u'[' + pairs.join(u", "_s) + u']'};
    return log;
}

} // namespace batchyard::test
