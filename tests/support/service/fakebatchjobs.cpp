// The jobs of FakeBatchService, with their logs and the executor's extension.
#include "tests/support/service/fakebatchservice.h"
#include "tests/support/service/fakenames.h"

namespace batchyard::test {

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;

namespace {

JobSummary summaryOf(const JobDetail &detail)
{
    JobSummary summary;
    summary.jobId = detail.jobId;
    summary.jobArn = detail.jobArn;
    summary.jobName = detail.jobName;
    summary.jobDefinition = detail.jobDefinition;
    summary.status = detail.status;
    summary.statusReason = detail.statusReason;
    summary.createdAt = detail.createdAt;
    summary.startedAt = detail.startedAt;
    summary.stoppedAt = detail.stoppedAt;
    summary.arrayProperties = detail.arrayProperties;
    if (!detail.containers.isEmpty())
        summary.exitCode = detail.containers.first().exitCode;
    return summary;
}

} // namespace

// ---- Jobs

QFuture<Result<SubmittedJob>> FakeBatchService::submitJob(const SubmitJobRequest &request)
{
    return answer<SubmittedJob>(
        u"submitJob"_s, request.jobName, [this, request]() -> Result<SubmittedJob> {
            const JobDefinition *definition = findDefinition(request.jobDefinition);
            if (!definition)
                return tl::unexpected(notFound(u"Job definition "_s % request.jobDefinition));
            const QString id = addJobOf(request, definition->task().value_or(EcsTaskProperties{}));
            Job &created = m_jobs[id];
            created.detail.jobDefinition = definition->jobDefinitionArn;
            created.detail.retryStrategy
                = request.retryStrategy ? request.retryStrategy : definition->retryStrategy;
            created.detail.timeout = request.timeout ? request.timeout : definition->timeout;
            const SubmittedJob answered{id, created.detail.jobArn, request.jobName};
            if (onSubmitted)
                QTimer::singleShot(0, this, [this, id] { onSubmitted(id); });
            return answered;
        });
}

QString FakeBatchService::addJob(const QString &jobName, const EcsTaskProperties &task)
{
    SubmitJobRequest request;
    request.jobName = jobName;
    request.jobQueue = queues.isEmpty() ? u"queue"_s : queues.first().jobQueueArn;
    request.jobDefinition = u"maze:1"_s;
    return addJobOf(request, task);
}

QString FakeBatchService::addArray(const QString &jobName, const EcsTaskProperties &task, int size)
{
    const QString id = addJob(jobName, task);
    m_jobs[id].detail.arrayProperties.emplace().size = size;
    for (int index = 0; index < size; ++index) {
        Job child = m_jobs[id];
        child.detail.jobId = id % u':' % QString::number(index);
        child.detail.arrayProperties.emplace().index = index;
        child.live.jobId = child.detail.jobId;
        m_jobOrder.append(child.detail.jobId);
        m_jobs.insert(child.detail.jobId, child);
    }
    countChildren(id);
    return id;
}

void FakeBatchService::countChildren(const QString &parentId)
{
    JobStatusCounts counts{};
    for (const Job &each : std::as_const(m_jobs)) {
        if (each.detail.jobId.startsWith(parentId % u':'))
            ++counts.at(static_cast<std::size_t>(each.detail.status));
    }
    m_jobs[parentId].detail.arrayProperties->statusSummary = counts;
}

QString FakeBatchService::addJobOf(const SubmitJobRequest &request, const EcsTaskProperties &task)
{
    const QString id
        = u"00000000-0000-4000-8000-%1"_s.arg(m_jobOrder.size() + 1, 12, 10, QChar(u'0'));
    Job created;
    JobDetail &detail = created.detail;
    detail.jobId = id;
    detail.jobArn = arnPrefix % u"job/"_s % id;
    detail.jobName = request.jobName;
    detail.jobQueue = request.jobQueue;
    detail.jobDefinition = arnPrefix % u"job-definition/"_s % request.jobDefinition;
    detail.createdAt = tick();
    detail.parameters = request.parameters;
    detail.tags = request.tags;
    detail.dependsOn = request.dependsOn;
    detail.task = task;
    created.live.jobId = id;
    created.live.history = {{JobStatus::Submitted, 0, *detail.createdAt, {}}};
    m_jobs.insert(id, created);
    m_jobOrder.append(id);
    emit jobsChanged({id});
    return id;
}

void FakeBatchService::beginAttempt(Job &job)
{
    ++job.live.attempt;
    job.live.containers.clear();
    job.detail.containers.clear();
    for (const TaskContainerProperties &container : job.detail.task.containers) {
        ContainerRuntime runtime;
        runtime.name = container.name;
        runtime.logStreamName = u"%1/%2/%3"_s.arg(job.detail.jobId, container.name,
                                                  QString::number(job.live.attempt));
        job.detail.containers.append(runtime);
        ContainerLiveState state;
        state.name = container.name;
        if (!container.dependsOn.isEmpty())
            state.waitReason = u"Waits for %1 to reach %2."_s.arg(
                container.dependsOn.first().containerName,
                toString(container.dependsOn.first().condition));
        job.live.containers.append(state);
    }
}

void FakeBatchService::moveJob(const QString &jobId, JobStatus status, const QString &reason)
{
    Job &job = m_jobs[jobId];
    const Timestamp now = tick();
    job.detail.status = status;
    job.detail.statusReason = reason;
    if (status == JobStatus::Starting)
        beginAttempt(job);
    if (status == JobStatus::Running)
        job.detail.startedAt = now;
    job.live.waitReason.clear();
    if (status <= JobStatus::Runnable)
        job.live.waitReason = reason;
    if (isTerminal(status)) {
        job.detail.stoppedAt = now;
        if (job.live.attempt > 0)
            job.detail.attempts.append(
                {job.detail.startedAt, now, reason, {}, {}, job.detail.containers});
    }
    job.live.history.append({status, job.live.attempt, now, reason});
    emit jobsChanged({jobId});
}

void FakeBatchService::setContainer(const QString &jobId, const ContainerLiveState &state)
{
    for (ContainerLiveState &known : m_jobs[jobId].live.containers) {
        if (known.name == state.name)
            known = state;
    }
    emit jobsChanged({jobId});
}

void FakeBatchService::endContainer(const QString &jobId, const QString &container, int exitCode,
                                    bool decided, const QString &reason)
{
    Job &job = m_jobs[jobId];
    for (ContainerRuntime &runtime : job.detail.containers) {
        if (runtime.name == container) {
            runtime.exitCode = exitCode;
            runtime.reason = reason;
        }
    }
    for (ContainerLiveState &state : job.live.containers) {
        if (state.name == container) {
            state.phase = ContainerPhase::Stopped;
            state.waitReason.clear();
            state.exitCode = exitCode;
            state.reason = reason;
            state.decidedOutcome = decided;
            state.stoppedAt = tick();
        }
    }
    emit jobsChanged({jobId});
}

void FakeBatchService::retryJob(const QString &jobId, const QString &attemptReason)
{
    Job &job = m_jobs[jobId];
    job.detail.attempts.append(
        {job.detail.startedAt, tick(), attemptReason, {}, {}, job.detail.containers});
    moveJob(jobId, JobStatus::Runnable, u"Waits for another attempt."_s);
}

void FakeBatchService::log(const QString &jobId, const QString &container, const QStringList &lines,
                           LogLine::Stream stream)
{
    QList<LogLine> made;
    made.reserve(lines.size());
    for (const QString &line : lines)
        made.append({tick(), stream, line});
    log(jobId, container, made);
}

void FakeBatchService::log(const QString &jobId, const QString &container,
                           const QList<LogLine> &lines)
{
    for (const ContainerRuntime &runtime : std::as_const(m_jobs[jobId].detail.containers)) {
        if (runtime.name == container)
            m_streams[runtime.logStreamName].append(lines);
    }
    emit logsChanged({jobId});
}

JobDetail *FakeBatchService::job(const QString &jobId)
{
    const auto found = m_jobs.find(jobId);
    return found == m_jobs.end() ? nullptr : &found->detail;
}

JobLiveView *FakeBatchService::live(const QString &jobId)
{
    const auto found = m_jobs.find(jobId);
    return found == m_jobs.end() ? nullptr : &found->live;
}

QFuture<Result<QList<JobDetail>>> FakeBatchService::describeJobs(const QStringList &jobIds)
{
    return answer<QList<JobDetail>>(u"describeJobs"_s, jobIds.join(u','), [this, jobIds] {
        QList<JobDetail> found;
        for (const QString &id : jobIds) {
            if (const JobDetail *detail = job(id))
                found.append(*detail);
        }
        return found;
    });
}

QFuture<Result<QList<JobSummary>>> FakeBatchService::listJobs(const QString &queue)
{
    return answer<QList<JobSummary>>(u"listJobs"_s, queue, [this, queue] {
        QList<JobSummary> found;
        for (auto id = m_jobOrder.crbegin(); id != m_jobOrder.crend(); ++id) {
            const JobDetail &detail = m_jobs[*id].detail;
            const bool isChild = id->contains(u':');
            if (!isChild && (queue.isEmpty() || nameOfArn(detail.jobQueue) == nameOfArn(queue)))
                found.append(summaryOf(detail));
        }
        return found;
    });
}

QFuture<Result<QList<JobSummary>>> FakeBatchService::listChildJobs(const QString &jobId, Parent)
{
    return answer<QList<JobSummary>>(u"listChildJobs"_s, jobId, [this, jobId] {
        QList<JobSummary> found;
        for (const QString &id : std::as_const(m_jobOrder)) {
            if (id.startsWith(jobId % u':'))
                found.append(summaryOf(m_jobs[id].detail));
        }
        return found;
    });
}

QFuture<Result<void>> FakeBatchService::cancelJob(const QString &jobId, const QString &reason)
{
    return answer<void>(u"cancelJob"_s, jobId, [this, jobId, reason]() -> Result<void> {
        JobDetail *detail = job(jobId);
        if (!detail)
            return tl::unexpected(notFound(u"Job "_s % jobId));
        if (detail->status < JobStatus::Starting) {
            detail->isCancelled = true;
            moveJob(jobId, JobStatus::Failed, reason);
        }
        return {};
    });
}

QFuture<Result<void>> FakeBatchService::terminateJob(const QString &jobId, const QString &reason)
{
    return answer<void>(u"terminateJob"_s, jobId, [this, jobId, reason]() -> Result<void> {
        JobDetail *detail = job(jobId);
        if (!detail)
            return tl::unexpected(notFound(u"Job "_s % jobId));
        if (!isTerminal(detail->status)) {
            detail->isTerminated = true;
            moveJob(jobId, JobStatus::Failed, reason);
        }
        return {};
    });
}

// ---- Logs and the extension

QFuture<Result<LogPage>> FakeBatchService::getLogEvents(const QString &logStreamName,
                                                        const QString &nextToken)
{
    return answer<LogPage>(
        u"getLogEvents"_s, logStreamName, [this, logStreamName, nextToken]() -> Result<LogPage> {
            const auto stream = m_streams.constFind(logStreamName);
            if (stream == m_streams.constEnd())
                return tl::unexpected(notFound(u"Log stream "_s % logStreamName));
            const qsizetype from = nextToken.toLongLong();
            LogPage page;
            page.lines = stream->mid(from, linesPerPage);
            page.nextToken = QString::number(from + page.lines.size());
            return page;
        });
}

QFuture<Result<JobLiveView>> FakeBatchService::jobLiveView(const QString &jobId)
{
    return answer<JobLiveView>(u"jobLiveView"_s, jobId, [this, jobId]() -> Result<JobLiveView> {
        if (const JobLiveView *view = live(jobId))
            return *view;
        return tl::unexpected(notFound(u"Job "_s % jobId));
    });
}

QFuture<Result<EngineStatus>> FakeBatchService::engineStatus()
{
    return answer<EngineStatus>(u"engineStatus"_s, {}, [this] { return m_engine; });
}

} // namespace batchyard::test
