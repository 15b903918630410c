// Compute environments, job queues and job definitions: what is answered and what is refused.
#include "apitesting.h"

#include <QRegularExpression>

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestResourceOperations : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void createsComputeEnvironment();
    void updatesComputeEnvironment();
    void createsJobQueue();
    void updatesJobQueue();
    void refuses_data();
    void refuses();
    void deletesInAwsOrder();
    void deletingAQueueTerminatesItsJobs();
    void whatIsDeletedIsGoneForAll();
    void attachesOnlyValidEnvironments();
    void environmentWithRunningJobsStays();
    void envelopesFaults();
    void unknownInstanceTypesMakeInvalid();
    void desiredvCpusAreTheSchedulers();
    void fiftyQueues();
    void fiveEnvironmentsOfACluster();
    void tellsOfChanges();

private:
    std::unique_ptr<ApiFixture> m_api;
};

void TestResourceOperations::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestResourceOperations::createsComputeEnvironment()
{
    const auto created = m_api->batch("CreateComputeEnvironment", R"({
        "computeEnvironmentName": "fargate", "type": "MANAGED", "tags": {"a": "b"},
        "computeResources": {"type": "FARGATE", "maxvCpus": 8, "subnets": ["s"],
                             "securityGroupIds": ["g"]}})");
    VERIFY_RESULT(created);
    QCOMPARE(at(*created, "computeEnvironmentName"), u"fargate"_s);
    const QString arn = u"arn:aws:batch:us-east-1:000000000000:compute-environment/fargate"_s;
    QCOMPARE(at(*created, "computeEnvironmentArn"), arn);

    const auto described = m_api->batch("DescribeComputeEnvironments",
                                        "{\"computeEnvironments\": [\"" + arn.toLatin1() + "\"]}");
    VERIFY_RESULT(described);
    QCOMPARE(sizeAt(*described, "computeEnvironments"), 1);
    const batch::Json &environment = (*described)["computeEnvironments"][0];
    QCOMPARE(at(environment, "computeEnvironmentArn"), arn);
    QCOMPARE(at(environment, "state"), u"ENABLED"_s);
    QCOMPARE(at(environment, "status"), u"VALID"_s);
    QCOMPARE(at(environment, "statusReason"), u"ComputeEnvironment Healthy"_s);
    QCOMPARE(at(environment, "containerOrchestrationType"), u"ECS"_s);
    QCOMPARE(at(environment, "computeResources/maxvCpus"), u"8"_s);
    QCOMPARE(at(environment, "tags/a"), u"b"_s);
    QCOMPARE(at(environment, "uuid").size(), 36);
    QVERIFY(at(environment, "ecsClusterArn")
                .startsWith(u"arn:aws:ecs:us-east-1:000000000000:cluster/fargate_Batch_"_s));
}

void TestResourceOperations::updatesComputeEnvironment()
{
    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment", R"({"computeEnvironment": "ce",
        "state": "DISABLED", "computeResources": {"maxvCpus": 16}})"));
    const auto described = m_api->batch("DescribeComputeEnvironments", "{}");
    VERIFY_RESULT(described);
    const batch::Json &environment = (*described)["computeEnvironments"][0];
    QCOMPARE(at(environment, "state"), u"DISABLED"_s);
    QCOMPARE(at(environment, "computeResources/maxvCpus"), u"16"_s);
    QCOMPARE(at(environment, "computeResources/subnets/0"), u"subnet-1"_s);
    QCOMPARE(at(environment, "status"), u"VALID"_s);
}

void TestResourceOperations::createsJobQueue()
{
    const auto described = m_api->batch("DescribeJobQueues", R"({"jobQueues": ["q"]})");
    VERIFY_RESULT(described);
    const batch::Json &queue = (*described)["jobQueues"][0];
    QCOMPARE(at(queue, "jobQueueArn"), u"arn:aws:batch:us-east-1:000000000000:job-queue/q"_s);
    QCOMPARE(at(queue, "state"), u"ENABLED"_s);
    QCOMPARE(at(queue, "status"), u"VALID"_s);
    QCOMPARE(at(queue, "statusReason"), u"JobQueue Healthy"_s);
    QCOMPARE(at(queue, "priority"), u"1"_s);
    QCOMPARE(at(queue, "computeEnvironmentOrder/0/computeEnvironment"),
             u"arn:aws:batch:us-east-1:000000000000:compute-environment/ce"_s);
}

