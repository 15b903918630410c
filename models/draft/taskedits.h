// Edits of a task's containers and their dependencies, as functions from task to task: what graph,
// table and form have in common. Names that are not in the task leave it as it is.
#pragma once

#include "backend/batch/container.h"

namespace batchyard::models {

inline constexpr int maximumContainers = 10; // API_EcsTaskProperties.containers

[[nodiscard]] const batch::TaskContainerProperties *find(const batch::EcsTaskProperties &task,
                                                         const QString &name);
[[nodiscard]] std::optional<batch::DependencyCondition>
conditionOf(const batch::EcsTaskProperties &task, const QString &container,
            const QString &dependency);

// Makes the dependency or changes its condition; the rules are the caller's to ask
// (batch::refusalOfDependency).
[[nodiscard]] batch::EcsTaskProperties withDependency(batch::EcsTaskProperties task,
                                                      const QString &container,
                                                      const QString &dependency,
                                                      batch::DependencyCondition condition);
[[nodiscard]] batch::EcsTaskProperties withoutDependency(batch::EcsTaskProperties task,
                                                         const QString &container,
                                                         const QString &dependency);

// Also takes the dependencies on it away.
[[nodiscard]] batch::EcsTaskProperties withoutContainer(batch::EcsTaskProperties task,
                                                        const QString &name);
// The dependencies on it follow the new name.
[[nodiscard]] batch::EcsTaskProperties renamed(batch::EcsTaskProperties task, int index,
                                               const QString &name);
[[nodiscard]] batch::EcsTaskProperties withEssential(batch::EcsTaskProperties task,
                                                     const QString &name, bool essential);

// The task with a copy behind the original and the copy's name, or an unchanged task and an empty
// name when it is full.
struct Duplicated {
    batch::EcsTaskProperties task;
    QString name;
};
[[nodiscard]] Duplicated withDuplicate(batch::EcsTaskProperties task, const QString &name);

// "worker", "worker-2", "worker-3" …: the first that no container has.
[[nodiscard]] QString freeName(const batch::EcsTaskProperties &task, const QString &wanted);

} // namespace batchyard::models
