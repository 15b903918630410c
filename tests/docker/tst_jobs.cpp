// Jobs on a real Docker daemon: container order, outcomes, and what containers see of their
// definition.
#include "backend/docker/httpengine.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"
#include "tests/unit/runner/runnerbench.h"

#include <QDir>
#include <QElapsedTimer>

using namespace batchyard;
using namespace batchyard::test;
using batch::JobStatus;

namespace {

constexpr int jobLimitMs = 90'000;

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

TestContainer container(const char *name, const char *script, bool essential = true,
                        const QList<batch::TaskContainerDependency> &dependsOn = {})
{
    return {text(name), shell(text(script)), essential, dependsOn};
}

// A shell that prints a line and ends with 0 when it gets SIGTERM.
constexpr auto serve = "trap 'echo term; exit 0' TERM; echo up; while :; do sleep 0.05; done";

} // namespace

Q_DECLARE_METATYPE(QList<TestContainer>)

class TestJobs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void cleanup();

    void twoContainersShareTheirNetwork_data();
    void twoContainersShareTheirNetwork();
    void aloneAsBesideOthers_data();
    void aloneAsBesideOthers();
    void bridgeIsMadeAgain_data();
    void bridgeIsMadeAgain();
    void outcomes_data();
    void outcomes();
    void stopsInReverseOrder();
    void missingImageFailsTheTask();
    void F32_outOfMemory();
    void F32_termIsIgnored();
    void timesOut();
    void terminateInEachState_data();
    void terminateInEachState();
    void cancelLeavesARunningJobAlone();
    void F17_killedFromOutside();
    void F18_removedFromOutside();
    void pauseContainerKilled();
    void retriesFromScratch();
    void everyLineOfALongOutput();
    void aLongLineStaysWhole();
    void bytesThatAreNoText();
    void seesItsDefinition();
    void sharesVolumes();
    void sharesProcesses();

private:
    [[nodiscard]] QString run(const batch::EcsTaskProperties &task,
                              const RunnerBench::Wishes &wishes = {});
    [[nodiscard]] QString idOf(const QString &name) const;

    std::unique_ptr<PrivateEngine> m_daemon;
    std::unique_ptr<docker::HttpEngine> m_engine;
    std::unique_ptr<RunnerBench> m_bench;
};

void TestJobs::initTestCase()
{
    m_daemon = std::make_unique<PrivateEngine>();
    const auto started = m_daemon->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error().detail));
    QVERIFY(m_daemon->importTiny());
    m_engine = std::make_unique<docker::HttpEngine>(m_daemon->socketPath());
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_bench->useBundledImages();
    m_bench->startDispatcher();
}

void TestJobs::cleanupTestCase()
{
    m_bench.reset();
    m_engine.reset();
    m_daemon.reset();
}

// Whatever a job went through, nothing of it is left on the engine.
void TestJobs::cleanup()
{
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), 60'000);
    const auto left = await(m_engine->listContainers({text("dev.batchyard.install")}));
    QVERIFY(left);
    QCOMPARE(left->size(), 0);
}

QString TestJobs::run(const batch::EcsTaskProperties &task, const RunnerBench::Wishes &wishes)
{
    const QString id = m_bench->submit(task, wishes);
    if (!QTest::qWaitFor([&] { return m_bench->isEnded(id); }, jobLimitMs))
        qWarning("Job did not end: %s", qPrintable(m_bench->dispatcher().waitReason(id)));
    return id;
}

QString TestJobs::idOf(const QString &name) const
{
    const auto state = await(m_engine->inspectContainer(name));
    return state ? state->id : QString();
}

void TestJobs::twoContainersShareTheirNetwork_data()
{
    QTest::addColumn<QString>("network");
    QTest::newRow("on the bridge") << text("bridge");
    QTest::newRow("isolated") << text("none");
}

void TestJobs::twoContainersShareTheirNetwork()
{
    QFETCH(QString, network);
    const QString id = run(
        taskOf({container("model", "echo serving; nc -l -p 5000 -e echo hello", false),
                container("agent",
                          "for h in localhost model; do ping -c1 -w2 $h >/dev/null && echo $h; "
                          "done; until nc localhost 5000; do sleep 0.05; done; "
                          "echo $AWS_BATCH_JOB_ATTEMPT $AWS_BATCH_JQ_NAME $AWS_BATCH_CE_NAME",
                          true, {onStart(text("model"))})}),
        {.tags = {{text("batchyard:network"), network}}});
    QCOMPARE(m_bench->lines(id, 1),
             QStringList({text("localhost"), text("model"), text("hello"), text("1 q ce")}));
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("serving")});
    QCOMPARE(m_bench->job(id).statusReason, text("Essential container in task exited"));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->history(id), text("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->attempt(id).cleaned, 10'000);
}

