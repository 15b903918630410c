// A lost database is made again from its backup, Docker's labels and the logs: nothing is
// overwritten, nothing is started twice, and what is not known is said to be so.
#include "backend/executor/recovery.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/recoverylabel.h"
#include "backend/executor/runner/unknowncontainers.h"
#include "tests/support/engine/scriptedengine.h"
#include "tests/unit/store/storetesting.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>

using namespace batchyard;
using namespace batchyard::executor;
using namespace Qt::Literals::StringLiterals;
using batch::fromEpochMs;
using batch::JobStatus;

namespace {

// As containernames.h says.
QString nameOf(const QString &installId, const QString &jobId, int attempt, int index)
{
    return u"by-%1-%2-a%3-%4"_s.arg(installId, jobId, QString::number(attempt),
                                    index == pauseIndex ? u"pause"_s : QString::number(index));
}

QMap<QString, QString> labelsOf(const QString &installId, const QString &jobId, int attempt,
                                const QString &container)
{
    return {{installLabel, installId},
            {jobLabel, jobId},
            {attemptLabel, QString::number(attempt)},
            {containerLabel, container}};
}

JobRecord runnable(JobRecord job)
{
    job.status = JobStatus::Runnable;
    return job;
}

} // namespace

class TestRecovery : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_paths = {m_directory->path(), {}};
        m_engine = std::make_unique<test::ScriptedEngine>();
        auto opened = Store::open(m_paths.database());
        VERIFY_RESULT(opened);
        m_store = *std::move(opened);
        m_installId = m_store->installId();
    }

    void cleanup() { m_store.reset(); }

    void takesUpWhatRuns()
    {
        begin(sampleJob(u"run"_s), 2);
        log(u"over"_s, 1);
        const QByteArray damaged = damage();
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        Store &store = *recovered->store;
        QCOMPARE(recovered->report.adopted, 1);
        QCOMPARE(recovered->report.failed, 1);
        QVERIFY(!recovered->report.fromBackup);
        QCOMPARE(contents(recovered->report.movedAside.value(0)), damaged);
        QCOMPARE(store.installId(), m_installId);

        const auto job = store.job(u"run"_s);
        QVERIFY((*job)->status == JobStatus::Starting);
        QCOMPARE((*job)->attempt, 2);
        QCOMPARE((*job)->request, sampleJob(u"run"_s).request);
        const auto attempts = store.unfinishedAttempts();
        QCOMPARE(attempts->size(), 1);
        for (const ContainerRecord &container : attempts->first().containers) {
            const bool isThere = container.index < 1; // the pause container and the first
            QCOMPARE(!container.dockerId.isEmpty(), isThere);
            QCOMPARE(container.intent != core::ContainerStatus::None, isThere);
        }
        expectUnknown(store, u"over"_s);
        QCOMPARE(store.resources(ResourceKind::JobQueue)->size(), 2); // q and that of the unknown
        QCOMPARE(store.listJobs(queryOf(u"q"_s, {}, 0, 10))->size(), 1);
    }

    void takesUpALoneContainer()
    {
        beginAlone(sampleJob(u"run"_s));
        damage();
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        QCOMPARE(recovered->report.adopted, 1);
        QCOMPARE(recovered->report.failed, 0);
        QVERIFY((*recovered->store->job(u"run"_s))->status == JobStatus::Starting);
        const auto attempts = recovered->store->unfinishedAttempts();
        QCOMPARE(attempts->size(), 1);
        QCOMPARE(attempts->first().containers.size(), 1);
        const ContainerRecord &container = attempts->first().containers.first();
        QCOMPARE(container.index, 0);
        QVERIFY(!container.dockerId.isEmpty());
        QVERIFY(container.intent == core::ContainerStatus::Running);
    }

    void prefersTheBackup()
    {
        for (const char *id : {"waits", "ended later", "was running", "started later"})
            add(sampleJob(QString::fromLatin1(id)));
        begin(sampleJob(u"was running"_s), 1, true);
        log(u"was running"_s, 1);
        VERIFY_RESULT(m_store->copyTo(m_paths.databaseBackup()));
        // After the backup: one starts and ends, one starts and runs, one ends and is removed.
        log(u"ended later"_s, 1);
        begin(sampleJob(u"started later"_s), 1, true);
        m_engine->vanish(nameOf(m_installId, u"was running"_s, 1, pauseIndex));
        m_engine->vanish(nameOf(m_installId, u"was running"_s, 1, 0));
        damage();
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        Store &store = *recovered->store;
        QVERIFY(recovered->report.fromBackup);
        QCOMPARE(store.installId(), m_installId);
        QVERIFY((*store.job(u"waits"_s))->status == JobStatus::Runnable);
        QVERIFY((*store.job(u"started later"_s))->status == JobStatus::Starting);
        expectUnknown(store, u"ended later"_s);
        expectUnknown(store, u"was running"_s);
        const auto open = store.unfinishedAttempts();
        QCOMPARE(open->size(), 1);
        QCOMPARE(open->first().jobId, u"started later"_s);
    }

    void takesUpTheChildrenThatRun()
    {
        JobRecord parent = sampleJob(u"array"_s);
        parent.kind = JobKind::ArrayParent;
        parent.size = 3;
        const QList<JobRecord> children = sampleChildren(parent);
        VERIFY_RESULT(m_store->addJob(parent, children));
        begin(children[1], 1, true);
        log(u"other:4"_s, 1); // of an array that nothing else tells of
        damage();
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        Store &store = *recovered->store;
        QVERIFY((*store.job(u"array"_s))->status == JobStatus::Pending);
        QVERIFY((*store.job(u"array:1"_s))->status == JobStatus::Starting);
        QCOMPARE((*store.job(u"array:1"_s))->definition, parent.definition);
        expectUnknown(store, u"array:0"_s);
        expectUnknown(store, u"array:2"_s);
        QCOMPARE(store.childCounts(u"other"_s)->value(JobStatus::Failed), 5);
    }

    void takesUpNodesTogether_data()
    {
        QTest::addColumn<int>("there");
        QTest::addColumn<bool>("hasBackup");
        QTest::newRow("all") << 2 << false;
        QTest::newRow("all, with a backup") << 2 << true;
        QTest::newRow("one has ended") << 1 << false;
    }

    void takesUpNodesTogether()
    {
        QFETCH(int, there);
        QFETCH(bool, hasBackup);
        JobRecord parent = sampleJob(u"nodes"_s);
        parent.kind = JobKind::MultiNodeParent;
        parent.size = 2;
        const QList<JobRecord> nodes = sampleChildren(parent);
        VERIFY_RESULT(m_store->addJob(parent, nodes));
        VERIFY_RESULT(m_store->setJobStatus(runnable(parent), fromEpochMs(3)));
        AttemptRecord whole = sampleAttempt(parent.id, 1);
        whole.containers.clear();
        VERIFY_RESULT(m_store->beginAttempt(runnable(parent), whole, fromEpochMs(4)));
        for (int i = 0; i < there; ++i)
            begin(nodes[i], 1, true);
        if (hasBackup)
            VERIFY_RESULT(m_store->copyTo(m_paths.databaseBackup()));
        damage();
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        Store &store = *recovered->store;
        QCOMPARE(recovered->report.adopted, there == 2 ? 2 : 0);
        for (const QString &id : {u"nodes"_s, u"nodes#0"_s, u"nodes#1"_s}) {
            if (there < 2) {
                expectUnknown(store, id);
                continue;
            }
            const auto job = store.job(id);
            QVERIFY((*job)->status == JobStatus::Starting);
            QCOMPARE((*job)->attempt, 1);
            const auto attempts = store.attempts(id);
            QCOMPARE(attempts->size(), 1);
            QVERIFY(!attempts->first().ended);
            QCOMPARE(attempts->first().taskId.size(), 32);
            QCOMPARE(attempts->first().containers.isEmpty(), id == parent.id);
        }
    }

    void leavesASoundDatabaseAlone()
    {
        add(sampleJob(u"a"_s));
        begin(sampleJob(u"run"_s), 1);
        m_store.reset();
        const auto recovered = recover();
        QVERIFY(!recovered && recovered.error().code == ErrorCode::Conflict);
        QVERIFY((*Store::open(m_paths.database()))->job(u"a"_s)->has_value());
    }

    // F30: the write-ahead log is gone, or an old copy was put back.
    void completesAnOlderDatabase()
    {
        for (const char *id : {"waits", "started later", "ended later"})
            add(sampleJob(QString::fromLatin1(id)));
        begin(sampleJob(u"ran"_s), 1);
        const QString old = m_paths.state + u"/old"_s;
        VERIFY_RESULT(m_store->copyTo(old));
        begin(sampleJob(u"started later"_s), 1, true);
        begin(sampleJob(u"submitted later"_s), 1);
        log(u"ended later"_s, 1);
        m_store.reset();
        QVERIFY(QFile::remove(m_paths.database()) && QFile::rename(old, m_paths.database()));
        {
            const auto opened = Store::open(m_paths.database());
            VERIFY_RESULT(opened);
            const auto unknown
                = unknownContainers(**opened, m_engine->listContainers({}).result().value());
            VERIFY_RESULT(unknown);
            QCOMPARE(unknown->size(), 4); // two of each that began later
        }
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        Store &store = *recovered->store;
        QCOMPARE(recovered->report.movedAside.size(), 1);
        QVERIFY(!(*Store::open(recovered->report.movedAside.first()))
                     ->job(u"submitted later"_s)
                     ->has_value());
        QVERIFY((*store.job(u"waits"_s))->status == JobStatus::Runnable);
        for (const QString &id : {u"ran"_s, u"started later"_s, u"submitted later"_s})
            QVERIFY2((*store.job(id))->status == JobStatus::Starting, qPrintable(id));
        QCOMPARE(store.unfinishedAttempts()->size(), 3);
        expectUnknown(store, u"ended later"_s);
        QVERIFY(unknownContainers(store, m_engine->listContainers({}).result().value())->isEmpty());
    }

    // F30: an empty one in its place would forget the jobs.
    void tellsThatADatabaseIsLost_data()
    {
        QTest::addColumn<QString>("trace"); // beside it; a directory's name ends with a slash
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<bool>("isLost");
        QTest::newRow("nothing yet") << QString() << false << false;
        QTest::newRow("an interrupted creation") << u"executor.sqlite.new"_s << false << false;
        QTest::newRow("no logs yet") << u"logs/"_s << false << false;
        QTest::newRow("logs") << u"logs/job/1/"_s << false << true;
        QTest::newRow("logs, and it is there") << u"logs/job/1/"_s << true << false;
        QTest::newRow("a backup") << u"state.backup"_s << false << true;
        QTest::newRow("moved aside") << u"executor.sqlite.damaged-1"_s << false << true;
        QTest::newRow("an interrupted recovery")
            << u"executor.sqlite.recovering"_s << false << true;
        QTest::newRow("an older format") << u"executor.sqlite.format-2"_s << false << true;
    }

    void tellsThatADatabaseIsLost()
    {
        QFETCH(QString, trace);
        QFETCH(bool, isThere);
        QFETCH(bool, isLost);
        m_store.reset();
        if (!isThere)
            QVERIFY(QFile::remove(m_paths.database()));
        if (trace.endsWith(u'/'))
            QVERIFY(QDir(m_paths.state).mkpath(trace));
        else if (!trace.isEmpty())
            write(m_paths.state + u'/' + trace, "x");
        const auto checked = checkIsNotLost(m_paths);
        QCOMPARE(!checked, isLost);
        if (isLost) {
            QVERIFY(checked.error().code == ErrorCode::Protocol);
            QVERIFY(checked.error().message.contains(m_paths.database()));
        }
    }

    void makesALostDatabaseAgain()
    {
        add(sampleJob(u"waits"_s));
        VERIFY_RESULT(m_store->copyTo(m_paths.databaseBackup()));
        begin(sampleJob(u"run"_s), 1);
        m_store.reset();
        QVERIFY(QFile::remove(m_paths.database()));
        write(m_paths.database() + u".recovering"_s, "what a recovery left that was killed");
        QVERIFY(!checkIsNotLost(m_paths));
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        QVERIFY(recovered->report.fromBackup && !recovered->report.isNew);
        QCOMPARE(recovered->store->installId(), m_installId);
        QVERIFY((*recovered->store->job(u"waits"_s))->status == JobStatus::Runnable);
        QVERIFY((*recovered->store->job(u"run"_s))->status == JobStatus::Starting);
        QVERIFY(!QFile::exists(m_paths.database() + u".recovering"_s));
        VERIFY_RESULT(checkIsNotLost(m_paths));
    }

    // What only waits is in the backup alone.
    void goesOnlyWithTheBackup()
    {
        add(sampleJob(u"waits"_s));
        VERIFY_RESULT(m_store->copyTo(m_paths.databaseBackup()));
        const QByteArray damaged = damage();
        QVERIFY(QFile::rename(m_paths.databaseBackup(), m_paths.state + u"/kept"_s));
        QVERIFY(QDir().mkpath(m_paths.databaseBackup())); // it cannot be copied
        QVERIFY(!recover());
        QCOMPARE(contents(m_paths.database()), damaged);
        QVERIFY(QDir().rmdir(m_paths.databaseBackup()));
        QVERIFY(QFile::rename(m_paths.state + u"/kept"_s, m_paths.databaseBackup()));
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        QVERIFY((*recovered->store->job(u"waits"_s))->status == JobStatus::Runnable);
    }

    // F30: what had begun later has ended and left no container.
    void completesByTheLogs_data()
    {
        QTest::addColumn<JobKind>("kind");
        QTest::addColumn<bool>("isKnown"); // the job itself
        QTest::newRow("a job") << JobKind::Single << true;
        QTest::newRow("a child of an array") << JobKind::ArrayParent << true;
        QTest::newRow("a node") << JobKind::MultiNodeParent << true;
        QTest::newRow("a job submitted later") << JobKind::Single << false;
    }

    void completesByTheLogs()
    {
        QFETCH(JobKind, kind);
        QFETCH(bool, isKnown);
        JobRecord job = sampleJob(u"job"_s);
        job.kind = kind;
        job.size = kind == JobKind::Single ? 0 : 2;
        const QList<JobRecord> children = sampleChildren(job);
        if (isKnown)
            VERIFY_RESULT(m_store->addJob(job, children));
        for (const JobRecord &each : QList<JobRecord>{job} + children) {
            if (isKnown && each.kind != JobKind::ArrayParent)
                VERIFY_RESULT(m_store->setJobStatus(runnable(each), fromEpochMs(2)));
        }
        m_store.reset();
        log(children.isEmpty() ? job.id : children.last().id, 1);
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        expectUnknown(*recovered->store, children.isEmpty() ? job.id : children.last().id);
        if (kind == JobKind::MultiNodeParent) { // its nodes run together
            expectUnknown(*recovered->store, job.id);
            expectUnknown(*recovered->store, children.first().id);
        }
        if (kind == JobKind::ArrayParent)
            QVERIFY((*recovered->store->job(children.first().id))->status == JobStatus::Runnable);
    }

    // Whoever follows the events has seen numbers that the backup does not know.
    void numbersChangesAfterThoseThatWereLost_data()
    {
        QTest::addColumn<bool>("isDamaged");
        QTest::newRow("made again from the backup") << true;
        QTest::newRow("an older copy") << false;
    }

    void numbersChangesAfterThoseThatWereLost()
    {
        QFETCH(bool, isDamaged);
        const JobRecord waits = sampleJob(u"waits"_s);
        add(waits);
        VERIFY_RESULT(m_store->copyTo(m_paths.databaseBackup()));
        add(sampleJob(u"lost"_s));
        const qint64 seen = *m_store->lastChange();
        if (isDamaged) {
            damage();
        } else {
            m_store.reset();
            QVERIFY(QFile::remove(m_paths.database()));
            QVERIFY(QFile::rename(m_paths.databaseBackup(), m_paths.database()));
            log(u"lost"_s, 1);
        }
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        Store &store = *recovered->store;
        QVERIFY(*store.lastChange() > seen);
        const qint64 before = *store.lastChange();
        AttemptRecord attempt = sampleAttempt(waits.id, 1);
        VERIFY_RESULT(store.beginAttempt(runnable(waits), attempt, fromEpochMs(4)));
        VERIFY_RESULT(store.addJob(sampleJob(u"new"_s)));
        const auto changes = store.changesAfter(before, 10);
        VERIFY_RESULT(changes);
        QCOMPARE(changes->size(), 2);
        QCOMPARE(changes->last().jobId, u"new"_s);
        QCOMPARE(changes->last().number, before + 2);
        QCOMPARE(*store.lastChange(), before + 2);
    }

    void touchesNothingWithoutTheEngine()
    {
        const QByteArray damaged = damage();
        m_engine->setReachable(false);
        QVERIFY(!recover());
        QCOMPARE(contents(m_paths.database()), damaged);
        QVERIFY(QDir(m_paths.state).entryList({u"*damaged*"_s}).isEmpty());
    }

    void leavesOtherInstallationsAlone()
    {
        begin(sampleJob(u"run"_s), 1);
        docker::ContainerSpec other;
        other.name = u"other"_s;
        other.labels = labelsOf(u"00000000"_s, u"theirs"_s, 1, u"c"_s);
        static_cast<void>(m_engine->createContainer(other));
        damage();
        const auto recovered = recover();
        VERIFY_RESULT(recovered);
        QVERIFY(!recovered->store->job(u"theirs"_s)->has_value());
    }

    // F30: refused with what to do, and recovered without a byte of it changed; or sound enough.
    void survivesDamage()
    {
        for (int i = 0; i < 30; ++i)
            add(sampleJob(u"job-%1"_s.arg(i)));
        m_store.reset();
        const QByteArray good = contents(m_paths.database());
        int refused = 0;
        for (quint32 seed = 1; seed <= 200; ++seed) {
            const QByteArray bytes = damagedBytes(good, seed);
            write(m_paths.database(), bytes);
            const auto opened = Store::open(m_paths.database());
            if (opened)
                continue;
            ++refused;
            QVERIFY(!opened.error().message.isEmpty());
            QCOMPARE(contents(m_paths.database()), bytes);
            const auto recovered = recover();
            VERIFY_RESULT(recovered);
            QVERIFY(!recovered->report.movedAside.isEmpty());
            QCOMPARE(contents(recovered->report.movedAside.first()), bytes);
        }
        QVERIFY2(refused > 100, qPrintable(QString::number(refused)));
    }

