// Where volumes lie, that no path leads out of them, and the files of a pod's secrets.
#include "backend/executor/runner/activejob.h"
#include "backend/executor/runner/taskvolumes.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;
using batch::PodVolume;

namespace {

QString s(const char *text)
{
    return QString::fromLatin1(text);
}

AttemptKey key()
{
    return {s("0badcafe"), s("job-id:3"), 2};
}

// One container that mounts it at /m.
batch::EcsTaskProperties taskWith(const batch::Volume &volume)
{
    batch::EcsTaskProperties task;
    task.containers.resize(1);
    task.containers[0].mountPoints = {{volume.name, s("/m"), {}, {}}};
    task.volumes = {volume};
    return task;
}

batch::Volume podVolume(PodVolume::Kind kind, const QString &name)
{
    batch::Volume volume;
    volume.name = s("v");
    volume.pod = PodVolume();
    volume.pod->kind = kind;
    volume.pod->name = name;
    return volume;
}

batch::Volume hostVolume(const QString &path)
{
    batch::Volume volume;
    volume.name = s("v");
    volume.host = batch::Host{path, {}};
    return volume;
}

batch::Volume efs(const QString &id, const QString &root)
{
    batch::Volume volume;
    volume.name = s("v");
    volume.efsVolumeConfiguration = batch::EfsVolumeConfiguration{id, root, {}};
    return volume;
}

batch::Volume s3files(const QString &arn, const QString &root)
{
    batch::Volume volume;
    volume.name = s("v");
    volume.s3filesVolumeConfiguration = batch::S3FilesVolumeConfiguration();
    volume.s3filesVolumeConfiguration->fileSystemArn = arn;
    volume.s3filesVolumeConfiguration->rootDirectory = root;
    return volume;
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(unreadable)");
}

} // namespace

Q_DECLARE_METATYPE(batchyard::batch::Volume)

class TestTaskVolumes : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup() { qunsetenv("XDG_RUNTIME_DIR"); }
    void fileSystems_data();
    void fileSystems();
    void refused_data();
    void refused();
    void linksLeadNowhere();
    void checksBeforeStarts_data();
    void checksBeforeStarts();
    void missingHostDirectories_data();
    void missingHostDirectories();
    void jobsKnowTheHostPaths();
    void memory();
    void subPaths_data();
    void subPaths();
    void secretFiles_data();
    void secretFiles();
    void missingSecret();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_directory->filePath(QString::fromLatin1(name));
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void TestTaskVolumes::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    qunsetenv("XDG_RUNTIME_DIR");
}

void TestTaskVolumes::fileSystems_data()
{
    QTest::addColumn<batch::Volume>("volume");
    QTest::addColumn<QString>("below"); // the volumes directory
    QTest::newRow("EFS") << efs(s("fs-1"), {}) << s("efs/fs-1");
    QTest::newRow("EFS, root") << efs(s("fs-1"), s("/")) << s("efs/fs-1");
    QTest::newRow("EFS, directory") << efs(s("fs-1"), s("/a//b/")) << s("efs/fs-1/a/b");
    QTest::newRow("S3") << s3files(s("arn:aws:s3files:r:1:file-system/fs-2"), s("/x"))
                        << s("s3files/fs-2/x");
    QTest::newRow("claim") << podVolume(PodVolume::Kind::Claim, s("data"))
                           << s("claims/default/data");
}

void TestTaskVolumes::fileSystems()
{
    QFETCH(batch::Volume, volume);
    QFETCH(QString, below);
    const auto planned = TaskVolumes::plan(taskWith(volume), key(), m_directory->path());
    QVERIFY(planned);
    const docker::Mount mount = planned->mounts.value(s("v"));
    QVERIFY(mount.type == docker::Mount::Type::Bind);
    QCOMPARE(mount.source, m_directory->filePath(below));
    QVERIFY(planned->makeDirectories());
    QVERIFY(QFileInfo(mount.source).isDir());
    QVERIFY(QFileInfo(mount.source).permission(QFileDevice::WriteOther));
    QVERIFY(planned->makeDirectories());
    QVERIFY(planned->scratch.isEmpty());
}

