#include "backend/executor/api/jobqueueoperations.h"

#include "backend/batch/wording.h"
#include "backend/executor/api/joblists.h"
#include "backend/executor/core/jobscheduler.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype queueQuota = 50; // service quotas of AWS Batch

constexpr QStringView serviceEnvironmentsReason
    = u"service environments are for SageMaker training jobs, which do not run on this machine";

// The jobQueueType that an environment makes: what runs in it does not run in the others.
std::string queueTypeOf(const Json &environment)
{
    if (member(environment, "eksConfiguration"))
        return "EKS";
    const Json *resources = member(environment, "computeResources");
    const std::string type = resources ? resources->value("type", std::string()) : std::string();
    return type.starts_with("FARGATE") ? "ECS_FARGATE" : "ECS";
}

// API_UpdateJobQueue.schedulingPolicyArn: it can be replaced, not removed, and a queue without one
// never gets one.
Result<void> checkPolicyChange(const Json &document, const Json &request)
{
    const Json *policy = member(request, "schedulingPolicyArn");
    if (!policy)
        return {};
    if (document.value("schedulingPolicyArn", std::string()).empty())
        return failure(ErrorCode::InvalidInput,
                       u"schedulingPolicyArn: a queue that was created without a scheduling policy "
                       "cannot get one; create another queue."_s);
    if (*policy == "")
        return failure(ErrorCode::InvalidInput,
                       u"schedulingPolicyArn: a scheduling policy can be replaced, not removed."_s);
    return {};
}

// The ARNs of its compute environments.
QStringList environmentsOf(const Json &queue)
{
    QStringList arns;
    for (const Json &entry : queue.value("computeEnvironmentOrder", Json::array()))
        arns += toQString(entry.value("computeEnvironment", std::string()));
    return arns;
}

Json frontOf(const OperationContext &context, const core::QueueSnapshot &snapshot, qint64 now)
{
    Json jobs = Json::array();
    for (const core::QueueFrontEntry &entry : snapshot.front)
        jobs.push_back(
            {{"jobArn", context.arns.job(entry.jobId).toStdString()},
             {"earliestTimeAtPosition", batch::toEpochMs(entry.earliestTimeAtPosition)}});
    return {{"jobs", std::move(jobs)}, {"lastUpdatedAt", now}};
}

Json capacityOf(const Json &queue, double vcpus)
{
    const bool isEks = queue.value("jobQueueType", std::string()) == "EKS";
    return Json::array({{{"capacityUnit", isEks ? "cpu" : "VCPU"}, {"quantity", vcpus}}});
}

} // namespace

Result<Json> JobQueueOperations::create(const Json &request)
{
    auto queue = checked(request, Json::object());
    if (!queue)
        return tl::unexpected(queue.error());
    if (const auto ok = m_table.checkFree(queue->jobQueueName, queueQuota); !ok)
        return tl::unexpected(ok.error());
    if (queue->state.isEmpty())
        queue->state = u"ENABLED"_s;
    queue->jobQueueArn = m_context.arns.jobQueue(queue->jobQueueName);
    return save(std::move(*queue), m_context.now(), u"CREATING"_s);
}

Result<Json> JobQueueOperations::describe(const Json &request)
{
    return m_table.describe(request, "DescribeJobQueues", "jobQueues",
                            [this](const ResourceRecord &record) { return describedOf(record); });
}

Result<Json> JobQueueOperations::update(const Json &request)
{
    const auto record = m_table.changeable(request, "jobQueue");
    if (!record)
        return tl::unexpected(record.error());
    const auto before = documentOf(*record);
    if (!before)
        return before;
    if (const auto ok = checkPolicyChange(*before, request); !ok)
        return tl::unexpected(ok.error());
    Json document = *before;
    replaceMembers(document, request,
                   {"state", "priority", "computeEnvironmentOrder", "schedulingPolicyArn",
                    "serviceEnvironmentOrder", "jobStateTimeLimitActions"});
    auto queue = checked(document, *before);
    if (!queue)
        return tl::unexpected(queue.error());
    return save(std::move(*queue), record->createdAt, u"UPDATING"_s);
}

Result<Json> JobQueueOperations::remove(const Json &request)
{
    const auto record = m_table.deletable(request, "jobQueue", u"job queue");
    if (!record)
        return tl::unexpected(record.error());
    JobQuery query;
    query.queue = record->name;
    query.states = unfinishedStates();
    query.limit = std::numeric_limits<int>::max();
    const auto jobs = m_context.store.listJobs(query);
    if (!jobs)
        return tl::unexpected(jobs.error());
    for (const JobRecord &job : *jobs) {
        if (const auto ok = m_context.control.terminateJob(
                job.id, u"JobQueue %1 was deleted"_s.arg(record->name));
            !ok)
            return tl::unexpected(ok.error());
    }
    return m_table.beginDeletion(*record, u"JobQueue is being deleted"_s).map([] {
        return Json(Json::object());
    });
}

Result<Json> JobQueueOperations::snapshot(const Json &request)
{
    const auto record = m_table.named(request, "jobQueue");
    if (!record)
        return tl::unexpected(record.error());
    const auto document = documentOf(*record);
    if (!document)
        return document;
    const core::QueueSnapshot snapshot = m_context.control.queueSnapshot(record->name);
    const qint64 now = batch::toEpochMs(m_context.now());
    Json utilization{{"totalCapacityUsage", capacityOf(*document, snapshot.vcpus)},
                     {"lastUpdatedAt", now}};
    if (document->contains("schedulingPolicyArn")) {
        Json shares = Json::array();
        for (const core::ShareUse &share : snapshot.shares)
            shares.push_back({{"shareIdentifier", share.shareIdentifier.toStdString()},
                              {"capacityUsage", capacityOf(*document, share.vcpus)}});
        utilization["fairshareUtilization"] = {{"activeShareCount", snapshot.activeShares},
                                               {"topCapacityUtilization", std::move(shares)}};
    }
    return Json{{"frontOfQueue", frontOf(m_context, snapshot, now)},
                {"queueUtilization", std::move(utilization)}};
}

