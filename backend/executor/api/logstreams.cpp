#include "backend/executor/api/logstreams.h"

#include "backend/batch/awslogs.h"
#include "backend/batch/json.h"
#include "backend/batch/validation.h"
#include "backend/logs/logfile.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// Most definitions leave the log to AWS Batch; only of the others the documents are looked at.
bool saysHowToLog(const QByteArray &definition)
{
    const QLatin1StringView options[]{batch::logGroupOption, batch::datetimeFormatOption,
                                      batch::multilinePatternOption};
    return std::ranges::any_of(options, [&](QLatin1StringView option) {
        return definition.contains(QByteArrayView(option.data(), option.size()));
    });
}

// Of the container's definition, if it matters.
Result<std::optional<batch::LogConfiguration>> configurationOf(const OperationContext &context,
                                                               const ContainerRecord &container)
{
    const auto job = context.store.job(container.jobId);
    if (!job)
        return tl::unexpected(job.error());
    if (!*job || !saysHowToLog((*job)->definition))
        return std::optional<batch::LogConfiguration>();
    const auto documents = context.documents.of(**job);
    if (!documents)
        return tl::unexpected(documents.error());
    const int node = (*job)->kind == JobKind::Node ? (*job)->index : 0;
    const batch::EcsTaskProperties task
        = batch::effectiveTask((*documents)->request, (*documents)->definition, node);
    if (container.index < 0 || container.index >= task.containers.size())
        return std::optional<batch::LogConfiguration>();
    return task.containers[container.index].logConfiguration;
}

QStringList groupsOf(const batch::JobDefinition &definition)
{
    QStringList groups;
    const auto add = [&groups](const std::optional<batch::EcsTaskProperties> &task) {
        for (const auto &container : task.value_or(batch::EcsTaskProperties()).containers)
            groups += batch::logGroup(container.logConfiguration);
    };
    add(definition.task());
    if (definition.nodeProperties) {
        for (const batch::NodeRangeProperty &range : definition.nodeProperties->nodeRangeProperties)
            add(range.task());
    }
    return groups;
}

} // namespace

Result<QString> logGroupOf(const OperationContext &context, const Json &request)
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
    return existingLogGroup(context, name->isEmpty() ? *identifier : *name);
}

Result<QString> existingLogGroup(const OperationContext &context, const QString &nameOrArn)
{
    QString group = nameOrArn;
    if (const qsizetype arn = group.indexOf(u":log-group:"); arn >= 0)
        group = group.mid(arn + 11);
    if (group.endsWith(u":*"))
        group.chop(2);
    if (group == batch::batchLogGroup)
        return group;
    const auto groups = logGroups(context);
    if (!groups)
        return tl::unexpected(groups.error());
    if (!groups->contains(group))
        return failure(ErrorCode::NotFound, u"The specified log group does not exist."_s);
    return group;
}

Result<QStringList> logGroups(const OperationContext &context)
{
    const auto records = context.store.resources(ResourceKind::JobDefinition);
    if (!records)
        return tl::unexpected(records.error());
    QStringList groups{QString(batch::batchLogGroup)};
    for (const ResourceRecord &record : *records) {
        if (!record.document.contains(batch::logGroupOption.data()))
            continue;
        if (const auto definition = batch::parseJobDefinition(record.document); definition.value)
            groups += groupsOf(*definition.value);
    }
    groups.removeDuplicates();
    groups.sort();
    return groups;
}

Result<LogStream> findLogStream(const OperationContext &context, const QString &name)
{
    const auto container = context.store.containerOfLogStream(name);
    if (!container)
        return tl::unexpected(container.error());
    if (!*container)
        return failure(ErrorCode::NotFound, u"The specified log stream does not exist."_s);
    const auto configuration = configurationOf(context, **container);
    if (!configuration)
        return tl::unexpected(configuration.error());
    return LogStream{name,
                     logs::logFilePath(context.settings.logsDirectory, (*container)->jobId,
                                       (*container)->attempt, (*container)->index),
                     batch::logGroup(*configuration), batch::eventStart(*configuration),
                     (*container)->logComplete};
}

Result<QList<LogStreamFile>> allLogStreams(const OperationContext &context,
                                           const ExecutorThread &thread, const QString &prefix)
{
    constexpr int step = 500;
    QList<LogStreamFile> files;
    for (;;) {
        const QString last = files.isEmpty() ? QString() : files.last().name;
        const auto more = thread.run([&] { return context.store.logStreams(prefix, last, step); });
        if (!more)
            return tl::unexpected(more.error());
        for (const LogStreamRecord &stream : *more)
            files += {stream.name,
                      logs::logFilePath(context.settings.logsDirectory, stream.jobId,
                                        stream.attempt, stream.index)};
        if (more->size() < step)
            return files;
    }
}

Result<QList<LogStreamFile>> logStreamsOf(const OperationContext &context,
                                          const ExecutorThread &thread, const QString &group,
                                          const QString &prefix)
{
    constexpr qsizetype step = 50;
    const auto groups = thread.run([&] { return logGroups(context); });
    if (!groups)
        return tl::unexpected(groups.error());
    auto files = allLogStreams(context, thread, prefix);
    if (!files || groups->size() == 1)
        return files;
    QList<LogStreamFile> found;
    for (qsizetype i = 0; i < files->size(); i += step) {
        const auto some = thread.run([&]() -> Result<void> {
            for (const LogStreamFile &file : files->mid(i, step)) {
                const auto stream = findLogStream(context, file.name);
                if (!stream)
                    return tl::unexpected(stream.error());
                if (stream->group == group)
                    found += file;
            }
            return {};
        });
        if (!some)
            return tl::unexpected(some.error());
    }
    return found;
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
