// Jobs on a scripted engine: the exact steps on the engine for each way a job can go, and what is
// left of it in the store.
#include "backend/executor/store/database.h"
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

namespace {

// What the containers of a job do, by name.
using Scripts = QMap<QString, Script>;

} // namespace

Q_DECLARE_METATYPE(Scripts)
Q_DECLARE_METATYPE(QList<TestContainer>)

class TestJobDispatcher : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void stepsOfAJob_data();
    void stepsOfAJob();
    void containerErrors_data();
    void containerErrors();
    void imageIsPulledOnce();
    void retries_data();
    void retries();
    void cancelsAJobThatWaits();
    void cancelLeavesARunningJobAlone();
    void terminatesARunningJob();
    void anEndThatCannotBeNotedIsRefused();
    void terminateWhileStarting_data();
    void terminateWhileStarting();
    void timesOutAndIsNotRetried();
    void endsInTimeWhileTheEngineIsAway();
    void waitsForOtherJobs();
    void failsWithTheJobItDependsOn();
    void cancelsAPendingJobWhenItsDependenciesHaveEnded();
    void waitsForCapacity();
    void formerAttemptsGiveNoPlaceUp();
    void waitsForTheStore();
    void outputIsInTheFile();

private:
    [[nodiscard]] QStringList actsOf(const QString &jobId) const;
    void script(const Scripts &scripts);
    [[nodiscard]] bool isSettled(const QString &id) const
    {
        return m_bench->isEnded(id) && m_bench->isIdle();
    }

    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<RunnerBench> m_bench;
};

void TestJobDispatcher::init()
{
    m_engine = std::make_unique<ScriptedEngine>();
    m_engine->setScript(QStringLiteral("batchyard/pause:1"), runsOn());
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_bench->startDispatcher();
}

void TestJobDispatcher::cleanup()
{
    m_bench.reset();
    m_engine.reset();
}

// The calls that change something, with the containers' own numbers only: "start 0".
QStringList TestJobDispatcher::actsOf(const QString &jobId) const
{
    QStringList acts;
    for (const QString &act : m_engine->acts()) {
        if (act.contains(jobId))
            acts.append(QString(act).replace(
                QRegularExpression(QStringLiteral("by-[0-9a-f]{8}-[0-9a-f-]{36}-a")), QString()));
    }
    return acts;
}

void TestJobDispatcher::script(const Scripts &scripts)
{
    for (auto each = scripts.begin(); each != scripts.end(); ++each)
        m_engine->setScript(each.key(), each.value());
}

