// Container ordering inside one task: the ECS agent's rules (dependencygraph/graph.go,
// engine/task_manager.go) as pure functions of state and time. They decide; the runner acts and
// reports back. Every rule's tests are the agent's own truth tables.
#pragma once

#include "backend/executor/core/taskstate.h"

#include <variant>

namespace batchyard::executor::core {

// Ready, not yet (with the dependency that blocks), or never (with the agent's words).
struct Ready {
    friend bool operator==(const Ready &, const Ready &) = default;
};
struct NotYet {
    QString blocker; // container name
    batch::DependencyCondition condition = batch::DependencyCondition::Start;
    friend bool operator==(const NotYet &, const NotYet &) = default;
};
struct Never {
    QString reason;
    friend bool operator==(const Never &, const Never &) = default;
};
using Verdict = std::variant<Ready, NotYet, Never>;

// Whether container `index` may take its next step towards Running (B.3, B.4) or, when its desired
// status is Stopped, whether it may be stopped now (B.5, reverse dependency order).
[[nodiscard]] Verdict dependenciesAreResolved(const QList<ContainerRules> &rules,
                                              const TaskState &state, qsizetype index,
                                              Timestamp now);

// Whether container `index` may be created before its turn, as whatever it still waits for is being
// started at this moment. The agent creates it only then; what is created and not started runs
// nothing, so nobody can tell, and the job need not wait for the creation. Not for the conditions
// COMPLETE and SUCCESS, whose startTimeout ends a container only as long as it is not created.
[[nodiscard]] bool mayBeCreatedAhead(const QList<ContainerRules> &rules, const TaskState &state,
                                     qsizetype index);

// A cycle, unknown name or self-dependency as "a -> b -> a" or "a -> x (no such container)"; empty
// when the whole graph can be resolved (B.2).
[[nodiscard]] QString unresolvableDependency(const QList<ContainerRules> &rules);

// The next Docker step of one container.
struct Action {
    enum class Kind { Pull, Create, Start, Stop };
    Kind kind = Kind::Pull;
    qsizetype container = 0;
    friend bool operator==(const Action &, const Action &) = default;
};

struct Step {
    TaskState
        state; // with `applied` set for the actions, and containers that can never start ended
    QList<Action> actions; // to be carried out at once and in parallel
    // When to ask again if nothing happens before: a startTimeout that is running.
    std::optional<Timestamp> wakeAt;
};

// One turn of the agent's progressTask (B.6): applies "essential stopped stops the task", ends
// containers whose dependencies can never be met (exit 143, CannotStartContainerError), and names
// every step that may begin now.
[[nodiscard]] Step advance(const QList<ContainerRules> &rules, TaskState state, Timestamp now);

// What happened to a container, from a finished Docker call, an inspect or an event.
struct ContainerFact {
    enum class Kind {
        Pulled, // the image is there
        PullFailed, // Fargate's rule: the whole task fails
        ResourcesFailed, // a secret or directory cannot be had: the whole task fails
        Created,
        CreateFailed,
        Running,
        StartFailed,
        Stopped, // exitCode is what the daemon knows, if it knows
        Vanished, // removed behind our back: stopped without an exit code
        StopFailed,
    };
    Kind kind = Kind::Pulled;
    qsizetype container = 0;
    std::optional<int> exitCode = {};
    bool oomKilled = false;
    QString error = {}; // the daemon's text for the Failed kinds, State.Error for Stopped
    std::optional<Timestamp> startedAt = {};
    std::optional<Timestamp> stoppedAt = {};
};

// Known status only moves forward; older or repeated facts change nothing.
[[nodiscard]] TaskState applyFact(const QList<ContainerRules> &rules, TaskState state,
                                  const ContainerFact &fact, Timestamp now);

// Asked from outside: terminate, timeout, executor's own refusal. The first reason wins.
[[nodiscard]] TaskState requestStop(TaskState state, const QString &reason);

[[nodiscard]] bool allStopped(const TaskState &state);
// Every container has been started at least once (stopped counts): the task is RUNNING.
[[nodiscard]] bool allStarted(const TaskState &state);

} // namespace batchyard::executor::core
