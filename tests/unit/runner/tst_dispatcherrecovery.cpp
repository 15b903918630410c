// Jobs whose executor or engine goes away and comes back, on a scripted engine.
#include "backend/executor/runner/activejob.h"
#include "tests/unit/runner/jobscripts.h"

#include <QDir>
#include <QFileInfo>

using namespace batchyard;
using namespace batchyard::test;
using batch::JobStatus;

class TestDispatcherRecovery : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void tellsThatTheEngineIsAway();
    void goesOnWhenTheEngineReturns();
    void restartOfTheEngineIsNotTheJobsFault();
    void lostPauseContainerEndsTheJob();
    void vanishedContainerIsNoSuccess();
    void vanishedWhileNobodyWatched();
    void looksAgainWhenALookFails_data();
    void looksAgainWhenALookFails();
    void removesWhatBelongsToNoJob();
    void keepsWhatTheStoreDoesNotKnow();
    void startsNothingThatHasALog_data();
    void startsNothingThatHasALog();
    void startsNothingBeforeTheContainersAreKnown();
    void adoptsAfterARestart();
    void refusesOnlyTheJobThatCannotBeRead_data();
    void refusesOnlyTheJobThatCannotBeRead();
    void waitsForACreateUnderWay();
    void survivesACrashAtEveryCall_data();
    void survivesACrashAtEveryCall();

private:
    [[nodiscard]] docker::ContainerSpec containerOf(const QString &jobId, int attempt) const
    {
        docker::ContainerSpec spec;
        spec.name = jobId + QStringLiteral(" left");
        spec.labels = {{QStringLiteral("dev.batchyard.install"), m_bench->store().installId()},
                       {QStringLiteral("dev.batchyard.job"), jobId},
                       {QStringLiteral("dev.batchyard.attempt"), QString::number(attempt)}};
        return spec;
    }
    [[nodiscard]] bool isSettled(const QString &id) const
    {
        return m_bench->isEnded(id) && m_bench->isIdle();
    }

    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<RunnerBench> m_bench;
};

void TestDispatcherRecovery::init()
{
    m_engine = std::make_unique<ScriptedEngine>();
    m_engine->setScript(QStringLiteral("batchyard/pause:1"), runsOn());
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_bench->startDispatcher();
}

void TestDispatcherRecovery::cleanup()
{
    m_bench.reset();
    m_engine.reset();
}

void TestDispatcherRecovery::tellsThatTheEngineIsAway()
{
    m_engine->setReachable(false);
    m_bench->restartDispatcher();
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNABLE"));
    QTRY_VERIFY(m_bench->dispatcher().engineStatus().problem.contains(u"scripted://engine"));
    QVERIFY(!m_bench->dispatcher().engineStatus().reachable);
    QVERIFY(m_bench->dispatcher().engineStatus().unreachableSince);
    QTRY_VERIFY(m_bench->dispatcher().waitReason(id).contains(u"away since"));
    m_engine->setReachable(true);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
}

void TestDispatcherRecovery::goesOnWhenTheEngineReturns()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->print(m_bench->dockerName(id, 0), "one\ntw");
    m_engine->setReachable(false);
    QTRY_VERIFY(!m_bench->dispatcher().engineStatus().reachable);
    m_engine->print(m_bench->dockerName(id, 0), "o\nthree\n");
    m_engine->finish(m_bench->dockerName(id, 0), 7);
    QCOMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->setReachable(true);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(7));
    // Behind them may stand that it ended while nobody read its output.
    const QStringList lines = m_bench->lines(id, 0);
    QCOMPARE(lines.mid(0, 3),
             QStringList({QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("three")}));
    QVERIFY(lines.mid(3).join(QString()).isEmpty() || lines.at(3).contains(u"may be missing"));
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), 1);
}

void TestDispatcherRecovery::restartOfTheEngineIsNotTheJobsFault()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->setReachable(false);
    QTRY_VERIFY(!m_bench->dispatcher().engineStatus().reachable);
    m_engine->restart();
    m_engine->setReachable(true);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(137));
    QVERIFY2(m_bench->container(id, 0).error.startsWith(u"DockerStateError: The Docker engine"),
             qPrintable(m_bench->container(id, 0).error));
}

