// Resources on their way to be created, changed and deleted.
#include "apitesting.h"

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestSettling : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void showsTheWay_data();
    void showsTheWay();
    void canBeUsedMeanwhile();
    void isThereWhileItIsDeleted();
    void tellsOfTheEnd();
    void allAtOnceWithoutATime();

private:
    [[nodiscard]] QString statusOf(const QByteArray &kind, const QByteArray &name);

    std::unique_ptr<ApiFixture> m_api;
};

namespace {

using namespace std::chrono_literals;

QByteArray environment(const QByteArray &name)
{
    return R"({"computeEnvironmentName": ")" + name + R"(", "type": "MANAGED",
        "computeResources": {"type": "FARGATE", "maxvCpus": 4, "subnets": ["s"],
                             "securityGroupIds": ["g"]}})";
}

QByteArray queue(const QByteArray &name)
{
    return R"({"jobQueueName": ")" + name + R"(", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})";
}

} // namespace

void TestSettling::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
    m_api->context->settling = std::make_unique<executor::api::Settling>(200ms, m_api->feed);
}

// "gone" when it is not described.
QString TestSettling::statusOf(const QByteArray &kind, const QByteArray &name)
{
    const auto reply = kind == "JobQueue"
        ? m_api->batch("DescribeJobQueues", "{\"jobQueues\": [\"" + name + "\"]}")
        : m_api->batch("DescribeComputeEnvironments",
                       "{\"computeEnvironments\": [\"" + name + "\"]}");
    if (!reply)
        return reply.error().message;
    const QByteArray list = kind == "JobQueue" ? "jobQueues" : "computeEnvironments";
    if (sizeAt(*reply, list) == 0)
        return u"gone"_s;
    const QString status = at(*reply, list + "/0/status");
    const bool hasReason = !at(*reply, list + "/0/statusReason").isEmpty();
    return hasReason ? status % u" with a reason" : status;
}

void TestSettling::showsTheWay_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("created");
    QTest::addColumn<QByteArray>("member"); // that names it
    QTest::newRow("compute environment")
        << "ComputeEnvironment"_ba << environment("x") << "computeEnvironment"_ba;
    QTest::newRow("job queue") << "JobQueue"_ba << queue("x") << "jobQueue"_ba;
}

void TestSettling::showsTheWay()
{
    QFETCH(const QByteArray, kind);
    QFETCH(const QByteArray, created);
    QFETCH(const QByteArray, member);
    const QByteArray named = "\"" + member + "\": \"x\"";
    VERIFY_RESULT(m_api->batch("Create" + kind, created));
    QCOMPARE(statusOf(kind, "x"), u"CREATING"_s);
    QTRY_COMPARE(statusOf(kind, "x"), u"VALID with a reason"_s);
    VERIFY_RESULT(m_api->batch("Update" + kind, "{" + named + ", \"state\": \"DISABLED\"}"));
    QCOMPARE(statusOf(kind, "x"), u"UPDATING"_s);
    QTRY_COMPARE(statusOf(kind, "x"), u"VALID with a reason"_s);
    VERIFY_RESULT(m_api->batch("Delete" + kind, "{" + named + "}"));
    QVERIFY(statusOf(kind, "x").startsWith(u"DELETING"));
    const auto again = m_api->batch("Create" + kind, created);
    QVERIFY(!again);
    QCOMPARE(again.error().message, u"Object already exists"_s);
    QVERIFY(!m_api->batch("Update" + kind, "{" + named + ", \"state\": \"ENABLED\"}"));
    QVERIFY(!m_api->batch("Delete" + kind, "{" + named + "}"));
    QTRY_COMPARE(statusOf(kind, "x"), u"gone"_s);
    VERIFY_RESULT(m_api->batch("Create" + kind, created));
}

void TestSettling::canBeUsedMeanwhile()
{
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", environment("x")));
    QCOMPARE(statusOf("ComputeEnvironment", "x"), u"CREATING"_s);
    VERIFY_RESULT(m_api->batch("CreateJobQueue", R"({"jobQueueName": "y", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "x"}]})"));
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "priority": 2})"));
    QCOMPARE(statusOf("JobQueue", "q"), u"UPDATING"_s);
    QVERIFY(!m_api->submit().isEmpty());
}

void TestSettling::isThereWhileItIsDeleted()
{
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", environment("x")));
    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment",
                               R"({"computeEnvironment": "x", "state": "DISABLED"})"));
    VERIFY_RESULT(m_api->batch("DeleteComputeEnvironment", R"({"computeEnvironment": "x"})"));
    QCOMPARE(statusOf("ComputeEnvironment", "x"), u"DELETING"_s);
    const auto queue = m_api->batch("CreateJobQueue", R"({"jobQueueName": "y", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "x"}]})");
    QVERIFY(!queue);
    QVERIFY(queue.error().message.contains(u"x does not exist"_s));
}

void TestSettling::tellsOfTheEnd()
{
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", environment("x")));
    const qint64 before = m_api->feed.waitForChanges(0, 0ms).sequence;
    QTRY_VERIFY(!m_api->feed.waitForChanges(before, 0ms).changes.isEmpty());
    const auto changes = m_api->feed.waitForChanges(before, 0ms).changes;
    QVERIFY(changes.first().kind == executor::Change::Kind::Resource);
    QCOMPARE(statusOf("ComputeEnvironment", "x"), u"VALID with a reason"_s);
}

void TestSettling::allAtOnceWithoutATime()
{
    m_api->context->settling = std::make_unique<executor::api::Settling>(0ms, m_api->feed);
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", environment("x")));
    QCOMPARE(statusOf("ComputeEnvironment", "x"), u"VALID with a reason"_s);
}

QTEST_GUILESS_MAIN(TestSettling)
#include "tst_settling.moc"
