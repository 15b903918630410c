#include "backend/docker/requests.h"

#include <QTest>

using namespace batchyard::docker;

class TestRequests : public QObject
{
    Q_OBJECT
private slots:
    void createBody_data();
    void createBody();
    void networkAndVolume();
    void registryCredentials_data();
    void registryCredentials();
    void queries();
    void paths();
    void images_data();
    void images();
};

void TestRequests::createBody_data()
{
    QTest::addColumn<ContainerSpec>("spec");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const QByteArray &json, auto change) {
        ContainerSpec spec;
        spec.image = QStringLiteral("i");
        change(spec);
        QTest::newRow(name) << spec << json;
    };
    // Only what a host config holds, within the rest.
    const auto host = [&row](const char *name, const QByteArray &members, auto change) {
        row(name, R"({"Image":"i","HostConfig":{)" + members + "}}", change);
    };
    row("only an image", R"({"Image":"i"})", [](ContainerSpec &) {});
    row("the name goes into the address", R"({"Image":"i"})",
        [](ContainerSpec &spec) { spec.name = QStringLiteral("n"); });
    row("command", R"({"Image":"i","Cmd":["a","b c",""]})", [](ContainerSpec &spec) {
        spec.cmd = {QStringLiteral("a"), QStringLiteral("b c"), QString()};
    });
    row("entry point", R"({"Image":"i","Entrypoint":["e","f"],"Cmd":["a"]})",
        [](ContainerSpec &spec) {
            spec.entryPoint = {QStringLiteral("e"), QStringLiteral("f")};
            spec.cmd = {QStringLiteral("a")};
        });
    row("secrets stand among the environment", R"({"Image":"i","Env":["A=1","S=x"]})",
        [](ContainerSpec &spec) {
            spec.environment = {{QStringLiteral("A"), QStringLiteral("1")}};
            spec.secretEnvironment = {{QStringLiteral("S"), QStringLiteral("x")}};
        });
    row("environment keeps its order",
        R"({"Image":"i","Env":["B=1","A=","U=)"
        "\xc3\xbc"
        R"("]})",
        [](ContainerSpec &spec) {
            spec.environment = {{QStringLiteral("B"), QStringLiteral("1")},
                                {QStringLiteral("A"), QString()},
                                {QStringLiteral("U"), QStringLiteral("\u00fc")}};
        });
    row("labels", R"({"Image":"i","Labels":{"a":"\"1\"","b":""}})", [](ContainerSpec &spec) {
        spec.labels
            = {{QStringLiteral("b"), QString()}, {QStringLiteral("a"), QStringLiteral("\"1\"")}};
    });
    row("user, host name, no network",
        R"({"Image":"i","User":"1:2","Hostname":"h","NetworkDisabled":true})",
        [](ContainerSpec &spec) {
            spec.user = QStringLiteral("1:2");
            spec.hostname = QStringLiteral("h");
            spec.networkDisabled = true;
        });
    host(
        "namespaces",
        R"("NetworkMode":"container:x","ExtraHosts":["a:127.0.0.1"],"IpcMode":"host","PidMode":"host")",
        [](ContainerSpec &spec) {
            spec.networkMode = QStringLiteral("container:x");
            spec.extraHosts = {QStringLiteral("a:127.0.0.1")};
            spec.ipcMode = QStringLiteral("host");
            spec.pidMode = QStringLiteral("host");
        });
    host("memory", R"("Memory":1048576,"MemorySwap":-1,"MemorySwappiness":0)",
         [](ContainerSpec &spec) {
             spec.memoryBytes = 1024 * 1024;
             spec.memorySwapBytes = -1;
             spec.memorySwappiness = 0;
         });
    host("processors", R"("NanoCpus":250000000,"CpuShares":512)", [](ContainerSpec &spec) {
        spec.nanoCpus = 250'000'000;
        spec.cpuShares = 512;
    });
    host("shared memory and processes", R"("ShmSize":64,"PidsLimit":4096)",
         [](ContainerSpec &spec) {
             spec.shmSizeBytes = 64;
             spec.pidsLimit = 4096;
         });
    host("GPUs", R"("DeviceRequests":[{"Count":2,"Capabilities":[["gpu"]]}])",
         [](ContainerSpec &spec) { spec.gpuCount = 2; });
    host(
        "rights",
        R"("Init":true,"Privileged":true,"ReadonlyRootfs":true,"SecurityOpt":["no-new-privileges"])",
        [](ContainerSpec &spec) {
            spec.init = spec.privileged = spec.readonlyRootfs = spec.noNewPrivileges = true;
        });
    host("mounts",
         R"("Mounts":[{"Type":"bind","Source":"/h","Target":"/c","ReadOnly":true},)"
         R"({"Type":"volume","Source":"v","Target":"/v"}],"Tmpfs":{"/t":"noexec,size=1024"})",
         [](ContainerSpec &spec) {
             spec.mounts
                 = {{Mount::Type::Bind, QStringLiteral("/h"), QStringLiteral("/c"), true, 0, {}},
                    {Mount::Type::Tmpfs,
                     {},
                     QStringLiteral("/t"),
                     false,
                     1024,
                     {QStringLiteral("noexec")}},
                    {Mount::Type::Volume, QStringLiteral("v"), QStringLiteral("/v"), false, 0, {}}};
         });
    host("limits", R"("Ulimits":[{"Name":"nofile","Soft":1,"Hard":-1}])", [](ContainerSpec &spec) {
        spec.ulimits = {{QStringLiteral("nofile"), 1, -1}};
    });
    host(
        "devices",
        R"("Devices":[{"PathOnHost":"/dev/a","PathInContainer":"/dev/b","CgroupPermissions":"r"}])",
        [](ContainerSpec &spec) {
            spec.devices
                = {{QStringLiteral("/dev/a"), QStringLiteral("/dev/b"), QStringLiteral("r")}};
        });
    host("log", R"("LogConfig":{"Type":"local","Config":{"max-size":"1m"}})",
         [](ContainerSpec &spec) {
             spec.logDriver = QStringLiteral("local");
             spec.logOptions = {{QStringLiteral("max-size"), QStringLiteral("1m")}};
         });
}

