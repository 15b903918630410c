// HttpEngine against a real daemon of the test's own.
#include "backend/docker/httpengine.h"

#include "backend/docker/tar.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/outputcollector.h"
#include "tests/support/engine/privateengine.h"

#include <QElapsedTimer>
#include <QTest>

#include <mutex>

using namespace batchyard;
using namespace batchyard::docker;
using test::await;
using test::OutputCollector;

// Evaluates to nothing but fails the test with the error's texts.
#define VERIFY_RESULT(result)                                                                      \
    do {                                                                                           \
        const auto &verified = (result);                                                           \
        QVERIFY2(verified.has_value(),                                                             \
                 verified ? "" : qPrintable(verified.error().message + verified.error().detail));  \
    } while (false)

class TestEngine : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();

    void pingAndInfo();
    void lifeOfAContainer();
    void everyMemberOfTheSpecIsTaken();
    void attachBeforeStartLosesNothing();
    void floodIsComplete();
    void longLinesComeInPieces();
    void storedOutputEqualsAttached();
    void followedLogEndsWithTheContainer();
    void waitBeforeAndAfterTheEnd();
    void waitIsGivenUp();
    void stopOfRunningEndedAndUnknown();
    void termIsIgnored();
    void killWithASignal();
    void nameConflict();
    void missingImage();
    void commandCannotStart_data();
    void commandCannotStart();
    void outOfMemory();
    void listByLabels();
    void buildFromScratch();
    void failingBuild_data();
    void failingBuild();
    void pullWithoutARegistry();
    void networksAndVolumes();
    void networkModes();
    void eventsOfLabelledContainers();
    void frozenDaemon();
    void killedDaemon();

private:
    [[nodiscard]] ContainerSpec shell(const QString &script) const;
    [[nodiscard]] QString create(const ContainerSpec &spec);
    [[nodiscard]] int run(const QString &id); // its exit code, -1 on an error

    std::unique_ptr<test::PrivateEngine> m_daemon;
    std::unique_ptr<HttpEngine> m_engine;
};

void TestEngine::initTestCase()
{
    m_daemon = std::make_unique<test::PrivateEngine>();
    VERIFY_RESULT(m_daemon->start());
    VERIFY_RESULT(m_daemon->importTiny());
    m_engine = std::make_unique<HttpEngine>(m_daemon->socketPath());
}

void TestEngine::cleanup()
{
    const auto containers = await(m_engine->listContainers({}));
    VERIFY_RESULT(containers);
    for (const ContainerListEntry &container : *containers)
        VERIFY_RESULT(await(m_engine->removeContainer(container.id, true)));
}

ContainerSpec TestEngine::shell(const QString &script) const
{
    ContainerSpec spec;
    spec.image = QStringLiteral("tiny:1");
    spec.cmd = {QStringLiteral("sh"), QStringLiteral("-c"), script};
    spec.networkMode = QStringLiteral("none");
    spec.networkDisabled = true;
    spec.labels = {{QStringLiteral("test"), QStringLiteral("engine")}};
    return spec;
}

QString TestEngine::create(const ContainerSpec &spec)
{
    const auto id = await(m_engine->createContainer(spec));
    if (!id)
        qWarning("%s", qPrintable(id.error().message));
    return id.value_or(QString());
}

int TestEngine::run(const QString &id)
{
    if (const auto started = await(m_engine->startContainer(id)); !started) {
        qWarning("%s", qPrintable(started.error().message));
        return -1;
    }
    const auto ended = await(m_engine->waitContainer(id));
    if (!ended)
        qWarning("%s", qPrintable(ended.error().message));
    return ended ? ended->exitCode : -1;
}

void TestEngine::pingAndInfo()
{
    VERIFY_RESULT(await(m_engine->ping()));
    const auto info = await(m_engine->info());
    VERIFY_RESULT(info);
    QVERIFY(!info->version.isEmpty());
    QCOMPARE(info->apiVersion, m_engine->apiVersion());
    QVERIFY(info->apiVersion.startsWith(QStringLiteral("1.")));
    QVERIFY(info->cpus > 0);
    QVERIFY(info->memoryBytes > 0);
    QVERIFY(!info->liveRestore);
}

