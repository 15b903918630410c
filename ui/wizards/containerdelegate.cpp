#include "ui/wizards/containerdelegate.h"

#include "models/draft/containersmodel.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontMetrics>
#include <QPainter>

namespace batchyard::ui {

namespace {
constexpr int stripe = 4;
constexpr int padding = 7;
constexpr int iconSize = 16;
} // namespace

void ContainerDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const
{
    QStyleOptionViewItem background = option;
    background.text.clear();
    const QWidget *view = option.widget;
    view->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &background, painter, view);

    painter->save();
    painter->fillRect(
        QRect(option.rect.topLeft() + QPoint(2, 5), QSize(stripe, option.rect.height() - 10)),
        containerColour(index.row()));
    QRect rect = option.rect.adjusted(stripe + padding + 2, padding, -padding, -padding);
    if (const int errors = index.data(models::ContainersModel::ErrorCountRole).toInt()) {
        const QString text = QString::number(errors);
        painter->setFont(smallFont());
        painter->setPen(toneColour(Tone::Bad));
        const int width = painter->fontMetrics().horizontalAdvance(text);
        painter->drawText(rect, Qt::AlignRight | Qt::AlignVCenter, text);
        icon(QStringLiteral("dialog-cancel"), toneColour(Tone::Bad))
            .paint(painter,
                   QRect(rect.right() - width - iconSize - 3, rect.center().y() - iconSize / 2,
                         iconSize, iconSize));
        rect.setRight(rect.right() - width - iconSize - 2 * padding);
    }
    QFont font = option.font;
    font.setBold(true);
    painter->setFont(font);
    painter->setPen(colours().text);
    painter->drawText(
        rect, Qt::AlignLeft | Qt::AlignTop,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width()));
    painter->setFont(smallFont());
    painter->setPen(colours().mutedText);
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignBottom,
                      painter->fontMetrics().elidedText(
                          index.data(models::ContainersModel::SummaryRole).toString(),
                          Qt::ElideMiddle, rect.width()));
    painter->restore();
}

QSize ContainerDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    QFont bold = option.font;
    bold.setBold(true);
    return {120,
            QFontMetrics(bold).height() + QFontMetrics(smallFont()).height() + 2 * padding + 2};
}

} // namespace batchyard::ui
