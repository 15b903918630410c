// Appends a container's output to its log file. Pieces of one line (Docker cuts at 16 KiB) are
// joined per stream; only whole lines reach the file. After a crash, open() drops a torn last line
// and tells how many bytes of each stream are safe, so that a replay of the daemon's copy can skip
// exactly those.
#pragma once

#include "backend/logs/logformat.h"
#include "backend/result.h"

#include <QFile>

#include <memory>

namespace batchyard::logs {

class LogWriter
{
public:
    [[nodiscard]] static Result<std::unique_ptr<LogWriter>> open(const QString &path);

    // Bytes of the stream's text in the file, newlines included, when it was opened.
    [[nodiscard]] qint64 storedBytes(Stream stream) const;

    [[nodiscard]] Result<void> write(Stream stream, QByteArrayView bytes, Timestamp time);
    // The output has ended: a last line without a newline is written too. Flushed to disk.
    [[nodiscard]] Result<void> finish(Timestamp time);

private:
    LogWriter() = default;
    [[nodiscard]] Result<void> append(Stream stream, QByteArrayView text, Timestamp time);

    QFile m_file;
    qint64 m_stored[2] = {0, 0};
    QByteArray m_pending[2];
};

} // namespace batchyard::logs
