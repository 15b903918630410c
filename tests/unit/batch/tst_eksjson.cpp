#include "documents.h"

#include "backend/batch/jsonvalues.h"
#include "tests/support/text.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;
using batchyard::test::text;

namespace {

// A pod that has failed once and runs again.
JobDetail podJob()
{
    JobDetail job;
    job.jobId = text("5a1b8f4e-7d3c-4b9e-8f53-1c2d3e4f5a6b");
    job.jobName = text("run");
    job.jobQueue = text("q");
    job.jobDefinition = text("pod:1");
    job.status = JobStatus::Running;
    job.startedAt = fromEpochMs(2000);
    job.propagateTags = false;
    job.retryStrategy
        = RetryStrategy{.attempts = standardAttempts, .evaluateOnExit = {}, .unknown = {}};
    job.eksProperties = parseJobDefinition(file("pod.json")).value->eksProperties;
    job.task = toTask(*job.eksProperties->podProperties);
    job.podName = text("aws-batch.5a1b");
    job.nodeName = text("node-1");
    job.containers = {{text("fetch"), 0, {}, {}, {}},
                      {text("check"), 0, {}, {}, {}},
                      {text("main"), {}, {}, {}, {}},
                      {text("watch"), {}, text("starting"), {}, {}}};
    AttemptDetail attempt;
    attempt.startedAt = fromEpochMs(1000);
    attempt.stoppedAt = fromEpochMs(1500);
    attempt.statusReason = text("Essential container in task exited");
    attempt.eksClusterArn = text("arn:aws:eks:us-east-1:000000000000:cluster/mazes");
    attempt.podName = text("aws-batch.0000");
    attempt.podNamespace = text("mazes");
    attempt.nodeName = text("node-1");
    attempt.containers = {{text("fetch"), 3, text("Error"), {}, {}, text("docker://abc")}};
    job.attempts = {attempt};
    return job;
}

} // namespace

class TestEksJson : public QObject
{
    Q_OBJECT

private slots:
    void describesPod();
    void describesAttempts();
    void survives();
    void unnamedContainer();
    void definitionOfEks();
    void faults_data();
    void faults();
};

void TestEksJson::describesPod()
{
    const Json json = toJsonValue(podJob());
    QVERIFY(json["container"] == Json::object());
    QVERIFY(json["attempts"] == Json::array());
    QVERIFY(!json.contains("ecsProperties"));
    const Json &pod = json["eksProperties"]["podProperties"];
    QVERIFY(pod["podName"] == "aws-batch.5a1b");
    QVERIFY(pod["nodeName"] == "node-1");
    QVERIFY(pod["initContainers"][0]["exitCode"] == 0);
    QVERIFY(!pod["containers"][0].contains("exitCode"));
    QVERIFY(pod["containers"][1]["reason"] == "starting");
    QVERIFY(pod["containers"][0]["securityContext"]["runAsUser"] == 1000);
    QVERIFY(pod["metadata"]["namespace"] == "mazes");
    QVERIFY(pod["volumes"].size() == 5);
    // What only running needs is not told.
    const std::string dumped = json.dump();
    for (const char *name : {"entryPoint", "isInit", "noNewPrivileges", "ipcMode"})
        QVERIFY2(dumped.find(name) == std::string::npos, name);
}

void TestEksJson::describesAttempts()
{
    const Json attempt = toJsonValue(podJob())["eksAttempts"][0];
    QVERIFY(attempt["containers"] == Json::array());
    QVERIFY(attempt["initContainers"]
            == Json::array({{{"name", "fetch"},
                             {"containerID", "docker://abc"},
                             {"exitCode", 3},
                             {"reason", "Error"}}}));
    QVERIFY(attempt["eksClusterArn"] == "arn:aws:eks:us-east-1:000000000000:cluster/mazes");
    QVERIFY(attempt["podNamespace"] == "mazes");
    QVERIFY(attempt["startedAt"] == 1000);
    QVERIFY(attempt["statusReason"] == "Essential container in task exited");
}

void TestEksJson::survives()
{
    const Parsed<JobDetail> parsed = readJobDetail(toJsonValue(podJob()));
    QCOMPARE(toText(parsed.faults), QString());
    QVERIFY(*parsed.value == podJob());
}

void TestEksJson::unnamedContainer()
{
    JobDetail job = podJob();
    job.eksProperties = parseJobDefinition(bytes(podDocument())).value->eksProperties;
    job.task = toTask(*job.eksProperties->podProperties);
    job.containers = {{text("Default"), 7, {}, {}, {}}};
    const Json json = toJsonValue(job);
    const Json &container = json["eksProperties"]["podProperties"]["containers"][0];
    QVERIFY(container["name"] == "Default");
    QVERIFY(container["exitCode"] == 7);
    QVERIFY(json["eksProperties"]["podProperties"]["initContainers"] == Json::array());
}

void TestEksJson::definitionOfEks()
{
    const JobDefinition definition = *parseJobDefinition(file("pod.json")).value;
    QVERIFY(definition.isEks());
    const Json described = toJsonValue(definition, Form::Describe);
    QVERIFY(described["containerOrchestrationType"] == "EKS");
    QVERIFY(!toJsonValue(definition, Form::Request).contains("containerOrchestrationType"));
    const ComputeEnvironment environment
        = *parseComputeEnvironment(file("environment-eks.json")).value;
    QVERIFY(toJsonValue(environment, Form::Describe)["containerOrchestrationType"] == "EKS");
    QVERIFY(toJsonValue(ComputeEnvironment(), Form::Describe)["containerOrchestrationType"]
            == "ECS");
}

void TestEksJson::faults_data()
{
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("faults");
    const auto row
        = [](const char *name, const char *pointer, const char *value, const char *faults) {
              QTest::newRow(name) << QByteArray(pointer) << QByteArray(value) << text(faults);
          };
#define POD "/eksProperties/podProperties"
#define AT "eksProperties.podProperties"
    row("containers", POD "/containers", "{}",
        AT ".containers: Expected a list of objects, found an object.");
    row("container", POD "/initContainers", "[7]",
        AT ".initContainers[0]: Expected an object, found the number 7.");
    row("command", POD "/containers/0/command", "\"sh\"",
        AT ".containers[0].command: Expected a list of strings, found the string `sh`.");
    row("limits", POD "/containers/0/resources", R"({"limits": ["1"]})",
        AT ".containers[0].resources.limits: Expected an object of strings, found a list.");
    row("user", POD "/containers/0/securityContext", R"({"runAsUser": "root"})",
        AT ".containers[0].securityContext.runAsUser: Expected a whole number from "
           "-9223372036854775808 to 9223372036854775807, found the string `root`.");
    row("volume without a name", POD "/volumes", "[{\"emptyDir\": {}}]",
        AT ".volumes[0].name: name is required.");
    row("secret without a name", POD "/volumes", R"([{"name": "a", "secret": {}}])",
        AT ".volumes[0].secret.secretName: secretName is required.");
    row("near miss", POD "/hostNetWork", "true",
        AT ".hostNetWork: `hostNetWork` is unknown; did you mean `hostNetwork`?");
    row("namespace", POD "/metadata", R"({"namespace": 7})",
        AT ".metadata.namespace: Expected a string, found the number 7.");
    row("null pod", POD, "null", "");
}

void TestEksJson::faults()
{
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    QTEST(toText(parseJobDefinition(edited(podDocument(), pointer.constData(), value.constData()))
                     .faults),
          "faults");
}

QTEST_GUILESS_MAIN(TestEksJson)
#include "tst_eksjson.moc"
