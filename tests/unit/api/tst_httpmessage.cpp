#include "backend/executor/api/httpmessage.h"

#include <QTest>

using namespace batchyard::executor::api;
using namespace Qt::Literals;

namespace {

constexpr quint16 port = 8080;

QByteArray head(const QByteArray &requestLine, const QByteArray &headers)
{
    return requestLine + "\r\n" + headers + "\r\n";
}

} // namespace

class TestHttpMessage : public QObject
{
    Q_OBJECT

private slots:
    void parses();
    void refusesSyntax_data();
    void refusesSyntax();
    void checksHeaders_data();
    void checksHeaders();
    void repliesInAwsForm();
    void wholeMessages();
    void keepsConnections_data();
    void keepsConnections();
};

void TestHttpMessage::parses()
{
    const auto parsed = parseRequestHead(
        head("POST /v1/tags/arn%3Aaws?b=1&a=%20 HTTP/1.1",
             "Host: 127.0.0.1:8080\r\nX-Thing:  a  b \r\nx-thing: %41\r\nContent-Length: 12\r\n"),
        {});
    QVERIFY(parsed);
    QCOMPARE(parsed->method, "POST"_ba);
    QCOMPARE(parsed->path, "/v1/tags/arn%3Aaws"_ba);
    QCOMPARE(parsed->query, "b=1&a=%20"_ba);
    QCOMPARE(parsed->contentLength, 12);
    QCOMPARE(parsed->count("x-thing"), 2);
    QCOMPARE(parsed->header("X-THING"), "a  b"_ba);
    QCOMPARE(parsed->headers[2].second, "%41"_ba); // as sent, never decoded
}

void TestHttpMessage::refusesSyntax_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("status");
    const QByteArray host = "Host: 127.0.0.1:8080\r\n";
    const QByteArray line = "POST /v1/x HTTP/1.1";

    QTest::newRow("empty") << ""_ba << 400;
    QTest::newRow("garbage") << "\x16\x03\x01\x02\r\n\r\n"_ba << 400;
    QTest::newRow("HTTP/0.9") << head("GET /", {}) << 400;
    QTest::newRow("HTTP/2 preface") << head("PRI * HTTP/2.0", {}) << 400;
    QTest::newRow("SSH banner") << "SSH-2.0-OpenSSH_9.2\r\n\r\n"_ba << 400;
    QTest::newRow("bare line feeds") << "GET / HTTP/1.1\nHost: x\n\n"_ba << 400;
    QTest::newRow("carriage return inside") << head(line, host + "A: b\rc\r\n") << 400;
    QTest::newRow("absolute target") << head("GET http://evil/ HTTP/1.1", host) << 400;
    QTest::newRow("two spaces") << head("GET  / HTTP/1.1", host) << 400;
    QTest::newRow("method with a bracket") << head("GE(T / HTTP/1.1", host) << 400;
    QTest::newRow("NUL escape in the path") << head("GET /a%00b HTTP/1.1", host) << 400;
    QTest::newRow("encoded dot segment") << head("GET /a/%2e%2e/b HTTP/1.1", host) << 400;
    QTest::newRow("plain dot segment") << head("GET /a/../b HTTP/1.1", host) << 400;
    QTest::newRow("half a percent code") << head("GET /a%2 HTTP/1.1", host) << 400;
    QTest::newRow("percent code of no hex digits") << head("GET /a%zz HTTP/1.1", host) << 400;
    QTest::newRow("control character in the target") << head("GET /a\tb HTTP/1.1", host) << 400;
    QTest::newRow("header without a colon") << head(line, host + "Broken\r\n") << 400;
    QTest::newRow("header with a blank before the colon") << head(line, host + "A : b\r\n") << 400;
    QTest::newRow("folded header") << head(line, host + "A: b\r\n c\r\n") << 400;
    QTest::newRow("folded by a tab") << head(line, host + "A:\r\n\tc\r\n") << 400;
    QTest::newRow("bare line feed after a header") << head(line, host + "A: b\n") << 400;
    QTest::newRow("bare line feed inside") << head(line, host + "A: b\nX: c\r\n") << 400;
    QTest::newRow("NUL in a header") << head(line, host + QByteArray("A: b\0c\r\n", 8)) << 400;
    QTest::newRow("NUL in the target") << head(QByteArray("GET /a\0b HTTP/1.1", 17), host) << 400;
    QTest::newRow("empty line first") << QByteArray("\r\n" + head(line, host)) << 400;
    QTest::newRow("header without a name") << head(line, host + ": b\r\n") << 400;
    QTest::newRow("HTTP/1.2") << head("GET / HTTP/1.2", host) << 400;
    QTest::newRow("http in small letters") << head("GET / http/1.1", host) << 400;
    QTest::newRow("blank after the version") << head("GET / HTTP/1.1 ", host) << 400;
    QTest::newRow("blank at the start") << head(" GET / HTTP/1.1", host) << 400;
    QTest::newRow("no end") << head(line, host).chopped(2) << 400;
    QTest::newRow("negative length") << head(line, host + "Content-Length: -1\r\n") << 400;
    QTest::newRow("length with a plus") << head(line, host + "Content-Length: +5\r\n") << 400;
    QTest::newRow("length of 20 digits")
        << head(line, host + "Content-Length: 99999999999999999999\r\n") << 400;
    QTest::newRow("two lengths") << head(line, host + "Content-Length: 5\r\nContent-Length: 5\r\n")
                                 << 400;
    QTest::newRow("two lengths apart")
        << head(line, "Content-Length: 5\r\n" + host + "Content-Length: 5\r\n") << 400;
    QTest::newRow("length of hex digits") << head(line, host + "Content-Length: 0x5\r\n") << 400;
    QTest::newRow("no length") << head(line, host + "Content-Length:\r\n") << 400;
    QTest::newRow("two lengths in one") << head(line, host + "Content-Length: 5, 5\r\n") << 400;
    QTest::newRow("target of 64 KiB")
        << head("GET /" + QByteArray(65536, 'a') + " HTTP/1.1", host) << 414;
    QTest::newRow("header of 10 KiB")
        << head(line, host + "A: " + QByteArray(10'240, 'b') + "\r\n") << 431;
    QTest::newRow("1,000 headers")
        << head(line, host + QByteArray("A: b\r\n").repeated(1000)) << 431;
}

void TestHttpMessage::refusesSyntax()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, status);
    const auto parsed = parseRequestHead(text, {});
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().status, status);
    QVERIFY(!parsed.error().message.isEmpty());
}