void TestDispatcherRecovery::lostPauseContainerEndsTheJob()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    m_engine->setScript(QStringLiteral("b"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a"), container("b")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->finish(m_bench->dockerName(id, -1), 137);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->job(id).statusReason,
             QStringLiteral("Host failure: the network of the job was lost"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(143));
}

void TestDispatcherRecovery::vanishedContainerIsNoSuccess()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->print(m_bench->dockerName(id, 0), "kept\n");
    m_engine->vanish(m_bench->dockerName(id, 0));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("FAILED"));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional<int>());
    QCOMPARE(m_bench->container(id, 0).error,
             QStringLiteral("ContainerVanishedError: No container matching saved ID found"));
    QCOMPARE(m_bench->lines(id, 0).value(0), QStringLiteral("kept"));
}

// F18: what it printed meanwhile is lost, and the log says so.
void TestDispatcherRecovery::vanishedWhileNobodyWatched()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->print(m_bench->dockerName(id, 0), "kept\n");
    QTRY_COMPARE(m_bench->lines(id, 0), QStringList{QStringLiteral("kept")});
    m_bench->dropDispatcher();
    m_engine->print(m_bench->dockerName(id, 0), "lost\n");
    m_engine->vanish(m_bench->dockerName(id, 0));
    m_bench->startDispatcher();
    QTRY_VERIFY(isSettled(id));
    const QStringList lines = m_bench->lines(id, 0);
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines.first(), QStringLiteral("kept"));
    QVERIFY2(lines.last().contains(u"removed from outside"), qPrintable(lines.last()));
}

void TestDispatcherRecovery::looksAgainWhenALookFails_data()
{
    QTest::addColumn<QString>("after");
    for (const char *after : {"start", "end", "stop"})
        QTest::newRow(after) << QString::fromLatin1(after);
}

// The step itself has succeeded: what it came to is not lost with an inspect that is refused.
void TestDispatcherRecovery::looksAgainWhenALookFails()
{
    QFETCH(QString, after);
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const auto refuseALook = [this] {
        m_engine->inject(QStringLiteral("inspect "), ScriptedEngine::Fault::Refused, 1,
                         Error{ErrorCode::Io, QStringLiteral("The engine answered 500."), {}});
    };
    if (after == u"start")
        refuseALook();
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    if (after != u"start")
        refuseALook();
    if (after == u"stop")
        QVERIFY(m_bench->dispatcher().terminateJob(id, QStringLiteral("enough")));
    else
        m_engine->finish(m_bench->dockerName(id, 0), 7);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->container(id, 0).exitCode, std::optional(after == u"stop" ? 143 : 7));
    QCOMPARE(m_bench->container(id, 0).error, QString());
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), 1);
}

void TestDispatcherRecovery::removesWhatBelongsToNoJob()
{
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(isSettled(id));
    const docker::ContainerSpec ours = containerOf(id, 1);
    docker::ContainerSpec foreign = ours;
    foreign.name = QStringLiteral("foreign");
    foreign.labels[QStringLiteral("dev.batchyard.install")] = QStringLiteral("00000000");
    docker::ContainerSpec bare;
    bare.name = QStringLiteral("bare");
    for (const auto &spec : {ours, foreign, bare})
        m_engine->createContainer(spec);
    QTRY_COMPARE(m_engine->containerNames(),
                 QStringList({QStringLiteral("foreign"), QStringLiteral("bare")}));
}

