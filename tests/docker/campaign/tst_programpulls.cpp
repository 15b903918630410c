// F3: the real program while a registry is slow: what is told of the pull, a kill in the middle of
// it, and jobs that do not wait for its end.
#include "tests/docker/campaign/programtest.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/slowregistry.h"

#include <QRegularExpression>

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;

class TestProgramPulls : public ProgramTest
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase()
    {
        endAll();
        m_registry.reset();
    }

    void F3_killedWhilePulling();

private:
    std::unique_ptr<SlowRegistry> m_registry;
};

void TestProgramPulls::initTestCase()
{
    makeEngine();
    const auto files = PrivateEngine::tinyFiles();
    QVERIFY(files);
    m_registry = std::make_unique<SlowRegistry>(*files);
    QVERIFY(m_registry->start(m_daemon->networkPid()));
    beginWork();
}

void TestProgramPulls::F3_killedWhilePulling()
{
    const Json containers = Json::array(
        {{{"name", "main"},
          {"image", m_registry->image().toStdString()},
          {"command", {"sh", "-c", "echo pulled"}},
          {"resourceRequirements",
           {{{"type", "VCPU"}, {"value", "0.25"}}, {{"type", "MEMORY"}, {"value", "64"}}}}}});
    QVERIFY(m_api->call("RegisterJobDefinition",
                        {{"jobDefinitionName", "slow"},
                         {"type", "container"},
                         {"ecsProperties", {{"taskProperties", {{{"containers", containers}}}}}}}));
    const Json request{{"jobName", "slow"},
                       {"jobQueue", Workload::queue.toStdString()},
                       {"jobDefinition", "slow"}};
    const QString waits = submit(request);
    const QString unwanted = submit(request);
    // How far it is, in words and numbers.
    const QRegularExpression told(QStringLiteral("^main: Pulling image %1: \\d+ of \\d+ MB$")
                                      .arg(QRegularExpression::escape(m_registry->image())));
    QTRY_VERIFY2_WITH_TIMEOUT(told.match(waitReason(waits)).hasMatch(),
                              qPrintable(waitReason(waits)), limitMs);
    QCOMPARE(status(waits), QStringLiteral("STARTING"));
    QCOMPARE(m_registry->layerRequests(), 1); // both wait for one pull

    // A job that is not wanted any more does not wait for the registry, and others are not held up.
    QVERIFY(
        m_api->call("TerminateJob", {{"jobId", unwanted.toStdString()}, {"reason", "too slow"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(unwanted), QStringLiteral("FAILED"), limitMs);
    QCOMPARE(textOf(describe(unwanted), "statusReason"), QStringLiteral("too slow"));
    const QString other = submit(submission("other", "single", {{"main", "exit 0"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(other), QStringLiteral("SUCCEEDED"), limitMs);

    killAndServe();
    QTRY_VERIFY2_WITH_TIMEOUT(waitReason(waits).contains(QStringLiteral("Pulling image")),
                              qPrintable(waitReason(waits)), limitMs);
    QCOMPARE(status(waits), QStringLiteral("STARTING"));
    m_registry->letGo();
    QTRY_COMPARE_WITH_TIMEOUT(status(waits), QStringLiteral("SUCCEEDED"), limitMs);
    QCOMPARE(lines(waits, "main"), QStringList{QStringLiteral("pulled")});
    const auto histories = m_recorder->histories();
    QCOMPARE(histories.value({waits, 1, QStringLiteral("main")}).starts, 1);
    QCOMPARE(histories.value({unwanted, 1, QStringLiteral("main")}).starts, 0);
}

QTEST_GUILESS_MAIN(TestProgramPulls)
#include "tst_programpulls.moc"
