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

const QString overridesPath = QStringLiteral("ecsPropertiesOverride.taskProperties[0].containers");
const QString legacyOverridesPath = QStringLiteral("containerOverrides");

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
        const auto isSame = [&](const JobDependency &other) {
            return other.jobId == dependency.jobId && other.type == dependency.type;
        };
        if (!dependency.jobId.isEmpty() && std::ranges::count_if(request.dependsOn, isSame) > 1)
            faults.error(
                idPath,
                QStringLiteral("The job %1 is named more than once.").arg(shown(dependency.jobId)));
    }
    return faults.take();
}

Faults overrideFaults(const TaskContainerOverrides &overrides, const QString &path)
{
    FaultList faults;
    faults += environmentFaults(overrides.environment, joined(path, QStringLiteral("environment")),
                                limits::submitBytes);
    for (qsizetype i = 0; i < overrides.command.size(); ++i) {
        if (overrides.command[i].isEmpty())
            faults.error(indexed(joined(path, QStringLiteral("command")), i),
                         QStringLiteral("An overriding command cannot have an empty string."));
    }
    for (const DeprecatedOverride &deprecated : deprecatedOverrides(overrides)) {
        const QString value = QString::number(deprecated.value);
        faults.error(joined(path, deprecated.name),
                     deprecated.type == u"VCPU" ? vcpuFault(value) : memoryFault(value));
    }
    faults
        += requirementFaults(overrides.resourceRequirements,
                             joined(path, QStringLiteral("resourceRequirements")), Platform::Any);
    return faults.take();
}

Faults allOverrideFaults(const SubmitJobRequest &request)
{
    FaultList faults;
    if (request.containerOverrides)
        faults += overrideFaults(*request.containerOverrides, legacyOverridesPath);
    const auto &list = request.ecsPropertiesOverride;
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString namePath = joined(indexed(overridesPath, i), QStringLiteral("name"));
        const auto isSame
            = [&](const TaskContainerOverrides &other) { return other.name == list[i].name; };
        if (list.size() > 1 && std::ranges::count_if(list, isSame) > 1)
            faults.error(namePath,
                         QStringLiteral("The container %1 is overridden more than once.")
                             .arg(shown(list[i].name)));
        faults += overrideFaults(list[i], indexed(overridesPath, i));
    }
    if (request.containerOverrides && !list.isEmpty())
        faults.error(legacyOverridesPath,
                     QStringLiteral("containerOverrides and ecsPropertiesOverride are given; only "
                                    "one of them is allowed."));
    return faults.take();
}

QString shareIdentifierFault(const QString &identifier)
{
    const bool isAlphanumeric = std::ranges::all_of(identifier, [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9');
    });
    if (isAlphanumeric && identifier.size() <= limits::shareIdentifierLength)
        return {};
    return QStringLiteral("shareIdentifier is %1; allowed are at most %2 letters and digits.")
        .arg(shown(identifier))
        .arg(limits::shareIdentifierLength);
}

QString sizeFault(const SubmitJobRequest &request)
{
    const qsizetype bytes = toJson(request, JsonStyle::Compact).size();
    if (bytes <= limits::submitBytes)
        return {};
    return QStringLiteral("The request has %1 bytes; at most %2 KiB (%3 bytes) are allowed.")
        .arg(bytes)
        .arg(limits::submitBytes / 1024)
        .arg(limits::submitBytes);
}

// The kind of override must be the definition's, and each container must exist.
Faults mismatchFaults(const SubmitJobRequest &request, const JobDefinition &definition)
{
    FaultList faults;
    if (request.containerOverrides && !definition.containerProperties)
        faults.error(legacyOverridesPath,
                     QStringLiteral("The definition %1 has ecsProperties; override its containers "
                                    "with ecsPropertiesOverride.")
                         .arg(shown(definition.nameAndRevision())));
    if (request.ecsPropertiesOverride.isEmpty())
        return faults.take();
    if (!definition.ecsProperties) {
        faults.error(QStringLiteral("ecsPropertiesOverride"),
                     QStringLiteral("The definition %1 has no ecsProperties; override it with "
                                    "containerOverrides.")
                         .arg(shown(definition.nameAndRevision())));
        return faults.take();
    }
    QStringList names;
    for (const TaskContainerProperties &container : definition.ecsProperties->containers)
        names.append(container.name);
    for (qsizetype i = 0; i < request.ecsPropertiesOverride.size(); ++i) {
        const QString &name = request.ecsPropertiesOverride[i].name;
        if (!names.contains(name))
            faults.error(joined(indexed(overridesPath, i), QStringLiteral("name")),
                         QStringLiteral("The definition has no container %1; it has %2.")
                             .arg(shown(name), alternatives(names)));
    }
    return faults.take();
}

