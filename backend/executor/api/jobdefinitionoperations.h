// Register, describe and deregister job definitions (API_RegisterJobDefinition …).
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class JobDefinitionOperations
{
public:
    explicit JobDefinitionOperations(OperationContext &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Result<Json> registerDefinition(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> deregister(const Json &request);

    // The ACTIVE definition that SubmitJob names: "name" (its latest active revision),
    // "name:revision" or an ARN. Error: NotFound in AWS's words.
    [[nodiscard]] Result<ResourceRecord> findActive(const QString &jobDefinition) const;
    // Its describe form: the registered document with ARN, revision and status.
    [[nodiscard]] Result<Json> documentOf(const ResourceRecord &record) const;

private:
    OperationContext &m_context;
};

} // namespace batchyard::executor::api
