// A state directory whose database is damaged or lost: the old files are moved aside, never changed
// or overwritten, and a database is made again from the last backup, from what the labels of
// Docker's containers tell, and from the log directory. It gets its name when it is whole. One that
// is sound but lacks what was written last (its write-ahead log is gone, an old copy was put back)
// is copied aside and completed the same way.
//
// Nothing is started twice: a job whose containers are there is taken up by the dispatcher as after
// any restart; one that has run or may have, and whose end nothing tells, becomes FAILED with a
// reason that says so. What only waits, by the backup, and has left no trace goes on waiting.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/store/store.h"
#include "backend/paths.h"

namespace batchyard::executor {

struct RecoveryReport {
    QStringList movedAside; // paths of the old files as they are called now
    bool isNew = false; // the database was made, without a backup
    bool fromBackup = false;
    int adopted = 0; // attempts whose containers are there
    int failed = 0; // jobs whose end is not known
};

struct RecoveredStore {
    std::unique_ptr<Store> store;
    RecoveryReport report;
};

// The caller holds the state directory's lock. Waits for the engine's answer. Errors: Conflict (the
// database is sound or of a newer version: nothing is to be recovered), the engine's (it has to be
// asked which containers there are), the store's. After an error a further call begins anew.
[[nodiscard]] Result<RecoveredStore> recoverStore(const Paths &paths, docker::Engine &engine,
                                                  Timestamp now);

// There is no database, and what is beside it tells that there was one: its backup, one that was
// moved aside, logs. An empty one in its place would forget the jobs, and their containers would
// run on for ever. Error: Protocol.
[[nodiscard]] Result<void> checkIsNotLost(const Paths &paths);

// The part of it that follows from the containers of this installation and the log directory.
[[nodiscard]] Result<RecoveryReport> rebuild(Store &store,
                                             const QList<docker::ContainerListEntry> &containers,
                                             const QString &logsDirectory, Timestamp now);

// Whether there are logs of attempts that the store does not know: those of a job it does not have,
// or later ones of a job that is not over by it.
[[nodiscard]] Result<bool> lacksLoggedAttempts(const Store &store, const QString &logsDirectory);

inline constexpr QLatin1StringView outcomeUnknownReason{
    "The state database was lost: how this job ended is not known. Its output is kept."};

} // namespace batchyard::executor
