// Pods from the first pull to the last stop: init containers in order, then all others, each case
// also with an executor that is killed before every turn; and thousands of random pods.
#include "backend/executor/core/outcome.h"
#include "tests/unit/core/tasksimulation.h"

#include <QRandomGenerator>
#include <QTest>

using namespace batchyard::executor::core;

namespace {

// "i:name" is an init container, "name" another one.
QList<ContainerRules> pod(const QStringList &names)
{
    QList<ContainerRules> rules;
    for (const QString &name : names) {
        ContainerRules each = container(name.section(u':', -1));
        each.podRole = name.startsWith(u"i:") ? PodRole::Init : PodRole::Main;
        rules.append(each);
    }
    return rules;
}

Behaviour runs(int ms, int code = 0)
{
    Behaviour behaviour;
    behaviour.runsMs = ms;
    behaviour.exitCode = code;
    return behaviour;
}

Behaviour fails(Behaviour::Failure failure)
{
    Behaviour behaviour;
    behaviour.failure = failure;
    return behaviour;
}

struct PodCase {
    QList<ContainerRules> rules;
    QList<Behaviour> behaviours;
    QString started; // those that ran, in the order of the list
    QString exitCodes; // "-" for none
    bool succeeded = false;
    int deciding = 0;
    QString statusReason = QString(essentialExitReason);
    bool isRunning = true; // the job became RUNNING
};

QStringList list(const char *names)
{
    return QString::fromLatin1(names).split(u' ', Qt::SkipEmptyParts);
}

QString s(const char *text)
{
    return QString::fromLatin1(text);
}

} // namespace

Q_DECLARE_METATYPE(PodCase)

class TestPodTurn : public QObject
{
    Q_OBJECT

private slots:
    void workedCases_data();
    void workedCases();
    void initContainersRunOneAfterTheOther();
    void allStopAtOnce();
    void randomPods();
};

void TestPodTurn::workedCases_data()
{
    using Failure = Behaviour::Failure;
    QTest::addColumn<PodCase>("pod");
    const QString notStarted(failedToStartReason);
    QTest::newRow("one container, exit 0")
        << PodCase{pod(list("a")), {runs(50)}, s("a"), s("0"), true, 0};
    QTest::newRow("one container, exit 3")
        << PodCase{pod(list("a")), {runs(50, 3)}, s("a"), s("3"), false, 0};
    QTest::newRow("the end of one does not stop the other")
        << PodCase{pod(list("a b")), {runs(50), runs(500)}, s("a b"), s("0 0"), true, 1};
    QTest::newRow("one that fails does not stop the other, and decides")
        << PodCase{pod(list("a b")), {runs(50, 7), runs(500)}, s("a b"), s("7 0"), false, 0};
    QTest::newRow("the first of two that fail decides")
        << PodCase{pod(list("a b")), {runs(500, 7), runs(50, 9)}, s("a b"), s("7 9"), false, 1};
    QTest::newRow("init, then main")
        << PodCase{pod(list("i:i a")), {runs(50), runs(50)}, s("i a"), s("0 0"), true, 1};
    QTest::newRow("init that fails") << PodCase{pod(list("i:i a b")),
                                                {runs(50, 2), runs(50), runs(50)},
                                                s("i"),
                                                s("2 - -"),
                                                false,
                                                0,
                                                QString(essentialExitReason),
                                                false};
    QTest::newRow("second init that fails") << PodCase{pod(list("i:i i:j a")),
                                                       {runs(50), runs(50, 2), runs(50)},
                                                       s("i j"),
                                                       s("0 2 -"),
                                                       false,
                                                       1,
                                                       QString(essentialExitReason),
                                                       false};
    QTest::newRow("init whose start is refused") << PodCase{pod(list("i:i a")),
                                                            {fails(Failure::Start), runs(50)},
                                                            s(""),
                                                            s("- -"),
                                                            false,
                                                            0,
                                                            notStarted,
                                                            false};
    QTest::newRow("init that cannot be made") << PodCase{pod(list("i:i a")),
                                                         {fails(Failure::Create), runs(50)},
                                                         s(""),
                                                         s("- -"),
                                                         false,
                                                         0,
                                                         notStarted,
                                                         false};
    QTest::newRow("main whose start is refused leaves the others alone")
        << PodCase{pod(list("a b")), {fails(Failure::Start), runs(300)}, s("b"), s("- 0"), false, 0,
                   notStarted};
    QTest::newRow("the only main cannot be started") << PodCase{pod(list("i:i a")),
                                                                {runs(50), fails(Failure::Start)},
                                                                s("i"),
                                                                s("0 -"),
                                                                false,
                                                                1,
                                                                notStarted,
                                                                false};
}

