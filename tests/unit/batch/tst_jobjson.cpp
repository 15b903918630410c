#include "backend/batch/jsonvalues.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace batchyard::batch;

class TestJobJson : public QObject
{
    Q_OBJECT

private slots:
    void taskForm();
    void legacyForm();
    void deprecatedMembersSurvive();
    void taskJobSurvives();
    void legacyJobSurvives();
    void readsAwsReply();
    void arrays();
    void nodes();
    void nodesParent();
    void summary();
    void summariesOfChildren();
    void liveView();
    void engine();
    void faults();
};

namespace {

Timestamp at(qint64 ms)
{
    return fromEpochMs(ms);
}

JobDetail job()
{
    JobDetail job;
    job.jobId = QStringLiteral("5a1b8f4e-7d3c-4b9e-8f53-1c2d3e4f5a6b");
    job.jobArn = QStringLiteral("arn:aws:batch:eu-west-1:000000000000:job/") + job.jobId;
    job.jobName = QStringLiteral("run-1");
    job.jobQueue = QStringLiteral("arn:aws:batch:eu-west-1:000000000000:job-queue/main");
    job.jobDefinition
        = QStringLiteral("arn:aws:batch:eu-west-1:000000000000:job-definition/maze:1");
    job.status = JobStatus::Failed;
    job.statusReason = QStringLiteral("Essential container in task exited");
    job.createdAt = at(1000);
    job.startedAt = at(2000);
    job.stoppedAt = at(3000);
    job.retryStrategy = RetryStrategy{.attempts = 2, .evaluateOnExit = {}, .unknown = {}};
    job.tags = {{QStringLiteral("team"), QStringLiteral("simulation")}};
    job.taskArn = QStringLiteral("arn:aws:ecs:eu-west-1:000000000000:task/c/1");
    job.containerInstanceArn = QStringLiteral("arn:aws:ecs:eu-west-1:000000000000:ci/c/2");
    job.isTerminated = true;
    return job;
}

JobDetail taskJob()
{
    JobDetail result = job();
    TaskContainerProperties model;
    model.name = QStringLiteral("model");
    model.image = QStringLiteral("maze/model");
    model.essential = false;
    TaskContainerProperties agent;
    agent.name = QStringLiteral("agent");
    agent.image = QStringLiteral("maze/agent");
    agent.essential = true;
    agent.dependsOn = {{QStringLiteral("model"), DependencyCondition::Start, {}}};
    result.task.containers = {model, agent};
    result.containers = {{QStringLiteral("model"), 143, QString(), QStringLiteral("maze/model/1"),
                          QStringLiteral("172.17.0.2")},
                         {QStringLiteral("agent"), 1, QStringLiteral("boom"),
                          QStringLiteral("maze/agent/1"), QString()}};
    result.attempts = {{at(2000), at(3000), result.statusReason, result.taskArn,
                        result.containerInstanceArn, result.containers}};
    return result;
}

JobDetail legacyJob()
{
    JobDetail result = job();
    result.isLegacy = true;
    TaskContainerProperties container;
    container.name = legacyContainerName;
    container.image = QStringLiteral("busybox");
    container.essential = true;
    container.command = {QStringLiteral("true")};
    container.resourceRequirements = {{QStringLiteral("VCPU"), QStringLiteral("1"), {}}};
    result.task.containers = {container};
    result.task.taskRoleArn = QStringLiteral("role");
    result.task.platformVersion = QStringLiteral("LATEST");
    result.containers
        = {{legacyContainerName, 0, QString(), QStringLiteral("maze/default/1"), QString()}};
    result.attempts = {{at(2000), at(3000), result.statusReason, result.taskArn,
                        result.containerInstanceArn, result.containers}};
    return result;
}

} // namespace

