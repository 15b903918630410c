// The containers of one task as a graph, an arrow from each container to those it waits for, what
// starts first at the left, or at the top in a narrow view. The editor drags and types dependencies
// here; the job page shows the same graph with live states. Positions never leave the view. Keys:
// arrows move, Enter opens, D begins a dependency, E goes through the arrows, Del removes, Ctrl+D
// duplicates, Alt+C centres, + - 0 zoom.
#pragma once

#include "backend/batch/liveview.h"

#include <QGraphicsView>

class QFrame;
class QLabel;
class QPushButton;

namespace batchyard::ui {

class ContainerGraphScene;
class DependencyItem;

class ContainerGraphView final : public QGraphicsView
{
    Q_OBJECT

public:
    explicit ContainerGraphView(QWidget *parent = nullptr);

    // Lays out again only when containers or dependencies changed.
    void setTask(const batch::EcsTaskProperties &task);
    // Live states by container name; an empty list shows the definition alone.
    void setStates(const QList<batch::ContainerLiveState> &states);
    // Read-only is the default.
    void setEditable(bool editable);

    [[nodiscard]] const batch::EcsTaskProperties &task() const;
    [[nodiscard]] QString selectedContainer() const;
    // An unknown name selects nothing. Emits nothing.
    void selectContainer(const QString &name);
    // Where a container and its handle are in the viewport; empty for unknown names.
    [[nodiscard]] QRect containerRect(const QString &name) const;
    [[nodiscard]] QRect handleRect(const QString &name) const;
    // Where the condition of a dependency is written.
    [[nodiscard]] QRect conditionRect(const QString &container, const QString &dependency) const;
    // What is said at the cursor while a dependency is being made.
    [[nodiscard]] QString linkText() const;

    // Scales down until all containers are in sight; never beyond natural size.
    void fit();

    [[nodiscard]] QSize sizeHint() const override;

signals:
    // An edit made in the graph, which shows it already; the receiver stores it.
    void taskEdited(const batchyard::batch::EcsTaskProperties &task);
    void containerActivated(const QString &name); // Enter or a double click
    void containerSelected(const QString &name); // empty when none is

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;

private:
    void buildNotice();
    [[nodiscard]] bool handleViewKey(const QKeyEvent &event);
    [[nodiscard]] bool handleLinkKey(const QKeyEvent &event);
    [[nodiscard]] bool handleEditKey(const QKeyEvent &event);
    void selectionMoved();
    void describe();
    void showConditionMenu(DependencyItem *dependency);
    void showRefusal(const QString &reason, const QString &container, const QString &dependency,
                     batch::DependencyCondition condition);
    // Makes the target non-essential and then the dependency that was refused.
    void makeNonEssentialAndLink(const QString &container, const QString &dependency,
                                 batch::DependencyCondition condition);
    void placeNotice();
    void zoomBy(double factor);

    ContainerGraphScene *m_scene;
    QFrame *m_notice = nullptr;
    QLabel *m_noticeText = nullptr;
    QPushButton *m_noticeAction = nullptr;
    std::function<void()> m_noticeFunction;
    QString m_announced;
    bool m_fitted = true; // until the person zooms
    bool m_quiet = false; // while the selection is set from outside
};

} // namespace batchyard::ui
