#include "tests/support/service/fakebatchservice.h"

#include "backend/async.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>

namespace batchyard::test {

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;

namespace {

constexpr QLatin1StringView arnPrefix{"arn:aws:batch:us-east-1:000000000000:"};

Error notFound(const QString &what)
{
    return {ErrorCode::NotFound, u"%1 does not exist."_s.arg(what), {}};
}

QString nameOfArn(const QString &reference)
{
    return reference.section(u'/', -1);
}

template <typename List, typename Member>
auto findNamed(List &list, Member member, const QString &reference)
{
    return std::find_if(list.begin(), list.end(),
                        [&](const auto &entry) { return entry.*member == nameOfArn(reference); });
}

template <typename Value, typename Member>
QList<Value> named(const QList<Value> &list, Member member, const QStringList &names)
{
    if (names.isEmpty())
        return list;
    QList<Value> found;
    for (const Value &value : list) {
        const bool wanted = std::any_of(names.begin(), names.end(), [&](const QString &name) {
            return value.*member == nameOfArn(name);
        });
        if (wanted)
            found.append(value);
    }
    return found;
}

} // namespace

FakeBatchService::FakeBatchService(QObject *parent)
    : BatchService(parent)
{
    m_engine.reachable = true;
    m_engine.endpoint = u"/var/run/docker.sock"_s;
    m_engine.version = u"20.10.24"_s;
    m_engine.cpus = 4;
    m_engine.memoryMiB = 16'000;
}

template <typename T>
QFuture<Result<T>> FakeBatchService::answer(const QString &verb, const QString &subject,
                                            std::function<Result<T>()> make)
{
    calls.append(subject.isEmpty() ? verb : verb % u' ' % subject);
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    QTimer::singleShot(delayMs, this, [this, promise, verb, make = std::move(make)] {
        if (const auto error = takeFailure(verb))
            promise->addResult(Result<T>(tl::unexpected(*error)));
        else
            promise->addResult(make());
        promise->finish();
    });
    return promise->future();
}

std::optional<Error> FakeBatchService::takeFailure(const QString &verb)
{
    if (m_unreachable)
        return m_unreachable;
    const auto waiting = m_failures.find(verb);
    if (waiting == m_failures.end() || waiting->isEmpty())
        return std::nullopt;
    return waiting->takeFirst();
}

Timestamp FakeBatchService::tick()
{
    clock += std::chrono::milliseconds(1);
    return clock;
}

void FakeBatchService::failNext(const QString &verb, const Error &error)
{
    m_failures[verb].append(error);
}

void FakeBatchService::setUnreachable(const QString &why)
{
    m_unreachable = Error{ErrorCode::Unreachable, why, {}};
    emit reachabilityChanged(false, why);
}

void FakeBatchService::setReachable()
{
    m_unreachable.reset();
    emit reachabilityChanged(true, {});
}

void FakeBatchService::setEngine(const EngineStatus &status)
{
    m_engine = status;
    emit engineChanged(m_engine);
}

// ---- Compute environments

QFuture<Result<QList<ComputeEnvironment>>>
FakeBatchService::describeComputeEnvironments(const QStringList &names)
{
    return answer<QList<ComputeEnvironment>>(
        u"describeComputeEnvironments"_s, names.join(u','), [this, names] {
            return named(environments, &ComputeEnvironment::computeEnvironmentName, names);
        });
}

QFuture<Result<ResourceId>>
FakeBatchService::createComputeEnvironment(const ComputeEnvironment &environment)
{
    const QString &wanted = environment.computeEnvironmentName;
    return answer<ResourceId>(
        u"createComputeEnvironment"_s, wanted, [this, environment]() -> Result<ResourceId> {
            const QString &key = environment.computeEnvironmentName;
            if (findNamed(environments, &ComputeEnvironment::computeEnvironmentName, key)
                != environments.end())
                return failure(ErrorCode::Conflict, u"Object already exists"_s);
            ComputeEnvironment created = environment;
            created.computeEnvironmentArn = arnPrefix % u"compute-environment/"_s % key;
            created.status = u"VALID"_s;
            created.state = created.state.isEmpty() ? u"ENABLED"_s : created.state;
            environments.append(created);
            emit resourcesChanged();
            return ResourceId{key, created.computeEnvironmentArn, 0};
        });
}

QFuture<Result<ResourceId>>
FakeBatchService::updateComputeEnvironment(const ComputeEnvironment &environment)
{
    return answer<ResourceId>(
        u"updateComputeEnvironment"_s, environment.computeEnvironmentName,
        [this, environment]() -> Result<ResourceId> {
            const auto found = findNamed(environments, &ComputeEnvironment::computeEnvironmentName,
                                         environment.computeEnvironmentName);
            if (found == environments.end())
                return tl::unexpected(notFound(environment.computeEnvironmentName));
            found->state = environment.state;
            found->computeResources = environment.computeResources;
            found->unmanagedvCpus = environment.unmanagedvCpus;
            found->serviceRole = environment.serviceRole;
            emit resourcesChanged();
            return ResourceId{found->computeEnvironmentName, found->computeEnvironmentArn, 0};
        });
}

QFuture<Result<void>> FakeBatchService::deleteComputeEnvironment(const QString &environment)
{
    return answer<void>(
        u"deleteComputeEnvironment"_s, environment, [this, environment]() -> Result<void> {
            const auto found
                = findNamed(environments, &ComputeEnvironment::computeEnvironmentName, environment);
            if (found == environments.end())
                return tl::unexpected(notFound(environment));
            if (found->state != u"DISABLED")
                return failure(ErrorCode::Conflict,
                               u"Cannot delete, found existing JobQueue relationship"_s);
            environments.erase(found);
            emit resourcesChanged();
            return {};
        });
}

// ---- Job queues

QFuture<Result<QList<JobQueue>>> FakeBatchService::describeJobQueues(const QStringList &names)
{
    return answer<QList<JobQueue>>(u"describeJobQueues"_s, names.join(u','), [this, names] {
        return named(queues, &JobQueue::jobQueueName, names);
    });
}

QFuture<Result<ResourceId>> FakeBatchService::createJobQueue(const JobQueue &queue)
{
    return answer<ResourceId>(
        u"createJobQueue"_s, queue.jobQueueName, [this, queue]() -> Result<ResourceId> {
            JobQueue created = queue;
            created.jobQueueArn = arnPrefix % u"job-queue/"_s % queue.jobQueueName;
            created.status = u"VALID"_s;
            if (created.state.isEmpty())
                created.state = u"ENABLED"_s;
            queues.append(created);
            emit resourcesChanged();
            return ResourceId{created.jobQueueName, created.jobQueueArn, 0};
        });
}

QFuture<Result<ResourceId>> FakeBatchService::updateJobQueue(const JobQueue &queue)
{
    return answer<ResourceId>(
        u"updateJobQueue"_s, queue.jobQueueName, [this, queue]() -> Result<ResourceId> {
            const auto found = findNamed(queues, &JobQueue::jobQueueName, queue.jobQueueName);
            if (found == queues.end())
                return tl::unexpected(notFound(queue.jobQueueName));
            found->state = queue.state;
            found->priority = queue.priority;
            found->computeEnvironmentOrder = queue.computeEnvironmentOrder;
            emit resourcesChanged();
            return ResourceId{found->jobQueueName, found->jobQueueArn, 0};
        });
}

QFuture<Result<void>> FakeBatchService::deleteJobQueue(const QString &queue)
{
    return answer<void>(u"deleteJobQueue"_s, queue, [this, queue]() -> Result<void> {
        const auto found = findNamed(queues, &JobQueue::jobQueueName, queue);
        if (found == queues.end())
            return tl::unexpected(notFound(queue));
        queues.erase(found);
        emit resourcesChanged();
        return {};
    });
}

// ---- Job definitions

QFuture<Result<QList<JobDefinition>>>
FakeBatchService::describeJobDefinitions(const QString &status, const QString &definition)
{
    return answer<QList<JobDefinition>>(
        u"describeJobDefinitions"_s, definition, [this, status, definition] {
            QList<JobDefinition> found;
            for (const JobDefinition &candidate : definitions) {
                if ((status.isEmpty() || candidate.status == status)
                    && (definition.isEmpty() || candidate.jobDefinitionName == definition))
                    found.append(candidate);
            }
            return found;
        });
}

QFuture<Result<ResourceId>> FakeBatchService::registerJobDefinition(const JobDefinition &definition,
                                                                    const QStringList &allowed)
{
    return answer<ResourceId>(
        u"registerJobDefinition"_s, definition.jobDefinitionName,
        [this, definition, allowed]() -> Result<ResourceId> {
            if (allowed != neededPermissions)
                return failure(ErrorCode::AccessDenied, u"The policy does not allow it."_s,
                               neededPermissions.join(u", "_s));
            JobDefinition created = definition;
            created.revision = 1;
            for (const JobDefinition &other : std::as_const(definitions)) {
                if (other.jobDefinitionName == definition.jobDefinitionName)
                    created.revision = qMax(created.revision, other.revision + 1);
            }
            created.status = u"ACTIVE"_s;
            created.jobDefinitionArn = arnPrefix % u"job-definition/"_s
                % definition.jobDefinitionName % u':' % QString::number(created.revision);
            definitions.append(created);
            emit resourcesChanged();
            return ResourceId{created.jobDefinitionName, created.jobDefinitionArn,
                              created.revision};
        });
}

QFuture<Result<void>> FakeBatchService::deregisterJobDefinition(const QString &nameAndRevision)
{
    return answer<void>(u"deregisterJobDefinition"_s, nameAndRevision,
                        [this, nameAndRevision]() -> Result<void> {
                            for (JobDefinition &definition : definitions) {
                                if (definition.nameAndRevision() == nameOfArn(nameAndRevision)) {
                                    definition.status = u"INACTIVE"_s;
                                    emit resourcesChanged();
                                    return {};
                                }
                            }
                            return tl::unexpected(notFound(nameAndRevision));
                        });
}

const JobDefinition *FakeBatchService::findDefinition(const QString &reference) const
{
    const JobDefinition *newest = nullptr;
    for (const JobDefinition &definition : definitions) {
        if (definition.status != u"ACTIVE")
            continue;
        if (definition.nameAndRevision() == nameOfArn(reference))
            return &definition;
        if (definition.jobDefinitionName == nameOfArn(reference)
            && (!newest || newest->revision < definition.revision))
            newest = &definition;
    }
    return newest;
}

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
            const Job &job = m_jobs[*id];
            const JobDetail &detail = job.detail;
            if (!queue.isEmpty() && nameOfArn(detail.jobQueue) != nameOfArn(queue))
                continue;
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
            if (!detail.containers.isEmpty())
                summary.exitCode = detail.containers.first().exitCode;
            found.append(summary);
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
