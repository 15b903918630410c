#include "tests/support/engine/await.h"
#include "tests/unit/net/nettesting.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace batchyard;
using namespace batchyard::net;
using namespace std::chrono_literals;
using test::await;
using test::FakeDaemon;
using test::FakeReply;
using test::request;

Q_DECLARE_METATYPE(batchyard::ErrorCode)
Q_DECLARE_METATYPE(batchyard::test::FakeReply)

namespace {

// A reply that leaves the connection open for the next request.
FakeReply keepAlive(const QByteArray &body)
{
    return {{"HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"
             + body},
            {},
            false};
}

} // namespace

class TestHttpClient : public QObject
{
    Q_OBJECT
private slots:
    void requests_data();
    void requests();
    void ownHeaders();
    void replyIsRead();
    void brokenReplies_data();
    void brokenReplies();
    void slowBytesArriveWhole();
    void deadlines_data();
    void deadlines();
    void nobodyListens();
    void cancelledFuture();
    void destroyedClient();
    void connectionIsReused();
    void deadConnection_data();
    void deadConnection();
    void manyAtOnce();
    void loopbackNeedsNoProxy();
};

void TestHttpClient::requests_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("contentLength"); // empty: no such header
    QTest::newRow("GET") << QByteArray("GET") << QByteArray() << QByteArray();
    QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray() << QByteArray();
    QTest::newRow("DELETE") << QByteArray("DELETE") << QByteArray() << QByteArray();
    QTest::newRow("POST without a body") << QByteArray("POST") << QByteArray() << QByteArray("0");
    QTest::newRow("POST") << QByteArray("POST") << QByteArray("a\0b", 3) << QByteArray("3");
    QTest::newRow("PUT") << QByteArray("PUT") << QByteArray("x") << QByteArray("1");
    QTest::newRow("DELETE with a body")
        << QByteArray("DELETE") << QByteArray("xy") << QByteArray("2");
    QTest::newRow("a large POST") << QByteArray("POST") << QByteArray(3'000'000, 'z')
                                  << QByteArray("3000000");
}

void TestHttpClient::requests()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, contentLength);
    FakeDaemon daemon;
    daemon.answer(method, FakeReply::http(200, method == "HEAD" ? "" : "ok"));
    HttpClient client;
    const auto reply = await(client.send(request(daemon, method, body)));
    QVERIFY(reply);
    QCOMPARE(reply->status, 200);
    QCOMPARE(daemon.requests().size(), 1);
    const QByteArray sent = daemon.requests().first();
    const qsizetype headersEnd = sent.indexOf("\r\n\r\n");
    const QByteArray headers = sent.left(headersEnd).toLower() + "\r\n";
    QVERIFY(sent.startsWith(QByteArray(method + " /path?a=1 HTTP/1.1\r\n")));
    QVERIFY(headers.contains("host: engine\r\n"));
    QVERIFY(!headers.contains("expect:"));
    QVERIFY(!headers.contains("content-type:"));
    QCOMPARE(headers.contains("content-length:"), !contentLength.isEmpty());
    if (!contentLength.isEmpty())
        QVERIFY(headers.contains(QByteArray("content-length: " + contentLength + "\r\n")));
    QVERIFY(sent.mid(headersEnd + 4) == body);
}

void TestHttpClient::ownHeaders()
{
    FakeDaemon daemon;
    daemon.answer("POST", FakeReply::http(200, ""));
    HttpClient client;
    HttpRequest sent = request(daemon, "POST", "{}");
    sent.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}, {"Host", "other"}};
    QVERIFY(await(client.send(sent)));
    const QByteArray text = daemon.requests().first();
    QVERIFY(text.contains("\r\nContent-Type: application/json\r\n"));
    QVERIFY(text.contains("\r\nX-Empty:\r\n"));
    QVERIFY(text.contains("\r\nHost: other\r\n"));
    QVERIFY(!text.contains("Host: engine"));
}

void TestHttpClient::replyIsRead()
{
    FakeDaemon daemon;
    daemon.answer("GET",
                  FakeReply::raw("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
                                 "HTTP/1.1 418 Teapot\r\nX-Name:  value \r\nx-NAME: second\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n"
                                 "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"));
    HttpClient client;
    const auto reply = await(client.send(request(daemon)));
    QVERIFY(reply);
    QCOMPARE(reply->status, 418);
    QCOMPARE(reply->body, QByteArray("abcde"));
    QCOMPARE(reply->header("x-name"), QByteArray("value"));
    QCOMPARE(reply->header("x-early"), QByteArray());
    QCOMPARE(reply->header("x-trailer"), QByteArray());
    QCOMPARE(reply->headers.size(), 3);
}

