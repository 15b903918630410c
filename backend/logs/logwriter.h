// Appends a container's output to its log file. Pieces of one line (Docker cuts at 16 KiB) are
// joined per stream; only whole lines reach the file. After a crash, open() drops a torn last line
// and tells how many bytes of each stream are safe, so that a replay of the daemon's copy can skip
// exactly those. A line without an end is kept in memory up to 1 MiB and beyond that in a file
// beside the log, so that a container cannot exhaust the executor.
#pragma once

#include "backend/logs/logformat.h"
#include "backend/result.h"

#include <QFile>

#include <array>
#include <memory>
#include <optional>

namespace batchyard::logs {

class LogWriter
{
public:
    // Makes the directory when it is missing. The file (0600) comes with the first line: most
    // containers of a large array print nothing, and each file costs the disk a journal entry.
    [[nodiscard]] static Result<std::unique_ptr<LogWriter>> open(const QString &path);

    // Bytes of the stream's text in the file, newlines included, when it was opened.
    [[nodiscard]] qint64 storedBytes(Stream stream) const;
    // Those, and what has been written since, whole lines or not.
    [[nodiscard]] qint64 receivedBytes(Stream stream) const;
    [[nodiscard]] qint64 fileBytes() const { return m_fileBytes; }
    // Of the first line, if there is one, and of what was written last.
    [[nodiscard]] std::optional<Timestamp> firstTime() const { return m_firstTime; }
    [[nodiscard]] Timestamp lastTime() const { return m_lastTime; }

    // Lines are stamped in order: an earlier time than the line before is replaced by that line's.
    // After an error the file may end in a torn line and the writer is of no more use: open anew.
    [[nodiscard]] Result<void> write(Stream stream, QByteArrayView bytes, Timestamp time);
    // The output has ended: a last line without a newline is written too. Flushed to disk.
    [[nodiscard]] Result<void> finish(Timestamp time);

private:
    // A line that has not ended yet: what is spilled comes before what is in memory.
    struct Pending {
        QByteArray bytes;
        std::unique_ptr<QFile> spill;
        [[nodiscard]] bool isEmpty() const { return bytes.isEmpty() && !spill; }
    };

    LogWriter() = default;
    [[nodiscard]] Result<void> openFile();
    [[nodiscard]] Result<void> countStored();
    [[nodiscard]] Result<void> appendSpilled(Stream stream, QByteArrayView rest, Timestamp time);
    [[nodiscard]] Result<void> keep(Stream stream, QByteArrayView bytes);
    [[nodiscard]] Result<void> writeOut(const QByteArray &bytes);
    [[nodiscard]] tl::unexpected<Error> fileError(const QFile &file) const;
    [[nodiscard]] Timestamp inOrder(Timestamp time);

    QFile m_file;
    qint64 m_fileBytes = 0;
    std::optional<Timestamp> m_firstTime;
    Timestamp m_lastTime{};
    std::array<qint64, 2> m_stored{};
    std::array<qint64, 2> m_received{};
    std::array<Pending, 2> m_pending;
};

} // namespace batchyard::logs
