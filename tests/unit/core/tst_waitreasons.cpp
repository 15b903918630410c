#include "backend/executor/core/jobscheduler.h"
#include "tests/unit/core/schedulermachine.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::executor::core;
using namespace batchyard::test;

Q_DECLARE_METATYPE(batchyard::test::SchedulerMachine)

namespace {

const QString maximumReason
    = u"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue "
      "cannot meet the CPU requirement of the job."_s;
const QString requirementReason
    = u"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) "
      "is higher than that can be met by the CE(s) attached to the job queue."_s;
const QString invalidReason
    = u"ACTION_REQUIRED - CE(s) associated with the job queue are invalid."_s;
const QString undetermined = u"UNDETERMINED - Batch job is blocked, root cause is undetermined."_s;

// The job "x" asks, the machine is as it is.
void row(const char *name, SchedulerMachine machine, const Resources &asked, const QString &text,
         const QString &statusReason = {})
{
    machine.waiting.append(job(u"x"_s, u"q"_s, 1, asked));
    QTest::newRow(name) << machine << text << statusReason;
}

void columns()
{
    QTest::addColumn<SchedulerMachine>("machine");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("statusReason");
}

SchedulerMachine ec2Machine(double maxvCpus, const QStringList &types)
{
    SchedulerMachine machine;
    machine.host = {64, 256'000, 8};
    machine.environments = {ec2(u"ec2"_s, maxvCpus, types)};
    machine.queues[0].environments = {u"ec2"_s};
    return machine;
}

void ec2Row(const char *name, SchedulerMachine machine, const QList<Resources> &tasks,
            const QString &text, const QString &statusReason = {})
{
    WaitingJob waiting = job(u"x"_s, u"q"_s, 1, {});
    waiting.fargate = false;
    waiting.tasks = tasks;
    machine.waiting.append(waiting);
    QTest::newRow(name) << machine << text << statusReason;
}

void run(SchedulerMachine &machine, const QString &id, const QString &instance,
         const Resources &held)
{
    machine.run(id, held);
    machine.running.last().job.fargate = false;
    machine.running.last().place.environment = u"ec2"_s;
    machine.running.last().place.instances = {instance};
}

void check()
{
    QFETCH(SchedulerMachine, machine);
    QFETCH(QString, text);
    QFETCH(QString, statusReason);
    JobScheduler scheduler;
    machine.tell(scheduler);
    QCOMPARE(toText(scheduler.pass(at(1))), QStringList());
    QCOMPARE(scheduler.reasonOf(u"x"_s).text, text);
    QCOMPARE(scheduler.reasonOf(u"x"_s).statusReason, statusReason);
}

} // namespace

class TestWaitReasons : public QObject
{
    Q_OBJECT

private slots:
    void ofTheMachineAndItsEnvironments_data()
    {
        columns();
        SchedulerMachine machine;
        machine.run(u"maze-dfs"_s, {6, 100});
        row("one job makes room", machine, {4, 100},
            u"Waiting: needs 4 vCPU, 2 of 8 free in compute environment local. Starts when "
            "maze-dfs ends, or raise Maximum vCPUs."_s);

        machine = {};
        machine.run(u"a"_s, {3, 100});
        machine.run(u"b"_s, {3, 100});
        row("no single job makes room", machine, {8, 100},
            u"Waiting: needs 8 vCPU, 2 of 8 free in compute environment local. Starts when enough "
            "of the 2 running jobs have ended, or raise Maximum vCPUs."_s);

        machine = {};
        machine.run(u"a"_s, {1, 6000});
        machine.run(u"b"_s, {1, 500});
        row("memory of the machine", machine, {1, 2048},
            u"Waiting: needs 2,048 MiB of memory, 1,500 MiB of 8,000 MiB free on this machine. "
            "Starts when a ends."_s);

        machine = {};
        machine.environments[0].maxvCpus = 64;
        machine.run(u"a"_s, {7, 100});
        row("CPUs of the machine", machine, {1.25, 100},
            u"Waiting: needs 1.25 vCPU, 1 of 8 free on this machine. Starts when a ends."_s);

        machine = {};
        machine.run(u"a"_s, {1, 100, 1});
        row("GPU of the machine", machine, {1, 100, 1},
            u"Waiting: needs 1 GPU, 0 of 1 free on this machine. Starts when a ends."_s);

        machine = {};
        machine.host.gpus = 0;
        row("no GPU at all", machine, {1, 100, 1},
            u"Waiting: needs 1 GPU, and this machine has none that containers can use. It can "
            "never start here: submit it without, or where there are GPUs."_s,
            requirementReason);

        machine = {};
        machine.environments[0].maxvCpus = 2;
        row("above the environment's maximum", machine, {4, 100},
            u"Waiting: needs 4 vCPU, and compute environment local has at most 2 vCPU. It can "
            "never start so: raise Maximum vCPUs, or submit it with fewer."_s,
            maximumReason);

        machine = {};
        machine.environments[0].maxvCpus = 256;
        row("above the machine", machine, {16, 32000, 2},
            u"Waiting: needs 16 vCPU, 32,000 MiB and 2 GPU, and this machine has 8 vCPU, 8,000 MiB "
            "and 1 GPU. It can never start here: submit it with less."_s,
            requirementReason);
    }

