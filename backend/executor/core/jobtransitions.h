// The table of legal job status changes (job_states in the AWS Batch user guide). A retry goes back
// to Runnable; nothing leaves Succeeded or Failed.
#pragma once

#include "backend/batch/job.h"

namespace batchyard::executor::core {

// False for a status that stays the same: that is no transition.
[[nodiscard]] bool isLegalTransition(batch::JobStatus from, batch::JobStatus to);

} // namespace batchyard::executor::core
