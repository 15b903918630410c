// What containers on a real daemon see of the members of their definition: environment, secrets,
// volumes, namespaces, devices, log drivers; and the nodes of a multi-node job of each other.
#include "tests/docker/daemontest.h"

#include <QDir>
#include <QDirIterator>

using namespace batchyard;
using namespace batchyard::test;
using executor::AttemptPlan;
using executor::NodeContext;

namespace {

constexpr auto canary = "canary-7d1e90b4";

batch::EcsTaskProperties taskRunning(const char *script)
{
    return taskOf({TestContainer{text("main"), shell(text(script))}});
}

} // namespace

class TestFields : public AttemptTest
{
    Q_OBJECT

private slots:
    void environment();
    void secrets();
    void missingSecret();
    void secretOfAnUnreadableStore();
    void childAndNodeNames_data();
    void childAndNodeNames();
    void fileSystems();
    void linksOfEarlierContainers();
    void devices();
    void namespaces_data();
    void namespaces();
    void swap();
    void platform_data();
    void platform();
    void foreignLogDriver();
    void nodesReachEachOther_data();
    void nodesReachEachOther();
    void leftNetworksGo();
};

void TestFields::environment()
{
    const QString id
        = m_bench->run(taskRunning("env | grep -e ^AWS_ -e ^OWN= | sort"), [](AttemptPlan &plan) {
              plan.context.arrayIndex = 4;
              plan.context.fargate = true;
          });
    QCOMPARE(m_bench->lines(id, 0),
             QStringList({text("AWS_BATCH_CE_NAME=ce"), text("AWS_BATCH_JOB_ARRAY_INDEX=4"),
                          text("AWS_BATCH_JOB_ATTEMPT=1"), text("AWS_BATCH_JOB_ID=") + id,
                          text("AWS_BATCH_JQ_NAME=q"), text("AWS_EXECUTION_ENV=AWS_ECS_FARGATE")}));
}

// The value reaches the container, and stays out of the database, of all other files and of
// everything that the attempt shows.
void TestFields::secrets()
{
    QVERIFY(m_bench->secrets().set(text("db"), text(R"({"password":"%1"})").arg(text(canary))));
    QVERIFY(m_bench->secrets().set(text("/team/key"), text(canary) + text("-2")));
    batch::EcsTaskProperties task = taskRunning("echo ${#PASSWORD} ${KEY#*-}; sleep 1");
    task.containers[0].secrets
        = {{text("PASSWORD"),
            text("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::"),
            {}},
           {text("KEY"), text("/team/key"), {}}};
    const QString id = m_bench->begin(task);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->lines(id, 0).size() == 1, 60'000);
    const auto state = await(m_engine->inspectContainer(m_bench->dockerName(id, 0)));
    QVERIFY(state);
    for (const QString &value : state->labels)
        QVERIFY(!value.contains(text(canary)));
    for (const auto &live : m_bench->runner(id).containerStates())
        QVERIFY(!live.reason.contains(text(canary)) && !live.waitReason.contains(text(canary)));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(id), 60'000);
    QVERIFY(m_bench->outcome(id).succeeded);
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("15 7d1e90b4-2")});
    QVERIFY(m_bench->store().commit());
    QDirIterator each(m_bench->paths().state, QDir::Files | QDir::Hidden,
                      QDirIterator::Subdirectories);
    int looked = 0;
    while (each.hasNext()) {
        QFile file(each.next());
        if (file.fileName() == executor::SecretStore::pathFor(m_bench->paths()))
            continue;
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains(canary), qPrintable(file.fileName()));
        ++looked;
    }
    QVERIFY(looked >= 2); // the database and the log at least
}

