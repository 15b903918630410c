#include "backend/executor/runner/attemptstate.h"

#include "backend/executor/runner/spotmarket.h"

namespace batchyard::executor {

using core::ContainerFact;
using Status = docker::ContainerState::Status;

namespace {

// Not what any container did: named as the cause, and tried again as the strategy says.
constexpr QLatin1StringView engineRestartedReason{"Docker engine restarted"};
constexpr int defaultStopTimeout = 30; // s, of the ECS agent and of AWS Batch

batch::ContainerPhase phaseOf(const core::ContainerState &state)
{
    switch (state.known) {
    case core::ContainerStatus::None:
    case core::ContainerStatus::ManifestPulled:
    case core::ContainerStatus::Pulled:
        return batch::ContainerPhase::Waiting;
    case core::ContainerStatus::Created:
        return batch::ContainerPhase::Created;
    case core::ContainerStatus::Running:
    case core::ContainerStatus::ResourcesProvisioned:
        return state.stopRequested ? batch::ContainerPhase::Stopping
                                   : batch::ContainerPhase::Running;
    case core::ContainerStatus::Stopped:
        return batch::ContainerPhase::Stopped;
    }
    Q_UNREACHABLE();
}

core::PodRole podRoleOf(const batch::TaskContainerProperties &container)
{
    if (!container.pod)
        return core::PodRole::None;
    return container.pod->isInit ? core::PodRole::Init : core::PodRole::Main;
}

} // namespace

QList<core::ContainerRules> rulesOf(const batch::EcsTaskProperties &task)
{
    QList<core::ContainerRules> rules;
    for (const batch::TaskContainerProperties &container : task.containers)
        rules.append({container.name, container.isEssential(), container.dependsOn,
                      container.startTimeout, container.stopTimeout.value_or(defaultStopTimeout),
                      podRoleOf(container)});
    return rules;
}

core::TaskState taskStateOf(const AttemptRecord &attempt)
{
    core::TaskState state;
    for (const ContainerRecord &container : attempt.containers) {
        if (container.index == pauseIndex)
            continue;
        state.containers.append(container.state);
        state.containers.last().applied = core::ContainerStatus::None;
    }
    state.desiredStopped = attempt.desiredStopped;
    state.stopReason = attempt.stopReason;
    state.decidingContainer = attempt.decidingContainer;
    state.startedAt = attempt.startedAt;
    return state;
}

core::AttemptOutcome outcomeOf(const QList<core::ContainerRules> &rules,
                               const core::TaskState &state)
{
    core::AttemptOutcome outcome = core::attemptOutcome(rules, state);
    if (state.stopReason == networkLostReason || isHostLoss(state.stopReason))
        outcome.mayRetry = true;
    if (outcome.reason.endsWith(engineEndedContainer))
        outcome.statusReason = engineRestartedReason;
    return outcome;
}

batch::Timestamp toBatchTime(docker::Timestamp time)
{
    return std::chrono::floor<std::chrono::milliseconds>(time);
}

ContainerFact factOf(const docker::ContainerState &seen, qsizetype container)
{
    ContainerFact fact;
    fact.container = container;
    if (seen.startedAt)
        fact.startedAt = toBatchTime(*seen.startedAt);
    switch (seen.status) {
    case Status::Running:
    case Status::Paused:
    case Status::Restarting:
        fact.kind = ContainerFact::Kind::Running;
        return fact;
    case Status::Created:
        fact.kind = ContainerFact::Kind::Created;
        if (!seen.error.isEmpty()) { // its start was refused; it will never be tried again
            fact.kind = ContainerFact::Kind::StartFailed;
            fact.error = seen.error;
            fact.exitCode = seen.exitCode;
        }
        return fact;
    case Status::Removing:
    case Status::Exited:
    case Status::Dead:
        fact.kind = ContainerFact::Kind::Stopped;
        fact.error = seen.error;
        fact.oomKilled = seen.oomKilled;
        if (seen.finishedAt) {
            fact.exitCode = seen.exitCode;
            fact.stoppedAt = toBatchTime(*seen.finishedAt);
        }
        return fact;
    }
    Q_UNREACHABLE();
}

batch::ContainerLiveState liveStateOf(const ContainerRecord &record,
                                      const core::ContainerState &state)
{
    batch::ContainerLiveState live;
    live.name = record.name;
    live.phase = phaseOf(state);
    live.exitCode = state.exitCode;
    live.reason = state.error;
    live.stoppedByBatch = state.stopRequested;
    live.startedAt = state.startedAt;
    live.stoppedAt = state.stoppedAt;
    return live;
}

} // namespace batchyard::executor
