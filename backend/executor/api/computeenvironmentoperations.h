// Create, describe, update and delete compute environments (API_CreateComputeEnvironment …).
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class ComputeEnvironmentOperations
{
public:
    explicit ComputeEnvironmentOperations(OperationContext &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Result<Json> create(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> update(const Json &request);
    [[nodiscard]] Result<Json> remove(const Json &request);

private:
    [[nodiscard]] Result<ResourceRecord> find(const QString &nameOrArn) const;
    [[nodiscard]] Result<void> checkUnused(const QString &name) const;

    OperationContext &m_context;
};

} // namespace batchyard::executor::api
