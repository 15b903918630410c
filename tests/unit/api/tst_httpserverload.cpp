// F34: thousands of connections that send nothing, little or too much, beside clients that mean it.
#include "backend/executor/api/httpserver.h"
#include "rawclient.h"

#include <QDir>
#include <QTest>

#include <sys/resource.h>

#include <atomic>
#include <deque>
#include <future>
#include <thread>

using namespace batchyard;
using namespace batchyard::executor::api;
using namespace std::chrono_literals;
using test::RawClient;
using test::statusOf;

namespace {

qsizetype openFiles()
{
    return static_cast<qsizetype>(
        QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::Files | QDir::System).size());
}

// As many as the process may open.
qsizetype raiseOpenFileLimit()
{
    struct rlimit files {
    };
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65'536);
    ::setrlimit(RLIMIT_NOFILE, &files);
    return static_cast<qsizetype>(files.rlim_cur);
}

} // namespace

class TestHttpServerLoad : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void tenThousandIdleSockets();
    void slowHeadEndsAtItsTime();
    void lastBytesAtTheEndOfTheTime();
    void slowBodyEndsAtItsTime();
    void byteByByte();
    void oldestMakesRoom();
    void idleAfterAnAnswerMakesRoomAtOnce();
    void oldestMakesRoomForBytes();
    void waitsOutsideWhenAllAreServed();
    void halfClosed_data();
    void halfClosed();
    void pipelined();
    void expectContinue();
    void refusalComesBeforeTheBody();
    void endsWhileClientsWait();
    void clientThatStopsReadingIsLeft();

private:
    void serve();
    [[nodiscard]] QByteArray head(qsizetype bodySize, const QByteArray &more = {}) const
    {
        return "POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(m_port)
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + QByteArray::number(bodySize) + "\r\n" + more + "\r\n";
    }
    [[nodiscard]] QByteArray request(const QByteArray &body) const
    {
        return head(body.size()) + body;
    }
    [[nodiscard]] int askOnce() const
    {
        const RawClient client(m_port);
        return client.write(request("{}")) ? statusOf(client.readReply()) : 0;
    }

    HttpLimits m_limits;
    std::unique_ptr<HttpServer> m_server;
    std::atomic<int> m_requests = 0;
    std::atomic<int> m_streams = 0; // under way
    std::atomic<bool> m_hold = false;
    quint16 m_port = 0;
};

void TestHttpServerLoad::init()
{
    m_limits = {};
    m_limits.threads = 2;
    m_requests = 0;
    m_hold = false;
}

void TestHttpServerLoad::cleanup()
{
    m_hold = false;
    m_server.reset();
}

