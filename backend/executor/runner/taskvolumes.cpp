#include "backend/executor/runner/taskvolumes.h"

#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QSet>

#include <algorithm>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcVolumes, "batchyard.runner")

namespace {

constexpr QFileDevice::Permissions everybody = QFileDevice::ReadOwner | QFileDevice::WriteOwner
    | QFileDevice::ExeOwner | QFileDevice::ReadGroup | QFileDevice::WriteGroup
    | QFileDevice::ExeGroup | QFileDevice::ReadOther | QFileDevice::WriteOther
    | QFileDevice::ExeOther;

QSet<QString> mountedVolumes(const batch::EcsTaskProperties &task)
{
    QSet<QString> names;
    for (const batch::TaskContainerProperties &container : task.containers) {
        for (const batch::MountPoint &mount : container.mountPoints)
            names.insert(mount.sourceVolume);
    }
    return names;
}

bool isPlainName(const QString &text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) {
        return (c.isLetterOrNumber() && c.unicode() < 128) || c == u'-' || c == u'_';
    });
}

Result<QString> efsDirectory(const batch::EfsVolumeConfiguration &efs,
                             const QString &volumesDirectory)
{
    if (!isPlainName(efs.fileSystemId))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The file system id \"%1\" may hold only letters, digits, - "
                                      "and _.")
                           .arg(efs.fileSystemId.left(80)));
    const QString root = QDir::cleanPath(u'/' + efs.rootDirectory);
    if (efs.rootDirectory.split(u'/').contains(QStringLiteral("..")))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The root directory \"%1\" of file system %2 must not "
                                      "contain \"..\".")
                           .arg(efs.rootDirectory.left(80), efs.fileSystemId));
    return QDir::cleanPath(volumesDirectory + QStringLiteral("/efs/") + efs.fileSystemId + root);
}

} // namespace

Result<TaskVolumes> TaskVolumes::plan(const batch::EcsTaskProperties &task, const AttemptKey &key,
                                      const QString &volumesDirectory)
{
    TaskVolumes volumes;
    const QSet<QString> used = mountedVolumes(task);
    for (qsizetype i = 0; i < task.volumes.size(); ++i) {
        const batch::Volume &volume = task.volumes.at(i);
        if (!used.contains(volume.name))
            continue;
        docker::Mount mount;
        if (volume.efsVolumeConfiguration) {
            const auto directory = efsDirectory(*volume.efsVolumeConfiguration, volumesDirectory);
            if (!directory)
                return tl::unexpected(directory.error());
            mount.source = *directory;
            volumes.fileSystemDirectories.append(*directory);
        } else if (volume.host && !volume.host->sourcePath.isEmpty()) {
            mount.source = volume.host->sourcePath;
            volumes.hostDirectories.append(volume.host->sourcePath);
        } else {
            mount.type = docker::Mount::Type::Volume;
            mount.source = key.volumeName(i);
            volumes.scratch.append(mount.source);
        }
        volumes.mounts.insert(volume.name, mount);
    }
    return volumes;
}

Result<void> TaskVolumes::makeDirectories() const
{
    for (const QString &path : hostDirectories + fileSystemDirectories) {
        if (QFileInfo::exists(path)) // also a file or a socket: those can be mounted as well
            continue;
        if (!QDir().mkpath(path))
            return failure(ErrorCode::Io,
                           QStringLiteral("The directory %1 of a volume does not exist and cannot "
                                          "be made.")
                               .arg(path));
        qCInfo(lcVolumes).noquote() << "Made the missing directory of a volume:" << path;
        // Containers run under ids of their own, and any of them may write to a file system. No
        // other user of the host reaches it: the state directory above is 0700.
        if (fileSystemDirectories.contains(path))
            QFile::setPermissions(path, everybody);
    }
    return {};
}

} // namespace batchyard::executor
