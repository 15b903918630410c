// What facts do to a task's state (handleContainerChange and handleEventError of
// engine/task_manager.go).
#include "backend/executor/core/containergraph.h"
#include "backend/executor/core/taskrules.h"

namespace batchyard::executor::core {

namespace {

void setError(ContainerState &container, QLatin1StringView name, const QString &text)
{
    if (container.error.isEmpty())
        container.error = name + QStringLiteral(": ") + text;
}

void moveForward(ContainerState &container, ContainerStatus status)
{
    container.known = std::max(container.known, status);
    if (container.known >= container.applied)
        container.applied = ContainerStatus::None;
}

// The transition failed; the container is not going to start.
void giveUp(ContainerState &container)
{
    container.desired = ContainerStatus::Stopped;
    container.applied = ContainerStatus::None;
}

ContainerState stopped(ContainerState container, const ContainerFact &fact, Timestamp now)
{
    container.exitCode = fact.exitCode;
    container.oomKilled = fact.oomKilled;
    container.stoppedAt = fact.stoppedAt.value_or(now);
    if (!container.startedAt)
        container.startedAt = fact.startedAt;
    // An exit code without an error comes from a process that ran, whatever else is known of it.
    if (!container.startedAt && fact.exitCode && fact.error.isEmpty())
        container.startedAt = container.stoppedAt;
    // The clock may have been set back since, and Docker's own times are not quite in order.
    if (container.startedAt && *container.stoppedAt < *container.startedAt)
        container.stoppedAt = container.startedAt;
    if (fact.oomKilled)
        container.error = QStringLiteral("OutOfMemoryError: Container killed due to memory usage");
    else if (!fact.error.isEmpty() && hasStarted(container))
        setError(container, QLatin1StringView("DockerStateError"), fact.error);
    else if (!fact.error.isEmpty())
        setError(container, QLatin1StringView("CannotStartContainerError"), fact.error);
    moveForward(container, ContainerStatus::Stopped);
    return container;
}

// The container's own next state; what it means for the task is decided afterwards.
ContainerState withFact(ContainerState container, const ContainerFact &fact, Timestamp now)
{
    switch (fact.kind) {
    case ContainerFact::Kind::Pulled:
        moveForward(container, ContainerStatus::Pulled);
        return container;
    case ContainerFact::Kind::PullFailed:
        setError(container, QLatin1StringView("CannotPullContainerError"), fact.error);
        giveUp(container);
        return container;
    case ContainerFact::Kind::ResourcesFailed:
        setError(container, QLatin1StringView("ResourceInitializationError"), fact.error);
        giveUp(container);
        return container;
    case ContainerFact::Kind::Created:
        moveForward(container, ContainerStatus::Created);
        return container;
    case ContainerFact::Kind::CreateFailed:
        setError(container, QLatin1StringView("CannotCreateContainerError"), fact.error);
        giveUp(container);
        return container;
    case ContainerFact::Kind::Running:
        if (!container.startedAt)
            container.startedAt = fact.startedAt.value_or(now);
        moveForward(container, ContainerStatus::Running);
        return container;
    case ContainerFact::Kind::StartFailed:
        setError(container, QLatin1StringView("CannotStartContainerError"), fact.error);
        container.exitCode = fact.exitCode;
        giveUp(container);
        return container;
    case ContainerFact::Kind::Stopped:
        return stopped(std::move(container), fact, now);
    case ContainerFact::Kind::Vanished:
        setError(container, QLatin1StringView("ContainerVanishedError"),
                 QStringLiteral("No container matching saved ID found"));
        container.stoppedAt = now;
        moveForward(container, ContainerStatus::Stopped);
        return container;
    case ContainerFact::Kind::StopFailed:
        setError(container, QLatin1StringView("CannotStopContainerError"), fact.error);
        container.stoppedAt = now;
        moveForward(container, ContainerStatus::Stopped);
        return container;
    }
    Q_UNREACHABLE();
}

// Whether a fact comes too late to say anything new.
bool isOutdated(const ContainerState &container, ContainerFact::Kind kind)
{
    switch (kind) {
    case ContainerFact::Kind::PullFailed:
        return container.known >= ContainerStatus::Pulled;
    case ContainerFact::Kind::CreateFailed:
    case ContainerFact::Kind::ResourcesFailed:
        return container.known >= ContainerStatus::Created;
    case ContainerFact::Kind::StartFailed:
        return container.known >= ContainerStatus::Running;
    case ContainerFact::Kind::Pulled:
    case ContainerFact::Kind::Created:
    case ContainerFact::Kind::Running:
    case ContainerFact::Kind::Stopped:
    case ContainerFact::Kind::Vanished:
    case ContainerFact::Kind::StopFailed:
        return container.known == ContainerStatus::Stopped;
    }
    Q_UNREACHABLE();
}

// Facts may arrive in another order than things happened, after a restart above all. An essential
// container that ended by itself before the one that was heard of first is the one that decides.
TaskState withEarlierEnd(const QList<ContainerRules> &rules, TaskState state, qsizetype index)
{
    if (state.decidingContainer < 0 || state.decidingContainer == index || !rules[index].essential
        || isPod(rules))
        return state;
    const ContainerState &container = state.containers[index];
    const ContainerState &deciding = state.containers[state.decidingContainer];
    if (container.known == ContainerStatus::Stopped && !container.stopRequested
        && hasStarted(container) && hasStarted(deciding) && deciding.stoppedAt
        && *container.stoppedAt < *deciding.stoppedAt)
        state.decidingContainer = static_cast<int>(index);
    return state;
}

} // namespace

TaskState applyFact(const QList<ContainerRules> &rules, TaskState state, const ContainerFact &fact,
                    Timestamp now)
{
    Q_ASSERT(rules.size() == state.containers.size());
    Q_ASSERT(fact.container >= 0 && fact.container < rules.size());
    ContainerState &container = state.containers[fact.container];
    if (isOutdated(container, fact.kind))
        return state;
    container = withFact(std::move(container), fact, now);
    // Fargate's rule: an image that cannot be pulled fails the task, essential or not. So does what
    // the task as a whole was to be given.
    const bool failsTask = fact.kind == ContainerFact::Kind::PullFailed
        || fact.kind == ContainerFact::Kind::ResourcesFailed;
    if (failsTask && !state.desiredStopped) {
        state.desiredStopped = true;
        state.decidingContainer = static_cast<int>(fact.container);
    }
    state = withEarlierEnd(rules, std::move(state), fact.container);
    state = withEssentialRule(rules, std::move(state));
    return withTaskStart(rules, std::move(state));
}

TaskState requestStop(TaskState state, const QString &reason)
{
    if (state.desiredStopped)
        return state;
    state.desiredStopped = true;
    state.stopReason = reason;
    for (ContainerState &container : state.containers)
        container.desired = ContainerStatus::Stopped;
    return state;
}

} // namespace batchyard::executor::core
