// JobDispatcher's dealings with the scheduler: who may start, and where.
#include "backend/batch/json.h"
#include "backend/batch/validation.h"
#include "backend/executor/runner/dispatcherstate.h"
#include "backend/logs/logfile.h"

#include <QFileInfo>
#include <QLoggingCategory>
#include <QUuid>

#include <nlohmann/json.hpp>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcPlaces, "batchyard.runner")

namespace {

using namespace std::chrono_literals;

constexpr qsizetype headsTold = 20; // of each queue

QString limitReason(const QString &reason)
{
    return QStringLiteral("Canceled by JobStateTimeLimit action due to reason: ") + reason;
}

} // namespace

bool JobDispatcher::Private::loadCapacity()
{
    if (capacity)
        return true;
    auto loaded = Capacity::load(store);
    if (!loaded) {
        qCWarning(lcPlaces).noquote() << loaded.error().message;
        tryAgainLater();
        return false;
    }
    capacity = *std::move(loaded);
    scheduler.setEnvironments(capacity->environments);
    scheduler.setQueues(capacity->queues);
    scheduler.setConsumables(capacity->consumables);
    return true;
}

void JobDispatcher::Private::schedule()
{
    if (!loadCapacity())
        return;
    if (!isCompared && listsUnderWay == 0)
        listContainers();
    // By a database that lacks something jobs would start a second time.
    scheduler.setEngine(monitor.isReachable() && isCompared && loss.isEmpty(), engineProblem());
    scheduler.setMaximumStartsInFlight(gate.limit());
    for (const core::Placement &placement : scheduler.pass(now())) {
        ActiveJob &job = *find(placement.jobId);
        if (place(job, placement))
            continue;
        tryAgainLater();
        if (job.record.status == JobStatus::Runnable) { // not written: as if it had no place
            scheduler.remove(job.id(), now());
            offer(job);
            capacity.reset(); // the scheduler has counted what the job would have consumed
        }
    }
    enforceTimeLimits();
    watchSpotCapacity();
    if (const auto due = scheduler.passDueAt())
        passTimer.start(std::clamp<std::chrono::milliseconds>(*due - now(), 0ms, 1h));
    else
        passTimer.stop();
    if (!reasonTimer.isActive())
        reasonTimer.start();
}

// The directory, if it is there: then the attempt has begun already, and the store has lost it.
QString JobDispatcher::Private::logOfNextAttempt(const ActiveJob &job) const
{
    QStringList ids{job.id()};
    if (job.record.kind == JobKind::MultiNodeParent) {
        for (int i = 0; i < job.record.size; ++i)
            ids.append(childId(job.record, i));
    }
    for (const QString &id : std::as_const(ids)) {
        const QString file = logs::logFilePath(paths.logs(), id, job.record.attempt + 1, 0);
        if (const QString directory = QFileInfo(file).path(); QFileInfo::exists(directory))
            return directory;
    }
    return {};
}

// False: the store refused, or has lost something. A job that AWS or this machine cannot start has
// failed then.
bool JobDispatcher::Private::place(ActiveJob &job, const core::Placement &placement)
{
    if (const QString log = logOfNextAttempt(job); !log.isEmpty()) {
        unexpectedLog = log;
        noteLoss(lossBy({}));
    }
    if (!loss.isEmpty())
        return false;
    if (job.plan->overridesTooLong) {
        evaluateSoon();
        return setStatus(job, JobStatus::Failed, batch::overridesTooLongReason);
    }
    const int number = job.record.attempt + 1;
    for (const JobPlan::Task &task : job.plan->tasks) {
        const AttemptKey key{store.installId(), job.id(), number};
        if (const auto volumes = TaskVolumes::plan(task.task, key, paths.volumes()); !volumes) {
            evaluateSoon();
            return setStatus(job, JobStatus::Failed, volumes.error().message);
        }
    }
    if (job.record.kind == JobKind::MultiNodeParent)
        return placeNodes(job, placement);
    const AttemptRecord attempt
        = newAttempt(job, placement.environment, placement.instances.value(0));
    if (!begin(job, attempt))
        return false;
    consume(job.plan->consumables);
    const auto runner = addRunner(job, attempt);
    if (runner)
        (*runner)->begin();
    else
        qCWarning(lcPlaces).noquote() << runner.error().message;
    return true;
}

// With the rows of its containers, the last of them the pause container's if it needs one; a
// multi-node job has none itself.
AttemptRecord JobDispatcher::Private::newAttempt(const ActiveJob &job, const QString &environment,
                                                 const QString &instance) const
{
    AttemptRecord attempt;
    attempt.jobId = job.id();
    attempt.number = job.record.attempt + 1;
    attempt.taskId = QUuid::createUuid().toString(QUuid::Id128);
    attempt.computeEnvironment = environment;
    attempt.instanceId = instance;
    attempt.createdAt = now();
    if (job.isScheduled() && !job.record.shareIdentifier.isEmpty()) {
        for (const JobPlan::Task &task : job.plan->tasks)
            attempt.shareVcpus += task.asked.vcpus;
    }
    if (job.record.kind == JobKind::MultiNodeParent)
        return attempt;
    const QList<batch::TaskContainerProperties> &containers = job.task().task.containers;
    for (int i = 0; i < containers.size(); ++i) {
        ContainerRecord row;
        row.index = i;
        row.name = containers.at(i).name;
        row.logStreamName
            = logStreamName(job.plan->definitionName, containers.at(i), attempt.taskId);
        attempt.containers.append(row);
    }
    if (needsPause(job.task().task, job.record.kind == JobKind::Node)) {
        ContainerRecord pause;
        pause.index = pauseIndex;
        pause.name = pauseContainerName;
        attempt.containers.append(pause);
    }
    const AttemptKey key{store.installId(), attempt.jobId, attempt.number};
    for (ContainerRecord &row : attempt.containers) {
        row.jobId = attempt.jobId;
        row.attempt = attempt.number;
        row.dockerName = key.containerName(row.index);
    }
    return attempt;
}

