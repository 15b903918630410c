#include "apitesting.h"

#include "backend/client/httpbatchservice.h"
#include "tests/support/engine/await.h"

#include <QSignalSpy>

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;
using executor::api::ApiServer;

namespace {

QByteArray errorType(const net::HttpReply &reply)
{
    return reply.header("x-amzn-errortype");
}

QString member(const net::HttpReply &reply, const char *name)
{
    const auto json = batch::parseJson(reply.body, 1024 * 1024);
    return json ? at(*json, name) : QString();
}

net::SystemTime systemNow()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace

class TestApiServer : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void answersSignedRequests();
    void refusesSignatures_data();
    void refusesSignatures();
    void answersBadBodies_data();
    void answersBadBodies();
    void routes_data();
    void routes();
    void serverErrorsAreNamed();
    void verifiesEscapedPaths();
    void pollWaitsForAChange();
    void pollEndsAtItsTime();
    void pollRefusesBadNumbers();
    void stopLetsWaitingRequestsGo();
    void notesTheLastRequest();
    void secondServerOnThePortFails();
    void manyClientsAtOnce();

private:
    [[nodiscard]] net::HttpRequest
    request(const QByteArray &method, const QByteArray &target, const QByteArray &body,
            const QByteArray &service = "batch",
            const QByteArray &secret = testCredentials.secretAccessKey,
            net::SystemTime time = systemNow()) const;
    [[nodiscard]] Result<net::HttpReply> send(const net::HttpRequest &request);

    std::unique_ptr<ApiFixture> m_fixture;
    std::unique_ptr<ApiServer> m_server;
    std::unique_ptr<net::HttpClient> m_client;
    quint16 m_port = 0;
};

void TestApiServer::init()
{
    m_fixture = std::make_unique<ApiFixture>();
    m_server = std::make_unique<ApiServer>(*m_fixture->store, m_fixture->control, m_fixture->feed,
                                           m_fixture->settings());
    m_client = std::make_unique<net::HttpClient>();
    const auto port = m_server->start(0);
    VERIFY_RESULT(port);
    m_port = *port;
}

void TestApiServer::cleanup()
{
    m_client.reset();
    m_server.reset();
    m_fixture.reset();
}

net::HttpRequest TestApiServer::request(const QByteArray &method, const QByteArray &target,
                                        const QByteArray &body, const QByteArray &service,
                                        const QByteArray &secret, net::SystemTime time) const
{
    const QByteArray host = "127.0.0.1:" + QByteArray::number(m_port);
    const qsizetype mark = target.indexOf('?');
    net::SignedRequest toSign{.method = method,
                              .path = mark < 0 ? target : target.left(mark),
                              .query = mark < 0 ? QByteArray() : target.mid(mark + 1),
                              .headers = {{"Host", host}, {"Content-Type", "application/json"}},
                              .body = body};
    if (service == "logs")
        toSign.headers.emplaceBack("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
    net::Credentials credentials = testCredentials;
    credentials.secretAccessKey = secret;
    toSign.headers
        += net::sign(toSign, credentials, u"us-east-1"_s, QString::fromLatin1(service), time);
    net::HttpRequest http;
    http.method = method;
    http.url = "http://" + host + target;
    http.headers = toSign.headers;
    http.body = body;
    return http;
}

Result<net::HttpReply> TestApiServer::send(const net::HttpRequest &request)
{
    return await(m_client->send(request));
}

void TestApiServer::answersSignedRequests()
{
    const auto reply = send(request("POST", "/v1/describejobqueues", "{}"));
    VERIFY_RESULT(reply);
    QCOMPARE(reply->status, 200);
    QCOMPARE(reply->header("content-type"), "application/json"_ba);
    QCOMPARE(reply->header("x-amzn-requestid").size(), 36);
    QVERIFY(reply->header("access-control-allow-origin").isEmpty());
    QCOMPARE(reply->body, R"({"jobQueues":[]})"_ba);

    const auto logs = send(request("POST", "/", "{}", "logs"));
    VERIFY_RESULT(logs);
    QCOMPARE(logs->status, 200);
    QCOMPARE(logs->header("content-type"), "application/x-amz-json-1.1"_ba);
}

void TestApiServer::refusesSignatures_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("unsigned") << "unsigned"_ba << 403 << "MissingAuthenticationTokenException"_ba;
    QTest::newRow("wrong secret") << "secret"_ba << 403 << "InvalidSignatureException"_ba;
    QTest::newRow("unknown key") << "key"_ba << 403 << "UnrecognizedClientException"_ba;
    QTest::newRow("signed 6 minutes ago") << "old"_ba << 403 << "InvalidSignatureException"_ba;
    QTest::newRow("signed 6 minutes ahead") << "early"_ba << 403 << "InvalidSignatureException"_ba;
    QTest::newRow("body changed on the way") << "body"_ba << 403 << "InvalidSignatureException"_ba;
    QTest::newRow("signed for another service")
        << "service"_ba << 403 << "InvalidSignatureException"_ba;
    QTest::newRow("scheme Basic") << "basic"_ba << 403 << "IncompleteSignatureException"_ba;
}

