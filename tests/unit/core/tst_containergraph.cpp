// The agent's truth tables (agent/engine/dependencygraph/graph_test.go), as far as they apply: AWS
// Batch has no CREATE and no HEALTHY condition, its containers are never desired to be CREATED, and
// no status ZOMBIE exists here. Of TestContainerOrderingIsResolved that leaves out rows 1-6
// (CREATE), 7-8 (a target desired CREATED) and 9 and 11 (ZOMBIE); of
// TestContainerOrderingCanResolve, which is about admission, rows 1-7 (CREATE), 8 and 10 (desired
// CREATED), 11 (ZOMBIE) and 12, 14, 17 (a dependency that is desired STOPPED before anything runs);
// its rows 15 and 16 are about exit codes, which only exist later, and are covered by the first
// table. The tables with "PullUpfront" belong to an option of the agent that is off.
#include "tests/unit/core/tasksimulation.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::executor::core;
using batch::DependencyCondition;
using Status = ContainerStatus;

Q_DECLARE_METATYPE(batchyard::executor::core::ContainerStatus)
Q_DECLARE_METATYPE(batchyard::executor::core::ContainerState)

namespace {

const QString startReason = QStringLiteral(
    "dependency graph: failed to resolve container ordering dependency [d] for target [t] "
    "because dependency will never start");
const QString successReason = QStringLiteral(
    "dependency graph: failed to resolve container ordering dependency [d] for target [t] "
    "as dependency did not exit successfully.");
const QString timeoutReasonText = QStringLiteral(
    "dependency graph: container ordering dependency [d] for target [t] has timed out.");
const QString noCodeReason = QStringLiteral(
    "dependency graph: failed to resolve container ordering dependency [d] for target [t] "
    "as dependency ended without an exit code.");

ContainerState known(Status status)
{
    ContainerState state;
    state.known = status;
    if (status >= Status::Running)
        state.startedAt = atMs(0);
    return state;
}

ContainerState exited(std::optional<int> code)
{
    ContainerState state = known(Status::Stopped);
    state.exitCode = code;
    return state;
}

ContainerState desiredStopped(Status status, Status applied = Status::None)
{
    ContainerState state;
    state.known = status;
    state.desired = Status::Stopped;
    state.applied = applied;
    return state;
}

// "ready", "not yet d START" or the reason why never.
QString text(const Verdict &verdict)
{
    if (const auto *never = std::get_if<Never>(&verdict))
        return never->reason;
    if (const auto *notYet = std::get_if<NotYet>(&verdict)) {
        const QStringList names{QStringLiteral("START"), QStringLiteral("COMPLETE"),
                                QStringLiteral("SUCCESS")};
        return QStringLiteral("not yet %1 %2")
            .arg(notYet->blocker, names[static_cast<int>(notYet->condition)]);
    }
    return QStringLiteral("ready");
}

} // namespace

