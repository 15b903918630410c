#include "backend/executor/core/containergraph.h"

#include "backend/executor/core/taskrules.h"

#include <QStringList>

namespace batchyard::executor::core {

using batch::DependencyCondition;

namespace {

qsizetype indexOf(const QList<ContainerRules> &rules, const QString &name)
{
    for (qsizetype i = 0; i < rules.size(); ++i) {
        if (rules[i].name == name)
            return i;
    }
    return -1;
}

bool isStopped(const ContainerState &container)
{
    return container.known == ContainerStatus::Stopped;
}

// The dependency ended, or is bound to end, without ever having run. The agent asks for
// "known < RUNNING, desired STOPPED, nothing in flight"; a dependency that is STOPPED already
// without having run counts here too, so that the answer does not hang on the containers' order.
bool willNeverStart(const ContainerState &container)
{
    if (hasStarted(container))
        return false;
    return isStopped(container)
        || (container.known < ContainerStatus::Running
            && container.desired == ContainerStatus::Stopped
            && container.applied == ContainerStatus::None);
}

bool hasTimedOut(const ContainerRules &rules, const ContainerState &dependency,
                 DependencyCondition condition, Timestamp now)
{
    if (condition == DependencyCondition::Start || !dependency.startedAt
        || rules.startTimeout.value_or(0) <= 0)
        return false;
    return runTime(dependency, now) > std::chrono::seconds(*rules.startTimeout);
}

bool isMet(const ContainerState &dependency, DependencyCondition condition)
{
    switch (condition) {
    case DependencyCondition::Start:
        return dependency.known >= ContainerStatus::Running;
    case DependencyCondition::Complete:
        return isStopped(dependency) && dependency.exitCode.has_value();
    case DependencyCondition::Success:
        return isStopped(dependency) && dependency.exitCode == 0;
    }
    Q_UNREACHABLE();
}

// Why the dependency can never be met, in the agent's words; empty when it still can.
QString terminalReason(const ContainerRules &dependencyRules, const ContainerState &dependency,
                       DependencyCondition condition, const QString &target,
                       const ContainerState &targetState, Timestamp now)
{
    const QString &name = dependencyRules.name;
    if (targetState.known < ContainerStatus::Created && !isStopped(dependency)
        && hasTimedOut(dependencyRules, dependency, condition, now))
        return QStringLiteral("dependency graph: container ordering dependency [%1] for target "
                              "[%2] has timed out.")
            .arg(name, target);

    const QString failed = QStringLiteral("dependency graph: failed to resolve container ordering "
                                          "dependency [%1] for target [%2] ")
                               .arg(name, target);
    if (condition == DependencyCondition::Success && isStopped(dependency)
        && dependency.exitCode != 0)
        return failed + QStringLiteral("as dependency did not exit successfully.");
    if (willNeverStart(dependency))
        return failed + QStringLiteral("because dependency will never start");
    // The agent would wait for ever here: a container that has vanished never gets an exit code.
    if (condition == DependencyCondition::Complete && isStopped(dependency) && !dependency.exitCode)
        return failed + QStringLiteral("as dependency ended without an exit code.");
    return {};
}

// Reverse order: whoever depends on the container, under any condition, stops before it.
Verdict shutdownVerdict(const QList<ContainerRules> &rules, const TaskState &state, qsizetype index)
{
    Verdict verdict = Ready{};
    for (qsizetype i = 0; i < rules.size(); ++i) {
        if (i == index || isStopped(state.containers[i]))
            continue;
        for (const auto &dependency : rules[i].dependsOn) {
            if (dependency.containerName == rules[index].name)
                verdict = NotYet{rules[i].name, dependency.condition};
        }
    }
    return verdict;
}

// Every init container before it has to have succeeded. One that has not stops the pod, so nothing
// here is for ever.
Verdict podVerdict(const QList<ContainerRules> &rules, const TaskState &state, qsizetype index)
{
    for (qsizetype i = 0; i < rules.size(); ++i) {
        const bool isBefore = rules[index].podRole == PodRole::Main || i < index;
        if (rules[i].podRole == PodRole::Init && isBefore && !hasSucceeded(state.containers[i]))
            return NotYet{rules[i].name, DependencyCondition::Success};
    }
    return Ready{};
}

} // namespace

Verdict dependenciesAreResolved(const QList<ContainerRules> &rules, const TaskState &state,
                                qsizetype index, Timestamp now)
{
    Q_ASSERT(rules.size() == state.containers.size());
    const ContainerState &target = state.containers[index];
    if (target.desired == ContainerStatus::Stopped)
        return shutdownVerdict(rules, state, index);
    if (isPod(rules))
        return podVerdict(rules, state, index);

    // All dependencies are looked at even when one blocks, so that one that can never be met is
    // seen at once. There is no separate manifest pull, so the pull itself is what waits.
    Verdict verdict = Ready{};
    for (const auto &dependency : rules[index].dependsOn) {
        const qsizetype on = indexOf(rules, dependency.containerName);
        if (on < 0)
            return Never{QStringLiteral("dependency graph: container ordering dependency [%1] for "
                                        "target [%2] does not exist.")
                             .arg(dependency.containerName, rules[index].name)};
        const QString reason = terminalReason(rules[on], state.containers[on], dependency.condition,
                                              rules[index].name, target, now);
        if (!reason.isEmpty())
            return Never{reason};
        if (!isMet(state.containers[on], dependency.condition))
            verdict = NotYet{dependency.containerName, dependency.condition};
    }
    return verdict;
}

bool mayBeCreatedAhead(const QList<ContainerRules> &rules, const TaskState &state, qsizetype index)
{
    const ContainerState &target = state.containers[index];
    if (isPod(rules) || target.desired == ContainerStatus::Stopped
        || target.known >= ContainerStatus::Created || target.applied != ContainerStatus::None)
        return false;
    bool waits = false;
    for (const auto &dependency : rules[index].dependsOn) {
        const qsizetype on = indexOf(rules, dependency.containerName);
        if (on < 0)
            return false;
        if (isMet(state.containers[on], dependency.condition))
            continue;
        if (dependency.condition != DependencyCondition::Start
            || state.containers[on].applied != ContainerStatus::Running)
            return false;
        waits = true;
    }
    return waits;
}

QString unresolvableDependency(const QList<ContainerRules> &rules)
{
    QList<bool> resolved(rules.size(), false);
    const auto openDependency = [&](qsizetype index) -> const batch::TaskContainerDependency * {
        for (const auto &dependency : rules[index].dependsOn) {
            const qsizetype on = indexOf(rules, dependency.containerName);
            if (on < 0 || !resolved[on])
                return &dependency;
        }
        return nullptr;
    };
    for (bool moved = true; moved;) {
        moved = false;
        for (qsizetype i = 0; i < rules.size(); ++i) {
            if (!resolved[i] && !openDependency(i))
                moved = resolved[i] = true;
        }
    }
    const qsizetype stuck = resolved.indexOf(false);
    if (stuck < 0)
        return {};
    // Each stuck container has an open dependency, so the walk ends at an unknown name or in a
    // cycle.
    QStringList path{rules[stuck].name};
    for (qsizetype at = stuck;;) {
        const QString &next = openDependency(at)->containerName;
        at = indexOf(rules, next);
        if (at < 0)
            return path.last() + QStringLiteral(" -> %1 (no such container)").arg(next);
        const qsizetype seen = path.indexOf(next);
        path.append(next);
        if (seen >= 0)
            return path.mid(seen).join(QStringLiteral(" -> "));
    }
}

bool allStopped(const TaskState &state)
{
    return std::all_of(state.containers.begin(), state.containers.end(), isStopped);
}

bool allStarted(const TaskState &state)
{
    return std::all_of(state.containers.begin(), state.containers.end(),
                       [](const ContainerState &container) {
                           return container.known >= ContainerStatus::Running;
                       });
}

} // namespace batchyard::executor::core
