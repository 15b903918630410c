// Jobs on a real Docker daemon: the order of containers, and how jobs end.
#include "tests/docker/daemontest.h"

using namespace batchyard;
using namespace batchyard::test;
using batch::JobStatus;

Q_DECLARE_METATYPE(QList<TestContainer>)

class TestJobs : public JobTest
{
    Q_OBJECT
private slots:
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
};

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
    QVERIFY(m_bench->dispatcher().terminateJob(id, text("enough")));
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
    QVERIFY(m_bench->dispatcher().cancelJob(id, text("no")));
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

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"