void TestJobDispatcher::stepsOfAJob_data()
{
    QTest::addColumn<QList<TestContainer>>("containers");
    QTest::addColumn<Scripts>("scripts");
    QTest::addColumn<QStringList>("acts"); // from the first start of a container to the last stop
    QTest::addColumn<QString>("history");
    QTest::addColumn<QStringList>("ends"); // exit code and reason of each container

    const auto list
        = [](const char *text) { return QString::fromLatin1(text).split(QStringLiteral(", ")); };
    const QString succeeded = QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED");
    const QString failed = QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING FAILED");
    const QString failedToStart = QStringLiteral("SUBMITTED RUNNABLE STARTING FAILED");
    const auto s = [](const char *text) { return QString::fromLatin1(text); };

    QTest::newRow("one container that succeeds")
        << QList{container("a")} << Scripts{} << list("start 1-0") << succeeded << list("0");
    QTest::newRow("one container that fails")
        << QList{container("a")} << Scripts{{s("a"), exits(3)}} << list("start 1-0") << failed
        << list("3");
    QTest::newRow("sidecar is stopped by the end of the essential one")
        << QList{container("model", false), container("agent", true, {onStart(s("model"))})}
        << Scripts{{s("model"), runsOn()}} << list("start 1-0, start 1-1, stop 1-0 2") << succeeded
        << list("143, 0");
    QTest::newRow("sidecar that ends early changes nothing")
        << QList{container("side", false), container("main", true, {onStart(s("side"))})}
        << Scripts{{s("side"), exits(3)}} << list("start 1-0, start 1-1") << succeeded
        << list("3, 0");
    QTest::newRow("SUCCESS that is met")
        << QList{container("init", false), container("main", true, {onSuccess(s("init"))})}
        << Scripts{} << list("start 1-0, start 1-1") << succeeded << list("0, 0");
    QTest::newRow("SUCCESS that is not met")
        << QList{container("init", false), container("main", true, {onSuccess(s("init"))})}
        << Scripts{{s("init"), exits(1)}} << list("start 1-0") << failedToStart
        << list("1, 143 CannotStartContainerError: dependency graph: failed to resolve container "
                "ordering dependency [init] for target [main] as dependency did not exit "
                "successfully.");
    QTest::newRow("COMPLETE after a failure")
        << QList{container("init", false), container("main", true, {onComplete(s("init"))})}
        << Scripts{{s("init"), exits(1)}} << list("start 1-0, start 1-1") << succeeded
        << list("1, 0");
    QTest::newRow("START of one that has failed already")
        << QList{container("a", false), container("b", false, {onComplete(s("a"))}),
                 container("c", true, {onStart(s("a")), onComplete(s("b"))})}
        << Scripts{{s("a"), exits(1)}} << list("start 1-0, start 1-1, start 1-2") << succeeded
        << list("1, 0, 0");
    QTest::newRow("a chain stops in reverse order")
        << QList{container("c", false), container("b", false, {onStart(s("c"))}),
                 container("a", false, {onStart(s("b"))}),
                 container("parent", true, {onStart(s("a"))})}
        << Scripts{{s("a"), runsOn()}, {s("b"), runsOn()}, {s("c"), runsOn()}}
        << list("start 1-0, start 1-1, start 1-2, start 1-3, stop 1-2 2, stop 1-1 2, stop 1-0 2")
        << succeeded << list("143, 143, 143, 0");
    QTest::newRow("a diamond stops its sides together")
        << QList{container("d", false), container("b", false, {onStart(s("d"))}),
                 container("c", false, {onStart(s("d"))}),
                 container("a", true, {onStart(s("b")), onStart(s("c"))})}
        << Scripts{{s("b"), runsOn()}, {s("c"), runsOn()}, {s("d"), runsOn()}}
        << list("start 1-0, start 1-1, start 1-2, start 1-3, stop 1-1 2, stop 1-2 2, stop 1-0 2")
        << succeeded << list("143, 143, 143, 0");
    QTest::newRow("the first of two essential ones decides")
        << QList{container("a"), container("b", true, {onStart(s("a"))})}
        << Scripts{{s("b"), exits(5)}, {s("a"), runsOn(0)}}
        << list("start 1-0, start 1-1, stop 1-0 2") << failed << list("0, 5");
}

void TestJobDispatcher::stepsOfAJob()
{
    QFETCH(QList<TestContainer>, containers);
    QFETCH(Scripts, scripts);
    QFETCH(QStringList, acts);
    QFETCH(QString, history);
    QFETCH(QStringList, ends);
    script(scripts);
    const QString id = m_bench->submit(taskOf(containers));
    QTRY_VERIFY(isSettled(id));
    QStringList ordered = actsOf(id).filter(QRegularExpression(QStringLiteral("^(start|stop) ")));
    if (containers.size() > 1)
        QCOMPARE(ordered.takeFirst(), QStringLiteral("start 1-pause"));
    QCOMPARE(ordered, acts);
    QCOMPARE(m_bench->history(id), history);
    for (int i = 0; i < containers.size(); ++i) {
        const auto state = m_bench->container(id, i);
        QString end = state.exitCode ? QString::number(*state.exitCode) : QStringLiteral("none");
        if (!state.error.isEmpty())
            end += u' ' + state.error;
        QCOMPARE(end, ends.at(i));
    }
    QCOMPARE(m_engine->containerNames(), QStringList());
    QVERIFY(m_bench->attempt(id).cleaned);
}

