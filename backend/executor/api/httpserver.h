// An HTTP/1.1 server on 127.0.0.1 with every limit set: a waiting room for connections, and threads
// for the requests that are whole. One request per connection.
#pragma once

#include "backend/executor/api/httpmessage.h"
#include "backend/result.h"

#include <functional>
#include <memory>

namespace batchyard::executor::api {

class HttpServer
{
public:
    // Runs on the server's threads, several at a time. It must not throw.
    using Handler = std::function<Reply(const Request &)>;

    explicit HttpServer(Handler handler, const HttpLimits &limits = {});
    ~HttpServer(); // stops
    HttpServer(const HttpServer &) = delete;
    HttpServer &operator=(const HttpServer &) = delete;

    // Port 0: any free one. Returns the port. Error: Io.
    [[nodiscard]] Result<quint16> start(quint16 port);
    // Accepts nothing more and waits for the requests under way; the handler must let go of what
    // it waits for before this is called.
    void stop();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::api
