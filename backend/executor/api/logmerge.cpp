#include "backend/executor/api/logmerge.h"

#include <QDateTime>
#include <QFileInfo>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// A file's time is this machine's, its lines have the engine's, which may be another one's.
constexpr qint64 clockDifference = 60 * 60 * 1000; // ms

} // namespace

Result<LogMerge> LogMerge::open(const QList<LogStreamFile> &files, Find find,
                                const QByteArray &position, std::optional<qint64> start,
                                Timestamp now)
{
    LogMerge merge;
    merge.m_find = std::move(find);
    merge.m_now = now;
    merge.m_resumed = merge.m_last = placeOf(position);
    merge.m_start = merge.m_resumed ? merge.m_resumed->time : start;
    for (const LogStreamFile &file : files) {
        const auto time = merge.lowestTime(file);
        if (!time)
            return tl::unexpected(time.error());
        if (!*time)
            continue;
        merge.m_next.push({.time = **time, .stream = file.name, .source = merge.m_sources.size()});
        merge.m_sources.push_back({.file = file, .stream = {}, .ahead = {}});
    }
    return merge;
}

Result<std::optional<LogMerge::Event>> LogMerge::next()
{
    while (!m_next.empty()) {
        const Place place = m_next.top();
        m_next.pop();
        if (place.offset == unopened) {
            if (const auto ok = openSource(place.source); !ok)
                return tl::unexpected(ok.error());
            continue;
        }
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

Result<std::optional<qint64>> LogMerge::lowestTime(const LogStreamFile &file) const
{
    const qint64 written = QFileInfo(file.path).lastModified().toMSecsSinceEpoch();
    if (m_start && written + clockDifference < *m_start)
        return std::optional<qint64>();
    const auto first = logs::firstTime(file.path);
    if (!first && first.error().code == ErrorCode::NotFound)
        return std::optional<qint64>();
    if (!first)
        return tl::unexpected(first.error());
    return std::optional(std::max(*first ? batch::toEpochMs(**first) : 0, m_start.value_or(0)));
}

Result<void> LogMerge::openSource(std::size_t source)
{
    auto &[file, stream, offset, ahead] = m_sources[source];
    auto found = m_find(file.name);
    if (!found)
        return tl::unexpected(found.error());
    if (!*found)
        return {};
    const auto begin = firstOffset(**found);
    if (!begin)
        return tl::unexpected(begin.error());
    stream = *std::move(found);
    offset = *begin;
    return advance(source);
}

// What comes before the place in its time has been handed out.
Result<qint64> LogMerge::firstOffset(const LogStream &stream) const
{
    if (m_resumed && stream.name == m_resumed->stream)
        return m_resumed->offset;
    if (!m_start)
        return 0;
    const bool isBehind = m_resumed && stream.name < m_resumed->stream;
    return eventOffsetOfTime(stream, batch::fromEpochMs(*m_start + (isBehind ? 1 : 0)), m_now);
}

Result<void> LogMerge::advance(std::size_t source)
{
    constexpr int events = 256;
    constexpr qint64 bytes = 32 * 1024;
    auto &[file, stream, offset, ahead] = m_sources[source];
    while (ahead.empty()) {
        const auto read = readEventsForward(*stream, offset, events, bytes, m_now);
        if (!read)
            return tl::unexpected(read.error());
        if (read->end == offset) {
            stream.reset();
            return {};
        }
        offset = read->end;
        ahead.assign(read->events.cbegin(), read->events.cend());
    }
    m_next.push(
        {batch::toEpochMs(ahead.front().line.time), file.name, ahead.front().begin, source});
    return {};
}

} // namespace batchyard::executor::api
