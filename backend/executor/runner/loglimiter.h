// Keeps all log files together below a limit: beyond it the files of containers that ended longest
// ago are emptied, but for a line that says so. Counts once, in the background, and then adds what
// it is told of. Nothing else ever deletes a log.
#pragma once

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace batchyard::executor {

class LogLimiter : public QObject
{
    Q_OBJECT

public:
    LogLimiter(QString directory, qint64 limit, QObject *parent = nullptr);

    // A log file is complete.
    void added(qint64 bytes);

    [[nodiscard]] bool isLooking() const { return m_looking; }

private:
    void look();

    QString m_directory;
    qint64 m_limit;
    std::optional<qint64> m_bytes; // of all files, once they have been counted
    qint64 m_addedMeanwhile = 0;
    bool m_looking = false;
    std::shared_ptr<QObject> m_mailbox; // lives in this thread until the pass has told
};

// One pass: drops whole files of the directory, the one written last longest ago first, until the
// rest takes less than nine tenths of the limit. Files that are open for writing stay. The size of
// what is left.
[[nodiscard]] qint64 shrinkLogs(const QString &directory, qint64 limit);

} // namespace batchyard::executor
