#include "tests/unit/docker/httpenginetesting.h"

using namespace batchyard;
using namespace batchyard::docker;
using test::FakeDaemon;
using test::FakeReply;
using test::Outcome;
using test::outcome;

using Act = std::function<Outcome(HttpEngine &)>;
Q_DECLARE_METATYPE(Act)

namespace {

struct NamedCall {
    const char *name;
    Act act;
    QByteArray request; // its first line, without the protocol
    int status; // of success
    QByteArray reply; // a good one; empty: the reply's body is not read
};

const QString id = QStringLiteral("0 1");
const QMap<QString, QString> labels{{QStringLiteral("a"), QStringLiteral("b")}};

QList<NamedCall> calls()
{
    const QByteArray idReply = R"({"Id":"1"})";
    ContainerSpec spec;
    spec.name = QStringLiteral("n");
    spec.image = QStringLiteral("i");
    return {
        {"info", [](HttpEngine &e) { return outcome(e.info()); }, "GET /v1.41/info", 200,
         R"({"NCPU":1})"},
        {"image", [](HttpEngine &e) { return outcome(e.inspectImage(QStringLiteral("a/b:1"))); },
         "GET /v1.41/images/a/b:1/json", 200, idReply},
        {"create", [spec](HttpEngine &e) { return outcome(e.createContainer(spec)); },
         "POST /v1.41/containers/create?name=n", 201, idReply},
        {"start",
         [](HttpEngine &e) { return outcome(e.startContainer(id)); },
         "POST /v1.41/containers/0%201/start",
         204,
         {}},
        {"stop",
         [](HttpEngine &e) { return outcome(e.stopContainer(id, 30)); },
         "POST /v1.41/containers/0%201/stop?t=30",
         204,
         {}},
        {"kill",
         [](HttpEngine &e) { return outcome(e.killContainer(id, QStringLiteral("SIGTERM"))); },
         "POST /v1.41/containers/0%201/kill?signal=SIGTERM",
         204,
         {}},
        {"remove",
         [](HttpEngine &e) { return outcome(e.removeContainer(id, false)); },
         "DELETE /v1.41/containers/0%201?v=1",
         204,
         {}},
        {"remove by force",
         [](HttpEngine &e) { return outcome(e.removeContainer(id, true)); },
         "DELETE /v1.41/containers/0%201?v=1&force=1",
         204,
         {}},
        {"inspect", [](HttpEngine &e) { return outcome(e.inspectContainer(id)); },
         "GET /v1.41/containers/0%201/json", 200, R"({"Id":"1","State":{"Status":"created"}})"},
        {"list", [](HttpEngine &e) { return outcome(e.listContainers({QStringLiteral("a=b")})); },
         "GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D", 200,
         "[]"},
        {"wait", [](HttpEngine &e) { return outcome(e.waitContainer(id)); },
         "POST /v1.41/containers/0%201/wait", 200, R"({"StatusCode":0})"},
        {"network", [](HttpEngine &e) { return outcome(e.inspectNetwork(QStringLiteral("n"))); },
         "GET /v1.41/networks/n", 200, idReply},
        {"create network",
         [](HttpEngine &e) {
             return outcome(e.createNetwork({QStringLiteral("n"), labels}));
         },
         "POST /v1.41/networks/create", 201, idReply},
        {"create volume",
         [](HttpEngine &e) {
             return outcome(e.createVolume({QStringLiteral("v"), labels}));
         },
         "POST /v1.41/volumes/create",
         201,
         {}},
        {"remove volume",
         [](HttpEngine &e) { return outcome(e.removeVolume(QStringLiteral("v"))); },
         "DELETE /v1.41/volumes/v",
         204,
         {}},
    };
}

} // namespace

class TestHttpEngine : public QObject
{
    Q_OBJECT
private slots:
    void eachCall_data();
    void eachCall();
    void invalidReplies_data();
    void invalidReplies();
    void refusals_data();
    void refusals();
    void alreadyDone();
    void goneIsNotTakenFromStrangers();
    void pingSettlesTheVersion_data();
    void pingSettlesTheVersion();
    void refusedVersionIsTriedAgain();
    void pingOfAStranger();
};

void TestHttpEngine::eachCall_data()
{
    QTest::addColumn<Act>("act");
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("reply");
    for (const NamedCall &call : calls())
        QTest::newRow(call.name) << call.act << call.request << call.status << call.reply;
}

void TestHttpEngine::eachCall()
{
    QFETCH(Act, act);
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    QFETCH(QByteArray, reply);
    FakeDaemon daemon;
    daemon.answer(request + " HTTP/1.1", FakeReply::http(status, reply));
    HttpEngine engine(daemon.socketPath());
    const Outcome error = act(engine);
    QVERIFY2(!error, error ? qPrintable(error->message) : "");
    QCOMPARE(daemon.requestLines(), QList<QByteArray>{request});
    QCOMPARE(engine.apiVersion(), QStringLiteral("1.41"));
}

