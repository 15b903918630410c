// SchedulerOracle's sums over who runs and who has run.
#include "tests/unit/core/scheduleroracle.h"

#include <cmath>

using namespace batchyard::executor::core;

namespace batchyard::test {

Resources SchedulerOracle::totalAsked(const WaitingJob &job)
{
    Resources total;
    for (const Resources &task : job.tasks) {
        total.vcpus += task.vcpus;
        total.memoryMiB += task.memoryMiB;
        total.gpus += task.gpus;
    }
    return total;
}

int SchedulerOracle::starting() const
{
    return static_cast<int>(std::count_if(m_active.begin(), m_active.end(),
                                          [](const auto &each) { return each.second.starting; }));
}

Resources SchedulerOracle::used(const QString &environment) const
{
    Resources sum;
    for (const auto &[id, active] : m_active) {
        if (environment.isEmpty() || active.place.environment == environment)
            sum += totalAsked(active.job);
    }
    return sum;
}

qint64 SchedulerOracle::inUse(const QString &consumable) const
{
    qint64 sum = 0;
    for (const auto &[id, active] : m_active) {
        for (const ConsumableNeed &need : active.job.consumables)
            sum += need.name == consumable ? need.quantity : 0;
    }
    return sum;
}

double SchedulerOracle::queueVcpus(const QString &queue) const
{
    double sum = 0;
    for (const auto &[id, active] : m_active)
        sum += active.job.queue == queue ? totalAsked(active.job).vcpus : 0;
    return sum;
}

int SchedulerOracle::activeShares(const QString &queue, qint64 slackMs) const
{
    std::set<QString> shares;
    if (const auto lines = m_lines.find(queue); lines != m_lines.end()) {
        for (const auto &[share, line] : lines->second)
            shares.insert(share);
    }
    for (const auto &[id, active] : m_active) {
        if (active.job.queue == queue)
            shares.insert(active.job.shareIdentifier);
    }
    for (const auto &[share, uses] : m_past) {
        for (const Use &use : uses) {
            if (share.first == queue && use.end > m_now - windowMs - slackMs)
                shares.insert(share.second);
        }
    }
    return static_cast<int>(shares.size());
}

double SchedulerOracle::availableBesideReserve(const QString &name, qint64 slackMs) const
{
    const QueueCapacity &queue = queueOf(name);
    double maximum = 0;
    for (const QString &each : queue.environments)
        maximum += environmentOf(each).usable ? environmentOf(each).maxvCpus : 0;
    maximum = std::min(maximum, m_machine.host.vcpus);
    if (!queue.policy || queue.policy->computeReservation.value_or(0) == 0)
        return 1e9;
    return maximum
        * (1 - std::pow(*queue.policy->computeReservation / 100.0, activeShares(name, slackMs)));
}

double SchedulerOracle::useOf(const QString &queue, const QString &share) const
{
    double sum = 0;
    const auto integral = [this](const Use &use) {
        const double window = windowMs;
        const double begin = static_cast<double>(std::max(use.begin, m_now - windowMs) - m_now);
        const double end = static_cast<double>(std::min(use.end, m_now) - m_now);
        if (end <= begin)
            return 0.0;
        return use.vcpus * ((end - begin) + (end * end - begin * begin) / (2 * window)) / 1000;
    };
    if (const auto past = m_past.find({queue, share}); past != m_past.end()) {
        for (const Use &use : past->second)
            sum += integral(use);
    }
    for (const auto &[id, active] : m_active) {
        if (active.job.queue != queue || active.job.shareIdentifier != share)
            continue;
        const double vcpus = totalAsked(active.job).vcpus;
        sum += integral({vcpus, batch::toEpochMs(active.countsSince), m_now}) + 60 * vcpus;
    }
    double weight = 1;
    for (const batch::ShareAttributes &each : queueOf(queue).policy->shareDistribution) {
        if (each.shareIdentifier == share)
            weight = each.weightFactor.value_or(1);
    }
    return sum * weight;
}

double SchedulerOracle::leastUse(const QString &queue) const
{
    double least = 1e18;
    if (const auto lines = m_lines.find(queue); lines != m_lines.end()) {
        for (const auto &[share, line] : lines->second)
            least = std::min(least, useOf(queue, share));
    }
    return least;
}

} // namespace batchyard::test