void TestRequests::createBody()
{
    QFETCH(ContainerSpec, spec);
    QFETCH(QByteArray, json);
    QCOMPARE(createContainerBody(spec), json);
}

void TestRequests::networkAndVolume()
{
    const QByteArray network
        = R"({"Name":"n","CheckDuplicate":true,"Driver":"bridge","Options":)"
          R"({"com.docker.network.bridge.enable_icc":"false"},"Labels":{"a":"b"}})";
    QCOMPARE(createNetworkBody({QStringLiteral("n"), {{QStringLiteral("a"), QStringLiteral("b")}}}),
             network);
    const QByteArray joined
        = R"({"Name":"n","CheckDuplicate":true,"Driver":"bridge","Internal":true,"Options":)"
          R"({"com.docker.network.bridge.enable_icc":"true"},"Labels":{}})";
    QCOMPARE(createNetworkBody({QStringLiteral("n"), {}, true, true}), joined);
    const QByteArray volume = R"({"Name":"v","Labels":{}})";
    QCOMPARE(createVolumeBody({QStringLiteral("v")}), volume);
    const QByteArray memory = R"({"Name":"v","DriverOpts":{"type":"tmpfs"},"Labels":{}})";
    QCOMPARE(createVolumeBody(
                 {QStringLiteral("v"), {}, {{QStringLiteral("type"), QStringLiteral("tmpfs")}}}),
             memory);
}

void TestRequests::registryCredentials_data()
{
    QTest::addColumn<QString>("image");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("the usual registry")
        << "team/app:1" << QByteArray(R"({"username":"u","password":"p"})");
    QTest::newRow("no slash") << "app" << QByteArray(R"({"username":"u","password":"p"})");
    QTest::newRow("host") << "r.example/app"
                          << QByteArray(
                                 R"({"username":"u","password":"p","serveraddress":"r.example"})");
    QTest::newRow("host and port")
        << "localhost:5000/app@sha256:00"
        << QByteArray(R"({"username":"u","password":"p","serveraddress":"localhost:5000"})");
}

void TestRequests::registryCredentials()
{
    QFETCH(QString, image);
    QFETCH(QByteArray, json);
    QCOMPARE(registryAuth({image}), QByteArray());
    ImagePull pull{image};
    pull.credentials = RegistryCredentials{QStringLiteral("u"), QStringLiteral("p")};
    QCOMPARE(QByteArray::fromBase64(registryAuth(pull), QByteArray::Base64UrlEncoding), json);
}

void TestRequests::queries()
{
    QCOMPARE(query({}), QByteArray());
    QCOMPARE(query({{"a", ""}, {"b", ""}}), QByteArray());
    QCOMPARE(query({{"a", "1 &=%"}, {"b", ""}, {"c", "\xc3\xbc"}}),
             QByteArray("?a=1%20%26%3D%25&c=%C3%BC"));
    const QByteArray filters = R"({"label":["a=\"b","c"]})";
    QCOMPARE(
        filtersJson({{QStringLiteral("label"), {QStringLiteral("a=\"b"), QStringLiteral("c")}}}),
        filters);
    QCOMPARE(mapJson({}), QByteArray());
    const QByteArray map = R"({"k":"v"})";
    QCOMPARE(mapJson({{QStringLiteral("k"), QStringLiteral("v")}}), map);
}

void TestRequests::paths()
{
    QCOMPARE(pathSegment(QStringLiteral("a/../b?c#d e")), QByteArray("a%2F..%2Fb%3Fc%23d%20e"));
    QCOMPARE(imagePath(QStringLiteral("host:5000/a/b:1@sha256:0?x")),
             QByteArray("host:5000/a/b:1@sha256:0%3Fx"));
}

void TestRequests::images_data()
{
    QTest::addColumn<QString>("image");
    QTest::addColumn<QString>("repository");
    QTest::addColumn<QString>("tag");
    QTest::newRow("name") << "busybox"
                          << "busybox"
                          << "latest";
    QTest::newRow("name and tag") << "busybox:1.36"
                                  << "busybox"
                                  << "1.36";
    QTest::newRow("registry with a port") << "host:5000/a"
                                          << "host:5000/a"
                                          << "latest";
    QTest::newRow("registry, port, tag") << "host:5000/a/b:2"
                                         << "host:5000/a/b"
                                         << "2";
    QTest::newRow("digest") << "a@sha256:00ff"
                            << "a"
                            << "sha256:00ff";
    QTest::newRow("tag and digest") << "h:1/a:3@sha256:00ff"
                                    << "h:1/a"
                                    << "sha256:00ff";
}

void TestRequests::images()
{
    QFETCH(QString, image);
    QFETCH(QString, repository);
    QFETCH(QString, tag);
    QCOMPARE(splitImage(image), (ImageReference{repository, tag}));
}

QTEST_GUILESS_MAIN(TestRequests)
#include "tst_requests.moc"