void TestHttpClient::brokenReplies_data()
{
    QTest::addColumn<FakeReply>("reply");
    QTest::addColumn<ErrorCode>("code");
    const QByteArray ok = "HTTP/1.1 200 OK\r\n";
    const auto row = [](const char *name, const QByteArray &bytes, ErrorCode code) {
        QTest::newRow(name) << FakeReply::raw(bytes) << code;
    };
    row("closed at once", "", ErrorCode::Unreachable);
    row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", ErrorCode::Protocol);
    row("HTML without headers", "<html><body>hello</body></html>", ErrorCode::Protocol);
    row("zeros", QByteArray(100, '\0'), ErrorCode::Protocol);
    row("cut body", ok + "Content-Length: 100\r\n\r\n0123456789", ErrorCode::Unreachable);
    row("cut chunk", ok + "Transfer-Encoding: chunked\r\n\r\nff\r\nabc", ErrorCode::Unreachable);
    row("bad chunk size", ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n",
        ErrorCode::Protocol);
    row("endless chunk size", ok + "Transfer-Encoding: chunked\r\n\r\n" + QByteArray(100, 'f'),
        ErrorCode::Protocol);
    row("bad content length", ok + "Content-Length: -5\r\n\r\nabc", ErrorCode::Protocol);
    row("too large a body", ok + "Content-Length: 2000000\r\n\r\n" + QByteArray(2'000'000, 'x'),
        ErrorCode::Protocol);
    row("too large a body without a length", ok + "\r\n" + QByteArray(2'000'000, 'x'),
        ErrorCode::Protocol);
    row("10 MB of headers", ok + QByteArray("X-Long: 0123456789\r\n").repeated(500'000),
        ErrorCode::Protocol);
    row("one endless header", ok + "X: " + QByteArray(1'000'000, 'x'), ErrorCode::Protocol);
    row("flood of 1xx", QByteArray("HTTP/1.1 100 Continue\r\n\r\n").repeated(100'000),
        ErrorCode::Protocol);
}

void TestHttpClient::brokenReplies()
{
    QFETCH(FakeReply, reply);
    QFETCH(ErrorCode, code);
    FakeDaemon daemon;
    daemon.answer("GET", reply);
    HttpClient client;
    HttpRequest sent = request(daemon);
    sent.maximumReplyBytes = 1'000'000;
    const auto outcome = await(client.send(sent));
    QVERIFY(!outcome);
    QVERIFY2(outcome.error().code == code,
             qPrintable(errorCodeName(outcome.error().code) + QStringLiteral(": ")
                        + outcome.error().message + outcome.error().detail));
    QVERIFY(outcome.error().message.contains(daemon.socketPath()));
    QTRY_COMPARE(daemon.openConnections(), 0);
}

void TestHttpClient::slowBytesArriveWhole()
{
    FakeDaemon daemon;
    FakeReply reply = FakeReply::http(200, "slow");
    QList<QByteArray> bytes;
    for (const char byte : reply.pieces.first())
        bytes.append(QByteArray(1, byte));
    reply.pieces = bytes;
    reply.pause = 1ms;
    daemon.answer("GET", reply);
    HttpClient client;
    const auto outcome = await(client.send(request(daemon)));
    QVERIFY(outcome);
    QCOMPARE(outcome->body, QByteArray("slow"));
}

void TestHttpClient::deadlines_data()
{
    QTest::addColumn<FakeReply>("reply");
    QTest::addColumn<int>("totalMs");
    QTest::addColumn<int>("headersMs");
    FakeReply drip{QList<QByteArray>(1000, "X-Slow: 1\r\n"), 20ms, false};
    drip.pieces.prepend("HTTP/1.1 200 OK\r\n");
    QTest::newRow("no answer, total") << FakeReply::silence() << 300 << 0;
    QTest::newRow("no answer, headers") << FakeReply::silence() << 0 << 300;
    QTest::newRow("dripping headers, total") << drip << 300 << 0;
    QTest::newRow("dripping headers, headers") << drip << 0 << 300;
    QTest::newRow("half a body, total")
        << FakeReply{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}, {}, false} << 300 << 0;
}

void TestHttpClient::deadlines()
{
    QFETCH(FakeReply, reply);
    QFETCH(int, totalMs);
    QFETCH(int, headersMs);
    FakeDaemon daemon;
    daemon.answer("GET", reply);
    HttpClient client;
    HttpRequest sent = request(daemon);
    sent.timeout = std::chrono::milliseconds(totalMs);
    sent.headersTimeout = std::chrono::milliseconds(headersMs);
    QElapsedTimer timer;
    timer.start();
    const auto outcome = await(client.send(sent), 20s);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::Timeout);
    QVERIFY(outcome.error().message.contains(QStringLiteral("0.3 seconds")));
    QVERIFY(timer.elapsed() >= 290);
    QTRY_COMPARE(daemon.openConnections(), 0);
}

