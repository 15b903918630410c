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
    // Until the reply's headers are there; zero: as long as the total. A stopped daemon accepts
    // connections and then says nothing, so a stream wants this.
    std::chrono::milliseconds headersTimeout{0};
    qint64 maximumReplyBytes = 32 * 1024 * 1024; // of what is collected; streams have no limit
    // libcurl sends a request again when the connection that it reused turns out to be dead. True:
    // never, for what must not happen twice. Costs a new connection.
    bool onlyOnce = false;
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
    std::function<void(Result<void>)> ended; // once, unless the handle goes first
};

// The general form of a request, for those who make their own kind of future of it.
struct Exchange {
    std::function<bool()> isGivenUp; // asked a few times a second
    std::function<void(int status)> started;
    std::function<void(const QByteArray &)> received; // the body of a 2xx reply; empty: collected
    std::function<void(Result<HttpReply>)> done; // once
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

    // As send(), by callbacks on the I/O thread, which must return at once. Only `done` is
    // required.
    void exchange(const HttpRequest &request, Exchange exchange);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::net
