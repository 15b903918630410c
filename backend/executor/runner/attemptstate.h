// Between the rows of the store, the values of the decision core and what inspect says. Pure.
#pragma once

#include "backend/batch/liveview.h"
#include "backend/docker/values.h"
#include "backend/executor/core/containergraph.h"
#include "backend/executor/core/outcome.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

[[nodiscard]] QList<core::ContainerRules> rulesOf(const batch::EcsTaskProperties &task);

// With nothing in flight: what was under way when the row was written has to be looked at.
[[nodiscard]] core::TaskState taskStateOf(const AttemptRecord &attempt);

// The fact that an inspect's answer tells of (the ECS agent's DockerStateToState).
[[nodiscard]] core::ContainerFact factOf(const docker::ContainerState &seen, qsizetype container);

// The agent's words for a job whose network is lost do not exist: there is no pause container to
// kill on AWS. A stop for this reason is the host's fault.
inline constexpr QLatin1StringView networkLostReason{
    "Host failure: the network of the job was lost"};
// Why a container ended that the engine took down with itself.
inline constexpr QLatin1StringView engineEndedContainer{
    "The Docker engine was stopped or restarted while the container ran."};

// core::attemptOutcome() with what befell the host, which is not the job's doing: its retry
// strategy is asked. Pre-condition: allStopped(state).
[[nodiscard]] core::AttemptOutcome outcomeOf(const QList<core::ContainerRules> &rules,
                                             const core::TaskState &state);

[[nodiscard]] batch::Timestamp toBatchTime(docker::Timestamp time);

// A container of an attempt that is over or looked at from the store.
[[nodiscard]] batch::ContainerLiveState liveStateOf(const ContainerRecord &record,
                                                    const core::ContainerState &state);

} // namespace batchyard::executor
