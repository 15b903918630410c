#include "models/draft/taskedits.h"

#include <QRegularExpression>

#include <algorithm>

namespace batchyard::models {

using namespace batch;

namespace {

int indexOf(const EcsTaskProperties &task, const QString &name)
{
    for (int i = 0; i < task.containers.size(); ++i) {
        if (task.containers[i].name == name)
            return i;
    }
    return -1;
}

} // namespace

const TaskContainerProperties *find(const EcsTaskProperties &task, const QString &name)
{
    const int index = indexOf(task, name);
    return index < 0 ? nullptr : &task.containers.at(index);
}

std::optional<DependencyCondition> conditionOf(const EcsTaskProperties &task,
                                               const QString &container, const QString &dependency)
{
    if (const auto *properties = find(task, container)) {
        for (const auto &entry : properties->dependsOn) {
            if (entry.containerName == dependency)
                return entry.condition;
        }
    }
    return std::nullopt;
}

EcsTaskProperties withDependency(EcsTaskProperties task, const QString &container,
                                 const QString &dependency, DependencyCondition condition)
{
    const int index = indexOf(task, container);
    if (index < 0)
        return task;
    auto &entries = task.containers[index].dependsOn;
    const auto entry
        = std::find_if(entries.begin(), entries.end(), [&](const TaskContainerDependency &each) {
              return each.containerName == dependency;
          });
    if (entry != entries.end())
        entry->condition = condition;
    else
        entries.append(TaskContainerDependency{dependency, condition, {}});
    return task;
}

EcsTaskProperties withoutDependency(EcsTaskProperties task, const QString &container,
                                    const QString &dependency)
{
    const int index = indexOf(task, container);
    if (index >= 0)
        task.containers[index].dependsOn.removeIf(
            [&](const TaskContainerDependency &each) { return each.containerName == dependency; });
    return task;
}

EcsTaskProperties withoutContainer(EcsTaskProperties task, const QString &name)
{
    task.containers.removeIf(
        [&](const TaskContainerProperties &container) { return container.name == name; });
    for (auto &container : task.containers)
        container.dependsOn.removeIf(
            [&](const TaskContainerDependency &each) { return each.containerName == name; });
    return task;
}

EcsTaskProperties renamed(EcsTaskProperties task, int index, const QString &name)
{
    if (index < 0 || index >= task.containers.size())
        return task;
    const QString before = task.containers[index].name;
    task.containers[index].name = name;
    // A name that two containers share for a moment says not which of them was meant.
    if (before.isEmpty() || indexOf(task, before) >= 0)
        return task;
    for (auto &container : task.containers) {
        for (auto &entry : container.dependsOn) {
            if (entry.containerName == before)
                entry.containerName = name;
        }
    }
    return task;
}

EcsTaskProperties withEssential(EcsTaskProperties task, const QString &name, bool essential)
{
    if (const int index = indexOf(task, name); index >= 0)
        task.containers[index].essential = essential;
    return task;
}

Duplicated withDuplicate(EcsTaskProperties task, const QString &name)
{
    const int index = indexOf(task, name);
    if (index < 0 || task.containers.size() >= maximumContainers)
        return {std::move(task), {}};
    TaskContainerProperties copy = task.containers[index];
    copy.name = freeName(task, name);
    task.containers.insert(index + 1, copy);
    return {std::move(task), copy.name};
}

QString freeName(const EcsTaskProperties &task, const QString &wanted)
{
    if (indexOf(task, wanted) < 0)
        return wanted;
    static const QRegularExpression number(QStringLiteral("-\\d+$"));
    QString stem = wanted;
    stem.remove(number);
    for (int i = 2;; ++i) {
        const QString candidate = QStringLiteral("%1-%2").arg(stem).arg(i);
        if (indexOf(task, candidate) < 0)
            return candidate;
    }
}

} // namespace batchyard::models
