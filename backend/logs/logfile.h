// Reads a log file while it grows. Positions are byte offsets of line starts, so a reader can go on
// where it stopped, also after a restart. Uses read(), not a mapping: the file is being written.
#pragma once

#include "backend/logs/logformat.h"
#include "backend/result.h"

#include <QList>
#include <QString>

namespace batchyard::logs {

// Where the output of one container of one attempt lies below the logs directory (Paths::logs()).
[[nodiscard]] QString logFilePath(const QString &logsDirectory, const QString &jobId, int attempt,
                                  int index);

struct Lines {
    QList<RawLine> lines;
    qint64 begin = 0; // offset of the first line
    qint64 end = 0; // offset behind the last complete line: where to go on
};

// At most maximumLines complete lines and about maximumBytes from `offset`, which must be a line
// start. A line without its newline yet is not returned. NotFound when there is no file.
[[nodiscard]] Result<Lines> readForward(const QString &path, qint64 offset, int maximumLines,
                                        qint64 maximumBytes);
// The last lines before `offset` (-1: the end), in file order.
[[nodiscard]] Result<Lines> readBackward(const QString &path, qint64 offset, int maximumLines,
                                         qint64 maximumBytes);
// Of the first line; nullopt when there is none yet. NotFound when there is no file.
[[nodiscard]] Result<std::optional<Timestamp>> firstTime(const QString &path);
// Offset of the first line at or after this time (lines are in time order); the end if none.
[[nodiscard]] Result<qint64> offsetOfTime(const QString &path, Timestamp time);

} // namespace batchyard::logs
