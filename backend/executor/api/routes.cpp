#include "backend/executor/api/routes.h"

#include "backend/batch/wording.h"
#include "backend/executor/api/computeenvironmentoperations.h"
#include "backend/executor/api/consumableresourceoperations.h"
#include "backend/executor/api/jobdetails.h"
#include "backend/executor/api/joboperations.h"
#include "backend/executor/api/jobqueueoperations.h"
#include "backend/executor/api/jobsubmission.h"
#include "backend/executor/api/localpolicy.h"
#include "backend/executor/api/logoperations.h"
#include "backend/executor/api/resourcetable.h"
#include "backend/executor/api/schedulingpolicyoperations.h"
#include "backend/executor/api/tagoperations.h"

#include <QHash>
#include <QUrlQuery>
#include <QUuid>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView tagsPath = "/v1/tags/";
constexpr QByteArrayView jobsPath = "/batchyard/jobs/";
constexpr QByteArrayView interruptPath = "/interrupt";

constexpr QByteArrayView registerPath = "/v1/registerjobdefinition";
constexpr QLatin1StringView requestIdMark{"RequestId "}; // in an error's detail

constexpr auto serviceJobs = "service jobs and service environments are for SageMaker training "
                             "jobs, which do not run on this machine";
constexpr auto quotaShares
    = "quota shares divide SageMaker training capacity, of which this machine has none";

// AWS Batch has these; they are answered, not taken for a mistyped path.
constexpr std::pair<const char *, const char *> unsupportedOperations[]{
    {"CreateServiceEnvironment", serviceJobs}, {"UpdateServiceEnvironment", serviceJobs},
    {"DeleteServiceEnvironment", serviceJobs}, {"DescribeServiceEnvironments", serviceJobs},
    {"SubmitServiceJob", serviceJobs},         {"DescribeServiceJob", serviceJobs},
    {"ListServiceJobs", serviceJobs},          {"UpdateServiceJob", serviceJobs},
    {"TerminateServiceJob", serviceJobs},      {"TerminateServiceJobs", serviceJobs},
    {"CreateQuotaShare", quotaShares},         {"UpdateQuotaShare", quotaShares},
    {"DeleteQuotaShare", quotaShares},         {"DescribeQuotaShare", quotaShares},
    {"ListQuotaShares", quotaShares}};

// What AWS makes of the error when a document is not valid; the id in it is the reply's.
Operation enveloped(Operation operation)
{
    return [operation = std::move(operation)](const Json &request) {
        Result<Json> result = operation(request);
        if (result || result.error().code != ErrorCode::InvalidInput)
            return result;
        const QString id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        return Result<Json>(failure(ErrorCode::InvalidInput,
                                    u"Error executing request, Exception : "
                                        % result.error().message % u", RequestId: " % id,
                                    requestIdMark % id));
    };
}

// A method of one of the operation classes as an Operation.
template <typename Operations>
[[nodiscard]] Operation bound(Operations &operations,
                              Result<Json> (Operations::*method)(const Json &))
{
    return [&operations, method](const Json &request) { return (operations.*method)(request); };
}

template <typename Operations>
[[nodiscard]] Inquiry bound(Operations &operations,
                            Result<Json> (Operations::*method)(const Json &,
                                                               const ExecutorThread &))
{
    return [&operations, method](const Json &request, const ExecutorThread &thread) {
        return (operations.*method)(request, thread);
    };
}

// What the operation meets when all that is deleted and can go has gone.
template <typename Function>
[[nodiscard]] Function afterDeletions(OperationContext &context, Function function)
{
    return [&context, function = std::move(function)](const Json &request) {
        removeDeleted(context);
        return function(request);
    };
}

Refusal unknownOperation()
{
    return {404, "UnknownOperationException", u"There is no such operation."_s, {}};
}

Refusal methodNotAllowed(const QByteArray &allowed)
{
    return {405,
            "MethodNotAllowedException",
            u"Only %1 is allowed on this path."_s.arg(QString::fromLatin1(allowed)),
            {{"Allow", allowed}}};
}

} // namespace

