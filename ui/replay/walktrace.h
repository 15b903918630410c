// How often each cell was stood on and each pair of neighbours was walked between, up to a step.
// Moving to another step costs as much as the steps between.
#pragma once

#include <QList>
#include <QPoint>
#include <QSize>

#include <vector>

namespace batchyard::ui {

class WalkTrace
{
public:
    // A cell, or the passage from it to its right or lower neighbour, that became walked or ceased
    // to be.
    struct Change {
        enum class What : quint8 { Cell, Right, Down };
        QPoint cell;
        What what = What::Cell;
    };

    // Nothing walked.
    void reset(QSize size);
    // To the first `count` cells of the walk; what of the walk was counted before must not have
    // changed. Cells outside the size are left out.
    std::vector<Change> moveTo(const QList<QPoint> &walk, qsizetype count);
    // The same for a long way, after which everything is looked at anew.
    void jumpTo(const QList<QPoint> &walk, qsizetype count);

    [[nodiscard]] QSize size() const { return m_size; }
    [[nodiscard]] qsizetype count() const { return m_count; }
    [[nodiscard]] bool isCellWalked(QPoint cell) const { return m_cells[index(cell)] > 0; }
    [[nodiscard]] bool isRightWalked(QPoint cell) const { return m_right[index(cell)] > 0; }
    [[nodiscard]] bool isDownWalked(QPoint cell) const { return m_down[index(cell)] > 0; }

private:
    [[nodiscard]] std::size_t index(QPoint cell) const
    {
        return std::size_t(cell.y()) * std::size_t(m_size.width()) + std::size_t(cell.x());
    }
    [[nodiscard]] bool contains(QPoint cell) const
    {
        return cell.x() >= 0 && cell.y() >= 0 && cell.x() < m_size.width()
            && cell.y() < m_size.height();
    }
    template <bool add, typename Note>
    void count(const QList<QPoint> &walk, qsizetype step, const Note &note);
    template <typename Note>
    void countTo(const QList<QPoint> &walk, qsizetype target, const Note &note);

    QSize m_size;
    qsizetype m_count = 0;
    std::vector<quint32> m_cells, m_right, m_down;
};

} // namespace batchyard::ui
