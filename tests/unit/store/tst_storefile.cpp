// The store's file: made whole or not at all, private, kept over crashes, and never written to when
// it is damaged, newer or someone else's.
#include "backend/executor/store/database.h"
#include "tests/unit/store/storetesting.h"

#include <QDir>
#include <QRandomGenerator>
#include <QTemporaryDir>

#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::executor;
using batch::fromEpochMs;
using batch::JobStatus;

namespace {

// All files of the directory with what is in them.
QMap<QString, QByteArray> snapshot(const QTemporaryDir &directory)
{
    QMap<QString, QByteArray> files;
    const QStringList names = QDir(directory.path()).entryList(QDir::Files | QDir::Hidden);
    for (const QString &name : names)
        files.insert(name, contents(directory.filePath(name)));
    return files;
}

mode_t modeOf(const QString &path)
{
    struct stat info = {};
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 07777U : 0;
}

JobRecord moved(JobRecord job, JobStatus status)
{
    job.status = status;
    return job;
}

} // namespace

class TestStoreFile : public QObject
{
    Q_OBJECT

private slots:
    // A filled store that was closed in order; what damage is done to is a copy of it.
    void initTestCase()
    {
        QVERIFY(m_filled.isValid());
        const QString path = m_filled.filePath(QStringLiteral("executor.sqlite"));
        {
            const auto store = Store::open(path);
            VERIFY_RESULT(store);
            fill(**store);
        }
        m_good = contents(path);
    }

    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        QVERIFY(m_directory->isValid());
        m_path = m_directory->filePath(QStringLiteral("executor.sqlite"));
    }

    void isPrivateWhateverTheUmask_data()
    {
        QTest::addColumn<uint>("mask");
        QTest::newRow("open") << 0U;
        QTest::newRow("usual") << 022U;
        QTest::newRow("closed") << 0777U;
    }

    void isPrivateWhateverTheUmask()
    {
        QFETCH(uint, mask);
        const mode_t before = ::umask(mask);
        auto store = Store::open(m_path);
        ::umask(before);
        VERIFY_RESULT(store);
        VERIFY_RESULT((*store)->addJob(sampleJob(QStringLiteral("j"))));
        for (const char *suffix : {"", "-wal", "-shm"})
            QCOMPARE(modeOf(m_path + QString::fromLatin1(suffix)), mode_t(0600));
        store->reset();
        QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files),
                 QStringList{QStringLiteral("executor.sqlite")});

        QVERIFY(::chmod(QFile::encodeName(m_path).constData(), 0666) == 0);
        VERIFY_RESULT(Store::open(m_path));
        QCOMPARE(modeOf(m_path), mode_t(0600));
    }

    void keepsEverythingOverARestart()
    {
        QString installId;
        {
            const auto store = Store::open(m_path);
            VERIFY_RESULT(store);
            QVERIFY((*store)->isNew());
            installId = (*store)->installId();
            fill(**store);
        }
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        QVERIFY(!(*store)->isNew());
        QCOMPARE((*store)->installId(), installId);
        check(**store);
    }

    void keepsEverythingOverAKill()
    {
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        fill(**store);
        // What lies on the disk while the store is open is what a kill leaves.
        const QString copy = m_directory->filePath(QStringLiteral("copy.sqlite"));
        for (const char *suffix : {"", "-wal"})
            QVERIFY(QFile::copy(m_path + QString::fromLatin1(suffix),
                                copy + QString::fromLatin1(suffix)));
        const auto reopened = Store::open(copy);
        VERIFY_RESULT(reopened);
        QCOMPARE((*reopened)->installId(), (*store)->installId());
        check(**reopened);
    }

    // A process adds jobs and says so after each; it is killed in the middle of it. Every job that
    // it has told of must be there, whole.
    void losesNothingToldWhenItsProcessIsKilled()
    {
        int told = 0;
        for (int round = 0; round < 5; ++round) {
            told += jobsToldBeforeTheKill(10 + round * 7, told);
            const auto store = Store::open(m_path);
            VERIFY_RESULT(store);
            const auto jobs = (*store)->jobsInStates({JobStatus::Submitted});
            VERIFY_RESULT(jobs);
            QVERIFY(jobs->size() >= told);
            for (const JobRecord &job : *jobs)
                QCOMPARE((*store)->history(job.id)->size(), 1);
            told = static_cast<int>(jobs->size());
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("cut off");
        QTest::newRow("cut off in the header")
            << QByteArray("SQLite format 3\0", 16) << QStringLiteral("cut off");
        QTest::newRow("text") << QByteArray(500, 'x') << QStringLiteral("no SQLite database");
        QTest::newRow("zeros") << QByteArray(8192, '\0') << QStringLiteral("no SQLite database");
    }

    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        write(m_path, bytes);
        expectRefusal(ErrorCode::Protocol, says);
    }

    void refusesAnotherProgramsDatabase()
    {
        {
            const auto other = Database::open(m_path);
            VERIFY_RESULT(other);
            VERIFY_RESULT((*other)->execute(QStringLiteral("CREATE TABLE bookmarks (url TEXT)")));
        }
        expectRefusal(ErrorCode::Protocol, QStringLiteral("not a state database of Batchyard"));
    }

    void refusesANewerDatabase_data()
    {
        QTest::addColumn<bool>("onlyInTheLog");
        QTest::newRow("in the file") << false;
        QTest::newRow("only in the log yet") << true;
    }

    void refusesANewerDatabase()
    {
        QFETCH(bool, onlyInTheLog);
        VERIFY_RESULT(Store::open(m_path));
        auto newer = Database::open(m_path);
        VERIFY_RESULT(newer);
        VERIFY_RESULT((*newer)->execute(QStringLiteral("PRAGMA user_version = 7")));
        if (!onlyInTheLog)
            newer->reset();
        expectRefusal(ErrorCode::Conflict, QStringLiteral("it has format 7, this is Batchyard"));
    }

    void refusesWhatIsNoFile()
    {
        QVERIFY(QDir().mkpath(m_path));
        const auto directory = Store::open(m_path);
        QVERIFY(!directory);
        QVERIFY(directory.error().code == ErrorCode::Io);
        const auto nowhere = Store::open(m_path + QStringLiteral("/no/such/directory.sqlite"));
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().code == ErrorCode::Io);
        QVERIFY(nowhere.error().message.contains(QStringLiteral("No such file or directory")));
    }

    void refusesALogWithoutItsDatabase()
    {
        write(m_path + QStringLiteral("-wal"), QByteArray(4096, 'w'));
        expectRefusal(ErrorCode::Protocol, QStringLiteral("is missing, but its log"));
    }

    void clearsAwayAnInterruptedCreation()
    {
        for (const char *suffix : {".new", ".new-wal", ".new-journal"})
            write(m_path + QString::fromLatin1(suffix), QByteArray(5000, 'n'));
        {
            const auto store = Store::open(m_path);
            VERIFY_RESULT(store);
            QVERIFY((*store)->isNew());
        }
        QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files),
                 QStringList{QStringLiteral("executor.sqlite")});
    }

    // Random damage: either it is noticed and nothing is touched, or every call still returns.
    void survivesDamage_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 60; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void survivesDamage()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        QByteArray bytes = m_good;
        if (seed % 6 == 0) {
            bytes.truncate(random.bounded(bytes.size()));
        } else {
            const int flips = seed % 2 == 0 ? 1 : random.bounded(2, 200);
            for (int i = 0; i < flips; ++i)
                bytes[random.bounded(bytes.size())] = static_cast<char>(random.bounded(256));
        }
        write(m_path, bytes);
        const auto before = snapshot(*m_directory);
        auto store = Store::open(m_path);
        if (store) {
            useEverything(**store);
            return;
        }
        QVERIFY(!store.error().message.isEmpty());
        QCOMPARE(contents(m_path), before.value(QStringLiteral("executor.sqlite")));
    }

    void noticesDamageInEveryPage()
    {
        constexpr qsizetype pageSize = 4096;
        for (qsizetype page = 1; page < m_good.size() / pageSize; ++page) {
            QByteArray bytes = m_good;
            for (qsizetype i = 0; i < 8; ++i) // the page's own header
                bytes[page * pageSize + i] = '\xff';
            write(m_path, bytes);
            const auto store = Store::open(m_path);
            QVERIFY2(!store, qPrintable(QStringLiteral("page %1").arg(page)));
            QVERIFY(store.error().code == ErrorCode::Protocol);
            QVERIFY(store.error().message.contains(QStringLiteral("is damaged")));
            QCOMPARE(contents(m_path), bytes);
        }
        write(m_path, m_good);
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        check(**store);
    }

    void leavesADamagedDatabaseAndItsLogAlone()
    {
        write(m_path, m_good);
        QTemporaryDir crashed;
        const QString path = crashed.filePath(QStringLiteral("executor.sqlite"));
        {
            const auto store = Store::open(m_path);
            VERIFY_RESULT(store);
            VERIFY_RESULT((*store)->addJob(sampleJob(QStringLiteral("late"))));
            VERIFY_RESULT((*store)->commit());
            for (const char *suffix : {"", "-wal"})
                QVERIFY(QFile::copy(m_path + QString::fromLatin1(suffix),
                                    path + QString::fromLatin1(suffix)));
        }
        QByteArray bytes = contents(path);
        constexpr qsizetype pageSize = 4096;
        bytes.replace(bytes.size() - pageSize, pageSize, QByteArray(pageSize, '\xff'));
        write(path, bytes);
        const QByteArray log = contents(path + QStringLiteral("-wal"));
        QVERIFY(!log.isEmpty());
        const auto store = Store::open(path);
        QVERIFY(!store);
        QVERIFY(store.error().code == ErrorCode::Protocol);
        QCOMPARE(contents(path), bytes);
        QCOMPARE(contents(path + QStringLiteral("-wal")), log);
    }

    void historyCannotBeChanged()
    {
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        fill(**store);
        const auto other = Database::open(m_path);
        VERIFY_RESULT(other);
        QVERIFY(!(*other)->execute(QStringLiteral("UPDATE state_change SET reason = 'x'")));
        QVERIFY(!(*other)->execute(QStringLiteral("DELETE FROM state_change")));
        check(**store);
    }

