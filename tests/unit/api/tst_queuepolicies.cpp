// Scheduling policies, the queues that have one, what stands at a queue's front, and consumable
// resources.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestQueuePolicies : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void createsPolicy();
    void updatesPolicy();
    void policyInUseStays();
    void policyIsReplacedNotRemoved();
    void listsPolicies();
    void refusesPolicies_data();
    void refusesPolicies();
    void snapshot();
    void snapshotOfShares();
    void createsConsumable();
    void changesTotals_data();
    void changesTotals();
    void sameTokenCountsOnce();
    void tokenLastsEightHours();
    void consumableInUseStays();
    void listsConsumables();
    void listsJobsOfConsumable();
    void refusesConsumables_data();
    void refusesConsumables();

private:
    [[nodiscard]] QString addPolicy(const QByteArray &name);
    [[nodiscard]] Result<batch::Json> addQueue(const QString &policyArn);
    [[nodiscard]] bool addConsumable(const QByteArray &name, int total);
    [[nodiscard]] QString total(const QByteArray &name);

    std::unique_ptr<ApiFixture> m_api;
};

QString TestQueuePolicies::addPolicy(const QByteArray &name)
{
    const auto reply
        = m_api->batch("CreateSchedulingPolicy",
                       "{\"name\": \"" + name + R"(", "fairsharePolicy": {"shareDecaySeconds": 3600,
        "computeReservation": 10, "shareDistribution":
        [{"shareIdentifier": "a", "weightFactor": 0.5}]}, "tags": {"x": "y"}})");
    return reply ? at(*reply, "arn") : QString();
}

Result<batch::Json> TestQueuePolicies::addQueue(const QString &policyArn)
{
    return m_api->batch("CreateJobQueue",
                        R"({"jobQueueName": "shared", "priority": 1, "schedulingPolicyArn": ")"
                            + policyArn.toLatin1() + R"(", "computeEnvironmentOrder":
                            [{"order": 1, "computeEnvironment": "ce"}]})");
}

bool TestQueuePolicies::addConsumable(const QByteArray &name, int total)
{
    return m_api
        ->batch("CreateConsumableResource",
                "{\"consumableResourceName\": \"" + name
                    + "\", \"totalQuantity\": " + QByteArray::number(total) + '}')
        .has_value();
}

QString TestQueuePolicies::total(const QByteArray &name)
{
    const auto reply
        = m_api->batch("DescribeConsumableResource", "{\"consumableResource\": \"" + name + "\"}");
    return reply ? at(*reply, "totalQuantity") : reply.error().message;
}

void TestQueuePolicies::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestQueuePolicies::createsPolicy()
{
    const QString arn = addPolicy("fair");
    QCOMPARE(arn, u"arn:aws:batch:us-east-1:000000000000:scheduling-policy/fair"_s);
    const auto reply = m_api->batch("DescribeSchedulingPolicies",
                                    "{\"arns\": [\"" + arn.toLatin1() + "\", \"nothing\"]}");
    VERIFY_RESULT(reply);
    QCOMPARE(sizeAt(*reply, "schedulingPolicies"), 1);
    QCOMPARE(at(*reply, "schedulingPolicies/0/name"), u"fair"_s);
    QCOMPARE(at(*reply, "schedulingPolicies/0/arn"), arn);
    QCOMPARE(at(*reply, "schedulingPolicies/0/fairsharePolicy/shareDecaySeconds"), u"3600"_s);
    QCOMPARE(at(*reply, "schedulingPolicies/0/fairsharePolicy/shareDistribution/0/weightFactor"),
             u"0.5"_s);
    QCOMPARE(at(*reply, "schedulingPolicies/0/tags/x"), u"y"_s);
}

void TestQueuePolicies::updatesPolicy()
{
    const QByteArray arn = addPolicy("fair").toLatin1();
    VERIFY_RESULT(m_api->batch("UpdateSchedulingPolicy",
                               "{\"arn\": \"" + arn
                                   + R"(", "fairsharePolicy": {"computeReservation": 50}})"));
    const auto reply = m_api->batch("DescribeSchedulingPolicies", "{\"arns\": [\"" + arn + "\"]}");
    VERIFY_RESULT(reply);
    QCOMPARE(at(*reply, "schedulingPolicies/0/fairsharePolicy/computeReservation"), u"50"_s);
    QCOMPARE(at(*reply, "schedulingPolicies/0/tags/x"), u"y"_s);
}

