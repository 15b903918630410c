#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestSubmitRules : public QObject
{
    Q_OBJECT

private slots:
    void acceptsFile();
    void request_data();
    void request();
    void against_data();
    void against();
    void twentyOneDependencies();
    void payloadQuota();
};

namespace {

QString faultsAgainst(const QByteArray &request, const Document &definition)
{
    const Parsed<SubmitJobRequest> parsed = parseSubmitJobRequest(request);
    const Parsed<JobDefinition> against = parseJobDefinition(bytes(definition));
    if (!parsed.value || !against.value)
        return toText(parsed.faults + against.faults);
    return toText(validate(*parsed.value, *against.value));
}

} // namespace

void TestSubmitRules::acceptsFile()
{
    QCOMPARE(faultText(parseSubmitJobRequest(file("submit-overrides.json"))), QString());
    const QByteArray definition = file("multicontainer-ec2.json");
    QCOMPARE(faultsAgainst(file("submit-overrides.json"),
                           Document::parse(definition.begin(), definition.end())),
             QString());
}

void TestSubmitRules::request_data()
{
    columns();
    row("job name", "/jobName", "\"\"", "jobName: Job name is required.");
    row("queue", "/jobQueue", "\"\"", "jobQueue: Job queue is required.");
    row("definition", "/jobDefinition", "\"\"", "jobDefinition: Job definition is required.");
    row("array of 2", "/arrayProperties", R"({"size": 2})", "");
    row("array of 10000", "/arrayProperties", R"({"size": 10000})", "");
    row("array of 1", "/arrayProperties", R"({"size": 1})",
        "arrayProperties.size: Array size is 1; it must be from 2 to 10000.");
    row("array of 0", "/arrayProperties", R"({"size": 0})",
        "arrayProperties.size: Array size is 0; it must be from 2 to 10000.");
    row("array of 10001", "/arrayProperties", R"({"size": 10001})",
        "arrayProperties.size: Array size is 10001; it must be from 2 to 10000.");
    row("share identifier", "/shareIdentifier", "\"a*\"",
        "shareIdentifier: shareIdentifier is `a*`; allowed are at most 255 letters and digits.");
    row("priority", "/schedulingPriorityOverride", "-1",
        "schedulingPriorityOverride: schedulingPriorityOverride is -1; it must be from 0 to 9999.");
    row("dependency without a job", "/dependsOn", "[{}]",
        "dependsOn[0].jobId: jobId is required: the job to wait for.");
    row("kind of dependency", "/dependsOn", R"([{"jobId": "a", "type": "ALL"}])",
        "dependsOn[0].type: `ALL` is no kind of dependency; allowed are `N_TO_N` and "
        "`SEQUENTIAL`.");
    row("N_TO_N without an array", "/dependsOn", R"([{"jobId": "a", "type": "N_TO_N"}])",
        "dependsOn[0].type: `N_TO_N` is for array jobs; this job has no array size.");
    row("N_TO_N on a child", "", R"({"jobName": "a", "jobQueue": "q", "jobDefinition": "d",
        "arrayProperties": {"size": 2}, "dependsOn": [{"jobId": "x:1", "type": "N_TO_N"}]})",
        "dependsOn[0].jobId: `x:1` is one child; `N_TO_N` takes the id of the whole array.");
    row("SEQUENTIAL twice", "", R"({"jobName": "a", "jobQueue": "q", "jobDefinition": "d",
        "arrayProperties": {"size": 2}, "dependsOn": [{"type": "SEQUENTIAL"}, {"type": "SEQUENTIAL"}]})",
        "dependsOn[0].type: `SEQUENTIAL` is given more than once.\n"
        "dependsOn[1].type: `SEQUENTIAL` is given more than once.");
    row("SEQUENTIAL", "", R"({"jobName": "a", "jobQueue": "q", "jobDefinition": "d",
        "arrayProperties": {"size": 10000}, "dependsOn": [{"type": "SEQUENTIAL"}]})",
        "");
    row("array of nodes", "", R"({"jobName": "a", "jobQueue": "q", "jobDefinition": "d",
        "arrayProperties": {"size": 2}, "nodeOverrides": {}})",
        "arrayProperties: A multi-node job cannot be an array job; take arrayProperties or "
        "nodeOverrides out.");
    row("double dependency", "/dependsOn", R"([{"jobId": "a"}, {"jobId": "a"}])",
        "dependsOn[0].jobId: The job `a` is named more than once.\n"
        "dependsOn[1].jobId: The job `a` is named more than once.");
    row("empty word", "/containerOverrides", R"({"command": ["a", ""]})",
        "containerOverrides.command[1]: An overriding command cannot have an empty string.");
    row("reserved variable", "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "a", "environment": [{"name": "AWS_BATCH_X", "value": ""}]}]}]})",
        "ecsPropertiesOverride.taskProperties[0].containers[0].environment[0].name: `AWS_BATCH_X` "
        "is reserved: names that start with `AWS_BATCH` are set by AWS Batch.");
    row("deprecated vCPUs", "/containerOverrides", R"({"vcpus": 0, "memory": 3})",
        "containerOverrides.vcpus: VCPU is `0`; it must be a decimal number above 0 and at most "
        "10000, for example `1` or `0.5`.\n"
        "containerOverrides.memory: MEMORY is 3 MiB; it must be at least 4 MiB for AWS Batch; "
        "Docker needs 6 MiB.");
    row("container twice", "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "a"}, {"name": "a"}]}]})",
        "ecsPropertiesOverride.taskProperties[0].containers[0].name: The container `a` is "
        "overridden more than once.\n"
        "ecsPropertiesOverride.taskProperties[0].containers[1].name: The container `a` is "
        "overridden more than once.");
    row("timeout", "/timeout", R"({"attemptDurationSeconds": 1})",
        "timeout.attemptDurationSeconds: attemptDurationSeconds is 1; it must be 60 or more.");
    row("attempts", "/retryStrategy", R"({"attempts": 20})",
        "retryStrategy.attempts: attempts is 20; it must be from 1 to 10.");
    row("two tasks", "/ecsPropertiesOverride", R"({"taskProperties": [{}, {}]})",
        "ecsPropertiesOverride.taskProperties: taskProperties has 2 elements; AWS Batch allows "
        "exactly 1 task per job.");
}

