// HttpEngine against a real daemon of the test's own: the life of containers.
#include "tests/docker/enginetest.h"

#include "tests/support/engine/outputcollector.h"

#include <QDir>
#include <QElapsedTimer>

#include <mutex>

using namespace batchyard;
using namespace batchyard::docker;
using test::await;
using test::OutputCollector;

class TestEngine : public test::EngineTest
{
    Q_OBJECT
private slots:
    void pingAndInfo();
    void lifeOfAContainer();
    void everyMemberOfTheSpecIsTaken();
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
    void eventsOfLabelledContainers();
};

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

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