void TestResourceOperations::updatesJobQueue()
{
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue":
        "arn:aws:batch:us-east-1:000000000000:job-queue/q", "state": "DISABLED", "priority": 7})"));
    const auto described = m_api->batch("DescribeJobQueues", "{}");
    VERIFY_RESULT(described);
    QCOMPARE(at(*described, "jobQueues/0/state"), u"DISABLED"_s);
    QCOMPARE(at(*described, "jobQueues/0/priority"), u"7"_s);
    QCOMPARE(sizeAt(*described, "jobQueues/0/computeEnvironmentOrder"), 1);
}

void TestResourceOperations::refuses_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message"); // a part of it
    const auto row = [](const char *name, const char *operation, const QByteArray &body,
                        ErrorCode code, const QString &message) {
        QTest::newRow(name) << QByteArray(operation) << body << code << message;
    };
    const QByteArray resources
        = R"("type": "MANAGED", "computeResources": {"type": "EC2", "maxvCpus": 4,
             "instanceTypes": ["optimal"], "subnets": ["s"], "securityGroupIds": ["g"],
             "instanceRole": "r"})";

    row("environment twice", "CreateComputeEnvironment",
        "{\"computeEnvironmentName\": \"ce\", " + resources + "}", ErrorCode::Conflict,
        u"Object already exists"_s);
    row("environment without a name", "CreateComputeEnvironment", "{" + resources + "}",
        ErrorCode::InvalidInput, u"computeEnvironmentName"_s);
    row("environment with a bad name", "CreateComputeEnvironment",
        "{\"computeEnvironmentName\": \"a b\", " + resources + "}", ErrorCode::InvalidInput,
        u"computeEnvironmentName"_s);
    row("environment of another type", "CreateComputeEnvironment",
        R"({"computeEnvironmentName": "x", "type": "WILD"})", ErrorCode::InvalidInput, u"type"_s);
    row("environment on half a cluster", "CreateComputeEnvironment",
        R"({"computeEnvironmentName": "x", "type": "MANAGED",
            "eksConfiguration": {"kubernetesNamespace": "n"}})",
        ErrorCode::InvalidInput, u"eksConfiguration"_s);
    row("update to BEST_FIT", "UpdateComputeEnvironment",
        R"({"computeEnvironment": "ce", "computeResources": {"allocationStrategy": "BEST_FIT"}})",
        ErrorCode::InvalidInput, u"computeResources.allocationStrategy"_s);
    row("number as text", "CreateComputeEnvironment",
        R"({"computeEnvironmentName": "x", "type": "MANAGED", "computeResources":
            {"type": "EC2", "maxvCpus": "four"}})",
        ErrorCode::InvalidInput, u"computeResources.maxvCpus"_s);
    row("update of an unknown environment", "UpdateComputeEnvironment",
        R"({"computeEnvironment": "nope"})", ErrorCode::NotFound, u"nope does not exist"_s);
    row("update without a name", "UpdateComputeEnvironment", "{}", ErrorCode::InvalidInput,
        u"'computeEnvironment' is a required field (cannot be an empty string)"_s);
    row("update to a bad state", "UpdateComputeEnvironment",
        R"({"computeEnvironment": "ce", "state": "ON"})", ErrorCode::InvalidInput, u"state"_s);
    row("update of no object", "UpdateComputeEnvironment",
        R"({"computeEnvironment": "ce", "computeResources": 4})", ErrorCode::InvalidInput,
        u"computeResources: expected an object."_s);
    row("delete while enabled", "DeleteComputeEnvironment", R"({"computeEnvironment": "ce"})",
        ErrorCode::Conflict, u"DISABLED"_s);

    row("queue twice", "CreateJobQueue",
        R"({"jobQueueName": "q", "priority": 1, "computeEnvironmentOrder":
            [{"order": 1, "computeEnvironment": "ce"}]})",
        ErrorCode::Conflict, u"Object already exists"_s);
    row("queue without a priority", "CreateJobQueue",
        R"({"jobQueueName": "x", "computeEnvironmentOrder":
            [{"order": 1, "computeEnvironment": "ce"}]})",
        ErrorCode::InvalidInput, u"priority"_s);
    row("queue on an unknown environment", "CreateJobQueue",
        R"({"jobQueueName": "x", "priority": 1, "computeEnvironmentOrder":
            [{"order": 1, "computeEnvironment": "nope"}]})",
        ErrorCode::NotFound,
        u"computeEnvironmentOrder[0].computeEnvironment: nope does not exist"_s);
    row("queue with a policy that is no ARN", "CreateJobQueue",
        R"({"jobQueueName": "x", "priority": 1, "schedulingPolicyArn": "arn:aws:batch:x",
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})",
        ErrorCode::InvalidInput, u"schedulingPolicyArn"_s);
    row("queue with an unknown policy", "CreateJobQueue",
        R"({"jobQueueName": "x", "priority": 1, "schedulingPolicyArn":
                "arn:aws:batch:us-east-1:000000000000:scheduling-policy/nope",
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})",
        ErrorCode::NotFound, u"scheduling-policy/nope does not exist"_s);
    row("policy for a queue without one", "UpdateJobQueue",
        R"({"jobQueue": "q", "schedulingPolicyArn":
                "arn:aws:batch:us-east-1:000000000000:scheduling-policy/nope"})",
        ErrorCode::InvalidInput, u"created without a scheduling policy"_s);
    row("queue of another type than its environment", "CreateJobQueue",
        R"({"jobQueueName": "x", "priority": 1, "jobQueueType": "ECS_FARGATE",
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})",
        ErrorCode::InvalidInput, u"computeEnvironmentOrder[0].computeEnvironment"_s);
    row("queue with service environments", "CreateJobQueue",
        R"({"jobQueueName": "x", "priority": 1,
            "serviceEnvironmentOrder": [{"order": 1, "serviceEnvironment": "s"}]})",
        ErrorCode::Unsupported, u"serviceEnvironmentOrder"_s);
    row("update of an unknown queue", "UpdateJobQueue", R"({"jobQueue": "nope"})",
        ErrorCode::NotFound, u"nope does not exist"_s);
    row("delete of an enabled queue", "DeleteJobQueue", R"({"jobQueue": "q"})", ErrorCode::Conflict,
        u"DISABLED"_s);

    row("pod without properties", "RegisterJobDefinition",
        R"({"jobDefinitionName": "x", "type": "container", "eksProperties": {}})",
        ErrorCode::InvalidInput, u"eksProperties"_s);
    row("multi-node without nodes", "RegisterJobDefinition",
        R"({"jobDefinitionName": "x", "type": "multinode"})", ErrorCode::InvalidInput,
        u"nodeProperties"_s);
    row("definition without containers", "RegisterJobDefinition",
        R"({"jobDefinitionName": "x", "type": "container"})", ErrorCode::InvalidInput, u""_s);
    row("no essential container", "RegisterJobDefinition",
        R"({"jobDefinitionName": "x", "type": "container", "ecsProperties": {"taskProperties":
            [{"containers": [{"name": "a", "image": "i", "essential": false,
            "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                     {"type": "MEMORY", "value": "64"}]}]}]}})",
        ErrorCode::InvalidInput, u"essential"_s);
    row("definition of 25 KiB", "RegisterJobDefinition",
        QByteArray(mazeDefinition).replace("--size", QByteArray(25 * 1024, 'x')),
        ErrorCode::InvalidInput, u"24 KiB"_s);
    row("command as text", "RegisterJobDefinition",
        QByteArray(mazeDefinition).replace(R"(["--size", "Ref::size"])", R"("echo hi")"),
        ErrorCode::InvalidInput, u"containers[1].command"_s);
    row("deregister by name", "DeregisterJobDefinition", R"({"jobDefinition": "maze"})",
        ErrorCode::InvalidInput, u"revision"_s);
    row("deregister revision 0", "DeregisterJobDefinition", R"({"jobDefinition": "maze:0"})",
        ErrorCode::InvalidInput, u"revision"_s);
    row("deregister an unknown revision", "DeregisterJobDefinition",
        R"({"jobDefinition": "maze:9"})", ErrorCode::NotFound, u"maze:9"_s);
    row("describe by names and status", "DescribeJobDefinitions",
        R"({"jobDefinitions": ["maze"], "status": "ACTIVE"})", ErrorCode::InvalidInput,
        u"jobDefinitions"_s);
    row("describe a bad status", "DescribeJobDefinitions", R"({"status": "OLD"})",
        ErrorCode::InvalidInput, u"ACTIVE or INACTIVE"_s);
    row("maxResults 0", "DescribeJobQueues", R"({"maxResults": 0})", ErrorCode::InvalidInput,
        u"maxResults: 0 is out of range; 1 to 100 is allowed."_s);
    row("maxResults 101", "DescribeComputeEnvironments", R"({"maxResults": 101})",
        ErrorCode::InvalidInput, u"maxResults"_s);
    row("maxResults -1", "DescribeJobDefinitions", R"({"maxResults": -1})", ErrorCode::InvalidInput,
        u"maxResults"_s);
    row("maxResults of 2^64-1", "DescribeJobQueues", R"({"maxResults": 18446744073709551615})",
        ErrorCode::InvalidInput, u"maxResults"_s);
    row("maxResults as text", "DescribeJobQueues", R"({"maxResults": "10"})",
        ErrorCode::InvalidInput, u"maxResults: expected a whole number"_s);
    row("names as text", "DescribeJobQueues", R"({"jobQueues": "q"})", ErrorCode::InvalidInput,
        u"jobQueues: expected a list of strings."_s);
    row("101 names", "DescribeJobQueues",
        "{\"jobQueues\": [" + QByteArray("\"a\",").repeated(100) + "\"a\"]}",
        ErrorCode::InvalidInput, u"jobQueues: 101 entries; at most 100 are allowed."_s);
    row("forged token", "DescribeJobQueues", R"({"nextToken": "Zm9yZ2VkIHRva2VuIG9mIG1pbmU"})",
        ErrorCode::InvalidInput, u"nextToken"_s);
    row("token that is no token", "DescribeJobQueues", R"({"nextToken": "!!"})",
        ErrorCode::InvalidInput, u"nextToken"_s);
    row("operation of AWS that is not here", "CreateQuotaShare", "{}", ErrorCode::Unsupported,
        u"CreateQuotaShare is not supported by the local executor: quota shares"_s);
    row("service jobs", "SubmitServiceJob", "{}", ErrorCode::Unsupported,
        u"SubmitServiceJob is not supported by the local executor: service jobs"_s);
}

void TestResourceOperations::refuses()
{
    QFETCH(const QByteArray, operation);
    QFETCH(const QByteArray, body);
    QFETCH(const ErrorCode, code);
    QFETCH(const QString, message);
    const auto reply = m_api->batch(operation, body);
    QVERIFY(!reply);
    QVERIFY2(reply.error().message.contains(message), qPrintable(reply.error().message));
    QCOMPARE(reply.error().code, code);
    const executor::api::Refusal refusal
        = executor::api::toRefusal(reply.error(), executor::api::Protocol::Batch);
    QCOMPARE(refusal.status, 400);
    QCOMPARE(refusal.type, "ClientException"_ba);
}

void TestResourceOperations::deletesInAwsOrder()
{
    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment",
                               R"({"computeEnvironment": "ce", "state": "DISABLED"})"));
    const auto related
        = m_api->batch("DeleteComputeEnvironment", R"({"computeEnvironment": "ce"})");
    QVERIFY(!related);
    QCOMPARE(related.error().message, u"Cannot delete, found existing JobQueue relationship"_s);

    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "state": "DISABLED"})"));
    VERIFY_RESULT(m_api->batch("DeleteJobQueue", R"({"jobQueue": "q"})"));
    VERIFY_RESULT(m_api->batch("DeleteComputeEnvironment", R"({"computeEnvironment": "ce"})"));
    const auto environments = m_api->batch("DescribeComputeEnvironments", "{}");
    VERIFY_RESULT(environments);
    QCOMPARE(sizeAt(*environments, "computeEnvironments"), 0);
    QVERIFY(!environments->contains("nextToken"));
}

