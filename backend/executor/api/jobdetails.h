// Builds what DescribeJobs, ListJobs, events and the extension tell of jobs from the store's
// records; what belongs to several jobs is read at once.
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

// In the order of the jobs.
[[nodiscard]] Result<QList<batch::JobDetail>> jobDetails(const OperationContext &context,
                                                         const QList<JobRecord> &jobs);
[[nodiscard]] Result<QList<batch::JobSummary>> jobSummaries(const OperationContext &context,
                                                            const QList<JobRecord> &jobs);

[[nodiscard]] Result<batch::JobLiveView> jobLiveView(const OperationContext &context,
                                                     const JobRecord &job);

} // namespace batchyard::executor::api
