#include "ui/pages/badgedelegate.h"

#include "ui/theme/statebadge.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPainter>

namespace batchyard::ui {

BadgeDelegate::BadgeDelegate(Present present, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_present(std::move(present))
{
}

void BadgeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    cell.text.clear();
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, option.widget);
    painter->save();
    painter->setFont(option.font);
    paintBadge(painter, option.rect.adjusted(spacing::normal, 0, -spacing::tight, 0),
               m_present(index));
    painter->restore();
}

QSize BadgeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return badgeSize(option.font, m_present(index)) + QSize(3 * spacing::normal, spacing::tight);
}

} // namespace batchyard::ui
