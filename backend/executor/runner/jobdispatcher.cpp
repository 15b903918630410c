#include "backend/executor/runner/jobdispatcher.h"

#include "backend/executor/core/jobdependencies.h"
#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/dispatcherstate.h"

#include <QLoggingCategory>
#include <QUuid>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcJobs, "batchyard.runner")

namespace {

using namespace std::chrono_literals;

constexpr auto logNoticeTime = 50ms;
constexpr int startsBeforeEngineIsKnown = 4;

} // namespace

JobDispatcher::Private::Private(JobDispatcher *dispatcher, Store &jobStore,
                                docker::Engine &dockerEngine, ChangeFeed &changeFeed,
                                const Paths &filePaths, const RunnerSettings &runnerSettings)
    : q(dispatcher)
    , store(jobStore)
    , engine(dockerEngine)
    , feed(changeFeed)
    , paths(filePaths)
    , settings(runnerSettings)
    , images(engine, paths, settings.buildArguments)
    , network(engine, store.installId())
    , gate(startsBeforeEngineIsKnown)
    , monitor(engine, settings, QString(installLabel) + u'=' + store.installId())
    , services{store, engine, images, network, gate, settings, paths}
{
    for (QTimer *timer : {&evaluateTimer, &heldTimer, &logTimer})
        timer->setSingleShot(true);
    heldTimer.setInterval(settings.retryInterval);
    reconcileTimer.setInterval(settings.reconcileInterval);
    logTimer.setInterval(logNoticeTime);
    connect(&evaluateTimer, &QTimer::timeout, q, [this] { evaluate(); });
    connect(&heldTimer, &QTimer::timeout, q, [this] { monitor.suspect(); });
    connect(&reconcileTimer, &QTimer::timeout, q, [this] { listContainers(); });
    connect(&logTimer, &QTimer::timeout, q, [this] { tellLogs(); });
    connect(&monitor, &EngineMonitor::returned, q, [this] { engineReturned(); });
    connect(&monitor, &EngineMonitor::lost, q, [this] { engineLost(); });
    connect(&monitor, &EngineMonitor::answered, q, [this] { reconcileHeld(); });
    connect(&monitor, &EngineMonitor::event, q,
            [this](const docker::Event &event) { engineEvent(event); });
    connect(&images, &ImageProvider::progressed, q, [this](const QString &) {
        for (const auto &[id, job] : jobs) {
            if (job.record.status == JobStatus::Starting)
                feed.add(Change::Kind::Job, id);
        }
    });
}

Result<void> JobDispatcher::Private::load()
{
    const auto unfinished
        = store.jobsInStates({JobStatus::Submitted, JobStatus::Pending, JobStatus::Runnable,
                              JobStatus::Starting, JobStatus::Running});
    if (!unfinished)
        return tl::unexpected(unfinished.error());
    for (const JobRecord &record : *unfinished) {
        auto job = ActiveJob::load(record);
        if (!job)
            return tl::unexpected(job.error());
        jobs.insert_or_assign(record.id, *std::move(job));
    }
    const auto attempts = store.unfinishedAttempts();
    if (!attempts)
        return tl::unexpected(attempts.error());
    for (const AttemptRecord &attempt : *attempts) {
        const auto record = store.job(attempt.jobId);
        if (!record)
            return tl::unexpected(record.error());
        if (!*record)
            continue;
        const auto job = ActiveJob::load(**record);
        if (!job)
            return tl::unexpected(job.error());
        const auto runner = addRunner(*job, attempt);
        if (!runner)
            return tl::unexpected(runner.error());
        if (job->record.terminateRequested && !attempt.ended)
            (*runner)->requestStop(job->record.endReason);
    }
    return {};
}

ActiveJob *JobDispatcher::Private::find(const QString &jobId)
{
    const auto job = jobs.find(jobId);
    return job == jobs.end() ? nullptr : &job->second;
}

const ActiveJob *JobDispatcher::Private::find(const QString &jobId) const
{
    const auto job = jobs.find(jobId);
    return job == jobs.end() ? nullptr : &job->second;
}

