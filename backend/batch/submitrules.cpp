// validate(SubmitJobRequest), alone and against its definition (API_SubmitJob).
#include "backend/batch/fieldrules.h"
#include "backend/batch/json.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

const QString ecsOverridesPath
    = QStringLiteral("ecsPropertiesOverride.taskProperties[0].containers");

Faults jobDependencyFaults(const SubmitJobRequest &request)
{
    FaultList faults;
    const QString path = QStringLiteral("dependsOn");
    if (request.dependsOn.size() > limits::jobDependencies)
        faults.error(path,
                     QStringLiteral("The job depends on %1 jobs; at most %2 are allowed.")
                         .arg(request.dependsOn.size())
                         .arg(limits::jobDependencies));
    for (qsizetype i = 0; i < request.dependsOn.size(); ++i) {
        const JobDependency &dependency = request.dependsOn[i];
        const QString idPath = joined(indexed(path, i), QStringLiteral("jobId"));
        const QString typePath = joined(indexed(path, i), QStringLiteral("type"));
        const bool isSequential = dependency.type == u"SEQUENTIAL";
        const bool isPairwise = dependency.type == u"N_TO_N";
        if (!dependency.type.isEmpty() && !isSequential && !isPairwise)
            faults.error(typePath,
                         QStringLiteral("%1 is no kind of dependency; allowed are "
                                        "`N_TO_N` and `SEQUENTIAL`.")
                             .arg(shown(dependency.type)));
        if ((isSequential || isPairwise) && !request.arraySize)
            faults.error(typePath,
                         QStringLiteral("%1 is for array jobs; this job has no array "
                                        "size.")
                             .arg(shown(dependency.type)));
        if (dependency.jobId.isEmpty() && !isSequential)
            faults.error(idPath, QStringLiteral("jobId is required: the job to wait for."));
        if (!dependency.jobId.isEmpty() && isSequential)
            faults.error(idPath,
                         QStringLiteral("`SEQUENTIAL` orders the array's own children and "
                                        "takes no jobId."));
        if (isPairwise && dependency.jobId.contains(u':'))
            faults.error(
                idPath,
                QStringLiteral("%1 is one child; `N_TO_N` takes the id of the whole array.")
                    .arg(shown(dependency.jobId)));
        const auto isSame = [&](const JobDependency &other) {
            return other.jobId == dependency.jobId && other.type == dependency.type;
        };
        if (isSequential && std::ranges::count_if(request.dependsOn, isSame) > 1)
            faults.error(typePath, QStringLiteral("`SEQUENTIAL` is given more than once."));
        if (!dependency.jobId.isEmpty() && std::ranges::count_if(request.dependsOn, isSame) > 1)
            faults.error(
                idPath,
                QStringLiteral("The job %1 is named more than once.").arg(shown(dependency.jobId)));
    }
    return faults.take();
}

// The overrides of a job without nodes, as those of its one node.
NodePropertyOverride jobOverrides(const SubmitJobRequest &request)
{
    NodePropertyOverride overrides;
    overrides.containerOverrides = request.containerOverrides;
    overrides.ecsPropertiesOverride = request.ecsPropertiesOverride;
    overrides.eksPropertiesOverride = request.eksPropertiesOverride;
    overrides.consumableResourcePropertiesOverride = request.consumableResourcePropertiesOverride;
    return overrides;
}

NodeRangeProperty jobForms(const JobDefinition &definition)
{
    NodeRangeProperty forms;
    forms.container = definition.containerProperties;
    forms.ecsProperties = definition.ecsProperties;
    forms.eksProperties = definition.eksProperties;
    return forms;
}

qsizetype sizeOf(const SubmitJobRequest &request)
{
    return toJson(request, JsonStyle::Compact).size();
}

bool isHopeless(const SubmitJobRequest &request)
{
    return sizeOf(request) > limits::hopelessFactor * limits::submitBytes;
}

// What a multi-node job does not take (API_SubmitJob).
Faults multinodeFaults(const SubmitJobRequest &request, const NodeProperties &nodes,
                       const QString &owner)
{
    FaultList faults;
    const auto refuse = [&](bool isThere, const QString &name) {
        if (isThere)
            faults.error(name,
                         QStringLiteral("%1 has nodeProperties; override it with nodeOverrides.")
                             .arg(owner));
    };
    refuse(request.containerOverrides.has_value(), QStringLiteral("containerOverrides"));
    refuse(!request.ecsPropertiesOverride.isEmpty(), QStringLiteral("ecsPropertiesOverride"));
    refuse(request.eksPropertiesOverride.has_value(), QStringLiteral("eksPropertiesOverride"));
    if (request.arraySize)
        faults.error(QStringLiteral("arrayProperties"),
                     QStringLiteral("A multi-node job cannot be an array job; take arrayProperties "
                                    "out."));
    if (request.nodeOverrides)
        faults
            += nodeMismatchFaults(*request.nodeOverrides, nodes, QStringLiteral("nodeOverrides"));
    return faults.take();
}

