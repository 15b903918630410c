// Lets other threads have functions run on the thread of an object and wait for the answer, and
// lets go of all of them at once when that thread ends the service.
#pragma once

#include "backend/batch/jsonvalues.h"
#include "backend/result.h"

#include <QObject>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace batchyard::executor::api {

class ThreadCalls
{
public:
    // Functions run in the thread of context, one after the other.
    explicit ThreadCalls(QObject *context);

    // From any other thread. Error: Cancelled after close().
    [[nodiscard]] Result<batch::Json> run(std::function<Result<batch::Json>()> function);
    // From the context's thread: nothing runs any more, and run() returns everywhere.
    void close();

private:
    struct State;
    QObject *m_context;
    std::shared_ptr<State> m_state;
};

} // namespace batchyard::executor::api
