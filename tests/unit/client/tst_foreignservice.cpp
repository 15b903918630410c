// The client against services that answer otherwise than the executor: AWS, and nonsense.
#include "backend/executor/api/httpserver.h"
#include "tests/support/engine/await.h"
#include "tests/unit/client/servicetesting.h"

#include <QSignalSpy>

#include <atomic>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;
using client::HttpBatchService;

class TestForeignService : public QObject
{
    Q_OBJECT

private slots:
    void pollsWithoutTheExtension();
    void unwrapsFaults();
    void awsErrorForms_data();
    void awsErrorForms();
    void nonsenseIsAProtocolError_data();
    void nonsenseIsAProtocolError();
};

// As on AWS: no /batchyard/, so lists are compared.
void TestForeignService::pollsWithoutTheExtension()
{
    std::atomic<bool> isDone = false;
    executor::api::HttpServer aws([&](const executor::api::Request &request) {
        executor::api::Reply reply{.headers = {}, .body = {}};
        if (request.head.path.startsWith("/batchyard/"))
            return executor::api::toReply({403,
                                           "MissingAuthenticationTokenException",
                                           u"Missing Authentication Token"_s,
                                           {}});
        if (request.head.path == "/v1/describejobqueues")
            reply.body = R"({"jobQueues": [{"jobQueueName": "q", "jobQueueArn": "a", "state":
                "ENABLED", "status": "VALID", "priority": 1, "computeEnvironmentOrder": []}]})";
        else if (request.body.contains(isDone ? "SUCCEEDED" : "RUNNING"))
            reply.body = R"({"jobSummaryList": [{"jobId": "j1", "jobName": "n", "status": ")"
                + QByteArray(isDone ? "SUCCEEDED" : "RUNNING") + "\"}]}";
        else
            reply.body = R"({"jobSummaryList": []})";
        return reply;
    });
    const auto port = aws.start(0);
    VERIFY_RESULT(port);
    HttpBatchService service(u"AWS"_s, client::fixedEndpoint(endpoint(*port)), quick);
    QSignalSpy jobs(&service, &batch::BatchService::jobsChanged);
    QSignalSpy logs(&service, &batch::BatchService::logsChanged);
    service.watch();
    QTRY_COMPARE(jobs.size(), 1);
    QCOMPARE(jobs[0][0].toStringList(), QStringList{u"j1"_s});
    QTRY_VERIFY(logs.size() >= 2); // goes on while the job runs
    QCOMPARE(jobs.size(), 1);
    isDone = true;
    QTRY_COMPARE(jobs.size(), 2);
    const auto view = await(service.jobLiveView(u"j1"_s));
    QVERIFY(!view);
    QCOMPARE(view.error().code, ErrorCode::Unsupported);
}

// AWS wraps the faults of a document; a person wants the text.
void TestForeignService::unwrapsFaults()
{
    executor::api::HttpServer aws([](const executor::api::Request &) {
        return executor::api::Reply{
            .status = 400,
            .headers = {{"x-amzn-ErrorType", "ClientException"}},
            .body = R"({"message": "Error executing request, Exception : priority: missing., )"
                    R"(RequestId: 5c2e"})"};
    });
    const auto port = aws.start(0);
    VERIFY_RESULT(port);
    HttpBatchService service(u"AWS"_s, client::fixedEndpoint(endpoint(*port)), quick);
    const auto reply = await(service.describeJobQueues());
    QVERIFY(!reply);
    QCOMPARE(reply.error().message, u"priority: missing."_s);
}

void TestForeignService::awsErrorForms_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("detail");
    QTest::newRow("header with an address")
        << 400 << "ClientException:http://internal.amazon.com/"_ba
        << R"({"message": "m"})"_ba << ErrorCode::InvalidInput << u"ClientException"_s;
    QTest::newRow("type with a namespace")
        << 400 << ""_ba
        << R"({"__type": "com.amazon#ClientException", "Message": "m"})"_ba
        << ErrorCode::InvalidInput << u"ClientException"_s;
    QTest::newRow("code in the body") << 500 << ""_ba
                                      << R"({"code": "ServerException", "message": "m"})"_ba
                                      << ErrorCode::Io << u"ServerException"_s;
    QTest::newRow("throttled") << 429 << "TooManyRequestsException"_ba
                               << R"({"message": "m"})"_ba << ErrorCode::Timeout
                               << u"TooManyRequestsException"_s;
    QTest::newRow("denied") << 403 << "AccessDeniedException"_ba
                            << R"({"message": "m"})"_ba << ErrorCode::AccessDenied
                            << u"AccessDeniedException"_s;
    QTest::newRow("expired") << 400 << "ExpiredTokenException"_ba
                             << R"({"message": "m"})"_ba << ErrorCode::AccessDenied
                             << u"ExpiredTokenException"_s;
    QTest::newRow("a proxy's page") << 502 << ""_ba
                                    << "<html>bad gateway</html>"_ba << ErrorCode::Io << QString();
}

void TestForeignService::awsErrorForms()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, header);
    QFETCH(const QByteArray, body);
    QFETCH(const ErrorCode, code);
    QFETCH(const QString, detail);
    executor::api::HttpServer aws([&](const executor::api::Request &) {
        executor::api::Reply reply{.status = status, .headers = {}, .body = body};
        if (!header.isEmpty())
            reply.headers.emplaceBack("x-amzn-ErrorType", header);
        return reply;
    });
    const auto port = aws.start(0);
    VERIFY_RESULT(port);
    HttpBatchService service(u"AWS"_s, client::fixedEndpoint(endpoint(*port)), quick);
    const auto reply = await(service.describeJobQueues());
    QVERIFY(!reply);
    QCOMPARE(reply.error().code, code);
    QCOMPARE(reply.error().detail, detail);
    QVERIFY(!reply.error().message.isEmpty());
}

void TestForeignService::nonsenseIsAProtocolError_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("text") << "hello"_ba;
    QTest::newRow("list") << "[]"_ba;
    QTest::newRow("no list of jobs") << "{}"_ba;
    QTest::newRow("jobs that are no list") << R"({"jobs": {}})"_ba;
    QTest::newRow("a job that is a number") << R"({"jobs": [1]})"_ba;
    QTest::newRow("a job of an unknown status")
        << R"({"jobs": [{"jobId": "a", "jobName": "a", "jobQueue": "q", "status": "LOST",
                         "startedAt": 0, "jobDefinition": "d"}]})"_ba;
}

void TestForeignService::nonsenseIsAProtocolError()
{
    QFETCH(const QByteArray, body);
    executor::api::HttpServer server([&](const executor::api::Request &) {
        return executor::api::Reply{.headers = {}, .body = body};
    });
    const auto port = server.start(0);
    VERIFY_RESULT(port);
    HttpBatchService service(u"Nonsense"_s, client::fixedEndpoint(endpoint(*port)), quick);
    const auto reply = await(service.describeJobs({u"a"_s}));
    QVERIFY(!reply);
    QCOMPARE(reply.error().code, ErrorCode::Protocol);
}

QTEST_GUILESS_MAIN(TestForeignService)
#include "tst_foreignservice.moc"
