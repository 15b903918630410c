// A session of StartLiveTail: what is written to the log streams that match, from its start on
// (CloudWatch Logs, API_StartLiveTail). On the asking thread. It follows the streams of what runs,
// and learns of others by the jobs that start.
#pragma once

#include "backend/executor/api/logfilter.h"
#include "backend/executor/api/logstreams.h"

#include <vector>

namespace batchyard::executor::api {

class LiveTail
{
public:
    // Errors: InvalidInput, NotFound (a log group).
    [[nodiscard]] static Result<LiveTail> open(const OperationContext &context,
                                               const ExecutorThread &thread, const Json &request);
    // A LiveTailSessionStart.
    [[nodiscard]] Json start() const;
    // A LiveTailSessionUpdate of what has come since the last one. Of more than 500 events the
    // rest comes with the next, which `sampled` says; no stream waits for another one's rest.
    [[nodiscard]] Result<Json> update(const OperationContext &context,
                                      const ExecutorThread &thread);

private:
    struct Tailed {
        LogStream stream;
        qint64 offset = 0; // where to read on
        QString identifier; // of its group
        bool isOver = false; // nothing more will come
    };
    // What an update may still have, and what it has so far.
    struct Room;

    explicit LiveTail(LogFilter filter)
        : m_filter(std::move(filter))
    {
    }
    [[nodiscard]] Result<void> readRequest(const OperationContext &context, const Json &request);
    // These are on the executor's thread: the streams of what runs, and what has become of them.
    [[nodiscard]] Result<void> findRunning(const OperationContext &context);
    [[nodiscard]] Result<bool> findStarted(const OperationContext &context); // true: not all yet
    [[nodiscard]] Result<void> findCompleted(const OperationContext &context);
    [[nodiscard]] Result<void> add(const OperationContext &context, const AttemptRecord &attempt);
    [[nodiscard]] bool isWanted(const QString &stream) const;
    // False: something is left for the next update.
    [[nodiscard]] Result<bool> share(Room &room, Timestamp now);
    // Reads on until this many events match or so many bytes have been read. False: there is
    // nothing more now.
    [[nodiscard]] Result<bool> readOn(Tailed &tailed, Room &room, qint64 events, qint64 bytes,
                                      Timestamp now) const;

    QString m_id; // of the session
    QString m_pattern;
    QStringList m_groups; // names
    QStringList m_identifiers; // as the request has them
    QStringList m_names; // of streams; empty: all
    QStringList m_prefixes;
    LogFilter m_filter;
    qint64 m_change = 0; // of the jobs' history, up to which streams are known
    std::vector<Tailed> m_streams; // in the order in which they have their turn
};

} // namespace batchyard::executor::api
