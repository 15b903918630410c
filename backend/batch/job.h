// Jobs: the request that submits one and what describe and list tell of it (API_SubmitJob,
// API_JobDetail, API_JobSummary).
#pragma once

#include "backend/batch/jobdefinition.h"
#include "backend/batch/overrides.h"

#include <array>

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
    std::optional<EksPropertiesOverride> eksPropertiesOverride = {};
    std::optional<NodeOverrides> nodeOverrides = {};
    std::optional<ConsumableResourceProperties> consumableResourcePropertiesOverride = {};
    friend bool operator==(const SubmitJobRequest &, const SubmitJobRequest &) = default;
};

// What ran: the runtime members of TaskContainerDetails and AttemptTaskContainerDetails.
struct ContainerRuntime {
    QString name;
    std::optional<int> exitCode;
    QString reason;
    QString logStreamName;
    QString privateIpv4Address;
    QString containerId = {}; // told of pods only (containerID)
    friend bool operator==(const ContainerRuntime &, const ContainerRuntime &) = default;
};

struct AttemptDetail {
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    QString statusReason;
    QString taskArn;
    QString containerInstanceArn;
    QList<ContainerRuntime> containers; // one, named legacyContainerName, for a legacy job
    // Of pods only.
    QString eksClusterArn = {};
    QString podName = {};
    QString podNamespace = {};
    QString nodeName = {};
    friend bool operator==(const AttemptDetail &, const AttemptDetail &) = default;
};

// How many children of an array or nodes are in each status, in the order of JobStatus.
using JobStatusCounts = std::array<int, jobStatusCount>;

// Of an array's parent (size, statusSummary) or child (index); in JobDetail and in JobSummary.
struct ArrayPropertiesDetail {
    std::optional<int> size;
    std::optional<int> index;
    std::optional<JobStatusCounts> statusSummary;
    std::optional<Timestamp> statusSummaryLastUpdatedAt;
    friend bool operator==(const ArrayPropertiesDetail &, const ArrayPropertiesDetail &) = default;
};

// Of a node of a multi-node job.
struct NodeDetails {
    int nodeIndex = 0;
    bool isMainNode = false;
    friend bool operator==(const NodeDetails &, const NodeDetails &) = default;
};

// A JobDetail. Whoever reads a job need not know AWS's forms: legacy jobs (isLegacy) and pods
// (eksProperties) are shown as a task too. The JSON has AWS's forms. A multi-node job has
// nodeProperties and no task; its nodes have nodeDetails and a task.
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

    std::optional<ArrayPropertiesDetail> arrayProperties = {};
    std::optional<NodeDetails> nodeDetails = {};
    std::optional<NodeProperties> nodeProperties = {};
    std::optional<EksProperties> eksProperties = {}; // after overrides and Ref:: substitution
    QString podName = {}; // of the pod that runs or ran last
    QString nodeName = {};
    std::optional<ConsumableResourceProperties> consumableResourceProperties = {};
    // Of legacy jobs whose document has them, after overrides. The task asks for the same; in the
    // JSON what is told here is not among the resourceRequirements as well.
    std::optional<int> vcpus = {};
    std::optional<int> memory = {};
    QString instanceType = {};
    friend bool operator==(const JobDetail &, const JobDetail &) = default;
};

struct NodePropertiesSummary {
    std::optional<bool> isMainNode;
    std::optional<int> numNodes;
    std::optional<int> nodeIndex;
    friend bool operator==(const NodePropertiesSummary &, const NodePropertiesSummary &) = default;
};

struct JobCapacityUsageSummary {
    QString capacityUnit; // VCPU
    double quantity = 0;
    friend bool operator==(const JobCapacityUsageSummary &, const JobCapacityUsageSummary &)
        = default;
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
    QString shareIdentifier = {};
    std::optional<Timestamp> scheduledAt = {};
    QList<JobCapacityUsageSummary> capacityUsage = {};
    std::optional<ArrayPropertiesDetail> arrayProperties = {};
    std::optional<NodePropertiesSummary> nodeProperties = {};
    bool isCancelled = false; // told only when true
    bool isTerminated = false;
    friend bool operator==(const JobSummary &, const JobSummary &) = default;
};

} // namespace batchyard::batch