// F30, when the engine was away at the start: the database has lost what was written last.
void TestDispatcherRecovery::keepsWhatTheStoreDoesNotKnow()
{
    const QString known = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(isSettled(known));
    m_bench->dropDispatcher();
    const QList<docker::ContainerSpec> unknown{containerOf(QStringLiteral("lost"), 1),
                                               containerOf(known, 2)};
    for (const docker::ContainerSpec &spec : unknown)
        m_engine->createContainer(spec);
    m_engine->setReachable(false);
    m_bench->startDispatcher();
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(m_bench->dispatcher().engineStatus().unreachableSince);

    m_engine->clearCalls();
    m_engine->setReachable(true);
    QTRY_VERIFY2(m_bench->dispatcher().waitReason(id).contains(u"executor --recover"),
                 qPrintable(m_bench->dispatcher().waitReason(id)));
    QVERIFY(m_bench->dispatcher().engineStatus().storeProblem.contains(
        u"2 of its containers (lost left is one)"));
    const auto lists = [this] { return m_engine->calls().filter(QStringLiteral("list ")).size(); };
    QTRY_VERIFY(lists() > 2);
    QCOMPARE(m_engine->acts(), QStringList());
    QCOMPARE(m_bench->status(id), QStringLiteral("RUNNABLE"));

    // Whoever removes them by hand has decided that they do not matter.
    for (const docker::ContainerSpec &spec : unknown)
        m_engine->vanish(spec.name);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(m_bench->dispatcher().engineStatus().storeProblem, QString());
}

void TestDispatcherRecovery::startsNothingThatHasALog_data()
{
    QTest::addColumn<bool>("isMultinode");
    QTest::newRow("a job") << false;
    QTest::newRow("a node") << true;
}

// F30: the attempt has run by its log, its container is gone, and the store has lost both.
void TestDispatcherRecovery::startsNothingThatHasALog()
{
    QFETCH(bool, isMultinode);
    m_bench->dropDispatcher();
    m_bench->startDispatcher();
    m_engine->setReachable(false);
    QTRY_VERIFY(!m_bench->dispatcher().engineStatus().reachable);
    const batch::EcsTaskProperties task = taskOf({container("a")});
    const QString lost = isMultinode ? m_bench->submitNodes({task, task}) : m_bench->submit(task);
    const QString other = m_bench->submit(task);
    const QString directory
        = QFileInfo(m_bench->logPath(isMultinode ? lost + u"#1" : lost, 0)).path();
    QVERIFY(QDir().mkpath(directory));
    m_engine->clearCalls();
    m_engine->setReachable(true);
    for (const QString &id : {lost, other}) {
        QTRY_VERIFY2(m_bench->dispatcher().waitReason(id).contains(u"executor --recover"),
                     qPrintable(m_bench->dispatcher().waitReason(id)));
        QCOMPARE(m_bench->status(id), QStringLiteral("RUNNABLE"));
    }
    QVERIFY(m_bench->dispatcher().engineStatus().storeProblem.contains(directory));
    QCOMPARE(m_engine->acts(), QStringList());

    // Whoever removes it by hand has decided that it does not matter.
    QVERIFY(QDir().rmdir(directory));
    QTRY_VERIFY(isSettled(lost) && isSettled(other));
    QCOMPARE(m_bench->status(lost), QStringLiteral("SUCCEEDED"));
    QCOMPARE(m_bench->dispatcher().engineStatus().storeProblem, QString());
}

void TestDispatcherRecovery::startsNothingBeforeTheContainersAreKnown()
{
    m_bench->dropDispatcher();
    m_engine->inject(QStringLiteral("list dev.batchyard.install"), ScriptedEngine::Fault::Refused,
                     3);
    m_engine->clearCalls();
    m_bench->startDispatcher();
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
    const QStringList calls = m_engine->calls();
    int lists = 0;
    for (const QString &call : calls) {
        if (call.startsWith(u"list "))
            ++lists;
        else if (call.startsWith(u"create "))
            break;
    }
    QVERIFY2(lists >= 4, qPrintable(calls.join(u'\n')));
}

