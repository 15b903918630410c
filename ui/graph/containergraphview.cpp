#include "ui/graph/containergraphview.h"

#include "backend/batch/validation.h"
#include "models/draft/taskedits.h"
#include "ui/graph/containergraphscene.h"
#include "ui/graph/containeritem.h"
#include "ui/graph/dependencyitem.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>

namespace batchyard::ui {

using batch::DependencyCondition;

namespace {

constexpr double zoomStep = 1.2;
constexpr double smallestZoom = 0.3;
constexpr double largestZoom = 3.0;
constexpr int hintHeight = 26; // the line at the bottom that explains the arrows

bool isArrow(int key)
{
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

bool isEnter(int key)
{
    return key == Qt::Key_Return || key == Qt::Key_Enter;
}

} // namespace

ContainerGraphView::ContainerGraphView(QWidget *parent)
    : QGraphicsView(parent)
    , m_scene(new ContainerGraphScene(this))
{
    setScene(m_scene);
    setObjectName(QStringLiteral("containerGraph"));
    setAccessibleName(tr("Container graph"));
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setDragMode(QGraphicsView::NoDrag);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setTransformationAnchor(QGraphicsView::AnchorUnderMouse);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(220, 140);
    buildNotice();
    connect(m_scene, &ContainerGraphScene::taskEdited, this, [this](const auto &task) {
        m_notice->hide();
        if (m_fitted)
            fit();
        emit taskEdited(task);
    });
    connect(m_scene, &ContainerGraphScene::containerActivated, this,
            &ContainerGraphView::containerActivated);
    connect(m_scene, &ContainerGraphScene::selectionMoved, this,
            &ContainerGraphView::selectionMoved);
    connect(m_scene, &ContainerGraphScene::conditionMenuWanted, this,
            &ContainerGraphView::showConditionMenu);
    connect(m_scene, &ContainerGraphScene::linked, this, &ContainerGraphView::showConditionMenu);
    connect(m_scene, &ContainerGraphScene::refused, this, &ContainerGraphView::showRefusal);
    describe();
}

void ContainerGraphView::buildNotice()
{
    m_notice = new QFrame(this);
    m_notice->setObjectName(QStringLiteral("graphNotice"));
    m_notice->setAutoFillBackground(true);
    m_notice->setFrameShape(QFrame::StyledPanel);
    m_noticeText = new QLabel(m_notice);
    m_noticeText->setObjectName(QStringLiteral("graphNoticeText"));
    m_noticeText->setTextFormat(Qt::PlainText);
    m_noticeText->setWordWrap(true);
    m_noticeAction = new QPushButton(m_notice);
    m_noticeAction->setObjectName(QStringLiteral("graphNoticeAction"));
    m_noticeAction->setAccessibleName(tr("Make the container non-essential"));
    auto *close = new QToolButton(m_notice);
    close->setObjectName(QStringLiteral("graphNoticeClose"));
    close->setAccessibleName(tr("Close the message"));
    close->setIcon(icon(QStringLiteral("window-close")));
    close->setAutoRaise(true);
    auto *layout = new QHBoxLayout(m_notice);
    layout->setContentsMargins(spacing::normal, spacing::tight, spacing::tight, spacing::tight);
    layout->addWidget(m_noticeText, 1);
    layout->addWidget(m_noticeAction);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, m_notice, &QWidget::hide);
    connect(m_noticeAction, &QPushButton::clicked, this, [this] {
        m_notice->hide();
        if (m_noticeFunction)
            m_noticeFunction();
    });
    m_notice->hide();
}

void ContainerGraphView::setTask(const batch::EcsTaskProperties &task)
{
    if (m_scene->task() == task)
        return;
    m_scene->setTask(task);
    if (m_fitted)
        fit();
    describe();
}

void ContainerGraphView::setStates(const QList<batch::ContainerLiveState> &states)
{
    m_scene->setStates(states);
    if (m_fitted)
        fit();
    describe();
}

void ContainerGraphView::setEditable(bool editable)
{
    m_scene->setEditable(editable);
    viewport()->update();
}

const batch::EcsTaskProperties &ContainerGraphView::task() const
{
    return m_scene->task();
}

QString ContainerGraphView::selectedContainer() const
{
    const ContainerItem *item = m_scene->selectedContainer();
    return item ? item->name() : QString();
}

void ContainerGraphView::selectContainer(const QString &name)
{
    if (name == selectedContainer())
        return;
    const QScopedValueRollback quiet(m_quiet, true);
    m_scene->selectOnly(m_scene->containerNamed(name));
}

QRect ContainerGraphView::containerRect(const QString &name) const
{
    const ContainerItem *item = m_scene->containerNamed(name);
    return item ? mapFromScene(item->box()).boundingRect() : QRect();
}

QRect ContainerGraphView::handleRect(const QString &name) const
{
    const ContainerItem *item = m_scene->containerNamed(name);
    return item ? mapFromScene(item->mapRectToScene(item->handle())).boundingRect() : QRect();
}

QRect ContainerGraphView::conditionRect(const QString &container, const QString &dependency) const
{
    for (const QGraphicsItem *item : m_scene->items()) {
        const auto *arrow = qgraphicsitem_cast<const DependencyItem *>(item);
        if (arrow && arrow->container() == container && arrow->dependency() == dependency)
            return mapFromScene(arrow->label()).boundingRect();
    }
    return {};
}

QString ContainerGraphView::linkText() const
{
    return m_scene->linkText();
}

void ContainerGraphView::fit()
{
    m_fitted = true;
    const QSize room = viewport()->size() - QSize(0, m_scene->isEditable() ? hintHeight : 0);
    resetTransform();
    if (room.width() <= 0 || room.height() <= 0)
        return;
    m_scene->suitTo(room);
    const QRectF all = m_scene->sceneRect();
    if (all.isEmpty())
        return;
    const double factor = std::min({1.0, room.width() / all.width(), room.height() / all.height()});
    scale(std::max(factor, smallestZoom), std::max(factor, smallestZoom));
    centerOn(all.center());
}

QSize ContainerGraphView::sizeHint() const
{
    return {480, 260};
}

void ContainerGraphView::keyPressEvent(QKeyEvent *event)
{
    const bool handled = m_scene->isLinking()
        ? handleLinkKey(*event)
        : handleViewKey(*event) || (m_scene->isEditable() && handleEditKey(*event));
    if (handled)
        event->accept();
    else
        event->ignore(); // the window's shortcuts and buttons
}

bool ContainerGraphView::handleLinkKey(const QKeyEvent &event)
{
    if (isArrow(event.key()))
        m_scene->moveLinkTarget(static_cast<Qt::Key>(event.key()));
    else if (isEnter(event.key()) || event.key() == Qt::Key_Space)
        m_scene->finishLink();
    else if (event.key() == Qt::Key_Escape)
        m_scene->cancelLink();
    else
        return false;
    describe();
    return true;
}

bool ContainerGraphView::handleViewKey(const QKeyEvent &event)
{
    if (event.modifiers() == Qt::AltModifier && event.key() == Qt::Key_C) {
        fit();
        return true;
    }
    if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return false;
    if (isArrow(event.key()))
        m_scene->moveSelection(static_cast<Qt::Key>(event.key()));
    else if (event.key() == Qt::Key_Plus || event.key() == Qt::Key_Equal)
        zoomBy(zoomStep);
    else if (event.key() == Qt::Key_Minus)
        zoomBy(1 / zoomStep);
    else if (event.key() == Qt::Key_0)
        fit();
    else if (isEnter(event.key()) && !selectedContainer().isEmpty())
        emit containerActivated(selectedContainer());
    else
        return false;
    return true;
}

bool ContainerGraphView::handleEditKey(const QKeyEvent &event)
{
    if (event.modifiers() == Qt::ControlModifier && event.key() == Qt::Key_D) {
        m_scene->duplicateSelected();
        return true;
    }
    if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return false;
    DependencyItem *dependency = m_scene->selectedDependency();
    if (event.key() == Qt::Key_Delete || event.key() == Qt::Key_Backspace) {
        m_scene->removeSelected();
    } else if (event.key() == Qt::Key_D) {
        m_scene->beginLink();
        describe();
    } else if (event.key() == Qt::Key_E) {
        m_scene->selectNextDependency();
    } else if (dependency && (isEnter(event.key()) || event.key() == Qt::Key_Space)) {
        showConditionMenu(dependency);
    } else {
        return false;
    }
    return true;
}

void ContainerGraphView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        zoomBy(event->angleDelta().y() > 0 ? zoomStep : 1 / zoomStep);
        event->accept();
        return;
    }
    QGraphicsView::wheelEvent(event);
}

