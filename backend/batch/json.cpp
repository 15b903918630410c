#include "backend/batch/json.h"

#include "backend/batch/documentmembers.h"
#include "backend/batch/objectreader.h"
#include "backend/batch/objectwriter.h"

namespace batchyard::batch {

namespace {

// A hint when the object is sound JSON but another tool's document.
QString otherTool(const Json &json)
{
    if (json.contains("AWSTemplateFormatVersion") || json.contains("Resources"))
        return QStringLiteral("This looks like a CloudFormation template; expected the JSON of the "
                              "AWS Batch API. Export one resource with `aws batch describe-…`.");
    if (json.contains("terraform_version") || json.contains("resource"))
        return QStringLiteral("This looks like Terraform; expected the JSON of the AWS Batch API.");
    return {};
}

template <typename Value>
Parsed<Value> parseDocument(const QByteArray &text,
                            Parsed<Value> (*read)(const Json &, const QString &))
{
    const Result<Json> json = parseJson(text, maximumDocumentBytes);
    QString problem;
    if (!json)
        problem = json.error().message;
    else if (!json->is_object())
        problem = QStringLiteral("Expected a JSON object, found %1.").arg(found(*json));
    else
        problem = otherTool(*json);
    if (!problem.isEmpty())
        return {std::nullopt, {{QString(), problem, Fault::Severity::Error}}};
    return read(*json, QString());
}

QByteArray text(const Json &json, JsonStyle style)
{
    const std::string dumped = json.dump(style == JsonStyle::Indented ? 2 : -1);
    return QByteArray::fromStdString(dumped);
}

} // namespace

Parsed<ComputeEnvironment> readComputeEnvironment(const Json &json, const QString &path)
{
    return readObject<ComputeEnvironment>(json, path);
}

Parsed<JobQueue> readJobQueue(const Json &json, const QString &path)
{
    return readObject<JobQueue>(json, path);
}

Parsed<JobDefinition> readJobDefinition(const Json &json, const QString &path)
{
    return readObject<JobDefinition>(json, path);
}

Parsed<SubmitJobRequest> readSubmitJobRequest(const Json &json, const QString &path)
{
    return readObject<SubmitJobRequest>(json, path);
}

Parsed<SchedulingPolicy> readSchedulingPolicy(const Json &json, const QString &path)
{
    return readObject<SchedulingPolicy>(json, path);
}

Parsed<ConsumableResource> readConsumableResource(const Json &json, const QString &path)
{
    return readObject<ConsumableResource>(json, path);
}

Parsed<ComputeEnvironment> parseComputeEnvironment(const QByteArray &json)
{
    return parseDocument(json, readComputeEnvironment);
}

Parsed<JobQueue> parseJobQueue(const QByteArray &json)
{
    return parseDocument(json, readJobQueue);
}

Parsed<JobDefinition> parseJobDefinition(const QByteArray &json)
{
    return parseDocument(json, readJobDefinition);
}

Parsed<SubmitJobRequest> parseSubmitJobRequest(const QByteArray &json)
{
    return parseDocument(json, readSubmitJobRequest);
}

Parsed<SchedulingPolicy> parseSchedulingPolicy(const QByteArray &json)
{
    return parseDocument(json, readSchedulingPolicy);
}

Parsed<ConsumableResource> parseConsumableResource(const QByteArray &json)
{
    return parseDocument(json, readConsumableResource);
}

Json toJsonValue(const ComputeEnvironment &environment, Form form)
{
    Json json = written(environment, form);
    if (form == Form::Describe)
        json["containerOrchestrationType"] = environment.eksConfiguration ? "EKS" : "ECS";
    return json;
}

Json toJsonValue(const JobQueue &queue, Form form)
{
    return written(queue, form);
}

Json toJsonValue(const JobDefinition &definition, Form form)
{
    Json json = written(definition, form);
    // Left over from a task that was taken away: not a task of its own.
    if (!definition.ecsProperties)
        json.erase("ecsProperties");
    if (form == Form::Describe)
        json["containerOrchestrationType"] = definition.isEks() ? "EKS" : "ECS";
    return json;
}

Json toJsonValue(const SubmitJobRequest &request)
{
    return written(request);
}

Json toJsonValue(const SchedulingPolicy &policy, Form form)
{
    return written(policy, form);
}

Json toJsonValue(const ConsumableResource &resource, Form form)
{
    return written(resource, form);
}

Json toJsonValue(const ConsumableResourceProperties &properties)
{
    return written(properties);
}

QByteArray toJson(const ComputeEnvironment &environment, JsonStyle style)
{
    return text(toJsonValue(environment, Form::Request), style);
}

QByteArray toJson(const JobQueue &queue, JsonStyle style)
{
    return text(toJsonValue(queue, Form::Request), style);
}

QByteArray toJson(const JobDefinition &definition, JsonStyle style)
{
    return text(toJsonValue(definition, Form::Request), style);
}

QByteArray toJson(const SubmitJobRequest &request, JsonStyle style)
{
    return text(toJsonValue(request), style);
}

QByteArray toJson(const SchedulingPolicy &policy, JsonStyle style)
{
    return text(toJsonValue(policy, Form::Request), style);
}

QByteArray toJson(const ConsumableResource &resource, JsonStyle style)
{
    return text(toJsonValue(resource, Form::Request), style);
}

} // namespace batchyard::batch