void TestTaskVolumes::refused_data()
{
    QTest::addColumn<batch::Volume>("volume");
    QTest::newRow("id with a slash") << efs(s("a/../.."), {});
    QTest::newRow("id of dots") << efs(s(".."), {});
    QTest::newRow("no id") << efs({}, {});
    QTest::newRow("root that leaves") << efs(s("fs-1"), s("/a/../../b"));
    QTest::newRow("ARN of nothing") << s3files(s("arn:x/"), {});
    QTest::newRow("ARN that climbs") << s3files(s("arn:x/.."), {});
    QTest::newRow("S3 root that leaves") << s3files(s("arn:x/fs-1"), s(".."));
    QTest::newRow("claim that climbs") << podVolume(PodVolume::Kind::Claim, s("../efs"));
}

void TestTaskVolumes::refused()
{
    QFETCH(batch::Volume, volume);
    const auto planned = TaskVolumes::plan(taskWith(volume), key(), m_directory->path());
    QVERIFY(!planned);
    QCOMPARE(planned.error().code, ErrorCode::InvalidInput);
}

void TestTaskVolumes::linksLeadNowhere()
{
    QVERIFY(QDir().mkpath(path("efs/fs-1/a")));
    QVERIFY(QFile::link(s("/"), path("efs/fs-1/a/out")));
    for (const char *root : {"/a/out", "/a/out/etc"}) {
        const auto planned
            = TaskVolumes::plan(taskWith(efs(s("fs-1"), s(root))), key(), m_directory->path());
        QVERIFY(planned);
        QCOMPARE(planned->makeDirectories().error().code, ErrorCode::AccessDenied);
    }
}

void TestTaskVolumes::checksBeforeStarts_data()
{
    QTest::addColumn<QString>("volume"); // its kind, and where: DIR/path for one of the host
    QTest::addColumn<QString>("subPath");
    QTest::addColumn<QString>("link"); // that is made in place of what is there, below DIR
    QTest::addColumn<QString>("target");
    QTest::addColumn<bool>("starts");
    const auto row = [](const char *name, const char *volume, const char *subPath, const char *link,
                        const char *target, bool starts) {
        QTest::newRow(name) << s(volume) << s(subPath) << s(link) << s(target) << starts;
    };
    row("nothing has changed", "efs:/x/y", "", "efs/fs-1/other", "/", true);
    row("root directory", "efs:/x", "", "efs/fs-1/x", "/", false);
    row("within the file system", "efs:/x", "", "efs/fs-1/x", "y", false);
    row("above the root directory", "efs:/x/y", "", "efs/fs-1/x", "/", false);
    row("back to itself", "efs:/x/y", "", "efs/fs-1/x", "../fs-1/real", false);
    row("whole file system", "efs:/", "", "efs/fs-1/x", "/", true);
    row("sub path", "claim:", "evil", "claims/default/data/evil", "/", false);
    row("within a sub path", "claim:", "evil/etc", "claims/default/data/evil", "/", false);
    row("sub path that climbs", "claim:", "evil", "claims/default/data/evil", "../other", false);
    row("sub path to nowhere", "claim:", "evil", "claims/default/data/evil", "none", false);
    // As the kubelet has it: links may lead around within the volume.
    row("sub path within the volume", "claim:", "now", "claims/default/data/now", "there", true);
    row("host directory", "host:data/x", "", "data/x", "/", false);
    row("above a host directory", "host:data/x/y", "", "data/x", "/", false);
    row("of the host, beside", "host:data/x", "", "data/z", "/", true);
    row("sub path of a host directory", "host:data", "evil", "data/evil", "/", false);
    row("link as registered", "host:linked", "", "data/z", "/", true);
    row("link that has changed", "host:linked", "", "linked", "/", false);
}

