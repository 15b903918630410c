// Create, describe, update and delete job queues, and what stands at a queue's front
// (API_CreateJobQueue …, API_GetJobQueueSnapshot).
#pragma once

#include "backend/executor/api/resourcetable.h"

namespace batchyard::executor::api {

class JobQueueOperations
{
public:
    explicit JobQueueOperations(OperationContext &context)
        : m_context(context)
        , m_table(context, ResourceKind::JobQueue, u"job-queue")
    {
    }

    [[nodiscard]] Result<Json> create(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> update(const Json &request);
    // The queue's jobs are terminated; it is DELETING until the last of them has ended.
    [[nodiscard]] Result<Json> remove(const Json &request);
    [[nodiscard]] Result<Json> snapshot(const Json &request);

private:
    [[nodiscard]] Json identity(const QString &name) const;
    // before: the queue as it was, if it is there already.
    [[nodiscard]] Result<batch::JobQueue> checked(const Json &document, const Json &before) const;
    // Environments by ARN, in order; checks that they exist and are of one kind, and that those
    // which the queue did not have before are VALID.
    [[nodiscard]] Result<void> resolveEnvironments(batch::JobQueue &queue,
                                                   const Json &before) const;
    [[nodiscard]] Result<Json> environmentOf(const QString &name, const QString &path) const;
    [[nodiscard]] Result<void> checkPolicy(const batch::JobQueue &queue) const;
    [[nodiscard]] Result<Json> save(batch::JobQueue queue, Timestamp createdAt,
                                    const QString &meanwhile);
    [[nodiscard]] Result<Json> describedOf(const ResourceRecord &record) const;

    OperationContext &m_context;
    ResourceTable m_table;
};

} // namespace batchyard::executor::api