void TestJobDispatcher::containerErrors_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("exitCode"); // -1: none
    QTest::addColumn<QString>("statusReason");
    Script create;
    create.createError = Error{ErrorCode::InvalidInput, QStringLiteral("invalid mount"), {}};
    Script start;
    start.startError = Error{ErrorCode::InvalidInput, QStringLiteral("no such file"), {}};
    Script memory = exits(137);
    memory.oomKilled = true;
    QTest::newRow("create is refused")
        << create << QStringLiteral("CannotCreateContainerError: invalid mount") << -1
        << QStringLiteral("Task failed to start");
    QTest::newRow("command is missing")
        << start << QStringLiteral("CannotStartContainerError: no such file") << 127
        << QStringLiteral("Task failed to start");
    QTest::newRow("out of memory")
        << memory << QStringLiteral("OutOfMemoryError: Container killed due to memory usage") << 137
        << QStringLiteral("Essential container in task exited");
}

void TestJobDispatcher::containerErrors()
{
    QFETCH(Script, script);
    QFETCH(QString, reason);
    QFETCH(int, exitCode);
    QFETCH(QString, statusReason);
    m_engine->setScript(QStringLiteral("a"), script);
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->container(id, 0).error, reason);
    QCOMPARE(m_bench->container(id, 0).exitCode.value_or(-1), exitCode);
    QCOMPARE(m_bench->job(id).statusReason, statusReason);
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_engine->containerNames(), QStringList());
}

void TestJobDispatcher::imageIsPulledOnce()
{
    m_engine->setImageMissing(QStringLiteral("tiny:1"));
    m_engine->setImageMissing(QStringLiteral("gone:1"),
                              Error{ErrorCode::NotFound, QStringLiteral("manifest unknown"), {}});
    const QString id = m_bench->submit(taskOf({container("a"), container("b")}));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_engine->acts().count(QStringLiteral("pull tiny:1")), 1);
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));

    // Not essential, and yet the task fails: Fargate's rule.
    TestContainer missing = container("x", false);
    missing.image = QStringLiteral("gone:1");
    const QString other = m_bench->submit(taskOf({missing, container("a")}));
    QTRY_VERIFY(isSettled(other));
    QCOMPARE(m_bench->status(other), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->job(other).statusReason, QStringLiteral("Task failed to start"));
    QCOMPARE(m_bench->container(other, 0).error,
             QStringLiteral("CannotPullContainerError: manifest unknown"));
}

void TestJobDispatcher::retries_data()
{
    QTest::addColumn<batch::RetryStrategy>("strategy");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("attempts");
    QTest::newRow("success needs none") << batch::RetryStrategy{3, {}, {}} << 0 << 1;
    QTest::newRow("three tries in all") << batch::RetryStrategy{3, {}, {}} << 1 << 3;
    const batch::EvaluateOnExit stop{{}, {}, QStringLiteral("42"), QStringLiteral("EXIT"), {}};
    QTest::newRow("a rule that ends it") << batch::RetryStrategy{3, {stop}, {}} << 42 << 1;
    QTest::newRow("a rule that does not match") << batch::RetryStrategy{2, {stop}, {}} << 41 << 2;
}

void TestJobDispatcher::retries()
{
    QFETCH(batch::RetryStrategy, strategy);
    QFETCH(int, exitCode);
    QFETCH(int, attempts);
    m_engine->setScript(QStringLiteral("a"), exits(exitCode));
    const QString id = m_bench->submit(taskOf({container("a")}), {.retry = strategy});
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->store().attempts(id)->size(), attempts);
    QCOMPARE(m_bench->job(id).attempt, attempts);
    for (int number = 1; number <= attempts; ++number) {
        QCOMPARE(m_bench->container(id, 0, number).exitCode, std::optional(exitCode));
        QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0, number)), 1);
    }
    QCOMPARE(m_engine->containerNames(), QStringList());
}

