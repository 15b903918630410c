#include "backend/executor/store/schema.h"

#include "backend/executor/store/databasefile.h"

#include <QFileInfo>
#include <QRandomGenerator>

namespace batchyard::executor {

namespace {

// One step leads from the version that is its index to the next one; once released, a step is never
// changed. Times are milliseconds since 1970, UTC; texts of a fixed set are AWS's or the agent's
// names.
const QList<QStringList> &migrations()
{
    static const QList<QStringList> steps{
        {
            QStringLiteral("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) "
                           "STRICT, WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE resource ("
                           " kind TEXT NOT NULL CHECK (kind IN ('COMPUTE_ENVIRONMENT', 'JOB_QUEUE',"
                           "  'JOB_DEFINITION')),"
                           " name TEXT NOT NULL,"
                           " revision INTEGER NOT NULL,"
                           " status TEXT NOT NULL,"
                           " document BLOB NOT NULL,"
                           " created_at INTEGER NOT NULL,"
                           " PRIMARY KEY (kind, name, revision)) STRICT, WITHOUT ROWID"),
            // Outlives the definitions, so that no revision is ever given twice.
            QStringLiteral("CREATE TABLE last_revision (name TEXT PRIMARY KEY,"
                           " revision INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE job ("
                           " sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
                           " id TEXT NOT NULL UNIQUE,"
                           " name TEXT NOT NULL,"
                           " queue TEXT NOT NULL,"
                           " definition_arn TEXT NOT NULL,"
                           " status TEXT NOT NULL CHECK (status IN ('SUBMITTED', 'PENDING',"
                           "  'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED')),"
                           " status_reason TEXT NOT NULL,"
                           " created_at INTEGER NOT NULL,"
                           " started_at INTEGER,"
                           " stopped_at INTEGER,"
                           " attempt INTEGER NOT NULL,"
                           " cancel_requested INTEGER NOT NULL,"
                           " terminate_requested INTEGER NOT NULL,"
                           " end_reason TEXT NOT NULL,"
                           " request BLOB NOT NULL,"
                           " definition BLOB NOT NULL) STRICT"),
            QStringLiteral("CREATE INDEX job_by_status ON job (status, sequence)"),
            QStringLiteral("CREATE INDEX job_by_queue ON job (queue, status, sequence)"),
            QStringLiteral("CREATE TABLE state_change ("
                           " number INTEGER PRIMARY KEY,"
                           " job_id TEXT NOT NULL REFERENCES job (id),"
                           " status TEXT NOT NULL,"
                           " attempt INTEGER NOT NULL,"
                           " at INTEGER NOT NULL,"
                           " reason TEXT NOT NULL) STRICT"),
            QStringLiteral("CREATE INDEX state_change_by_job ON state_change (job_id)"),
            QStringLiteral("CREATE TRIGGER state_change_stays BEFORE UPDATE ON state_change "
                           "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"),
            QStringLiteral("CREATE TRIGGER state_change_is_kept BEFORE DELETE ON state_change "
                           "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"),
            QStringLiteral("CREATE TABLE attempt ("
                           " job_id TEXT NOT NULL REFERENCES job (id),"
                           " number INTEGER NOT NULL,"
                           " task_id TEXT NOT NULL,"
                           " compute_environment TEXT NOT NULL,"
                           " ended INTEGER NOT NULL,"
                           " cleaned INTEGER NOT NULL,"
                           " created_at INTEGER,"
                           " started_at INTEGER,"
                           " stopped_at INTEGER,"
                           " status_reason TEXT NOT NULL,"
                           " desired_stopped INTEGER NOT NULL,"
                           " stop_reason TEXT NOT NULL,"
                           " deciding_container INTEGER NOT NULL,"
                           " PRIMARY KEY (job_id, number)) STRICT, WITHOUT ROWID"),
            QStringLiteral("CREATE INDEX attempt_unfinished ON attempt (created_at) "
                           "WHERE cleaned = 0"),
            QStringLiteral("CREATE TABLE container ("
                           " job_id TEXT NOT NULL,"
                           " attempt INTEGER NOT NULL,"
                           " place INTEGER NOT NULL,"
                           " name TEXT NOT NULL,"
                           " docker_name TEXT NOT NULL,"
                           " docker_id TEXT NOT NULL,"
                           " intent TEXT NOT NULL,"
                           " known TEXT NOT NULL,"
                           " desired TEXT NOT NULL,"
                           " exit_code INTEGER,"
                           " error TEXT NOT NULL,"
                           " oom_killed INTEGER NOT NULL,"
                           " stop_requested INTEGER NOT NULL,"
                           " started_at INTEGER,"
                           " stopped_at INTEGER,"
                           " log_stream TEXT NOT NULL,"
                           " log_complete INTEGER NOT NULL,"
                           " removed INTEGER NOT NULL,"
                           " PRIMARY KEY (job_id, attempt, place),"
                           " FOREIGN KEY (job_id, attempt) REFERENCES attempt (job_id, number))"
                           " STRICT, WITHOUT ROWID"),
            QStringLiteral("CREATE UNIQUE INDEX container_by_log_stream ON container (log_stream) "
                           "WHERE log_stream <> ''"),
        },
        {
            // A CHECK cannot be changed: the table is made anew.
            QStringLiteral("CREATE TABLE resource_2 ("
                           " kind TEXT NOT NULL CHECK (kind IN ('COMPUTE_ENVIRONMENT', 'JOB_QUEUE',"
                           "  'JOB_DEFINITION', 'SCHEDULING_POLICY', 'CONSUMABLE_RESOURCE')),"
                           " name TEXT NOT NULL,"
                           " revision INTEGER NOT NULL,"
                           " status TEXT NOT NULL,"
                           " document BLOB NOT NULL,"
                           " created_at INTEGER NOT NULL,"
                           " PRIMARY KEY (kind, name, revision)) STRICT, WITHOUT ROWID"),
            QStringLiteral("INSERT INTO resource_2 SELECT kind, name, revision, status, document,"
                           " created_at FROM resource"),
            QStringLiteral("DROP TABLE resource"),
            QStringLiteral("ALTER TABLE resource_2 RENAME TO resource"),
            QStringLiteral("ALTER TABLE job ADD COLUMN kind TEXT NOT NULL DEFAULT 'SINGLE' CHECK"
                           " (kind IN ('SINGLE', 'ARRAY_PARENT', 'ARRAY_CHILD',"
                           "  'MULTI_NODE_PARENT', 'NODE'))"),
            QStringLiteral("ALTER TABLE job ADD COLUMN parent_id TEXT NOT NULL DEFAULT ''"),
            QStringLiteral("ALTER TABLE job ADD COLUMN place INTEGER NOT NULL DEFAULT -1"),
            QStringLiteral("ALTER TABLE job ADD COLUMN size INTEGER NOT NULL DEFAULT 0"),
            QStringLiteral("ALTER TABLE job ADD COLUMN share_identifier TEXT NOT NULL DEFAULT ''"),
            QStringLiteral("ALTER TABLE job ADD COLUMN scheduling_priority INTEGER NOT NULL "
                           "DEFAULT 0"),
            // Names, each between line feeds.
            QStringLiteral("ALTER TABLE job ADD COLUMN consumables TEXT NOT NULL DEFAULT ''"),
            QStringLiteral("ALTER TABLE job ADD COLUMN tags TEXT NOT NULL DEFAULT '{}'"),
            // What format 1 kept in the request only.
            QStringLiteral(
                "UPDATE job SET tags = coalesce(json_extract(CAST(request AS TEXT), '$.tags'),"
                " '{}'), share_identifier = coalesce(json_extract(CAST(request AS TEXT),"
                " '$.shareIdentifier'), ''), scheduling_priority = "
                "coalesce(json_extract(CAST(request AS TEXT), '$.schedulingPriorityOverride'), 0) "
                "WHERE json_valid(CAST(request AS TEXT))"),
            QStringLiteral("DROP INDEX job_by_queue"),
            QStringLiteral("CREATE INDEX job_by_queue ON job (queue, status, sequence) "
                           "WHERE parent_id = ''"),
            QStringLiteral("CREATE INDEX job_by_parent ON job (parent_id, status, sequence) "
                           "WHERE parent_id <> ''"),
            QStringLiteral("CREATE INDEX job_by_consumable ON job (status, sequence) "
                           "WHERE consumables <> ''"),
            QStringLiteral("ALTER TABLE attempt ADD COLUMN instance_id TEXT NOT NULL DEFAULT ''"),
            QStringLiteral("ALTER TABLE attempt ADD COLUMN address TEXT NOT NULL DEFAULT ''"),
        },
        {
            QStringLiteral("ALTER TABLE attempt ADD COLUMN stop_by INTEGER"),
        },
        {
            QStringLiteral("CREATE TABLE blocked_head ("
                           " queue TEXT PRIMARY KEY,"
                           " job_id TEXT NOT NULL,"
                           " reason TEXT NOT NULL,"
                           " since INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
        },
        {
            QStringLiteral("ALTER TABLE attempt ADD COLUMN share_vcpus REAL NOT NULL DEFAULT 0"),
            // All that pastUse() wants of an attempt.
            QStringLiteral("CREATE INDEX attempt_by_end ON attempt"
                           " (stopped_at, created_at, share_vcpus) WHERE share_vcpus > 0"),
        },
    };
    return steps;
}

Result<void> migrate(Database &database, int from)
{
    Q_ASSERT(migrations().size() == schemaVersion);
    for (int version = from; version < schemaVersion; ++version) {
        for (const QString &statement : migrations()[version]) {
            if (const auto done = database.execute(statement); !done)
                return tl::unexpected(done.error());
        }
    }
    return database.execute(QStringLiteral("PRAGMA user_version = %1").arg(schemaVersion))
        .map([](int) {});
}

int readInteger(Row &row)
{
    return row.integer();
}

bool wasClosed(Database &database)
{
    const auto closed = database.selectOne(
        QStringLiteral("SELECT value FROM meta WHERE key = 'closed'"), {}, &readText);
    return closed && *closed == QStringLiteral("1");
}

} // namespace

Result<void> createSchema(Database &database, const QString &installId)
{
    const auto set
        = database.execute(QStringLiteral("PRAGMA application_id = %1").arg(applicationId));
    if (!set)
        return tl::unexpected(set.error());
    return database.transact([&]() -> Result<void> {
        if (const auto made = migrate(database, 0); !made)
            return made;
        const QString random = QStringLiteral("%1").arg(QRandomGenerator::system()->generate(), 8,
                                                        16, QLatin1Char('0'));
        return database
            .execute(QStringLiteral("INSERT INTO meta (key, value) VALUES ('install_id', ?)"),
                     {installId.isEmpty() ? random : installId})
            .map([](int) {});
    });
}

Result<CheckedDatabase> checkDatabase(Database &database)
{
    const auto version
        = database.selectOne(QStringLiteral("PRAGMA user_version"), {}, &readInteger);
    if (!version)
        return tl::unexpected(version.error());
    const int from = version->value_or(0);
    if (from > schemaVersion)
        return tl::unexpected(newerVersion(database.path(), from));
    // A database of ours has a version from the moment it exists under its name.
    if (from < 1)
        return tl::unexpected(database.damaged(QStringLiteral("user_version %1").arg(from)));
    if (QFileInfo(database.path()).size() > largeDatabase)
        return CheckedDatabase{from, !wasClosed(database)};
    return readThrough(database).map([from] { return CheckedDatabase{from, false}; });
}

Result<void> readThrough(Database &database, const QString &table)
{
    const QString check = table.isEmpty() ? QStringLiteral("PRAGMA quick_check")
                                          : QStringLiteral("PRAGMA quick_check('%1')").arg(table);
    const auto faults = database.select(check, {}, &readText);
    if (!faults)
        return tl::unexpected(faults.error());
    if (*faults != QStringList{QStringLiteral("ok")})
        return tl::unexpected(database.damaged(faults->mid(0, 5).join(QStringLiteral("; "))));
    return {};
}

const QStringList &migration(int from)
{
    return migrations()[from];
}

Result<void> bringUpToDate(Database &database, int from)
{
    if (from == schemaVersion)
        return {};
    const QString copy = QStringLiteral("%1.format-%2").arg(database.path()).arg(from);
    if (const auto copied = copyDatabase(database, copy); !copied)
        return copied;
    // All rows may change: more than the memory should hold.
    if (const auto set = database.execute(QStringLiteral("PRAGMA cache_spill = ON")); !set)
        return tl::unexpected(set.error());
    const auto done = database.transact([&] { return migrate(database, from); });
    if (!done)
        return done;
    return database.execute(QStringLiteral("PRAGMA cache_spill = OFF")).map([](int) {});
}

Result<void> setClosed(Database &database, bool closed)
{
    return database
        .execute(QStringLiteral("INSERT INTO meta (key, value) VALUES ('closed', ?) "
                                "ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
                 {closed ? QStringLiteral("1") : QStringLiteral("0")})
        .map([](int) {});
}

Error newerVersion(const QString &path, int version)
{
    return {ErrorCode::Conflict,
            QStringLiteral("The state database %1 was made by a newer Batchyard: it has format %2, "
                           "this is Batchyard %3 with format %4. Update Batchyard, or name another "
                           "directory in BATCHYARD_HOME.")
                .arg(path, QString::number(version), QStringLiteral(BATCHYARD_VERSION),
                     QString::number(schemaVersion)),
            {}};
}

} // namespace batchyard::executor
