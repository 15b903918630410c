// The network of an attempt: what the engine is asked for when several containers share it, when a
// lone one has it for itself, and when it goes away meanwhile.
#include "tests/support/text.h"
#include "tests/unit/runner/attemptbench.h"
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

class TestAttemptNetwork : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void acts_data();
    void acts();
    void comesBackForALoneContainer_data();
    void comesBackForALoneContainer();
    void isMadeOnceForAll();
    void beginsNothingAfterTheEnd_data();
    void beginsNothingAfterTheEnd();
    void cannotBeMade();
    void keepsThePauseOfAnEarlierVersion();
    void tellsWhatIsStarting();

private:
    // What is done to containers and networks, without what is the same in all names.
    [[nodiscard]] QStringList shortActs() const;

    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<AttemptBench> m_bench;
};

void TestAttemptNetwork::init()
{
    m_engine = std::make_unique<ScriptedEngine>();
    m_engine->setScript(text("batchyard/pause:1"), runsOn());
    m_bench = std::make_unique<AttemptBench>(*m_engine);
}

void TestAttemptNetwork::cleanup()
{
    m_bench.reset();
    m_engine.reset();
}

QStringList TestAttemptNetwork::shortActs() const
{
    static const QRegularExpression names(text("by-[0-9a-f]{8}-[0-9a-f-]{36}-a1-"));
    return m_engine->acts()
        .filter(QRegularExpression(text("^(create|start|remove|network-)")))
        .replaceInStrings(names, QString());
}

void TestAttemptNetwork::acts_data()
{
    QTest::addColumn<executor::NetworkMode>("mode");
    QTest::addColumn<int>("containers");
    QTest::addColumn<QString>("ipcMode");
    QTest::addColumn<bool>("isNode");
    QTest::addColumn<QString>("acts");
    using Mode = executor::NetworkMode;
    const QString lone = text("create 0,start 0,remove 0");
    QTest::newRow("lone, isolated") << Mode::Isolated << 1 << QString() << false << lone;
    QTest::newRow("lone, on the bridge")
        << Mode::Bridge << 1 << QString() << false << text("network-create batchyard,") + lone;
    const QString paused = text("create pause,start pause,create 0,start 0,remove 0,remove pause");
    QTest::newRow("lone, with its IPC namespace shared")
        << Mode::Isolated << 1 << text("task") << false << paused;
    QTest::newRow("a node") << Mode::Isolated << 1 << QString() << true
                            << text("network-create by-nodes,") + paused;
    QTest::newRow("two") << Mode::Isolated << 2 << QString() << false
                         << text("create pause,create 0,create 1,start pause,start 0,start 1,"
                                 "remove 0,remove 1,remove pause");
}

void TestAttemptNetwork::acts()
{
    QFETCH(executor::NetworkMode, mode);
    QFETCH(int, containers);
    QFETCH(QString, ipcMode);
    QFETCH(bool, isNode);
    QFETCH(QString, acts);
    QList<TestContainer> list{container("a")};
    if (containers > 1)
        list.append(container("b"));
    batch::EcsTaskProperties task = taskOf(list);
    task.ipcMode = ipcMode;
    const QString id = m_bench->run(task, [&](executor::AttemptPlan &plan) {
        plan.context.network = mode;
        if (isNode)
            plan.context.node = executor::NodeContext{text("job"), 0, 0, 2, {}};
    });
    QVERIFY(m_bench->outcome(id).succeeded);
    static const QRegularExpression install(text("by-[0-9a-f]{8}-job-"));
    QStringList done = shortActs().replaceInStrings(install, text("by-"));
    QStringList expected = acts.split(u',');
    if (done.contains(text("start pause"))) { // which of them is made first is no matter
        QVERIFY(done.indexOf(text("start pause")) < done.indexOf(text("start 0")));
        done.sort();
        expected.sort();
    }
    QCOMPARE(done, expected);
    QCOMPARE(m_bench->runner(id).record().containers.size(),
             acts.contains(u"pause") ? containers + 1 : containers);
}

void TestAttemptNetwork::comesBackForALoneContainer_data()
{
    QTest::addColumn<executor::NetworkMode>("mode");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<int>("refusals");
    QTest::addColumn<int>("starts"); // calls
    QTest::addColumn<bool>("succeeded");
    using Mode = executor::NetworkMode;
    QTest::newRow("gone once") << Mode::Bridge << ErrorCode::NotFound << 1 << 2 << true;
    QTest::newRow("gone again") << Mode::Bridge << ErrorCode::NotFound << 2 << 2 << false;
    QTest::newRow("another refusal") << Mode::Bridge << ErrorCode::InvalidInput << 1 << 1 << false;
    QTest::newRow("no network to go") << Mode::Isolated << ErrorCode::NotFound << 1 << 1 << false;
}

void TestAttemptNetwork::comesBackForALoneContainer()
{
    QFETCH(executor::NetworkMode, mode);
    QFETCH(ErrorCode, code);
    QFETCH(int, refusals);
    QFETCH(int, starts);
    QFETCH(bool, succeeded);
    m_engine->setObserver([this](const QString &call) {
        if (call.startsWith(u"start "))
            m_engine->removeNetwork(text("batchyard"));
    });
    m_engine->inject(text("start by-"), ScriptedEngine::Fault::Refused, refusals,
                     Error{code, text("network batchyard not found"), {}});
    const QString id = m_bench->run(taskOf({container("a")}), [&](executor::AttemptPlan &plan) {
        plan.context.network = mode;
    });
    QCOMPARE(m_engine->acts().filter(text("start ")).size(), starts);
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, 0)), succeeded ? 1 : 0);
    QCOMPARE(m_engine->acts().count(text("network-create batchyard")),
             mode == executor::NetworkMode::Isolated ? 0 : starts);
    QCOMPARE(m_bench->outcome(id).succeeded, succeeded);
    if (!succeeded)
        QCOMPARE(m_bench->container(id, 0).error,
                 text("CannotStartContainerError: network batchyard not found"));
    QCOMPARE(m_engine->containerNames(), QStringList());
}

