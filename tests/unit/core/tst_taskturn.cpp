// Whole tasks from the first pull to the last stop: the worked cases of the ordering rules, each
// also with an executor that is killed before every turn.
#include "backend/executor/core/outcome.h"
#include "tests/unit/core/tasksimulation.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::executor::core;
using Status = ContainerStatus;

namespace {

struct Case {
    QList<ContainerRules> rules;
    QList<Behaviour> behaviours;
    int stopAtMs = -1;
    QStringList starts = {}; // in order
    QStringList stops = {}; // in order
    QStringList exitCodes = {}; // "-" for none
    bool succeeded = false;
    QString statusReason = QString(essentialExitReason);
    int deciding = 0;
    QString reason = {}; // of the deciding container
    bool isRunning = true; // the job became RUNNING
    bool isSameWhenKilled = true; // false: two things race, and being down decides the race
};

Behaviour runs(int ms, int code = 0)
{
    Behaviour behaviour;
    behaviour.runsMs = ms;
    behaviour.exitCode = code;
    return behaviour;
}

Behaviour forEver()
{
    return {};
}

Behaviour fails(Behaviour::Failure failure)
{
    Behaviour behaviour;
    behaviour.failure = failure;
    return behaviour;
}

QStringList actionsOf(const TaskSimulation &simulation, const QString &kind)
{
    QStringList names;
    for (const QString &action : simulation.actions()) {
        if (action.startsWith(kind))
            names.append(action.section(u' ', 1));
    }
    names.removeDuplicates(); // a start that is repeated after a restart starts nothing twice
    return names;
}

QString dependencyError(const QString &dependency, const QString &target, const QString &end)
{
    return QStringLiteral(
               "CannotStartContainerError: dependency graph: failed to resolve container "
               "ordering dependency [%1] for target [%2] %3")
        .arg(dependency, target, end);
}

const QString unsuccessful = QStringLiteral("as dependency did not exit successfully.");
const QString neverStarts = QStringLiteral("because dependency will never start");

QString s(const char *text)
{
    return QString::fromLatin1(text);
}

QStringList list(const char *names)
{
    return QString::fromLatin1(names).split(u' ', Qt::SkipEmptyParts);
}

} // namespace

Q_DECLARE_METATYPE(Case)

class TestTaskTurn : public QObject
{
    Q_OBJECT

private slots:
    void workedCases_data()
    {
        QTest::addColumn<Case>("task");
        addInitCases();
        addSidecarCases();
        addOrderCases();
        addFailureCases();
        addStopCases();
    }

    void workedCases()
    {
        QFETCH(Case, task);
        for (const bool killed : {false, true}) {
            TaskSimulation simulation(task.rules, task.behaviours);
            if (task.stopAtMs >= 0)
                simulation.stopAt(task.stopAtMs, s("asked"));
            if (killed && task.isSameWhenKilled)
                simulation.setRestarts([] { return true; });
            simulation.run();
            QCOMPARE(simulation.violations(), QStringList());
            QCOMPARE(actionsOf(simulation, s("start")), task.starts);
            QCOMPARE(actionsOf(simulation, s("stop")), task.stops);
            QStringList codes;
            for (const ContainerState &container : simulation.state().containers)
                codes.append(container.exitCode ? QString::number(*container.exitCode) : s("-"));
            QCOMPARE(codes, task.exitCodes);
            const AttemptOutcome outcome = attemptOutcome(task.rules, simulation.state());
            QCOMPARE(outcome.succeeded, task.succeeded);
            QCOMPARE(outcome.statusReason, task.statusReason);
            QCOMPARE(outcome.decidingContainer, task.deciding);
            QCOMPARE(outcome.reason, task.reason);
            QCOMPARE(simulation.state().startedAt.has_value(), task.isRunning);
        }
    }

    void aStartTimeoutEndsTheWaitToTheMillisecond()
    {
        QList<ContainerRules> rules{container(s("init!")),
                                    container(s("main"), {s("init COMPLETE")})};
        rules[0].startTimeout = 2;
        TaskSimulation simulation(rules, {forEver(), runs(5)});
        simulation.run();
        QCOMPARE(simulation.violations(), QStringList());
        // init starts at 10 ms; main is ended at 2,011 ms and then init is stopped.
        QCOMPARE(simulation.log(),
                 QStringList({s("0 pull init"), s("5 create init"), s("8 start init"),
                              s("2011 stop init")}));
        const ContainerState &main = simulation.state().containers[1];
        QCOMPARE(main.exitCode, std::optional<int>(143));
        QCOMPARE(main.error,
                 s("CannotStartContainerError: dependency graph: container ordering "
                   "dependency [init] for target [main] has timed out."));
    }

