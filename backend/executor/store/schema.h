// The tables, in one place, and the way from each older format to the present one. For the store
// only.
#pragma once

#include "backend/executor/store/database.h"

namespace batchyard::executor {

inline constexpr qint32 applicationId = 0x42594431; // "BYD1", PRAGMA application_id
inline constexpr int schemaVersion = 1; // PRAGMA user_version

// Fills an empty database: tables, application id, version, a new install id.
[[nodiscard]] Result<void> createSchema(Database &database);

// Checks the file (quick_check) and its version, and brings an older format up to date in one
// transaction. Errors: Protocol (damaged), Conflict (newer).
[[nodiscard]] Result<void> bringUpToDate(Database &database);

[[nodiscard]] Error newerVersion(const QString &path, int version);

} // namespace batchyard::executor
