// What becomes of running jobs when the Docker daemon is killed, stopped, frozen and comes back,
// its disk is full, or somebody else handles their containers. Named after the fault matrix.
#include "backend/docker/httpengine.h"
#include "backend/net/httpclient.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"
#include "tests/support/text.h"
#include "tests/unit/runner/runnerbench.h"

using namespace batchyard;
using namespace batchyard::test;

namespace {

constexpr int limitMs = 90'000;
constexpr qint64 longestLagMs = 500; // a window stays alive with 100 ms; this machine is shared
constexpr qint64 smallDisk = 48LL << 20;

// Prints numbered lines until the file /stop/x is there, then ends with 7.
TestContainer counter()
{
    return {text("main"),
            shell(text("i=0; while [ ! -e /stop/x ]; do i=$((i+1)); echo $i; sleep 0.02; done; "
                       "exit 7"))};
}

// How long the event loop was kept from turning.
class LagMeter
{
public:
    LagMeter()
    {
        m_since.start();
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer,
                         [this] { m_longest = std::max(m_longest, m_since.restart()); });
        m_timer.start(1);
    }
    [[nodiscard]] qint64 longestMs() const { return m_longest; }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_longest = 0;
};

} // namespace

class TestEngineFaults : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void F15_killedDaemonWithLiveRestore();
    void F14_killedDaemonEndsItsContainers();
    void F14_stoppedDaemonEndsItsContainers();
    void F16_frozenDaemonChangesNothing();
    void F15_exitWhileTheDaemonIsAway();
    void F14_engineRestartIsTriedAgain();
    void F18_removedWhileNobodyLooked();
    void F19_pausedFromOutside();
    void F19_startedAgainFromOutside();
    void F21_unknownUser();
    void F24_fullDiskOfTheEngine();

private:
    void startEngine(PrivateEngine::LiveRestore liveRestore);
    void startEngine();
    [[nodiscard]] QString submitCounter();
    void letItEnd() { QVERIFY(QFile(m_stop->filePath(text("x"))).open(QIODevice::WriteOnly)); }
    // The counter's lines; behind them the line about those that nobody has read, if there is one.
    void verifyLinesInOrder(const QString &id);
    [[nodiscard]] bool isEndMarked(const QString &id)
    {
        const QStringList lines = m_bench->lines(id, 0);
        return !lines.isEmpty() && lines.last().contains(u"its last lines may be missing");
    }
    // A call that the executor does not make.
    [[nodiscard]] bool post(const QString &name, const char *action);
    [[nodiscard]] QString submitShell(const char *script, const RunnerBench::Wishes &wishes = {});

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
    startEngine();
}

void TestEngineFaults::startEngine()
{
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
    QStringList lines = m_bench->lines(id, 0);
    if (isEndMarked(id))
        lines.removeLast();
    for (int i = 0; i < lines.size(); ++i)
        QCOMPARE(lines.at(i), QString::number(i + 1));
}

void TestEngineFaults::F15_killedDaemonWithLiveRestore()
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
    QVERIFY(!isEndMarked(id));
}

void TestEngineFaults::F14_killedDaemonEndsItsContainers()
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
    QCOMPARE(m_bench->job(id).statusReason, text("Docker engine restarted"));
    QCOMPARE(m_bench->attempt(id).statusReason, text("Docker engine restarted"));
    verifyLinesInOrder(id);
    QVERIFY(isEndMarked(id)); // it went on until the daemon came back
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
}

void TestEngineFaults::F14_stoppedDaemonEndsItsContainers()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitCounter();
    m_daemon->stop();
    QVERIFY(m_daemon->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, text("Docker engine restarted"));
    verifyLinesInOrder(id);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
}

void TestEngineFaults::F16_frozenDaemonChangesNothing()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitCounter();
    LagMeter lag;
    m_daemon->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->dispatcher().engineStatus().reachable, limitMs);
    QCOMPARE(m_bench->status(id), text("RUNNING"));
    QVERIFY2(lag.longestMs() < longestLagMs, qPrintable(QString::number(lag.longestMs())));
    letItEnd();
    m_daemon->thaw();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(7));
    verifyLinesInOrder(id);
    QVERIFY(!isEndMarked(id)); // what it printed has waited
}

void TestEngineFaults::F15_exitWhileTheDaemonIsAway()
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
    QVERIFY2(isEndMarked(id), qPrintable(m_bench->lines(id, 0).mid(5).join(u'|')));
}

bool TestEngineFaults::post(const QString &name, const char *action)
{
    net::HttpRequest request;
    request.method = "POST";
    request.url = "http://docker/v1.41/containers/" + name.toUtf8() + '/' + action;
    request.unixSocket = m_daemon->socketPath();
    net::HttpClient client;
    const auto reply = await(client.send(request));
    return reply && reply->status == 204;
}

