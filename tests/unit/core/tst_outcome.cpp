#include "backend/executor/core/outcome.h"
#include "tests/unit/core/tasksimulation.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::executor::core;

Q_DECLARE_METATYPE(batchyard::batch::RetryStrategy)
Q_DECLARE_METATYPE(batchyard::executor::core::AttemptOutcome)

namespace {

ContainerState ran(std::optional<int> exitCode, const QString &error = {})
{
    ContainerState state;
    state.known = ContainerStatus::Stopped;
    state.desired = ContainerStatus::Stopped;
    state.exitCode = exitCode;
    state.error = error;
    state.startedAt = atMs(1);
    return state;
}

ContainerState neverRan(std::optional<int> exitCode, const QString &error = {})
{
    ContainerState state = ran(exitCode, error);
    state.startedAt.reset();
    return state;
}

AttemptOutcome failed(std::optional<int> exitCode, const QString &reason = {},
                      const QString &statusReason = QString(essentialExitReason))
{
    AttemptOutcome outcome;
    outcome.statusReason = statusReason;
    outcome.exitCode = exitCode;
    outcome.reason = reason;
    return outcome;
}

batch::EvaluateOnExit rule(const QString &statusReason, const QString &reason,
                           const QString &exitCode, const QString &action)
{
    return {statusReason, reason, exitCode, action, {}};
}

batch::RetryStrategy strategy(int attempts, const QList<batch::EvaluateOnExit> &rules = {})
{
    return {attempts, rules, {}};
}

} // namespace

class TestOutcome : public QObject
{
    Q_OBJECT

private slots:
    void outcomes_data()
    {
        QTest::addColumn<QList<ContainerState>>(
            "containers"); // the first essential, the second not
        QTest::addColumn<int>("deciding");
        QTest::addColumn<AttemptOutcome>("expected");
        using List = QList<ContainerState>;
        AttemptOutcome success = failed(0);
        success.succeeded = true;
        success.decidingContainer = 0;
        const auto decidedBy = [](AttemptOutcome outcome, int container) {
            outcome.decidingContainer = container;
            return outcome;
        };
        const QString start(failedToStartReason);
        QTest::newRow("exit 0") << List{ran(0), ran(143)} << 0 << success;
        QTest::newRow("exit 3") << List{ran(3), ran(0)} << 0 << decidedBy(failed(3), 0);
        QTest::newRow("no exit code is no success")
            << List{ran({}, QStringLiteral("x")), ran(0)} << 0
            << decidedBy(failed({}, QStringLiteral("x")), 0);
        QTest::newRow("out of memory")
            << List{ran(137, QStringLiteral("OutOfMemoryError: y")), ran(0)} << 0
            << decidedBy(failed(137, QStringLiteral("OutOfMemoryError: y")), 0);
        QTest::newRow("the essential one never ran")
            << List{neverRan(143, QStringLiteral("z")), ran(1)} << 0
            << decidedBy(failed(143, QStringLiteral("z"), start), 0);
        QTest::newRow("exit 0 of one that never ran is no success")
            << List{neverRan(0), ran(0)} << 0 << decidedBy(failed(0, {}, start), 0);
        QTest::newRow("an image that was not there, of one that is not essential")
            << List{ran(143), neverRan({}, QStringLiteral("pull"))} << 1
            << decidedBy(failed({}, QStringLiteral("pull"), start), 1);
    }

    void outcomes()
    {
        QFETCH(QList<ContainerState>, containers);
        QFETCH(int, deciding);
        QFETCH(AttemptOutcome, expected);
        TaskState state;
        state.containers = containers;
        state.desiredStopped = true;
        state.decidingContainer = deciding;
        const QList<ContainerRules> rules{container(QStringLiteral("main")),
                                          container(QStringLiteral("side!"))};
        QVERIFY(attemptOutcome(rules, state) == expected);
    }

    void aStopFromOutsideFailsAndIsNotRetried()
    {
        TaskState state;
        state.containers = {ran(0)};
        state = requestStop(state, QString(timeoutReason));
        const AttemptOutcome outcome = attemptOutcome({container(QStringLiteral("main"))}, state);
        QVERIFY(!outcome.succeeded);
        QVERIFY(!outcome.mayRetry);
        QCOMPARE(outcome.statusReason, QStringLiteral("Job attempt duration exceeded timeout"));
        QCOMPARE(outcome.decidingContainer, -1);
        QVERIFY(!shouldRetry(strategy(10), 1, outcome));
    }

