// Where the volumes of a task lie: host directories as they are (made when missing, as AWS does),
// one directory per EFS file system, and for the others Docker volumes that live as long as the
// attempt.
#pragma once

#include "backend/batch/container.h"
#include "backend/docker/values.h"
#include "backend/executor/runner/containernames.h"
#include "backend/result.h"

namespace batchyard::executor {

struct TaskVolumes {
    QMap<QString, docker::Mount> mounts; // by the volume's name, without a target
    QStringList scratch; // names of the Docker volumes among them
    QStringList hostDirectories; // that must exist
    QStringList fileSystemDirectories; // that stand for EFS file systems

    // Only volumes that a container mounts are planned. Error: InvalidInput, a file system id or
    // root directory that cannot be a path.
    [[nodiscard]] static Result<TaskVolumes> plan(const batch::EcsTaskProperties &task,
                                                  const AttemptKey &key,
                                                  const QString &volumesDirectory);
    // Makes the directories that are missing. Error: Io.
    [[nodiscard]] Result<void> makeDirectories() const;
};

} // namespace batchyard::executor
