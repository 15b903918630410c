#include "ui/graph/containeritem.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCursor>
#include <QFontMetricsF>
#include <QGraphicsSceneHoverEvent>
#include <QPainter>

#include <algorithm>

namespace batchyard::ui {

namespace {

constexpr qreal minimumWidth = 168;
constexpr qreal maximumWidth = 250;
constexpr qreal padding = 10;
constexpr qreal stripe = 4; // the container's own colour, at the left edge
constexpr qreal iconSize = 16;
constexpr qreal handleRadius = 7;
constexpr qreal rowGap = 3;

QFont nameFont()
{
    QFont font = QApplication::font();
    font.setBold(true);
    return font;
}

void drawIcon(QPainter &painter, const QIcon &icon, const QRectF &rect)
{
    icon.paint(&painter, rect.toAlignedRect());
}

} // namespace

ContainerItem::ContainerItem(int index)
    : m_index(index)
{
    setFlags(ItemIsSelectable | ItemSendsGeometryChanges);
    setAcceptHoverEvents(true);
    setZValue(1);
    updateSize();
}

void ContainerItem::setContainer(const batch::TaskContainerProperties &container)
{
    m_container = container;
    updateSize();
    update();
}

void ContainerItem::setState(const std::optional<batch::ContainerLiveState> &state)
{
    if (m_state == state)
        return;
    m_state = state;
    updateSize();
    setToolTip(state ? (state->reason.isEmpty() ? state->waitReason : state->reason) : QString());
    update();
}

void ContainerItem::setEditable(bool editable)
{
    prepareGeometryChange();
    m_editable = editable;
    setFlag(ItemIsMovable, editable);
    update();
}

void ContainerItem::setLinkRole(LinkRole role)
{
    if (m_linkRole == role)
        return;
    m_linkRole = role;
    update();
}

void ContainerItem::setFlow(Flow flow)
{
    prepareGeometryChange();
    m_flow = flow;
    update();
}

void ContainerItem::updateSize()
{
    const QFontMetricsF name(nameFont());
    const QFontMetricsF small(smallFont());
    const qreal essential = small.horizontalAdvance(tr("essential")) + iconSize + 2 * padding;
    const qreal widest = std::max({name.horizontalAdvance(m_container.name) + essential,
                                   small.horizontalAdvance(m_container.image),
                                   iconSize + small.horizontalAdvance(stateText()) + padding});
    const qreal width = std::clamp(widest + stripe + 2 * padding, minimumWidth, maximumWidth);
    const qreal rows = name.height() + rowGap + small.height()
        + (m_state ? rowGap + std::max(iconSize, small.height()) : 0);
    const QSizeF size(std::ceil(width), std::ceil(rows + 2 * padding - 2));
    if (size == m_size)
        return;
    prepareGeometryChange();
    m_size = size;
}

QRectF ContainerItem::box() const
{
    return QRectF(QPointF(-m_size.width() / 2, -m_size.height() / 2), m_size).translated(pos());
}

QRectF ContainerItem::handle() const
{
    const QPointF centre = m_flow == Flow::LeftToRight ? QPointF(-m_size.width() / 2, 0)
                                                       : QPointF(0, -m_size.height() / 2);
    return QRectF(centre - QPointF(handleRadius, handleRadius),
                  QSizeF(2 * handleRadius, 2 * handleRadius));
}

bool ContainerItem::isOnHandle(const QPointF &scenePosition) const
{
    // A little larger than it looks: it must be easy to hit.
    return m_editable && handle().adjusted(-4, -4, 4, 4).contains(mapFromScene(scenePosition));
}

QString ContainerItem::stateText() const
{
    if (!m_state)
        return {};
    QString text = presentation(*m_state).word;
    // Some words name the code themselves ("Exited with 3").
    if (m_state->exitCode && !text.contains(QString::number(*m_state->exitCode)))
        text = tr("%1, exit code %2").arg(text).arg(*m_state->exitCode);
    return text;
}

QString ContainerItem::accessibleText() const
{
    QStringList parts{
        tr("Container %1").arg(m_container.name),
        tr("image %1").arg(m_container.image.isEmpty() ? tr("none") : m_container.image),
        m_container.isEssential() ? tr("essential") : tr("not essential"),
    };
    if (m_state)
        parts.append(stateText());
    for (const auto &dependency : m_container.dependsOn)
        parts.append(tr("depends on %1, condition %2")
                         .arg(dependency.containerName, toString(dependency.condition)));
    return parts.join(QStringLiteral(", "));
}

QRectF ContainerItem::boundingRect() const
{
    const QRectF box(QPointF(-m_size.width() / 2, -m_size.height() / 2), m_size);
    return box.united(handle()).adjusted(-3, -3, 3, 3);
}

QPainterPath ContainerItem::shape() const
{
    QPainterPath path;
    path.addRect(QRectF(QPointF(-m_size.width() / 2, -m_size.height() / 2), m_size));
    if (m_editable)
        path.addEllipse(handle());
    return path;
}

void ContainerItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    painter->setRenderHint(QPainter::Antialiasing);
    paintBox(*painter);
    paintTexts(*painter);
    if (m_editable)
        paintHandle(*painter);
}

