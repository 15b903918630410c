#include "ui/graph/containergraphscene.h"

#include "backend/batch/validation.h"
#include "models/draft/taskedits.h"
#include "ui/graph/containeritem.h"
#include "ui/graph/dependencyitem.h"
#include "ui/graph/linkpreview.h"

#include <QGraphicsView>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace batchyard::ui {

using batch::DependencyCondition;

namespace {

constexpr QSizeF arrowBesideLabel(60, 44); // what is seen of an arrow around its label
constexpr qreal readable = 0.8; // sideways is kept while the graph is at least this large
constexpr qreal margin = 28; // around the whole graph

// Layout and edges are keyed by index: names may be empty or doubled while a person types.
QString idOf(const ContainerItem *item)
{
    return QString::number(item->index());
}

// Two tasks that look alike but for texts: no new layout is needed.
bool sameShape(const batch::EcsTaskProperties &a, const batch::EcsTaskProperties &b)
{
    return std::equal(a.containers.cbegin(), a.containers.cend(), b.containers.cbegin(),
                      b.containers.cend(), [](const auto &left, const auto &right) {
                          return left.name == right.name && left.dependsOn == right.dependsOn;
                      });
}

// How far to is from `from` in the direction of the key; negative when it lies elsewhere. What is
// aside counts more, so that the neighbour in line wins.
qreal distanceInDirection(const QPointF &from, const QPointF &to, Qt::Key arrow)
{
    const QPointF d = to - from;
    const bool horizontal = arrow == Qt::Key_Left || arrow == Qt::Key_Right;
    const qreal sign = arrow == Qt::Key_Left || arrow == Qt::Key_Up ? -1 : 1;
    const qreal along = sign * (horizontal ? d.x() : d.y());
    const qreal aside = std::abs(horizontal ? d.y() : d.x());
    return along > 1 ? along + 2 * aside : -1;
}

} // namespace

ContainerGraphScene::ContainerGraphScene(QObject *parent)
    : QGraphicsScene(parent)
    , m_preview(new LinkPreview)
{
    connect(this, &QGraphicsScene::selectionChanged, this, &ContainerGraphScene::selectionMoved);
}

ContainerGraphScene::~ContainerGraphScene()
{
    // Removing items changes the selection; nobody is there to be told.
    blockSignals(true);
    if (!m_preview->scene())
        delete m_preview;
}

void ContainerGraphScene::setTask(const batch::EcsTaskProperties &task)
{
    if (m_task == task)
        return;
    cancelLink();
    const bool keep = sameShape(m_task, task);
    m_task = task;
    if (keep)
        updateContents();
    else
        rebuild();
}

void ContainerGraphScene::setStates(const QList<batch::ContainerLiveState> &states)
{
    if (m_states == states)
        return;
    const bool sizesChange = m_states.isEmpty() != states.isEmpty();
    m_states = states;
    updateContents();
    if (sizesChange)
        place();
}

void ContainerGraphScene::setEditable(bool editable)
{
    m_editable = editable;
    for (ContainerItem *item : m_containers)
        item->setEditable(editable);
    for (DependencyItem *item : m_dependencies)
        item->setEditable(editable);
}

void ContainerGraphScene::layOutAgain()
{
    for (ContainerItem *item : m_containers)
        item->updateSize();
    place();
}

void ContainerGraphScene::rebuild()
{
    const QString selected = selectedContainer() ? selectedContainer()->name() : QString();
    const DependencyItem *edge = selectedDependency();
    const QString from = edge ? edge->container() : QString();
    const QString to = edge ? edge->dependency() : QString();

    const QSignalBlocker blocker(this); // one selectionMoved() at the end
    qDeleteAll(m_dependencies);
    m_dependencies.clear();
    qDeleteAll(m_containers);
    m_containers.clear();
    for (int i = 0; i < m_task.containers.size(); ++i) {
        auto *item = new ContainerItem(i);
        item->setEditable(m_editable);
        addItem(item);
        m_containers.push_back(item);
        connect(item, &ContainerItem::moved, this, &ContainerGraphScene::placeArrows);
        for (const auto &entry : m_task.containers[i].dependsOn) {
            auto *arrow = new DependencyItem(m_task.containers[i].name, entry.containerName);
            arrow->setCondition(entry.condition);
            arrow->setEditable(m_editable);
            addItem(arrow);
            m_dependencies.push_back(arrow);
        }
    }
    updateContents();
    place();
    if (auto *again = dependencyBetween(from, to))
        again->setSelected(true);
    else if (auto *container = containerNamed(selected))
        container->setSelected(true);
    QMetaObject::invokeMethod(this, &ContainerGraphScene::selectionMoved, Qt::QueuedConnection);
}