void TestQueuePolicies::policyInUseStays()
{
    const QString arn = addPolicy("fair");
    VERIFY_RESULT(addQueue(arn));
    const QByteArray request = "{\"arn\": \"" + arn.toLatin1() + "\"}";
    const auto refused = m_api->batch("DeleteSchedulingPolicy", request);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.contains(u"used by job queue shared"_s));
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "shared", "state": "DISABLED"})"));
    VERIFY_RESULT(m_api->batch("DeleteJobQueue", R"({"jobQueue": "shared"})"));
    VERIFY_RESULT(m_api->batch("DeleteSchedulingPolicy", request));
    QVERIFY(!m_api->batch("DeleteSchedulingPolicy", request));
}

void TestQueuePolicies::policyIsReplacedNotRemoved()
{
    VERIFY_RESULT(addQueue(addPolicy("fair")));
    const QByteArray other = addPolicy("other").toLatin1();
    const auto removed
        = m_api->batch("UpdateJobQueue", R"({"jobQueue": "shared", "schedulingPolicyArn": ""})");
    QVERIFY(!removed);
    QVERIFY(removed.error().message.contains(u"replaced, not removed"_s));
    VERIFY_RESULT(m_api->batch(
        "UpdateJobQueue", R"({"jobQueue": "shared", "schedulingPolicyArn": ")" + other + "\"}"));
    const auto queue = m_api->batch("DescribeJobQueues", R"({"jobQueues": ["shared"]})");
    VERIFY_RESULT(queue);
    QCOMPARE(at(*queue, "jobQueues/0/schedulingPolicyArn").toLatin1(), other);
}

void TestQueuePolicies::listsPolicies()
{
    for (const char *name : {"a", "b", "c"})
        QVERIFY(!addPolicy(name).isEmpty());
    const auto first = m_api->batch("ListSchedulingPolicies", R"({"maxResults": 2})");
    VERIFY_RESULT(first);
    QCOMPARE(sizeAt(*first, "schedulingPolicies"), 2);
    QCOMPARE(sizeAt(*first, "schedulingPolicies/0"), 1); // the ARN alone
    const auto rest = m_api->batch("ListSchedulingPolicies",
                                   R"({"maxResults": 2, "nextToken": ")"
                                       + at(*first, "nextToken").toLatin1() + "\"}");
    VERIFY_RESULT(rest);
    QCOMPARE(sizeAt(*rest, "schedulingPolicies"), 1);
    QVERIFY(at(*rest, "schedulingPolicies/0/arn").endsWith(u"scheduling-policy/c"_s));
}

void TestQueuePolicies::refusesPolicies_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    const auto row
        = [](const char *name, const QByteArray &operation, const QByteArray &body,
             const QString &message) { QTest::newRow(name) << operation << body << message; };
    row("no name", "CreateSchedulingPolicy", "{}", u"name"_s);
    row("bad name", "CreateSchedulingPolicy", R"({"name": "a b", "fairsharePolicy": {}})",
        u"name"_s);
    row("quota shares", "CreateSchedulingPolicy",
        R"({"name": "x", "quotaSharePolicy": {"idleResourceAssignmentStrategy": "FIFO"}})",
        u"quotaSharePolicy"_s);
    row("decay of 8 days", "CreateSchedulingPolicy",
        R"({"name": "x", "fairsharePolicy": {"shareDecaySeconds": 691200}})",
        u"fairsharePolicy.shareDecaySeconds"_s);
    row("reservation of 100", "CreateSchedulingPolicy",
        R"({"name": "x", "fairsharePolicy": {"computeReservation": 100}})",
        u"fairsharePolicy.computeReservation"_s);
    row("weight 0", "CreateSchedulingPolicy",
        R"({"name": "x", "fairsharePolicy": {"shareDistribution":
            [{"shareIdentifier": "a", "weightFactor": 0}]}})",
        u"weightFactor"_s);
    row("overlapping shares", "CreateSchedulingPolicy",
        R"({"name": "x", "fairsharePolicy": {"shareDistribution":
            [{"shareIdentifier": "a*"}, {"shareIdentifier": "a1"}]}})",
        u"a1"_s);
    row("update of none", "UpdateSchedulingPolicy",
        R"({"arn": "arn:aws:batch:us-east-1:000000000000:scheduling-policy/x"})",
        u"does not exist"_s);
    row("update by name", "UpdateSchedulingPolicy", R"({"arn": "fair"})", u"arn"_s);
    row("describe none", "DescribeSchedulingPolicies", "{}", u"'arns' is a required field"_s);
}

