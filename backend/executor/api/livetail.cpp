#include "backend/executor/api/livetail.h"

#include "backend/executor/api/logevents.h"

#include <QUuid>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <set>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// API_StartLiveTail.
constexpr qsizetype maximumGroups = 10;
constexpr qsizetype maximumStreams = 10;
constexpr int eventsOfAnUpdate = 500;
constexpr qint64 bytesOfAnUpdate = 1024 * 1024;
constexpr qint64 searchedForAnUpdate = 16 * 1024 * 1024; // whatever is found in them

Json textList(const QStringList &texts)
{
    Json list = Json::array();
    for (const QString &text : texts)
        list.push_back(text.toStdString());
    return list;
}

} // namespace

struct LiveTail::Room {
    qint64 events = eventsOfAnUpdate;
    qint64 bytes = bytesOfAnUpdate;
    qint64 searched = searchedForAnUpdate; // that may still be
    std::vector<Json> results;

    void tell(const logs::RawLine &line, const QString &stream, const QString &group)
    {
        Json result = toEvent(line);
        result.erase("stream");
        result["logStreamName"] = stream.toStdString();
        result["logGroupIdentifier"] = group.toStdString();
        results.push_back(std::move(result));
        --events;
        bytes -= line.text.size();
    }
    [[nodiscard]] bool isFull() const { return events <= 0 || bytes <= 0 || searched <= 0; }
};

Result<LiveTail> LiveTail::open(const OperationContext &context, const ExecutorThread &thread,
                                const Json &request)
{
    const auto pattern = textMember(request, "logEventFilterPattern");
    if (!pattern)
        return tl::unexpected(pattern.error());
    auto filter = LogFilter::parse(*pattern);
    if (!filter)
        return tl::unexpected(filter.error());
    LiveTail tail(std::move(*filter));
    const auto found = thread.run([&] {
        return tail.readRequest(context, request).and_then([&] {
            return tail.findRunning(context);
        });
    });
    if (!found)
        return tl::unexpected(found.error());
    for (Tailed &tailed : tail.m_streams) {
        const auto last = readEventsBackward(tailed.stream, -1, 1, 1, context.now());
        if (!last)
            return tl::unexpected(last.error());
        tailed.offset = last->end;
    }
    tail.m_id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    tail.m_pattern = *pattern;
    return tail;
}

Result<void> LiveTail::readRequest(const OperationContext &context, const Json &request)
{
    const auto identifiers = textsMember(request, "logGroupIdentifiers", maximumGroups);
    if (!identifiers)
        return tl::unexpected(identifiers.error());
    const auto names = textsMember(request, "logStreamNames", maximumStreams);
    if (!names)
        return tl::unexpected(names.error());
    const auto prefixes = textsMember(request, "logStreamNamePrefixes", maximumStreams);
    if (!prefixes)
        return tl::unexpected(prefixes.error());
    if (identifiers->isEmpty())
        return failure(ErrorCode::InvalidInput, u"logGroupIdentifiers: 1 to 10 are required."_s);
    if (!names->isEmpty() && !prefixes->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"logStreamNames and logStreamNamePrefixes exclude each other."_s);
    if (identifiers->size() > 1 && !(names->isEmpty() && prefixes->isEmpty()))
        return failure(ErrorCode::InvalidInput,
                       u"logStreamNames and logStreamNamePrefixes are for one log group."_s);
    m_identifiers = *identifiers;
    m_names = *names;
    m_prefixes = *prefixes;
    for (const QString &identifier : *identifiers) {
        const auto group = existingLogGroup(context, identifier);
        if (!group)
            return tl::unexpected(group.error());
        m_groups += *group;
    }
    return {};
}

Json LiveTail::start() const
{
    return {{"requestId", m_id.toStdString()},
            {"sessionId", m_id.toStdString()},
            {"logGroupIdentifiers", textList(m_identifiers)},
            {"logStreamNames", textList(m_names)},
            {"logStreamNamePrefixes", textList(m_prefixes)},
            {"logEventFilterPattern", m_pattern.toStdString()}};
}

Result<Json> LiveTail::update(const OperationContext &context, const ExecutorThread &thread)
{
    for (bool hasMore = true; hasMore;) {
        const auto found = thread.run([&] { return findStarted(context); });
        if (!found)
            return tl::unexpected(found.error());
        hasMore = *found;
    }
    if (const auto ok = thread.run([&] { return findCompleted(context); }); !ok)
        return tl::unexpected(ok.error());
    Room room;
    const auto isAll = share(room, context.now());
    if (!isAll)
        return tl::unexpected(isAll.error());
    const auto time = [](const Json &event) { return event["timestamp"].get<qint64>(); };
    std::ranges::stable_sort(room.results, {}, time);
    return Json{{"sessionMetadata", {{"sampled", !*isAll}}},
                {"sessionResults", std::move(room.results)}};
}