void ContainerGraphScene::updateContents()
{
    for (ContainerItem *item : m_containers) {
        const auto &container = m_task.containers.at(item->index());
        item->setContainer(container);
        const auto state = std::find_if(
            m_states.cbegin(), m_states.cend(),
            [&](const batch::ContainerLiveState &each) { return each.name == container.name; });
        item->setState(state == m_states.cend() ? std::nullopt : std::optional(*state));
    }
}

GraphLayout ContainerGraphScene::layoutFor(Flow flow) const
{
    QList<GraphNode> nodes;
    for (const ContainerItem *item : m_containers)
        nodes.append({idOf(item), item->size()});
    QList<GraphEdge> edges;
    for (const DependencyItem *arrow : m_dependencies) {
        const ContainerItem *from = containerNamed(arrow->container());
        const ContainerItem *to = containerNamed(arrow->dependency());
        if (from && to && from != to)
            edges.append({idOf(from), idOf(to)});
    }
    return ui::layOut(nodes, edges, DependencyItem::largestLabel() + arrowBesideLabel, flow);
}

QRectF ContainerGraphScene::extentOf(const GraphLayout &layout) const
{
    QRectF all;
    for (const ContainerItem *item : m_containers) {
        const QPointF half(item->size().width() / 2, item->size().height() / 2);
        all |= QRectF(layout.centres.value(idOf(item)) - half, item->size());
    }
    return all.adjusted(-margin, -margin, margin, margin);
}

void ContainerGraphScene::suitTo(const QSizeF &room)
{
    const auto scaleOf = [&](Flow flow) {
        const QSizeF all = extentOf(layoutFor(flow)).size();
        return std::min(room.width() / all.width(), room.height() / all.height());
    };
    if (m_containers.size() < 2)
        return;
    const qreal sideways = scaleOf(Flow::LeftToRight);
    const Flow better = sideways >= readable || sideways >= scaleOf(Flow::TopToBottom)
        ? Flow::LeftToRight
        : Flow::TopToBottom;
    if (better == m_flow)
        return;
    m_flow = better;
    place();
}

void ContainerGraphScene::place()
{
    m_layout = layoutFor(m_flow);
    for (ContainerItem *item : m_containers) {
        item->setFlow(m_flow);
        item->setPos(m_layout.centres.value(idOf(item)));
    }
    placeArrows();
    // Not itemsBoundingRect(): it counts what is hidden, too.
    QRectF all;
    for (const QGraphicsItem *item : items()) {
        if (item->isVisible())
            all |= item->sceneBoundingRect();
    }
    setSceneRect(all.adjusted(-margin, -margin, margin, margin));
}

void ContainerGraphScene::placeArrows()
{
    for (DependencyItem *arrow : m_dependencies) {
        const ContainerItem *from = containerNamed(arrow->container());
        const ContainerItem *to = containerNamed(arrow->dependency());
        arrow->setVisible(from && to && from != to);
        if (!arrow->isVisible())
            continue;
        const bool untouched = from->pos() == m_layout.centres.value(idOf(from))
            && to->pos() == m_layout.centres.value(idOf(to));
        const QPainterPath laidOut = m_layout.arrows.value({idOf(from), idOf(to)});
        arrow->setPath(untouched && !laidOut.isEmpty()
                           ? laidOut
                           : arrowBetween(from->box(), to->box(), m_flow));
    }
}

ContainerItem *ContainerGraphScene::selectedContainer() const
{
    const auto items = selectedItems();
    return items.isEmpty() ? nullptr : qgraphicsitem_cast<ContainerItem *>(items.first());
}

DependencyItem *ContainerGraphScene::selectedDependency() const
{
    const auto items = selectedItems();
    return items.isEmpty() ? nullptr : qgraphicsitem_cast<DependencyItem *>(items.first());
}

ContainerItem *ContainerGraphScene::containerNamed(const QString &name) const
{
    const auto found
        = std::find_if(m_containers.cbegin(), m_containers.cend(),
                       [&](const ContainerItem *item) { return item->name() == name; });
    return found == m_containers.cend() ? nullptr : *found;
}

DependencyItem *ContainerGraphScene::dependencyBetween(const QString &container,
                                                       const QString &dependency) const
{
    const auto found = std::find_if(
        m_dependencies.cbegin(), m_dependencies.cend(), [&](const DependencyItem *item) {
            return item->container() == container && item->dependency() == dependency;
        });
    return found == m_dependencies.cend() ? nullptr : *found;
}

