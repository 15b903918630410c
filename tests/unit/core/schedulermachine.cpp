#include "tests/unit/core/schedulermachine.h"

using namespace batchyard::executor::core;

namespace batchyard::test {

SchedulerMachine::SchedulerMachine()
    : environments{fargate(QStringLiteral("local"), 8)}
    , queues{{QStringLiteral("q"), 1, {QStringLiteral("local")}, {}}}
{
}

void SchedulerMachine::tell(JobScheduler &scheduler) const
{
    scheduler.setHost(host);
    scheduler.setEngine(isEngineReachable, engineProblem);
    scheduler.setMaximumStartsInFlight(maximumStarts);
    scheduler.setEnvironments(environments);
    scheduler.setQueues(queues);
    scheduler.setConsumables(consumables);
    for (const RunningJob &each : running)
        scheduler.addRunning(each);
    for (const WaitingJob &each : waiting)
        scheduler.addWaiting(each);
}

void SchedulerMachine::run(const QString &name, const Resources &held)
{
    running.append({job(name, QStringLiteral("q"), 0, held),
                    {name, QStringLiteral("local"), {QString()}},
                    false,
                    at(0)});
}

EnvironmentCapacity fargate(const QString &name, double maxvCpus)
{
    EnvironmentCapacity capacity;
    capacity.name = name;
    capacity.maxvCpus = maxvCpus;
    return capacity;
}

EnvironmentCapacity ec2(const QString &name, double maxvCpus, const QStringList &types)
{
    EnvironmentCapacity capacity = fargate(name, maxvCpus);
    capacity.kind = EnvironmentKind::Ec2;
    capacity.instanceTypes = types;
    return capacity;
}

WaitingJob job(const QString &id, const QString &queue, qint64 sequence, const Resources &asked)
{
    WaitingJob job;
    job.jobId = id;
    job.queue = queue;
    job.sequence = sequence;
    job.tasks = {asked};
    job.fargate = true;
    return job;
}

batch::Timestamp at(double seconds)
{
    return batch::fromEpochMs(qRound64(seconds * 1000));
}

QStringList toText(const QList<Placement> &placements)
{
    QStringList texts;
    for (const Placement &placement : placements) {
        QString text = placement.jobId + QStringLiteral("@") + placement.environment;
        for (const QString &instance : placement.instances) {
            if (!instance.isEmpty())
                text += QStringLiteral(",") + instance;
        }
        texts.append(text);
    }
    return texts;
}

} // namespace batchyard::test