class Routes::Private
{
public:
    explicit Private(OperationContext &operationContext)
        : context(operationContext)
        , environments(operationContext)
        , queues(operationContext)
        , policies(operationContext)
        , consumables(operationContext)
        , definitions(operationContext)
        , submission(operationContext)
        , jobs(operationContext)
        , logs(operationContext)
        , tags(operationContext)
    {
        addBatch();
        logsOperations
            = {{"DescribeLogGroups", [this](const Json &r) { return logs.describeGroups(r); }}};
        logsInquiries = {{"GetLogEvents", bound(logs, &LogOperations::getEvents)},
                         {"DescribeLogStreams", bound(logs, &LogOperations::describeStreams)},
                         {"FilterLogEvents", bound(logs, &LogOperations::filterEvents)}};
    }

    [[nodiscard]] tl::expected<Route, Refusal> batch(const RequestHead &head);
    [[nodiscard]] tl::expected<Route, Refusal> tagging(const RequestHead &head);
    [[nodiscard]] tl::expected<Route, Refusal> cloudWatch(const RequestHead &head) const;
    [[nodiscard]] tl::expected<Route, Refusal> extension(const RequestHead &head);

    OperationContext &context;

private:
    void addBatch();
    [[nodiscard]] Result<Json> liveView(const QString &jobId);
    // Takes the job's Spot capacity away; `notice`: with two minutes' notice.
    [[nodiscard]] Result<Json> interrupt(const QString &jobId, const Json &request);

    ComputeEnvironmentOperations environments;
    JobQueueOperations queues;
    SchedulingPolicyOperations policies;
    ConsumableResourceOperations consumables;
    JobDefinitionOperations definitions;
    JobSubmission submission;
    JobOperations jobs;
    LogOperations logs;
    TagOperations tags;
    QHash<QByteArray, Operation> batchOperations;
    QHash<QByteArray, Reading> batchReadings;
    QHash<QByteArray, Operation> logsOperations;
    QHash<QByteArray, Inquiry> logsInquiries;
};

void Routes::Private::addBatch()
{
    using Environments = ComputeEnvironmentOperations;
    using Queues = JobQueueOperations;
    using Policies = SchedulingPolicyOperations;
    using Consumables = ConsumableResourceOperations;
    using Definitions = JobDefinitionOperations;
    batchOperations
        = {{"createcomputeenvironment", enveloped(bound(environments, &Environments::create))},
           {"describecomputeenvironments", bound(environments, &Environments::describe)},
           {"updatecomputeenvironment", enveloped(bound(environments, &Environments::update))},
           {"deletecomputeenvironment", bound(environments, &Environments::remove)},
           {"createjobqueue", enveloped(bound(queues, &Queues::create))},
           {"describejobqueues", bound(queues, &Queues::describe)},
           {"updatejobqueue", enveloped(bound(queues, &Queues::update))},
           {"deletejobqueue", bound(queues, &Queues::remove)},
           {"getjobqueuesnapshot", bound(queues, &Queues::snapshot)},
           {"createschedulingpolicy", enveloped(bound(policies, &Policies::create))},
           {"updateschedulingpolicy", enveloped(bound(policies, &Policies::update))},
           {"deleteschedulingpolicy", bound(policies, &Policies::remove)},
           {"describeschedulingpolicies", bound(policies, &Policies::describe)},
           {"listschedulingpolicies", bound(policies, &Policies::list)},
           {"createconsumableresource", enveloped(bound(consumables, &Consumables::create))},
           {"updateconsumableresource", enveloped(bound(consumables, &Consumables::update))},
           {"deleteconsumableresource", bound(consumables, &Consumables::remove)},
           {"describeconsumableresource", bound(consumables, &Consumables::describe)},
           {"listconsumableresources", bound(consumables, &Consumables::list)},
           {"listjobsbyconsumableresource", bound(consumables, &Consumables::listJobs)},
           {"describejobdefinitions", bound(definitions, &Definitions::describe)},
           {"deregisterjobdefinition", bound(definitions, &Definitions::deregister)},
           {"submitjob", bound(submission, &JobSubmission::submit)},
           {"canceljob", bound(jobs, &JobOperations::cancel)},
           {"terminatejob", bound(jobs, &JobOperations::terminate)},
           {"canceljobs", bound(jobs, &JobOperations::cancelMany)},
           {"terminatejobs", bound(jobs, &JobOperations::terminateMany)}};
    batchReadings = {{"describejobs", [this](const Json &r) { return jobs.describe(r); }},
                     {"listjobs", [this](const Json &r) { return jobs.list(r); }}};
    for (const auto &[name, reason] : unsupportedOperations)
        batchOperations.insert(
            QByteArray(name).toLower(), [name, reason](const Json &) -> Result<Json> {
                return failure(ErrorCode::Unsupported,
                               u"%1 is not supported by the local executor: %2."_s.arg(
                                   QLatin1StringView(name), QLatin1StringView(reason)));
            });
}

