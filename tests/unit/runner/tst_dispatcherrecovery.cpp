// Jobs whose executor or engine goes away and comes back, on a scripted engine.
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

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
    void removesWhatBelongsToNoJob();
    void keepsWhatTheStoreDoesNotKnow();
    void startsNothingBeforeTheContainersAreKnown();
    void adoptsAfterARestart();
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
