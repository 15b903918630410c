#include "backend/executor/api/jobsubmission.h"

#include "backend/batch/limits.h"
#include "backend/batch/wording.h"
#include "backend/executor/api/joblists.h"
#include "backend/executor/core/jobscheduler.h"

#include <QUuid>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kibibyte = 1024;
constexpr int activeSharesOfQueue = 500; // quota of AWS Batch

Result<void> checkSize(const Json &request)
{
    const qsizetype bytes = dump(request).size();
    if (bytes > batch::limits::submitBytes)
        return failure(ErrorCode::InvalidInput,
                       u"Job size must be less than %1 KiB, got %2 KiB"_s.arg(
                           QString::number(batch::limits::submitBytes / kibibyte),
                           QString::number((bytes + kibibyte - 1) / kibibyte)));
    return {};
}

// The request with the ids of jobs that it may name by their ARN, since jobs wait for ids.
Result<batch::SubmitJobRequest> readRequest(const Json &json)
{
    auto parsed = batch::readSubmitJobRequest(json, {});
    if (const auto ok = accept(parsed.faults); !ok)
        return tl::unexpected(ok.error());
    for (batch::JobDependency &dependency : parsed.value->dependsOn)
        dependency.jobId = nameOf(dependency.jobId, u"job");
    if (const auto ok = accept(batch::validate(*parsed.value)); !ok)
        return tl::unexpected(ok.error());
    return std::move(*parsed.value);
}

// Fair-share queues need to know whose share a job is of; others have no shares.
Result<void> checkShare(const Json &queue, const batch::SubmitJobRequest &request)
{
    const bool isFairShare = queue.contains("schedulingPolicyArn");
    if (isFairShare && request.shareIdentifier.isEmpty())
        return failure(ErrorCode::InvalidInput, u"shareIdentifier must be specified."_s);
    if (!isFairShare && !request.shareIdentifier.isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"shareIdentifier must not be specified: the job queue has no scheduling "
                       "policy."_s);
    return {};
}

Result<void> checkKinds(const Json &queue, const batch::SubmitJobRequest &request,
                        const batch::JobDefinition &definition)
{
    if (request.arraySize && definition.isMultinode())
        return failure(ErrorCode::InvalidInput,
                       u"arrayProperties: a multi-node parallel job cannot be an array."_s);
    const std::string type = queue.value("jobQueueType", std::string("ECS"));
    if ((type == "EKS") != definition.isEks())
        return failure(ErrorCode::InvalidInput,
                       definition.isEks()
                           ? u"jobDefinition: it has eksProperties, and the compute environments "
                             "of the job queue are not of Amazon EKS."_s
                           : u"jobDefinition: it has no eksProperties, and the compute "
                             "environments of the job queue are of Amazon EKS."_s);
    return {};
}

Result<void> checkNToN(const JobRecord &other, const std::optional<int> &size, const QString &path)
{
    if (!size || other.kind != JobKind::ArrayParent)
        return failure(ErrorCode::InvalidInput,
                       path % u"type: N_TO_N needs an array job on both sides.");
    if (*size != other.size)
        return failure(ErrorCode::InvalidInput,
                       path
                           % u"type: N_TO_N needs arrays of one size; this one has %1 and the "
                             "other %2 children."_s.arg(*size)
                                 .arg(other.size));
    return {};
}

// The children of an array or the nodes of a multi-node job, as the parent is but for their place.
QList<JobRecord> childrenOf(const JobRecord &parent)
{
    QList<JobRecord> children;
    children.reserve(parent.size);
    const bool isArray = parent.kind == JobKind::ArrayParent;
    JobRecord child = parent;
    child.kind = isArray ? JobKind::ArrayChild : JobKind::Node;
    child.parentId = parent.id;
    child.size = 0;
    child.request.clear();
    child.definition.clear();
    child.tags.clear();
    if (!isArray)
        child.consumableResources.clear(); // a multi-node job takes them as a whole
    for (int i = 0; i < parent.size; ++i) {
        child.index = i;
        child.id = parent.id % (isArray ? u':' : u'#') % QString::number(i);
        children += child;
    }
    return children;
}

} // namespace

struct JobSubmission::Checked {
    batch::SubmitJobRequest request;
    batch::JobDefinition definition;
    ResourceRecord definitionRecord;
    Json definitionDocument;
    QString queue; // name
    QStringList consumables;
};

Result<Json> JobSubmission::submit(const Json &json)
{
    const auto checkedJob = checked(json);
    if (!checkedJob)
        return tl::unexpected(checkedJob.error());
    const auto &[request, definition, record, document, queue, consumables] = *checkedJob;

    JobRecord job;
    job.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    job.size = request.arraySize.value_or(batch::nodeCount(request, definition));
    job.kind = request.arraySize    ? JobKind::ArrayParent
        : definition.nodeProperties ? JobKind::MultiNodeParent
                                    : JobKind::Single;
    job.name = request.jobName;
    job.queue = queue;
    job.definitionArn = m_context.arns.jobDefinition(record.name, record.revision);
    job.shareIdentifier = request.shareIdentifier;
    job.schedulingPriority
        = request.schedulingPriorityOverride.value_or(definition.schedulingPriority.value_or(0));
    job.consumableResources = consumables;
    job.tags = request.tags;
    job.createdAt = m_context.now();
    job.request = batch::toJson(request, batch::JsonStyle::Compact);
    job.definition = dump(document);
    if (const auto sequence = m_context.store.addJob(job, childrenOf(job)); !sequence)
        return tl::unexpected(sequence.error());
    m_context.control.jobSubmitted(job.id);
    m_context.feed.add(Change::Kind::Job, job.id);
    return Json{{"jobArn", m_context.arns.job(job.id).toStdString()},
                {"jobName", job.name.toStdString()},
                {"jobId", job.id.toStdString()}};
}

