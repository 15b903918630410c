// Submit, describe, list and end jobs.
#include "apitesting.h"

#include <QRegularExpression>

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestJobOperations : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void submits();
    void acceptsEveryFormOfNames_data();
    void acceptsEveryFormOfNames();
    void refusesSubmit_data();
    void refusesSubmit();
    void latestActiveRevisionRuns();
    void disabledQueueTakesNothing();
    void laterRevisionsDoNotMatter();
    void describesNewJob();
    void describesOverrides();
    void describesFinishedJob();
    void describesAddresses_data();
    void describesAddresses();
    void describesLegacyJob();
    void describesDeprecatedMembers_data();
    void describesDeprecatedMembers();
    void describesManyIds();
    void refusesDescribe_data();
    void refusesDescribe();
    void blockedReasonIsShown();
    void ends();
    void refusesEnds_data();
    void refusesEnds();
    void endThatCannotBeNotedIsTold();
    void liveView();

private:
    [[nodiscard]] Result<batch::Json> describe(const QString &id)
    {
        return m_api->batch("DescribeJobs", "{\"jobs\": [\"" + id.toLatin1() + "\"]}");
    }

    std::unique_ptr<ApiFixture> m_api;
};

void TestJobOperations::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestJobOperations::submits()
{
    const auto reply = m_api->batch("SubmitJob", R"({"jobName": "run1", "jobQueue": "q",
        "jobDefinition": "maze", "somethingNew": {"a": 1}})");
    VERIFY_RESULT(reply);
    const QString id = at(*reply, "jobId");
    static const QRegularExpression uuid(
        u"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"_s);
    QVERIFY(uuid.match(id).hasMatch());
    QCOMPARE(at(*reply, "jobName"), u"run1"_s);
    QCOMPARE(at(*reply, "jobArn"), u"arn:aws:batch:us-east-1:000000000000:job/"_s + id);
    QCOMPARE(m_api->control.calls, QStringList{u"submitted "_s + id});
    const auto job = m_api->store->job(id);
    QVERIFY(job && *job);
    QVERIFY((*job)->status == batch::JobStatus::Submitted);
    QCOMPARE((*job)->queue, u"q"_s);
}

void TestJobOperations::acceptsEveryFormOfNames_data()
{
    QTest::addColumn<QByteArray>("queue");
    QTest::addColumn<QByteArray>("definition");
    const QByteArray arn = "arn:aws:batch:us-east-1:000000000000:";
    QTest::newRow("names") << "q"_ba
                           << "maze"_ba;
    QTest::newRow("name and revision") << "q"_ba
                                       << "maze:1"_ba;
    QTest::newRow("ARN with a revision") << "q"_ba << QByteArray(arn + "job-definition/maze:1");
    QTest::newRow("ARN without a revision") << "q"_ba << QByteArray(arn + "job-definition/maze");
    QTest::newRow("queue ARN") << QByteArray(arn + "job-queue/q") << "maze"_ba;
}

void TestJobOperations::acceptsEveryFormOfNames()
{
    QFETCH(const QByteArray, queue);
    QFETCH(const QByteArray, definition);
    const auto reply = m_api->batch("SubmitJob",
                                    R"({"jobName": "x", "jobQueue": ")" + queue
                                        + R"(", "jobDefinition": ")" + definition + "\"}");
    VERIFY_RESULT(reply);
    const auto described = describe(at(*reply, "jobId"));
    VERIFY_RESULT(described);
    QCOMPARE(at(*described, "jobs/0/jobDefinition"),
             u"arn:aws:batch:us-east-1:000000000000:job-definition/maze:1"_s);
    QCOMPARE(at(*described, "jobs/0/jobQueue"),
             u"arn:aws:batch:us-east-1:000000000000:job-queue/q"_s);
}

