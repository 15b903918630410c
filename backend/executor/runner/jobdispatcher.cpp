#include "backend/executor/runner/jobdispatcher.h"

#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/dispatcherstate.h"

#include <algorithm>

namespace batchyard::executor {

namespace {

using namespace std::chrono_literals;

constexpr auto logNoticeTime = 50ms;
constexpr auto reasonNoticeTime = 500ms;
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
    , logLimiter(paths.logs(), settings.logsLimit)
    , monitor(engine, settings, QString(installLabel) + u'=' + store.installId())
    , services{store, engine, images, network, gate, settings, paths, &logLimiter}
    , labels(store)
    , scheduler(settings.seed)
{
    for (QTimer *timer :
         {&evaluateTimer, &heldTimer, &logTimer, &reasonTimer, &limitTimer, &spotTimer, &passTimer})
        timer->setSingleShot(true);
    heldTimer.setInterval(settings.retryInterval);
    reconcileTimer.setInterval(settings.reconcileInterval);
    logTimer.setInterval(logNoticeTime);
    reasonTimer.setInterval(reasonNoticeTime);
    for (QTimer *timer : {&evaluateTimer, &limitTimer, &spotTimer, &passTimer})
        connect(timer, &QTimer::timeout, q, [this] { evaluate(); });
    connect(&heldTimer, &QTimer::timeout, q, [this] { monitor.suspect(); });
    connect(&reconcileTimer, &QTimer::timeout, q, [this] { listContainers(); });
    connect(&logTimer, &QTimer::timeout, q, [this] { tellLogs(); });
    connect(&reasonTimer, &QTimer::timeout, q, [this] { tellWaitReasons(); });
    connect(&monitor, &EngineMonitor::returned, q, [this] { engineReturned(); });
    connect(&monitor, &EngineMonitor::lost, q, [this] { engineLost(); });
    connect(&monitor, &EngineMonitor::answered, q, [this] { reconcileHeld(); });
    connect(&monitor, &EngineMonitor::happened, q,
            [this](const docker::Event &event) { engineEvent(event); });
    connect(&images, &ImageProvider::progressed, q, [this](const QString &) {
        for (const auto &[id, runner] : runners) {
            const ActiveJob *job = find(id.first);
            const bool isCurrent = job != nullptr && job->record.attempt == id.second;
            if (isCurrent && job->record.status == batch::JobStatus::Starting)
                attemptChanged(id.first, *runner);
        }
    });
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
    return d->isIdle();
}

void JobDispatcher::jobSubmitted(const QString &jobId)
{
    d->newcomers.append(jobId);
    d->noteIdle();
    d->evaluateSoon();
}

Result<void> JobDispatcher::cancelJob(const QString &jobId, const QString &reason)
{
    return d->requestEnd(jobId, false, reason);
}

Result<void> JobDispatcher::terminateJob(const QString &jobId, const QString &reason)
{
    return d->requestEnd(jobId, true, reason);
}

void JobDispatcher::resourcesChanged()
{
    d->capacity.reset();
    d->feed.add(Change::Kind::Resource);
    d->evaluateSoon();
}

Result<void> JobDispatcher::interrupt(const QString &jobId, bool notice)
{
    return d->interrupt(jobId, notice);
}

batch::EngineStatus JobDispatcher::engineStatus() const
{
    batch::EngineStatus status = d->monitor.status();
    for (const auto &[id, runner] : d->runners) {
        const ActiveJob *job = d->find(id.first);
        if (job == nullptr || !job->isPlaced() || job->record.attempt != id.second)
            continue;
        status.vcpusInUse += job->task().asked.vcpus;
        status.memoryInUseMiB += job->task().asked.memoryMiB;
    }
    const auto trouble = d->store.trouble();
    status.storeProblem = trouble ? trouble->message : d->loss;
    return status;
}

QString JobDispatcher::waitReason(const QString &jobId) const
{
    if (const ActiveJob *job = d->find(jobId))
        return d->waitReason(*job);
    return d->newcomers.contains(jobId) ? QStringLiteral("Has just been submitted") : QString();
}

QString JobDispatcher::blockedStatusReason(const QString &jobId) const
{
    const ActiveJob *job = d->find(jobId);
    if (job == nullptr || !job->isScheduled() || job->record.status != batch::JobStatus::Runnable)
        return {};
    return d->scheduler.statusReasonOf(jobId);
}

core::QueueSnapshot JobDispatcher::queueSnapshot(const QString &queue) const
{
    return d->scheduler.snapshot(queue);
}

core::EnvironmentState JobDispatcher::environmentState(const QString &name) const
{
    return d->scheduler.environment(name);
}

qint64 JobDispatcher::consumableInUse(const QString &name) const
{
    return d->scheduler.consumableInUse(name);
}

// Only placed jobs have runners, so there are no more than this machine holds.
QStringList JobDispatcher::consumableHolders(const QString &name) const
{
    QStringList holders;
    for (const auto &[id, runner] : d->runners) {
        const ActiveJob *job = d->find(id.first);
        if (job != nullptr && job->record.kind == JobKind::Node)
            job = d->find(job->record.parentId);
        if (job == nullptr || !job->isPlaced() || holders.contains(job->id()))
            continue;
        const QList<core::ConsumableNeed> &needs = job->plan->consumables;
        if (std::any_of(needs.begin(), needs.end(),
                        [&](const core::ConsumableNeed &need) { return need.name == name; }))
            holders.append(job->id());
    }
    return holders;
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