    void aPullWaitsForTheDependencies()
    {
        TaskSimulation simulation({container(s("main"), {s("db START")}), container(s("db!"))},
                                  {runs(5), forEver()});
        simulation.run();
        QCOMPARE(simulation.log(),
                 QStringList({s("0 pull db"), s("5 create db"), s("8 start db"), s("10 pull main"),
                              s("15 create main"), s("18 start main"), s("25 stop db")}));
    }

    void aTaskRunsOnceEveryContainerHasStarted()
    {
        TaskSimulation simulation(
            {container(s("init!")), container(s("main"), {s("init SUCCESS")})},
            {runs(1000), runs(50)});
        simulation.run();
        QVERIFY(simulation.state().startedAt == simulation.state().containers[1].startedAt);
    }

    void aPullInFlightDoesNotHoldUpAStop()
    {
        const QList<ContainerRules> rules{container(s("a"))};
        TaskState state;
        state.containers.resize(1);
        state = advance(rules, state, atMs(0)).state;
        QVERIFY(state.containers[0].applied == Status::Pulled);
        state = requestStop(state, s("enough"));
        const Step step = advance(rules, state, atMs(1));
        QVERIFY(allStopped(step.state));
        QVERIFY(!step.state.containers[0].exitCode);
        // The pull's own end comes too late to matter.
        QVERIFY(applyFact(rules, step.state, {.kind = ContainerFact::Kind::Pulled}, atMs(2))
                == step.state);
    }

    void aCreateOrStartInFlightIsAwaitedBeforeTheStop_data()
    {
        QTest::addColumn<Status>("inFlight");
        QTest::newRow("create") << Status::Created;
        QTest::newRow("start") << Status::Running;
    }

    void aCreateOrStartInFlightIsAwaitedBeforeTheStop()
    {
        QFETCH(Status, inFlight);
        const QList<ContainerRules> rules{container(s("a"))};
        TaskState state;
        state.containers.resize(1);
        state.containers[0].known = inFlight == Status::Created ? Status::Pulled : Status::Created;
        state.containers[0].applied = inFlight;
        state = requestStop(state, s("enough"));
        Step step = advance(rules, state, atMs(1));
        QVERIFY(step.actions.isEmpty());
        QVERIFY(!allStopped(step.state));
        const bool starts = inFlight == Status::Running;
        state = applyFact(
            rules, step.state,
            {.kind = starts ? ContainerFact::Kind::Running : ContainerFact::Kind::Created},
            atMs(2));
        step = advance(rules, state, atMs(2));
        QCOMPARE(allStopped(step.state), !starts);
        QCOMPARE(step.actions, starts ? (QList<Action>{{Action::Kind::Stop, 0}}) : QList<Action>());
    }

