// Pods of EKS jobs on a real daemon: their order, their volumes, their rights.
#include "backend/batch/pod.h"
#include "tests/docker/daemontest.h"

using namespace batchyard;
using namespace batchyard::test;
using batch::EksContainer;
using batch::EksPodProperties;

namespace {

EksContainer podContainer(const char *name, const char *script)
{
    EksContainer result;
    result.name = text(name);
    result.image = text("tiny:1");
    result.command = {text("sh"), text("-c")};
    result.args = {text(script)};
    result.imagePullPolicy = text("IfNotPresent");
    result.resources.emplace();
    result.resources->limits = {{text("memory"), text("64Mi")}};
    result.resources->requests = {{text("cpu"), text("250m")}};
    return result;
}

EksPodProperties pod(const QList<EksContainer> &initContainers,
                     const QList<EksContainer> &containers)
{
    EksPodProperties result;
    result.initContainers = initContainers;
    result.containers = containers;
    return result;
}

void mount(EksContainer &container, const char *volume, const char *path)
{
    batch::EksContainerVolumeMount each;
    each.name = text(volume);
    each.mountPath = text(path);
    container.volumeMounts.append(each);
}

} // namespace

Q_DECLARE_METATYPE(batchyard::batch::EksPodProperties)

class TestPods : public AttemptTest
{
    Q_OBJECT

private slots:
    void outcomes_data();
    void outcomes();
    void initContainersGoFirst();
    void sharesVolumes_data();
    void sharesVolumes();
    void secretFiles();
    void missingSecretFailsThePod();
    void sharesNetworkAndProcesses();
    void securityContext_data();
    void securityContext();
    void entryPointAndVariables();

private:
    [[nodiscard]] QString run(const EksPodProperties &pod) { return m_bench->run(toTask(pod)); }
};

void TestPods::outcomes_data()
{
    QTest::addColumn<EksPodProperties>("given");
    QTest::addColumn<bool>("succeeded");
    QTest::addColumn<QStringList>("codes"); // "-": none
    const auto codes = [](const char *list) { return text(list).split(u' '); };
    QTest::newRow("all exit 0") << pod(
        {podContainer("i", "exit 0")},
        {podContainer("a", "exit 0"), podContainer("b", "sleep 0.3")})
                                << true << codes("0 0 0");
    QTest::newRow("one fails, the other goes on")
        << pod({}, {podContainer("a", "exit 3"), podContainer("b", "sleep 0.5; exit 0")}) << false
        << codes("3 0");
    QTest::newRow("init fails") << pod({podContainer("i", "exit 5"), podContainer("j", "exit 0")},
                                       {podContainer("a", "exit 0")})
                                << false << codes("5 - -");
    EksContainer missing = podContainer("a", "");
    missing.command = {text("/no/such")};
    QTest::newRow("command is missing, the other goes on")
        << pod({}, {missing, podContainer("b", "exit 0")}) << false << codes("127 0");
}

void TestPods::outcomes()
{
    QFETCH(EksPodProperties, given);
    QFETCH(bool, succeeded);
    QFETCH(QStringList, codes);
    const QString id = run(given);
    QCOMPARE(m_bench->outcome(id).succeeded, succeeded);
    for (int i = 0; i < codes.size(); ++i) {
        const auto code = m_bench->container(id, i).exitCode;
        QCOMPARE(code ? QString::number(*code) : text("-"), codes.at(i));
    }
}

void TestPods::initContainersGoFirst()
{
    const QString id = run(pod({podContainer("i", "sleep 0.3"), podContainer("j", "sleep 0.1")},
                               {podContainer("a", "sleep 0.3"), podContainer("b", "sleep 0.3")}));
    QVERIFY(m_bench->outcome(id).succeeded);
    const auto state = [&](int index) { return m_bench->container(id, index); };
    QVERIFY(*state(1).startedAt >= *state(0).stoppedAt);
    QVERIFY(*state(2).startedAt >= *state(1).stoppedAt);
    QVERIFY(*state(3).startedAt >= *state(1).stoppedAt);
    QVERIFY(*state(3).startedAt <= *state(2).stoppedAt);
}

void TestPods::sharesVolumes_data()
{
    QTest::addColumn<QString>("medium");
    QTest::addColumn<QString>("filesystem");
    QTest::newRow("disk") << QString() << text("");
    QTest::newRow("memory") << text("Memory") << text("tmpfs");
}