void TestHttpEngine::invalidReplies_data()
{
    QTest::addColumn<Act>("act");
    QTest::addColumn<FakeReply>("reply");
    for (const NamedCall &call : calls()) {
        const auto row = [&call](const char *what, const FakeReply &reply) {
            QTest::addRow("%s: %s", call.name, what) << call.act << reply;
        };
        row("HTML error", FakeReply::http(502, "<html>Bad Gateway</html>"));
        row("HTML 404",
            FakeReply::http(404, "<html>Not Found</html>", "Content-Type: text/html\r\n"));
        row("redirection", FakeReply::http(302, ""));
        row("another 2xx", FakeReply::http(226, call.reply));
        row("another protocol", FakeReply::raw("220 mail ESMTP\r\n"));
        row("bad chunk",
            FakeReply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
        if (call.reply.isEmpty())
            continue;
        row("HTML", FakeReply::http(call.status, "<html>hello</html>"));
        row("empty", FakeReply::http(call.status, ""));
        row("truncated", FakeReply::http(call.status, call.reply.left(call.reply.size() - 1)));
        row("a number", FakeReply::http(call.status, "7"));
        row("wrong types", FakeReply::http(call.status, R"([{"Id":[]}])"));
        row("deep", FakeReply::http(call.status, QByteArray(100'000, '[')));
    }
}

void TestHttpEngine::invalidReplies()
{
    QFETCH(Act, act);
    QFETCH(FakeReply, reply);
    FakeDaemon daemon;
    for (const QByteArray method : {"GET", "POST", "DELETE"})
        daemon.answer(method, reply);
    HttpEngine engine(daemon.socketPath());
    const Outcome error = act(engine);
    QVERIFY(error);
    QVERIFY2(error->code == ErrorCode::Protocol, qPrintable(error->message));
    QVERIFY2(error->message.startsWith(QStringLiteral("The engine sent an invalid reply")),
             qPrintable(error->message));
    QCOMPARE(daemon.requests().size(), 1);
}

void TestHttpEngine::refusals_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("400") << 400 << ErrorCode::InvalidInput;
    QTest::newRow("404") << 404 << ErrorCode::NotFound;
    QTest::newRow("409") << 409 << ErrorCode::Conflict;
    QTest::newRow("500") << 500 << ErrorCode::Io;
}

void TestHttpEngine::refusals()
{
    QFETCH(int, status);
    QFETCH(ErrorCode, code);
    FakeDaemon daemon;
    daemon.answer("POST", FakeReply::http(status, R"({"message":"the daemon's own words"})"));
    HttpEngine engine(daemon.socketPath());
    const Outcome error = outcome(engine.startContainer(id));
    QVERIFY(error);
    QCOMPARE(error->code, code);
    QCOMPARE(error->message, QStringLiteral("the daemon's own words"));
}

void TestHttpEngine::alreadyDone()
{
    FakeDaemon daemon;
    daemon.answer("POST", FakeReply::raw("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"));
    HttpEngine engine(daemon.socketPath());
    QVERIFY(!outcome(engine.startContainer(id)));
    QVERIFY(!outcome(engine.stopContainer(id, 1)));
    QVERIFY(!outcome(engine.removeContainer(id, true))); // FakeDaemon's 404
}

void TestHttpEngine::goneIsNotTakenFromStrangers()
{
    FakeDaemon daemon;
    daemon.answer("DELETE", FakeReply::http(404, "not found"));
    HttpEngine engine(daemon.socketPath());
    const Outcome error = outcome(engine.removeContainer(id, true));
    QVERIFY(error);
    QCOMPARE(error->code, ErrorCode::Protocol);
}

void TestHttpEngine::pingSettlesTheVersion_data()
{
    QTest::addColumn<QByteArray>("offered");
    QTest::addColumn<QByteArray>("spoken");
    QTest::newRow("older") << QByteArray("1.40") << QByteArray("1.40");
    QTest::newRow("Docker 20.10") << QByteArray("1.41") << QByteArray("1.41");
    QTest::newRow("Docker 24") << QByteArray("1.43") << QByteArray("1.43");
    QTest::newRow("newer than known") << QByteArray("1.99") << QByteArray("1.44");
}

void TestHttpEngine::pingSettlesTheVersion()
{
    QFETCH(QByteArray, offered);
    QFETCH(QByteArray, spoken);
    FakeDaemon daemon;
    daemon.answer("GET /_ping",
                  FakeReply::raw("HTTP/1.1 200 OK\r\nApi-Version: " + offered
                                 + "\r\nContent-Length: 2\r\n\r\nOK"));
    HttpEngine engine(daemon.socketPath());
    QVERIFY(!outcome(engine.ping()));
    QCOMPARE(engine.apiVersion(), QString::fromLatin1(offered));
    QVERIFY(outcome(engine.info()));
    QCOMPARE(daemon.requestLines().last(), QByteArray("GET /v" + spoken + "/info"));
}

void TestHttpEngine::refusedVersionIsTriedAgain()
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.41",
                  FakeReply::http(400,
                                  R"({"message":"client version 1.41 is too old. )"
                                  R"(Minimum supported API version is 1.44, )"
                                  R"(please upgrade your client"})"));
    daemon.answer("GET /v1.44", FakeReply::http(200, "[]"));
    HttpEngine engine(daemon.socketPath());
    const auto first = engine.listContainers({});
    const auto second = engine.listContainers({});
    QVERIFY(!outcome(first));
    QVERIFY(!outcome(second));
    QVERIFY(!outcome(engine.listContainers({})));
    QCOMPARE(daemon.requests().size(), 5);

    FakeDaemon stubborn;
    stubborn.answer("GET",
                    FakeReply::http(400,
                                    R"({"message":"client version is too new. )"
                                    R"(Maximum supported API version is 1.30"})"));
    HttpEngine other(stubborn.socketPath());
    const Outcome error = outcome(other.listContainers({}));
    QVERIFY(error);
    QCOMPARE(error->code, ErrorCode::InvalidInput);
    QCOMPARE(stubborn.requests().size(), 2);
}

void TestHttpEngine::pingOfAStranger()
{
    FakeDaemon daemon;
    daemon.answer("GET /_ping", FakeReply::raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));
    HttpEngine engine(daemon.socketPath());
    const Outcome error = outcome(engine.ping());
    QVERIFY(error);
    QCOMPARE(error->code, ErrorCode::Protocol);
}

QTEST_GUILESS_MAIN(TestHttpEngine)
#include "tst_httpengine.moc"