void TestHttpMessage::checksHeaders_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<int>("status"); // 200: passes
    const QByteArray host = "Host: 127.0.0.1:8080\r\n";
    const QByteArray json = "Content-Type: application/json\r\n";
    const auto row = [](const char *name, const QByteArray &headers, int status,
                        const QByteArray &method = "POST") {
        QTest::newRow(name) << method << headers << status;
    };
    row("plain", host + json + "Content-Length: 2\r\n", 200);
    row("localhost", "Host: localhost:8080\r\n", 200);
    row("IPv6 loopback", "Host: [::1]:8080\r\n", 200);
    row("host in capitals", "Host: LOCALHOST:8080\r\n", 200);
    row("charset", host + "Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n",
        200);
    row("AWS JSON 1.1", host + "Content-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n",
        200);
    row("no body, no type", host, 200);
    row("navigation typed by the user", host + "Sec-Fetch-Site: none\r\n", 200, "GET");

    row("no host", json, 400);
    row("two hosts", host + host, 400);
    row("another host", "Host: evil.example:8080\r\n", 403);
    row("another port", "Host: 127.0.0.1:8081\r\n", 403);
    row("no port", "Host: 127.0.0.1\r\n", 403);
    row("subdomain of another", "Host: localhost.evil.com:8080\r\n", 403);
    row("wildcard DNS", "Host: 127.0.0.1.nip.io:8080\r\n", 403);
    row("trailing dot", "Host: localhost.:8080\r\n", 403);
    row("any address", "Host: 0.0.0.0:8080\r\n", 403);
    row("origin of a web page", host + "Origin: https://evil.example\r\n", 403);
    row("origin null", host + "Origin: null\r\n", 403);
    row("own origin", host + "Origin: http://127.0.0.1:8080\r\n", 403);
    row("referer", host + "Referer: https://evil.example/x\r\n", 403);
    row("cross-site fetch", host + "Sec-Fetch-Site: cross-site\r\n", 403);
    row("same-site fetch", host + "Sec-Fetch-Site: same-site\r\n", 403);
    row("preflight", host + "Access-Control-Request-Method: POST\r\n", 403, "OPTIONS");

    row("form body",
        host + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n", 415);
    row("text body", host + "Content-Type: text/plain\r\nContent-Length: 2\r\n", 415);
    row("body without a type", host + "Content-Length: 2\r\n", 415);
    row("two types", host + json + json + "Content-Length: 2\r\n", 415);
    row("gzip", host + json + "Content-Encoding: gzip\r\nContent-Length: 2\r\n", 415);
    row("chunked", host + json + "Transfer-Encoding: chunked\r\n", 411);
    row("chunked with a length",
        host + json + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", 400);
    row("1 MiB", host + json + "Content-Length: 1048576\r\n", 200);
    row("1 MiB and a byte", host + json + "Content-Length: 1048577\r\n", 413);
    row("2^64 - 1 bytes", host + json + "Content-Length: 18446744073709551615\r\n", 413);
    row("gzip as transfer coding", host + json + "Transfer-Encoding: gzip\r\n", 411);
    row("a length with a transfer coding",
        host + json + "Content-Length: 2\r\nTransfer-Encoding: identity\r\n", 400);
    row("PUT", host, 405, "PUT");
    row("TRACE", host, 405, "TRACE");
}

void TestHttpMessage::checksHeaders()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, headers);
    QFETCH(const int, status);
    const auto checked = parseRequestHead(head(method + " /v1/x HTTP/1.1", headers), {})
                             .and_then([](const RequestHead &parsed) {
                                 return checkRequestHead(parsed, port, {});
                             });
    QCOMPARE(checked ? 200 : checked.error().status, status);
}