// What is a directory when the attempt is prepared and a link when a container is to start.
void TestTaskVolumes::checksBeforeStarts()
{
    QFETCH(QString, volume);
    QFETCH(QString, subPath);
    QFETCH(QString, link);
    QFETCH(QString, target);
    QFETCH(bool, starts);
    for (const char *each : {"data/x/y", "data/evil", "efs/fs-1/real/y", "efs/fs-1/y",
                             "claims/default/data/evil/etc", "claims/default/data/there"})
        QVERIFY(QDir().mkpath(path(each)));
    QVERIFY(QFile::link(path("data"), path("linked")));
    const QString where = volume.section(u':', 1);
    const bool isHost = volume.startsWith(s("host"));
    const QString onHost = m_directory->path() + u'/' + where;
    batch::EcsTaskProperties task = taskWith(isHost ? hostVolume(onHost)
                                                 : volume.startsWith(s("efs"))
                                                 ? efs(s("fs-1"), where)
                                                 : podVolume(PodVolume::Kind::Claim, s("data")));
    task.containers[0].mountPoints[0].subPath = subPath;
    const auto planned
        = TaskVolumes::plan(task, key(), m_directory->path(), {{path("linked"), path("data")}});
    QVERIFY(planned);
    QVERIFY(planned->makeDirectories());
    const QString replaced = m_directory->filePath(link);
    if (subPath != s("now"))
        QVERIFY(planned->check(task.containers[0].mountPoints));
    if (!QFile::remove(replaced))
        QDir(replaced).removeRecursively();
    QVERIFY(QFile::link(target, replaced));
    const auto checked = planned->check(task.containers[0].mountPoints);
    QCOMPARE(checked.has_value(), starts);
    if (starts)
        return;
    QCOMPARE(checked.error().code, ErrorCode::AccessDenied);
    QVERIFY2(checked.error().message.contains(m_directory->filePath(isHost ? where : link)),
             qPrintable(checked.error().message));
    if (!isHost && subPath.isEmpty())
        QCOMPARE(planned->makeDirectories().error().code, ErrorCode::AccessDenied);
}

void TestTaskVolumes::missingHostDirectories_data()
{
    QTest::addColumn<QString>("led"); // where data/x/new led at the registration; empty: to itself
    QTest::addColumn<bool>("isMade");
    QTest::newRow("no link then, a link now") << QString() << false;
    QTest::newRow("the same link") << s("out/new") << true;
}

// Not made by way of a link that nobody has allowed.
void TestTaskVolumes::missingHostDirectories()
{
    QFETCH(QString, led);
    QFETCH(bool, isMade);
    QVERIFY(QDir().mkpath(path("out")) && QDir().mkpath(path("data")));
    QVERIFY(QFile::link(path("out"), path("data/x")));
    QMap<QString, QString> hostPaths;
    if (!led.isEmpty())
        hostPaths.insert(path("data/x/new"), m_directory->filePath(led));
    const auto planned = TaskVolumes::plan(taskWith(hostVolume(path("data/x/new"))), key(),
                                           m_directory->path(), hostPaths);
    QVERIFY(planned);
    QCOMPARE(planned->makeDirectories().has_value(), isMade);
    QCOMPARE(QFileInfo::exists(path("out/new")), isMade);
}

void TestTaskVolumes::jobsKnowTheHostPaths()
{
    JobRecord record;
    record.request = R"({"jobName": "j", "jobQueue": "q", "jobDefinition": "d"})";
    record.definition = R"({"jobDefinitionName": "d", "type": "container",
        "batchyardHostPaths": {"/var/run/x": "/run/x"},
        "ecsProperties": {"taskProperties": [{"containers": [{"image": "i"}]}]}})";
    const auto documents = JobPlans().read(record);
    QVERIFY(documents);
    const QMap<QString, QString> expected{{s("/var/run/x"), s("/run/x")}};
    QCOMPARE(documents->plan->hostPaths, expected);
}

