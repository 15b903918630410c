// Several log streams read as one, by time. It tells how far it has come, so that the next page
// goes on there, also when streams have been added meanwhile.
#pragma once

#include "backend/executor/api/logevents.h"

#include <deque>
#include <queue>

namespace batchyard::executor::api {

class LogMerge
{
public:
    struct Event {
        logs::RawLine line;
        QString stream;
        QString id; // unique among all events
    };

    // position: of an earlier merge, or empty. start: ms, to begin at.
    [[nodiscard]] static Result<LogMerge> open(const OperationContext &context,
                                               const QStringList &streams,
                                               const QByteArray &position,
                                               std::optional<qint64> start);
    // nullopt: no stream has a further event now.
    [[nodiscard]] Result<std::optional<Event>> next();
    // Of the event that was handed out last.
    [[nodiscard]] QByteArray position() const;

private:
    // In this order events are handed out; within a stream times never go back.
    struct Place {
        qint64 time = 0; // ms
        QString stream;
        qint64 offset = 0;
        std::size_t source = 0;
        [[nodiscard]] bool operator>(const Place &other) const
        {
            return std::tie(time, stream, offset)
                > std::tie(other.time, other.stream, other.offset);
        }
    };
    struct Source {
        LogStream stream;
        qint64 offset = 0; // where to read on
        std::deque<LogEvent> ahead;
    };
    [[nodiscard]] static std::optional<Place> placeOf(const QByteArray &position);
    // Puts the source's next event, if it has one, among those to come.
    [[nodiscard]] Result<void> advance(std::size_t source);

    std::vector<Source> m_sources;
    std::priority_queue<Place, std::vector<Place>, std::greater<>> m_next; // of each source
    std::optional<Place> m_last; // handed out
    Timestamp m_now;
};

} // namespace batchyard::executor::api
