#include "backend/executor/core/room.h"

#include "backend/executor/core/queueorder.h"

#include <algorithm>

namespace batchyard::executor::core {

namespace {

// A job may name one twice.
qint64 askedOf(const WaitingJob &job, const QString &consumable)
{
    qint64 quantity = 0;
    for (const ConsumableNeed &need : job.consumables) {
        if (need.name == consumable)
            quantity += need.quantity;
    }
    return quantity;
}

} // namespace

bool isFargate(EnvironmentKind kind)
{
    return kind == EnvironmentKind::Fargate || kind == EnvironmentKind::FargateSpot;
}

bool hasInstances(EnvironmentKind kind)
{
    return kind == EnvironmentKind::Ec2 || kind == EnvironmentKind::Spot;
}

bool Room::Environment::takes(const WaitingJob &job) const
{
    return isKnown && capacity.usable && isFargate(capacity.kind) == job.fargate;
}

bool Room::Environment::canEverHold(const WaitingJob &job) const
{
    return !exceeds(totalOf(job).vcpus, capacity.maxvCpus)
        && (!pool || pool->canEverHold(job.tasks));
}

qint64 Room::Consumable::free() const
{
    if (!isKnown)
        return 0;
    return capacity.total - (capacity.replenishable ? inUse : 0);
}

Room::Room(quint64 seed)
    : m_ids(seed)
{
}

void Room::setHost(const Resources &host)
{
    m_host = host;
}

void Room::setEnvironments(const QList<EnvironmentCapacity> &environments)
{
    for (auto &[name, environment] : m_environments) {
        environment.isKnown = false;
        environment.capacity.usable = false;
    }
    for (const EnvironmentCapacity &capacity : environments) {
        Environment &environment = m_environments[capacity.name];
        environment.capacity = capacity;
        environment.isKnown = true;
        if (!hasInstances(capacity.kind)) {
            environment.pool.reset();
            continue;
        }
        if (!environment.pool)
            environment.pool.emplace(m_ids);
        environment.pool->setCapacity(capacity);
    }
    std::erase_if(m_environments,
                  [](const auto &each) { return !each.second.isKnown && each.second.jobs == 0; });
}

void Room::setConsumables(const QList<ConsumableCapacity> &consumables)
{
    for (auto &[name, consumable] : m_consumables)
        consumable.isKnown = false;
    for (const ConsumableCapacity &capacity : consumables) {
        Consumable &consumable = m_consumables[capacity.name];
        consumable.capacity = capacity;
        consumable.isKnown = true;
    }
    std::erase_if(m_consumables,
                  [](const auto &each) { return !each.second.isKnown && each.second.inUse == 0; });
}

std::optional<Room::Choice> Room::choose(const WaitingJob &job, const QStringList &environments,
                                         const RunningJob *without) const
{
    if (!fitsHost(job, without) || missing(job, without))
        return {};
    for (const QString &name : environments) {
        if (const auto choice = chooseIn(job, name, without))
            return choice;
    }
    return {};
}

std::optional<Room::Choice> Room::chooseIn(const WaitingJob &job, const QString &name,
                                           const RunningJob *without) const
{
    const Environment *environment = this->environment(name);
    if (!environment || !environment->takes(job))
        return {};
    double used = environment->used.vcpus + totalOf(job).vcpus;
    if (without && without->place.environment == name)
        used -= totalOf(without->job).vcpus;
    if (exceeds(used, environment->capacity.maxvCpus))
        return {};
    Choice choice{name, {}};
    if (environment->pool) {
        choice.plan = environment->pool->plan(job.tasks, without ? without->job.jobId : QString());
        if (!choice.plan)
            return {};
    }
    return choice;
}

bool Room::fitsHost(const WaitingJob &job, const RunningJob *without) const
{
    Resources free = freeOnHost();
    if (without)
        free += totalOf(without->job);
    return fits(totalOf(job), free);
}

const ConsumableNeed *Room::missing(const WaitingJob &job, const RunningJob *without) const
{
    for (const ConsumableNeed &need : job.consumables) {
        const Consumable *consumable = this->consumable(need.name);
        if (!consumable)
            return &need;
        qint64 free = consumable->free();
        if (without && consumable->capacity.replenishable)
            free += askedOf(without->job, need.name);
        if (askedOf(job, need.name) > free)
            return &need;
    }
    return nullptr;
}

const ConsumableNeed *Room::neverMet(const WaitingJob &job) const
{
    for (const ConsumableNeed &need : job.consumables) {
        const Consumable *consumable = this->consumable(need.name);
        if (!consumable || askedOf(job, need.name) > consumable->capacity.total)
            return &need;
    }
    return nullptr;
}

Placement Room::place(const WaitingJob &job, const Choice &choice)
{
    Placement placement{job.jobId, choice.environment, {}};
    if (choice.plan)
        placement.instances
            = m_environments[choice.environment].pool->carryOut(*choice.plan, job.jobId, job.tasks);
    else
        placement.instances = QStringList(job.tasks.size());
    for (const ConsumableNeed &need : job.consumables) {
        Consumable &consumable = m_consumables[need.name];
        if (!consumable.capacity.replenishable)
            consumable.capacity.total -= need.quantity;
    }
    hold({job, placement, false, {}});
    return placement;
}

void Room::adopt(const RunningJob &job)
{
    Environment &environment = m_environments[job.place.environment];
    if (environment.pool)
        environment.pool->adopt(job.job.jobId, job.job.tasks, job.place.instances);
    hold(job);
}

void Room::hold(const RunningJob &job)
{
    const Resources total = totalOf(job.job);
    m_used += total;
    ++m_jobs;
    Environment &environment = m_environments[job.place.environment];
    environment.used += total;
    ++environment.jobs;
    for (const ConsumableNeed &need : job.job.consumables)
        m_consumables[need.name].inUse += need.quantity;
}

// Sums begin anew at nothing, so that the rounding of fractions does not add up over weeks.
void Room::release(const RunningJob &job, Timestamp at)
{
    const Resources total = totalOf(job.job);
    m_used -= total;
    if (--m_jobs == 0)
        m_used = {};
    for (const ConsumableNeed &need : job.job.consumables) {
        const auto consumable = m_consumables.find(need.name);
        consumable->second.inUse -= need.quantity;
        if (!consumable->second.isKnown && consumable->second.inUse == 0)
            m_consumables.erase(consumable);
    }
    const auto found = m_environments.find(job.place.environment);
    Environment &environment = found->second;
    environment.used -= total;
    if (--environment.jobs == 0)
        environment.used = {};
    if (environment.pool)
        environment.pool->release(job.job.jobId, job.place.instances, at);
    if (!environment.isKnown && environment.jobs == 0)
        m_environments.erase(found);
}

void Room::drain(const QString &instanceId)
{
    for (auto &[name, environment] : m_environments) {
        if (environment.pool)
            environment.pool->drain(instanceId);
    }
}

void Room::scale(Timestamp now)
{
    for (auto &[name, environment] : m_environments) {
        if (environment.pool)
            environment.pool->scale(now);
    }
}

const Room::Environment *Room::environment(const QString &name) const
{
    const auto found = m_environments.find(name);
    return found == m_environments.end() ? nullptr : &found->second;
}

const Room::Consumable *Room::consumable(const QString &name) const
{
    const auto found = m_consumables.find(name);
    return found == m_consumables.end() || !found->second.isKnown ? nullptr : &found->second;
}

double Room::maximumVcpus(const QStringList &environments) const
{
    double sum = 0;
    for (const QString &name : environments) {
        const Environment *each = environment(name);
        if (each && each->isKnown && each->capacity.usable)
            sum += each->capacity.maxvCpus;
    }
    return std::min(sum, m_host.vcpus);
}

std::optional<Timestamp> Room::nextEnd() const
{
    std::optional<Timestamp> next;
    for (const auto &[name, environment] : m_environments) {
        const auto end = environment.pool ? environment.pool->nextEnd() : std::nullopt;
        if (end)
            next = next ? std::min(*next, *end) : *end;
    }
    return next;
}

QStringList Room::jobsOn(const QString &instanceId) const
{
    for (const auto &[name, environment] : m_environments) {
        if (!environment.pool)
            continue;
        if (const QStringList jobs = environment.pool->jobsOn(instanceId); !jobs.isEmpty())
            return jobs;
    }
    return {};
}

} // namespace batchyard::executor::core
