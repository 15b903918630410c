#include "ui/replay/walktrace.h"

#include <algorithm>

namespace batchyard::ui {

void WalkTrace::reset(QSize size)
{
    m_size = size.isEmpty() ? QSize(0, 0) : size;
    m_count = 0;
    const std::size_t cells = std::size_t(m_size.width()) * std::size_t(m_size.height());
    m_cells.assign(cells, 0);
    m_right.assign(cells, 0);
    m_down.assign(cells, 0);
}

std::vector<WalkTrace::Change> WalkTrace::moveTo(const QList<QPoint> &walk, qsizetype count)
{
    std::vector<Change> changes;
    countTo(walk, count, [&changes](QPoint cell, Change::What what) {
        changes.push_back({cell, what});
    });
    return changes;
}

void WalkTrace::jumpTo(const QList<QPoint> &walk, qsizetype count)
{
    if (count < m_count / 2)
        reset(m_size);
    countTo(walk, count, [](QPoint, Change::What) {});
}

template <typename Note>
void WalkTrace::countTo(const QList<QPoint> &walk, qsizetype target, const Note &note)
{
    const qsizetype end = std::clamp<qsizetype>(target, 0, walk.size());
    for (; m_count < end; ++m_count)
        count<true>(walk, m_count, note);
    for (; m_count > end; --m_count)
        count<false>(walk, m_count - 1, note);
}

template <bool add, typename Note>
void WalkTrace::count(const QList<QPoint> &walk, qsizetype step, const Note &note)
{
    const auto change = [&note](quint32 &counter, QPoint cell, Change::What what) {
        if constexpr (add) {
            if (counter++ == 0)
                note(cell, what);
        } else {
            if (--counter == 0)
                note(cell, what);
        }
    };
    const QPoint cell = walk[step];
    if (!contains(cell))
        return;
    change(m_cells[index(cell)], cell, Change::What::Cell);
    if (step == 0 || !contains(walk[step - 1]))
        return;
    const QPoint before = walk[step - 1];
    const QPoint move = cell - before;
    if (move.manhattanLength() != 1)
        return; // a jump is no way
    const QPoint first = move.x() + move.y() > 0 ? before : cell;
    if (move.x() != 0)
        change(m_right[index(first)], first, Change::What::Right);
    else
        change(m_down[index(first)], first, Change::What::Down);
}

} // namespace batchyard::ui
