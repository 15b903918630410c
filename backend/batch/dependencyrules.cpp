// The rules of dependsOn between the containers of a task (API_TaskContainerDependency; the ECS
// agent's ValidDependencies).
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

#include <QHash>

#include <algorithm>

namespace batchyard::batch {

namespace {

const TaskContainerProperties *containerNamed(const EcsTaskProperties &task, const QString &name)
{
    const auto found = std::ranges::find(task.containers, name, &TaskContainerProperties::name);
    return found == task.containers.end() ? nullptr : &*found;
}

QString unknownNameText(const QString &dependency)
{
    return dependency.isEmpty()
        ? QStringLiteral("containerName is required: the name of another container of the task.")
        : QStringLiteral("There is no container %1 in the task.").arg(shown(dependency));
}

QString selfText(const QString &container)
{
    return QStringLiteral("%1 cannot depend on itself.").arg(shown(container));
}

QString doubleText(const QString &container, const QString &dependency)
{
    return QStringLiteral("%1 depends on %2 already; one condition per container is allowed.")
        .arg(shown(container), shown(dependency));
}

QString essentialText(const QString &container, const QString &dependency,
                      DependencyCondition condition)
{
    return QStringLiteral("%1 cannot wait for %2 of the essential container %3: the job ends when "
                          "an essential container does. Make %3 non-essential or use START.")
        .arg(shown(container), toString(condition), shown(dependency));
}

// "a -> b -> a": each depends on the next.
QString cycleText(const QStringList &names)
{
    QStringList escaped;
    for (const QString &name : names)
        escaped.append(shown(name).mid(1).chopped(1));
    return QStringLiteral(
               "The dependencies form a cycle: %1. None of these containers could start.")
        .arg(escaped.join(QStringLiteral(" -> ")));
}

// A way along dependsOn from one container to another, both ends included; empty when there is
// none.
class PathSearch
{
public:
    explicit PathSearch(const EcsTaskProperties &task)
        : m_task(task)
    {
    }

    QStringList path(const QString &from, const QString &to)
    {
        if (from == to)
            return {to};
        m_visited.insert(from, true);
        const TaskContainerProperties *container = containerNamed(m_task, from);
        if (!container)
            return {};
        for (const TaskContainerDependency &edge : container->dependsOn) {
            if (edge.containerName != to && m_visited.contains(edge.containerName))
                continue;
            QStringList rest = path(edge.containerName, to);
            if (!rest.isEmpty()) {
                rest.prepend(from);
                return rest;
            }
        }
        return {};
    }

private:
    const EcsTaskProperties &m_task;
    QHash<QString, bool> m_visited;
};

Faults edgeFaults(const TaskScope &scope, const TaskContainerProperties &container,
                  const QString &path)
{
    FaultList faults;
    QStringList seen;
    for (qsizetype i = 0; i < container.dependsOn.size(); ++i) {
        const TaskContainerDependency &edge = container.dependsOn[i];
        const QString namePath = joined(indexed(path, i), QStringLiteral("containerName"));
        const TaskContainerProperties *target = containerNamed(scope.task, edge.containerName);
        if (edge.containerName == container.name && !container.name.isEmpty())
            faults.error(namePath, selfText(container.name));
        else if (!target || edge.containerName.isEmpty())
            faults.error(namePath, unknownNameText(edge.containerName));
        else if (seen.contains(edge.containerName))
            faults.error(namePath, doubleText(container.name, edge.containerName));
        else if (edge.condition != DependencyCondition::Start && target->isEssential())
            faults.error(joined(indexed(path, i), QStringLiteral("condition")),
                         essentialText(container.name, edge.containerName, edge.condition));
        seen.append(edge.containerName);
    }
    return faults.take();
}

} // namespace

Faults dependencyFaults(const TaskScope &scope)
{
    FaultList faults;
    const auto &containers = scope.task.containers;
    QStringList inCycles; // one fault per cycle, at the first container of it
    for (qsizetype i = 0; i < containers.size(); ++i) {
        const TaskContainerProperties &container = containers[i];
        const QString path = joined(scope.container(i), QStringLiteral("dependsOn"));
        faults += edgeFaults(scope, container, path);
        if (inCycles.contains(container.name))
            continue;
        for (const TaskContainerDependency &edge : container.dependsOn) {
            if (edge.containerName == container.name)
                continue;
            const QStringList back
                = PathSearch(scope.task).path(edge.containerName, container.name);
            if (back.isEmpty())
                continue;
            faults.error(path, cycleText(QStringList{container.name} + back));
            inCycles += back;
            break;
        }
    }
    return faults.take();
}

QString refusalOfDependency(const EcsTaskProperties &task, const QString &container,
                            const QString &dependency, DependencyCondition condition)
{
    const TaskContainerProperties *from = containerNamed(task, container);
    const TaskContainerProperties *target = containerNamed(task, dependency);
    if (!from)
        return unknownNameText(container);
    if (!target)
        return unknownNameText(dependency);
    if (from == target)
        return selfText(container);
    if (std::ranges::find(from->dependsOn, dependency, &TaskContainerDependency::containerName)
        != from->dependsOn.end())
        return doubleText(container, dependency);
    const QStringList back = PathSearch(task).path(dependency, container);
    if (!back.isEmpty())
        return cycleText(QStringList{container} + back);
    if (condition != DependencyCondition::Start && target->isEssential())
        return essentialText(container, dependency, condition);
    return {};
}

} // namespace batchyard::batch
