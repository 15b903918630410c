#include "backend/executor/api/joboperations.h"

#include "backend/executor/api/jobdetails.h"
#include "backend/executor/api/joblists.h"

#include <QRegularExpression>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maximumDescribed = 100;
constexpr qsizetype maximumEnded = 50; // API_CancelJobs
constexpr qsizetype maximumReasonGiven = 1024;

// A job's id in "id" or its ARN.
QString jobIdOf(const QString &idOrArn)
{
    return nameOf(idOrArn, u"job");
}

Result<QString> reasonOf(const Json &request)
{
    auto reason = requiredText(request, "reason");
    if (reason && reason->size() > maximumReasonGiven)
        return failure(ErrorCode::InvalidInput,
                       u"reason: %1 characters; at most %2 are allowed."_s.arg(
                           QString::number(reason->size()), QString::number(maximumReasonGiven)));
    return reason;
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
    const auto reason = reasonOf(request);
    if (!reason)
        return tl::unexpected(reason.error());
    return EndRequest{jobIdOf(*jobId), *reason};
}

// A UUID, with the index of a child or node behind it.
bool isJobId(const QString &id)
{
    static const QRegularExpression pattern(
        u"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([:#][0-9]{1,5})?$"_s);
    return pattern.match(id).hasMatch();
}

Json endError(const QString &idOrArn, const char *code, const QString &message)
{
    return {{"job", idOrArn.toStdString()}, {"code", code}, {"message", message.toStdString()}};
}

// Calls `end` for each id that can be one.
Result<Json> endMany(const Json &request,
                     const std::function<Result<void>(const QString &, const QString &)> &end)
{
    const auto ids = textsMember(request, "jobs", maximumEnded);
    if (!ids)
        return tl::unexpected(ids.error());
    if (ids->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"'jobs' is a required field (1 to 50 job ids are allowed)"_s);
    const auto reason = reasonOf(request);
    if (!reason)
        return tl::unexpected(reason.error());
    Json successful = Json::array();
    Json errors = Json::array();
    for (const QString &idOrArn : *ids) {
        const QString id = jobIdOf(idOrArn);
        if (!isJobId(id)) {
            errors.push_back(endError(idOrArn, "ValidationException",
                                      u"This is no job id; a UUID, with :index for a child and "
                                      "#node for a node, is allowed."_s));
            continue;
        }
        if (const auto ended = end(id, *reason); !ended)
            errors.push_back(endError(idOrArn, "ServerException", ended.error().message));
        else
            successful.push_back(idOrArn.toStdString());
    }
    return Json{{"successful", std::move(successful)}, {"errors", std::move(errors)}};
}

template <typename Value>
Json listOf(const QList<Value> &values)
{
    Json list = Json::array();
    for (const Value &value : values)
        list.push_back(batch::toJsonValue(value));
    return list;
}

} // namespace

Result<Rendering> JobOperations::describe(const Json &request)
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
    auto jobs = m_context.store.jobs(*ids);
    if (!jobs)
        return tl::unexpected(jobs.error());
    std::ranges::sort(*jobs, {}, [&](const JobRecord &job) { return ids->indexOf(job.id); });
    auto details = jobDetails(m_context, *jobs);
    if (!details)
        return tl::unexpected(details.error());
    return Rendering([details = *std::move(details)] { return Json{{"jobs", listOf(details)}}; });
}

Result<Rendering> JobOperations::list(const Json &request)
{
    const auto page = listedJobs(m_context, request);
    if (!page)
        return tl::unexpected(page.error());
    auto summaries = jobSummaries(m_context, page->jobs);
    if (!summaries)
        return tl::unexpected(summaries.error());
    return Rendering([summaries = *std::move(summaries), nextToken = page->nextToken] {
        Json reply{{"jobSummaryList", listOf(summaries)}};
        if (!nextToken.empty())
            reply["nextToken"] = nextToken;
        return reply;
    });
}

Result<Json> JobOperations::cancel(const Json &request)
{
    const auto end = endRequest(request);
    if (!end)
        return tl::unexpected(end.error());
    return m_context.control.cancelJob(end->jobId, end->reason).map([] { return Json::object(); });
}

Result<Json> JobOperations::terminate(const Json &request)
{
    const auto end = endRequest(request);
    if (!end)
        return tl::unexpected(end.error());
    return m_context.control.terminateJob(end->jobId, end->reason).map([] {
        return Json::object();
    });
}

Result<Json> JobOperations::cancelMany(const Json &request)
{
    return endMany(request, [this](const QString &id, const QString &reason) {
        return m_context.control.cancelJob(id, reason);
    });
}

Result<Json> JobOperations::terminateMany(const Json &request)
{
    return endMany(request, [this](const QString &id, const QString &reason) {
        return m_context.control.terminateJob(id, reason);
    });
}

} // namespace batchyard::executor::api
