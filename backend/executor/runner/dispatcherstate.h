// What a JobDispatcher consists of. For the files of that class only.
#pragma once

#include "backend/executor/runner/activejob.h"
#include "backend/executor/runner/attemptrunner.h"
#include "backend/executor/runner/capacity.h"
#include "backend/executor/runner/enginemonitor.h"
#include "backend/executor/runner/jobdispatcher.h"

#include <deque>
#include <map>
#include <unordered_map>

namespace batchyard::executor {

class JobDispatcher::Private
{
public:
    using AttemptId = std::pair<QString, int>; // job, number

    // A change of status that is decided and not written yet.
    struct Move {
        ActiveJob *job;
        batch::JobStatus status;
        QString reason;
    };

    // A multi-node job that holds its place.
    struct NodeGroup {
        AttemptRecord attempt; // the whole job's, without containers
        QString mainAddress; // on the network of the job; empty until the main node has it
        std::map<int, AttemptRecord> waiting; // nodes that have not begun, for want of it
        std::map<int, core::AttemptOutcome> outcomes; // of the nodes that have ended
    };

    Private(JobDispatcher *dispatcher, Store &jobStore, docker::Engine &dockerEngine,
            ChangeFeed &changeFeed, const Paths &filePaths, const RunnerSettings &runnerSettings);

    // From the store (jobloading.cpp)
    [[nodiscard]] Result<void> load();
    [[nodiscard]] Result<void> restoreShares();
    void takeUpNewcomers();
    [[nodiscard]] Result<void> takeUp(const QString &jobId);
    [[nodiscard]] Result<void> refuse(const QString &jobId, const QString &reason);
    [[nodiscard]] Result<void> giveUp(AttemptRecord attempt);
    [[nodiscard]] Result<void> add(const QList<JobRecord> &records);
    [[nodiscard]] Result<void> link(const QList<ActiveJob *> &added);
    [[nodiscard]] Result<void> adopt(const AttemptRecord &attempt);
    [[nodiscard]] Result<JobDocuments> documentsOf(const JobRecord &record);

    // Dependencies, states and requested ends (jobprogress.cpp)
    void evaluate();
    void touch(ActiveJob &job);
    void touchChildren(const ActiveJob &parent);
    [[nodiscard]] QList<Move> nextMoves();
    [[nodiscard]] std::optional<Move> nextMove(ActiveJob &job);
    [[nodiscard]] Move endOfArray(ActiveJob &parent) const;
    [[nodiscard]] bool apply(QList<Move> moves);
    void settled(ActiveJob &job, batch::JobStatus from);
    void offer(const ActiveJob &job);
    void settleDependents(const ActiveJob &job);
    void forgetEnded();
    bool setStatus(ActiveJob &job, batch::JobStatus status, const QString &reason);
    void tell(const ActiveJob &job);
    [[nodiscard]] Result<void> requestEnd(const QString &jobId, bool terminate,
                                          const QString &reason);
    [[nodiscard]] Result<void> noteEnd(ActiveJob &job, bool terminate, const QString &reason);
    [[nodiscard]] bool isStillNew(const QString &jobId) const;
    void noteIdle();
    [[nodiscard]] bool isIdle() const
    {
        return jobs.empty() && runners.empty() && newcomers.isEmpty();
    }
    [[nodiscard]] ActiveJob *find(const QString &jobId);
    [[nodiscard]] const ActiveJob *find(const QString &jobId) const;
    [[nodiscard]] Timestamp now() const { return settings.clock(); }
    void evaluateSoon();
    void tryAgainLater();

    // Places (jobplacement.cpp)
    void schedule();
    [[nodiscard]] bool loadCapacity();
    [[nodiscard]] bool place(ActiveJob &job, const core::Placement &placement);
    [[nodiscard]] QString logOfNextAttempt(const ActiveJob &job) const;
    [[nodiscard]] AttemptRecord newAttempt(const ActiveJob &job, const QString &environment,
                                           const QString &instance) const;
    [[nodiscard]] bool begin(ActiveJob &job, const AttemptRecord &attempt);
    void consume(const QList<core::ConsumableNeed> &needs);
    void enforceTimeLimits();
    [[nodiscard]] std::optional<Timestamp> dueOf(const core::BlockedHead &head) const;
    void keepBlockedHeads(const QList<core::BlockedHead> &heads);
    void tellWaitReasons();

