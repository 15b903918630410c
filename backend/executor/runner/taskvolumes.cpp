#include "backend/executor/runner/taskvolumes.h"

#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QSet>
#include <QStandardPaths>

#include <algorithm>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcVolumes, "batchyard.runner")

namespace {

using batch::PodVolume;
using Permissions = QFileDevice::Permissions;

constexpr Permissions readableByAll
    = QFileDevice::ReadOwner | QFileDevice::ReadGroup | QFileDevice::ReadOther;
constexpr Permissions searchableByAll
    = readableByAll | QFileDevice::ExeOwner | QFileDevice::ExeGroup | QFileDevice::ExeOther;
constexpr Permissions everybody
    = searchableByAll | QFileDevice::WriteOwner | QFileDevice::WriteGroup | QFileDevice::WriteOther;
constexpr Permissions ownerOnly
    = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;

QSet<QString> mountedVolumes(const batch::EcsTaskProperties &task)
{
    QSet<QString> names;
    for (const batch::TaskContainerProperties &container : task.containers) {
        for (const batch::MountPoint &mount : container.mountPoints)
            names.insert(mount.sourceVolume);
    }
    return names;
}

// A file name that is nothing but a name.
bool isPlainName(const QString &text)
{
    return !text.isEmpty() && !text.startsWith(u'.')
        && std::all_of(text.begin(), text.end(), [](QChar c) {
               return (c.isLetterOrNumber() && c.unicode() < 128) || c == u'-' || c == u'_'
                   || c == u'.';
           });
}

bool climbs(const QString &path)
{
    return path.split(u'/').contains(QStringLiteral(".."));
}

Result<TaskVolumes::Kept> fileSystem(const QString &id, const QString &rootDirectory,
                                     const QString &directory)
{
    if (!isPlainName(id))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The file system id \"%1\" may hold only letters, digits, - "
                                      "and _.")
                           .arg(id.left(80)));
    if (climbs(rootDirectory))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The root directory \"%1\" of file system %2 must not "
                                      "contain \"..\".")
                           .arg(rootDirectory.left(80), id));
    const QString base = directory + u'/' + id;
    return TaskVolumes::Kept{base, QDir::cleanPath(base + u'/' + rootDirectory)};
}

// Files of secrets lie in memory where there is a directory for that, else in the state directory.
// Either way nobody else on the host can look into it.
QString secretsRoot(const QString &volumesDirectory)
{
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return runtime.isEmpty() || !QFileInfo(runtime).isDir()
        ? volumesDirectory + QStringLiteral("/secrets")
        : runtime + QStringLiteral("/batchyard-secrets");
}

docker::VolumeSpec memoryVolume(const QString &name, const std::optional<qint64> &sizeLimit)
{
    QString options = QStringLiteral("mode=0777");
    if (sizeLimit)
        options += QStringLiteral(",size=%1").arg(*sizeLimit);
    return {name,
            {},
            {{QStringLiteral("type"), QStringLiteral("tmpfs")},
             {QStringLiteral("device"), QStringLiteral("tmpfs")},
             {QStringLiteral("o"), options}}};
}

class Planner
{
public:
    Planner(const batch::EcsTaskProperties &task, const AttemptKey &key,
            const QString &volumesDirectory)
        : m_task(task)
        , m_key(key)
        , m_directory(volumesDirectory)
    {
    }

    Result<docker::Mount> mount(const batch::Volume &volume, qsizetype index)
    {
        if (volume.pod)
            return podMount(*volume.pod, index);
        if (const auto &efs = volume.efsVolumeConfiguration)
            return kept(fileSystem(efs->fileSystemId, efs->rootDirectory,
                                   m_directory + QStringLiteral("/efs")));
        if (const auto &s3 = volume.s3filesVolumeConfiguration)
            return kept(fileSystem(s3->fileSystemArn.section(u'/', -1), s3->rootDirectory,
                                   m_directory + QStringLiteral("/s3files")));
        if (volume.host && !volume.host->sourcePath.isEmpty()) {
            m_volumes.hostDirectories.append(volume.host->sourcePath);
            return bind(volume.host->sourcePath);
        }
        return dockerVolume({m_key.volumeName(index)});
    }