void TestJobOperations::refusesSubmit_data()
{
    QTest::addColumn<QByteArray>("members"); // beside those of a good request, or in their place
    QTest::addColumn<QString>("message"); // a part of it
    QTest::newRow("unknown definition")
        << R"("jobDefinition": "nope")"_ba
        << u"JobDefinition name nope does not exist or is not in ACTIVE status"_s;
    QTest::newRow("unknown revision")
        << R"("jobDefinition": "maze:7")"_ba
        << u"JobDefinition name maze:7 does not exist or is not in ACTIVE status"_s;
    QTest::newRow("revision 0") << R"("jobDefinition": "maze:0")"_ba << u"maze:0"_s;
    QTest::newRow("unknown queue") << R"("jobQueue": "nope")"_ba << u"JobQueue nope not found."_s;
    QTest::newRow("no name") << R"("jobName": "")"_ba << u"jobName"_s;
    QTest::newRow("name that begins with a dash") << R"("jobName": "-a")"_ba << u"jobName"_s;
    QTest::newRow("name of 129") << QByteArray("\"jobName\": \"" + QByteArray(129, 'n') + '"')
                                 << u"128"_s;
    QTest::newRow("name as a number") << R"("jobName": 7)"_ba << u"jobName"_s;
    QTest::newRow("array of 1") << R"("arrayProperties": {"size": 1})"_ba << u"arrayProperties"_s;
    QTest::newRow("array of 10,001")
        << R"("arrayProperties": {"size": 10001})"_ba << u"arrayProperties"_s;
    QTest::newRow("nodes of a job without nodes")
        << R"("nodeOverrides": {"numNodes": 2})"_ba << u"nodeOverrides"_s;
    QTest::newRow("share in a queue without policy")
        << R"("shareIdentifier": "a")"_ba << u"shareIdentifier must not be specified"_s;
    QTest::newRow("override of an unknown container")
        << R"("ecsPropertiesOverride": {"taskProperties": [{"containers": [{"name": "ghost"}]}]})"_ba
        << u"ghost"_s;
    QTest::newRow("legacy override of a task")
        << R"("containerOverrides": {"command": ["x"]})"_ba << u"containerOverrides"_s;
    QTest::newRow("request of 31 KiB")
        << QByteArray("\"parameters\": {\"a\": \"" + QByteArray(31 * 1024, 'v') + "\"}")
        << u"Job size must be less than 30 KiB, got 32 KiB"_s;
    QTest::newRow("unknown dependency") << R"("dependsOn": [{"jobId": "no-such-job"}])"_ba
                                        << u"dependsOn[0].jobId: job no-such-job does not exist"_s;
    QTest::newRow("SEQUENTIAL without an array")
        << R"("dependsOn": [{"type": "SEQUENTIAL"}])"_ba << u"dependsOn[0]"_s;
    QTest::newRow("21 dependencies") << QByteArray(
        "\"dependsOn\": [" + QByteArray(R"({"jobId": "x"},)").repeated(20) + R"({"jobId": "x"}])")
                                     << u"dependsOn"_s;
    QTest::newRow("unknown consumable resource")
        << R"("consumableResourcePropertiesOverride": {"consumableResourceList":
               [{"consumableResource": "nope", "quantity": 1}]})"_ba
        << u"consumable resource nope does not exist"_s;
    QTest::newRow("timeout of 59 s")
        << R"("timeout": {"attemptDurationSeconds": 59})"_ba << u"timeout.attemptDurationSeconds"_s;
    QTest::newRow("11 attempts") << R"("retryStrategy": {"attempts": 11})"_ba
                                 << u"retryStrategy.attempts"_s;
}

void TestJobOperations::refusesSubmit()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QString, message);
    batch::Json body
        = batch::Json::parse(R"({"jobName": "run1", "jobQueue": "q", "jobDefinition": "maze"})");
    body.update(batch::Json::parse('{' + members.toStdString() + '}'));
    const auto reply = m_api->batch("SubmitJob", QByteArray::fromStdString(body.dump()));
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
    QVERIFY(m_api->control.calls.isEmpty());
    const auto refusal = executor::api::toRefusal(reply.error(), executor::api::Protocol::Batch);
    QCOMPARE(refusal.type, "ClientException"_ba);
}

void TestJobOperations::latestActiveRevisionRuns()
{
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", mazeDefinition));
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", mazeDefinition));
    VERIFY_RESULT(m_api->batch("DeregisterJobDefinition", R"({"jobDefinition": "maze:3"})"));
    const auto described = describe(m_api->submit());
    VERIFY_RESULT(described);
    QVERIFY(at(*described, "jobs/0/jobDefinition").endsWith(u"maze:2"_s));
}

void TestJobOperations::disabledQueueTakesNothing()
{
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "state": "DISABLED"})"));
    const auto reply = m_api->batch(
        "SubmitJob", R"({"jobName": "x", "jobQueue": "q", "jobDefinition": "maze"})");
    QVERIFY(!reply);
    QVERIFY(reply.error().message.contains(u"DISABLED"_s));
}

