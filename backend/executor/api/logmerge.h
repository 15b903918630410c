// Several log streams read as one, by time. It tells how far it has come, so that the next page
// goes on there, also when streams have been added meanwhile. A stream is opened when its first
// event may be the next one and left when it has no more, so that of thousands only those are held
// that were written at the same time.
#pragma once

#include "backend/executor/api/logevents.h"

#include <deque>
#include <functional>
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
    // Tells of a stream that is to be opened; nullopt: it is to be left out.
    using Find = std::function<Result<std::optional<LogStream>>(const QString &name)>;

    // position: of an earlier merge, or empty. start: ms, to begin at.
    [[nodiscard]] static Result<LogMerge> open(const QList<LogStreamFile> &files, Find find,
                                               const QByteArray &position,
                                               std::optional<qint64> start, Timestamp now);
    // nullopt: no stream has a further event now.
    [[nodiscard]] Result<std::optional<Event>> next();
    // Of the event that was handed out last.
    [[nodiscard]] QByteArray position() const;

private:
    // In this order events are handed out; within a stream times never go back.
    struct Place {
        qint64 time = 0; // ms
        QString stream;
        qint64 offset = unopened;
        std::size_t source = 0;
        [[nodiscard]] bool operator>(const Place &other) const
        {
            return std::tie(time, stream, offset)
                > std::tie(other.time, other.stream, other.offset);
        }
    };
    static constexpr qint64 unopened = -1;
    struct Source {
        LogStreamFile file;
        std::optional<LogStream> stream; // while it is open
        qint64 offset = 0; // where to read on
        std::deque<LogEvent> ahead;
    };
    [[nodiscard]] static std::optional<Place> placeOf(const QByteArray &position);
    // Not before this time the stream's events are; nullopt: it has none, or only earlier ones than
    // are wanted.
    [[nodiscard]] Result<std::optional<qint64>> lowestTime(const LogStreamFile &file) const;
    [[nodiscard]] Result<void> openSource(std::size_t source);
    // Where in the stream to begin.
    [[nodiscard]] Result<qint64> firstOffset(const LogStream &stream) const;
    // Puts the source's next event, if it has one, among those to come.
    [[nodiscard]] Result<void> advance(std::size_t source);

    Find m_find;
    std::vector<Source> m_sources;
    std::priority_queue<Place, std::vector<Place>, std::greater<>> m_next; // of each source
    std::optional<qint64> m_start; // ms
    std::optional<Place> m_resumed; // where the page before ended
    std::optional<Place> m_last; // handed out
    Timestamp m_now;
};

} // namespace batchyard::executor::api
