#include "mazesample.h"

#include "models/replay/replaymodel.h"

#include <QRandomGenerator>
#include <QRect>

namespace {

constexpr QPoint moves[] = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};

class Sample
{
public:
    Sample(QSize size, quint32 seed)
        : m_size(size)
        , m_random(seed)
        , m_rows(2 * size.height() + 1)
    {
        for (int row = 0; row < m_rows.size(); ++row)
            m_rows[row] = QByteArray(row % 2 == 0 ? "+-" : "| ").repeated(size.width())
                + (row % 2 == 0 ? '+' : '|');
        m_start = {0, size.height() / 2};
        m_exit = {size.width() - 1, size.height() / 3};
        m_key = {size.width() / 2, size.height() - 1};
        carve();
        at(m_start) = 'S';
        at(m_key) = 'K';
        at(m_exit) = 'E';
        between(m_start, {-1, 0}) = ' ';
        between(m_exit, {1, 0}) = ' ';
    }

    MazeSample lines()
    {
        m_walk = {m_start};
        search(m_key);
        search(m_exit);
        MazeSample sample;
        sample.modelLines = m_rows;
        sample.modelLines.append(" * Serving");
        sample.steps = m_walk.size() - 1;
        QByteArray list = "[";
        for (const QPoint cell : std::as_const(m_walk)) {
            list += (list.size() > 1 ? ", " : "") + text(cell);
            sample.accessLines.append("127.0.0.1 - - [24/Nov/2026 00:20:52] \"GET /maze/pos/"
                                      + QByteArray::number(cell.y()) + '/'
                                      + QByteArray::number(cell.x()) + " HTTP/1.1\" 200 -");
        }
        sample.agentLines = {
            "SIZE {'width': " + QByteArray::number(m_size.width())
                + ", 'height': " + QByteArray::number(m_size.height()) + '}',
            "START {'x': 0, 'y': " + QByteArray::number(m_start.y()) + '}',
            text(m_key) + " key found",
            text(m_exit) + " exit",
            "Solution length: " + QByteArray::number(m_walk.size()),
            list + ']',
        };
        return sample;
    }

private:
    static QByteArray text(QPoint cell)
    {
        return '(' + QByteArray::number(cell.x()) + ", " + QByteArray::number(cell.y()) + ')';
    }

    char &at(QPoint cell) { return m_rows[2 * cell.y() + 1].data()[2 * cell.x() + 1]; }
    char &between(QPoint cell, QPoint move)
    {
        return m_rows[2 * cell.y() + 1 + move.y()].data()[2 * cell.x() + 1 + move.x()];
    }
    bool contains(QPoint cell) const { return QRect(QPoint(0, 0), m_size).contains(cell); }
    qsizetype index(QPoint cell) const { return qsizetype(cell.y()) * m_size.width() + cell.x(); }

    void carve()
    {
        QByteArray seen(qsizetype(m_size.width()) * m_size.height(), 0);
        QList<QPoint> stack{m_start};
        seen[index(m_start)] = 1;
        while (!stack.isEmpty()) {
            QList<QPoint> ways;
            for (const QPoint move : moves) {
                const QPoint there = stack.last() + move;
                if (contains(there) && seen[index(there)] == 0)
                    ways.append(move);
            }
            if (ways.isEmpty()) {
                stack.removeLast();
                continue;
            }
            const QPoint move = ways[m_random.bounded(ways.size())];
            between(stack.last(), move) = ' ';
            stack.append(stack.last() + move);
            seen[index(stack.last())] = 1;
        }
    }

    void search(QPoint goal)
    {
        QByteArray seen(qsizetype(m_size.width()) * m_size.height(), 0);
        QList<QPoint> trail;
        QPoint here = m_walk.last();
        seen[index(here)] = 1;
        while (here != goal) {
            QList<QPoint> ways;
            for (const QPoint move : moves) {
                const QPoint there = here + move;
                if (contains(there) && seen[index(there)] == 0 && between(here, move) == ' ')
                    ways.append(there);
            }
            if (ways.isEmpty()) {
                here = trail.takeLast();
            } else {
                trail.append(here);
                here = ways[m_random.bounded(ways.size())];
                seen[index(here)] = 1;
            }
            m_walk.append(here);
        }
    }

    QSize m_size;
    QRandomGenerator m_random;
    QList<QByteArray> m_rows;
    QPoint m_start, m_key, m_exit;
    QList<QPoint> m_walk;
};

} // namespace

MazeSample mazeSample(QSize size, quint32 seed)
{
    return Sample(size, seed).lines();
}

void feedAll(batchyard::models::ReplayModel &model, const MazeSample &sample)
{
    for (const QByteArray &line : sample.modelLines)
        model.feed(QStringLiteral("model"), line);
    for (const QByteArray &line : sample.agentLines)
        model.feed(QStringLiteral("agent"), line);
    model.finish();
}