void TestJobDispatcher::cancelsAJobThatWaits()
{
    m_bench->setHostVcpus(0);
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNABLE"));
    QVERIFY(m_bench->dispatcher().cancelJob(id, QStringLiteral("not needed")));
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, QStringLiteral("not needed"));
    QVERIFY(m_bench->job(id).cancelRequested);
    QVERIFY(m_bench->store().attempts(id)->isEmpty());
    QVERIFY(m_bench->isIdle());
}

void TestJobDispatcher::cancelLeavesARunningJobAlone()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    QVERIFY(m_bench->dispatcher().cancelJob(id, QStringLiteral("no")));
    m_engine->finish(m_bench->dockerName(id, 0), 0);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
    QVERIFY(!m_bench->job(id).cancelRequested);
}

void TestJobDispatcher::terminatesARunningJob()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id
        = m_bench->submit(taskOf({container("a")}), {.retry = batch::RetryStrategy{3, {}, {}}});
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    QVERIFY(m_bench->dispatcher().terminateJob(id, QStringLiteral("enough")));
    QVERIFY(m_bench->dispatcher().terminateJob(id, QStringLiteral("again")));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, QStringLiteral("enough"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(143));
    QCOMPARE(m_bench->store().attempts(id)->size(), 1);
}

void TestJobDispatcher::anEndThatCannotBeNotedIsRefused()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    QVERIFY(m_bench->store().commit());
    const auto other = executor::Database::open(m_bench->paths().database());
    QVERIFY(other);
    QVERIFY((*other)->execute(QStringLiteral("CREATE TRIGGER refusal BEFORE UPDATE OF end_reason "
                                             "ON job BEGIN SELECT RAISE(ABORT, 'no'); END")));
    QVERIFY(!m_bench->dispatcher().terminateJob(id, QStringLiteral("enough")));
    QVERIFY(!m_bench->job(id).terminateRequested);
    QVERIFY((*other)->execute(QStringLiteral("DROP TRIGGER refusal")));
    QVERIFY(m_bench->dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->job(id).statusReason, QStringLiteral("enough"));
    QVERIFY(m_bench->dispatcher().terminateJob(id, QStringLiteral("late")));
    QVERIFY(m_bench->dispatcher().cancelJob(QStringLiteral("unknown"), QStringLiteral("x")));
}

void TestJobDispatcher::terminateWhileStarting_data()
{
    QTest::addColumn<QList<TestContainer>>("containers");
    QTest::addColumn<QString>("call"); // that is under way
    QTest::addColumn<int>("of");
    QTest::newRow("the pause container")
        << QList{container("a"), container("b")} << QStringLiteral("start ") << -1;
    QTest::newRow("a lone container") << QList{container("a")} << QStringLiteral("create ") << 0;
}

void TestJobDispatcher::terminateWhileStarting()
{
    QFETCH(QList<TestContainer>, containers);
    QFETCH(QString, call);
    QFETCH(int, of);
    m_engine->inject(call + QStringLiteral("by-"), ScriptedEngine::Fault::HeldUndone, 1);
    const QString id = m_bench->submit(taskOf(containers));
    QTRY_VERIFY(m_engine->calls().contains(call + m_bench->dockerName(id, of)));
    QVERIFY(m_bench->dispatcher().terminateJob(id, QStringLiteral("enough")));
    m_engine->release();
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason, QStringLiteral("enough"));
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), 0);
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional<int>());
    QCOMPARE(m_engine->containerNames(), QStringList());
}

void TestJobDispatcher::timesOutAndIsNotRetried()
{
    // A clock that jumps makes the executor's restart see the time as over.
    auto offset = std::make_shared<std::chrono::milliseconds>(0);
    m_bench->dropDispatcher();
    m_bench->settings().clock = [offset] { return executor::systemNow() + *offset; };
    m_bench->startDispatcher();
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(
        taskOf({container("a")}), {.retry = batch::RetryStrategy{3, {}, {}}, .timeoutSeconds = 60});
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    *offset = std::chrono::seconds(61);
    m_bench->restartDispatcher();
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason,
             QStringLiteral("Job attempt duration exceeded timeout"));
    QCOMPARE(m_bench->store().attempts(id)->size(), 1);
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), 1);
}