ContainerItem *ContainerGraphScene::containerAt(const QPointF &position) const
{
    for (QGraphicsItem *item : items(position)) {
        if (auto *container = qgraphicsitem_cast<ContainerItem *>(item))
            return container;
    }
    return nullptr;
}

void ContainerGraphScene::selectOnly(QGraphicsItem *item)
{
    {
        const QSignalBlocker blocker(this);
        clearSelection();
        if (item)
            item->setSelected(true);
    }
    emit selectionMoved();
}

ContainerItem *ContainerGraphScene::neighbour(const QPointF &from, Qt::Key arrow,
                                              const ContainerItem *except) const
{
    ContainerItem *best = nullptr;
    qreal bestDistance = 0;
    for (ContainerItem *item : m_containers) {
        const qreal distance = distanceInDirection(from, item->pos(), arrow);
        if (item == except || distance < 0 || (best && distance >= bestDistance))
            continue;
        best = item;
        bestDistance = distance;
    }
    return best;
}

void ContainerGraphScene::moveSelection(Qt::Key arrow)
{
    if (m_containers.empty())
        return;
    if (const DependencyItem *edge = selectedDependency()) {
        if (auto *next = neighbour(edge->label().center(), arrow, nullptr))
            selectOnly(next);
    } else if (ContainerItem *container = selectedContainer()) {
        if (auto *next = neighbour(container->pos(), arrow, container))
            selectOnly(next);
    } else {
        selectOnly(m_containers.front());
    }
}

void ContainerGraphScene::selectNextDependency()
{
    if (m_dependencies.empty())
        return;
    auto next = m_dependencies.begin();
    if (const DependencyItem *current = selectedDependency()) {
        next = std::find(m_dependencies.begin(), m_dependencies.end(), current);
        next = std::next(next) == m_dependencies.end() ? m_dependencies.begin() : std::next(next);
    } else if (const ContainerItem *container = selectedContainer()) {
        const auto own = std::find_if(m_dependencies.begin(), m_dependencies.end(),
                                      [container](const DependencyItem *item) {
                                          return item->container() == container->name();
                                      });
        if (own != m_dependencies.end())
            next = own;
    }
    selectOnly(*next);
}

void ContainerGraphScene::edit(const batch::EcsTaskProperties &task)
{
    if (task == m_task)
        return;
    setTask(task);
    emit taskEdited(m_task);
}

void ContainerGraphScene::link(const QString &container, const QString &dependency,
                               DependencyCondition condition)
{
    const QString refusal = batch::refusalOfDependency(m_task, container, dependency, condition);
    if (refusal.isEmpty())
        setCondition(container, dependency, condition);
    else
        emit refused(refusal, container, dependency, condition);
}

void ContainerGraphScene::setCondition(const QString &container, const QString &dependency,
                                       DependencyCondition condition)
{
    // The rules judge the edge as if it were new.
    const QString refusal = batch::refusalOfDependency(
        models::withoutDependency(m_task, container, dependency), container, dependency, condition);
    if (!refusal.isEmpty()) {
        emit refused(refusal, container, dependency, condition);
        return;
    }
    edit(models::withDependency(m_task, container, dependency, condition));
    selectOnly(dependencyBetween(container, dependency));
}

void ContainerGraphScene::makeNonEssential(const QString &container)
{
    edit(models::withEssential(m_task, container, false));
}

void ContainerGraphScene::removeSelected()
{
    if (const DependencyItem *arrow = selectedDependency()) {
        const QString container = arrow->container();
        edit(models::withoutDependency(m_task, container, arrow->dependency()));
        selectOnly(containerNamed(container));
    } else if (const ContainerItem *item = selectedContainer()) {
        edit(models::withoutContainer(m_task, item->name()));
        selectOnly(m_containers.empty() ? nullptr : m_containers.front());
    }
}

void ContainerGraphScene::duplicateSelected()
{
    const ContainerItem *item = selectedContainer();
    if (!item)
        return;
    const models::Duplicated result = models::withDuplicate(m_task, item->name());
    if (result.name.isEmpty()) {
        emit refused(tr("A task has at most %1 containers.").arg(models::maximumContainers),
                     item->name(), {}, DependencyCondition::Start);
        return;
    }
    edit(result.task);
    selectOnly(containerNamed(result.name));
}

} // namespace batchyard::ui
