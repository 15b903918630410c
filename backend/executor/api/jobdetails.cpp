#include "backend/executor/api/jobdetails.h"

#include "backend/batch/validation.h"

#include <QUuid>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maximumReasonTold = 255; // API_TaskContainerDetails

// An address is told of tasks that have a network of their own, not of those on EC2's host network.
batch::ContainerRuntime runtimeOf(const ContainerRecord &container, const AttemptRecord &attempt,
                                  const batch::JobDefinition &definition)
{
    batch::ContainerRuntime runtime{.name = container.name,
                                    .exitCode = container.state.exitCode,
                                    .reason = container.state.error.left(maximumReasonTold),
                                    .logStreamName = {},
                                    .privateIpv4Address = {}};
    if (container.state.startedAt)
        runtime.logStreamName = container.logStreamName;
    if (definition.isEks()) {
        if (!container.dockerId.isEmpty())
            runtime.containerId = u"docker://" % container.dockerId;
    } else if (definition.isFargate() || definition.isMultinode()) {
        runtime.privateIpv4Address = attempt.address;
    }
    return runtime;
}

QList<batch::ContainerRuntime> runtimesOf(const AttemptRecord &attempt,
                                          const batch::JobDefinition &definition)
{
    QList<batch::ContainerRuntime> runtimes;
    for (const ContainerRecord &container : attempt.containers) {
        if (container.index != pauseIndex)
            runtimes += runtimeOf(container, attempt, definition);
    }
    return runtimes;
}

// "aws-batch." and a UUID, as AWS names the pod of an attempt.
QString podNameOf(const AttemptRecord &attempt)
{
    const QUuid uuid = QUuid::fromRfc4122(QByteArray::fromHex(attempt.taskId.toLatin1()));
    return u"aws-batch." % uuid.toString(QUuid::WithoutBraces);
}

// The cluster and namespace that the compute environment puts pods into, and the pod its own.
Result<void> addPodPlace(const OperationContext &context, const AttemptRecord &attempt,
                         const JobDocuments &documents, batch::AttemptDetail &detail)
{
    const auto record
        = context.store.resource(ResourceKind::ComputeEnvironment, attempt.computeEnvironment);
    if (!record)
        return tl::unexpected(record.error());
    if (*record) {
        const auto document = documentOf(**record);
        if (!document)
            return tl::unexpected(document.error());
        const Json eks = document->value("eksConfiguration", Json::object());
        detail.eksClusterArn = toQString(eks.value("eksClusterArn", std::string()));
        detail.podNamespace = toQString(eks.value("kubernetesNamespace", std::string()));
    }
    const auto &properties = documents.definition.eksProperties;
    if (properties && properties->podProperties && properties->podProperties->metadata
        && !properties->podProperties->metadata->kubernetesNamespace.isEmpty())
        detail.podNamespace = properties->podProperties->metadata->kubernetesNamespace;
    detail.podName = podNameOf(attempt);
    detail.nodeName = attempt.instanceId;
    return {};
}

Result<batch::AttemptDetail> attemptDetail(const OperationContext &context,
                                           const AttemptRecord &attempt,
                                           const JobDocuments &documents)
{
    batch::AttemptDetail detail{.startedAt = attempt.startedAt,
                                .stoppedAt = attempt.stoppedAt,
                                .statusReason = attempt.statusReason,
                                .taskArn = {},
                                .containerInstanceArn = {},
                                .containers = runtimesOf(attempt, documents.definition)};
    if (documents.definition.isEks()) {
        if (const auto ok = addPodPlace(context, attempt, documents, detail); !ok)
            return tl::unexpected(ok.error());
        return detail;
    }
    detail.taskArn = context.arns.task(attempt.computeEnvironment, attempt.taskId);
    if (!documents.definition.isFargate())
        detail.containerInstanceArn
            = context.arns.containerInstance(attempt.computeEnvironment, attempt.instanceId);
    return detail;
}

// What a RUNNABLE job that AWS calls blocked shows, else what is stored.
QString statusReasonOf(const OperationContext &context, const JobRecord &job)
{
    if (job.status == batch::JobStatus::Runnable) {
        const QString blocked = context.control.blockedStatusReason(job.id);
        if (!blocked.isEmpty())
            return blocked;
    }
    return job.statusReason;
}

