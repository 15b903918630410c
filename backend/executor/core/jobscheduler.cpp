#include "backend/executor/core/jobscheduler.h"

#include "backend/executor/core/schedulerqueue.h"
#include "backend/executor/core/waitreasons.h"

#include <algorithm>
#include <unordered_map>

namespace batchyard::executor::core {

namespace {

constexpr qsizetype frontSize = 100; // API_GetJobQueueSnapshot
constexpr qsizetype topShares = 20; // the same

// "MISCONFIGURATION:…" of the text that begins with it; empty when no action can name it.
QString actionReason(const QString &statusReason)
{
    const bool isNamed
        = statusReason.startsWith(u"MISCONFIGURATION:") || statusReason.startsWith(u"CAPACITY:");
    return isNamed ? statusReason.section(u' ', 0, 0) : QString();
}

} // namespace

class JobScheduler::Private
{
public:
    explicit Private(quint64 seed)
        : facts(seed)
    {
    }

    struct Job {
        RunningJob data; // where it is, once placed
        quint64 order = 0; // of placing; 0: it waits
    };

    SchedulerQueue &queueOf(const QString &name);
    void dropIfEmpty(const QString &queue);
    void setPlaced(Job &job, SchedulerQueue &queue);
    bool place(SchedulerQueue &queue, Timestamp now, QList<Placement> &placements);
    void remember(SchedulerQueue &queue, Timestamp now);
    void rememberBlockedHead(SchedulerQueue &queue, Timestamp now);

