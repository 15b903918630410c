#include "backend/executor/api/jobqueueoperations.h"

#include "backend/batch/validation.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr ResourceKind kind = ResourceKind::JobQueue;

Json identity(const OperationContext &context, const QString &name)
{
    return {{"jobQueueName", name.toStdString()},
            {"jobQueueArn", context.arns.jobQueue(name).toStdString()}};
}

Result<void> refuseUnsupported(const Json &request)
{
    for (const auto &[field, text] :
         {std::pair{"schedulingPolicyArn", u"fair-share scheduling policies are"_s},
          std::pair{"serviceEnvironmentOrder", u"service environments are"_s}}) {
        const Json *value = member(request, field);
        if (value && !value->empty() && *value != "")
            return failure(
                ErrorCode::Unsupported,
                u"%1: %2 not run locally; leave it out."_s.arg(QLatin1StringView(field), text));
    }
    return {};
}

} // namespace

Result<Json> JobQueueOperations::create(const Json &request)
{
    auto queue = checked(request);
    if (!queue)
        return tl::unexpected(queue.error());
    const auto existing = m_context.store.resource(kind, queue->jobQueueName);
    if (!existing)
        return tl::unexpected(existing.error());
    if (*existing)
        return failure(ErrorCode::Conflict, u"Object already exists"_s);
    if (queue->state.isEmpty())
        queue->state = u"ENABLED"_s;
    queue->jobQueueArn = m_context.arns.jobQueue(queue->jobQueueName);
    queue->status = u"VALID"_s;
    queue->statusReason = u"JobQueue Healthy"_s;
    if (const auto ok = save(*queue, m_context.now()); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return identity(m_context, queue->jobQueueName);
}

Result<Json> JobQueueOperations::describe(const Json &request)
{
    const auto names = textsMember(request, "jobQueues", 100);
    if (!names)
        return tl::unexpected(names.error());
    const auto page = pageRequest(request, "DescribeJobQueues", 100, 100);
    if (!page)
        return tl::unexpected(page.error());
    QStringList wanted;
    for (const QString &name : *names)
        wanted += nameOf(name, u"job-queue");
    return describeResources(
        m_context, kind, *page, "jobQueues",
        [&](const ResourceRecord &record) {
            return wanted.isEmpty() || wanted.contains(record.name);
        },
        documentOf);
}

Result<Json> JobQueueOperations::update(const Json &request)
{
    const auto name = requiredText(request, "jobQueue");
    if (!name)
        return tl::unexpected(name.error());
    const auto record = find(*name);
    if (!record)
        return tl::unexpected(record.error());
    auto document = documentOf(*record);
    if (!document)
        return document;
    for (const char *field : {"state", "priority", "computeEnvironmentOrder", "schedulingPolicyArn",
                              "serviceEnvironmentOrder", "jobStateTimeLimitActions"}) {
        if (const Json *value = member(request, field))
            (*document)[field] = *value;
    }
    const auto queue = checked(*document);
    if (!queue)
        return tl::unexpected(queue.error());
    if (const auto ok = save(*queue, record->createdAt); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return identity(m_context, record->name);
}

Result<Json> JobQueueOperations::remove(const Json &request)
{
    const auto name = requiredText(request, "jobQueue");
    if (!name)
        return tl::unexpected(name.error());
    const auto record = find(*name);
    if (!record)
        return tl::unexpected(record.error());
    const auto document = documentOf(*record);
    if (!document)
        return document;
    if (document->value("state", std::string()) != "DISABLED")
        return failure(ErrorCode::Conflict,
                       u"Cannot delete, job queue %1 is ENABLED; update its state to DISABLED "
                       "first."_s.arg(record->name));
    const auto jobs = m_context.store.jobsInStates(
        {batch::JobStatus::Submitted, batch::JobStatus::Pending, batch::JobStatus::Runnable,
         batch::JobStatus::Starting, batch::JobStatus::Running});
    if (!jobs)
        return tl::unexpected(jobs.error());
    if (const auto ok = m_context.store.removeResource(kind, record->name); !ok)
        return tl::unexpected(ok.error());
    for (const JobRecord &job : *jobs) {
        if (job.queue == record->name)
            m_context.control.terminateJob(job.id, u"JobQueue %1 was deleted"_s.arg(record->name));
    }
    m_context.resourcesChanged();
    return Json::object();
}

Result<ResourceRecord> JobQueueOperations::find(const QString &nameOrArn) const
{
    const auto record = m_context.store.resource(kind, nameOf(nameOrArn, u"job-queue"));
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound, u"%1 does not exist"_s.arg(nameOrArn));
    return **record;
}

Result<batch::JobQueue> JobQueueOperations::checked(const Json &document) const
{
    if (const auto ok = refuseUnsupported(document); !ok)
        return tl::unexpected(ok.error());
    auto parsed = batch::readJobQueue(document);
    if (const auto ok = accept(parsed.faults); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = accept(batch::validate(*parsed.value)); !ok)
        return tl::unexpected(ok.error());
    batch::JobQueue queue = std::move(*parsed.value);
    if (const auto ok = resolveEnvironments(queue); !ok)
        return tl::unexpected(ok.error());
    return queue;
}

Result<void> JobQueueOperations::resolveEnvironments(batch::JobQueue &queue) const
{
    std::optional<bool> fargate;
    for (qsizetype i = 0; i < queue.computeEnvironmentOrder.size(); ++i) {
        QString &environment = queue.computeEnvironmentOrder[i].computeEnvironment;
        const QString path = u"computeEnvironmentOrder[%1].computeEnvironment: "_s.arg(i);
        const QString name = nameOf(environment, u"compute-environment");
        const auto record = m_context.store.resource(ResourceKind::ComputeEnvironment, name);
        if (!record)
            return tl::unexpected(record.error());
        if (!*record)
            return failure(ErrorCode::NotFound, path % u"%1 does not exist"_s.arg(environment));
        const auto document = documentOf(**record);
        if (!document)
            return tl::unexpected(document.error());
        const std::string type
            = document->value("computeResources", Json::object()).value("type", std::string());
        const bool isFargate = type.starts_with("FARGATE");
        if (fargate && *fargate != isFargate)
            return failure(ErrorCode::InvalidInput,
                           path
                               % u"Fargate and EC2 compute environments cannot be in one "
                                 "queue."_s);
        fargate = isFargate;
        environment = m_context.arns.computeEnvironment(name);
    }
    std::stable_sort(queue.computeEnvironmentOrder.begin(), queue.computeEnvironmentOrder.end(),
                     [](const auto &a, const auto &b) { return a.order < b.order; });
    if (queue.jobQueueType.isEmpty())
        queue.jobQueueType = fargate.value_or(false) ? u"ECS_FARGATE"_s : u"ECS"_s;
    return {};
}

Result<void> JobQueueOperations::save(const batch::JobQueue &queue, Timestamp createdAt) const
{
    return m_context.store.putResource(
        kind,
        {.name = queue.jobQueueName,
         .status = queue.status,
         .document = dump(batch::toJsonValue(queue, batch::Form::Describe)),
         .createdAt = createdAt});
}

} // namespace batchyard::executor::api