void JobDispatcher::Private::tryAgainLater()
{
    if (!evaluateTimer.isActive())
        evaluateTimer.start(settings.retryInterval);
}

// False: the store refused, and the job is as it was.
bool JobDispatcher::Private::setStatus(ActiveJob &job, JobStatus status, const QString &reason)
{
    JobRecord next = job.record;
    next.status = status;
    next.statusReason = reason;
    if (batch::isTerminal(status))
        next.stoppedAt = now();
    if (const auto saved = store.setJobStatus(next, now()); !saved) {
        qCWarning(lcJobs).noquote() << saved.error().message;
        tryAgainLater();
        return false;
    }
    job.record = next;
    feed.add(Change::Kind::Job, job.record.id);
    return true;
}

// Everything that can go on without the engine's help, and then who may start.
void JobDispatcher::Private::evaluate()
{
    // Jobs end in here, and the end of one can be what another has waited for: until nothing moves.
    for (bool moved = true; moved;) {
        moved = false;
        for (auto job = jobs.begin(); job != jobs.end();) {
            const JobStatus before = job->second.record.status;
            if (!job->second.isPlaced() && !batch::isTerminal(before))
                resolveDependencies(job->second);
            const JobStatus after = job->second.record.status;
            moved = moved || after != before;
            job = batch::isTerminal(after) ? jobs.erase(job) : std::next(job);
        }
    }
    schedule();
    noteIdle();
}

void JobDispatcher::Private::resolveDependencies(ActiveJob &job)
{
    if (job.record.status == JobStatus::Runnable) {
        if (job.isToEnd())
            endUnstarted(job);
        return;
    }
    QHash<QString, JobStatus> states;
    for (const batch::JobDependency &dependency : job.request.dependsOn) {
        const auto record = store.job(dependency.jobId);
        if (!record) {
            qCWarning(lcJobs).noquote() << record.error().message;
            tryAgainLater();
            return;
        }
        if (*record)
            states.insert(dependency.jobId, (*record)->status);
    }
    const auto verdict = core::jobDependencies(job.request.dependsOn, states);
    if (std::holds_alternative<core::DependencyFailed>(verdict)) {
        setStatus(job, JobStatus::Failed, core::dependentJobFailedReason);
    } else if (const auto *open = std::get_if<core::DependenciesOpen>(&verdict)) {
        // A job that is to be cancelled waits for them all the same (API_CancelJob).
        job.waitReason = job.isToEnd()
            ? QStringLiteral("Will be cancelled when the jobs it depends on have ended: %1")
                  .arg(open->jobIds.join(QStringLiteral(", ")))
            : QStringLiteral("Waits for these jobs to succeed: %1")
                  .arg(open->jobIds.join(QStringLiteral(", ")));
        if (job.record.status == JobStatus::Submitted)
            setStatus(job, JobStatus::Pending, {});
    } else if (job.isToEnd()) {
        endUnstarted(job);
    } else {
        setStatus(job, JobStatus::Runnable, {});
    }
}

void JobDispatcher::Private::endUnstarted(ActiveJob &job)
{
    setStatus(job, JobStatus::Failed, job.record.endReason);
}

core::SchedulerInput JobDispatcher::Private::schedulerInput() const
{
    core::SchedulerInput input;
    input.engineReachable = monitor.isReachable();
    input.engineProblem = monitor.status().problem;
    if (monitor.info())
        input.host = hostResources(*monitor.info());
    input.queues = capacity->queues;
    input.environments = capacity->environments;
    input.maximumStartsInFlight = gate.limit();
    for (const auto &[id, job] : jobs) {
        if (job.record.status == JobStatus::Runnable)
            input.waiting.append(
                {id, job.record.queue, job.record.sequence, job.asked, job.record.name});
        const AttemptRunner *runner = job.isPlaced() ? runnerOf(job) : nullptr;
        if (runner == nullptr)
            continue;
        const QString environment = runner->record().computeEnvironment;
        input.running.append({id, job.record.name, job.asked, environment});
        input.startsInFlight += runner->isStarting() ? 1 : 0;
        for (core::EnvironmentCapacity &each : input.environments) {
            if (each.name == environment) {
                each.used.vcpus += job.asked.vcpus;
                each.used.memoryMiB += job.asked.memoryMiB;
                each.used.gpus += job.asked.gpus;
            }
        }
    }
    return input;
}