// A lone container has no pause container, and sees nothing of that.
void TestJobs::aloneAsBesideOthers_data()
{
    twoContainersShareTheirNetwork_data();
}

void TestJobs::aloneAsBesideOthers()
{
    QFETCH(QString, network);
    // What may differ is taken out: the ids, the address, and the name of the other container.
    const char *look
        = "hostname | sed 's/^[0-9a-f]\\{12\\}$/short id/'; "
          "test \"$HOSTNAME\" = \"$(hostname)\" && echo named; "
          "ls /sys/class/net; ip -o addr | awk '{print $2, $3}'; ip route | sed 's/src .*//'; "
          "for n in localhost main; do ping -c1 -w2 $n >/dev/null && echo $n; done; "
          "sed 's/ side$//' /etc/hosts | grep -v -e side$ -e $(hostname); echo; cat "
          "/etc/resolv.conf; "
          "grep ' /etc/' /proc/mounts | cut -d' ' -f2,4 | cut -d, -f1; "
          "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range; "
          "grep -e ^Cap -e ^Seccomp: /proc/self/status; readlink /proc/1/cwd; "
          "env | grep -v -e ^HOSTNAME= -e ^AWS_BATCH_JOB_ID= | sort; df /dev/shm | tail -n1";
    const RunnerBench::Wishes wishes{.tags = {{text("batchyard:network"), network}}};
    const QString alone = run(taskOf({container("main", look)}), wishes);
    const QString beside
        = run(taskOf({container("main", look), container("side", "exit 0", false)}), wishes);
    QCOMPARE(m_bench->status(alone), text("SUCCEEDED"));
    QCOMPARE(m_bench->status(beside), text("SUCCEEDED"));
    QVERIFY(m_bench->lines(alone, 0).contains(text("named")));
    QVERIFY(m_bench->lines(alone, 0).contains(text("main")));
    QCOMPARE(m_bench->lines(alone, 0).join(u'|'), m_bench->lines(beside, 0).join(u'|'));
    QCOMPARE(m_bench->attempt(alone).containers.size(), 1);
    QCOMPARE(m_bench->attempt(beside).containers.size(), 3);
}

void TestJobs::bridgeIsMadeAgain_data()
{
    QTest::addColumn<QList<TestContainer>>("containers");
    QTest::newRow("for a lone container") << QList{container("main", "exit 0")};
    QTest::newRow("for two") << QList{container("side", "exit 0", false),
                                      container("main", "exit 0", true, {onStart(text("side"))})};
}

