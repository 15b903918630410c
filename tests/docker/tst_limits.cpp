// Containers that take more than they should, on a real daemon: memory, processes, output. None of
// it harms anything but the job.
#include "tests/docker/daemontest.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>

using namespace batchyard;
using namespace batchyard::test;

namespace {

// Of this process, in bytes.
qint64 residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * 4096;
}

} // namespace

class TestLimits : public AttemptTest
{
    Q_OBJECT

private slots:
    void F32_childOutOfMemory();
    void F32_forkBomb();
    void F31_flood_data();
    void F31_flood();
    void F19_pausedFromOutside();
    void F21_unknownUser();
    void rootCauseOfAMissingImage();
    void diamondStopsFromTheTop();
    void termIsIgnoredAtATimeout();
    void F23_logDiskIsFull();

private:
    executor::RunnerSettings settings() const override
    {
        executor::RunnerSettings settings = quickSettings();
        settings.logLimit = 8 * 1024 * 1024;
        return settings;
    }
};

// The exit code is the process's own, the reason is memory.
void TestLimits::F32_childOutOfMemory()
{
    const QString id = m_bench->run(
        taskOf({container("main", "sh -c 'x=a; while :; do x=$x$x; done'; exit 3")}));
    QVERIFY(!m_bench->outcome(id).succeeded);
    const auto state = m_bench->container(id, 0);
    // With cgroup 2 the kernel may end the whole group, the first process too.
    QVERIFY(state.exitCode == 3 || state.exitCode == 137);
    QCOMPARE(state.error, text("OutOfMemoryError: Container killed due to memory usage"));
}

// The container reaches its limit of processes, which ends its shell; everything else goes on.
void TestLimits::F32_forkBomb()
{
    batch::EcsTaskProperties task = taskOf({container("main", "while :; do sleep 1000 & done")});
    task.containers[0].resourceRequirements[1].value = text("2048");
    const QString id = m_bench->begin(task);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->runner(id).record().startedAt, 60'000);
    const QString other = m_bench->run(taskOf({container("main", "echo alive")}));
    QCOMPARE(m_bench->lines(other, 0), QStringList{text("alive")});
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(id), 120'000);
    QVERIFY(!m_bench->outcome(id).succeeded);
    const QStringList lines = m_bench->lines(id, 0);
    QVERIFY2(lines.join(u'\n').contains(text("can't fork")), qPrintable(lines.join(u'\n')));
}

void TestLimits::F31_flood_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("F31 lines") << text("yes 'a line of a flood that does not end' | "
                                       "head -c 120000000; echo; echo end");
    QTest::newRow("F31 one line") << text("head -c 120000000 /dev/zero | tr '\\0' x; echo; "
                                          "echo end");
    QTest::newRow("F31 binary") << text("head -c 60000000 /dev/urandom; echo; echo end");
}

void TestLimits::F31_flood()
{
    QFETCH(QString, script);
    const qint64 before = residentBytes();
    QElapsedTimer timer;
    timer.start();
    const QString id = m_bench->begin(taskOf({TestContainer{text("main"), shell(script)}}));
    qint64 most = 0;
    qint64 longestTurn = 0;
    QElapsedTimer turn;
    turn.start();
    while (!m_bench->isCleaned(id) && timer.elapsed() < 150'000) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
        longestTurn = std::max(longestTurn, turn.restart());
        most = std::max(most, residentBytes());
    }
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    const qint64 size = QFile(m_bench->logPath(id, 0)).size();
    qInfo("%lld ms, %lld bytes kept, %lld MB more memory, longest turn %lld ms", timer.elapsed(),
          size, (most - before) / 1'000'000, longestTurn);
    QVERIFY(size <= 8 * 1024 * 1024 + 4 * 1024 * 1024);
    QVERIFY(most - before < 100'000'000);
    QCOMPARE(m_bench->lines(id, 0).last(), text("end"));
    QCOMPARE(m_bench->lines(id, 0).filter(text("[batchyard] ")).size(), 1);
}