void TestHttpClient::nobodyListens()
{
    HttpClient client;
    HttpRequest sent;
    sent.url = "http://engine/";
    sent.unixSocket = QStringLiteral("/nowhere/at/all.sock");
    const auto missing = await(client.send(sent));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::Unreachable);
    QCOMPARE(missing.error().message, QStringLiteral("Nobody answers at /nowhere/at/all.sock."));
    sent.unixSocket.clear();
    sent.url = "http://127.0.0.1:1/x?secret=1";
    const auto refused = await(client.send(sent));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
    QCOMPARE(refused.error().message, QStringLiteral("Nobody answers at http://127.0.0.1:1/x."));
    sent.url = "file:///etc/passwd";
    QVERIFY(!await(client.send(sent)));
}

void TestHttpClient::cancelledFuture()
{
    FakeDaemon daemon;
    daemon.answer("GET", FakeReply::silence());
    HttpClient client;
    QFuture<Result<HttpReply>> future = client.send(request(daemon));
    QTRY_COMPARE(daemon.openConnections(), 1);
    future.cancel();
    const auto outcome = await(future, 5s);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
    QTRY_COMPARE(daemon.openConnections(), 0);
}

void TestHttpClient::destroyedClient()
{
    FakeDaemon daemon;
    daemon.answer("GET", FakeReply::silence());
    auto client = std::make_unique<HttpClient>();
    const QFuture<Result<HttpReply>> underWay = client->send(request(daemon));
    QTRY_COMPARE(daemon.openConnections(), 1);
    const QFuture<Result<HttpReply>> justSent = client->send(request(daemon));
    client.reset();
    for (const auto &future : {underWay, justSent}) {
        QVERIFY(future.isFinished());
        const auto outcome = await(future);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
    }
}

void TestHttpClient::connectionIsReused()
{
    FakeDaemon daemon;
    daemon.answer("GET", keepAlive("one"));
    HttpClient client;
    for (int i = 0; i < 5; ++i)
        QVERIFY(await(client.send(request(daemon))));
    QCOMPARE(daemon.connectionCount(), 1);
}

void TestHttpClient::deadConnection_data()
{
    QTest::addColumn<bool>("onlyOnce");
    QTest::addColumn<int>("sent");
    QTest::newRow("repeated by curl") << false << 2;
    QTest::newRow("sent once") << true << 1;
}

// The second request's connection is closed without a reply.
void TestHttpClient::deadConnection()
{
    QFETCH(bool, onlyOnce);
    QFETCH(int, sent);
    FakeDaemon daemon;
    daemon.answer("GET", keepAlive("one"));
    daemon.answer("POST", FakeReply::raw(""));
    HttpClient client;
    QVERIFY(await(client.send(request(daemon))));
    HttpRequest second = request(daemon, "POST", "x");
    second.onlyOnce = onlyOnce;
    QVERIFY(!await(client.send(second)));
    QCOMPARE(daemon.requestLines().count("POST /path?a=1"), sent);
}

void TestHttpClient::manyAtOnce()
{
    FakeDaemon daemon;
    daemon.answer("POST", keepAlive("ok"));
    HttpClient client;
    QList<QFuture<Result<HttpReply>>> futures;
    for (int i = 0; i < 200; ++i)
        futures.append(client.send(request(daemon, "POST", QByteArray::number(i))));
    for (const auto &future : std::as_const(futures)) {
        const auto reply = await(future);
        QVERIFY(reply);
        QCOMPARE(reply->body, QByteArray("ok"));
    }
    QCOMPARE(daemon.requests().size(), 200);
}

void TestHttpClient::loopbackNeedsNoProxy()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&server] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket,
                [socket] { socket->write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect"); });
    });
    qputenv("http_proxy", "http://127.0.0.1:1");
    HttpClient client;
    for (const char *host : {"127.0.0.1", "localhost"}) {
        HttpRequest sent;
        sent.url
            = "http://" + QByteArray(host) + ':' + QByteArray::number(server.serverPort()) + '/';
        const auto reply = await(client.send(sent));
        QVERIFY2(reply, host);
        QCOMPARE(reply->body, QByteArray("direct"));
    }
    HttpRequest elsewhere;
    elsewhere.url = "http://192.0.2.1/";
    const auto proxied = await(client.send(elsewhere));
    QVERIFY(!proxied);
    QCOMPARE(proxied.error().code, ErrorCode::Unreachable);
    qunsetenv("http_proxy");
}

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
