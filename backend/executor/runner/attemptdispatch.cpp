// JobDispatcher's dealings with attempts and with the engine that comes and goes.
#include "backend/async.h"
#include "backend/executor/runner/dispatcherstate.h"

#include <QLoggingCategory>
#include <QThread>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcDispatch, "batchyard.runner")

namespace {

// Beyond about twice the cores starts only take longer (performance.md: measured on two cores).
int maximumStarts(const docker::EngineInfo &engine)
{
    return std::max(4, 2 * engine.cpus);
}

} // namespace

Result<AttemptRunner *> JobDispatcher::Private::addRunner(const ActiveJob &job,
                                                          const AttemptRecord &attempt)
{
    AttemptPlan plan;
    plan.task = job.task;
    plan.timeoutSeconds = job.timeoutSeconds();
    plan.context.key = {store.installId(), attempt.jobId, attempt.number};
    plan.context.queue = job.record.queue;
    plan.context.computeEnvironment = attempt.computeEnvironment;
    plan.context.fargate = job.definition.isFargate();
    plan.context.network = networkMode(job.tags(), settings);
    plan.context.hostsFile
        = QStringLiteral("%1/hosts/%2-%3")
              .arg(paths.volumes(), attempt.jobId, QString::number(attempt.number));
    auto volumes = TaskVolumes::plan(job.task, plan.context.key, paths.volumes());
    if (!volumes)
        return tl::unexpected(volumes.error());
    plan.context.volumes = *std::move(volumes);
    const AttemptId id(attempt.jobId, attempt.number);
    auto runner = std::make_unique<AttemptRunner>(services, std::move(plan), attempt);
    AttemptRunner *added = runner.get();
    connectRunner(added, id);
    runners.insert_or_assign(id, std::move(runner));
    return added;
}

void JobDispatcher::Private::connectRunner(AttemptRunner *runner, const AttemptId &id)
{
    connect(runner, &AttemptRunner::started, q,
            [this, jobId = id.first](Timestamp at) { attemptStarted(jobId, at); });
    connect(runner, &AttemptRunner::ended, q,
            [this, id](const core::AttemptOutcome &outcome) { attemptEnded(id, outcome); });
    connect(
        runner, &AttemptRunner::cleaned, q,
        [this, id] {
            runners.erase(id);
            noteIdle();
        },
        Qt::QueuedConnection);
    connect(runner, &AttemptRunner::changed, q, [this, jobId = id.first] {
        feed.add(Change::Kind::Job, jobId);
        if (!evaluateTimer.isActive())
            evaluateTimer.start(0);
    });
    connect(runner, &AttemptRunner::outputWritten, q, [this, jobId = id.first] {
        jobsWithOutput.insert(jobId);
        if (!logTimer.isActive())
            logTimer.start();
    });
    connect(runner, &AttemptRunner::held, q, [this] {
        if (!heldTimer.isActive())
            heldTimer.start();
    });
}

AttemptRunner *JobDispatcher::Private::runnerOf(const ActiveJob &job) const
{
    const auto runner = runners.find({job.record.id, job.record.attempt});
    return runner == runners.end() ? nullptr : runner->second.get();
}

void JobDispatcher::Private::attemptStarted(const QString &jobId, Timestamp at)
{
    ActiveJob *job = find(jobId);
    if (job == nullptr || job->record.status != JobStatus::Starting)
        return;
    const std::optional<Timestamp> before = std::exchange(job->record.startedAt, at);
    if (!setStatus(*job, JobStatus::Running, {}))
        job->record.startedAt = before; // attemptEnded() makes up for it
}

