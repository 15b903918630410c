// Sends single calls of AWS Batch and CloudWatch Logs, signed, and reads replies and errors. Asks
// the endpoint source before the first call and again after nobody has answered. Everything is in
// the thread of the object.
#pragma once

#include "backend/batch/jsonvalues.h"
#include "backend/client/httpbatchservice.h"

#include <QObject>

namespace batchyard::client {

using batch::Json;

template <typename T>
using Answer = std::function<void(Result<T>)>;

class ServiceCalls : public QObject
{
    Q_OBJECT

public:
    explicit ServiceCalls(EndpointSource source, QObject *parent = nullptr);

    // A call that may be sent again when nobody has answered, or one that must not.
    enum class Kind { Read, Write };

    // POST /v1/<operation in lower case>. headers: besides those that every call has.
    void batch(const char *operation, Kind kind, const Json &body, const Answer<Json> &answer,
               const net::Headers &headers = {});
    void logs(const char *operation, const Json &body, const Answer<Json> &answer);
    // GET of the executor's extension. Error: Unsupported where there is none.
    void extension(const QByteArray &pathAndQuery, std::chrono::milliseconds timeout,
                   const Answer<Json> &answer);

signals:
    void reachabilityChanged(bool reachable, const QString &error);

private:
    struct Call;
    void send(const std::shared_ptr<Call> &call);
    void sendTo(const ServiceEndpoint &endpoint, const std::shared_ptr<Call> &call);
    void finish(const std::shared_ptr<Call> &call, const Result<net::HttpReply> &reply);
    void resolveEndpoint();
    void noteReachable(bool reachable, const QString &error);

    EndpointSource m_source;
    net::HttpClient m_http;
    std::optional<ServiceEndpoint> m_endpoint;
    bool m_resolving = false;
    std::vector<std::shared_ptr<Call>> m_waiting; // for the endpoint
    std::optional<bool> m_reachable;
};

} // namespace batchyard::client
