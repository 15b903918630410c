#include "backend/executor/runner/taskvolumes.h"

#include "backend/resolvedpath.h"

#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QSet>
#include <QStandardPaths>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

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
            const QString &volumesDirectory, const QMap<QString, QString> &hostPaths)
        : m_task(task)
        , m_key(key)
        , m_directory(volumesDirectory)
        , m_hostPaths(hostPaths)
    {
    }

    Result<docker::Mount> mount(const batch::Volume &volume, qsizetype index)
    {
        if (volume.pod)
            return podMount(volume, *volume.pod, index);
        if (const auto &efs = volume.efsVolumeConfiguration)
            return kept(volume,
                        fileSystem(efs->fileSystemId, efs->rootDirectory,
                                   m_directory + QStringLiteral("/efs")));
        if (const auto &s3 = volume.s3filesVolumeConfiguration)
            return kept(volume,
                        fileSystem(s3->fileSystemArn.section(u'/', -1), s3->rootDirectory,
                                   m_directory + QStringLiteral("/s3files")));
        if (volume.host && !volume.host->sourcePath.isEmpty()) {
            const QString &path = volume.host->sourcePath;
            const QString clean = QDir::cleanPath(path);
            m_volumes.hostDirectories.append(volume.name);
            m_volumes.places.insert(volume.name, m_hostPaths.value(clean, clean));
            return bind(path);
        }
        return dockerVolume({m_key.volumeName(index)});
    }

    [[nodiscard]] TaskVolumes &volumes() { return m_volumes; }

private:
    Result<docker::Mount> podMount(const batch::Volume &given, const PodVolume &volume,
                                   qsizetype index)
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
                = kept(given,
                       fileSystem(volume.name, {},
                                  m_directory + QStringLiteral("/claims/")
                                      + (space.isEmpty() ? QStringLiteral("default") : space)));
            if (mount)
                mount->readOnly = volume.isReadOnly;
            return mount;
        }
        }
        Q_UNREACHABLE();
    }

    Result<docker::Mount> kept(const batch::Volume &volume,
                               const Result<TaskVolumes::Kept> &directory)
    {
        if (!directory)
            return tl::unexpected(directory.error());
        m_volumes.fileSystems.append(*directory);
        m_volumes.places.insert(volume.name,
                                resolvedPath(directory->base)
                                    + directory->path.mid(directory->base.size()));
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
    const QMap<QString, QString> &m_hostPaths;
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

tl::unexpected<Error> leadsElsewhere(const QString &path, const QString &real, const QString &place)
{
    return failure(ErrorCode::AccessDenied,
                   QStringLiteral("The path %1 of a volume leads to %2 and not to %3, by a link "
                                  "that has been made or changed. If that of a host directory is "
                                  "meant, register the job definition again.")
                       .arg(path,
                            real.isEmpty() ? QStringLiteral("nothing that can be looked at") : real,
                            place));
}

class Descriptor
{
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    Descriptor(Descriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    [[nodiscard]] int get() const { return m_fd; }

private:
    int m_fd;
};

// Containers run under ids of their own, and any of them may write to a file system. No other user
// of the host reaches it: the state directory above is 0700. Step by step and without following a
// link: containers write links, too, and none may lead a later job out of its file system.
Result<void> makeKept(const TaskVolumes::Kept &directory)
{
    if (!QFileInfo::exists(directory.base)) {
        if (const auto made = makeDirectory(directory.base); !made)
            return made;
        QFile::setPermissions(directory.base, everybody);
    }
    constexpr mode_t mode = 0777;
    Descriptor parent(
        ::open(QFile::encodeName(directory.base).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    QString path = directory.base;
    const QStringList steps
        = directory.path.mid(directory.base.size()).split(u'/', Qt::SkipEmptyParts);
    for (const QString &step : steps) {
        path += u'/' + step;
        const QByteArray name = QFile::encodeName(step);
        const bool isNew = ::mkdirat(parent.get(), name.constData(), mode) == 0;
        if (!isNew && errno != EEXIST)
            return failure(ErrorCode::Io,
                           QStringLiteral("The directory %1 of a volume cannot be made: %2.")
                               .arg(path, qt_error_string()));
        // O_PATH: others' directories need not be readable.
        const int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | (isNew ? O_RDONLY : O_PATH);
        Descriptor child(::openat(parent.get(), name.constData(), flags));
        if (child.get() < 0)
            return failure(ErrorCode::AccessDenied,
                           QStringLiteral("The root directory of a volume leads through %1, which "
                                          "is a link or no directory.")
                               .arg(path));
        if (isNew)
            ::fchmod(child.get(), mode); // whatever the umask says
        parent = std::move(child);
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
                                      const QString &volumesDirectory,
                                      const QMap<QString, QString> &hostPaths)
{
    Planner planner(task, key, volumesDirectory, hostPaths);
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
    for (const QString &volume : hostDirectories) {
        const QString path = mounts.value(volume).source;
        if (const QString real = resolvedPath(path); real != places.value(volume))
            return leadsElsewhere(path, real, places.value(volume));
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

Result<void> TaskVolumes::check(const QList<batch::MountPoint> &points) const
{
    for (const batch::MountPoint &point : points) {
        const auto place = places.constFind(point.sourceVolume);
        if (place == places.cend())
            continue;
        const auto mount = mountOf(point);
        if (!mount)
            return tl::unexpected(mount.error());
        // Not resolvedPath(): a link in a directory that this process may not search would pass.
        const QString real = QFileInfo(mount->source).canonicalFilePath();
        const bool isRight = point.subPath.isEmpty() ? real == *place : isWithin(real, *place);
        if (!isRight)
            return leadsElsewhere(mount->source, real, *place);
    }
    return {};
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
