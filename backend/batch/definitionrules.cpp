// validate(JobDefinition) (API_RegisterJobDefinition).
#include "backend/batch/fieldrules.h"
#include "backend/batch/json.h"
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

// Exactly one of the four property trees, and the one that the type names.
Faults kindFaults(const JobDefinition &definition)
{
    FaultList faults;
    QStringList kinds;
    const auto note = [&](bool isThere, const QString &name) {
        if (isThere)
            kinds.append(name);
    };
    note(definition.containerProperties.has_value(), QStringLiteral("containerProperties"));
    note(definition.ecsProperties.has_value(), QStringLiteral("ecsProperties"));
    note(definition.eksProperties.has_value(), QStringLiteral("eksProperties"));
    note(definition.nodeProperties.has_value(), QStringLiteral("nodeProperties"));
    const bool isMultinode = definition.type == u"multinode";
    if (!isMultinode && definition.type != u"container")
        faults.error(QStringLiteral("type"),
                     QStringLiteral("type is %1; allowed are `container` and `multinode`.")
                         .arg(shown(definition.type)));
    if (kinds.isEmpty())
        faults.error(
            isMultinode ? QStringLiteral("nodeProperties") : QStringLiteral("ecsProperties"),
            isMultinode ? QStringLiteral("nodeProperties is required for the type `multinode`.")
                        : QStringLiteral("One of ecsProperties, containerProperties and "
                                         "eksProperties is required: what the job runs."));
    if (kinds.size() > 1)
        faults.error(kinds.last(),
                     QStringLiteral("%1 are given; only one of them is allowed.")
                         .arg(kinds.join(QStringLiteral(" and "))));
    else if (!kinds.isEmpty() && definition.nodeProperties && definition.type == u"container")
        faults.error(QStringLiteral("type"),
                     QStringLiteral("type is `container`; with nodeProperties it must be "
                                    "`multinode`."));
    else if (!kinds.isEmpty() && !definition.nodeProperties && isMultinode)
        faults.error(QStringLiteral("type"),
                     QStringLiteral("type is `multinode`; with %1 it must be `container`.")
                         .arg(kinds.first()));
    return faults.take();
}

// What the orchestrations do not allow beside them (API_RegisterJobDefinition).
Faults orchestrationFaults(const JobDefinition &definition)
{
    FaultList faults;
    if (definition.nodeProperties && definition.isFargate())
        faults.error(QStringLiteral("platformCapabilities"),
                     QStringLiteral("Multi-node jobs cannot run on Fargate; use `EC2`."));
    if (!definition.isEks())
        return faults.take();
    if (!definition.platformCapabilities.isEmpty())
        faults.error(QStringLiteral("platformCapabilities"),
                     QStringLiteral("Jobs of EKS have no platformCapabilities; take it out."));
    if (definition.propagateTags)
        faults.error(QStringLiteral("propagateTags"),
                     QStringLiteral("Jobs of EKS have no propagateTags; take it out."));
    return faults.take();
}

// The legacy members vcpus and memory stand among the requirements of the task made from them:
// their faults get their own paths.
Faults withLegacyPaths(Faults faults, const ContainerProperties &properties, const QString &path)
{
    const QString list = joined(path, QStringLiteral("resourceRequirements"));
    QStringList added;
    const auto has = [&](QStringView type) {
        return std::ranges::any_of(
            properties.resourceRequirements,
            [type](const ResourceRequirement &requirement) { return requirement.type == type; });
    };
    if (properties.vcpus && !has(u"VCPU"))
        added.append(joined(path, QStringLiteral("vcpus")));
    if (properties.memory && !has(u"MEMORY"))
        added.append(joined(path, QStringLiteral("memory")));
    for (Fault &fault : faults) {
        for (qsizetype i = 0; i < added.size(); ++i) {
            if (fault.path.startsWith(indexed(list, properties.resourceRequirements.size() + i)))
                fault.path = added[i];
        }
    }
    return faults;
}

} // namespace

Faults formFaults(const NodeRangeProperty &forms, const QString &path, const QString &legacyName,
                  bool isFargate)
{
    FaultList faults;
    if (forms.ecsProperties)
        faults += taskFaults({*forms.ecsProperties,
                              joined(path, QStringLiteral("ecsProperties.taskProperties[0]")),
                              isFargate, false});
    if (forms.eksProperties)
        faults += podFaults(*forms.eksProperties, joined(path, QStringLiteral("eksProperties")));
    if (forms.container) {
        const QString at = joined(path, legacyName);
        const EcsTaskProperties task = toTask(*forms.container);
        faults += withLegacyPaths(taskFaults({task, at, isFargate, true}), *forms.container, at);
        if (isFargate && !forms.container->instanceType.isEmpty())
            faults.error(joined(at, QStringLiteral("instanceType")),
                         QStringLiteral("Fargate has no instance types; take instanceType out."));
    }
    return faults.take();
}

Faults validate(const JobDefinition &definition)
{
    const qsizetype bytes = toJson(definition, JsonStyle::Compact).size();
    const QString sizeFault
        = quotaFault(QStringLiteral("The job definition"), bytes, limits::definitionBytes);
    if (bytes > limits::hopelessFactor * limits::definitionBytes)
        return {{QString(), sizeFault, Fault::Severity::Error}};
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
    faults += orchestrationFaults(definition);
    faults += formFaults({QString(),
                          definition.containerProperties,
                          definition.ecsProperties,
                          definition.eksProperties,
                          {},
                          {},
                          {}},
                         QString(), QStringLiteral("containerProperties"), definition.isFargate());
    if (definition.nodeProperties)
        faults += nodeFaults(*definition.nodeProperties, QStringLiteral("nodeProperties"));
    faults += consumableFaults(definition.consumableResourceProperties,
                               QStringLiteral("consumableResourceProperties"));
    faults.error(QString(), sizeFault);
    return faults.take();
}

} // namespace batchyard::batch
