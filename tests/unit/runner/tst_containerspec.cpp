// A job definition's container in Docker's terms, member by member.
#include "backend/executor/runner/containerspec.h"
#include "backend/executor/runner/logoptions.h"

#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;
using docker::ContainerSpec;

namespace {

constexpr qint64 mebibyte = 1024 * 1024;

batch::EcsTaskProperties task()
{
    batch::EcsTaskProperties result;
    for (const QString &name : {QStringLiteral("model"), QStringLiteral("agent")}) {
        batch::TaskContainerProperties container;
        container.name = name;
        container.image = name + u":1";
        result.containers.append(container);
    }
    return result;
}

SpecContext context()
{
    SpecContext result;
    result.key = {QStringLiteral("0badcafe"), QStringLiteral("job-id"), 2};
    result.queue = QStringLiteral("queue");
    result.computeEnvironment = QStringLiteral("env");
    return result;
}

using Change = std::function<void(batch::EcsTaskProperties &, SpecContext &)>;
using Check = std::function<bool(const ContainerSpec &)>;

QString environmentOf(const ContainerSpec &spec, const char *name)
{
    QString value; // the last one holds, as in Docker
    for (const auto &[key, text] : spec.environment) {
        if (key == QLatin1StringView(name))
            value = text;
    }
    return value;
}

} // namespace

Q_DECLARE_METATYPE(Change)
Q_DECLARE_METATYPE(Check)

