#include "tests/docker/daemontest.h"

namespace batchyard::test {

TestContainer container(const char *name, const char *script, bool essential,
                        const QList<batch::TaskContainerDependency> &dependsOn)
{
    return {text(name), shell(text(script)), essential, dependsOn};
}

void DaemonTest::initTestCase()
{
    qunsetenv("XDG_RUNTIME_DIR"); // secrets stay in the test's own directory
    m_daemon = std::make_unique<PrivateEngine>();
    const auto started = m_daemon->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error().detail));
    QVERIFY(m_daemon->importTiny());
    m_engine = std::make_unique<docker::HttpEngine>(m_daemon->socketPath());
    makeBench();
}

void DaemonTest::cleanupTestCase()
{
    dropBench();
    m_engine.reset();
    m_daemon.reset();
}

void DaemonTest::cleanup()
{
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 60'000);
    const auto left = await(m_engine->listContainers({text("dev.batchyard.install")}));
    QVERIFY(left);
    QCOMPARE(left->size(), 0);
}

void JobTest::makeBench()
{
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_bench->useBundledImages();
    m_bench->startDispatcher();
}

bool JobTest::ends(const QString &id)
{
    const bool ended = QTest::qWaitFor([&] { return m_bench->isEnded(id); }, jobLimitMs);
    if (!ended)
        qWarning("Job did not end: %s", qPrintable(m_bench->dispatcher().waitReason(id)));
    return ended;
}

QString JobTest::run(const batch::EcsTaskProperties &task, const RunnerBench::Wishes &wishes)
{
    const QString id = m_bench->submit(task, wishes);
    static_cast<void>(ends(id)); // its state tells
    return id;
}

} // namespace batchyard::test