void TestEngine::lifeOfAContainer()
{
    ContainerSpec spec = shell(QStringLiteral("read line < /proc/self/comm; exit 7"));
    spec.name = QStringLiteral("life");
    const QString id = create(spec);
    QCOMPARE(id.size(), 64);

    auto state = await(m_engine->inspectContainer(spec.name));
    VERIFY_RESULT(state);
    QCOMPARE(state->id, id);
    QCOMPARE(state->name, spec.name);
    QCOMPARE(state->image, spec.image);
    QCOMPARE(state->labels, spec.labels);
    QCOMPARE(state->status, ContainerState::Status::Created);
    QVERIFY(!state->startedAt);
    QVERIFY(!state->finishedAt);

    VERIFY_RESULT(await(m_engine->startContainer(id)));
    const auto ended = await(m_engine->waitContainer(id));
    VERIFY_RESULT(ended);
    QCOMPARE(ended->exitCode, 7);
    state = await(m_engine->inspectContainer(id));
    VERIFY_RESULT(state);
    QCOMPARE(state->status, ContainerState::Status::Exited);
    QCOMPARE(state->exitCode, 7);
    QVERIFY(state->startedAt && state->finishedAt);

    VERIFY_RESULT(await(m_engine->removeContainer(id, false)));
    VERIFY_RESULT(await(m_engine->removeContainer(id, false))); // gone already
    const auto gone = await(m_engine->inspectContainer(id));
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, ErrorCode::NotFound);
}

// The daemon accepts the whole form, and the container sees what it asked for.
void TestEngine::everyMemberOfTheSpecIsTaken()
{
    ContainerSpec spec = shell(QStringLiteral(
        "echo $COLOUR; id -u; cat /proc/sys/kernel/hostname; ulimit -n; ulimit -Hn;"
        "touch /oops 2>/dev/null || echo read-only; grep ' /scratch ' /proc/mounts | cut -d' ' -f3;"
        "cat /data/note; touch /data/x 2>/dev/null || echo bind-read-only; cat /proc/1/comm;"
        "df -k /dev/shm | tail -1 | awk '{print $2}';"
        "grep -c '^NoNewPrivs:.*1' /proc/self/status; test -c /dev/loopy && echo device"));
    const QString source = m_daemon->directory() + QStringLiteral("/source");
    QVERIFY(QDir().mkpath(source));
    QFile note(source + QStringLiteral("/note"));
    QVERIFY(note.open(QIODevice::WriteOnly) && note.write("bound\n") > 0);
    note.close();
    spec.environment = {{QStringLiteral("COLOUR"), QStringLiteral("r\u00f6t = \"1\"")}};
    spec.user = QStringLiteral("0:0");
    spec.hostname = QStringLiteral("yard");
    spec.extraHosts = {};
    spec.memoryBytes = 64LL * 1024 * 1024;
    spec.memorySwapBytes = 64LL * 1024 * 1024;
    spec.memorySwappiness = 10;
    spec.nanoCpus = 500'000'000;
    spec.cpuShares = 512;
    spec.shmSizeBytes = 1024LL * 1024;
    spec.pidsLimit = 64;
    spec.init = true;
    spec.readonlyRootfs = true;
    spec.noNewPrivileges = true;
    spec.ipcMode = QStringLiteral("private");
    spec.mounts
        = {{Mount::Type::Bind, source, QStringLiteral("/data"), true, 0, {}},
           {Mount::Type::Volume, QStringLiteral("vol"), QStringLiteral("/vol"), false, 0, {}},
           {Mount::Type::Tmpfs,
            {},
            QStringLiteral("/scratch"),
            false,
            1'048'576,
            {QStringLiteral("noexec")}}};
    spec.ulimits = {{QStringLiteral("nofile"), 100, 200}};
    spec.devices
        = {{QStringLiteral("/dev/null"), QStringLiteral("/dev/loopy"), QStringLiteral("rwm")}};
    spec.logDriver = QStringLiteral("json-file");
    spec.logOptions = {{QStringLiteral("max-size"), QStringLiteral("1m")},
                       {QStringLiteral("max-file"), QStringLiteral("2")}};
    const QString id = create(spec);
    QVERIFY(!id.isEmpty());
    OutputCollector output;
    const auto stream = m_engine->attach(id, output.sink());
    QVERIFY(output.waitStarted());
    QCOMPARE(run(id), 0);
    QVERIFY(output.waitEnded());
    QCOMPARE(QString::fromUtf8(output.bytes()),
             QStringLiteral("r\u00f6t = \"1\"\n0\nyard\n100\n200\nread-only\ntmpfs\nbound\n"
                            "bind-read-only\ndocker-init\n1024\n1\ndevice\n"));
}

