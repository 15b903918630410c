// The log files of the executor as CloudWatch Logs sees them: one group, one stream per container
// and attempt, events at byte offsets.
#pragma once

#include "backend/executor/api/operationcontext.h"

#include "backend/logs/logfile.h"

namespace batchyard::executor::api {

inline constexpr QLatin1StringView batchLogGroup{"/aws/batch/job"};

struct LogStreamFile {
    QString name;
    QString path; // the file may not be there yet
};

// Reads logGroupName or logGroupIdentifier. Error: NotFound for any other group than Batch's.
[[nodiscard]] Result<void> checkLogGroup(const Json &request);

[[nodiscard]] Result<LogStreamFile> findLogStream(const OperationContext &context,
                                                  const QString &name);
// All streams that begin with the prefix, by name.
[[nodiscard]] Result<QStringList> allLogStreams(const OperationContext &context,
                                                const QString &prefix);

// A file that is not there yet has no lines.
[[nodiscard]] Result<logs::Lines> readLinesForward(const QString &path, qint64 offset, int lines,
                                                   qint64 bytes);
[[nodiscard]] Result<logs::Lines> readLinesBackward(const QString &path, qint64 offset, int lines,
                                                    qint64 bytes);
[[nodiscard]] qint64 storedSize(const logs::RawLine &line); // bytes of the line in its file

// An OutputLogEvent, with the executor's own member `stream`.
[[nodiscard]] Json toEvent(const logs::RawLine &line);

} // namespace batchyard::executor::api
