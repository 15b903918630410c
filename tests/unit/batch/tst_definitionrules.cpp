#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestDefinitionRules : public QObject
{
    Q_OBJECT

private slots:
    void acceptsFiles();
    void definition_data();
    void definition();
    void fargate_data();
    void fargate();
    void legacy_data();
    void legacy();
    void sizeQuota();
    void faultsOfOneField();
};

void TestDefinitionRules::acceptsFiles()
{
    for (const char *name :
         {"multicontainer-ec2.json", "multicontainer-fargate.json", "legacy-container.json"}) {
        const QString faults = faultText(parseJobDefinition(file(name)));
        QVERIFY2(faults.isEmpty(), qPrintable(faults));
    }
    QCOMPARE(faultText(parseJobDefinition(bytes(documents::definition()))), QString());
    QCOMPARE(faultText(parseJobDefinition(bytes(fargateDefinition()))), QString());
    QCOMPARE(faultText(parseJobDefinition(bytes(legacyDefinition()))), QString());
}

void TestDefinitionRules::definition_data()
{
    columns();
    row("name", "/jobDefinitionName", "\"a b\"",
        "jobDefinitionName: Job definition name has the invalid character ` ` at position 2; "
        "allowed are letters, digits, `-` and `_`.");
    row("type", "/type", "\"job\"",
        "type: type is `job`; allowed are `container` and `multinode`.");
    row("multinode", "/type", "\"multinode\"",
        "type: type is `multinode`; with ecsProperties it must be `container`.");
    row("EKS beside ECS", "/eksProperties", R"({"podProperties": {"containers": [{"image": "a",
            "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}]}})",
        "eksProperties: ecsProperties and eksProperties are given; only one of them is allowed.");
    row("consumables", "/consumableResourceProperties",
        R"({"consumableResourceList": [{"consumableResource": "a", "quantity": 0},
            {"consumableResource": "a"}, {}]})",
        "consumableResourceProperties.consumableResourceList[0].consumableResource: The consumable "
        "resource `a` is named twice.\n"
        "consumableResourceProperties.consumableResourceList[0].quantity: quantity is 0; it must "
        "be "
        "1 or more.\n"
        "consumableResourceProperties.consumableResourceList[1].consumableResource: The consumable "
        "resource `a` is named twice.\n"
        "consumableResourceProperties.consumableResourceList[2].consumableResource: "
        "consumableResource is required: a name or an ARN.");
    row("both kinds", "/containerProperties", R"({"image": "a", "vcpus": 1, "memory": 64})",
        "ecsProperties: containerProperties and ecsProperties are given; only one of them is "
        "allowed.");
    row("no kind", "/ecsProperties", "",
        "ecsProperties: One of ecsProperties, containerProperties and eksProperties is required: "
        "what the job runs.");
    row("platform", "/platformCapabilities", "[\"LAMBDA\"]",
        "platformCapabilities[0]: `LAMBDA` is no platform; allowed are `EC2` or `FARGATE`.");
    row("priority", "/schedulingPriority", "10000",
        "schedulingPriority: schedulingPriority is 10000; it must be from 0 to 9999.");
    row("timeout 59", "/timeout", R"({"attemptDurationSeconds": 59})",
        "timeout.attemptDurationSeconds: attemptDurationSeconds is 59; it must be 60 or more.");
    row("timeout 60", "/timeout", R"({"attemptDurationSeconds": 60})", "");
    row("attempts 0", "/retryStrategy", R"({"attempts": 0})",
        "retryStrategy.attempts: attempts is 0; it must be from 1 to 10.");
    row("attempts 11", "/retryStrategy", R"({"attempts": 11})",
        "retryStrategy.attempts: attempts is 11; it must be from 1 to 10.");
    row("rules without attempts", "/retryStrategy",
        R"({"evaluateOnExit": [{"onExitCode": "1", "action": "EXIT"}]})",
        "retryStrategy.attempts: attempts is required with evaluateOnExit; it must be from 1 to "
        "10.");
    row("six rules", "/retryStrategy",
        R"({"attempts": 2, "evaluateOnExit": [{"onExitCode": "1", "action": "EXIT"},
            {"onExitCode": "2", "action": "EXIT"}, {"onExitCode": "3", "action": "EXIT"},
            {"onExitCode": "4", "action": "EXIT"}, {"onExitCode": "5", "action": "EXIT"},
            {"onExitCode": "6", "action": "EXIT"}]})",
        "retryStrategy.evaluateOnExit: evaluateOnExit has 6 rules; at most 5 are allowed.");
    row("exit code with a star inside", "/retryStrategy",
        R"({"attempts": 2, "evaluateOnExit": [{"onExitCode": "1*3", "action": "EXIT"}]})",
        "retryStrategy.evaluateOnExit[0].onExitCode: onExitCode is `1*3`; allowed are digits, with "
        "one `*` at the end if need be.");
    row("reason with a star inside", "/retryStrategy",
        R"({"attempts": 2, "evaluateOnExit": [{"onReason": "a*b", "action": "retry"}]})",
        "retryStrategy.evaluateOnExit[0].onReason: onReason `a*b` has `*` inside; only one `*` at "
        "the end is allowed.");
    row("action", "/retryStrategy",
        R"({"attempts": 2, "evaluateOnExit": [{"onReason": "*", "action": "STOP"}]})",
        "retryStrategy.evaluateOnExit[0].action: action is `STOP`; allowed are `RETRY` and "
        "`EXIT`.");
    row("rule without a condition", "/retryStrategy",
        R"({"attempts": 2, "evaluateOnExit": [{"action": "EXIT"}]})",
        "retryStrategy.evaluateOnExit[0]: The rule has no condition, so it holds for every failed "
        "attempt; give onStatusReason, onReason or onExitCode.");
    row("reserved tag", "/tags", R"({"aws:x": "1"})",
        "tags[\"aws:x\"]: The tag's key `aws:x` is reserved: keys that start with `aws:` are AWS's "
        "own.");
    row("empty tag key", "/tags", R"({"": "1"})",
        "tags: A tag has no key; a key of 1 to 128 characters is required.");
    QByteArray tags("{");
    for (int i = 0; i < 51; ++i)
        tags += '"' + QByteArray::number(i) + "\":\"\"" + (i < 50 ? "," : "}");
    row("51 tags", "/tags", tags.constData(), "tags: There are 51 tags; at most 50 are allowed.");
    row("networkMode", "/ecsProperties/taskProperties/0/networkMode", "\"bridge\"",
        "ecsProperties.taskProperties[0].networkMode: networkMode is `bridge`; allowed are "
        "`host`.");
    row("two log routers", "/ecsProperties/taskProperties/0/containers",
        R"([{"name": "a", "image": "a", "firelensConfiguration": {"type": "fluentd"},
             "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]},
            {"name": "b", "image": "b", "firelensConfiguration": {"type": "fluentbit"},
             "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]}])",
        "ecsProperties.taskProperties[0].containers: There are 2 containers with "
        "firelensConfiguration; one is allowed.");
    row("log to its router", "/ecsProperties/taskProperties/0/containers",
        R"([{"name": "a", "image": "a", "firelensConfiguration": {"type": "fluentd"},
             "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]},
            {"name": "b", "image": "b", "logConfiguration": {"logDriver": "awsfirelens"},
             "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]}])",
        "");
    row("a router's own log", "/ecsProperties/taskProperties/0/containers",
        R"([{"name": "a", "image": "a", "firelensConfiguration": {"type": "fluentd"},
             "logConfiguration": {"logDriver": "awsfirelens"},
             "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]}])",
        "ecsProperties.taskProperties[0].containers[0].logConfiguration.logDriver: The container "
        "is "
        "the log router itself; its own log cannot go to `awsfirelens`.");
    row("ipcMode", "/ecsProperties/taskProperties/0/ipcMode", "\"all\"",
        "ecsProperties.taskProperties[0].ipcMode: ipcMode is `all`; allowed are `host`, `task` or "
        "`none`.");
    row("pidMode", "/ecsProperties/taskProperties/0/pidMode", "\"none\"",
        "ecsProperties.taskProperties[0].pidMode: pidMode is `none`; allowed are `host` or "
        "`task`.");
    row("network on EC2", "/ecsProperties/taskProperties/0/networkConfiguration", "{}",
        "ecsProperties.taskProperties[0].networkConfiguration: networkConfiguration is for Fargate "
        "only; take it out for EC2.");
    row("ephemeral storage on EC2", "/ecsProperties/taskProperties/0/ephemeralStorage",
        R"({"sizeInGiB": 30})",
        "ecsProperties.taskProperties[0].ephemeralStorage: ephemeralStorage is for Fargate only; "
        "take it out for EC2.");
    row("platform version on EC2", "/ecsProperties/taskProperties/0/platformVersion", "\"LATEST\"",
        "ecsProperties.taskProperties[0].platformVersion: platformVersion is for Fargate only; "
        "take it out for EC2.");
    row("runtime platform on EC2", "/ecsProperties/taskProperties/0/runtimePlatform", "{}",
        "ecsProperties.taskProperties[0].runtimePlatform: runtimePlatform has an effect on Fargate "
        "only.");
}

void TestDefinitionRules::definition()
{
    check(documents::definition(), &parseJobDefinition);
}

void TestDefinitionRules::fargate_data()
{
    columns();
#define TASK "/ecsProperties/taskProperties/0"
#define AT "ecsProperties.taskProperties[0]"
    row("no role", TASK "/executionRoleArn", "",
        AT ".executionRoleArn: executionRoleArn is required on Fargate.");
    row("ipcMode", TASK "/ipcMode", "\"task\"",
        AT ".ipcMode: Fargate does not allow ipcMode; take it out.");
    row("pidMode", TASK "/pidMode", "\"host\"",
        AT ".pidMode: Fargate allows only the pidMode `task`, not `host`.");
    row("platform version", TASK "/platformVersion", "\"1.5.0\"",
        AT
        ".platformVersion: platformVersion is `1.5.0`; allowed are `LATEST`, `1.4.0` or `1.3.0`.");
    row("public IP", TASK "/networkConfiguration", R"({"assignPublicIp": "YES"})",
        AT ".networkConfiguration.assignPublicIp: assignPublicIp is `YES`; allowed are `ENABLED` "
           "and `DISABLED`.");
    row("storage", TASK "/ephemeralStorage", R"({"sizeInGiB": 20})",
        AT ".ephemeralStorage.sizeInGiB: sizeInGiB is 20; it must be from 21 to 200.");
    row("host path", TASK "/volumes/0/host", R"({"sourcePath": "/srv"})",
        AT ".volumes[0].host.sourcePath: Fargate has no host directories; leave sourcePath out for "
           "a scratch volume.");
    row("privileged", TASK "/containers/1/privileged", "true",
        AT ".containers[1].privileged: Fargate does not allow privileged; take it out.");
    row("shared memory", TASK "/containers/1/linuxParameters", R"({"sharedMemorySize": 64})",
        AT ".containers[1].linuxParameters.sharedMemorySize: Fargate does not allow "
           "sharedMemorySize; take it out.");
    row("init", TASK "/containers/1/linuxParameters", R"({"initProcessEnabled": true})", "");
    row("ulimit", TASK "/containers/1/ulimits",
        R"([{"name": "core", "softLimit": 0, "hardLimit": 0}])",
        AT ".containers[1].ulimits[0].name: Fargate allows only the ulimit `nofile`, not `core`.");
    row("log driver", TASK "/containers/1/logConfiguration", R"({"logDriver": "json-file"})",
        AT ".containers[1].logConfiguration.logDriver: `json-file` is no log driver of Fargate; "
           "allowed are `awslogs`, `splunk` or `awsfirelens`.");
    row("stop timeout", TASK "/containers/1/stopTimeout", "121",
        AT ".containers[1].stopTimeout: stopTimeout is 121; it must be from 2 to 120.");
    row("GPU", TASK "/containers/1/resourceRequirements/2", R"({"type": "GPU", "value": "1"})",
        AT ".containers[1].resourceRequirements[2].value: Fargate has no GPUs; take GPU out.");
    row("sum of vCPUs", TASK "/containers/1/resourceRequirements/0/value", "\"0.3\"",
        AT ".containers: The containers ask for 0.8 vCPUs together; Fargate has tasks of 0.25, "
           "0.5, 1, 2, 4, 8, 16.");
    row("sum of memory", TASK "/containers/1/resourceRequirements/1/value", "\"1000\"",
        AT ".containers: The containers ask for 2024 MiB together; with 1 vCPUs Fargate allows "
           "2048 to 8192 in steps of 1024 MiB.");
    row("system", TASK "/runtimePlatform",
        R"({"operatingSystemFamily": "MACOS", "cpuArchitecture": "RISCV"})",
        AT ".runtimePlatform.operatingSystemFamily: operatingSystemFamily is `MACOS`; allowed are "
           "`LINUX`, `WINDOWS_SERVER_2019_CORE`, `WINDOWS_SERVER_2019_FULL`, "
           "`WINDOWS_SERVER_2022_CORE` or `WINDOWS_SERVER_2022_FULL`.\n" AT
           ".runtimePlatform.cpuArchitecture: cpuArchitecture is `RISCV`; allowed are `X86_64` or "
           "`ARM64`.");
    row("Windows on ARM", TASK "/runtimePlatform",
        R"({"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "ARM64"})",
        AT ".runtimePlatform.cpuArchitecture: Windows containers need `X86_64`, not `ARM64`.");
