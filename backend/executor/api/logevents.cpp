#include "backend/executor/api/logevents.h"

#include <algorithm>

namespace batchyard::executor::api {

namespace {

using namespace std::chrono_literals;

// Docker's awslogs driver: 256 KiB less what CloudWatch Logs adds to an event, and the time after
// which it sends what it has.
constexpr qint64 maximumEventBytes = 256 * 1024 - 26;
constexpr auto flushTime = 5s;
// By then all lines that were printed within the flush time are in the file.
constexpr auto writingTime = 1s;

constexpr int linesAtOnce = 512;
constexpr qint64 bytesAtOnce = 256 * 1024;
constexpr int linesOfAnEvent = 50'000; // looked back for the beginning of an event

qint64 storedSize(const logs::RawLine &line)
{
    return logs::headBytes + line.text.size() + 1;
}

Result<logs::Lines> orEmpty(Result<logs::Lines> lines, qint64 offset)
{
    if (lines || lines.error().code != ErrorCode::NotFound)
        return lines;
    logs::Lines none;
    none.begin = none.end = std::max<qint64>(offset, 0);
    return none;
}

bool begins(const LogStream &stream, const logs::RawLine &line)
{
    return stream.eventStart.match(QString::fromUtf8(line.text)).hasMatch();
}

// Puts lines together until one comes that begins another event.
class EventJoiner
{
public:
    EventJoiner(const LogStream &stream, qint64 offset)
        : m_stream(stream)
        , m_offset(offset)
    {
    }

    // The event that is complete now that this line has come.
    std::optional<LogEvent> add(const logs::RawLine &line)
    {
        std::optional<LogEvent> complete;
        if (m_pending && isNext(line))
            complete = std::exchange(m_pending, std::nullopt);
        if (!m_pending)
            m_pending = LogEvent{{line.time, line.stream, {}}, m_offset, m_offset};
        m_offset += storedSize(line);
        m_pending->line.text += line.text;
        if (line.text.size() < maximumEventBytes)
            m_pending->line.text += '\n';
        m_pending->end = m_offset;
        return complete;
    }

    [[nodiscard]] const std::optional<LogEvent> &pending() const { return m_pending; }

private:
    [[nodiscard]] bool isNext(const logs::RawLine &line) const
    {
        return line.time - m_pending->line.time >= flushTime
            || m_pending->line.text.size() + line.text.size() > maximumEventBytes
            || begins(m_stream, line);
    }

    const LogStream &m_stream;
    qint64 m_offset;
    std::optional<LogEvent> m_pending;
};

// The last event of a file, to which lines may still come.
bool isOver(const LogStream &stream, const LogEvent &event, Timestamp now)
{
    return stream.isComplete || now - event.line.time >= flushTime + writingTime;
}

LogEvents oneEach(const logs::Lines &lines)
{
    LogEvents result{.events = {}, .begin = lines.begin, .end = lines.end};
    qint64 offset = lines.begin;
    for (const logs::RawLine &line : lines.lines) {
        const qint64 end = offset + storedSize(line);
        result.events.append({line, offset, end});
        offset = end;
    }
    return result;
}

void append(LogEvents &events, const LogEvent &event)
{
    events.events.append(event);
    events.end = event.end;
}

} // namespace

Result<LogEvents> readEventsForward(const LogStream &stream, qint64 offset, int count, qint64 bytes,
                                    Timestamp now)
{
    if (!stream.joinsLines())
        return orEmpty(logs::readForward(stream.path, offset, count, bytes), offset).map(oneEach);
    LogEvents result{.events = {}, .begin = offset, .end = offset};
    EventJoiner joiner(stream, offset);
    for (qint64 at = offset;;) {
        const auto read = orEmpty(logs::readForward(stream.path, at, linesAtOnce, bytesAtOnce), at);
        if (!read)
            return tl::unexpected(read.error());
        for (const logs::RawLine &line : read->lines) {
            if (const auto event = joiner.add(line))
                append(result, *event);
            if (result.events.size() >= count || result.end - result.begin >= bytes)
                return result;
        }
        if (read->end == at) {
            if (joiner.pending() && isOver(stream, *joiner.pending(), now))
                append(result, *joiner.pending());
            return result;
        }
        at = read->end;
    }
}

Result<LogEvents> readEventsBackward(const LogStream &stream, qint64 offset, int count,
                                     qint64 bytes, Timestamp now)
{
    const auto isStart = [&](const logs::RawLine &line) { return begins(stream, line); };
    auto read = orEmpty(
        logs::readBackward(stream.path, offset, stream.joinsLines() ? linesAtOnce : count, bytes),
        offset);
    if (!read)
        return tl::unexpected(read.error());
    if (!stream.joinsLines())
        return oneEach(*read);
    // Back to a line with which enough events begin for certain.
    logs::Lines lines = *read;
    auto starts = std::ranges::count_if(read->lines, isStart);
    while (starts < count && lines.begin > 0
           && lines.end - lines.begin < bytes + maximumEventBytes) {
        read = logs::readBackward(stream.path, lines.begin, linesAtOnce, bytesAtOnce);
        if (!read)
            return tl::unexpected(read.error());
        starts += std::ranges::count_if(read->lines, isStart);
        lines.lines = read->lines + lines.lines;
        lines.begin = read->begin;
    }
    const auto first = std::ranges::find_if(lines.lines, isStart);
    if (lines.begin > 0 && first != lines.lines.end()) {
        for (auto line = lines.lines.begin(); line != first; ++line)
            lines.begin += storedSize(*line);
        lines.lines.erase(lines.lines.begin(), first);
    }
    LogEvents result{.events = {}, .begin = lines.begin, .end = lines.begin};
    EventJoiner joiner(stream, lines.begin);
    for (const logs::RawLine &line : std::as_const(lines.lines)) {
        if (const auto event = joiner.add(line))
            append(result, *event);
    }
    if (joiner.pending() && (offset >= 0 || isOver(stream, *joiner.pending(), now)))
        append(result, *joiner.pending());
    while (result.events.size() > count
           || (result.events.size() > 1 && result.end - result.events.first().begin > bytes))
        result.events.removeFirst();
    if (!result.events.isEmpty())
        result.begin = result.events.first().begin;
    return result;
}

Result<qint64> eventOffsetOfTime(const LogStream &stream, Timestamp time, Timestamp now)
{
    const auto offset = logs::offsetOfTime(stream.path, time);
    if (!offset && offset.error().code == ErrorCode::NotFound)
        return 0;
    if (!offset || !stream.joinsLines() || *offset == 0)
        return offset;
    // The line there may be within an event that has begun earlier, and that one is too early.
    const auto before
        = logs::readBackward(stream.path, *offset, linesOfAnEvent, 2 * maximumEventBytes);
    if (!before)
        return tl::unexpected(before.error());
    qint64 from = before->begin;
    qint64 at = before->begin;
    for (const logs::RawLine &line : before->lines) {
        if (begins(stream, line))
            from = at;
        at += storedSize(line);
    }
    for (;;) {
        const auto next = readEventsForward(stream, from, 1, 1, now);
        if (!next)
            return tl::unexpected(next.error());
        if (next->events.isEmpty() || next->events.first().line.time >= time)
            return from;
        from = next->end;
    }
}

} // namespace batchyard::executor::api