    SchedulerFacts facts;
    std::map<QString, SchedulerQueue> queues;
    std::vector<SchedulerQueue *> byPriority; // the known ones
    std::unordered_map<QString, Job> jobs;
    quint64 lastOrder = 0;
};

SchedulerQueue &JobScheduler::Private::queueOf(const QString &name)
{
    SchedulerQueue &queue = queues[name];
    queue.capacity.name = name;
    return queue;
}

void JobScheduler::Private::dropIfEmpty(const QString &name)
{
    const auto found = queues.find(name);
    if (found != queues.end() && !found->second.isKnown && found->second.order.isEmpty()
        && found->second.placed == 0)
        queues.erase(found);
}

void JobScheduler::Private::setPlaced(Job &job, SchedulerQueue &queue)
{
    job.order = ++lastOrder;
    facts.running[job.order] = &job.data;
    facts.starting += job.data.starting ? 1 : 0;
    queue.vcpus += totalOf(job.data.job).vcpus;
    ++queue.placed;
}

// The queue's head, if it can start.
bool JobScheduler::Private::place(SchedulerQueue &queue, Timestamp now,
                                  QList<Placement> &placements)
{
    const WaitingJob *head = queue.order.head();
    if (!head || facts.starting >= facts.maximumStarting || !queue.sparesReserve(*head, facts.room))
        return false;
    const auto choice = facts.room.choose(*head, queue.capacity.environments);
    if (!choice)
        return false;
    Job &job = jobs.at(head->jobId);
    job.data.place = facts.room.place(*head, *choice);
    job.data.starting = true;
    queue.order.remove(*head);
    queue.order.begin(*head, now);
    queue.isFrontDue = true;
    setPlaced(job, queue);
    placements.append(job.data.place);
    return true;
}

void JobScheduler::Private::remember(SchedulerQueue &queue, Timestamp now)
{
    if (queue.isFrontDue || queue.order.fairShare()) {
        QList<QueueFrontEntry> front;
        const QList<const WaitingJob *> next = queue.order.front(frontSize);
        for (qsizetype i = 0; i < next.size(); ++i) {
            const bool hasMoved = i >= queue.front.size() || queue.front[i].jobId != next[i]->jobId;
            front.append({next[i]->jobId, hasMoved ? now : queue.front[i].earliestTimeAtPosition});
        }
        queue.front = front;
        queue.isFrontDue = false;
    }
    rememberBlockedHead(queue, now);
}

void JobScheduler::Private::rememberBlockedHead(SchedulerQueue &queue, Timestamp now)
{
    const WaitingJob *head = queue.order.head();
    const bool isKnown = queue.blocked && head && queue.blocked->jobId == head->jobId;
    const QString reason = actionReason(WaitReasons(facts).statusReasonOfHead(queue));
    if (!isKnown || (reason.isEmpty() && facts.isEngineReachable))
        queue.blocked.reset();
    if (!reason.isEmpty() && (!queue.blocked || queue.blocked->reason != reason))
        queue.blocked = BlockedHead{head->jobId, queue.capacity.name, reason, now};
    if (queue.blocked) // the clock may have been set back
        queue.blocked->since = std::min(queue.blocked->since, now);
}

JobScheduler::JobScheduler(quint64 seed)
    : d(std::make_unique<Private>(seed))
{
}

JobScheduler::~JobScheduler() = default;

void JobScheduler::setHost(const Resources &host)
{
    d->facts.room.setHost(host);
}

void JobScheduler::setEngine(bool reachable, const QString &problem)
{
    d->facts.isEngineReachable = reachable;
    d->facts.engineProblem = problem;
}

void JobScheduler::setMaximumStartsInFlight(int maximum)
{
    d->facts.maximumStarting = maximum;
}

void JobScheduler::setQueues(const QList<QueueCapacity> &queues)
{
    for (auto &[name, queue] : d->queues)
        queue.isKnown = false;
    for (const QueueCapacity &capacity : queues) {
        SchedulerQueue &queue = d->queueOf(capacity.name);
        const bool gainsPolicy = capacity.policy && !queue.capacity.policy;
        queue.capacity = capacity;
        queue.isKnown = true;
        queue.isFrontDue = true;
        queue.order.setPolicy(capacity.policy);
        if (!gainsPolicy)
            continue;
        for (const auto &[order, running] : d->facts.running) {
            if (running->job.queue == capacity.name)
                queue.order.restore(running->job,
                                    running->startedAt.value_or(running->job.runnableSince));
        }
    }
    d->byPriority.clear();
    for (auto each = d->queues.begin(); each != d->queues.end();) {
        SchedulerQueue &queue = each->second;
        if (queue.isKnown)
            d->byPriority.push_back(&queue);
        else
            queue.blocked.reset();
        const bool isOver = !queue.isKnown && queue.order.isEmpty() && queue.placed == 0;
        each = isOver ? d->queues.erase(each) : std::next(each);
    }
    std::stable_sort(d->byPriority.begin(), d->byPriority.end(),
                     [](const SchedulerQueue *a, const SchedulerQueue *b) {
                         return a->capacity.priority > b->capacity.priority;
                     });
}

void JobScheduler::setEnvironments(const QList<EnvironmentCapacity> &environments)
{
    d->facts.room.setEnvironments(environments);
}

void JobScheduler::setConsumables(const QList<ConsumableCapacity> &consumables)
{
    d->facts.room.setConsumables(consumables);
}

void JobScheduler::addWaiting(const WaitingJob &job)
{
    remove(job.jobId, job.runnableSince);
    Private::Job &added = d->jobs[job.jobId];
    added.data.job = job;
    SchedulerQueue &queue = d->queueOf(job.queue);
    queue.order.add(added.data.job);
    queue.isFrontDue = true;
}

void JobScheduler::addRunning(const RunningJob &job)
{
    const Timestamp since = job.startedAt.value_or(job.job.runnableSince);
    remove(job.job.jobId, since);
    Private::Job &added = d->jobs[job.job.jobId];
    added.data = job;
    d->facts.room.adopt(job);
    SchedulerQueue &queue = d->queueOf(job.job.queue);
    queue.order.restore(added.data.job, since);
    d->setPlaced(added, queue);
}

void JobScheduler::addPastUse(const PastUse &use)
{
    if (const auto queue = d->queues.find(use.queue); queue != d->queues.end())
        queue->second.order.addPast(use);
}

std::chrono::seconds JobScheduler::longestDecay() const
{
    std::chrono::seconds longest{0};
    for (const auto &[name, queue] : d->queues) {
        if (const FairShare *shares = queue.order.fairShare())
            longest = std::max(longest, shares->window());
    }
    return longest;
}

void JobScheduler::setStarted(const QString &jobId, Timestamp at)
{
    const auto found = d->jobs.find(jobId);
    if (found == d->jobs.end() || !found->second.data.starting)
        return;
    found->second.data.starting = false;
    found->second.data.startedAt = at;
    --d->facts.starting;
}

void JobScheduler::remove(const QString &jobId, Timestamp at)
{
    const auto found = d->jobs.find(jobId);
    if (found == d->jobs.end())
        return;
    const Private::Job &job = found->second;
    const QString name = job.data.job.queue;
    SchedulerQueue &queue = d->queueOf(name);
    if (job.order == 0) {
        queue.order.remove(job.data.job);
        queue.isFrontDue = true;
    } else {
        d->facts.running.erase(job.order);
        d->facts.starting -= job.data.starting ? 1 : 0;
        d->facts.room.release(job.data, at);
        queue.order.end(job.data.job, at);
        queue.vcpus = --queue.placed == 0 ? 0 : queue.vcpus - totalOf(job.data.job).vcpus;
    }
    d->jobs.erase(found);
    d->dropIfEmpty(name);
}

void JobScheduler::drainInstance(const QString &instanceId)
{
    d->facts.room.drain(instanceId);
}

QList<Placement> JobScheduler::pass(Timestamp now)
{
    QList<Placement> placements;
    d->facts.room.scale(now);
    for (SchedulerQueue *queue : d->byPriority) {
        queue->order.setNow(now);
        while (d->facts.isEngineReachable && d->place(*queue, now, placements)) { }
    }
    for (SchedulerQueue *queue : d->byPriority)
        d->remember(*queue, now);
    d->facts.room.scale(now);
    return placements;
}

std::optional<Timestamp> JobScheduler::passDueAt() const
{
    return d->facts.room.nextEnd();
}

WaitReason JobScheduler::reasonOf(const QString &jobId) const
{
    const auto found = d->jobs.find(jobId);
    if (found == d->jobs.end() || found->second.order != 0)
        return {QStringLiteral("Waiting: the scheduler has not been told of it yet."), {}};
    const WaitingJob &job = found->second.data.job;
    return WaitReasons(d->facts).of(job, d->queues.at(job.queue));
}

QString JobScheduler::statusReasonOf(const QString &jobId) const
{
    const auto found = d->jobs.find(jobId);
    if (found == d->jobs.end() || found->second.order != 0)
        return {};
    const WaitingJob &job = found->second.data.job;
    return WaitReasons(d->facts).statusReasonOf(job, d->queues.at(job.queue));
}

QList<BlockedHead> JobScheduler::blockedHeads() const
{
    QList<BlockedHead> heads;
    for (const SchedulerQueue *queue : d->byPriority) {
        if (queue->blocked)
            heads.append(*queue->blocked);
    }
    return heads;
}

void JobScheduler::restoreBlockedHead(const BlockedHead &head)
{
    const auto queue = d->queues.find(head.queue);
    if (queue != d->queues.end() && queue->second.isKnown)
        queue->second.blocked = head;
}

EnvironmentState JobScheduler::environment(const QString &name) const
{
    const Room::Environment *environment = d->facts.room.environment(name);
    if (!environment)
        return {};
    if (environment->pool)
        return {environment->pool->vcpus(), environment->pool->instances()};
    return {environment->used.vcpus, {}};
}

QueueSnapshot JobScheduler::snapshot(const QString &name) const
{
    const auto found = d->queues.find(name);
    if (found == d->queues.end())
        return {};
    const SchedulerQueue &queue = found->second;
    QueueSnapshot snapshot;
    snapshot.front = queue.front;
    snapshot.vcpus = queue.vcpus;
    const FairShare *shares = queue.order.fairShare();
    if (!shares)
        return snapshot;
    snapshot.activeShares = shares->activeShares();
    for (const auto &[share, vcpus] : shares->vcpusByShare())
        snapshot.shares.append({share, vcpus});
    std::stable_sort(snapshot.shares.begin(), snapshot.shares.end(),
                     [](const ShareUse &a, const ShareUse &b) { return a.vcpus > b.vcpus; });
    snapshot.shares.resize(std::min(snapshot.shares.size(), topShares));
    return snapshot;
}

qint64 JobScheduler::consumableInUse(const QString &name) const
{
    const Room::Consumable *consumable = d->facts.room.consumable(name);
    return consumable ? consumable->inUse : 0;
}

QStringList JobScheduler::jobsOnInstance(const QString &instanceId) const
{
    return d->facts.room.jobsOn(instanceId);
}

} // namespace batchyard::executor::core
