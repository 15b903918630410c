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

// The container of a pod that decides: the first that failed, else the last that ended. -1 while
// the pod goes on.
int podEnd(const QList<ContainerRules> &rules, const TaskState &state)
{
    int failed = -1;
    int last = -1;
    bool mainsEnded = true;
    bool initFailed = false;
    for (int i = 0; i < state.containers.size(); ++i) {
        const ContainerState &container = state.containers[i];
        if (container.known != ContainerStatus::Stopped) {
            if (rules[i].podRole == PodRole::Main)
                mainsEnded = false;
            else if (container.desired == ContainerStatus::Stopped)
                return i; // an init container that could not be made or started
            continue;
        }
        const auto endedBefore = [&](int other) {
            return container.stoppedAt && state.containers[other].stoppedAt
                && *container.stoppedAt < *state.containers[other].stoppedAt;
        };
        if (last < 0 || !endedBefore(last))
            last = i;
        if (hasSucceeded(container))
            continue;
        if (failed < 0 || endedBefore(failed))
            failed = i;
        initFailed = initFailed || rules[i].podRole == PodRole::Init;
    }
    if (!mainsEnded && !initFailed)
        return -1;
    return failed >= 0 ? failed : last;
}

} // namespace

TaskState withEssentialRule(const QList<ContainerRules> &rules, TaskState state)
{
    if (!state.desiredStopped) {
        const int first = isPod(rules) ? podEnd(rules, state) : firstEndedEssential(rules, state);
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
    bool mainStarted = !isPod(rules);
    for (int i = 0; i < state.containers.size(); ++i) {
        const ContainerState &container = state.containers[i];
        if (hasStarted(container)) {
            last = last ? std::max(*last, *container.startedAt) : *container.startedAt;
            mainStarted = mainStarted || rules[i].podRole == PodRole::Main;
        } else if (rules[i].podRole == PodRole::None
                   && (rules[i].essential || state.decidingContainer == i)) {
            return state;
        }
    }
    if (mainStarted)
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
