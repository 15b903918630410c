// Arrays, multi-node jobs, dependencies, shares and consumables as SubmitJob takes them and the
// other operations show them.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;
using executor::JobKind;

class TestJobSubmission : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void array();
    void arrayIsListed();
    void largestArray();
    void multiNode();
    void pod();
    void podsNeedTheirQueue();
    void dependencies_data();
    void dependencies();
    void fairShare();
    void shareQuota();
    void shareFilter();
    void consumables();
    void endsMany();
    void refusesManyEnds_data();
    void refusesManyEnds();

private:
    [[nodiscard]] Result<batch::Json> submit(const QByteArray &members,
                                             const QByteArray &definition = "maze",
                                             const QByteArray &queue = "q");
    [[nodiscard]] batch::Json describe(const QString &id);
    [[nodiscard]] bool addPolicy();
    [[nodiscard]] bool addNodes();

    std::unique_ptr<ApiFixture> m_api;
};

Result<batch::Json> TestJobSubmission::submit(const QByteArray &members,
                                              const QByteArray &definition, const QByteArray &queue)
{
    return m_api->batch("SubmitJob",
                        R"({"jobName": "run", "jobQueue": ")" + queue + R"(", "jobDefinition": ")"
                            + definition + '"' + (members.isEmpty() ? "" : ", ") + members + '}');
}

batch::Json TestJobSubmission::describe(const QString &id)
{
    const auto reply = m_api->batch("DescribeJobs", "{\"jobs\": [\"" + id.toLatin1() + "\"]}");
    return reply && sizeAt(*reply, "jobs") == 1 ? (*reply)["jobs"][0] : batch::Json();
}

void TestJobSubmission::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

bool TestJobSubmission::addPolicy()
{
    return m_api->batch("CreateSchedulingPolicy",
                        R"({"name": "fair", "fairsharePolicy": {"shareDistribution":
                            [{"shareIdentifier": "a"}, {"shareIdentifier": "b*"}]}})")
        && m_api->batch("CreateJobQueue", R"({"jobQueueName": "shared", "priority": 1,
            "schedulingPolicyArn": "arn:aws:batch:us-east-1:000000000000:scheduling-policy/fair",
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})");
}

