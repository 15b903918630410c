#include "tests/unit/core/scheduleroracle.h"

#include <cmath>
#include <tuple>

using namespace batchyard::executor::core;

namespace batchyard::test {

namespace {

constexpr double useTolerance = 4; // vCPU-seconds, from those parts

// The types that the simulations use: installed vCPUs, memory, GPUs.
const std::map<QString, Resources> &typeTable()
{
    static const std::map<QString, Resources> table{
        {QStringLiteral("m5.large"), {2, 8192, 0}},
        {QStringLiteral("m5.2xlarge"), {8, 32768, 0}},
        {QStringLiteral("g5.xlarge"), {4, 16384, 1}},
        {QStringLiteral("c5.large"), {2, 4096, 0}},
        {QStringLiteral("c5.4xlarge"), {16, 32768, 0}},
    };
    return table;
}

Resources forTasks(const QString &type)
{
    Resources resources = typeTable().at(type);
    resources.memoryMiB = resources.memoryMiB - resources.memoryMiB / 40 - 32;
    return resources;
}

// Everything here asks in quarters of a vCPU, so sums are exact.
bool isWithin(const Resources &asked, const Resources &there)
{
    return std::lround(asked.vcpus * 4) <= std::lround(there.vcpus * 4)
        && asked.memoryMiB <= there.memoryMiB && asked.gpus <= there.gpus;
}

bool mayExceedMaximum(const EnvironmentCapacity &environment)
{
    return environment.kind == EnvironmentKind::Spot
        || environment.allocationStrategy.contains(QStringLiteral("PROGRESSIVE"));
}

bool isOnInstances(const EnvironmentCapacity &environment)
{
    return environment.kind == EnvironmentKind::Ec2 || environment.kind == EnvironmentKind::Spot;
}

} // namespace

SchedulerOracle::SchedulerOracle(const SchedulerMachine &machine)
    : m_machine(machine)
{
}

void SchedulerOracle::wait(const WaitingJob &job)
{
    m_waiting[job.jobId] = job;
    const bool isFair = queueOf(job.queue).policy.has_value();
    linesOf(job)[isFair ? job.shareIdentifier : QString()]
                [{isFair ? -job.schedulingPriority : 0, job.sequence}]
        = job.jobId;
}

void SchedulerOracle::cancel(const QString &jobId)
{
    forget(m_waiting.at(jobId));
}

void SchedulerOracle::started(const QString &jobId, batch::Timestamp at)
{
    Active &active = m_active.at(jobId);
    active.starting = false;
    active.startedAt = at;
}

void SchedulerOracle::ended(const QString &jobId, batch::Timestamp at)
{
    const Active &active = m_active.at(jobId);
    if (queueOf(active.job.queue).policy)
        m_past[{active.job.queue, active.job.shareIdentifier}].push_back(
            {totalAsked(active.job).vcpus, batch::toEpochMs(active.countsSince),
             batch::toEpochMs(at)});
    m_active.erase(jobId);
}

void SchedulerOracle::lost(const QString &instanceId)
{
    m_lost.insert(instanceId);
}

void SchedulerOracle::restarted()
{
    m_past.clear();
    m_lost.clear();
    for (auto &[id, active] : m_active)
        active.countsSince = active.startedAt.value_or(active.job.runnableSince);
}

QString SchedulerOracle::check(const QList<Placement> &placements, const JobScheduler &scheduler,
                               batch::Timestamp now)
{
    m_now = batch::toEpochMs(now);
    for (auto &[share, uses] : m_past)
        std::erase_if(uses,
                      [this](const Use &use) { return use.end < m_now - windowMs - 2 * partMs; });
    QList<std::pair<int, QString>> turns; // negative priority and name of the queues placed from
    std::set<QString> queues;
    for (const Placement &placement : placements) {
        if (const QString fault = checkPlacement(placement); !fault.isEmpty())
            return fault;
        const QString queue = m_active.at(placement.jobId).job.queue;
        turns.append({-queueOf(queue).priority, queue});
        queues.insert(queue);
    }
    if (!std::is_sorted(turns.begin(), turns.end()))
        return QStringLiteral("queues do not go by priority");
    if (!placements.isEmpty() && starting() > m_machine.maximumStarts)
        return QStringLiteral("%1 starts at once").arg(starting());
    for (const QString &queue : queues) {
        if (const QString fault = checkReserve(queue); !fault.isEmpty())
            return fault;
    }
    for (const QString &fault :
         {checkSums(), checkConsumables(scheduler), checkInstances(scheduler)}) {
        if (!fault.isEmpty())
            return fault;
    }
    return checkLeftOver(scheduler);
}

SchedulerOracle::Lines &SchedulerOracle::linesOf(const WaitingJob &job)
{
    return m_lines[job.queue];
}

const QueueCapacity &SchedulerOracle::queueOf(const QString &name) const
{
    return *std::find_if(m_machine.queues.begin(), m_machine.queues.end(),
                         [&name](const QueueCapacity &each) { return each.name == name; });
}

const EnvironmentCapacity &SchedulerOracle::environmentOf(const QString &name) const
{
    return *std::find_if(m_machine.environments.begin(), m_machine.environments.end(),
                         [&name](const EnvironmentCapacity &each) { return each.name == name; });
}

void SchedulerOracle::forget(const WaitingJob &job)
{
    const WaitingJob gone = job;
    const bool isFair = queueOf(gone.queue).policy.has_value();
    const QString share = isFair ? gone.shareIdentifier : QString();
    Lines &lines = linesOf(gone);
    lines[share].erase({isFair ? -gone.schedulingPriority : 0, gone.sequence});
    if (lines[share].empty())
        lines.erase(share);
    m_waiting.erase(gone.jobId);
}

QString SchedulerOracle::checkPlacement(const Placement &placement)
{
    const auto found = m_waiting.find(placement.jobId);
    if (found == m_waiting.end())
        return QStringLiteral("%1 is placed but does not wait").arg(placement.jobId);
    const WaitingJob job = found->second;
    const QueueCapacity &queue = queueOf(job.queue);
    const QString share = queue.policy ? job.shareIdentifier : QString();
    const QString first = linesOf(job).at(share).begin()->second;
    if (first != job.jobId)
        return QStringLiteral("%1 overtakes %2").arg(job.jobId, first);
    if (queue.policy && useOf(job.queue, share) > leastUse(job.queue) + useTolerance)
        return QStringLiteral("%1: share %2 with %3 is placed before one with %4")
            .arg(job.jobId, share)
            .arg(useOf(job.queue, share))
            .arg(leastUse(job.queue));
    if (!queue.environments.contains(placement.environment))
        return QStringLiteral("%1 is in a foreign environment").arg(job.jobId);
    const EnvironmentCapacity &environment = environmentOf(placement.environment);
    const bool isFargate = environment.kind == EnvironmentKind::Fargate
        || environment.kind == EnvironmentKind::FargateSpot;
    if (!environment.usable || isFargate != job.fargate)
        return QStringLiteral("%1 must not be in %2").arg(job.jobId, environment.name);
    if (placement.instances.size() != job.tasks.size()
        || placement.instances.contains(QString()) == isOnInstances(environment))
        return QStringLiteral("%1 has instances %2")
            .arg(job.jobId, placement.instances.join(QStringLiteral(", ")));
    for (const QString &instance : placement.instances) {
        if (m_lost.contains(instance))
            return QStringLiteral("%1 is on the lost %2").arg(job.jobId, instance);
    }
    forget(job);
    m_active[job.jobId] = {job, placement, true, batch::fromEpochMs(m_now), {}};
    for (const ConsumableNeed &need : job.consumables) {
        for (ConsumableCapacity &consumable : m_machine.consumables) {
            if (consumable.name == need.name && !consumable.replenishable)
                consumable.total -= need.quantity;
        }
    }
    return {};
}

QString SchedulerOracle::checkSums() const
{
    if (!isWithin(used({}), m_machine.host))
        return QStringLiteral("the machine has %1 vCPUs in use").arg(used({}).vcpus);
    for (const EnvironmentCapacity &environment : m_machine.environments) {
        if (used(environment.name).vcpus > environment.maxvCpus)
            return QStringLiteral("environment %1 has %2 vCPUs in use")
                .arg(environment.name)
                .arg(used(environment.name).vcpus);
    }
    return {};
}

QString SchedulerOracle::checkConsumables(const JobScheduler &scheduler) const
{
    for (const ConsumableCapacity &consumable : m_machine.consumables) {
        const qint64 held = inUse(consumable.name);
        if (scheduler.consumableInUse(consumable.name) != held)
            return QStringLiteral("%1 of %2 in use instead of %3")
                .arg(scheduler.consumableInUse(consumable.name))
                .arg(consumable.name)
                .arg(held);
        if (consumable.total < 0 || (consumable.replenishable && held > consumable.total))
            return QStringLiteral("too much of %1 is in use").arg(consumable.name);
    }
    return {};
}

QString SchedulerOracle::checkInstances(const JobScheduler &scheduler) const
{
    std::map<QString, Resources> held;
    std::map<QString, std::set<QString>> jobs;
    for (const auto &[id, active] : m_active) {
        for (qsizetype task = 0; task < active.job.tasks.size(); ++task) {
            held[active.place.instances[task]] += active.job.tasks[task];
            jobs[active.place.instances[task]].insert(id);
        }
    }
    for (const EnvironmentCapacity &environment : m_machine.environments) {
        if (!isOnInstances(environment))
            continue;
        const EnvironmentState state = scheduler.environment(environment.name);
        double vcpus = 0;
        double largest = 0;
        for (const Instance &instance : state.instances) {
            if (!isWithin(held[instance.id], forTasks(instance.type)))
                return QStringLiteral("instance %1 has %2 vCPUs in use")
                    .arg(instance.type)
                    .arg(held[instance.id].vcpus);
            if (std::set<QString>(instance.jobIds.begin(), instance.jobIds.end())
                != jobs[instance.id])
                return QStringLiteral("instance %1 has other jobs").arg(instance.id);
            jobs.erase(instance.id);
            largest = std::max(largest, typeTable().at(instance.type).vcpus);
            vcpus += typeTable().at(instance.type).vcpus;
        }
        const double most = environment.maxvCpus + (mayExceedMaximum(environment) ? largest : 0.5);
        if (!state.instances.isEmpty() && vcpus >= most)
            return QStringLiteral("%1 vCPUs of instances in %2").arg(vcpus).arg(environment.name);
        if (state.desiredvCpus != vcpus || (environment.usable && vcpus < environment.minvCpus))
            return QStringLiteral("%1 vCPUs desired in %2")
                .arg(state.desiredvCpus)
                .arg(environment.name);
    }
    jobs.erase(QString());
    return jobs.empty() ? QString() : QStringLiteral("an instance is gone below its jobs");
}

QString SchedulerOracle::checkReserve(const QString &queue) const
{
    if (queueVcpus(queue) > availableBesideReserve(queue, 2 * partMs) + 1e-6)
        return QStringLiteral("queue %1 uses %2 of %3 vCPUs beside the reserve")
            .arg(queue)
            .arg(queueVcpus(queue))
            .arg(availableBesideReserve(queue, 2 * partMs));
    return {};
}

// Of each queue the head, or of two shares with as good as the same use one of both, must be
// unable to start.
QString SchedulerOracle::checkLeftOver(const JobScheduler &scheduler)
{
    for (const auto &[queue, lines] : m_lines) {
        const double least = queueOf(queue).policy ? leastUse(queue) : 0;
        QStringList heads;
        for (const auto &[share, line] : lines) {
            if (!queueOf(queue).policy || useOf(queue, share) <= least + useTolerance)
                heads.append(line.begin()->second);
        }
        const bool isBlocked = heads.isEmpty()
            || std::any_of(heads.begin(), heads.end(), [this, &scheduler](const QString &head) {
                                   return !couldStart(m_waiting.at(head), scheduler);
                               });
        if (!isBlocked)
            return QStringLiteral("%1 could start. %2")
                .arg(heads.join(QStringLiteral(" or ")), scheduler.reasonOf(heads.first()).text);
        const QString last = lines.empty() ? QString() : lines.rbegin()->second.rbegin()->second;
        for (const QString &id : heads + QStringList(last)) {
            if (id.isEmpty() || m_random() % 4 > 0)
                continue;
            if (const QString fault = checkReason(id, scheduler); !fault.isEmpty())
                return fault;
        }
    }
    return {};
}

QString SchedulerOracle::checkReason(const QString &jobId, const JobScheduler &scheduler) const
{
    const WaitReason reason = scheduler.reasonOf(jobId);
    const bool isGood = reason.text.startsWith(QStringLiteral("Waiting: "))
        && reason.text.endsWith(u'.') && reason.text.size() > 20
        && !reason.text.contains(QStringLiteral("not been told"))
        && !reason.text.contains(QStringLiteral("next turn is due"));
    return isGood ? QString() : QStringLiteral("no good reason for %1: %2").arg(jobId, reason.text);
}

bool SchedulerOracle::couldStart(const WaitingJob &job, const JobScheduler &scheduler) const
{
    Resources machine = used({});
    machine += totalAsked(job);
    if (starting() >= m_machine.maximumStarts || !isWithin(machine, m_machine.host))
        return false;
    for (const ConsumableNeed &need : job.consumables) {
        for (const ConsumableCapacity &each : m_machine.consumables) {
            const qint64 free = each.total - (each.replenishable ? inUse(each.name) : 0);
            if (each.name == need.name && need.quantity > free)
                return false;
        }
    }
    if (queueVcpus(job.queue) + totalAsked(job).vcpus > availableBesideReserve(job.queue, 0) + 1e-6)
        return false;
    const QueueCapacity &queue = queueOf(job.queue);
    return std::any_of(
        queue.environments.begin(), queue.environments.end(),
        [&](const QString &name) { return hasRoom(environmentOf(name), job, scheduler); });
}

bool SchedulerOracle::hasRoom(const EnvironmentCapacity &environment, const WaitingJob &job,
                              const JobScheduler &scheduler) const
{
    const bool isFargate = environment.kind == EnvironmentKind::Fargate;
    if (!environment.usable || isFargate != job.fargate
        || used(environment.name).vcpus + totalAsked(job).vcpus > environment.maxvCpus)
        return false;
    if (!isOnInstances(environment))
        return true;
    // Whether several nodes fit at once is more than this oracle can tell.
    return job.tasks.size() == 1 && hasInstance(environment, job.tasks.first(), scheduler);
}

bool SchedulerOracle::hasInstance(const EnvironmentCapacity &environment, const Resources &task,
                                  const JobScheduler &scheduler) const
{
    double busy = 0; // vCPUs of the instances that have jobs
    for (const Instance &instance : scheduler.environment(environment.name).instances) {
        Resources then = instance.used;
        then += task;
        if (!m_lost.contains(instance.id) && isWithin(then, forTasks(instance.type)))
            return true;
        busy += instance.jobIds.isEmpty() ? 0 : typeTable().at(instance.type).vcpus;
    }
    // The best fitting type is waited for, although another might have room.
    std::set<std::tuple<int, double, qint64, QString>> fitting;
    for (const QString &type : environment.instanceTypes) {
        const Resources &installed = typeTable().at(type);
        if (isWithin(task, forTasks(type)))
            fitting.insert({installed.gpus, installed.vcpus, installed.memoryMiB, type});
    }
    if (fitting.empty())
        return false;
    const double vcpus = std::get<1>(*fitting.begin());
    return mayExceedMaximum(environment) ? busy < environment.maxvCpus
                                         : busy + vcpus <= environment.maxvCpus;
}

} // namespace batchyard::test