void TestJobOperations::laterRevisionsDoNotMatter()
{
    const QString id = m_api->submit();
    VERIFY_RESULT(m_api->batch("DeregisterJobDefinition", R"({"jobDefinition": "maze:1"})"));
    const auto described = describe(id);
    VERIFY_RESULT(described);
    QCOMPARE(sizeAt(*described, "jobs/0/ecsProperties/taskProperties/0/containers"), 2);
}

void TestJobOperations::describesNewJob()
{
    const QString id = m_api->submit();
    const auto reply = describe(id);
    VERIFY_RESULT(reply);
    const batch::Json &job = (*reply)["jobs"][0];
    QCOMPARE(at(job, "jobId"), id);
    QCOMPARE(at(job, "jobArn"), u"arn:aws:batch:us-east-1:000000000000:job/"_s + id);
    QCOMPARE(at(job, "status"), u"SUBMITTED"_s);
    QCOMPARE(at(job, "createdAt"), u"1800000000000"_s);
    QCOMPARE(sizeAt(job, "attempts"), 0);
    QCOMPARE(sizeAt(job, "dependsOn"), 0);
    QCOMPARE(at(job, "container"), u"{}"_s);
    QCOMPARE(at(job, "parameters/size"), u"80"_s);
    QCOMPARE(at(job, "retryStrategy/attempts"), u"2"_s);
    QCOMPARE(at(job, "timeout/attemptDurationSeconds"), u"600"_s);
    QCOMPARE(at(job, "ecsProperties/taskProperties/0/containers/1/name"), u"agent"_s);
    QCOMPARE(at(job, "ecsProperties/taskProperties/0/containers/1/command/1"), u"80"_s);
    QVERIFY(at(job, "ecsProperties/taskProperties/0/taskArn").isEmpty());
}

void TestJobOperations::describesOverrides()
{
    const auto submitted = m_api->batch("SubmitJob", R"({"jobName": "run1", "jobQueue": "q",
        "jobDefinition": "maze", "parameters": {"size": "12"}, "tags": {"team": "x"},
        "timeout": {"attemptDurationSeconds": 60}, "retryStrategy": {"attempts": 1},
        "ecsPropertiesOverride": {"taskProperties": [{"containers": [{"name": "agent",
            "environment": [{"name": "SEED", "value": "7"}],
            "resourceRequirements": [{"type": "MEMORY", "value": "128"}]}]}]}})");
    VERIFY_RESULT(submitted);
    const auto reply = describe(at(*submitted, "jobId"));
    VERIFY_RESULT(reply);
    const batch::Json &job = (*reply)["jobs"][0];
    QCOMPARE(at(job, "parameters/size"), u"12"_s);
    QCOMPARE(at(job, "tags/team"), u"x"_s);
    QCOMPARE(at(job, "timeout/attemptDurationSeconds"), u"60"_s);
    QCOMPARE(at(job, "retryStrategy/attempts"), u"1"_s);
    const batch::Json &agent = job["ecsProperties"]["taskProperties"][0]["containers"][1];
    QCOMPARE(at(agent, "command/1"), u"12"_s);
    QCOMPARE(at(agent, "environment/0/value"), u"7"_s);
    QString memory;
    for (const batch::Json &requirement : agent["resourceRequirements"]) {
        if (at(requirement, "type") == u"MEMORY"_s)
            memory = at(requirement, "value");
    }
    QCOMPARE(memory, u"128"_s);
}

