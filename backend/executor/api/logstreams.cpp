#include "backend/executor/api/logstreams.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

Result<logs::Lines> orEmpty(Result<logs::Lines> lines, qint64 offset)
{
    if (lines || lines.error().code != ErrorCode::NotFound)
        return lines;
    logs::Lines none;
    none.begin = none.end = std::max<qint64>(offset, 0);
    return none;
}

} // namespace

Result<void> checkLogGroup(const Json &request)
{
    const auto name = textMember(request, "logGroupName");
    if (!name)
        return tl::unexpected(name.error());
    const auto identifier = textMember(request, "logGroupIdentifier");
    if (!identifier)
        return tl::unexpected(identifier.error());
    if (name->isEmpty() == identifier->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"Exactly one of logGroupName and logGroupIdentifier is required."_s);
    QString group = name->isEmpty() ? *identifier : *name;
    if (const qsizetype arn = group.indexOf(u":log-group:"); arn >= 0)
        group = group.mid(arn + 11);
    if (group.endsWith(u":*"))
        group.chop(2);
    if (group != batchLogGroup)
        return failure(ErrorCode::NotFound, u"The specified log group does not exist."_s);
    return {};
}

Result<LogStreamFile> findLogStream(const OperationContext &context, const QString &name)
{
    const auto container = context.store.containerOfLogStream(name);
    if (!container)
        return tl::unexpected(container.error());
    if (!*container)
        return failure(ErrorCode::NotFound, u"The specified log stream does not exist."_s);
    return LogStreamFile{name,
                         context.settings.logsDirectory % u'/' % (*container)->jobId % u'/'
                             % QString::number((*container)->attempt) % u'/'
                             % QString::number((*container)->index) % u".log"};
}

Result<QStringList> allLogStreams(const OperationContext &context, const QString &prefix)
{
    constexpr int step = 1000;
    QStringList names;
    for (;;) {
        const auto more
            = context.store.logStreams(prefix, names.isEmpty() ? QString() : names.last(), step);
        if (!more)
            return more;
        names += *more;
        if (more->size() < step)
            return names;
    }
}

Result<logs::Lines> readLinesForward(const QString &path, qint64 offset, int lines, qint64 bytes)
{
    return orEmpty(logs::readForward(path, offset, lines, bytes), offset);
}

Result<logs::Lines> readLinesBackward(const QString &path, qint64 offset, int lines, qint64 bytes)
{
    return orEmpty(logs::readBackward(path, offset, lines, bytes), offset);
}

qint64 storedSize(const logs::RawLine &line)
{
    return logs::formatLine(line).size();
}

Json toEvent(const logs::RawLine &line)
{
    const qint64 time = batch::toEpochMs(line.time);
    return {{"timestamp", time},
            {"message", line.text.toStdString()},
            {"ingestionTime", time},
            {"stream", line.stream == logs::Stream::Stdout ? "stdout" : "stderr"}};
}

} // namespace batchyard::executor::api
