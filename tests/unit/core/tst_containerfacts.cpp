#include "tests/unit/core/tasksimulation.h"

#include <QTest>

using namespace batchyard::executor::core;
using Kind = ContainerFact::Kind;
using Status = ContainerStatus;

Q_DECLARE_METATYPE(batchyard::executor::core::ContainerFact)

namespace {

const QString oomText = QStringLiteral("OutOfMemoryError: Container killed due to memory usage");

TaskState taskOf(qsizetype containers, Status known = Status::None)
{
    TaskState state;
    state.containers.resize(containers);
    for (ContainerState &container : state.containers) {
        container.known = known;
        if (known >= Status::Running)
            container.startedAt = atMs(1);
    }
    return state;
}

ContainerFact stopped(qsizetype container, int exitCode, qint64 stoppedAt = 50)
{
    return {.kind = Kind::Stopped,
            .container = container,
            .exitCode = exitCode,
            .stoppedAt = atMs(stoppedAt)};
}

QStringList names(std::initializer_list<const char *> list)
{
    QStringList names;
    for (const char *name : list)
        names.append(QString::fromLatin1(name));
    return names;
}

QList<ContainerRules> rulesOf(const QStringList &containers)
{
    QList<ContainerRules> rules;
    for (const QString &name : containers)
        rules.append(container(name));
    return rules;
}

} // namespace

class TestContainerFacts : public QObject
{
    Q_OBJECT

private slots:
    void errors_data()
    {
        QTest::addColumn<ContainerFact>("fact");
        QTest::addColumn<Status>("before");
        QTest::addColumn<QString>("error");
        QTest::addColumn<int>("exitCode"); // -1: none
        const QString text = QStringLiteral("from the daemon");
        QTest::newRow("pull failed")
            << ContainerFact{.kind = Kind::PullFailed, .error = text} << Status::None
            << QStringLiteral("CannotPullContainerError: from the daemon") << -1;
        QTest::newRow("create failed")
            << ContainerFact{.kind = Kind::CreateFailed, .error = text} << Status::Pulled
            << QStringLiteral("CannotCreateContainerError: from the daemon") << -1;
        QTest::newRow("start failed with the daemon's code")
            << ContainerFact{.kind = Kind::StartFailed, .exitCode = 127, .error = text}
            << Status::Created << QStringLiteral("CannotStartContainerError: from the daemon")
            << 127;
        QTest::newRow("found created with an error, after a restart")
            << ContainerFact{.kind = Kind::Stopped, .exitCode = 127, .error = text}
            << Status::Created << QStringLiteral("CannotStartContainerError: from the daemon")
            << 127;
        QTest::newRow("exited") << stopped(0, 3) << Status::Running << QString() << 3;
        QTest::newRow("exited with the daemon's error")
            << ContainerFact{.kind = Kind::Stopped, .exitCode = 128, .error = text}
            << Status::Running << QStringLiteral("DockerStateError: from the daemon") << 128;
        QTest::newRow("out of memory") << ContainerFact{.kind = Kind::Stopped,
                                                        .exitCode = 137,
                                                        .oomKilled = true,
                                                        .error = text}
                                       << Status::Running << oomText << 137;
        QTest::newRow("a child was out of memory")
            << ContainerFact{.kind = Kind::Stopped, .exitCode = 3, .oomKilled = true}
            << Status::Running << oomText << 3;
        QTest::newRow("killed, but not for memory")
            << stopped(0, 137) << Status::Running << QString() << 137;
        QTest::newRow("vanished")
            << ContainerFact{.kind = Kind::Vanished} << Status::Running
            << QStringLiteral("ContainerVanishedError: No container matching saved ID found") << -1;
        QTest::newRow("stop failed")
            << ContainerFact{.kind = Kind::StopFailed, .error = text} << Status::Running
            << QStringLiteral("CannotStopContainerError: from the daemon") << -1;
    }

    void errors()
    {
        QFETCH(ContainerFact, fact);
        QFETCH(Status, before);
        QFETCH(QString, error);
        QFETCH(int, exitCode);
        const auto rules = rulesOf(names({"main"}));
        TaskState state = applyFact(rules, taskOf(1, before), fact, atMs(99));
        state = advance(rules, state, atMs(99)).state;
        const ContainerState &container = state.containers[0];
        QCOMPARE(container.error, error);
        QCOMPARE(container.exitCode.value_or(-1), exitCode);
        QVERIFY(container.known == Status::Stopped);
        QVERIFY(container.stoppedAt.has_value());
        QCOMPARE(container.startedAt.has_value(), before == Status::Running);
        QCOMPARE(state.decidingContainer, 0);
        QVERIFY(state.desiredStopped);
    }