void JobDispatcher::Private::attemptEnded(const AttemptId &id, const core::AttemptOutcome &outcome)
{
    ActiveJob *job = find(id.first);
    const auto found = runners.find(id);
    if (job == nullptr || found == runners.end())
        return;
    AttemptRunner *runner = found->second.get();
    AttemptRecord attempt = runner->record();
    attempt.ended = true;
    if (job->record.status == JobStatus::Starting && attempt.startedAt)
        attemptStarted(id.first, *attempt.startedAt);
    const JobRecord next = afterAttempt(*job, id.second, outcome);
    if (const auto saved = store.endAttempt(attempt, next, now()); !saved) {
        qCWarning(lcDispatch).noquote() << saved.error().message;
        QTimer::singleShot(settings.retryInterval, runner,
                           [this, id, outcome] { attemptEnded(id, outcome); });
        return;
    }
    job->record = next;
    feed.add(Change::Kind::Job, id.first);
    if (batch::isTerminal(next.status))
        jobs.erase(id.first);
    runner->cleanUp();
    evaluateTimer.start(0);
}

JobRecord JobDispatcher::Private::afterAttempt(const ActiveJob &job, int attempt,
                                               const core::AttemptOutcome &outcome) const
{
    JobRecord next = job.record;
    next.statusReason = outcome.statusReason;
    if (outcome.succeeded)
        next.status = JobStatus::Succeeded;
    else if (!job.record.terminateRequested
             && core::shouldRetry(job.retryStrategy(), attempt, outcome))
        next.status = JobStatus::Runnable;
    else
        next.status = JobStatus::Failed;
    if (batch::isTerminal(next.status))
        next.stoppedAt = now();
    return next;
}

void JobDispatcher::Private::engineReturned()
{
    gate.setLimit(maximumStarts(*monitor.info()));
    images.forgetAll();
    network.forget();
    for (const auto &[id, runner] : runners)
        runner->reconcile();
    listContainers();
    feed.add(Change::Kind::Engine);
    evaluateTimer.start(0);
}

void JobDispatcher::Private::engineLost()
{
    for (const auto &[id, runner] : runners)
        runner->engineLost();
    feed.add(Change::Kind::Engine);
    evaluateTimer.start(0);
}

void JobDispatcher::Private::engineEvent(const docker::Event &event)
{
    const AttemptId id(event.attributes.value(jobLabel),
                       event.attributes.value(attemptLabel).toInt());
    if (const auto runner = runners.find(id); runner != runners.end())
        runner->second->containerEvent(event.attributes.value(QStringLiteral("name")),
                                       event.action);
}

void JobDispatcher::Private::reconcileHeld()
{
    for (const auto &[id, runner] : runners) {
        if (runner->isHeld())
            runner->reconcile();
    }
}

void JobDispatcher::Private::listContainers()
{
    if (!monitor.isReachable())
        return;
    const QString label = QString(installLabel) + u'=' + store.installId();
    onFinished(engine.listContainers({label}), q,
               [this](const Result<QList<docker::ContainerListEntry>> &list) {
                   if (!list) {
                       monitor.suspect();
                       return;
                   }
                   QHash<QString, QString> stateByName;
                   for (const docker::ContainerListEntry &entry : *list)
                       stateByName.insert(entry.name, entry.state);
                   for (const auto &[id, runner] : runners)
                       runner->compareWith(stateByName);
                   removeOrphans(*list);
               });
}

// Every attempt with a row that is not cleaned has its runner, so what has none is left over.
void JobDispatcher::Private::removeOrphans(const QList<docker::ContainerListEntry> &list)
{
    for (const docker::ContainerListEntry &entry : list) {
        const AttemptId id(entry.labels.value(jobLabel), entry.labels.value(attemptLabel).toInt());
        if (runners.contains(id) || entry.labels.value(installLabel) != store.installId())
            continue;
        qCInfo(lcDispatch).noquote()
            << "Removing a container that belongs to no job:" << entry.name;
        onFinished(engine.removeContainer(entry.id, true), q, [](const Result<void> &removed) {
            if (!removed)
                qCWarning(lcDispatch).noquote() << removed.error().message;
        });
    }
}

void JobDispatcher::Private::tellLogs()
{
    for (const QString &jobId : std::exchange(jobsWithOutput, {}))
        feed.add(Change::Kind::Log, jobId);
}

} // namespace batchyard::executor
