// The JSON members of the documents (compute environment, queue, definition, submit request,
// scheduling policy, consumable resource).
// Private to this folder; see containermembers.h.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/batch/podmembers.h"
#include "backend/batch/schedulingpolicy.h"

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

// containerOverrides: TaskContainerOverrides with its legacy members and without a name.
struct ContainerOverrides : TaskContainerOverrides {
    static ContainerOverrides of(const std::optional<TaskContainerOverrides> &overrides)
    {
        return {overrides.value_or(TaskContainerOverrides())};
    }
    [[nodiscard]] std::optional<TaskContainerOverrides> content() const { return *this; }
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

void describe(Is<NodeRangeProperty> auto &value, auto &members)
{
    members.required("targetNodes", value.targetNodes);
    members.optional("container", value.container);
    members.template wrapped<EcsProperties>("ecsProperties", value.ecsProperties);
    members.optional("eksProperties", value.eksProperties);
    members.optional("instanceTypes", value.instanceTypes);
    members.optional("consumableResourceProperties", value.consumableResourceProperties);
}

void describe(Is<NodeProperties> auto &value, auto &members)
{
    members.required("numNodes", value.numNodes);
    members.required("mainNode", value.mainNode);
    members.required("nodeRangeProperties", value.nodeRangeProperties);
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
    members.describeOnly(hostPathsMember, value.hostPaths);
    members.required("type", value.type);
    members.optional("platformCapabilities", value.platformCapabilities);
    members.optional("parameters", value.parameters);
    members.optional("schedulingPriority", value.schedulingPriority);
    members.optional("retryStrategy", value.retryStrategy);
    members.optional("timeout", value.timeout);
    members.optional("propagateTags", value.propagateTags);
    members.template wrapped<EcsProperties>("ecsProperties", value.ecsProperties);
    members.optional("containerProperties", value.containerProperties);
    members.optional("eksProperties", value.eksProperties);
    members.optional("nodeProperties", value.nodeProperties);
    members.optional("consumableResourceProperties", value.consumableResourceProperties);
    members.optional("tags", value.tags);
    members.derived({"containerOrchestrationType"});
}

void describe(Is<LaunchTemplateOverride> auto &value, auto &members)
{
    members.optional("launchTemplateId", value.launchTemplateId);
    members.optional("launchTemplateName", value.launchTemplateName);
    members.optional("version", value.version);
    members.optional("targetInstanceTypes", value.targetInstanceTypes);
    members.optional("userdataType", value.userdataType);
}

void describe(Is<LaunchTemplate> auto &value, auto &members)
{
    members.optional("launchTemplateId", value.launchTemplateId);
    members.optional("launchTemplateName", value.launchTemplateName);
    members.optional("version", value.version);
    members.optional("overrides", value.overrides);
    members.optional("userdataType", value.userdataType);
}

void describe(Is<Ec2Configuration> auto &value, auto &members)
{
    members.required("imageType", value.imageType);
    members.optional("imageIdOverride", value.imageIdOverride);
    members.optional("batchImageStatus", value.batchImageStatus);
    members.optional("imageKubernetesVersion", value.imageKubernetesVersion);
}

void describe(Is<ComputeScalingPolicy> auto &value, auto &members)
{
    members.optional("minScaleDownDelayMinutes", value.minScaleDownDelayMinutes);
}

void describe(Is<UpdatePolicy> auto &value, auto &members)
{
    members.optional("terminateJobsOnUpdate", value.terminateJobsOnUpdate);
    members.optional("jobExecutionTimeoutMinutes", value.jobExecutionTimeoutMinutes);
}

void describe(Is<EksConfiguration> auto &value, auto &members)
{
    members.required("eksClusterArn", value.eksClusterArn);
    members.required("kubernetesNamespace", value.kubernetesNamespace);
}

void describe(Is<EcsSettings> auto &value, auto &members)
{
    members.optional("containerInsights", value.containerInsights);
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
    members.optional("imageId", value.imageId);
    members.optional("launchTemplate", value.launchTemplate);
    members.optional("ec2Configuration", value.ec2Configuration);
    members.optional("scalingPolicy", value.scalingPolicy);
    members.optional("capacityTags", value.capacityTags);
    members.optional("updateToLatestImageVersion", value.updateToLatestImageVersion);
    members.kept({"managedInstancesProvider"});
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
    members.optional("eksConfiguration", value.eksConfiguration);
    members.optional("updatePolicy", value.updatePolicy);
    members.optional("ecsSettings", value.ecsSettings);
    members.optional("context", value.context);
    members.derived({"containerOrchestrationType"});
}

void describe(Is<ComputeEnvironmentOrder> auto &value, auto &members)
{
    members.required("order", value.order);
    members.required("computeEnvironment", value.computeEnvironment);
}

void describe(Is<ServiceEnvironmentOrder> auto &value, auto &members)
{
    members.required("order", value.order);
    members.required("serviceEnvironment", value.serviceEnvironment);
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
    members.optional("serviceEnvironmentOrder", value.serviceEnvironmentOrder);
}

void describe(Is<TaskContainerOverrides> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("command", value.command);
    members.optional("environment", value.environment);
    members.optional("resourceRequirements", value.resourceRequirements);
}

void describe(Is<ContainerOverrides> auto &value, auto &members)
{
    members.optional("vcpus", value.vcpus);
    members.optional("memory", value.memory);
    members.optional("command", value.command);
    members.optional("instanceType", value.instanceType);
    members.optional("environment", value.environment);
    members.optional("resourceRequirements", value.resourceRequirements);
}

void describe(Is<NodePropertyOverride> auto &value, auto &members)
{
    members.required("targetNodes", value.targetNodes);
    members.template wrapped<ContainerOverrides>("containerOverrides", value.containerOverrides);
    members.template wrapped<EcsPropertiesOverride>("ecsPropertiesOverride",
                                                    value.ecsPropertiesOverride);
    members.optional("eksPropertiesOverride", value.eksPropertiesOverride);
    members.optional("instanceTypes", value.instanceTypes);
    members.optional("consumableResourcePropertiesOverride",
                     value.consumableResourcePropertiesOverride);
}

void describe(Is<NodeOverrides> auto &value, auto &members)
{
    members.optional("numNodes", value.numNodes);
    members.optional("nodePropertyOverrides", value.nodePropertyOverrides);
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
    members.template wrapped<ContainerOverrides>("containerOverrides", value.containerOverrides);
    members.template wrapped<EcsPropertiesOverride>("ecsPropertiesOverride",
                                                    value.ecsPropertiesOverride);
    members.optional("eksPropertiesOverride", value.eksPropertiesOverride);
    members.optional("nodeOverrides", value.nodeOverrides);
    members.optional("consumableResourcePropertiesOverride",
                     value.consumableResourcePropertiesOverride);
    members.optional("retryStrategy", value.retryStrategy);
    members.optional("propagateTags", value.propagateTags);
    members.optional("timeout", value.timeout);
    members.optional("tags", value.tags);
}

void describe(Is<ShareAttributes> auto &value, auto &members)
{
    members.required("shareIdentifier", value.shareIdentifier);
    members.optional("weightFactor", value.weightFactor);
}

void describe(Is<FairsharePolicy> auto &value, auto &members)
{
    members.optional("shareDecaySeconds", value.shareDecaySeconds);
    members.optional("computeReservation", value.computeReservation);
    members.optional("shareDistribution", value.shareDistribution);
}

void describe(Is<QuotaSharePolicy> auto &value, auto &members)
{
    members.required("idleResourceAssignmentStrategy", value.idleResourceAssignmentStrategy);
}

void describe(Is<SchedulingPolicy> auto &value, auto &members)
{
    members.required("name", value.name);
    members.describeOnly("arn", value.arn);
    members.optional("quotaSharePolicy", value.quotaSharePolicy);
    members.optional("fairsharePolicy", value.fairsharePolicy);
    members.optional("tags", value.tags);
}

void describe(Is<ConsumableResource> auto &value, auto &members)
{
    members.required("consumableResourceName", value.consumableResourceName);
    members.describeOnly("consumableResourceArn", value.consumableResourceArn);
    members.optional("totalQuantity", value.totalQuantity);
    members.describeOnly("inUseQuantity", value.inUseQuantity);
    members.describeOnly("availableQuantity", value.availableQuantity);
    members.optional("resourceType", value.resourceType);
    members.describeOnly("createdAt", value.createdAt);
    members.optional("tags", value.tags);
}

} // namespace batchyard::batch
