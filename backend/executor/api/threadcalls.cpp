#include "backend/executor/api/threadcalls.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

// Shared with the queued calls, which may outlive this object.
struct ThreadCalls::State {
    std::mutex mutex;
    std::condition_variable changed;
    bool closed = false;
};

ThreadCalls::ThreadCalls(QObject *context, Store &store)
    : m_context(context)
    , m_store(store)
    , m_state(std::make_shared<State>())
{
}

namespace {

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
    const auto answer = std::make_shared<std::optional<Result<batch::Json>>>();
    std::unique_lock lock(m_state->mutex);
    if (!m_state->closed) {
        QMetaObject::invokeMethod(
            m_context,
            [state = m_state, &store = m_store, answer, function = std::move(function)] {
                // closed changes on this thread only
                if (state->closed)
                    return;
                const qint64 before = store.changes();
                auto result = std::make_shared<Result<batch::Json>>(function());
                readyToTell(store, before, *result)
                    .then(QtFuture::Launch::Sync, [state, answer, result] {
                        const std::lock_guard guard(state->mutex);
                        *answer = std::move(*result);
                        state->changed.notify_all();
                    });
            },
            Qt::QueuedConnection);
        m_state->changed.wait(lock, [&] { return answer->has_value() || m_state->closed; });
    }
    if (answer->has_value())
        return std::move(**answer);
    return failure(ErrorCode::Cancelled, u"The executor is ending. Try again in a moment."_s);
}

void ThreadCalls::close()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->closed = true;
    m_state->changed.notify_all();
}

} // namespace batchyard::executor::api
