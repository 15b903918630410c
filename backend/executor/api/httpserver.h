// An HTTP/1.1 server on 127.0.0.1 with every limit set. Connections wait on one thread for all of
// them until a whole request has arrived, so that idle and slow clients hold none of the threads
// that carry requests out. What is refused before its body, comes too late or is too much is
// answered at once, and ends the connection.
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

    // Once. Port 0: any free one. Returns the port. Error: Io.
    [[nodiscard]] Result<quint16> start(quint16 port);
    // Accepts nothing more, ends the connections that wait, and waits for the requests under way;
    // the handler must let go of what it waits for before this is called.
    void stop();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::api
