#include "backend/executor/api/logoperations.h"

#include "backend/batch/awslogs.h"
#include "backend/executor/api/logevents.h"
#include "backend/executor/api/logfilter.h"
#include "backend/executor/api/logmerge.h"

#include <QDateTime>
#include <QFileInfo>
#include <QHash>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 maximumReplyBytes = 1024 * 1024;
constexpr int maximumEvents = 10'000;
// Of one call of FilterLogEvents, whatever is found in them.
constexpr qint64 maximumSearchedBytes = 16 * 1024 * 1024;

enum class Direction { Forward, Backward };

struct EventToken {
    Direction direction = Direction::Forward;
    qint64 offset = 0;
};

std::string tokenText(Direction direction, qint64 offset)
{
    const QString digits = QString::number(offset).rightJustified(56, u'0');
    const QString text = (direction == Direction::Forward ? u"f/"_s : u"b/"_s) % digits % u"/s";
    return text.toStdString();
}

Result<std::optional<EventToken>> eventToken(const Json &request)
{
    const auto text = textMember(request, "nextToken");
    if (!text)
        return tl::unexpected(text.error());
    if (text->isEmpty())
        return std::optional<EventToken>();
    bool isNumber = false;
    const qint64 offset = QStringView(*text).mid(2).chopped(2).toLongLong(&isNumber);
    const bool forward = text->startsWith(u"f/"_s);
    if (!isNumber || offset < 0 || text->size() != 60 || !text->endsWith(u"/s"_s)
        || !(forward || text->startsWith(u"b/"_s)))
        return failure(ErrorCode::InvalidInput, u"The specified nextToken is invalid."_s);
    return std::optional(EventToken{forward ? Direction::Forward : Direction::Backward, offset});
}

struct TimeRange {
    std::optional<qint64> start; // inclusive
    std::optional<qint64> end; // exclusive

    [[nodiscard]] bool contains(const logs::RawLine &line) const
    {
        const qint64 time = batch::toEpochMs(line.time);
        return (!start || time >= *start) && (!end || time < *end);
    }
};

Result<TimeRange> timeRange(const Json &request)
{
    constexpr qint64 last = std::numeric_limits<qint64>::max();
    const auto start = integerMember(request, "startTime", 0, last);
    if (!start)
        return tl::unexpected(start.error());
    const auto end = integerMember(request, "endTime", 0, last);
    if (!end)
        return tl::unexpected(end.error());
    return TimeRange{*start, *end};
}

// Keeps the events of the range, which are in time order, and moves begin and end along.
void cut(LogEvents &read, const TimeRange &range)
{
    QList<LogEvent> &events = read.events;
    while (!events.isEmpty() && range.start
           && batch::toEpochMs(events.first().line.time) < *range.start)
        read.begin = events.takeFirst().end;
    while (!events.isEmpty() && range.end
           && batch::toEpochMs(events.last().line.time) >= *range.end)
        read.end = events.takeLast().begin;
}

struct EventQuery {
    LogStream stream;
    TimeRange range;
    int limit = maximumEvents;
    std::optional<EventToken> token;
    bool fromHead = false;
};

Result<LogEvents> readEvents(const EventQuery &query, Timestamp now)
{
    const auto offsetOf = [&](const std::optional<qint64> &time, qint64 standard) {
        return time ? eventOffsetOfTime(query.stream, batch::fromEpochMs(*time), now)
                    : Result<qint64>(standard);
    };
    const bool isForward
        = query.token ? query.token->direction == Direction::Forward : query.fromHead;
    const auto offset = query.token ? Result<qint64>(query.token->offset)
        : query.fromHead            ? offsetOf(query.range.start, 0)
                                    : offsetOf(query.range.end, -1);
    if (!offset)
        return tl::unexpected(offset.error());
    const auto read = isForward ? readEventsForward : readEventsBackward;
    return read(query.stream, *offset, query.limit, maximumReplyBytes, now);
}

