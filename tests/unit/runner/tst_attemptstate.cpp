// What an attempt's rows come to.
#include "backend/executor/runner/attemptmember.h"
#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/spotmarket.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;

class TestAttemptState : public QObject
{
    Q_OBJECT

private slots:
    void outcomes_data();
    void outcomes();
};

void TestAttemptState::outcomes_data()
{
    QTest::addColumn<QString>("stopReason");
    QTest::addColumn<QString>("error");
    QTest::addColumn<int>("deciding");
    QTest::addColumn<QString>("statusReason");
    QTest::addColumn<bool>("mayRetry");
    const QString none;
    const QString host = hostTerminatedReason(QStringLiteral("i-1"));
    QTest::newRow("ended by itself")
        << none << none << 0 << QString(core::essentialExitReason) << true;
    QTest::newRow("terminated") << QStringLiteral("enough") << none << -1
                                << QStringLiteral("enough") << false;
    QTest::newRow("timed out") << QString(core::timeoutReason) << none << -1
                               << QString(core::timeoutReason) << false;
    QTest::newRow("host lost") << host << none << -1 << host << true;
    QTest::newRow("Fargate Spot") << QString(fargateSpotReason) << none << -1
                                  << QString(fargateSpotReason) << true;
    QTest::newRow("network lost") << QString(networkLostReason) << none << -1
                                  << QString(networkLostReason) << true;
    QTest::newRow("engine restarted")
        << none << QStringLiteral("DockerStateError: ") + engineEndedContainer << 0
        << QStringLiteral("Docker engine restarted") << true;
}

void TestAttemptState::outcomes()
{
    QFETCH(QString, stopReason);
    QFETCH(QString, error);
    QFETCH(int, deciding);
    QFETCH(QString, statusReason);
    QFETCH(bool, mayRetry);
    core::TaskState state;
    core::ContainerState container;
    container.known = core::ContainerStatus::Stopped;
    container.startedAt = Timestamp(std::chrono::seconds(1));
    container.exitCode = 137;
    container.error = error;
    state.containers = {container};
    state.desiredStopped = true;
    state.stopReason = stopReason;
    state.decidingContainer = deciding;
    core::ContainerRules rules;
    rules.name = QStringLiteral("a");
    const core::AttemptOutcome outcome = outcomeOf({rules}, state);
    QCOMPARE(outcome.statusReason, statusReason);
    QCOMPARE(outcome.mayRetry, mayRetry);
    QVERIFY(!outcome.succeeded);
}

QTEST_GUILESS_MAIN(TestAttemptState)
#include "tst_attemptstate.moc"