bool TestJobSubmission::addNodes()
{
    return m_api
        ->batch("RegisterJobDefinition", R"({"jobDefinitionName": "mpi", "type": "multinode",
        "nodeProperties": {"numNodes": 3, "mainNode": 1, "nodeRangeProperties": [
            {"targetNodes": "0:", "container": {"image": "busybox", "command": ["Ref::what"],
             "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                      {"type": "MEMORY", "value": "64"}]}}]}})")
        .has_value();
}

void TestJobSubmission::array()
{
    const auto reply = submit(R"("arrayProperties": {"size": 3}, "tags": {"team": "x"})");
    VERIFY_RESULT(reply);
    const QString id = at(*reply, "jobId");
    QCOMPARE(m_api->control.calls, QStringList{u"submitted "_s + id});
    const auto children = m_api->store->children(id);
    VERIFY_RESULT(children);
    QCOMPARE(children->size(), 3);
    QCOMPARE(children->at(2).id, id + u":2"_s);
    QVERIFY(children->at(2).kind == JobKind::ArrayChild);

    const batch::Json parent = describe(id);
    QCOMPARE(at(parent, "arrayProperties/size"), u"3"_s);
    QCOMPARE(at(parent, "arrayProperties/statusSummary/SUBMITTED"), u"3"_s);
    QCOMPARE(at(parent, "arrayProperties/statusSummary/FAILED"), u"0"_s);
    QVERIFY(m_api->moveTo(id + u":1"_s, batch::JobStatus::Running));
    QCOMPARE(at(describe(id), "arrayProperties/statusSummary/RUNNING"), u"1"_s);

    const batch::Json child = describe(id + u":1"_s);
    QCOMPARE(at(child, "jobId"), id + u":1"_s);
    QCOMPARE(at(child, "jobArn"), at(*reply, "jobArn") + u":1"_s);
    QCOMPARE(at(child, "jobName"), u"run"_s);
    QCOMPARE(at(child, "arrayProperties/index"), u"1"_s);
    QCOMPARE(at(child, "status"), u"RUNNING"_s);
    QCOMPARE(at(child, "tags/team"), u"x"_s);
    QCOMPARE(at(child, "ecsProperties/taskProperties/0/containers/1/name"), u"agent"_s);

    const auto tagged = m_api->request("POST", "/v1/tags/" + at(child, "jobArn").toLatin1(), {},
                                       R"({"tags": {"a": "b"}})");
    QVERIFY(!tagged);
    QVERIFY(tagged.error().message.contains(u"name the parent"_s));
}

void TestJobSubmission::arrayIsListed()
{
    const auto reply = submit(R"("arrayProperties": {"size": 5})");
    VERIFY_RESULT(reply);
    const QByteArray id = at(*reply, "jobId").toLatin1();
    const auto queue = m_api->batch("ListJobs", R"({"jobQueue": "q", "jobStatus": "SUBMITTED"})");
    VERIFY_RESULT(queue);
    QCOMPARE(sizeAt(*queue, "jobSummaryList"), 1); // the parent alone
    QCOMPARE(at(*queue, "jobSummaryList/0/arrayProperties/size"), u"5"_s);
    QVERIFY(!(*queue)["jobSummaryList"][0].contains("isCancelled"));

    QVERIFY(m_api->moveTo(at(*reply, "jobId") + u":4"_s, batch::JobStatus::Running));
    const auto running = m_api->batch("ListJobs", "{\"arrayJobId\": \"" + id + "\"}");
    VERIFY_RESULT(running);
    QCOMPARE(sizeAt(*running, "jobSummaryList"), 1);
    QCOMPARE(at(*running, "jobSummaryList/0/arrayProperties/index"), u"4"_s);
    const auto waiting = m_api->batch("ListJobs",
                                      "{\"arrayJobId\": \"" + id
                                          + R"(", "jobStatus": "SUBMITTED", "maxResults": 3})");
    VERIFY_RESULT(waiting);
    QCOMPARE(sizeAt(*waiting, "jobSummaryList"), 3);
    const auto rest
        = m_api->batch("ListJobs",
                       "{\"arrayJobId\": \"" + id + R"(", "jobStatus": "SUBMITTED", "nextToken": ")"
                           + at(*waiting, "nextToken").toLatin1() + "\"}");
    VERIFY_RESULT(rest);
    QCOMPARE(sizeAt(*rest, "jobSummaryList"), 1);
    QVERIFY(!rest->contains("nextToken"));
}

void TestJobSubmission::largestArray()
{
    const auto reply = submit(R"("arrayProperties": {"size": 10000})");
    VERIFY_RESULT(reply);
    VERIFY_RESULT(m_api->store->commit());
    const auto counts = m_api->store->childCounts(at(*reply, "jobId"));
    VERIFY_RESULT(counts);
    QCOMPARE(counts->value(batch::JobStatus::Submitted), 10'000);
}

void TestJobSubmission::multiNode()
{
    QVERIFY(addNodes());
    const auto reply
        = submit(R"("parameters": {"what": "true"}, "nodeOverrides": {"numNodes": 2})", "mpi");
    VERIFY_RESULT(reply);
    const QString id = at(*reply, "jobId");
    const auto nodes = m_api->store->children(id);
    VERIFY_RESULT(nodes);
    QCOMPARE(nodes->size(), 2);
    QCOMPARE(nodes->at(1).id, id + u"#1"_s);
    QVERIFY(nodes->at(1).kind == JobKind::Node);

    const batch::Json parent = describe(id);
    QCOMPARE(at(parent, "nodeProperties/numNodes"), u"2"_s);
    QCOMPARE(at(parent, "nodeProperties/mainNode"), u"1"_s);
    const batch::Json main = describe(id + u"#1"_s);
    QCOMPARE(at(main, "nodeDetails/nodeIndex"), u"1"_s);
    QCOMPARE(at(main, "nodeDetails/isMainNode"), u"true"_s);
    QCOMPARE(at(main, "container/image"), u"busybox"_s);
    QCOMPARE(at(main, "container/command/0"), u"true"_s);

    const auto listed = m_api->batch(
        "ListJobs", "{\"multiNodeJobId\": \"" + id.toLatin1() + R"(", "jobStatus": "SUBMITTED"})");
    VERIFY_RESULT(listed);
    QCOMPARE(sizeAt(*listed, "jobSummaryList"), 2);
    const auto refused = submit(R"("arrayProperties": {"size": 2})", "mpi");
    QVERIFY(!refused);
    QVERIFY(refused.error().message.contains(u"arrayProperties"_s));
}

void TestJobSubmission::pod()
{
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", R"({"computeEnvironmentName": "kube",
        "type": "MANAGED", "eksConfiguration": {"kubernetesNamespace": "lab",
            "eksClusterArn": "arn:aws:eks:us-east-1:000000000000:cluster/c"},
        "computeResources": {"type": "EC2", "maxvCpus": 4, "minvCpus": 0,
            "instanceTypes": ["m5"], "subnets": ["s"], "securityGroupIds": ["g"],
            "instanceRole": "r"}})"));
    VERIFY_RESULT(m_api->batch("CreateJobQueue", R"({"jobQueueName": "pods", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "kube"}]})"));
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", R"({"jobDefinitionName": "pod",
        "type": "container", "eksProperties": {"podProperties": {"containers": [
            {"name": "main", "image": "busybox", "command": ["sleep"], "args": ["Ref::time"],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}]}}})"));
    const auto definition
        = m_api->batch("DescribeJobDefinitions", R"({"jobDefinitions": ["pod:1"]})");
    VERIFY_RESULT(definition);
    QCOMPARE(at(*definition, "jobDefinitions/0/containerOrchestrationType"), u"EKS"_s);
    const auto reply = submit(R"("parameters": {"time": "7"}, "eksPropertiesOverride":
        {"podProperties": {"containers": [{"name": "main", "image": "other"}]}})",
                              "pod", "pods");
    VERIFY_RESULT(reply);
    const batch::Json job = describe(at(*reply, "jobId"));
    const batch::Json &container = job["eksProperties"]["podProperties"]["containers"][0];
    QCOMPARE(at(container, "image"), u"other"_s);
    QCOMPARE(at(container, "args/0"), u"7"_s);
    QVERIFY(job.contains("eksAttempts"));
    QVERIFY(m_api->runAttempt(at(*reply, "jobId"), 0));
    const batch::Json ended = describe(at(*reply, "jobId"));
    QCOMPARE(at(ended, "eksAttempts/0/containers/0/containerID"), u"docker://0123abcd"_s);
}

void TestJobSubmission::podsNeedTheirQueue()
{
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", R"({"jobDefinitionName": "pod",
        "type": "container", "eksProperties": {"podProperties": {"containers": [
            {"image": "busybox", "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}]}}})"));
    const auto refused = submit({}, "pod");
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(u"Amazon EKS"_s),
             qPrintable(refused.error().message));
}

void TestJobSubmission::dependencies_data()
{
    QTest::addColumn<QByteArray>("members"); // SINGLE, ARRAY and CHILD stand for ids; ARRAY has 3
    QTest::addColumn<QString>("fault"); // empty: accepted
    QTest::newRow("job") << R"("dependsOn": [{"jobId": "SINGLE"}])"_ba << u""_s;
    QTest::newRow("array") << R"("dependsOn": [{"jobId": "ARRAY"}])"_ba << u""_s;
    QTest::newRow("child") << R"("dependsOn": [{"jobId": "CHILD"}])"_ba << u""_s;
    QTest::newRow("job twice in two ways")
        << R"("dependsOn": [{"jobId": "SINGLE"}, {"jobId": "ARRAY"}])"_ba << u""_s;
    const QByteArray arn = "arn:aws:batch:us-east-1:000000000000:job/";
    QTest::newRow("ARN") << QByteArray(R"("dependsOn": [{"jobId": ")" + arn + R"(SINGLE"}])")
                         << u""_s;
    QTest::newRow("ARN of a child")
        << QByteArray(R"("dependsOn": [{"jobId": ")" + arn + R"(CHILD"}])") << u""_s;
    QTest::newRow("N to N by ARN")
        << QByteArray(R"("arrayProperties": {"size": 3}, "dependsOn": [{"jobId": ")" + arn
                      + R"(ARRAY", "type": "N_TO_N"}])")
        << u""_s;
    QTest::newRow("id and ARN of one job")
        << QByteArray(R"("dependsOn": [{"jobId": "SINGLE"}, {"jobId": ")" + arn + R"(SINGLE"}])")
        << u"more than once"_s;
    QTest::newRow("sequential") << R"("arrayProperties": {"size": 3},
        "dependsOn": [{"type": "SEQUENTIAL"}])"_ba
                                << u""_s;
    QTest::newRow("N to N") << R"("arrayProperties": {"size": 3},
        "dependsOn": [{"jobId": "ARRAY", "type": "N_TO_N"}])"_ba
                            << u""_s;
    QTest::newRow("N to N of another size") << R"("arrayProperties": {"size": 4},
        "dependsOn": [{"jobId": "ARRAY", "type": "N_TO_N"}])"_ba
                                            << u"4 and the other 3"_s;
    QTest::newRow("N to N on a single job") << R"("arrayProperties": {"size": 3},
        "dependsOn": [{"jobId": "SINGLE", "type": "N_TO_N"}])"_ba
                                            << u"array job on both sides"_s;
    QTest::newRow("N to N of a single job")
        << R"("dependsOn": [{"jobId": "ARRAY", "type": "N_TO_N"}])"_ba << u"dependsOn[0]"_s;
    QTest::newRow("child that is not there")
        << R"("dependsOn": [{"jobId": "ARRAY:3"}])"_ba << u"does not exist"_s;
}

