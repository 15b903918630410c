// Reads what AWS Batch and CloudWatch Logs answer: errors by their names, and the values that are
// no documents of backend/batch.
#pragma once

#include "backend/batch/batchservice.h"
#include "backend/batch/jsonvalues.h"
#include "backend/net/httpclient.h"

namespace batchyard::client {

// The body of a 2xx reply; else the error. Its detail is AWS's name of it (x-amzn-ErrorType, or
// __type or code of the body).
[[nodiscard]] Result<batch::Json> readReply(const net::HttpReply &reply);
// The service does not know this path at all.
[[nodiscard]] bool isUnknownOperation(const net::HttpReply &reply);

// A text member; empty when it is absent.
[[nodiscard]] QString textOf(const batch::Json &object, const char *name);

// prefix: "computeEnvironment", "jobQueue" or "jobDefinition".
[[nodiscard]] Result<batch::ResourceId> readResourceId(const batch::Json &reply,
                                                       const std::string &prefix);
[[nodiscard]] Result<batch::SubmittedJob> readSubmittedJob(const batch::Json &reply);
[[nodiscard]] Result<batch::LogPage> readLogPage(const batch::Json &reply);

// A parsed value or, when it has errors, ErrorCode::Protocol with what they are.
template <typename Value>
[[nodiscard]] Result<Value> valueOf(batch::Parsed<Value> parsed)
{
    if (parsed.value)
        return std::move(*parsed.value);
    return failure(ErrorCode::Protocol,
                   QStringLiteral("The service answered something that is not understood: ")
                       + batch::toText(parsed.faults));
}

} // namespace batchyard::client