Result<EventQuery> eventQuery(const OperationContext &context, const Json &request)
{
    const auto group = logGroupOf(context, request);
    if (!group)
        return tl::unexpected(group.error());
    const auto name = requiredText(request, "logStreamName");
    if (!name)
        return tl::unexpected(name.error());
    const auto stream = findLogStream(context, *name);
    if (!stream)
        return tl::unexpected(stream.error());
    // Stream names are unique: who knows only AWS Batch's own group gets every one from it.
    if (*group != stream->group && *group != batch::batchLogGroup)
        return failure(ErrorCode::NotFound, u"The specified log stream does not exist."_s);
    const auto range = timeRange(request);
    if (!range)
        return tl::unexpected(range.error());
    const auto limit = integerMember(request, "limit", 1, maximumEvents);
    if (!limit)
        return tl::unexpected(limit.error());
    const auto token = eventToken(request);
    if (!token)
        return tl::unexpected(token.error());
    const auto fromHead = boolMember(request, "startFromHead");
    if (!fromHead)
        return tl::unexpected(fromHead.error());
    return EventQuery{*stream, *range, static_cast<int>(limit->value_or(maximumEvents)), *token,
                      fromHead->value_or(false)};
}

// CloudWatch Logs calls the page's size `limit`.
Result<PageRequest> logPage(const Json &request, const char *operation, int maximum, int standard)
{
    const auto limit = integerMember(request, "limit", 1, maximum);
    if (!limit)
        return tl::unexpected(limit.error());
    Json query = request;
    query.erase("limit");
    auto page = pageRequest(query, operation, maximum, standard);
    if (page)
        page->size = static_cast<int>(limit->value_or(standard));
    return page;
}

// By name, or by the time of the last event, which is when the file was last written.
Result<QStringList> orderedStreams(const OperationContext &context, const ExecutorThread &thread,
                                   const QString &group, const Json &request)
{
    const auto prefix = textMember(request, "logStreamNamePrefix");
    if (!prefix)
        return tl::unexpected(prefix.error());
    const auto orderBy = textMember(request, "orderBy");
    if (!orderBy)
        return tl::unexpected(orderBy.error());
    const auto descending = boolMember(request, "descending");
    if (!descending)
        return tl::unexpected(descending.error());
    const bool byTime = *orderBy == u"LastEventTime"_s;
    if (!byTime && !orderBy->isEmpty() && *orderBy != u"LogStreamName"_s)
        return failure(ErrorCode::InvalidInput,
                       u"orderBy: LogStreamName or LastEventTime is allowed."_s);
    if (byTime && !prefix->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"Cannot order by LastEventTime with a logStreamNamePrefix."_s);
    const auto files = logStreamsOf(context, thread, group, *prefix);
    if (!files)
        return tl::unexpected(files.error());
    QStringList names;
    QHash<QString, qint64> times;
    for (const LogStreamFile &file : *files) {
        names += file.name;
        if (byTime)
            times.insert(file.name, QFileInfo(file.path).lastModified().toMSecsSinceEpoch());
    }
    if (byTime)
        std::stable_sort(names.begin(), names.end(), [&](const QString &a, const QString &b) {
            return times.value(a) < times.value(b);
        });
    if (descending->value_or(false))
        std::reverse(names.begin(), names.end());
    return names;
}

// The streams to search: those of these that are of the group, or all of them when it is empty.
struct StreamChoice {
    QList<LogStreamFile> files;
    QString group;
};

