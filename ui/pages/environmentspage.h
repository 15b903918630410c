// Compute environments: their state, and how much of what they offer is in use.
#pragma once

#include "ui/pages/listpage.h"

class QTabWidget;

namespace batchyard::ui {

class CapacityBar;
class Facts;
class JsonView;

class EnvironmentsPage final : public ListPage
{
    Q_OBJECT

public:
    EnvironmentsPage(models::Console &console, ActionRegistry &registry, QWidget *parent = nullptr);

    void createEnvironment();

protected:
    void updateDetail() override;
    void updateActions() override;

private:
    void buildActions();
    [[nodiscard]] QWidget *buildDetail();
    [[nodiscard]] const batch::ComputeEnvironment *selected() const;
    void updateCapacity();
    void switchState();
    void deleteSelected();

    QAction *m_create = nullptr;
    QAction *m_switch = nullptr;
    QAction *m_delete = nullptr;
    QTabWidget *m_tabs = nullptr;
    CapacityBar *m_vcpus = nullptr;
    CapacityBar *m_memory = nullptr;
    Facts *m_facts = nullptr;
    JsonView *m_json = nullptr;
};

} // namespace batchyard::ui
