#include "backend/executor/api/logoperations.h"

#include "backend/executor/api/logfilter.h"
#include "backend/executor/api/logmerge.h"
#include "backend/executor/api/logstreams.h"

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

// Keeps the lines of the range, which are in time order, and moves begin and end along.
void cut(logs::Lines &lines, const TimeRange &range)
{
    while (!lines.lines.isEmpty() && range.start
           && batch::toEpochMs(lines.lines.first().time) < *range.start)
        lines.begin += storedSize(lines.lines.takeFirst());
    while (!lines.lines.isEmpty() && range.end
           && batch::toEpochMs(lines.lines.last().time) >= *range.end)
        lines.end -= storedSize(lines.lines.takeLast());
}

Result<qint64> offsetOf(const QString &path, const std::optional<qint64> &time)
{
    if (!time)
        return 0;
    const auto offset = logs::offsetOfTime(path, batch::fromEpochMs(*time));
    if (!offset && offset.error().code == ErrorCode::NotFound)
        return 0;
    return offset;
}

struct EventQuery {
    LogStreamFile file;
    TimeRange range;
    int limit = maximumEvents;
    std::optional<EventToken> token;
    bool fromHead = false;
};

Result<logs::Lines> readEvents(const EventQuery &query)
{
    if (query.token && query.token->direction == Direction::Backward)
        return readLinesBackward(query.file.path, query.token->offset, query.limit,
                                 maximumReplyBytes);
    if (query.token)
        return readLinesForward(query.file.path, query.token->offset, query.limit,
                                maximumReplyBytes);
    if (query.fromHead) {
        const auto offset = offsetOf(query.file.path, query.range.start);
        if (!offset)
            return tl::unexpected(offset.error());
        return readLinesForward(query.file.path, *offset, query.limit, maximumReplyBytes);
    }
    qint64 end = -1;
    if (query.range.end) {
        const auto offset = offsetOf(query.file.path, query.range.end);
        if (!offset)
            return tl::unexpected(offset.error());
        end = *offset;
    }
    return readLinesBackward(query.file.path, end, query.limit, maximumReplyBytes);
}

Result<EventQuery> eventQuery(const OperationContext &context, const Json &request)
{
    if (const auto ok = checkLogGroup(request); !ok)
        return tl::unexpected(ok.error());
    const auto name = requiredText(request, "logStreamName");
    if (!name)
        return tl::unexpected(name.error());
    const auto file = findLogStream(context, *name);
    if (!file)
        return tl::unexpected(file.error());
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
    return EventQuery{*file, *range, static_cast<int>(limit->value_or(maximumEvents)), *token,
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
Result<QStringList> orderedStreams(const OperationContext &context, const Json &request)
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
    auto names = allLogStreams(context, *prefix);
    if (!names)
        return names;
    if (byTime) {
        QHash<QString, qint64> times;
        for (const QString &name : std::as_const(*names)) {
            const auto file = findLogStream(context, name);
            if (!file)
                return tl::unexpected(file.error());
            times.insert(name, QFileInfo(file->path).lastModified().toMSecsSinceEpoch());
        }
        std::stable_sort(names->begin(), names->end(), [&](const QString &a, const QString &b) {
            return times.value(a) < times.value(b);
        });
    }
    if (descending->value_or(false))
        std::reverse(names->begin(), names->end());
    return names;
}

Result<QStringList> filteredStreams(const OperationContext &context, const Json &request)
{
    const auto names = textsMember(request, "logStreamNames", 100);
    if (!names)
        return names;
    const auto prefix = textMember(request, "logStreamNamePrefix");
    if (!prefix)
        return tl::unexpected(prefix.error());
    if (!names->isEmpty() && !prefix->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"logStreamNames and logStreamNamePrefix exclude each other."_s);
    return names->isEmpty() ? allLogStreams(context, *prefix) : names;
}

} // namespace

