// Carries one attempt of one job: asks the decision core what comes next, announces it to the
// store, does it on the engine and feeds back what came of it, until all containers have stopped
// and their output is on disk; then, once the outcome is committed, removes what is left. The only
// writer of the attempt's state.
//
// When a call's end cannot be known (engine away, store not writable) it holds: nothing changes
// until reconcile() has looked at what there really is.
#pragma once

#include "backend/batch/liveview.h"
#include "backend/executor/core/containergraph.h"
#include "backend/executor/core/outcome.h"
#include "backend/executor/runner/attemptnetwork.h"
#include "backend/executor/runner/containerspec.h"
#include "backend/executor/runner/limittimer.h"
#include "backend/executor/runner/logcapture.h"

#include <QTimer>

#include <vector>

namespace batchyard::executor {

struct AttemptPlan {
    SpecContext context;
    batch::EcsTaskProperties task;
    std::optional<int> timeoutSeconds; // from the attempt's start
};

class AttemptRunner : public QObject
{
    Q_OBJECT

public:
    // The attempt's rows are in the store, one for each container and the pause container's last if
    // it has one: they, and not the plan, say whether a container is alone. It does nothing before
    // begin() or reconcile().
    AttemptRunner(const AttemptServices &services, AttemptPlan plan, AttemptRecord attempt,
                  QObject *parent = nullptr);
    ~AttemptRunner() override;

    void begin(); // nothing of it has been done yet
    // Looks at all its containers and goes on from what there is: after a restart of the executor
    // or of the engine, and whenever it holds.
    void reconcile();
    [[nodiscard]] bool isHeld() const { return m_held; }
    [[nodiscard]] bool isStarting() const; // its first start has not come to an end yet
    void engineLost();
    void containerEvent(const QString &dockerName, const QString &action);
    // Of the engine's list of containers: a container that should run and does not is looked at.
    void compareWith(const QHash<QString, QString> &stateByName);
    // With a grace, the containers have that long instead of their stopTimeout to end by
    // themselves.
    void requestStop(const QString &reason, std::optional<std::chrono::seconds> grace = {});
    // After the outcome is committed: containers, volumes and files of the attempt go.
    void cleanUp();

    // The attempt as it is, for the transaction that ends it.
    [[nodiscard]] AttemptRecord record() const;
    [[nodiscard]] QList<batch::ContainerLiveState> containerStates() const;
    // Of containers that share a network, as networkReady() told it; empty before.
    [[nodiscard]] const QString &address() const { return m_network->address(); }

signals:
    // The job's network is up: its address, or an empty one in an isolated job or of a lone
    // container. Told again after a restart of the executor.
    void networkReady(const QString &address);
    // All containers have been started: the job is RUNNING. Told once, and again after a restart.
    void started(batchyard::batch::Timestamp at);
    void ended(const batchyard::executor::core::AttemptOutcome &outcome);
    void cleaned();
    void changed();
    void outputWritten();
    void held(); // reconcile() is needed; the engine may be away

private:
    struct Member;
    struct Finding {
        Member *member; // nullptr: the pause container
        ContainerDriver::Seen reply;
    };
    enum class Phase { Running, Ended, Cleaning, Cleaned };

    void proceed();
    [[nodiscard]] bool save();
    void suspend();
    void hold();
    void apply(const core::ContainerFact &fact);
    void perform(const core::Action &action);
    void pull(Member &member);
    [[nodiscard]] bool mustFollowNetwork() const;
    void createWhenReady(Member &member);
    void create(Member &member);
    [[nodiscard]] bool isToCreateAhead(const Member &member) const;
    void createAhead(Member &member);
    void createAs(Member &member, const docker::ContainerSpec &spec);
    [[nodiscard]] core::ContainerFact resourcesFailed(qsizetype container,
                                                      const Error &error) const;
    void created(Member &member, const Result<QString> &id);
    void prepareStart(Member &member);
    void startWhenReady(Member &member);
    [[nodiscard]] bool isLoneStarting() const;
    void start(Member &member, const StartGate::Pass &pass);
    void startRefused(Member &member, const ContainerDriver::StartReply &reply);
    void releaseWaiting();
    void stop(Member &member);
    [[nodiscard]] int secondsToStop(const Member &member) const;
    void observe(Member &member);
    void seen(Member &member, const std::optional<docker::ContainerState> &state);
    void tellCapture(Member &member, const std::optional<docker::ContainerState> &state);
    void makeCapture(Member &member);
    void reconciled();
    void prepareVolumes();
    [[nodiscard]] Result<void> writeHostsFile() const;
    void volumesFailed(core::ContainerFact fact);
    void noteStart();
    void finishWhenStopped();
    void finish();
    void continueCleaning();
    void removeContainers();
    void removeVolumes();
    [[nodiscard]] bool isReady(const Member &member) const;
    [[nodiscard]] QString waitReason(const Member &member) const;

    const AttemptServices &m_services;
    const AttemptPlan m_plan;
    const QList<core::ContainerRules> m_rules;
    AttemptRecord m_attempt;
    AttemptRecord m_savedAttempt;
    core::TaskState m_state;
    Phase m_phase = Phase::Running;
    bool m_held = true;
    bool m_engineWasLost = false;
    bool m_startTold = false;
    bool m_volumesReady = false;
    int m_run = 0; // of hold() and reconcile(): what belongs to one before is dropped
    int m_unseen = 0; // answers that reconcile() waits for
    QList<Finding> m_findings;
    int m_removals = 0;
    std::vector<std::unique_ptr<Member>> m_members;
    std::unique_ptr<AttemptNetwork> m_network;
    QTimer m_wakeTimer;
    LimitTimer m_timeLimit;
    QTimer m_outputTimer;
    QTimer m_cleanTimer;
};

} // namespace batchyard::executor