void TestQueuePolicies::refusesPolicies()
{
    QFETCH(const QByteArray, operation);
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    const auto reply = m_api->batch(operation, body);
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
}

void TestQueuePolicies::snapshot()
{
    m_api->control.snapshot.vcpus = 2.5;
    m_api->control.snapshot.front = {{u"first"_s, batch::fromEpochMs(5)}};
    const auto reply = m_api->batch("GetJobQueueSnapshot", R"({"jobQueue": "q"})");
    VERIFY_RESULT(reply);
    QCOMPARE(at(*reply, "frontOfQueue/jobs/0/jobArn"),
             u"arn:aws:batch:us-east-1:000000000000:job/first"_s);
    QCOMPARE(at(*reply, "frontOfQueue/jobs/0/earliestTimeAtPosition"), u"5"_s);
    QCOMPARE(at(*reply, "frontOfQueue/lastUpdatedAt"), u"1800000000000"_s);
    QCOMPARE(at(*reply, "queueUtilization/totalCapacityUsage/0/capacityUnit"), u"VCPU"_s);
    QCOMPARE(at(*reply, "queueUtilization/totalCapacityUsage/0/quantity"), u"2.5"_s);
    QVERIFY(!(*reply)["queueUtilization"].contains("fairshareUtilization"));
    QVERIFY(!m_api->batch("GetJobQueueSnapshot", R"({"jobQueue": "nope"})"));
    QVERIFY(!m_api->batch("GetJobQueueSnapshot", "{}"));
}

void TestQueuePolicies::snapshotOfShares()
{
    VERIFY_RESULT(addQueue(addPolicy("fair")));
    m_api->control.snapshot.activeShares = 2;
    m_api->control.snapshot.shares = {{u"a"_s, 3}};
    const auto reply = m_api->batch("GetJobQueueSnapshot", R"({"jobQueue": "shared"})");
    VERIFY_RESULT(reply);
    const batch::Json &use = (*reply)["queueUtilization"]["fairshareUtilization"];
    QCOMPARE(at(use, "activeShareCount"), u"2"_s);
    QCOMPARE(at(use, "topCapacityUtilization/0/shareIdentifier"), u"a"_s);
    QCOMPARE(at(use, "topCapacityUtilization/0/capacityUsage/0/quantity"), u"3.0"_s);
}

void TestQueuePolicies::createsConsumable()
{
    QVERIFY(addConsumable("licence", 5));
    m_api->control.consumablesInUse[u"licence"_s] = 2;
    const auto reply
        = m_api->batch("DescribeConsumableResource", R"({"consumableResource": "licence"})");
    VERIFY_RESULT(reply);
    QCOMPARE(at(*reply, "consumableResourceArn"),
             u"arn:aws:batch:us-east-1:000000000000:consumable-resource/licence"_s);
    QCOMPARE(at(*reply, "resourceType"), u"REPLENISHABLE"_s);
    QCOMPARE(at(*reply, "totalQuantity"), u"5"_s);
    QCOMPARE(at(*reply, "inUseQuantity"), u"2"_s);
    QCOMPARE(at(*reply, "availableQuantity"), u"3"_s);
    QCOMPARE(at(*reply, "createdAt"), u"1800000000000"_s);
    QVERIFY(!addConsumable("licence", 5));
}

