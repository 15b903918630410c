// Images, networks and volumes on a real daemon, and a daemon that does not answer.
#include "tests/docker/enginetest.h"

#include "backend/docker/tar.h"
#include "tests/support/engine/outputcollector.h"

#include <QDir>

#include <mutex>

using namespace batchyard;
using namespace batchyard::docker;
using test::await;
using test::OutputCollector;

class TestEngineSurroundings : public test::EngineTest
{
    Q_OBJECT
private slots:
    void buildFromScratch();
    void failingBuild_data();
    void failingBuild();
    void pullWithoutARegistry();
    void networksAndVolumes();
    void networkModes();
    void frozenDaemon();
    void killedDaemon();
};

void TestEngineSurroundings::buildFromScratch()
{
    QFile busybox(QStringLiteral("/usr/bin/busybox"));
    QVERIFY(busybox.open(QIODevice::ReadOnly));
    TarWriter tar;
    QVERIFY(tar.addFile("Dockerfile",
                        "FROM scratch\nARG NOTE\nCOPY busybox /busybox\n"
                        "ENV NOTE=$NOTE\nCMD [\"/busybox\", \"env\"]\n"));
    QVERIFY(tar.addFile("busybox", busybox.readAll(), 0755));
    ImageBuild build;
    build.tag = QStringLiteral("built:2");
    build.contextTar = tar.archive();
    build.buildArguments = {{QStringLiteral("NOTE"), QStringLiteral("by argument")}};
    build.labels = {{QStringLiteral("origin"), QStringLiteral("test")}};
    build.networkMode = QStringLiteral("none");
    std::mutex mutex;
    QStringList progress;
    VERIFY_RESULT(await(m_engine->buildImage(build, [&](const QString &line) {
        const std::scoped_lock lock(mutex);
        progress.append(line);
    })));
    QVERIFY(progress.contains(QStringLiteral("Successfully tagged built:2")));
    const auto image = await(m_engine->inspectImage(build.tag));
    VERIFY_RESULT(image);
    QCOMPARE(image->labels, build.labels);
    QVERIFY(image->sizeBytes > 0);

    ContainerSpec spec = shell({});
    spec.image = build.tag;
    spec.cmd.clear();
    const QString id = create(spec);
    QCOMPARE(run(id), 0);
    OutputCollector stored;
    const auto log = m_engine->logs(id, false, stored.sink());
    QVERIFY(stored.waitEnded());
    QVERIFY(stored.bytes().contains("NOTE=by argument\n"));
}

void TestEngineSurroundings::failingBuild_data()
{
    QTest::addColumn<QByteArray>("dockerfile");
    QTest::addColumn<QString>("message");
    QTest::newRow("a step fails") << QByteArray("FROM tiny:1\nRUN exit 3\n") << "non-zero code: 3";
    QTest::newRow("a file is missing") << QByteArray("FROM tiny:1\nCOPY none /\n") << "none";
    QTest::newRow("an unknown instruction") << QByteArray("FROM tiny:1\nFLY\n") << "FLY";
}

void TestEngineSurroundings::failingBuild()
{
    QFETCH(QByteArray, dockerfile);
    QFETCH(QString, message);
    TarWriter tar;
    QVERIFY(tar.addFile("Dockerfile", dockerfile));
    ImageBuild build;
    build.tag = QStringLiteral("failed:1");
    build.contextTar = tar.archive();
    build.networkMode = QStringLiteral("none");
    const auto built = await(m_engine->buildImage(build, {}));
    QVERIFY(!built);
    QVERIFY2(built.error().message.contains(message), qPrintable(built.error().message));
}

void TestEngineSurroundings::pullWithoutARegistry()
{
    const auto pulled = await(m_engine->pullImage({QStringLiteral("127.0.0.1:9/none:1")}, {}));
    QVERIFY(!pulled);
    QVERIFY(pulled.error().message.contains(QStringLiteral("127.0.0.1:9")));
}

