// Changes of jobs' states made durable by the store, against the same statements through SQLite's
// own API on the same schema, with the same number in a commit and the same durability (WAL,
// synchronous FULL). Aim: 0.7. Then an array of 10,000 accepted (aim: 0.5 s).
#include "backend/executor/store/store.h"
#include "tests/bench/report.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <sqlite3.h>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::JobStatus;

namespace {

constexpr int rounds = 5;
constexpr int jobCount = 4000;
constexpr int changesInACommit = 64;
constexpr int childCount = 10'000;

template <typename T>
void must(const Result<T> &result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", qPrintable(result.error().message));
        std::exit(1);
    }
}

executor::JobRecord jobOf(const QString &id)
{
    executor::JobRecord job;
    job.id = id;
    job.name = u"bench"_s;
    job.queue = u"bench"_s;
    job.definitionArn = u"arn:aws:batch:us-east-1:000000000000:job-definition/bench:1"_s;
    job.createdAt = batch::fromEpochMs(1'700'000'000'000);
    job.request = QByteArray(300, 'r');
    job.definition = QByteArray(1500, 'd');
    return job;
}

QString idOf(int number)
{
    return u"00000000-0000-4000-8000-%1"_s.arg(number, 12, 10, QLatin1Char('0'));
}

// A database with jobs that are SUBMITTED.
std::unique_ptr<executor::Store> filled(const QString &path)
{
    auto store = executor::Store::open(path);
    must(store);
    for (int i = 0; i < jobCount; ++i)
        must((*store)->addJob(jobOf(idOf(i))));
    must((*store)->commit());
    return *std::move(store);
}

double changesPerSecond(executor::Store &store)
{
    const double begin = bench::seconds();
    for (int i = 0; i < jobCount; ++i) {
        executor::JobRecord job = jobOf(idOf(i));
        job.status = JobStatus::Runnable;
        must(store.setJobStatus(job, job.createdAt));
        if (i % changesInACommit == changesInACommit - 1)
            must(store.commit());
    }
    must(store.commit());
    return jobCount / (bench::seconds() - begin);
}

class RawDatabase
{
public:
    explicit RawDatabase(const QString &path)
    {
        check(sqlite3_open(qPrintable(path), &m_database));
        for (const char *sql :
             {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"})
            check(sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr));
        m_begin = prepared("BEGIN IMMEDIATE");
        m_commit = prepared("COMMIT");
        m_select = prepared("SELECT status FROM job WHERE id = ?");
        m_update = prepared("UPDATE job SET status = ?, status_reason = ?, started_at = ?, "
                            "stopped_at = ?, attempt = ? WHERE id = ?");
        m_insert = prepared("INSERT INTO state_change (job_id, status, attempt, at, reason) "
                            "VALUES (?, ?, ?, ?, ?)");
    }
    ~RawDatabase()
    {
        for (sqlite3_stmt *statement : {m_begin, m_commit, m_select, m_update, m_insert})
            sqlite3_finalize(statement);
        sqlite3_close(m_database);
    }
    RawDatabase(const RawDatabase &) = delete;
    RawDatabase &operator=(const RawDatabase &) = delete;

    double changesPerSecond()
    {
        const double begin = bench::seconds();
        for (int i = 0; i < jobCount; ++i) {
            if (i % changesInACommit == 0)
                run(m_begin);
            change(idOf(i).toUtf8());
            if (i % changesInACommit == changesInACommit - 1 || i == jobCount - 1)
                run(m_commit);
        }
        return jobCount / (bench::seconds() - begin);
    }

private:
    void check(int code) const
    {
        if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
            return;
        std::fprintf(stderr, "%s\n", sqlite3_errmsg(m_database));
        std::exit(1);
    }

    sqlite3_stmt *prepared(const char *sql)
    {
        sqlite3_stmt *statement = nullptr;
        check(sqlite3_prepare_v2(m_database, sql, -1, &statement, nullptr));
        return statement;
    }

    void run(sqlite3_stmt *statement)
    {
        check(sqlite3_step(statement));
        check(sqlite3_reset(statement));
    }

    void bind(sqlite3_stmt *statement, int place, const char *text)
    {
        check(sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC));
    }

    void change(const QByteArray &id)
    {
        bind(m_select, 1, id.constData());
        run(m_select);
        bind(m_update, 1, "RUNNABLE");
        bind(m_update, 2, "");
        check(sqlite3_bind_null(m_update, 3));
        check(sqlite3_bind_null(m_update, 4));
        check(sqlite3_bind_int(m_update, 5, 0));
        bind(m_update, 6, id.constData());
        run(m_update);
        bind(m_insert, 1, id.constData());
        bind(m_insert, 2, "RUNNABLE");
        check(sqlite3_bind_int(m_insert, 3, 0));
        check(sqlite3_bind_int64(m_insert, 4, 1'700'000'000'000));
        bind(m_insert, 5, "");
        run(m_insert);
    }

    sqlite3 *m_database = nullptr;
    sqlite3_stmt *m_begin = nullptr;
    sqlite3_stmt *m_commit = nullptr;
    sqlite3_stmt *m_select = nullptr;
    sqlite3_stmt *m_update = nullptr;
    sqlite3_stmt *m_insert = nullptr;
};

void compareChanges(const QTemporaryDir &directory)
{
    bench::Ratios ratios("store, state changes", "SQLite's own API", "/s");
    for (int round = 0; round < rounds; ++round) {
        const QString ours = directory.filePath(u"ours-%1"_s.arg(round));
        const QString raw = directory.filePath(u"raw-%1"_s.arg(round));
        const auto store = filled(ours);
        filled(raw).reset();
        RawDatabase database(raw);
        // Which one is first alternates: the disk remembers.
        const double early = round % 2 == 0 ? 0 : database.changesPerSecond();
        const double rate = changesPerSecond(*store);
        ratios.add(rate, round % 2 == 0 ? database.changesPerSecond() : early);
    }
    ratios.print(0.7);
}

void acceptArray(const QTemporaryDir &directory)
{
    const auto store = executor::Store::open(directory.filePath(u"array"_s));
    must(store);
    executor::JobRecord parent = jobOf(u"array"_s);
    parent.kind = executor::JobKind::ArrayParent;
    parent.size = childCount;
    QList<executor::JobRecord> children;
    for (int i = 0; i < childCount; ++i) {
        executor::JobRecord child = parent;
        child.id = u"array:%1"_s.arg(i);
        child.kind = executor::JobKind::ArrayChild;
        child.parentId = parent.id;
        child.index = i;
        children.append(child);
    }
    const double begin = bench::seconds();
    must((*store)->addJob(parent, children));
    must((*store)->commit());
    std::printf("array of %d accepted and durable in %.3f s (aim 0.5 s)\n", childCount,
                bench::seconds() - begin);
    const double read = bench::seconds();
    must((*store)->children(parent.id));
    std::printf("its children read in %.3f s\n", bench::seconds() - read);
    const double counted = bench::seconds();
    must((*store)->childCounts(parent.id));
    std::printf("counted by status in %.6f s\n", bench::seconds() - counted);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QTemporaryDir directory;
    compareChanges(directory);
    acceptArray(directory);
}