void TestQueuePolicies::changesTotals_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("result"); // the total, or a part of the fault
    QTest::newRow("set") << R"("operation": "SET", "quantity": 9)"_ba << u"9"_s;
    QTest::newRow("add") << R"("operation": "ADD", "quantity": 2)"_ba << u"7"_s;
    QTest::newRow("remove") << R"("operation": "REMOVE", "quantity": 5)"_ba << u"0"_s;
    QTest::newRow("remove too much")
        << R"("operation": "REMOVE", "quantity": 6)"_ba << u"6 cannot be removed, there are 5"_s;
    QTest::newRow("below zero") << R"("operation": "SET", "quantity": -1)"_ba << u"quantity"_s;
    QTest::newRow("no operation") << R"("quantity": 1)"_ba << u"operation and quantity"_s;
    QTest::newRow("no quantity") << R"("operation": "ADD")"_ba << u"operation and quantity"_s;
    QTest::newRow("another operation")
        << R"("operation": "HALVE", "quantity": 1)"_ba << u"SET, ADD and REMOVE"_s;
    QTest::newRow("past all numbers")
        << R"("operation": "ADD", "quantity": 4611686018427387903)"_ba << u"quantity"_s;
}

void TestQueuePolicies::changesTotals()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QString, result);
    QVERIFY(addConsumable("licence", 5));
    const auto reply = m_api->batch("UpdateConsumableResource",
                                    R"({"consumableResource": "licence", )" + members + '}');
    if (reply) {
        QCOMPARE(at(*reply, "totalQuantity"), result);
        QCOMPARE(total("licence"), result);
    } else {
        QVERIFY2(reply.error().message.contains(result), qPrintable(reply.error().message));
        QCOMPARE(total("licence"), u"5"_s);
    }
}

void TestQueuePolicies::sameTokenCountsOnce()
{
    QVERIFY(addConsumable("licence", 5));
    const QByteArray request = R"({"consumableResource": "licence", "operation": "ADD",
        "quantity": 1, "clientToken": "t1"})";
    for (int i = 0; i < 3; ++i) {
        const auto reply = m_api->batch("UpdateConsumableResource", request);
        VERIFY_RESULT(reply);
        QCOMPARE(at(*reply, "totalQuantity"), u"6"_s);
    }
    const auto other
        = m_api->batch("UpdateConsumableResource",
                       QByteArray(request).replace("\"quantity\": 1", "\"quantity\": 2"));
    QVERIFY(!other);
    QVERIFY(other.error().message.startsWith(u"clientToken"_s));
    QCOMPARE(total("licence"), u"6"_s);
    const auto described
        = m_api->batch("DescribeConsumableResource", R"({"consumableResource": "licence"})");
    VERIFY_RESULT(described);
    QVERIFY(!QString::fromStdString(described->dump()).contains(u"t1"_s));
}

void TestQueuePolicies::tokenLastsEightHours()
{
    QVERIFY(addConsumable("licence", 5));
    const QByteArray request = R"({"consumableResource": "licence", "operation": "ADD",
        "quantity": 1, "clientToken": "t1"})";
    VERIFY_RESULT(m_api->batch("UpdateConsumableResource", request));
    m_api->now += std::chrono::hours(9);
    VERIFY_RESULT(m_api->batch("UpdateConsumableResource", request));
    QCOMPARE(total("licence"), u"7"_s);
}

void TestQueuePolicies::consumableInUseStays()
{
    QVERIFY(addConsumable("licence", 5));
    const auto job = m_api->batch("SubmitJob", R"({"jobName": "x", "jobQueue": "q",
        "jobDefinition": "maze", "consumableResourcePropertiesOverride": {"consumableResourceList":
            [{"consumableResource": "licence", "quantity": 1}]}})");
    VERIFY_RESULT(job);
    const QByteArray request = R"({"consumableResource": "licence"})";
    const auto refused = m_api->batch("DeleteConsumableResource", request);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.contains(at(*job, "jobId")));
    QVERIFY(m_api->moveTo(at(*job, "jobId"), batch::JobStatus::Failed));
    VERIFY_RESULT(m_api->batch("DeleteConsumableResource", request));
    QVERIFY(!m_api->batch("DescribeConsumableResource", request));
}

