// ListJobs.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestJobLists : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void lists_data();
    void lists();
    void listsNewestFirstInPages();
    void refusesList_data();
    void refusesList();
    void summaryHasTheDecidingExitCode();
    void summaryHasTheCapacity_data();
    void summaryHasTheCapacity();

private:
    std::unique_ptr<ApiFixture> m_api;
};

void TestJobLists::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestJobLists::lists_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QString>("found"); // names in order
    const auto filter = [](const char *name, const char *value) -> QByteArray {
        return QByteArray(R"("filters": [{"name": ")") + name + R"(", "values": [")" + value
            + "\"]}]";
    };
    QTest::newRow("running by default") << ""_ba << u"maze-c"_s;
    QTest::newRow("submitted") << R"("jobStatus": "SUBMITTED")"_ba << u"maze-b maze-a"_s;
    QTest::newRow("succeeded") << R"("jobStatus": "SUCCEEDED")"_ba << u"Other"_s;
    QTest::newRow("failed: none") << R"("jobStatus": "FAILED")"_ba << u""_s;
    QTest::newRow("name") << filter("JOB_NAME", "maze-a") << u"maze-a"_s;
    QTest::newRow("name in capitals") << filter("JOB_NAME", "OTHER") << u"Other"_s;
    QTest::newRow("name prefix") << filter("JOB_NAME", "maze*") << u"maze-c maze-b maze-a"_s;
    QTest::newRow("filter beats status")
        << QByteArray(filter("JOB_NAME", "*") + R"(, "jobStatus": "FAILED")")
        << u"Other maze-c maze-b maze-a"_s;
    QTest::newRow("definition") << filter("JOB_DEFINITION", "maze")
                                << u"Other maze-c maze-b maze-a"_s;
    QTest::newRow("definition in capitals") << filter("JOB_DEFINITION", "MAZE") << u""_s;
    QTest::newRow("definition prefix")
        << filter("JOB_DEFINITION", "ma*") << u"Other maze-c maze-b maze-a"_s;
    QTest::newRow("definition ARN")
        << filter("JOB_DEFINITION", "arn:aws:batch:us-east-1:000000000000:job-definition/maze:1")
        << u"Other maze-c maze-b maze-a"_s;
    QTest::newRow("ARN of another revision")
        << filter("JOB_DEFINITION", "arn:aws:batch:us-east-1:000000000000:job-definition/maze:2")
        << u""_s;
    QTest::newRow("created before")
        << filter("BEFORE_CREATED_AT", "1800000002000") << u"maze-b maze-a"_s;
    QTest::newRow("created after") << filter("AFTER_CREATED_AT", "1800000002000") << u"Other"_s;
    QTest::newRow("queue by ARN")
        << R"("jobQueue": "arn:aws:batch:us-east-1:000000000000:job-queue/q")"_ba << u"maze-c"_s;
}

void TestJobLists::lists()
{
    QFETCH(const QByteArray, query);
    QFETCH(const QString, found);
    QStringList ids;
    for (const char *name : {"maze-a", "maze-b", "maze-c", "Other"}) {
        ids += m_api->submit(name);
        m_api->now += std::chrono::seconds(1);
    }
    QVERIFY(m_api->moveTo(ids[2], batch::JobStatus::Running));
    QVERIFY(m_api->moveTo(ids[3], batch::JobStatus::Succeeded));
    const bool hasQueue = query.contains("jobQueue");
    const auto reply
        = m_api->batch("ListJobs",
                       QByteArray('{' + (hasQueue ? ""_ba : R"("jobQueue": "q")"_ba)
                                  + (hasQueue || query.isEmpty() ? "" : ", ") + query + '}'));
    VERIFY_RESULT(reply);
    QStringList names;
    for (const batch::Json &summary : (*reply)["jobSummaryList"])
        names += at(summary, "jobName");
    QCOMPARE(names.join(u' '), found);
}

void TestJobLists::listsNewestFirstInPages()
{
    for (int i = 0; i < 7; ++i)
        QVERIFY(!m_api->submit("job" + QByteArray::number(i)).isEmpty());
    QStringList names;
    QList<int> sizes;
    QString token;
    do {
        const QByteArray next
            = token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"';
        const auto page = m_api->batch(
            "ListJobs",
            R"({"jobQueue": "q", "jobStatus": "SUBMITTED", "maxResults": 3)" + next + '}');
        VERIFY_RESULT(page);
        sizes += sizeAt(*page, "jobSummaryList");
        for (const batch::Json &summary : (*page)["jobSummaryList"])
            names += at(summary, "jobName");
        token = at(*page, "nextToken");
        QVERIFY(!m_api->submit("later").isEmpty()); // does not disturb the pages
    } while (!token.isEmpty());
    QCOMPARE(sizes, (QList<int>{3, 3, 1}));
    QCOMPARE(names.join(u' '), u"job6 job5 job4 job3 job2 job1 job0"_s);
}

