// The log files of the executor as CloudWatch Logs sees them: groups of streams, one stream for
// each container of an attempt.
#pragma once

#include "backend/executor/api/operationcontext.h"

#include "backend/logs/logformat.h"

#include <QRegularExpression>

namespace batchyard::executor::api {

struct LogStream {
    QString name;
    QString path; // the file may not be there yet
    QString group;
    QRegularExpression eventStart; // see batch/awslogs.h
    bool isComplete = false; // nothing more will be written

    [[nodiscard]] bool joinsLines() const
    {
        return !eventStart.pattern().isEmpty() && eventStart.isValid();
    }
};

// What is known of a stream from its name alone.
struct LogStreamFile {
    QString name;
    QString path; // the file may not be there yet
};

// The group that logGroupName or logGroupIdentifier names. Error: NotFound for one that is neither
// AWS Batch's own nor in the log options of any definition.
[[nodiscard]] Result<QString> logGroupOf(const OperationContext &context, const Json &request);
[[nodiscard]] Result<QString> existingLogGroup(const OperationContext &context,
                                               const QString &nameOrArn);
// AWS Batch's own and those of the definitions, by name.
[[nodiscard]] Result<QStringList> logGroups(const OperationContext &context);

[[nodiscard]] Result<LogStream> findLogStream(const OperationContext &context, const QString &name);

// All streams of all groups that begin with the prefix, by name. On the asking thread.
[[nodiscard]] Result<QList<LogStreamFile>>
allLogStreams(const OperationContext &context, const ExecutorThread &thread, const QString &prefix);
// Those of the group. On the asking thread.
[[nodiscard]] Result<QList<LogStreamFile>> logStreamsOf(const OperationContext &context,
                                                        const ExecutorThread &thread,
                                                        const QString &group,
                                                        const QString &prefix);

// An OutputLogEvent, with the executor's own member `stream`.
[[nodiscard]] Json toEvent(const logs::RawLine &line);

} // namespace batchyard::executor::api
