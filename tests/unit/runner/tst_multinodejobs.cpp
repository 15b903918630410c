// Multi-node parallel jobs on a scripted engine.
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

namespace {

QString node(const QString &parent, int index)
{
    return QStringLiteral("%1#%2").arg(parent, QString::number(index));
}

} // namespace

class TestMultiNodeJobs : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_rig = std::make_unique<ScriptedBench>(); }
    void cleanup() { m_rig.reset(); }

    void mainNodeDecides_data();
    void mainNodeDecides();
    void nodesKnowEachOther();
    void nodesStartAfterTheMainNodesNetwork();
    void networkOfAJobThatBeginsMeanwhileStays();
    void failedNodeDoesNotDecide();
    void retryStartsAllNodes();
    void placedWholeOrNotAtAll();
    void terminatesAllNodes();
    void waitsForOtherJobs();
    void goesOnAfterARestart();
    void nodeThatEndedBeforeARestart();
    void lostNodesAreRetriedAfterARestart_data();
    void lostNodesAreRetriedAfterARestart();
    void saysThatItsMainNodeHasEnded();
    void survivesACrashAtEveryCall();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    [[nodiscard]] QString submitNodes(int count, int mainNode = 0, const JobWishes &wishes = {})
    {
        m_rig->engine.setScript(QStringLiteral("a"), runsOn());
        return bench().submitNodes(QList<batch::EcsTaskProperties>(count, taskOf({container("a")})),
                                   mainNode, wishes);
    }
    void finish(const QString &id, int index, int exitCode, int attempt = 1)
    {
        m_rig->engine.finish(bench().dockerName(node(id, index), 0, attempt), exitCode);
    }
    [[nodiscard]] bool allRun(const QString &id, int count)
    {
        for (int i = 0; i < count; ++i) {
            if (bench().status(node(id, i)) != u"RUNNING")
                return false;
        }
        return bench().status(id) == u"RUNNING";
    }

    std::unique_ptr<ScriptedBench> m_rig;
};

void TestMultiNodeJobs::mainNodeDecides_data()
{
    QTest::addColumn<int>("mainNode");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("status");
    QTest::newRow("success") << 0 << 0 << QStringLiteral("SUCCEEDED");
    QTest::newRow("failure") << 0 << 3 << QStringLiteral("FAILED");
    QTest::newRow("another node is the main one") << 2 << 0 << QStringLiteral("SUCCEEDED");
}

void TestMultiNodeJobs::mainNodeDecides()
{
    QFETCH(int, mainNode);
    QFETCH(int, exitCode);
    QFETCH(QString, status);
    const QString id = submitNodes(3, mainNode);
    QTRY_VERIFY(allRun(id, 3));
    finish(id, mainNode, exitCode);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(id), QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING ") + status);
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("Essential container in task exited"));
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(bench().history(node(id, i)),
                 QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING ") + status);
        QCOMPARE(bench().container(node(id, i), 0).exitCode,
                 std::optional(i == mainNode ? exitCode : 143));
        QVERIFY(bench().attempt(node(id, i)).cleaned);
    }
    const executor::AttemptRecord whole = bench().attempt(id);
    QVERIFY(whole.ended && whole.cleaned && whole.startedAt && whole.stoppedAt);
    QVERIFY(whole.containers.isEmpty());
    QCOMPARE(m_rig->engine.containerNames(), QStringList());
}

void TestMultiNodeJobs::nodesKnowEachOther()
{
    const QString id = submitNodes(3, 1);
    QTRY_VERIFY(allRun(id, 3));
    const QString address = bench().attempt(node(id, 1)).address;
    QVERIFY(!address.isEmpty());
    for (int i = 0; i < 3; ++i) {
        const auto environment
            = m_rig->engine.spec(bench().dockerName(node(id, i), 0))->environment;
        const auto has = [&](const char *name, const QString &value) {
            return environment.contains({QString::fromLatin1(name), value});
        };
        QVERIFY(has("AWS_BATCH_JOB_NODE_INDEX", QString::number(i)));
        QVERIFY(has("AWS_BATCH_JOB_MAIN_NODE_INDEX", QStringLiteral("1")));
        QVERIFY(has("AWS_BATCH_JOB_NUM_NODES", QStringLiteral("3")));
        QCOMPARE(has("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", address), i != 1);
    }
    finish(id, 1, 0);
    QTRY_VERIFY(m_rig->isSettled(id));
}

