#include "ui/graph/dependencyitem.h"

#include "ui/theme/theme.h"

#include <QCursor>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace batchyard::ui {

namespace {

constexpr qreal headLength = 10;
constexpr qreal headHalfWidth = 5;
constexpr qreal labelPadding = 7;
constexpr qreal chevron = 10; // room for the mark that the condition can be chosen
constexpr qreal easyToHit = 12;

using batch::DependencyCondition;

QSizeF labelSize(DependencyCondition condition, bool editable)
{
    const QFontMetricsF metrics(smallFont());
    return {metrics.horizontalAdvance(toString(condition)) + 2 * labelPadding
                + (editable ? chevron : 0),
            metrics.height() + 4};
}

} // namespace

QPolygonF arrowHead(const QPainterPath &path)
{
    const qreal length = path.length();
    if (length <= 0)
        return {};
    const QPointF tip = path.pointAtPercent(1);
    const QPointF base
        = path.pointAtPercent(path.percentAtLength(std::max(0.0, length - headLength)));
    const QPointF along = tip - base;
    const qreal size = std::hypot(along.x(), along.y());
    if (size <= 0)
        return {};
    const QPointF side(-along.y() / size * headHalfWidth, along.x() / size * headHalfWidth);
    return QPolygonF{{tip, base + side, base - side}};
}

DependencyItem::DependencyItem(const QString &container, const QString &dependency)
    : m_container(container)
    , m_dependency(dependency)
{
    setFlags(ItemIsSelectable);
    setAcceptHoverEvents(true);
}

void DependencyItem::setCondition(DependencyCondition condition)
{
    prepareGeometryChange();
    m_condition = condition;
    update();
}

void DependencyItem::setPath(const QPainterPath &path)
{
    prepareGeometryChange();
    m_path = path;
    update();
}

void DependencyItem::setEditable(bool editable)
{
    prepareGeometryChange();
    m_editable = editable;
    setFlag(ItemIsSelectable, editable);
    setCursor(editable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setToolTip(editable ? tr("Click to choose the condition; Del removes the dependency.")
                        : QString());
}

QRectF DependencyItem::label() const
{
    const QSizeF size = labelSize(m_condition, m_editable);
    const QPointF centre = m_path.isEmpty() ? QPointF() : m_path.pointAtPercent(0.5);
    return QRectF(centre - QPointF(size.width() / 2, size.height() / 2), size);
}

QString DependencyItem::accessibleText() const
{
    return tr("%1 depends on %2, condition %3")
        .arg(m_container, m_dependency, toString(m_condition));
}

QSizeF DependencyItem::largestLabel()
{
    return labelSize(DependencyCondition::Start, true)
        .expandedTo(labelSize(DependencyCondition::Complete, true))
        .expandedTo(labelSize(DependencyCondition::Success, true));
}

QRectF DependencyItem::boundingRect() const
{
    return m_path.boundingRect().united(label()).adjusted(-easyToHit, -easyToHit, easyToHit,
                                                          easyToHit);
}

QPainterPath DependencyItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(easyToHit);
    QPainterPath path = stroker.createStroke(m_path);
    path.addRect(label());
    return path;
}

void DependencyItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const Colours theme = colours();
    const QColor line = isSelected() ? theme.accent : theme.mutedText;
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(line, isSelected() ? 2 : 1.4));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(m_path);
    painter->setPen(Qt::NoPen);
    painter->setBrush(line);
    painter->drawPolygon(arrowHead(m_path));

    const QRectF chip = label();
    painter->setPen(QPen(isSelected() ? theme.accent : theme.border, isSelected() ? 2 : 1));
    painter->setBrush(theme.surface);
    painter->drawRoundedRect(chip, chip.height() / 2, chip.height() / 2);
    painter->setFont(smallFont());
    painter->setPen(theme.text);
    painter->drawText(chip.adjusted(0, 0, m_editable ? -chevron : 0, 0), Qt::AlignCenter,
                      toString(m_condition));
    if (!m_editable)
        return;
    const QPointF mark(chip.right() - labelPadding - 3, chip.center().y());
    painter->setPen(QPen(theme.mutedText, 1.4));
    painter->drawPolyline(
        QPolygonF{{mark + QPointF(-3, -1.5), mark + QPointF(0, 1.5), mark + QPointF(3, -1.5)}});
}

} // namespace batchyard::ui
