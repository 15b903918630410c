// Watches a JobScheduler from outside: keeps its own books of who waits and who runs, in whole
// numbers and plain sums, and says which rule a pass has broken. Shares no code with the scheduler.
#pragma once

#include "tests/unit/core/schedulermachine.h"

#include <map>
#include <random>
#include <set>

namespace batchyard::test {

class SchedulerOracle
{
public:
    explicit SchedulerOracle(const SchedulerMachine &machine);

    SchedulerMachine &machine() { return m_machine; } // to be changed as the scheduler is told
    void wait(const executor::core::WaitingJob &job);
    void cancel(const QString &jobId); // one that waits
    void started(const QString &jobId, batch::Timestamp at);
    void ended(const QString &jobId, batch::Timestamp at);
    void lost(const QString &instanceId);
    void restarted(); // what had ended is not known any more

    // Empty, or what is wrong with the pass.
    [[nodiscard]] QString check(const QList<executor::core::Placement> &placements,
                                const executor::core::JobScheduler &scheduler,
                                batch::Timestamp now);

    struct Active {
        executor::core::WaitingJob job;
        executor::core::Placement place;
        bool starting = true;
        batch::Timestamp countsSince;
        std::optional<batch::Timestamp> startedAt;
    };
    [[nodiscard]] const std::map<QString, Active> &active() const { return m_active; }
    [[nodiscard]] const std::map<QString, executor::core::WaitingJob> &waiting() const
    {
        return m_waiting;
    }

private:
    static constexpr qint64 windowMs = 600'000; // all policies here have the default window
    static constexpr qint64 partMs = windowMs / 64; // to which the scheduler forgets

    struct Use {
        double vcpus = 0;
        qint64 begin = 0; // ms
        qint64 end = 0;
    };
    using Order = std::pair<int, qint64>; // negative priority, sequence
    using Lines = std::map<QString, std::map<Order, QString>>; // by share: job ids

    [[nodiscard]] Lines &linesOf(const executor::core::WaitingJob &job);
    [[nodiscard]] const executor::core::QueueCapacity &queueOf(const QString &name) const;
    [[nodiscard]] const executor::core::EnvironmentCapacity &
    environmentOf(const QString &name) const;
    void forget(const executor::core::WaitingJob &job);
    [[nodiscard]] QString checkPlacement(const executor::core::Placement &placement);
    [[nodiscard]] QString checkSums() const;
    [[nodiscard]] QString checkConsumables(const executor::core::JobScheduler &scheduler) const;
    [[nodiscard]] QString checkInstances(const executor::core::JobScheduler &scheduler) const;
    [[nodiscard]] QString checkReserve(const QString &queue) const;
    [[nodiscard]] QString checkLeftOver(const executor::core::JobScheduler &scheduler);
    [[nodiscard]] QString checkReason(const QString &jobId,
                                      const executor::core::JobScheduler &scheduler) const;

    [[nodiscard]] bool couldStart(const executor::core::WaitingJob &job,
                                  const executor::core::JobScheduler &scheduler) const;
    [[nodiscard]] bool hasRoom(const executor::core::EnvironmentCapacity &environment,
                               const executor::core::WaitingJob &job,
                               const executor::core::JobScheduler &scheduler) const;
    [[nodiscard]] bool hasInstance(const executor::core::EnvironmentCapacity &environment,
                                   const executor::core::Resources &task,
                                   const executor::core::JobScheduler &scheduler) const;
    [[nodiscard]] static executor::core::Resources
    totalAsked(const executor::core::WaitingJob &job);
    [[nodiscard]] int starting() const;
    [[nodiscard]] executor::core::Resources used(const QString &environment) const; // empty: all
    [[nodiscard]] qint64 inUse(const QString &consumable) const;
    [[nodiscard]] double queueVcpus(const QString &queue) const;
    [[nodiscard]] int activeShares(const QString &queue, qint64 slackMs) const;
    [[nodiscard]] double availableBesideReserve(const QString &queue, qint64 slackMs) const;
    [[nodiscard]] double useOf(const QString &queue, const QString &share) const;
    [[nodiscard]] double leastUse(const QString &queue) const;

    SchedulerMachine m_machine;
    std::map<QString, executor::core::WaitingJob> m_waiting;
    std::map<QString, Lines> m_lines; // by queue
    std::map<QString, Active> m_active;
    std::map<std::pair<QString, QString>, std::vector<Use>> m_past; // by queue and share
    std::set<QString> m_lost;
    qint64 m_now = 0; // ms
    std::minstd_rand m_random; // of the reasons that are looked at
};

} // namespace batchyard::test
