// Create, describe, update and delete compute environments (API_CreateComputeEnvironment …).
#pragma once

#include "backend/executor/api/resourcetable.h"

namespace batchyard::executor::api {

class ComputeEnvironmentOperations
{
public:
    explicit ComputeEnvironmentOperations(OperationContext &context)
        : m_context(context)
        , m_table(context, ResourceKind::ComputeEnvironment, u"compute-environment")
    {
    }

    [[nodiscard]] Result<Json> create(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> update(const Json &request);
    [[nodiscard]] Result<Json> remove(const Json &request);

private:
    [[nodiscard]] Json identity(const QString &name) const;
    [[nodiscard]] Result<Json> save(batch::ComputeEnvironment environment, Timestamp createdAt,
                                    const QString &meanwhile);
    [[nodiscard]] Result<Json> describedOf(const ResourceRecord &record) const;
    [[nodiscard]] Result<void> checkCluster(const batch::ComputeEnvironment &environment) const;
    [[nodiscard]] Result<void> checkUnused(const QString &name) const;

    OperationContext &m_context;
    ResourceTable m_table;
};

} // namespace batchyard::executor::api
