// JobDispatcher's dealings with attempts and with the engine that comes and goes.
#include "backend/async.h"
#include "backend/executor/runner/dispatcherstate.h"
#include "backend/executor/runner/unknowncontainers.h"

#include <QFileInfo>
#include <QLoggingCategory>
#include <QThread>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcDispatch, "batchyard.runner")

namespace {

// Where raw calls are fastest (bench_throughput, two cores): beyond it an isolated start only takes
// longer. One on a bridge waits for the kernel more than it computes, and still gains.
int maximumStarts(const docker::EngineInfo &engine)
{
    constexpr int least = 4;
    constexpr int most = 32;
    return std::clamp(4 * engine.cpus, least, most);
}

} // namespace

Result<AttemptRunner *> JobDispatcher::Private::addRunner(const ActiveJob &job,
                                                          const AttemptRecord &attempt)
{
    const JobRecord &record = job.record;
    AttemptPlan plan;
    plan.task = job.task().task;
    // A multi-node job's time is that of its main node.
    if (record.kind != JobKind::Node || record.index == job.plan->mainNode)
        plan.timeoutSeconds = job.plan->timeoutSeconds;
    plan.context.key = {store.installId(), attempt.jobId, attempt.number};
    plan.context.queue = record.queue;
    plan.context.computeEnvironment = attempt.computeEnvironment;
    plan.context.fargate = job.plan->fargate;
    plan.context.network = networkMode(record.tags, settings);
    plan.context.hostsFile = QStringLiteral("%1/hosts/%2")
                                 .arg(paths.volumes(), plan.context.key.containerName(pauseIndex));
    if (record.kind == JobKind::ArrayChild)
        plan.context.arrayIndex = record.index;
    if (record.kind == JobKind::Node) {
        const auto group = groups.find(record.parentId);
        const bool isMain = record.index == job.plan->mainNode;
        plan.context.node
            = NodeContext{record.parentId, record.index, job.plan->mainNode,
                          static_cast<int>(job.plan->tasks.size()),
                          isMain || group == groups.end() ? QString() : group->second.mainAddress};
    }
    auto volumes
        = TaskVolumes::plan(plan.task, plan.context.key, paths.volumes(), job.plan->hostPaths);
    if (!volumes)
        return tl::unexpected(volumes.error());
    plan.context.volumes = *std::move(volumes);
    plan.context.record = labels.of(record, attempt);
    const AttemptId id(attempt.jobId, attempt.number);
    auto runner = std::make_unique<AttemptRunner>(services, std::move(plan), attempt);
    AttemptRunner *added = runner.get();
    connectRunner(added, id);
    runners.insert_or_assign(id, std::move(runner));
    return added;
}

