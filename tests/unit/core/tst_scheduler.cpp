#include "backend/executor/core/scheduler.h"

#include <QTest>

using namespace batchyard::executor::core;

Q_DECLARE_METATYPE(batchyard::executor::core::SchedulerInput)

namespace {

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

WaitingJob job(const char *id, const char *queue, qint64 sequence, double vcpus,
               qint64 memoryMiB = 100, int gpus = 0)
{
    return {s(id), s(queue), sequence, {vcpus, memoryMiB, gpus}, {}};
}

// A machine of 8 CPUs and 8,000 MiB, one queue "q" on environment "local" of at most 8 vCPUs.
SchedulerInput machine()
{
    SchedulerInput input;
    input.host = {8, 8000, 1};
    input.queues = {{s("q"), 1, {s("local")}}};
    input.environments = {{s("local"), true, 8, {}}};
    return input;
}

void run(SchedulerInput &input, const char *name, double vcpus, qint64 memoryMiB = 100,
         int gpus = 0)
{
    const Resources held{vcpus, memoryMiB, gpus};
    input.running.append({s(name), s(name), held, s("local")});
    input.environments[0].used.vcpus += vcpus;
}

QStringList placed(const Schedule &schedule)
{
    QStringList placed;
    for (const Placement &placement : schedule.placements)
        placed.append(placement.jobId + QStringLiteral("@") + placement.environment);
    return placed;
}

QString waitOf(const Schedule &schedule, const char *id)
{
    for (const WaitReason &wait : schedule.waits) {
        if (wait.jobId == s(id))
            return wait.text;
    }
    return s("(does not wait)");
}

QString statusReasonOf(const Schedule &schedule, const char *id)
{
    for (const WaitReason &wait : schedule.waits) {
        if (wait.jobId == s(id))
            return wait.statusReason;
    }
    return s("(does not wait)");
}

} // namespace

class TestScheduler : public QObject
{
    Q_OBJECT

private slots:
    void startsInOrderOfSubmission()
    {
        SchedulerInput input = machine();
        input.waiting = {job("c", "q", 3, 1), job("a", "q", 1, 1), job("b", "q", 2, 1)};
        const Schedule schedule = core(input);
        QCOMPARE(placed(schedule), QStringList({s("a@local"), s("b@local"), s("c@local")}));
        QVERIFY(schedule.waits.isEmpty());
    }

    void aBlockedHeadBlocksItsQueueOnly()
    {
        SchedulerInput input = machine();
        input.queues = {{s("q"), 5, {s("local")}}, {s("low"), 1, {s("local")}}};
        run(input, "maze-dfs", 6);
        input.waiting = {job("big", "q", 1, 4), job("small", "q", 2, 1), job("other", "low", 3, 1)};
        const Schedule schedule = core(input);
        QCOMPARE(placed(schedule), QStringList{s("other@local")});
        QCOMPARE(waitOf(schedule, "big"),
                 s("Waiting: needs 4 vCPU, 2 of 8 free in compute environment local. Starts when "
                   "maze-dfs ends, or raise Maximum vCPUs."));
        QCOMPARE(waitOf(schedule, "small"),
                 s("Waiting: 2nd in queue q behind big, which needs 4 vCPU, 2 of 8 free in compute "
                   "environment local."));
        QCOMPARE(statusReasonOf(schedule, "big"), QString());
        QCOMPARE(statusReasonOf(schedule, "small"), QString());
    }

    void queuesGoByPriorityThenName()
    {
        SchedulerInput input = machine();
        input.queues
            = {{s("b"), 1, {s("local")}}, {s("a"), 1, {s("local")}}, {s("z"), 9, {s("local")}}};
        input.waiting = {job("1", "b", 1, 3), job("2", "a", 2, 3), job("3", "z", 3, 3)};
        QCOMPARE(placed(core(input)), QStringList({s("3@local"), s("2@local")}));
    }

