// The JSON members of the four documents (compute environment, queue, definition, submit request).
// Private to this folder; see containermembers.h.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/containermembers.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"

namespace batchyard::batch {

// The objects AWS wraps around what JobDefinition and SubmitJobRequest hold directly.
struct EcsProperties {
    QList<EcsTaskProperties> taskProperties;

    static EcsProperties of(const std::optional<EcsTaskProperties> &task)
    {
        return {task ? QList{*task} : QList<EcsTaskProperties>()};
    }
    [[nodiscard]] std::optional<EcsTaskProperties> content() const
    {
        return taskProperties.first();
    }
    static constexpr qsizetype minimumTasks = 1;
};

struct TaskPropertiesOverride {
    QList<TaskContainerOverrides> containers;
};

struct EcsPropertiesOverride {
    QList<TaskPropertiesOverride> taskProperties;

    static EcsPropertiesOverride of(const QList<TaskContainerOverrides> &containers)
    {
        return {{TaskPropertiesOverride{containers}}};
    }
    [[nodiscard]] QList<TaskContainerOverrides> content() const
    {
        return taskProperties.isEmpty() ? QList<TaskContainerOverrides>()
                                        : taskProperties.first().containers;
    }
    static constexpr qsizetype minimumTasks = 0;
};

struct ArrayProperties {
    std::optional<int> size;