void TestTaskVolumes::memory()
{
    batch::Volume volume = podVolume(PodVolume::Kind::Memory, {});
    volume.pod->sizeLimit = 1024;
    const auto planned = TaskVolumes::plan(taskWith(volume), key(), m_directory->path());
    QVERIFY(planned);
    QCOMPARE(planned->memory, QStringList{s("by-0badcafe-job-id.3-a2-v0")});
    QCOMPARE(planned->scratch.size(), 1);
    QCOMPARE(planned->scratch.first().driverOptions.value(s("type")), s("tmpfs"));
    QCOMPARE(planned->scratch.first().driverOptions.value(s("o")), s("mode=0777,size=1024"));
}

void TestTaskVolumes::subPaths_data()
{
    QTest::addColumn<QString>("subPath");
    QTest::addColumn<QString>("source"); // empty: refused
    QTest::newRow("none") << QString() << s("/srv");
    QTest::newRow("one") << s("a/b") << s("/srv/a/b");
    QTest::newRow("climbs") << s("a/../../b") << QString();
    QTest::newRow("absolute") << s("/a") << QString();
}

void TestTaskVolumes::subPaths()
{
    QFETCH(QString, subPath);
    QFETCH(QString, source);
    batch::EcsTaskProperties task = taskWith(hostVolume(s("/srv")));
    task.containers[0].mountPoints[0].subPath = subPath;
    const auto planned = TaskVolumes::plan(task, key(), m_directory->path());
    QVERIFY(planned);
    const auto mount = planned->mountOf(task.containers[0].mountPoints[0]);
    QCOMPARE(mount ? mount->source : QString(), source);
}

void TestTaskVolumes::secretFiles_data()
{
    QTest::addColumn<bool>("inMemory");
    QTest::newRow("in the runtime directory") << true;
    QTest::newRow("in the state directory") << false;
}

void TestTaskVolumes::secretFiles()
{
    QFETCH(bool, inMemory);
    if (inMemory) {
        QVERIFY(QDir().mkpath(path("run")));
        qputenv("XDG_RUNTIME_DIR", path("run").toLocal8Bit());
    }
    SecretStore store(path("secrets.json"));
    QVERIFY(store.set(s("db"), s(R"({"user":"u","password":"p\n"})")));
    const auto planned = TaskVolumes::plan(taskWith(podVolume(PodVolume::Kind::Secret, s("db"))),
                                           key(), path("volumes"));
    QVERIFY(planned);
    QVERIFY(planned->makeDirectories());
    QVERIFY(planned->writeSecrets(store));
    const docker::Mount mount = planned->mounts.value(s("v"));
    QVERIFY(mount.readOnly);
    QVERIFY(mount.source.startsWith(inMemory ? path("run") : path("volumes")));
    QCOMPARE(contents(mount.source + s("/user")), QByteArray("u"));
    QCOMPARE(contents(mount.source + s("/password")), QByteArray("p\n"));
    const QFileInfo file(mount.source + s("/password"));
    QVERIFY(!(file.permissions() & (QFileDevice::WriteOwner | QFileDevice::WriteOther)));
    // Any user of a container may read it, and nobody else on the host.
    QVERIFY(file.permission(QFileDevice::ReadOther));
    const QFileInfo parent(QFileInfo(mount.source).path());
    QVERIFY(!(parent.permissions() & (QFileDevice::ExeOther | QFileDevice::ReadOther)));
    QVERIFY(planned->writeSecrets(store)); // once more, after a crash half-way
    planned->removeSecrets();
    QVERIFY(!QFileInfo::exists(mount.source));
}

void TestTaskVolumes::missingSecret()
{
    SecretStore store(path("secrets.json"));
    batch::Volume volume = podVolume(PodVolume::Kind::Secret, s("db"));
    auto planned = TaskVolumes::plan(taskWith(volume), key(), path("volumes"));
    QCOMPARE(planned->writeSecrets(store).error().code, ErrorCode::NotFound);
    volume.pod->isOptional = true;
    planned = TaskVolumes::plan(taskWith(volume), key(), path("volumes"));
    QVERIFY(planned->writeSecrets(store));
    QVERIFY(QDir(planned->mounts.value(s("v")).source).isEmpty());
}

QTEST_GUILESS_MAIN(TestTaskVolumes)
#include "tst_taskvolumes.moc"
