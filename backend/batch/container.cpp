#include "backend/batch/container.h"

#include "backend/batch/jsonparts.h"

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

void addDeprecated(ContainerBase &container, QLatin1StringView type, std::optional<int> value)
{
    if (value && !has(container, type))
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
    addDeprecated(container, QLatin1StringView("VCPU"), properties.vcpus);
    addDeprecated(container, QLatin1StringView("MEMORY"), properties.memory);

    EcsTaskProperties task;
    Json unknown = parsedUnknown(properties.unknown);
    if (const auto platform = unknown.find("fargatePlatformConfiguration");
        platform != unknown.end() && platform->is_object()) {
        const auto version = platform->find("platformVersion");
        if (version != platform->end() && version->is_string())
            task.platformVersion = fromUtf8(version->get<std::string>());
        unknown.erase("fargatePlatformConfiguration");
    }
    container.unknown = unknownText(unknown);
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

double requirement(const ContainerBase &container, QLatin1StringView type)
{
    for (const ResourceRequirement &requirement : container.resourceRequirements) {
        if (requirement.type == type)
            return requirement.value.toDouble();
    }
    return 0;
}

} // namespace batchyard::batch