// Somebody prunes the engine's networks between two jobs.
void TestJobs::bridgeIsMadeAgain()
{
    QFETCH(QList<TestContainer>, containers);
    const RunnerBench::Wishes wishes{.tags = {{text("batchyard:network"), text("bridge")}}};
    QCOMPARE(m_bench->status(run(taskOf(containers), wishes)), text("SUCCEEDED"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), 60'000);
    QVERIFY(await(m_engine->removeNetwork(text("batchyard"))));
    const QString id = run(taskOf(containers), wishes);
    QVERIFY2(m_bench->status(id) == text("SUCCEEDED"), qPrintable(m_bench->container(id, 0).error));
}

// The worked cases of the ECS agent's rules, on the real thing.
void TestJobs::outcomes_data()
{
    QTest::addColumn<QList<TestContainer>>("containers");
    QTest::addColumn<bool>("succeeded");
    QTest::addColumn<QString>("statusReason");
    QTest::addColumn<QStringList>("ends"); // exit code, and how the reason begins
    const QString exited = text("Essential container in task exited");
    const QString notStarted = text("Task failed to start");
    const auto ends = [](const char *list) { return text(list).split(text(", ")); };

    QTest::newRow("SUCCESS met") << QList{container("init", "exit 0", false),
                                          container("main", "exit 0", true,
                                                    {onSuccess(text("init"))})}
                                 << true << exited << ends("0, 0");
    QTest::newRow("SUCCESS not met")
        << QList{container("init", "exit 1", false),
                 container("main", "exit 0", true, {onSuccess(text("init"))})}
        << false << notStarted << ends("1, 143 CannotStartContainerError: dependency graph");
    QTest::newRow("COMPLETE after a failure")
        << QList{container("init", "exit 1", false),
                 container("main", "exit 0", true, {onComplete(text("init"))})}
        << true << exited << ends("1, 0");
    QTest::newRow("START, and the sidecar is stopped at the end")
        << QList{container("side", serve, false),
                 container("main", "sleep 0.3", true, {onStart(text("side"))})}
        << true << exited << ends("0, 0");
    QTest::newRow("START of one that has failed")
        << QList{container("side", "exit 1", false), container("gap", "sleep 0.5", false),
                 container("main", "exit 0", true,
                           {onStart(text("side")), onComplete(text("gap"))})}
        << true << exited << ends("1, 0, 0");
    QTest::newRow("sidecar that fails early")
        << QList{container("side", "exit 3", false),
                 container("main", "sleep 1", true, {onStart(text("side"))})}
        << true << exited << ends("3, 0");
    QTest::newRow("essential one fails")
        << QList{container("side", serve, false),
                 container("main", "exit 4", true, {onStart(text("side"))})}
        << false << exited << ends("0, 4");
    QTest::newRow("first of two essential ones decides")
        << QList{container("a", serve), container("b", "exit 0", true, {onStart(text("a"))})}
        << true << exited << ends("0, 0");
    QTest::newRow("F21 command is missing")
        << QList{TestContainer{text("main"), {text("/no/such")}}} << false << notStarted
        << ends("127 CannotStartContainerError: ");
    QTest::newRow("F21 command cannot be executed")
        << QList{TestContainer{text("main"), {text("/etc")}}} << false << notStarted
        << ends("126 CannotStartContainerError: ");
    QTest::newRow("F21 dependency whose command is missing")
        << QList{TestContainer{text("init"), {text("/no/such")}, false},
                 container("main", "exit 0", true, {onStart(text("init"))})}
        << false << notStarted
        << ends("127 CannotStartContainerError: , 143 CannotStartContainerError: dependency");
}

void TestJobs::outcomes()
{
    QFETCH(QList<TestContainer>, containers);
    QFETCH(bool, succeeded);
    QFETCH(QString, statusReason);
    QFETCH(QStringList, ends);
    const QString id = run(taskOf(containers));
    for (int i = 0; i < containers.size(); ++i) {
        const auto state = m_bench->container(id, i);
        QString end = state.exitCode ? QString::number(*state.exitCode) : text("none");
        if (!state.error.isEmpty())
            end += u' ' + state.error;
        const QString expected = ends.at(i);
        QVERIFY2(expected.contains(u' ') ? end.startsWith(expected) : end == expected,
                 qPrintable(end));
    }
    QCOMPARE(m_bench->job(id).statusReason, statusReason);
    QCOMPARE(m_bench->status(id), succeeded ? text("SUCCEEDED") : text("FAILED"));
}

void TestJobs::stopsInReverseOrder()
{
    const QString id = run(
        taskOf({container("c", serve, false), container("b", serve, false, {onStart(text("c"))}),
                container("a", serve, false, {onStart(text("b"))}),
                container("parent", "exit 0", true, {onStart(text("a"))})}));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(m_bench->lines(id, i), QStringList({text("up"), text("term")}));
        QVERIFY(m_bench->container(id, i).startedAt <= m_bench->container(id, i + 1).startedAt);
    }
    QVERIFY(*m_bench->container(id, 2).stoppedAt <= *m_bench->container(id, 1).stoppedAt);
    QVERIFY(*m_bench->container(id, 1).stoppedAt <= *m_bench->container(id, 0).stoppedAt);
}

void TestJobs::missingImageFailsTheTask()
{
    TestContainer side = container("side", "exit 0", false);
    side.image = text("registry.invalid/none:1");
    const QString id
        = run(taskOf({side, container("main", "exit 0", true, {onStart(text("side"))})}));
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, text("Task failed to start"));
    QVERIFY2(m_bench->container(id, 0).error.startsWith(u"CannotPullContainerError: "),
             qPrintable(m_bench->container(id, 0).error));
    QVERIFY(!m_bench->container(id, 0).exitCode);
}

void TestJobs::F32_outOfMemory()
{
    const QString id = run(taskOf({container("main", "x=a; while :; do x=$x$x; done")}));
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(137));
    QCOMPARE(m_bench->container(id, 0).error,
             text("OutOfMemoryError: Container killed due to memory usage"));
}

