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
                       const Load &load)
{
    net::SignedRequest request{.method = "POST",
                               .path = call.path,
                               .query = {},
                               .headers
                               = {{"Host", "127.0.0.1:" + QByteArray::number(connection.port())},
                                  {"Content-Type", "application/json"},
                                  {"Content-Length", QByteArray::number(call.body.size())}},
                               .body = call.body};
    if (load.isSigned)
        request.headers += net::sign(
            request, connection.credentials, connection.region, u"batch"_s,
            std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    QByteArray text = "POST " + call.path + " HTTP/1.1\r\n";
    for (const auto &[name, value] : std::as_const(request.headers))
        text += name + ": " + value + "\r\n";
    return text + (load.isKept ? "\r\n" : "Connection: close\r\n\r\n") + call.body;
}

// Made anew when it is needed.
class ApiConnection
{
public:
    ApiConnection(quint16 port, bool isKept)
        : m_port(port)
        , m_isKept(isKept)
    {
    }
    ~ApiConnection() { close(); }
    ApiConnection(const ApiConnection &) = delete;
    ApiConnection &operator=(const ApiConnection &) = delete;

    // The status of the answer; 0 without one.
    [[nodiscard]] int exchange(const QByteArray &request)
    {
        QByteArray reply;
        if ((m_socket >= 0 || open())
            && ::send(m_socket, request.constData(), static_cast<size_t>(request.size()),
                      MSG_NOSIGNAL)
                == request.size())
            reply = read();
        if (!m_isKept || reply.isEmpty())
            close();
        return reply.startsWith("HTTP/1.1 ") ? reply.mid(9, 3).toInt() : 0;
    }

private:
    [[nodiscard]] bool open();
    void close();
    [[nodiscard]] QByteArray read() const;

    quint16 m_port;
    bool m_isKept;
    int m_socket = -1;
};

bool ApiConnection::open()
{
    m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(m_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
}

void ApiConnection::close()
{
    if (m_socket >= 0)
        ::close(m_socket);
    m_socket = -1;
}

// Until the other side closes, or, when the connection is kept, as much as the answer has.
QByteArray ApiConnection::read() const
{
    const QByteArray name = "\r\nContent-Length: ";
    QByteArray reply;
    qsizetype size = -1;
    char buffer[16 * 1024];
    while (size < 0 || reply.size() < size) {
        const ssize_t count = ::recv(m_socket, buffer, sizeof buffer, 0);
        if (count <= 0)
            break;
        reply.append(buffer, count);
        const qsizetype end = m_isKept && size < 0 ? reply.indexOf("\r\n\r\n") : -1;
        if (end >= 0) {
            const qsizetype at = reply.indexOf(name) + name.size();
            size = end + 4 + reply.mid(at, reply.indexOf('\r', at) - at).toInt();
        }
    }
    return reply;
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
            ApiConnection socket(connection.port(), load.isKept);
            for (;;) {
                const int number = count++;
                const double due = load.rate > 0 ? begun + number / load.rate : bench::seconds();
                if (due >= begun + load.seconds)
                    return;
                const QByteArray request = requestText(connection, next(number), load);
                const double early = due - bench::seconds();
                if (early > 0)
                    std::this_thread::sleep_for(std::chrono::duration<double>(early));
                if (socket.exchange(request) == wanted)
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
