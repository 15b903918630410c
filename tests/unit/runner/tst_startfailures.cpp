// Jobs that cannot begin: by what they ask for, or because this machine cannot give it just now.
#include "backend/executor/store/database.h"
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

class TestStartFailures : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_rig = std::make_unique<ScriptedBench>(); }
    void cleanup() { m_rig.reset(); }

    void impossibleVolumeFailsTheJob();
    void directoryThatCannotBeMadeIsTriedAgain_data();
    void directoryThatCannotBeMadeIsTriedAgain();
    void volumeThatTheEngineRefuses_data();
    void volumeThatTheEngineRefuses();
    void failsWhenTheStoreTakesIt_data();
    void failsWhenTheStoreTakesIt();
    void overridesThatAreTooLongFailTheJob_data();
    void overridesThatAreTooLongFailTheJob();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }

    std::unique_ptr<ScriptedBench> m_rig;
};

void TestStartFailures::impossibleVolumeFailsTheJob()
{
    batch::EcsTaskProperties task = taskOf({container("a")});
    const QString name = QStringLiteral("v");
    task.volumes
        = {{name, {}, batch::EfsVolumeConfiguration{QStringLiteral("../../etc"), {}, {}}, {}}};
    task.containers[0].mountPoints = {{name, QStringLiteral("/v"), {}, {}}};
    const QString id = bench().submit(task);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("FAILED"));
    QVERIFY(bench().job(id).statusReason.contains(u"file system id"));
    QVERIFY(bench().store().attempts(id)->isEmpty());
}

void TestStartFailures::directoryThatCannotBeMadeIsTriedAgain_data()
{
    QTest::addColumn<QString>("blocked"); // below the state's directory: a file
    QTest::addColumn<QString>("source"); // of the task's volume, there too
    QTest::newRow("of a volume") << QStringLiteral("data") << QStringLiteral("data/in");
    QTest::newRow("of the hosts file") << QStringLiteral("volumes/hosts") << QString();
}

void TestStartFailures::directoryThatCannotBeMadeIsTriedAgain()
{
    QFETCH(QString, blocked);
    QFETCH(QString, source);
    const QDir home(bench().paths().state);
    const QFileInfo file(home.filePath(blocked));
    QVERIFY(QDir().mkpath(file.path()));
    QVERIFY(QFile(file.filePath()).open(QIODevice::WriteOnly));
    batch::EcsTaskProperties task = taskOf({container("x", false), container("a")});
    if (!source.isEmpty()) {
        task.volumes = {{QStringLiteral("v"), batch::Host{home.filePath(source), {}}, {}, {}}};
        task.containers[1].mountPoints = {{QStringLiteral("v"), QStringLiteral("/v"), {}, {}}};
    }
    const QString id = bench().submit(task, {.retry = batch::RetryStrategy{2, {}, {}}});
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().job(id).attempt, 2);
    QCOMPARE(bench().status(id), QStringLiteral("FAILED"));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("Task failed to start"));
    const executor::AttemptRecord last = bench().attempt(id, 2);
    QCOMPARE(last.decidingContainer, 0);
    const QString error = last.containers.first().state.error;
    QVERIFY2(error.startsWith(u"ResourceInitializationError: ") && error.contains(file.filePath()),
             qPrintable(error));
    const QRegularExpression ofContainers(QStringLiteral("^create .*-[0-9]$"));
    QVERIFY(m_rig->engine.acts().filter(ofContainers).isEmpty());
}

void TestStartFailures::volumeThatTheEngineRefuses_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("attempts");
    QTest::newRow("its disk is full") << static_cast<int>(ErrorCode::Io) << 2;
    QTest::newRow("it did not answer") << static_cast<int>(ErrorCode::Timeout) << 1;
}

