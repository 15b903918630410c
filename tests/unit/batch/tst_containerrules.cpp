// The rules of a task's containers and volumes.
#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestContainerRules : public QObject
{
    Q_OBJECT

private slots:
    void container_data();
    void container();
    void volumes_data();
    void volumes();
    void containerCounts_data();
    void containerCounts();
    void doubleNames();
};

void TestContainerRules::container_data()
{
    columns();
    const auto at
        = [](const char *name, const char *member, const char *value, const char *faults) {
              const QByteArray pointer
                  = QByteArray("/ecsProperties/taskProperties/0/containers/1/") + member;
              QString text = QString::fromUtf8(faults);
              text.replace(u'@', QStringLiteral("ecsProperties.taskProperties[0].containers[1]"));
              QTest::newRow(name) << pointer << QByteArray(value) << text;
          };
    at("empty name", "name", "\"\"", "@.name: Container name is required.");
    at("bad name", "name", "\"a.b\"",
       "@.name: Container name has the invalid character `.` at position 2; allowed are letters, "
       "digits, `-` and `_`.");
    at("image", "image", "\"Nginx\"",
       "@.image: The image's repository must be lower case: `nginx`.");
    at("empty image", "image", "\"\"", "@.image: Image is required.");
    at("double variable", "environment",
       R"([{"name": "A", "value": "1"}, {"name": "B", "value": "1"}, {"name": "A", "value": "2"}])",
       "@.environment[0].name: Environment variable `A` is set more than once.\n"
       "@.environment[2].name: Environment variable `A` is set more than once.");
    at("reserved variable", "environment", R"([{"name": "AWS_BATCH_JOB_ID", "value": "1"}])",
       "@.environment[0].name: `AWS_BATCH_JOB_ID` is reserved: names that start with `AWS_BATCH` "
       "are set by AWS Batch.");
    at("variable with a digit first", "environment", R"([{"name": "1A", "value": "1"}])",
       "@.environment[0].name: `1A` starts with a digit; most shells cannot read such a variable.");
    at("no requirements", "resourceRequirements", "",
       "@.resourceRequirements: VCPU is required; add the number of vCPUs to "
       "resourceRequirements.\n"
       "@.resourceRequirements: MEMORY is required; add the memory in MiB to "
       "resourceRequirements.");
    at("fraction of a vCPU", "resourceRequirements/0/value", "\"0.5\"",
       "@.resourceRequirements[0].value: 0.5 vCPU is part of a whole one: it runs here, but AWS "
       "Batch may ask for whole vCPUs on EC2.");
    at("vCPU of 0", "resourceRequirements/0/value", "\"0\"",
       "@.resourceRequirements[0].value: VCPU is `0`; it must be a decimal number above 0 and at "
       "most 10000, for example `1` or `0.5`.");
    at("3 MiB", "resourceRequirements/1/value", "\"3\"",
       "@.resourceRequirements[1].value: MEMORY is 3 MiB; it must be at least 4 MiB for AWS Batch; "
       "Docker needs 6 MiB.");
    at("5 MiB", "resourceRequirements/1/value", "\"5\"",
       "@.resourceRequirements[1].value: MEMORY is 5 MiB; AWS Batch allows it, but Docker needs at "
       "least 6 MiB.");
    at("unknown requirement", "resourceRequirements/2", R"({"type": "DISK", "value": "1"})",
       "@.resourceRequirements[2].type: `DISK` is no resource; allowed are `VCPU`, `MEMORY` and "
       "`GPU`.");
    at("double requirement", "resourceRequirements/2", R"({"type": "VCPU", "value": "1"})",
       "@.resourceRequirements[2].type: `VCPU` is given twice; one entry per type is allowed.");
    at("GPU", "resourceRequirements/2", R"({"type": "GPU", "value": "0"})",
       "@.resourceRequirements[2].value: GPU is `0`; it must be a whole number of 1 or more.");
    at("mount of a missing volume", "mountPoints",
       R"([{"sourceVolume": "x", "containerPath": "/a"}])",
       "@.mountPoints[0].sourceVolume: There is no volume `x`; add it to the task's volumes.");
    at("mount without members", "mountPoints", "[{}]",
       "@.mountPoints[0].sourceVolume: sourceVolume is required: the name of a volume of the "
       "task.\n"
       "@.mountPoints[0].containerPath: containerPath is required.");
    at("relative mount", "mountPoints", R"([{"sourceVolume": "d", "containerPath": "a"}])",
       "@.mountPoints[0].containerPath: containerPath `a` must be an absolute path, starting with "
       "`/`.");
    at("two mounts in one place", "mountPoints",
       R"([{"sourceVolume": "d", "containerPath": "/a"}, {"sourceVolume": "d", "containerPath": "/a"}])",
       "@.mountPoints[1].containerPath: Two volumes are mounted at `/a`.");
    at("soft above hard", "ulimits", R"([{"name": "nofile", "softLimit": 9, "hardLimit": 8}])",
       "@.ulimits[0].softLimit: softLimit is 9; it must not be above hardLimit, 8.");
    at("soft without end", "ulimits", R"([{"name": "nofile", "softLimit": -1, "hardLimit": 8}])",
       "@.ulimits[0].softLimit: softLimit is -1; it must not be above hardLimit, 8.");
    at("hard without end", "ulimits", R"([{"name": "memlock", "softLimit": 8, "hardLimit": -1}])",
       "");
    at("unknown ulimit", "ulimits", R"([{"name": "files", "softLimit": 1, "hardLimit": 8}])",
       "@.ulimits[0].name: `files` is no ulimit; allowed are `core`, `cpu`, `data`, `fsize`, "
       "`locks`, `memlock`, `msgqueue`, `nice`, `nofile`, `nproc`, `rss`, `rtprio`, `rttime`, "
       "`sigpending` or `stack`.");
    at("double ulimit", "ulimits",
       R"([{"name": "core", "softLimit": 1, "hardLimit": 8}, {"name": "core", "softLimit": 1, "hardLimit": 8}])",
       "@.ulimits[1].name: The ulimit `core` is set twice.");
    at("stop timeout", "stopTimeout", "1",
       "@.stopTimeout: stopTimeout is 1; it must be 2 or more.");
    at("start timeout", "startTimeout", "1",
       "@.startTimeout: startTimeout is 1; it must be 2 or more.");
    at("long stop timeout on EC2", "stopTimeout", "3600", "");
    at("user", "user", "\"a b\"",
       "@.user: user is `a b`; allowed are `user`, `uid`, `user:group`, `uid:gid` and mixtures of "
       "them.");
    at("user and two groups", "user", "\"a:b:c\"",
       "@.user: user is `a:b:c`; allowed are `user`, `uid`, `user:group`, `uid:gid` and mixtures "
       "of them.");
    at("log driver", "logConfiguration", R"({"logDriver": "file"})",
       "@.logConfiguration.logDriver: `file` is no log driver; allowed are `json-file`, `syslog`, "
       "`journald`, `gelf`, `fluentd`, `awslogs`, `splunk` or `awsfirelens`.");
    at("log without its router", "logConfiguration", R"({"logDriver": "awsfirelens"})",
       "@.logConfiguration.logDriver: `awsfirelens` needs a container with firelensConfiguration "
       "in the same task.");
    at("pattern of lines", "logConfiguration",
       R"({"logDriver": "awslogs", "options": {"awslogs-multiline-pattern": "^[0-9]+"}})", "");
    at("pattern that is none", "logConfiguration",
       R"({"logDriver": "awslogs", "options": {"awslogs-multiline-pattern": "("}})",
       "@.logConfiguration.options: awslogs-multiline-pattern is no regular expression: missing "
       "closing parenthesis.");
    at("time format that is none", "logConfiguration",
       R"({"logDriver": "awslogs", "options": {"awslogs-datetime-format": "(%H"}})",
       "@.logConfiguration.options: awslogs-datetime-format is no regular expression: missing "
       "closing parenthesis.");
    at("log router", "firelensConfiguration", R"({"type": "logstash"})",
       "@.firelensConfiguration.type: type is `logstash`; allowed are `fluentd` or `fluentbit`.");
    at("secret of the log driver", "logConfiguration",
       R"({"logDriver": "splunk", "secretOptions": [{"name": "splunk-token", "valueFrom": ""}]})",
       "@.logConfiguration.secretOptions[0].valueFrom: valueFrom is required: the ARN of a Secrets "
       "Manager secret or of an SSM parameter, or the parameter's name.");
    at("secret without a role", "secrets", R"([{"name": "TOKEN", "valueFrom": "token"}])",
       "ecsProperties.taskProperties[0].executionRoleArn: AWS needs executionRoleArn to read "
       "secrets and private registries.");
    at("privileged", "privileged", "true",
       "@.privileged: A privileged container can do anything on this machine as its "
       "administrator.");
    at("swappiness", "linuxParameters", R"({"swappiness": 101, "maxSwap": 0})",
       "@.linuxParameters.swappiness: swappiness is 101; it must be from 0 to 100.");
    at("swappiness alone", "linuxParameters", R"({"swappiness": 60})",
       "@.linuxParameters.swappiness: swappiness has no effect without maxSwap.");
    at("negative swap", "linuxParameters", R"({"maxSwap": -1})",
       "@.linuxParameters.maxSwap: maxSwap is -1; it must be 0 or more.");
    at("shared memory", "linuxParameters", R"({"sharedMemorySize": 0})",
       "@.linuxParameters.sharedMemorySize: sharedMemorySize is 0; it must be 1 or more.");
    at("device", "linuxParameters",
       R"({"devices": [{"hostPath": "dev", "permissions": ["EXEC"]}]})",
       "@.linuxParameters.devices[0].hostPath: hostPath `dev` must be an absolute path, starting "
       "with `/`.\n"
       "@.linuxParameters.devices[0].permissions[0]: `EXEC` is no permission; allowed are `READ`, "
       "`WRITE` or `MKNOD`.");
    at("tmpfs size", "linuxParameters", R"({"tmpfs": [{"containerPath": "/t", "size": 0}]})",
       "@.linuxParameters.tmpfs[0].size: size is 0; it must be 1 or more.");
    at("tmpfs options", "linuxParameters",
       R"({"tmpfs": [{"containerPath": "/t", "size": 1, "mountOptions": ["noexec", "size=1g"]}]})",
       "@.linuxParameters.tmpfs[0].mountOptions[1]: `size=1g` is no mount option of a tmpfs; "
       "allowed are defaults, ro, rw, suid, nosuid, dev, nodev, exec, noexec, sync, async, "
       "dirsync, remount, mand, nomand, atime, noatime, diratime, nodiratime, bind, rbind, "
       "unbindable, runbindable, private, rprivate, shared, rshared, slave, rslave, relatime, "
       "norelatime, strictatime, nostrictatime, mode, uid, gid, nr_inodes, nr_blocks, mpol.");
    at("no essential container", "essential", "false",
       "ecsProperties.taskProperties[0].containers: At least one container must be essential; the "
       "job ends with it.");
}

void TestContainerRules::container()
{
    check(documents::definition(), &parseJobDefinition);
}

void TestContainerRules::volumes_data()
{
    columns();
    const auto at = [](const char *name, const char *value, const char *faults) {
        QString text = QString::fromUtf8(faults);
        text.replace(u'@', QStringLiteral("ecsProperties.taskProperties[0].volumes"));
        QTest::newRow(name) << QByteArray("/ecsProperties/taskProperties/0/volumes")
                            << QByteArray(value) << text;
    };
    at("no source", R"([{"name": "d"}])", "");
    at("two of one name", R"([{"name": "d"}, {"name": "d"}])",
       "@[0].name: More than one volume is named `d`; names must be different.\n"
       "@[1].name: More than one volume is named `d`; names must be different.");
    at("no name", R"([{"name": "d"}, {"host": {}}])", "@[1].name: Volume name is required.");
    at("two sources",
       R"([{"name": "d", "host": {}, "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}])",
       "@[0]: The volume has more than one source; only one of host, efsVolumeConfiguration and "
       "s3filesVolumeConfiguration is allowed.");
    at("relative", R"([{"name": "d", "host": {"sourcePath": "data"}}])",
       "@[0].host.sourcePath: sourcePath `data` must be an absolute path, starting with `/`.");
    at("parent", R"([{"name": "d", "host": {"sourcePath": "/srv/../etc"}}])",
       "@[0].host.sourcePath: sourcePath `/srv/../etc` must not have `..` in it.");
    at("the whole machine", R"([{"name": "d", "host": {"sourcePath": "/"}}])",
       "@[0].host.sourcePath: Mounting `/` gives the containers all files of this machine.");
    at("etc", R"([{"name": "d", "host": {"sourcePath": "/etc/"}}])",
       "@[0].host.sourcePath: Mounting `/etc/` gives the containers the system's files in /etc.");
    at("Docker's socket", R"([{"name": "d", "host": {"sourcePath": "/var/run/docker.sock"}}])",
       "@[0].host.sourcePath: Mounting `/var/run/docker.sock` gives the containers control of "
       "Docker, and with it of this machine.");
    at("EFS id", R"([{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "../x"}}])",
       "@[0].efsVolumeConfiguration.fileSystemId: fileSystemId is `../x`; it must be an EFS id "
       "such as `fs-12345678`.");
    at("EFS root",
       R"([{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/a/.."}}])",
       "@[0].efsVolumeConfiguration.rootDirectory: rootDirectory `/a/..` must not have `..` in "
       "it.");
    at("EFS access without encryption",
       R"([{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}}}])",
       "@[0].efsVolumeConfiguration.transitEncryption: transitEncryption must be `ENABLED` with an "
       "access point or IAM authorization.");
    at("EFS access point with a root",
       R"([{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/a",
            "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "fsap-1"}}}])",
       "@[0].efsVolumeConfiguration.rootDirectory: rootDirectory must be absent or `/` with an "
       "access point.");
    at("EFS port",
       R"([{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryptionPort": 65536}}])",
       "@[0].efsVolumeConfiguration.transitEncryptionPort: transitEncryptionPort is 65536; it "
       "must be from 0 to 65535.");
    at("EFS switch",
       R"([{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "on"}}])",
       "@[0].efsVolumeConfiguration.transitEncryption: transitEncryption is `on`; allowed are "
       "`ENABLED` and `DISABLED`.");
}

