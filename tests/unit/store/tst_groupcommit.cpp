// Writes are joined and none is lost: not to a failed change among them, not to another program's
// lock, not to a file that cannot grow, not to a full disk.
#include "backend/executor/store/database.h"
#include "tests/unit/store/storetesting.h"

#include <QSignalSpy>
#include <QTemporaryDir>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::executor;
using batch::fromEpochMs;
using batch::JobStatus;

namespace {

// No file of this process can grow beyond `bytes` meanwhile: writes fail as on a faulty disk.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        m_signal = ::signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit {
            bytes, m_before.rlim_max
        };
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        ::signal(SIGXFSZ, m_signal);
    }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    struct rlimit m_before = {};
    sighandler_t m_signal = SIG_DFL;
};

} // namespace

class TestGroupCommit : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_path = m_directory->filePath(QStringLiteral("executor.sqlite"));
        auto opened = Store::open(m_path);
        VERIFY_RESULT(opened);
        m_store = std::move(*opened);
    }

    void cleanup() { m_store.reset(); }

    void isDurableAfterTheTurn()
    {
        QVERIFY(m_store->isDurable());
        QVERIFY(m_store->durable().isFinished());
        add(QStringLiteral("a"));
        add(QStringLiteral("b"));
        QVERIFY(!m_store->isDurable());
        QFuture<void> first = m_store->durable();
        QFuture<void> second = m_store->durable();
        QVERIFY(!first.isFinished());
        QCOMPARE(onDisk(), 0);
        QVERIFY(m_store->job(QStringLiteral("a"))->has_value()); // we see it at once
        QCoreApplication::processEvents();
        QVERIFY(first.isFinished() && second.isFinished() && !first.isCanceled());
        QVERIFY(m_store->isDurable());
        QCOMPARE(onDisk(), 2);
    }

    void futuresEndWithTheStore()
    {
        add(QStringLiteral("a"));
        const QFuture<void> future = m_store->durable();
        m_store.reset(); // commits
        QVERIFY(future.isFinished() && !future.isCanceled());
        QCOMPARE(onDisk(), 1);
    }

    void aFailedChangeTakesNothingElseWithIt()
    {
        add(QStringLiteral("a"));
        // The child's row contradicts after the parent's has been written.
        QVERIFY(!m_store->addJob(sampleJob(QStringLiteral("b")), {sampleJob(QStringLiteral("a"))}));
        QVERIFY(!m_store->job(QStringLiteral("b"))->has_value());
        add(QStringLiteral("c"));
        QVERIFY(!m_store->requestEnd(QStringLiteral("none"), true, {}));
        VERIFY_RESULT(m_store->commit());
        QCOMPARE(onDisk(), 2);
        QCOMPARE(m_store->history(QStringLiteral("a"))->size(), 1);
        QVERIFY(!m_store->trouble());
    }

    void aChangeOfNothingHoldsNoLock()
    {
        VERIFY_RESULT(m_store->setJobStatuses({}, fromEpochMs(1)));
        QVERIFY(!m_store->requestEnd(QStringLiteral("none"), true, {}));
        QVERIFY(m_store->isDurable());
        const auto other = Database::open(m_path);
        VERIFY_RESULT((*other)->execute(QStringLiteral("BEGIN EXCLUSIVE")));
    }

    void goesOnWhenTheFileCanGrowAgain()
    {
        int told = 0;
        m_store->onTroubleChanged([&] { ++told; });
        add(QStringLiteral("a"));
        VERIFY_RESULT(m_store->setJobStatus(runnable(QStringLiteral("a")), fromEpochMs(2)));
        VERIFY_RESULT(m_store->commit());
        VERIFY_RESULT(m_store->beginAttempt(runnable(QStringLiteral("a")),
                                            sampleAttempt(QStringLiteral("a"), 1), fromEpochMs(3)));
        const QFuture<void> durable = m_store->durable();
        const QFuture<void> settled = m_store->settled();
        {
            const FileSizeLimit limit(1000);
            QTRY_COMPARE(told, 1);
            QVERIFY(m_store->trouble());
            QVERIFY(settled.isFinished());
            QVERIFY(!durable.isFinished());
            // Reads see what is to be written; what goes on is kept; nothing new is taken up.
            QCOMPARE(m_store->attempts(QStringLiteral("a"))->size(), 1);
            ContainerRecord container = sampleContainer(QStringLiteral("a"), 1, 0);
            container.dockerId = QStringLiteral("id");
            VERIFY_RESULT(m_store->putContainer(container));
            const auto refused = m_store->addJob(sampleJob(QStringLiteral("b")));
            QVERIFY(!refused && refused.error().code == ErrorCode::Io);
            QVERIFY(!m_store->commit());
            QVERIFY(!m_store->isDurable());
        }
        QTRY_VERIFY_WITH_TIMEOUT(durable.isFinished(), 5000);
        QVERIFY(!m_store->trouble());
        QCOMPARE(told, 2);
        add(QStringLiteral("b"));
        m_store.reset();
        auto opened = Store::open(m_path);
        VERIFY_RESULT(opened);
        QCOMPARE((*opened)->attempts(QStringLiteral("a"))->first().containers.first().dockerId,
                 QStringLiteral("id"));
        QCOMPARE((*opened)->history(QStringLiteral("a"))->size(), 3);
        QVERIFY((*opened)->job(QStringLiteral("b"))->has_value());
    }

    // F29: SQLite waits 5 s for the lock, then it is told and tried again.
    void waitsForAnotherProgramsLock()
    {
        add(QStringLiteral("a"));
        VERIFY_RESULT(m_store->commit());
        const auto other = Database::open(m_path);
        VERIFY_RESULT((*other)->execute(QStringLiteral("BEGIN EXCLUSIVE")));
        QElapsedTimer timer;
        timer.start();
        const auto refused = m_store->requestEnd(QStringLiteral("a"), true, QStringLiteral("r"));
        QVERIFY(!refused);
        QVERIFY(timer.elapsed() >= 4900);
        QVERIFY(m_store->trouble());
        QVERIFY(refused.error().message.contains(QStringLiteral("locked for 5 s")));
        timer.restart(); // from now on it refuses at once
        QVERIFY(!m_store->requestEnd(QStringLiteral("a"), true, QStringLiteral("r")));
        QVERIFY(!m_store->addJob(sampleJob(QStringLiteral("b"))));
        QVERIFY(timer.elapsed() < 4900);
        QVERIFY(m_store->job(QStringLiteral("a"))->has_value()); // reads go on
        VERIFY_RESULT((*other)->execute(QStringLiteral("ROLLBACK")));
        QTRY_VERIFY_WITH_TIMEOUT(!m_store->trouble(), 5000);
        VERIFY_RESULT(m_store->requestEnd(QStringLiteral("a"), true, QStringLiteral("r")));
        VERIFY_RESULT(m_store->commit());
    }

    void theReserveIsMadeAndKept()
    {
        constexpr qint64 bytes = 1024 * 1024;
        m_store->keepReserve(bytes);
        QVERIFY(!m_store->trouble());
        QCOMPARE(QFileInfo(m_path + QStringLiteral(".reserve")).size(), bytes);
        m_store.reset();
        QCOMPARE(QFileInfo(m_path + QStringLiteral(".reserve")).size(), bytes);
    }

    void theReserveIsGivenUpAndMadeAgain()
    {
        m_store->keepReserve(1024 * 1024);
        add(QStringLiteral("a"));
        {
            const FileSizeLimit limit(1000);
            QVERIFY(!m_store->commit());
            QVERIFY(!QFile::exists(m_path + QStringLiteral(".reserve")));
        }
        VERIFY_RESULT(m_store->commit());
        QVERIFY(m_store->trouble()); // until there is a reserve again
        QTRY_VERIFY_WITH_TIMEOUT(!m_store->trouble(), 5000);
        QVERIFY(QFile::exists(m_path + QStringLiteral(".reserve")));
    }

    void theLogIsEmptiedWhenIdle()
    {
        for (int i = 0; i < 200; ++i)
            add(QString::number(i));
        VERIFY_RESULT(m_store->commit());
        QVERIFY(QFileInfo(m_path + QStringLiteral("-wal")).size() > 0);
        QTRY_COMPARE_WITH_TIMEOUT(QFileInfo(m_path + QStringLiteral("-wal")).size(), 0, 6000);
    }

    // The first try copies what it may and leaves the rest to one after the reader's end.
    void theLogIsEmptiedWhenItsReaderHasEnded()
    {
        const qint64 before = QFileInfo(m_path).size();
        for (int i = 0; i < 200; ++i)
            add(QString::number(i));
        VERIFY_RESULT(m_store->commit());
        const auto reader = Database::open(m_path, Database::Access::ReadOnly);
        VERIFY_RESULT(reader);
        VERIFY_RESULT((*reader)->execute(QStringLiteral("BEGIN")));
        VERIFY_RESULT((*reader)->select(QStringLiteral("SELECT id FROM job"), {}, &readText));
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(m_path).size() > before, 20'000);
        QVERIFY(QFileInfo(m_path + QStringLiteral("-wal")).size() > 0);
        VERIFY_RESULT((*reader)->execute(QStringLiteral("COMMIT")));
        QTRY_COMPARE_WITH_TIMEOUT(QFileInfo(m_path + QStringLiteral("-wal")).size(), 0, 20'000);
    }

    void copiesBesideItsUse()
    {
        add(QStringLiteral("a"));
        VERIFY_RESULT(m_store->commit());
        const QString copy = m_directory->filePath(QStringLiteral("copy"));
        const auto copied = m_store->copyInBackground(copy);
        add(QStringLiteral("b"));
        QTRY_VERIFY(copied.isFinished());
        VERIFY_RESULT(copied.result());
        const auto opened = Store::open(copy);
        VERIFY_RESULT(opened);
        QVERIFY((*opened)->job(QStringLiteral("a"))->has_value());
    }

    void copies()
    {
        add(QStringLiteral("a"));
        const QString copy = m_directory->filePath(QStringLiteral("copy"));
        VERIFY_RESULT(m_store->copyTo(copy));
        add(QStringLiteral("b"));
        VERIFY_RESULT(m_store->copyTo(copy));
        const auto opened = Store::open(copy);
        VERIFY_RESULT(opened);
        QCOMPARE((*opened)->installId(), m_store->installId());
        QVERIFY((*opened)->job(QStringLiteral("b"))->has_value());
    }

private:
    void add(const QString &id) { VERIFY_RESULT(m_store->addJob(sampleJob(id))); }

    static JobRecord runnable(const QString &id)
    {
        JobRecord job = sampleJob(id);
        job.status = JobStatus::Runnable;
        return job;
    }

    // Jobs that another connection sees.
    [[nodiscard]] int onDisk() const
    {
        const auto other = Database::open(m_path, Database::Access::ReadOnly);
        if (!other)
            return -1;
        const auto ids = (*other)->select(QStringLiteral("SELECT id FROM job"), {}, &readText);
        return ids ? static_cast<int>(ids->size()) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
    std::unique_ptr<Store> m_store;
};

QTEST_GUILESS_MAIN(TestGroupCommit)
#include "tst_groupcommit.moc"