void TestApiServer::refusesSignatures()
{
    QFETCH(const QByteArray, change);
    QFETCH(const int, status);
    QFETCH(const QByteArray, type);
    const auto sixMinutes = std::chrono::minutes(6);
    const QByteArray path = "/v1/describejobqueues";
    const QByteArray right = testCredentials.secretAccessKey;
    net::HttpRequest http = request("POST", path, "{}");
    const auto setAuthorization = [&](const QByteArray &value) {
        for (auto &header : http.headers) {
            if (header.first == "Authorization")
                header.second = value.isEmpty() ? header.second.replace("AKIA", "AKIX") : value;
        }
    };
    if (change == "unsigned")
        http.headers.removeIf([](const auto &h) { return h.first == "Authorization"; });
    else if (change == "secret")
        http = request("POST", path, "{}", "batch", "another secret");
    else if (change == "key")
        setAuthorization({});
    else if (change == "old")
        http = request("POST", path, "{}", "batch", right, systemNow() - sixMinutes);
    else if (change == "early")
        http = request("POST", path, "{}", "batch", right, systemNow() + sixMinutes);
    else if (change == "body")
        http.body = "[]";
    else if (change == "service")
        http = request("POST", path, "{}", "ecs");
    else
        setAuthorization("Basic dTpw");
    const auto reply = send(http);
    VERIFY_RESULT(reply);
    QCOMPARE(reply->status, status);
    QCOMPARE(errorType(*reply), type);
    QCOMPARE(member(*reply, "__type"), QString::fromLatin1(type));
    QVERIFY(!member(*reply, "message").isEmpty());
}

void TestApiServer::answersBadBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message"); // a part of it
    QTest::newRow("no JSON") << "hello"_ba << u"Line 1"_s;
    QTest::newRow("a list") << "[]"_ba << u"The body must be a JSON object."_s;
    QTest::newRow("duplicate key") << R"({"jobs": [], "jobs": []})"_ba << u"twice"_s;
    QTest::newRow("deeper than 64")
        << QByteArray("{\"a\":" + QByteArray(70, '[') + QByteArray(70, ']') + "}") << u"64"_s;
    QTest::newRow("100,000 deep") << QByteArray(100'000, '[') << u"64"_s;
    QTest::newRow("cut off") << R"({"jobs": ["a")"_ba << u"Line 1"_s;
    QTest::newRow("invalid UTF-8") << "{\"jobs\": [\"\xff\"]}"_ba << u"UTF-8"_s;
}

void TestApiServer::answersBadBodies()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    const auto reply = send(request("POST", "/v1/describejobs", body));
    VERIFY_RESULT(reply);
    QCOMPARE(reply->status, 400);
    QCOMPARE(errorType(*reply), "ClientException"_ba);
    QVERIFY2(member(*reply, "message").contains(message), qPrintable(member(*reply, "message")));
}