void TestJobs::F32_termIsIgnored()
{
    const QString id = run(
        taskOf({container("side", "trap '' TERM; echo up; while :; do sleep 0.05; done", false),
                container("main", "sleep 0.3", true, {onStart(text("side"))})}));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(137));
    QCOMPARE(m_bench->container(id, 0).error, QString());
}

void TestJobs::timesOut()
{
    const QString id = run(taskOf({container("main", serve)}),
                           {.retry = batch::RetryStrategy{3, {}, {}}, .timeoutSeconds = 1});
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, text("Job attempt duration exceeded timeout"));
    QCOMPARE(m_bench->lines(id, 0), QStringList({text("up"), text("term")}));
    QCOMPARE(m_bench->store().attempts(id)->size(), 1);
}

void TestJobs::terminateInEachState_data()
{
    QTest::addColumn<JobStatus>("status");
    for (const JobStatus status :
         {JobStatus::Pending, JobStatus::Runnable, JobStatus::Starting, JobStatus::Running})
        QTest::newRow(qPrintable(toString(status))) << status;
}

void TestJobs::terminateInEachState()
{
    QFETCH(JobStatus, status);
    QString blocker;
    RunnerBench::Wishes wishes;
    if (status == JobStatus::Pending) {
        blocker = m_bench->submit(taskOf({container("main", "sleep 1")}));
        wishes.dependsOn = {blocker};
    }
    if (status == JobStatus::Runnable)
        m_bench->setHostVcpus(0);
    const QString id = m_bench->submit(taskOf({container("main", serve)}), wishes);
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), toString(status), jobLimitMs);
    m_bench->dispatcher().terminateJob(id, text("enough"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), jobLimitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, text("enough"));
    QVERIFY(m_bench->job(id).terminateRequested);
    QCOMPARE(m_bench->store().attempts(id)->size(), status >= JobStatus::Starting ? 1 : 0);
    m_bench->setHostVcpus(1000);
}

void TestJobs::cancelLeavesARunningJobAlone()
{
    const QString id = m_bench->submit(taskOf({container("main", "sleep 1")}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), jobLimitMs);
    m_bench->dispatcher().cancelJob(id, text("no"));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("SUCCEEDED"), jobLimitMs);
}

void TestJobs::F17_killedFromOutside()
{
    const QString id = m_bench->submit(taskOf({container("main", serve)}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), jobLimitMs);
    QVERIFY(await(m_engine->killContainer(m_bench->dockerName(id, 0), text("SIGKILL"))));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), jobLimitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(137));
    QCOMPARE(m_bench->container(id, 0).error, QString());
}

void TestJobs::F18_removedFromOutside()
{
    const QString id = m_bench->submit(taskOf({container("main", serve)}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->lines(id, 0), QStringList{text("up")}, jobLimitMs);
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), jobLimitMs);
    QVERIFY(await(m_engine->removeContainer(m_bench->dockerName(id, 0), true)));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), jobLimitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->lines(id, 0).value(0), text("up"));
}

void TestJobs::pauseContainerKilled()
{
    const QString id
        = m_bench->submit(taskOf({container("side", serve, false), container("main", serve)}));
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->status(id), text("RUNNING"), jobLimitMs);
    QVERIFY(await(m_engine->killContainer(m_bench->dockerName(id, -1), text("SIGKILL"))));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isEnded(id), jobLimitMs);
    QCOMPARE(m_bench->status(id), text("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, text("Host failure: the network of the job was lost"));
}

void TestJobs::retriesFromScratch()
{
    QTemporaryDir shared;
    batch::EcsTaskProperties task
        = taskOf({container("main",
                            "echo $AWS_BATCH_JOB_ATTEMPT; ls /scratch | wc -l; touch /scratch/x; "
                            "test $AWS_BATCH_JOB_ATTEMPT = 3")});
    task.volumes = {{text("scratch"), batch::Host(), {}, {}}};
    task.containers[0].mountPoints = {{text("scratch"), text("/scratch"), {}, {}}};
    const QString id = run(task, {.retry = batch::RetryStrategy{5, {}, {}}});
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->job(id).attempt, 3);
    for (int number = 1; number <= 3; ++number)
        QCOMPARE(m_bench->lines(id, 0, number), QStringList({QString::number(number), text("0")}));
}

void TestJobs::everyLineOfALongOutput()
{
    constexpr int count = 200'000;
    const QString id = run(taskOf({container("main", "seq 1 200000; seq 1 1000 >&2; printf end")}));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    const QStringList lines = m_bench->lines(id, 0);
    QCOMPARE(lines.size(), count + 1000 + 1);
    int outLine = 0;
    int errLine = 0;
    for (const QString &line : lines) {
        if (line == QString::number(outLine + 1))
            ++outLine;
        else if (line == QString::number(errLine + 1))
            ++errLine;
    }
    QCOMPARE(outLine, count);
    QCOMPARE(errLine, 1000);
    QVERIFY(lines.contains(text("end")));
}