private:
    void add(const JobRecord &job)
    {
        VERIFY_RESULT(m_store->addJob(job));
        VERIFY_RESULT(m_store->setJobStatus(runnable(job), fromEpochMs(2)));
        VERIFY_RESULT(m_store->commit());
    }

    // Its pause container and its first one run.
    void begin(const JobRecord &job, int number, bool isThere = false)
    {
        if (!isThere)
            VERIFY_RESULT(m_store->addJob(job));
        VERIFY_RESULT(m_store->setJobStatus(runnable(job), fromEpochMs(3)));
        run(sampleAttempt(job.id, number), job, {pauseIndex, 0});
    }

    void beginAlone(const JobRecord &job)
    {
        VERIFY_RESULT(m_store->addJob(job));
        VERIFY_RESULT(m_store->setJobStatus(runnable(job), fromEpochMs(3)));
        AttemptRecord attempt = sampleAttempt(job.id, 1);
        attempt.containers = {sampleContainer(job.id, 1, 0)};
        run(attempt, job, {0});
    }

    // With these of its containers; the pause container, if there is one, tells of the job.
    void run(AttemptRecord attempt, const JobRecord &job, const QList<int> &indices)
    {
        const int number = attempt.number;
        for (ContainerRecord &container : attempt.containers)
            container.dockerName = nameOf(m_installId, job.id, number, container.index);
        VERIFY_RESULT(m_store->beginAttempt(runnable(job), attempt, fromEpochMs(4)));
        VERIFY_RESULT(m_store->commit());
        for (const int index : indices) {
            docker::ContainerSpec spec;
            spec.name = nameOf(m_installId, job.id, number, index);
            spec.image = u"image"_s;
            spec.labels = labelsOf(m_installId, job.id, number,
                                   index == pauseIndex ? QString(pauseContainerName) : u"c0"_s);
            if (index == pauseIndex || !indices.contains(pauseIndex))
                spec.labels.insert(RecoveryLabels(*m_store).of(job, attempt));
            test::Script script;
            script.runsOn = true;
            m_engine->setScript(spec.name, script);
            VERIFY_RESULT(m_engine->createContainer(spec).result());
            static_cast<void>(m_engine->startContainer(spec.name));
        }
        log(job.id, number);
    }

    void log(const QString &jobId, int number)
    {
        QVERIFY(QDir().mkpath(u"%1/%2/%3"_s.arg(m_paths.logs(), jobId).arg(number)));
    }

    // Ends the store and damages its file, beyond telling its install id.
    QByteArray damage()
    {
        m_store.reset();
        const QByteArray bytes(20'000, 'x');
        write(m_paths.database(), bytes);
        return bytes;
    }

    static QByteArray damagedBytes(const QByteArray &good, quint32 seed)
    {
        constexpr int pageSize = 4096;
        QRandomGenerator random(seed);
        QByteArray bytes = good;
        switch (seed % 4) {
        case 0:
            bytes.truncate(seed % 40 == 0 ? 0 : random.bounded(bytes.size()));
            break;
        case 1: {
            const int page = random.bounded(static_cast<int>(bytes.size()) / pageSize);
            for (int i = 0; i < pageSize; ++i)
                bytes[page * pageSize + i] = static_cast<char>(random.bounded(256));
            break;
        }
        case 2:
            for (int i = 0; i < 200; ++i)
                bytes[random.bounded(bytes.size())] = static_cast<char>(random.bounded(256));
            break;
        case 3:
            bytes[random.bounded(bytes.size())] = static_cast<char>(random.bounded(256));
            break;
        }
        return bytes;
    }

    Result<RecoveredStore> recover()
    {
        return recoverStore(m_paths, *m_engine, fromEpochMs(1'700'000'100'000));
    }

    static void expectUnknown(Store &store, const QString &id)
    {
        const auto job = store.job(id);
        VERIFY_RESULT(job);
        QVERIFY(job->has_value());
        QVERIFY2((*job)->status == JobStatus::Failed, qPrintable(id));
        QCOMPARE((*job)->statusReason, QString(outcomeUnknownReason));
        const auto attempts = store.attempts(id);
        VERIFY_RESULT(attempts);
        for (const AttemptRecord &attempt : *attempts)
            QVERIFY(attempt.ended && attempt.cleaned);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    Paths m_paths;
    std::unique_ptr<test::ScriptedEngine> m_engine;
    std::unique_ptr<Store> m_store;
    QString m_installId;
};

QTEST_GUILESS_MAIN(TestRecovery)
#include "tst_recovery.moc"
