#include "ui/graph/linkpreview.h"

#include "ui/graph/dependencyitem.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

namespace batchyard::ui {

namespace {

constexpr qreal bubbleWidth = 280;
constexpr qreal bubblePadding = 8;
constexpr qreal hintIconSize = 16;
const QPointF belowCursor(14, 16);

} // namespace

LinkPreview::LinkPreview()
{
    setZValue(10);
    setAcceptedMouseButtons(Qt::NoButton);
}

void LinkPreview::show(const QPainterPath &path, const QPointF &cursor, const QString &text,
                       bool refused)
{
    prepareGeometryChange();
    m_path = path;
    m_cursor = cursor;
    m_text = text;
    m_refused = refused;
    update();
}

QRectF LinkPreview::bubble() const
{
    const QRectF text = QFontMetricsF(smallFont())
                            .boundingRect(QRectF(0, 0, bubbleWidth, 1000),
                                          static_cast<int>(Qt::TextWordWrap), m_text);
    return QRectF(m_cursor + belowCursor,
                  QSizeF(text.width() + hintIconSize + 3 * bubblePadding,
                         std::max(text.height(), hintIconSize) + 2 * bubblePadding));
}

QRectF LinkPreview::boundingRect() const
{
    return m_path.boundingRect().united(bubble()).adjusted(-12, -12, 12, 12);
}

void LinkPreview::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const Colours theme = colours();
    const QColor line = m_refused ? toneColour(Tone::Bad) : theme.accent;
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(line, 2, m_refused ? Qt::DashLine : Qt::SolidLine));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(m_path);
    painter->setPen(Qt::NoPen);
    painter->setBrush(line);
    painter->drawPolygon(arrowHead(m_path));

    const QRectF rect = bubble();
    painter->setPen(QPen(line, 1));
    painter->setBrush(theme.raised);
    painter->drawRoundedRect(rect, spacing::radius, spacing::radius);
    icon(m_refused ? QStringLiteral("dialog-cancel") : QStringLiteral("dialog-ok"), line)
        .paint(painter,
               QRectF(rect.left() + bubblePadding, rect.top() + bubblePadding, hintIconSize,
                      hintIconSize)
                   .toAlignedRect());
    painter->setFont(smallFont());
    painter->setPen(theme.text);
    painter->drawText(rect.adjusted(hintIconSize + 2 * bubblePadding, bubblePadding,
                                    -bubblePadding + 1, -bubblePadding + 1),
                      static_cast<int>(Qt::TextWordWrap), m_text);
}

} // namespace batchyard::ui