void TestDispatcherRecovery::adoptsAfterARestart()
{
    m_engine->setScript(QStringLiteral("a"), runsOn());
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_COMPARE(m_bench->status(id), QStringLiteral("RUNNING"));
    m_engine->print(m_bench->dockerName(id, 0), "one\n");
    for (int i = 0; i < 3; ++i) {
        m_bench->restartDispatcher();
        m_engine->print(m_bench->dockerName(id, 0), QByteArray::number(i) + '\n');
        QTRY_VERIFY(m_bench->dispatcher().containerStates(id).value(0).phase
                    == batch::ContainerPhase::Running);
    }
    m_engine->finish(m_bench->dockerName(id, 0), 0);
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->lines(id, 0),
             QStringList({QStringLiteral("one"), QStringLiteral("0"), QStringLiteral("1"),
                          QStringLiteral("2")}));
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), 1);
    QCOMPARE(m_bench->history(id), QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED"));
}

void TestDispatcherRecovery::refusesOnlyTheJobThatCannotBeRead_data()
{
    QTest::addColumn<JobStatus>("status");
    QTest::addColumn<executor::JobKind>("kind");
    QTest::newRow("waits") << JobStatus::Runnable << executor::JobKind::Single;
    QTest::newRow("runs") << JobStatus::Starting << executor::JobKind::Single;
    QTest::newRow("over and not cleaned up") << JobStatus::Failed << executor::JobKind::Single;
    QTest::newRow("array") << JobStatus::Runnable << executor::JobKind::ArrayParent;
}

void TestDispatcherRecovery::refusesOnlyTheJobThatCannotBeRead()
{
    QFETCH(JobStatus, status);
    QFETCH(executor::JobKind, kind);
    m_bench->dropDispatcher();
    const QString good = m_bench->accept(taskOf({container("a")}));
    executor::Store &store = m_bench->store();
    executor::JobRecord bad = m_bench->job(good);
    bad.id = QStringLiteral("bad");
    bad.kind = kind;
    bad.definition = "{";
    QList<executor::JobRecord> children;
    if (kind == executor::JobKind::ArrayParent) {
        bad.size = 2;
        for (int i = 0; i < bad.size; ++i) {
            executor::JobRecord child = bad;
            child.id = executor::childId(bad, i);
            child.kind = executor::JobKind::ArrayChild;
            child.parentId = bad.id;
            child.index = i;
            child.size = 0;
            children.append(child);
        }
    }
    QVERIFY(store.addJob(bad, children));
    if (!children.isEmpty()) {
        children.last().status = JobStatus::Failed; // as one that ran may have
        QVERIFY(store.setJobStatus(children.last(), batch::fromEpochMs(1)));
    }
    const docker::ContainerSpec left = containerOf(bad.id, 1);
    if (children.isEmpty()) {
        bad.status = JobStatus::Runnable;
        QVERIFY(store.setJobStatus(bad, batch::fromEpochMs(1)));
    }
    if (status != JobStatus::Runnable) {
        executor::AttemptRecord attempt;
        attempt.jobId = bad.id;
        attempt.number = bad.attempt = 1;
        attempt.taskId = QStringLiteral("0123456789abcdef0123456789abcdef");
        executor::ContainerRecord row;
        row.jobId = bad.id;
        row.attempt = 1;
        row.name = QStringLiteral("a");
        row.dockerName = left.name;
        row.logStreamName = QStringLiteral("d/a/1");
        attempt.containers = {row};
        bad.status = JobStatus::Starting;
        QVERIFY(store.beginAttempt(bad, attempt, batch::fromEpochMs(2)));
        m_engine->createContainer(left);
        bad.status = JobStatus::Failed;
        attempt.ended = true;
        if (status == JobStatus::Failed)
            QVERIFY(store.endAttempt(attempt, bad, batch::fromEpochMs(3)));
    }
    m_bench->startDispatcher();
    QTRY_VERIFY(isSettled(good));
    QCOMPARE(m_bench->status(good), QStringLiteral("SUCCEEDED"));
    QCOMPARE(m_bench->status(bad.id), QStringLiteral("FAILED"));
    if (status != JobStatus::Failed)
        QVERIFY2(m_bench->job(bad.id).statusReason.contains(u"cannot be read"),
                 qPrintable(m_bench->job(bad.id).statusReason));
    QTRY_COMPARE(m_engine->containerNames(), QStringList());
    for (const executor::JobRecord &child : std::as_const(children))
        QCOMPARE(m_bench->status(child.id), QStringLiteral("FAILED"));
}