void TestResourceOperations::deletingAQueueTerminatesItsJobs()
{
    const QString waiting = m_api->submit("waiting");
    const QString done = m_api->submit("done");
    QVERIFY(m_api->runAttempt(done, 0));
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "state": "DISABLED"})"));
    m_api->control.calls.clear();
    VERIFY_RESULT(m_api->batch("DeleteJobQueue", R"({"jobQueue": "q"})"));
    QCOMPARE(m_api->control.calls,
             QStringList{u"terminate %1 JobQueue q was deleted"_s.arg(waiting)});

    // It is there until its last job has ended.
    const auto deleting = m_api->batch("DescribeJobQueues", "{}");
    VERIFY_RESULT(deleting);
    QCOMPARE(at(*deleting, "jobQueues/0/status"), u"DELETING"_s);
    const auto again = m_api->batch("DeleteJobQueue", R"({"jobQueue": "q"})");
    QVERIFY(!again);
    QCOMPARE(again.error().message, u"Cannot delete, resource is being modified"_s);
    QVERIFY(m_api->moveTo(waiting, batch::JobStatus::Failed));
    const auto gone = m_api->batch("DescribeJobQueues", "{}");
    VERIFY_RESULT(gone);
    QCOMPARE(sizeAt(*gone, "jobQueues"), 0);
}

