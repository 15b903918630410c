// The server on a real socket, with bytes as attackers and broken clients send them.
#include "backend/executor/api/httpserver.h"
#include "rawclient.h"

#include <QTest>

#include <atomic>
#include <future>
#include <thread>

using namespace batchyard;
using namespace batchyard::executor::api;
using test::RawClient;
using test::statusOf;
using namespace Qt::Literals;
using namespace std::chrono_literals;

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
    void severalRequestsOverOneConnection();
    void nextRequestWaitsForTheAnswer();
    void whatComesWithARequestIsNoRequest();
    void closesAfterItsAnswer_data();
    void closesAfterItsAnswer();
    void idleConnectionEndsAtItsTime();
    void laterRequestsHaveTheSameLimits();
    void streams();
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

    // What a stream is made of: three large pieces and a small one, or no end of them.
    [[nodiscard]] std::function<QByteArray()> pieces(bool isEndless)
    {
        ++m_streams;
        const std::shared_ptr<void> ends(nullptr, [this](void *) { --m_streams; });
        return [isEndless, ends, left = 4]() mutable {
            return isEndless || left-- > 1 ? QByteArray(100'000, 'x')
                                           : QByteArray(left == 0 ? "end" : "");
        };
    }

    HttpLimits m_limits;
    std::unique_ptr<HttpServer> m_server;
    std::atomic<int> m_requests = 0;
    std::atomic<int> m_streams = 0; // under way
    std::atomic<bool> m_hold = false;
    quint16 m_port = 0;
};

