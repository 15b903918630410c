// "Configure containers": the list, the graph with its table twin, and the form of the chosen
// container side by side, three views of the draft's task.
#pragma once

#include "models/draft/drafts.h"
#include "ui/wizards/boundpage.h"

class QListView;
class QPushButton;
class QScrollArea;
class QTabWidget;

namespace batchyard::models {
class ContainersModel;
}

namespace batchyard::ui {

class ContainerForm;
class ContainerGraphView;
class DependencyTable;

class ContainersPage final : public BoundPage<batch::JobDefinition>
{
public:
    explicit ContainersPage(models::JobDefinitionDraft &draft);

    [[nodiscard]] bool owns(const QString &path) const override;
    void touchAll() override;
    [[nodiscard]] bool focusPath(const QString &path) override;
    void focusFirst() override;

protected:
    void refresh() override;

private:
    [[nodiscard]] QWidget *buildLeft();
    [[nodiscard]] QWidget *buildList();
    void select(int index);
    void addContainer();
    void duplicateContainer();
    void removeContainer();
    void setTask(const batch::EcsTaskProperties &task);

    models::JobDefinitionDraft &m_definition;
    models::ContainersModel *m_model;
    QWidget *m_left = nullptr;
    QListView *m_list = nullptr;
    QPushButton *m_add = nullptr;
    QPushButton *m_duplicate = nullptr;
    QPushButton *m_remove = nullptr;
    ContainerGraphView *m_graph = nullptr;
    DependencyTable *m_table = nullptr;
    ContainerForm *m_form;
    QScrollArea *m_scroll = nullptr;
    bool m_refreshing = false;
};

} // namespace batchyard::ui