void TestJobOperations::describesFinishedJob()
{
    const QString id = m_api->submit();
    QVERIFY(m_api->runAttempt(id, 0));
    const auto reply = describe(id);
    VERIFY_RESULT(reply);
    const batch::Json &job = (*reply)["jobs"][0];
    QCOMPARE(at(job, "status"), u"SUCCEEDED"_s);
    QCOMPARE(at(job, "statusReason"), u"Essential container in task exited"_s);
    QCOMPARE(at(job, "startedAt"), u"1800000000000"_s);
    QCOMPARE(at(job, "stoppedAt"), u"1800000000000"_s);
    QCOMPARE(sizeAt(job, "attempts"), 1);
    const batch::Json &task = job["attempts"][0]["taskProperties"][0];
    QVERIFY(at(task, "taskArn").startsWith(u"arn:aws:ecs:us-east-1:000000000000:task/ce_Batch_"_s));
    QVERIFY(at(task, "taskArn").endsWith(u"/0123456789abcdef0123456789abcdef"_s));
    QVERIFY(!at(task, "containerInstanceArn").isEmpty()); // EC2
    QCOMPARE(at(task, "containers/0/name"), u"model"_s);
    QCOMPARE(at(task, "containers/0/exitCode"), u"143"_s);
    QCOMPARE(at(task, "containers/1/exitCode"), u"0"_s);
    QCOMPARE(at(task, "containers/1/logStreamName"), u"maze/agent/"_s + id);
    QCOMPARE(at(job, "ecsProperties/taskProperties/0/containers/1/exitCode"), u"0"_s);
    QCOMPARE(at(job, "ecsProperties/taskProperties/0/taskArn"), at(task, "taskArn"));
}

void TestJobOperations::describesAddresses_data()
{
    QTest::addColumn<QByteArray>("definition"); // members beside its containers, CONTAINERS
    QTest::addColumn<QString>("node"); // what its id has in addition
    QTest::addColumn<QString>("address");
    QTest::newRow("EC2") << R"("type": "container", CONTAINERS)"_ba << u""_s << u""_s;
    QTest::newRow("Fargate")
        << R"("type": "container", "platformCapabilities": ["FARGATE"], CONTAINERS)"_ba << u""_s
        << u"172.18.0.2"_s;
    QTest::newRow("node") << R"("type": "multinode", "nodeProperties": {"numNodes": 1,
        "mainNode": 0, "nodeRangeProperties": [{"targetNodes": "0:", CONTAINERS}]})"_ba
                          << u"#0"_s << u"172.18.0.2"_s;
}

