// Where the volumes of a task lie: host directories as they are (made when missing, as AWS does),
// one directory per file system or claim, read-only files for a pod's secrets, and for the others
// Docker volumes that live as long as the attempt.
#pragma once

#include "backend/batch/container.h"
#include "backend/docker/values.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/secretstore.h"
#include "backend/result.h"

namespace batchyard::executor {

struct TaskVolumes {
    // A directory of Batchyard's own that stays: `path` is `base` or below it.
    struct Kept {
        QString base;
        QString path;
        friend bool operator==(const Kept &, const Kept &) = default;
    };
    struct SecretDirectory {
        QString path;
        QString secret;
        bool isOptional = false;
        friend bool operator==(const SecretDirectory &, const SecretDirectory &) = default;
    };

    QMap<QString, docker::Mount> mounts; // by the volume's name, without a target
    // Where those lead that a container could turn elsewhere by a link: by the volume's name, with
    // links followed.
    QMap<QString, QString> places;
    QList<docker::VolumeSpec> scratch; // the Docker volumes among them, without labels
    QStringList memory; // those of them that are in memory: mounted by the pause container too
    QStringList hostDirectories; // the volumes that are such: they must exist
    QList<Kept> fileSystems; // that stand for EFS and S3 file systems and for claims
    QList<SecretDirectory> secrets;

    // Only volumes that a container mounts are planned. hostPaths: JobDefinition's. Error:
    // InvalidInput, a file system id or root directory that cannot be a path.
    [[nodiscard]] static Result<TaskVolumes> plan(const batch::EcsTaskProperties &task,
                                                  const AttemptKey &key,
                                                  const QString &volumesDirectory,
                                                  const QMap<QString, QString> &hostPaths = {});
    // Makes the directories that are missing. Errors: Io; AccessDenied, a root directory that leads
    // out of its file system, or a host directory that leads elsewhere than it did.
    [[nodiscard]] Result<void> makeDirectories() const;
    // Writes the secrets' files, and removes them again. Errors: those of the store; Io.
    [[nodiscard]] Result<void> writeSecrets(const SecretStore &store) const;
    void removeSecrets() const;

    // Right before a container starts, since the engine follows links at that moment: whether its
    // mount points lead where they should. Containers of any job may have made links in the
    // meantime; one that runs right now can still be faster than the engine. Error: AccessDenied.
    [[nodiscard]] Result<void> check(const QList<batch::MountPoint> &points) const;

    // The mount of a mount point. Errors: InvalidInput, the task has no such volume or the sub path
    // leads out of it; Unsupported, a sub path of a Docker volume.
    [[nodiscard]] Result<docker::Mount> mountOf(const batch::MountPoint &point) const;
};

} // namespace batchyard::executor
