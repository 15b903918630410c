// Create, describe, update, delete and list consumable resources, and the jobs that ask for one
// (API_CreateConsumableResource …).
#pragma once

#include "backend/executor/api/resourcetable.h"

namespace batchyard::executor::api {

class ConsumableResourceOperations
{
public:
    explicit ConsumableResourceOperations(OperationContext &context)
        : m_context(context)
        , m_table(context, ResourceKind::ConsumableResource, u"consumable-resource")
    {
    }

    [[nodiscard]] Result<Json> create(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    // A repeated request with the same clientToken within 8 hours is answered and not done again.
    [[nodiscard]] Result<Json> update(const Json &request);
    [[nodiscard]] Result<Json> remove(const Json &request);
    [[nodiscard]] Result<Json> list(const Json &request);
    [[nodiscard]] Result<Json> listJobs(const Json &request);

private:
    [[nodiscard]] Result<Json> describedOf(const ResourceRecord &record) const;
    [[nodiscard]] Json identity(const QString &name) const;
    [[nodiscard]] Result<Json> jobSummary(const JobRecord &job, qint64 total) const;

    OperationContext &m_context;
    ResourceTable m_table;
};

} // namespace batchyard::executor::api
