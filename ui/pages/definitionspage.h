// Job definitions, one row per revision, with the containers of the selected one as a graph and its
// JSON.
#pragma once

#include "ui/pages/listpage.h"

class QCheckBox;
class QTabWidget;

namespace batchyard::ui {

class ContainerGraphView;
class Facts;
class JsonView;

class DefinitionsPage final : public ListPage
{
    Q_OBJECT

public:
    DefinitionsPage(models::Console &console, ActionRegistry &registry, QWidget *parent = nullptr);

    void createDefinition();

signals:
    // The submit wizard is wanted for this definition.
    void submitRequested(const batchyard::batch::SubmitJobRequest &request);

protected:
    void updateDetail() override;
    void rowActivated(const QString &key) override;
    void updateActions() override;

private:
    void buildActions();
    [[nodiscard]] QWidget *buildDetail();
    [[nodiscard]] const batch::JobDefinition *selected() const;
    void createRevision();
    void submitSelected();
    void deregisterSelected();
    void showInactive(bool shown);

    QAction *m_create = nullptr;
    QAction *m_deregister = nullptr;
    QAction *m_submit = nullptr;
    QCheckBox *m_inactive = nullptr;
    QTabWidget *m_tabs = nullptr;
    ContainerGraphView *m_graph = nullptr;
    Facts *m_facts = nullptr;
    JsonView *m_json = nullptr;
};

} // namespace batchyard::ui