tl::expected<Route, Refusal> Routes::Private::batch(const RequestHead &head)
{
    const bool isRegistration = head.path == registerPath;
    const auto operation = batchOperations.constFind(head.path.mid(4));
    const auto reading = batchReadings.constFind(head.path.mid(4));
    if (operation == batchOperations.cend() && reading == batchReadings.cend() && !isRegistration)
        return tl::unexpected(unknownOperation());
    if (head.method != "POST")
        return tl::unexpected(methodNotAllowed("POST"));
    if (isRegistration)
        return Route{Protocol::Batch,
                     enveloped([this, allowed = head.header(allowHeader)](const Json &request) {
                         return definitions.registerDefinition(request, allowed);
                     })};
    if (reading != batchReadings.cend())
        return Route{.protocol = Protocol::Batch, .reading = afterDeletions(context, *reading)};
    return Route{.protocol = Protocol::Batch, .operation = afterDeletions(context, *operation)};
}

tl::expected<Route, Refusal> Routes::Private::tagging(const RequestHead &head)
{
    const QString arn
        = QString::fromUtf8(QByteArray::fromPercentEncoding(head.path.mid(tagsPath.size())));
    Operation operation;
    if (head.method == "GET") {
        operation = [this, arn](const Json &) { return tags.list(arn); };
    } else if (head.method == "POST") {
        operation = [this, arn](const Json &request) { return tags.tag(arn, request); };
    } else if (head.method == "DELETE") {
        const QStringList keys = QUrlQuery(QString::fromLatin1(head.query))
                                     .allQueryItemValues(u"tagKeys"_s, QUrl::FullyDecoded);
        operation = [this, arn, keys](const Json &) { return tags.untag(arn, keys); };
    } else {
        return tl::unexpected(methodNotAllowed("GET, POST, DELETE"));
    }
    return Route{Protocol::Batch, afterDeletions(context, std::move(operation))};
}

tl::expected<Route, Refusal> Routes::Private::cloudWatch(const RequestHead &head) const
{
    if (head.method != "POST")
        return tl::unexpected(methodNotAllowed("POST"));
    const QByteArray target = head.header("x-amz-target");
    const QByteArray prefix = "Logs_20140328.";
    if (target == prefix + "StartLiveTail")
        return Route{.protocol = Protocol::Logs, .poll = Poll::LiveTail};
    const QByteArray name = target.startsWith(prefix) ? target.mid(prefix.size()) : QByteArray();
    if (const auto inquiry = logsInquiries.constFind(name); inquiry != logsInquiries.cend())
        return Route{.protocol = Protocol::Logs, .inquiry = *inquiry};
    const auto operation = logsOperations.constFind(name);
    if (operation == logsOperations.cend())
        return tl::unexpected(unknownOperation());
    return Route{Protocol::Logs, *operation};
}