void TestJobSubmission::dependencies()
{
    QFETCH(QByteArray, members);
    QFETCH(const QString, fault);
    const QByteArray single = m_api->submit().toLatin1();
    const auto array = submit(R"("arrayProperties": {"size": 3})");
    VERIFY_RESULT(array);
    const QByteArray arrayId = at(*array, "jobId").toLatin1();
    members.replace("SINGLE", single)
        .replace("CHILD", QByteArray(arrayId + ":2"))
        .replace("ARRAY", arrayId);
    const auto reply = submit(members);
    QCOMPARE(reply.has_value(), fault.isEmpty());
    if (!reply)
        QVERIFY2(reply.error().message.contains(fault), qPrintable(reply.error().message));
    else
        QVERIFY(!m_api->store->job(at(*reply, "jobId"))->value().request.contains("arn:"));
}

void TestJobSubmission::fairShare()
{
    QVERIFY(addPolicy());
    const auto refused = submit({}, "maze", "shared");
    QVERIFY(!refused);
    QCOMPARE(refused.error().message, u"shareIdentifier must be specified."_s);
    const auto reply
        = submit(R"("shareIdentifier": "a", "schedulingPriorityOverride": 7)", "maze", "shared");
    VERIFY_RESULT(reply);
    const batch::Json job = describe(at(*reply, "jobId"));
    QCOMPARE(at(job, "shareIdentifier"), u"a"_s);
    QCOMPARE(at(job, "schedulingPriority"), u"7"_s);
    const auto record = m_api->store->job(at(*reply, "jobId"));
    QVERIFY(record && *record);
    QCOMPARE((*record)->schedulingPriority, 7);
    QCOMPARE((*record)->shareIdentifier, u"a"_s);
}

