// Array jobs, multi-node jobs and lost Spot capacity on a real Docker daemon.
#include "backend/executor/runner/containernames.h"
#include "tests/docker/daemontest.h"

using namespace batchyard;
using namespace batchyard::test;

namespace {

QString child(const QString &parent, int index)
{
    return QStringLiteral("%1:%2").arg(parent, QString::number(index));
}

QString node(const QString &parent, int index)
{
    return QStringLiteral("%1#%2").arg(parent, QString::number(index));
}

batch::EcsTaskProperties script(const char *commands)
{
    return taskOf({{text("main"), shell(text(commands))}});
}

} // namespace

class TestJobGroups : public JobTest
{
    Q_OBJECT

private slots:
    void arrayOfTwenty();
    void childrenOneAfterTheOther();
    void childAfterChildOfAnotherArray();
    void nodesReachTheMainNode_data();
    void nodesReachTheMainNode();
    void lostSpotInstanceIsRetried();
};

void TestJobGroups::arrayOfTwenty()
{
    const QString id = m_bench->submit(
        script("echo $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ID"), {.arraySize = 20});
    QVERIFY(ends(id));
    QCOMPARE(m_bench->history(id), text("SUBMITTED PENDING SUCCEEDED"));
    for (int i = 0; i < 20; ++i) {
        QCOMPARE(m_bench->status(child(id, i)), text("SUCCEEDED"));
        QCOMPARE(m_bench->lines(child(id, i), 0),
                 QStringList{QStringLiteral("%1 of %2").arg(QString::number(i), child(id, i))});
    }
}

void TestJobGroups::childrenOneAfterTheOther()
{
    const QString id
        = m_bench->submit(script("test $AWS_BATCH_JOB_ARRAY_INDEX != 2"),
                          {.arraySize = 4, .typedDependencies = {{{}, text("SEQUENTIAL"), {}}}});
    QVERIFY(ends(id));
    QCOMPARE(m_bench->job(id).statusReason, text("Array Child Job failed"));
    for (int i = 1; i < 3; ++i)
        QVERIFY(m_bench->job(child(id, i)).startedAt >= m_bench->job(child(id, i - 1)).stoppedAt);
    QCOMPARE(m_bench->status(child(id, 1)), text("SUCCEEDED"));
    QCOMPARE(m_bench->job(child(id, 2)).statusReason, text("Essential container in task exited"));
    QCOMPARE(m_bench->job(child(id, 3)).statusReason, text("Dependent Job failed"));
}

void TestJobGroups::childAfterChildOfAnotherArray()
{
    const QString first
        = m_bench->submit(script("test $AWS_BATCH_JOB_ARRAY_INDEX != 1"), {.arraySize = 3});
    const QString second = m_bench->submit(
        script("echo after"), {.arraySize = 3, .typedDependencies = {{first, text("N_TO_N"), {}}}});
    QVERIFY(ends(first) && ends(second));
    for (int i : {0, 2}) {
        QCOMPARE(m_bench->status(child(second, i)), text("SUCCEEDED"));
        QVERIFY(m_bench->job(child(second, i)).startedAt
                >= m_bench->job(child(first, i)).stoppedAt);
    }
    QCOMPARE(m_bench->job(child(second, 1)).statusReason, text("Dependent Job failed"));
}

void TestJobGroups::nodesReachTheMainNode_data()
{
    QTest::addColumn<QString>("network");
    QTest::newRow("on the bridge") << text("bridge");
    QTest::newRow("isolated") << text("none");
}

void TestJobGroups::nodesReachTheMainNode()
{
    QFETCH(QString, network);
    const auto other = script("until nc $AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS "
                              "700$AWS_BATCH_JOB_NODE_INDEX; do sleep 0.05; done; "
                              "while :; do sleep 0.05; done");
    const QString id = m_bench->submitNodes(
        {script(
             "echo $AWS_BATCH_JOB_NODE_INDEX of $AWS_BATCH_JOB_NUM_NODES; "
             "for p in 7001 7002; do nc -l -p $p -e echo hello from main & done; wait; sleep 0.3"),
         other, other},
        0, {.tags = {{text("batchyard:network"), network}}});
    QVERIFY(ends(id));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->lines(node(id, 0), 0), QStringList{text("0 of 3")});
    for (int i = 1; i < 3; ++i) {
        QCOMPARE(m_bench->lines(node(id, i), 0), QStringList{text("hello from main")});
        QCOMPARE(m_bench->status(node(id, i)), text("SUCCEEDED"));
    }
    const QString name = executor::nodeNetworkName(m_bench->store().installId(), id);
    QTRY_VERIFY_WITH_TIMEOUT(!await(m_engine->inspectNetwork(name)), 30'000);
}

void TestJobGroups::lostSpotInstanceIsRetried()
{
    m_bench->put(RunnerBench::environment(text("spot"), 16, text("SPOT")));
    m_bench->put(RunnerBench::queue(text("sq"), text("spot")));
    const batch::RetryStrategy onHostLoss{
        2,
        {{text("Host EC2*"), {}, {}, text("RETRY"), {}}, {{}, text("*"), {}, text("EXIT"), {}}},
        {}};
    const QString id = m_bench->submit(
        script("trap 'echo saved; exit 0' TERM; echo $AWS_BATCH_JOB_ATTEMPT; "
               "test $AWS_BATCH_JOB_ATTEMPT = 2 && exit 0; while :; do sleep 0.05; done"),
        {.retry = onHostLoss, .queue = text("sq")});
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->lines(id, 0), QStringList{text("1")}, 60'000);
    const QString instance = m_bench->attempt(id).instanceId;
    QVERIFY(m_bench->dispatcher().interrupt(id, true));
    QVERIFY(ends(id));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->attempt(id, 1).statusReason,
             QStringLiteral("Host EC2 (instance %1) terminated.").arg(instance));
    QCOMPARE(m_bench->lines(id, 0), QStringList({text("1"), text("saved")}));
    QCOMPARE(m_bench->lines(id, 0, 2), QStringList{text("2")});
    QVERIFY(m_bench->attempt(id, 2).instanceId != instance);
}

QTEST_GUILESS_MAIN(TestJobGroups)
#include "tst_jobgroups.moc"
