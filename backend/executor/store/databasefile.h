// The database as a file: what is looked at before SQLite opens it, and how a new one comes into
// being whole or not at all. For the store and its recovery only.
#pragma once

#include "backend/executor/store/database.h"

namespace batchyard::executor {

inline constexpr QLatin1StringView memoryDatabase{":memory:"};

enum class DatabaseFile { Missing, Ours };

// Reads the header only and changes nothing. Errors: Io (cannot be read, no regular file), Protocol
// (no SQLite database, another program's, cut off, or gone while its log is still there), Conflict
// (a newer format).
[[nodiscard]] Result<DatabaseFile> inspectDatabaseFile(const QString &path);

// Makes the database beside `path` (0600, whatever the umask), with the schema and the install id,
// and then moves it there; never over an existing file. What an interrupted attempt left is
// removed.
[[nodiscard]] Result<void> createDatabaseFile(const QString &path, const QString &installId);

// Writes a consistent copy (0600) of the open database, whole or not at all, in place of an older
// one. Not inside a transaction.
[[nodiscard]] Result<void> copyDatabase(Database &database, const QString &path);

// Gives a database that is closed its name, never over an existing file, so that it is there whole
// or not at all.
[[nodiscard]] Result<void> moveDatabase(const QString &from, const QString &path);

// With its log, as far as they are there.
[[nodiscard]] Result<void> removeDatabase(const QString &path);

// Lets only its owner read and write the file.
[[nodiscard]] Result<void> restrictToOwner(const QString &path);

} // namespace batchyard::executor
