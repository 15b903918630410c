// The containers of one task as a graph, an arrow from each container to those it depends on. The
// editor drags and types dependencies here; the job page shows the same graph with live states.
// Positions are made by the layout alone and never leave the view.
#pragma once

#include "backend/batch/liveview.h"

#include <QGraphicsView>

#include <memory>

namespace batchyard::ui
{

class ContainerGraphScene;

class ContainerGraphView final : public QGraphicsView
{
    Q_OBJECT

public:
    explicit ContainerGraphView(QWidget *parent = nullptr);
    ~ContainerGraphView() override;

    // Lays out again only when containers or dependencies changed.
    void setTask(const batch::EcsTaskProperties &task);
    // Live states by container name; an empty list shows the definition alone.
    void setStates(const QList<batch::ContainerLiveState> &states);
    // Read-only is the default.
    void setEditable(bool editable);

    [[nodiscard]] const batch::EcsTaskProperties &task() const;
    [[nodiscard]] QString selectedContainer() const;
    void selectContainer(const QString &name);

    // Scales down until all containers are in sight; never beyond natural size.
    void fit();

signals:
    // An edit made in the graph; the receiver stores it (the view shows it already).
    void taskEdited(const batchyard::batch::EcsTaskProperties &task);
    void containerActivated(const QString &name); // Enter or a double click
    void containerSelected(const QString &name);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    [[nodiscard]] bool handleEditingKey(const QKeyEvent &event);
    void zoomBy(double factor);

    ContainerGraphScene *m_scene;
    bool m_fitted = true; // until the person zooms
};

} // namespace batchyard::ui