    void aGraphThatShouldHaveBeenRefusedStillEnds()
    {
        TaskSimulation simulation(
            {container(s("a"), {s("b START")}), container(s("b"), {s("a START")})},
            {runs(1), runs(1)});
        simulation.run();
        QCOMPARE(simulation.violations(), QStringList());
        QCOMPARE(simulation.log(), QStringList());
        QCOMPARE(simulation.state().containers[0].error,
                 s("TaskStateError: Agent could not progress task's state to stopped"));
        const AttemptOutcome outcome
            = attemptOutcome({container(s("a")), container(s("b"))}, simulation.state());
        QVERIFY(!outcome.succeeded);
        QCOMPARE(outcome.statusReason, QString(failedToStartReason));
    }

private:
    static void addInitCases()
    {
        const QList<ContainerRules> success{container(s("init!")),
                                            container(s("main"), {s("init SUCCESS")})};
        const QList<ContainerRules> complete{container(s("init!")),
                                             container(s("main"), {s("init COMPLETE")})};
        QTest::newRow("init succeeds, main runs") << Case{.rules = success,
                                                          .behaviours = {runs(20), runs(5)},
                                                          .starts = list("init main"),
                                                          .exitCodes = list("0 0"),
                                                          .succeeded = true,
                                                          .deciding = 1};
        QTest::newRow("main's code decides, not init's")
            << Case{.rules = complete,
                    .behaviours = {runs(20, 4), runs(5, 3)},
                    .starts = list("init main"),
                    .exitCodes = list("4 3"),
                    .deciding = 1};
        QTest::newRow("init fails under SUCCESS")
            << Case{.rules = success,
                    .behaviours = {runs(20, 1), runs(5)},
                    .starts = list("init"),
                    .exitCodes = list("1 143"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 1,
                    .reason = dependencyError(s("init"), s("main"), unsuccessful),
                    .isRunning = false};
        QTest::newRow("init fails under COMPLETE") << Case{.rules = complete,
                                                           .behaviours = {runs(20, 1), runs(5)},
                                                           .starts = list("init main"),
                                                           .exitCodes = list("1 0"),
                                                           .succeeded = true,
                                                           .deciding = 1};
        Behaviour gone = runs(20);
        gone.vanishes = true;
        QTest::newRow("init vanishes under COMPLETE")
            << Case{.rules = complete,
                    .behaviours = {gone, runs(5)},
                    .starts = list("init"),
                    .exitCodes = list("- 143"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 1,
                    .reason = dependencyError(s("init"), s("main"),
                                              s("as dependency ended without an exit code.")),
                    .isRunning = false};
        QTest::newRow("START on a dependency that has exited already")
            << Case{.rules = {container(s("main"), {s("init START")}), container(s("init!"))},
                    .behaviours = {runs(5), runs(0, 1)},
                    .starts = list("init main"),
                    .exitCodes = list("0 1"),
                    .succeeded = true};
    }

    static void addSidecarCases()
    {
        const QList<ContainerRules> rules{container(s("sidecar!")),
                                          container(s("main"), {s("sidecar START")})};
        QTest::newRow("main ends, the sidecar is stopped")
            << Case{.rules = rules,
                    .behaviours = {forEver(), runs(20)},
                    .starts = list("sidecar main"),
                    .stops = list("sidecar"),
                    .exitCodes = list("143 0"),
                    .succeeded = true,
                    .deciding = 1};
        Behaviour deaf = forEver();
        deaf.endsOnStopMs = -1;
        QTest::newRow("the sidecar ignores SIGTERM") << Case{.rules = rules,
                                                             .behaviours = {deaf, runs(20)},
                                                             .starts = list("sidecar main"),
                                                             .stops = list("sidecar"),
                                                             .exitCodes = list("137 0"),
                                                             .succeeded = true,
                                                             .deciding = 1};
        QTest::newRow("the sidecar fails early") << Case{.rules = rules,
                                                         .behaviours = {runs(1, 3), runs(20)},
                                                         .starts = list("sidecar main"),
                                                         .exitCodes = list("3 0"),
                                                         .succeeded = true,
                                                         .deciding = 1};
        const QList<ContainerRules> two{container(s("a")), container(s("b"))};
        QTest::newRow("two essential ones, the first to end decides")
            << Case{.rules = two,
                    .behaviours = {runs(2000), forEver()},
                    .starts = list("a b"),
                    .stops = list("b"),
                    .exitCodes = list("0 143"),
                    .succeeded = true};
        QTest::newRow("two essential ones, the first fails")
            << Case{.rules = two,
                    .behaviours = {runs(5000), runs(2000, 9)},
                    .starts = list("a b"),
                    .stops = list("a"),
                    .exitCodes = list("143 9"),
                    .deciding = 1};
        QTest::newRow("an essential one that could not start any more")
            << Case{.rules = {container(s("a")), container(s("b"), {s("a START")})},
                    .behaviours = {runs(1), runs(5)},
                    .starts = list("a"),
                    .exitCodes = list("0 -"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 1,
                    .isRunning = false};
        QTest::newRow("a sidecar that could not start any more")
            << Case{.rules = {container(s("a")), container(s("b!"), {s("a START")})},
                    .behaviours = {runs(1), runs(5)},
                    .starts = list("a"),
                    .exitCodes = list("0 -"),
                    .succeeded = true};
        QTest::newRow("a sidecar that can never start")
            << Case{.rules = {container(s("main")), container(s("x!")),
                              container(s("y!"), {s("x SUCCESS")})},
                    .behaviours = {runs(5000), runs(1, 1), runs(1)},
                    .starts = list("main x"),
                    .exitCodes = list("0 1 143"),
                    .succeeded = true};
    }

    static void addOrderCases()
    {
        const QList<ContainerRules> chain{container(s("parent"), {s("A START")}),
                                          container(s("A!"), {s("B START")}),
                                          container(s("B!"), {s("C START")}), container(s("C!"))};
        QTest::newRow("a chain stops in reverse, one after the other")
            << Case{.rules = chain,
                    .behaviours = {runs(20), forEver(), forEver(), forEver()},
                    .starts = list("C B A parent"),
                    .stops = list("A B C"),
                    .exitCodes = list("0 143 143 143"),
                    .succeeded = true};
        const QList<ContainerRules> diamond{container(s("D!")), container(s("B!"), {s("D START")}),
                                            container(s("C!"), {s("D START")}),
                                            container(s("A"), {s("B START"), s("C START")})};
        QTest::newRow("a diamond is stopped from its point")
            << Case{.rules = diamond,
                    .behaviours = {forEver(), forEver(), forEver(), forEver()},
                    .stopAtMs = 500,
                    .starts = list("D B C A"),
                    .stops = list("A B C D"),
                    .exitCodes = list("143 143 143 143"),
                    .statusReason = s("asked"),
                    .deciding = -1};
    }

    static void addFailureCases()
    {
        using Failure = Behaviour::Failure;
        const QList<ContainerRules> rules{
            container(s("init!")), container(s("main"), {s("init START")}), container(s("other"))};
        QTest::newRow("an image that cannot be pulled fails the task, essential or not")
            << Case{.rules = rules,
                    .behaviours = {fails(Failure::Pull), runs(5), forEver()},
                    .exitCodes = list("- - -"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 0,
                    .reason = s("CannotPullContainerError: no image"),
                    .isRunning = false};
        QTest::newRow("create fails, what depends on it never starts")
            << Case{.rules = rules,
                    .behaviours = {fails(Failure::Create), runs(5), forEver()},
                    .exitCodes = list("- 143 -"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 1,
                    .reason = dependencyError(s("init"), s("main"), neverStarts),
                    .isRunning = false};
        QTest::newRow("start fails, what depends on it never starts, the rest is stopped")
            << Case{.rules = rules,
                    .behaviours = {fails(Failure::Start), runs(5), forEver()},
                    .starts = list("init other"),
                    .stops = list("other"),
                    .exitCodes = list("- 143 143"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 1,
                    .reason = dependencyError(s("init"), s("main"), neverStarts),
                    .isRunning = false,
                    .isSameWhenKilled = false};
        QTest::newRow("an essential one cannot be created")
            << Case{.rules = {container(s("main"))},
                    .behaviours = {fails(Failure::Create)},
                    .exitCodes = list("-"),
                    .statusReason = QString(failedToStartReason),
                    .reason = s("CannotCreateContainerError: bad"),
                    .isRunning = false};
        QTest::newRow("a sidecar cannot be started, main goes on")
            << Case{.rules = {container(s("side!")), container(s("main"))},
                    .behaviours = {fails(Failure::Start), runs(30)},
                    .starts = list("side main"),
                    .exitCodes = list("- 0"),
                    .succeeded = true,
                    .deciding = 1};
        QTest::newRow("one that never starts holds up the whole chain, in any order")
            << Case{.rules = {container(s("c"), {s("b START")}), container(s("b!"), {s("a START")}),
                              container(s("a!"))},
                    .behaviours = {runs(5), runs(5), fails(Failure::Create)},
                    .exitCodes = list("143 143 -"),
                    .statusReason = QString(failedToStartReason),
                    .deciding = 0,
                    .reason = dependencyError(s("b"), s("c"), neverStarts),
                    .isRunning = false};
        Behaviour gone = runs(20);
        gone.vanishes = true;
        QTest::newRow("the essential container is removed from outside")
            << Case{.rules = {container(s("main"))},
                    .behaviours = {gone},
                    .starts = list("main"),
                    .exitCodes = list("-"),
                    .reason = s("ContainerVanishedError: No container matching saved ID found")};
    }

    static void addStopCases()
    {
        Behaviour deaf = forEver();
        deaf.endsOnStopMs = -1;
        Behaviour polite = forEver();
        polite.stopExitCode = 0;
        QTest::newRow("asked to stop while it ignores SIGTERM")
            << Case{.rules = {container(s("main"))},
                    .behaviours = {deaf},
                    .stopAtMs = 60'000,
                    .starts = list("main"),
                    .stops = list("main"),
                    .exitCodes = list("137"),
                    .statusReason = s("asked"),
                    .deciding = -1};
        QTest::newRow("exit 0 on a requested stop is no success")
            << Case{.rules = {container(s("main"))},
                    .behaviours = {polite},
                    .stopAtMs = 500,
                    .starts = list("main"),
                    .stops = list("main"),
                    .exitCodes = list("0"),
                    .statusReason = s("asked"),
                    .deciding = -1};
        QTest::newRow("asked to stop before anything started")
            << Case{.rules = {container(s("main"))},
                    .behaviours = {forEver()},
                    .stopAtMs = 2,
                    .exitCodes = list("-"),
                    .statusReason = s("asked"),
                    .deciding = -1,
                    .isRunning = false};
        QTest::newRow("asked to stop when it was ending by itself")
            << Case{.rules = {container(s("side!")), container(s("main"), {s("side START")})},
                    .behaviours = {deaf, runs(2000)},

                    .stopAtMs = 5000,
                    .starts = list("side main"),
                    .stops = list("side"),
                    .exitCodes = list("137 0"),
                    .succeeded = true,
                    .deciding = 1};
    }
};

QTEST_GUILESS_MAIN(TestTaskTurn)
#include "tst_taskturn.moc"
