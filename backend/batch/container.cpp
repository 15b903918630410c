#include "backend/batch/container.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

bool has(const ContainerBase &container, QLatin1StringView type)
{
    for (const ResourceRequirement &requirement : container.resourceRequirements) {
        if (requirement.type == type)
            return true;
    }
    return false;
}

void addDeprecated(ContainerBase &container, const ContainerProperties &properties,
                   QLatin1StringView type)
{
    if (const std::optional<int> value = deprecatedRequirement(properties, type))
        container.resourceRequirements.append({type, QString::number(*value), {}});
}

} // namespace

QString toString(DependencyCondition condition)
{
    switch (condition) {
    case DependencyCondition::Start:
        return QStringLiteral("START");
    case DependencyCondition::Complete:
        return QStringLiteral("COMPLETE");
    case DependencyCondition::Success:
        return QStringLiteral("SUCCESS");
    }
    Q_UNREACHABLE();
}

std::optional<DependencyCondition> dependencyCondition(QStringView text)
{
    for (const auto condition :
         {DependencyCondition::Start, DependencyCondition::Complete, DependencyCondition::Success})
        if (text == toString(condition))
            return condition;
    return {};
}

EcsTaskProperties toTask(const ContainerProperties &properties)
{
    TaskContainerProperties container;
    static_cast<ContainerBase &>(container) = properties;
    container.name = legacyContainerName;
    container.essential = true;
    addDeprecated(container, properties, QLatin1StringView("VCPU"));
    addDeprecated(container, properties, QLatin1StringView("MEMORY"));

    EcsTaskProperties task;
    if (properties.fargatePlatformConfiguration)
        task.platformVersion = properties.fargatePlatformConfiguration->platformVersion;
    task.containers = {container};
    task.volumes = properties.volumes;
    task.taskRoleArn = properties.jobRoleArn;
    task.executionRoleArn = properties.executionRoleArn;
    task.networkConfiguration = properties.networkConfiguration;
    task.ephemeralStorage = properties.ephemeralStorage;
    task.runtimePlatform = properties.runtimePlatform;
    task.enableExecuteCommand = properties.enableExecuteCommand;
    return task;
}

std::optional<int> deprecatedRequirement(const ContainerProperties &properties,
                                         QLatin1StringView type)
{
    if (has(properties, type))
        return {};
    return type == QLatin1StringView("VCPU") ? properties.vcpus : properties.memory;
}

double totalRequirement(const EcsTaskProperties &task, QLatin1StringView type)
{
    double together = 0;
    double alone = 0;
    for (const TaskContainerProperties &container : task.containers) {
        if (container.pod && container.pod->isInit)
            alone = std::max(alone, requirement(container, type));
        else
            together += requirement(container, type);
    }
    return std::max(together, alone);
}

double requirement(const ContainerBase &container, QLatin1StringView type)
{
    for (const ResourceRequirement &requirement : container.resourceRequirements) {
        if (requirement.type == type)
            return requirement.value.toDouble();
    }
    return 0;
}

} // namespace batchyard::batch
