// Jobs that block their queue for longer than its time limit actions allow, on a scripted engine
// and with a clock that the test moves.
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

class TestTimeLimits : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup() { m_rig.reset(); }

    void cancelsTheHeadThatBlocks();
    void otherReasonsAreNotMeant();
    void theNextOneHasItsOwnTime();
    void theTimeOutlivesTheExecutor();
    void theTimeGoesOnWhileTheEngineIsAway();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    void limit(const char *reason)
    {
        batch::JobQueue queue = RunnerBench::queue(QStringLiteral("q"), QStringLiteral("ce"));
        queue.jobStateTimeLimitActions = {{QString::fromLatin1(reason),
                                           QStringLiteral("RUNNABLE"),
                                           600,
                                           QStringLiteral("CANCEL"),
                                           {}}};
        bench().put(queue);
    }
    // More memory than this machine has, which the engine tells.
    [[nodiscard]] QString submitAboveHost()
    {
        batch::EcsTaskProperties task = taskOf({container("a")});
        task.containers[0].resourceRequirements[1].value = QStringLiteral("16000");
        return bench().submit(task);
    }
    // More vCPUs than the compute environment may ever have.
    [[nodiscard]] QString submitTooLarge()
    {
        batch::EcsTaskProperties task = taskOf({container("a")});
        task.containers[0].resourceRequirements[0].value = QStringLiteral("64");
        return bench().submit(task);
    }
    void pass(std::chrono::seconds time)
    {
        *m_offset += time;
        bench().dispatcher().resourcesChanged(); // looks at the clock
    }

    std::shared_ptr<std::chrono::milliseconds> m_offset;
    std::unique_ptr<ScriptedBench> m_rig;
};

void TestTimeLimits::init()
{
    m_rig = std::make_unique<ScriptedBench>();
    m_offset = std::make_shared<std::chrono::milliseconds>(0);
    bench().dropDispatcher();
    bench().settings().clock = [offset = m_offset] { return executor::systemNow() + *offset; };
    bench().startDispatcher();
    bench().setHostVcpus(4);
    QTRY_VERIFY(bench().dispatcher().engineStatus().reachable);
}

void TestTimeLimits::cancelsTheHeadThatBlocks()
{
    limit("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE");
    const QString id = submitTooLarge();
    const QString behind = bench().submit(taskOf({container("b")}));
    QTRY_VERIFY2(bench().dispatcher().blockedStatusReason(id).startsWith(
                     u"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
                 qPrintable(bench().dispatcher().blockedStatusReason(id)));
    pass(std::chrono::seconds(590));
    QTest::qWait(0);
    QCOMPARE(bench().status(id), QStringLiteral("RUNNABLE"));
    QCOMPARE(bench().status(behind), QStringLiteral("RUNNABLE"));
    pass(std::chrono::seconds(11));
    QTRY_COMPARE(bench().status(id), QStringLiteral("FAILED"));
    QCOMPARE(bench().job(id).statusReason,
             QStringLiteral("Canceled by JobStateTimeLimit action due to reason: "
                            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"));
    QVERIFY(bench().job(id).cancelRequested);
    QTRY_VERIFY(m_rig->isSettled(behind));
    QCOMPARE(bench().status(behind), QStringLiteral("SUCCEEDED"));
}

void TestTimeLimits::otherReasonsAreNotMeant()
{
    limit("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY");
    const QString id = submitTooLarge();
    QTRY_VERIFY(!bench().dispatcher().blockedStatusReason(id).isEmpty());
    pass(std::chrono::hours(2));
    QTest::qWait(0);
    QCOMPARE(bench().status(id), QStringLiteral("RUNNABLE"));
    QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QVERIFY(bench().isEnded(id));
}

void TestTimeLimits::theNextOneHasItsOwnTime()
{
    limit("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE");
    const QString first = submitTooLarge();
    const QString second = submitTooLarge();
    QTRY_VERIFY(!bench().dispatcher().blockedStatusReason(first).isEmpty());
    pass(std::chrono::seconds(601));
    QTRY_COMPARE(bench().status(first), QStringLiteral("FAILED"));
    QTRY_VERIFY(!bench().dispatcher().blockedStatusReason(second).isEmpty());
    QCOMPARE(bench().status(second), QStringLiteral("RUNNABLE"));
    pass(std::chrono::seconds(601));
    QTRY_COMPARE(bench().status(second), QStringLiteral("FAILED"));
}

void TestTimeLimits::theTimeOutlivesTheExecutor()
{
    limit("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE");
    const QString id = submitTooLarge();
    QTRY_VERIFY(!bench().dispatcher().blockedStatusReason(id).isEmpty());
    for (int i = 0; i < 3; ++i) {
        pass(std::chrono::seconds(180));
        bench().restartDispatcher();
        QTRY_VERIFY(!bench().dispatcher().blockedStatusReason(id).isEmpty());
        QCOMPARE(bench().status(id), QStringLiteral("RUNNABLE"));
    }
    bench().dropDispatcher();
    *m_offset += std::chrono::seconds(61);
    bench().startDispatcher();
    QTRY_COMPARE(bench().status(id), QStringLiteral("FAILED"));
    QTRY_VERIFY(bench().store().blockedHeads()->isEmpty());
}

void TestTimeLimits::theTimeGoesOnWhileTheEngineIsAway()
{
    bench().setHostVcpus(1000);
    limit("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT");
    const QString id = submitAboveHost();
    QTRY_VERIFY2(bench().dispatcher().blockedStatusReason(id).startsWith(
                     u"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
                 qPrintable(bench().dispatcher().waitReason(id)));
    m_rig->engine.setReachable(false);
    bench().restartDispatcher();
    QTRY_VERIFY(bench().dispatcher().engineStatus().unreachableSince);
    QVERIFY(bench().dispatcher().blockedStatusReason(id).isEmpty());
    pass(std::chrono::seconds(601));
    QTest::qWait(0);
    QCOMPARE(bench().status(id), QStringLiteral("RUNNABLE")); // what it waits for is not known
    m_rig->engine.setReachable(true);
    QTRY_COMPARE(bench().status(id), QStringLiteral("FAILED"));
}

QTEST_GUILESS_MAIN(TestTimeLimits)
#include "tst_timelimits.moc"