void TestApiServer::routes_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("GET on a POST route")
        << "GET"_ba
        << "/v1/listjobs"_ba << 405 << "MethodNotAllowedException"_ba;
    QTest::newRow("DELETE on a POST route")
        << "DELETE"_ba
        << "/v1/submitjob"_ba << 405 << "MethodNotAllowedException"_ba;
    QTest::newRow("POST on the engine")
        << "POST"_ba
        << "/batchyard/engine"_ba << 405 << "MethodNotAllowedException"_ba;
    QTest::newRow("unknown path") << "POST"_ba
                                  << "/v2/x"_ba << 404 << "UnknownOperationException"_ba;
    QTest::newRow("unknown operation")
        << "POST"_ba
        << "/v1/makecoffee"_ba << 404 << "UnknownOperationException"_ba;
    QTest::newRow("root without a target") << "POST"_ba
                                           << "/"_ba << 404 << "UnknownOperationException"_ba;
    QTest::newRow("operation that is not run locally")
        << "POST"_ba
        << "/v1/createschedulingpolicy"_ba << 400 << "ClientException"_ba;
    QTest::newRow("live view of an unknown job")
        << "GET"_ba
        << "/batchyard/jobs/nothing"_ba << 404 << "ClientException"_ba;
    QTest::newRow("engine") << "GET"_ba
                            << "/batchyard/engine"_ba << 200 << ""_ba;
}

void TestApiServer::routes()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, target);
    QFETCH(const int, status);
    QFETCH(const QByteArray, type);
    const auto reply = send(request(method, target, method == "POST" ? "{}" : ""));
    VERIFY_RESULT(reply);
    QCOMPARE(reply->status, status);
    QCOMPARE(errorType(*reply), type);
    if (status == 405)
        QVERIFY(!reply->header("allow").isEmpty());
}

void TestApiServer::serverErrorsAreNamed()
{
    QVERIFY(m_fixture->store->putResource(executor::ResourceKind::JobQueue,
                                          {.name = u"q"_s,
                                           .status = u"VALID"_s,
                                           .document = "no JSON",
                                           .createdAt = m_fixture->now}));
    const auto reply = send(request("POST", "/v1/describejobqueues", "{}"));
    VERIFY_RESULT(reply);
    QCOMPARE(reply->status, 500);
    QCOMPARE(errorType(*reply), "ServerException"_ba);
}

void TestApiServer::verifiesEscapedPaths()
{
    QVERIFY(m_fixture->addResources());
    const QByteArray path = "/v1/tags/arn%3Aaws%3Abatch%3Aus-east-1%3A000000000000%3Ajob-queue%2Fq";
    const auto tagged = send(request("POST", path, R"({"tags": {"team": "a b", "x": "1"}})"));
    VERIFY_RESULT(tagged);
    QCOMPARE(tagged->status, 200);
    const auto removed = send(request("DELETE", path + "?tagKeys=x&tagKeys=a%20b", ""));
    VERIFY_RESULT(removed);
    QCOMPARE(removed->status, 200);
    const auto listed = send(request("GET", path, ""));
    VERIFY_RESULT(listed);
    QCOMPARE(listed->body, R"({"tags":{"team":"a b"}})"_ba);
}

void TestApiServer::pollWaitsForAChange()
{
    const auto first = send(request("GET", "/batchyard/changes?since=0&wait=0", ""));
    VERIFY_RESULT(first);
    QCOMPARE(member(*first, "complete"), u"false"_s);
    const QByteArray since = member(*first, "sequence").toLatin1();
    const auto waiting
        = m_client->send(request("GET", "/batchyard/changes?since=" + since + "&wait=20000", ""));
    m_fixture->feed.add(executor::Change::Kind::Job, u"job-1"_s);
    const auto reply = await(waiting);
    VERIFY_RESULT(reply);
    QCOMPARE(member(*reply, "complete"), u"true"_s);
    QCOMPARE(member(*reply, "jobs/0"), u"job-1"_s);
    QCOMPARE(member(*reply, "resources"), u"false"_s);
}