void TestQueuePolicies::listsConsumables()
{
    for (const char *name : {"Floating", "fixed", "token"})
        QVERIFY(addConsumable(name, 1));
    const auto all = m_api->batch("ListConsumableResources", "{}");
    VERIFY_RESULT(all);
    QCOMPARE(sizeAt(*all, "consumableResources"), 3);
    QCOMPARE(sizeAt(*all, "consumableResources/0"), 5);
    const auto some
        = m_api->batch("ListConsumableResources",
                       R"({"filters": [{"name": "CONSUMABLE_RESOURCE_NAME", "values": ["f*"]}]})");
    VERIFY_RESULT(some);
    QCOMPARE(sizeAt(*some, "consumableResources"), 2);
    const auto page = m_api->batch("ListConsumableResources", R"({"maxResults": 2})");
    VERIFY_RESULT(page);
    QVERIFY(page->contains("nextToken"));
}

void TestQueuePolicies::listsJobsOfConsumable()
{
    QVERIFY(addConsumable("licence", 5));
    for (const char *name : {"a1", "a2", "b"})
        VERIFY_RESULT(m_api->batch("SubmitJob",
                                   "{\"jobName\": \"" + QByteArray(name)
                                       + R"(", "jobQueue": "q", "jobDefinition": "maze",
            "consumableResourcePropertiesOverride": {"consumableResourceList":
                [{"consumableResource": "licence", "quantity": 2}]}})"));
    QVERIFY(!m_api->submit("without").isEmpty());
    const auto list = [&](const QByteArray &members) {
        return m_api->batch("ListJobsByConsumableResource",
                            R"({"consumableResource": "licence")" + members + '}');
    };
    const auto all = list({});
    VERIFY_RESULT(all);
    QCOMPARE(sizeAt(*all, "jobs"), 3);
    QCOMPARE(at(*all, "jobs/0/jobName"), u"b"_s);
    QCOMPARE(at(*all, "jobs/0/jobStatus"), u"SUBMITTED"_s);
    QCOMPARE(at(*all, "jobs/0/quantity"), u"5"_s);
    QCOMPARE(at(*all, "jobs/0/consumableResourceProperties/consumableResourceList/0/quantity"),
             u"2"_s);
    const auto named = list(R"(, "filters": [{"name": "JOB_NAME", "values": ["A*"]},
                                             {"name": "JOB_STATUS", "values": ["SUBMITTED"]}])");
    VERIFY_RESULT(named);
    QCOMPARE(sizeAt(*named, "jobs"), 2);
    const auto running = list(R"(, "filters": [{"name": "JOB_STATUS", "values": ["RUNNING"]}])");
    VERIFY_RESULT(running);
    QCOMPARE(sizeAt(*running, "jobs"), 0);
    const auto page = list(R"(, "maxResults": 2)");
    VERIFY_RESULT(page);
    QCOMPARE(sizeAt(*page, "jobs"), 2);
    const auto rest
        = list(", \"maxResults\": 2, \"nextToken\": \"" + at(*page, "nextToken").toLatin1() + '"');
    VERIFY_RESULT(rest);
    QCOMPARE(at(*rest, "jobs/0/jobName"), u"a1"_s);
}

void TestQueuePolicies::refusesConsumables_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    const auto row
        = [](const char *name, const QByteArray &operation, const QByteArray &body,
             const QString &message) { QTest::newRow(name) << operation << body << message; };
    row("no name", "CreateConsumableResource", "{}", u"consumableResourceName"_s);
    row("below zero", "CreateConsumableResource",
        R"({"consumableResourceName": "x", "totalQuantity": -1})", u"totalQuantity"_s);
    row("another type", "CreateConsumableResource",
        R"({"consumableResourceName": "x", "resourceType": "ENDLESS"})", u"resourceType"_s);
    row("describe none", "DescribeConsumableResource", R"({"consumableResource": "nope"})",
        u"nope does not exist"_s);
    row("describe nothing", "DescribeConsumableResource", "{}",
        u"'consumableResource' is a required field"_s);
    row("unknown filter", "ListConsumableResources",
        R"({"filters": [{"name": "NAME", "values": ["x"]}]})", u"CONSUMABLE_RESOURCE_NAME"_s);
    row("jobs of none", "ListJobsByConsumableResource", R"({"consumableResource": "nope"})",
        u"nope does not exist"_s);
}

void TestQueuePolicies::refusesConsumables()
{
    QFETCH(const QByteArray, operation);
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    const auto reply = m_api->batch(operation, body);
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
}

QTEST_GUILESS_MAIN(TestQueuePolicies)
#include "tst_queuepolicies.moc"
