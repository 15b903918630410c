#include "ui/wizards/definitionparts.h"

#include "models/draft/taskedits.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::ContainerBase;
using batch::EcsTaskProperties;
using batch::JobDefinition;

batch::TaskContainerProperties newContainer(const EcsTaskProperties &task)
{
    batch::TaskContainerProperties container;
    container.name = models::freeName(task, task.containers.isEmpty() ? u"main"_s : u"container"_s);
    container.essential = true;
    container.resourceRequirements = {{u"VCPU"_s, u"1"_s, {}}, {u"MEMORY"_s, u"512"_s, {}}};
    return container;
}

JobDefinition emptyDefinition()
{
    JobDefinition definition;
    definition.type = u"container"_s;
    definition.platformCapabilities = {u"EC2"_s};
    definition.ecsProperties.emplace();
    definition.ecsProperties->containers = {newContainer({})};
    return definition;
}

QString taskPrefix(const JobDefinition &definition)
{
    return isLegacy(definition) ? u"containerProperties."_s : u"ecsProperties.taskProperties[0]."_s;
}

void setLegacy(JobDefinition &definition, bool legacy)
{
    if (legacy == isLegacy(definition))
        return;
    if (!legacy) {
        definition.ecsProperties = batch::toTask(*definition.containerProperties);
        definition.containerProperties.reset();
        return;
    }
    const EcsTaskProperties task = taskOf(definition);
    batch::ContainerProperties properties;
    if (!task.containers.isEmpty())
        static_cast<ContainerBase &>(properties) = task.containers.first();
    properties.jobRoleArn = task.taskRoleArn;
    properties.executionRoleArn = task.executionRoleArn;
    properties.volumes = task.volumes;
    properties.networkConfiguration = task.networkConfiguration;
    properties.ephemeralStorage = task.ephemeralStorage;
    properties.runtimePlatform = task.runtimePlatform;
    properties.enableExecuteCommand = task.enableExecuteCommand;
    definition.containerProperties = properties;
    definition.ecsProperties.reset();
}

void setPlatform(JobDefinition &definition, const QString &platform)
{
    definition.platformCapabilities = {platform};
    const bool fargate = platform == u"FARGATE";
    if (EcsTaskProperties *task = definition.ecsProperties ? &*definition.ecsProperties : nullptr) {
        if (fargate) {
            task->ipcMode.clear();
        } else {
            task->platformVersion.clear();
            task->networkConfiguration.reset();
            task->ephemeralStorage.reset();
        }
    }
    if (!fargate && definition.containerProperties) {
        definition.containerProperties->networkConfiguration.reset();
        definition.containerProperties->ephemeralStorage.reset();
    }
}

const EcsTaskProperties &taskOf(const JobDefinition &definition)
{
    static const EcsTaskProperties none;
    return definition.ecsProperties ? *definition.ecsProperties : none;
}

EcsTaskProperties &taskOf(JobDefinition &definition)
{
    if (!definition.ecsProperties)
        definition.ecsProperties.emplace();
    return *definition.ecsProperties;
}

} // namespace batchyard::ui
