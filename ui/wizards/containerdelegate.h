// Two lines for a container in a list: its name, and image and essential mark below; the number of
// problems at the right.
#pragma once

#include <QStyledItemDelegate>

namespace batchyard::ui {

class ContainerDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;
};

} // namespace batchyard::ui