void TestJobOperations::describesAddresses()
{
    QFETCH(QByteArray, definition);
    QFETCH(const QString, node);
    QFETCH(const QString, address);
    definition.replace("CONTAINERS", R"("ecsProperties": {"taskProperties": [{
        "executionRoleArn": "arn:aws:iam::000000000000:role/r", "containers": [
        {"name": "model", "image": "m", "resourceRequirements": [
            {"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]}]}]})");
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition",
                               R"({"jobDefinitionName": "addressed", )" + definition + '}'));
    const auto submitted = m_api->batch(
        "SubmitJob", R"({"jobName": "x", "jobQueue": "q", "jobDefinition": "addressed"})");
    VERIFY_RESULT(submitted);
    const QString id = at(*submitted, "jobId") + node;
    QVERIFY(m_api->runAttempt(id, 0));
    const auto reply = describe(id);
    VERIFY_RESULT(reply);
    const batch::Json &job = (*reply)["jobs"][0];
    for (const batch::Json &task :
         {job["ecsProperties"]["taskProperties"][0], job["attempts"][0]["taskProperties"][0]}) {
        QCOMPARE(at(task, "containers/0/networkInterfaces/0/privateIpv4Address"), address);
        QCOMPARE(sizeAt(task, "containers/0/networkInterfaces"), address.isEmpty() ? 0 : 1);
    }
}

void TestJobOperations::describesLegacyJob()
{
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", R"({"jobDefinitionName": "single",
        "type": "container", "containerProperties": {"image": "busybox", "command": ["true"],
        "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                 {"type": "MEMORY", "value": "64"}]}})"));
    const auto submitted = m_api->batch("SubmitJob", R"({"jobName": "x", "jobQueue": "q",
        "jobDefinition": "single", "containerOverrides": {"command": ["false"]}})");
    VERIFY_RESULT(submitted);
    const auto reply = describe(at(*submitted, "jobId"));
    VERIFY_RESULT(reply);
    QCOMPARE(at(*reply, "jobs/0/container/image"), u"busybox"_s);
    QCOMPARE(at(*reply, "jobs/0/container/command/0"), u"false"_s);
    QVERIFY(!(*reply)["jobs"][0].contains("ecsProperties"));
}

void TestJobOperations::describesDeprecatedMembers_data()
{
    QTest::addColumn<QByteArray>("overrides");
    QTest::addColumn<QString>("vcpus");
    QTest::addColumn<QString>("requirements");
    QTest::newRow("as defined") << "{}"_ba << u"1"_s << u"[]"_s;
    QTest::newRow("overridden") << R"({"vcpus": 3})"_ba << u"3"_s << u"[]"_s;
    QTest::newRow("requirement in its place")
        << R"({"resourceRequirements": [{"type": "VCPU", "value": "2"}]})"_ba << u""_s
        << uR"([{"type":"VCPU","value":"2"}])"_s;
}

void TestJobOperations::describesDeprecatedMembers()
{
    QFETCH(const QByteArray, overrides);
    QFETCH(const QString, vcpus);
    QFETCH(const QString, requirements);
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", R"({"jobDefinitionName": "old",
        "type": "container", "containerProperties": {"image": "busybox", "vcpus": 1,
        "memory": 64, "instanceType": "m5.large"}})"));
    const auto submitted = m_api->batch("SubmitJob",
                                        R"({"jobName": "x", "jobQueue": "q",
        "jobDefinition": "old", "containerOverrides": )"
                                            + overrides + '}');
    VERIFY_RESULT(submitted);
    const auto reply = describe(at(*submitted, "jobId"));
    VERIFY_RESULT(reply);
    const batch::Json &container = (*reply)["jobs"][0]["container"];
    QCOMPARE(at(container, "vcpus"), vcpus);
    QCOMPARE(at(container, "memory"), u"64"_s);
    QCOMPARE(at(container, "instanceType"), u"m5.large"_s);
    QCOMPARE(at(container, "resourceRequirements"), requirements);
}

void TestJobOperations::describesManyIds()
{
    const QString a = m_api->submit("a");
    const QString b = m_api->submit("b");
    const auto reply = m_api->batch(
        "DescribeJobs",
        QByteArray("{\"jobs\": [\"" + b.toLatin1() + R"(", "unknown", ")" + a.toLatin1() + "\", \""
                   + b.toLatin1() + "\", \"arn:aws:batch:r:a:job/" + a.toLatin1() + "\"]}"));
    VERIFY_RESULT(reply);
    QCOMPARE(sizeAt(*reply, "jobs"), 2); // unknown ids are left out, repeats told once
    QCOMPARE(at(*reply, "jobs/0/jobId"), b);
    QCOMPARE(at(*reply, "jobs/1/jobId"), a);
    const auto unknown = describe(u"unknown"_s);
    VERIFY_RESULT(unknown);
    QCOMPARE(sizeAt(*unknown, "jobs"), 0);
}

void TestJobOperations::refusesDescribe_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no ids") << "{}"_ba;
    QTest::newRow("empty list") << R"({"jobs": []})"_ba;
    QTest::newRow("101 ids") << QByteArray("{\"jobs\": [" + QByteArray("\"a\",").repeated(100)
                                           + "\"a\"]}");
    QTest::newRow("no list") << R"({"jobs": "a"})"_ba;
    QTest::newRow("numbers") << R"({"jobs": [1]})"_ba;
}

void TestJobOperations::refusesDescribe()
{
    QFETCH(const QByteArray, body);
    const auto reply = m_api->batch("DescribeJobs", body);
    QVERIFY(!reply);
    QVERIFY(reply.error().message.contains(u"jobs"_s));
    QCOMPARE(reply.error().code, ErrorCode::InvalidInput);
}

void TestJobOperations::blockedReasonIsShown()
{
    const QString id = m_api->submit();
    m_api->control.blocked = u"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - too large"_s;
    const auto submitted = describe(id);
    VERIFY_RESULT(submitted);
    QVERIFY(at(*submitted, "jobs/0/statusReason").isEmpty());
    QVERIFY(m_api->moveTo(id, batch::JobStatus::Runnable));
    const auto runnable = describe(id);
    VERIFY_RESULT(runnable);
    QCOMPARE(at(*runnable, "jobs/0/statusReason"), m_api->control.blocked);
}

void TestJobOperations::ends()
{
    const QString id = m_api->submit();
    m_api->control.calls.clear();
    VERIFY_RESULT(
        m_api->batch("CancelJob", "{\"jobId\": \"" + id.toLatin1() + R"(", "reason": "not now"})"));
    VERIFY_RESULT(m_api->batch("TerminateJob", R"({"jobId": "unknown", "reason": "x"})"));
    VERIFY_RESULT(m_api->batch("TerminateJob",
                               "{\"jobId\": \"arn:aws:batch:r:a:job/" + id.toLatin1()
                                   + R"(", "reason": "y"})"));
    QCOMPARE(m_api->control.calls,
             (QStringList{u"cancel %1 not now"_s.arg(id), u"terminate unknown x"_s,
                          u"terminate %1 y"_s.arg(id)}));
}

