// The state of one attempt's task as the ECS agent keeps it (agent/api/container/status,
// agent/api/task): known is what has happened, desired is Running or Stopped, applied is the step
// in flight. Plain values; the rules are in containergraph.h.
#pragma once

#include "backend/batch/container.h"

#include <optional>

namespace batchyard::executor::core {

using batch::Timestamp;

enum class ContainerStatus {
    None,
    ManifestPulled,
    Pulled,
    Created,
    Running,
    ResourcesProvisioned,
    Stopped
};
[[nodiscard]] QString toString(ContainerStatus status); // one table; parse with containerStatus()
[[nodiscard]] std::optional<ContainerStatus> containerStatus(QStringView text);

// A pod's containers follow the kubelet's rules for restartPolicy Never in place of the agent's:
// init containers one after the other, each to exit 0, then all others at once; the pod ends when
// all of those have ended, or an init container has failed. "Essential" has no meaning in it.
enum class PodRole { None, Init, Main };

// What the rules need to know of a container's definition.
struct ContainerRules {
    QString name;
    bool essential = true;
    QList<batch::TaskContainerDependency> dependsOn;
    std::optional<int> startTimeout; // s; read from the dependency, counted from its start
    int stopTimeout = 30; // s
    PodRole podRole = PodRole::None; // all containers of a task have one, or none has
};

struct ContainerState {
    ContainerStatus known = ContainerStatus::None;
    ContainerStatus desired = ContainerStatus::Running;
    ContainerStatus applied = ContainerStatus::None; // the transition in flight
    std::optional<int> exitCode;
    QString error; // "<Name>Error: text"; the first one wins
    bool oomKilled = false;
    bool stopRequested = false; // we asked Docker to stop it
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    // Since startedAt, by a clock that does not jump. Absent: by the same clock as startedAt.
    std::optional<std::chrono::milliseconds> ranFor;
    friend bool operator==(const ContainerState &, const ContainerState &) = default;
};

// Since its start, for a startTimeout. Pre-condition: it has started.
[[nodiscard]] inline std::chrono::milliseconds runTime(const ContainerState &container,
                                                       Timestamp now)
{
    return container.ranFor.value_or(now - *container.startedAt);
}

struct TaskState {
    QList<ContainerState> containers; // in the order of the rules
    bool desiredStopped = false;
    QString stopReason; // why, when it was asked for from outside (terminate, timeout)
    int decidingContainer = -1; // the essential container whose end began the stop; -1: none yet
    std::optional<Timestamp> startedAt; // when the last container had been started: job RUNNING
    friend bool operator==(const TaskState &, const TaskState &) = default;
};

} // namespace batchyard::executor::core