    void ofTheMachineAndItsEnvironments() { check(); }

    void ofQueuesAndTheEngine_data()
    {
        columns();
        SchedulerMachine machine;
        machine.environments[0].usable = false;
        row("environment not usable", machine, {1, 100},
            u"Waiting: no compute environment of queue q (local) is ENABLED and VALID. Enable one "
            "of them or attach another."_s,
            invalidReason);

        machine = {};
        machine.queues[0].environments.clear();
        row("no environment", machine, {1, 100},
            u"Waiting: job queue q has no compute environment. Attach one that is ENABLED and "
            "VALID."_s,
            invalidReason);

        machine = {};
        machine.queues.clear();
        row("queue gone", machine, {1, 100},
            u"Waiting: its job queue q does not exist. Cancel it and submit it to another "
            "queue."_s,
            undetermined);

        row("a Fargate job on EC2", ec2Machine(8, {u"m5"_s}), {1, 100},
            u"Waiting: needs Fargate, and the compute environments of queue q (ec2) are for EC2 "
            "jobs. It can never start there: submit it to another queue, or with another "
            "platform."_s,
            undetermined);
        ec2Row("an EC2 job on Fargate", {}, {{1, 100}},
               u"Waiting: needs EC2, and the compute environments of queue q (local) are for "
               "Fargate jobs. It can never start there: submit it to another queue, or with "
               "another platform."_s,
               undetermined);

        machine = {};
        machine.isEngineReachable = false;
        row("engine away", machine, {1, 100},
            u"Waiting: the container engine cannot be reached. Starts when it answers again."_s);
        machine.engineProblem = u"No answer on /run/docker.sock since 12:01."_s;
        row("engine away since", machine, {1, 100},
            u"Waiting: the container engine cannot be reached. No answer on /run/docker.sock since "
            "12:01."_s);

        machine = {};
        machine.run(u"a"_s, {1, 100});
        machine.running[0].starting = true;
        machine.maximumStarts = 1;
        row("too many starts", machine, {1, 100},
            u"Waiting: 1 job is being started, and at most 1 are at a time. Starts when one of "
            "them runs."_s);
    }

    void ofQueuesAndTheEngine() { check(); }