// What Fargate does not have, in overrides that are sound on other platforms.
Faults fargateOverrideFaults(const SubmitJobRequest &request)
{
    FaultList faults;
    const auto check = [&](const TaskContainerOverrides &overrides, const QString &path) {
        const QString at = joined(path, QStringLiteral("resourceRequirements"));
        const Faults anywhere
            = requirementFaults(overrides.resourceRequirements, at, Platform::Any);
        for (const Fault &fault :
             requirementFaults(overrides.resourceRequirements, at, Platform::Fargate)) {
            if (!anywhere.contains(fault))
                faults += {fault};
        }
    };
    if (request.containerOverrides)
        check(*request.containerOverrides, QStringLiteral("containerOverrides"));
    for (qsizetype i = 0; i < request.ecsPropertiesOverride.size(); ++i)
        check(request.ecsPropertiesOverride[i], indexed(ecsOverridesPath, i));
    return faults.take();
}

Faults definitionMismatchFaults(const SubmitJobRequest &request, const JobDefinition &definition)
{
    FaultList faults;
    const QString owner
        = QStringLiteral("The definition %1").arg(shown(definition.nameAndRevision()));
    if (definition.isEks() && request.propagateTags)
        faults.error(QStringLiteral("propagateTags"),
                     QStringLiteral("Jobs of EKS have no propagateTags; take it out."));
    if (definition.nodeProperties) {
        faults += multinodeFaults(request, *definition.nodeProperties, owner);
        return faults.take();
    }
    if (request.nodeOverrides)
        faults.error(
            QStringLiteral("nodeOverrides"),
            QStringLiteral("%1 has no nodeProperties; take nodeOverrides out.").arg(owner));
    faults += mismatchFaults(jobOverrides(request), jobForms(definition), QString(), owner);
    if (definition.isFargate())
        faults += fargateOverrideFaults(request);
    return faults.take();
}

// The command of a container, in which Ref:: parameters are replaced.
struct Command {
    QString container;
    QStringList words;
};

QList<Command> commandsOf(const NodeRangeProperty &properties)
{
    QList<Command> commands;
    const std::optional<EcsTaskProperties> task = properties.task();
    if (!task)
        return {};
    for (const TaskContainerProperties &container : task->containers) {
        const QString name
            = container.name.isEmpty() ? QString(legacyContainerName) : container.name;
        const QStringList entryPoint = container.pod ? container.pod->entryPoint : QStringList();
        commands.append({name, entryPoint + container.command});
    }
    return commands;
}

// Where the command of a container comes from: an override, or the definition with its parameters.
QString commandPath(const SubmitJobRequest &request, const QString &container)
{
    for (qsizetype i = 0; i < request.ecsPropertiesOverride.size(); ++i) {
        const TaskContainerOverrides &overrides = request.ecsPropertiesOverride[i];
        if (overrides.name == container && !overrides.command.isEmpty())
            return joined(indexed(ecsOverridesPath, i), QStringLiteral("command"));
    }
    if (request.containerOverrides && !request.containerOverrides->command.isEmpty())
        return QStringLiteral("containerOverrides.command");
    return QStringLiteral("parameters");
}

// Where something may differ from node to node; of a job without nodes one.
QList<int> differentNodes(const SubmitJobRequest &request, const JobDefinition &definition)
{
    if (!definition.nodeProperties)
        return {0};
    QStringList targets;
    for (const NodeRangeProperty &range : definition.nodeProperties->nodeRangeProperties)
        targets.append(range.targetNodes);
    if (request.nodeOverrides) {
        for (const NodePropertyOverride &each : request.nodeOverrides->nodePropertyOverrides)
            targets.append(each.targetNodes);
    }
    return nodeBoundaries(targets, nodeCount(request, definition));
}

Faults parameterFaults(const SubmitJobRequest &request, const JobDefinition &definition)
{
    Faults faults; // each once, on however many nodes
    const QMap<QString, QString> parameters = mergedParameters(request, definition);
    for (const int node : differentNodes(request, definition)) {
        for (const Command &command : commandsOf(overriddenProperties(request, definition, node))) {
            for (const QString &name : missingParameters(command.words, parameters)) {
                const Fault fault{
                    commandPath(request, command.container),
                    QStringLiteral(
                        "Parameter %1 has no value; the command of %2 keeps the text %3.")
                        .arg(shown(name), shown(command.container),
                             shown(QString(u"Ref::" + name))),
                    Fault::Severity::Warning};
                if (!faults.contains(fault))
                    faults.append(fault);
            }
        }
    }
    return faults;
}

