#include "backend/executor/api/jobdetails.h"

#include "backend/batch/json.h"
#include "backend/batch/validation.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maximumReason = 255; // API_TaskContainerDetails

batch::ContainerRuntime runtimeOf(const ContainerRecord &container)
{
    batch::ContainerRuntime runtime{.name = container.name,
                                    .exitCode = container.state.exitCode,
                                    .reason = container.state.error.left(maximumReason),
                                    .logStreamName = {},
                                    .privateIpv4Address = {}};
    if (container.state.startedAt)
        runtime.logStreamName = container.logStreamName;
    return runtime;
}

QList<batch::ContainerRuntime> runtimesOf(const AttemptRecord &attempt)
{
    QList<batch::ContainerRuntime> runtimes;
    for (const ContainerRecord &container : attempt.containers) {
        if (container.index != pauseIndex)
            runtimes += runtimeOf(container);
    }
    return runtimes;
}

QString instanceOf(const OperationContext &context, const AttemptRecord &attempt, bool isFargate)
{
    return isFargate ? QString() : context.arns.containerInstance(attempt.computeEnvironment);
}

batch::AttemptDetail attemptDetail(const OperationContext &context, const AttemptRecord &attempt,
                                   bool isFargate)
{
    return {.startedAt = attempt.startedAt,
            .stoppedAt = attempt.stoppedAt,
            .statusReason = attempt.statusReason,
            .taskArn = context.arns.task(attempt.computeEnvironment, attempt.taskId),
            .containerInstanceArn = instanceOf(context, attempt, isFargate),
            .containers = runtimesOf(attempt)};
}

struct Documents {
    batch::SubmitJobRequest request;
    batch::JobDefinition definition;
};

Result<Documents> documentsOf(const JobRecord &job)
{
    const auto request = batch::parseSubmitJobRequest(job.request);
    const auto definition = batch::parseJobDefinition(job.definition);
    if (!request.value || !definition.value)
        return failure(ErrorCode::Protocol,
                       u"The stored documents of job %1 are damaged."_s.arg(job.id));
    return Documents{*request.value, *definition.value};
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

QString statusReasonOf(const OperationContext &context, const JobRecord &job)
{
    if (job.status == batch::JobStatus::Runnable) {
        const QString blocked = context.control.blockedStatusReason(job.id);
        if (!blocked.isEmpty())
            return blocked;
    }
    return job.statusReason;
}

Result<batch::JobDetail> jobDetail(const OperationContext &context, const JobRecord &job)
{
    const auto documents = documentsOf(job);
    if (!documents)
        return tl::unexpected(documents.error());
    const auto attempts = context.store.attempts(job.id);
    if (!attempts)
        return tl::unexpected(attempts.error());
    const auto &[request, definition] = *documents;

    batch::JobDetail detail;
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
    detail.retryStrategy = request.retryStrategy ? request.retryStrategy : definition.retryStrategy;
    detail.timeout = request.timeout ? request.timeout : definition.timeout;
    detail.dependsOn = request.dependsOn;
    detail.parameters = definition.parameters;
    detail.parameters.insert(request.parameters);
    detail.schedulingPriority = request.schedulingPriorityOverride
        ? request.schedulingPriorityOverride
        : definition.schedulingPriority;
    detail.propagateTags = request.propagateTags ? request.propagateTags : definition.propagateTags;
    detail.platformCapabilities = definition.platformCapabilities;
    detail.tags = request.tags;
    detail.isCancelled = job.cancelRequested;
    detail.isTerminated = job.terminateRequested;
    detail.isLegacy = definition.containerProperties.has_value();
    detail.task = batch::effectiveTask(request, definition);
    const bool isFargate = definition.isFargate();
    for (const AttemptRecord &attempt : *attempts) {
        if (attempt.ended)
            detail.attempts += attemptDetail(context, attempt, isFargate);
    }
    if (!attempts->isEmpty()) {
        const AttemptRecord &last = attempts->last();
        detail.taskArn = context.arns.task(last.computeEnvironment, last.taskId);
        detail.containerInstanceArn = instanceOf(context, last, isFargate);
        detail.containers = runtimesOf(last);
    }
    return detail;
}

Result<batch::JobSummary> jobSummary(const OperationContext &context, const JobRecord &job)
{
    batch::JobSummary summary{.jobId = job.id,
                              .jobArn = context.arns.job(job.id),
                              .jobName = job.name,
                              .jobDefinition = job.definitionArn,
                              .status = job.status,
                              .statusReason = statusReasonOf(context, job),
                              .createdAt = job.createdAt,
                              .startedAt = job.startedAt,
                              .stoppedAt = job.stoppedAt,
                              .exitCode = {},
                              .reason = {}};
    if (!batch::isTerminal(job.status) || job.attempt == 0)
        return summary;
    const auto attempts = context.store.attempts(job.id);
    if (!attempts)
        return tl::unexpected(attempts.error());
    if (attempts->isEmpty())
        return summary;
    for (const ContainerRecord &container : attempts->last().containers) {
        if (container.index != pauseIndex && container.index == attempts->last().decidingContainer)
            summary.exitCode = container.state.exitCode;
    }
    return summary;
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