// Whoever asks first after a queue's last job has ended, and whatever for.
void TestResourceOperations::whatIsDeletedIsGoneForAll()
{
    const QByteArray arn = "arn:aws:batch:us-east-1:000000000000:";
    VERIFY_RESULT(
        m_api->batch("CreateSchedulingPolicy", R"({"name": "p", "fairsharePolicy": {}})"));
    const QByteArray queue = R"({"jobQueueName": "shared", "priority": 1, "schedulingPolicyArn": ")"
        + arn + R"(scheduling-policy/p", "computeEnvironmentOrder": [{"order": 1,
            "computeEnvironment": "ce"}]})";
    const std::function<Result<batch::Json>()> calls[] = {
        [&] {
            return m_api->batch("DeleteSchedulingPolicy",
                                "{\"arn\": \"" + arn + "scheduling-policy/p\"}");
        },
        [&] {
            return m_api->batch("SubmitJob", R"({"jobName": "x", "jobQueue": "shared",
            "jobDefinition": "maze", "shareIdentifier": "a"})");
        },
        [&] { return m_api->batch("ListJobs", R"({"jobQueue": "shared"})"); },
        [&] { return m_api->request("GET", "/v1/tags/" + arn + "job-queue/shared", {}, {}); },
    };
    for (const auto &call : calls) {
        static_cast<void>(
            m_api->batch("CreateSchedulingPolicy", R"({"name": "p", "fairsharePolicy": {}})"));
        VERIFY_RESULT(m_api->batch("CreateJobQueue", queue));
        const auto submitted = m_api->batch("SubmitJob", R"({"jobName": "x",
            "jobQueue": "shared", "jobDefinition": "maze", "shareIdentifier": "a"})");
        VERIFY_RESULT(submitted);
        VERIFY_RESULT(
            m_api->batch("UpdateJobQueue", R"({"jobQueue": "shared", "state": "DISABLED"})"));
        VERIFY_RESULT(m_api->batch("DeleteJobQueue", R"({"jobQueue": "shared"})"));
        QVERIFY(!m_api->batch("DeleteSchedulingPolicy",
                              "{\"arn\": \"" + arn + "scheduling-policy/p\"}"));
        QVERIFY(m_api->moveTo(at(*submitted, "jobId"), batch::JobStatus::Failed));
        const auto reply = call();
        if (&call == &calls[0]) {
            VERIFY_RESULT(reply);
        } else {
            QVERIFY(!reply);
            QCOMPARE(reply.error().code, ErrorCode::NotFound);
        }
    }
}

