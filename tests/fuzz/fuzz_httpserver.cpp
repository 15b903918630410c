// The real server on loopback: whatever bytes a client sends and then ends, it gets nothing or one
// well-formed reply, and the operation behind it sees a body as long as was said.
#include "backend/executor/api/httpserver.h"
#include "tests/fuzz/fuzzing.h"

#include <cerrno>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace batchyard;
using namespace batchyard::executor::api;

Reply answer(const Request &request)
{
    fuzz::require(request.body.size() == request.head.contentLength,
                  "the body is as long as was said");
    return {.headers = {}, .body = "{}"};
}

quint16 serve()
{
    HttpLimits limits;
    limits.threads = 2;
    // That the machine has no time for it is no fault of the server.
    limits.headTimeout = limits.bodyTimeout = limits.answerTimeout = std::chrono::hours(1);
    static HttpServer server(answer, limits);
    const auto port = server.start(0);
    fuzz::require(port.has_value(), "the server can listen");
    return *port;
}

sockaddr_in loopback(quint32 host, quint16 port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl((127U << 24) + host);
    return address;
}

// From one loopback address after the other: the ports of one are used up for a minute by as many
// connections as are made in half of it.
int connected(quint16 port)
{
    constexpr quint32 hosts = 250;
    static quint32 last = 0;
    const sockaddr_in from = loopback(1 + ++last % hosts, 0);
    const sockaddr_in to = loopback(1, port);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    fuzz::require(socket >= 0
                      && ::bind(socket, reinterpret_cast<const sockaddr *>(&from), sizeof from) == 0
                      && ::connect(socket, reinterpret_cast<const sockaddr *>(&to), sizeof to) == 0,
                  "the server accepts");
    return socket;
}

void sendAll(int socket, const QByteArray &bytes)
{
    qsizetype sent = 0;
    // The fuzzer's alarm, every few minutes, ends a call that waits.
    while (sent < bytes.size()) {
        const ssize_t count = ::send(socket, bytes.constData() + sent,
                                     static_cast<size_t>(bytes.size() - sent), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break; // refused before all was sent
        sent += count;
    }
}

// Up to this text, or until the server closes.
QByteArray received(int socket, const QByteArray &end = {})
{
    QByteArray reply;
    char buffer[4096];
    while (end.isEmpty() || !reply.endsWith(end)) {
        const ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        reply.append(buffer, count);
    }
    return reply;
}

// On a connection of its own, or on one that has had an answer.
QByteArray exchange(quint16 port, const QByteArray &request, bool isLater)
{
    const int socket = connected(port);
    if (isLater) {
        sendAll(socket,
                "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port) + "\r\n\r\n");
        fuzz::require(received(socket, "\r\n\r\n{}").contains("\r\nConnection: keep-alive\r\n"),
                      "a plain request is answered and the connection kept");
    }
    sendAll(socket, request);
    ::shutdown(socket, SHUT_WR);
    const QByteArray reply = received(socket);
    ::close(socket);
    return reply;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const quint16 port = serve();
    QByteArray request(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    request.replace("PORT", QByteArray::number(port)); // so that a seed can name the host
    QByteArray reply = exchange(port, request, size % 2 == 1);
    const QByteArray goOn = "HTTP/1.1 100 Continue\r\n\r\n"; // where the client expects it
    if (reply.startsWith(goOn))
        reply.remove(0, goOn.size());
    if (reply.isEmpty())
        return 0;
    fuzz::require(reply.startsWith("HTTP/1.1 "), "a reply begins as one");
    const int status = reply.mid(9, 3).toInt();
    fuzz::require(status >= 200 && status < 500, "no request makes the server fail");
    const qsizetype end = reply.indexOf("\r\n\r\n");
    fuzz::require(end > 0, "a reply has a whole head");
    const QByteArray head = reply.left(end).toLower();
    fuzz::require(head.count("content-length: ") == 1 && head.count("http/1.1 ") == 1,
                  "there is one reply");
    const qsizetype at = head.indexOf("content-length: ") + 16;
    const qsizetype length
        = head.mid(at, std::max<qsizetype>(head.indexOf('\r', at), at) - at).toLongLong();
    fuzz::require(length == 0 || reply.size() - end - 4 <= length, "a reply is as long as it says");
    return 0;
}
