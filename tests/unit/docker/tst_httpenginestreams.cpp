// What the engine's client reads piece by piece: pulls, builds, output and events.
#include "backend/docker/requests.h"
#include "tests/support/engine/outputcollector.h"
#include "tests/unit/docker/httpenginetesting.h"

#include <mutex>

using namespace batchyard;
using namespace batchyard::docker;
using namespace std::chrono_literals;
using test::FakeDaemon;
using test::FakeReply;
using test::Outcome;
using test::outcome;
using test::OutputCollector;

namespace {

QByteArray frame(char stream, const QByteArray &payload)
{
    return QByteArray(1, stream) + QByteArray(6, '\0') + static_cast<char>(payload.size())
        + payload;
}

const QByteArray streamHead
    = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

} // namespace

class TestHttpEngineStreams : public QObject
{
    Q_OBJECT
private slots:
    void pull();
    void pullStream_data();
    void pullStream();
    void pullForAPlatformWithCredentials();
    void buildRequest();
    void givenUpPull();
    void attachRequestAndOutput();
    void brokenOutput_data();
    void brokenOutput();
    void events();
    void brokenEvents();
};

void TestHttpEngineStreams::pull()
{
    FakeDaemon daemon;
    daemon.answer("POST",
                  FakeReply{{streamHead, "{\"status\":\"Pulling\"}\r\n{\"sta", "tus\":\"Done\"}"},
                            5ms,
                            true});
    HttpEngine engine(daemon.socketPath());
    std::mutex mutex;
    QStringList lines;
    const auto done
        = outcome(engine.pullImage({QStringLiteral("h:1/a b")}, [&](const QString &line) {
              const std::scoped_lock lock(mutex);
              lines.append(line);
          }));
    QVERIFY(!done);
    const std::scoped_lock lock(mutex);
    QCOMPARE(lines, QStringList({QStringLiteral("Pulling"), QStringLiteral("Done")}));
    QCOMPARE(daemon.requestLines().first(),
             QByteArray("POST /v1.41/images/create?fromImage=h%3A1%2Fa%20b&tag=latest"));
}

void TestHttpEngineStreams::pullStream_data()
{
    QTest::addColumn<FakeReply>("reply");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("error in the stream") << FakeReply::raw(
        streamHead + "{\"errorDetail\":{\"message\":\"manifest unknown\"}}\n{\"status\":\"x\"}\n")
                                         << ErrorCode::NotFound;
    QTest::newRow("error without a line end")
        << FakeReply::raw(streamHead + R"({"error":"denied"})") << ErrorCode::AccessDenied;
    QTest::newRow("not JSON") << FakeReply::raw(streamHead + "hello\n") << ErrorCode::Protocol;
    QTest::newRow("truncated JSON")
        << FakeReply::raw(streamHead + R"({"status":)") << ErrorCode::Protocol;
    QTest::newRow("refused") << FakeReply::http(404, R"({"message":"no"})") << ErrorCode::NotFound;
    QTest::newRow("cut") << FakeReply::raw(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"status\":\"x\"}")
                         << ErrorCode::Unreachable;
}

void TestHttpEngineStreams::pullStream()
{
    QFETCH(FakeReply, reply);
    QFETCH(ErrorCode, code);
    FakeDaemon daemon;
    daemon.answer("POST", reply);
    HttpEngine engine(daemon.socketPath());
    const Outcome error = outcome(engine.pullImage({QStringLiteral("a")}, {}));
    QVERIFY(error);
    QVERIFY2(error->code == code, qPrintable(error->message));
}

void TestHttpEngineStreams::pullForAPlatformWithCredentials()
{
    FakeDaemon daemon;
    daemon.answer("POST", FakeReply::raw(streamHead + "{\"status\":\"Done\"}\n"));
    HttpEngine engine(daemon.socketPath());
    ImagePull pull{QStringLiteral("r.example/a:1"), QStringLiteral("linux/arm64"),
                   RegistryCredentials{QStringLiteral("u"), QStringLiteral("p")}};
    QVERIFY(!outcome(engine.pullImage(pull, {})));
    const QByteArray request = daemon.requests().first();
    QVERIFY(request.startsWith("POST /v1.41/images/create?fromImage=r.example%2Fa&tag=1"
                               "&platform=linux%2Farm64 HTTP/1.1\r\n"));
    QVERIFY(request.contains(QByteArray("X-Registry-Auth: " + registryAuth(pull) + "\r\n")));
}

void TestHttpEngineStreams::buildRequest()
{
    FakeDaemon daemon;
    daemon.answer("POST", FakeReply::raw(streamHead + "{\"stream\":\"ok\"}\n"));
    HttpEngine engine(daemon.socketPath());
    ImageBuild build;
    build.tag = QStringLiteral("t:1");
    build.contextTar = QByteArray(1024, '\0');
    build.buildArguments = {{QStringLiteral("BASE"), QStringLiteral("x")}};
    build.networkMode = QStringLiteral("none");
    QVERIFY(!outcome(engine.buildImage(build, {})));
    const QByteArray request = daemon.requests().first();
    QVERIFY(request.startsWith("POST /v1.41/build?t=t%3A1&buildargs=%7B%22BASE%22%3A%22x%22%7D"
                               "&networkmode=none&rm=1&forcerm=1 HTTP/1.1\r\n"));
    QVERIFY(request.contains("Content-Type: application/x-tar\r\n"));
    QVERIFY(request.endsWith(build.contextTar));
}

