// Register, describe and deregister job definitions (API_RegisterJobDefinition …).
#pragma once

#include "backend/executor/api/resourcetable.h"

namespace batchyard::executor::api {

class JobDefinitionOperations
{
public:
    explicit JobDefinitionOperations(OperationContext &context)
        : m_context(context)
        , m_table(context, ResourceKind::JobDefinition, u"job-definition")
    {
    }

    // allowed: what the client allows this definition beyond the policy, see localpolicy.h.
    [[nodiscard]] Result<Json> registerDefinition(const Json &request, const QByteArray &allowed);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> deregister(const Json &request);

    // The ACTIVE definition that SubmitJob names: "name" (its latest active revision),
    // "name:revision" or an ARN. Error: NotFound in AWS's words.
    [[nodiscard]] Result<ResourceRecord> findActive(const QString &jobDefinition) const;
    // Its describe form: the registered document with ARN, revision and status.
    [[nodiscard]] Result<Json> documentOf(const ResourceRecord &record) const;

private:
    // What it found for JobDefinition::hostPaths.
    [[nodiscard]] Result<QMap<QString, QString>> checkPolicy(const batch::JobDefinition &definition,
                                                             const QByteArray &allowed) const;

    OperationContext &m_context;
    ResourceTable m_table;
};

} // namespace batchyard::executor::api
