// The calls of CloudWatch Logs that read a job's log (API_GetLogEvents, API_DescribeLogStreams,
// API_FilterLogEvents, API_DescribeLogGroups).
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class LogOperations
{
public:
    explicit LogOperations(OperationContext &context)
        : m_context(context)
    {
    }

    // Tokens are byte offsets: f/<56 digits>/s forward, b/<56 digits>/s backward. The token that
    // was passed comes back when there is nothing more.
    [[nodiscard]] Result<Json> getEvents(const Json &request);
    [[nodiscard]] Result<Json> describeStreams(const Json &request);
    [[nodiscard]] Result<Json> filterEvents(const Json &request);
    [[nodiscard]] Result<Json> describeGroups(const Json &request);

private:
    [[nodiscard]] Result<Json> describeStream(const QString &name) const;

    OperationContext &m_context;
};

} // namespace batchyard::executor::api