Result<std::optional<batch::ArrayPropertiesDetail>> arrayProperties(const OperationContext &context,
                                                                    const JobRecord &job)
{
    batch::ArrayPropertiesDetail detail;
    if (job.kind == JobKind::ArrayChild) {
        detail.index = job.index;
        return std::optional(detail);
    }
    if (job.kind != JobKind::ArrayParent)
        return std::optional<batch::ArrayPropertiesDetail>();
    const auto counts = context.store.childCounts(job.id);
    if (!counts)
        return tl::unexpected(counts.error());
    detail.size = job.size;
    detail.statusSummary = batch::JobStatusCounts{};
    for (auto count = counts->cbegin(); count != counts->cend(); ++count)
        (*detail.statusSummary)[static_cast<size_t>(count.key())] = count.value();
    detail.statusSummaryLastUpdatedAt = context.now();
    return std::optional(detail);
}

Result<batch::JobDetail> jobDetail(const OperationContext &context, const JobRecord &job,
                                   const QList<AttemptRecord> &attempts)
{
    const auto documents = context.documents.of(job);
    if (!documents)
        return tl::unexpected(documents.error());
    const auto array = arrayProperties(context, job);
    if (!array)
        return tl::unexpected(array.error());
    batch::JobDetail detail = (*documents)->detailOf(job);
    detail.jobId = job.id;
    detail.jobArn = context.arns.job(job.id);
    detail.jobName = job.name;
    detail.jobQueue = context.arns.jobQueue(job.queue);
    detail.jobDefinition = job.definitionArn;
    detail.status = job.status;
    detail.statusReason = statusReasonOf(context, job);
    detail.createdAt = job.createdAt;
    detail.startedAt = job.startedAt;
    detail.stoppedAt = job.stoppedAt;
    detail.shareIdentifier = job.shareIdentifier;
    detail.arrayProperties = *array;
    detail.tags = job.parentId.isEmpty() ? job.tags : (*documents)->request.tags;
    detail.isCancelled = job.cancelRequested;
    detail.isTerminated = job.terminateRequested;
    for (const AttemptRecord &attempt : attempts) {
        const auto one = attemptDetail(context, attempt, **documents);
        if (!one)
            return tl::unexpected(one.error());
        detail.taskArn = one->taskArn; // in the end those of the last attempt
        detail.containerInstanceArn = one->containerInstanceArn;
        detail.containers = one->containers;
        detail.podName = one->podName;
        detail.nodeName = one->nodeName;
        if (attempt.ended)
            detail.attempts += *one;
    }
    return detail;
}

Result<std::optional<batch::NodePropertiesSummary>> nodeProperties(const OperationContext &context,
                                                                   const JobRecord &job)
{
    batch::NodePropertiesSummary summary;
    if (job.kind == JobKind::MultiNodeParent) {
        summary.numNodes = job.size;
        return std::optional(summary);
    }
    if (job.kind != JobKind::Node)
        return std::optional<batch::NodePropertiesSummary>();
    const auto documents = context.documents.of(job);
    if (!documents)
        return tl::unexpected(documents.error());
    summary.isMainNode = (*documents)->isMainNode(job.index);
    summary.nodeIndex = job.index;
    return std::optional(summary);
}

// What the job is made to use, of an array each child for itself. EKS has a unit of its own.
Result<QList<batch::JobCapacityUsageSummary>> capacityUsage(const OperationContext &context,
                                                            const JobRecord &job)
{
    if (job.kind == JobKind::ArrayParent)
        return QList<batch::JobCapacityUsageSummary>();
    const auto documents = context.documents.of(job);
    if (!documents)
        return tl::unexpected(documents.error());
    const double vcpus = job.kind == JobKind::Node
        ? batch::totalRequirement((*documents)->detailOf(job).task, "VCPU"_L1)
        : (*documents)->vcpus;
    return QList{batch::JobCapacityUsageSummary{
        (*documents)->definition.isEks() ? u"cpu"_s : u"VCPU"_s, vcpus}};
}

