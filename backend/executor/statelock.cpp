#include "backend/executor/statelock.h"

#include <QByteArray>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace batchyard::executor {

using namespace Qt::Literals::StringLiterals;

StateLock::StateLock(int descriptor)
    : m_descriptor(descriptor)
{
}

StateLock::StateLock(StateLock &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

StateLock &StateLock::operator=(StateLock &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

StateLock::~StateLock()
{
    if (m_descriptor >= 0)
        close(m_descriptor);
}

Result<StateLock> StateLock::take(const QString &path)
{
    // CLOEXEC: a child that lived on with the descriptor would hold the lock after our end.
    const int descriptor = open(QFile::encodeName(path).constData(),
                                O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return failure(ErrorCode::Io,
                       u"The lock file %1 cannot be opened: %2."_s.arg(
                           path, QString::fromLocal8Bit(std::strerror(errno))));
    }
    StateLock lock(descriptor);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        char pid[32] = {};
        const ssize_t length = pread(descriptor, pid, sizeof pid - 1, 0);
        return failure(ErrorCode::Conflict,
                       u"Another executor (process %1) already serves this state directory; "
                       "`batchyard executor --stop` ends it."_s.arg(
                           length > 0 ? QString::fromLatin1(pid).trimmed() : u"unknown"_s));
    }
    const QByteArray pid = QByteArray::number(static_cast<qint64>(getpid())) + '\n';
    if (ftruncate(descriptor, 0) != 0
        || pwrite(descriptor, pid.constData(), size_t(pid.size()), 0) < 0) {
        return failure(ErrorCode::Io,
                       u"The lock file %1 cannot be written: %2."_s.arg(
                           path, QString::fromLocal8Bit(std::strerror(errno))));
    }
    return lock;
}

} // namespace batchyard::executor
