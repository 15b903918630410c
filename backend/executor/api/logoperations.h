// The calls of CloudWatch Logs that read a job's log (API_GetLogEvents, API_DescribeLogStreams,
// API_FilterLogEvents, API_DescribeLogGroups).
#pragma once

#include "backend/executor/api/logstreams.h"

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
    [[nodiscard]] Result<Json> getEvents(const Json &request, const ExecutorThread &thread);
    [[nodiscard]] Result<Json> describeStreams(const Json &request, const ExecutorThread &thread);
    // A page ends, also without an event, when enough has been searched for it.
    [[nodiscard]] Result<Json> filterEvents(const Json &request, const ExecutorThread &thread);
    [[nodiscard]] Result<Json> describeGroups(const Json &request);

private:
    [[nodiscard]] Result<Json> describeStream(const LogStream &stream) const;

    OperationContext &m_context;
};

} // namespace batchyard::executor::api
