// One function per command of the command line; each returns the program's exit status. They are
// clients of the service like the window, and run in a program with an event loop to start.
#pragma once

#include "app/commandline.h"
#include "backend/batch/batchservice.h"
#include "backend/paths.h"

namespace batchyard::app {

int runExample(const RunOptions &options, batch::BatchService &service, const Paths &paths);
int submit(const SubmitOptions &options, batch::BatchService &service);
int listJobs(const JobsOptions &options, batch::BatchService &service);
int describeJobs(const DescribeOptions &options, batch::BatchService &service);
int printLogs(const LogsOptions &options, batch::BatchService &service);
int endJob(const EndOptions &options, batch::BatchService &service);

} // namespace batchyard::app