void TestJobLists::refusesList_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("no queue") << "{}"_ba << u"jobQueue"_s;
    QTest::newRow("unknown queue") << R"({"jobQueue": "nope"})"_ba << u"JobQueue nope not found."_s;
    QTest::newRow("array") << R"({"arrayJobId": "x"})"_ba << u"arrayJobId: x is no array job."_s;
    QTest::newRow("queue and array")
        << R"({"arrayJobId": "x", "jobQueue": "q"})"_ba << u"Exactly one of"_s;
    QTest::newRow("multi-node") << R"({"multiNodeJobId": "x"})"_ba << u"multiNodeJobId"_s;
    QTest::newRow("bad status") << R"({"jobQueue": "q", "jobStatus": "DONE"})"_ba << u"jobStatus"_s;
    QTest::newRow("two filters")
        << R"({"jobQueue": "q", "filters": [{"name": "JOB_NAME", "values": ["a"]},
               {"name": "JOB_NAME", "values": ["b"]}]})"_ba
        << u"filters"_s;
    QTest::newRow("unknown filter")
        << R"({"jobQueue": "q", "filters": [{"name": "job_name", "values": ["a"]}]})"_ba
        << u"filters[0].name"_s;
    QTest::newRow("filter without values")
        << R"({"jobQueue": "q", "filters": [{"name": "JOB_NAME", "values": []}]})"_ba
        << u"filters[0].values"_s;
    QTest::newRow("time in words")
        << R"({"jobQueue": "q", "filters": [{"name": "AFTER_CREATED_AT", "values": ["now"]}]})"_ba
        << u"milliseconds"_s;
    QTest::newRow("1001 results") << R"({"jobQueue": "q", "maxResults": 1001})"_ba
                                  << u"maxResults"_s;
    QTest::newRow("101 filtered results") << R"({"jobQueue": "q", "maxResults": 101,
               "filters": [{"name": "JOB_NAME", "values": ["a"]}]})"_ba
                                          << u"maxResults"_s;
    QTest::newRow("forged token") << R"({"jobQueue": "q", "nextToken": "AAAAAAAAAAAAAAAAMQ"})"_ba
                                  << u"nextToken"_s;
}

void TestJobLists::refusesList()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    const auto reply = m_api->batch("ListJobs", body);
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
}

void TestJobLists::summaryHasTheDecidingExitCode()
{
    const QString id = m_api->submit();
    QVERIFY(m_api->runAttempt(id, 3));
    const auto reply = m_api->batch("ListJobs", R"({"jobQueue": "q", "jobStatus": "FAILED"})");
    VERIFY_RESULT(reply);
    QCOMPARE(at(*reply, "jobSummaryList/0/container/exitCode"), u"3"_s);
    QCOMPARE(at(*reply, "jobSummaryList/0/statusReason"), u"Essential container in task exited"_s);
}

void TestJobLists::summaryHasTheCapacity_data()
{
    QTest::addColumn<QByteArray>("members"); // of the request
    QTest::addColumn<QString>("usage");
    QTest::newRow("definition's") << ""_ba << u"[{\"capacityUnit\":\"VCPU\",\"quantity\":2.0}]"_s;
    QTest::newRow("overridden")
        << R"(, "ecsPropertiesOverride": {"taskProperties": [{"containers": [{"name": "agent",
             "resourceRequirements": [{"type": "VCPU", "value": "2.5"}]}]}]})"_ba
        << u"[{\"capacityUnit\":\"VCPU\",\"quantity\":3.5}]"_s;
    QTest::newRow("array's parent") << R"(, "arrayProperties": {"size": 2})"_ba << u""_s;
}

void TestJobLists::summaryHasTheCapacity()
{
    QFETCH(const QByteArray, members);
    const auto submitted = m_api->batch(
        "SubmitJob",
        R"({"jobName": "a", "jobQueue": "q", "jobDefinition": "maze")" + members + '}');
    VERIFY_RESULT(submitted);
    const auto list = m_api->batch("ListJobs", R"({"jobQueue": "q", "jobStatus": "SUBMITTED"})");
    VERIFY_RESULT(list);
    QTEST(at(*list, "jobSummaryList/0/capacityUsage"), "usage");
    QVERIFY(at(*list, "jobSummaryList/0/scheduledAt").isEmpty());
}

QTEST_GUILESS_MAIN(TestJobLists)
#include "tst_joblists.moc"