Json JobQueueOperations::identity(const QString &name) const
{
    return {{"jobQueueName", name.toStdString()},
            {"jobQueueArn", m_context.arns.jobQueue(name).toStdString()}};
}

Result<batch::JobQueue> JobQueueOperations::checked(const Json &document, const Json &before) const
{
    if (const auto ok
        = refuseMembers(document, {{"serviceEnvironmentOrder", serviceEnvironmentsReason}});
        !ok)
        return tl::unexpected(ok.error());
    auto queue = checkedValue(document, batch::readJobQueue);
    if (!queue)
        return queue;
    if (const auto ok = resolveEnvironments(*queue, before); !ok)
        return tl::unexpected(ok.error());
    // Once more: what was a name here and an ARN there is the same now.
    if (const auto ok = accept(batch::validate(*queue)); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = checkPolicy(*queue); !ok)
        return tl::unexpected(ok.error());
    return queue;
}

Result<Json> JobQueueOperations::environmentOf(const QString &name, const QString &path) const
{
    const auto record = m_context.store.resource(ResourceKind::ComputeEnvironment, name);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record || (*record)->status == u"DELETING"_s)
        return failure(ErrorCode::NotFound, path % batch::shownName(name) % u" does not exist");
    return documentOf(**record);
}

Result<void> JobQueueOperations::resolveEnvironments(batch::JobQueue &queue,
                                                     const Json &before) const
{
    const QStringList attached = environmentsOf(before);
    std::string type = queue.jobQueueType.toStdString();
    for (qsizetype i = 0; i < queue.computeEnvironmentOrder.size(); ++i) {
        QString &environment = queue.computeEnvironmentOrder[i].computeEnvironment;
        const QString path = u"computeEnvironmentOrder[%1].computeEnvironment: "_s.arg(i);
        const QString name = nameOf(environment, u"compute-environment");
        const auto document = environmentOf(name, path);
        if (!document)
            return tl::unexpected(document.error());
        environment = m_context.arns.computeEnvironment(name);
        const std::string status = document->value("status", std::string());
        if (status != "VALID" && !attached.contains(environment))
            return failure(ErrorCode::InvalidInput,
                           path % name % u" is " % toQString(status)
                               % u"; only a VALID compute environment can be attached.");
        const std::string own = queueTypeOf(*document);
        if (!type.empty() && own != type)
            return failure(ErrorCode::InvalidInput,
                           path % name % u" is for queues of type " % toQString(own)
                               % u"; Fargate, EC2 and EKS compute environments cannot be in one "
                                 "queue, and this one is of type "
                               % toQString(type) % u'.');
        type = own;
    }
    std::stable_sort(queue.computeEnvironmentOrder.begin(), queue.computeEnvironmentOrder.end(),
                     [](const auto &a, const auto &b) { return a.order < b.order; });
    queue.jobQueueType = toQString(type);
    return {};
}

Result<void> JobQueueOperations::checkPolicy(const batch::JobQueue &queue) const
{
    if (queue.schedulingPolicyArn.isEmpty())
        return {};
    const auto arn = parseBatchArn(queue.schedulingPolicyArn);
    if (!arn || arn->kind != u"scheduling-policy"_s)
        return failure(ErrorCode::InvalidInput,
                       u"schedulingPolicyArn: the ARN of a scheduling policy is allowed."_s);
    const auto record = m_context.store.resource(ResourceKind::SchedulingPolicy, arn->name);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound,
                       u"schedulingPolicyArn: %1 does not exist"_s.arg(
                           batch::shownName(queue.schedulingPolicyArn)));
    return {};
}

Result<Json> JobQueueOperations::save(batch::JobQueue queue, Timestamp createdAt,
                                      const QString &meanwhile)
{
    queue.status = u"VALID"_s;
    queue.statusReason = u"JobQueue Healthy"_s;
    const QString name = queue.jobQueueName;
    const Json document = batch::toJsonValue(queue, batch::Form::Describe);
    if (const auto ok = m_table.save(name, document, createdAt); !ok)
        return tl::unexpected(ok.error());
    m_context.settling->begin(ResourceKind::JobQueue, name, meanwhile);
    return identity(name);
}

// A queue is as valid as its environments are now.
Result<Json> JobQueueOperations::describedOf(const ResourceRecord &record) const
{
    auto document = documentOf(record);
    if (!document)
        return document;
    if (m_table.isSettling(record) || record.status != u"VALID"_s) {
        m_table.showSettling(record, *document);
        return document;
    }
    QStringList faults;
    const QStringList arns = environmentsOf(*document);
    for (const QString &arn : arns) {
        const QString name = nameOf(arn, u"compute-environment");
        const auto environment = m_context.store.resource(ResourceKind::ComputeEnvironment, name);
        if (!environment)
            return tl::unexpected(environment.error());
        if (!*environment)
            faults += batch::shownName(name) % u" does not exist";
        else if ((*environment)->status != u"VALID"_s)
            faults += name % u" is " % (*environment)->status;
    }
    if (!arns.isEmpty() && faults.size() == arns.size()) {
        (*document)["status"] = "INVALID";
        const QString reason
            = u"No compute environment of the queue can be used: %1."_s.arg(faults.join(u", "));
        (*document)["statusReason"] = reason.toStdString();
    }
    return document;
}

} // namespace batchyard::executor::api