Result<batch::JobSummary> jobSummary(const OperationContext &context, const JobRecord &job,
                                     const JobOutcome &outcome)
{
    batch::JobSummary summary;
    summary.jobId = job.id;
    summary.jobArn = context.arns.job(job.id);
    summary.jobName = job.name;
    summary.jobDefinition = job.definitionArn;
    summary.status = job.status;
    summary.statusReason = statusReasonOf(context, job);
    summary.createdAt = job.createdAt;
    summary.startedAt = job.startedAt;
    summary.stoppedAt = job.stoppedAt;
    summary.shareIdentifier = job.shareIdentifier;
    summary.isCancelled = job.cancelRequested;
    summary.isTerminated = job.terminateRequested;
    const auto array = arrayProperties(context, job);
    if (!array)
        return tl::unexpected(array.error());
    summary.arrayProperties = *array;
    const auto nodes = nodeProperties(context, job);
    if (!nodes)
        return tl::unexpected(nodes.error());
    summary.nodeProperties = *nodes;
    const auto usage = capacityUsage(context, job);
    if (!usage)
        return tl::unexpected(usage.error());
    summary.capacityUsage = *usage;
    summary.exitCode = outcome.exitCode;
    summary.reason = outcome.reason.left(maximumReasonTold);
    return summary;
}

batch::ContainerPhase phaseOf(const ContainerRecord &container)
{
    switch (container.state.known) {
    case core::ContainerStatus::None:
    case core::ContainerStatus::ManifestPulled:
    case core::ContainerStatus::Pulled:
        return batch::ContainerPhase::Waiting;
    case core::ContainerStatus::Created:
        return batch::ContainerPhase::Created;
    case core::ContainerStatus::Running:
    case core::ContainerStatus::ResourcesProvisioned:
        return container.state.stopRequested ? batch::ContainerPhase::Stopping
                                             : batch::ContainerPhase::Running;
    case core::ContainerStatus::Stopped:
        return batch::ContainerPhase::Stopped;
    }
    return batch::ContainerPhase::Waiting;
}

// What the store knows, for a job that nobody runs any more.
QList<batch::ContainerLiveState> storedStates(const AttemptRecord &attempt)
{
    QList<batch::ContainerLiveState> states;
    for (const ContainerRecord &container : attempt.containers) {
        if (container.index == pauseIndex)
            continue;
        states += batch::ContainerLiveState{.name = container.name,
                                            .phase = phaseOf(container),
                                            .waitReason = {},
                                            .exitCode = container.state.exitCode,
                                            .reason = container.state.error,
                                            .stoppedByBatch = container.state.stopRequested,
                                            .decidedOutcome
                                            = container.index == attempt.decidingContainer,
                                            .startedAt = container.state.startedAt,
                                            .stoppedAt = container.state.stoppedAt};
    }
    return states;
}

} // namespace

Result<QList<batch::JobDetail>> jobDetails(const OperationContext &context,
                                           const QList<JobRecord> &jobs)
{
    QStringList ids;
    for (const JobRecord &job : jobs)
        ids += job.id;
    const auto attempts = context.store.attempts(ids);
    if (!attempts)
        return tl::unexpected(attempts.error());
    QList<batch::JobDetail> details;
    details.reserve(jobs.size());
    for (const JobRecord &job : jobs) {
        auto detail = jobDetail(context, job, attempts->value(job.id));
        if (!detail)
            return tl::unexpected(detail.error());
        details += *std::move(detail);
    }
    return details;
}

Result<QList<batch::JobSummary>> jobSummaries(const OperationContext &context,
                                              const QList<JobRecord> &jobs)
{
    QStringList ended; // only these have an outcome
    for (const JobRecord &job : jobs) {
        if (batch::isTerminal(job.status) && job.attempt > 0)
            ended += job.id;
    }
    const auto outcomes = context.store.outcomes(ended);
    if (!outcomes)
        return tl::unexpected(outcomes.error());
    QList<batch::JobSummary> summaries;
    summaries.reserve(jobs.size());
    for (const JobRecord &job : jobs) {
        auto summary = jobSummary(context, job, outcomes->value(job.id));
        if (!summary)
            return tl::unexpected(summary.error());
        summaries += *std::move(summary);
    }
    return summaries;
}

Result<batch::JobLiveView> jobLiveView(const OperationContext &context, const JobRecord &job)
{
    const auto history = context.store.history(job.id);
    if (!history)
        return tl::unexpected(history.error());
    batch::JobLiveView view{.jobId = job.id,
                            .waitReason = context.control.waitReason(job.id),
                            .attempt = job.attempt,
                            .history = {},
                            .containers = context.control.containerStates(job.id)};
    for (const StateChangeRecord &change : *history)
        view.history += batch::StateChange{change.status, change.attempt, change.at, change.reason};
    if (view.containers.isEmpty()) {
        const auto attempts = context.store.attempts(job.id);
        if (!attempts)
            return tl::unexpected(attempts.error());
        if (!attempts->isEmpty())
            view.containers = storedStates(attempts->last());
    }
    return view;
}

} // namespace batchyard::executor::api