    void theFirstErrorStays()
    {
        const auto rules = rulesOf(names({"main"}));
        TaskState state
            = applyFact(rules, taskOf(1, Status::Created),
                        {.kind = Kind::StartFailed, .error = QStringLiteral("a")}, atMs(1));
        state = applyFact(rules, state,
                          {.kind = Kind::Stopped, .exitCode = 128, .error = QStringLiteral("b")},
                          atMs(2));
        QCOMPARE(state.containers[0].error, QStringLiteral("CannotStartContainerError: a"));
    }

    void statusOnlyMovesForward_data()
    {
        QTest::addColumn<Status>("known");
        QTest::addColumn<QList<int>>("ignored"); // kinds that change nothing
        using List = QList<int>;
        const auto number = [](Kind kind) { return static_cast<int>(kind); };
        QTest::newRow("running") << Status::Running
                                 << List{number(Kind::Pulled),  number(Kind::PullFailed),
                                         number(Kind::Created), number(Kind::CreateFailed),
                                         number(Kind::Running), number(Kind::StartFailed)};
        QTest::newRow("stopped") << Status::Stopped
                                 << List{number(Kind::Pulled),    number(Kind::PullFailed),
                                         number(Kind::Created),   number(Kind::CreateFailed),
                                         number(Kind::Running),   number(Kind::StartFailed),
                                         number(Kind::Stopped),   number(Kind::Vanished),
                                         number(Kind::StopFailed)};
    }

    void statusOnlyMovesForward()
    {
        QFETCH(Status, known);
        QFETCH(QList<int>, ignored);
        const auto rules = rulesOf(names({"side!"}));
        TaskState state = taskOf(1, known);
        state.startedAt = atMs(1);
        for (const int kind : ignored) {
            const ContainerFact fact{.kind = static_cast<Kind>(kind),
                                     .exitCode = 9,
                                     .error = QStringLiteral("late"),
                                     .startedAt = atMs(70)};
            QVERIFY2(applyFact(rules, state, fact, atMs(99)) == state,
                     qPrintable(QString::number(kind)));
        }
    }

    void aFactThatSkipsStatusesCounts()
    {
        const auto rules = rulesOf(names({"main"}));
        ContainerFact fact = stopped(0, 0);
        fact.startedAt = atMs(20);
        TaskState state = applyFact(rules, taskOf(1, Status::Pulled), fact, atMs(99));
        QVERIFY(state.containers[0].startedAt == atMs(20));
        QVERIFY(state.startedAt == atMs(20));
        fact.startedAt.reset(); // an exit code alone also says that it ran
        state = applyFact(rules, taskOf(1, Status::Created), fact, atMs(99));
        QVERIFY(state.containers[0].startedAt == atMs(50));
    }

    void whatIsInFlightEndsWithItsFact()
    {
        const auto rules = rulesOf(names({"main"}));
        TaskState state = taskOf(1, Status::Pulled);
        state.containers[0].applied = Status::Running;
        state = applyFact(rules, state, {.kind = Kind::Created}, atMs(1));
        QVERIFY(state.containers[0].applied == Status::Running); // the start is still under way
        state = applyFact(rules, state, {.kind = Kind::Running}, atMs(2));
        QVERIFY(state.containers[0].applied == Status::None);
        QVERIFY(state.containers[0].startedAt == atMs(2));
    }

    void theFirstEndDecidesWhateverIsHeardFirst()
    {
        const auto rules = rulesOf(names({"a", "b", "side!"}));
        // After a restart: b is heard of first, but a ended before it.
        TaskState state = applyFact(rules, taskOf(3, Status::Running), stopped(1, 0, 60), atMs(99));
        QCOMPARE(state.decidingContainer, 1);
        state = applyFact(rules, state, stopped(2, 0, 10), atMs(99));
        QCOMPARE(state.decidingContainer, 1); // not essential
        state = applyFact(rules, state, stopped(0, 7, 40), atMs(99));
        QCOMPARE(state.decidingContainer, 0);

        // But not one that was asked to stop.
        state = applyFact(rules, taskOf(3, Status::Running), stopped(1, 0, 60), atMs(99));
        state.containers[0].stopRequested = true;
        state = applyFact(rules, state, stopped(0, 143, 40), atMs(99));
        QCOMPARE(state.decidingContainer, 1);
    }

    void theFirstRequestToStopWins()
    {
        TaskState state = requestStop(taskOf(2), QStringLiteral("first"));
        state = requestStop(state, QStringLiteral("second"));
        QCOMPARE(state.stopReason, QStringLiteral("first"));
        QCOMPARE(state.decidingContainer, -1);

        const auto rules = rulesOf(names({"main", "side!"}));
        state = applyFact(rules, taskOf(2, Status::Running), stopped(0, 0), atMs(60));
        state = requestStop(state, QStringLiteral("too late"));
        QCOMPARE(state.stopReason, QString());
        QCOMPARE(state.decidingContainer, 0);
    }
};

QTEST_GUILESS_MAIN(TestContainerFacts)
#include "tst_containerfacts.moc"