class TestContainerGraph : public QObject
{
    Q_OBJECT

private slots:
    void conditions_data()
    {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<Status>("target");
        QTest::addColumn<ContainerState>("dependency");
        QTest::addColumn<QString>("expected");
        const QString start = QStringLiteral("START");
        const QString success = QStringLiteral("SUCCESS");
        const QString complete = QStringLiteral("COMPLETE");
        const QString ready = QStringLiteral("ready");
        const auto notYet = [](const QString &condition) -> QString {
            return QStringLiteral("not yet d ") + condition;
        };
        // Rows 10, 12-15 of TestContainerOrderingIsResolved.
        QTest::newRow("START, running") << start << Status::None << known(Status::Running) << ready;
        QTest::newRow("START, stopped, target not begun")
            << start << Status::None << exited(0) << ready;
        QTest::newRow("START, stopped, target pulled")
            << start << Status::Pulled << exited(0) << ready;
        QTest::newRow("START, stopped, target created")
            << start << Status::Created << exited(0) << ready;
        QTest::newRow("START, stopped with a failure")
            << start << Status::None << exited(1) << ready;
        // Rows 16-20.
        QTest::newRow("SUCCESS, exit 0") << success << Status::None << exited(0) << ready;
        QTest::newRow("SUCCESS, exit 1") << success << Status::None << exited(1) << successReason;
        QTest::newRow("COMPLETE, exit 0") << complete << Status::None << exited(0) << ready;
        QTest::newRow("COMPLETE, exit 1") << complete << Status::None << exited(1) << ready;
        QTest::newRow("COMPLETE, running")
            << complete << Status::None << known(Status::Running) << notYet(complete);
        // TestVerifyContainerOrderingStatusResolvableFailOnDependencyWontStart, for each condition.
        for (const QString &condition : {start, complete, success})
            QTest::addRow("%s, will never start", qPrintable(condition))
                << condition << Status::Pulled << desiredStopped(Status::Pulled) << startReason;
        // What the agent's tables leave open.
        for (const auto status : {Status::None, Status::Pulled, Status::Created}) {
            QTest::addRow("START, %s", qPrintable(toString(status)))
                << start << Status::None << known(status) << notYet(start);
            QTest::addRow("SUCCESS, %s", qPrintable(toString(status)))
                << success << Status::None << known(status) << notYet(success);
        }
        QTest::newRow("SUCCESS, running")
            << success << Status::None << known(Status::Running) << notYet(success);
        QTest::newRow("SUCCESS, no exit code")
            << success << Status::None << exited({}) << successReason;
        QTest::newRow("COMPLETE, no exit code")
            << complete << Status::None << exited({}) << noCodeReason;
        QTest::newRow("START, no exit code but it ran")
            << start << Status::None << exited({}) << ready;
        ContainerState unstarted = exited(143); // ended by a dependency of its own
        unstarted.startedAt.reset();
        QTest::newRow("START, ended without starting")
            << start << Status::None << unstarted << startReason;
        QTest::newRow("COMPLETE, ended without starting")
            << complete << Status::None << unstarted << startReason;
        QTest::newRow("SUCCESS, ended without starting")
            << success << Status::None << unstarted << successReason;
        QTest::newRow("START, to be stopped but its start is in flight")
            << start << Status::None << desiredStopped(Status::Created, Status::Running)
            << notYet(start);
    }

