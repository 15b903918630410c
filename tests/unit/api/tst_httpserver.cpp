// The server on a real socket, with bytes as attackers and broken clients send them.
#include "backend/executor/api/httpserver.h"

#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

using namespace batchyard;
using namespace batchyard::executor::api;
using namespace Qt::Literals;
using namespace std::chrono_literals;

namespace {

class Socket
{
public:
    explicit Socket(quint16 port, const char *address = "127.0.0.1")
        : m_socket(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &to.sin_addr);
        m_connected = ::connect(m_socket, reinterpret_cast<const sockaddr *>(&to), sizeof to) == 0;
    }
    ~Socket() { ::close(m_socket); }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;

    [[nodiscard]] bool isConnected() const { return m_connected; }
    bool write(const QByteArray &bytes) const
    {
        return ::send(m_socket, bytes.constData(), static_cast<size_t>(bytes.size()), MSG_NOSIGNAL)
            == bytes.size();
    }
    // All until the other side closes, or what came within the time.
    [[nodiscard]] QByteArray readAll(std::chrono::milliseconds limit = 10s) const
    {
        QByteArray text;
        const auto deadline = std::chrono::steady_clock::now() + limit;
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            pollfd entry{.fd = m_socket, .events = POLLIN, .revents = 0};
            if (left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) <= 0)
                return text;
            char buffer[4096];
            const ssize_t count = ::recv(m_socket, buffer, sizeof buffer, 0);
            if (count <= 0)
                return text;
            text.append(buffer, count);
        }
    }

private:
    int m_socket;
    bool m_connected = false;
};

int statusOf(const QByteArray &reply)
{
    return reply.startsWith("HTTP/1.1 ") ? reply.mid(9, 3).toInt() : 0;
}

} // namespace

class TestHttpServer : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void answers();
    void givesTheRawTarget();
    void refuses_data();
    void refuses();
    void refusesLargeBodiesUnread();
    void endlessHeadIsCut();
    void slowHeadIsCut();
    void slowBodyIsCut();
    void halfBodyIsNoRequest();
    void withoutLengthThereIsNoBody();
    void oneRequestPerConnection();
    void clientMayVanish();
    void listensOnLoopbackOnly();
    void moreClientsThanThreads();
    void stopsWhileBusy();

private:
    [[nodiscard]] QByteArray host() const
    {
        return "Host: 127.0.0.1:" + QByteArray::number(m_port) + "\r\n";
    }
    [[nodiscard]] QByteArray post(const QByteArray &body) const
    {
        return "POST /v1/x HTTP/1.1\r\n" + host()
            + "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size())
            + "\r\n\r\n" + body;
    }

    HttpLimits m_limits;
    std::unique_ptr<HttpServer> m_server;
    std::atomic<int> m_requests = 0;
    std::atomic<bool> m_hold = false;
    quint16 m_port = 0;
};

void TestHttpServer::init()
{
    m_requests = 0;
    m_hold = false;
    m_limits.headTimeout = 1s;
    m_limits.bodyTimeout = 1s;
    m_limits.threads = 4;
    m_server = std::make_unique<HttpServer>(
        [this](const Request &request) {
            ++m_requests;
            while (m_hold)
                std::this_thread::sleep_for(1ms);
            return Reply{.headers = {},
                         .body = request.head.path + '|' + request.head.query + '|' + request.body};
        },
        m_limits);
    const auto port = m_server->start(0);
    QVERIFY(port);
    m_port = *port;
}

void TestHttpServer::cleanup()
{
    m_hold = false;
    m_server.reset();
}

void TestHttpServer::answers()
{
    const Socket socket(m_port);
    QVERIFY(socket.write(post("{\"a\":1}")));
    const QByteArray reply = socket.readAll();
    QCOMPARE(statusOf(reply), 200);
    QVERIFY(reply.endsWith("\r\n\r\n/v1/x||{\"a\":1}"));
    QVERIFY(reply.contains("x-amzn-RequestId: "));
    QVERIFY(!reply.toLower().contains("access-control"));
}

// What a signature covers must reach the handler as it was sent.
void TestHttpServer::givesTheRawTarget()
{
    const Socket socket(m_port);
    QVERIFY(socket.write("GET /v1/tags/arn%3Aaws%2Fq?b=%41&a=+ HTTP/1.1\r\n" + host() + "\r\n"));
    QVERIFY(socket.readAll().endsWith("/v1/tags/arn%3Aaws%2Fq|b=%41&a=+|"));
}

void TestHttpServer::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes"); // HOST stands for the right Host header
    QTest::addColumn<int>("status");
    QTest::newRow("garbage") << "hello\r\n\r\n"_ba << 400;
    QTest::newRow("TLS hello") << QByteArray("\x16\x03\x01\x00\x05hello\r\n\r\n", 14) << 400;
    QTest::newRow("HTTP/2 preface") << "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"_ba << 400;
    QTest::newRow("foreign host") << "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"_ba << 403;
    QTest::newRow("no host") << "GET / HTTP/1.1\r\n\r\n"_ba << 400;
    QTest::newRow("web page") << "GET / HTTP/1.1\r\nHOSTOrigin: https://evil.example\r\n\r\n"_ba
                              << 403;
    QTest::newRow("preflight") << "OPTIONS /v1/x HTTP/1.1\r\nHOST\r\n"_ba << 403;
    QTest::newRow("two lengths")
        << "POST / HTTP/1.1\r\nHOSTContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"_ba << 400;
    QTest::newRow("chunk of the largest size")
        << "POST / HTTP/1.1\r\nHOSTContent-Type: application/json\r\n"
           "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"_ba
        << 411;
    QTest::newRow("target of 64 KiB")
        << QByteArray("GET /" + QByteArray(65536, 'a') + " HTTP/1.1\r\nHOST\r\n") << 414;
    QTest::newRow("header of 64 KiB")
        << QByteArray("GET / HTTP/1.1\r\nHOSTA: " + QByteArray(65536, 'a') + "\r\n\r\n") << 431;
    QTest::newRow("1,000 headers")
        << QByteArray("GET / HTTP/1.1\r\nHOST" + QByteArray("A: b\r\n").repeated(1000) + "\r\n")
        << 431;
}