void TestJobJson::taskForm()
{
    const Json json = toJsonValue(taskJob());
    QVERIFY(json["container"] == Json::object());
    const Json &task = json["ecsProperties"]["taskProperties"][0];
    QVERIFY(task["taskArn"] == "arn:aws:ecs:eu-west-1:000000000000:task/c/1");
    QVERIFY(task["volumes"] == Json::array());
    QVERIFY(task["containers"][0]["exitCode"] == 143);
    QVERIFY(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] == "172.17.0.2");
    QVERIFY(task["containers"][1]["reason"] == "boom");
    QVERIFY(task["containers"][1]["dependsOn"][0]["condition"] == "START");
    for (const char *name : {"environment", "mountPoints", "ulimits", "secrets"})
        QVERIFY(task["containers"][0][name] == Json::array());
    const Json &attempt = json["attempts"][0];
    QVERIFY(attempt["container"] == Json::object());
    QVERIFY(attempt["taskProperties"][0]["containers"][1]["name"] == "agent");
    QVERIFY(attempt["taskProperties"][0]["containers"][1]["exitCode"] == 1);
    QVERIFY(json["tags"]["resourceArn"] == json["jobArn"]);
    QVERIFY(json["parameters"] == Json::object());
    QVERIFY(json["dependsOn"] == Json::array());
    QVERIFY(json["platformCapabilities"] == Json::array());
    QVERIFY(json["retryStrategy"]["evaluateOnExit"] == Json::array());
    QVERIFY(json["propagateTags"] == false);
    QVERIFY(json["createdAt"] == 1000);
    QVERIFY(json["status"] == "FAILED");

    JobDetail waiting = taskJob();
    waiting.startedAt.reset();
    waiting.stoppedAt.reset();
    waiting.attempts.clear();
    waiting.retryStrategy.reset();
    const Json early = toJsonValue(waiting);
    QVERIFY(early["startedAt"] == 0);
    QVERIFY(early["retryStrategy"] == Json({{"attempts", 1}, {"evaluateOnExit", Json::array()}}));
    QVERIFY(!early.contains("stoppedAt"));
    QVERIFY(early["attempts"] == Json::array());
}

void TestJobJson::legacyForm()
{
    const Json json = toJsonValue(legacyJob());
    QVERIFY(!json.contains("ecsProperties"));
    const Json &container = json["container"];
    QVERIFY(container["image"] == "busybox");
    QVERIFY(container["exitCode"] == 0);
    QVERIFY(container["jobRoleArn"] == "role");
    QVERIFY(container["taskArn"] == "arn:aws:ecs:eu-west-1:000000000000:task/c/1");
    QVERIFY(container["fargatePlatformConfiguration"]["platformVersion"] == "LATEST");
    QVERIFY(container["logStreamName"] == "maze/default/1");
    QVERIFY(container["volumes"] == Json::array());
    QVERIFY(container["resourceRequirements"].size() == 1);
    QVERIFY(!container.contains("name") && !container.contains("vcpus"));
    const Json &attempt = json["attempts"][0];
    QVERIFY(!attempt.contains("taskProperties"));
    QVERIFY(attempt["container"]["exitCode"] == 0);
    QVERIFY(attempt["container"]["taskArn"] == container["taskArn"]);
}

void TestJobJson::deprecatedMembersSurvive()
{
    JobDetail job = legacyJob();
    job.vcpus = 1;
    job.instanceType = QStringLiteral("m5.large");
    job.propagateTags = false;
    const Json json = toJsonValue(job);
    QVERIFY(json["container"]["vcpus"] == 1);
    QVERIFY(!json["container"].contains("memory"));
    QVERIFY(json["container"]["instanceType"] == "m5.large");
    QVERIFY(json["container"]["resourceRequirements"] == Json::array());
    const Parsed<JobDetail> parsed = readJobDetail(json);
    QCOMPARE(toText(parsed.faults), QString());
    QVERIFY(*parsed.value == job);

    Json both = json; // the requirement goes before
    both["container"]["resourceRequirements"] = Json::array({{{"type", "VCPU"}, {"value", "2"}}});
    const Json again = toJsonValue(*readJobDetail(both).value);
    QVERIFY(!again["container"].contains("vcpus"));
    QVERIFY(again["container"]["resourceRequirements"][0]["value"] == "2");
}

void TestJobJson::taskJobSurvives()
{
    const Parsed<JobDetail> parsed = readJobDetail(toJsonValue(taskJob()));
    QCOMPARE(toText(parsed.faults), QString());
    JobDetail expected = taskJob();
    expected.propagateTags = false; // real replies always have it
    QVERIFY(*parsed.value == expected);
}

void TestJobJson::legacyJobSurvives()
{
    const Parsed<JobDetail> parsed = readJobDetail(toJsonValue(legacyJob()));
    QCOMPARE(toText(parsed.faults), QString());
    JobDetail expected = legacyJob();
    expected.propagateTags = false;
    QVERIFY(*parsed.value == expected);
}