    void conditions()
    {
        QFETCH(QString, condition);
        QFETCH(Status, target);
        QFETCH(ContainerState, dependency);
        QFETCH(QString, expected);
        const QList<ContainerRules> rules{
            container(QStringLiteral("t"), {QStringLiteral("d ") + condition}),
            container(QStringLiteral("d"))};
        TaskState state;
        state.containers = {known(target), dependency};
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(0))), expected);
        // A container can always stop, whatever it waited for.
        state.containers[0].desired = Status::Stopped;
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(0))), QStringLiteral("ready"));
    }

    void theLastBlockerIsNamedAndATerminalErrorWins()
    {
        const QList<ContainerRules> rules{
            container(QStringLiteral("t"),
                      {QStringLiteral("a START"), QStringLiteral("d SUCCESS"),
                       QStringLiteral("b COMPLETE")}),
            container(QStringLiteral("a")), container(QStringLiteral("b!")),
            container(QStringLiteral("d!"))};
        TaskState state;
        state.containers.resize(4);
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(0))),
                 QStringLiteral("not yet b COMPLETE"));
        state.containers[2] = exited(0);
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(0))),
                 QStringLiteral("not yet d SUCCESS"));
        state.containers[3] = exited(2);
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(0))), successReason);
    }

    void anUnknownDependencyIsTerminal()
    {
        const QList<ContainerRules> rules{
            container(QStringLiteral("t"), {QStringLiteral("x START")})};
        TaskState state;
        state.containers.resize(1);
        QCOMPARE(
            text(dependenciesAreResolved(rules, state, 0, atMs(0))),
            QStringLiteral("dependency graph: container ordering dependency [x] for target [t] "
                           "does not exist."));
    }

    void startTimeout_data()
    {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<qint64>("now"); // ms; the dependency started at 0
        QTest::addColumn<qint64>("ranFor"); // ms, by the clock that does not jump; -1: not known
        QTest::addColumn<Status>("target");
        QTest::addColumn<QString>("expected");
        const QString complete = QStringLiteral("COMPLETE");
        const QString success = QStringLiteral("SUCCESS");
        // TestStartTimeoutForContainerOrdering: long ago, not yet, not started (below).
        QTest::newRow("COMPLETE, passed")
            << complete << qint64(10'001) << qint64(-1) << Status::Pulled << timeoutReasonText;
        QTest::newRow("SUCCESS, passed")
            << success << qint64(10'001) << qint64(-1) << Status::None << timeoutReasonText;
        QTest::newRow("passed, and the clock went back")
            << success << qint64(-7'200'000) << qint64(10'001) << Status::None << timeoutReasonText;
        QTest::newRow("not passed, and the clock went on")
            << success << qint64(7'200'000) << qint64(10'000) << Status::None
            << QStringLiteral("not yet d SUCCESS");
        QTest::newRow("to the millisecond, not passed")
            << success << qint64(10'000) << qint64(-1) << Status::None
            << QStringLiteral("not yet d SUCCESS");
        QTest::newRow("START never times out")
            << QStringLiteral("START") << qint64(99'999) << qint64(-1) << Status::None
            << QStringLiteral("ready");
        QTest::newRow("the target is created already")
            << complete << qint64(10'001) << qint64(-1) << Status::Created
            << QStringLiteral("not yet d COMPLETE");
    }

    void startTimeout()
    {
        QFETCH(QString, condition);
        QFETCH(qint64, now);
        QFETCH(qint64, ranFor);
        QFETCH(Status, target);
        QFETCH(QString, expected);
        QList<ContainerRules> rules{
            container(QStringLiteral("t"), {QStringLiteral("d ") + condition}),
            container(QStringLiteral("d!"))};
        rules[1].startTimeout = 10;
        TaskState state;
        state.containers = {known(target), known(Status::Running)};
        if (ranFor >= 0)
            state.containers[1].ranFor = std::chrono::milliseconds(ranFor);
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(now))), expected);
        rules[1].startTimeout.reset();
        QVERIFY(text(dependenciesAreResolved(rules, state, 0, atMs(now))) != timeoutReasonText);
        rules[1].startTimeout = 10;
        state.containers[1] = known(Status::Created); // the clock starts when the dependency does
        QVERIFY(text(dependenciesAreResolved(rules, state, 0, atMs(now))) != timeoutReasonText);
        state.containers[1] = exited(0); // what has stopped cannot time out
        QCOMPARE(text(dependenciesAreResolved(rules, state, 0, atMs(now))),
                 QStringLiteral("ready"));
    }

    void createdAhead_data()
    {
        QTest::addColumn<QStringList>("dependsOn"); // of t, on d and e
        QTest::addColumn<ContainerState>("target");
        QTest::addColumn<ContainerState>("d");
        QTest::addColumn<bool>("expected"); // e is stopped with 0
        ContainerState starting = known(Status::Created);
        starting.applied = Status::Running;
        ContainerState creating = known(Status::Pulled);
        creating.applied = Status::Created;
        const QStringList start{QStringLiteral("d START")};
        const ContainerState fresh = known(Status::None);
        QTest::newRow("its dependency is being started") << start << fresh << starting << true;
        QTest::newRow("its image is there") << start << known(Status::Pulled) << starting << true;
        QTest::newRow("is created already") << start << known(Status::Created) << starting << false;
        QTest::newRow("is being created") << start << creating << starting << false;
        QTest::newRow("is to stop") << start << desiredStopped(Status::None) << starting << false;
        QTest::newRow("its dependency is created")
            << start << fresh << known(Status::Created) << false;
        QTest::newRow("its dependency is being created") << start << fresh << creating << false;
        QTest::newRow("it is its turn") << start << fresh << known(Status::Running) << false;
        QTest::newRow("COMPLETE") << QStringList{QStringLiteral("d COMPLETE")} << fresh << starting
                                  << false;
        QTest::newRow("SUCCESS") << QStringList{QStringLiteral("d SUCCESS")} << fresh << starting
                                 << false;
        QTest::newRow("one met, one being started")
            << QStringList{QStringLiteral("e SUCCESS"), QStringLiteral("d START")} << fresh
            << starting << true;
        QTest::newRow("another that blocks")
            << QStringList{QStringLiteral("d START"), QStringLiteral("f START")} << fresh
            << starting << false;
        QTest::newRow("depends on nothing") << QStringList() << fresh << starting << false;
    }

    void createdAhead()
    {
        QFETCH(QStringList, dependsOn);
        QFETCH(ContainerState, target);
        QFETCH(ContainerState, d);
        QFETCH(bool, expected);
        const QList<ContainerRules> rules{
            container(QStringLiteral("t"), dependsOn), container(QStringLiteral("d")),
            container(QStringLiteral("e")), container(QStringLiteral("f"))};
        TaskState state;
        state.containers = {target, d, exited(0), known(Status::None)};
        QCOMPARE(mayBeCreatedAhead(rules, state, 0), expected);
    }

    // TestVerifyShutdownOrder: A stopped, B running, C stopped, D running, the target running.
    void shutdownOrder_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("expected");
        QTest::newRow("its dependent is stopped") << QStringLiteral("F") << QStringLiteral("ready");
        QTest::newRow("its dependent is running")
            << QStringLiteral("D") << QStringLiteral("not yet B START");
        QTest::newRow("one dependent is running, one stopped")
            << QStringLiteral("E") << QStringLiteral("not yet D START");
        QTest::newRow("nobody depends on it") << QStringLiteral("Z") << QStringLiteral("ready");
    }

    void shutdownOrder()
    {
        QFETCH(QString, target);
        QFETCH(QString, expected);
        const QList<ContainerRules> rules{
            container(QStringLiteral("A"), {QStringLiteral("B START")}),
            container(QStringLiteral("B"), {QStringLiteral("C START"), QStringLiteral("D START")}),
            container(QStringLiteral("C"), {QStringLiteral("E START"), QStringLiteral("F START")}),
            container(QStringLiteral("D"), {QStringLiteral("E START")}),
            container(QStringLiteral("E")),
            container(QStringLiteral("F")),
            container(QStringLiteral("Z"))};
        TaskState state;
        state.containers.fill(known(Status::Running), rules.size());
        state.containers[0] = exited(0);
        state.containers[2] = exited(0);
        for (qsizetype i = 0; i < rules.size(); ++i) {
            state.containers[i].desired = Status::Stopped;
            if (rules[i].name == target)
                QCOMPARE(text(dependenciesAreResolved(rules, state, i, atMs(0))), expected);
        }
    }

    // TestValidDependencies…, and rows 9, 13 and 18 of TestContainerOrderingCanResolve.
    void admission_data()
    {
        QTest::addColumn<QStringList>("containers"); // "name: dependency CONDITION, …"
        QTest::addColumn<QString>("expected");
        QTest::newRow("no containers") << QStringList{} << QString();
        QTest::newRow("one") << QStringList{QStringLiteral("redis")} << QString();
        QTest::newRow("START") << QStringList{QStringLiteral("t: d START"), QStringLiteral("d")}
                               << QString();
        QTest::newRow("SUCCESS") << QStringList{QStringLiteral("t: d SUCCESS"),
                                                QStringLiteral("d!")}
                                 << QString();
        QTest::newRow("COMPLETE") << QStringList{QStringLiteral("t: d COMPLETE"),
                                                 QStringLiteral("d!")}
                                  << QString();
        QTest::newRow("a web stack in any order")
            << QStringList{QStringLiteral("php: db START"),
                           QStringLiteral("db: data START"),
                           QStringLiteral("data"),
                           QStringLiteral("web: php START, html START"),
                           QStringLiteral("html: css COMPLETE"),
                           QStringLiteral("css!")}
            << QString();
        QTest::newRow("cycle of two")
            << QStringList{QStringLiteral("a: b START"), QStringLiteral("b: a START")}
            << QStringLiteral("a -> b -> a");
        QTest::newRow("cycle behind a chain")
            << QStringList{QStringLiteral("x: a START"), QStringLiteral("a: b START"),
                           QStringLiteral("b: c SUCCESS"), QStringLiteral("c: a COMPLETE")}
            << QStringLiteral("a -> b -> c -> a");
        QTest::newRow("itself") << QStringList{QStringLiteral("a: a START")}
                                << QStringLiteral("a -> a");
        QTest::newRow("unknown name") << QStringList{QStringLiteral("php: db START")}
                                      << QStringLiteral("php -> db (no such container)");
        QTest::newRow("unknown name behind a chain")
            << QStringList{QStringLiteral("a: b START"), QStringLiteral("b: x START")}
            << QStringLiteral("b -> x (no such container)");
        QTest::newRow("a good dependency first")
            << QStringList{QStringLiteral("a: ok START, b START"), QStringLiteral("ok"),
                           QStringLiteral("b: a START")}
            << QStringLiteral("a -> b -> a");
    }

    void admission()
    {
        QFETCH(QStringList, containers);
        QFETCH(QString, expected);
        QList<ContainerRules> rules;
        for (const QString &line : containers) {
            const QString dependencies = line.section(QStringLiteral(": "), 1);
            rules.append(container(line.section(u':', 0, 0),
                                   dependencies.split(QStringLiteral(", "), Qt::SkipEmptyParts)));
        }
        QCOMPARE(unresolvableDependency(rules), expected);
    }

    void namesOfStatuses()
    {
        for (int i = 0; i <= static_cast<int>(Status::Stopped); ++i) {
            const auto status = static_cast<Status>(i);
            QVERIFY(containerStatus(toString(status)) == status);
        }
        QVERIFY(!containerStatus(u"running"));
        QVERIFY(!containerStatus(u""));
    }
};

QTEST_GUILESS_MAIN(TestContainerGraph)
#include "tst_containergraph.moc"