void TestJobs::aLongLineStaysWhole()
{
    const QString id
        = run(taskOf({container("main", "head -c 40960 /dev/zero | tr '\\0' x; echo; echo next")}));
    QCOMPARE(m_bench->lines(id, 0), QStringList({QString(40960, u'x'), text("next")}));
}

void TestJobs::bytesThatAreNoText()
{
    const QString id = run(taskOf({container("main", "printf '\\377\\0\\r\\n'")}));
    QFile file(m_bench->logPath(id, 0));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().endsWith(QByteArray("Z out \377\0\r\n", 10)));
}

void TestJobs::seesItsDefinition()
{
    QTemporaryDir host;
    QFile::setPermissions(host.path(), QFile::Permissions(0x7755));
    QVERIFY(QFile(host.filePath(text("given"))).open(QIODevice::WriteOnly));
    batch::EcsTaskProperties task = taskOf({container(
        "main",
        "id -u; ulimit -n; ls /in /made; touch /in/x 2>/dev/null || echo ro; "
        "touch /x 2>/dev/null || echo rootro; touch /tmpfs/x && echo tmp; "
        "df -m /dev/shm | awk 'NR==2{print $2}'; "
        "grep -c . /proc/self/status >/dev/null; grep NoNewPrivs /proc/self/status | tr -d '\\t'; "
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat "
        "/sys/fs/cgroup/memory.max; echo $GIVEN")});
    auto &main = task.containers[0];
    main.user = text("1234");
    main.readonlyRootFilesystem = true;
    main.ulimits = {{text("nofile"), 100, 200, {}}};
    main.environment = {{text("GIVEN"), text("a 'b' $c"), {}}};
    main.linuxParameters.emplace();
    main.linuxParameters->sharedMemorySize = 16;
    main.linuxParameters->initProcessEnabled = true;
    main.linuxParameters->tmpfs = {{text("/tmpfs"), 4, {text("mode=1777")}, {}}};
    task.volumes = {{text("in"), batch::Host{host.path(), {}}, {}, {}},
                    {text("made"), batch::Host{host.filePath(text("new/dir")), {}}, {}, {}}};
    main.mountPoints = {{text("in"), text("/in"), true, {}}, {text("made"), text("/made"), {}, {}}};
    const QString id = run(task);
    QCOMPARE(m_bench->lines(id, 0).join(u'|'),
             text("1234|100|/in:|given|new||/made:|ro|rootro|tmp|16|NoNewPrivs:1|67108864|"
                  "a 'b' $c"));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QVERIFY(QDir(host.filePath(text("new/dir"))).exists());
}

void TestJobs::sharesVolumes()
{
    batch::EcsTaskProperties task
        = taskOf({container("writer", "echo given > /a/x; echo kept > /e/x", false),
                  container("reader", "cat /b/x /e/x", true, {onSuccess(text("writer"))})});
    task.volumes = {{text("scratch"), batch::Host(), {}, {}},
                    {text("efs"), {}, batch::EfsVolumeConfiguration{text("fs-1"), {}, {}}, {}}};
    task.containers[0].mountPoints
        = {{text("scratch"), text("/a"), {}, {}}, {text("efs"), text("/e"), {}, {}}};
    task.containers[1].mountPoints
        = {{text("scratch"), text("/b"), {}, {}}, {text("efs"), text("/e"), {}, {}}};
    const QString id = run(task);
    QCOMPARE(m_bench->lines(id, 1), QStringList({text("given"), text("kept")}));
    QVERIFY(QFile::exists(m_bench->paths().volumes() + u"/efs/fs-1/x"));
}

void TestJobs::sharesProcesses()
{
    batch::EcsTaskProperties task
        = taskOf({container("side", "exec sleep 1000", false),
                  container("main",
                            "until ps | grep -q '[s]leep 1000'; do sleep 0.1; done; "
                            "ps | grep -c '/[p]ause'",
                            true, {onStart(text("side"))})});
    task.pidMode = text("task");
    task.ipcMode = text("task");
    const QString id = run(task);
    QCOMPARE(m_bench->container(id, 0).error, QString());
    QCOMPARE(m_bench->lines(id, 1), QStringList{text("1")});
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
}

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"