void TestJobJson::readsAwsReply()
{
    const Json json = Json::parse(R"({
        "jobArn": "arn:j", "jobName": "n", "jobId": "i", "jobQueue": "q", "jobDefinition": "d",
        "status": "RUNNABLE", "startedAt": 0, "dependsOn": [{"jobId": "x", "type": "N_TO_N"}],
        "attempts": [], "tags": {"resourceArn": "arn:j"}, "newMember": {"a": 1},
        "container": {},
        "nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": []},
        "ecsProperties": {"taskProperties": [{"containers": [
            {"name": "a", "image": "i", "environment": [], "networkInterfaces": [
                {"attachmentId": "1", "privateIpv4Address": "10.0.0.1"}]}]}]}})");
    const Parsed<JobDetail> parsed = readJobDetail(json);
    QVERIFY2(parsed.value, qPrintable(toText(parsed.faults)));
    QCOMPARE(toText(parsed.faults),
             QStringLiteral("newMember: `newMember` is unknown; it is kept but has no effect."));
    QVERIFY(!parsed.value->startedAt);
    QVERIFY(!parsed.value->isLegacy);
    QVERIFY(parsed.value->tags.isEmpty());
    QCOMPARE(parsed.value->containers[0].privateIpv4Address, QStringLiteral("10.0.0.1"));
    QVERIFY(parsed.value->task.containers[0].unknown.empty());
    const Json again = toJsonValue(*parsed.value);
    QVERIFY(again["newMember"]["a"] == 1);
    QVERIFY(again["nodeProperties"]["numNodes"] == 1);
}

void TestJobJson::arrays()
{
    JobDetail parent = taskJob();
    parent.arrayProperties
        = ArrayPropertiesDetail{3, {}, JobStatusCounts{0, 1, 0, 0, 1, 1, 0}, at(4000)};
    const Json json = toJsonValue(parent);
    QVERIFY(json["arrayProperties"]["size"] == 3);
    QVERIFY(json["arrayProperties"]["statusSummary"]
            == Json::parse(R"({"SUBMITTED": 0, "PENDING": 1, "RUNNABLE": 0, "STARTING": 0,
                               "RUNNING": 1, "SUCCEEDED": 1, "FAILED": 0})"));
    QVERIFY(json["arrayProperties"]["statusSummaryLastUpdatedAt"] == 4000);
    QVERIFY(!json["arrayProperties"].contains("index"));
    QCOMPARE(readJobDetail(json).value->arrayProperties, parent.arrayProperties);

    JobDetail child = taskJob();
    child.arrayProperties = ArrayPropertiesDetail{{}, 0, {}, {}};
    const Json childJson = toJsonValue(child);
    QVERIFY(childJson["arrayProperties"] == Json({{"index", 0}}));
    QCOMPARE(readJobDetail(childJson).value->arrayProperties, child.arrayProperties);

    // A status that a newer service has is no child of ours.
    Json newer = json;
    newer["arrayProperties"]["statusSummary"]["SCHEDULED"] = 5;
    QCOMPARE(readJobDetail(newer).value->arrayProperties, parent.arrayProperties);
    newer["arrayProperties"]["statusSummary"] = 7;
    QCOMPARE(toText(readJobDetail(newer).faults),
             QStringLiteral("arrayProperties.statusSummary: Expected an object of numbers, found "
                            "the number 7."));
}

void TestJobJson::nodes()
{
    JobDetail node = taskJob();
    node.nodeDetails = NodeDetails{0, true};
    node.consumableResourceProperties
        = ConsumableResourceProperties{{{QStringLiteral("licence"), 5000000000, {}}}, {}};
    const Json json = toJsonValue(node);
    QVERIFY(json["nodeDetails"] == Json({{"nodeIndex", 0}, {"isMainNode", true}}));
    QVERIFY(json["ecsProperties"]["taskProperties"].size() == 1);
    QVERIFY(json["consumableResourceProperties"]["consumableResourceList"][0]["quantity"]
            == 5000000000);
    const JobDetail again = *readJobDetail(json).value;
    QCOMPARE(again.nodeDetails, node.nodeDetails);
    QCOMPARE(again.consumableResourceProperties, node.consumableResourceProperties);
}

void TestJobJson::nodesParent()
{
    JobDetail parent = job();
    NodeRangeProperty range;
    range.targetNodes = QStringLiteral("0:");
    range.container.emplace().image = QStringLiteral("busybox");
    parent.nodeProperties = NodeProperties{2, 1, {range}, {}};
    const Json json = toJsonValue(parent);
    QVERIFY(!json.contains("ecsProperties"));
    QVERIFY(json["container"] == Json::object());
    QVERIFY(json["nodeProperties"]["numNodes"] == 2);
    QVERIFY(json["nodeProperties"]["nodeRangeProperties"][0]["container"]["image"] == "busybox");
    QCOMPARE(readJobDetail(json).value->nodeProperties, parent.nodeProperties);
}