void ContainerItem::paintBox(QPainter &painter) const
{
    const Colours theme = colours();
    const QRectF box(QPointF(-m_size.width() / 2, -m_size.height() / 2), m_size);
    QColor border = theme.border;
    qreal width = 1;
    if (m_linkRole == LinkRole::RefusedTarget)
        border = toneColour(Tone::Bad);
    else if (m_linkRole == LinkRole::AllowedTarget)
        border = toneColour(Tone::Good);
    else if (isSelected() || m_linkRole == LinkRole::Source)
        border = theme.accent;
    if (border != theme.border)
        width = 2;
    QPainterPath outline;
    outline.addRoundedRect(box, spacing::radius, spacing::radius);
    painter.fillPath(outline, theme.surface);
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(QRectF(box.topLeft(), QSizeF(stripe, box.height())), containerColour(m_index));
    painter.restore();
    painter.setPen(QPen(border, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(outline);
}

void ContainerItem::paintTexts(QPainter &painter) const
{
    const Colours theme = colours();
    const QFontMetricsF name(nameFont());
    const QFontMetricsF small(smallFont());
    QRectF row(-m_size.width() / 2 + stripe + padding, -m_size.height() / 2 + padding - 1,
               m_size.width() - stripe - 2 * padding, name.height());

    qreal taken = 0;
    if (m_container.isEssential()) {
        const QString word = tr("essential");
        taken = small.horizontalAdvance(word) + iconSize + 2 * rowGap;
        painter.setFont(smallFont());
        painter.setPen(theme.mutedText);
        painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, word);
        drawIcon(painter, icon(QStringLiteral("starred-symbolic"), theme.mutedText),
                 QRectF(row.right() - taken + rowGap, row.center().y() - iconSize / 2, iconSize,
                        iconSize));
    }
    painter.setFont(nameFont());
    painter.setPen(theme.text);
    const QString shown = m_container.name.isEmpty() ? tr("(no name)") : m_container.name;
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                     name.elidedText(shown, Qt::ElideRight, row.width() - taken - rowGap));

    row = QRectF(row.left(), row.bottom() + rowGap, row.width(), small.height());
    painter.setFont(smallFont());
    painter.setPen(theme.mutedText);
    const QString image = m_container.image.isEmpty() ? tr("no image") : m_container.image;
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                     small.elidedText(image, Qt::ElideMiddle, row.width()));
    if (m_state)
        paintState(painter,
                   QRectF(row.left(), row.bottom() + rowGap, row.width(),
                          std::max(iconSize, small.height())));
}

void ContainerItem::paintState(QPainter &painter, const QRectF &row) const
{
    const Presentation shown = presentation(*m_state);
    drawIcon(painter, shown.icon(),
             QRectF(row.left(), row.center().y() - iconSize / 2, iconSize, iconSize));
    const QRectF text = row.adjusted(iconSize + 2 * rowGap, 0, 0, 0);
    painter.setFont(smallFont());
    painter.setPen(shown.colour());
    painter.drawText(
        text, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(smallFont()).elidedText(stateText(), Qt::ElideRight, text.width()));
}

void ContainerItem::paintHandle(QPainter &painter) const
{
    const Colours theme = colours();
    painter.save();
    painter.setPen(QPen(theme.accent, 1.5));
    painter.setBrush(theme.surface);
    const QRectF circle = handle();
    painter.drawEllipse(circle);
    painter.translate(circle.center());
    if (m_flow == Flow::TopToBottom)
        painter.rotate(90);
    painter.drawLine(QPointF(-3, 0), QPointF(3, 0));
    painter.drawPolyline(QPolygonF{{QPointF(0, 3), QPointF(-3, 0), QPointF(0, -3)}});
    painter.restore();
}

QVariant ContainerItem::itemChange(GraphicsItemChange change, const QVariant &value)
{
    if (change == ItemPositionHasChanged)
        emit moved();
    return QGraphicsObject::itemChange(change, value);
}

void ContainerItem::hoverMoveEvent(QGraphicsSceneHoverEvent *event)
{
    const bool onHandle = isOnHandle(event->scenePos());
    setCursor(onHandle ? Qt::CrossCursor : Qt::ArrowCursor);
    if (m_editable)
        setToolTip(onHandle ? tr("Drag to the container that %1 waits for.").arg(name())
                            : QString());
    QGraphicsObject::hoverMoveEvent(event);
}

} // namespace batchyard::ui