void TestApiServer::pollEndsAtItsTime()
{
    const auto first = send(request("GET", "/batchyard/changes?since=0&wait=0", ""));
    VERIFY_RESULT(first);
    const QByteArray since = member(*first, "sequence").toLatin1();
    const auto reply = send(request("GET", "/batchyard/changes?since=" + since + "&wait=50", ""));
    VERIFY_RESULT(reply);
    QCOMPARE(reply->status, 200);
    QCOMPARE(member(*reply, "jobs"), u"[]"_s);
    QCOMPARE(member(*reply, "sequence").toLatin1(), since);
}

void TestApiServer::pollRefusesBadNumbers()
{
    for (const QByteArray &query : {""_ba, "since=-1"_ba, "since=x"_ba, "since=1&wait=x"_ba}) {
        const auto reply = send(request("GET", "/batchyard/changes?" + query, ""));
        VERIFY_RESULT(reply);
        QCOMPARE(reply->status, 400);
    }
}

// A request that waits for the executor's thread while that very thread stops the server.
void TestApiServer::stopLetsWaitingRequestsGo()
{
    const auto first = send(request("GET", "/batchyard/changes?since=0&wait=0", ""));
    VERIFY_RESULT(first);
    const QByteArray since = member(*first, "sequence").toLatin1();
    const auto poll
        = m_client->send(request("GET", "/batchyard/changes?since=" + since + "&wait=20000", ""));
    QList<QFuture<Result<net::HttpReply>>> calls;
    for (int i = 0; i < 8; ++i)
        calls += m_client->send(request("POST", "/v1/describejobqueues", "{}"));
    const auto before = std::chrono::steady_clock::now();
    m_server->stop();
    QVERIFY(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
    for (const auto &call : std::as_const(calls))
        QVERIFY(await(call).has_value() || !call.isRunning());
}

void TestApiServer::notesTheLastRequest()
{
    const auto atStart = m_server->lastRequest();
    net::HttpRequest unsignedRequest = request("POST", "/v1/describejobqueues", "{}");
    unsignedRequest.headers.removeIf([](const auto &h) { return h.first == "Authorization"; });
    VERIFY_RESULT(send(unsignedRequest));
    QCOMPARE(m_server->lastRequest(), atStart);
    VERIFY_RESULT(send(request("POST", "/v1/describejobqueues", "{}")));
    QVERIFY(m_server->lastRequest() > atStart);
}

void TestApiServer::secondServerOnThePortFails()
{
    ApiServer second(*m_fixture->store, m_fixture->control, m_fixture->feed, m_fixture->settings());
    const auto port = second.start(m_port);
    QVERIFY(!port);
    QCOMPARE(port.error().code, ErrorCode::Io);
    QVERIFY(port.error().message.contains(QString::number(m_port)));
    VERIFY_RESULT(second.start(0)); // and may take another one
}

// The same definition registered by 50 clients gives 50 revisions.
void TestApiServer::manyClientsAtOnce()
{
    QList<QFuture<Result<net::HttpReply>>> calls;
    for (int i = 0; i < 50; ++i)
        calls += m_client->send(request("POST", "/v1/registerjobdefinition", mazeDefinition));
    QSet<QString> revisions;
    for (const auto &call : std::as_const(calls)) {
        const auto reply = await(call);
        VERIFY_RESULT(reply);
        QCOMPARE(reply->status, 200);
        revisions.insert(member(*reply, "revision"));
    }
    QCOMPARE(revisions.size(), 50);
}

QTEST_GUILESS_MAIN(TestApiServer)
#include "tst_apiserver.moc"
