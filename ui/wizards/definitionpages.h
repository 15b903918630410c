// The first step of "Create job definition": configuration, retry strategy, task properties,
// storage and parameters.
#pragma once

#include "models/draft/drafts.h"
#include "ui/wizards/boundpage.h"

namespace batchyard::ui {

using DefinitionPage = BoundPage<batch::JobDefinition>;

// Task properties and storage: what the containers of the job have in common.
class TaskPropertiesPage final : public DefinitionPage
{
public:
    explicit TaskPropertiesPage(models::JobDefinitionDraft &draft);

protected:
    void refresh() override;

private:
    void addRoles();
    void addNamespaces();
    void addFargate();
    void addStorage();

    QList<Field *> m_fargateOnly;
    QList<Field *> m_taskOnly; // the legacy form does not have them
    Field *m_ipcMode = nullptr;
};

class DefinitionConfigurationPage final : public DefinitionPage
{
public:
    explicit DefinitionConfigurationPage(models::JobDefinitionDraft &draft);

private:
    void addGeneral();
    void addRetry();
};

} // namespace batchyard::ui
