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
    const qsizetype target = std::clamp<qsizetype>(count, 0, walk.size());
    for (; m_count < target; ++m_count)
        this->count<true>(walk, m_count, changes);
    for (; m_count > target; --m_count)
        this->count<false>(walk, m_count - 1, changes);
    return changes;
}

template <bool add>
void WalkTrace::count(const QList<QPoint> &walk, qsizetype step, std::vector<Change> &changes)
{
    const auto note = [&changes](quint32 &counter, QPoint cell, Change::What what) {
        if constexpr (add) {
            if (counter++ == 0)
                changes.push_back({cell, what});
        } else {
            if (--counter == 0)
                changes.push_back({cell, what});
        }
    };
    const QPoint cell = walk[step];
    if (!contains(cell))
        return;
    note(m_cells[index(cell)], cell, Change::What::Cell);
    if (step == 0 || !contains(walk[step - 1]))
        return;
    const QPoint before = walk[step - 1];
    const QPoint move = cell - before;
    if (move.manhattanLength() != 1)
        return; // a jump is no way
    const QPoint first = move.x() + move.y() > 0 ? before : cell;
    if (move.x() != 0)
        note(m_right[index(first)], first, Change::What::Right);
    else
        note(m_down[index(first)], first, Change::What::Down);
}

} // namespace batchyard::ui