void JobDispatcher::Private::schedule()
{
    if (!capacity) {
        auto loaded = Capacity::load(store);
        if (!loaded) {
            qCWarning(lcJobs).noquote() << loaded.error().message;
            tryAgainLater();
            return;
        }
        capacity = *std::move(loaded);
    }
    const core::Schedule plan = core::schedule(schedulerInput());
    for (const core::WaitReason &wait : plan.waits) {
        ActiveJob *job = find(wait.jobId);
        if (job->waitReason != wait.text || job->blockedReason != wait.statusReason)
            feed.add(Change::Kind::Job, wait.jobId);
        job->waitReason = wait.text;
        job->blockedReason = wait.statusReason;
    }
    for (const core::Placement &placement : plan.placements)
        place(*find(placement.jobId), placement.environment);
}

void JobDispatcher::Private::place(ActiveJob &job, const QString &environment)
{
    AttemptRecord attempt;
    attempt.jobId = job.record.id;
    attempt.number = job.record.attempt + 1;
    attempt.taskId = QUuid::createUuid().toString(QUuid::Id128);
    attempt.computeEnvironment = environment;
    attempt.createdAt = now();
    const AttemptKey key{store.installId(), attempt.jobId, attempt.number};
    if (const auto volumes = TaskVolumes::plan(job.task, key, paths.volumes()); !volumes) {
        setStatus(job, JobStatus::Failed, volumes.error().message);
        evaluateTimer.start(0ms);
        return;
    }
    for (int i = 0; i < job.task.containers.size(); ++i) {
        ContainerRecord row;
        row.index = i;
        row.name = job.task.containers.at(i).name;
        row.logStreamName
            = logStreamName(job.definition.jobDefinitionName, row.name, attempt.taskId);
        attempt.containers.append(row);
    }
    ContainerRecord pause;
    pause.index = pauseIndex;
    pause.name = pauseContainerName;
    attempt.containers.append(pause);
    for (ContainerRecord &row : attempt.containers) {
        row.jobId = attempt.jobId;
        row.attempt = attempt.number;
        row.dockerName = key.containerName(row.index);
    }

    JobRecord next = job.record;
    next.status = JobStatus::Starting;
    next.statusReason.clear();
    next.attempt = attempt.number;
    next.startedAt.reset();
    if (const auto begun = store.beginAttempt(next, attempt, now()); !begun) {
        qCWarning(lcJobs).noquote() << begun.error().message;
        tryAgainLater();
        return;
    }
    job.record = next;
    job.waitReason.clear();
    job.blockedReason.clear();
    feed.add(Change::Kind::Job, attempt.jobId);
    const auto runner = addRunner(job, attempt);
    if (runner)
        (*runner)->begin();
    else
        qCWarning(lcJobs).noquote() << runner.error().message;
}

void JobDispatcher::Private::requestEnd(const QString &jobId, bool terminate, const QString &reason)
{
    ActiveJob *job = find(jobId);
    if (job == nullptr || (!terminate && job->isPlaced()))
        return;
    if (const auto saved = store.requestEnd(jobId, terminate, reason); !saved) {
        qCWarning(lcJobs).noquote() << saved.error().message;
        return;
    }
    if (const auto record = store.job(jobId); record && *record)
        job->record = **record;
    feed.add(Change::Kind::Job, jobId);
    if (!job->isPlaced())
        evaluate();
    else if (AttemptRunner *runner = runnerOf(*job))
        runner->requestStop(job->record.endReason);
}