Result<StreamChoice> filteredStreams(const OperationContext &context, const ExecutorThread &thread,
                                     const QString &group, const Json &request)
{
    auto names = textsMember(request, "logStreamNames", 100);
    if (!names)
        return tl::unexpected(names.error());
    const auto prefix = textMember(request, "logStreamNamePrefix");
    if (!prefix)
        return tl::unexpected(prefix.error());
    if (!names->isEmpty() && !prefix->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"logStreamNames and logStreamNamePrefix exclude each other."_s);
    if (names->isEmpty())
        return allLogStreams(context, thread, *prefix).map([&](const auto &files) {
            return StreamChoice{files, group};
        });
    names->removeDuplicates();
    return thread.run([&]() -> Result<StreamChoice> {
        StreamChoice choice;
        for (const QString &name : std::as_const(*names)) {
            const auto stream = findLogStream(context, name);
            if (!stream)
                return tl::unexpected(stream.error());
            choice.files += {name, stream->path};
        }
        return choice;
    });
}

// Events of the merge until the page is full or enough has been searched.
Result<Json> search(LogMerge &merge, const LogFilter &filter, const TimeRange &range,
                    const PageRequest &page)
{
    Json events = Json::array();
    qint64 bytes = 0;
    qint64 searched = 0;
    while (events.size() < static_cast<size_t>(page.size) && bytes < maximumReplyBytes
           && searched < maximumSearchedBytes) {
        const auto next = merge.next();
        if (!next)
            return tl::unexpected(next.error());
        if (!*next || (range.end && batch::toEpochMs((*next)->line.time) >= *range.end))
            return Json{{"events", std::move(events)}, {"searchedLogStreams", Json::array()}};
        searched += logs::headBytes + (*next)->line.text.size();
        if (!range.contains((*next)->line) || !filter.matches((*next)->line.text))
            continue;
        bytes += (*next)->line.text.size();
        Json event{{"logStreamName", (*next)->stream.toStdString()}};
        event.update(toEvent((*next)->line));
        event["eventId"] = (*next)->id.toStdString();
        events.push_back(std::move(event));
    }
    return Json{{"events", std::move(events)},
                {"searchedLogStreams", Json::array()},
                {"nextToken", pageToken(page, merge.position())}};
}

} // namespace

Result<Json> LogOperations::getEvents(const Json &request, const ExecutorThread &thread)
{
    const auto query = thread.run([&] { return eventQuery(m_context, request); });
    if (!query)
        return tl::unexpected(query.error());
    auto read = readEvents(*query, m_context.now());
    if (!read)
        return tl::unexpected(read.error());
    cut(*read, query->range);
    Json events = Json::array();
    for (const LogEvent &event : std::as_const(read->events))
        events.push_back(toEvent(event.line));
    return Json{{"events", std::move(events)},
                {"nextForwardToken", tokenText(Direction::Forward, read->end)},
                {"nextBackwardToken", tokenText(Direction::Backward, read->begin)}};
}

Result<Json> LogOperations::describeStreams(const Json &request, const ExecutorThread &thread)
{
    const auto group = thread.run([&] { return logGroupOf(m_context, request); });
    if (!group)
        return tl::unexpected(group.error());
    const auto page = logPage(request, "DescribeLogStreams", 50, 50);
    if (!page)
        return tl::unexpected(page.error());
    const auto names = orderedStreams(m_context, thread, *group, request);
    if (!names)
        return tl::unexpected(names.error());
    Json streams = Json::array();
    Json reply = Json::object();
    // Streams are never removed while their executor runs, so the last one of the page before is
    // there to go on from.
    const QString last = QString::fromUtf8(page->position);
    for (qsizetype i = last.isEmpty() ? 0 : names->indexOf(last) + 1; i < names->size(); ++i) {
        if (streams.size() == static_cast<size_t>(page->size)) {
            reply["nextToken"] = pageToken(*page, names->at(i - 1).toUtf8());
            break;
        }
        const auto stream = thread.run([&] { return findLogStream(m_context, names->at(i)); });
        if (!stream)
            return tl::unexpected(stream.error());
        auto described = describeStream(*stream);
        if (!described)
            return described;
        streams.push_back(std::move(*described));
    }
    reply["logStreams"] = std::move(streams);
    return reply;
}

