#include "backend/executor/core/jobscheduler.h"
#include "tests/unit/core/schedulermachine.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::executor::core;
using namespace batchyard::test;

namespace {

// Of EC2, on the queue "q".
WaitingJob ec2Job(const QString &id, qint64 sequence, const Resources &asked)
{
    WaitingJob waiting = job(id, u"q"_s, sequence, asked);
    waiting.fargate = false;
    return waiting;
}

// The jobs' names in the queue's front.
QStringList front(const JobScheduler &scheduler, const QString &queue)
{
    QStringList jobs;
    for (const QueueFrontEntry &entry : scheduler.snapshot(queue).front)
        jobs.append(entry.jobId);
    return jobs;
}

QStringList instancesOf(const JobScheduler &scheduler, const QString &environment)
{
    QStringList texts;
    for (const Instance &instance : scheduler.environment(environment).instances)
        texts.append(instance.type + u": "_s + instance.jobIds.join(u' '));
    return texts;
}

} // namespace

class TestJobScheduler : public QObject
{
    Q_OBJECT

private slots:
    void startsInOrderOfSubmission()
    {
        SchedulerMachine machine;
        machine.waiting = {job(u"c"_s, u"q"_s, 3, {1, 100}), job(u"a"_s, u"q"_s, 1, {1, 100}),
                           job(u"b"_s, u"q"_s, 2, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))),
                 QStringList({u"a@local"_s, u"b@local"_s, u"c@local"_s}));
        QCOMPARE(scheduler.pass(at(2)), QList<Placement>());
    }

    // The children of an array share their parent's sequence.
    void equalSequencesGoByTheId()
    {
        SchedulerMachine machine;
        for (const char *id : {"p:10", "p:2", "p:1"})
            machine.waiting.append(job(QString::fromLatin1(id), u"q"_s, 1, {1, 100}));
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))),
                 QStringList({u"p:1@local"_s, u"p:2@local"_s, u"p:10@local"_s}));
    }

    void aBlockedHeadBlocksItsQueueOnly()
    {
        SchedulerMachine machine;
        machine.queues = {{u"q"_s, 5, {u"local"_s}, {}}, {u"low"_s, 1, {u"local"_s}, {}}};
        machine.run(u"maze"_s, {6, 100});
        machine.waiting = {job(u"big"_s, u"q"_s, 1, {4, 100}), job(u"small"_s, u"q"_s, 2, {1, 100}),
                           job(u"other"_s, u"low"_s, 3, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))), QStringList{u"other@local"_s});
        scheduler.remove(u"maze"_s, at(2));
        QCOMPARE(toText(scheduler.pass(at(2))), QStringList({u"big@local"_s, u"small@local"_s}));
    }

    void queuesGoByPriorityThenName()
    {
        SchedulerMachine machine;
        machine.queues = {{u"b"_s, 1, {u"local"_s}, {}},
                          {u"a"_s, 1, {u"local"_s}, {}},
                          {u"z"_s, 9, {u"local"_s}, {}}};
        machine.waiting = {job(u"1"_s, u"b"_s, 1, {3, 100}), job(u"2"_s, u"a"_s, 2, {3, 100}),
                           job(u"3"_s, u"z"_s, 3, {3, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))), QStringList({u"3@local"_s, u"2@local"_s}));
    }

    void environmentsAreTriedInOrder()
    {
        SchedulerMachine machine;
        machine.environments = {fargate(u"off"_s, 100), fargate(u"small"_s, 2),
                                fargate(u"large"_s, 6), ec2(u"ec2"_s, 64, {u"m5"_s})};
        machine.environments[0].usable = false;
        machine.queues[0].environments = {u"gone"_s, u"off"_s, u"ec2"_s, u"small"_s, u"large"_s};
        machine.waiting = {job(u"a"_s, u"q"_s, 1, {1, 100}), job(u"b"_s, u"q"_s, 2, {1.5, 100}),
                           job(u"c"_s, u"q"_s, 3, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))),
                 QStringList({u"a@small"_s, u"b@large"_s, u"c@small"_s}));
    }

    void fractionsAddUp()
    {
        SchedulerMachine machine;
        machine.environments[0].maxvCpus = 1;
        for (int i = 0; i < 11; ++i)
            machine.waiting.append(job(QString::number(i), u"q"_s, i, {0.1, 10}));
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 10);
        for (int round = 0; round < 1000; ++round) {
            const double now = 2.0 + round;
            scheduler.remove(QString::number(round), at(now));
            scheduler.addWaiting(job(QString::number(round + 11), u"q"_s, round + 11, {0.1, 10}));
            QCOMPARE(toText(scheduler.pass(at(now))),
                     QStringList(QString::number(round + 10) + u"@local"_s));
        }
    }

    void aRestartKeepsThePlaces()
    {
        SchedulerMachine machine;
        machine.environments.append(ec2(u"ec2"_s, 8, {u"m5"_s}));
        machine.queues.append({u"e"_s, 1, {u"ec2"_s}, {}});
        machine.run(u"a"_s, {5, 100});
        RunningJob group{ec2Job(u"group"_s, 1, {1, 100}),
                         {u"group"_s, u"ec2"_s, {u"i-1"_s, u"i-2"_s, u"i-1"_s}},
                         true,
                         {}};
        group.job.queue = u"e"_s;
        group.job.tasks = {{1, 100}, {1, 100}, {1, 9000}};
        machine.running.append(group);
        machine.waiting = {job(u"b"_s, u"q"_s, 1, {1, 100})};
        machine.maximumStarts = 1;
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(instancesOf(scheduler, u"ec2"_s),
                 QStringList({u"m5.xlarge: group"_s, u"m5.large: group"_s}));
        QCOMPARE(scheduler.jobsOnInstance(u"i-2"_s), QStringList{u"group"_s});
        QCOMPARE(scheduler.pass(at(1)), QList<Placement>());
        scheduler.setStarted(u"group"_s, at(2));
        QCOMPARE(scheduler.pass(at(2)), QList<Placement>());
        scheduler.remove(u"group"_s, at(3));
        QCOMPARE(toText(scheduler.pass(at(3))), QStringList{u"b@local"_s});
    }

    void startsInFlightAreCounted()
    {
        SchedulerMachine machine;
        machine.maximumStarts = 2;
        for (int i = 0; i < 4; ++i)
            machine.waiting.append(job(QString::number(i), u"q"_s, i, {1, 100}));
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 2);
        QCOMPARE(scheduler.pass(at(2)).size(), 0);
        scheduler.setStarted(u"0"_s, at(3));
        scheduler.setStarted(u"0"_s, at(3));
        QCOMPARE(scheduler.pass(at(3)).size(), 1);
        scheduler.remove(u"1"_s, at(4));
        scheduler.remove(u"0"_s, at(4));
        QCOMPARE(scheduler.pass(at(4)).size(), 1);
    }

    void anUnreachableEngineStartsNothing()
    {
        SchedulerMachine machine;
        machine.isEngineReachable = false;
        machine.waiting = {job(u"a"_s, u"q"_s, 1, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        scheduler.setEngine(true, {});
        QCOMPARE(scheduler.pass(at(2)).size(), 1);
    }

    void aRetryKeepsItsPlace()
    {
        SchedulerMachine machine;
        machine.waiting = {job(u"a"_s, u"q"_s, 1, {8, 100}), job(u"b"_s, u"q"_s, 2, {8, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))), QStringList{u"a@local"_s});
        scheduler.remove(u"a"_s, at(2));
        scheduler.addWaiting(machine.waiting[0]);
        QCOMPARE(front(scheduler, u"q"_s), QStringList{u"b"_s});
        QCOMPARE(toText(scheduler.pass(at(2))), QStringList{u"a@local"_s});
        scheduler.remove(u"b"_s, at(3));
        scheduler.remove(u"a"_s, at(3));
        scheduler.remove(u"unknown"_s, at(3));
        QCOMPARE(scheduler.pass(at(3)).size(), 0);
        QCOMPARE(scheduler.environment(u"local"_s).desiredvCpus, 0.0);
    }

    void jobsOfALostQueueWaitForIt()
    {
        SchedulerMachine machine;
        machine.waiting = {job(u"a"_s, u"later"_s, 1, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        machine.queues.append({u"later"_s, 1, {u"local"_s}, {}});
        scheduler.setQueues(machine.queues);
        QCOMPARE(scheduler.pass(at(2)).size(), 1);
        scheduler.setQueues({});
        scheduler.remove(u"a"_s, at(3));
        QCOMPARE(scheduler.pass(at(3)).size(), 0);
    }

    void anEnvironmentThatGoesKeepsItsJobs()
    {
        SchedulerMachine machine;
        machine.run(u"a"_s, {8, 100});
        machine.waiting = {job(u"b"_s, u"q"_s, 1, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        scheduler.setEnvironments({fargate(u"other"_s, 8)});
        machine.queues[0].environments = {u"other"_s};
        scheduler.setQueues(machine.queues);
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        scheduler.remove(u"a"_s, at(2));
        QCOMPARE(toText(scheduler.pass(at(2))), QStringList{u"b@other"_s});
    }

    void allNodesOrNone()
    {
        SchedulerMachine machine;
        WaitingJob group = job(u"group"_s, u"q"_s, 1, {});
        group.tasks = {{2, 100}, {2, 100}, {2, 100}};
        machine.run(u"a"_s, {3, 100});
        machine.waiting = {group};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        QCOMPARE(scheduler.environment(u"local"_s).desiredvCpus, 3.0);
        scheduler.remove(u"a"_s, at(2));
        const QList<Placement> placements = scheduler.pass(at(2));
        QCOMPARE(toText(placements), QStringList{u"group@local"_s});
        QCOMPARE(placements[0].instances, QStringList({QString(), QString(), QString()}));
        QCOMPARE(scheduler.environment(u"local"_s).desiredvCpus, 6.0);
    }

    void nodesGoOntoInstances()
    {
        SchedulerMachine machine;
        machine.environments = {ec2(u"ec2"_s, 8, {u"m5.large"_s, u"m5.xlarge"_s})};
        machine.queues[0].environments = {u"ec2"_s};
        WaitingJob group = ec2Job(u"group"_s, 1, {});
        group.tasks = {{1, 100}, {4, 100}, {1, 100}};
        machine.waiting = {group, ec2Job(u"after"_s, 2, {4, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        const QList<Placement> placements = scheduler.pass(at(1));
        QCOMPARE(placements.size(), 1);
        QCOMPARE(placements[0].instances[0], placements[0].instances[2]);
        QVERIFY(placements[0].instances[0] != placements[0].instances[1]);
        QCOMPARE(instancesOf(scheduler, u"ec2"_s),
                 QStringList({u"m5.xlarge: group"_s, u"m5.large: group"_s}));
        QCOMPARE(scheduler.environment(u"ec2"_s).desiredvCpus, 6.0);
    }

    void instancesAreIdleForAWhile()
    {
        SchedulerMachine machine;
        machine.environments = {ec2(u"ec2"_s, 8, {u"m5"_s})};
        machine.environments[0].scaleDownDelay = std::chrono::seconds(30);
        machine.queues[0].environments = {u"ec2"_s};
        machine.waiting = {ec2Job(u"a"_s, 1, {1, 100}), ec2Job(u"b"_s, 2, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 2);
        QCOMPARE(instancesOf(scheduler, u"ec2"_s), QStringList{u"m5.large: a b"_s});
        scheduler.remove(u"a"_s, at(2));
        scheduler.remove(u"b"_s, at(3));
        QCOMPARE(scheduler.passDueAt(), std::optional(at(33)));
        QCOMPARE(scheduler.pass(at(32)).size(), 0);
        QCOMPARE(scheduler.environment(u"ec2"_s).desiredvCpus, 2.0);
        QCOMPARE(scheduler.pass(at(33)).size(), 0);
        QCOMPARE(scheduler.environment(u"ec2"_s).desiredvCpus, 0.0);
        QCOMPARE(scheduler.passDueAt(), std::nullopt);
    }

    void aLostInstanceGoesWithItsLastJob()
    {
        SchedulerMachine machine;
        machine.environments = {ec2(u"ec2"_s, 8, {u"m5.xlarge"_s})};
        machine.queues[0].environments = {u"ec2"_s};
        machine.waiting = {ec2Job(u"a"_s, 1, {1, 100}), ec2Job(u"b"_s, 2, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 2);
        const QString lost = scheduler.environment(u"ec2"_s).instances[0].id;
        scheduler.drainInstance(lost);
        scheduler.remove(u"a"_s, at(2));
        scheduler.addWaiting(machine.waiting[0]);
        QCOMPARE(scheduler.pass(at(2)).size(), 1);
        QCOMPARE(instancesOf(scheduler, u"ec2"_s),
                 QStringList({u"m5.xlarge: b"_s, u"m5.xlarge: a"_s}));
        scheduler.remove(u"b"_s, at(3));
        QCOMPARE(instancesOf(scheduler, u"ec2"_s), QStringList{u"m5.xlarge: a"_s});
        QCOMPARE(scheduler.jobsOnInstance(lost), QStringList());
    }

    void consumablesAreHeldUntilTheEnd()
    {
        SchedulerMachine machine;
        machine.consumables = {{u"licence"_s, 3, true}, {u"credit"_s, 2, false}};
        for (int i = 0; i < 3; ++i) {
            WaitingJob waiting = job(QString::number(i), u"q"_s, i, {1, 100});
            waiting.consumables = {{u"licence"_s, 2}, {u"credit"_s, 1}};
            machine.waiting.append(waiting);
        }
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))), QStringList{u"0@local"_s});
        QCOMPARE(scheduler.consumableInUse(u"licence"_s), 2);
        QCOMPARE(scheduler.consumableInUse(u"credit"_s), 1);
        scheduler.remove(u"0"_s, at(2));
        QCOMPARE(scheduler.consumableInUse(u"licence"_s), 0);
        QCOMPARE(toText(scheduler.pass(at(2))), QStringList{u"1@local"_s});
        scheduler.remove(u"1"_s, at(3));
        QCOMPARE(toText(scheduler.pass(at(3))), QStringList());
        scheduler.setConsumables({{u"licence"_s, 3, true}, {u"credit"_s, 1, false}});
        QCOMPARE(toText(scheduler.pass(at(4))), QStringList{u"2@local"_s});
        QCOMPARE(scheduler.consumableInUse(u"gone"_s), 0);
    }

    void sharesAlternateWithinOnePass()
    {
        SchedulerMachine machine;
        machine.host = {100, 100'000, 0};
        machine.environments[0].maxvCpus = 6;
        batchyard::batch::FairsharePolicy policy;
        policy.shareDistribution = {{u"red"_s, 0.5, {}}};
        machine.queues[0].policy = policy;
        for (int i = 0; i < 12; ++i) {
            WaitingJob waiting = job(QString::number(i), u"q"_s, i, {1, 100});
            waiting.shareIdentifier = i < 6 ? u"blue"_s : u"red"_s;
            waiting.schedulingPriority = i % 6 == 5 ? 1 : 0;
            machine.waiting.append(waiting);
        }
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(toText(scheduler.pass(at(1))),
                 QStringList({u"5@local"_s, u"11@local"_s, u"6@local"_s, u"0@local"_s, u"7@local"_s,
                              u"8@local"_s}));
        const QueueSnapshot snapshot = scheduler.snapshot(u"q"_s);
        QCOMPARE(snapshot.activeShares, 2);
        QCOMPARE(snapshot.vcpus, 6.0);
        QCOMPARE(snapshot.shares.size(), 2);
        QCOMPARE(snapshot.shares[0].shareIdentifier, u"red"_s);
        QCOMPARE(snapshot.shares[0].vcpus, 4.0);
        QCOMPARE(front(scheduler, u"q"_s),
                 QStringList({u"1"_s, u"9"_s, u"10"_s, u"2"_s, u"3"_s, u"4"_s}));
    }

    // With half in reserve one share gets half, two get three quarters.
    void theReserveStaysFree()
    {
        SchedulerMachine machine;
        batchyard::batch::FairsharePolicy policy;
        policy.computeReservation = 50;
        machine.queues[0].policy = policy;
        for (int i = 0; i < 10; ++i) {
            machine.waiting.append(job(QString::number(i), u"q"_s, i, {1, 100}));
            machine.waiting.last().shareIdentifier = u"blue"_s;
        }
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 4);
        WaitingJob other = job(u"other"_s, u"q"_s, 10, {1, 100});
        other.shareIdentifier = u"red"_s;
        scheduler.addWaiting(other);
        QCOMPARE(toText(scheduler.pass(at(2))), QStringList({u"other@local"_s, u"4@local"_s}));
    }

    void theFrontTellsSinceWhen()
    {
        SchedulerMachine machine;
        for (int i = 0; i < 150; ++i)
            machine.waiting.append(job(QString::number(i), u"q"_s, i, {8, 100}));
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 1);
        QList<QueueFrontEntry> entries = scheduler.snapshot(u"q"_s).front;
        QCOMPARE(entries.size(), 100);
        QCOMPARE(entries[0].jobId, u"1"_s);
        scheduler.remove(u"3"_s, at(5));
        QCOMPARE(scheduler.pass(at(5)).size(), 0);
        entries = scheduler.snapshot(u"q"_s).front;
        QCOMPARE(entries[0].earliestTimeAtPosition, at(1));
        QCOMPARE(entries[1].earliestTimeAtPosition, at(1));
        QCOMPARE(entries[2].jobId, u"4"_s);
        QCOMPARE(entries[2].earliestTimeAtPosition, at(5));
        QCOMPARE(scheduler.snapshot(u"other"_s).front.size(), 0);
    }

    void aBlockedHeadIsKnownSinceWhen()
    {
        SchedulerMachine machine;
        machine.waiting = {job(u"huge"_s, u"q"_s, 1, {16, 100}), job(u"b"_s, u"q"_s, 2, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        const auto blocked = [&scheduler] {
            const QList<BlockedHead> heads = scheduler.blockedHeads();
            return heads.isEmpty() ? u"none"_s
                                   : heads[0].jobId + u' ' + heads[0].reason + u' '
                    + QString::number(batchyard::batch::toEpochMs(heads[0].since) / 1000);
        };
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        QCOMPARE(scheduler.pass(at(2)).size(), 0);
        QCOMPARE(blocked(), u"huge MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE 1"_s);
        scheduler.setEnvironments({fargate(u"local"_s, 64)});
        QCOMPARE(scheduler.pass(at(3)).size(), 0);
        QCOMPARE(blocked(), u"huge MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT 3"_s);
        scheduler.remove(u"huge"_s, at(4));
        QCOMPARE(scheduler.pass(at(4)).size(), 1);
        QCOMPARE(blocked(), u"none"_s);
    }

    void aBlockedHeadIsTakenUpAgain()
    {
        SchedulerMachine machine;
        machine.waiting = {job(u"huge"_s, u"q"_s, 1, {16, 100}), job(u"b"_s, u"q"_s, 2, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        const QString reason = u"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"_s;
        const BlockedHead known{u"huge"_s, u"q"_s, reason, at(1)};
        scheduler.setEnvironments({fargate(u"local"_s, 64)});
        scheduler.restoreBlockedHead({u"x"_s, u"unknown"_s, reason, at(1)});
        scheduler.restoreBlockedHead(known);
        // What the engine would have to tell stays as it was.
        scheduler.setEngine(false, u"The engine is away."_s);
        QCOMPARE(scheduler.pass(at(5)).size(), 0);
        QCOMPARE(scheduler.blockedHeads(), QList<BlockedHead>{known});
        scheduler.setEngine(true, {});
        QCOMPARE(scheduler.pass(at(6)).size(), 0);
        QCOMPARE(scheduler.blockedHeads(), QList<BlockedHead>{known});
        // The clock was set back.
        QCOMPARE(scheduler.pass(at(0)).size(), 0);
        QCOMPARE(scheduler.blockedHeads(),
                 (QList<BlockedHead>{{u"huge"_s, u"q"_s, reason, at(0)}}));
        // It was another job's, or is not so any more.
        scheduler.restoreBlockedHead({u"b"_s, u"q"_s, reason, at(1)});
        QCOMPARE(scheduler.pass(at(7)).size(), 0);
        QCOMPARE(scheduler.blockedHeads(),
                 (QList<BlockedHead>{{u"huge"_s, u"q"_s, reason, at(7)}}));
        scheduler.setHost({64, 1'000, 0});
        QCOMPARE(scheduler.pass(at(8)).size(), 2);
        QVERIFY(scheduler.blockedHeads().isEmpty());
    }

    void unmanagedEnvironmentsTakeEc2JobsUpToTheirMaximum()
    {
        SchedulerMachine machine;
        machine.environments[0].kind = EnvironmentKind::Unmanaged;
        machine.environments[0].maxvCpus = 2;
        machine.waiting = {ec2Job(u"a"_s, 1, {2, 100}), ec2Job(u"b"_s, 2, {1, 100})};
        JobScheduler scheduler;
        machine.tell(scheduler);
        const QList<Placement> placements = scheduler.pass(at(1));
        QCOMPARE(toText(placements), QStringList{u"a@local"_s});
        QCOMPARE(placements[0].instances, QStringList{QString()});
    }

    void theSameSeedGivesTheSameInstances()
    {
        const auto instance = [](quint64 seed) {
            SchedulerMachine machine;
            machine.environments = {ec2(u"ec2"_s, 8, {u"optimal"_s})};
            machine.queues[0].environments = {u"ec2"_s};
            machine.waiting = {ec2Job(u"a"_s, 1, {1, 100})};
            JobScheduler scheduler(seed);
            machine.tell(scheduler);
            return scheduler.pass(at(1)).value(0).instances.value(0);
        };
        QCOMPARE(instance(7), instance(7));
        QVERIFY(instance(7) != instance(8));
        static const QRegularExpression form(u"^i-[0-9a-f]{17}$"_s);
        QVERIFY(form.match(instance(7)).hasMatch());
    }
};

QTEST_GUILESS_MAIN(TestJobScheduler)
#include "tst_jobscheduler.moc"
