#include "tests/bench/httpload.h"

#include "tests/bench/report.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace bench {

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;

namespace {

QByteArray requestText(const client::LocalConnection &connection, const ApiCall &call,
                       bool isSigned)
{
    net::SignedRequest request{.method = "POST",
                               .path = call.path,
                               .query = {},
                               .headers
                               = {{"Host", "127.0.0.1:" + QByteArray::number(connection.port())},
                                  {"Content-Type", "application/json"},
                                  {"Content-Length", QByteArray::number(call.body.size())}},
                               .body = call.body};
    if (isSigned)
        request.headers += net::sign(
            request, connection.credentials, connection.region, u"batch"_s,
            std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    QByteArray text = "POST " + call.path + " HTTP/1.1\r\n";
    for (const auto &[name, value] : std::as_const(request.headers))
        text += name + ": " + value + "\r\n";
    return text + "Connection: close\r\n\r\n" + call.body;
}

// The status of the answer; 0 without one.
int exchange(quint16 port, const QByteArray &request)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QByteArray reply;
    if (::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0
        && ::send(socket, request.constData(), static_cast<size_t>(request.size()), MSG_NOSIGNAL)
            == request.size()) {
        char buffer[16 * 1024];
        for (ssize_t count = 0; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
            reply.append(buffer, count);
    }
    ::close(socket);
    return reply.startsWith("HTTP/1.1 ") ? reply.mid(9, 3).toInt() : 0;
}

} // namespace

double LoadResult::rate() const
{
    return static_cast<double>(milliseconds.size()) / seconds;
}

double LoadResult::percentile(double part) const
{
    if (milliseconds.empty())
        return 0;
    const double last = static_cast<double>(milliseconds.size() - 1);
    return milliseconds[static_cast<size_t>(std::ceil(part * last))];
}

LoadResult putLoad(const client::LocalConnection &connection, const Load &load,
                   const std::function<ApiCall(int)> &next)
{
    const int wanted = load.isSigned ? 200 : 403;
    const double begun = bench::seconds();
    std::atomic<int> count = 0;
    std::atomic<int> refused = 0;
    std::vector<std::vector<double>> times(static_cast<size_t>(load.connections));
    std::vector<std::thread> threads;
    for (std::vector<double> &own : times) {
        threads.emplace_back([&] {
            for (;;) {
                const int number = count++;
                const double due = load.rate > 0 ? begun + number / load.rate : bench::seconds();
                if (due >= begun + load.seconds)
                    return;
                const QByteArray request = requestText(connection, next(number), load.isSigned);
                const double early = due - bench::seconds();
                if (early > 0)
                    std::this_thread::sleep_for(std::chrono::duration<double>(early));
                if (exchange(connection.port(), request) == wanted)
                    own.push_back((bench::seconds() - due) * 1000);
                else
                    ++refused;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    LoadResult result{.seconds = bench::seconds() - begun, .milliseconds = {}, .refused = refused};
    for (const std::vector<double> &own : times)
        result.milliseconds.insert(result.milliseconds.end(), own.begin(), own.end());
    std::sort(result.milliseconds.begin(), result.milliseconds.end());
    return result;
}

} // namespace bench
