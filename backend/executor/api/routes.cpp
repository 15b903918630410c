#include "backend/executor/api/routes.h"

#include "backend/executor/api/computeenvironmentoperations.h"
#include "backend/executor/api/jobdetails.h"
#include "backend/executor/api/joboperations.h"
#include "backend/executor/api/jobqueueoperations.h"
#include "backend/executor/api/logoperations.h"
#include "backend/executor/api/tagoperations.h"

#include <QHash>
#include <QUrlQuery>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView tagsPath = "/v1/tags/";
constexpr QByteArrayView jobsPath = "/batchyard/jobs/";

// AWS Batch has these; they are answered, not taken for a mistyped path.
const QByteArrayList unsupportedOperations{"canceljobs",
                                           "terminatejobs",
                                           "getjobqueuesnapshot",
                                           "createschedulingpolicy",
                                           "updateschedulingpolicy",
                                           "deleteschedulingpolicy",
                                           "describeschedulingpolicies",
                                           "listschedulingpolicies",
                                           "createconsumableresource",
                                           "updateconsumableresource",
                                           "deleteconsumableresource",
                                           "describeconsumableresource",
                                           "listconsumableresources",
                                           "listjobsbyconsumableresource",
                                           "createserviceenvironment",
                                           "updateserviceenvironment",
                                           "deleteserviceenvironment",
                                           "describeserviceenvironments",
                                           "submitservicejob",
                                           "describeservicejob",
                                           "listservicejobs",
                                           "updateservicejob",
                                           "terminateservicejob",
                                           "terminateservicejobs",
                                           "createquotashare",
                                           "updatequotashare",
                                           "deletequotashare",
                                           "describequotashare",
                                           "listquotashares"};

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
        , definitions(operationContext)
        , jobs(operationContext)
        , logs(operationContext)
        , tags(operationContext)
    {
        addBatch();
        logsOperations
            = {{"GetLogEvents", [this](const Json &r) { return logs.getEvents(r); }},
               {"DescribeLogStreams", [this](const Json &r) { return logs.describeStreams(r); }},
               {"FilterLogEvents", [this](const Json &r) { return logs.filterEvents(r); }},
               {"DescribeLogGroups", [this](const Json &r) { return logs.describeGroups(r); }}};
    }

    [[nodiscard]] tl::expected<Route, Refusal> batch(const RequestHead &head) const;
    [[nodiscard]] tl::expected<Route, Refusal> tagging(const RequestHead &head);
    [[nodiscard]] tl::expected<Route, Refusal> cloudWatch(const RequestHead &head) const;
    [[nodiscard]] tl::expected<Route, Refusal> extension(const RequestHead &head);

    OperationContext &context;

private:
    void addBatch();
    [[nodiscard]] Result<Json> liveView(const QString &jobId);

    ComputeEnvironmentOperations environments;
    JobQueueOperations queues;
    JobDefinitionOperations definitions;
    JobOperations jobs;
    LogOperations logs;
    TagOperations tags;
    QHash<QByteArray, Operation> batchOperations;
    QHash<QByteArray, Operation> logsOperations;
};

void Routes::Private::addBatch()
{
    batchOperations = {
        {"createcomputeenvironment", [this](const Json &r) { return environments.create(r); }},
        {"describecomputeenvironments", [this](const Json &r) { return environments.describe(r); }},
        {"updatecomputeenvironment", [this](const Json &r) { return environments.update(r); }},
        {"deletecomputeenvironment", [this](const Json &r) { return environments.remove(r); }},
        {"createjobqueue", [this](const Json &r) { return queues.create(r); }},
        {"describejobqueues", [this](const Json &r) { return queues.describe(r); }},
        {"updatejobqueue", [this](const Json &r) { return queues.update(r); }},
        {"deletejobqueue", [this](const Json &r) { return queues.remove(r); }},
        {"registerjobdefinition",
         [this](const Json &r) { return definitions.registerDefinition(r); }},
        {"describejobdefinitions", [this](const Json &r) { return definitions.describe(r); }},
        {"deregisterjobdefinition", [this](const Json &r) { return definitions.deregister(r); }},
        {"submitjob", [this](const Json &r) { return jobs.submit(r); }},
        {"describejobs", [this](const Json &r) { return jobs.describe(r); }},
        {"listjobs", [this](const Json &r) { return jobs.list(r); }},
        {"canceljob", [this](const Json &r) { return jobs.cancel(r); }},
        {"terminatejob", [this](const Json &r) { return jobs.terminate(r); }}};
    for (const QByteArray &name : unsupportedOperations)
        batchOperations.insert(name, [name](const Json &) -> Result<Json> {
            return failure(ErrorCode::Unsupported,
                           u"The operation %1 is not supported by the local executor."_s.arg(
                               QString::fromLatin1(name)));
        });
}

