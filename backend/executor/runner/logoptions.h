// What a log driver that is not ours may take of this machine: containers write as much as they
// like, and the engine keeps it on disk, or in its memory for a driver that is slow.
#pragma once

#include "backend/result.h"

#include <QMap>

namespace batchyard::executor {

// So much of a container's output the daemon keeps in each of two files, as a copy from which a
// crashed executor goes on: twice what a log file holds (RunnerSettings::logLimit). Other drivers
// get no more in a file.
inline constexpr qint64 engineLogFileBytes = 128LL * 1024 * 1024;
inline constexpr int mostLogFiles = 10;
inline constexpr qint64 mostLogBufferBytes = 16LL * 1024 * 1024;

// The options with sizes that are too large, and those of files that are missing, set to the most.
// Error: InvalidInput, a size that cannot be read.
[[nodiscard]] Result<QMap<QString, QString>> limitedLogOptions(const QString &driver,
                                                               QMap<QString, QString> options);

} // namespace batchyard::executor