Result<Json> LogOperations::filterEvents(const Json &request, const ExecutorThread &thread)
{
    const auto group = thread.run([&] { return logGroupOf(m_context, request); });
    if (!group)
        return tl::unexpected(group.error());
    const auto pattern = textMember(request, "filterPattern");
    if (!pattern)
        return tl::unexpected(pattern.error());
    const auto filter = LogFilter::parse(*pattern);
    if (!filter)
        return tl::unexpected(filter.error());
    const auto range = timeRange(request);
    if (!range)
        return tl::unexpected(range.error());
    const auto page = logPage(request, "FilterLogEvents", maximumEvents, maximumEvents);
    if (!page)
        return tl::unexpected(page.error());
    const auto fromHead = boolMember(request, "startFromHead");
    if (!fromHead)
        return tl::unexpected(fromHead.error());
    if (!fromHead->value_or(true))
        return failure(ErrorCode::Unsupported,
                       u"startFromHead: events come the oldest first here; leave it out."_s);
    const auto choice = filteredStreams(m_context, thread, *group, request);
    if (!choice)
        return tl::unexpected(choice.error());

    const auto find = [&](const QString &name) -> Result<std::optional<LogStream>> {
        return thread.run([&] { return findLogStream(m_context, name); })
            .map([&](const LogStream &stream) {
                return choice->group.isEmpty() || stream.group == choice->group
                    ? std::optional(stream)
                    : std::nullopt;
            });
    };
    auto merge = LogMerge::open(choice->files, find, page->position, range->start, m_context.now());
    if (!merge)
        return tl::unexpected(merge.error());
    return search(*merge, *filter, *range, *page);
}

Result<Json> LogOperations::describeGroups(const Json &request)
{
    const auto prefix = textMember(request, "logGroupNamePrefix");
    if (!prefix)
        return tl::unexpected(prefix.error());
    const auto page = logPage(request, "DescribeLogGroups", 50, 50);
    if (!page)
        return tl::unexpected(page.error());
    const auto names = logGroups(m_context);
    if (!names)
        return tl::unexpected(names.error());
    const QString last = QString::fromUtf8(page->position);
    QString lastOfPage;
    Json groups = Json::array();
    Json reply = Json::object();
    for (const QString &group : *names) {
        if (!group.startsWith(*prefix) || (!last.isEmpty() && group <= last))
            continue;
        if (groups.size() == static_cast<size_t>(page->size)) {
            reply["nextToken"] = pageToken(*page, lastOfPage.toUtf8());
            break;
        }
        const std::string arn = m_context.arns.logGroup(group).toStdString();
        groups.push_back({{"logGroupName", group.toStdString()},
                          {"creationTime", 0},
                          {"metricFilterCount", 0},
                          {"arn", arn + ":*"},
                          {"logGroupArn", arn},
                          {"logGroupClass", "STANDARD"}});
        lastOfPage = group;
    }
    reply["logGroups"] = std::move(groups);
    return reply;
}

Result<Json> LogOperations::describeStream(const LogStream &stream) const
{
    Json described{{"logStreamName", stream.name.toStdString()}};
    const auto first = readEventsForward(stream, 0, 1, 1, m_context.now());
    if (!first)
        return tl::unexpected(first.error());
    const auto last = readEventsBackward(stream, -1, 1, 1, m_context.now());
    if (!last)
        return tl::unexpected(last.error());
    if (!first->events.isEmpty() && !last->events.isEmpty()) {
        const qint64 firstTime = batch::toEpochMs(first->events.first().line.time);
        const qint64 lastTime = batch::toEpochMs(last->events.last().line.time);
        described["creationTime"] = firstTime;
        described["firstEventTimestamp"] = firstTime;
        described["lastEventTimestamp"] = lastTime;
        described["lastIngestionTime"] = lastTime;
    }
    described["arn"] = m_context.arns.logStream(stream.group, stream.name).toStdString();
    described["storedBytes"] = QFileInfo(stream.path).size();
    return described;
}

} // namespace batchyard::executor::api
