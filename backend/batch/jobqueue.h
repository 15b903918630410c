// A job queue (API_CreateJobQueue, API_JobQueueDetail).
#pragma once

#include "backend/batch/common.h"

namespace batchyard::batch {

struct ComputeEnvironmentOrder {
    int order = 0;
    QString computeEnvironment; // name or ARN
    UnknownMembers unknown;
    friend bool operator==(const ComputeEnvironmentOrder &, const ComputeEnvironmentOrder &)
        = default;
};

// For service jobs, which do not run here.
struct ServiceEnvironmentOrder {
    int order = 0;
    QString serviceEnvironment;
    UnknownMembers unknown;
    friend bool operator==(const ServiceEnvironmentOrder &, const ServiceEnvironmentOrder &)
        = default;
};

struct JobStateTimeLimitAction {
    QString reason;
    QString state; // RUNNABLE
    int maxTimeSeconds = 0; // 600 to 86400
    QString action; // CANCEL
    UnknownMembers unknown;
    friend bool operator==(const JobStateTimeLimitAction &, const JobStateTimeLimitAction &)
        = default;
};

struct JobQueue {
    QString jobQueueName;
    QString state; // ENABLED, DISABLED; empty means ENABLED
    QString schedulingPolicyArn;
    std::optional<int> priority; // required; higher first
    QList<ComputeEnvironmentOrder> computeEnvironmentOrder; // 1 to 3
    QString jobQueueType;
    QList<JobStateTimeLimitAction> jobStateTimeLimitActions;
    Tags tags;

    // Set by describe, never sent.
    QString jobQueueArn;
    QString status;
    QString statusReason;

    UnknownMembers unknown;
    QList<ServiceEnvironmentOrder> serviceEnvironmentOrder = {};
    friend bool operator==(const JobQueue &, const JobQueue &) = default;
};

} // namespace batchyard::batch
