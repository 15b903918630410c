// How dependencies are made in the graph: by dragging with the mouse, or by keys.
#include "ui/graph/containergraphscene.h"

#include "backend/batch/validation.h"
#include "ui/graph/containeritem.h"
#include "ui/graph/dependencyitem.h"
#include "ui/graph/linkpreview.h"

#include <QApplication>
#include <QGraphicsSceneMouseEvent>

namespace batchyard::ui {

using batch::DependencyCondition;

namespace {

DependencyCondition conditionFor(Qt::KeyboardModifiers modifiers)
{
    if (modifiers & Qt::ShiftModifier)
        return DependencyCondition::Success;
    if (modifiers & Qt::ControlModifier)
        return DependencyCondition::Complete;
    return DependencyCondition::Start;
}

} // namespace

void ContainerGraphScene::beginLink()
{
    m_source = selectedContainer();
    if (!m_source)
        return;
    const Qt::Key backInTime = m_flow == Flow::LeftToRight ? Qt::Key_Left : Qt::Key_Up;
    ContainerItem *target = neighbour(m_source->pos(), backInTime, m_source);
    for (ContainerItem *item : m_containers) {
        if (!target && item != m_source)
            target = item;
    }
    if (!target) {
        m_source = nullptr;
        return;
    }
    showLink(target, target->pos(), DependencyCondition::Start);
}

void ContainerGraphScene::moveLinkTarget(Qt::Key arrow)
{
    if (!m_source || !m_target)
        return;
    if (ContainerItem *next = neighbour(m_target->pos(), arrow, nullptr))
        showLink(next, next->pos(), m_condition);
}

void ContainerGraphScene::finishLink()
{
    if (!m_source)
        return;
    const QString container = m_source->name();
    const QString dependency = m_target ? m_target->name() : QString();
    const bool chosen = m_target != nullptr;
    const DependencyCondition condition = m_condition;
    endLink();
    if (!chosen)
        return;
    link(container, dependency, condition);
    if (DependencyItem *made = dependencyBetween(container, dependency))
        emit linked(made);
}

void ContainerGraphScene::cancelLink()
{
    if (m_source)
        endLink();
}

QString ContainerGraphScene::linkText() const
{
    return m_source ? m_preview->text() : QString();
}

void ContainerGraphScene::showLink(ContainerItem *target, const QPointF &cursor,
                                   DependencyCondition condition)
{
    if (m_target && m_target != target)
        m_target->setLinkRole(ContainerItem::LinkRole::None);
    m_target = target;
    m_condition = condition;
    m_source->setLinkRole(ContainerItem::LinkRole::Source);
    QString text = tr("Drop on the container that %1 waits for.").arg(m_source->name());
    bool isRefused = false;
    if (target) {
        const QString refusal
            = batch::refusalOfDependency(m_task, m_source->name(), target->name(), condition);
        isRefused = !refusal.isEmpty();
        text = isRefused ? refusal
                         : tr("%1 depends on %2: %3\nHold Ctrl for COMPLETE, Shift for SUCCESS.")
                               .arg(m_source->name(), target->name(), toString(condition));
        target->setLinkRole(isRefused ? ContainerItem::LinkRole::RefusedTarget
                                      : ContainerItem::LinkRole::AllowedTarget);
    }
    const QRectF end = target && target != m_source ? target->box() : QRectF(cursor, QSizeF(0, 0));
    if (!m_preview->scene())
        addItem(m_preview);
    m_preview->show(arrowBetween(m_source->box(), end, m_flow), cursor, text, isRefused);
}

void ContainerGraphScene::endLink()
{
    if (m_preview->scene())
        removeItem(m_preview);
    m_source->setLinkRole(ContainerItem::LinkRole::None);
    if (m_target)
        m_target->setLinkRole(ContainerItem::LinkRole::None);
    m_source = nullptr;
    m_target = nullptr;
}

void ContainerGraphScene::mousePressEvent(QGraphicsSceneMouseEvent *event)
{
    m_pressedAt = event->screenPos();
    m_moving = false;
    cancelLink();
    if (m_editable && event->button() == Qt::LeftButton) {
        for (ContainerItem *item : m_containers) {
            if (!item->isOnHandle(event->scenePos()))
                continue;
            selectOnly(item);
            m_source = item;
            showLink(nullptr, event->scenePos(), conditionFor(event->modifiers()));
            event->accept();
            return;
        }
    }
    QGraphicsScene::mousePressEvent(event);
}

void ContainerGraphScene::mouseMoveEvent(QGraphicsSceneMouseEvent *event)
{
    if (m_source && (event->buttons() & Qt::LeftButton)) {
        showLink(containerAt(event->scenePos()), event->scenePos(),
                 conditionFor(event->modifiers()));
        event->accept();
        return;
    }
    if (event->buttons() & Qt::LeftButton) {
        const auto way = (event->screenPos() - m_pressedAt).manhattanLength();
        m_moving = m_moving || way >= QApplication::startDragDistance();
    }
    QGraphicsScene::mouseMoveEvent(event);
}

void ContainerGraphScene::mouseReleaseEvent(QGraphicsSceneMouseEvent *event)
{
    if (m_source && event->button() == Qt::LeftButton) {
        const QString container = m_source->name();
        ContainerItem *target = containerAt(event->scenePos());
        const QString dependency = target ? target->name() : QString();
        const DependencyCondition condition = conditionFor(event->modifiers());
        // A click on the handle without a drag is not an attempt to depend on itself.
        const bool attempted = target && (target != m_source || m_target == m_source);
        endLink();
        if (attempted)
            link(container, dependency, condition);
        event->accept();
        return;
    }
    QGraphicsScene::mouseReleaseEvent(event);
    if (event->button() != Qt::LeftButton || m_moving || !m_editable)
        return;
    if (DependencyItem *arrow = selectedDependency();
        arrow && arrow->label().contains(event->scenePos()))
        emit conditionMenuWanted(arrow);
}

void ContainerGraphScene::mouseDoubleClickEvent(QGraphicsSceneMouseEvent *event)
{
    if (const ContainerItem *item = containerAt(event->scenePos())) {
        emit containerActivated(item->name());
        event->accept();
        return;
    }
    QGraphicsScene::mouseDoubleClickEvent(event);
}

} // namespace batchyard::ui
