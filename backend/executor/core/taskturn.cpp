// One turn of a task: the agent's progressTask (engine/task_manager.go) as a function.
#include "backend/executor/core/containergraph.h"
#include "backend/executor/core/taskrules.h"

namespace batchyard::executor::core {

namespace {

// What docker reports of a container that ends on SIGTERM; the agent gives it to a container whose
// dependencies can never be met.
constexpr int neverStartedExitCode = 143;

bool isAtRest(const ContainerState &container)
{
    return container.known >= container.desired;
}

// A create or start that is on its way is waited for before the container counts as stopped:
// otherwise it would come into being after the task has ended. A pull leaves nothing behind.
bool mustBeAwaited(const ContainerState &container)
{
    return container.applied == ContainerStatus::Created
        || container.applied == ContainerStatus::Running;
}

class Turn
{
public:
    Turn(const QList<ContainerRules> &rules, TaskState state, Timestamp now)
        : m_rules(rules)
        , m_now(now)
    {
        m_step.state = std::move(state);
    }

    Step run()
    {
        settle();
        begin();
        if (isDeadlocked())
            endDeadlock();
        m_step.state = withTaskStart(m_rules, std::move(m_step.state));
        m_step.wakeAt = nextTimeout();
        return std::move(m_step);
    }

private:
    // Ends what can end without Docker until nothing more follows from it.
    void settle()
    {
        bool changed = true;
        while (changed) {
            m_step.state = withEssentialRule(m_rules, std::move(m_step.state));
            changed = false;
            for (qsizetype i = 0; i < m_rules.size(); ++i)
                changed = settle(i) || changed;
        }
    }

    bool settle(qsizetype index)
    {
        ContainerState &container = m_step.state.containers[index];
        if (isAtRest(container))
            return false;
        const Verdict verdict = verdictOn(index);
        if (const auto *never = std::get_if<Never>(&verdict)) {
            container = endedUnstarted(std::move(container), m_now);
            container.exitCode = neverStartedExitCode;
            if (container.error.isEmpty())
                container.error = QStringLiteral("CannotStartContainerError: ") + never->reason;
            return true;
        }
        if (std::holds_alternative<Ready>(verdict) && container.desired == ContainerStatus::Stopped
            && container.known < ContainerStatus::Running && !mustBeAwaited(container)) {
            container = endedUnstarted(std::move(container), m_now);
            return true;
        }
        return false;
    }

    void begin()
    {
        for (qsizetype i = 0; i < m_rules.size(); ++i) {
            const ContainerState &container = m_step.state.containers[i];
            if (isAtRest(container) || container.applied != ContainerStatus::None
                || !std::holds_alternative<Ready>(verdictOn(i)))
                continue;
            if (container.desired == ContainerStatus::Stopped)
                begin(i, Action::Kind::Stop, ContainerStatus::Stopped);
            else
                beginNextStep(i);
        }
    }

    void beginNextStep(qsizetype index)
    {
        switch (m_step.state.containers[index].known) {
        case ContainerStatus::None:
        case ContainerStatus::ManifestPulled:
            return begin(index, Action::Kind::Pull, ContainerStatus::Pulled);
        case ContainerStatus::Pulled:
            return begin(index, Action::Kind::Create, ContainerStatus::Created);
        case ContainerStatus::Created:
            return begin(index, Action::Kind::Start, ContainerStatus::Running);
        case ContainerStatus::Running:
        case ContainerStatus::ResourcesProvisioned:
        case ContainerStatus::Stopped:
            return;
        }
    }

    void begin(qsizetype index, Action::Kind kind, ContainerStatus applied)
    {
        ContainerState &container = m_step.state.containers[index];
        container.applied = applied;
        container.stopRequested = container.stopRequested || kind == Action::Kind::Stop;
        m_step.actions.append({kind, index});
    }

    // Nothing to do, nothing under way, nothing alive, yet not at the end: only a graph that should
    // have been refused gets here (onContainersUnableToTransitionState).
    [[nodiscard]] bool isDeadlocked() const
    {
        const auto isInert = [](const ContainerState &container) {
            return container.known != ContainerStatus::Running
                && container.known != ContainerStatus::ResourcesProvisioned
                && container.applied == ContainerStatus::None;
        };
        const auto &containers = m_step.state.containers;
        return m_step.actions.isEmpty() && !allStopped(m_step.state)
            && std::all_of(containers.begin(), containers.end(), isInert);
    }

    void endDeadlock()
    {
        for (ContainerState &container : m_step.state.containers) {
            if (container.known == ContainerStatus::Stopped)
                continue;
            container = endedUnstarted(std::move(container), m_now);
            if (container.error.isEmpty())
                container.error = QStringLiteral(
                    "TaskStateError: Agent could not progress task's state to stopped");
        }
        m_step.state = withEssentialRule(m_rules, std::move(m_step.state));
    }

    // The first moment at which a startTimeout that is running will have passed.
    [[nodiscard]] std::optional<Timestamp> nextTimeout() const
    {
        std::optional<Timestamp> next;
        for (qsizetype i = 0; i < m_rules.size(); ++i) {
            const ContainerState &target = m_step.state.containers[i];
            if (target.desired == ContainerStatus::Stopped
                || target.known >= ContainerStatus::Created)
                continue;
            for (const auto &dependency : m_rules[i].dependsOn) {
                const std::optional<Timestamp> end = timeoutOf(dependency);
                if (end && (!next || *end < *next))
                    next = end;
            }
        }
        return next;
    }

    [[nodiscard]] std::optional<Timestamp>
    timeoutOf(const batch::TaskContainerDependency &dependency) const
    {
        if (dependency.condition == batch::DependencyCondition::Start)
            return std::nullopt;
        for (qsizetype i = 0; i < m_rules.size(); ++i) {
            const ContainerState &container = m_step.state.containers[i];
            if (m_rules[i].name != dependency.containerName || !container.startedAt
                || container.known == ContainerStatus::Stopped
                || m_rules[i].startTimeout.value_or(0) <= 0)
                continue;
            return m_now - runTime(container, m_now)
                + std::chrono::seconds(*m_rules[i].startTimeout) + std::chrono::milliseconds(1);
        }
        return std::nullopt;
    }

    [[nodiscard]] Verdict verdictOn(qsizetype index) const
    {
        return dependenciesAreResolved(m_rules, m_step.state, index, m_now);
    }

    const QList<ContainerRules> &m_rules;
    Timestamp m_now;
    Step m_step;
};

} // namespace

Step advance(const QList<ContainerRules> &rules, TaskState state, Timestamp now)
{
    Q_ASSERT(rules.size() == state.containers.size());
    return Turn(rules, std::move(state), now).run();
}

} // namespace batchyard::executor::core