    void ofInstances_data()
    {
        columns();
        ec2Row("no type is large enough", ec2Machine(64, {u"m5.large"_s, u"m5.xlarge"_s}),
               {{1, 20'000}},
               u"Waiting: needs 1 vCPU and 20,000 MiB on one instance, and no instance type of "
               "compute environment ec2 (m5.large, m5.xlarge) has as much for tasks. It can never "
               "start so: add a larger type, or submit it with less."_s,
               requirementReason);
        ec2Row("the agent keeps memory", ec2Machine(64, {u"m5.large"_s}), {{1, 8192}},
               u"Waiting: needs 1 vCPU and 8,192 MiB on one instance, and no instance type of "
               "compute environment ec2 (m5.large) has as much for tasks. It can never start so: "
               "add a larger type, or submit it with less."_s,
               requirementReason);
        ec2Row(
            "the smallest type is above the maximum", ec2Machine(1, {u"m5"_s}), {{1, 100}},
            u"Waiting: needs 1 vCPU, whose instance m5.large has 2 vCPU, and compute environment "
            "ec2 has at most 1 vCPU. It can never start so: raise Maximum vCPUs, or list a "
            "smaller type."_s,
            maximumReason);

        SchedulerMachine machine = ec2Machine(4, {u"m5.large"_s});
        run(machine, u"a"_s, u"i-1"_s, {1, 100});
        run(machine, u"b"_s, u"i-2"_s, {1, 100});
        ec2Row("room, but on no instance", machine, {{2, 100}},
               u"Waiting: needs 2 vCPU on instances, at most 1 vCPU free on each of the 2 "
               "instances of compute environment ec2 and 0 of 4 left for another. Starts when a "
               "ends, or raise Maximum vCPUs."_s);
        SchedulerMachine full = ec2Machine(64, {u"m5.large"_s});
        full.host.vcpus = 3;
        run(full, u"a"_s, u"i-1"_s, {2, 100});
        ec2Row("no room on the machine for another instance", full, {{2, 100}},
               u"Waiting: needs 2 vCPU, 1 of 3 free on this machine. Starts when a ends."_s,
               u"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity "
               "requested for instance type [m5.large]"_s);
        full.running[0].job.tasks[0].vcpus = 1.5;
        full.host.vcpus = 1.75;
        ec2Row("no room on the machine for another on the same instance", full, {{0.5, 100}},
               u"Waiting: needs 0.5 vCPU, 0.25 of 1.75 free on this machine. Starts when a "
               "ends."_s);
        ec2Row("nodes", machine, {{1, 100}, {2, 100}},
               u"Waiting: needs 3 vCPU for its 2 nodes, 2 of 4 free in compute environment ec2. "
               "Starts when a ends, or raise Maximum vCPUs."_s);
    }

    void ofInstances() { check(); }

    void ofConsumablesAndShares_data()
    {
        columns();
        SchedulerMachine machine;
        machine.consumables = {{u"licence"_s, 4, true}, {u"credit"_s, 1, false}};
        const auto consumableRow
            = [&machine](const char *name, const ConsumableNeed &need, const QString &text,
                         const QString &statusReason = {}) {
                  SchedulerMachine with = machine;
                  WaitingJob waiting = job(u"x"_s, u"q"_s, 1, {1, 100});
                  waiting.consumables = {need};
                  with.waiting.append(waiting);
                  QTest::newRow(name) << with << text << statusReason;
              };
        machine.run(u"a"_s, {1, 100});
        machine.run(u"b"_s, {1, 100});
        machine.running[1].job.consumables = {{u"licence"_s, 3}};
        consumableRow(
            "held by another", {u"licence"_s, 2},
            u"Waiting: needs 2 of consumable resource licence, 1 of 4 free. Starts when b "
            "ends, or raise its total quantity."_s);
        consumableRow(
            "more than there are", {u"licence"_s, 5},
            u"Waiting: needs 5 of consumable resource licence, which has 4 in all. Starts "
            "when its total quantity has been raised."_s,
            undetermined);
        consumableRow("used up", {u"credit"_s, 2},
                      u"Waiting: needs 2 of consumable resource credit, which has 1 left. Starts "
                      "when its total quantity has been raised."_s,
                      undetermined);
        consumableRow("does not exist", {u"token"_s, 1},
                      u"Waiting: needs consumable resource token, which does not exist. Create it, "
                      "or cancel the job."_s,
                      undetermined);

        machine = {};
        batchyard::batch::FairsharePolicy policy;
        policy.computeReservation = 50;
        machine.queues[0].policy = policy;
        machine.run(u"a"_s, {4, 100});
        row("reserve", machine, {1, 100},
            u"Waiting: needs 1 vCPU, and of the 8 vCPU of queue q its jobs use 4 vCPU while 4 vCPU "
            "stay free for other shares (1 active). Starts when a ends, when another share becomes "
            "active, or with a smaller computeReservation."_s);
    }

    void ofConsumablesAndShares() { check(); }

    void placesInTheQueueAreCounted()
    {
        SchedulerMachine machine;
        machine.run(u"a"_s, {8, 100});
        for (int i = 1; i <= 1500; ++i)
            machine.waiting.append(job(QString::number(i), u"q"_s, i, {1, 100}));
        machine.waiting[0].jobName = u"maze"_s;
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        for (const auto &[id, ordinal] :
             {std::pair(2, u"2nd"_s), std::pair(3, u"3rd"_s), std::pair(4, u"4th"_s),
              std::pair(11, u"11th"_s), std::pair(21, u"21st"_s), std::pair(112, u"112th"_s),
              std::pair(1500, u"1,500th"_s)})
            QCOMPARE(scheduler.reasonOf(QString::number(id)).text,
                     u"Waiting: %1 in queue q behind maze, which needs 1 vCPU, 0 of 8 free in "
                     "compute environment local."_s.arg(ordinal));
        QCOMPARE(scheduler.reasonOf(u"3"_s).statusReason, QString());
    }

    void behindAHeadThatIsNotAtFault()
    {
        SchedulerMachine machine;
        machine.waiting = {job(u"a"_s, u"q"_s, 1, {1, 100}), job(u"b"_s, u"q"_s, 2, {1, 100})};
        machine.isEngineReachable = false;
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(1)).size(), 0);
        QCOMPARE(scheduler.reasonOf(u"b"_s).text,
                 u"Waiting: 2nd in queue q behind a; the container engine cannot be reached."_s);
        scheduler.setEngine(true, {});
        QCOMPARE(scheduler.reasonOf(u"a"_s).text,
                 u"Waiting: the scheduler's next turn is due. It starts then."_s);
        QVERIFY(!scheduler.reasonOf(u"nobody"_s).text.isEmpty());
    }