    void retries_data()
    {
        QTest::addColumn<batch::RetryStrategy>("retry");
        QTest::addColumn<int>("number");
        QTest::addColumn<AttemptOutcome>("outcome");
        QTest::addColumn<bool>("expected");
        const QString none;
        const QString again = QStringLiteral("RETRY");
        const QString exit = QStringLiteral("EXIT");
        const QString any = QStringLiteral("*");
        const AttemptOutcome one = failed(1);
        QTest::newRow("attempts left") << strategy(3) << 2 << one << true;
        QTest::newRow("attempts used up") << strategy(3) << 3 << one << false;
        QTest::newRow("attempts used up, although a rule says RETRY")
            << strategy(2, {rule(none, none, any, again)}) << 2 << one << false;
        QTest::newRow("attempts default to 1") << batch::RetryStrategy{} << 1 << one << false;
        QTest::newRow("the first match decides: EXIT") << strategy(
            5, {rule(none, none, QStringLiteral("1"), exit), rule(none, none, any, again)})
                                                       << 1 << one << false;
        QTest::newRow("the first match decides: RETRY") << strategy(
            5, {rule(none, none, QStringLiteral("1*"), again), rule(none, none, any, exit)})
                                                        << 1 << failed(137) << true;
        QTest::newRow("no match retries")
            << strategy(5, {rule(none, none, QStringLiteral("2"), exit)}) << 1 << one << true;
        QTest::newRow("every condition of a rule must hold")
            << strategy(5, {rule(none, QStringLiteral("OutOf*"), QStringLiteral("1"), exit)}) << 1
            << one << true;
        QTest::newRow("all conditions hold")
            << strategy(5,
                        {rule(QStringLiteral("Essential*"), QStringLiteral("OutOf*"),
                              QStringLiteral("137"), exit)})
            << 1 << failed(137, QStringLiteral("OutOfMemoryError: Container killed")) << false;
        QTest::newRow("a missing reason is covered by *")
            << strategy(5, {rule(none, any, none, exit)}) << 1 << one << false;
        QTest::newRow("a missing reason is not covered by a text")
            << strategy(5, {rule(none, QStringLiteral("Cannot*"), none, exit)}) << 1 << one << true;
        QTest::newRow("a missing exit code is covered by *")
            << strategy(5, {rule(none, none, any, exit)}) << 1 << failed({}) << false;
        QTest::newRow("a missing exit code is not 0")
            << strategy(5, {rule(none, none, QStringLiteral("0"), exit)}) << 1 << failed({})
            << true;
        QTest::newRow("a rule without conditions always holds")
            << strategy(5, {rule(none, none, none, exit)}) << 1 << one << false;
        QTest::newRow("actions in any case")
            << strategy(5, {rule(none, none, any, QStringLiteral("retry"))}) << 1 << one << true;
    }

    void retries()
    {
        QFETCH(batch::RetryStrategy, retry);
        QFETCH(int, number);
        QFETCH(AttemptOutcome, outcome);
        QFETCH(bool, expected);
        QCOMPARE(shouldRetry(retry, number, outcome), expected);
        QVERIFY(!shouldRetry(std::nullopt, number, outcome));
        outcome.succeeded = true;
        QVERIFY(!shouldRetry(retry, number, outcome));
    }

    void patterns_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("expected");
        const auto row
            = [](const char *name, const char *pattern, const char *value, bool expected) {
                  QTest::newRow(name)
                      << QString::fromLatin1(pattern) << QString::fromLatin1(value) << expected;
              };
        row("whole", "Task failed to start", "Task failed to start", true);
        row("not only the beginning", "Task", "Task failed to start", false);
        row("prefix", "Host EC2*", "Host EC2 (instance i-1) terminated.", true);
        row("prefix of itself", "Host EC2*", "Host EC2", true);
        row("longer than the value", "Host EC2 (*", "Host EC2", false);
        row("any case", "host ec2*", "Host EC2 x", true);
        row("star alone", "*", "", true);
        row("a star inside is a star", "1*7", "137", false);
        row("digits", "13*", "137", true);
        row("other digits", "13*", "1", false);
    }

    void patterns()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, value);
        QFETCH(bool, expected);
        QCOMPARE(matchesPattern(pattern, value), expected);
    }
};

QTEST_GUILESS_MAIN(TestOutcome)
#include "tst_outcome.moc"