void TestHttpMessage::repliesInAwsForm()
{
    const Reply reply
        = toReply({400, "ClientException", u"\"q\" is <wrong>\n"_s, {{"Allow", "POST"}}});
    QCOMPARE(reply.status, 400);
    QCOMPARE(reply.body, R"({"__type":"ClientException","message":"\"q\" is <wrong>\n"})"_ba);
    QVERIFY(reply.headers.contains(std::pair("x-amzn-ErrorType"_ba, "ClientException"_ba)));
    QVERIFY(reply.headers.contains(std::pair("Allow"_ba, "POST"_ba)));
}

void TestHttpMessage::wholeMessages()
{
    const QByteArray text = toHttp({.status = 503,
                                    .contentType = "application/x-amz-json-1.1",
                                    .headers = {{"Retry-After", "1\r\nSet-Cookie: a"}},
                                    .body = "{}\r\n"});
    QVERIFY(text.startsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    QVERIFY(text.endsWith("\r\n\r\n{}\r\n"));
    for (const char *line : {"Content-Type: application/x-amz-json-1.1", "Content-Length: 4",
                             "Connection: close", "Cache-Control: no-store",
                             "X-Content-Type-Options: nosniff", "Retry-After: 1  Set-Cookie: a"})
        QVERIFY2(text.contains(QByteArray(QByteArray("\r\n") + line + "\r\n")), line);
    QCOMPARE(text.count("x-amzn-RequestId: "), 1);
    const QByteArray own = toHttp({.headers = {{"x-amzn-RequestId", "mine"}}, .body = {}});
    QCOMPARE(own.count("x-amzn-RequestId: "), 1);
    QVERIFY(own.contains("\r\nx-amzn-RequestId: mine\r\n"));
}

void TestHttpMessage::keepsConnections_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<bool>("keeps");
    QTest::newRow("HTTP/1.1") << "HTTP/1.1"_ba
                              << ""_ba << true;
    QTest::newRow("keep-alive") << "HTTP/1.1"_ba
                                << "Connection: Keep-Alive\r\n"_ba << true;
    QTest::newRow("close") << "HTTP/1.1"_ba
                           << "Connection: close\r\n"_ba << false;
    QTest::newRow("close in a list") << "HTTP/1.1"_ba
                                     << "connection: te, CLOSE\r\n"_ba << false;
    QTest::newRow("HTTP/1.0") << "HTTP/1.0"_ba
                              << ""_ba << false;
    QTest::newRow("HTTP/1.0, keep-alive") << "HTTP/1.0"_ba
                                          << "Connection: keep-alive\r\n"_ba << false;
}

void TestHttpMessage::keepsConnections()
{
    QFETCH(const QByteArray, version);
    QFETCH(const QByteArray, headers);
    QFETCH(const bool, keeps);
    const auto parsed = parseRequestHead(head("GET / " + version, headers), {});
    QVERIFY(parsed);
    QCOMPARE(parsed->keepsAlive, keeps);
    const QByteArray text = toHttp({.headers = {}, .body = {}}, std::chrono::seconds(60));
    QVERIFY(text.contains("\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60\r\n"));
}

QTEST_GUILESS_MAIN(TestHttpMessage)
#include "tst_httpmessage.moc"