    void sharesTellTheirUse()
    {
        SchedulerMachine machine;
        machine.queues[0].policy.emplace();
        machine.run(u"r"_s, {8, 100});
        machine.running[0].job.shareIdentifier = u"blue"_s;
        for (int i = 1; i <= 4; ++i) {
            machine.waiting.append(job(QString::number(i), u"q"_s, i, {1, 100}));
            machine.waiting.last().shareIdentifier = i <= 2 ? u"blue"_s : u"red"_s;
        }
        JobScheduler scheduler;
        machine.tell(scheduler);
        QCOMPARE(scheduler.pass(at(60)).size(), 0);
        const QString cause = u"behind 3, which needs 1 vCPU, 0 of 8 free in compute environment "
                              "local."_s;
        QCOMPARE(scheduler.reasonOf(u"4"_s).text,
                 u"Waiting: 2nd of share red in queue q "_s + cause);
        // 60 s × 8 vCPUs, of which a twentieth has decayed, and 60 s at once.
        QCOMPARE(scheduler.reasonOf(u"2"_s).text,
                 u"Waiting: 2nd of share blue in queue q (its weighted use is 936 vCPU-seconds, "
                 "that of share red 0) "_s
                     + cause);
    }
};

QTEST_GUILESS_MAIN(TestWaitReasons)
#include "tst_waitreasons.moc"