void TestJobSubmission::shareQuota()
{
    QVERIFY(addPolicy());
    VERIFY_RESULT(submit(R"("shareIdentifier": "a")", "maze", "shared"));
    m_api->control.snapshot.activeShares = 500;
    const auto refused = submit(R"("shareIdentifier": "b")", "maze", "shared");
    QVERIFY(!refused);
    QVERIFY(refused.error().message.contains(u"500 active share identifiers"_s));
    VERIFY_RESULT(submit(R"("shareIdentifier": "a")", "maze", "shared")); // one of them
    m_api->control.snapshot.activeShares = 499;
    VERIFY_RESULT(submit(R"("shareIdentifier": "b")", "maze", "shared"));
}

void TestJobSubmission::shareFilter()
{
    QVERIFY(addPolicy());
    for (const char *share : {"a", "b1", "b2"})
        VERIFY_RESULT(
            submit("\"shareIdentifier\": \"" + QByteArray(share) + '"', "maze", "shared"));
    const QByteArray filter
        = R"({"jobQueue": "shared", "filters": [{"name": "SHARE_IDENTIFIER", "values": ["b1"]}])";
    const auto all = m_api->batch("ListJobs", filter + '}');
    VERIFY_RESULT(all);
    QCOMPARE(sizeAt(*all, "jobSummaryList"), 1);
    QCOMPARE(at(*all, "jobSummaryList/0/shareIdentifier"), u"b1"_s);
    const auto running = m_api->batch("ListJobs", filter + R"(, "jobStatus": "RUNNING"})");
    VERIFY_RESULT(running);
    QCOMPARE(sizeAt(*running, "jobSummaryList"), 0); // beside this filter the status counts
}

