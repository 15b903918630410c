// Create, update, delete, describe and list fair-share scheduling policies
// (API_CreateSchedulingPolicy …).
#pragma once

#include "backend/executor/api/resourcetable.h"

namespace batchyard::executor::api {

class SchedulingPolicyOperations
{
public:
    explicit SchedulingPolicyOperations(OperationContext &context)
        : m_context(context)
        , m_table(context, ResourceKind::SchedulingPolicy, u"scheduling-policy")
    {
    }

    [[nodiscard]] Result<Json> create(const Json &request);
    [[nodiscard]] Result<Json> update(const Json &request);
    [[nodiscard]] Result<Json> remove(const Json &request);
    [[nodiscard]] Result<Json> describe(const Json &request);
    [[nodiscard]] Result<Json> list(const Json &request);

private:
    // Policies are named by ARN only. Errors: InvalidInput, NotFound.
    [[nodiscard]] Result<ResourceRecord> byArn(const Json &request) const;
    [[nodiscard]] Result<void> checkUnused(const QString &arn) const;

    OperationContext &m_context;
    ResourceTable m_table;
};

} // namespace batchyard::executor::api