void TestFields::missingSecret()
{
    batch::EcsTaskProperties task
        = taskOf({TestContainer{text("side"), shell(text("exit 0")), false},
                  TestContainer{text("main"), shell(text("sleep 1"))}});
    task.containers[0].secrets = {{text("X"), text("nowhere"), {}}};
    const QString id = m_bench->run(task);
    QVERIFY(!m_bench->outcome(id).succeeded);
    QCOMPARE(m_bench->outcome(id).statusReason, text("Task failed to start"));
    QVERIFY(m_bench->outcome(id).mayRetry);
    const QString reason = m_bench->outcome(id).reason;
    QVERIFY2(reason.startsWith(text("ResourceInitializationError: unable to pull secrets or "
                                    "registry auth: The secret \"nowhere\"")),
             qPrintable(reason));
    QVERIFY(!m_bench->container(id, 0).exitCode);
}

void TestFields::secretOfAnUnreadableStore()
{
    QVERIFY(m_bench->secrets().set(text("open"), text(canary)));
    const QString path = executor::SecretStore::pathFor(m_bench->paths());
    QFile::setPermissions(path, QFile::permissions(path) | QFileDevice::ReadOther);
    batch::EcsTaskProperties task = taskRunning("exit 0");
    task.containers[0].secrets = {{text("X"), text("open"), {}}};
    const QString id = m_bench->run(task);
    QVERIFY(!m_bench->outcome(id).succeeded);
    QVERIFY(m_bench->outcome(id).reason.contains(text("chmod 600")));
    QVERIFY(!m_bench->outcome(id).reason.contains(text(canary)));
    QFile::setPermissions(path, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
}

void TestFields::childAndNodeNames_data()
{
    QTest::addColumn<QString>("suffix");
    QTest::newRow("child of an array") << text(":9999");
    QTest::newRow("node") << text("#12");
}

void TestFields::childAndNodeNames()
{
    QFETCH(QString, suffix);
    const QString id
        = m_bench->begin(taskRunning("echo $AWS_BATCH_JOB_ID"), {}, text("0f1e2d3c-job") + suffix);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(id), 60'000);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    QCOMPARE(m_bench->lines(id, 0), QStringList{id});
}

void TestFields::fileSystems()
{
    batch::EcsTaskProperties task = taskRunning("id -u > /efs/x; cat /s3/given; touch /s3/made");
    task.containers[0].user = text("1234");
    batch::Volume efs;
    efs.name = text("efs");
    efs.efsVolumeConfiguration = batch::EfsVolumeConfiguration{text("fs-1"), text("/deep/er"), {}};
    batch::Volume s3;
    s3.name = text("s3");
    s3.s3filesVolumeConfiguration.emplace();
    s3.s3filesVolumeConfiguration->fileSystemArn
        = text("arn:aws:s3files:eu-west-1:123456789012:file-system/fs-2");
    task.volumes = {efs, s3};
    task.containers[0].mountPoints
        = {{text("efs"), text("/efs"), {}, {}}, {text("s3"), text("/s3"), {}, {}}};
    const QString s3Path = m_bench->paths().volumes() + text("/s3files/fs-2");
    QVERIFY(QDir().mkpath(s3Path));
    QFile::setPermissions(s3Path, QFileDevice::Permissions(0x7777));
    QFile given(s3Path + text("/given"));
    QVERIFY(given.open(QIODevice::WriteOnly));
    QVERIFY(given.write("kept\n") > 0 && given.flush());
    const QString id = m_bench->run(task);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("kept")});
    QVERIFY(QFile::exists(s3Path + text("/made")));
    QVERIFY(QFile::exists(m_bench->paths().volumes() + text("/efs/fs-1/deep/er/x")));
}

