// Lets other threads have functions run on the thread of an object and wait for the answer, and
// lets go of all of them at once when that thread ends the service. An answer is given when what it
// tells is on the disk.
#pragma once

#include "backend/batch/jsonvalues.h"
#include "backend/executor/store/store.h"
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
    // Functions run in the thread of context, which is the store's, one after the other.
    ThreadCalls(QObject *context, Store &store);

    // From any other thread. Errors: Cancelled after close(), and the store's trouble for what has
    // written something while that lasts; what only reads is answered then, too.
    [[nodiscard]] Result<batch::Json> run(std::function<Result<batch::Json>()> function);
    // From the context's thread: nothing runs any more, and run() returns everywhere.
    void close();

private:
    struct State;
    QObject *m_context;
    Store &m_store;
    std::shared_ptr<State> m_state;
};

} // namespace batchyard::executor::api
