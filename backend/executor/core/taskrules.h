// Rules that both ways of changing a task's state share: facts (containerfacts.cpp) and turns
// (taskturn.cpp). For the files of this folder only.
#pragma once

#include "backend/executor/core/taskstate.h"

namespace batchyard::executor::core {

// Whether the container's process has run, however briefly.
[[nodiscard]] inline bool hasStarted(const ContainerState &container)
{
    return container.startedAt.has_value();
}

// Whether it ran and said that all is well.
[[nodiscard]] inline bool hasSucceeded(const ContainerState &container)
{
    return container.known == ContainerStatus::Stopped && hasStarted(container)
        && container.exitCode == 0;
}

[[nodiscard]] inline bool isPod(const QList<ContainerRules> &rules)
{
    return !rules.isEmpty() && rules.first().podRole != PodRole::None;
}

// "If any essential container is known or desired STOPPED, the task's desired status is STOPPED,
// and so is that of every container" (task.go, updateTaskDesiredStatus). Notes which one began it.
// In a pod an init container that failed stops it, or the end of all main containers; noted is the
// one that failed first, else the last to end.
[[nodiscard]] TaskState withEssentialRule(const QList<ContainerRules> &rules, TaskState state);

// Sets the task's start once every container is at least running. A task with an essential
// container that ended before it started never counts as started, nor does a pod of which no main
// container has run.
[[nodiscard]] TaskState withTaskStart(const QList<ContainerRules> &rules, TaskState state);

// Ends a container that has not been started, without an exit code.
[[nodiscard]] ContainerState endedUnstarted(ContainerState container, Timestamp now);

} // namespace batchyard::executor::core