    // Multi-node jobs (nodegroups.cpp)
    [[nodiscard]] bool placeNodes(ActiveJob &parent, const core::Placement &placement);
    [[nodiscard]] Result<void> adoptGroup(ActiveJob &parent);
    void beginNode(const ActiveJob &node, const AttemptRecord &attempt);
    void networkReady(const QString &nodeId, const QString &address);
    void nodeEnded(ActiveJob &node, const core::AttemptOutcome &outcome);
    void stopNodes(ActiveJob &parent, const QString &reason,
                   std::optional<std::chrono::seconds> grace = {});
    void endGroupWhenOver(ActiveJob &parent);
    [[nodiscard]] bool endGroup(ActiveJob &parent, const NodeGroup &group);
    void removeNetworkOf(const QString &nodeId);
    [[nodiscard]] QSet<QString> multiNodeJobs() const; // that have, or may have, a network

    // Spot capacity that goes away (spotinterruptions.cpp)
    [[nodiscard]] Result<void> interrupt(const QString &jobId, bool notice);
    void endInstance(const QString &instanceId, bool notice);
    void watchSpotCapacity();

    // Attempts (attemptdispatch.cpp)
    [[nodiscard]] Result<AttemptRunner *> addRunner(const ActiveJob &job,
                                                    const AttemptRecord &attempt);
    void connectRunner(AttemptRunner *runner, const AttemptId &id);
    void stopAttempt(ActiveJob &job, const QString &reason,
                     std::optional<std::chrono::seconds> grace = {});
    void attemptChanged(const QString &jobId, const AttemptRunner &runner);
    void attemptStarted(const QString &jobId, Timestamp at);
    void attemptEnded(const AttemptId &id, const core::AttemptOutcome &outcome);
    [[nodiscard]] JobRecord afterAttempt(const ActiveJob &job, int attempt,
                                         const core::AttemptOutcome &outcome) const;
    [[nodiscard]] AttemptRunner *runnerOf(const ActiveJob &job) const;
    // Of a placed job; a multi-node job's own.
    [[nodiscard]] AttemptRecord currentAttempt(const ActiveJob &job) const;
    void engineReturned();
    void engineLost();
    void engineEvent(const docker::Event &event);
    void reconcileHeld();
    void listContainers();
    void containersListed(const QList<docker::ContainerListEntry> &list);
    [[nodiscard]] bool compareWithStore(const QList<docker::ContainerListEntry> &strangers);
    [[nodiscard]] QString lossBy(const QStringList &unknown) const;
    void noteLoss(const QString &found);
    void removeOrphans(const QList<docker::ContainerListEntry> &orphans);
    void tellLogs();

    // Words (waitreasons.cpp)
    [[nodiscard]] QString waitReason(const ActiveJob &job) const;
    [[nodiscard]] QString dependenciesText(const QStringList &jobIds) const;
    [[nodiscard]] QString endedNodesText(const ActiveJob &job) const;
    [[nodiscard]] QString placedText(const ActiveJob &job) const;
    [[nodiscard]] QString engineProblem() const;

    JobDispatcher *q;
    Store &store;
    docker::Engine &engine;
    ChangeFeed &feed;
    const Paths paths;
    const RunnerSettings settings;
    ImageProvider images;
    TaskNetwork network;
    StartGate gate;
    LogLimiter logLimiter;
    EngineMonitor monitor;
    const AttemptServices services;
    JobPlans plans;
    RecoveryLabels labels;
    core::JobScheduler scheduler;
    QStringList newcomers; // submitted and not taken up yet
    std::unordered_map<QString, ActiveJob> jobs; // by id; addresses stay while a job is in it
    QHash<QString, QStringList> dependents; // by id: the jobs that wait for it
    std::deque<QString> touched; // to be looked at by evaluate()
    QStringList ended; // to be forgotten when nobody holds a reference
    std::unordered_map<QString, NodeGroup> groups; // by the parent's id
    std::map<AttemptId, std::unique_ptr<AttemptRunner>> runners; // until cleaned
    QSet<QString> starting; // placed jobs that hold a place among the starts
    std::optional<Capacity> capacity; // of the store; nullopt: to be read
    int listsUnderWay = 0; // of the engine's containers
    bool isCompared = false; // the engine's containers with the store's attempts, once at least
    QString unexpectedLog; // directory of an attempt that has not begun, by the store
    QString loss; // what of the store is lost, by these; nothing is started or removed then
    // When Spot capacity will be taken away, by the id of the instance, or on Fargate of the task.
    QHash<QString, Timestamp> spotEnds;
    QHash<QString, QString> toldReasons; // of the heads of queues
    QList<core::BlockedHead> keptHeads; // in the store: those whose time is limited
    QSet<QString> jobsWithOutput;
    bool idle = true;
    QTimer evaluateTimer;
    QTimer reconcileTimer;
    QTimer heldTimer;
    QTimer logTimer;
    QTimer reasonTimer;
    QTimer limitTimer;
    QTimer spotTimer;
    QTimer passTimer;
};

} // namespace batchyard::executor