void TestMultiNodeJobs::nodesStartAfterTheMainNodesNetwork()
{
    m_rig->engine.inject(QStringLiteral("start by-"), ScriptedEngine::Fault::HeldUndone, 1);
    const QString id = submitNodes(2);
    QTRY_COMPARE(bench().status(node(id, 0)), QStringLiteral("STARTING"));
    QTRY_VERIFY(m_rig->engine.calls().contains(QStringLiteral("start ")
                                               + bench().dockerName(node(id, 0), -1)));
    QVERIFY(m_rig->engine.calls().filter(bench().dockerName(node(id, 1), -1)).isEmpty());
    QCOMPARE(bench().dispatcher().waitReason(node(id, 1)),
             QStringLiteral("Waits for the main node's address"));
    m_rig->engine.release();
    QTRY_VERIFY(allRun(id, 2));
    finish(id, 0, 0);
    QTRY_VERIFY(m_rig->isSettled(id));
}

// The engine is asked for what a crash left over, and lists it after a job has begun.
void TestMultiNodeJobs::networkOfAJobThatBeginsMeanwhileStays()
{
    bench().dropDispatcher();
    m_rig->engine.inject(QStringLiteral("networks "), ScriptedEngine::Fault::HeldUndone);
    bench().startDispatcher();
    const QString id = submitNodes(2);
    QTRY_VERIFY(allRun(id, 2));
    m_rig->engine.release();
    const QString other = bench().submit(taskOf({container("b")}));
    QTRY_VERIFY(bench().isEnded(other));
    QCOMPARE(m_rig->engine.networkNames().size(), 1);
    finish(id, 0, 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QTRY_COMPARE(m_rig->engine.networkNames().size(), 0);
}

void TestMultiNodeJobs::failedNodeDoesNotDecide()
{
    const QString id = submitNodes(2);
    QTRY_VERIFY(allRun(id, 2));
    finish(id, 1, 7);
    QTRY_VERIFY(bench().attempt(node(id, 1)).ended);
    QCOMPARE(bench().status(id), QStringLiteral("RUNNING"));
    finish(id, 0, 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(node(id, 0)), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(node(id, 1)), QStringLiteral("FAILED"));
}

void TestMultiNodeJobs::retryStartsAllNodes()
{
    const QString id = submitNodes(2, 0, {.retry = batch::RetryStrategy{2, {}, {}}});
    QTRY_VERIFY(allRun(id, 2));
    finish(id, 1, 0);
    QTRY_VERIFY(bench().attempt(node(id, 1)).ended);
    finish(id, 0, 1);
    QTRY_COMPARE(bench().job(id).attempt, 2);
    QTRY_VERIFY(allRun(id, 2));
    finish(id, 0, 0, 2);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().store().attempts(id)->size(), 2);
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(bench().history(node(id, i)),
                 QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING RUNNABLE STARTING RUNNING "
                                "SUCCEEDED"));
        QCOMPARE(bench().store().attempts(node(id, i))->size(), 2);
    }
}

void TestMultiNodeJobs::placedWholeOrNotAtAll()
{
    docker::EngineInfo host;
    host.cpus = 1;
    host.memoryBytes = 8LL << 30;
    m_rig->engine.setInfo(host);
    bench().restartDispatcher();
    const QString two = submitNodes(3); // 0.75 vCPU
    const QString wide = submitNodes(2); // 0.5 vCPU
    QTRY_VERIFY(allRun(two, 3));
    QCOMPARE(bench().status(wide), QStringLiteral("RUNNABLE"));
    QCOMPARE(bench().status(node(wide, 1)), QStringLiteral("RUNNABLE"));
    QVERIFY(!bench().dispatcher().waitReason(node(wide, 1)).isEmpty());
    finish(two, 0, 0);
    QTRY_VERIFY(allRun(wide, 2));
    finish(wide, 0, 0);
    QTRY_VERIFY(m_rig->isSettled(wide));
}