tl::expected<Route, Refusal> Routes::Private::extension(const RequestHead &head)
{
    Route route{.protocol = Protocol::Extension, .operation = {}};
    QByteArray method = "GET";
    if (head.path == "/batchyard/changes") {
        route.poll = Poll::Changes;
    } else if (head.path == "/batchyard/events") {
        route.poll = Poll::Events;
    } else if (head.path == "/batchyard/engine") {
        route.operation = [this](const Json &) -> Result<Json> {
            return batch::toJsonValue(context.control.engineStatus());
        };
    } else if (head.path.startsWith(jobsPath.toByteArray())) {
        QByteArray id = QByteArray::fromPercentEncoding(head.path.mid(jobsPath.size()));
        if (id.endsWith(interruptPath)) {
            id.chop(interruptPath.size());
            method = "POST";
            route.operation = [this, id = QString::fromUtf8(id)](const Json &request) {
                return interrupt(id, request);
            };
        } else {
            route.operation
                = [this, id = QString::fromUtf8(id)](const Json &) { return liveView(id); };
        }
    } else {
        return tl::unexpected(unknownOperation());
    }
    if (head.method != method)
        return tl::unexpected(methodNotAllowed(method));
    return route;
}

Result<Json> Routes::Private::interrupt(const QString &jobId, const Json &request)
{
    const auto notice = boolMember(request, "notice");
    if (!notice)
        return tl::unexpected(notice.error());
    return context.control.interrupt(jobId, notice->value_or(false)).map([] {
        return Json(Json::object());
    });
}

Result<Json> Routes::Private::liveView(const QString &jobId)
{
    const auto job = context.store.job(jobId);
    if (!job)
        return tl::unexpected(job.error());
    if (!*job)
        return failure(ErrorCode::NotFound,
                       u"Job %1 does not exist."_s.arg(batch::shownName(jobId)));
    const auto view = jobLiveView(context, **job);
    if (!view)
        return tl::unexpected(view.error());
    return batch::toJsonValue(*view);
}

Routes::Routes(OperationContext &context)
    : d(std::make_unique<Private>(context))
{
}

Routes::~Routes() = default;

tl::expected<Route, Refusal> Routes::find(const RequestHead &head) const
{
    if (head.path.startsWith(tagsPath.toByteArray()))
        return d->tagging(head);
    if (head.path.startsWith("/v1/"))
        return d->batch(head);
    if (head.path == "/")
        return d->cloudWatch(head);
    if (head.path.startsWith("/batchyard/"))
        return d->extension(head);
    return tl::unexpected(unknownOperation());
}

Refusal toRefusal(const Error &error, Protocol protocol)
{
    const bool isLogs = protocol == Protocol::Logs;
    switch (error.code) {
    case ErrorCode::NotFound:
        if (protocol == Protocol::Extension)
            return {404, "ClientException", error.message, {}};
        return {400, isLogs ? "ResourceNotFoundException" : "ClientException", error.message, {}};
    case ErrorCode::InvalidInput:
        if (error.detail.startsWith(requestIdMark))
            return {400,
                    "ClientException",
                    error.message,
                    {{"x-amzn-RequestId", error.detail.mid(requestIdMark.size()).toLatin1()}}};
        [[fallthrough]];
    case ErrorCode::Conflict:
    case ErrorCode::Unsupported:
        return {400, isLogs ? "InvalidParameterException" : "ClientException", error.message, {}};
    case ErrorCode::AccessDenied:
        // AWS Batch has no policy of this kind; its name for what a client has to change is this.
        if (error.detail.startsWith(refusedMark))
            return {400,
                    "ClientException",
                    error.message,
                    {{refusedHeader.data(), error.detail.mid(refusedMark.size()).toLatin1()}}};
        return {403,
                error.detail.isEmpty() ? "AccessDeniedException" : error.detail.toLatin1(),
                error.message,
                {}};
    case ErrorCode::Unreachable:
    case ErrorCode::Timeout:
    case ErrorCode::Cancelled:
        return {503, isLogs ? "ServiceUnavailableException" : "ServerException", error.message, {}};
    case ErrorCode::Protocol:
    case ErrorCode::Io:
        return {500, isLogs ? "ServiceUnavailableException" : "ServerException", error.message, {}};
    }
    return {500, "ServerException", error.message, {}};
}

} // namespace batchyard::executor::api