    void environmentsAreTriedInOrder()
    {
        SchedulerInput input = machine();
        input.environments
            = {{s("off"), false, 100, {}}, {s("small"), true, 2, {}}, {s("large"), true, 6, {}}};
        input.queues = {{s("q"), 1, {s("gone"), s("off"), s("small"), s("large")}}};
        input.waiting = {job("a", "q", 1, 1), job("b", "q", 2, 1.5), job("c", "q", 3, 1)};
        QCOMPARE(placed(core(input)), QStringList({s("a@small"), s("b@large"), s("c@small")}));
    }

    void fractionsAddUp()
    {
        SchedulerInput input = machine();
        input.environments[0].maxvCpus = 1;
        input.maximumStartsInFlight = 100;
        for (int i = 0; i < 11; ++i)
            input.waiting.append(job(qPrintable(QString::number(i)), "q", i, 0.1));
        QCOMPARE(core(input).placements.size(), 10);
    }

    void reasons_data()
    {
        QTest::addColumn<SchedulerInput>("input");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("statusReason");

        SchedulerInput input = machine();
        run(input, "a", 3);
        run(input, "b", 3);
        input.waiting = {job("x", "q", 1, 8)};
        QTest::newRow("no single job makes room")
            << input
            << s("Waiting: needs 8 vCPU, 2 of 8 free in compute environment local. Starts when "
                 "enough of the 2 running jobs have ended, or raise Maximum vCPUs.")
            << QString();

        input = machine();
        run(input, "a", 1, 6000);
        run(input, "b", 1, 500);
        input.waiting = {job("x", "q", 1, 1, 2048)};
        QTest::newRow("memory of the machine")
            << input
            << s("Waiting: needs 2,048 MiB of memory, 1,500 MiB of 8,000 MiB free on this machine. "
                 "Starts when a ends.")
            << QString();

        input = machine();
        run(input, "a", 7);
        input.environments[0].maxvCpus = 64;
        input.waiting = {job("x", "q", 1, 1.25)};
        QTest::newRow("CPUs of the machine")
            << input
            << s("Waiting: needs 1.25 vCPU, 1 of 8 free on this machine. Starts when a ends.")
            << QString();

        input = machine();
        run(input, "a", 1, 100, 1);
        input.waiting = {job("x", "q", 1, 1, 100, 1)};
        QTest::newRow("GPU of the machine")
            << input << s("Waiting: needs 1 GPU, 0 of 1 free on this machine. Starts when a ends.")
            << QString();

        input = machine();
        input.environments[0].maxvCpus = 2;
        input.waiting = {job("x", "q", 1, 4)};
        QTest::newRow("above the environment's maximum")
            << input
            << s("Waiting: needs 4 vCPU, and compute environment local has at most 2 vCPU. It can "
                 "never start so: raise Maximum vCPUs, or submit it with fewer.")
            << s("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the "
                 "job "
                 "queue cannot meet the CPU requirement of the job.");

        input = machine();
        input.environments[0].maxvCpus = 256;
        input.waiting = {job("x", "q", 1, 16, 32000, 2)};
        QTest::newRow("above the machine")
            << input
            << s("Waiting: needs 16 vCPU, 32,000 MiB and 2 GPU, and this machine has 8 vCPU, "
                 "8,000 MiB and 1 GPU. It can never start here: submit it with less.")
            << s("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement "
                 "(vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the "
                 "job "
                 "queue.");

        input = machine();
        input.environments[0].usable = false;
        input.waiting = {job("x", "q", 1, 1)};
        QTest::newRow("environment not usable")
            << input
            << s("Waiting: no compute environment of queue q (local) is ENABLED and VALID. Enable "
                 "one "
                 "of them or attach another.")
            << s("ACTION_REQUIRED - CE(s) associated with the job queue are invalid.");

        input = machine();
        input.queues[0].environments.clear();
        input.waiting = {job("x", "q", 1, 1)};
        QTest::newRow("no environment")
            << input
            << s("Waiting: job queue q has no compute environment. Attach one that is ENABLED and "
                 "VALID.")
            << s("ACTION_REQUIRED - CE(s) associated with the job queue are invalid.");

        input = machine();
        input.waiting = {job("x", "other", 1, 1)};
        QTest::newRow("queue gone")
            << input
            << s("Waiting: its job queue other does not exist. Cancel it and submit it to another "
                 "queue.")
            << s("UNDETERMINED - Batch job is blocked, root cause is undetermined.");

        input = machine();
        input.engineReachable = false;
        input.engineProblem = s("No answer on /run/docker.sock since 12:01.");
        input.waiting = {job("x", "q", 1, 1)};
        QTest::newRow("engine away")
            << input
            << s("Waiting: the container engine cannot be reached. No answer on /run/docker.sock "
                 "since 12:01.")
            << QString();

        input = machine();
        input.startsInFlight = 8;
        input.waiting = {job("x", "q", 1, 1)};
        QTest::newRow("too many starts") << input
                                         << s("Waiting: 8 jobs are being started, and at most 8 "
                                              "are at a time. Starts when one of "
                                              "them runs.")
                                         << QString();
    }

