#include "backend/executor/api/logmerge.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

Result<LogMerge> LogMerge::open(const OperationContext &context, const QStringList &streams,
                                const QByteArray &position, std::optional<qint64> start)
{
    LogMerge merge;
    merge.m_now = context.now();
    merge.m_last = placeOf(position);
    const std::optional<qint64> from = merge.m_last ? merge.m_last->time : start;
    for (const QString &name : streams) {
        const auto stream = findLogStream(context, name);
        if (!stream)
            return tl::unexpected(stream.error());
        Source source{.stream = *stream, .ahead = {}};
        if (from) {
            const auto offset = eventOffsetOfTime(*stream, batch::fromEpochMs(*from), merge.m_now);
            if (!offset)
                return tl::unexpected(offset.error());
            source.offset = *offset;
        }
        merge.m_sources.push_back(std::move(source));
        if (const auto ok = merge.advance(merge.m_sources.size() - 1); !ok)
            return tl::unexpected(ok.error());
    }
    return merge;
}

Result<std::optional<LogMerge::Event>> LogMerge::next()
{
    while (!m_next.empty()) {
        const Place place = m_next.top();
        m_next.pop();
        std::deque<LogEvent> &ahead = m_sources[place.source].ahead;
        const logs::RawLine line = std::move(ahead.front().line);
        ahead.pop_front();
        if (const auto ok = advance(place.source); !ok)
            return tl::unexpected(ok.error());
        if (m_last && !(place > *m_last)) // of the page before
            continue;
        m_last = place;
        return std::optional(
            Event{line, place.stream, place.stream % u':' % QString::number(place.offset)});
    }
    return std::optional<Event>();
}

// "time:offset:stream"
QByteArray LogMerge::position() const
{
    return m_last ? QByteArray::number(m_last->time) + ':' + QByteArray::number(m_last->offset)
            + ':' + m_last->stream.toUtf8()
                  : QByteArray();
}

std::optional<LogMerge::Place> LogMerge::placeOf(const QByteArray &position)
{
    const qsizetype first = position.indexOf(':');
    const qsizetype second = position.indexOf(':', first + 1);
    if (first < 0 || second < 0)
        return std::nullopt;
    return Place{.time = position.left(first).toLongLong(),
                 .stream = QString::fromUtf8(position.mid(second + 1)),
                 .offset = position.mid(first + 1, second - first - 1).toLongLong()};
}

Result<void> LogMerge::advance(std::size_t source)
{
    constexpr int events = 512;
    constexpr qint64 bytes = 256 * 1024;
    auto &[stream, offset, ahead] = m_sources[source];
    if (ahead.empty()) {
        const auto read = readEventsForward(stream, offset, events, bytes, m_now);
        if (!read)
            return tl::unexpected(read.error());
        offset = read->end;
        ahead.assign(read->events.cbegin(), read->events.cend());
    }
    if (!ahead.empty())
        m_next.push(
            {batch::toEpochMs(ahead.front().line.time), stream.name, ahead.front().begin, source});
    return {};
}

} // namespace batchyard::executor::api
