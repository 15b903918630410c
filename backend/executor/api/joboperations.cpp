#include "backend/executor/api/joboperations.h"

#include "backend/batch/validation.h"
#include "backend/executor/api/jobdetails.h"
#include "backend/executor/api/jobfilter.h"

#include <QUuid>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// Quotas of AWS Batch.
constexpr qsizetype maximumRequestBytes = 30 * 1024;
constexpr qsizetype maximumOverrideCharacters = 8192;
constexpr qsizetype maximumDescribed = 100;
constexpr qsizetype maximumReason = 1024;

Result<void> refuseUnsupported(const Json &request)
{
    for (const auto &[field, text] : {std::pair{"arrayProperties", u"array jobs are"_s},
                                      std::pair{"nodeOverrides", u"multi-node jobs are"_s},
                                      std::pair{"eksPropertiesOverride", u"Amazon EKS jobs are"_s},
                                      std::pair{"shareIdentifier", u"fair-share queues are"_s}}) {
        const Json *value = member(request, field);
        if (value && !value->empty() && *value != "")
            return failure(
                ErrorCode::Unsupported,
                u"%1: %2 not run locally; leave it out."_s.arg(QLatin1StringView(field), text));
    }
    return {};
}

Result<batch::SubmitJobRequest> checked(const Json &request)
{
    if (const auto ok = refuseUnsupported(request); !ok)
        return tl::unexpected(ok.error());
    const qsizetype bytes = dump(request).size();
    if (bytes > maximumRequestBytes)
        return failure(ErrorCode::InvalidInput,
                       u"The request has %1 bytes; at most %2 (30 KiB) are allowed."_s.arg(
                           QString::number(bytes), QString::number(maximumRequestBytes)));
    for (const char *field : {"containerOverrides", "ecsPropertiesOverride"}) {
        const Json *overrides = member(request, field);
        if (overrides && dump(*overrides).size() > maximumOverrideCharacters)
            return failure(
                ErrorCode::InvalidInput,
                u"Container Overrides length must be at most %1"_s.arg(maximumOverrideCharacters));
    }
    auto parsed = batch::readSubmitJobRequest(request);
    if (const auto ok = accept(parsed.faults); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = accept(batch::validate(*parsed.value)); !ok)
        return tl::unexpected(ok.error());
    return std::move(*parsed.value);
}

// A job's id in "id" or its ARN.
QString jobIdOf(const QString &idOrArn)
{
    return nameOf(idOrArn, u"job");
}

struct EndRequest {
    QString jobId;
    QString reason;
};

Result<EndRequest> endRequest(const Json &request)
{
    const auto jobId = requiredText(request, "jobId");
    if (!jobId)
        return tl::unexpected(jobId.error());
    const auto reason = requiredText(request, "reason");
    if (!reason)
        return tl::unexpected(reason.error());
    if (reason->size() > maximumReason)
        return failure(ErrorCode::InvalidInput,
                       u"reason: %1 characters; at most %2 are allowed."_s.arg(
                           QString::number(reason->size()), QString::number(maximumReason)));
    return EndRequest{jobIdOf(*jobId), *reason};
}

} // namespace

Result<Json> JobOperations::submit(const Json &json)
{
    const auto request = checked(json);
    if (!request)
        return tl::unexpected(request.error());
    const auto record = m_definitions.findActive(request->jobDefinition);
    if (!record)
        return tl::unexpected(record.error());
    const auto queue = usableQueue(request->jobQueue);
    if (!queue)
        return tl::unexpected(queue.error());
    const auto document = m_definitions.documentOf(*record);
    if (!document)
        return document;
    const auto definition = batch::readJobDefinition(*document);
    if (!definition.value)
        return failure(ErrorCode::Protocol,
                       u"The stored job definition %1 is damaged."_s.arg(record->name));
    if (const auto ok = accept(batch::validate(*request, *definition.value)); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = checkDependencies(*request); !ok)
        return tl::unexpected(ok.error());

    JobRecord job;
    job.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    job.name = request->jobName;
    job.queue = *queue;
    job.definitionArn = m_context.arns.jobDefinition(record->name, record->revision);
    job.createdAt = m_context.now();
    job.request = batch::toJson(*request, batch::JsonStyle::Compact);
    job.definition = dump(*document);
    if (const auto sequence = m_context.store.addJob(job); !sequence)
        return tl::unexpected(sequence.error());
    m_context.control.jobSubmitted(job.id);
    m_context.feed.add(Change::Kind::Job, job.id);
    return Json{{"jobArn", m_context.arns.job(job.id).toStdString()},
                {"jobName", job.name.toStdString()},
                {"jobId", job.id.toStdString()}};
}

