// A machine for the scheduler's tests: what it is made of as plain lists, and a scheduler told of
// it.
#pragma once

#include "backend/executor/core/jobscheduler.h"

namespace batchyard::test {

// 8 CPUs, 8,000 MiB and a GPU; one queue "q" on the Fargate environment "local" of 8 vCPUs.
struct SchedulerMachine {
    executor::core::Resources host{8, 8000, 1};
    QList<executor::core::EnvironmentCapacity> environments;
    QList<executor::core::QueueCapacity> queues;
    QList<executor::core::ConsumableCapacity> consumables;
    QList<executor::core::RunningJob> running;
    QList<executor::core::WaitingJob> waiting;
    bool isEngineReachable = true;
    QString engineProblem;
    int maximumStarts = 100;

    SchedulerMachine();
    void tell(executor::core::JobScheduler &scheduler) const;
    void run(const QString &name, const executor::core::Resources &held); // in "local"
};

[[nodiscard]] executor::core::EnvironmentCapacity fargate(const QString &name, double maxvCpus);
[[nodiscard]] executor::core::EnvironmentCapacity ec2(const QString &name, double maxvCpus,
                                                      const QStringList &types);
// Of the platform Fargate, waiting since the epoch.
[[nodiscard]] executor::core::WaitingJob job(const QString &id, const QString &queue,
                                             qint64 sequence,
                                             const executor::core::Resources &asked);
[[nodiscard]] batch::Timestamp at(double seconds);
// "a@local" for each, with the instances behind a comma where there are any.
[[nodiscard]] QStringList toText(const QList<executor::core::Placement> &placements);

} // namespace batchyard::test
