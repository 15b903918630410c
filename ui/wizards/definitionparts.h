// The two forms of a job definition seen as one: the task's settings, wherever the form keeps them.
#pragma once

#include "backend/batch/jobdefinition.h"

namespace batchyard::ui {

// What the wizard begins with: one container on EC2 capacity.
[[nodiscard]] batch::JobDefinition emptyDefinition();
// A container as Add makes it, with a name that is free.
[[nodiscard]] batch::TaskContainerProperties newContainer(const batch::EcsTaskProperties &task);

[[nodiscard]] inline bool isLegacy(const batch::JobDefinition &definition)
{
    return definition.containerProperties.has_value();
}
// "containerProperties." or "ecsProperties.taskProperties[0]."
[[nodiscard]] QString taskPrefix(const batch::JobDefinition &definition);
// Turns one form into the other. To the legacy form only the first container goes along.
void setLegacy(batch::JobDefinition &definition, bool legacy);
// "EC2" or "FARGATE"; what Fargate forbids is taken out.
void setPlatform(batch::JobDefinition &definition, const QString &platform);

// The task of the new form; an empty one while the legacy form is in use.
[[nodiscard]] const batch::EcsTaskProperties &taskOf(const batch::JobDefinition &definition);
[[nodiscard]] batch::EcsTaskProperties &taskOf(batch::JobDefinition &definition);

// A member that both forms have.
template <typename Member>
[[nodiscard]] Member shared(const batch::JobDefinition &definition,
                            Member batch::EcsTaskProperties::*ofTask,
                            Member batch::ContainerProperties::*ofLegacy)
{
    return definition.containerProperties ? (*definition.containerProperties).*ofLegacy
                                          : taskOf(definition).*ofTask;
}

template <typename Member>
void setShared(batch::JobDefinition &definition, Member batch::EcsTaskProperties::*ofTask,
               Member batch::ContainerProperties::*ofLegacy, const Member &value)
{
    if (definition.containerProperties)
        (*definition.containerProperties).*ofLegacy = value;
    else
        taskOf(definition).*ofTask = value;
}

} // namespace batchyard::ui