void TestEngine::attachBeforeStartLosesNothing()
{
    for (int i = 0; i < 50; ++i) {
        const QString id = create(shell(QStringLiteral("echo out %1; echo err %1 >&2").arg(i)));
        QVERIFY(!id.isEmpty());
        OutputCollector output;
        const auto stream = m_engine->attach(id, output.sink());
        QVERIFY(output.waitStarted());
        VERIFY_RESULT(await(m_engine->startContainer(id)));
        QVERIFY(output.waitEnded());
        VERIFY_RESULT(output.outcome());
        QCOMPARE(output.bytes(), QByteArray("out " + QByteArray::number(i) + '\n'));
        QCOMPARE(output.bytes(OutputChunk::Stream::Stderr),
                 QByteArray("err " + QByteArray::number(i) + '\n'));
        VERIFY_RESULT(await(m_engine->removeContainer(id, true)));
    }
}

void TestEngine::floodIsComplete()
{
    ContainerSpec spec = shell(QStringLiteral("seq 200000"));
    spec.logDriver = QStringLiteral("local");
    const QString id = create(spec);
    OutputCollector output;
    const auto stream = m_engine->attach(id, output.sink());
    QVERIFY(output.waitStarted());
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    QVERIFY(output.waitEnded());
    QByteArray expected;
    for (int i = 1; i <= 200'000; ++i)
        expected += QByteArray::number(i) + '\n';
    QCOMPARE(output.bytes().size(), expected.size());
    QVERIFY(output.bytes() == expected);
}

void TestEngine::longLinesComeInPieces()
{
    constexpr qsizetype length = 40'000;
    const QString id = create(
        shell(QStringLiteral("head -c %1 /dev/zero | tr '\\0' x; echo; echo next").arg(length)));
    OutputCollector attached;
    const auto stream = m_engine->attach(id, attached.sink());
    QVERIFY(attached.waitStarted());
    QCOMPARE(run(id), 0);
    QVERIFY(attached.waitEnded());
    const QByteArray expected = QByteArray(length, 'x') + "\nnext\n";
    QVERIFY(attached.bytes() == expected);

    OutputCollector stored;
    const auto log = m_engine->logs(id, false, stored.sink());
    QVERIFY(stored.waitEnded());
    QVERIFY(stored.bytes() == expected);
    const QList<OutputChunk> pieces = stored.chunks();
    QCOMPARE(pieces.size(), 4);
    QCOMPARE(pieces.first().bytes.size(), 16 * 1024);
    for (const OutputChunk &piece : pieces)
        QVERIFY(piece.time);
}

void TestEngine::storedOutputEqualsAttached()
{
    const QString id = create(shell(QStringLiteral(
        "for i in $(seq 500); do echo out $i; echo err $i >&2; done; printf 'no newline'")));
    OutputCollector attached;
    const auto stream = m_engine->attach(id, attached.sink());
    QVERIFY(attached.waitStarted());
    QCOMPARE(run(id), 0);
    QVERIFY(attached.waitEnded());
    OutputCollector stored;
    const auto log = m_engine->logs(id, true, stored.sink());
    QVERIFY(stored.waitEnded());
    VERIFY_RESULT(stored.outcome());
    QVERIFY(attached.bytes().endsWith("no newline"));
    QCOMPARE(stored.bytes(), attached.bytes());
    QCOMPARE(stored.bytes(OutputChunk::Stream::Stderr),
             attached.bytes(OutputChunk::Stream::Stderr));
}

void TestEngine::followedLogEndsWithTheContainer()
{
    ContainerSpec spec = shell(
        QStringLiteral("trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.05; done"));
    const QString running = create(spec);
    VERIFY_RESULT(await(m_engine->startContainer(running)));
    OutputCollector followed;
    const auto log = m_engine->logs(running, true, followed.sink());
    QVERIFY(followed.waitStarted());
    QTRY_COMPARE(followed.bytes(), QByteArray("hello\n"));
    QVERIFY(!followed.hasEnded());
    VERIFY_RESULT(await(m_engine->stopContainer(running, 10)));
    QVERIFY(followed.waitEnded());
    VERIFY_RESULT(followed.outcome());
    QCOMPARE(followed.bytes(), QByteArray("hello\nbye\n"));

    OutputCollector unknown;
    const auto none = m_engine->attach(QStringLiteral("nobody"), unknown.sink());
    QVERIFY(unknown.waitEnded());
    QVERIFY(!unknown.outcome());
    QCOMPARE(unknown.outcome().error().code, ErrorCode::NotFound);
}

void TestEngine::waitBeforeAndAfterTheEnd()
{
    const QString id = create(shell(QStringLiteral("sleep 0.3; exit 9")));
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    const auto before = await(m_engine->waitContainer(id));
    VERIFY_RESULT(before);
    QCOMPARE(before->exitCode, 9);
    const auto after = await(m_engine->waitContainer(id));
    VERIFY_RESULT(after);
    QCOMPARE(after->exitCode, 9);
    const auto unknown = await(m_engine->waitContainer(QStringLiteral("nobody")));
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::NotFound);
}