tl::expected<Route, Refusal> Routes::Private::batch(const RequestHead &head) const
{
    const auto operation = batchOperations.constFind(head.path.mid(4));
    if (operation == batchOperations.cend())
        return tl::unexpected(unknownOperation());
    if (head.method != "POST")
        return tl::unexpected(methodNotAllowed("POST"));
    return Route{Protocol::Batch, *operation};
}

tl::expected<Route, Refusal> Routes::Private::tagging(const RequestHead &head)
{
    const QString arn
        = QString::fromUtf8(QByteArray::fromPercentEncoding(head.path.mid(tagsPath.size())));
    if (head.method == "GET")
        return Route{Protocol::Batch, [this, arn](const Json &) { return tags.list(arn); }};
    if (head.method == "POST")
        return Route{Protocol::Batch,
                     [this, arn](const Json &request) { return tags.tag(arn, request); }};
    if (head.method == "DELETE") {
        const QStringList keys = QUrlQuery(QString::fromLatin1(head.query))
                                     .allQueryItemValues(u"tagKeys"_s, QUrl::FullyDecoded);
        return Route{Protocol::Batch,
                     [this, arn, keys](const Json &) { return tags.untag(arn, keys); }};
    }
    return tl::unexpected(methodNotAllowed("GET, POST, DELETE"));
}

tl::expected<Route, Refusal> Routes::Private::cloudWatch(const RequestHead &head) const
{
    if (head.method != "POST")
        return tl::unexpected(methodNotAllowed("POST"));
    const QByteArray target = head.header("x-amz-target");
    const QByteArray prefix = "Logs_20140328.";
    const auto operation = target.startsWith(prefix)
        ? logsOperations.constFind(target.mid(prefix.size()))
        : logsOperations.cend();
    if (operation == logsOperations.cend())
        return tl::unexpected(unknownOperation());
    return Route{Protocol::Logs, *operation};
}

tl::expected<Route, Refusal> Routes::Private::extension(const RequestHead &head)
{
    Route route{.protocol = Protocol::Extension, .operation = {}};
    if (head.path == "/batchyard/changes")
        route.isChangesPoll = true;
    else if (head.path == "/batchyard/engine")
        route.operation = [this](const Json &) -> Result<Json> {
            return batch::toJsonValue(context.control.engineStatus());
        };
    else if (head.path.startsWith(jobsPath.toByteArray()))
        route.operation = [this, id = QString::fromLatin1(head.path.mid(jobsPath.size()))](
                              const Json &) { return liveView(id); };
    else
        return tl::unexpected(unknownOperation());
    if (head.method != "GET")
        return tl::unexpected(methodNotAllowed("GET"));
    return route;
}

Result<Json> Routes::Private::liveView(const QString &jobId)
{
    const auto job = context.store.job(jobId);
    if (!job)
        return tl::unexpected(job.error());
    if (!*job)
        return failure(ErrorCode::NotFound, u"Job %1 does not exist."_s.arg(jobId.left(80)));
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
    case ErrorCode::Conflict:
    case ErrorCode::Unsupported:
        return {400, isLogs ? "InvalidParameterException" : "ClientException", error.message, {}};
    case ErrorCode::AccessDenied:
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