// Its time runs out before it is known that it had ended in time.
void TestJobDispatcher::endsInTimeWhileTheEngineIsAway()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}), {.timeoutSeconds = 1});
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    const QDeadlineTimer past(std::chrono::milliseconds(1200)); // of the time limit
    m_engine->setReachable(false);
    QTRY_VERIFY(!m_bench->dispatcher().engineStatus().reachable);
    m_engine->finish(m_bench->dockerName(id, 0), 0);
    QTRY_VERIFY(past.hasExpired());
    m_engine->setReachable(true);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->job(id).statusReason, QStringLiteral("Essential container in task exited"));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
}

void TestJobDispatcher::waitsForOtherJobs()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString first = m_bench->submit(taskOf({container("a")}));
    const QString second = m_bench->submit(taskOf({container("b")}), {.dependsOn = {first}});
    QTRY_COMPARE(m_bench->status(first), QStringLiteral("RUNNING"));
    QCOMPARE(m_bench->status(second), QStringLiteral("PENDING"));
    QVERIFY(m_bench->dispatcher().waitReason(second).contains(first));
    m_engine->finish(m_bench->dockerName(first, 0), 0);
    QTRY_VERIFY(isSettled(second));
    QCOMPARE(m_bench->history(second),
             QStringLiteral("SUBMITTED PENDING RUNNABLE STARTING RUNNING SUCCEEDED"));
}

void TestJobDispatcher::failsWithTheJobItDependsOn()
{
    m_engine->setScript(QStringLiteral("a"), exits(1));
    const QString first = m_bench->submit(taskOf({container("a")}));
    const QString second = m_bench->submit(taskOf({container("b")}), {.dependsOn = {first}});
    const QString third = m_bench->submit(taskOf({container("b")}), {.dependsOn = {second}});
    QTRY_VERIFY(isSettled(third));
    for (const QString &id : {second, third}) {
        QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
        QCOMPARE(m_bench->job(id).statusReason, QStringLiteral("Dependent Job failed"));
        QVERIFY(m_bench->store().attempts(id)->isEmpty());
    }
}

void TestJobDispatcher::cancelsAPendingJobWhenItsDependenciesHaveEnded()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString first = m_bench->submit(taskOf({container("a")}));
    const QString second = m_bench->submit(taskOf({container("b")}), {.dependsOn = {first}});
    QTRY_COMPARE(m_bench->status(first), QStringLiteral("RUNNING"));
    QVERIFY(m_bench->dispatcher().cancelJob(second, QStringLiteral("not needed")));
    QCOMPARE(m_bench->status(second), QStringLiteral("PENDING"));
    m_engine->finish(m_bench->dockerName(first, 0), 0);
    QTRY_VERIFY(isSettled(second));
    QCOMPARE(m_bench->job(second).statusReason, QStringLiteral("not needed"));
    QVERIFY(m_bench->store().attempts(second)->isEmpty());
}

void TestJobDispatcher::waitsForCapacity()
{
    docker::EngineInfo host;
    host.cpus = 1;
    host.memoryBytes = 8LL << 30;
    m_engine->setInfo(host);
    m_bench->restartDispatcher();
    TestContainer a = container("a");
    m_engine->setScript(QStringLiteral("a"), runsOn());
    batch::EcsTaskProperties whole = taskOf({a});
    whole.containers[0].resourceRequirements[0].value = QStringLiteral("1");
    const QString first = m_bench->submit(whole);
    const QString second = m_bench->submit(whole);
    QTRY_COMPARE(m_bench->status(first), QStringLiteral("RUNNING"));
    QCOMPARE(m_bench->status(second), QStringLiteral("RUNNABLE"));
    QVERIFY2(m_bench->dispatcher().waitReason(second).contains(u"1 vCPU"),
             qPrintable(m_bench->dispatcher().waitReason(second)));
    QCOMPARE(m_bench->dispatcher().engineStatus().vcpusInUse, 1.0);
    m_engine->finish(m_bench->dockerName(first, 0), 0);
    QTRY_COMPARE(m_bench->status(second), QStringLiteral("RUNNING"));
    m_engine->finish(m_bench->dockerName(second, 0), 0);
    QTRY_VERIFY(isSettled(second));
}