void TestStartFailures::volumeThatTheEngineRefuses()
{
    QFETCH(int, code);
    QFETCH(int, attempts);
    const QString why = QStringLiteral("no space left on device");
    m_rig->engine.inject(QStringLiteral("volume-create "), ScriptedEngine::Fault::Refused, 2,
                         {static_cast<ErrorCode>(code), why, {}});
    batch::EcsTaskProperties task = taskOf({container("a")});
    for (const QString &name : {QStringLiteral("v"), QStringLiteral("w")}) {
        task.volumes.append({name, batch::Host(), {}, {}});
        task.containers[0].mountPoints.append({name, u'/' + name, {}, {}});
    }
    const QString id = bench().submit(task, {.retry = batch::RetryStrategy{2, {}, {}}});
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().job(id).attempt, attempts);
    if (attempts == 2)
        QCOMPARE(bench().container(id, 0).error,
                 QStringLiteral("ResourceInitializationError: ") + why);
}

void TestStartFailures::failsWhenTheStoreTakesIt_data()
{
    QTest::addColumn<int>("length"); // of the overridden command
    QTest::addColumn<QString>("fileSystem");
    QTest::newRow("overrides that are too long") << 8193 << QStringLiteral("fs-1");
    QTest::newRow("a volume that cannot be") << 10 << QStringLiteral("../../etc");
}

// The first try to write that it has failed is refused.
void TestStartFailures::failsWhenTheStoreTakesIt()
{
    QFETCH(int, length);
    QFETCH(QString, fileSystem);
    auto other = executor::Database::open(bench().paths().database());
    QVERIFY(other);
    QVERIFY(bench().store().commit()); // else it holds the lock
    QVERIFY((*other)->execute(
        QStringLiteral("CREATE TRIGGER refuse BEFORE UPDATE ON job WHEN new.status = 'FAILED' "
                       "BEGIN SELECT RAISE(ABORT, 'not now'); END")));
    batch::EcsTaskProperties task = taskOf({container("a")});
    task.volumes
        = {{QStringLiteral("v"), {}, batch::EfsVolumeConfiguration{fileSystem, {}, {}}, {}}};
    task.containers[0].mountPoints = {{QStringLiteral("v"), QStringLiteral("/v"), {}, {}}};
    JobWishes wishes;
    wishes.overrides = {{QStringLiteral("a"), {QString(length, u'x')}, {}, {}, {}}};
    const QString id = bench().submit(task, wishes);
    const QString behind = bench().submit(taskOf({container("b")}));
    QTRY_COMPARE(bench().status(behind), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(id), QStringLiteral("RUNNABLE"));
    QVERIFY(bench().store().commit());
    QVERIFY((*other)->execute(QStringLiteral("DROP TRIGGER refuse")));
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(id), QStringLiteral("SUBMITTED RUNNABLE FAILED"));
}

void TestStartFailures::overridesThatAreTooLongFailTheJob_data()
{
    QTest::addColumn<int>("length"); // of all that stands in the command
    QTest::addColumn<QString>("history");
    QTest::newRow("short") << 7000
                           << QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED");
    QTest::newRow("too long") << 8193 << QStringLiteral("SUBMITTED RUNNABLE FAILED");
}

// Accepted, and failed when its attempt would begin (aws-batch.md 1.6).
void TestStartFailures::overridesThatAreTooLongFailTheJob()
{
    QFETCH(int, length);
    QFETCH(QString, history);
    JobWishes wishes;
    wishes.retry = batch::RetryStrategy{3, {}, {}};
    wishes.overrides = {{QStringLiteral("a"), {QString(length, u'x')}, {}, {}, {}}};
    const QString id = bench().submit(taskOf({container("a")}), wishes);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(id), history);
    const bool isTooLong = bench().status(id) == u"FAILED";
    QCOMPARE(bench().job(id).statusReason,
             isTooLong ? QStringLiteral("Container Overrides length must be at most 8192")
                       : QStringLiteral("Essential container in task exited"));
    QCOMPARE(bench().store().attempts(id)->size(), isTooLong ? 0 : 1);
    QCOMPARE(m_rig->engine.acts().isEmpty(), isTooLong);
}

QTEST_GUILESS_MAIN(TestStartFailures)
#include "tst_startfailures.moc"