// The engine follows links when it starts a container, which may be long after the attempt began.
void TestFields::linksOfEarlierContainers()
{
    const auto directory = [](const char *name, const char *root) {
        batch::Volume volume;
        volume.name = text(name);
        volume.efsVolumeConfiguration = batch::EfsVolumeConfiguration{text("fs-9"), text(root), {}};
        return volume;
    };
    batch::EcsTaskProperties task = taskOf(
        {TestContainer{text("a"), shell(text("rmdir /m/x && ln -s / /m/x && echo done")), false},
         TestContainer{text("b"), shell(text("ls /m")), true, {onSuccess(text("a"))}}});
    task.volumes = {directory("v1", "/"), directory("v2", "/x")};
    task.containers[0].mountPoints = {{text("v1"), text("/m"), {}, {}}};
    task.containers[1].mountPoints = {{text("v2"), text("/m"), {}, {}}};
    const QString id = m_bench->run(task);
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("done")});
    QCOMPARE(m_bench->lines(id, 1), QStringList());
    QVERIFY(!m_bench->container(id, 1).startedAt);
    const QString reason = m_bench->outcome(id).reason;
    QVERIFY2(reason.startsWith(text("CannotStartContainerError: The path ")), qPrintable(reason));
    QVERIFY2(reason.contains(text("/efs/fs-9/x")), qPrintable(reason));
}

// Which accesses the kernel lets through is the daemon's part.
void TestFields::devices()
{
    batch::EcsTaskProperties task = taskRunning("head -c 4 /dev/made | wc -c");
    task.containers[0].linuxParameters.emplace();
    task.containers[0].linuxParameters->devices
        = {{text("/dev/zero"), text("/dev/made"), {text("READ")}, {}}};
    const QString id = m_bench->run(task);
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("4")});
}

void TestFields::namespaces_data()
{
    QTest::addColumn<QString>("ipcMode");
    QTest::addColumn<QString>("pidMode");
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("line");
    QTest::newRow("pid host") << QString() << text("host")
                              << text("ps | grep -q '[d]ockerd' && echo seen") << text("seen");
    QTest::newRow("pid private") << QString() << QString() << text("echo $$") << text("1");
    QTest::newRow("ipc none") << text("none") << QString()
                              << text("grep -c ' /dev/shm ' /proc/mounts") << text("0");
    QTest::newRow("ipc task") << text("task") << QString()
                              << text("grep -c ' /dev/shm ' /proc/mounts") << text("1");
}

void TestFields::namespaces()
{
    QFETCH(QString, ipcMode);
    QFETCH(QString, pidMode);
    QFETCH(QString, script);
    QFETCH(QString, line);
    batch::EcsTaskProperties task
        = taskOf({TestContainer{text("main"), shell(script + text("; exit 0"))}});
    task.ipcMode = ipcMode;
    task.pidMode = pidMode;
    const QString id = m_bench->run(task);
    QCOMPARE(m_bench->lines(id, 0), QStringList{line});
}

void TestFields::swap()
{
    batch::EcsTaskProperties task
        = taskRunning("cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || "
                      "cat /sys/fs/cgroup/memory.swap.max 2>/dev/null || echo none");
    task.containers[0].linuxParameters.emplace();
    task.containers[0].linuxParameters->maxSwap = 0;
    task.containers[0].linuxParameters->swappiness = 10;
    const QString id = m_bench->run(task);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    // Memory and swap together under cgroup 1, swap alone under 2; a kernel without swap
    // accounting has neither.
    const QStringList allowed{text("67108864"), text("0"), text("none")};
    QVERIFY(allowed.contains(m_bench->lines(id, 0).value(0)));
}

void TestFields::platform_data()
{
    QTest::addColumn<QString>("architecture");
    QTest::newRow("X86_64") << text("X86_64");
    QTest::newRow("ARM64") << text("ARM64");
}

// The image is for one of them; the other cannot be had without a registry.
void TestFields::platform()
{
    QFETCH(QString, architecture);
    const auto image = await(m_engine->inspectImage(text("tiny:1")));
    QVERIFY(image);
    const bool fits = image->architecture == (architecture == u"ARM64" ? u"arm64" : u"amd64");
    batch::EcsTaskProperties task = taskRunning("echo here");
    task.runtimePlatform.emplace();
    task.runtimePlatform->cpuArchitecture = architecture;
    const QString id = m_bench->run(task);
    QCOMPARE(m_bench->outcome(id).succeeded, fits);
    if (!fits)
        QVERIFY2(m_bench->outcome(id).reason.startsWith(text("CannotPullContainerError: ")),
                 qPrintable(m_bench->outcome(id).reason));
}