#undef TASK
#undef AT
}

void TestDefinitionRules::fargate()
{
    check(fargateDefinition(), &parseJobDefinition);
}

void TestDefinitionRules::legacy_data()
{
    columns();
    row("no image", "/containerProperties/image", "",
        "containerProperties.image: Image is required.");
    row("no vCPUs", "/containerProperties/vcpus", "",
        "containerProperties.resourceRequirements: VCPU is required; add the number of vCPUs to "
        "resourceRequirements.");
    row("vCPUs", "/containerProperties/vcpus", "0",
        "containerProperties.vcpus: VCPU is `0`; it must be a decimal number above 0 and at most "
        "10000, for example `1` or `0.5`.");
    row("memory", "/containerProperties/memory", "3",
        "containerProperties.memory: MEMORY is 3 MiB; it must be at least 4 MiB for AWS Batch; "
        "Docker needs 6 MiB.");
    row("requirements win", "/containerProperties/resourceRequirements",
        R"([{"type": "VCPU", "value": "2"}])", "");
    row("variable", "/containerProperties/environment", R"([{"name": "", "value": "x"}])",
        "containerProperties.environment[0].name: Environment variable name is required.");
    row("Fargate", "/platformCapabilities", "[\"FARGATE\"]",
        "containerProperties.executionRoleArn: executionRoleArn is required on Fargate.\n"
        "containerProperties.resourceRequirements: The containers ask for 64 MiB together; with 1 "
        "vCPUs Fargate allows 2048 to 8192 in steps of 1024 MiB.");
    row("platform version", "/containerProperties/fargatePlatformConfiguration",
        R"({"platformVersion": "LATEST"})",
        "containerProperties.fargatePlatformConfiguration.platformVersion: platformVersion is for "
        "Fargate only; take it out for EC2.");
    row("log router", "/containerProperties/logConfiguration", R"({"logDriver": "awsfirelens"})",
        "containerProperties.logConfiguration.logDriver: `awsfirelens` needs a container with "
        "firelensConfiguration in the same task.");
}