void TestEngine::waitIsGivenUp()
{
    const QString id = create(shell(QStringLiteral("sleep 100")));
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    QFuture<Result<WaitResult>> waiting = m_engine->waitContainer(id);
    waiting.cancel();
    const auto outcome = await(waiting, std::chrono::seconds(5));
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
}

void TestEngine::stopOfRunningEndedAndUnknown()
{
    const QString id
        = create(shell(QStringLiteral("trap 'exit 5' TERM; while :; do sleep 0.05; done")));
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    VERIFY_RESULT(await(m_engine->startContainer(id))); // 304: runs already
    VERIFY_RESULT(await(m_engine->stopContainer(id, 10)));
    VERIFY_RESULT(await(m_engine->stopContainer(id, 10))); // 304: has ended
    QCOMPARE(await(m_engine->inspectContainer(id))->exitCode, 5);
    const auto unknown = await(m_engine->stopContainer(QStringLiteral("nobody"), 1));
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::NotFound);
}

void TestEngine::termIsIgnored()
{
    const QString id = create(shell(QStringLiteral("trap '' TERM; while :; do sleep 0.05; done")));
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    QElapsedTimer timer;
    timer.start();
    VERIFY_RESULT(await(m_engine->stopContainer(id, 1)));
    QVERIFY(timer.elapsed() >= 1000);
    const auto state = await(m_engine->inspectContainer(id));
    QCOMPARE(state->exitCode, 137);
    QVERIFY(!state->oomKilled);
}

void TestEngine::killWithASignal()
{
    const QString id
        = create(shell(QStringLiteral("trap 'exit 3' USR1; while :; do sleep 0.05; done")));
    const auto notRunning = await(m_engine->killContainer(id, QStringLiteral("SIGUSR1")));
    QVERIFY(!notRunning);
    QCOMPARE(notRunning.error().code, ErrorCode::Conflict);
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    VERIFY_RESULT(await(m_engine->killContainer(id, QStringLiteral("SIGUSR1"))));
    QCOMPARE(await(m_engine->waitContainer(id))->exitCode, 3);
}

void TestEngine::nameConflict()
{
    ContainerSpec spec = shell(QStringLiteral("true"));
    spec.name = QStringLiteral("taken");
    QVERIFY(!create(spec).isEmpty());
    const auto second = await(m_engine->createContainer(spec));
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::Conflict);
    QVERIFY(second.error().message.contains(QStringLiteral("taken")));
}

void TestEngine::missingImage()
{
    ContainerSpec spec = shell(QStringLiteral("true"));
    spec.image = QStringLiteral("missing/image:9");
    const auto created = await(m_engine->createContainer(spec));
    QVERIFY(!created);
    QCOMPARE(created.error().code, ErrorCode::NotFound);
    QVERIFY(created.error().message.contains(spec.image));
    const auto inspected = await(m_engine->inspectImage(spec.image));
    QVERIFY(!inspected);
    QCOMPARE(inspected.error().code, ErrorCode::NotFound);
    const auto tiny = await(m_engine->inspectImage(QStringLiteral("tiny:1")));
    VERIFY_RESULT(tiny);
    QCOMPARE(tiny->repoTags, QStringList{QStringLiteral("tiny:1")});
}

void TestEngine::commandCannotStart_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("user");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("not found") << "no-such-program"
                               << "" << 127;
    QTest::newRow("not executable") << "/etc/passwd"
                                    << "" << 126;
    QTest::newRow("unknown user") << "true"
                                  << "nobody-here" << 128;
}

void TestEngine::commandCannotStart()
{
    QFETCH(QString, command);
    QFETCH(QString, user);
    QFETCH(int, exitCode);
    ContainerSpec spec = shell({});
    spec.cmd = {command};
    spec.user = user;
    const QString id = create(spec);
    const auto started = await(m_engine->startContainer(id));
    QVERIFY(!started);
    QVERIFY(!started.error().message.isEmpty());
    const auto state = await(m_engine->inspectContainer(id));
    VERIFY_RESULT(state);
    QCOMPARE(state->status, ContainerState::Status::Created);
    QVERIFY(!state->startedAt);
    QVERIFY(!state->error.isEmpty());
    QCOMPARE(state->exitCode, exitCode);
}