void TestPodTurn::workedCases()
{
    QFETCH(PodCase, pod);
    for (const bool killed : {false, true}) {
        TaskSimulation simulation(pod.rules, pod.behaviours);
        if (killed)
            simulation.setRestarts([] { return true; });
        simulation.run();
        QCOMPARE(simulation.violations(), QStringList());
        const TaskState &state = simulation.state();
        QStringList started;
        QStringList codes;
        for (qsizetype i = 0; i < pod.rules.size(); ++i) {
            const ContainerState &each = state.containers.at(i);
            if (each.startedAt)
                started.append(pod.rules.at(i).name);
            codes.append(each.exitCode ? QString::number(*each.exitCode) : s("-"));
        }
        QCOMPARE(started.join(u' '), pod.started);
        QCOMPARE(codes.join(u' '), pod.exitCodes);
        const AttemptOutcome outcome = attemptOutcome(pod.rules, state);
        QCOMPARE(outcome.succeeded, pod.succeeded);
        QCOMPARE(outcome.decidingContainer, pod.deciding);
        QCOMPARE(outcome.statusReason, pod.statusReason);
        QVERIFY(outcome.mayRetry);
        QCOMPARE(state.startedAt.has_value(), pod.isRunning);
    }
}

void TestPodTurn::initContainersRunOneAfterTheOther()
{
    TaskSimulation simulation(pod(list("i:i i:j a b")), {runs(50), runs(50), runs(50), runs(50)});
    simulation.run();
    QStringList starts = simulation.actions().filter(s("start"));
    QCOMPARE(starts, QStringList({s("start i"), s("start j"), s("start a"), s("start b")}));
    const TaskState &state = simulation.state();
    QVERIFY(*state.containers[1].startedAt >= *state.containers[0].stoppedAt);
    QVERIFY(*state.containers[2].startedAt >= *state.containers[1].stoppedAt);
    QVERIFY(*state.containers[3].startedAt < *state.containers[2].stoppedAt);
}

void TestPodTurn::allStopAtOnce()
{
    TaskSimulation simulation(pod(list("i:i a b")), {runs(50), {}, {}});
    simulation.stopAt(1000, s("enough"));
    simulation.run();
    QCOMPARE(simulation.log().filter(s("stop")), QStringList({s("1000 stop a"), s("1000 stop b")}));
    const AttemptOutcome outcome = attemptOutcome(pod(list("i:i a b")), simulation.state());
    QVERIFY(!outcome.succeeded && !outcome.mayRetry);
    QCOMPARE(outcome.statusReason, s("enough"));
}

void TestPodTurn::randomPods()
{
    QRandomGenerator random(20261124);
    for (int round = 0; round < 2000; ++round) {
        const int inits = random.bounded(4);
        const int mains = random.bounded(1, 5);
        QList<ContainerRules> rules;
        QList<Behaviour> behaviours;
        for (int i = 0; i < inits + mains; ++i) {
            rules.append(container(QStringLiteral("c%1").arg(i)));
            rules.last().podRole = i < inits ? PodRole::Init : PodRole::Main;
            rules.last().stopTimeout = random.bounded(1, 4);
            Behaviour behaviour = runs(random.bounded(3) == 0 ? -1 : random.bounded(3000),
                                       random.bounded(4) == 0 ? random.bounded(1, 256) : 0);
            if (const int dice = random.bounded(24); dice < 3)
                behaviour.failure = static_cast<Behaviour::Failure>(dice + 1);
            behaviour.vanishes = random.bounded(12) == 0;
            behaviours.append(behaviour);
        }
        TaskSimulation simulation(rules, behaviours);
        simulation.stopAt(random.bounded(1, 6000), QStringLiteral("enough"));
        if (round % 3 != 0)
            simulation.setRestarts([&] { return random.bounded(4) == 0; });
        simulation.run();
        const QByteArray where = QByteArray("round ").append(QByteArray::number(round));
        QVERIFY2(simulation.violations().isEmpty(),
                 qPrintable(simulation.violations().join(u'\n')));
        const TaskState &state = simulation.state();
        QVERIFY2(allStopped(state), where.constData());
        bool allZero = true;
        for (int i = 0; i < rules.size(); ++i) {
            const ContainerState &each = state.containers[i];
            QVERIFY2(simulation.starts(i) <= 1, where.constData());
            allZero = allZero && each.startedAt && simulation.realExitCode(i) == 0;
            for (int before = 0; each.startedAt && before < std::min(i, inits); ++before)
                QVERIFY2(simulation.realExitCode(before) == 0
                             && *state.containers[before].stoppedAt <= *each.startedAt,
                         where.constData());
        }
        const AttemptOutcome outcome = attemptOutcome(rules, state);
        QVERIFY2(!outcome.succeeded || allZero, where.constData());
        QVERIFY2(!allZero || outcome.succeeded || outcome.decidingContainer < 0, where.constData());
        QVERIFY2(!outcome.statusReason.isEmpty(), where.constData());
    }
}

QTEST_GUILESS_MAIN(TestPodTurn)
#include "tst_podturn.moc"