void TestFields::foreignLogDriver()
{
    batch::EcsTaskProperties task = taskRunning("echo elsewhere");
    task.containers[0].logConfiguration.emplace();
    task.containers[0].logConfiguration->logDriver = text("json-file");
    task.containers[0].logConfiguration->options = {{text("max-size"), text("1m")}};
    const QString id = m_bench->run(task);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    QCOMPARE(m_bench->lines(id, 0).size(), 1);
    QVERIFY(m_bench->lines(id, 0).first().contains(text("log driver \"json-file\"")));
    // A driver that does not take its options fails the container in the daemon's words.
    task.containers[0].logConfiguration->options = {{text("no-such-option"), text("1")}};
    const QString refused = m_bench->run(task);
    QVERIFY2(m_bench->outcome(refused).reason.startsWith(text("CannotCreateContainerError: ")),
             qPrintable(m_bench->outcome(refused).reason));
}

void TestFields::nodesReachEachOther_data()
{
    QTest::addColumn<executor::NetworkMode>("mode");
    QTest::newRow("with a way out") << executor::NetworkMode::Bridge;
    QTest::newRow("isolated") << executor::NetworkMode::Isolated;
}

// The main node serves, another one finds it by the address that it is given.
void TestFields::nodesReachEachOther()
{
    QFETCH(executor::NetworkMode, mode);
    const QString job = mode == executor::NetworkMode::Bridge ? text("job-b") : text("job-i");
    const auto node = [&](int index, const QString &address) {
        return [=](AttemptPlan &plan) {
            plan.context.network = mode;
            plan.context.node = NodeContext{job, index, 0, 2, address};
        };
    };
    const QString mainId = m_bench->begin(taskRunning("echo serving; nc -l -p 5000 -e "
                                                      "echo node $AWS_BATCH_JOB_NODE_INDEX of "
                                                      "$AWS_BATCH_JOB_NUM_NODES"),
                                          node(0, {}), job + text("#0"));
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->runner(mainId).address().isEmpty(), 60'000);
    const QString other = m_bench->begin(
        taskRunning("until nc $AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS 5000 2>/dev/null; "
                    "do sleep 0.1; done"),
        node(1, m_bench->runner(mainId).address()), job + text("#1"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isCleaned(mainId) && m_bench->isCleaned(other), 60'000);
    QCOMPARE(m_bench->lines(other, 0), QStringList{text("node 0 of 2")});
    QVERIFY(m_bench->outcome(mainId).succeeded && m_bench->outcome(other).succeeded);

    const QString name = executor::nodeNetworkName(m_bench->store().installId(), job);
    QVERIFY(await(m_engine->inspectNetwork(name)));
    bool removed = false;
    m_bench->network().removeNodeNetwork(
        job, this, [&](const Result<void> &done) { removed = done.has_value(); });
    QTRY_VERIFY(removed);
    QCOMPARE(await(m_engine->inspectNetwork(name)).error().code, ErrorCode::NotFound);
}

void TestFields::leftNetworksGo()
{
    int prepared = 0;
    for (const char *job : {"gone", "stays"})
        m_bench->network().prepare({executor::NetworkMode::Isolated, text(job)}, this,
                                   [&](const Result<void> &done) { prepared += done ? 1 : 0; });
    QTRY_COMPARE(prepared, 2);
    m_bench->network().removeNodeNetworksExcept([] { return QSet<QString>{text("stays")}; });
    const QString install = m_bench->store().installId();
    QTRY_VERIFY(!await(m_engine->inspectNetwork(executor::nodeNetworkName(install, text("gone")))));
    QVERIFY(await(m_engine->inspectNetwork(executor::nodeNetworkName(install, text("stays")))));
    m_bench->network().removeNodeNetworksExcept([] { return QSet<QString>(); });
    QTRY_VERIFY(
        !await(m_engine->inspectNetwork(executor::nodeNetworkName(install, text("stays")))));
}

QTEST_GUILESS_MAIN(TestFields)
#include "tst_fields.moc"
