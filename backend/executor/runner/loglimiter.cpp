#include "backend/executor/runner/loglimiter.h"

#include "backend/logs/logformat.h"

#include <QDateTime>
#include <QDirIterator>
#include <QFile>
#include <QLoggingCategory>
#include <QPointer>
#include <QThreadPool>

#include <algorithm>
#include <sys/file.h>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcLimit, "batchyard.runner.logs")

namespace {

constexpr qint64 smallest = 1024; // what is left of an emptied one is smaller

struct LogFile {
    QString path;
    qint64 bytes = 0;
    qint64 writtenAt = 0; // ms
};

// False: it is being written, or cannot be.
bool emptyLog(const LogFile &log, qint64 limit)
{
    QFile file(log.path);
    if (!file.open(QIODevice::ReadWrite | QIODevice::Unbuffered)
        || ::flock(file.handle(), LOCK_EX | LOCK_NB) != 0)
        return false;
    logs::RawLine line;
    line.time = logs::Timestamp(std::chrono::milliseconds(log.writtenAt));
    line.stream = logs::Stream::Stderr;
    line.text = QStringLiteral("[batchyard] %1 bytes dropped: the logs of all jobs together are "
                               "limited to %2 bytes.")
                    .arg(log.bytes)
                    .arg(limit)
                    .toUtf8();
    const QByteArray text = logs::formatLine(line);
    return file.resize(0) && file.write(text) == text.size();
}

} // namespace

qint64 shrinkLogs(const QString &directory, qint64 limit)
{
    QList<LogFile> files;
    qint64 total = 0;
    QDirIterator each(directory, {QStringLiteral("*.log")}, QDir::Files | QDir::NoSymLinks,
                      QDirIterator::Subdirectories);
    while (each.hasNext()) {
        each.next();
        const QFileInfo info = each.fileInfo();
        files.append({info.filePath(), info.size(), info.lastModified().toMSecsSinceEpoch()});
        total += info.size();
    }
    if (total <= limit)
        return total;
    std::sort(files.begin(), files.end(), [](const LogFile &a, const LogFile &b) {
        return std::tie(a.writtenAt, a.path) < std::tie(b.writtenAt, b.path);
    });
    const qint64 before = total;
    for (const LogFile &file : std::as_const(files)) {
        if (total <= limit / 10 * 9)
            break;
        if (file.bytes > smallest && emptyLog(file, limit))
            total -= file.bytes;
    }
    qCInfo(lcLimit) << "Dropped" << before - total << "bytes of the oldest logs.";
    return total;
}

LogLimiter::LogLimiter(QString directory, qint64 limit, QObject *parent)
    : QObject(parent)
    , m_directory(std::move(directory))
    , m_limit(limit)
    , m_mailbox(new QObject, [](QObject *mailbox) { mailbox->deleteLater(); })
{
}

void LogLimiter::added(qint64 bytes)
{
    if (m_bytes)
        *m_bytes += bytes;
    m_addedMeanwhile += bytes;
    if (!m_looking && (!m_bytes || *m_bytes > m_limit))
        look();
}

void LogLimiter::look()
{
    m_looking = true;
    m_addedMeanwhile = 0;
    QThreadPool::globalInstance()->start(
        [mailbox = m_mailbox, self = QPointer(this), directory = m_directory, limit = m_limit] {
            const qint64 left = shrinkLogs(directory, limit);
            QMetaObject::invokeMethod(
                mailbox.get(),
                [self, left] {
                    if (!self)
                        return;
                    self->m_looking = false;
                    self->m_bytes = left + self->m_addedMeanwhile; // some of it counted twice
                },
                Qt::QueuedConnection);
        });
}

} // namespace batchyard::executor
