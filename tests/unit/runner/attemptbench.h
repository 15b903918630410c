// Single attempts without a dispatcher: the rows in a store of their own, then the attempt on
// whatever engine a test gives, to its end and until nothing is left of it.
#pragma once

#include "backend/executor/runner/attemptrunner.h"
#include "tests/unit/runner/runnerbench.h"

#include <map>

namespace batchyard::test {

class AttemptBench
{
public:
    using Change = std::function<void(executor::AttemptPlan &)>;

    explicit AttemptBench(docker::Engine &engine,
                          const executor::RunnerSettings &settings = quickSettings());
    ~AttemptBench();

    [[nodiscard]] const Paths &paths() const { return m_paths; }
    [[nodiscard]] executor::SecretStore secrets() const;
    [[nodiscard]] executor::TaskNetwork &network() { return m_network; }
    [[nodiscard]] executor::Store &store() { return *m_store; }

    // Lone containers get a pause container, as an earlier version gave them one.
    void setAlwaysPauses() { m_alwaysPauses = true; }
    // The attempt's job id; the attempt is under way.
    [[nodiscard]] QString begin(const batch::EcsTaskProperties &task, const Change &change = {},
                                const QString &jobId = {});
    [[nodiscard]] executor::AttemptRunner &runner(const QString &id);
    [[nodiscard]] bool isEnded(const QString &id) const;
    [[nodiscard]] bool isCleaned(const QString &id) const;
    // Begins one and waits until nothing is left of it.
    [[nodiscard]] QString run(const batch::EcsTaskProperties &task, const Change &change = {});

    [[nodiscard]] executor::core::AttemptOutcome outcome(const QString &id) const;
    [[nodiscard]] executor::core::ContainerState container(const QString &id, int index) const;
    [[nodiscard]] QString dockerName(const QString &id, int index) const;
    [[nodiscard]] QString logPath(const QString &id, int index) const;
    [[nodiscard]] QStringList lines(const QString &id, int index) const; // their text

private:
    struct Attempt;

    // In place of the dispatcher's monitor: containers that have ended unnoticed are looked at.
    void compare();

    docker::Engine &m_engine;
    QTemporaryDir m_directory;
    Paths m_paths;
    executor::RunnerSettings m_settings;
    std::unique_ptr<executor::Store> m_store;
    executor::ImageProvider m_images;
    executor::TaskNetwork m_network;
    executor::StartGate m_gate;
    executor::AttemptServices m_services;
    std::map<QString, std::unique_ptr<Attempt>> m_attempts;
    bool m_alwaysPauses = false;
    QTimer m_timer;
};

} // namespace batchyard::test
