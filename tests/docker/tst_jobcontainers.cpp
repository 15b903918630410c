// Containers of jobs on a real Docker daemon: what they see of each other and of their definition,
// and what is kept of their output.
#include "tests/docker/daemontest.h"

#include <QDir>

using namespace batchyard;
using namespace batchyard::test;

Q_DECLARE_METATYPE(QList<TestContainer>)

class TestJobContainers : public JobTest
{
    Q_OBJECT
private slots:
    void twoContainersShareTheirNetwork_data();
    void twoContainersShareTheirNetwork();
    void aloneAsBesideOthers_data();
    void aloneAsBesideOthers();
    void bridgeIsMadeAgain_data();
    void bridgeIsMadeAgain();
    void everyLineOfALongOutput();
    void aLongLineStaysWhole();
    void bytesThatAreNoText();
    void seesItsDefinition();
    void sharesVolumes();
    void sharesProcesses();
};

void TestJobContainers::twoContainersShareTheirNetwork_data()
{
    QTest::addColumn<QString>("network");
    QTest::newRow("on the bridge") << text("bridge");
    QTest::newRow("isolated") << text("none");
}

void TestJobContainers::twoContainersShareTheirNetwork()
{
    QFETCH(QString, network);
    const QString id = run(
        taskOf({container("model", "echo serving; nc -l -p 5000 -e echo hello", false),
                container("agent",
                          "for h in localhost model; do ping -c1 -w2 $h >/dev/null && echo $h; "
                          "done; until nc localhost 5000; do sleep 0.05; done; "
                          "echo $AWS_BATCH_JOB_ATTEMPT $AWS_BATCH_JQ_NAME $AWS_BATCH_CE_NAME",
                          true, {onStart(text("model"))})}),
        {.tags = {{text("batchyard:network"), network}}});
    QCOMPARE(m_bench->lines(id, 1),
             QStringList({text("localhost"), text("model"), text("hello"), text("1 q ce")}));
    QCOMPARE(m_bench->lines(id, 0), QStringList{text("serving")});
    QCOMPARE(m_bench->job(id).statusReason, text("Essential container in task exited"));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QCOMPARE(m_bench->history(id), text("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->attempt(id).cleaned, 10'000);
}

// A lone container has no pause container, and sees nothing of that.
void TestJobContainers::aloneAsBesideOthers_data()
{
    twoContainersShareTheirNetwork_data();
}

void TestJobContainers::aloneAsBesideOthers()
{
    QFETCH(QString, network);
    // What may differ is taken out: the ids, the address, and the name of the other container.
    const char *look
        = "hostname | sed 's/^[0-9a-f]\\{12\\}$/short id/'; "
          "test \"$HOSTNAME\" = \"$(hostname)\" && echo named; "
          "ls /sys/class/net; ip -o addr | awk '{print $2, $3}'; ip route | sed 's/src .*//'; "
          "for n in localhost main; do ping -c1 -w2 $n >/dev/null && echo $n; done; "
          "sed 's/ side$//' /etc/hosts | grep -v -e side$ -e $(hostname); echo; cat "
          "/etc/resolv.conf; "
          "grep ' /etc/' /proc/mounts | cut -d' ' -f2,4 | cut -d, -f1; "
          "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range; "
          "grep -e ^Cap -e ^Seccomp: /proc/self/status; readlink /proc/1/cwd; "
          "env | grep -v -e ^HOSTNAME= -e ^AWS_BATCH_JOB_ID= | sort; df /dev/shm | tail -n1";
    const RunnerBench::Wishes wishes{.tags = {{text("batchyard:network"), network}}};
    const QString alone = run(taskOf({container("main", look)}), wishes);
    const QString beside
        = run(taskOf({container("main", look), container("side", "exit 0", false)}), wishes);
    QCOMPARE(m_bench->status(alone), text("SUCCEEDED"));
    QCOMPARE(m_bench->status(beside), text("SUCCEEDED"));
    QVERIFY(m_bench->lines(alone, 0).contains(text("named")));
    QVERIFY(m_bench->lines(alone, 0).contains(text("main")));
    QCOMPARE(m_bench->lines(alone, 0).join(u'|'), m_bench->lines(beside, 0).join(u'|'));
    QCOMPARE(m_bench->attempt(alone).containers.size(), 1);
    QCOMPARE(m_bench->attempt(beside).containers.size(), 3);
}

void TestJobContainers::bridgeIsMadeAgain_data()
{
    QTest::addColumn<QList<TestContainer>>("containers");
    QTest::newRow("for a lone container") << QList{container("main", "exit 0")};
    QTest::newRow("for two") << QList{container("side", "exit 0", false),
                                      container("main", "exit 0", true, {onStart(text("side"))})};
}

// Somebody prunes the engine's networks between two jobs.
void TestJobContainers::bridgeIsMadeAgain()
{
    QFETCH(QList<TestContainer>, containers);
    const RunnerBench::Wishes wishes{.tags = {{text("batchyard:network"), text("bridge")}}};
    QCOMPARE(m_bench->status(run(taskOf(containers), wishes)), text("SUCCEEDED"));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->isIdle(), 60'000);
    QVERIFY(await(m_engine->removeNetwork(text("batchyard"))));
    const QString id = run(taskOf(containers), wishes);
    QVERIFY2(m_bench->status(id) == text("SUCCEEDED"), qPrintable(m_bench->container(id, 0).error));
}

void TestJobContainers::everyLineOfALongOutput()
{
    constexpr int count = 200'000;
    const QString id = run(taskOf({container("main", "seq 1 200000; seq 1 1000 >&2; printf end")}));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    const QStringList lines = m_bench->lines(id, 0);
    QCOMPARE(lines.size(), count + 1000 + 1);
    int outLine = 0;
    int errLine = 0;
    for (const QString &line : lines) {
        if (line == QString::number(outLine + 1))
            ++outLine;
        else if (line == QString::number(errLine + 1))
            ++errLine;
    }
    QCOMPARE(outLine, count);
    QCOMPARE(errLine, 1000);
    QVERIFY(lines.contains(text("end")));
}

void TestJobContainers::aLongLineStaysWhole()
{
    const QString id
        = run(taskOf({container("main", "head -c 40960 /dev/zero | tr '\\0' x; echo; echo next")}));
    QCOMPARE(m_bench->lines(id, 0), QStringList({QString(40960, u'x'), text("next")}));
}

void TestJobContainers::bytesThatAreNoText()
{
    const QString id = run(taskOf({container("main", "printf '\\377\\0\\r\\n'")}));
    QFile file(m_bench->logPath(id, 0));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().endsWith(QByteArray("Z out \377\0\r\n", 10)));
}

void TestJobContainers::seesItsDefinition()
{
    QTemporaryDir host;
    QFile::setPermissions(host.path(), QFile::Permissions(0x7755));
    QVERIFY(QFile(host.filePath(text("given"))).open(QIODevice::WriteOnly));
    batch::EcsTaskProperties task = taskOf({container(
        "main",
        "id -u; ulimit -n; ls /in /made; touch /in/x 2>/dev/null || echo ro; "
        "touch /x 2>/dev/null || echo rootro; touch /tmpfs/x && echo tmp; "
        "df -m /dev/shm | awk 'NR==2{print $2}'; "
        "grep -c . /proc/self/status >/dev/null; grep NoNewPrivs /proc/self/status | tr -d '\\t'; "
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat "
        "/sys/fs/cgroup/memory.max; echo $GIVEN")});
    auto &main = task.containers[0];
    main.user = text("1234");
    main.readonlyRootFilesystem = true;
    main.ulimits = {{text("nofile"), 100, 200, {}}};
    main.environment = {{text("GIVEN"), text("a 'b' $c"), {}}};
    main.linuxParameters.emplace();
    main.linuxParameters->sharedMemorySize = 16;
    main.linuxParameters->initProcessEnabled = true;
    main.linuxParameters->tmpfs = {{text("/tmpfs"), 4, {text("mode=1777")}, {}}};
    task.volumes = {{text("in"), batch::Host{host.path(), {}}, {}, {}},
                    {text("made"), batch::Host{host.filePath(text("new/dir")), {}}, {}, {}}};
    main.mountPoints = {{text("in"), text("/in"), true, {}}, {text("made"), text("/made"), {}, {}}};
    const QString id = run(task);
    QCOMPARE(m_bench->lines(id, 0).join(u'|'),
             text("1234|100|/in:|given|new||/made:|ro|rootro|tmp|16|NoNewPrivs:1|67108864|"
                  "a 'b' $c"));
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
    QVERIFY(QDir(host.filePath(text("new/dir"))).exists());
}

void TestJobContainers::sharesVolumes()
{
    batch::EcsTaskProperties task
        = taskOf({container("writer", "echo given > /a/x; echo kept > /e/x", false),
                  container("reader", "cat /b/x /e/x", true, {onSuccess(text("writer"))})});
    task.volumes = {{text("scratch"), batch::Host(), {}, {}},
                    {text("efs"), {}, batch::EfsVolumeConfiguration{text("fs-1"), {}, {}}, {}}};
    task.containers[0].mountPoints
        = {{text("scratch"), text("/a"), {}, {}}, {text("efs"), text("/e"), {}, {}}};
    task.containers[1].mountPoints
        = {{text("scratch"), text("/b"), {}, {}}, {text("efs"), text("/e"), {}, {}}};
    const QString id = run(task);
    QCOMPARE(m_bench->lines(id, 1), QStringList({text("given"), text("kept")}));
    QVERIFY(QFile::exists(m_bench->paths().volumes() + u"/efs/fs-1/x"));
}

void TestJobContainers::sharesProcesses()
{
    batch::EcsTaskProperties task
        = taskOf({container("side", "exec sleep 1000", false),
                  container("main",
                            "until ps | grep -q '[s]leep 1000'; do sleep 0.1; done; "
                            "ps | grep -c '/[p]ause'",
                            true, {onStart(text("side"))})});
    task.pidMode = text("task");
    task.ipcMode = text("task");
    const QString id = run(task);
    QCOMPARE(m_bench->container(id, 0).error, QString());
    QCOMPARE(m_bench->lines(id, 1), QStringList{text("1")});
    QCOMPARE(m_bench->status(id), text("SUCCEEDED"));
}

QTEST_GUILESS_MAIN(TestJobContainers)
#include "tst_jobcontainers.moc"