void TestMultiNodeJobs::terminatesAllNodes()
{
    const QString id = submitNodes(3, 0, {.retry = batch::RetryStrategy{3, {}, {}}});
    QTRY_VERIFY(allRun(id, 3));
    QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(id));
    for (const QString &each : {id, node(id, 0), node(id, 2)}) {
        QCOMPARE(bench().status(each), QStringLiteral("FAILED"));
        QCOMPARE(bench().job(each).statusReason, QStringLiteral("enough"));
        QCOMPARE(bench().store().attempts(each)->size(), 1);
    }
}

void TestMultiNodeJobs::waitsForOtherJobs()
{
    m_rig->engine.setScript(QStringLiteral("b"), runsOn());
    const QString first = bench().submit(taskOf({container("b")}));
    const QString id = submitNodes(2, 0, {.dependsOn = {first}});
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(id), QStringLiteral("PENDING"));
    QCOMPARE(bench().status(node(id, 1)), QStringLiteral("PENDING"));
    m_rig->engine.finish(bench().dockerName(first, 0), 1);
    QTRY_VERIFY(m_rig->isSettled(id));
    for (const QString &each : {id, node(id, 0), node(id, 1)}) {
        QCOMPARE(bench().history(each), QStringLiteral("SUBMITTED PENDING FAILED"));
        QCOMPARE(bench().job(each).statusReason, QStringLiteral("Dependent Job failed"));
    }
}

void TestMultiNodeJobs::goesOnAfterARestart()
{
    const QString id = submitNodes(3);
    QTRY_VERIFY(allRun(id, 3));
    bench().restartDispatcher();
    QTRY_VERIFY(bench().dispatcher().containerStates(node(id, 2)).value(0).phase
                == batch::ContainerPhase::Running);
    finish(id, 0, 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
    for (int i = 0; i < 3; ++i)
        QCOMPARE(m_rig->engine.startCount(bench().dockerName(node(id, i), 0)), 1);
}

void TestMultiNodeJobs::nodeThatEndedBeforeARestart()
{
    const QString id = submitNodes(2);
    QTRY_VERIFY(allRun(id, 2));
    finish(id, 1, 4);
    QTRY_VERIFY(bench().attempt(node(id, 1)).cleaned);
    bench().restartDispatcher();
    finish(id, 0, 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(node(id, 1)), QStringLiteral("FAILED"));
}

void TestMultiNodeJobs::lostNodesAreRetriedAfterARestart_data()
{
    QTest::addColumn<bool>("isHostLost");
    QTest::addColumn<QString>("reason");
    QTest::newRow("host") << true << QStringLiteral("Host EC2 (instance i-");
    QTest::newRow("network of the main node")
        << false << QStringLiteral("Host failure: the network of the job was lost");
}

// The executor ends when the main node has and another has not: what it knows of the attempt then
// comes from the store.
void TestMultiNodeJobs::lostNodesAreRetriedAfterARestart()
{
    QFETCH(bool, isHostLost);
    QFETCH(QString, reason);
    const QString id = submitNodes(2, 0, {.retry = batch::RetryStrategy{2, {}, {}}});
    QTRY_VERIFY(allRun(id, 2));
    m_rig->engine.inject(QStringLiteral("stop ") + bench().dockerName(node(id, 1), 0),
                         ScriptedEngine::Fault::HeldUndone);
    if (isHostLost)
        QVERIFY(bench().dispatcher().interrupt(id, false));
    else
        m_rig->engine.finish(bench().dockerName(node(id, 0), -1), 137);
    QTRY_VERIFY(bench().attempt(node(id, 0)).ended);
    QVERIFY(!bench().attempt(node(id, 1)).ended);
    bench().restartDispatcher();
    QTRY_VERIFY(bench().isEnded(id) || bench().job(id).attempt == 2);
    QCOMPARE(bench().job(id).attempt, 2);
    QVERIFY(bench().attempt(id, 1).statusReason.startsWith(reason));
    QTRY_VERIFY(allRun(id, 2));
    finish(id, 0, 0, 2);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
}

// It never ran, so the job is STARTING while the others are stopped.
void TestMultiNodeJobs::saysThatItsMainNodeHasEnded()
{
    Script refused;
    refused.createError = Error{ErrorCode::InvalidInput, QStringLiteral("invalid mount"), {}};
    m_rig->engine.setScript(QStringLiteral("bad"), refused);
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = bench().submitNodes({taskOf({container("bad")}), taskOf({container("a")}),
                                            taskOf({container("bad", true), container("a")})});
    const QString create = QStringLiteral("create ") + bench().dockerName(node(id, 0), 0);
    m_rig->engine.inject(create, ScriptedEngine::Fault::HeldUndone);
    QTRY_COMPARE(bench().status(node(id, 1)), QStringLiteral("RUNNING"));
    QTRY_VERIFY(bench().attempt(node(id, 2)).cleaned);
    QCOMPARE(bench().dispatcher().waitReason(node(id, 2)),
             QStringLiteral("Has ended; its status is settled with the job's"));
    m_rig->engine.inject(QStringLiteral("stop ") + bench().dockerName(node(id, 1), 0),
                         ScriptedEngine::Fault::HeldUndone);
    m_rig->engine.release();
    QTRY_VERIFY(bench().attempt(node(id, 0)).cleaned);
    QCOMPARE(bench().status(id), QStringLiteral("STARTING"));
    QCOMPARE(bench().dispatcher().waitReason(id),
             QStringLiteral("The main node has ended; the others are being stopped (2 of 3 nodes "
                            "have ended)"));
    QCOMPARE(bench().dispatcher().waitReason(node(id, 0)),
             QStringLiteral("Has ended; its status is settled with the job's"));
    m_rig->engine.release();
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("Task failed to start"));
}