void TestJobJson::summary()
{
    JobSummary summary;
    summary.jobId = QStringLiteral("i");
    summary.jobName = QStringLiteral("n");
    summary.status = JobStatus::Succeeded;
    summary.createdAt = at(5);
    summary.exitCode = 0;
    summary.reason = QStringLiteral("done");
    const Json json = toJsonValue(summary);
    QVERIFY(json["container"]["exitCode"] == 0);
    QVERIFY(json["container"]["reason"] == "done");
    QVERIFY(*readJobSummary(json).value == summary);
    summary.exitCode.reset();
    summary.reason.clear();
    QVERIFY(!toJsonValue(summary).contains("container"));
}

void TestJobJson::summariesOfChildren()
{
    JobSummary summary;
    summary.jobId = QStringLiteral("i:3");
    summary.jobName = QStringLiteral("n");
    Json json = toJsonValue(summary);
    for (const char *name : {"arrayProperties", "nodeProperties", "shareIdentifier", "scheduledAt",
                             "capacityUsage", "isCancelled", "isTerminated"})
        QVERIFY2(!json.contains(name), name);
    summary.arrayProperties = ArrayPropertiesDetail{{}, 3, {}, {}};
    summary.nodeProperties = NodePropertiesSummary{false, 4, 3};
    summary.shareIdentifier = QStringLiteral("A");
    summary.scheduledAt = at(7);
    summary.capacityUsage = {{QStringLiteral("VCPU"), 0.5}};
    summary.isCancelled = true;
    json = toJsonValue(summary);
    QVERIFY(json["nodeProperties"]
            == Json({{"isMainNode", false}, {"numNodes", 4}, {"nodeIndex", 3}}));
    QVERIFY(json["capacityUsage"][0]["quantity"] == 0.5);
    QVERIFY(json["isCancelled"] == true);
    QVERIFY(!json.contains("isTerminated"));
    QVERIFY(*readJobSummary(json).value == summary);
}

void TestJobJson::liveView()
{
    JobLiveView view;
    view.jobId = QStringLiteral("i");
    view.waitReason = QStringLiteral("needs 4 vCPUs, 1 is free");
    view.attempt = 2;
    view.history = {{JobStatus::Submitted, 0, at(1), QString()},
                    {JobStatus::Runnable, 1, at(2), QStringLiteral("retry")}};
    ContainerLiveState container;
    container.name = QStringLiteral("a");
    container.phase = ContainerPhase::Stopping;
    container.exitCode = 137;
    container.stoppedByBatch = true;
    container.startedAt = at(3);
    view.containers = {container};
    const Json json = toJsonValue(view);
    QVERIFY(json["history"][1]["status"] == "RUNNABLE");
    QVERIFY(json["containers"][0]["phase"] == "Stopping");
    QVERIFY(*readJobLiveView(json).value == view);
}

void TestJobJson::engine()
{
    EngineStatus status;
    status.storeProblem = QStringLiteral("The disk is full.");
    status.reachable = true;
    status.endpoint = QStringLiteral("/var/run/docker.sock");
    status.cpus = 2;
    status.memoryMiB = 7900;
    status.vcpusInUse = 0.5;
    status.unreachableSince = at(9);
    QVERIFY(*readEngineStatus(toJsonValue(status)).value == status);
}

void TestJobJson::faults()
{
    QCOMPARE(toText(readJobDetail(Json::array(), QStringLiteral("jobs[0]")).faults),
             QStringLiteral("jobs[0]: Expected an object, found a list."));
    Json json = toJsonValue(taskJob());
    json["status"] = "DONE";
    json["attempts"][0]["startedAt"] = "now";
    const Parsed<JobDetail> parsed = readJobDetail(json, QStringLiteral("jobs[3]"));
    QVERIFY(!parsed.value);
    QCOMPARE(
        toText(parsed.faults),
        QStringLiteral("jobs[3].status: Expected `SUBMITTED`, `PENDING`, `RUNNABLE`, "
                       "`STARTING`, `RUNNING`, `SUCCEEDED` or `FAILED`, found the string "
                       "`DONE`.\n"
                       "jobs[3].attempts[0].startedAt: Expected a whole number from "
                       "-9223372036854775808 to 9223372036854775807, found the string `now`."));
}

QTEST_GUILESS_MAIN(TestJobJson)
#include "tst_jobjson.moc"
