// A compute environment (API_CreateComputeEnvironment, API_ComputeEnvironmentDetail).
#pragma once

#include "backend/batch/common.h"

namespace batchyard::batch {

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
    UnknownMembers unknown; // launchTemplate, ec2Configuration, scalingPolicy … kept as they are

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
    friend bool operator==(const ComputeEnvironment &, const ComputeEnvironment &) = default;
};

} // namespace batchyard::batch
