#include "models/console/documents.h"

#include "backend/batch/jsonvalues.h"
#include "models/console/wording.h"

#include <QRegularExpression>

#include <nlohmann/json.hpp>

namespace batchyard::models {

using namespace Qt::Literals::StringLiterals;

namespace {

QString textOf(const batch::Json &value)
{
    constexpr int indent = 2;
    return QString::fromStdString(
        value.dump(indent, ' ', false, batch::Json::error_handler_t::replace));
}

// What differs from the definition, as an override of one container.
std::optional<batch::TaskContainerOverrides>
overrideOf(const batch::TaskContainerProperties &ran, const batch::TaskContainerProperties *defined)
{
    batch::TaskContainerOverrides override;
    override.name = ran.name;
    if (!defined || ran.command != defined->command)
        override.command = ran.command;
    for (const batch::KeyValuePair &variable : ran.environment) {
        if (!defined || !defined->environment.contains(variable))
            override.environment.append(variable);
    }
    for (const batch::ResourceRequirement &resource : ran.resourceRequirements) {
        if (!defined || !defined->resourceRequirements.contains(resource))
            override.resourceRequirements.append(resource);
    }
    if (override.command.isEmpty() && override.environment.isEmpty()
        && override.resourceRequirements.isEmpty())
        return std::nullopt;
    return override;
}

} // namespace

QString describeText(const batch::JobDetail &job)
{
    return textOf(batch::toJsonValue(job));
}

QString describeText(const batch::JobDefinition &definition)
{
    return textOf(batch::toJsonValue(definition, batch::Form::Describe));
}

QString describeText(const batch::JobQueue &queue)
{
    return textOf(batch::toJsonValue(queue, batch::Form::Describe));
}

QString describeText(const batch::ComputeEnvironment &environment)
{
    return textOf(batch::toJsonValue(environment, batch::Form::Describe));
}

batch::SubmitJobRequest cloneOf(const batch::JobDetail &job, const batch::JobDefinition *definition)
{
    batch::SubmitJobRequest request;
    request.jobName = job.jobName;
    request.jobQueue = nameOfArn(job.jobQueue);
    request.jobDefinition = nameOfArn(job.jobDefinition);
    request.shareIdentifier = job.shareIdentifier;
    request.schedulingPriorityOverride = job.schedulingPriority;
    request.parameters = job.parameters;
    request.propagateTags = job.propagateTags;
    request.tags = job.tags;
    if (!definition || definition->retryStrategy != job.retryStrategy)
        request.retryStrategy = job.retryStrategy;
    if (!definition || definition->timeout != job.timeout)
        request.timeout = job.timeout;
    const auto defined = definition ? definition->task().value_or(batch::EcsTaskProperties{})
                                    : batch::EcsTaskProperties{};
    for (const batch::TaskContainerProperties &ran : job.task.containers) {
        const batch::TaskContainerProperties *same = nullptr;
        for (const batch::TaskContainerProperties &container : defined.containers) {
            if (container.name == ran.name)
                same = &container;
        }
        // Without the definition the job's containers are the best there is; its commands may hold
        // parameters that were put in already, which overrides keep as they ran.
        auto override = overrideOf(ran, same);
        if (!override)
            continue;
        if (job.isLegacy) {
            override->name.clear();
            request.containerOverrides = override;
        } else {
            request.ecsPropertiesOverride.append(*override);
        }
    }
    return request;
}

namespace commands {

QString quoted(const QString &argument)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9_./:=@%+,-]+$"_s);
    if (plain.match(argument).hasMatch())
        return argument;
    QString text = argument;
    return u'\'' % text.replace(u'\'', u"'\\''"_s) % u'\'';
}

QString describeJob(const QString &jobId)
{
    return u"batchyard describe "_s % quoted(jobId);
}

QString followLogs(const QString &jobId)
{
    return u"batchyard logs -f "_s % quoted(jobId);
}

QString cancelJob(const QString &jobId, const QString &reason)
{
    return u"aws batch cancel-job --job-id "_s % quoted(jobId) % u" --reason "_s % quoted(reason);
}

QString terminateJob(const QString &jobId, const QString &reason)
{
    return u"aws batch terminate-job --job-id "_s % quoted(jobId) % u" --reason "_s
        % quoted(reason);
}

QString submitJob(const batch::SubmitJobRequest &request)
{
    return u"aws batch submit-job --cli-input-json "_s
        % quoted(QString::fromUtf8(batch::toJson(request, batch::JsonStyle::Compact)));
}

QString deregisterDefinition(const QString &nameAndRevision)
{
    return u"aws batch deregister-job-definition --job-definition "_s % quoted(nameAndRevision);
}

QString setQueueState(const QString &queue, const QString &state)
{
    return u"aws batch update-job-queue --job-queue "_s % quoted(queue) % u" --state "_s % state;
}

QString deleteQueue(const QString &queue)
{
    return u"aws batch delete-job-queue --job-queue "_s % quoted(queue);
}

QString setEnvironmentState(const QString &environment, const QString &state)
{
    return u"aws batch update-compute-environment --compute-environment "_s % quoted(environment)
        % u" --state "_s % state;
}

QString deleteEnvironment(const QString &environment)
{
    return u"aws batch delete-compute-environment --compute-environment "_s % quoted(environment);
}

} // namespace commands

} // namespace batchyard::models
