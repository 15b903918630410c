// A database of format 1 is brought up to date whole or not at all, with a copy of it kept.
#include "backend/executor/store/schema.h"
#include "tests/unit/store/storetesting.h"

#include <QTemporaryDir>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::executor;
using batch::JobStatus;

namespace {

// Runs fn in a process of its own, which is killed when fn returns or after `microseconds`.
template <typename Function>
void inKilledProcess(Function fn, std::optional<useconds_t> microseconds = {})
{
    const pid_t child = ::fork();
    if (child == 0) {
        fn();
        ::kill(::getpid(), SIGKILL);
    }
    if (microseconds) {
        ::usleep(*microseconds);
        ::kill(child, SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
}

} // namespace

class TestStoreMigration : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_path = m_directory->filePath(QStringLiteral("executor.sqlite"));
        makeFormat1();
    }

    void bringsFormat1UpToDate()
    {
        check();
        const auto copy
            = Database::open(m_path + QStringLiteral(".format-1"), Database::Access::ReadOnly);
        VERIFY_RESULT(copy);
        QCOMPARE(version(**copy), 1);
        QCOMPARE((*copy)->select(QStringLiteral("SELECT id FROM job"), {}, &readText)->size(), 3);
    }

    void survivesAKillAtEachStatement()
    {
        for (qsizetype done = 0; done <= migration(1).size(); ++done) {
            init();
            inKilledProcess([&] {
                const auto database = Database::open(m_path);
                static_cast<void>((*database)->execute(QStringLiteral("BEGIN IMMEDIATE")));
                for (qsizetype i = 0; i < done; ++i)
                    static_cast<void>((*database)->execute(migration(1)[i]));
            });
            {
                const auto database = Database::open(m_path, Database::Access::ReadOnly);
                VERIFY_RESULT(database);
                QCOMPARE(version(**database), 1);
                QVERIFY(!(*database)->execute(QStringLiteral("SELECT kind FROM job")));
            }
            check();
        }
    }

    void survivesAKillAtAnyTime()
    {
        for (useconds_t time = 0; time < 40'000; time += 1'300) {
            init();
            inKilledProcess([&] { static_cast<void>(Store::open(m_path)); }, time);
            {
                const auto database = Database::open(m_path, Database::Access::ReadOnly);
                VERIFY_RESULT(database);
                const qint64 found = version(**database);
                QVERIFY2(found == 1 || found == schemaVersion, qPrintable(QString::number(found)));
            }
            check();
        }
    }

private:
    static qint64 version(Database &database)
    {
        return database.selectOne(QStringLiteral("PRAGMA user_version"), {}, &readNumber)
            ->value_or(0);
    }

    // By the statements of the release that had it.
    void makeFormat1()
    {
        const auto opened = Database::open(m_path);
        VERIFY_RESULT(opened);
        Database &database = **opened;
        run(database, QStringLiteral("PRAGMA application_id = %1").arg(applicationId));
        run(database, QStringLiteral("PRAGMA journal_mode = WAL"));
        for (const QString &statement : migration(0))
            run(database, statement);
        run(database, QStringLiteral("PRAGMA user_version = 1"));
        run(database, QStringLiteral("INSERT INTO meta VALUES ('install_id', '0badcafe')"));
        run(database,
            QStringLiteral("INSERT INTO resource VALUES ('JOB_QUEUE', 'q', 0, 'VALID', "
                           "x'7b7d', 5)"));
        for (const char *id : {"a", "b", "c"}) {
            run(database,
                QStringLiteral("INSERT INTO job (id, name, queue, definition_arn, status,"
                               " status_reason, created_at, attempt, cancel_requested,"
                               " terminate_requested, end_reason, request, definition) VALUES"
                               " ('%1', 'n', 'q', 'arn', 'RUNNABLE', '', 7, 1, 0, 0, '',"
                               " CAST('{\"tags\":{\"k\":\"v\"},\"shareIdentifier\":\"s\","
                               "\"schedulingPriorityOverride\":9}' AS BLOB), x'7b7d')")
                    .arg(QLatin1StringView(id)));
            run(database,
                QStringLiteral("INSERT INTO state_change (job_id, status, attempt, at, reason) "
                               "VALUES ('%1', 'SUBMITTED', 0, 7, '')")
                    .arg(QLatin1StringView(id)));
            run(database,
                QStringLiteral("INSERT INTO attempt VALUES ('%1', 1, 't', 'ce', 1, 0, 8,"
                               " 9, 10, '', 0, '', -1)")
                    .arg(QLatin1StringView(id)));
        }
        // One that is no JSON.
        run(database, QStringLiteral("UPDATE job SET request = x'00ff' WHERE id = 'c'"));
    }

    static void run(Database &database, const QString &sql)
    {
        VERIFY_RESULT(database.execute(sql));
    }

    void check()
    {
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        QCOMPARE((*store)->installId(), QStringLiteral("0badcafe"));
        QVERIFY(!(*store)->isNew());
        QCOMPARE((*store)->resources(ResourceKind::JobQueue)->size(), 1);
        const auto job = (*store)->job(QStringLiteral("a"));
        VERIFY_RESULT(job);
        QVERIFY((*job)->kind == JobKind::Single);
        QCOMPARE((*job)->index, -1);
        QCOMPARE((*job)->tags.value(QStringLiteral("k")), QStringLiteral("v"));
        QCOMPARE((*job)->shareIdentifier, QStringLiteral("s"));
        QCOMPARE((*job)->schedulingPriority, 9);
        QVERIFY((*store)->job(QStringLiteral("c"))->value().tags.isEmpty());
        QCOMPARE((*store)->listJobs(queryOf(QStringLiteral("q"), {}, 0, 10))->size(), 3);
        QCOMPARE((*store)->history(QStringLiteral("b"))->size(), 1);
        QCOMPARE((*store)->unfinishedAttempts()->size(), 3);
        QVERIFY((*store)->blockedHeads()->isEmpty());
        VERIFY_RESULT((*store)->putResource(
            ResourceKind::SchedulingPolicy,
            {QStringLiteral("p"), 0, QStringLiteral("VALID"), QByteArray("{}"), {}}));
        VERIFY_RESULT((*store)->commit());
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestStoreMigration)
#include "tst_storemigration.moc"
