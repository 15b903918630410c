// Several log streams read as one, by time. It remembers how far each stream was read, so that the
// next page goes on there.
#pragma once

#include "backend/executor/api/logstreams.h"

#include <deque>

namespace batchyard::executor::api {

class LogMerge
{
public:
    struct Event {
        logs::RawLine line;
        QString stream;
        QString id; // unique among all events
    };

    // position: of an earlier merge of the same streams, or empty. start: ms, to begin at.
    [[nodiscard]] static Result<LogMerge> open(const OperationContext &context,
                                               const QStringList &streams,
                                               const QByteArray &position,
                                               std::optional<qint64> start);
    // nullopt: no stream has a further line now.
    [[nodiscard]] Result<std::optional<Event>> next();
    [[nodiscard]] QByteArray position() const;

private:
    struct Source {
        LogStreamFile file;
        qint64 offset = 0; // of the first line not handed out
        std::deque<logs::RawLine> ahead;
        bool ended = false;
    };
    [[nodiscard]] static Result<void> readAhead(Source &source);

    std::vector<Source> m_sources;
};

} // namespace batchyard::executor::api