void TestResourceOperations::attachesOnlyValidEnvironments()
{
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", R"({"computeEnvironmentName": "bad",
        "type": "MANAGED", "computeResources": {"type": "EC2", "maxvCpus": 4,
        "instanceTypes": ["x99"], "subnets": ["s"], "securityGroupIds": ["g"],
        "instanceRole": "r"}})"));
    const QByteArray order = R"("computeEnvironmentOrder": [
        {"order": 1, "computeEnvironment": "ce"}, {"order": 2, "computeEnvironment": "OTHER"}]})";
    const auto with = [&](const QByteArray &request, const QByteArray &other) -> QByteArray {
        return request + QByteArray(order).replace("OTHER", other);
    };
    const auto created
        = m_api->batch("CreateJobQueue", with(R"({"jobQueueName": "x", "priority": 1, )", "bad"));
    QVERIFY(!created && created.error().message.contains(u"bad is INVALID"_s));
    const auto updated = m_api->batch("UpdateJobQueue", with(R"({"jobQueue": "q", )", "bad"));
    QVERIFY(!updated && updated.error().message.contains(u"bad is INVALID"_s));
    const auto twice
        = m_api->batch("UpdateJobQueue",
                       with(R"({"jobQueue": "q", )",
                            "arn:aws:batch:us-east-1:000000000000:compute-environment/ce"));
    QVERIFY(!twice && twice.error().message.contains(u"named twice"_s));

    // What is attached stays so whatever becomes of it.
    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment", R"({"computeEnvironment": "ce",
        "computeResources": {"instanceTypes": ["x99"]}})"));
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "state": "DISABLED"})"));
}

