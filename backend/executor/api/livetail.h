// A session of StartLiveTail: what is written to the log streams that match, from its start on
// (CloudWatch Logs, API_StartLiveTail). On the executor's thread.
#pragma once

#include "backend/executor/api/logfilter.h"
#include "backend/executor/api/operationcontext.h"

#include <QHash>
#include <QSet>

namespace batchyard::executor::api {

class LiveTail
{
public:
    // Errors: InvalidInput, NotFound (a log group).
    [[nodiscard]] static Result<LiveTail> open(const OperationContext &context,
                                               const Json &request);
    // A LiveTailSessionStart.
    [[nodiscard]] Json start() const;
    // A LiveTailSessionUpdate of what has come since the last one. Of more than 500 events the
    // rest comes with the next.
    [[nodiscard]] Result<Json> update(const OperationContext &context);

private:
    explicit LiveTail(LogFilter filter)
        : m_filter(std::move(filter))
    {
    }
    [[nodiscard]] Result<QStringList> streamsOf(const OperationContext &context,
                                                const QString &group) const;

    QString m_id; // of the session
    QString m_pattern;
    QStringList m_groups; // names
    QStringList m_identifiers; // as the request has them
    QStringList m_names; // of streams; empty: all
    QStringList m_prefixes;
    LogFilter m_filter;
    QHash<QString, qint64> m_offsets; // by stream: where to read on
    QSet<QString> m_ended; // streams to which nothing will come
};

} // namespace batchyard::executor::api