Result<Json> LogOperations::getEvents(const Json &request)
{
    const auto query = eventQuery(m_context, request);
    if (!query)
        return tl::unexpected(query.error());
    auto lines = readEvents(*query);
    if (!lines)
        return tl::unexpected(lines.error());
    cut(*lines, query->range);
    Json events = Json::array();
    for (const logs::RawLine &line : std::as_const(lines->lines))
        events.push_back(toEvent(line));
    return Json{{"events", std::move(events)},
                {"nextForwardToken", tokenText(Direction::Forward, lines->end)},
                {"nextBackwardToken", tokenText(Direction::Backward, lines->begin)}};
}

Result<Json> LogOperations::describeStreams(const Json &request)
{
    if (const auto ok = checkLogGroup(request); !ok)
        return tl::unexpected(ok.error());
    const auto page = logPage(request, "DescribeLogStreams", 50, 50);
    if (!page)
        return tl::unexpected(page.error());
    const auto names = orderedStreams(m_context, request);
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
        auto stream = describeStream(names->at(i));
        if (!stream)
            return stream;
        streams.push_back(std::move(*stream));
    }
    reply["logStreams"] = std::move(streams);
    return reply;
}

Result<Json> LogOperations::filterEvents(const Json &request)
{
    if (const auto ok = checkLogGroup(request); !ok)
        return tl::unexpected(ok.error());
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
    const auto names = filteredStreams(m_context, request);
    if (!names)
        return tl::unexpected(names.error());

    auto merge = LogMerge::open(m_context, *names, page->position, range->start);
    if (!merge)
        return tl::unexpected(merge.error());
    Json events = Json::array();
    qint64 bytes = 0;
    while (events.size() < static_cast<size_t>(page->size) && bytes < maximumReplyBytes) {
        const auto next = merge->next();
        if (!next)
            return tl::unexpected(next.error());
        if (!*next || (range->end && batch::toEpochMs((*next)->line.time) >= *range->end))
            return Json{{"events", std::move(events)}, {"searchedLogStreams", Json::array()}};
        if (!range->contains((*next)->line) || !filter->matches((*next)->line.text))
            continue;
        bytes += (*next)->line.text.size();
        Json event{{"logStreamName", (*next)->stream.toStdString()}};
        event.update(toEvent((*next)->line));
        event["eventId"] = (*next)->id.toStdString();
        events.push_back(std::move(event));
    }
    return Json{{"events", std::move(events)},
                {"searchedLogStreams", Json::array()},
                {"nextToken", pageToken(*page, merge->position())}};
}

Result<Json> LogOperations::describeGroups(const Json &request)
{
    const auto prefix = textMember(request, "logGroupNamePrefix");
    if (!prefix)
        return tl::unexpected(prefix.error());
    Json groups = Json::array();
    const QString group = batchLogGroup;
    if (group.startsWith(*prefix)) {
        const std::string arn = m_context.arns.logGroup(group).toStdString();
        groups.push_back({{"logGroupName", group.toStdString()},
                          {"creationTime", 0},
                          {"metricFilterCount", 0},
                          {"arn", arn + ":*"},
                          {"logGroupArn", arn},
                          {"logGroupClass", "STANDARD"}});
    }
    return Json{{"logGroups", std::move(groups)}};
}

Result<Json> LogOperations::describeStream(const QString &name) const
{
    const auto file = findLogStream(m_context, name);
    if (!file)
        return tl::unexpected(file.error());
    Json stream{{"logStreamName", name.toStdString()}};
    const auto first = readLinesForward(file->path, 0, 1, 1);
    if (!first)
        return tl::unexpected(first.error());
    const auto last = readLinesBackward(file->path, -1, 1, 1);
    if (!last)
        return tl::unexpected(last.error());
    if (!first->lines.isEmpty() && !last->lines.isEmpty()) {
        const qint64 firstTime = batch::toEpochMs(first->lines.first().time);
        const qint64 lastTime = batch::toEpochMs(last->lines.last().time);
        stream["creationTime"] = firstTime;
        stream["firstEventTimestamp"] = firstTime;
        stream["lastEventTimestamp"] = lastTime;
        stream["lastIngestionTime"] = lastTime;
    }
    stream["arn"] = m_context.arns.logStream(batchLogGroup, name).toStdString();
    stream["storedBytes"] = QFileInfo(file->path).size();
    return stream;
}

} // namespace batchyard::executor::api
