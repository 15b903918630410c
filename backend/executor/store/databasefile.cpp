#include "backend/executor/store/databasefile.h"

#include "backend/executor/store/schema.h"

#include <QFile>
#include <QFileInfo>
#include <QtEndian>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batchyard::executor {

namespace {

// sqlite.org/fileformat2.html, section 1.3
constexpr qint64 headerSize = 100;
constexpr qsizetype userVersionOffset = 60;
constexpr qsizetype applicationIdOffset = 68;

constexpr mode_t ownerOnly = S_IRUSR | S_IWUSR;

class Descriptor
{
public:
    Descriptor(const QString &path, int flags)
        : m_fd(::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC, ownerOnly))
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    [[nodiscard]] int fd() const { return m_fd; }

private:
    int m_fd;
};

Error systemError(const QString &what, const QString &path)
{
    const int number = errno;
    return {
        ErrorCode::Io,
        QStringLiteral("%1 %2: %3.").arg(what, path, QString::fromLocal8Bit(std::strerror(number))),
        {}};
}

QString besides(const QString &path)
{
    return QStringLiteral("To begin with an empty one, move the directory %1 away or name another "
                          "one in BATCHYARD_HOME.")
        .arg(QFileInfo(path).path());
}

Result<DatabaseFile> inspectHeader(const QString &path, const QByteArray &header)
{
    if (header.size() < headerSize)
        return failure(
            ErrorCode::Protocol,
            QStringLiteral("The state database %1 is damaged: it is cut off after %2 bytes. %3")
                .arg(path, QString::number(header.size()), besides(path)));
    const auto number
        = [&](qsizetype offset) { return qFromBigEndian<qint32>(header.constData() + offset); };
    if (!header.startsWith(QByteArrayView("SQLite format 3\0", 16)))
        return failure(ErrorCode::Protocol,
                       QStringLiteral("The file %1 is damaged or is no SQLite database. %2")
                           .arg(path, besides(path)));
    if (number(applicationIdOffset) != applicationId)
        return failure(ErrorCode::Protocol,
                       QStringLiteral("The file %1 is not a state database of Batchyard. %2")
                           .arg(path, besides(path)));
    if (number(userVersionOffset) > schemaVersion)
        return tl::unexpected(newerVersion(path, number(userVersionOffset)));
    return DatabaseFile::Ours;
}

Result<void> makePrivateFile(const QString &path)
{
    const Descriptor descriptor(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (descriptor.fd() < 0 || ::fchmod(descriptor.fd(), ownerOnly) != 0)
        return tl::unexpected(systemError(QStringLiteral("Cannot create"), path));
    return {};
}

Result<void> syncDirectory(const QString &path)
{
    const QString directory = QFileInfo(path).path();
    const Descriptor descriptor(directory, O_RDONLY | O_DIRECTORY);
    if (descriptor.fd() < 0 || ::fsync(descriptor.fd()) != 0)
        return tl::unexpected(systemError(QStringLiteral("Cannot write the directory"), directory));
    return {};
}

} // namespace

Result<DatabaseFile> inspectDatabaseFile(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists()) {
        // SQLite would read an old log into the new database.
        for (const QString &suffix : {QStringLiteral("-wal"), QStringLiteral("-journal")}) {
            if (QFileInfo::exists(path + suffix))
                return failure(ErrorCode::Protocol,
                               QStringLiteral("The state database %1 is missing, but its log %2 is "
                                              "there. Put the database back. %3")
                                   .arg(path, path + suffix, besides(path)));
        }
        return DatabaseFile::Missing;
    }
    if (!info.isFile())
        return failure(ErrorCode::Io,
                       QStringLiteral("%1 is not a regular file. %2").arg(path, besides(path)));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(
            ErrorCode::Io,
            QStringLiteral("Cannot read the state database %1: %2.").arg(path, file.errorString()));
    return inspectHeader(path, file.read(headerSize));
}

Result<void> removeDatabase(const QString &path)
{
    for (const QString &suffix :
         {QString(), QStringLiteral("-wal"), QStringLiteral("-shm"), QStringLiteral("-journal")}) {
        if (::unlink(QFile::encodeName(path + suffix).constData()) != 0 && errno != ENOENT)
            return tl::unexpected(systemError(QStringLiteral("Cannot remove"), path + suffix));
    }
    return {};
}

Result<void> createDatabaseFile(const QString &path, const QString &installId)
{
    const QString draft = path + QStringLiteral(".new");
    if (const auto removed = removeDatabase(draft); !removed)
        return removed;
    if (const auto made = makePrivateFile(draft); !made)
        return made;
    const auto filled
        = Database::open(draft).and_then([&](const std::unique_ptr<Database> &database) {
              return createSchema(*database, installId);
          });
    if (!filled)
        return filled;
    return moveDatabase(draft, path);
}

Result<void> moveDatabase(const QString &from, const QString &path)
{
    const QString log = from + QStringLiteral("-wal");
    if (QFileInfo(log).size() > 0)
        return failure(
            ErrorCode::Io,
            QStringLiteral("What %1 has could not be written into the database.").arg(log));
    QFile file(from);
    if (!file.rename(path)) // refuses to replace
        return failure(ErrorCode::Io,
                       QStringLiteral("Cannot create the state database %1: %2.")
                           .arg(path, file.errorString()));
    return syncDirectory(path);
}

Result<void> copyDatabase(Database &database, const QString &path)
{
    const QString draft = path + QStringLiteral(".new");
    if (const auto removed = removeDatabase(draft); !removed)
        return removed;
    if (const auto made = makePrivateFile(draft); !made)
        return made;
    const auto written = database.execute(QStringLiteral("VACUUM INTO ?"), {draft});
    if (!written) {
        static_cast<void>(removeDatabase(draft));
        return tl::unexpected(written.error());
    }
    const Descriptor descriptor(draft, O_RDWR);
    if (descriptor.fd() < 0 || ::fsync(descriptor.fd()) != 0
        || ::rename(QFile::encodeName(draft).constData(), QFile::encodeName(path).constData()) != 0)
        return tl::unexpected(systemError(QStringLiteral("Cannot write"), path));
    return syncDirectory(path);
}

Result<void> restrictToOwner(const QString &path)
{
    if (::chmod(QFile::encodeName(path).constData(), ownerOnly) != 0)
        return tl::unexpected(
            systemError(QStringLiteral("Cannot protect the state database"), path));
    return {};
}

} // namespace batchyard::executor