void TestHttpEngineStreams::givenUpPull()
{
    FakeDaemon daemon;
    daemon.answer("POST", FakeReply{{streamHead}, {}, false});
    HttpEngine engine(daemon.socketPath());
    QFuture<Result<void>> pulling = engine.pullImage({QStringLiteral("a")}, {});
    QTRY_COMPARE(daemon.requests().size(), 1);
    pulling.cancel();
    const Outcome error = outcome(pulling);
    QVERIFY(error);
    QCOMPARE(error->code, ErrorCode::Cancelled);
    QTRY_COMPARE(daemon.openConnections(), 0);
}

void TestHttpEngineStreams::attachRequestAndOutput()
{
    FakeDaemon daemon;
    const QByteArray all = frame(1, "out\n") + frame(2, "err\n");
    FakeReply reply{{streamHead}, 1ms, true};
    for (const char byte : all)
        reply.pieces.append(QByteArray(1, byte));
    daemon.answer("POST", reply);
    HttpEngine engine(daemon.socketPath());
    OutputCollector output;
    const auto stream = engine.attach(QStringLiteral("0 1"), output.sink());
    QTRY_VERIFY(output.hasEnded());
    QVERIFY(output.waitStarted());
    QVERIFY(output.outcome());
    QCOMPARE(output.bytes(), QByteArray("out\n"));
    QCOMPARE(output.bytes(OutputChunk::Stream::Stderr), QByteArray("err\n"));
    QCOMPARE(daemon.requestLines().first(),
             QByteArray("POST /v1.41/containers/0%201/attach?stream=1&stdout=1&stderr=1"));
}

void TestHttpEngineStreams::brokenOutput_data()
{
    QTest::addColumn<FakeReply>("reply");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("no frame") << FakeReply::raw(streamHead + frame(1, "good") + "HTTP/1.1 500 Oops")
                              << ErrorCode::Protocol << QByteArray("good");
    QTest::newRow("cut frame") << FakeReply::raw(streamHead + frame(1, "good").chopped(1))
                               << ErrorCode::Unreachable << QByteArray("goo");
    QTest::newRow("cut header") << FakeReply::raw(streamHead + frame(1, "good") + "\1")
                                << ErrorCode::Unreachable << QByteArray("good");
    QTest::newRow("refused in plain text") << FakeReply::http(
        404, "No such container: 0 1\n", "Content-Type: application/vnd.docker.raw-stream\r\n")
                                           << ErrorCode::NotFound << QByteArray();
    QTest::newRow("a stranger") << FakeReply::http(404, "<html>") << ErrorCode::Protocol
                                << QByteArray();
    QTest::newRow("closed at once") << FakeReply::raw("") << ErrorCode::Unreachable << QByteArray();
}

void TestHttpEngineStreams::brokenOutput()
{
    QFETCH(FakeReply, reply);
    QFETCH(ErrorCode, code);
    QFETCH(QByteArray, bytes);
    FakeDaemon daemon;
    daemon.answer("POST", reply);
    HttpEngine engine(daemon.socketPath());
    OutputCollector output;
    const auto stream = engine.attach(QStringLiteral("0 1"), output.sink());
    QTRY_VERIFY(output.hasEnded());
    QVERIFY(!output.outcome());
    QVERIFY2(output.outcome().error().code == code, qPrintable(output.outcome().error().message));
    QCOMPARE(output.bytes(), bytes);
}

void TestHttpEngineStreams::events()
{
    FakeDaemon daemon;
    daemon.answer("GET",
                  FakeReply{{streamHead, "{\"Type\":\"container\",\"Act",
                             "ion\":\"start\"}\n{\"Action\":\"die\"}\n"},
                            5ms,
                            true});
    HttpEngine engine(daemon.socketPath());
    std::mutex mutex;
    QStringList seen;
    const auto stream
        = engine.events(QStringLiteral("k=v"), [&](const std::variant<Event, Result<void>> &what) {
              const std::scoped_lock lock(mutex);
              const auto *event = std::get_if<Event>(&what);
              seen.append(event != nullptr ? event->action : QStringLiteral("end"));
          });
    const QStringList expected{QStringLiteral("start"), QStringLiteral("die"),
                               QStringLiteral("end")};
    QTRY_COMPARE(([&] {
                     const std::scoped_lock lock(mutex);
                     return seen;
                 }()),
                 expected);
    const QByteArray line = daemon.requestLines().first();
    QCOMPARE(
        QByteArray::fromPercentEncoding(line),
        QByteArray("GET /v1.41/events?filters={\"label\":[\"k=v\"],\"type\":[\"container\"]}"));
}

void TestHttpEngineStreams::brokenEvents()
{
    FakeDaemon daemon;
    daemon.answer(
        "GET", FakeReply::raw(streamHead + "{\"Action\":\"die\"}\nnonsense\n{\"Action\":\"x\"}\n"));
    HttpEngine engine(daemon.socketPath());
    std::mutex mutex;
    QList<ErrorCode> ends;
    const auto stream
        = engine.events(QStringLiteral("k"), [&](const std::variant<Event, Result<void>> &what) {
              const std::scoped_lock lock(mutex);
              if (const auto *end = std::get_if<Result<void>>(&what); end != nullptr && !*end)
                  ends.append(end->error().code);
          });
    QTRY_COMPARE(([&] {
                     const std::scoped_lock lock(mutex);
                     return ends.size();
                 }()),
                 1);
    QCOMPARE(ends.first(), ErrorCode::Protocol);
}

QTEST_GUILESS_MAIN(TestHttpEngineStreams)
#include "tst_httpenginestreams.moc"
