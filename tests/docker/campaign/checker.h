// Looks at what a campaign has left: the executor's answers, its database and log files, the
// engine, and the recorder's history; and names every violation of the eight invariants.
#pragma once

#include "backend/docker/engine.h"
#include "backend/paths.h"
#include "tests/docker/campaign/api.h"
#include "tests/docker/campaign/recorder.h"
#include "tests/docker/campaign/workload.h"

#include <array>

namespace batchyard::test {

enum class Invariant {
    NothingLost, // each accepted job is there, has ended, and is told once
    NothingDoubled, // each container was started once
    NothingLeft, // no container or volume of ours remains
    OnlyForward, // each history is a path of the table of job states
    TrueResults, // statuses, reasons, attempts and exit codes are the planned and recorded ones
    EveryLineOnce, // and in order
    OthersUntouched,
    StateWhole, // the database is sound, and no secret is where it should not be
};
inline constexpr int invariantCount = 8;
[[nodiscard]] QString describe(Invariant invariant);

class Checker
{
public:
    Checker(Api &api, docker::Engine &engine, const Paths &paths)
        : m_api(api)
        , m_engine(engine)
        , m_paths(paths)
    {
    }

    // While the executor serves.
    void checkJobs(const QMap<QString, JobPlan> &planById, const Recorder &recorder);
    void checkEngine(const QStringList &decoys);
    // When it has ended.
    void checkState();

    void violate(Invariant invariant, const QString &what);
    [[nodiscard]] const QStringList &violations(Invariant invariant) const
    {
        return m_violations.at(static_cast<size_t>(invariant));
    }
    [[nodiscard]] bool isClean() const;
    [[nodiscard]] int containerCount() const { return m_containers; }
    [[nodiscard]] int lineCount() const { return m_lines; }

private:
    void checkJob(const Json &job, const JobPlan &plan, bool succeeds, bool isArrayParent);
    void checkAttempt(const QString &id, int number, const Json &attempt, const JobPlan &plan);
    void checkContainer(const ContainerKey &key, const Json &details, const ContainerPlan &plan);
    void checkLines(const ContainerKey &key, const QString &stream, std::optional<int> count);
    void checkHistories();

    Api &m_api;
    docker::Engine &m_engine;
    Paths m_paths;
    QMap<ContainerKey, ContainerHistory> m_recorded;
    QStringList m_jobIds;
    std::array<QStringList, invariantCount> m_violations;
    int m_containers = 0;
    int m_lines = 0;
};

} // namespace batchyard::test