void TestHttpServer::refuses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(const int, status);
    const Socket socket(m_port);
    QVERIFY(socket.write(bytes.replace("HOST", host())));
    const QByteArray reply = socket.readAll();
    QCOMPARE(statusOf(reply), status);
    QVERIFY(reply.contains("x-amzn-ErrorType: "));
    QVERIFY(reply.contains("\"__type\":"));
    QVERIFY(!reply.toLower().contains("access-control"));
    QCOMPARE(m_requests.load(), 0);
}

// The answer comes although nothing of the 100 MB has been sent.
void TestHttpServer::refusesLargeBodiesUnread()
{
    const Socket socket(m_port);
    QVERIFY(socket.write("POST / HTTP/1.1\r\n" + host()
                         + "Content-Type: application/json\r\nContent-Length: 100000000\r\n\r\n"));
    QCOMPARE(statusOf(socket.readAll()), 413);
}

void TestHttpServer::endlessHeadIsCut()
{
    const Socket socket(m_port);
    QVERIFY(socket.write("GET / HTTP/1.1\r\n" + host()));
    int status = 0;
    for (int i = 0; i < 1000 && status == 0; ++i) {
        if (!socket.write("X: " + QByteArray(1000, 'x') + "\r\n"))
            break;
        status = statusOf(socket.readAll(0ms));
    }
    if (status == 0)
        status = statusOf(socket.readAll());
    QCOMPARE(status, 431);
}

void TestHttpServer::slowHeadIsCut()
{
    const Socket socket(m_port);
    QVERIFY(socket.write("GET / HTTP/1.1\r\nHo"));
    const auto before = std::chrono::steady_clock::now();
    QCOMPARE(statusOf(socket.readAll()), 408);
    QVERIFY(std::chrono::steady_clock::now() - before < 5s);
}

void TestHttpServer::slowBodyIsCut()
{
    const Socket socket(m_port);
    QVERIFY(socket.write("POST / HTTP/1.1\r\n" + host()
                         + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
    const QByteArray reply = socket.readAll();
    QCOMPARE(statusOf(reply), 400);
    QVERIFY(reply.contains("\"__type\":"));
    QCOMPARE(m_requests.load(), 0);
}

void TestHttpServer::halfBodyIsNoRequest()
{
    {
        const Socket socket(m_port);
        QVERIFY(socket.write("POST / HTTP/1.1\r\n" + host()
                             + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{}"));
    }
    const Socket other(m_port);
    QVERIFY(other.write(post("{}")));
    QCOMPARE(statusOf(other.readAll()), 200);
    QCOMPARE(m_requests.load(), 1);
}

void TestHttpServer::withoutLengthThereIsNoBody()
{
    const Socket socket(m_port);
    QVERIFY(socket.write("POST /v1/x HTTP/1.1\r\n" + host() + "\r\n{}"));
    QVERIFY(socket.readAll().endsWith("/v1/x||"));
    QCOMPARE(m_requests.load(), 1);
}

// What follows a request on its connection is never taken for another one.
void TestHttpServer::oneRequestPerConnection()
{
    const Socket socket(m_port);
    QVERIFY(socket.write(post("{}") + post("{}")));
    const QByteArray reply = socket.readAll();
    QCOMPARE(reply.count("HTTP/1.1 200"), 1);
    QVERIFY(reply.contains("Connection: close"));
    QCOMPARE(m_requests.load(), 1);
}

void TestHttpServer::clientMayVanish()
{
    for (int i = 0; i < 20; ++i) {
        const Socket socket(m_port);
        QVERIFY(socket.write(post("{}")));
    }
    const Socket socket(m_port);
    QVERIFY(socket.write(post("{}")));
    QCOMPARE(statusOf(socket.readAll()), 200);
}

void TestHttpServer::listensOnLoopbackOnly()
{
    QVERIFY(!Socket(m_port, "127.0.0.2").isConnected());
}

void TestHttpServer::moreClientsThanThreads()
{
    std::vector<std::future<int>> replies;
    for (int i = 0; i < 40; ++i)
        replies.push_back(std::async(std::launch::async, [this] {
            const Socket socket(m_port);
            return socket.write(post("{}")) ? statusOf(socket.readAll()) : 0;
        }));
    for (auto &reply : replies)
        QCOMPARE(reply.get(), 200);
}

void TestHttpServer::stopsWhileBusy()
{
    m_hold = true;
    const Socket socket(m_port);
    QVERIFY(socket.write(post("{}")));
    QTRY_COMPARE(m_requests.load(), 1);
    const auto stopped = std::async(std::launch::async, [this] { m_server->stop(); });
    m_hold = false;
    QCOMPARE(statusOf(socket.readAll()), 200);
    stopped.wait();
    QVERIFY(!Socket(m_port).isConnected());
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"