private:
    static void fill(Store &store)
    {
        for (const auto kind : {ResourceKind::ComputeEnvironment, ResourceKind::JobQueue})
            VERIFY_RESULT(store.putResource(kind,
                                            {QStringLiteral("r"), 0, QStringLiteral("VALID"),
                                             QByteArray(3000, 'd'), fromEpochMs(1)}));
        VERIFY_RESULT(store.addJobDefinition({QStringLiteral("maze"), 0, QStringLiteral("ACTIVE"),
                                              QByteArray(9000, 'm'), fromEpochMs(2)}));
        for (int i = 0; i < 40; ++i) {
            const JobRecord job = sampleJob(QStringLiteral("job-%1").arg(i));
            VERIFY_RESULT(store.addJob(job));
            VERIFY_RESULT(store.setJobStatus(moved(job, JobStatus::Runnable), fromEpochMs(3)));
            VERIFY_RESULT(store.beginAttempt(job, sampleAttempt(job.id, 1), fromEpochMs(4)));
        }
        VERIFY_RESULT(store.commit());
    }

    static void check(Store &store)
    {
        QCOMPARE(store.resources(ResourceKind::JobDefinition)->size(), 1);
        QCOMPARE((*store.resource(ResourceKind::JobQueue, QStringLiteral("r")))->document,
                 QByteArray(3000, 'd'));
        const auto jobs = store.jobsInStates({JobStatus::Starting});
        VERIFY_RESULT(jobs);
        QCOMPARE(jobs->size(), 40);
        QCOMPARE(store.unfinishedAttempts()->size(), 40);
        QCOMPARE(store.history(QStringLiteral("job-39"))->size(), 3);
    }

    // Results do not matter, coming back does.
    static void useEverything(Store &store)
    {
        const JobRecord job = sampleJob(QStringLiteral("job-1"));
        static_cast<void>(store.resources(ResourceKind::JobDefinition));
        static_cast<void>(store.jobsInStates({JobStatus::Starting, JobStatus::Submitted}));
        static_cast<void>(store.listJobs(queryOf({}, {JobStatus::Starting}, 0, 100)));
        static_cast<void>(store.history(job.id));
        static_cast<void>(store.attempts(job.id));
        static_cast<void>(store.unfinishedAttempts());
        static_cast<void>(store.logStreams(QString(), QString(), 1000));
        static_cast<void>(store.addJob(sampleJob(QStringLiteral("new"))));
        static_cast<void>(store.setJobStatus(moved(job, JobStatus::Running), fromEpochMs(9)));
        static_cast<void>(store.putContainer(sampleContainer(job.id, 1, 0)));
        static_cast<void>(
            store.addJobDefinition({QStringLiteral("maze"), 0, QStringLiteral("ACTIVE"),
                                    QByteArray("{}"), fromEpochMs(2)}));
    }

    void expectRefusal(ErrorCode code, const QString &says)
    {
        const auto before = snapshot(*m_directory);
        const auto store = Store::open(m_path);
        QVERIFY(!store);
        QVERIFY2(store.error().code == code, qPrintable(store.error().message));
        QVERIFY2(store.error().message.contains(says), qPrintable(store.error().message));
        QVERIFY(store.error().message.contains(m_path));
        for (auto file = before.begin(); file != before.end(); ++file) {
            if (!file.key().endsWith(QStringLiteral("-shm")))
                QCOMPARE(contents(m_directory->filePath(file.key())), file.value());
        }
    }

    // How many jobs a process told of, numbered from `first`, before it was killed after `wanted`.
    int jobsToldBeforeTheKill(int wanted, int first)
    {
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0)
            return 0;
        const pid_t child = ::fork();
        if (child == 0)
            addJobsForEver(ends[1], first);
        ::close(ends[1]);
        int told = 0;
        char byte = 0;
        while (told < wanted && ::read(ends[0], &byte, 1) == 1)
            ++told;
        ::kill(child, SIGKILL);
        while (::read(ends[0], &byte, 1) == 1) // told between the last look and the kill
            ++told;
        ::close(ends[0]);
        ::waitpid(child, nullptr, 0);
        return told;
    }

    [[noreturn]] void addJobsForEver(int tell, int first) const
    {
        const auto store = Store::open(m_path);
        for (int i = first; store; ++i) {
            if (!(*store)->addJob(sampleJob(QStringLiteral("%1-%2").arg(::getpid()).arg(i)))
                || !(*store)->commit() || ::write(tell, "x", 1) != 1)
                break;
        }
        ::_exit(1);
    }

    QTemporaryDir m_filled;
    QByteArray m_good; // the bytes of the filled store
    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestStoreFile)
#include "tst_storefile.moc"