// A paused container counts as running, and can be stopped.
void TestLimits::F19_pausedFromOutside()
{
    const QString id = m_bench->begin(taskOf({container("main", serve)}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->lines(id, 0), QStringList{text("up")}, 60'000);
    QVERIFY(await(m_engine->killContainer(m_bench->dockerName(id, 0), text("SIGSTOP"))));
    m_bench->runner(id).reconcile();
    QTest::qWait(300);
    QVERIFY(!m_bench->isEnded(id));
    QVERIFY(await(m_engine->killContainer(m_bench->dockerName(id, 0), text("SIGCONT"))));
    m_bench->runner(id).requestStop(text("enough"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(id), 60'000);
    QCOMPARE(m_bench->lines(id, 0), QStringList({text("up"), text("term")}));
}

void TestLimits::F21_unknownUser()
{
    batch::EcsTaskProperties task = taskOf({container("main", "exit 0")});
    task.containers[0].user = text("nobody-of-this-name");
    const QString id = m_bench->run(task);
    QCOMPARE(m_bench->outcome(id).statusReason, text("Task failed to start"));
    QVERIFY2(m_bench->outcome(id).reason.startsWith(text("CannotStartContainerError: ")),
             qPrintable(m_bench->outcome(id).reason));
    QVERIFY(m_bench->container(id, 0).exitCode != std::optional(0));
}

// Worked case 4: the one that waits never starts, and the pull that failed is what is told.
void TestLimits::rootCauseOfAMissingImage()
{
    TestContainer init = container("init", "exit 0", false);
    init.image = text("registry.invalid/none:1");
    for (const auto &dependency : {onStart(text("init")), onComplete(text("init"))}) {
        const QString id
            = m_bench->run(taskOf({init, container("main", "exit 0", true, {dependency})}));
        QCOMPARE(m_bench->outcome(id).statusReason, text("Task failed to start"));
        QVERIFY2(m_bench->outcome(id).reason.startsWith(text("CannotPullContainerError: ")),
                 qPrintable(m_bench->outcome(id).reason));
        QVERIFY(!m_bench->container(id, 1).startedAt);
    }
}

// Worked case 9: A first, then B and C, D last.
void TestLimits::diamondStopsFromTheTop()
{
    const QString id = m_bench->begin(
        taskOf({container("d", serve, false), container("b", serve, false, {onStart(text("d"))}),
                container("c", serve, false, {onStart(text("d"))}),
                container("a", serve, true, {onStart(text("b")), onStart(text("c"))})}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->lines(id, 3), QStringList{text("up")}, 60'000);
    m_bench->runner(id).requestStop(text("enough"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(id), 60'000);
    const auto stopped = [&](int index) { return *m_bench->container(id, index).stoppedAt; };
    QVERIFY(stopped(3) <= stopped(1) && stopped(3) <= stopped(2));
    QVERIFY(stopped(1) <= stopped(0) && stopped(2) <= stopped(0));
    QCOMPARE(m_bench->outcome(id).statusReason, text("enough"));
    QVERIFY(!m_bench->outcome(id).mayRetry);
}

// Worked case 12.
void TestLimits::termIsIgnoredAtATimeout()
{
    const QString id = m_bench->run(
        taskOf({container("main", "trap '' TERM; echo up; while :; do sleep 0.05; done")}),
        [](executor::AttemptPlan &plan) { plan.timeoutSeconds = 1; });
    QVERIFY(!m_bench->outcome(id).succeeded);
    QVERIFY(!m_bench->outcome(id).mayRetry);
    QCOMPARE(m_bench->outcome(id).statusReason, text("Job attempt duration exceeded timeout"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(137));
    QVERIFY(*m_bench->container(id, 0).stoppedAt - *m_bench->container(id, 0).startedAt
            > std::chrono::milliseconds(2500)); // the timeout and the stopTimeout of 2 s
}

// The job runs to its end while its log cannot be written; when there is room again every line is
// there, once.
void TestLimits::F23_logDiskIsFull()
{
    const QString logs = m_bench->paths().logs();
    QVERIFY(QDir().mkpath(logs));
    const auto mount = [&logs](const char *options) {
        return QProcess::execute(
            text("mount"),
            {text("-t"), text("tmpfs"), text("-o"), text(options), text("tmpfs"), logs});
    };
    QCOMPARE(mount("size=64k"), 0);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(text("not written since byte [0-9]+ of the log")));
    const QString id = m_bench->begin(taskOf({container(
        "main", "seq 1 20000; sleep 1; seq 20001 40000; echo end >&2; sleep 1; exit 4")}));
    QTRY_VERIFY_WITH_TIMEOUT(
        m_bench->runner(id).containerStates().first().waitReason.contains(text("not written")),
        60'000);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), 60'000);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(4));
    QVERIFY(!m_bench->isCleaned(id)); // the container is kept for its output
    QCOMPARE(mount("remount,size=64m"), 0);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(id), 90'000);
    const QStringList lines = m_bench->lines(id, 0);
    QCOMPARE(QProcess::execute(text("umount"), {logs}), 0);
    QCOMPARE(lines.size(), 40'001);
    int next = 1;
    for (const QString &line : lines)
        next += line == QString::number(next) ? 1 : 0;
    QCOMPARE(next, 40'001);
    QVERIFY(lines.contains(text("end")));
}

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
