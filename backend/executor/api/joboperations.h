// Submit, describe, list, cancel and terminate jobs (API_SubmitJob …).
#pragma once

#include "backend/executor/api/jobdefinitionoperations.h"

namespace batchyard::executor::api {

class JobOperations
{
public:
    explicit JobOperations(OperationContext &context)
        : m_context(context)
        , m_definitions(context)
    {
    }

    [[nodiscard]] Result<Json> submit(const Json &request);
    // Unknown ids are left out, as AWS does.
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> list(const Json &request);
    // Both succeed without effect for jobs that are finished or unknown.
    [[nodiscard]] Result<Json> cancel(const Json &request);
    [[nodiscard]] Result<Json> terminate(const Json &request);

private:
    [[nodiscard]] Result<QString> usableQueue(const QString &nameOrArn) const; // its name
    [[nodiscard]] Result<void> checkDependencies(const batch::SubmitJobRequest &request) const;

    OperationContext &m_context;
    JobDefinitionOperations m_definitions;
};

} // namespace batchyard::executor::api
