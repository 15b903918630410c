// What becomes of running jobs when the Docker daemon is killed, stopped, frozen and comes back.
#include "backend/docker/httpengine.h"
#include "tests/support/engine/privateengine.h"
#include "tests/unit/runner/runnerbench.h"

using namespace batchyard;
using namespace batchyard::test;

namespace {

constexpr int limitMs = 90'000;

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

// Prints numbered lines until the file /stop/x is there, then ends with 7.
TestContainer counter()
{
    return {text("main"),
            shell(text("i=0; while [ ! -e /stop/x ]; do i=$((i+1)); echo $i; sleep 0.02; done; "
                       "exit 7"))};
}

} // namespace

class TestEngineFaults : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void killedDaemonWithLiveRestore();
    void killedDaemonEndsItsContainers();
    void stoppedDaemonEndsItsContainers();
    void frozenDaemonChangesNothing();
    void exitWhileTheDaemonIsAway();

private:
    void startEngine(PrivateEngine::LiveRestore liveRestore);
    [[nodiscard]] QString submitCounter();
    void letItEnd() { QVERIFY(QFile(m_stop->filePath(text("x"))).open(QIODevice::WriteOnly)); }
    void verifyLinesInOrder(const QString &id);

    std::unique_ptr<PrivateEngine> m_daemon;
    std::unique_ptr<docker::HttpEngine> m_engine;
    std::unique_ptr<RunnerBench> m_bench;
    std::unique_ptr<QTemporaryDir> m_stop;
};

void TestEngineFaults::init()
{
    m_stop = std::make_unique<QTemporaryDir>();
}

void TestEngineFaults::cleanup()
{
    m_bench.reset();
    m_engine.reset();
    m_daemon.reset();
}

void TestEngineFaults::startEngine(PrivateEngine::LiveRestore liveRestore)
{
    m_daemon = std::make_unique<PrivateEngine>(liveRestore);
    const auto started = m_daemon->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error().detail));
    QVERIFY(m_daemon->importTiny());
    m_engine = std::make_unique<docker::HttpEngine>(m_daemon->socketPath());
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_bench->useBundledImages();
    m_bench->startDispatcher();
}

QString TestEngineFaults::submitCounter()
{
    batch::EcsTaskProperties task = taskOf({counter()});
    task.volumes = {{text("stop"), batch::Host{m_stop->path(), {}}, {}, {}}};
    task.containers[0].mountPoints = {{text("stop"), text("/stop"), {}, {}}};
    const QString id = m_bench->submit(task);
    if (!QTest::qWaitFor([&] { return m_bench->lines(id, 0).size() > 5; }, limitMs))
        qWarning("The container prints nothing.");
    return id;
}

void TestEngineFaults::verifyLinesInOrder(const QString &id)
{
    const QStringList lines = m_bench->lines(id, 0);
    for (int i = 0; i < lines.size(); ++i)
        QCOMPARE(lines.at(i), QString::number(i + 1));
}

void TestEngineFaults::killedDaemonWithLiveRestore()
{
    startEngine(PrivateEngine::LiveRestore::On);
    const QString id = submitCounter();
    QCOMPARE(m_bench->status(id), text("RUNNING"));
    m_daemon->kill();
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->dispatcher().engineStatus().reachable, limitMs);
    QVERIFY(!m_bench->dispatcher().engineStatus().problem.isEmpty());
    QVERIFY(m_daemon->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->dispatcher().engineStatus().reachable, limitMs);
    QCOMPARE(m_bench->status(id), text("RUNNING"));
    const auto before = m_bench->lines(id, 0).size();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->lines(id, 0).size() > before + 5, limitMs);
    letItEnd();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(7));
    verifyLinesInOrder(id);
}

void TestEngineFaults::killedDaemonEndsItsContainers()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitCounter();
    m_daemon->kill();
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->dispatcher().engineStatus().reachable, limitMs);
    QCOMPARE(m_bench->status(id), text("RUNNING"));
    QVERIFY(m_daemon->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(137));
    QVERIFY2(m_bench->container(id, 0).error.startsWith(u"DockerStateError: The Docker engine"),
             qPrintable(m_bench->container(id, 0).error));
    verifyLinesInOrder(id);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
}

void TestEngineFaults::stoppedDaemonEndsItsContainers()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitCounter();
    m_daemon->stop();
    QVERIFY(m_daemon->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    verifyLinesInOrder(id);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
}

void TestEngineFaults::frozenDaemonChangesNothing()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitCounter();
    m_daemon->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->dispatcher().engineStatus().reachable, limitMs);
    QCOMPARE(m_bench->status(id), text("RUNNING"));
    letItEnd();
    m_daemon->thaw();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(7));
    verifyLinesInOrder(id);
}

void TestEngineFaults::exitWhileTheDaemonIsAway()
{
    startEngine(PrivateEngine::LiveRestore::On);
    const QString id = submitCounter();
    m_daemon->kill();
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->dispatcher().engineStatus().reachable, limitMs);
    letItEnd();
    QVERIFY(m_daemon->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(7));
    verifyLinesInOrder(id);
}

QTEST_GUILESS_MAIN(TestEngineFaults)
#include "tst_enginefaults.moc"
