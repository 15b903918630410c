// What a JobDispatcher consists of. For the files of that class only.
#pragma once

#include "backend/executor/runner/activejob.h"
#include "backend/executor/runner/attemptrunner.h"
#include "backend/executor/runner/capacity.h"
#include "backend/executor/runner/enginemonitor.h"
#include "backend/executor/runner/jobdispatcher.h"

#include <map>

namespace batchyard::executor {

class JobDispatcher::Private
{
public:
    using AttemptId = std::pair<QString, int>; // job, number

    Private(JobDispatcher *dispatcher, Store &jobStore, docker::Engine &dockerEngine,
            ChangeFeed &changeFeed, const Paths &filePaths, const RunnerSettings &runnerSettings);

    // Jobs (jobdispatcher.cpp)
    [[nodiscard]] Result<void> load();
    void evaluate();
    void resolveDependencies(ActiveJob &job);
    void schedule();
    void place(ActiveJob &job, const QString &environment);
    void endUnstarted(ActiveJob &job);
    bool setStatus(ActiveJob &job, batch::JobStatus status, const QString &reason);
    void requestEnd(const QString &jobId, bool terminate, const QString &reason);
    void noteIdle();
    [[nodiscard]] ActiveJob *find(const QString &jobId);
    [[nodiscard]] const ActiveJob *find(const QString &jobId) const;
    [[nodiscard]] core::SchedulerInput schedulerInput() const;
    [[nodiscard]] Timestamp now() const { return settings.clock(); }
    void tryAgainLater();

    // Attempts (attemptdispatch.cpp)
    [[nodiscard]] Result<AttemptRunner *> addRunner(const ActiveJob &job,
                                                    const AttemptRecord &attempt);
    void connectRunner(AttemptRunner *runner, const AttemptId &id);
    void attemptStarted(const QString &jobId, Timestamp at);
    void attemptEnded(const AttemptId &id, const core::AttemptOutcome &outcome);
    [[nodiscard]] JobRecord afterAttempt(const ActiveJob &job, int attempt,
                                         const core::AttemptOutcome &outcome) const;
    [[nodiscard]] AttemptRunner *runnerOf(const ActiveJob &job) const;
    void engineReturned();
    void engineLost();
    void engineEvent(const docker::Event &event);
    void reconcileHeld();
    void listContainers();
    void removeOrphans(const QList<docker::ContainerListEntry> &list);
    void tellLogs();

    JobDispatcher *q;
    Store &store;
    docker::Engine &engine;
    ChangeFeed &feed;
    const Paths paths;
    const RunnerSettings settings;
    ImageProvider images;
    TaskNetwork network;
    StartGate gate;
    EngineMonitor monitor;
    const AttemptServices services;
    std::map<QString, ActiveJob> jobs; // by id
    std::map<AttemptId, std::unique_ptr<AttemptRunner>> runners; // until cleaned
    std::optional<Capacity> capacity;
    QSet<QString> jobsWithOutput;
    bool idle = true;
    QTimer evaluateTimer;
    QTimer reconcileTimer;
    QTimer heldTimer;
    QTimer logTimer;
};

} // namespace batchyard::executor
