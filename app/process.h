// What a process that knows secrets makes sure of.
#pragma once

#include <QString>

#include <sys/types.h>

namespace batchyard::app {

// No file and no other process of the user gets to see its memory when it crashes.
void forbidDumps();

// For who runs an executor with every right; empty for anybody but root.
[[nodiscard]] QString rootWarning(uid_t user);

} // namespace batchyard::app
