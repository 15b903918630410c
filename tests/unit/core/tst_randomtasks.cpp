// Thousands of random tasks: random graphs, containers that end, fail, vanish or ignore SIGTERM,
// and an executor that is killed at random moments. The simulation checks each step against its own
// reading of the rules, this test the end.
#include "backend/executor/core/outcome.h"
#include "tests/unit/core/tasksimulation.h"

#include <QRandomGenerator>
#include <QTest>

using namespace batchyard::executor::core;

class TestRandomTasks : public QObject
{
    Q_OBJECT

private slots:
    void endAsTheRulesSay()
    {
        QRandomGenerator random(20261124);
        for (int round = 0; round < 3000; ++round) {
            const int count = random.bounded(1, 11);
            QList<ContainerRules> rules;
            QList<Behaviour> behaviours;
            for (int i = 0; i < count; ++i) {
                rules.append(randomContainer(random, i));
                behaviours.append(randomBehaviour(random));
            }
            rules[random.bounded(count)].essential = true; // at least one always is
            TaskSimulation simulation(rules, behaviours);
            simulation.stopAt(random.bounded(1, 4000),
                              QStringLiteral("enough")); // so that each task ends
            if (round % 3 != 0)
                simulation.setRestarts([&] { return random.bounded(4) == 0; });
            simulation.run();
            checkEnd(simulation, rules, round);
        }
    }

private:
    // Dependencies only on containers before it, listed in any order later.
    static ContainerRules randomContainer(QRandomGenerator &random, int index)
    {
        static const QStringList conditions{QStringLiteral("START"), QStringLiteral("COMPLETE"),
                                            QStringLiteral("SUCCESS")};
        QStringList dependencies;
        for (int on = 0; on < index; ++on) {
            const int dice = random.bounded(8);
            if (dice < 3)
                dependencies.append(QStringLiteral("c%1 %2").arg(on).arg(conditions.at(dice)));
        }
        ContainerRules rules = container(QStringLiteral("c%1").arg(index), dependencies);
        rules.essential = random.bounded(3) == 0;
        if (random.bounded(4) == 0)
            rules.startTimeout = random.bounded(1, 3);
        rules.stopTimeout = random.bounded(1, 4);
        return rules;
    }

    static Behaviour randomBehaviour(QRandomGenerator &random)
    {
        Behaviour behaviour;
        const int dice = random.bounded(24);
        if (dice < 3)
            behaviour.failure = static_cast<Behaviour::Failure>(dice + 1);
        behaviour.runsMs = random.bounded(3) == 0 ? -1 : random.bounded(3000);
        behaviour.exitCode = random.bounded(3) == 0 ? random.bounded(1, 256) : 0;
        behaviour.endsOnStopMs = random.bounded(5) == 0 ? -1 : random.bounded(50);
        behaviour.vanishes = random.bounded(12) == 0;
        return behaviour;
    }

    static void checkEnd(const TaskSimulation &simulation, const QList<ContainerRules> &rules,
                         int round)
    {
        const QByteArray where = QByteArray("round ").append(QByteArray::number(round));
        QVERIFY2(simulation.violations().isEmpty(),
                 qPrintable(QStringLiteral("round %1: ").arg(round)
                            + simulation.violations().join(u'\n')));
        const TaskState &state = simulation.state();
        QVERIFY2(allStopped(state), where.constData());
        bool essentialsStarted = true;
        for (qsizetype i = 0; i < rules.size(); ++i) {
            const ContainerState &container = state.containers[i];
            QVERIFY2(simulation.starts(i) <= 1, where.constData());
            QVERIFY2(container.startedAt.has_value() == (simulation.starts(i) == 1),
                     where.constData());
            if (container.startedAt)
                QVERIFY2(container.exitCode == simulation.realExitCode(i), where.constData());
            else
                QVERIFY2(!container.exitCode || container.exitCode == 143, where.constData());
            essentialsStarted = essentialsStarted && (!rules[i].essential || container.startedAt);
        }
        const AttemptOutcome outcome = attemptOutcome(rules, state);
        if (outcome.succeeded) {
            QVERIFY2(essentialsStarted && state.startedAt, where.constData());
            QVERIFY2(simulation.realExitCode(outcome.decidingContainer) == 0, where.constData());
            QVERIFY2(!state.containers[outcome.decidingContainer].stopRequested, where.constData());
        }
        QVERIFY2(!outcome.statusReason.isEmpty(), where.constData());
    }
};

QTEST_GUILESS_MAIN(TestRandomTasks)
#include "tst_randomtasks.moc"
