// Tags of resources and jobs.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestTagOperations : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void tags();
    void tagsOfAJob();
    void refusesTags_data();
    void refusesTags();

private:
    std::unique_ptr<ApiFixture> m_api;
};

void TestTagOperations::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestTagOperations::tags()
{
    for (const QByteArray &resource :
         {"compute-environment%2Fce"_ba, "job-queue%2Fq"_ba, "job-definition/maze:1"_ba}) {
        const QByteArray path
            = "/v1/tags/arn%3Aaws%3Abatch%3Aus-east-1%3A000000000000%3A" + resource;
        VERIFY_RESULT(m_api->request("POST", path, {}, R"({"tags": {"a": "1", "b": "2"}})"));
        VERIFY_RESULT(m_api->request("DELETE", path + "?tagKeys=a&tagKeys=nothing", {}, {}));
        const auto listed = m_api->request("GET", path, {}, {});
        VERIFY_RESULT(listed);
        QCOMPARE(QString::fromStdString(listed->dump()), uR"({"tags":{"b":"2"}})"_s);
    }
}

void TestTagOperations::tagsOfAJob()
{
    const auto submitted = m_api->batch("SubmitJob", R"({"jobName": "x", "jobQueue": "q",
        "jobDefinition": "maze", "tags": {"a": "1"}})");
    VERIFY_RESULT(submitted);
    const QByteArray path = "/v1/tags/" + at(*submitted, "jobArn").toLatin1();
    VERIFY_RESULT(m_api->request("POST", path, {}, R"({"tags": {"b": "2"}})"));
    VERIFY_RESULT(m_api->request("DELETE", path + "?tagKeys=a", {}, {}));
    const auto listed = m_api->request("GET", path, {}, {});
    VERIFY_RESULT(listed);
    QCOMPARE(QString::fromStdString(listed->dump()), uR"({"tags":{"b":"2"}})"_s);
    const auto described = m_api->batch(
        "DescribeJobs", "{\"jobs\": [\"" + at(*submitted, "jobId").toLatin1() + "\"]}");
    VERIFY_RESULT(described);
    QCOMPARE(at(*described, "jobs/0/tags/b"), u"2"_s);
    QVERIFY(at(*described, "jobs/0/tags/a").isEmpty());
}

void TestTagOperations::refusesTags_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    const QByteArray queue = "arn:aws:batch:us-east-1:000000000000:job-queue/q";
    QByteArray many = "{\"tags\": {";
    for (int i = 0; i < 51; ++i)
        many += (i > 0 ? ", \"" : "\"") + QByteArray::number(i) + "\": \"\"";
    QTest::newRow("unknown queue")
        << "GET"_ba << QByteArray(queue + "x") << ""_ba << u"does not exist"_s;
    QTest::newRow("no ARN") << "GET"_ba
                            << "q"_ba
                            << ""_ba << u"does not exist"_s;
    QTest::newRow("no tags") << "POST"_ba << queue << "{}"_ba << u"tags: expected an object"_s;
    QTest::newRow("number as value")
        << "POST"_ba << queue << R"({"tags": {"a": 1}})"_ba << u"tags: a value"_s;
    QTest::newRow("empty key") << "POST"_ba << queue << R"({"tags": {"": "1"}})"_ba
                               << u"A tag has no key"_s;
    QTest::newRow("key of 129") << "POST"_ba << queue
                                << QByteArray("{\"tags\": {\"" + QByteArray(129, 'k')
                                              + "\": \"\"}}")
                                << u"at most 128 characters (129)"_s;
    QTest::newRow("key of AWS") << "POST"_ba << queue << R"({"tags": {"aws:team": "1"}})"_ba
                                << u"`aws:team` is reserved"_s;
    QTest::newRow("NUL in a value")
        << "POST"_ba << queue << R"({"tags": {"a": "\u0000"}})"_ba << u"NUL"_s;
    QTest::newRow("value of 257") << "POST"_ba << queue
                                  << QByteArray("{\"tags\": {\"k\": \"" + QByteArray(257, 'v')
                                                + "\"}}")
                                  << u"at most 256 characters (257)"_s;
    QTest::newRow("51 tags") << "POST"_ba << queue << QByteArray(many + "}}")
                             << u"There are 51 tags; at most 50"_s;
    QTest::newRow("no keys") << "DELETE"_ba << queue << ""_ba << u"tagKeys"_s;
}

void TestTagOperations::refusesTags()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    const auto reply = m_api->request(method, "/v1/tags/" + target, {}, body);
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
}

QTEST_GUILESS_MAIN(TestTagOperations)
#include "tst_tagoperations.moc"