QString commandPath(const SubmitJobRequest &request, const JobDefinition &definition,
                    const TaskContainerProperties &container)
{
    for (qsizetype i = 0; i < request.ecsPropertiesOverride.size(); ++i) {
        const TaskContainerOverrides &overrides = request.ecsPropertiesOverride[i];
        if (overrides.name == container.name && !overrides.command.isEmpty())
            return joined(indexed(overridesPath, i), QStringLiteral("command"));
    }
    if (definition.containerProperties && request.containerOverrides
        && !request.containerOverrides->command.isEmpty())
        return joined(legacyOverridesPath, QStringLiteral("command"));
    return QStringLiteral("parameters");
}

// Of the task as it will run: parameters without a value, and sizes after the overrides.
Faults effectiveFaults(const SubmitJobRequest &request, const JobDefinition &definition)
{
    FaultList faults;
    const EcsTaskProperties task = overriddenTask(request, definition);
    const QMap<QString, QString> parameters = mergedParameters(request, definition);
    for (const TaskContainerProperties &container : task.containers) {
        for (const QString &name : missingParameters(container.command, parameters))
            faults.warning(
                commandPath(request, definition, container),
                QStringLiteral("Parameter %1 has no value; the command of %2 keeps the "
                               "text %3.")
                    .arg(shown(name), shown(container.name), shown(QString(u"Ref::" + name))));
    }
    if (definition.isFargate()) {
        const bool isLegacy = definition.containerProperties.has_value();
        for (Fault fault : platformFaults({task, QString(), true, isLegacy})) {
            if (fault.path != u"containers" && fault.path != u"resourceRequirements")
                continue; // a fault of the definition, not of the overrides
            fault.path = isLegacy ? joined(legacyOverridesPath, fault.path) : overridesPath;
            faults += {fault};
        }
    }
    return faults.take();
}

} // namespace

Faults validate(const SubmitJobRequest &request)
{
    FaultList faults;
    faults.error(QStringLiteral("jobName"), jobNameFault(request.jobName));
    if (request.jobQueue.isEmpty())
        faults.error(QStringLiteral("jobQueue"), QStringLiteral("Job queue is required."));
    if (request.jobDefinition.isEmpty())
        faults.error(QStringLiteral("jobDefinition"),
                     QStringLiteral("Job definition is required."));
    faults.error(QStringLiteral("shareIdentifier"), shareIdentifierFault(request.shareIdentifier));
    faults += priorityFaults(request.schedulingPriorityOverride,
                             QStringLiteral("schedulingPriorityOverride"));
    if (request.arraySize)
        faults.error(QStringLiteral("arrayProperties.size"),
                     rangeFault(QStringLiteral("Array size"), *request.arraySize,
                                limits::smallestArray, limits::largestArray));
    faults += jobDependencyFaults(request);
    faults += allOverrideFaults(request);
    faults += retryFaults(request.retryStrategy, QStringLiteral("retryStrategy"));
    faults += timeoutFaults(request.timeout, QStringLiteral("timeout"));
    faults += tagFaults(request.tags, QStringLiteral("tags"));
    faults.error(QString(), sizeFault(request));
    return faults.take();
}

Faults validate(const SubmitJobRequest &request, const JobDefinition &definition)
{
    FaultList faults;
    faults += validate(request);
    const Faults mismatches = mismatchFaults(request, definition);
    faults += mismatches;
    if (mismatches.isEmpty())
        faults += effectiveFaults(request, definition);
    return faults.take();
}

} // namespace batchyard::batch