void TestDefinitionRules::legacy()
{
    check(legacyDefinition(), &parseJobDefinition);
}

void TestDefinitionRules::sizeQuota()
{
    Document document = documents::definition();
    Document &container = document["ecsProperties"]["taskProperties"][0]["containers"][1];
    container["environment"] = {{{"name", "BIG"}, {"value", std::string(200000, 'x')}}};
    QString text = faultText(parseJobDefinition(bytes(document)));
    QVERIFY(text.startsWith(
        QStringLiteral("ecsProperties.taskProperties[0].containers[1].environment[0].value: The "
                       "value of `BIG` has 200000 bytes; the whole document can have at most 24 "
                       "KiB (24576 bytes).\nThe job definition has ")));
    container["environment"] = {{{"name", "A"}, {"value", std::string(13000, 'x')}},
                                {{"name", "B"}, {"value", std::string(13000, 'x')}}};
    text = faultText(parseJobDefinition(bytes(document)));
    QVERIFY(text.startsWith(QStringLiteral("The job definition has 26")));
    QVERIFY(text.endsWith(QStringLiteral("bytes; at most 24 KiB (24576 bytes) are allowed.")));

    // Far above it nothing else is looked at: thirty thousand names are not compared.
    container["environment"] = Document::array();
    for (int i = 0; i < 30000; ++i)
        container["environment"].push_back({{"name", ""}});
    const JobDefinition huge = *parseJobDefinition(bytes(document)).value;
    text = toText(validate(huge));
    QVERIFY(text.startsWith(QStringLiteral("The job definition has ")));
    QCOMPARE(text.count(u'\n'), 0);
}

void TestDefinitionRules::faultsOfOneField()
{
    const Faults faults{{QStringLiteral("a.b[1].c"), QStringLiteral("1"), Fault::Severity::Error},
                        {QStringLiteral("a.b[10]"), QStringLiteral("2"), Fault::Severity::Warning},
                        {QStringLiteral("a.bc"), QStringLiteral("3"), Fault::Severity::Error}};
    QCOMPARE(faultsAt(faults, QStringLiteral("a.b")).size(), 2);
    QCOMPARE(faultsAt(faults, QStringLiteral("a.b[1]")).size(), 1);
    QCOMPARE(faultsAt(faults, QString()).size(), 3);
    QCOMPARE(toText(faults), QStringLiteral("a.b[1].c: 1\na.bc: 3\na.b[10]: 2"));
}

QTEST_GUILESS_MAIN(TestDefinitionRules)
#include "tst_definitionrules.moc"
