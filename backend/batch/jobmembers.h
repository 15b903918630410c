// The JSON members of what describes a job: AWS's shapes widen those of the definition by what ran.
// Private to this folder; see containermembers.h.
#pragma once

#include "backend/batch/documentmembers.h"
#include "backend/batch/liveview.h"

namespace batchyard::batch {

struct NetworkInterface {
    QString privateIpv4Address;
};

struct RuntimeMembers {
    std::optional<int> exitCode;
    QString reason;
    QString logStreamName;
    QList<NetworkInterface> networkInterfaces;
};

struct ContainerDetail : ContainerProperties, RuntimeMembers {
    QString taskArn;
    QString containerInstanceArn;
};

struct TaskContainerDetails : TaskContainerProperties, RuntimeMembers {
};

struct EcsTaskDetails {
    EcsTaskProperties task; // without its containers
    QList<TaskContainerDetails> containers;
    QString taskArn;
    QString containerInstanceArn;
};

struct EcsPropertiesDetail {
    QList<EcsTaskDetails> taskProperties;
};

struct AttemptContainerDetail : RuntimeMembers {
    QString name; // in attempts of tasks only
    QString taskArn; // in attempts of legacy jobs only
    QString containerInstanceArn;
};

struct AttemptEcsTaskDetails {
    QString taskArn;
    QString containerInstanceArn;
    QList<AttemptContainerDetail> containers;
};

struct AttemptMembers {
    AttemptContainerDetail container;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    QString statusReason;
    QList<AttemptEcsTaskDetails> taskProperties;
};

struct EksContainerDetail : EksContainer {
    std::optional<int> exitCode;
    QString reason;
};

struct EksPodPropertiesDetail {
    EksPodProperties pod; // without its containers
    QList<EksContainerDetail> containers;
    QList<EksContainerDetail> initContainers;
    QString podName;
    QString nodeName;
};

struct EksPropertiesDetail {
    std::optional<EksPodPropertiesDetail> podProperties;
};

struct EksAttemptContainerDetail {
    QString name;
    QString containerId;
    std::optional<int> exitCode;
    QString reason;
};

struct EksAttemptDetail {
    QList<EksAttemptContainerDetail> containers;
    QList<EksAttemptContainerDetail> initContainers;
    QString eksClusterArn;
    QString podName;
    QString podNamespace;
    QString nodeName;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    QString statusReason;
};

struct ContainerSummary {
    std::optional<int> exitCode;
    QString reason;
};

void describe(Is<NetworkInterface> auto &value, auto &members)
{
    members.optional("privateIpv4Address", value.privateIpv4Address);
    members.kept({"attachmentId", "ipv6Address"});
}

void describeRuntime(auto &value, auto &members)
{
    members.optional("exitCode", value.exitCode);
    members.optional("reason", value.reason);
    members.optional("logStreamName", value.logStreamName);
    members.optional("networkInterfaces", value.networkInterfaces);
}

void describe(Is<ContainerDetail> auto &value, auto &members)
{
    describeLegacy(value, members);
    describeRuntime(value, members);
    members.optional("taskArn", value.taskArn);
    members.optional("containerInstanceArn", value.containerInstanceArn);
}

void describe(Is<TaskContainerDetails> auto &value, auto &members)
{
    describeTaskContainer(value, members);
    describeRuntime(value, members);
}

void describe(Is<EcsTaskDetails> auto &value, auto &members)
{
    members.optional("containers", value.containers);
    members.optional("taskArn", value.taskArn);
    members.optional("containerInstanceArn", value.containerInstanceArn);
    describeTask(value.task, members);
}

void describe(Is<EcsPropertiesDetail> auto &value, auto &members)
{
    members.optional("taskProperties", value.taskProperties);
}

void describe(Is<AttemptContainerDetail> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("taskArn", value.taskArn);
    members.optional("containerInstanceArn", value.containerInstanceArn);
    describeRuntime(value, members);
}

void describe(Is<AttemptEcsTaskDetails> auto &value, auto &members)
{
    members.optional("taskArn", value.taskArn);
    members.optional("containerInstanceArn", value.containerInstanceArn);
    members.optional("containers", value.containers);
}

void describe(Is<AttemptMembers> auto &value, auto &members)
{
    members.always("container", value.container);
    members.optional("startedAt", value.startedAt);
    members.optional("stoppedAt", value.stoppedAt);
    members.optional("statusReason", value.statusReason);
    members.optional("taskProperties", value.taskProperties);
}

void describe(Is<EksContainerDetail> auto &value, auto &members)
{
    describePodContainer(value, members);
    members.optional("exitCode", value.exitCode);
    members.optional("reason", value.reason);
}

void describe(Is<EksPodPropertiesDetail> auto &value, auto &members)
{
    members.optional("containers", value.containers);
    members.optional("initContainers", value.initContainers);
    describePod(value.pod, members);
    members.optional("podName", value.podName);
    members.optional("nodeName", value.nodeName);
}

void describe(Is<EksPropertiesDetail> auto &value, auto &members)
{
    members.optional("podProperties", value.podProperties);
}

void describe(Is<EksAttemptContainerDetail> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("containerID", value.containerId);
    members.optional("exitCode", value.exitCode);
    members.optional("reason", value.reason);
}

void describe(Is<EksAttemptDetail> auto &value, auto &members)
{
    members.optional("containers", value.containers);
    members.optional("initContainers", value.initContainers);
    members.optional("eksClusterArn", value.eksClusterArn);
    members.optional("podName", value.podName);
    members.optional("podNamespace", value.podNamespace);
    members.optional("nodeName", value.nodeName);
    members.optional("startedAt", value.startedAt);
    members.optional("stoppedAt", value.stoppedAt);
    members.optional("statusReason", value.statusReason);
}

void describe(Is<ArrayPropertiesDetail> auto &value, auto &members)
{
    members.optional("size", value.size);
    members.optional("index", value.index);
    members.optional("statusSummary", value.statusSummary);
    members.optional("statusSummaryLastUpdatedAt", value.statusSummaryLastUpdatedAt);
}

void describe(Is<NodeDetails> auto &value, auto &members)
{
    members.optional("nodeIndex", value.nodeIndex);
    members.optional("isMainNode", value.isMainNode);
}

void describe(Is<NodePropertiesSummary> auto &value, auto &members)
{
    members.optional("isMainNode", value.isMainNode);
    members.optional("numNodes", value.numNodes);
    members.optional("nodeIndex", value.nodeIndex);
}

void describe(Is<JobCapacityUsageSummary> auto &value, auto &members)
{
    members.optional("capacityUnit", value.capacityUnit);
    members.optional("quantity", value.quantity);
}

// The members of a job that are the same in all forms; the others are put together in jobjson.cpp.
void describe(Is<JobDetail> auto &value, auto &members)
{
    members.required("jobId", value.jobId);
    members.optional("jobArn", value.jobArn);
    members.required("jobName", value.jobName);
    members.required("jobQueue", value.jobQueue);
    members.required("jobDefinition", value.jobDefinition);
    members.required("status", value.status);
    members.optional("statusReason", value.statusReason);
    members.optional("createdAt", value.createdAt);
    members.optional("startedAt", value.startedAt);
    members.optional("stoppedAt", value.stoppedAt);
    members.optional("retryStrategy", value.retryStrategy);
    members.optional("timeout", value.timeout);
    members.optional("dependsOn", value.dependsOn);
    members.optional("parameters", value.parameters);
    members.optional("shareIdentifier", value.shareIdentifier);
    members.optional("schedulingPriority", value.schedulingPriority);
    members.optional("propagateTags", value.propagateTags);
    members.optional("platformCapabilities", value.platformCapabilities);
    members.optional("tags", value.tags);
    members.optional("isCancelled", value.isCancelled);
    members.optional("isTerminated", value.isTerminated);
    members.optional("arrayProperties", value.arrayProperties);
    members.optional("nodeDetails", value.nodeDetails);
    members.optional("nodeProperties", value.nodeProperties);
    members.optional("consumableResourceProperties", value.consumableResourceProperties);
    members.derived({"attempts", "container", "ecsProperties", "eksProperties", "eksAttempts"});
}

void describe(Is<ContainerSummary> auto &value, auto &members)
{
    members.optional("exitCode", value.exitCode);
    members.optional("reason", value.reason);
}

void describe(Is<JobSummary> auto &value, auto &members)
{
    members.optional("jobArn", value.jobArn);
    members.required("jobId", value.jobId);
    members.required("jobName", value.jobName);
    members.optional("jobDefinition", value.jobDefinition);
    members.required("status", value.status);
    members.optional("statusReason", value.statusReason);
    members.optional("createdAt", value.createdAt);
    members.optional("startedAt", value.startedAt);
    members.optional("stoppedAt", value.stoppedAt);
    members.optional("shareIdentifier", value.shareIdentifier);
    members.optional("scheduledAt", value.scheduledAt);
    members.optional("capacityUsage", value.capacityUsage);
    members.optional("arrayProperties", value.arrayProperties);
    members.optional("nodeProperties", value.nodeProperties);
    members.onlyTrue("isCancelled", value.isCancelled);
    members.onlyTrue("isTerminated", value.isTerminated);
    members.derived({"container"});
}

void describe(Is<ContainerLiveState> auto &value, auto &members)
{
    members.required("name", value.name);
    members.required("phase", value.phase);
    members.optional("waitReason", value.waitReason);
    members.optional("exitCode", value.exitCode);
    members.optional("reason", value.reason);
    members.optional("stoppedByBatch", value.stoppedByBatch);
    members.optional("decidedOutcome", value.decidedOutcome);
    members.optional("startedAt", value.startedAt);
    members.optional("stoppedAt", value.stoppedAt);
}

void describe(Is<StateChange> auto &value, auto &members)
{
    members.required("status", value.status);
    members.optional("attempt", value.attempt);
    members.required("at", value.at);
    members.optional("reason", value.reason);
}

void describe(Is<JobLiveView> auto &value, auto &members)
{
    members.required("jobId", value.jobId);
    members.optional("waitReason", value.waitReason);
    members.optional("attempt", value.attempt);
    members.optional("history", value.history);
    members.optional("containers", value.containers);
}

void describe(Is<EngineStatus> auto &value, auto &members)
{
    members.required("reachable", value.reachable);
    members.optional("endpoint", value.endpoint);
    members.optional("version", value.version);
    members.optional("problem", value.problem);
    members.optional("unreachableSince", value.unreachableSince);
    members.optional("cpus", value.cpus);
    members.optional("memoryMiB", value.memoryMiB);
    members.optional("vcpusInUse", value.vcpusInUse);
    members.optional("memoryInUseMiB", value.memoryInUseMiB);
    members.optional("storeProblem", value.storeProblem);
}

} // namespace batchyard::batch