void TestHttpServerLoad::serve()
{
    m_server = std::make_unique<HttpServer>(
        [this](const Request &request) {
            ++m_requests;
            while (m_hold)
                std::this_thread::sleep_for(1ms);
            Reply reply{.headers = {}, .body = request.body};
            if (request.head.path == "/endless") {
                ++m_streams;
                reply.rest
                    = [ends = std::shared_ptr<void>(nullptr, [this](void *) { --m_streams; })] {
                          return QByteArray(100'000, 'x');
                      };
            }
            return reply;
        },
        m_limits);
    const auto port = m_server->start(0);
    QVERIFY(port);
    m_port = *port;
}

// Both ends of each socket are this process's.
void TestHttpServerLoad::tenThousandIdleSockets()
{
    const qsizetype count
        = std::min<qsizetype>(10'000, (raiseOpenFileLimit() - openFiles()) / 2 - 300);
    QVERIFY(count > 100);
    m_limits.connections = 100'000;
    m_limits.headTimeout = 10min; // none of them ends by its time
    m_limits.bodyTimeout = 10min;
    serve();
    const qsizetype before = openFiles();
    std::deque<RawClient> idle;
    for (qsizetype i = 0; i < count; ++i) {
        const RawClient &client = idle.emplace_back(m_port);
        QVERIFY(client.isConnected());
        if (i % 3 == 1)
            QVERIFY(client.write("POST /v1/x HT"));
        if (i % 3 == 2)
            QVERIFY(client.write(head(100) + "{"));
    }
    QTRY_COMPARE_WITH_TIMEOUT(openFiles(), before + 2 * count, 60'000); // all have been let in
    const QByteArray slow = request("{\"slow\":1}");
    {
        const RawClient client(m_port);
        for (const char byte : slow) {
            QVERIFY(client.write(QByteArray(1, byte)));
            QCOMPARE(askOnce(), 200);
        }
        QCOMPARE(statusOf(client.readReply()), 200);
    }
    QCOMPARE(m_requests.load(), static_cast<int>(slow.size()) + 1);
    for (const RawClient &client : idle)
        QVERIFY(client.isQuiet());
    qInfo("%lld sockets", static_cast<long long>(count));
    idle.clear();
    QTRY_COMPARE_WITH_TIMEOUT(openFiles(), before, 60'000);
    QCOMPARE(askOnce(), 200);
}

// However often a byte comes.
void TestHttpServerLoad::slowHeadEndsAtItsTime()
{
    m_limits.headTimeout = 200ms;
    serve();
    const RawClient client(m_port);
    QVERIFY(client.write("GET / HTTP/1.1\r\nX: "));
    QByteArray reply;
    while (reply.isEmpty() && client.write("x"))
        reply = client.readAll(5ms);
    QCOMPARE(statusOf(reply + client.readAll()), 408);
    const RawClient silent(m_port);
    QCOMPARE(silent.readAll(), QByteArray());
    QCOMPARE(m_requests.load(), 0);
}

// Many requests that are complete in just the moment when they would be too late: each that is
// carried out is answered.
void TestHttpServerLoad::lastBytesAtTheEndOfTheTime()
{
    m_limits.bodyTimeout = 30ms;
    serve();
    int answered = 0;
    for (int round = 0; round < 20; ++round) {
        std::deque<std::pair<RawClient, std::chrono::steady_clock::time_point>> clients;
        for (int i = 0; i < 100; ++i) {
            auto &[client, due] = clients.emplace_back(
                std::piecewise_construct, std::forward_as_tuple(m_port), std::forward_as_tuple());
            QVERIFY(client.write(head(2) + "{"));
            due = std::chrono::steady_clock::now() + m_limits.bodyTimeout;
        }
        for (const auto &[client, due] : clients) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                due - std::chrono::steady_clock::now());
            static_cast<void>(client.isClosed(std::max(0ms, left)));
            static_cast<void>(client.write("}"));
        }
        for (const auto &[client, due] : clients)
            answered += statusOf(client.readReply()) == 200 ? 1 : 0;
        QCOMPARE(m_requests.load(), answered);
    }
}

void TestHttpServerLoad::slowBodyEndsAtItsTime()
{
    m_limits.bodyTimeout = 200ms;
    serve();
    const RawClient client(m_port);
    QVERIFY(client.write(head(1'000'000)));
    QByteArray reply;
    while (reply.isEmpty() && client.write(" "))
        reply = client.readAll(5ms);
    QCOMPARE(statusOf(reply + client.readAll()), 400);
    QCOMPARE(m_requests.load(), 0);
}

void TestHttpServerLoad::byteByByte()
{
    serve();
    const RawClient client(m_port);
    const QByteArray bytes = request("{\"a\":\"\r\n\r\n\"}");
    for (const char byte : bytes)
        QVERIFY(client.write(QByteArray(1, byte)));
    QVERIFY(client.readReply().endsWith("\r\n\r\n{\"a\":\"\r\n\r\n\"}"));
}

void TestHttpServerLoad::oldestMakesRoom()
{
    m_limits.connections = 8;
    m_limits.patience = 0ms;
    serve();
    std::deque<RawClient> idle;
    for (int i = 0; i < 8; ++i)
        idle.emplace_back(m_port);
    QVERIFY(idle.front().write("GET / HT"));
    QVERIFY(idle.front().isQuiet());
    for (int i = 0; i < 3; ++i)
        idle.emplace_back(m_port);
    const QByteArray told = idle.front().readAll();
    if (!told.isEmpty()) // it had been read by then
        QCOMPARE(statusOf(told), 503);
    QCOMPARE(idle[1].readAll(), QByteArray());
    QCOMPARE(idle[2].readAll(), QByteArray());
    QCOMPARE(askOnce(), 200);
    QCOMPARE(idle[3].readAll(), QByteArray());
    for (size_t i = 4; i < idle.size(); ++i)
        QVERIFY(idle[i].isQuiet());
}

// However patient the server is with those who have begun.
void TestHttpServerLoad::idleAfterAnAnswerMakesRoomAtOnce()
{
    m_limits.connections = 4;
    m_limits.patience = 10min;
    serve();
    std::deque<RawClient> clients;
    for (int i = 0; i < 4; ++i) {
        QVERIFY(clients.emplace_back(m_port).write(i == 1 ? "POST /v1/x HT" : request("{}")));
        if (i != 1)
            QCOMPARE(statusOf(clients.back().readReply()), 200);
    }
    QVERIFY(clients[2].write(request("{}")));
    QCOMPARE(statusOf(clients[2].readReply()), 200);
    QCOMPARE(askOnce(), 200);
    QVERIFY(clients[0].isClosed()); // silent for longest
    for (size_t i = 1; i < clients.size(); ++i)
        QVERIFY(clients[i].isQuiet());
}

void TestHttpServerLoad::oldestMakesRoomForBytes()
{
    m_limits.buffered = 100'000;
    serve();
    const RawClient first(m_port);
    QVERIFY(first.write(head(90'000) + QByteArray(60'000, ' ')));
    const RawClient second(m_port);
    QVERIFY(second.write(head(30'000) + QByteArray(20'000, ' ')));
    const auto third = [this] {
        const RawClient client(m_port);
        return client.write(request(QByteArray(60'000, ' '))) ? statusOf(client.readReply()) : 0;
    };
    // It may be served before the bytes of the others have been read.
    while (first.isQuiet())
        QCOMPARE(third(), 200);
    QCOMPARE(statusOf(first.readAll()), 503);
    QVERIFY(second.write(QByteArray(10'000, ' ')));
    QCOMPARE(statusOf(second.readReply()), 200);
    const int requests = m_requests;
    // More than may be kept in all, from one.
    const RawClient large(m_port);
    static_cast<void>(large.write(request(QByteArray(200'000, ' '))));
    const QByteArray told = large.readAll();
    QVERIFY(told.isEmpty() || statusOf(told) == 503);
    QCOMPARE(m_requests.load(), requests);
    QCOMPARE(askOnce(), 200);
}

void TestHttpServerLoad::waitsOutsideWhenAllAreServed()
{
    m_limits.connections = 4;
    m_limits.patience = 10min;
    serve();
    m_hold = true;
    std::deque<RawClient> clients;
    for (int i = 0; i < 12; ++i) {
        QVERIFY(clients.emplace_back(m_port).write(request("{}")));
        if (i < 2)
            QTRY_COMPARE(m_requests.load(), i + 1);
    }
    m_hold = false;
    for (const RawClient &client : clients)
        QCOMPARE(statusOf(client.readReply()), 200);
    QCOMPARE(m_requests.load(), 12);
}

void TestHttpServerLoad::halfClosed_data()
{
    QTest::addColumn<qsizetype>("kept"); // of the request's bytes
    QTest::addColumn<int>("status");
    QTest::newRow("nothing") << qsizetype(0) << 0;
    QTest::newRow("half a head") << qsizetype(20) << 400;
    QTest::newRow("half a body") << qsizetype(-2) << 400;
    QTest::newRow("all") << qsizetype(1'000) << 200;
}

void TestHttpServerLoad::halfClosed()
{
    QFETCH(const qsizetype, kept);
    QFETCH(const int, status);
    serve();
    const RawClient client(m_port);
    const QByteArray bytes = request("{\"a\":1}");
    QVERIFY(client.write(kept < 0 ? bytes.chopped(-kept) : bytes.left(kept)));
    client.endSending();
    QCOMPARE(statusOf(client.readAll()), status);
    QCOMPARE(m_requests.load(), status == 200 ? 1 : 0);
}

void TestHttpServerLoad::pipelined()
{
    serve();
    const RawClient client(m_port);
    // Also more than is read at a time.
    QVERIFY(client.write(request("{\"first\":1}") + request(QByteArray(100'000, ' '))));
    const QByteArray reply = client.readAll();
    QCOMPARE(reply.count("HTTP/1.1 "), 1);
    QVERIFY(reply.endsWith("\r\n\r\n{\"first\":1}"));
    QCOMPARE(m_requests.load(), 1);
}

void TestHttpServerLoad::expectContinue()
{
    serve();
    const RawClient client(m_port);
    QVERIFY(client.write(head(2, "Expect: 100-continue\r\n")));
    QCOMPARE(client.readUntil("\r\n\r\n"), QByteArray("HTTP/1.1 100 Continue\r\n\r\n"));
    QCOMPARE(m_requests.load(), 0);
    QVERIFY(client.write("{}"));
    QCOMPARE(statusOf(client.readReply()), 200);
    // A client that has not waited is not told to go on.
    const RawClient hasty(m_port);
    QVERIFY(hasty.write(head(2, "Expect: 100-continue\r\n") + "{}"));
    QCOMPARE(statusOf(hasty.readReply()), 200);
}

void TestHttpServerLoad::refusalComesBeforeTheBody()
{
    serve();
    const RawClient client(m_port);
    QVERIFY(client.write(head(100'000'000, "Expect: 100-continue\r\n")));
    QCOMPARE(statusOf(client.readAll()), 413);
    // It sends on all the same and gets its answer.
    const RawClient sends(m_port);
    static_cast<void>(sends.write(head(100'000'000) + QByteArray(200'000, ' ')));
    QCOMPARE(statusOf(sends.readAll()), 413);
    QCOMPARE(m_requests.load(), 0);
}

void TestHttpServerLoad::endsWhileClientsWait()
{
    m_limits.headTimeout = 10min;
    serve();
    const RawClient idle(m_port);
    const RawClient slow(m_port);
    QVERIFY(slow.write("GET / HT"));
    const RawClient kept(m_port);
    QVERIFY(kept.write(request("{}")));
    QCOMPARE(statusOf(kept.readReply()), 200);
    m_server->stop();
    QVERIFY(kept.isClosed());
    QCOMPARE(idle.readAll(), QByteArray());
    QCOMPARE(slow.readAll(), QByteArray());
    QVERIFY(!RawClient(m_port).isConnected());
}

// It holds nothing of the server afterwards.
void TestHttpServerLoad::clientThatStopsReadingIsLeft()
{
    m_limits.headTimeout = 10min;
    m_limits.answerTimeout = 200ms;
    m_limits.connections = 4;
    m_limits.patience = 0ms;
    serve();
    const RawClient stopped(m_port);
    QVERIFY(stopped.write("GET /endless HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(m_port)
                          + "\r\n\r\n"));
    QTRY_COMPARE(m_requests.load(), 1);
    QTRY_COMPARE(m_streams.load(), 0);
    std::deque<RawClient> idle;
    for (int i = 0; i < 5; ++i)
        idle.emplace_back(m_port);
    QVERIFY(idle.front().isClosed()); // the limit still holds
    QCOMPARE(askOnce(), 200);
    m_server->stop();
    QVERIFY(idle.back().isClosed());
}

QTEST_GUILESS_MAIN(TestHttpServerLoad)
#include "tst_httpserverload.moc"