class TestContainerSpec : public QObject
{
    Q_OBJECT

private slots:
    void member_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<Check>("check");
        const auto row = [](const char *name, const Change &change, const Check &check) {
            QTest::newRow(name) << change << check;
        };
        using Task = batch::EcsTaskProperties;
        row(
            "name and labels", [](Task &, SpecContext &) {},
            [](const ContainerSpec &s) {
                return s.name == u"by-0badcafe-job-id-a2-0" && s.image == u"model:1"
                    && s.labels.value(installLabel) == u"0badcafe"
                    && s.labels.value(jobLabel) == u"job-id" && s.labels.value(attemptLabel) == u"2"
                    && s.labels.value(containerLabel) == u"model"
                    && s.labels.value(specLabel).size() == 64;
            });
        const auto recorded = [](bool lone) {
            return [lone](Task &, SpecContext &c) {
                c.lone = lone;
                c.record = {{recordLabel, QStringLiteral("text")}};
            };
        };
        row("tells of its job when it is alone", recorded(true), [](const ContainerSpec &s) {
            return s.labels.value(recordLabel) == u"text" && s.labels.contains(specLabel);
        });
        row("leaves that to the pause container", recorded(false),
            [](const ContainerSpec &s) { return !s.labels.contains(recordLabel); });
        row(
            "joins the pause container", [](Task &, SpecContext &) {},
            [](const ContainerSpec &s) {
                return s.networkMode == u"container:by-0badcafe-job-id-a2-pause"
                    && s.ipcMode.isEmpty() && s.pidMode.isEmpty();
            });
        row(
            "guards that always hold", [](Task &, SpecContext &) {},
            [](const ContainerSpec &s) {
                return s.noNewPrivileges && !s.privileged && s.pidsLimit == 4096
                    && s.logDriver == u"local"
                    && s.logOptions.value(QStringLiteral("max-size")).toLongLong()
                    == engineLogFileBytes;
            });
        row(
            "batch's variables", [](Task &, SpecContext &) {},
            [](const ContainerSpec &s) {
                return environmentOf(s, "AWS_BATCH_JOB_ID") == u"job-id"
                    && environmentOf(s, "AWS_BATCH_JOB_ATTEMPT") == u"2"
                    && environmentOf(s, "AWS_BATCH_JQ_NAME") == u"queue"
                    && environmentOf(s, "AWS_BATCH_CE_NAME") == u"env"
                    && environmentOf(s, "AWS_EXECUTION_ENV") == u"AWS_ECS_EC2";
            });
        row(
            "execution environment of Fargate", [](Task &, SpecContext &c) { c.fargate = true; },
            [](const ContainerSpec &s) {
                return environmentOf(s, "AWS_EXECUTION_ENV") == u"AWS_ECS_FARGATE";
            });
        row(
            "own variables come first and cannot hide batch's",
            [](Task &t, SpecContext &) {
                t.containers[0].environment
                    = {{QStringLiteral("A"), QStringLiteral("1"), {}},
                       {QStringLiteral("AWS_BATCH_JOB_ID"), QStringLiteral("x"), {}}};
            },
            [](const ContainerSpec &s) {
                return environmentOf(s, "A") == u"1"
                    && environmentOf(s, "AWS_BATCH_JOB_ID") == u"job-id";
            });
        row(
            "command and user",
            [](Task &t, SpecContext &) {
                t.containers[0].command = {QStringLiteral("a b"), QStringLiteral("$x")};
                t.containers[0].user = QStringLiteral("1000:50");
            },
            [](const ContainerSpec &s) {
                return s.cmd == QStringList({QStringLiteral("a b"), QStringLiteral("$x")})
                    && s.user == u"1000:50";
            });
        const auto require = [](const char *type, const char *value) {
            return [type, value](Task &t, SpecContext &) {
                t.containers[0].resourceRequirements
                    = {{QString::fromLatin1(type), QString::fromLatin1(value), {}}};
            };
        };
        row("a quarter vCPU", require("VCPU", "0.25"),
            [](const ContainerSpec &s) { return s.nanoCpus == 250'000'000 && s.cpuShares == 256; });
        row("two vCPUs", require("VCPU", "2"), [](const ContainerSpec &s) {
            return s.nanoCpus == 2'000'000'000 && s.cpuShares == 2048;
        });
        row("memory", require("MEMORY", "512"),
            [](const ContainerSpec &s) { return s.memoryBytes == 512 * mebibyte; });
        row("less memory than Docker takes", require("MEMORY", "4"),
            [](const ContainerSpec &s) { return s.memoryBytes == 6 * mebibyte; });
        row("GPUs", require("GPU", "2"), [](const ContainerSpec &s) { return s.gpuCount == 2; });
        row(
            "nothing required", [](Task &, SpecContext &) {},
            [](const ContainerSpec &s) {
                return s.nanoCpus == 0 && s.memoryBytes == 0 && s.gpuCount == 0;
            });
        const auto linux = [](const std::function<void(batch::LinuxParameters &)> &set) {
            return [set](Task &t, SpecContext &) {
                t.containers[0].resourceRequirements
                    = {{QStringLiteral("MEMORY"), QStringLiteral("64"), {}}};
                set(t.containers[0].linuxParameters.emplace());
            };
        };
        row("init", linux([](auto &l) { l.initProcessEnabled = true; }),
            [](const ContainerSpec &s) { return s.init; });
        row("shared memory", linux([](auto &l) { l.sharedMemorySize = 32; }),
            [](const ContainerSpec &s) { return s.shmSizeBytes == 32 * mebibyte; });
        row("swap", linux([](auto &l) {
                l.maxSwap = 16;
                l.swappiness = 10;
            }),
            [](const ContainerSpec &s) {
                return s.memorySwapBytes == 80 * mebibyte && s.memorySwappiness == 10;
            });
        row("no swap", linux([](auto &l) { l.maxSwap = 0; }),
            [](const ContainerSpec &s) { return s.memorySwapBytes == 64 * mebibyte; });
        row("swappiness alone has no effect", linux([](auto &l) { l.swappiness = 10; }),
            [](const ContainerSpec &s) { return !s.memorySwapBytes && !s.memorySwappiness; });
        row("tmpfs", linux([](auto &l) {
                l.tmpfs = {{QStringLiteral("/t"), 8, {QStringLiteral("noexec")}, {}}};
            }),
            [](const ContainerSpec &s) {
                return s.mounts.size() == 1 && s.mounts[0].type == docker::Mount::Type::Tmpfs
                    && s.mounts[0].target == u"/t" && s.mounts[0].tmpfsSizeBytes == 8 * mebibyte
                    && s.mounts[0].tmpfsOptions == QStringList{QStringLiteral("noexec")};
            });
        row("a device as it is", linux([](auto &l) {
                l.devices = {{QStringLiteral("/dev/null"), {}, {}, {}}};
            }),
            [](const ContainerSpec &s) {
                return s.devices.size() == 1 && s.devices[0].pathOnHost == u"/dev/null"
                    && s.devices[0].pathInContainer == u"/dev/null"
                    && s.devices[0].cgroupPermissions == u"rwm";
            });
        row("a device elsewhere, to read only", linux([](auto &l) {
                l.devices = {{QStringLiteral("/dev/null"),
                              QStringLiteral("/dev/x"),
                              {QStringLiteral("READ")},
                              {}}};
            }),
            [](const ContainerSpec &s) {
                return s.devices.size() == 1 && s.devices[0].pathInContainer == u"/dev/x"
                    && s.devices[0].cgroupPermissions == u"r";
            });
        row(
            "privileged", [](Task &t, SpecContext &) { t.containers[0].privileged = true; },
            [](const ContainerSpec &s) { return s.privileged && !s.noNewPrivileges; });
        row(
            "read-only root",
            [](Task &t, SpecContext &) { t.containers[0].readonlyRootFilesystem = true; },
            [](const ContainerSpec &s) { return s.readonlyRootfs; });
        row(
            "limits",
            [](Task &t, SpecContext &) {
                t.containers[0].ulimits = {{QStringLiteral("nofile"), 10, 20, {}}};
            },
            [](const ContainerSpec &s) {
                return s.ulimits.size() == 1 && s.ulimits[0].name == u"nofile"
                    && s.ulimits[0].soft == 10 && s.ulimits[0].hard == 20;
            });
        row(
            "namespaces of the task",
            [](Task &t, SpecContext &) { t.ipcMode = t.pidMode = QStringLiteral("task"); },
            [](const ContainerSpec &s) {
                return s.ipcMode == s.networkMode && s.pidMode == s.networkMode;
            });
        row(
            "namespaces of the host",
            [](Task &t, SpecContext &) { t.ipcMode = t.pidMode = QStringLiteral("host"); },
            [](const ContainerSpec &s) { return s.ipcMode == u"host" && s.pidMode == u"host"; });
        row(
            "a mount point",
            [](Task &t, SpecContext &c) {
                docker::Mount mount;
                mount.source = QStringLiteral("/data");
                c.volumes.mounts.insert(QStringLiteral("v"), mount);
                t.containers[0].mountPoints
                    = {{QStringLiteral("v"), QStringLiteral("/in"), true, {}}};
            },
            [](const ContainerSpec &s) {
                return s.mounts.size() == 1 && s.mounts[0].source == u"/data"
                    && s.mounts[0].target == u"/in" && s.mounts[0].readOnly;
            });
        row(
            "place in an array", [](Task &, SpecContext &c) { c.arrayIndex = 0; },
            [](const ContainerSpec &s) {
                return environmentOf(s, "AWS_BATCH_JOB_ARRAY_INDEX") == u"0";
            });
        row(
            "main node",
            [](Task &, SpecContext &c) {
                c.node = NodeContext{QStringLiteral("j"), 1, 1, 3, {}};
            },
            [](const ContainerSpec &s) {
                return environmentOf(s, "AWS_BATCH_JOB_MAIN_NODE_INDEX") == u"1"
                    && environmentOf(s, "AWS_BATCH_JOB_NODE_INDEX") == u"1"
                    && environmentOf(s, "AWS_BATCH_JOB_NUM_NODES") == u"3"
                    && environmentOf(s, "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS").isNull();
            });
        row(
            "another node",
            [](Task &, SpecContext &c) {
                c.node = NodeContext{QStringLiteral("j"), 2, 1, 3, QStringLiteral("10.0.0.2")};
            },
            [](const ContainerSpec &s) {
                return environmentOf(s, "AWS_BATCH_JOB_NODE_INDEX") == u"2"
                    && environmentOf(s, "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS")
                    == u"10.0.0.2";
            });
        const auto makePod = [](Task &t) {
            t.pod = batch::PodRules();
            for (batch::TaskContainerProperties &container : t.containers)
                container.pod = batch::PodContainer();
        };
        row(
            "container of a pod",
            [makePod](Task &t, SpecContext &) {
                makePod(t);
                t.containers[0].pod->entryPoint = {QStringLiteral("/e")};
                t.containers[0].command = {QStringLiteral("$(A)-$(AWS_BATCH_JOB_ID)")};
                t.containers[0].environment = {{QStringLiteral("A"), QStringLiteral("1"), {}}};
            },
            [](const ContainerSpec &s) {
                return s.entryPoint == QStringList{QStringLiteral("/e")}
                && s.cmd == QStringList{QStringLiteral("1-job-id")}
                && environmentOf(s, "AWS_BATCH_JOB_KUBERNETES_NODE_UID").size() == 36
                    && environmentOf(s, "AWS_EXECUTION_ENV").isNull();
            });
        row(
            "limit of processors of a pod's container",
            [makePod](Task &t, SpecContext &) {
                makePod(t);
                t.containers[0].resourceRequirements
                    = {{QStringLiteral("VCPU"), QStringLiteral("0.5"), {}}};
                t.containers[0].pod->cpuLimit = 2;
            },
            [](const ContainerSpec &s) {
                return s.nanoCpus == 2'000'000'000 && s.cpuShares == 512;
            });
        for (const auto &[architecture, platform] :
             {std::pair("X86_64", "linux/amd64"), std::pair("ARM64", "linux/arm64")})
            row(
                architecture,
                [architecture](Task &t, SpecContext &) {
                    t.runtimePlatform = batch::RuntimePlatform();
                    t.runtimePlatform->cpuArchitecture = QString::fromLatin1(architecture);
                },
                [platform](const ContainerSpec &s) {
                    return s.platform == QLatin1StringView(platform);
                });
        const auto logTo = [](const char *driver) {
            return [driver](Task &t, SpecContext &) {
                t.containers[0].logConfiguration = batch::LogConfiguration();
                t.containers[0].logConfiguration->logDriver = QString::fromLatin1(driver);
                t.containers[0].logConfiguration->options
                    = {{QStringLiteral("tag"), QStringLiteral("x")}};
            };
        };
        row("another log driver", logTo("syslog"), [](const ContainerSpec &s) {
            return s.logDriver == u"syslog"
                && s.logOptions
                == QMap<QString, QString>{{QStringLiteral("tag"), QStringLiteral("x")}};
        });
        for (const char *ours : {"awslogs", "awsfirelens"}) {
            QTest::newRow(ours) << Change([logTo, ours](Task &t, SpecContext &c) {
                logTo(ours)(t, c);
                t.containers[0].user = QStringLiteral("1"); // else it is the same as without
            }) << Check([](const ContainerSpec &s) {
                return s.logDriver == u"local" && !s.logOptions.contains(QStringLiteral("tag"));
            });
        }
        row(
            "hosts file of an isolated job",
            [](Task &, SpecContext &c) {
                c.network = NetworkMode::Isolated;
                c.hostsFile = QStringLiteral("/state/hosts");
            },
            [](const ContainerSpec &s) {
                return s.mounts.size() == 1 && s.mounts[0].source == u"/state/hosts"
                    && s.mounts[0].target == u"/etc/hosts" && s.mounts[0].readOnly;
            });
    }
    void member()
    {
        QFETCH(Change, change);
        QFETCH(Check, check);
        batch::EcsTaskProperties changed = task();
        SpecContext in = context();
        change(changed, in);
        const auto spec = memberSpec(in, changed, 0);
        QVERIFY(spec);
        QVERIFY(check(*spec));
        QCOMPARE(specHash(*memberSpec(in, changed, 0)), specHash(*spec));
        if (qstrcmp(QTest::currentDataTag(), "swappiness alone has no effect") != 0
            && changed != task())
            QVERIFY(specHash(*memberSpec(context(), task(), 0)) != specHash(*spec));
    }

    void alone_data()
    {
        QTest::addColumn<NetworkMode>("mode");
        QTest::newRow("on the bridge") << NetworkMode::Bridge;
        QTest::newRow("isolated") << NetworkMode::Isolated;
    }
    // It gets the network of the pause container that it would have, and nothing else changes.
    void alone()
    {
        QFETCH(NetworkMode, mode);
        batch::EcsTaskProperties one = task();
        one.containers.removeLast();
        one.ipcMode = QStringLiteral("none");
        one.pidMode = QStringLiteral("host");
        SpecContext in = context();
        in.network = mode;
        in.hostsFile = QStringLiteral("/hosts");
        const ContainerSpec pause = pauseSpec(in, one);
        const ContainerSpec joined = *memberSpec(in, one, 0);
        in.lone = true;
        const ContainerSpec spec = *memberSpec(in, one, 0);
        QCOMPARE(spec.networkMode, pause.networkMode);
        QCOMPARE(spec.networkDisabled, pause.networkDisabled);
        QCOMPARE(spec.extraHosts, pause.extraHosts);
        QCOMPARE(spec.extraHosts.isEmpty(), mode == NetworkMode::Isolated);
        QVERIFY(specHash(spec) != specHash(joined));
        ContainerSpec same = spec;
        same.networkMode = joined.networkMode;
        same.networkDisabled = joined.networkDisabled;
        same.extraHosts = joined.extraHosts;
        QCOMPARE(specHash(same), specHash(joined));
    }

    void pauseOnlyForWhatIsShared()
    {
        batch::EcsTaskProperties one = task();
        QVERIFY(needsPause(one, false));
        one.containers.removeLast();
        QVERIFY(!needsPause(one, false));
        QVERIFY(needsPause(one, true));
        for (QString batch::EcsTaskProperties::*mode :
             {&batch::EcsTaskProperties::ipcMode, &batch::EcsTaskProperties::pidMode}) {
            one.*mode = QStringLiteral("host");
            QVERIFY(!needsPause(one, false));
            one.*mode = QStringLiteral("task");
            QVERIFY(needsPause(one, false));
            (one.*mode).clear();
        }
    }

    void logOptions_data()
    {
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("given"); // "name=value name=value"
        QTest::addColumn<QString>("taken"); // the same; empty: refused
        const auto row
            = [](const char *name, const char *driver, const char *given, const char *taken) {
                  QTest::newRow(name) << QString::fromLatin1(driver) << QString::fromLatin1(given)
                                      << QString::fromLatin1(taken);
              };
        row("nothing of sizes", "json-file", "tag=x", "max-file=2 max-size=134217728 tag=x");
        row("own sizes", "json-file", "max-file=3 max-size=10m", "max-file=3 max-size=10m");
        row("size alone", "json-file", "max-size=1.5k", "max-file=2 max-size=1.5k");
        row("just the most", "json-file", "max-size=128MiB", "max-file=2 max-size=128MiB");
        row("too large", "json-file", "max-size=0.2t", "max-file=2 max-size=134217728");
        row("too many", "json-file", "max-file=999999 max-size=1k", "max-file=10 max-size=1k");
        row("no number of files", "json-file", "max-file=lots max-size=1k", "");
        row("unlimited", "json-file", "max-size=-1", "");
        row("other digits", "json-file", "max-size=1e9", "");
        row("another driver", "syslog", "max-size=1t tag=x", "max-size=1t tag=x");
        row("buffer", "fluentd", "max-buffer-size=4m mode=non-blocking",
            "max-buffer-size=4m mode=non-blocking");
        row("buffer that is too large", "fluentd", "max-buffer-size=64g mode=non-blocking",
            "max-buffer-size=16777216 mode=non-blocking");
        row("buffer of json-file", "json-file", "max-buffer-size=64G max-file=1 max-size=1k",
            "max-buffer-size=16777216 max-file=1 max-size=1k");
        row("buffer that is no size", "gelf", "max-buffer-size=much", "");
    }
    void logOptions()
    {
        QFETCH(QString, driver);
        QFETCH(QString, given);
        QFETCH(QString, taken);
        batch::EcsTaskProperties changed = task();
        changed.containers[0].logConfiguration = batch::LogConfiguration();
        changed.containers[0].logConfiguration->logDriver = driver;
        const QStringList parts = given.split(u' ');
        for (const QString &part : parts)
            changed.containers[0].logConfiguration->options.insert(part.section(u'=', 0, 0),
                                                                   part.section(u'=', 1));
        const auto spec = memberSpec(context(), changed, 0);
        QCOMPARE(spec.has_value(), !taken.isEmpty());
        if (!spec) {
            QCOMPARE(spec.error().code, ErrorCode::InvalidInput);
            return;
        }
        QStringList texts;
        for (auto option = spec->logOptions.begin(); option != spec->logOptions.end(); ++option)
            texts.append(option.key() + u'=' + option.value());
        QCOMPARE(texts.join(u' '), taken);
    }

    void refusesWhatThisMachineCannotGive()
    {
        batch::EcsTaskProperties changed = task();
        changed.containers[0].mountPoints
            = {{QStringLiteral("none"), QStringLiteral("/x"), {}, {}}};
        QCOMPARE(memberSpec(context(), changed, 0).error().code, ErrorCode::InvalidInput);
    }

    void pause()
    {
        batch::EcsTaskProperties changed = task();
        changed.ipcMode = QStringLiteral("task");
        const ContainerSpec bridge = pauseSpec(context(), changed);
        QCOMPARE(bridge.name, QStringLiteral("by-0badcafe-job-id-a2-pause"));
        QCOMPARE(bridge.networkMode, QStringLiteral("batchyard"));
        QVERIFY(!bridge.networkDisabled);
        QCOMPARE(bridge.ipcMode, QStringLiteral("shareable"));
        QCOMPARE(
            bridge.extraHosts,
            QStringList({QStringLiteral("model:127.0.0.1"), QStringLiteral("agent:127.0.0.1")}));
        SpecContext isolated = context();
        isolated.network = NetworkMode::Isolated;
        const ContainerSpec none = pauseSpec(isolated, task());
        QCOMPARE(none.networkMode, QStringLiteral("none"));
        QVERIFY(none.networkDisabled);
        QVERIFY(none.extraHosts.isEmpty());
        isolated.node = NodeContext{QStringLiteral("j"), 0, 0, 2, {}};
        const ContainerSpec node = pauseSpec(isolated, task());
        QCOMPARE(node.networkMode, QStringLiteral("by-0badcafe-j-nodes"));
        QVERIFY(!node.networkDisabled);
        QCOMPARE(node.extraHosts.size(), 2);
    }

    void pauseHoldsWhatAllShare()
    {
        batch::EcsTaskProperties changed = task();
        changed.ipcMode = QStringLiteral("task");
        changed.containers[1].linuxParameters = batch::LinuxParameters();
        changed.containers[1].linuxParameters->sharedMemorySize = 128;
        SpecContext in = context();
        in.volumes.memory = {QStringLiteral("v0")};
        const ContainerSpec spec = pauseSpec(in, changed);
        QCOMPARE(spec.shmSizeBytes, 128 * mebibyte);
        QCOMPARE(spec.mounts.size(), 1);
        QCOMPARE(spec.mounts.first().source, QStringLiteral("v0"));
    }

    void network_data()
    {
        QTest::addColumn<QString>("tag");
        QTest::addColumn<bool>("setting");
        QTest::addColumn<bool>("isolated");
        QTest::newRow("as set: bridge") << QString() << false << false;
        QTest::newRow("as set: isolated") << QString() << true << true;
        QTest::newRow("tag none") << QStringLiteral("none") << false << true;
        QTest::newRow("tag bridge") << QStringLiteral("bridge") << true << false;
        QTest::newRow("a tag that says nothing") << QStringLiteral("x") << false << false;
    }
    void network()
    {
        QFETCH(QString, tag);
        QFETCH(bool, setting);
        QFETCH(bool, isolated);
        RunnerSettings settings;
        settings.isolatedNetwork = setting;
        batch::Tags tags;
        if (!tag.isEmpty())
            tags.insert(networkTag, tag);
        QCOMPARE(networkMode(tags, settings) == NetworkMode::Isolated, isolated);
    }

    void volumes()
    {
        batch::EcsTaskProperties changed = task();
        batch::Volume host{
            QStringLiteral("host"), batch::Host{QStringLiteral("/srv/x"), {}}, {}, {}};
        batch::Volume scratch{QStringLiteral("scratch"), batch::Host(), {}, {}};
        batch::Volume bare{QStringLiteral("bare"), {}, {}, {}};
        batch::Volume unused{QStringLiteral("unused"), {}, {}, {}};
        batch::Volume efs{
            QStringLiteral("efs"),
            {},
            batch::EfsVolumeConfiguration{QStringLiteral("fs-1"), QStringLiteral("/a/b"), {}},
            {}};
        changed.volumes = {host, scratch, bare, unused, efs};
        for (const batch::Volume &volume : {host, scratch, bare, efs})
            changed.containers[0].mountPoints.append({volume.name, u'/' + volume.name, {}, {}});
        const auto planned = TaskVolumes::plan(changed, context().key, QStringLiteral("/vol"));
        QVERIFY(planned);
        QStringList scratchNames;
        for (const docker::VolumeSpec &volume : planned->scratch)
            scratchNames.append(volume.name);
        QCOMPARE(scratchNames,
                 QStringList({QStringLiteral("by-0badcafe-job-id-a2-v1"),
                              QStringLiteral("by-0badcafe-job-id-a2-v2")}));
        QCOMPARE(planned->hostDirectories, QStringList{host.name});
        QCOMPARE(planned->mounts.value(host.name).source, QStringLiteral("/srv/x"));
        QCOMPARE(planned->fileSystems.size(), 1);
        QCOMPARE(planned->fileSystems.first().path, QStringLiteral("/vol/efs/fs-1/a/b"));
        QCOMPARE(planned->mounts.size(), 4);
    }

    void logStream()
    {
        QCOMPARE(logStreamName(QString(300, u'd'), QStringLiteral("model"), QStringLiteral("t")),
                 QString(200, u'd') + QStringLiteral("/model/t"));
        batch::TaskContainerProperties container = task().containers.first();
        QCOMPARE(logStreamName(QStringLiteral("def"), container, QStringLiteral("t")),
                 QStringLiteral("def/model/t"));
        container.logConfiguration = batch::LogConfiguration();
        container.logConfiguration->logDriver = QStringLiteral("awslogs");
        container.logConfiguration->options
            = {{QStringLiteral("awslogs-stream-prefix"), QStringLiteral("pre")},
               {QStringLiteral("awslogs-group"), QStringLiteral("/mine")}};
        QCOMPARE(logStreamName(QStringLiteral("def"), container, QStringLiteral("t")),
                 QStringLiteral("pre/model/t"));
    }

    void names_data()
    {
        QTest::addColumn<QString>("jobId");
        QTest::addColumn<QString>("container");
        QTest::addColumn<QString>("network");
        QTest::newRow("job") << QStringLiteral("0a-1") << QStringLiteral("by-i-0a-1-a1-0")
                             << QStringLiteral("by-i-0a-1-nodes");
        QTest::newRow("child") << QStringLiteral("0a-1:12") << QStringLiteral("by-i-0a-1.12-a1-0")
                               << QStringLiteral("by-i-0a-1.12-nodes");
        QTest::newRow("node") << QStringLiteral("0a-1#12") << QStringLiteral("by-i-0a-1_12-a1-0")
                              << QStringLiteral("by-i-0a-1_12-nodes");
    }
    void names()
    {
        QFETCH(QString, jobId);
        QFETCH(QString, container);
        QFETCH(QString, network);
        QCOMPARE((AttemptKey{QStringLiteral("i"), jobId, 1}).containerName(0), container);
        QCOMPARE(nodeNetworkName(QStringLiteral("i"), jobId), network);
        QCOMPARE((AttemptKey{QStringLiteral("i"), jobId, 1}).labels({}).value(jobLabel), jobId);
    }

    void secretsStayOutOfTheHash()
    {
        QTemporaryDir directory;
        SecretStore store(directory.filePath(QStringLiteral("secrets.json")));
        batch::EcsTaskProperties changed = task();
        changed.containers[0].secrets = {{QStringLiteral("PASSWORD"), QStringLiteral("db"), {}}};
        const auto plain = memberSpec(context(), changed, 0);
        QVERIFY(plain);
        QCOMPARE(withSecrets(*plain, changed.containers[0], store).error().code,
                 ErrorCode::NotFound);
        QVERIFY(store.set(QStringLiteral("db"), QStringLiteral("canary")));
        const auto complete = withSecrets(*plain, changed.containers[0], store);
        QVERIFY(complete);
        QCOMPARE(complete->secretEnvironment.size(), 1);
        QCOMPARE(complete->secretEnvironment.first().second, QStringLiteral("canary"));
        QVERIFY(complete->labels == plain->labels);
        QVERIFY(complete->environment == plain->environment);
    }

    void secretLogOptions()
    {
        QTemporaryDir directory;
        SecretStore store(directory.filePath(QStringLiteral("secrets.json")));
        QVERIFY(store.set(QStringLiteral("token"), QStringLiteral("canary")));
        batch::TaskContainerProperties container = task().containers.first();
        container.logConfiguration = batch::LogConfiguration();
        container.logConfiguration->logDriver = QStringLiteral("splunk");
        container.logConfiguration->secretOptions
            = {{QStringLiteral("splunk-token"), QStringLiteral("token"), {}}};
        const auto complete = withSecrets({}, container, store);
        QVERIFY(complete);
        QCOMPARE(complete->secretLogOptions.value(QStringLiteral("splunk-token")),
                 QStringLiteral("canary"));
    }
};

QTEST_GUILESS_MAIN(TestContainerSpec)
#include "tst_containerspec.moc"