void TestJobSubmission::consumables()
{
    VERIFY_RESULT(m_api->batch("CreateConsumableResource",
                               R"({"consumableResourceName": "licence", "totalQuantity": 4})"));
    const auto reply = submit(R"("consumableResourcePropertiesOverride":
        {"consumableResourceList": [{"consumableResource":
            "arn:aws:batch:us-east-1:000000000000:consumable-resource/licence", "quantity": 2}]})");
    VERIFY_RESULT(reply);
    const auto record = m_api->store->job(at(*reply, "jobId"));
    QVERIFY(record && *record);
    QCOMPARE((*record)->consumableResources, QStringList{u"licence"_s});
    const batch::Json job = describe(at(*reply, "jobId"));
    QCOMPARE(at(job, "consumableResourceProperties/consumableResourceList/0/quantity"), u"2"_s);
}

void TestJobSubmission::endsMany()
{
    const QString id = m_api->submit();
    m_api->control.calls.clear();
    const QString unknown = u"00000000-0000-4000-8000-000000000000:3"_s;
    const auto reply = m_api->batch("TerminateJobs",
                                    "{\"jobs\": [\"" + id.toLatin1() + "\", \"" + unknown.toLatin1()
                                        + R"(", "what's this"], "reason": "enough"})");
    VERIFY_RESULT(reply);
    QCOMPARE(sizeAt(*reply, "successful"), 2);
    QCOMPARE(sizeAt(*reply, "errors"), 1);
    QCOMPARE(at(*reply, "errors/0/job"), u"what's this"_s);
    QCOMPARE(at(*reply, "errors/0/code"), u"ValidationException"_s);
    QCOMPARE(
        m_api->control.calls,
        (QStringList{u"terminate %1 enough"_s.arg(id), u"terminate %1 enough"_s.arg(unknown)}));
    m_api->control.calls.clear();
    VERIFY_RESULT(
        m_api->batch("CancelJobs", "{\"jobs\": [\"" + id.toLatin1() + R"("], "reason": "no"})"));
    QCOMPARE(m_api->control.calls, QStringList{u"cancel %1 no"_s.arg(id)});
}

void TestJobSubmission::refusesManyEnds_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("no jobs") << R"({"reason": "x"})"_ba << u"'jobs' is a required field"_s;
    QTest::newRow("51 jobs") << QByteArray("{\"jobs\": [" + QByteArray("\"a\",").repeated(50)
                                           + R"("a"], "reason": "x"})")
                             << u"jobs: 51 entries; at most 50"_s;
    QTest::newRow("no reason") << R"({"jobs": ["a"]})"_ba << u"'reason' is a required field"_s;
}

void TestJobSubmission::refusesManyEnds()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    for (const QByteArray &operation : {"CancelJobs"_ba, "TerminateJobs"_ba}) {
        const auto reply = m_api->batch(operation, body);
        QVERIFY(!reply);
        QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
    }
    QVERIFY(m_api->control.calls.isEmpty());
}

QTEST_GUILESS_MAIN(TestJobSubmission)
#include "tst_jobsubmission.moc"