void TestSubmitRules::request()
{
    check(documents::request(), &parseSubmitJobRequest);
}

void TestSubmitRules::against_data()
{
    QTest::addColumn<int>("kind"); // 0 tasks on EC2, 1 tasks on Fargate, 2 legacy
    columns();
    const auto add = [](const char *name, int kind, const char *pointer, const char *value,
                        const char *faults) {
        QTest::newRow(name) << kind << QByteArray(pointer) << QByteArray(value)
                            << QString::fromUtf8(faults);
    };
    add("unknown container", 0, "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "x"}]}]})",
        "ecsPropertiesOverride.taskProperties[0].containers[0].name: The definition "
        "`maze:0` has no container `x`; it has `prep` or `agent`.");
    add("legacy override of a task", 0, "/containerOverrides", R"({"command": ["a"]})",
        "containerOverrides: The definition `maze:0` has ecsProperties; override it with "
        "ecsPropertiesOverride.");
    add("task override of a legacy definition", 2, "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "x"}]}]})",
        "ecsPropertiesOverride: The definition `nightly:0` has containerProperties; override it "
        "with "
        "containerOverrides.");
    add("nodes of a definition without", 0, "/nodeOverrides", R"({"numNodes": 2})",
        "nodeOverrides: The definition `maze:0` has no nodeProperties; take nodeOverrides out.");
    add("legacy override", 2, "/containerOverrides", R"({"command": ["a"]})", "");
    add("parameter without a value", 0, "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "agent", "command": ["x", "Ref::missing"]}]}]})",
        "ecsPropertiesOverride.taskProperties[0].containers[0].command: Parameter `missing` has no "
        "value; the command of `agent` keeps the text `Ref::missing`.");
    add("Fargate's table after the override", 1, "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "agent",
            "resourceRequirements": [{"type": "MEMORY", "value": "500"}]}]}]})",
        "ecsPropertiesOverride.taskProperties[0].containers: The containers ask for 1524 MiB "
        "together; with 1 vCPUs Fargate allows 2048 to 8192 in steps of 1024 MiB.");
    add("GPU on Fargate", 1, "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "agent",
            "resourceRequirements": [{"type": "GPU", "value": "1"}]}]}]})",
        "ecsPropertiesOverride.taskProperties[0].containers[0].resourceRequirements[0].value: "
        "Fargate has no GPUs; take GPU out.");
    add("GPU on EC2", 0, "/ecsPropertiesOverride",
        R"({"taskProperties": [{"containers": [{"name": "agent",
            "resourceRequirements": [{"type": "GPU", "value": "1"}]}]}]})",
        "");
}

void TestSubmitRules::against()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    const Document definitions[] = {definition(), fargateDefinition(), legacyDefinition()};
    QTEST(faultsAgainst(edited(documents::request(), pointer.constData(), value.constData()),
                        definitions[kind]),
          "faults");
}

void TestSubmitRules::twentyOneDependencies()
{
    Document document = documents::request();
    for (int i = 0; i < 20; ++i)
        document["dependsOn"].push_back({{"jobId", "job" + std::to_string(i)}});
    QCOMPARE(faultText(parseSubmitJobRequest(bytes(document))), QString());
    document["dependsOn"].push_back({{"jobId", "one more"}});
    QCOMPARE(faultText(parseSubmitJobRequest(bytes(document))),
             QStringLiteral("dependsOn: The job depends on 21 jobs; at most 20 are allowed."));
}

void TestSubmitRules::payloadQuota()
{
    Document document = documents::request();
    document["parameters"]["p"] = std::string(30 * 1024, 'x');
    const QString text = faultText(parseSubmitJobRequest(bytes(document)));
    QVERIFY(text.startsWith(QStringLiteral("The request has 30")));
    QVERIFY(text.endsWith(QStringLiteral("bytes; at most 30 KiB (30720 bytes) are allowed.")));

    // Far above it nothing else is looked at, the definition included.
    document["parameters"]["p"] = std::string(300 * 1024, 'x');
    document["jobName"] = "no name";
    const SubmitJobRequest huge = *parseSubmitJobRequest(bytes(document)).value;
    QCOMPARE(validate(huge).size(), 1);
    QCOMPARE(validate(huge, *parseJobDefinition(bytes(nodesDocument())).value).size(), 1);
}

QTEST_GUILESS_MAIN(TestSubmitRules)
#include "tst_submitrules.moc"
