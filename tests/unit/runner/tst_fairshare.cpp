// Fair share over a restart of the executor, on a scripted engine and with a clock that the test
// moves.
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

class TestFairShare : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup() { m_rig.reset(); }

    void whatWasUsedCountsAfterARestart_data();
    void whatWasUsedCountsAfterARestart();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    [[nodiscard]] QString submit(const QString &share, int nodes = 0)
    {
        const JobWishes wishes{.queue = QStringLiteral("fair"), .share = share};
        const batch::EcsTaskProperties task = taskOf({container("a")});
        return nodes == 0
            ? bench().submit(task, wishes)
            : bench().submitNodes(QList<batch::EcsTaskProperties>(nodes, task), 0, wishes);
    }
    void run(const QString &share, std::chrono::seconds time, int nodes)
    {
        const QString id = submit(share, nodes);
        QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
        *m_offset += time;
        const QString main = nodes == 0 ? id : id + QStringLiteral("#0");
        m_rig->engine.finish(bench().dockerName(main, 0), 0);
        QTRY_VERIFY(m_rig->isSettled(id));
    }

    std::shared_ptr<std::chrono::milliseconds> m_offset;
    std::unique_ptr<ScriptedBench> m_rig;
};

void TestFairShare::init()
{
    m_rig = std::make_unique<ScriptedBench>();
    m_offset = std::make_shared<std::chrono::milliseconds>(0);
    bench().dropDispatcher();
    bench().settings().clock = [offset = m_offset] { return executor::systemNow() + *offset; };
    bench().startDispatcher();
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    batch::SchedulingPolicy policy;
    policy.name = QStringLiteral("policy");
    policy.fairsharePolicy.emplace();
    policy.fairsharePolicy->shareDecaySeconds = 3600;
    bench().put(policy);
    batch::JobQueue queue = RunnerBench::queue(QStringLiteral("fair"), QStringLiteral("ce"));
    queue.schedulingPolicyArn
        = QStringLiteral("arn:aws:batch:us-east-1:1:scheduling-policy/policy");
    bench().put(queue);
}

void TestFairShare::whatWasUsedCountsAfterARestart_data()
{
    QTest::addColumn<int>("nodes"); // of the first share's job; 0: a single one
    QTest::addColumn<int>("secondsOfFirst");
    QTest::addColumn<int>("secondsOfSecond");
    QTest::addColumn<int>("secondsSince");
    QTest::addColumn<bool>("firstIsNext");
    QTest::newRow("more by the first") << 0 << 600 << 60 << 0 << false;
    QTest::newRow("more by the second") << 0 << 60 << 600 << 0 << true;
    QTest::newRow("two nodes count twice") << 2 << 600 << 900 << 0 << false;
    QTest::newRow("longer ago than the window") << 0 << 600 << 60 << 3700 << true;
}

// The first share's next job was submitted before the second's.
void TestFairShare::whatWasUsedCountsAfterARestart()
{
    QFETCH(int, nodes);
    QFETCH(int, secondsOfFirst);
    QFETCH(int, secondsOfSecond);
    QFETCH(int, secondsSince);
    QFETCH(bool, firstIsNext);
    run(QStringLiteral("first"), std::chrono::seconds(secondsOfFirst), nodes);
    run(QStringLiteral("second"), std::chrono::seconds(secondsOfSecond), 0);
    *m_offset += std::chrono::seconds(secondsSince);
    bench().setHostVcpus(0);
    const QString first = submit(QStringLiteral("first"));
    const QString second = submit(QStringLiteral("second"));
    QTRY_COMPARE(bench().status(second), QStringLiteral("RUNNABLE"));
    bench().restartDispatcher();
    QTRY_VERIFY(bench().dispatcher().engineStatus().reachable);
    const auto front = [this] {
        QStringList ids;
        for (const auto &entry : bench().dispatcher().queueSnapshot(QStringLiteral("fair")).front)
            ids.append(entry.jobId);
        return ids;
    };
    const QStringList expected
        = firstIsNext ? QStringList{first, second} : QStringList{second, first};
    QTRY_COMPARE(front(), expected);
    for (const QString &id : expected)
        QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(first) && m_rig->isSettled(second));
}

QTEST_GUILESS_MAIN(TestFairShare)
#include "tst_fairshare.moc"