void ContainerGraphView::zoomBy(double factor)
{
    const double current = transform().m11();
    const double wanted = std::clamp(current * factor, smallestZoom, largestZoom);
    m_fitted = false;
    scale(wanted / current, wanted / current);
}

void ContainerGraphView::resizeEvent(QResizeEvent *event)
{
    QGraphicsView::resizeEvent(event);
    if (m_fitted)
        fit();
    placeNotice();
}

void ContainerGraphView::showEvent(QShowEvent *event)
{
    QGraphicsView::showEvent(event);
    if (m_fitted)
        fit();
}

void ContainerGraphView::changeEvent(QEvent *event)
{
    QGraphicsView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange
        || event->type() == QEvent::StyleChange) {
        m_scene->layOutAgain();
        if (m_fitted)
            fit();
        viewport()->update();
    }
}

void ContainerGraphView::drawForeground(QPainter *painter, const QRectF &)
{
    if (!m_scene->isEditable())
        return;
    painter->save();
    painter->resetTransform();
    const QRect line = viewport()->rect().adjusted(spacing::normal, 0, -spacing::normal, -4);
    painter->setFont(smallFont());
    painter->setPen(colours().mutedText);
    const QString text = m_scene->task().containers.isEmpty()
        ? tr("Add a container to begin.")
        : tr("Arrows point to what is waited for. Drag a handle or press D.");
    painter->drawText(line, Qt::AlignLeft | Qt::AlignBottom,
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, line.width()));
    painter->restore();
}

