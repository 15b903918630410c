// F25: the wall clock jumps, as after a suspend, a change of the time zone's rules on a machine
// that keeps local time, or a wrong time server. Timeouts go by a clock that does not, and no time
// of a job lies before the one that came first.
#include "tests/support/engine/scriptedengine.h"
#include "tests/support/text.h"
#include "tests/unit/runner/runnerbench.h"

using namespace batchyard;
using namespace batchyard::test;
using namespace std::chrono_literals;

class TestClockJumps : public QObject
{
    Q_OBJECT
private slots:
    void F25_aJumpEndsNothing_data();
    void F25_aJumpEndsNothing();
    void F25_aJumpStartsNoTimeout();
    void F25_timesStayInOrder_data();
    void F25_timesStayInOrder();
};

void TestClockJumps::F25_aJumpEndsNothing_data()
{
    QTest::addColumn<qint64>("jumpSeconds");
    QTest::addColumn<bool>("thenRestarts");
    QTest::newRow("two hours on") << qint64(7200) << false;
    QTest::newRow("two hours back") << qint64(-7200) << false;
    QTest::newRow("an hour back, and a new executor") << qint64(-3600) << true;
    QTest::newRow("ten years back, and a new executor") << qint64(-315'360'000) << true;
}

// A job with a time limit of a minute is neither ended at once nor given more than its minute.
void TestClockJumps::F25_aJumpEndsNothing()
{
    QFETCH(qint64, jumpSeconds);
    QFETCH(bool, thenRestarts);
    auto offset = std::make_shared<std::chrono::milliseconds>(0);
    ScriptedEngine engine;
    Script serves;
    serves.runsOn = true;
    engine.setScript(text("batchyard/pause:1"), serves);
    engine.setScript(text("serves"), serves);
    RunnerBench bench(engine);
    bench.settings().clock = [offset] { return executor::systemNow() + *offset; };
    bench.startDispatcher();
    const QString id
        = bench.submit(taskOf({{text("main"), {text("serves")}}}), {.timeoutSeconds = 2});
    QTRY_COMPARE(bench.status(id), text("RUNNING"));
    QElapsedTimer running;
    running.start();
    *offset = std::chrono::seconds(jumpSeconds);
    if (thenRestarts)
        bench.restartDispatcher();
    QTRY_VERIFY_WITH_TIMEOUT(bench.isEnded(id), 20'000);
    QVERIFY2(running.elapsed() >= 1500, qPrintable(QString::number(running.elapsed())));
    QCOMPARE(bench.job(id).statusReason, text("Job attempt duration exceeded timeout"));
}

// Nor does a dependency's startTimeout of a minute end at once.
void TestClockJumps::F25_aJumpStartsNoTimeout()
{
    auto offset = std::make_shared<std::chrono::milliseconds>(0);
    ScriptedEngine engine;
    Script serves;
    serves.runsOn = true;
    engine.setScript(text("batchyard/pause:1"), serves);
    engine.setScript(text("serves"), serves);
    RunnerBench bench(engine);
    bench.settings().clock = [offset] { return executor::systemNow() + *offset; };
    bench.startDispatcher();
    batch::EcsTaskProperties task
        = taskOf({{text("first"), {text("serves")}, false},
                  {text("main"), {text("prints")}, true, {onSuccess(text("first"))}},
                  {text("other"), {text("serves")}, false}});
    task.containers.first().startTimeout = 60;
    const QString id = bench.submit(task);
    QTRY_VERIFY(bench.container(id, 0).startedAt && bench.container(id, 2).startedAt);
    *offset = 2h;
    engine.finish(bench.dockerName(id, 2), 0); // so that the first one is looked at
    QTRY_VERIFY(bench.container(id, 2).stoppedAt);
    engine.finish(bench.dockerName(id, 0), 0);
    QTRY_VERIFY(bench.isEnded(id));
    QCOMPARE(bench.status(id), text("SUCCEEDED"));
}

void TestClockJumps::F25_timesStayInOrder_data()
{
    QTest::addColumn<qint64>("jumpSeconds");
    QTest::newRow("two hours on") << qint64(7200);
    QTest::newRow("two hours back") << qint64(-7200);
}

void TestClockJumps::F25_timesStayInOrder()
{
    QFETCH(qint64, jumpSeconds);
    auto offset = std::make_shared<std::chrono::milliseconds>(0);
    ScriptedEngine engine;
    Script serves;
    serves.runsOn = true;
    engine.setScript(text("batchyard/pause:1"), serves);
    engine.setScript(text("serves"), serves);
    // The engine is on the same machine: its clock jumps with ours.
    engine.setClock([offset] { return docker::Timestamp(executor::systemNow() + *offset); });
    RunnerBench bench(engine);
    bench.settings().clock = [offset] { return executor::systemNow() + *offset; };
    bench.startDispatcher();
    const QString id = bench.submit(taskOf({{text("main"), {text("serves")}}}));
    QTRY_COMPARE(bench.status(id), text("RUNNING"));
    *offset = std::chrono::seconds(jumpSeconds);
    engine.finish(bench.dockerName(id, 0), 0);
    QTRY_VERIFY(bench.isEnded(id) && bench.isIdle());
    QCOMPARE(bench.status(id), text("SUCCEEDED"));
    const executor::JobRecord job = bench.job(id);
    QVERIFY(job.startedAt && job.stoppedAt);
    QVERIFY(job.createdAt <= *job.startedAt);
    QVERIFY(*job.startedAt <= *job.stoppedAt);
    const executor::AttemptRecord attempt = bench.attempt(id);
    QVERIFY(*attempt.startedAt <= *attempt.stoppedAt);
    const auto container = bench.container(id, 0);
    QVERIFY(*container.startedAt <= *container.stoppedAt);
}

QTEST_GUILESS_MAIN(TestClockJumps)
#include "tst_clockjumps.moc"