// False: the store refused, and the job is as it was.
bool JobDispatcher::Private::begin(ActiveJob &job, const AttemptRecord &attempt)
{
    JobRecord next = job.record;
    next.status = JobStatus::Starting;
    next.statusReason.clear();
    next.attempt = attempt.number;
    next.startedAt.reset();
    if (const auto begun = store.beginAttempt(next, attempt, now()); !begun) {
        qCWarning(lcPlaces).noquote() << begun.error().message;
        return false;
    }
    const JobStatus from = std::exchange(job.record, next).status;
    settled(job, from);
    if (job.isScheduled())
        starting.insert(job.id());
    tell(job);
    return true;
}

// What does not come back is gone with the transaction that begins the attempt.
void JobDispatcher::Private::consume(const QList<core::ConsumableNeed> &needs)
{
    for (const core::ConsumableNeed &need : needs) {
        const auto record = store.resource(ResourceKind::ConsumableResource, need.name);
        if (!record || !*record)
            continue;
        const auto parsed = batch::parseConsumableResource((*record)->document);
        if (!parsed.value || parsed.value->isReplenishable())
            continue;
        auto document = nlohmann::ordered_json::parse((*record)->document.toStdString());
        document["totalQuantity"] = parsed.value->totalQuantity.value_or(0) - need.quantity;
        ResourceRecord next = **record;
        next.document = QByteArray::fromStdString(document.dump());
        if (const auto saved = store.putResource(ResourceKind::ConsumableResource, next); !saved)
            qCWarning(lcPlaces).noquote() << saved.error().message;
        feed.add(Change::Kind::Resource);
        capacity.reset();
    }
}

// Jobs that have blocked their queue for as long as its owner allows (JobStateTimeLimitAction).
void JobDispatcher::Private::enforceTimeLimits()
{
    if (!capacity)
        return;
    QList<core::BlockedHead> limited;
    std::optional<Timestamp> next;
    for (const core::BlockedHead &head : scheduler.blockedHeads()) {
        ActiveJob *job = find(head.jobId);
        const std::optional<Timestamp> due = dueOf(head);
        if (job == nullptr || !due)
            continue;
        limited.append(head);
        if (*due > now())
            next = next ? std::min(*next, *due) : *due;
        else if (scheduler.statusReasonOf(head.jobId).startsWith(head.reason) // it is known now
                 && noteEnd(*job, false, limitReason(head.reason)))
            touch(*job);
    }
    keepBlockedHeads(limited);
    if (!touched.empty())
        evaluateSoon();
    if (next)
        limitTimer.start(std::min<std::chrono::milliseconds>(*next - now(), 1h));
    else
        limitTimer.stop();
}

std::optional<Timestamp> JobDispatcher::Private::dueOf(const core::BlockedHead &head) const
{
    std::optional<Timestamp> due;
    for (const batch::JobStateTimeLimitAction &action : capacity->timeLimits.value(head.queue)) {
        const Timestamp end = head.since + std::chrono::seconds(action.maxTimeSeconds);
        if (action.reason == head.reason && (!due || end < *due))
            due = end;
    }
    return due;
}

// So that their time goes on when the executor is started anew.
void JobDispatcher::Private::keepBlockedHeads(const QList<core::BlockedHead> &heads)
{
    if (keptHeads == heads)
        return;
    if (const auto kept = store.setBlockedHeads(heads); !kept)
        qCWarning(lcPlaces).noquote() << kept.error().message;
    else
        keptHeads = heads;
}

// Who watches a queue's first jobs sees the numbers in their reasons move; of the others a reason
// is looked up when it is asked for.
void JobDispatcher::Private::tellWaitReasons()
{
    if (!capacity)
        return;
    QHash<QString, QString> reasons;
    for (const core::QueueCapacity &queue : std::as_const(capacity->queues)) {
        const QList<core::QueueFrontEntry> front = scheduler.snapshot(queue.name).front;
        for (const core::QueueFrontEntry &entry : front.first(std::min(headsTold, front.size()))) {
            const QString text = scheduler.reasonOf(entry.jobId).text;
            if (toldReasons.value(entry.jobId) != text)
                feed.add(Change::Kind::Job, entry.jobId);
            reasons.insert(entry.jobId, text);
        }
    }
    toldReasons = std::move(reasons);
}

} // namespace batchyard::executor