void JobDispatcher::Private::connectRunner(AttemptRunner *runner, const AttemptId &id)
{
    connect(runner, &AttemptRunner::networkReady, q,
            [this, jobId = id.first](const QString &address) { networkReady(jobId, address); });
    connect(runner, &AttemptRunner::started, q,
            [this, jobId = id.first](Timestamp at) { attemptStarted(jobId, at); });
    connect(runner, &AttemptRunner::ended, q,
            [this, id](const core::AttemptOutcome &outcome) { attemptEnded(id, outcome); });
    connect(
        runner, &AttemptRunner::cleaned, q,
        [this, id] {
            runners.erase(id);
            removeNetworkOf(id.first);
            noteIdle();
        },
        Qt::QueuedConnection);
    connect(runner, &AttemptRunner::changed, q,
            [this, runner, jobId = id.first] { attemptChanged(jobId, *runner); });
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

AttemptRecord JobDispatcher::Private::currentAttempt(const ActiveJob &job) const
{
    if (const auto group = groups.find(job.id()); group != groups.end())
        return group->second.attempt;
    const AttemptRunner *runner = runnerOf(job);
    return runner != nullptr ? runner->record() : AttemptRecord();
}

void JobDispatcher::Private::stopAttempt(ActiveJob &job, const QString &reason,
                                         std::optional<std::chrono::seconds> grace)
{
    if (job.record.kind == JobKind::MultiNodeParent)
        stopNodes(job, reason, grace);
    else if (AttemptRunner *runner = runnerOf(job))
        runner->requestStop(reason, grace);
}

void JobDispatcher::Private::attemptChanged(const QString &jobId, const AttemptRunner &runner)
{
    feed.add(Change::Kind::Job, jobId);
    const ActiveJob *job = find(jobId);
    if (job == nullptr || runner.isStarting())
        return;
    // The dear part of the start is over: another may begin.
    const QString holder
        = job->record.kind == JobKind::Node ? job->record.parentId : job->record.id;
    if (starting.remove(holder)) {
        scheduler.setStarted(holder, now());
        evaluateSoon();
    }
}

void JobDispatcher::Private::attemptStarted(const QString &jobId, Timestamp at)
{
    ActiveJob *job = find(jobId);
    if (job == nullptr || job->record.status != JobStatus::Starting)
        return;
    const std::optional<Timestamp> before = std::exchange(job->record.startedAt, at);
    if (!setStatus(*job, JobStatus::Running, {}))
        job->record.startedAt = before; // attemptEnded() makes up for it
    if (job->record.kind == JobKind::Node && job->record.index == job->plan->mainNode)
        attemptStarted(job->record.parentId, at);
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
    const bool isNode = job->record.kind == JobKind::Node;
    const JobRecord next = isNode ? job->record : afterAttempt(*job, id.second, outcome);
    if (const auto saved = store.endAttempt(attempt, next, now()); !saved) {
        qCWarning(lcDispatch).noquote() << saved.error().message;
        QTimer::singleShot(settings.retryInterval, runner,
                           [this, id, outcome] { attemptEnded(id, outcome); });
        return;
    }
    if (isNode) {
        nodeEnded(*job, outcome);
    } else {
        const JobStatus from = std::exchange(job->record, next).status;
        settled(*job, from);
    }
    tell(*job);
    runner->cleanUp();
    evaluateSoon();
}

JobRecord JobDispatcher::Private::afterAttempt(const ActiveJob &job, int attempt,
                                               const core::AttemptOutcome &outcome) const
{
    JobRecord next = job.record;
    next.statusReason = outcome.statusReason;
    if (outcome.succeeded)
        next.status = JobStatus::Succeeded;
    else if (!job.record.terminateRequested
             && core::shouldRetry(job.plan->retryStrategy, attempt, outcome))
        next.status = JobStatus::Runnable;
    else
        next.status = JobStatus::Failed;
    if (batch::isTerminal(next.status))
        next.stoppedAt = std::max(now(), next.startedAt.value_or(Timestamp()));
    return next;
}

void JobDispatcher::Private::engineReturned()
{
    gate.setLimit(maximumStarts(*monitor.info()));
    scheduler.setHost(hostResources(*monitor.info()));
    images.forgetAll();
    network.forget();
    network.removeNodeNetworksExcept([this] { return multiNodeJobs(); });
    for (const auto &[id, runner] : runners)
        runner->reconcile();
    listContainers();
    feed.add(Change::Kind::Engine);
    evaluateSoon();
}

void JobDispatcher::Private::engineLost()
{
    for (const auto &[id, runner] : runners)
        runner->engineLost();
    feed.add(Change::Kind::Engine);
    evaluateSoon();
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
    ++listsUnderWay;
    onFinished(engine.listContainers({label}), q,
               [this](const Result<QList<docker::ContainerListEntry>> &list) {
                   --listsUnderWay;
                   if (list) {
                       containersListed(*list);
                       return;
                   }
                   monitor.suspect();
                   if (!isCompared)
                       tryAgainLater();
               });
}

// Every attempt with a row that is not cleaned has its runner, so what has none is left over.
void JobDispatcher::Private::containersListed(const QList<docker::ContainerListEntry> &list)
{
    QHash<QString, QString> stateByName;
    QList<docker::ContainerListEntry> strangers;
    for (const docker::ContainerListEntry &entry : list) {
        stateByName.insert(entry.name, entry.state);
        const AttemptId id(entry.labels.value(jobLabel), entry.labels.value(attemptLabel).toInt());
        if (!runners.contains(id) && entry.labels.value(installLabel) == store.installId())
            strangers.append(entry);
    }
    for (const auto &[id, runner] : runners)
        runner->compareWith(stateByName);
    if (compareWithStore(strangers))
        removeOrphans(strangers);
}

// False: something is lost, or the store cannot tell now.
bool JobDispatcher::Private::compareWithStore(const QList<docker::ContainerListEntry> &strangers)
{
    const auto unknown = unknownContainers(store, strangers);
    if (!unknown) {
        qCWarning(lcDispatch).noquote() << unknown.error().message;
        tryAgainLater();
        return false;
    }
    const bool wasCompared = std::exchange(isCompared, true);
    noteLoss(lossBy(*unknown));
    if (!wasCompared)
        evaluateSoon();
    return loss.isEmpty();
}

QString JobDispatcher::Private::lossBy(const QStringList &unknown) const
{
    if (!unknown.isEmpty())
        return databaseLacks(unknown, paths.database()).message;
    if (!unexpectedLog.isEmpty() && QFileInfo::exists(unexpectedLog))
        return databaseLacksLogged(unexpectedLog, paths.database()).message;
    return {};
}

void JobDispatcher::Private::noteLoss(const QString &found)
{
    if (std::exchange(loss, found) == found)
        return;
    qCWarning(lcDispatch).noquote()
        << (found.isEmpty() ? QStringLiteral("What the state database does not know is gone.")
                            : found);
    feed.add(Change::Kind::Engine);
    evaluateSoon();
}

void JobDispatcher::Private::removeOrphans(const QList<docker::ContainerListEntry> &orphans)
{
    for (const docker::ContainerListEntry &entry : orphans) {
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
