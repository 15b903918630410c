#include "backend/executor/core/waitreasons.h"

#include "backend/executor/core/waittext.h"

#include <algorithm>

namespace batchyard::executor::core {

namespace {

QString nameOf(const WaitingJob &job)
{
    return job.jobName.isEmpty() ? job.jobId : job.jobName;
}

QString withoutFullStop(QString text)
{
    while (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

// "2 of 8"
QString ofText(double free, double all)
{
    const auto number = [](double vcpus) { return vcpuText(vcpus).section(u' ', 0, 0); };
    return number(std::max(0.0, free)) + QStringLiteral(" of ") + number(all);
}

// "4 vCPU", "8 vCPU for its 4 nodes"
QString askedText(const WaitingJob &job)
{
    const QString vcpus = vcpuText(totalOf(job).vcpus);
    return job.tasks.size() > 1
        ? QStringLiteral("%1 for its %2 nodes").arg(vcpus).arg(job.tasks.size())
        : vcpus;
}

QString wholeUse(double use)
{
    return numberText(qRound64(use));
}

} // namespace

WaitReasons::WaitReasons(const SchedulerFacts &facts)
    : m_facts(facts)
{
}

WaitReason WaitReasons::of(const WaitingJob &job, const SchedulerQueue &queue) const
{
    const WaitingJob *head = queue.order.head();
    if (!queue.isKnown || !head || head == &job) {
        const Blockage blockage = blockageOf(job, queue);
        return {
            QStringLiteral("Waiting: %1. %2.").arg(blockage.need, remedyText(job, queue, blockage)),
            blockage.statusReason};
    }
    const Blockage blockage = blockageOf(*head, queue);
    const QString cause
        = (blockage.isOfJob ? QStringLiteral(", which ") : QStringLiteral("; ")) + blockage.need;
    return {QStringLiteral("Waiting: %1 behind %2%3.")
                .arg(placeText(job, queue, *head), nameOf(*head), cause),
            {}};
}

// Only what keeps a head from its place has such a text.
QString WaitReasons::statusReasonOf(const WaitingJob &job, const SchedulerQueue &queue) const
{
    const WaitingJob *head = queue.order.head();
    const bool isBehind = queue.isKnown && head && head != &job;
    return isBehind ? QString() : blockageOf(job, queue).statusReason;
}

QString WaitReasons::statusReasonOfHead(const SchedulerQueue &queue) const
{
    const WaitingJob *head = queue.order.head();
    return head ? blockageOf(*head, queue).statusReason : QString();
}

WaitReasons::Blockage WaitReasons::blockageOf(const WaitingJob &job,
                                              const SchedulerQueue &queue) const
{
    if (const auto blockage = lasting(job, queue))
        return *blockage;
    return passing(job, queue);
}

std::optional<WaitReasons::Blockage> WaitReasons::lasting(const WaitingJob &job,
                                                          const SchedulerQueue &queue) const
{
    if (!queue.isKnown)
        return Blockage{QStringLiteral("its job queue %1 does not exist").arg(job.queue),
                        QStringLiteral("Cancel it and submit it to another queue"),
                        undeterminedReason, false};
    Environments environments = usable(queue);
    if (environments.isEmpty())
        return noEnvironment(queue);
    environments.removeIf([&job](const auto *each) { return !each->takes(job); });
    if (environments.isEmpty())
        return wrongPlatform(job, queue);
    const auto largest = *std::max_element(
        environments.begin(), environments.end(),
        [](const auto *a, const auto *b) { return a->capacity.maxvCpus < b->capacity.maxvCpus; });
    if (exceeds(totalOf(job).vcpus, largest->capacity.maxvCpus))
        return Blockage{
            QStringLiteral("needs %1, and compute environment %2 has at most %3")
                .arg(askedText(job), largest->capacity.name, vcpuText(largest->capacity.maxvCpus)),
            QStringLiteral("It can never start so: raise Maximum vCPUs, or submit it with fewer"),
            environmentMaximumReason};
    if (std::none_of(environments.begin(), environments.end(),
                     [&job](const auto *each) { return each->canEverHold(job); }))
        return noInstanceType(job, *largest);
    return lastingInMachine(job);
}

std::optional<WaitReasons::Blockage> WaitReasons::lastingInMachine(const WaitingJob &job) const
{
    if (!m_facts.isEngineReachable)
        return engineAway();
    if (!fits(totalOf(job), m_facts.room.host()))
        return aboveHost(job);
    if (const ConsumableNeed *need = m_facts.room.neverMet(job))
        return neverMet(*need);
    return {};
}

WaitReasons::Blockage WaitReasons::passing(const WaitingJob &job, const SchedulerQueue &queue) const
{
    Environments environments = usable(queue);
    environments.removeIf(
        [&job](const auto *each) { return !each->takes(job) || !each->canEverHold(job); });
    std::optional<Room::Choice> choice;
    for (const Room::Environment *each : std::as_const(environments)) {
        choice = m_facts.room.chooseIn(job, each->capacity.name);
        if (choice)
            break;
    }
    if (!choice)
        return environmentFull(job, *environments.first());
    if (!m_facts.room.fitsHost(job))
        return hostFull(job, *choice);
    if (const ConsumableNeed *need = m_facts.room.missing(job))
        return consumableShort(*need);
    if (!queue.sparesReserve(job, m_facts.room))
        return reserveTouched(job, queue);
    if (m_facts.starting >= m_facts.maximumStarting)
        return {(m_facts.starting == 1
                     ? QStringLiteral("1 job is being started")
                     : QStringLiteral("%1 jobs are being started").arg(m_facts.starting))
                    + QStringLiteral(", and at most %1 are at a time").arg(m_facts.maximumStarting),
                QStringLiteral("Starts when one of them runs"),
                {},
                false};
    return {QStringLiteral("the scheduler's next turn is due"),
            QStringLiteral("It starts then"),
            {},
            false};
}

WaitReasons::Environments WaitReasons::usable(const SchedulerQueue &queue) const
{
    Environments environments;
    for (const QString &name : queue.capacity.environments) {
        const Room::Environment *environment = m_facts.room.environment(name);
        if (environment && environment->isKnown && environment->capacity.usable)
            environments.append(environment);
    }
    return environments;
}

WaitReasons::Blockage WaitReasons::noEnvironment(const SchedulerQueue &queue) const
{
    if (queue.capacity.environments.isEmpty())
        return {QStringLiteral("job queue %1 has no compute environment").arg(queue.capacity.name),
                QStringLiteral("Attach one that is ENABLED and VALID"), invalidEnvironmentsReason,
                false};
    return {QStringLiteral("no compute environment of queue %1 (%2) is ENABLED and VALID")
                .arg(queue.capacity.name, queue.capacity.environments.join(QStringLiteral(", "))),
            QStringLiteral("Enable one of them or attach another"), invalidEnvironmentsReason,
            false};
}

WaitReasons::Blockage WaitReasons::wrongPlatform(const WaitingJob &job,
                                                 const SchedulerQueue &queue) const
{
    const auto name
        = [](bool fargate) { return fargate ? QStringLiteral("Fargate") : QStringLiteral("EC2"); };
    return {QStringLiteral("needs %1, and the compute environments of queue %2 (%3) are for %4 "
                           "jobs")
                .arg(name(job.fargate), queue.capacity.name,
                     queue.capacity.environments.join(QStringLiteral(", ")), name(!job.fargate)),
            QStringLiteral("It can never start there: submit it to another queue, or with another "
                           "platform"),
            undeterminedReason};
}

// Either a node fits into none of the types, or the maximum leaves no room for the types that fit.
WaitReasons::Blockage WaitReasons::noInstanceType(const WaitingJob &job,
                                                  const Room::Environment &environment) const
{
    const EnvironmentCapacity &capacity = environment.capacity;
    for (const Resources &task : job.tasks) {
        if (!environment.pool->smallestType(task))
            return {QStringLiteral("needs %1 on one instance, and no instance type of compute "
                                   "environment %2 (%3) has as much for tasks")
                        .arg(resourcesText(task), capacity.name,
                             capacity.instanceTypes.join(QStringLiteral(", "))),
                    QStringLiteral("It can never start so: add a larger type, or submit it with "
                                   "less"),
                    jobRequirementReason};
    }
    const InstanceType type = *environment.pool->smallestType(job.tasks.first());
    return {QStringLiteral("needs %1, whose instance %2 has %3, and compute environment %4 has at "
                           "most %5")
                .arg(askedText(job), type.name, vcpuText(type.installed.vcpus), capacity.name,
                     vcpuText(capacity.maxvCpus)),
            QStringLiteral("It can never start so: raise Maximum vCPUs, or list a smaller type"),
            environmentMaximumReason};
}

WaitReasons::Blockage WaitReasons::aboveHost(const WaitingJob &job) const
{
    const Resources asked = totalOf(job);
    const Resources &host = m_facts.room.host();
    if (asked.gpus > 0 && host.gpus == 0)
        return {QStringLiteral("needs %1 GPU, and this machine has none that containers can use")
                    .arg(asked.gpus),
                QStringLiteral("It can never start here: submit it without, or where there are "
                               "GPUs"),
                jobRequirementReason};
    return {QStringLiteral("needs %1, and this machine has %2")
                .arg(resourcesText(asked), resourcesText(host)),
            QStringLiteral("It can never start here: submit it with less"), jobRequirementReason};
}

WaitReasons::Blockage WaitReasons::engineAway() const
{
    return {QStringLiteral("the container engine cannot be reached"),
            m_facts.engineProblem.isEmpty() ? QStringLiteral("Starts when it answers again")
                                            : withoutFullStop(m_facts.engineProblem),
            {},
            false};
}

WaitReasons::Blockage WaitReasons::neverMet(const ConsumableNeed &need) const
{
    const Room::Consumable *consumable = m_facts.room.consumable(need.name);
    if (!consumable)
        return {QStringLiteral("needs consumable resource %1, which does not exist").arg(need.name),
                QStringLiteral("Create it, or cancel the job"), undeterminedReason};
    return {QStringLiteral("needs %1 of consumable resource %2, which has %3 %4")
                .arg(numberText(need.quantity), need.name, numberText(consumable->capacity.total),
                     consumable->capacity.replenishable ? QStringLiteral("in all")
                                                        : QStringLiteral("left")),
            QStringLiteral("Starts when its total quantity has been raised"), undeterminedReason};
}

WaitReasons::Blockage WaitReasons::environmentFull(const WaitingJob &job,
                                                   const Room::Environment &environment) const
{
    const EnvironmentCapacity &capacity = environment.capacity;
    const double free = capacity.maxvCpus - environment.used.vcpus;
    Blockage blockage;
    blockage.remedy = QStringLiteral(", or raise Maximum vCPUs");
    blockage.holders = environment.jobs;
    if (environment.pool && !exceeds(totalOf(job).vcpus, free))
        blockage.need
            = QStringLiteral("needs %1 on instances, at most %2 free on each of the %3 instances "
                             "of compute environment %4 and %5 left for another")
                  .arg(askedText(job), vcpuText(environment.pool->largestFreeVcpus()),
                       numberText(environment.pool->count()), capacity.name,
                       ofText(capacity.maxvCpus - environment.pool->vcpus(), capacity.maxvCpus));
    else
        blockage.need = QStringLiteral("needs %1, %2 free in compute environment %3")
                            .arg(askedText(job), ofText(free, capacity.maxvCpus), capacity.name);
    return blockage;
}

// The first of CPU, memory and GPU that is short. The machine is what EC2 is on AWS: an instance
// that the environment would start, had the machine room for it, is capacity that is not to be had.
WaitReasons::Blockage WaitReasons::hostFull(const WaitingJob &job, const Room::Choice &choice) const
{
    const Resources asked = totalOf(job);
    const Resources free = m_facts.room.freeOnHost();
    const Resources &host = m_facts.room.host();
    Blockage blockage;
    blockage.holders = static_cast<qsizetype>(m_facts.running.size());
    if (choice.plan && !choice.plan->started.isEmpty())
        blockage.statusReason
            = QString(insufficientCapacityReason).arg(choice.plan->started.first().name);
    if (exceeds(asked.vcpus, free.vcpus))
        blockage.need = QStringLiteral("needs %1, %2 free on this machine")
                            .arg(askedText(job), ofText(free.vcpus, host.vcpus));
    else if (asked.memoryMiB > free.memoryMiB)
        blockage.need
            = QStringLiteral("needs %1 of memory, %2 of %3 free on this machine")
                  .arg(memoryText(asked.memoryMiB), memoryText(std::max<qint64>(0, free.memoryMiB)),
                       memoryText(host.memoryMiB));
    else
        blockage.need = QStringLiteral("needs %1 GPU, %2 of %3 free on this machine")
                            .arg(asked.gpus)
                            .arg(std::max(0, free.gpus))
                            .arg(host.gpus);
    return blockage;
}

WaitReasons::Blockage WaitReasons::consumableShort(const ConsumableNeed &need) const
{
    const Room::Consumable *consumable = m_facts.room.consumable(need.name);
    Blockage blockage;
    blockage.need = QStringLiteral("needs %1 of consumable resource %2, %3 of %4 free")
                        .arg(numberText(need.quantity), need.name,
                             numberText(std::max<qint64>(0, consumable->free())),
                             numberText(consumable->capacity.total));
    blockage.remedy = QStringLiteral(", or raise its total quantity");
    blockage.holders
        = std::count_if(m_facts.running.begin(), m_facts.running.end(), [&need](const auto &each) {
              const QList<ConsumableNeed> &held = each.second->job.consumables;
              return std::any_of(held.begin(), held.end(),
                                 [&need](const auto &other) { return other.name == need.name; });
          });
    return blockage;
}

WaitReasons::Blockage WaitReasons::reserveTouched(const WaitingJob &job,
                                                  const SchedulerQueue &queue) const
{
    const double maximum = m_facts.room.maximumVcpus(queue.capacity.environments);
    const double reserved = queue.reservedVcpus(m_facts.room);
    const qint64 shares = queue.order.fairShare()->activeShares();
    Blockage blockage;
    blockage.need = QStringLiteral("needs %1, and of the %2 of queue %3 its jobs use %4 while %5 "
                                   "stay free for other shares (%6 active)")
                        .arg(askedText(job), vcpuText(maximum), queue.capacity.name,
                             vcpuText(queue.vcpus), vcpuText(reserved), numberText(shares));
    blockage.remedy = QStringLiteral(", when another share becomes active, or with a smaller "
                                     "computeReservation");
    blockage.holders = queue.placed;
    return blockage;
}

// "2nd in queue q"; with shares "2nd of share blue in queue q (its use is 1,200, that of share red
// 300)"
QString WaitReasons::placeText(const WaitingJob &job, const SchedulerQueue &queue,
                               const WaitingJob &head) const
{
    const qsizetype place = queue.order.placeInLine(job) + 1;
    const FairShare *shares = queue.order.fairShare();
    if (!shares)
        return QStringLiteral("%1 in queue %2").arg(ordinal(place), queue.capacity.name);
    const QString text = QStringLiteral("%1 of share %2 in queue %3")
                             .arg(ordinal(place), job.shareIdentifier, queue.capacity.name);
    if (job.shareIdentifier == head.shareIdentifier)
        return text;
    return text
        + QStringLiteral(" (its weighted use is %1 vCPU-seconds, that of share %2 %3)")
              .arg(wholeUse(shares->weightedUse(job.shareIdentifier)), head.shareIdentifier,
                   wholeUse(shares->weightedUse(head.shareIdentifier)));
}

QString WaitReasons::remedyText(const WaitingJob &job, const SchedulerQueue &queue,
                                const Blockage &blockage) const
{
    if (!blockage.holders)
        return blockage.remedy;
    for (const auto &[order, running] : m_facts.running) {
        if (m_facts.room.choose(job, queue.capacity.environments, running)
            && queue.sparesReserve(job, m_facts.room, running))
            return QStringLiteral("Starts when %1 ends").arg(nameOf(running->job))
                + blockage.remedy;
    }
    if (*blockage.holders == 0)
        return QStringLiteral("Starts when there is room") + blockage.remedy;
    return QStringLiteral("Starts when enough of the %1 running jobs have ended")
               .arg(*blockage.holders)
        + blockage.remedy;
}

} // namespace batchyard::executor::core
