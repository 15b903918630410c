// HTTP over libcurl: one I/O thread drives one multi handle for all requests, over TCP or a unix
// socket. Requests are values; replies are futures that finish on the I/O thread. Destroying the
// client cancels what is under way.
#pragma once

#include "backend/result.h"

#include <QByteArray>
#include <QFuture>
#include <QList>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>

namespace batchyard::net {

using Headers = QList<std::pair<QByteArray, QByteArray>>;

struct HttpRequest {
    QByteArray method = "GET";
    QByteArray url; // complete; the host is a placeholder for a unix socket
    QString unixSocket; // empty: TCP
    Headers headers;
    QByteArray body;
    std::chrono::milliseconds timeout{30'000}; // total; zero: none (streams)
    qint64 maximumReplyBytes = 32 * 1024 * 1024;
};

struct HttpReply {
    int status = 0;
    Headers headers; // names in lower case
    QByteArray body;
    [[nodiscard]] QByteArray header(QByteArrayView lowerCaseName) const;
};

// A reply that is read while it arrives. Destroying the handle ends the transfer; afterwards no
// callback runs.
class HttpStream
{
public:
    virtual ~HttpStream() = default;
};

struct StreamCallbacks {
    std::function<void(int status)> started; // headers are complete
    std::function<void(const QByteArray &)> received;
    std::function<void(Result<void>)> ended;
};

class HttpClient
{
public:
    HttpClient();
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    // Any status is a reply. Errors: Unreachable, Timeout, Protocol (no HTTP, too large),
    // Cancelled (future cancelled or client destroyed).
    [[nodiscard]] QFuture<Result<HttpReply>> send(const HttpRequest &request);
    // Callbacks run on the I/O thread and must return at once.
    [[nodiscard]] std::unique_ptr<HttpStream> stream(const HttpRequest &request,
                                                     StreamCallbacks callbacks);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::net
