// validate(JobDefinition) (API_RegisterJobDefinition).
#include "backend/batch/fieldrules.h"
#include "backend/batch/json.h"
#include "backend/batch/jsonparts.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

const QStringList platforms{QStringLiteral("EC2"), QStringLiteral("FARGATE")};

Faults platformCapabilityFaults(const JobDefinition &definition)
{
    FaultList faults;
    const QString path = QStringLiteral("platformCapabilities");
    for (qsizetype i = 0; i < definition.platformCapabilities.size(); ++i) {
        if (!platforms.contains(definition.platformCapabilities[i]))
            faults.error(
                indexed(path, i),
                QStringLiteral("%1 is no platform; allowed are %2.")
                    .arg(shown(definition.platformCapabilities[i]), alternatives(platforms)));
    }
    if (definition.platformCapabilities.size() > 1)
        faults.error(path,
                     QStringLiteral("platformCapabilities has %1 platforms; one is allowed.")
                         .arg(definition.platformCapabilities.size()));
    return faults.take();
}

// Exactly one of the four property trees, and one that runs here.
Faults kindFaults(const JobDefinition &definition)
{
    FaultList faults;
    const Json unknown = parsedUnknown(definition.unknown);
    QStringList kinds;
    if (definition.containerProperties)
        kinds.append(QStringLiteral("containerProperties"));
    if (definition.ecsProperties)
        kinds.append(QStringLiteral("ecsProperties"));
    for (const char *name : {"eksProperties", "nodeProperties"}) {
        if (!unknown.contains(name))
            continue;
        kinds.append(QString::fromUtf8(name));
        faults.error(QString::fromUtf8(name),
                     QStringLiteral("%1 is not supported; jobs of ecsProperties and of "
                                    "containerProperties can run.")
                         .arg(QString::fromUtf8(name)));
    }
    if (definition.type == u"multinode")
        faults.error(QStringLiteral("type"),
                     QStringLiteral("Multi-node parallel jobs (`multinode`) "
                                    "are not supported; use `container`."));
    else if (definition.type != u"container")
        faults.error(
            QStringLiteral("type"),
            QStringLiteral("type is %1; it must be `container`.").arg(shown(definition.type)));
    if (kinds.isEmpty())
        faults.error(
            QStringLiteral("ecsProperties"),
            QStringLiteral("ecsProperties or containerProperties is required: what the job "
                           "runs."));
    if (kinds.size() > 1)
        faults.error(kinds.last(),
                     QStringLiteral("%1 are given; only one of them is allowed.")
                         .arg(kinds.join(QStringLiteral(" and "))));
    return faults.take();
}

// The legacy members vcpus and memory stand among the requirements of the task made from them:
// their faults get their own paths.
Faults withLegacyPaths(Faults faults, const ContainerProperties &properties)
{
    const QString list = QStringLiteral("containerProperties.resourceRequirements");
    QStringList added;
    const auto has = [&](QStringView type) {
        return std::ranges::any_of(
            properties.resourceRequirements,
            [type](const ResourceRequirement &requirement) { return requirement.type == type; });
    };
    if (properties.vcpus && !has(u"VCPU"))
        added.append(QStringLiteral("containerProperties.vcpus"));
    if (properties.memory && !has(u"MEMORY"))
        added.append(QStringLiteral("containerProperties.memory"));
    for (Fault &fault : faults) {
        for (qsizetype i = 0; i < added.size(); ++i) {
            if (fault.path.startsWith(indexed(list, properties.resourceRequirements.size() + i)))
                fault.path = added[i];
        }
    }
    return faults;
}

Faults propertiesFaults(const JobDefinition &definition)
{
    FaultList faults;
    if (definition.ecsProperties)
        faults += taskFaults({*definition.ecsProperties,
                              QStringLiteral("ecsProperties.taskProperties[0]"),
                              definition.isFargate(), false});
    if (definition.containerProperties) {
        const ContainerProperties &properties = *definition.containerProperties;
        const EcsTaskProperties task = toTask(properties);
        faults += withLegacyPaths(
            taskFaults({task, QStringLiteral("containerProperties"), definition.isFargate(), true}),
            properties);
        if (definition.isFargate() && !properties.instanceType.isEmpty())
            faults.error(QStringLiteral("containerProperties.instanceType"),
                         QStringLiteral("Fargate has no instance types; take instanceType out."));
    }
    return faults.take();
}

QString sizeFault(const JobDefinition &definition)
{
    const qsizetype bytes = toJson(definition, JsonStyle::Compact).size();
    if (bytes <= limits::definitionBytes)
        return {};
    return QStringLiteral("The job definition has %1 bytes; at most %2 KiB (%3 bytes) are allowed.")
        .arg(bytes)
        .arg(limits::definitionBytes / 1024)
        .arg(limits::definitionBytes);
}

} // namespace

Faults validate(const JobDefinition &definition)
{
    FaultList faults;
    faults.error(
        QStringLiteral("jobDefinitionName"),
        resourceNameFault(QStringLiteral("Job definition name"), definition.jobDefinitionName));
    faults += kindFaults(definition);
    faults += platformCapabilityFaults(definition);
    faults += priorityFaults(definition.schedulingPriority, QStringLiteral("schedulingPriority"));
    faults += retryFaults(definition.retryStrategy, QStringLiteral("retryStrategy"));
    faults += timeoutFaults(definition.timeout, QStringLiteral("timeout"));
    faults += tagFaults(definition.tags, QStringLiteral("tags"));
    faults += propertiesFaults(definition);
    faults.error(QString(), sizeFault(definition));
    return faults.take();
}

} // namespace batchyard::batch
