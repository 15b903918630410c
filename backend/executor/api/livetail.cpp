#include "backend/executor/api/livetail.h"

#include "backend/executor/api/logevents.h"

#include <QUuid>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// API_StartLiveTail.
constexpr qsizetype maximumGroups = 10;
constexpr qsizetype maximumStreams = 10;
constexpr int eventsOfAnUpdate = 500;
constexpr qint64 bytesOfAnUpdate = 1024 * 1024;

Json textList(const QStringList &texts)
{
    Json list = Json::array();
    for (const QString &text : texts)
        list.push_back(text.toStdString());
    return list;
}

} // namespace

Result<LiveTail> LiveTail::open(const OperationContext &context, const Json &request)
{
    const auto pattern = textMember(request, "logEventFilterPattern");
    if (!pattern)
        return tl::unexpected(pattern.error());
    auto filter = LogFilter::parse(*pattern);
    if (!filter)
        return tl::unexpected(filter.error());
    LiveTail tail(std::move(*filter));
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
    tail.m_identifiers = *identifiers;
    tail.m_names = *names;
    tail.m_prefixes = *prefixes;
    for (const QString &identifier : *identifiers) {
        const auto group = existingLogGroup(context, identifier);
        if (!group)
            return tl::unexpected(group.error());
        tail.m_groups += *group;
        const auto streams = tail.streamsOf(context, *group);
        if (!streams)
            return tl::unexpected(streams.error());
        for (const QString &name : *streams) {
            const auto stream = findLogStream(context, name);
            if (!stream)
                return tl::unexpected(stream.error());
            const auto last = readEventsBackward(*stream, -1, 1, 1, context.now());
            if (!last)
                return tl::unexpected(last.error());
            tail.m_offsets.insert(name, last->end);
        }
    }
    tail.m_id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    tail.m_pattern = *pattern;
    return tail;
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

Result<Json> LiveTail::update(const OperationContext &context)
{
    std::vector<Json> results;
    qint64 room = eventsOfAnUpdate;
    for (qsizetype i = 0; i < m_groups.size() && room > 0; ++i) {
        const auto streams = streamsOf(context, m_groups[i]);
        if (!streams)
            return tl::unexpected(streams.error());
        for (const QString &name : *streams) {
            if (room <= 0)
                break;
            if (m_ended.contains(name))
                continue;
            const auto stream = findLogStream(context, name);
            if (!stream)
                return tl::unexpected(stream.error());
            const auto read
                = readEventsForward(*stream, m_offsets.value(name), static_cast<int>(room),
                                    bytesOfAnUpdate, context.now());
            if (!read)
                return tl::unexpected(read.error());
            m_offsets.insert(name, read->end);
            if (stream->isComplete && read->events.isEmpty())
                m_ended.insert(name);
            for (const LogEvent &event : read->events) {
                if (!m_filter.matches(event.line.text))
                    continue;
                Json result = toEvent(event.line);
                result.erase("stream");
                result["logStreamName"] = name.toStdString();
                result["logGroupIdentifier"] = m_identifiers[i].toStdString();
                results.push_back(std::move(result));
                --room;
            }
        }
    }
    const auto time = [](const Json &event) { return event["timestamp"].get<qint64>(); };
    std::ranges::stable_sort(results, {}, time);
    return Json{{"sessionMetadata", {{"sampled", false}}}, {"sessionResults", results}};
}

Result<QStringList> LiveTail::streamsOf(const OperationContext &context, const QString &group) const
{
    if (m_prefixes.isEmpty()) {
        auto names = logStreamsOf(context, group, {});
        if (names && !m_names.isEmpty())
            names->removeIf([&](const QString &name) { return !m_names.contains(name); });
        return names;
    }
    QStringList names;
    for (const QString &prefix : m_prefixes) {
        const auto some = logStreamsOf(context, group, prefix);
        if (!some)
            return some;
        names += *some;
    }
    names.removeDuplicates();
    return names;
}

} // namespace batchyard::executor::api
