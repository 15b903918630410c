// What a definition may have of the machine: refused by default, with the way to allow it.
#include "apitesting.h"

#include "backend/batch/permission.h"
#include "backend/executor/api/localpolicy.h"

#include <QDir>
#include <QFile>

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::executor::api;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestLocalPolicy : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void refuses_data();
    void refuses();
    void allows_data() { refuses_data(); }
    void allows();
    void logAddresses_data();
    void logAddresses();
    void directories_data();
    void directories();
    void remembersWhereHostDirectoriesLead();
    void readsTheFile_data();
    void readsTheFile();
    void othersMayNotWriteIt();
    void headerAllowsOneDefinition();
    void fileCountsAtOnce();

private:
    [[nodiscard]] bool writeFile(const QByteArray &text) const;
    [[nodiscard]] static batch::JobDefinition withVolume(const QString &path);

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_file;
};

void TestLocalPolicy::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_file = m_directory->filePath(u"policy.json"_s);
}

bool TestLocalPolicy::writeFile(const QByteArray &text) const
{
    QFile file(m_file);
    return file.open(QFile::WriteOnly) && file.write(text) == text.size()
        && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
}

batch::JobDefinition TestLocalPolicy::withVolume(const QString &path)
{
    batch::JobDefinition definition;
    batch::EcsTaskProperties task;
    task.volumes += batch::Volume{u"v"_s, batch::Host{path, {}}, {}, {}};
    definition.ecsProperties = task;
    return definition;
}