void TestJobOperations::refusesEnds_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("no id") << R"({"reason": "x"})"_ba
                           << u"'jobId' is a required field (cannot be an empty string)"_s;
    QTest::newRow("no reason") << R"({"jobId": "x"})"_ba
                               << u"'reason' is a required field (cannot be an empty string)"_s;
    QTest::newRow("empty reason") << R"({"jobId": "x", "reason": ""})"_ba
                                  << u"'reason' is a required field (cannot be an empty string)"_s;
    QTest::newRow("reason of 1025")
        << QByteArray(R"({"jobId": "x", "reason": ")" + QByteArray(1025, 'r') + "\"}")
        << u"reason: 1025 characters; at most 1024 are allowed."_s;
    QTest::newRow("id as a number")
        << R"({"jobId": 7, "reason": "x"})"_ba << u"jobId: expected a string."_s;
}

void TestJobOperations::refusesEnds()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QString, message);
    for (const QByteArray &operation : {"CancelJob"_ba, "TerminateJob"_ba}) {
        const auto reply = m_api->batch(operation, body);
        QVERIFY(!reply);
        QCOMPARE(reply.error().message, message);
    }
    QVERIFY(m_api->control.calls.isEmpty());
}

void TestJobOperations::endThatCannotBeNotedIsTold()
{
    const QString id = m_api->submit();
    m_api->control.unwritable = id;
    for (const QByteArray &operation : {"CancelJob"_ba, "TerminateJob"_ba}) {
        const auto reply
            = m_api->batch(operation, "{\"jobId\": \"" + id.toLatin1() + R"(", "reason": "x"})");
        QVERIFY(!reply);
        QCOMPARE(toRefusal(reply.error(), executor::api::Protocol::Batch).type,
                 "ServerException"_ba);
    }
    for (const QByteArray &operation : {"CancelJobs"_ba, "TerminateJobs"_ba}) {
        const auto reply
            = m_api->batch(operation, "{\"jobs\": [\"" + id.toLatin1() + R"("], "reason": "x"})");
        VERIFY_RESULT(reply);
        QCOMPARE(sizeAt(*reply, "successful"), 0);
        QCOMPARE(at(*reply, "errors/0/job"), id);
        QCOMPARE(at(*reply, "errors/0/code"), u"ServerException"_s);
    }
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "state": "DISABLED"})"));
    QVERIFY(!m_api->batch("DeleteJobQueue", R"({"jobQueue": "q"})"));
    m_api->control.unwritable.clear();
    VERIFY_RESULT(m_api->batch("DeleteJobQueue", R"({"jobQueue": "q"})"));
}

void TestJobOperations::liveView()
{
    const QString id = m_api->submit();
    m_api->control.waiting = u"Waits for 2 vCPUs."_s;
    const auto waiting = m_api->request("GET", "/batchyard/jobs/" + id.toLatin1(), {}, {});
    VERIFY_RESULT(waiting);
    const auto view = batch::readJobLiveView(*waiting);
    QVERIFY(view.value);
    QCOMPARE(view.value->jobId, id);
    QCOMPARE(view.value->waitReason, u"Waits for 2 vCPUs."_s);
    QCOMPARE(view.value->history.size(), 1);
    QVERIFY(view.value->history.first().status == batch::JobStatus::Submitted);
    QVERIFY(view.value->containers.isEmpty());

    // After a restart nobody but the store knows a finished job's containers.
    QVERIFY(m_api->runAttempt(id, 0));
    const auto finished = m_api->request("GET", "/batchyard/jobs/" + id.toLatin1(), {}, {});
    VERIFY_RESULT(finished);
    const auto end = batch::readJobLiveView(*finished);
    QVERIFY(end.value);
    QCOMPARE(end.value->containers.size(), 2);
    QCOMPARE(end.value->containers[0].exitCode, 143);
    QVERIFY(end.value->containers[0].stoppedByBatch);
    QVERIFY(end.value->containers[1].decidedOutcome);
    QVERIFY(end.value->containers[1].phase == batch::ContainerPhase::Stopped);
}

QTEST_GUILESS_MAIN(TestJobOperations)
#include "tst_joboperations.moc"