// A reserve for which no disk has room.
// While second attempts are being started and the first ones cleaned up, an image's progress tells
// of the job that waits for it, and gives up no place of the others.
void TestJobDispatcher::formerAttemptsGiveNoPlaceUp()
{
    constexpr int startsAtOnce = 4; // of an engine with one CPU
    docker::EngineInfo info;
    info.cpus = 1;
    info.memoryBytes = 8LL * 1024 * 1024 * 1024;
    m_engine->setInfo(info);
    m_engine->setImageMissing(QStringLiteral("slow:1"));
    m_engine->inject(QStringLiteral("pull slow:1"), ScriptedEngine::Fault::HeldUndone);
    m_engine->setScript(QStringLiteral("a"), exits(1));
    m_engine->setPace([](const QString &call) -> ScriptedEngine::Pace {
        const bool isEnd = call.startsWith(u"remove by-") && call.contains(u"-a1-");
        const bool isStart = call.startsWith(u"create by-") && call.contains(u"-a2-");
        return {std::chrono::hours(isEnd || isStart ? 1 : 0), {}};
    });
    m_bench->restartDispatcher();

    TestContainer slow = container("slow");
    slow.image = QStringLiteral("slow:1");
    const auto submit = [this](const TestContainer &little, const JobWishes &wishes = {}) {
        batch::EcsTaskProperties task = taskOf({little});
        task.containers[0].resourceRequirements[0].value = QStringLiteral("0.01");
        return m_bench->submit(task, wishes);
    };
    const QString pulling = submit(slow);
    QTRY_VERIFY(m_engine->calls().contains(u"pull slow:1"));
    JobWishes twice;
    twice.retry = batch::RetryStrategy{2, {}, {}};
    for (int i = 0; i < startsAtOnce; ++i) {
        const QString id = submit(container("a"), twice);
        QTRY_VERIFY(m_bench->attempt(id, 2).number == 2);
    }
    const QString waiting = submit(container("b"));
    QTRY_COMPARE(m_bench->status(waiting), QStringLiteral("RUNNABLE"));

    m_engine->release();
    QTRY_VERIFY(!m_bench->dispatcher().waitReason(pulling).contains(u"Pulling"));
    const QString evaluated = submit(container("b"));
    QTRY_COMPARE(m_bench->status(evaluated), QStringLiteral("RUNNABLE"));
    QCOMPARE(m_bench->status(waiting), QStringLiteral("RUNNABLE"));
}

void TestJobDispatcher::waitsForTheStore()
{
    const QString id = m_bench->accept(taskOf({container("a")}));
    m_bench->store().keepReserve(1LL << 60);
    m_bench->dispatcher().jobSubmitted(id);
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNABLE"));
    const QString reason = m_bench->dispatcher().waitReason(id);
    QVERIFY2(reason.contains(u"is full"), qPrintable(reason));
    m_bench->store().keepReserve(1024);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
}

void TestJobDispatcher::outputIsInTheFile()
{
    Script script = exits(0);
    script.output = {QStringLiteral("one"), QStringLiteral("two")};
    script.errorOutput = {QStringLiteral("bad")};
    m_engine->setScript(QStringLiteral("a"), script);
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->lines(id, 0),
             QStringList({QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("bad")}));
    for (const executor::ContainerRecord &row : m_bench->attempt(id).containers) {
        if (row.index >= 0)
            QVERIFY(row.logComplete);
        QVERIFY(row.removed);
    }
}

QTEST_GUILESS_MAIN(TestJobDispatcher)
#include "tst_jobdispatcher.moc"