    void reasons()
    {
        QFETCH(SchedulerInput, input);
        QFETCH(QString, text);
        QFETCH(QString, statusReason);
        const Schedule schedule = core(input);
        QCOMPARE(placed(schedule), QStringList());
        QCOMPARE(waitOf(schedule, "x"), text);
        QCOMPARE(statusReasonOf(schedule, "x"), statusReason);
    }

    void placesInTheQueueAreCounted()
    {
        SchedulerInput input = machine();
        run(input, "a", 8);
        for (int i = 1; i <= 113; ++i)
            input.waiting.append(job(qPrintable(QString::number(i)), "q", i, 1));
        input.waiting[0].jobName = s("maze");
        const Schedule schedule = core(input);
        const QList<std::pair<const char *, QString>> expected{{"3", s("3rd")},
                                                               {"4", s("4th")},
                                                               {"11", s("11th")},
                                                               {"21", s("21st")},
                                                               {"112", s("112th")}};
        for (const auto &[id, ordinal] : expected)
            QVERIFY2(
                waitOf(schedule, id)
                    .contains(
                        QStringLiteral("Waiting: %1 in queue q behind maze, which").arg(ordinal)),
                id);
    }

    void behindAHeadThatIsNotAtFault()
    {
        SchedulerInput input = machine();
        input.waiting = {job("a", "q", 1, 1), job("b", "q", 2, 1)};
        input.engineReachable = false;
        QCOMPARE(waitOf(core(input), "b"),
                 s("Waiting: 2nd in queue q behind a; the container engine cannot be reached."));
        QCOMPARE(waitOf(core(input), "a"),
                 s("Waiting: the container engine cannot be reached. "
                   "Starts when it answers again."));
        input.engineReachable = true;
        input.startsInFlight = 7;
        const Schedule schedule = core(input);
        QCOMPARE(placed(schedule), QStringList{s("a@local")});
        QVERIFY(waitOf(schedule, "b").startsWith(s("Waiting: 8 jobs are being started")));
    }

    void jobsPlacedInTheSameTurnCount()
    {
        SchedulerInput input = machine();
        input.waiting = {job("a", "q", 1, 6), job("b", "q", 2, 4)};
        const Schedule schedule = core(input);
        QCOMPARE(placed(schedule), QStringList{s("a@local")});
        QCOMPARE(waitOf(schedule, "b"),
                 s("Waiting: needs 4 vCPU, 2 of 8 free in compute environment local. Starts when a "
                   "ends, or raise Maximum vCPUs."));
    }

private:
    static Schedule core(const SchedulerInput &input)
    {
        return batchyard::executor::core::schedule(input);
    }
};

QTEST_GUILESS_MAIN(TestScheduler)
#include "tst_scheduler.moc"
