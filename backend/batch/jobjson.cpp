#include "backend/batch/jobmembers.h"
#include "backend/batch/objectreader.h"
#include "backend/batch/objectwriter.h"
#include "backend/batch/poddetail.h"

namespace batchyard::batch {

namespace {

constexpr ReadOptions ofReplies{.required = true, .keepEmpty = false};
const QString resourceArn = QStringLiteral("resourceArn");

void setRuntime(RuntimeMembers &members, const ContainerRuntime &runtime)
{
    members.exitCode = runtime.exitCode;
    members.reason = runtime.reason;
    members.logStreamName = runtime.logStreamName;
    if (!runtime.privateIpv4Address.isEmpty())
        members.networkInterfaces = {{runtime.privateIpv4Address}};
}

ContainerRuntime runtimeOf(const QString &name, const RuntimeMembers &members)
{
    return {name,
            members.exitCode,
            members.reason,
            members.logStreamName,
            members.networkInterfaces.isEmpty() ? QString()
                                                : members.networkInterfaces[0].privateIpv4Address,
            {}};
}

// vcpus and memory of a legacy document are told in place of resourceRequirements.
void setDeprecated(ContainerDetail &detail, const JobDetail &job)
{
    detail.vcpus = job.vcpus;
    detail.memory = job.memory;
    detail.instanceType = job.instanceType;
    detail.resourceRequirements.removeIf([&](const ResourceRequirement &requirement) {
        return (job.vcpus && requirement.type == u"VCPU")
            || (job.memory && requirement.type == u"MEMORY");
    });
}

Json containerOf(const JobDetail &job)
{
    if (!job.isLegacy || job.task.containers.isEmpty())
        return Json::object();
    ContainerDetail detail;
    static_cast<ContainerBase &>(detail) = job.task.containers.first();
    setDeprecated(detail, job);
    detail.volumes = job.task.volumes;
    detail.jobRoleArn = job.task.taskRoleArn;
    detail.executionRoleArn = job.task.executionRoleArn;
    detail.networkConfiguration = job.task.networkConfiguration;
    detail.ephemeralStorage = job.task.ephemeralStorage;
    detail.runtimePlatform = job.task.runtimePlatform;
    detail.enableExecuteCommand = job.task.enableExecuteCommand;
    detail.taskArn = job.taskArn;
    detail.containerInstanceArn = job.containerInstanceArn;
    setRuntime(detail, runtimeNamed(job.containers, legacyContainerName));
    if (!job.task.platformVersion.isEmpty())
        detail.fargatePlatformConfiguration
            = FargatePlatformConfiguration{job.task.platformVersion, {}};
    Json json = written(detail);
    addEmptyLists(json,
                  {"command", "volumes", "environment", "mountPoints", "ulimits",
                   "networkInterfaces", "resourceRequirements", "secrets"});
    return json;
}

Json ecsPropertiesOf(const JobDetail &job)
{
    EcsTaskDetails details{job.task, {}, job.taskArn, job.containerInstanceArn};
    for (const TaskContainerProperties &container : job.task.containers) {
        TaskContainerDetails widened;
        static_cast<TaskContainerProperties &>(widened) = container;
        widened.essential = container.isEssential();
        setRuntime(widened, runtimeNamed(job.containers, container.name));
        details.containers.append(widened);
    }
    Json json = written(details);
    addEmptyLists(json, {"containers", "volumes"});
    for (Json &container : json["containers"])
        addEmptyLists(container,
                      {"command", "dependsOn", "environment", "mountPoints", "ulimits",
                       "networkInterfaces", "resourceRequirements", "secrets"});
    Json result = Json::object();
    result["taskProperties"] = Json::array({std::move(json)});
    return result;
}

Json attemptsOf(const JobDetail &job)
{
    Json list = Json::array();
    for (const AttemptDetail &attempt : job.attempts) {
        AttemptMembers members;
        members.startedAt = attempt.startedAt;
        members.stoppedAt = attempt.stoppedAt;
        members.statusReason = attempt.statusReason;
        if (job.isLegacy) {
            members.container.taskArn = attempt.taskArn;
            members.container.containerInstanceArn = attempt.containerInstanceArn;
            setRuntime(members.container, runtimeNamed(attempt.containers, legacyContainerName));
        } else {
            AttemptEcsTaskDetails task{attempt.taskArn, attempt.containerInstanceArn, {}};
            for (const ContainerRuntime &container : attempt.containers) {
                AttemptContainerDetail detail;
                detail.name = container.name;
                setRuntime(detail, container);
                task.containers.append(detail);
            }
            members.taskProperties.append(task);
        }
        Json json = written(members);
        if (job.isLegacy) {
            addEmptyLists(json["container"], {"networkInterfaces"});
        } else {
            Json &task = json["taskProperties"][0];
            addEmptyLists(task, {"containers"});
            for (Json &container : task["containers"])
                addEmptyLists(container, {"networkInterfaces"});
        }
        list.push_back(std::move(json));
    }
    return list;
}

void readLegacyForm(const Json &json, const QString &path, ReadContext &context, JobDetail &job)
{
    ContainerDetail detail;
    readValue(json, path, context, detail);
    job.isLegacy = true;
    job.task = toTask(detail);
    job.vcpus = deprecatedRequirement(detail, QLatin1StringView("VCPU"));
    job.memory = deprecatedRequirement(detail, QLatin1StringView("MEMORY"));
    job.instanceType = detail.instanceType;
    job.taskArn = detail.taskArn;
    job.containerInstanceArn = detail.containerInstanceArn;
    job.containers = {runtimeOf(legacyContainerName, detail)};
}

void readTaskForm(const Json &json, const QString &path, ReadContext &context, JobDetail &job)
{
    EcsPropertiesDetail properties;
    readValue(json, path, context, properties);
    if (properties.taskProperties.isEmpty())
        return;
    const EcsTaskDetails &details = properties.taskProperties.first();
    job.task = details.task;
    for (const TaskContainerDetails &container : details.containers) {
        job.task.containers.append(container);
        job.containers.append(runtimeOf(container.name, container));
    }
    job.taskArn = details.taskArn;
    job.containerInstanceArn = details.containerInstanceArn;
}

AttemptDetail attemptOf(const AttemptMembers &members)
{
    AttemptDetail attempt;
    attempt.startedAt = nonZero(members.startedAt);
    attempt.stoppedAt = nonZero(members.stoppedAt);
    attempt.statusReason = members.statusReason;
    if (members.taskProperties.isEmpty()) {
        attempt.taskArn = members.container.taskArn;
        attempt.containerInstanceArn = members.container.containerInstanceArn;
        attempt.containers = {runtimeOf(legacyContainerName, members.container)};
        return attempt;
    }
    const AttemptEcsTaskDetails &task = members.taskProperties.first();
    attempt.taskArn = task.taskArn;
    attempt.containerInstanceArn = task.containerInstanceArn;
    for (const AttemptContainerDetail &container : task.containers)
        attempt.containers.append(runtimeOf(container.name, container));
    return attempt;
}

const Json *nonEmptyMember(const Json &json, const char *name)
{
    const auto member = json.find(name);
    return member == json.end() || member->empty() ? nullptr : &*member;
}

void readForm(const Json &json, const QString &path, ReadContext &context, JobDetail &job)
{
    if (const Json *properties = nonEmptyMember(json, "eksProperties"))
        readPodForm(*properties, memberPath(path, "eksProperties"), context, job);
    else if (const Json *tasks = nonEmptyMember(json, "ecsProperties"))
        readTaskForm(*tasks, memberPath(path, "ecsProperties"), context, job);
    else if (const Json *container = nonEmptyMember(json, "container"))
        readLegacyForm(*container, memberPath(path, "container"), context, job);
    QList<AttemptMembers> attempts;
    if (const Json *list = nonEmptyMember(json, "attempts"))
        readValue(*list, memberPath(path, "attempts"), context, attempts);
    for (const AttemptMembers &attempt : attempts)
        job.attempts.append(attemptOf(attempt));
    if (const Json *list = nonEmptyMember(json, "eksAttempts"))
        readPodAttempts(*list, memberPath(path, "eksAttempts"), context, job);
}

} // namespace

Json toJsonValue(const JobDetail &job)
{
    Json json = written(job, Form::Describe);
    if (!job.startedAt)
        json["startedAt"] = 0; // required by the model; strict SDKs want the member
    Json &retry = json["retryStrategy"];
    if (!retry.contains("attempts"))
        retry["attempts"] = standardAttempts;
    addEmptyLists(retry, {"evaluateOnExit"});
    addEmptyLists(json, {"dependsOn", "platformCapabilities"});
    if (!json.contains("parameters"))
        json["parameters"] = Json::object();
    if (!json.contains("propagateTags"))
        json["propagateTags"] = false;
    if (!job.jobArn.isEmpty())
        json["tags"][utf8(resourceArn)] = utf8(job.jobArn);
    if (job.eksProperties) {
        json["attempts"] = Json::array();
        json["container"] = Json::object();
        json["eksProperties"] = podPropertiesOf(job);
        json["eksAttempts"] = podAttemptsOf(job);
        return json;
    }
    json["attempts"] = attemptsOf(job);
    json["container"] = containerOf(job);
    const bool isNodesParent = job.nodeProperties && job.task.containers.isEmpty();
    if (!job.isLegacy && !isNodesParent)
        json["ecsProperties"] = ecsPropertiesOf(job);
    return json;
}

Parsed<JobDetail> readJobDetail(const Json &json, const QString &path)
{
    Parsed<JobDetail> result;
    ReadContext context(result.faults, ofReplies);
    JobDetail job;
    readValue(json, path, context, job);
    if (json.is_object())
        readForm(json, path, context, job);
    job.createdAt = nonZero(job.createdAt);
    job.startedAt = nonZero(job.startedAt);
    job.stoppedAt = nonZero(job.stoppedAt);
    if (job.tags.value(resourceArn) == job.jobArn)
        job.tags.remove(resourceArn);
    if (!hasErrors(result.faults))
        result.value = std::move(job);
    return result;
}

Json toJsonValue(const JobSummary &summary)
{
    Json json = written(summary, Form::Describe);
    if (summary.exitCode || !summary.reason.isEmpty())
        json["container"] = written(ContainerSummary{summary.exitCode, summary.reason});
    return json;
}

Parsed<JobSummary> readJobSummary(const Json &json, const QString &path)
{
    Parsed<JobSummary> result = readObject<JobSummary>(json, path, ofReplies);
    if (!result.value)
        return result;
    ContainerSummary container;
    ReadContext context(result.faults, ofReplies);
    if (const Json *member = nonEmptyMember(json, "container"))
        readValue(*member, memberPath(path, "container"), context, container);
    JobSummary &summary = *result.value;
    summary.exitCode = container.exitCode;
    summary.reason = container.reason;
    summary.createdAt = nonZero(summary.createdAt);
    summary.startedAt = nonZero(summary.startedAt);
    summary.stoppedAt = nonZero(summary.stoppedAt);
    if (hasErrors(result.faults))
        result.value.reset();
    return result;
}

Json toJsonValue(const JobLiveView &view)
{
    return written(view);
}

Parsed<JobLiveView> readJobLiveView(const Json &json, const QString &path)
{
    return readObject<JobLiveView>(json, path, ofReplies);
}

Json toJsonValue(const EngineStatus &status)
{
    return written(status);
}

Parsed<EngineStatus> readEngineStatus(const Json &json, const QString &path)
{
    return readObject<EngineStatus>(json, path, ofReplies);
}

} // namespace batchyard::batch