// The nth call is the last thing that the executor does, for n = 1, 2, … until it is not reached.
void TestMultiNodeJobs::survivesACrashAtEveryCall()
{
    m_rig.reset();
    int crashes = 0;
    for (int n = 1; n < 200; ++n) {
        ScriptedEngine engine;
        engine.setScript(QStringLiteral("batchyard/pause:1"), runsOn());
        engine.setScript(QStringLiteral("a"), exits(0));
        engine.setScript(QStringLiteral("b"), runsOn());
        CrashAtCall crash(engine, n, ScriptedEngine::Fault::Held);
        RunnerBench crashing(engine);
        crashing.settings().startGrace = std::chrono::milliseconds(10);
        crashing.startDispatcher();
        const QString id
            = crashing.submitNodes({taskOf({container("a")}), taskOf({container("b")})});
        QTRY_VERIFY(crash.hasHappened() || (crashing.isEnded(id) && crashing.isIdle()));
        if (!crash.hasHappened())
            break;
        ++crashes;
        crashing.restartDispatcher();
        const QByteArray where = crash.where();
        QTRY_VERIFY2(crashing.isEnded(id) && crashing.isIdle(), where.constData());
        QVERIFY2(crashing.status(id) == u"SUCCEEDED", where.constData());
        for (int i = 0; i < 2; ++i)
            QVERIFY2(engine.startCount(crashing.dockerName(node(id, i), 0)) <= 1,
                     where.constData());
        QVERIFY2(engine.startCount(crashing.dockerName(node(id, 0), 0)) == 1, where.constData());
        QVERIFY2(engine.containerNames().isEmpty(), where.constData());
    }
    QVERIFY(crashes > 15);
}

QTEST_GUILESS_MAIN(TestMultiNodeJobs)
#include "tst_multinodejobs.moc"
