// Describe, list, cancel and terminate jobs (API_DescribeJobs …).
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class JobOperations
{
public:
    explicit JobOperations(OperationContext &context)
        : m_context(context)
    {
    }

    // Unknown ids are left out, as AWS does.
    [[nodiscard]] Result<Rendering> describe(const Json &request);
    [[nodiscard]] Result<Rendering> list(const Json &request);

    // Both succeed without effect for jobs that are finished or unknown.
    [[nodiscard]] Result<Json> cancel(const Json &request);
    [[nodiscard]] Result<Json> terminate(const Json &request);
    // The same for up to 50 jobs, each of which succeeds or fails by itself.
    [[nodiscard]] Result<Json> cancelMany(const Json &request);
    [[nodiscard]] Result<Json> terminateMany(const Json &request);

private:
    OperationContext &m_context;
};

} // namespace batchyard::executor::api