    static ArrayProperties of(std::optional<int> size) { return {size}; }
    [[nodiscard]] std::optional<int> content() const { return size; }
};

void describe(Is<EcsProperties> auto &value, auto &members)
{
    members.required("taskProperties", value.taskProperties);
}

void describe(Is<TaskPropertiesOverride> auto &value, auto &members)
{
    members.optional("containers", value.containers);
}

void describe(Is<EcsPropertiesOverride> auto &value, auto &members)
{
    members.optional("taskProperties", value.taskProperties);
}

void describe(Is<ArrayProperties> auto &value, auto &members)
{
    members.optional("size", value.size);
}

void describe(Is<EvaluateOnExit> auto &value, auto &members)
{
    members.optional("onStatusReason", value.onStatusReason);
    members.optional("onReason", value.onReason);
    members.optional("onExitCode", value.onExitCode);
    members.required("action", value.action);
}

void describe(Is<RetryStrategy> auto &value, auto &members)
{
    members.optional("attempts", value.attempts);
    members.optional("evaluateOnExit", value.evaluateOnExit);
}

void describe(Is<JobTimeout> auto &value, auto &members)
{
    members.optional("attemptDurationSeconds", value.attemptDurationSeconds);
}

void describe(Is<JobDefinition> auto &value, auto &members)
{
    members.required("jobDefinitionName", value.jobDefinitionName);
    members.describeOnly("jobDefinitionArn", value.jobDefinitionArn);
    members.describeOnly("revision", value.revision);
    members.describeOnly("status", value.status);
    members.required("type", value.type);
    members.optional("platformCapabilities", value.platformCapabilities);
    members.optional("parameters", value.parameters);
    members.optional("schedulingPriority", value.schedulingPriority);
    members.optional("retryStrategy", value.retryStrategy);
    members.optional("timeout", value.timeout);
    members.optional("propagateTags", value.propagateTags);
    members.template wrapped<EcsProperties>("ecsProperties", value.ecsProperties);
    members.optional("containerProperties", value.containerProperties);
    members.optional("tags", value.tags);
    members.kept({"eksProperties", "nodeProperties", "consumableResourceProperties"});
    members.derived({"containerOrchestrationType"});
}

void describe(Is<ComputeResource> auto &value, auto &members)
{
    members.required("type", value.type);
    members.optional("allocationStrategy", value.allocationStrategy);
    members.optional("minvCpus", value.minvCpus);
    members.required("maxvCpus", value.maxvCpus);
    members.optional("desiredvCpus", value.desiredvCpus);
    members.optional("instanceTypes", value.instanceTypes);
    members.optional("subnets", value.subnets);
    members.optional("securityGroupIds", value.securityGroupIds);
    members.optional("ec2KeyPair", value.ec2KeyPair);
    members.optional("instanceRole", value.instanceRole);
    members.optional("placementGroup", value.placementGroup);
    members.optional("bidPercentage", value.bidPercentage);
    members.optional("spotIamFleetRole", value.spotIamFleetRole);
    members.optional("tags", value.tags);
    members.kept({"imageId", "launchTemplate", "ec2Configuration", "scalingPolicy",
                  "managedInstancesProvider", "capacityTags", "updateToLatestImageVersion"});
}

void describe(Is<ComputeEnvironment> auto &value, auto &members)
{
    members.required("computeEnvironmentName", value.computeEnvironmentName);
    members.describeOnly("computeEnvironmentArn", value.computeEnvironmentArn);
    members.describeOnly("ecsClusterArn", value.ecsClusterArn);
    members.describeOnly("uuid", value.uuid);
    members.required("type", value.type);
    members.optional("state", value.state);
    members.describeOnly("status", value.status);
    members.describeOnly("statusReason", value.statusReason);
    members.optional("unmanagedvCpus", value.unmanagedvCpus);
    members.optional("computeResources", value.computeResources);
    members.optional("serviceRole", value.serviceRole);
    members.optional("tags", value.tags);
    members.kept({"eksConfiguration", "context", "ecsSettings", "updatePolicy"});
    members.derived({"containerOrchestrationType"});
}

void describe(Is<ComputeEnvironmentOrder> auto &value, auto &members)
{
    members.required("order", value.order);
    members.required("computeEnvironment", value.computeEnvironment);
}

void describe(Is<JobStateTimeLimitAction> auto &value, auto &members)
{
    members.required("reason", value.reason);
    members.required("state", value.state);
    members.required("maxTimeSeconds", value.maxTimeSeconds);
    members.required("action", value.action);
}

void describe(Is<JobQueue> auto &value, auto &members)
{
    members.required("jobQueueName", value.jobQueueName);
    members.describeOnly("jobQueueArn", value.jobQueueArn);
    members.optional("state", value.state);
    members.describeOnly("status", value.status);
    members.describeOnly("statusReason", value.statusReason);
    members.required("priority", value.priority);
    members.optional("schedulingPolicyArn", value.schedulingPolicyArn);
    members.optional("computeEnvironmentOrder", value.computeEnvironmentOrder);
    members.optional("jobQueueType", value.jobQueueType);
    members.optional("jobStateTimeLimitActions", value.jobStateTimeLimitActions);
    members.optional("tags", value.tags);
    members.kept({"serviceEnvironmentOrder"});
}

void describe(Is<TaskContainerOverrides> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("command", value.command);
    members.optional("environment", value.environment);
    members.optional("resourceRequirements", value.resourceRequirements);
    members.kept({"vcpus", "memory", "instanceType"}); // of the legacy ContainerOverrides
}

void describe(Is<JobDependency> auto &value, auto &members)
{
    members.optional("jobId", value.jobId);
    members.optional("type", value.type);
}

void describe(Is<SubmitJobRequest> auto &value, auto &members)
{
    members.required("jobName", value.jobName);
    members.required("jobQueue", value.jobQueue);
    members.required("jobDefinition", value.jobDefinition);
    members.optional("shareIdentifier", value.shareIdentifier);
    members.optional("schedulingPriorityOverride", value.schedulingPriorityOverride);
    members.template wrapped<ArrayProperties>("arrayProperties", value.arraySize);
    members.optional("dependsOn", value.dependsOn);
    members.optional("parameters", value.parameters);
    members.optional("containerOverrides", value.containerOverrides);
    members.template wrapped<EcsPropertiesOverride>("ecsPropertiesOverride",
                                                    value.ecsPropertiesOverride);
    members.optional("retryStrategy", value.retryStrategy);
    members.optional("propagateTags", value.propagateTags);
    members.optional("timeout", value.timeout);
    members.optional("tags", value.tags);
    members.kept(
        {"nodeOverrides", "eksPropertiesOverride", "consumableResourcePropertiesOverride"});
}

} // namespace batchyard::batch