Result<Json> JobOperations::describe(const Json &request)
{
    auto ids = textsMember(request, "jobs", maximumDescribed);
    if (!ids)
        return tl::unexpected(ids.error());
    if (ids->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"'jobs' is a required field (1 to 100 job ids are allowed)"_s);
    for (QString &id : *ids)
        id = jobIdOf(id);
    ids->removeDuplicates();
    Json jobs = Json::array();
    for (const QString &id : std::as_const(*ids)) {
        const auto job = m_context.store.job(id);
        if (!job)
            return tl::unexpected(job.error());
        if (!*job)
            continue;
        const auto detail = jobDetail(m_context, **job);
        if (!detail)
            return tl::unexpected(detail.error());
        jobs.push_back(batch::toJsonValue(*detail));
    }
    return Json{{"jobs", std::move(jobs)}};
}

Result<Json> JobOperations::list(const Json &request)
{
    const auto filter = JobFilter::fromRequest(request);
    if (!filter)
        return tl::unexpected(filter.error());
    const auto record = m_context.store.resource(ResourceKind::JobQueue, filter->queue);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound, u"JobQueue %1 not found."_s.arg(filter->queue));
    const int maximum = filter->isFiltered() ? 100 : 1000;
    const auto page = pageRequest(request, "ListJobs", maximum, maximum);
    if (!page)
        return tl::unexpected(page.error());

    Json summaries = Json::array();
    Json reply = Json::object();
    qint64 before = page->position.toLongLong();
    for (;;) {
        const auto jobs
            = m_context.store.listJobs(filter->queue, filter->states, before, page->size + 1);
        if (!jobs)
            return tl::unexpected(jobs.error());
        for (const JobRecord &job : *jobs) {
            if (filter->matches(job)) {
                if (summaries.size() == static_cast<size_t>(page->size)) {
                    reply["nextToken"] = pageToken(*page, QByteArray::number(before));
                    break;
                }
                const auto summary = jobSummary(m_context, job);
                if (!summary)
                    return tl::unexpected(summary.error());
                summaries.push_back(batch::toJsonValue(*summary));
            }
            before = job.sequence;
        }
        if (reply.contains("nextToken") || jobs->size() <= page->size)
            break;
    }
    reply["jobSummaryList"] = std::move(summaries);
    return reply;
}

Result<Json> JobOperations::cancel(const Json &request)
{
    const auto end = endRequest(request);
    if (!end)
        return tl::unexpected(end.error());
    m_context.control.cancelJob(end->jobId, end->reason);
    return Json::object();
}

Result<Json> JobOperations::terminate(const Json &request)
{
    const auto end = endRequest(request);
    if (!end)
        return tl::unexpected(end.error());
    m_context.control.terminateJob(end->jobId, end->reason);
    return Json::object();
}

Result<QString> JobOperations::usableQueue(const QString &nameOrArn) const
{
    const QString name = nameOf(nameOrArn, u"job-queue");
    const auto record = m_context.store.resource(ResourceKind::JobQueue, name);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound, u"JobQueue %1 not found."_s.arg(nameOrArn));
    const auto document = documentOf(**record);
    if (!document)
        return tl::unexpected(document.error());
    if (document->value("state", std::string()) == "DISABLED")
        return failure(ErrorCode::Conflict,
                       u"JobQueue %1 is DISABLED and takes no new jobs; update its state to "
                       "ENABLED."_s.arg(name));
    return name;
}

Result<void> JobOperations::checkDependencies(const batch::SubmitJobRequest &request) const
{
    for (qsizetype i = 0; i < request.dependsOn.size(); ++i) {
        const batch::JobDependency &dependency = request.dependsOn[i];
        const QString path = u"dependsOn[%1]."_s.arg(i);
        if (!dependency.type.isEmpty())
            return failure(ErrorCode::Unsupported,
                           path
                               % u"type: %1 is for array jobs, which are not run locally; give "
                                 "a jobId alone."_s.arg(dependency.type));
        const auto job = m_context.store.job(dependency.jobId);
        if (!job)
            return tl::unexpected(job.error());
        if (!*job)
            return failure(ErrorCode::NotFound,
                           path % u"jobId: job %1 does not exist"_s.arg(dependency.jobId));
    }
    return {};
}

} // namespace batchyard::executor::api
