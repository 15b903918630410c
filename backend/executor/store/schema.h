// The tables, in one place, and the way from each older format to the present one. For the store
// only.
#pragma once

#include "backend/executor/store/database.h"

namespace batchyard::executor {

inline constexpr qint32 applicationId = 0x42594431; // "BYD1", PRAGMA application_id
inline constexpr int schemaVersion = 5; // PRAGMA user_version

// Fills an empty database: tables, application id, version, and the install id, a new one when it
// is empty.
[[nodiscard]] Result<void> createSchema(Database &database, const QString &installId);

// Checks the version and then, unless it is large, reads the file through. Errors: Protocol
// (damaged), Conflict (newer).
struct CheckedDatabase {
    int version = 0;
    // It is large, and was not closed in order: to read it takes seconds with 100,000 finished
    // jobs, so the store does that beside its use. Until then its pages are checked as they are
    // read, and the log's by their checksums, as always.
    bool toReadThrough = false;
};
[[nodiscard]] Result<CheckedDatabase> checkDatabase(Database &database);
inline constexpr qint64 largeDatabase = 64 * 1024 * 1024;

// One table and its indexes, or all. Error: Protocol.
[[nodiscard]] Result<void> readThrough(Database &database, const QString &table = {});

// The statements that lead from a format to the next one; from 0: a new database's first.
[[nodiscard]] const QStringList &migration(int from);

// Brings an older format up to date in one transaction, with a copy of the database as it was
// beside it, ".format-<n>".
[[nodiscard]] Result<void> bringUpToDate(Database &database, int from);

// Notes that the database is in use, or that it was closed in order.
[[nodiscard]] Result<void> setClosed(Database &database, bool closed);

[[nodiscard]] Error newerVersion(const QString &path, int version);

} // namespace batchyard::executor
