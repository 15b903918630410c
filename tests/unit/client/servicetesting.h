// What tests of the client share: where a service answers, and times that do not take long.
#pragma once

#include "apitesting.h"

#include "backend/client/httpbatchservice.h"

namespace batchyard::test {

inline constexpr client::HttpBatchService::Timing quick{.longPoll = std::chrono::milliseconds(500),
                                                        .pollInterval
                                                        = std::chrono::milliseconds(20),
                                                        .firstRetry = std::chrono::milliseconds(5),
                                                        .lastRetry = std::chrono::milliseconds(20)};

[[nodiscard]] inline client::ServiceEndpoint
endpoint(quint16 port, const net::Credentials &credentials = testCredentials)
{
    const QByteArray url = "http://127.0.0.1:" + QByteArray::number(port);
    return {url, url, QStringLiteral("us-east-1"), credentials};
}

} // namespace batchyard::test
