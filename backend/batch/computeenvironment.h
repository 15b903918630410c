// A compute environment (API_CreateComputeEnvironment, API_ComputeEnvironmentDetail).
#pragma once

#include "backend/batch/common.h"

namespace batchyard::batch {

struct LaunchTemplateOverride {
    QString launchTemplateId;
    QString launchTemplateName;
    QString version;
    QStringList targetInstanceTypes;
    QString userdataType; // EKS_BOOTSTRAP_SH, EKS_NODEADM
    UnknownMembers unknown;
    friend bool operator==(const LaunchTemplateOverride &, const LaunchTemplateOverride &)
        = default;
};

struct LaunchTemplate {
    QString launchTemplateId; // this or the name
    QString launchTemplateName;
    QString version;
    QList<LaunchTemplateOverride> overrides;
    QString userdataType;
    UnknownMembers unknown;
    friend bool operator==(const LaunchTemplate &, const LaunchTemplate &) = default;
};

struct Ec2Configuration {
    QString imageType; // ECS_AL2023, ECS_AL2, ECS_AL2_NVIDIA, EKS_AL2 …
    QString imageIdOverride;
    QString batchImageStatus; // set by describe
    QString imageKubernetesVersion;
    UnknownMembers unknown;
    friend bool operator==(const Ec2Configuration &, const Ec2Configuration &) = default;
};

struct ComputeScalingPolicy {
    std::optional<int> minScaleDownDelayMinutes; // 0, or 20 to 10080
    UnknownMembers unknown;
    friend bool operator==(const ComputeScalingPolicy &, const ComputeScalingPolicy &) = default;
};

struct UpdatePolicy {
    std::optional<bool> terminateJobsOnUpdate;
    std::optional<qint64> jobExecutionTimeoutMinutes; // 1 to 360
    UnknownMembers unknown;
    friend bool operator==(const UpdatePolicy &, const UpdatePolicy &) = default;
};

struct EksConfiguration {
    QString eksClusterArn;
    QString kubernetesNamespace;
    UnknownMembers unknown;
    friend bool operator==(const EksConfiguration &, const EksConfiguration &) = default;
};

struct EcsSettings {
    QString containerInsights; // ENABLED, DISABLED, ENHANCED
    UnknownMembers unknown;
    friend bool operator==(const EcsSettings &, const EcsSettings &) = default;
};

struct ComputeResource {
    QString type; // EC2, SPOT, FARGATE, FARGATE_SPOT
    QString allocationStrategy;
    std::optional<int> minvCpus;
    std::optional<int> maxvCpus; // required
    std::optional<int> desiredvCpus;
    QStringList instanceTypes;
    QStringList subnets;
    QStringList securityGroupIds;
    QString ec2KeyPair;
    QString instanceRole;
    QString placementGroup;
    std::optional<int> bidPercentage;
    QString spotIamFleetRole;
    Tags tags;
    UnknownMembers unknown;
    QString imageId = {}; // deprecated by AWS: ec2Configuration
    std::optional<LaunchTemplate> launchTemplate = {};
    QList<Ec2Configuration> ec2Configuration = {}; // at most 2
    std::optional<ComputeScalingPolicy> scalingPolicy = {};
    QMap<QString, QString> capacityTags = {};
    std::optional<bool> updateToLatestImageVersion = {}; // of updates only

    [[nodiscard]] bool isFargate() const;
    friend bool operator==(const ComputeResource &, const ComputeResource &) = default;
};

struct ComputeEnvironment {
    QString computeEnvironmentName;
    QString type; // MANAGED, UNMANAGED
    QString state; // ENABLED, DISABLED; empty means ENABLED
    std::optional<int> unmanagedvCpus;
    std::optional<ComputeResource> computeResources;
    QString serviceRole;
    Tags tags;

    // Set by describe, never sent.
    QString computeEnvironmentArn;
    QString ecsClusterArn;
    QString uuid;
    QString status; // CREATING, UPDATING, DELETING, DELETED, VALID, INVALID
    QString statusReason;

    UnknownMembers unknown;
    std::optional<EksConfiguration> eksConfiguration = {};
    std::optional<UpdatePolicy> updatePolicy = {}; // of updates, and told by describe
    std::optional<EcsSettings> ecsSettings = {};
    QString context = {}; // reserved by AWS
    friend bool operator==(const ComputeEnvironment &, const ComputeEnvironment &) = default;
};

} // namespace batchyard::batch
