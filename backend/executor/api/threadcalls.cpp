#include "backend/executor/api/threadcalls.h"

#include <nlohmann/json.hpp>

#include <set>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

// Shared with the queued calls, which may outlive this object. Each call has a condition of its
// own: with one for all, every answer would wake every thread that waits.
struct ThreadCalls::State {
    std::mutex mutex;
    std::set<std::condition_variable *> waiting;
    bool closed = false;
};

ThreadCalls::ThreadCalls(QObject *context, Store &store)
    : m_context(context)
    , m_store(store)
    , m_state(std::make_shared<State>())
{
}

namespace {

struct Call {
    std::condition_variable ready;
    std::optional<Result<batch::Json>> answer;
};

// What the answer to a call waits for, in the store's thread.
QFuture<void> readyToTell(Store &store, qint64 changesBefore, Result<batch::Json> &result)
{
    if (store.changes() == changesBefore)
        return store.settled();
    if (!store.isDurable() && result && store.trouble()) {
        result = tl::unexpected(*store.trouble());
        return store.settled();
    }
    return store.durable();
}

} // namespace

Result<batch::Json> ThreadCalls::run(std::function<Result<batch::Json>()> function)
{
    const auto call = std::make_shared<Call>();
    std::unique_lock lock(m_state->mutex);
    if (!m_state->closed) {
        QMetaObject::invokeMethod(
            m_context,
            [state = m_state, &store = m_store, call, function = std::move(function)] {
                // closed changes on this thread only
                if (state->closed)
                    return;
                const qint64 before = store.changes();
                auto result = std::make_shared<Result<batch::Json>>(function());
                readyToTell(store, before, *result)
                    .then(QtFuture::Launch::Sync, [state, call, result] {
                        const std::lock_guard guard(state->mutex);
                        call->answer = std::move(*result);
                        call->ready.notify_one();
                    });
            },
            Qt::QueuedConnection);
        m_state->waiting.insert(&call->ready);
        call->ready.wait(lock, [&] { return call->answer.has_value() || m_state->closed; });
        m_state->waiting.erase(&call->ready);
    }
    if (call->answer.has_value())
        return std::move(*call->answer);
    return failure(ErrorCode::Cancelled, u"The executor is ending. Try again in a moment."_s);
}

void ThreadCalls::close()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->closed = true;
    for (std::condition_variable *ready : m_state->waiting)
        ready->notify_one();
}

} // namespace batchyard::executor::api
