// The tables, in one place, and the way from each older format to the present one. For the store
// only.
#pragma once

#include "backend/executor/store/database.h"

namespace batchyard::executor {

inline constexpr qint32 applicationId = 0x42594431; // "BYD1", PRAGMA application_id
inline constexpr int schemaVersion = 2; // PRAGMA user_version

// Fills an empty database: tables, application id, version, a new install id.
[[nodiscard]] Result<void> createSchema(Database &database);

// Checks the version and then the file; the value is its version. A file above largeDatabase that
// was closed in order is not read through again: that would take seconds with 100,000 finished
// jobs. Errors: Protocol (damaged), Conflict (newer).
[[nodiscard]] Result<int> checkDatabase(Database &database);
inline constexpr qint64 largeDatabase = 64 * 1024 * 1024;

// Brings an older format up to date in one transaction.
[[nodiscard]] Result<void> bringUpToDate(Database &database, int from);

// Notes that the database is in use, or that it was closed in order.
[[nodiscard]] Result<void> setClosed(Database &database, bool closed);

[[nodiscard]] Error newerVersion(const QString &path, int version);

} // namespace batchyard::executor