void TestEngine::outOfMemory()
{
    ContainerSpec spec = shell({});
    spec.cmd = {QStringLiteral("tail"), QStringLiteral("/dev/zero")};
    spec.memoryBytes = 16LL * 1024 * 1024;
    spec.memorySwapBytes = spec.memoryBytes;
    const QString id = create(spec);
    QCOMPARE(run(id), 137);
    QVERIFY(await(m_engine->inspectContainer(id))->oomKilled);
}

void TestEngine::listByLabels()
{
    ContainerSpec spec = shell(QStringLiteral("true"));
    spec.name = QStringLiteral("labelled");
    spec.labels = {{QStringLiteral("install"), QStringLiteral("a b=c&d")},
                   {QStringLiteral("job"), QStringLiteral("1")}};
    const QString id = create(spec);
    QVERIFY(!create(shell(QStringLiteral("true"))).isEmpty());
    const auto found = await(
        m_engine->listContainers({QStringLiteral("install=a b=c&d"), QStringLiteral("job")}));
    VERIFY_RESULT(found);
    QCOMPARE(found->size(), 1);
    QCOMPARE(found->first().id, id);
    QCOMPARE(found->first().name, spec.name);
    QCOMPARE(found->first().state, QStringLiteral("created"));
    QCOMPARE(found->first().labels, spec.labels);
    QVERIFY(await(m_engine->listContainers({QStringLiteral("job=2")}))->isEmpty());
}

void TestEngine::buildFromScratch()
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

void TestEngine::failingBuild_data()
{
    QTest::addColumn<QByteArray>("dockerfile");
    QTest::addColumn<QString>("message");
    QTest::newRow("a step fails") << QByteArray("FROM tiny:1\nRUN exit 3\n") << "non-zero code: 3";
    QTest::newRow("a file is missing") << QByteArray("FROM tiny:1\nCOPY none /\n") << "none";
    QTest::newRow("an unknown instruction") << QByteArray("FROM tiny:1\nFLY\n") << "FLY";
}

void TestEngine::failingBuild()
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

void TestEngine::pullWithoutARegistry()
{
    const auto pulled = await(m_engine->pullImage({QStringLiteral("127.0.0.1:9/none:1")}, {}));
    QVERIFY(!pulled);
    QVERIFY(pulled.error().message.contains(QStringLiteral("127.0.0.1:9")));
}

void TestEngine::networksAndVolumes()
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
void TestEngine::networkModes()
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

void TestEngine::eventsOfLabelledContainers()
{
    std::mutex mutex;
    QStringList seen;
    const auto stream = m_engine->events(
        QStringLiteral("watch=me"), [&](const std::variant<Event, Result<void>> &what) {
            const std::scoped_lock lock(mutex);
            if (const auto *event = std::get_if<Event>(&what))
                seen.append(event->action + u' ' + event->attributes.value(QStringLiteral("name"))
                            + u' ' + event->attributes.value(QStringLiteral("exitCode")));
        });
    const auto has = [&](const QString &line) {
        const std::scoped_lock lock(mutex);
        return seen.contains(line);
    };
    ContainerSpec spec = shell(QStringLiteral("exit 4"));
    spec.labels = {{QStringLiteral("watch"), QStringLiteral("me")}};
    // The stream may not be there yet when the first container is made.
    for (int i = 0; i < 50 && !has(QStringLiteral("create probe ")); ++i) {
        spec.name = QStringLiteral("probe");
        VERIFY_RESULT(await(m_engine->removeContainer(create(spec), true)));
    }
    spec.name = QStringLiteral("watched");
    const QString id = create(spec);
    QVERIFY(!create(shell(QStringLiteral("true"))).isEmpty()); // without the label: not told
    QCOMPARE(run(id), 4);
    VERIFY_RESULT(await(m_engine->removeContainer(id, false)));
    QTRY_VERIFY(has(QStringLiteral("destroy watched ")));
    const std::scoped_lock lock(mutex);
    seen.removeIf([](const QString &line) { return line.contains(QStringLiteral("probe")); });
    QCOMPARE(seen,
             QStringList({QStringLiteral("create watched "), QStringLiteral("start watched "),
                          QStringLiteral("die watched 4"), QStringLiteral("destroy watched ")}));
}

void TestEngine::frozenDaemon()
{
    m_daemon->freeze();
    QElapsedTimer timer;
    timer.start();
    const auto ping = await(m_engine->ping());
    m_daemon->thaw();
    QVERIFY(!ping);
    QCOMPARE(ping.error().code, ErrorCode::Timeout);
    QVERIFY(timer.elapsed() < 10'000);
    VERIFY_RESULT(await(m_engine->ping()));
}

void TestEngine::killedDaemon()
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

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
