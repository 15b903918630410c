// A state directory whose database is damaged or lost: the old files are moved aside, never changed
// or overwritten, and a database is made again from the last backup, from what the labels of
// Docker's containers tell, and from the log directory. One that is sound but lacks what was
// written last (its write-ahead log is gone, an old copy was put back) is copied aside and
// completed the same way.
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

// The part of it that follows from the containers of this installation and the log directory.
[[nodiscard]] Result<RecoveryReport> rebuild(Store &store,
                                             const QList<docker::ContainerListEntry> &containers,
                                             const QString &logsDirectory, Timestamp now);

inline constexpr QLatin1StringView outcomeUnknownReason{
    "The state database was lost: how this job ended is not known. Its output is kept."};

} // namespace batchyard::executor
