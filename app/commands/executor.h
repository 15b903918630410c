// executor and connection: the commands about the local executor itself.
#pragma once

#include "app/commandline.h"
#include "backend/paths.h"

namespace batchyard::app {

// Serves until it is idle or told to end (SIGTERM, SIGINT). Returns the exit status.
int serveAsExecutor(const ExecutorOptions &options, const Paths &paths);
// Asks the running executor to end and waits until it has.
int stopExecutor(const Paths &paths);
// Starts the executor when needed and prints how to reach it.
int printConnection(const ConnectionOptions &options, const Paths &paths);

} // namespace batchyard::app