Result<JobSubmission::Checked> JobSubmission::checked(const Json &json) const
{
    if (const auto ok = checkSize(json); !ok)
        return tl::unexpected(ok.error());
    auto request = readRequest(json);
    if (!request)
        return tl::unexpected(request.error());
    auto record = m_definitions.findActive(request->jobDefinition);
    if (!record)
        return tl::unexpected(record.error());
    const auto queue = usableQueue(request->jobQueue);
    if (!queue)
        return tl::unexpected(queue.error());
    auto document = m_definitions.documentOf(*record);
    if (!document)
        return tl::unexpected(document.error());
    auto definition = batch::readJobDefinition(*document);
    if (!definition.value)
        return failure(ErrorCode::Protocol,
                       u"The stored job definition %1 is damaged."_s.arg(record->name));
    for (const auto &ok :
         {accept(batch::validate(*request, *definition.value)), checkShare(*queue, *request),
          checkKinds(*queue, *request, *definition.value), checkShareQuota(*queue, *request),
          checkDependencies(*request)}) {
        if (!ok)
            return tl::unexpected(ok.error());
    }
    const auto consumables
        = consumableNames(batch::effectiveConsumables(*request, *definition.value));
    if (!consumables)
        return tl::unexpected(consumables.error());
    return Checked{std::move(*request),
                   std::move(*definition.value),
                   std::move(*record),
                   std::move(*document),
                   toQString(queue->value("jobQueueName", std::string())),
                   *consumables};
}

Result<Json> JobSubmission::usableQueue(const QString &nameOrArn) const
{
    const auto record = m_queues.find(nameOrArn);
    if (!record && record.error().code == ErrorCode::NotFound)
        return failure(ErrorCode::NotFound,
                       u"JobQueue %1 not found."_s.arg(batch::shownName(nameOrArn)));
    if (!record)
        return tl::unexpected(record.error());
    auto document = documentOf(*record);
    if (document && document->value("state", std::string()) == "DISABLED")
        return failure(ErrorCode::Conflict,
                       u"JobQueue %1 is DISABLED and takes no new jobs; update its state to "
                       "ENABLED."_s.arg(record->name));
    return document;
}

Result<void> JobSubmission::checkShareQuota(const Json &queue,
                                            const batch::SubmitJobRequest &request) const
{
    if (request.shareIdentifier.isEmpty())
        return {};
    JobQuery query;
    query.queue = toQString(queue.value("jobQueueName", std::string()));
    query.shareIdentifier = request.shareIdentifier;
    query.states = unfinishedStates();
    query.limit = 1;
    const auto known = m_context.store.listJobs(query);
    if (!known)
        return tl::unexpected(known.error());
    const qint64 active = m_context.control.queueSnapshot(query.queue).activeShares;
    if (known->isEmpty() && active >= activeSharesOfQueue)
        return failure(ErrorCode::Conflict,
                       u"shareIdentifier: the job queue has %1 active share identifiers already, "
                       "which is the quota."_s.arg(active));
    return {};
}

Result<void> JobSubmission::checkDependencies(const batch::SubmitJobRequest &request) const
{
    for (qsizetype i = 0; i < request.dependsOn.size(); ++i) {
        const batch::JobDependency &dependency = request.dependsOn[i];
        const QString path = u"dependsOn[%1]."_s.arg(i);
        if (dependency.type == u"SEQUENTIAL"_s && !request.arraySize)
            return failure(ErrorCode::InvalidInput,
                           path % u"type: SEQUENTIAL is for array jobs only.");
        if (dependency.jobId.isEmpty()) // SEQUENTIAL: the array on itself
            continue;
        const auto job = m_context.store.job(dependency.jobId);
        if (!job)
            return tl::unexpected(job.error());
        if (!*job)
            return failure(
                ErrorCode::NotFound,
                path % u"jobId: job %1 does not exist"_s.arg(batch::shownName(dependency.jobId)));
        if (dependency.type == u"N_TO_N"_s) {
            if (const auto ok = checkNToN(**job, request.arraySize, path); !ok)
                return ok;
        }
    }
    return {};
}

Result<QStringList>
JobSubmission::consumableNames(const QList<batch::ConsumableResourceRequirement> &consumables) const
{
    QStringList names;
    for (const batch::ConsumableResourceRequirement &need : consumables) {
        const QString name = nameOf(need.consumableResource, u"consumable-resource");
        const auto record = m_context.store.resource(ResourceKind::ConsumableResource, name);
        if (!record)
            return tl::unexpected(record.error());
        if (!*record)
            return failure(ErrorCode::NotFound,
                           u"consumableResourceProperties: consumable resource %1 does not "
                           "exist"_s.arg(need.consumableResource));
        if (!names.contains(name))
            names += name;
    }
    return names;
}

} // namespace batchyard::executor::api