void ContainerGraphView::selectionMoved()
{
    describe();
    viewport()->update();
    if (const ContainerItem *item = m_scene->selectedContainer())
        ensureVisible(item, 8, 8);
    if (!m_quiet && !m_scene->selectedDependency())
        emit containerSelected(selectedContainer());
}

void ContainerGraphView::describe()
{
    QString text = tr("Containers: %1.").arg(m_scene->task().containers.size());
    if (m_scene->isLinking())
        text = m_scene->linkText();
    else if (const ContainerItem *item = m_scene->selectedContainer())
        text = item->accessibleText();
    else if (const DependencyItem *arrow = m_scene->selectedDependency())
        text = arrow->accessibleText();
    if (text == m_announced)
        return;
    m_announced = text;
    setAccessibleDescription(text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void ContainerGraphView::showConditionMenu(DependencyItem *dependency)
{
    const QString container = dependency->container();
    const QString target = dependency->dependency();
    const auto current = models::conditionOf(task(), container, target);
    const auto without = models::withoutDependency(task(), container, target);
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("conditionMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const std::pair<DependencyCondition, QString> choices[] = {
        {DependencyCondition::Start, tr("START: when %1 has started")},
        {DependencyCondition::Complete, tr("COMPLETE: when %1 has ended, with any exit code")},
        {DependencyCondition::Success, tr("SUCCESS: when %1 has ended with exit code 0")},
    };
    for (const auto &[condition, text] : choices) {
        const bool refused
            = !batch::refusalOfDependency(without, container, target, condition).isEmpty();
        QAction *action = menu->addAction(
            refused ? tr("%1 (makes %2 non-essential)").arg(text.arg(target), target)
                    : text.arg(target));
        action->setObjectName(QStringLiteral("condition") + toString(condition));
        action->setCheckable(true);
        action->setChecked(condition == current);
        connect(action, &QAction::triggered, this, [this, container, target, refused, condition] {
            if (refused)
                makeNonEssentialAndLink(container, target, condition);
            else
                m_scene->setCondition(container, target, condition);
        });
        if (condition == current)
            menu->setActiveAction(action);
    }
    menu->addSeparator();
    QAction *remove
        = menu->addAction(icon(QStringLiteral("edit-delete")), tr("Remove the dependency"));
    remove->setObjectName(QStringLiteral("removeDependency"));
    connect(remove, &QAction::triggered, this, [this, dependency] {
        m_scene->selectOnly(dependency);
        m_scene->removeSelected();
    });
    const QPoint corner = conditionRect(container, target).bottomLeft();
    menu->popup(viewport()->mapToGlobal(corner));
}

void ContainerGraphView::showRefusal(const QString &reason, const QString &container,
                                     const QString &dependency, DependencyCondition condition)
{
    const auto freed = models::withEssential(task(), dependency, false);
    const bool essentialIsTheReason = !dependency.isEmpty()
        && batch::refusalOfDependency(freed, container, dependency, condition).isEmpty();
    m_noticeText->setText(reason);
    m_noticeAction->setVisible(essentialIsTheReason);
    if (essentialIsTheReason) {
        m_noticeAction->setText(tr("Make %1 non-essential").arg(dependency));
        m_noticeAction->setAccessibleName(m_noticeAction->text());
        m_noticeFunction = [this, container, dependency, condition] {
            makeNonEssentialAndLink(container, dependency, condition);
        };
    }
    m_notice->show();
    placeNotice();
}

void ContainerGraphView::makeNonEssentialAndLink(const QString &container,
                                                 const QString &dependency,
                                                 DependencyCondition condition)
{
    // One edit, so that one undo takes it back.
    const QSignalBlocker blocker(m_scene);
    m_scene->makeNonEssential(dependency);
    m_scene->setCondition(container, dependency, condition);
    describe();
    viewport()->update();
    emit taskEdited(task());
}

void ContainerGraphView::placeNotice()
{
    if (!m_notice->isVisible())
        return;
    const int width = std::min(this->width() - 2 * spacing::normal, 560);
    const int height = m_notice->layout()->hasHeightForWidth()
        ? m_notice->layout()->totalHeightForWidth(width)
        : m_notice->sizeHint().height();
    m_notice->setGeometry((this->width() - width) / 2, this->height() - height - spacing::normal,
                          width, height);
    m_notice->raise();
}

} // namespace batchyard::ui
