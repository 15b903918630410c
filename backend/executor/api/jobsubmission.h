// SubmitJob (API_SubmitJob): from the request to the rows of a job, an array with its children or
// a multi-node job with its nodes.
#pragma once

#include "backend/executor/api/jobdefinitionoperations.h"

namespace batchyard::executor::api {

class JobSubmission
{
public:
    explicit JobSubmission(OperationContext &context)
        : m_context(context)
        , m_definitions(context)
        , m_queues(context, ResourceKind::JobQueue, u"job-queue")
    {
    }

    [[nodiscard]] Result<Json> submit(const Json &request);

private:
    struct Checked;
    [[nodiscard]] Result<Checked> checked(const Json &request) const;
    // The document of an ENABLED queue.
    [[nodiscard]] Result<Json> usableQueue(const QString &nameOrArn) const;
    [[nodiscard]] Result<void> checkShareQuota(const Json &queue,
                                               const batch::SubmitJobRequest &request) const;
    [[nodiscard]] Result<void> checkDependencies(const batch::SubmitJobRequest &request) const;
    [[nodiscard]] Result<QStringList>
    consumableNames(const QList<batch::ConsumableResourceRequirement> &consumables) const;

    OperationContext &m_context;
    JobDefinitionOperations m_definitions;
    ResourceTable m_queues;
};

} // namespace batchyard::executor::api