// A create that the engine got from a killed executor has taken the name already.
void TestDispatcherRecovery::waitsForACreateUnderWay()
{
    m_engine->inject(QStringLiteral("create by-"), ScriptedEngine::Fault::Refused, 3,
                     Error{ErrorCode::Conflict, QStringLiteral("name is in use"), {}});
    const QString id = m_bench->submit(taskOf({container("a")}));
    QTRY_VERIFY(isSettled(id));
    QCOMPARE(m_bench->status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), 1);
}

void TestDispatcherRecovery::survivesACrashAtEveryCall_data()
{
    QTest::addColumn<ScriptedEngine::Fault>("fault");
    QTest::addColumn<bool>("alone");
    QTest::newRow("before the engine has heard of it")
        << ScriptedEngine::Fault::HeldUndone << false;
    QTest::newRow("before the reply is read") << ScriptedEngine::Fault::Held << false;
    QTest::newRow("a lone container, before the engine has heard of it")
        << ScriptedEngine::Fault::HeldUndone << true;
    QTest::newRow("a lone container, before the reply is read")
        << ScriptedEngine::Fault::Held << true;
}

// The nth call is the last thing that the executor does, for n = 1, 2, … until it is not reached.
void TestDispatcherRecovery::survivesACrashAtEveryCall()
{
    QFETCH(ScriptedEngine::Fault, fault);
    QFETCH(bool, alone);
    cleanup();
    const batch::EcsTaskProperties task = alone
        ? taskOf({container("agent")})
        : taskOf({container("init", false),
                  container("model", false, {onSuccess(QStringLiteral("init"))}),
                  container("agent", true, {onStart(QStringLiteral("model"))})});
    const int agent = alone ? 0 : 2;
    int crashes = 0;
    for (int n = 1; n < 200; ++n) {
        ScriptedEngine engine;
        Script serving = runsOn();
        serving.output = {QStringLiteral("serving")};
        Script walking = exits(0);
        walking.output = {QStringLiteral("one"), QStringLiteral("two")};
        engine.setScript(QStringLiteral("batchyard/pause:1"), runsOn());
        engine.setScript(QStringLiteral("model"), serving);
        engine.setScript(QStringLiteral("agent"), walking);
        CrashAtCall crash(engine, n, fault);
        RunnerBench bench(engine);
        bench.settings().startGrace = std::chrono::milliseconds(10);
        bench.startDispatcher();
        const QString id = bench.submit(task);
        QTRY_VERIFY(crash.hasHappened() || (bench.isEnded(id) && bench.isIdle()));
        if (!crash.hasHappened())
            break;
        ++crashes;
        bench.restartDispatcher();
        const QByteArray where = crash.where();
        QTRY_VERIFY2(bench.isEnded(id) && bench.isIdle(), where.constData());
        QVERIFY2(bench.status(id) == QStringLiteral("SUCCEEDED"), where.constData());
        QVERIFY2(bench.history(id) == u"SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED",
                 qPrintable(QString::fromUtf8(where) + bench.history(id)));
        for (int index = alone ? 0 : -1; index <= agent; ++index)
            QVERIFY2(engine.startCount(bench.dockerName(id, index)) == 1, where.constData());
        QVERIFY2(engine.containerNames().isEmpty(), where.constData());
        QVERIFY2(alone || bench.lines(id, 1) == QStringList{QStringLiteral("serving")},
                 where.constData());
        QVERIFY2(bench.lines(id, agent)
                     == QStringList({QStringLiteral("one"), QStringLiteral("two")}),
                 where.constData());
        QVERIFY2(bench.attempt(id).cleaned, where.constData());
    }
    QVERIFY(crashes > (alone ? 7 : 15));
}

QTEST_GUILESS_MAIN(TestDispatcherRecovery)
#include "tst_dispatcherrecovery.moc"
