#include "backend/client/replies.h"

#include <nlohmann/json.hpp>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

namespace {

using batch::Json;

constexpr qint64 maximumReplyBytes = 32 * 1024 * 1024;

// "aws.batch#ClientException:http://…" is ClientException.
QString plainName(QString name)
{
    name = name.section(u':', 0, 0);
    return name.section(u'#', -1).trimmed();
}

Json bodyOf(const net::HttpReply &reply)
{
    const auto json = batch::parseJson(reply.body, maximumReplyBytes);
    return json && json->is_object() ? *json : Json::object();
}

QString errorName(const net::HttpReply &reply, const Json &body)
{
    const QByteArray header = reply.header("x-amzn-errortype");
    if (!header.isEmpty())
        return plainName(QString::fromUtf8(header));
    for (const char *member : {"__type", "code", "Code"}) {
        const QString name = textOf(body, member);
        if (!name.isEmpty())
            return plainName(name);
    }
    return {};
}

// "Error executing request, Exception : <text>, RequestId: <id>", as AWS wraps the faults of a
// document, is the text alone.
QString withoutEnvelope(const QString &message)
{
    const QLatin1StringView begin("Error executing request, Exception : ");
    if (!message.startsWith(begin))
        return message;
    const qsizetype end = message.lastIndexOf(u", RequestId: "_s);
    return message.mid(begin.size(), end < 0 ? -1 : end - begin.size());
}

// AWS Batch has one name for everything that is wrong with a request; its texts tell more.
ErrorCode codeOfClientException(const QString &message)
{
    if (message.contains(u"already exists"_s) || message.startsWith(u"Cannot delete"_s))
        return ErrorCode::Conflict;
    if (message.contains(u"does not exist"_s) || message.endsWith(u"not found."_s))
        return ErrorCode::NotFound;
    if (message.contains(u"not supported"_s))
        return ErrorCode::Unsupported;
    return ErrorCode::InvalidInput;
}

ErrorCode codeOf(int status, const QString &name, const QString &message)
{
    if (name == u"ClientException"_s)
        return codeOfClientException(message);
    if (name == u"ResourceNotFoundException"_s)
        return ErrorCode::NotFound;
    if (name.startsWith(u"Throttling"_s) || name == u"TooManyRequestsException"_s || status == 429)
        return ErrorCode::Timeout;
    if (status == 401 || status == 403 || name == u"UnrecognizedClientException"_s
        || name.contains(u"Signature"_s) || name.contains(u"Token"_s))
        return ErrorCode::AccessDenied;
    if (status == 404)
        return ErrorCode::NotFound;
    return status >= 500 ? ErrorCode::Io : ErrorCode::InvalidInput;
}

} // namespace

Result<batch::Json> readReply(const net::HttpReply &reply)
{
    if (reply.status >= 200 && reply.status < 300) {
        auto json = batch::parseJson(reply.body, maximumReplyBytes);
        if (json && json->is_object())
            return json;
        return failure(ErrorCode::Protocol, u"The service's answer is not a JSON object."_s,
                       json ? QString() : json.error().message);
    }
    const Json body = bodyOf(reply);
    QString name = errorName(reply, body);
    QString message = withoutEnvelope(textOf(body, "message"));
    if (message.isEmpty())
        message = textOf(body, "Message");
    ErrorCode code = codeOf(reply.status, name, message);
    if (message.isEmpty())
        message = u"The service refused the request with HTTP status %1."_s.arg(reply.status);
    // The local executor's policy: what would have to be allowed stands in the detail.
    if (const QByteArray refused = reply.header("x-batchyard-refused"); !refused.isEmpty()) {
        code = ErrorCode::AccessDenied;
        name = QString::fromLatin1(refused);
    }
    return failure(code, message, name);
}

bool isUnknownOperation(const net::HttpReply &reply)
{
    // Batch itself answers a path that it does not have with 403 and this name.
    const QString name = errorName(reply, bodyOf(reply));
    return name == u"UnknownOperationException"_s
        || name == u"MissingAuthenticationTokenException"_s;
}

QString textOf(const Json &object, const char *name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string()
        ? QString::fromStdString(found->get<std::string>())
        : QString();
}

Result<batch::ResourceId> readResourceId(const Json &reply, const std::string &prefix)
{
    batch::ResourceId id{.name = textOf(reply, (prefix + "Name").c_str()),
                         .arn = textOf(reply, (prefix + "Arn").c_str())};
    if (const auto revision = reply.find("revision");
        revision != reply.end() && revision->is_number_integer())
        id.revision = revision->get<int>();
    if (id.name.isEmpty())
        return failure(ErrorCode::Protocol, u"The service's answer does not name what it made."_s);
    return id;
}

Result<batch::SubmittedJob> readSubmittedJob(const Json &reply)
{
    batch::SubmittedJob job{.jobId = textOf(reply, "jobId"),
                            .jobArn = textOf(reply, "jobArn"),
                            .jobName = textOf(reply, "jobName")};
    if (job.jobId.isEmpty())
        return failure(ErrorCode::Protocol, u"The service's answer has no job id."_s);
    return job;
}

Result<batch::LogPage> readLogPage(const Json &reply)
{
    batch::LogPage page;
    page.nextToken = textOf(reply, "nextForwardToken");
    const auto events = reply.find("events");
    if (events == reply.end() || !events->is_array())
        return page;
    for (const Json &event : *events) {
        if (!event.is_object())
            continue;
        batch::LogLine line;
        if (const auto time = event.find("timestamp");
            time != event.end() && time->is_number_integer())
            line.time = batch::fromEpochMs(time->get<qint64>());
        const QString stream = textOf(event, "stream");
        if (stream == u"stdout"_s)
            line.stream = batch::LogLine::Stream::Stdout;
        else if (stream == u"stderr"_s)
            line.stream = batch::LogLine::Stream::Stderr;
        // An event may have been made of several lines (see batch/awslogs.h).
        QString message = textOf(event, "message");
        if (message.endsWith(u'\n'))
            message.chop(1);
        for (const QString &text : message.split(u'\n')) {
            line.text = text;
            page.lines += line;
        }
    }
    return page;
}

} // namespace batchyard::client
