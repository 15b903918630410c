// Containers of this installation, and logs, of attempts that its store does not know. An attempt
// is on the disk before Docker hears of it, and its log directory is made later still, so one is
// proof that a part of the database was lost: by what is left of it nothing may be started, which
// might run a second time, and nothing removed.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

// Their names. Error: the store's.
[[nodiscard]] Result<QStringList>
unknownContainers(const Store &store, const QList<docker::ContainerListEntry> &containers);

// What it means, and what to do. Pre-condition: there are some.
[[nodiscard]] Error databaseLacks(const QStringList &unknown, const QString &databasePath);
// The same of the log directory of an attempt that has not begun by the store.
[[nodiscard]] Error databaseLacksLogged(const QString &logDirectory, const QString &databasePath);

} // namespace batchyard::executor