void JobDispatcher::Private::noteIdle()
{
    const bool isIdle = jobs.empty() && runners.empty();
    if (std::exchange(idle, isIdle) != isIdle)
        emit q->idleChanged(isIdle);
}

JobDispatcher::JobDispatcher(Store &store, docker::Engine &engine, ChangeFeed &feed,
                             const Paths &paths, const RunnerSettings &settings, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, store, engine, feed, paths, settings))
{
}

JobDispatcher::~JobDispatcher() = default;

Result<void> JobDispatcher::start()
{
    if (const auto loaded = d->load(); !loaded)
        return loaded;
    d->monitor.start();
    d->reconcileTimer.start();
    d->evaluate();
    return {};
}

bool JobDispatcher::isIdle() const
{
    return d->jobs.empty() && d->runners.empty();
}

void JobDispatcher::jobSubmitted(const QString &jobId)
{
    const auto record = d->store.job(jobId);
    if (!record || !*record)
        return;
    auto job = ActiveJob::load(**record);
    if (!job) {
        qCWarning(lcJobs).noquote() << job.error().message;
        JobRecord failed = **record;
        failed.status = JobStatus::Failed;
        failed.statusReason = job.error().message;
        failed.stoppedAt = d->now();
        if (const auto saved = d->store.setJobStatus(failed, d->now()); !saved)
            qCWarning(lcJobs).noquote() << saved.error().message;
        d->feed.add(Change::Kind::Job, jobId);
        return;
    }
    d->jobs.insert_or_assign(jobId, *std::move(job));
    d->feed.add(Change::Kind::Job, jobId);
    d->noteIdle();
    d->evaluateTimer.start(0ms);
}

void JobDispatcher::cancelJob(const QString &jobId, const QString &reason)
{
    d->requestEnd(jobId, false, reason);
}

void JobDispatcher::terminateJob(const QString &jobId, const QString &reason)
{
    d->requestEnd(jobId, true, reason);
}

void JobDispatcher::resourcesChanged()
{
    d->capacity.reset();
    d->feed.add(Change::Kind::Resource);
    d->evaluateTimer.start(0ms);
}

batch::EngineStatus JobDispatcher::engineStatus() const
{
    batch::EngineStatus status = d->monitor.status();
    for (const auto &[id, job] : d->jobs) {
        if (!job.isPlaced())
            continue;
        status.vcpusInUse += job.asked.vcpus;
        status.memoryInUseMiB += job.asked.memoryMiB;
    }
    return status;
}

QString JobDispatcher::waitReason(const QString &jobId) const
{
    const ActiveJob *job = d->find(jobId);
    if (job == nullptr)
        return {};
    if (!job->isPlaced())
        return job->waitReason;
    if (!d->monitor.isReachable())
        return d->monitor.status().problem;
    if (job->record.status != JobStatus::Starting)
        return {};
    for (const batch::ContainerLiveState &container : containerStates(jobId)) {
        if (!container.waitReason.isEmpty())
            return container.name + QStringLiteral(": ") + container.waitReason;
    }
    return {};
}

QString JobDispatcher::blockedStatusReason(const QString &jobId) const
{
    const ActiveJob *job = d->find(jobId);
    return job != nullptr ? job->blockedReason : QString();
}

QList<batch::ContainerLiveState> JobDispatcher::containerStates(const QString &jobId) const
{
    const ActiveJob *job = d->find(jobId);
    if (const AttemptRunner *runner = job != nullptr ? d->runnerOf(*job) : nullptr)
        return runner->containerStates();
    const auto attempts = d->store.attempts(jobId);
    QList<batch::ContainerLiveState> states;
    if (!attempts || attempts->isEmpty())
        return states;
    const AttemptRecord &last = attempts->last();
    for (const ContainerRecord &row : last.containers) {
        if (row.index == pauseIndex)
            continue;
        states.append(liveStateOf(row, row.state));
        states.last().decidedOutcome = row.index == last.decidingContainer;
    }
    return states;
}

} // namespace batchyard::executor