QString TestEngineFaults::submitShell(const char *script, const RunnerBench::Wishes &wishes)
{
    return m_bench->submit(taskOf({{text("main"), shell(text(script))}}), wishes);
}

void TestEngineFaults::F14_engineRestartIsTriedAgain()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    // The first attempt runs until the engine ends it, the second is done at once.
    const QString id = submitShell("[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 1000; echo again",
                                   {.retry = batch::RetryStrategy{2, {}, {}}});
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), limitMs);
    m_daemon->kill();
    QVERIFY(m_daemon->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->container(id, 0, 1).exitCode, std::optional(137));
    QCOMPARE(m_bench->attempt(id, 1).statusReason, text("Docker engine restarted"));
    QCOMPARE(m_bench->lines(id, 0, 2), QStringList{text("again")});
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
}

void TestEngineFaults::F18_removedWhileNobodyLooked()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitShell("echo kept; sleep 1000");
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->lines(id, 0).size(), 1, limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), limitMs);
    m_bench->dropDispatcher();
    QVERIFY(await(m_engine->removeContainer(m_bench->dockerName(id, 0), true)));
    m_bench->startDispatcher();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional<int>());
    QVERIFY2(m_bench->container(id, 0).error.startsWith(u"ContainerVanishedError: "),
             qPrintable(m_bench->container(id, 0).error));
    QCOMPARE(m_bench->lines(id, 0).value(0), text("kept"));
}

void TestEngineFaults::F19_pausedFromOutside()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = submitCounter();
    const QString name = m_bench->dockerName(id, 0);
    QVERIFY(post(name, "pause"));
    // It is looked at several times, and by a new executor, and stays what it is.
    m_bench->restartDispatcher();
    QTest::qWait(1500);
    QCOMPARE(m_bench->status(id), text("RUNNING"));
    QVERIFY(post(name, "unpause"));
    letItEnd();
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(7));
    verifyLinesInOrder(id);
}

// A container that has ended and that somebody starts again is not the attempt's any more: it is
// ended with the job, and its first exit code stands.
void TestEngineFaults::F19_startedAgainFromOutside()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    const QString id = m_bench->submit(taskOf(
        {{text("init"), shell(text("[ ! -e /ran ] || sleep 1000; touch /ran; exit 5")), false},
         {text("main"), shell(text("sleep 3")), true, {onComplete(text("init"))}}}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), limitMs);
    QVERIFY(post(m_bench->dockerName(id, 0), "start"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(5));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
    QCOMPARE(await(m_engine->listContainers({}))->size(), 0);
}

void TestEngineFaults::F21_unknownUser()
{
    startEngine(PrivateEngine::LiveRestore::Off);
    batch::EcsTaskProperties task = taskOf({{text("main"), shell(text("true"))}});
    task.containers[0].user = text("nobody-of-that-name");
    const QString id = m_bench->submit(task);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), limitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, text("Task failed to start"));
    QVERIFY2(m_bench->container(id, 0).error.startsWith(u"CannotStartContainerError: "),
             qPrintable(m_bench->container(id, 0).error));
    QVERIFY(m_bench->container(id, 0).error.contains(u"nobody-of-that-name"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(128));
}

// Jobs fail with the daemon's words, one attempt each, and go again once there is room.
void TestEngineFaults::F24_fullDiskOfTheEngine()
{
    m_daemon = std::make_unique<PrivateEngine>();
    m_daemon->setDiskSize(smallDisk);
    startEngine();
    const QString before = submitShell("exit 0");
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(before), limitMs);
    QCOMPARE(m_bench->status(before), text("SUCCEEDED"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);

    QVERIFY(m_daemon->fillDisk());
    const QString during = submitShell("exit 0");
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(during), limitMs);
    QCOMPARE(m_bench->status(during), text("FAILED"));
    const QString words = m_bench->job(during).statusReason + m_bench->container(during, 0).error;
    QVERIFY2(words.contains(u"no space left on device"), qPrintable(words));
    QCOMPARE(m_bench->store().attempts(during)->size(), 1);

    QVERIFY(m_daemon->freeDisk());
    const QString after = submitShell("exit 0");
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(after), limitMs);
    QCOMPARE(m_bench->status(after), text("SUCCEEDED"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), limitMs);
    QCOMPARE(await(m_engine->listContainers({}))->size(), 0);
}

QTEST_GUILESS_MAIN(TestEngineFaults)
#include "tst_enginefaults.moc"
