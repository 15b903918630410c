// Follows one job to its end on the command line: hands on its log lines and tells how it ended.
#pragma once

#include "backend/batch/batchservice.h"

#include <functional>

namespace batchyard::app {

using LineSink = std::function<void(const QString &container, int attempt,
                                    const QList<batch::LogLine> &lines)>;

// Returns when the job has ended and every line has been handed on, or the service fails. With
// follow false: hands on what there is and returns.
[[nodiscard]] Result<batch::JobDetail> followJob(batch::BatchService &service, const QString &jobId,
                                                 bool follow, const LineSink &sink);

// 0 for SUCCEEDED; else the exit code of the container that decided it when that is 1 to 255, or 1.
[[nodiscard]] int exitStatus(const batch::JobDetail &job);

} // namespace batchyard::app
