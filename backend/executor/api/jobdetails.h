// Builds what DescribeJobs, ListJobs and the extension tell of a job from the store's records.
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

[[nodiscard]] Result<batch::JobDetail> jobDetail(const OperationContext &context,
                                                 const JobRecord &job);
[[nodiscard]] Result<batch::JobSummary> jobSummary(const OperationContext &context,
                                                   const JobRecord &job);
[[nodiscard]] Result<batch::JobLiveView> jobLiveView(const OperationContext &context,
                                                     const JobRecord &job);

// What a RUNNABLE job that AWS calls blocked shows, else what is stored.
[[nodiscard]] QString statusReasonOf(const OperationContext &context, const JobRecord &job);

} // namespace batchyard::executor::api
