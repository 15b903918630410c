// Job definitions: revisions, and what is told of them.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestJobDefinitionOperations : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void registersRevisions();
    void describesDefinition();
    void filtersDefinitions_data();
    void filtersDefinitions();
    void deregisters();
    void namesInErrorsAreHarmless_data();
    void namesInErrorsAreHarmless();

private:
    std::unique_ptr<ApiFixture> m_api;
};

void TestJobDefinitionOperations::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestJobDefinitionOperations::registersRevisions()
{
    const auto second = m_api->batch("RegisterJobDefinition", mazeDefinition);
    VERIFY_RESULT(second);
    QCOMPARE(at(*second, "revision"), u"2"_s);
    QCOMPARE(at(*second, "jobDefinitionArn"),
             u"arn:aws:batch:us-east-1:000000000000:job-definition/maze:2"_s);
    VERIFY_RESULT(m_api->batch("DeregisterJobDefinition", R"({"jobDefinition": "maze:1"})"));
    VERIFY_RESULT(m_api->batch("DeregisterJobDefinition", R"({"jobDefinition": "maze:2"})"));
    const auto third = m_api->batch("RegisterJobDefinition", mazeDefinition);
    VERIFY_RESULT(third);
    QCOMPARE(at(*third, "revision"), u"3"_s); // never used again
}

void TestJobDefinitionOperations::describesDefinition()
{
    const auto described
        = m_api->batch("DescribeJobDefinitions", R"({"jobDefinitions": ["maze:1"]})");
    VERIFY_RESULT(described);
    QCOMPARE(sizeAt(*described, "jobDefinitions"), 1);
    const batch::Json &definition = (*described)["jobDefinitions"][0];
    QCOMPARE(at(definition, "jobDefinitionName"), u"maze"_s);
    QCOMPARE(at(definition, "revision"), u"1"_s);
    QCOMPARE(at(definition, "status"), u"ACTIVE"_s);
    QCOMPARE(at(definition, "type"), u"container"_s);
    QCOMPARE(at(definition, "containerOrchestrationType"), u"ECS"_s);
    QCOMPARE(at(definition, "retryStrategy/evaluateOnExit/0/action"), u"exit"_s);
    QCOMPARE(at(definition, "ecsProperties/taskProperties/0/containers/1/dependsOn/0/condition"),
             u"START"_s);
}

void TestJobDefinitionOperations::filtersDefinitions_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QStringList>("found");
    QTest::newRow("all") << "{}"_ba << QStringList{u"maze:1"_s, u"maze:2"_s, u"other:1"_s};
    QTest::newRow("active") << R"({"status": "ACTIVE"})"_ba
                            << QStringList{u"maze:2"_s, u"other:1"_s};
    QTest::newRow("inactive") << R"({"status": "INACTIVE"})"_ba << QStringList{u"maze:1"_s};
    QTest::newRow("name") << R"({"jobDefinitionName": "maze"})"_ba
                          << QStringList{u"maze:1"_s, u"maze:2"_s};
    QTest::newRow("name and status")
        << R"({"jobDefinitionName": "maze", "status": "ACTIVE"})"_ba << QStringList{u"maze:2"_s};
    QTest::newRow("revisions") << R"({"jobDefinitions": ["maze:2",
               "arn:aws:batch:us-east-1:000000000000:job-definition/other:1", "none:1"]})"_ba
                               << QStringList{u"maze:2"_s, u"other:1"_s};
}

void TestJobDefinitionOperations::filtersDefinitions()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QStringList, found);
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", mazeDefinition));
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition",
                               QByteArray(mazeDefinition).replace("\"maze\"", "\"other\"")));
    VERIFY_RESULT(m_api->batch("DeregisterJobDefinition", R"({"jobDefinition": "maze:1"})"));
    const auto reply = m_api->batch("DescribeJobDefinitions", body);
    VERIFY_RESULT(reply);
    QStringList names;
    for (const batch::Json &definition : (*reply)["jobDefinitions"])
        names += at(definition, "jobDefinitionName") + u':' + at(definition, "revision");
    QCOMPARE(names, found);
}

void TestJobDefinitionOperations::deregisters()
{
    VERIFY_RESULT(m_api->batch(
        "DeregisterJobDefinition",
        R"({"jobDefinition": "arn:aws:batch:us-east-1:000000000000:job-definition/maze:1"})"));
    const auto described = m_api->batch("DescribeJobDefinitions", "{}");
    VERIFY_RESULT(described);
    QCOMPARE(at(*described, "jobDefinitions/0/status"), u"INACTIVE"_s);
    QVERIFY(m_api->submit().isEmpty());
}

void TestJobDefinitionOperations::namesInErrorsAreHarmless_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<QByteArray>("body"); // NAME stands for the name
    const auto row = [](const char *operation, const QByteArray &body) {
        const QByteArray name = operation + body.left(20);
        QTest::newRow(name.constData()) << QByteArray(operation) << body;
    };
    const QByteArray dependent = R"({"jobName": "j", "jobQueue": "q", "jobDefinition": "maze",
        "dependsOn": [{"jobId": "NAME"}]})";
    row("SubmitJob", R"({"jobQueue": "NAME", "jobName": "j", "jobDefinition": "maze"})");
    row("SubmitJob", R"({"jobDefinition": "NAME", "jobName": "j", "jobQueue": "q"})");
    row("SubmitJob", dependent);
    row("ListJobs", R"({"jobQueue": "NAME"})");
    row("DescribeJobDefinitions", R"({"jobDefinitions": [":NAME"]})");
    row("DeregisterJobDefinition", R"({"jobDefinition": "NAME"})");
    row("DeregisterJobDefinition", R"({"jobDefinition": "NAME:1"})");
    row("DeleteJobQueue", R"({"jobQueue": "NAME"})");
    row("CreateJobQueue", R"({"jobQueueName": "x", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "NAME"}]})");
    row("ListTagsForResource", R"({"resourceArn": "NAME"})");
}

// However long a name is that does not exist, and whatever is in it.
void TestJobDefinitionOperations::namesInErrorsAreHarmless()
{
    QFETCH(const QByteArray, operation);
    QFETCH(QByteArray, body);
    body.replace("NAME", QByteArray("\\u001b[2J\\u202e").append(5000, 'x'));
    const auto reply = m_api->batch(operation, body);
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.size() < 500, qPrintable(reply.error().message));
    for (const QChar c : reply.error().message)
        QVERIFY(c.category() != QChar::Other_Control && c.category() != QChar::Other_Format);
}

QTEST_GUILESS_MAIN(TestJobDefinitionOperations)
#include "tst_jobdefinitionoperations.moc"