void TestResourceOperations::environmentWithRunningJobsStays()
{
    const QString id = m_api->submit();
    QVERIFY(m_api->moveTo(id, batch::JobStatus::Runnable));
    executor::JobRecord job = **m_api->store->job(id);
    executor::AttemptRecord attempt;
    attempt.jobId = id;
    attempt.number = 1;
    attempt.taskId = u"0123456789abcdef0123456789abcdef"_s;
    attempt.computeEnvironment = u"ce"_s;
    job.status = batch::JobStatus::Starting;
    job.attempt = 1;
    VERIFY_RESULT(m_api->store->beginAttempt(job, attempt, m_api->now));
    VERIFY_RESULT(m_api->batch("CreateComputeEnvironment", R"({"computeEnvironmentName": "other",
        "type": "MANAGED", "computeResources": {"type": "EC2", "maxvCpus": 4,
            "instanceTypes": ["optimal"], "subnets": ["s"], "securityGroupIds": ["g"],
            "instanceRole": "r"}})"));
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "computeEnvironmentOrder":
        [{"order": 1, "computeEnvironment": "other"}]})"));
    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment",
                               R"({"computeEnvironment": "ce", "state": "DISABLED"})"));
    const auto refused
        = m_api->batch("DeleteComputeEnvironment", R"({"computeEnvironment": "ce"})");
    QVERIFY(!refused);
    QCOMPARE(refused.error().message,
             u"Cannot delete, 1 jobs still run in compute environment ce."_s);
}

// The reply's own id stands in the text, as AWS writes it.
void TestResourceOperations::envelopesFaults()
{
    const auto refused = m_api->batch("RegisterJobDefinition",
                                      R"({"jobDefinitionName": "x", "type": "container"})");
    QVERIFY(!refused);
    const auto refusal = executor::api::toRefusal(refused.error(), executor::api::Protocol::Batch);
    static const QRegularExpression form(
        u"^Error executing request, Exception : .+, RequestId: ([0-9a-f-]{36})$"_s);
    const auto match = form.match(refusal.message);
    QVERIFY2(match.hasMatch(), qPrintable(refusal.message));
    QCOMPARE(refusal.headers.size(), 1);
    QCOMPARE(refusal.headers.first().first, "x-amzn-RequestId"_ba);
    QCOMPARE(QString::fromLatin1(refusal.headers.first().second), match.captured(1));
}

