// Which operation a request asks for: AWS Batch by path, CloudWatch Logs by X-Amz-Target, and the
// executor's own extension under /batchyard/.
#pragma once

#include "backend/executor/api/httpmessage.h"
#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

enum class Protocol { Batch, Logs, Extension };

// A request that waits, on the thread that asks, for something to happen.
enum class Poll { None, Changes, Events, LiveTail };

struct Route {
    Protocol protocol = Protocol::Batch;
    // One of the three, the first two to be called on the executor's thread; none for a poll.
    Operation operation = {};
    Reading reading = {};
    Inquiry inquiry = {};
    Poll poll = Poll::None;
};

class Routes
{
public:
    // The context must outlive the routes and what they return.
    explicit Routes(OperationContext &context);
    ~Routes();
    Routes(const Routes &) = delete;
    Routes &operator=(const Routes &) = delete;

    // Thread-safe. Refusals: 404 for unknown paths and targets, 405 for another method.
    [[nodiscard]] tl::expected<Route, Refusal> find(const RequestHead &head) const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

// An operation's error as its protocol writes it: ClientException and ServerException for Batch,
// the modelled names for CloudWatch Logs.
[[nodiscard]] Refusal toRefusal(const Error &error, Protocol protocol);

} // namespace batchyard::executor::api