// Each names what is refused in one task of each form.
void TestLocalPolicy::refuses_data()
{
    QTest::addColumn<QByteArray>("definition");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("name"); // of what allows it
    const auto ecs = [](const QByteArray &task, const QByteArray &container) -> QByteArray {
        return R"({"jobDefinitionName": "x", "type": "container", "ecsProperties":
            {"taskProperties": [{)"
            + task + R"("containers": [{"name": "c", "image": "i")" + container + "}]}]}}";
    };
    const auto legacy = [](const QByteArray &members) -> QByteArray {
        return R"({"jobDefinitionName": "x", "type": "container", "containerProperties":
            {"image": "i")"
            + members + "}}";
    };
    const auto pod = [](const QByteArray &pods, const QByteArray &container) -> QByteArray {
        return R"({"jobDefinitionName": "x", "type": "container", "eksProperties":
            {"podProperties": {)"
            + pods + R"("containers": [{"name": "c", "image": "i")" + container + "}]}}}";
    };
    const auto nodes = [](const QByteArray &members) -> QByteArray {
        return R"({"jobDefinitionName": "x", "type": "multinode", "nodeProperties":
            {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": "0",
             "container": {"image": "i")"
            + members + "}}]}}";
    };
    const QByteArray privileged = R"(, "privileged": true)";
    const QByteArray device = R"(, "linuxParameters": {"devices": [{"hostPath": "/dev/null"}]})";
    const QByteArray volume = R"("volumes": [{"name": "v", "host": {"sourcePath": "/usr/lib"}}])";
    QTest::newRow("privileged") << ecs({}, privileged) << u"containers[0].privileged"_s
                                << "privileged"_ba;
    QTest::newRow("privileged, legacy")
        << legacy(privileged) << u"containerProperties.privileged"_s << "privileged"_ba;
    QTest::newRow("privileged, pod")
        << pod({}, R"(, "securityContext": {"privileged": true})")
        << u"eksProperties.podProperties.containers[0].privileged"_s << "privileged"_ba;
    QTest::newRow("privileged, node")
        << nodes(privileged) << u"nodeProperties.nodeRangeProperties[0].container.privileged"_s
        << "privileged"_ba;
    QTest::newRow("device") << ecs({}, device) << u"containers[0].linuxParameters.devices"_s
                            << "devices"_ba;
    QTest::newRow("directory") << ecs(volume + ", ", {}) << u"volumes[0].host.sourcePath"_s
                               << "hostDirectories"_ba;
    QTest::newRow("directory, legacy")
        << legacy(", " + volume) << u"volumes[0].host.sourcePath"_s << "hostDirectories"_ba;
    QTest::newRow("directory, pod")
        << pod(R"("volumes": [{"name": "v", "hostPath": {"path": "/usr/lib"}}], )", {})
        << u"volumes[0].host.sourcePath"_s << "hostDirectories"_ba;
    QTest::newRow("processes of the host")
        << ecs(R"("pidMode": "host", )", {}) << u"pidMode"_s << "hostNamespaces"_ba;
    QTest::newRow("IPC of the host")
        << ecs(R"("ipcMode": "host", )", {}) << u"ipcMode"_s << "hostNamespaces"_ba;
    const auto logs = [&](const QByteArray &driver, const QByteArray &option) {
        return ecs({},
                   R"(, "logConfiguration": {"logDriver": ")" + driver + R"(", "options": {)"
                       + option + "}}");
    };
    QTest::newRow("socket of a log driver")
        << logs("syslog", R"("syslog-address": "unixgram:///dev/log")")
        << u"containers[0].logConfiguration.options.syslog-address"_s << "hostDirectories"_ba;
    QTest::newRow("socket in capital letters")
        << logs("fluentd", R"("fluentd-address": "UNIX:///run/x.sock")")
        << u"options.fluentd-address"_s << "hostDirectories"_ba;
    QTest::newRow("file of a log driver") << logs("splunk", R"("splunk-capath": "/etc/shadow")")
                                          << u"options.splunk-capath"_s << "hostDirectories"_ba;
    QTest::newRow("file of a log driver, by dots")
        << logs("syslog", R"("syslog-tls-key": "../etc/shadow")") << u"options.syslog-tls-key"_s
        << "hostDirectories"_ba;
}

void TestLocalPolicy::refuses()
{
    QFETCH(const QByteArray, definition);
    QFETCH(const QString, path);
    QFETCH(const QByteArray, name);
    const auto parsed = batch::parseJobDefinition(definition);
    QVERIFY2(parsed.value, qPrintable(batch::toText(parsed.faults)));
    const auto [faults, permissions, hostPaths] = refusalOf({}, {m_file, {}}, *parsed.value);
    QCOMPARE(permissions, QStringList{QString::fromLatin1(name)});
    QVERIFY(batch::permissionOf(permissions.first()));
    QCOMPARE(faults.size(), 1);
    QVERIFY2(faults.first().path.contains(path), qPrintable(faults.first().path));
    QVERIFY2(faults.first().message.contains(m_file), qPrintable(faults.first().message));
    QVERIFY2(faults.first().message.contains(u"x-batchyard-allow: "_s + QString::fromLatin1(name)),
             qPrintable(faults.first().message));
}

void TestLocalPolicy::allows()
{
    QFETCH(const QByteArray, definition);
    QFETCH(const QByteArray, name);
    const auto parsed = batch::parseJobDefinition(definition);
    QVERIFY(parsed.value);
    const PolicyRefusal refusal
        = refusalOf(LocalPolicy().with("nothing, " + name), {}, *parsed.value);
    QVERIFY(refusal.faults.isEmpty());
    QVERIFY(refusal.permissions.isEmpty());
}

void TestLocalPolicy::logAddresses_data()
{
    QTest::addColumn<QString>("address"); // DIR stands for the test's directory
    QTest::addColumn<QStringList>("refusedFor"); // with DIR/data in hostDirectories
    const QStringList socket{u"engineSocket"_s, u"hostDirectories"_s};
    QTest::newRow("over the network") << u"udp://localhost:514"_s << QStringList();
    QTest::newRow("within") << u"unix://DIR/data/log"_s << QStringList();
    QTest::newRow("beside") << u"unix://DIR/log"_s << QStringList{u"hostDirectories"_s};
    QTest::newRow("the engine's socket") << u"unix://DIR/run/docker.sock"_s << socket;
    QTest::newRow("by escapes") << u"unix://DIR/run/docker%2Esock"_s << socket;
    QTest::newRow("by dots") << u"unix://DIR/data/../run/docker.sock"_s << socket;
    QTest::newRow("by dots in escapes") << u"unix://DIR/data/%2e%2e/data/log"_s << socket;
    QTest::newRow("by a link") << u"unix://DIR/data/link/docker.sock"_s << socket;
    QTest::newRow("without a path") << u"unix:"_s << socket;
}

void TestLocalPolicy::logAddresses()
{
    QFETCH(QString, address);
    QFETCH(const QStringList, refusedFor);
    const QDir root(m_directory->path());
    QVERIFY(root.mkpath(u"data"_s) && root.mkpath(u"run"_s));
    QVERIFY(QFile::link(root.filePath(u"run"_s), root.filePath(u"data/link"_s)));
    auto definition = withVolume({});
    definition.ecsProperties->containers.resize(1);
    definition.ecsProperties->containers[0].logConfiguration.emplace();
    definition.ecsProperties->containers[0].logConfiguration->options
        = {{u"syslog-address"_s, address.replace(u"DIR"_s, root.path())}};
    LocalPolicy policy;
    policy.hostDirectories = {root.filePath(u"data"_s)};
    const auto refusal
        = refusalOf(policy, {m_file, {root.filePath(u"run/docker.sock"_s)}}, definition);
    QCOMPARE(refusal.permissions, refusedFor);
}

void TestLocalPolicy::directories_data()
{
    QTest::addColumn<QString>("path"); // DIR stands for the test's directory
    QTest::addColumn<QString>("refusedFor"); // empty: allowed, with DIR/data in hostDirectories
    QTest::newRow("the directory itself") << u"DIR/data"_s << u""_s;
    QTest::newRow("below") << u"DIR/data/a/b"_s << u""_s;
    QTest::newRow("not there yet") << u"DIR/data/new/dir"_s << u""_s;
    QTest::newRow("with a slash") << u"DIR/data/"_s << u""_s;
    QTest::newRow("above") << u"DIR"_s << u"engineSocket"_s; // which it leads to
    QTest::newRow("beside") << u"DIR/other"_s << u"hostDirectories"_s;
    QTest::newRow("same beginning") << u"DIR/data2"_s << u"hostDirectories"_s;
    QTest::newRow("dots") << u"DIR/data/../other"_s << u"hostDirectories"_s;
    QTest::newRow("dots behind what is not there")
        << u"DIR/data/x/../../other"_s << u"hostDirectories"_s;
    QTest::newRow("link out") << u"DIR/data/link"_s << u"hostDirectories"_s;
    QTest::newRow("below a link out") << u"DIR/data/link/x"_s << u"hostDirectories"_s;
    QTest::newRow("root") << u"/"_s << u"engineSocket"_s;
    QTest::newRow("socket") << u"DIR/run/docker.sock"_s << u"engineSocket"_s;
    QTest::newRow("its directory") << u"DIR/run"_s << u"engineSocket"_s;
    QTest::newRow("by dots") << u"DIR/run/../run/docker.sock"_s << u"engineSocket"_s;
    QTest::newRow("by a link") << u"DIR/data/run"_s << u"engineSocket"_s;
    QTest::newRow("the executor's files") << u"DIR/state/connection.json"_s << u"engineSocket"_s;
}

void TestLocalPolicy::directories()
{
    QFETCH(QString, path);
    QFETCH(const QString, refusedFor);
    const QDir root(m_directory->path());
    for (const char *name : {"data", "data2", "other", "run", "state"})
        QVERIFY(root.mkpath(QString::fromLatin1(name)));
    QVERIFY(QFile::link(root.filePath(u"other"_s), root.filePath(u"data/link"_s)));
    QVERIFY(QFile::link(root.filePath(u"run"_s), root.filePath(u"data/run"_s)));
    LocalPolicy policy;
    policy.hostDirectories = {root.filePath(u"data"_s)};
    const PolicySurroundings surroundings{
        m_file, {root.filePath(u"run/docker.sock"_s), root.filePath(u"state"_s)}};
    const auto definition = withVolume(path.replace(u"DIR"_s, root.path()));
    const auto [faults, permissions, hostPaths] = refusalOf(policy, surroundings, definition);
    QCOMPARE(hostPaths.size(), 1);
    QCOMPARE(faults.isEmpty(), refusedFor.isEmpty());
    if (faults.isEmpty())
        return;
    QVERIFY2(faults.first().message.contains(u"set "_s + refusedFor),
             qPrintable(faults.first().message));
    QCOMPARE(permissions.first(), refusedFor);
    // What is named is enough.
    const PolicyRefusal again
        = refusalOf(policy.with(permissions.join(u',').toLatin1()), surroundings, definition);
    QVERIFY(again.faults.isEmpty());
}

// For the jobs of the definition, so that a link that is changed later gives them nothing else.
// What a client says itself does not count, and nobody is told.
void TestLocalPolicy::remembersWhereHostDirectoriesLead()
{
    QVERIFY(QFile::link(u"/usr"_s, m_directory->filePath(u"link"_s)));
    const QByteArray path = m_directory->filePath(u"link/lib"_s).toUtf8();
    ApiFixture api;
    QVERIFY(api.addResources());
    QByteArray definition = mazeDefinition;
    definition.replace(
        R"("containers": [)",
        QByteArray(R"("volumes": [{"name": "v", "host": {"sourcePath": "DIR"}}], "containers": [)")
            .replace("DIR", path));
    definition.replace(R"("type": "container",)",
                       QByteArray(R"("type": "container", "batchyardHostPaths": {"DIR": "/"},)")
                           .replace("DIR", path));
    VERIFY_RESULT(api.request("POST", "/v1/registerjobdefinition",
                              "X-Batchyard-Allow: hostDirectories\r\n", definition));
    const auto job = api.store->job(api.submit("j"));
    QVERIFY(job && *job);
    const auto parsed = batch::parseJobDefinition((*job)->definition);
    QVERIFY(parsed.value);
    const QMap<QString, QString> expected{
        {QString::fromUtf8(path), QFileInfo(u"/usr/lib"_s).canonicalFilePath()}};
    QCOMPARE(parsed.value->hostPaths, expected);
    const auto described = api.batch("DescribeJobDefinitions", "{}");
    VERIFY_RESULT(described);
    QVERIFY(!QByteArray::fromStdString(described->dump()).contains("batchyardHostPaths"));
}

void TestLocalPolicy::readsTheFile_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("problem"); // a part of it; empty: privileged is allowed
    QTest::newRow("good")
        << R"({"privileged": true, "devices": false, "hostDirectories": ["/srv"]})"_ba << u""_s;
    QTest::newRow("no JSON") << "privileged"_ba << u"Line 1"_s;
    QTest::newRow("a list") << "[]"_ba << u"no JSON object"_s;
    QTest::newRow("unknown name") << R"({"privileged": true, "everything": true})"_ba
                                  << u"everything is not one of"_s;
    QTest::newRow("text for a switch") << R"({"privileged": "yes"})"_ba << u"privileged"_s;
    QTest::newRow("relative path")
        << R"({"privileged": true, "hostDirectories": ["srv"]})"_ba << u"hostDirectories"_s;
}

void TestLocalPolicy::readsTheFile()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, problem);
    QVERIFY(writeFile(text));
    const LocalPolicy policy = LocalPolicy::fromFile(m_file);
    QCOMPARE(policy.privileged, problem.isEmpty());
    QCOMPARE(policy.problem.isEmpty(), problem.isEmpty());
    QVERIFY2(policy.problem.contains(problem), qPrintable(policy.problem));
    const auto faults = refusalOf(policy, {m_file, {}}, withVolume(u"/usr"_s)).faults;
    QCOMPARE(faults.size(), 1);
    QVERIFY(faults.first().message.contains(policy.problem)); // told where it matters
}

void TestLocalPolicy::othersMayNotWriteIt()
{
    QVERIFY(writeFile(R"({"privileged": true})"));
    QVERIFY(LocalPolicy::fromFile(m_file).privileged);
    QVERIFY(QFile::setPermissions(
        m_file, QFile::ReadOwner | QFile::WriteOwner | QFile::WriteGroup | QFile::ReadGroup));
    const LocalPolicy policy = LocalPolicy::fromFile(m_file);
    QVERIFY(!policy.privileged);
    QVERIFY(policy.problem.contains(u"chmod 600"_s));
    QVERIFY(!LocalPolicy::fromFile(m_directory->path()).problem.isEmpty());
    QCOMPARE(LocalPolicy::fromFile(m_file + u"none").problem, QString());
}

void TestLocalPolicy::headerAllowsOneDefinition()
{
    ApiFixture api;
    QByteArray definition = mazeDefinition;
    definition.replace(R"("image": "maze-agent",)",
                       R"("image": "maze-agent", "privileged": true,)");
    const auto refused = api.batch("RegisterJobDefinition", definition);
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(
                 u"ecsProperties.taskProperties[0].containers[1].privileged"_s),
             qPrintable(refused.error().message));
    VERIFY_RESULT(api.request("POST", "/v1/registerjobdefinition",
                              "X-Batchyard-Allow: devices, privileged\r\n", definition));
    QVERIFY(!api.batch("RegisterJobDefinition", definition)); // not the next one
}

void TestLocalPolicy::fileCountsAtOnce()
{
    ApiFixture api;
    api.context->settings.policyFile = m_file;
    QByteArray definition = mazeDefinition;
    definition.replace(R"("image": "maze-agent",)",
                       R"("image": "maze-agent", "privileged": true,)");
    QVERIFY(!api.batch("RegisterJobDefinition", definition));
    QVERIFY(writeFile(R"({"privileged": true})"));
    VERIFY_RESULT(api.batch("RegisterJobDefinition", definition));
}

QTEST_GUILESS_MAIN(TestLocalPolicy)
#include "tst_localpolicy.moc"