// What an init container has written is there for the others, in memory too.
void TestPods::sharesVolumes()
{
    QFETCH(QString, medium);
    QFETCH(QString, filesystem);
    EksContainer init = podContainer("i", "echo given > /out/x");
    EksContainer main = podContainer("a", "cat /in/x; stat -f -c %T /in");
    mount(init, "v", "/out");
    mount(main, "v", "/in");
    EksPodProperties given = pod({init}, {main});
    batch::EksVolume volume;
    volume.name = text("v");
    volume.emptyDir.emplace();
    volume.emptyDir->medium = medium;
    volume.emptyDir->sizeLimit = text("1Mi");
    given.volumes = {volume};
    const QString id = run(given);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    QCOMPARE(m_bench->lines(id, 1).value(0), text("given"));
    if (!filesystem.isEmpty())
        QCOMPARE(m_bench->lines(id, 1).value(1), filesystem);
}

void TestPods::secretFiles()
{
    QVERIFY(m_bench->secrets().set(text("db"), text(R"({"user":"u","password":"p"})")));
    EksContainer main = podContainer("a", "ls /s; cat /s/user; touch /s/x 2>/dev/null || echo ro");
    main.securityContext.emplace();
    main.securityContext->runAsUser = 1234;
    mount(main, "v", "/s");
    EksPodProperties given = pod({}, {main});
    batch::EksVolume volume;
    volume.name = text("v");
    volume.secret.emplace();
    volume.secret->secretName = text("db");
    given.volumes = {volume};
    const QString id = run(given);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    QCOMPARE(m_bench->lines(id, 0).join(u'|'), text("password|user|uro"));
    QVERIFY(QDir(m_bench->paths().volumes() + text("/secrets")).isEmpty()); // gone with the pod
}

void TestPods::missingSecretFailsThePod()
{
    EksContainer main = podContainer("a", "exit 0");
    mount(main, "v", "/s");
    EksPodProperties given = pod({}, {main});
    batch::EksVolume volume;
    volume.name = text("v");
    volume.secret.emplace();
    volume.secret->secretName = text("nowhere");
    given.volumes = {volume};
    const QString id = run(given);
    QVERIFY(!m_bench->outcome(id).succeeded);
    QVERIFY2(m_bench->outcome(id).reason.startsWith(text("ResourceInitializationError: ")),
             qPrintable(m_bench->outcome(id).reason));
}

void TestPods::sharesNetworkAndProcesses()
{
    EksPodProperties given
        = pod({},
              {podContainer("a", "nc -l -p 5000 -e echo hello"),
               podContainer("b",
                            "until nc localhost 5000 2>/dev/null; do sleep 0.1; done; "
                            "ps | grep -c '/[p]ause'")});
    given.shareProcessNamespace = true;
    const QString id = run(given);
    QVERIFY2(m_bench->outcome(id).succeeded, qPrintable(m_bench->outcome(id).reason));
    QCOMPARE(m_bench->lines(id, 1), QStringList({text("hello"), text("1")}));
}

void TestPods::securityContext_data()
{
    QTest::addColumn<std::optional<qint64>>("user");
    QTest::addColumn<bool>("nonRoot");
    QTest::addColumn<QString>("line"); // empty: it does not start
    QTest::newRow("user and read-only root")
        << std::optional<qint64>(1234) << false << text("1234 ro");
    QTest::newRow("another user than root")
        << std::optional<qint64>(1234) << true << text("1234 ro");
    QTest::newRow("root where none may be") << std::optional<qint64>() << true << QString();
}

void TestPods::securityContext()
{
    QFETCH(std::optional<qint64>, user);
    QFETCH(bool, nonRoot);
    QFETCH(QString, line);
    EksContainer main = podContainer("a", "touch /x 2>/dev/null || echo $(id -u) ro");
    main.securityContext.emplace();
    main.securityContext->runAsUser = user;
    main.securityContext->runAsNonRoot = nonRoot;
    main.securityContext->readOnlyRootFilesystem = true;
    const QString id = run(pod({}, {main}));
    if (!line.isEmpty()) {
        QCOMPARE(m_bench->lines(id, 0), QStringList{line});
        return;
    }
    QCOMPARE(m_bench->outcome(id).reason,
             text("CannotCreateContainerError: container has runAsNonRoot and image will run as "
                  "root"));
}

void TestPods::entryPointAndVariables()
{
    EksContainer main = podContainer("a", "");
    main.command = {text("echo"), text("$(GREETING)")};
    main.args = {text("$(AWS_BATCH_JQ_NAME)"), text("$$(GREETING)")};
    main.env = {{text("WHO"), text("world"), {}}, {text("GREETING"), text("hello-$(WHO)"), {}}};
    const QString id = run(pod({}, {main}));
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("hello-world q $(GREETING)")});
}

QTEST_GUILESS_MAIN(TestPods)
#include "tst_pods.moc"
