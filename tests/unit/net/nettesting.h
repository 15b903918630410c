// What tests of the HTTP client share.
#pragma once

#include "backend/net/httpclient.h"
#include "tests/support/engine/fakedaemon.h"

#include <QTest>

namespace batchyard::test {

[[nodiscard]] inline net::HttpRequest
request(const FakeDaemon &daemon, const QByteArray &method = "GET", const QByteArray &body = {})
{
    net::HttpRequest request;
    request.method = method;
    request.url = "http://engine/path?a=1";
    request.unixSocket = daemon.socketPath();
    request.body = body;
    request.timeout = std::chrono::seconds(20);
    return request;
}

} // namespace batchyard::test
