#include "ui/theme/statebadge.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace batchyard::ui {

namespace {

constexpr int iconSize = 14;
constexpr int sidePadding = 8;
constexpr int gap = 5;

} // namespace

QSize badgeSize(const QFont &font, const Presentation &presentation)
{
    const QFontMetrics metrics(font);
    return {sidePadding * 2 + iconSize + gap + metrics.horizontalAdvance(presentation.word),
            qMax(metrics.height(), iconSize) + 6};
}

int paintBadge(QPainter *painter, const QRect &rect, const Presentation &presentation)
{
    const QSize wanted = badgeSize(painter->font(), presentation);
    const QRect pill(rect.left(), rect.center().y() - wanted.height() / 2 + 1,
                     qMin(wanted.width(), rect.width()), wanted.height());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(toneFill(presentation.tone));
    const qreal radius = pill.height() / 2.0;
    painter->drawRoundedRect(pill, radius, radius);
    presentation.icon().paint(painter, pill.left() + sidePadding,
                              pill.center().y() - iconSize / 2 + 1, iconSize, iconSize);
    painter->setPen(presentation.colour());
    const QRect text = pill.adjusted(sidePadding + iconSize + gap, 0, -sidePadding / 2, 0);
    painter->drawText(
        text, Qt::AlignVCenter | Qt::AlignLeft,
        painter->fontMetrics().elidedText(presentation.word, Qt::ElideRight, text.width()));
    painter->restore();
    return pill.width();
}

StateBadge::StateBadge(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StateBadge::setPresentation(const Presentation &presentation)
{
    m_presentation = presentation;
    setAccessibleName(presentation.word);
    updateGeometry();
    update();
}

QSize StateBadge::sizeHint() const
{
    return m_presentation.word.isEmpty() ? QSize(0, 0) : badgeSize(font(), m_presentation);
}

void StateBadge::paintEvent(QPaintEvent *)
{
    if (m_presentation.word.isEmpty())
        return;
    QPainter painter(this);
    painter.setFont(font());
    paintBadge(&painter, rect(), m_presentation);
}

} // namespace batchyard::ui
