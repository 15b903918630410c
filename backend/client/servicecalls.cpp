#include "backend/client/servicecalls.h"

#include "backend/async.h"
#include "backend/client/replies.h"

#include <QUrl>

#include <nlohmann/json.hpp>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

struct ServiceCalls::Call {
    enum class Service { Batch, Logs, Extension };
    Service service = Service::Batch;
    Kind kind = Kind::Read;
    QByteArray method = "POST";
    QByteArray path;
    QByteArray query;
    QByteArray target; // X-Amz-Target of CloudWatch Logs
    net::Headers headers;
    QByteArray body;
    std::chrono::milliseconds timeout{30'000};
    Answer<Json> answer;
    bool isRepeated = false;
};

namespace {

net::SystemTime now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

QByteArray bodyText(const Json &body)
{
    return QByteArray::fromStdString(body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

} // namespace

ServiceCalls::ServiceCalls(EndpointSource source, QObject *parent)
    : QObject(parent)
    , m_source(std::move(source))
{
}

void ServiceCalls::batch(const char *operation, Kind kind, const Json &body,
                         const Answer<Json> &answer, const net::Headers &headers)
{
    auto call = std::make_shared<Call>();
    call->kind = kind;
    call->headers = headers;
    call->path = "/v1/" + QByteArray(operation).toLower();
    call->body = bodyText(body);
    call->answer = answer;
    send(call);
}

void ServiceCalls::logs(const char *operation, const Json &body, const Answer<Json> &answer)
{
    auto call = std::make_shared<Call>();
    call->service = Call::Service::Logs;
    call->path = "/";
    call->target = QByteArray("Logs_20140328.") + operation;
    call->body = bodyText(body);
    call->answer = answer;
    send(call);
}

void ServiceCalls::extension(const QByteArray &pathAndQuery, std::chrono::milliseconds timeout,
                             const Answer<Json> &answer)
{
    auto call = std::make_shared<Call>();
    const qsizetype mark = pathAndQuery.indexOf('?');
    call->service = Call::Service::Extension;
    call->method = "GET";
    call->path = mark < 0 ? pathAndQuery : pathAndQuery.left(mark);
    call->query = mark < 0 ? QByteArray() : pathAndQuery.mid(mark + 1);
    call->timeout = timeout;
    call->answer = answer;
    send(call);
}

void ServiceCalls::send(const std::shared_ptr<Call> &call)
{
    if (m_endpoint) {
        sendTo(*m_endpoint, call);
        return;
    }
    m_waiting.push_back(call);
    if (!m_resolving)
        resolveEndpoint();
}

void ServiceCalls::resolveEndpoint()
{
    m_resolving = true;
    onFinished(m_source(), this, [this](const Result<ServiceEndpoint> &endpoint) {
        m_resolving = false;
        const auto waiting = std::exchange(m_waiting, {});
        if (!endpoint)
            noteReachable(false, endpoint.error().message);
        else
            m_endpoint = *endpoint;
        for (const std::shared_ptr<Call> &call : waiting) {
            if (endpoint)
                sendTo(*endpoint, call);
            else
                call->answer(tl::unexpected(endpoint.error()));
        }
    });
}

void ServiceCalls::sendTo(const ServiceEndpoint &endpoint, const std::shared_ptr<Call> &call)
{
    const bool isLogs = call->service == Call::Service::Logs;
    const QByteArray base = isLogs ? endpoint.logsUrl : endpoint.batchUrl;
    const QUrl url = QUrl::fromEncoded(base);
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (url.port() > 0)
        host += ':' + QByteArray::number(url.port());

    net::SignedRequest request{.method = call->method,
                               .path = call->path,
                               .query = call->query,
                               .headers = {{"Host", host}},
                               .body = call->body};
    if (!call->body.isEmpty())
        request.headers.emplaceBack("Content-Type",
                                    isLogs ? "application/x-amz-json-1.1" : "application/json");
    if (!call->target.isEmpty())
        request.headers.emplaceBack("X-Amz-Target", call->target);
    request.headers += call->headers;
    request.headers += net::sign(request, endpoint.credentials, endpoint.region,
                                 isLogs ? u"logs"_s : u"batch"_s, now());

    net::HttpRequest http{.method = call->method,
                          .url = base + call->path
                              + (call->query.isEmpty() ? QByteArray() : '?' + call->query),
                          .unixSocket = {},
                          .headers = request.headers,
                          .body = call->body,
                          .timeout = call->timeout};
    http.onlyOnce = call->kind == Kind::Write;
    onFinished(m_http.send(http), this,
               [this, call](const Result<net::HttpReply> &reply) { finish(call, reply); });
}

void ServiceCalls::finish(const std::shared_ptr<Call> &call, const Result<net::HttpReply> &reply)
{
    if (reply) {
        noteReachable(true, {});
        Result<Json> json = readReply(*reply);
        if (!json && call->service == Call::Service::Extension && isUnknownOperation(*reply))
            json = failure(ErrorCode::Unsupported,
                           u"This service does not have the extension of the local executor."_s);
        call->answer(std::move(json));
        return;
    }
    if (reply.error().code == ErrorCode::Unreachable) {
        m_endpoint.reset();
        if (call->kind == Kind::Read && !call->isRepeated) {
            call->isRepeated = true;
            send(call);
            return;
        }
        noteReachable(false, reply.error().message);
    }
    call->answer(tl::unexpected(reply.error()));
}

void ServiceCalls::noteReachable(bool reachable, const QString &error)
{
    if (m_reachable == reachable)
        return;
    m_reachable = reachable;
    emit reachabilityChanged(reachable, error);
}

} // namespace batchyard::client