// The engine would make two networks of one name, and then start nothing on either.
void TestAttemptNetwork::isMadeOnceForAll()
{
    QStringList ids;
    for (int i = 0; i < 5; ++i)
        ids.append(m_bench->begin(taskOf({container("a")}), [](executor::AttemptPlan &plan) {
            plan.context.network = executor::NetworkMode::Bridge;
        }));
    for (const QString &id : std::as_const(ids)) {
        QTRY_VERIFY(m_bench->isCleaned(id));
        QVERIFY(m_bench->outcome(id).succeeded);
    }
    QCOMPARE(m_engine->calls().count(text("network batchyard")), 1);
    QCOMPARE(m_engine->acts().count(text("network-create batchyard")), 1);
}

void TestAttemptNetwork::beginsNothingAfterTheEnd_data()
{
    QTest::addColumn<QString>("call"); // that is answered when all is over
    QTest::newRow("image") << text("image batchyard/pause:1");
    QTest::newRow("network") << text("network-create");
}

// The attempt fails by itself, and is cleaned up, while its pause container is prepared.
void TestAttemptNetwork::beginsNothingAfterTheEnd()
{
    QFETCH(QString, call);
    m_engine->inject(call, ScriptedEngine::Fault::Held);
    batch::EcsTaskProperties task = taskOf({container("a"), container("b")});
    task.containers[0].secrets = {{text("X"), text("nowhere"), {}}};
    const QString id = m_bench->run(task, [](executor::AttemptPlan &plan) {
        plan.context.network = executor::NetworkMode::Bridge;
    });
    QVERIFY(m_bench->isCleaned(id));
    QVERIFY(m_engine->calls().filter(call).size() > 0);
    m_engine->release();
    QTest::qWait(1); // the replies and what follows from them
    QCoreApplication::processEvents();
    QVERIFY(m_engine->calls().filter(text("create by-")).isEmpty());
    QVERIFY(m_engine->containerNames().isEmpty());
}

void TestAttemptNetwork::cannotBeMade()
{
    m_engine->inject(text("network-create "), ScriptedEngine::Fault::Refused, 1,
                     Error{ErrorCode::Io, text("no free address"), {}});
    const QString id = m_bench->run(taskOf({container("a")}), [](executor::AttemptPlan &plan) {
        plan.context.network = executor::NetworkMode::Bridge;
    });
    QVERIFY(!m_bench->outcome(id).succeeded);
    QCOMPARE(m_bench->outcome(id).statusReason, text("Task failed to start"));
    QCOMPARE(m_bench->container(id, 0).error,
             text("CannotCreateContainerError: The network of the job could not be made: "
                  "no free address"));
    // Its making was announced, so it is looked for in the end.
    QCOMPARE(shortActs(), QStringList({text("network-create batchyard"), text("remove 0")}));
}

// The rows say it: the container was made to join a pause container.
void TestAttemptNetwork::keepsThePauseOfAnEarlierVersion()
{
    m_bench->setAlwaysPauses();
    const QString id = m_bench->run(taskOf({container("a")}));
    QVERIFY(m_bench->outcome(id).succeeded);
    QVERIFY(shortActs().indexOf(text("start pause")) < shortActs().indexOf(text("start 0")));
    QCOMPARE(m_engine->startCount(m_bench->dockerName(id, -1)), 1);
    QCOMPARE(m_engine->containerNames(), QStringList());
}

// So that only so many are started at a time, and those that wait for an image keep nobody out.
void TestAttemptNetwork::tellsWhatIsStarting()
{
    m_engine->setScript(text("a"), runsOn());
    m_engine->setImageMissing(text("tiny:1"));
    m_engine->inject(text("pull "), ScriptedEngine::Fault::HeldUndone);
    m_engine->inject(text("create "), ScriptedEngine::Fault::HeldUndone);
    m_engine->inject(text("start "), ScriptedEngine::Fault::HeldUndone);
    const QString id = m_bench->begin(taskOf({container("a")}));
    QVERIFY(m_bench->runner(id).isStarting());
    QTRY_VERIFY(m_engine->acts().contains(text("pull tiny:1")));
    QVERIFY(!m_bench->runner(id).isStarting());
    for (const char *step : {"create ", "start "}) {
        m_engine->release();
        QTRY_VERIFY(m_engine->acts().contains(text(step) + m_bench->dockerName(id, 0)));
        QVERIFY(m_bench->runner(id).isStarting());
    }
    m_engine->release();
    QTRY_VERIFY(!m_bench->runner(id).isStarting());
    QVERIFY(m_bench->runner(id).record().startedAt);
    m_engine->finish(m_bench->dockerName(id, 0), 0);
    QTRY_VERIFY(m_bench->isCleaned(id));
}

QTEST_GUILESS_MAIN(TestAttemptNetwork)
#include "tst_attemptnetwork.moc"