void TestContainerRules::volumes()
{
    check(documents::definition(), &parseJobDefinition);
}

void TestContainerRules::containerCounts_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("none") << 0;
    QTest::newRow("ten") << 10;
    QTest::newRow("eleven") << 11;
    QTest::newRow("101") << 101;
}

void TestContainerRules::containerCounts()
{
    QFETCH(int, count);
    Document document = documents::definition();
    Document &containers = document["ecsProperties"]["taskProperties"][0]["containers"];
    const Document sample = containers[0];
    containers = Document::array();
    for (int i = 0; i < count; ++i) {
        containers.push_back(sample);
        containers.back()["name"] = "c" + std::to_string(i);
        containers.back()["essential"] = true;
    }
    const Parsed<JobDefinition> parsed = parseJobDefinition(bytes(document));
    QVERIFY(parsed.value);
    const QString path = QStringLiteral("ecsProperties.taskProperties[0].containers");
    QString text;
    for (const Fault &fault : validate(*parsed.value)) {
        if (fault.path == path)
            text += fault.message;
    }
    QCOMPARE(text,
             count >= 1 && count <= 10
                 ? QString()
                 : QStringLiteral("There are %1 containers; a task has from 1 to 10.").arg(count));
}

void TestContainerRules::doubleNames()
{
    const QByteArray text = edited(documents::definition(),
                                   "/ecsProperties/taskProperties/0/containers/1/name", "\"prep\"");
    const Parsed<JobDefinition> parsed = parseJobDefinition(text);
    const Faults faults = validate(*parsed.value);
    QCOMPARE(toText(faultsAt(faults,
                             QStringLiteral("ecsProperties.taskProperties[0].containers[1].name"))),
             QStringLiteral("ecsProperties.taskProperties[0].containers[1].name: More than one "
                            "container is named `prep`; names must be different."));
}

QTEST_GUILESS_MAIN(TestContainerRules)
#include "tst_containerrules.moc"