void TestResourceOperations::unknownInstanceTypesMakeInvalid()
{
    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment", R"({"computeEnvironment": "ce",
        "computeResources": {"instanceTypes": ["warp9.huge"]}})"));
    const auto environment = m_api->batch("DescribeComputeEnvironments", "{}");
    VERIFY_RESULT(environment);
    QCOMPARE(at(*environment, "computeEnvironments/0/status"), u"INVALID"_s);
    QVERIFY(at(*environment, "computeEnvironments/0/statusReason").contains(u"warp9.huge"_s));
    const auto queue = m_api->batch("DescribeJobQueues", "{}");
    VERIFY_RESULT(queue);
    QCOMPARE(at(*queue, "jobQueues/0/status"), u"INVALID"_s);
    QVERIFY(at(*queue, "jobQueues/0/statusReason").contains(u"ce is INVALID"_s));

    VERIFY_RESULT(m_api->batch("UpdateComputeEnvironment", R"({"computeEnvironment": "ce",
        "computeResources": {"instanceTypes": ["c5", "m5.large"]}})"));
    const auto mended = m_api->batch("DescribeJobQueues", "{}");
    VERIFY_RESULT(mended);
    QCOMPARE(at(*mended, "jobQueues/0/status"), u"VALID"_s);
}

void TestResourceOperations::desiredvCpusAreTheSchedulers()
{
    m_api->control.environment.desiredvCpus = 3;
    const auto described = m_api->batch("DescribeComputeEnvironments", "{}");
    VERIFY_RESULT(described);
    QCOMPARE(at(*described, "computeEnvironments/0/computeResources/desiredvCpus"), u"3"_s);
}

void TestResourceOperations::fiftyQueues()
{
    for (int i = 0; i < 50; ++i) {
        const auto created = m_api->batch("CreateJobQueue",
                                          "{\"jobQueueName\": \"q" + QByteArray::number(i)
                                              + R"(", "priority": 1, "computeEnvironmentOrder":
                                   [{"order": 1, "computeEnvironment": "ce"}]})");
        QCOMPARE(created.has_value(), i < 49); // q is there already
        if (!created)
            QVERIFY2(created.error().message.contains(u"50"_s),
                     qPrintable(created.error().message));
    }
}

void TestResourceOperations::fiveEnvironmentsOfACluster()
{
    const auto create = [&](int number, const QByteArray &cluster) {
        return m_api->batch("CreateComputeEnvironment",
                            R"({"computeEnvironmentName": "eks)" + QByteArray::number(number)
                                + R"(", "type": "MANAGED", "eksConfiguration": {"eksClusterArn":
            "arn:aws:eks:us-east-1:000000000000:cluster/)"
                                + cluster + R"(", "kubernetesNamespace": "n"},
            "computeResources": {"type": "EC2", "maxvCpus": 4, "instanceTypes": ["optimal"],
                "subnets": ["s"], "instanceRole": "r"}})");
    };
    for (int i = 0; i < 5; ++i)
        VERIFY_RESULT(create(i, "a"));
    const auto sixth = create(5, "a");
    QVERIFY(!sixth);
    QVERIFY(sixth.error().message.contains(u"has 5 compute environments already"_s));
    VERIFY_RESULT(create(6, "b"));
}

void TestResourceOperations::tellsOfChanges()
{
    const int before = m_api->control.resourceChanges;
    const auto sequence = m_api->feed.waitForChanges(0, std::chrono::milliseconds(0)).sequence;
    VERIFY_RESULT(m_api->batch("UpdateJobQueue", R"({"jobQueue": "q", "priority": 2})"));
    QCOMPARE(m_api->control.resourceChanges, before + 1);
    const auto changes = m_api->feed.waitForChanges(sequence, std::chrono::milliseconds(0));
    QCOMPARE(changes.changes.size(), 1);
    QCOMPARE(changes.changes.first().kind, executor::Change::Kind::Resource);
}

QTEST_GUILESS_MAIN(TestResourceOperations)
#include "tst_resourceoperations.moc"