// Each stream may have its part, then those with more what the others have left.
Result<bool> LiveTail::share(Room &room, Timestamp now)
{
    std::vector<size_t> left(m_streams.size()); // which may have more
    std::iota(left.begin(), left.end(), 0);
    size_t last = 0; // had its turn
    while (!left.empty() && !room.isFull()) {
        const auto sharers = static_cast<qint64>(left.size());
        const qint64 events = std::max<qint64>(1, room.events / sharers);
        const qint64 bytes = std::max<qint64>(1, room.searched / sharers);
        std::vector<size_t> more;
        for (const size_t i : left) {
            if (room.isFull()) {
                more.push_back(i);
                continue;
            }
            Tailed &tailed = m_streams[i];
            const auto hasMore = readOn(tailed, room, events, bytes, now);
            if (!hasMore)
                return tl::unexpected(hasMore.error());
            if (*hasMore)
                more.push_back(i);
            tailed.isOver = tailed.stream.isComplete && !*hasMore;
            last = i + 1;
        }
        left = std::move(more);
    }
    std::rotate(m_streams.begin(), m_streams.begin() + static_cast<qsizetype>(last),
                m_streams.end());
    std::erase_if(m_streams, [](const Tailed &tailed) { return tailed.isOver; });
    return left.empty();
}

Result<bool> LiveTail::readOn(Tailed &tailed, Room &room, qint64 events, qint64 bytes,
                              Timestamp now) const
{
    constexpr int eventsAtOnce = 256;
    constexpr qint64 bytesAtOnce = 64 * 1024;
    const qint64 lowest = room.events - events;
    const qint64 leastSearched = room.searched - bytes;
    const auto isEnough
        = [&] { return room.isFull() || room.events <= lowest || room.searched <= leastSearched; };
    for (;;) {
        const bool onlyLooks = isEnough();
        const auto read
            = readEventsForward(tailed.stream, tailed.offset, onlyLooks ? 1 : eventsAtOnce,
                                onlyLooks ? 1 : bytesAtOnce, now);
        if (!read)
            return tl::unexpected(read.error());
        if (onlyLooks || read->end == tailed.offset)
            return read->end != tailed.offset;
        qint64 end = read->end;
        for (const LogEvent &event : read->events) {
            if (room.bytes <= 0 || room.events <= std::max<qint64>(lowest, 0)) {
                end = event.begin;
                break;
            }
            if (m_filter.matches(event.line.text))
                room.tell(event.line, tailed.stream.name, tailed.identifier);
        }
        room.searched -= end - tailed.offset;
        tailed.offset = end;
    }
}

Result<void> LiveTail::findRunning(const OperationContext &context)
{
    const auto last = context.store.lastChange();
    if (!last)
        return tl::unexpected(last.error());
    m_change = *last;
    const auto attempts = context.store.unfinishedAttempts();
    if (!attempts)
        return tl::unexpected(attempts.error());
    for (const AttemptRecord &attempt : *attempts) {
        if (const auto ok = add(context, attempt); !ok)
            return ok;
    }
    return {};
}

Result<bool> LiveTail::findStarted(const OperationContext &context)
{
    constexpr int step = 500;
    const auto changes = context.store.changesAfter(m_change, step);
    if (!changes)
        return tl::unexpected(changes.error());
    std::set<std::pair<QString, int>> started;
    QStringList jobs;
    for (const auto &[number, jobId, change] : *changes) {
        m_change = number;
        if (change.status != batch::JobStatus::Starting)
            continue;
        started.emplace(jobId, change.attempt);
        jobs += jobId;
    }
    const auto attempts = context.store.attempts(jobs);
    if (!attempts)
        return tl::unexpected(attempts.error());
    for (const QList<AttemptRecord> &ofJob : *attempts) {
        for (const AttemptRecord &attempt : ofJob) {
            if (!started.contains({attempt.jobId, attempt.number}))
                continue;
            if (const auto ok = add(context, attempt); !ok)
                return tl::unexpected(ok.error());
        }
    }
    return changes->size() == step;
}

Result<void> LiveTail::findCompleted(const OperationContext &context)
{
    for (auto &[stream, offset, identifier, isOver] : m_streams) {
        if (stream.isComplete)
            continue;
        const auto container = context.store.containerOfLogStream(stream.name);
        if (!container)
            return tl::unexpected(container.error());
        stream.isComplete = !*container || (*container)->logComplete;
    }
    return {};
}

Result<void> LiveTail::add(const OperationContext &context, const AttemptRecord &attempt)
{
    for (const ContainerRecord &container : attempt.containers) {
        if (container.logStreamName.isEmpty() || !isWanted(container.logStreamName))
            continue;
        const auto stream = findLogStream(context, container.logStreamName);
        if (!stream)
            return tl::unexpected(stream.error());
        if (const qsizetype group = m_groups.indexOf(stream->group); group >= 0)
            m_streams.push_back({.stream = *stream, .identifier = m_identifiers[group]});
    }
    return {};
}

bool LiveTail::isWanted(const QString &stream) const
{
    return (m_names.isEmpty() || m_names.contains(stream))
        && (m_prefixes.isEmpty() || std::ranges::any_of(m_prefixes, [&](const QString &prefix) {
                return stream.startsWith(prefix);
            }));
}

} // namespace batchyard::executor::api