void TestHttpServer::init()
{
    m_requests = 0;
    m_hold = false;
    m_limits.headTimeout = 1s;
    m_limits.bodyTimeout = 1s;
    m_limits.idleTimeout = 1s;
    m_limits.threads = 4;
    m_server = std::make_unique<HttpServer>(
        [this](const Request &request) {
            ++m_requests;
            while (m_hold)
                std::this_thread::sleep_for(1ms);
            Reply reply{.headers = {},
                        .body = request.head.path + '|' + request.head.query + '|' + request.body};
            if (request.head.path == "/stream" || request.head.path == "/endless")
                reply.rest = pieces(request.head.path == "/endless");
            return reply;
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
    const RawClient client(m_port);
    QVERIFY(client.write(post("{\"a\":1}")));
    const QByteArray reply = client.readReply();
    QCOMPARE(statusOf(reply), 200);
    QVERIFY(reply.endsWith("\r\n\r\n/v1/x||{\"a\":1}"));
    QVERIFY(reply.contains("x-amzn-RequestId: "));
    QVERIFY(!reply.toLower().contains("access-control"));
}

// What a signature covers must reach the handler as it was sent.
void TestHttpServer::givesTheRawTarget()
{
    const RawClient client(m_port);
    QVERIFY(client.write("GET /v1/tags/arn%3Aaws%2Fq?b=%41&a=+ HTTP/1.1\r\n" + host() + "\r\n"));
    QVERIFY(client.readReply().endsWith("/v1/tags/arn%3Aaws%2Fq|b=%41&a=+|"));
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
    const RawClient client(m_port);
    QVERIFY(client.write(bytes.replace("HOST", host())));
    const QByteArray reply = client.readAll();
    QCOMPARE(statusOf(reply), status);
    QVERIFY(reply.contains("x-amzn-ErrorType: "));
    QVERIFY(reply.contains("\"__type\":"));
    QVERIFY(!reply.toLower().contains("access-control"));
    QCOMPARE(m_requests.load(), 0);
}

// The answer comes although nothing of the 100 MB has been sent.
void TestHttpServer::refusesLargeBodiesUnread()
{
    const RawClient client(m_port);
    QVERIFY(client.write("POST / HTTP/1.1\r\n" + host()
                         + "Content-Type: application/json\r\nContent-Length: 100000000\r\n\r\n"));
    QCOMPARE(statusOf(client.readAll()), 413);
}

void TestHttpServer::endlessHeadIsCut()
{
    const RawClient client(m_port);
    QVERIFY(client.write("GET / HTTP/1.1\r\n" + host()));
    int status = 0;
    for (int i = 0; i < 1000 && status == 0; ++i) {
        if (!client.write("X: " + QByteArray(1000, 'x') + "\r\n"))
            break;
        status = statusOf(client.readAll(0ms));
    }
    if (status == 0)
        status = statusOf(client.readAll());
    QCOMPARE(status, 431);
}

void TestHttpServer::slowHeadIsCut()
{
    const RawClient client(m_port);
    QVERIFY(client.write("GET / HTTP/1.1\r\nHo"));
    const auto before = std::chrono::steady_clock::now();
    QCOMPARE(statusOf(client.readAll()), 408);
    QVERIFY(std::chrono::steady_clock::now() - before < 5s);
}

void TestHttpServer::slowBodyIsCut()
{
    const RawClient client(m_port);
    QVERIFY(client.write("POST / HTTP/1.1\r\n" + host()
                         + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
    const QByteArray reply = client.readAll();
    QCOMPARE(statusOf(reply), 400);
    QVERIFY(reply.contains("\"__type\":"));
    QCOMPARE(m_requests.load(), 0);
}

void TestHttpServer::halfBodyIsNoRequest()
{
    {
        const RawClient client(m_port);
        QVERIFY(client.write("POST / HTTP/1.1\r\n" + host()
                             + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{}"));
    }
    const RawClient other(m_port);
    QVERIFY(other.write(post("{}")));
    QCOMPARE(statusOf(other.readReply()), 200);
    QCOMPARE(m_requests.load(), 1);
}

void TestHttpServer::withoutLengthThereIsNoBody()
{
    const RawClient client(m_port);
    QVERIFY(client.write("POST /v1/x HTTP/1.1\r\n" + host() + "\r\n{}"));
    QVERIFY(client.readAll().endsWith("/v1/x||"));
    QCOMPARE(m_requests.load(), 1); // and "{}" is none
}

void TestHttpServer::severalRequestsOverOneConnection()
{
    const RawClient client(m_port);
    for (int i = 0; i < 5; ++i) {
        const QByteArray body = QByteArray(i * 50'000, ' ') + QByteArray::number(i);
        QVERIFY(client.write(post(body)));
        const QByteArray reply = client.readReply();
        QCOMPARE(statusOf(reply), 200);
        QVERIFY(reply.endsWith(QByteArray("\r\n\r\n/v1/x||" + body)));
        QVERIFY(reply.contains("\r\nConnection: keep-alive\r\nKeep-Alive: timeout=1\r\n"));
        QVERIFY(client.write("GET /v1/y HTTP/1.1\r\n" + host() + "\r\n"));
        QVERIFY(client.readReply().endsWith("\r\n\r\n/v1/y||"));
    }
    QCOMPARE(m_requests.load(), 10);
}

void TestHttpServer::nextRequestWaitsForTheAnswer()
{
    m_hold = true;
    const RawClient client(m_port);
    QVERIFY(client.write(post("1")));
    QTRY_COMPARE(m_requests.load(), 1);
    QVERIFY(client.write(post("2")));
    const RawClient other(m_port);
    QVERIFY(other.write(post("3")));
    QTRY_COMPARE(m_requests.load(), 2);
    m_hold = false;
    QVERIFY(client.readReply().endsWith("|1"));
    QVERIFY(client.readReply().endsWith("|2"));
    QVERIFY(other.readReply().endsWith("|3"));
    QCOMPARE(m_requests.load(), 3);
}

// It is never taken for another one.
void TestHttpServer::whatComesWithARequestIsNoRequest()
{
    const RawClient client(m_port);
    QVERIFY(client.write(post("{}") + post("{}")));
    const QByteArray reply = client.readAll();
    QCOMPARE(reply.count("HTTP/1.1 200"), 1);
    QVERIFY(reply.contains("Connection: close"));
    QCOMPARE(m_requests.load(), 1);
}

void TestHttpServer::closesAfterItsAnswer_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("status");
    QTest::newRow("asked to") << "HTTP/1.1"_ba
                              << "Connection: close\r\n"_ba << 200;
    QTest::newRow("asked to among other things") << "HTTP/1.1"_ba
                                                 << "connection: TE, Close\r\n"_ba << 200;
    QTest::newRow("HTTP/1.0") << "HTTP/1.0"_ba << QByteArray() << 200;
    QTest::newRow("HTTP/1.0 that would go on") << "HTTP/1.0"_ba
                                               << "Connection: keep-alive\r\n"_ba << 200;
    QTest::newRow("refused") << "HTTP/1.1"_ba
                             << "Origin: null\r\n"_ba << 403;
    QTest::newRow("no request") << "HTTP/1.1"_ba
                                << "Broken\r\n"_ba << 400;
}

void TestHttpServer::closesAfterItsAnswer()
{
    QFETCH(const QByteArray, version);
    QFETCH(const QByteArray, header);
    QFETCH(const int, status);
    const RawClient client(m_port);
    QVERIFY(client.write(post("{}")));
    QCOMPARE(statusOf(client.readReply()), 200);
    QVERIFY(client.write("GET / " + version + "\r\n" + host() + header + "\r\n"));
    const QByteArray reply = client.readReply();
    QCOMPARE(statusOf(reply), status);
    QVERIFY(reply.contains("\r\nConnection: close\r\n"));
    QVERIFY(client.isClosed(300ms)); // before it would be as an idle one
    QCOMPARE(m_requests.load(), status == 200 ? 2 : 1);
}

void TestHttpServer::idleConnectionEndsAtItsTime()
{
    const RawClient client(m_port);
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 2; ++i) {
        QVERIFY(client.write(post("{}")));
        QCOMPARE(statusOf(client.readReply()), 200);
        QVERIFY(!client.isClosed(m_limits.idleTimeout)); // it may still begin another one
    }
    QVERIFY(client.isClosed());
    const auto time = std::chrono::steady_clock::now() - begun;
    QVERIFY(time > 2 * m_limits.idleTimeout + 500ms && time < 8s);
}

void TestHttpServer::laterRequestsHaveTheSameLimits()
{
    const RawClient client(m_port);
    QVERIFY(client.write(post("{}")));
    QCOMPARE(statusOf(client.readReply()), 200);
    QVERIFY(client.write("GET / HT"));
    QCOMPARE(statusOf(client.readAll()), 408);
    const RawClient large(m_port);
    QVERIFY(large.write(post("{}")));
    QCOMPARE(statusOf(large.readReply()), 200);
    QVERIFY(large.write("GET /" + QByteArray(5'000, 'a') + " HTTP/1.1\r\n" + host() + "\r\n"));
    QCOMPARE(statusOf(large.readAll()), 414);
    QCOMPARE(m_requests.load(), 2);
}

// A reply without a length is as long as its connection.
void TestHttpServer::streams()
{
    const RawClient client(m_port);
    QVERIFY(client.write("GET /stream HTTP/1.1\r\n" + host() + "\r\n"));
    const QByteArray reply = client.readAll();
    QVERIFY(reply.contains("\r\nConnection: close\r\n") && !reply.contains("Content-Length"));
    QVERIFY(reply.endsWith(QByteArray("/stream||" + QByteArray(300'000, 'x') + "end")));
    {
        const RawClient leaves(m_port);
        QVERIFY(leaves.write("GET /endless HTTP/1.1\r\n" + host() + "\r\n"));
        static_cast<void>(leaves.readUntil("xxx"));
    }
    QTRY_COMPARE(m_streams.load(), 0);
}

void TestHttpServer::clientMayVanish()
{
    for (int i = 0; i < 20; ++i) {
        const RawClient client(m_port);
        QVERIFY(client.write(post("{}")));
    }
    const RawClient client(m_port);
    QVERIFY(client.write(post("{}")));
    QCOMPARE(statusOf(client.readReply()), 200);
}

void TestHttpServer::listensOnLoopbackOnly()
{
    QVERIFY(!RawClient(m_port, "127.0.0.2").isConnected());
}

void TestHttpServer::moreClientsThanThreads()
{
    std::vector<std::future<int>> replies;
    for (int i = 0; i < 40; ++i)
        replies.push_back(std::async(std::launch::async, [this] {
            const RawClient client(m_port);
            return client.write(post("{}")) ? statusOf(client.readReply()) : 0;
        }));
    for (auto &reply : replies)
        QCOMPARE(reply.get(), 200);
}

void TestHttpServer::stopsWhileBusy()
{
    m_hold = true;
    const RawClient client(m_port);
    QVERIFY(client.write(post("{}")));
    QTRY_COMPARE(m_requests.load(), 1);
    const auto stopped = std::async(std::launch::async, [this] { m_server->stop(); });
    m_hold = false;
    QCOMPARE(statusOf(client.readAll()), 200);
    stopped.wait();
    QVERIFY(!RawClient(m_port).isConnected());
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"
