// Create, describe, update and delete job queues (API_CreateJobQueue …).
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class JobQueueOperations
{
public:
    explicit JobQueueOperations(OperationContext &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Result<Json> create(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> update(const Json &request);
    // The queue's jobs are terminated with it.
    [[nodiscard]] Result<Json> remove(const Json &request);

private:
    [[nodiscard]] Result<ResourceRecord> find(const QString &nameOrArn) const;
    [[nodiscard]] Result<batch::JobQueue> checked(const Json &document) const;
    // Environments by ARN, in order; checks that they exist and are of one family.
    [[nodiscard]] Result<void> resolveEnvironments(batch::JobQueue &queue) const;
    [[nodiscard]] Result<void> save(const batch::JobQueue &queue, Timestamp createdAt) const;

    OperationContext &m_context;
};

} // namespace batchyard::executor::api
