#include "backend/executor/core/taskrules.h"

#include "backend/executor/core/containergraph.h"

namespace batchyard::executor::core {

namespace {

bool hasEnded(const ContainerState &container)
{
    return container.known == ContainerStatus::Stopped
        || container.desired == ContainerStatus::Stopped;
}

// The essential container that ended first; one whose end has no time yet (its create failed just
// now) comes after those with one. -1 when all are up.
int firstEndedEssential(const QList<ContainerRules> &rules, const TaskState &state)
{
    int first = -1;
    for (int i = 0; i < state.containers.size(); ++i) {
        const ContainerState &container = state.containers[i];
        if (!rules[i].essential || !hasEnded(container))
            continue;
        const bool earlier = first >= 0 && container.stoppedAt
            && (!state.containers[first].stoppedAt
                || *container.stoppedAt < *state.containers[first].stoppedAt);
        if (first < 0 || earlier)
            first = i;
    }
    return first;
}

} // namespace

TaskState withEssentialRule(const QList<ContainerRules> &rules, TaskState state)
{
    if (!state.desiredStopped) {
        const int first = firstEndedEssential(rules, state);
        if (first < 0)
            return state;
        state.desiredStopped = true;
        state.decidingContainer = first;
    }
    for (ContainerState &container : state.containers)
        container.desired = ContainerStatus::Stopped;
    return state;
}

TaskState withTaskStart(const QList<ContainerRules> &rules, TaskState state)
{
    if (state.startedAt || !allStarted(state))
        return state;
    std::optional<Timestamp> last;
    for (int i = 0; i < state.containers.size(); ++i) {
        const ContainerState &container = state.containers[i];
        if (hasStarted(container))
            last = last ? std::max(*last, *container.startedAt) : *container.startedAt;
        else if (rules[i].essential || state.decidingContainer == i)
            return state;
    }
    state.startedAt = last;
    return state;
}

ContainerState endedUnstarted(ContainerState container, Timestamp now)
{
    container.known = ContainerStatus::Stopped;
    container.desired = ContainerStatus::Stopped;
    container.applied = ContainerStatus::None;
    container.stoppedAt = now;
    return container;
}

} // namespace batchyard::executor::core