void TestEngineSurroundings::networksAndVolumes()
{
    const QString name = QStringLiteral("batchyard-test");
    const auto absent = await(m_engine->inspectNetwork(name));
    QVERIFY(!absent);
    QCOMPARE(absent.error().code, ErrorCode::NotFound);
    const auto created
        = await(m_engine->createNetwork({name, {{QStringLiteral("a"), QStringLiteral("b")}}}));
    VERIFY_RESULT(created);
    const auto found = await(m_engine->inspectNetwork(name));
    VERIFY_RESULT(found);
    QCOMPARE(*found, *created);
    const auto again = await(m_engine->createNetwork({name}));
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::Conflict);

    ContainerSpec spec = shell(QStringLiteral("sleep 100"));
    spec.networkDisabled = false;
    spec.networkMode = name;
    spec.extraHosts = {QStringLiteral("model:127.0.0.1")};
    const QString id = create(spec);
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    QVERIFY(!await(m_engine->inspectContainer(id))->ipAddress.isEmpty());

    VERIFY_RESULT(await(m_engine->createVolume({QStringLiteral("v1")})));
    VERIFY_RESULT(await(m_engine->createVolume({QStringLiteral("v1")})));
    VERIFY_RESULT(await(m_engine->removeVolume(QStringLiteral("v1"))));
    const auto gone = await(m_engine->removeVolume(QStringLiteral("v1")));
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, ErrorCode::NotFound);
}

// The shared namespace of a job's containers.
void TestEngineSurroundings::networkModes()
{
    const QString model = create(
        shell(QStringLiteral("echo pong > /tmp/x; exec httpd -f -p 127.0.0.1:8080 -h /tmp")));
    VERIFY_RESULT(await(m_engine->startContainer(model)));
    ContainerSpec spec
        = shell(QStringLiteral("until wget -q -O - http://127.0.0.1:8080/x; do sleep 0.05; done"));
    spec.networkDisabled = false;
    spec.networkMode = QStringLiteral("container:") + model;
    const QString agent = create(spec);
    OutputCollector output;
    const auto stream = m_engine->attach(agent, output.sink());
    QVERIFY(output.waitStarted());
    QCOMPARE(run(agent), 0);
    QVERIFY(output.waitEnded());
    QCOMPARE(output.bytes(), QByteArray("pong\n"));
}

void TestEngineSurroundings::frozenDaemon()
{
    m_daemon->freeze();
    const auto ping = await(m_engine->ping());
    m_daemon->thaw();
    QVERIFY(!ping);
    QCOMPARE(ping.error().code, ErrorCode::Timeout);
    VERIFY_RESULT(await(m_engine->ping()));
}

void TestEngineSurroundings::killedDaemon()
{
    const QString id = create(shell(QStringLiteral("sleep 100")));
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    OutputCollector followed;
    const auto log = m_engine->logs(id, true, followed.sink());
    QVERIFY(followed.waitStarted());
    const QFuture<Result<WaitResult>> waiting = m_engine->waitContainer(id);
    m_daemon->kill();
    const auto waited = await(waiting);
    QVERIFY(!waited);
    QCOMPARE(waited.error().code, ErrorCode::Unreachable);
    QVERIFY(followed.waitEnded());
    QVERIFY(!followed.outcome());
    const auto ping = await(m_engine->ping());
    QVERIFY(!ping);
    QCOMPARE(ping.error().code, ErrorCode::Unreachable);

    VERIFY_RESULT(m_daemon->start());
    const auto state = await(m_engine->inspectContainer(id));
    VERIFY_RESULT(state);
    QCOMPARE(state->status, ContainerState::Status::Exited); // no live-restore
    QCOMPARE(state->exitCode, 137);
}

QTEST_GUILESS_MAIN(TestEngineSurroundings)
#include "tst_enginesurroundings.moc"