    [[nodiscard]] TaskVolumes &volumes() { return m_volumes; }

private:
    Result<docker::Mount> podMount(const PodVolume &volume, qsizetype index)
    {
        switch (volume.kind) {
        case PodVolume::Kind::Memory:
            m_volumes.memory.append(m_key.volumeName(index));
            return dockerVolume(memoryVolume(m_key.volumeName(index), volume.sizeLimit));
        case PodVolume::Kind::Secret: {
            const QString path = secretsRoot(m_directory) + u'/' + m_key.volumeName(index);
            m_volumes.secrets.append({path, volume.name, volume.isOptional});
            docker::Mount mount = bind(path);
            mount.readOnly = true;
            return mount;
        }
        case PodVolume::Kind::Claim: {
            const QString space = m_task.pod ? m_task.pod->kubernetesNamespace : QString();
            if (!space.isEmpty() && !isPlainName(space))
                return failure(ErrorCode::InvalidInput,
                               QStringLiteral("The namespace \"%1\" cannot be a directory's name.")
                                   .arg(space.left(80)));
            auto mount
                = kept(fileSystem(volume.name, {},
                                  m_directory + QStringLiteral("/claims/")
                                      + (space.isEmpty() ? QStringLiteral("default") : space)));
            if (mount)
                mount->readOnly = volume.isReadOnly;
            return mount;
        }
        }
        Q_UNREACHABLE();
    }

    Result<docker::Mount> kept(const Result<TaskVolumes::Kept> &directory)
    {
        if (!directory)
            return tl::unexpected(directory.error());
        m_volumes.fileSystems.append(*directory);
        return bind(directory->path);
    }

    docker::Mount dockerVolume(const docker::VolumeSpec &spec)
    {
        m_volumes.scratch.append(spec);
        docker::Mount mount;
        mount.type = docker::Mount::Type::Volume;
        mount.source = spec.name;
        return mount;
    }

    static docker::Mount bind(const QString &source)
    {
        docker::Mount mount;
        mount.source = source;
        return mount;
    }

    const batch::EcsTaskProperties &m_task;
    const AttemptKey &m_key;
    QString m_directory;
    TaskVolumes m_volumes;
};

Result<void> makeDirectory(const QString &path)
{
    if (QDir().mkpath(path))
        return {};
    return failure(ErrorCode::Io,
                   QStringLiteral("The directory %1 of a volume does not exist and cannot be made.")
                       .arg(path));
}

// Containers write to a file system, links too: none of them may lead a later job out of it.
Result<void> makeKept(const TaskVolumes::Kept &directory)
{
    if (!QFileInfo::exists(directory.base)) {
        if (const auto made = makeDirectory(directory.base); !made)
            return made;
        // Containers run under ids of their own, and any of them may write to a file system. No
        // other user of the host reaches it: the state directory above is 0700.
        QFile::setPermissions(directory.base, everybody);
    }
    const QString base = QFileInfo(directory.base).canonicalFilePath();
    QString path = base;
    const QStringList steps
        = directory.path.mid(directory.base.size()).split(u'/', Qt::SkipEmptyParts);
    for (const QString &step : steps) {
        path += u'/' + step;
        if (QFileInfo(path).isSymLink())
            return failure(ErrorCode::AccessDenied,
                           QStringLiteral("The root directory of a volume leads through %1, which "
                                          "is a link.")
                               .arg(path));
        if (QFileInfo::exists(path))
            continue;
        if (const auto made = makeDirectory(path); !made)
            return made;
        QFile::setPermissions(path, everybody);
    }
    return {};
}

Result<void> writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly | QIODevice::NewOnly) && file.write(bytes) == bytes.size()
        && file.setPermissions(readableByAll))
        return {};
    return failure(
        ErrorCode::Io,
        QStringLiteral("The file %1 cannot be written: %2.").arg(path, file.errorString()));
}

