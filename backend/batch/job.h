// Jobs: the request that submits one and what describe and list tell of it (API_SubmitJob,
// API_JobDetail, API_JobSummary).
#pragma once

#include "backend/batch/jobdefinition.h"

namespace batchyard::batch {

// In the order a job goes through them; a retry goes back to Runnable.
enum class JobStatus { Submitted, Pending, Runnable, Starting, Running, Succeeded, Failed };
inline constexpr int jobStatusCount = 7;
[[nodiscard]] QString toString(JobStatus status); // "SUBMITTED" …
[[nodiscard]] std::optional<JobStatus> jobStatus(QStringView text);
[[nodiscard]] constexpr bool isTerminal(JobStatus status)
{
    return status == JobStatus::Succeeded || status == JobStatus::Failed;
}

struct TaskContainerOverrides {
    QString name;
    QStringList command; // replaces the definition's when not empty
    QList<KeyValuePair> environment; // merged by name, the override wins
    QList<ResourceRequirement> resourceRequirements; // replaced per type
    UnknownMembers unknown;
    friend bool operator==(const TaskContainerOverrides &, const TaskContainerOverrides &)
        = default;
};

struct JobDependency {
    QString jobId;
    QString type; // empty, SEQUENTIAL, N_TO_N
    UnknownMembers unknown;
    friend bool operator==(const JobDependency &, const JobDependency &) = default;
};

struct SubmitJobRequest {
    QString jobName;
    QString jobQueue; // name or ARN
    QString jobDefinition; // name, name:revision or ARN
    QString shareIdentifier;
    std::optional<int> schedulingPriorityOverride;
    std::optional<int> arraySize; // arrayProperties.size
    QList<JobDependency> dependsOn; // at most 20
    QMap<QString, QString> parameters;
    std::optional<TaskContainerOverrides>
        containerOverrides; // legacy definitions; name stays empty
    QList<TaskContainerOverrides> ecsPropertiesOverride; // taskProperties[0].containers
    std::optional<RetryStrategy> retryStrategy;
    std::optional<bool> propagateTags;
    std::optional<JobTimeout> timeout;
    Tags tags;
    UnknownMembers unknown;
    friend bool operator==(const SubmitJobRequest &, const SubmitJobRequest &) = default;
};

// What ran: the runtime members of TaskContainerDetails and AttemptTaskContainerDetails.
struct ContainerRuntime {
    QString name;
    std::optional<int> exitCode;
    QString reason;
    QString logStreamName;
    QString privateIpv4Address;
    friend bool operator==(const ContainerRuntime &, const ContainerRuntime &) = default;
};

struct AttemptDetail {
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    QString statusReason;
    QString taskArn;
    QString containerInstanceArn;
    QList<ContainerRuntime> containers; // one, named legacyContainerName, for a legacy job
    friend bool operator==(const AttemptDetail &, const AttemptDetail &) = default;
};

// A JobDetail. Legacy jobs are shown as a task of one container (isLegacy says so): whoever reads
// a job need not know two forms; the JSON has AWS's two.
struct JobDetail {
    QString jobId;
    QString jobArn;
    QString jobName;
    QString jobQueue; // ARN
    QString jobDefinition; // ARN
    JobStatus status = JobStatus::Submitted;
    QString statusReason;
    std::optional<Timestamp> createdAt;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    std::optional<RetryStrategy> retryStrategy;
    std::optional<JobTimeout> timeout;
    QList<JobDependency> dependsOn;
    QMap<QString, QString> parameters;
    QString shareIdentifier;
    std::optional<int> schedulingPriority;
    std::optional<bool> propagateTags;
    QStringList platformCapabilities;
    Tags tags;
    bool isCancelled = false;
    bool isTerminated = false;
    QList<AttemptDetail> attempts; // ended attempts only
    bool isLegacy = false;
    EcsTaskProperties task; // after overrides and Ref:: substitution
    QString taskArn; // of the attempt that runs or ran last
    QString containerInstanceArn;
    QList<ContainerRuntime> containers; // of that attempt, in the order of task.containers
    UnknownMembers unknown;
    friend bool operator==(const JobDetail &, const JobDetail &) = default;
};

struct JobSummary {
    QString jobId;
    QString jobArn;
    QString jobName;
    QString jobDefinition; // ARN
    JobStatus status = JobStatus::Submitted;
    QString statusReason;
    std::optional<Timestamp> createdAt;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    std::optional<int> exitCode; // container.exitCode
    QString reason; // container.reason
    friend bool operator==(const JobSummary &, const JobSummary &) = default;
};

} // namespace batchyard::batch
