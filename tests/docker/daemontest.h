// Tests of jobs, and of single attempts, on a private Docker daemon: each class has one of its own,
// and whatever a test function does, nothing of it is left on the engine.
#pragma once

#include "backend/docker/httpengine.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"
#include "tests/support/text.h"
#include "tests/unit/runner/attemptbench.h"

namespace batchyard::test {

// Runs this shell script.
[[nodiscard]] TestContainer container(const char *name, const char *script, bool essential = true,
                                      const QList<batch::TaskContainerDependency> &dependsOn = {});

// A shell that prints a line and ends with 0 when it gets SIGTERM.
inline constexpr auto serve
    = "trap 'echo term; exit 0' TERM; echo up; while :; do sleep 0.05; done";

class DaemonTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanupTestCase();
    void cleanup();

protected:
    virtual void makeBench() = 0;
    virtual void dropBench() = 0;
    virtual bool isIdle() const { return true; }

    std::unique_ptr<PrivateEngine> m_daemon;
    std::unique_ptr<docker::HttpEngine> m_engine;
};

class JobTest : public DaemonTest
{
    Q_OBJECT

protected:
    static constexpr int jobLimitMs = 120'000;

    void makeBench() override;
    void dropBench() override { m_bench.reset(); }
    bool isIdle() const override { return m_bench->isIdle(); }

    [[nodiscard]] bool ends(const QString &id); // in time
    [[nodiscard]] QString run(const batch::EcsTaskProperties &task,
                              const RunnerBench::Wishes &wishes = {});

    std::unique_ptr<RunnerBench> m_bench;
};

class AttemptTest : public DaemonTest
{
    Q_OBJECT

protected:
    void makeBench() override { m_bench = std::make_unique<AttemptBench>(*m_engine, settings()); }
    void dropBench() override { m_bench.reset(); }
    virtual executor::RunnerSettings settings() const { return quickSettings(); }

    std::unique_ptr<AttemptBench> m_bench;
};

} // namespace batchyard::test
