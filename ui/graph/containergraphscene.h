// The items of the container graph and the edits that mouse and keyboard make in it. At most one
// container or dependency is selected; it is what the keyboard acts on.
#pragma once

#include "backend/batch/liveview.h"
#include "ui/graph/graphlayout.h"

#include <QGraphicsScene>

#include <vector>

namespace batchyard::ui {

class ContainerItem;
class DependencyItem;
class LinkPreview;

class ContainerGraphScene final : public QGraphicsScene
{
    Q_OBJECT

public:
    explicit ContainerGraphScene(QObject *parent);
    ~ContainerGraphScene() override;

    void setTask(const batch::EcsTaskProperties &task);
    [[nodiscard]] const batch::EcsTaskProperties &task() const { return m_task; }
    void setStates(const QList<batch::ContainerLiveState> &states);
    void setEditable(bool editable);
    [[nodiscard]] bool isEditable() const { return m_editable; }
    void layOutAgain(); // after a change of fonts
    // Lets time flow the way in which the graph is larger in this room.
    void suitTo(const QSizeF &room);
    [[nodiscard]] Flow flow() const { return m_flow; }

    [[nodiscard]] ContainerItem *selectedContainer() const;
    [[nodiscard]] DependencyItem *selectedDependency() const;
    [[nodiscard]] ContainerItem *containerNamed(const QString &name) const;
    void selectOnly(QGraphicsItem *item); // nullptr: nothing
    // The container next to the selected item in a direction, the first one when none is selected.
    void moveSelection(Qt::Key arrow);
    // Through the dependencies of the selected container, in turn.
    void selectNextDependency();

    // Edits; each emits taskEdited(). What the rules refuse is told by refused().
    void link(const QString &container, const QString &dependency,
              batch::DependencyCondition condition);
    // Of a dependency that there is; makes it when there is none.
    void setCondition(const QString &container, const QString &dependency,
                      batch::DependencyCondition condition);
    void makeNonEssential(const QString &container);
    void removeSelected();
    void duplicateSelected();

    // Making a dependency by keyboard: the arrow keys choose the target.
    [[nodiscard]] bool isLinking() const { return m_source != nullptr; }
    void beginLink();
    void moveLinkTarget(Qt::Key arrow);
    void finishLink();
    void cancelLink();
    // What the preview says; empty while nothing is being made.
    [[nodiscard]] QString linkText() const;

signals:
    void taskEdited(const batchyard::batch::EcsTaskProperties &task);
    void refused(const QString &reason, const QString &container, const QString &dependency,
                 batchyard::batch::DependencyCondition condition);
    void containerActivated(const QString &name);
    void selectionMoved();
    void conditionMenuWanted(batchyard::ui::DependencyItem *dependency);
    void linked(batchyard::ui::DependencyItem *dependency); // by keyboard: the condition is next

protected:
    void mousePressEvent(QGraphicsSceneMouseEvent *event) override;
    void mouseMoveEvent(QGraphicsSceneMouseEvent *event) override;
    void mouseReleaseEvent(QGraphicsSceneMouseEvent *event) override;
    void mouseDoubleClickEvent(QGraphicsSceneMouseEvent *event) override;

private:
    void rebuild();
    void updateContents();
    [[nodiscard]] GraphLayout layoutFor(Flow flow) const;
    [[nodiscard]] QRectF extentOf(const GraphLayout &layout) const;
    void place();
    void placeArrows();
    void edit(const batch::EcsTaskProperties &task);
    [[nodiscard]] ContainerItem *containerAt(const QPointF &position) const;
    [[nodiscard]] DependencyItem *dependencyBetween(const QString &container,
                                                    const QString &dependency) const;
    [[nodiscard]] ContainerItem *neighbour(const QPointF &from, Qt::Key arrow,
                                           const ContainerItem *except) const;
    void showLink(ContainerItem *target, const QPointF &cursor,
                  batch::DependencyCondition condition);
    void endLink();

    batch::EcsTaskProperties m_task;
    QList<batch::ContainerLiveState> m_states;
    bool m_editable = false;
    Flow m_flow = Flow::LeftToRight;
    GraphLayout m_layout; // by the containers' indexes
    std::vector<ContainerItem *> m_containers; // owned by the scene, in the task's order
    std::vector<DependencyItem *> m_dependencies; // owned by the scene

    LinkPreview *m_preview; // owned; in the scene only while a dependency is being made
    ContainerItem *m_source = nullptr;
    ContainerItem *m_target = nullptr;
    batch::DependencyCondition m_condition = batch::DependencyCondition::Start;
    QPointF m_pressedAt;
    bool m_moving = false;
};

} // namespace batchyard::ui