// Where the last word on a node's pod is spoken; empty when nothing of it is overridden.
QString podOverridePath(const SubmitJobRequest &request, int node)
{
    const QString member = QStringLiteral("eksPropertiesOverride");
    if (request.eksPropertiesOverride)
        return member;
    const auto list = request.nodeOverrides ? request.nodeOverrides->nodePropertyOverrides
                                            : QList<NodePropertyOverride>();
    for (qsizetype i = list.size() - 1; i >= 0; --i) {
        const std::optional<NodeRange> range = nodeRange(list[i].targetNodes);
        if (list[i].eksPropertiesOverride && range && range->contains(node))
            return joined(indexed(QStringLiteral("nodeOverrides.nodePropertyOverrides"), i),
                          member);
    }
    return {};
}

// Limits and requests of a pod's container may each be sound and contradict each other once merged.
Faults mergedPodFaults(const SubmitJobRequest &request, const JobDefinition &definition)
{
    Faults faults; // each once, on however many nodes
    for (const int node : differentNodes(request, definition)) {
        const QString path = podOverridePath(request, node);
        const auto pod = overriddenProperties(request, definition, node).eksProperties;
        if (path.isEmpty() || !pod)
            continue;
        for (const Fault &fault : podFaults(*pod, path)) {
            if (fault.severity == Fault::Severity::Error && !faults.contains(fault))
                faults.append(fault);
        }
    }
    return faults;
}

// Of the task as it will run: parameters without a value, and sizes after the overrides.
Faults effectiveFaults(const SubmitJobRequest &request, const JobDefinition &definition)
{
    FaultList faults;
    faults += parameterFaults(request, definition);
    if (definition.isFargate()) {
        const NodeRangeProperty properties = overriddenProperties(request, definition, 0);
        const bool isLegacy = definition.containerProperties.has_value();
        const EcsTaskProperties task = properties.task().value_or(EcsTaskProperties());
        for (Fault fault : platformFaults({task, QString(), true, isLegacy})) {
            if (fault.path != u"containers" && fault.path != u"resourceRequirements")
                continue; // a fault of the definition, not of the overrides
            fault.path = isLegacy ? joined(QStringLiteral("containerOverrides"), fault.path)
                                  : ecsOverridesPath;
            faults += {fault};
        }
    }
    faults += mergedPodFaults(request, definition);
    return faults.take();
}

} // namespace

Faults validate(const SubmitJobRequest &request)
{
    const QString sizeFault
        = quotaFault(QStringLiteral("The request"), sizeOf(request), limits::submitBytes);
    if (isHopeless(request))
        return {{QString(), sizeFault, Fault::Severity::Error}};
    FaultList faults;
    faults.error(QStringLiteral("jobName"), jobNameFault(request.jobName));
    if (request.jobQueue.isEmpty())
        faults.error(QStringLiteral("jobQueue"), QStringLiteral("Job queue is required."));
    if (request.jobDefinition.isEmpty())
        faults.error(QStringLiteral("jobDefinition"),
                     QStringLiteral("Job definition is required."));
    faults.error(QStringLiteral("shareIdentifier"),
                 shareIdentifierFault(request.shareIdentifier, false));
    faults += priorityFaults(request.schedulingPriorityOverride,
                             QStringLiteral("schedulingPriorityOverride"));
    if (request.arraySize)
        faults.error(QStringLiteral("arrayProperties.size"),
                     rangeFault(QStringLiteral("Array size"), *request.arraySize,
                                limits::smallestArray, limits::largestArray));
    faults += jobDependencyFaults(request);
    faults += overrideFaults(jobOverrides(request), QString());
    if (request.nodeOverrides)
        faults += nodeOverrideFaults(*request.nodeOverrides, QStringLiteral("nodeOverrides"));
    if (request.nodeOverrides && request.arraySize)
        faults.error(QStringLiteral("arrayProperties"),
                     QStringLiteral("A multi-node job cannot be an array job; take arrayProperties "
                                    "or nodeOverrides out."));
    faults += retryFaults(request.retryStrategy, QStringLiteral("retryStrategy"));
    faults += timeoutFaults(request.timeout, QStringLiteral("timeout"));
    faults += tagFaults(request.tags, QStringLiteral("tags"));
    faults.error(QString(), sizeFault);
    return faults.take();
}

Faults validate(const SubmitJobRequest &request, const JobDefinition &definition)
{
    FaultList faults;
    faults += validate(request);
    if (isHopeless(request))
        return faults.take();
    const Faults mismatches = definitionMismatchFaults(request, definition);
    faults += mismatches;
    if (mismatches.isEmpty())
        faults += effectiveFaults(request, definition);
    return faults.take();
}

} // namespace batchyard::batch