Result<void> writeSecretDirectory(const TaskVolumes::SecretDirectory &directory,
                                  const SecretStore &store)
{
    auto entries = store.object(directory.secret);
    if (!entries && directory.isOptional && entries.error().code == ErrorCode::NotFound)
        entries = QMap<QString, QString>();
    if (!entries)
        return tl::unexpected(entries.error());
    const QString parent = QFileInfo(directory.path).path();
    QDir(directory.path).removeRecursively(); // of a crash half-way
    if (const auto made = makeDirectory(parent); !made)
        return made;
    if (!QFile::setPermissions(parent, ownerOnly))
        return failure(ErrorCode::Io,
                       QStringLiteral("The directory %1 cannot be made private.").arg(parent));
    if (const auto made = makeDirectory(directory.path); !made)
        return made;
    for (auto entry = entries->begin(); entry != entries->end(); ++entry) {
        if (!isPlainName(entry.key()))
            return failure(ErrorCode::InvalidInput,
                           QStringLiteral("The key \"%1\" of secret \"%2\" cannot be a file's "
                                          "name.")
                               .arg(entry.key().left(80), directory.secret.left(80)));
        if (auto written = writeFile(directory.path + u'/' + entry.key(), entry.value().toUtf8());
            !written)
            return written;
    }
    QFile::setPermissions(directory.path, searchableByAll);
    return {};
}

} // namespace

Result<TaskVolumes> TaskVolumes::plan(const batch::EcsTaskProperties &task, const AttemptKey &key,
                                      const QString &volumesDirectory)
{
    Planner planner(task, key, volumesDirectory);
    const QSet<QString> used = mountedVolumes(task);
    for (qsizetype i = 0; i < task.volumes.size(); ++i) {
        const batch::Volume &volume = task.volumes.at(i);
        if (!used.contains(volume.name))
            continue;
        const auto mount = planner.mount(volume, i);
        if (!mount)
            return tl::unexpected(mount.error());
        planner.volumes().mounts.insert(volume.name, *mount);
    }
    return std::move(planner.volumes());
}

Result<void> TaskVolumes::makeDirectories() const
{
    for (const QString &path : hostDirectories) {
        if (QFileInfo::exists(path)) // also a file or a socket: those can be mounted as well
            continue;
        if (const auto made = makeDirectory(path); !made)
            return made;
        qCInfo(lcVolumes).noquote() << "Made the missing directory of a volume:" << path;
    }
    for (const Kept &directory : fileSystems) {
        if (const auto made = makeKept(directory); !made)
            return made;
    }
    return {};
}

Result<void> TaskVolumes::writeSecrets(const SecretStore &store) const
{
    for (const SecretDirectory &directory : secrets) {
        if (const auto written = writeSecretDirectory(directory, store); !written)
            return written;
    }
    return {};
}

void TaskVolumes::removeSecrets() const
{
    for (const SecretDirectory &directory : secrets) {
        QFile::setPermissions(directory.path, ownerOnly); // else its files could not be removed
        QDir(directory.path).removeRecursively();
    }
}

Result<docker::Mount> TaskVolumes::mountOf(const batch::MountPoint &point) const
{
    const auto found = mounts.constFind(point.sourceVolume);
    if (found == mounts.cend())
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The mount point %1 names the volume \"%2\", which the task "
                                      "does not have.")
                           .arg(point.containerPath, point.sourceVolume));
    docker::Mount mount = *found;
    mount.target = point.containerPath;
    mount.readOnly = mount.readOnly || point.readOnly.value_or(false);
    if (point.subPath.isEmpty())
        return mount;
    if (mount.type != docker::Mount::Type::Bind)
        return failure(ErrorCode::Unsupported,
                       QStringLiteral("The mount point %1 has a subPath: that is possible only in "
                                      "volumes that are directories of the host.")
                           .arg(point.containerPath));
    if (climbs(point.subPath) || point.subPath.startsWith(u'/'))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The subPath of mount point %1 must stay in its volume.")
                           .arg(point.containerPath));
    mount.source = QDir::cleanPath(mount.source + u'/' + point.subPath);
    return mount;
}

} // namespace batchyard::executor
