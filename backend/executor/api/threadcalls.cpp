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

ThreadCalls::ThreadCalls(QObject *context)
    : m_context(context)
    , m_state(std::make_shared<State>())
{
}

Result<batch::Json> ThreadCalls::run(std::function<Result<batch::Json>()> function)
{
    const auto answer = std::make_shared<std::optional<Result<batch::Json>>>();
    std::unique_lock lock(m_state->mutex);
    if (!m_state->closed) {
        QMetaObject::invokeMethod(
            m_context,
            [state = m_state, answer, function = std::move(function)] {
                // closed changes on this thread only
                if (state->closed)
                    return;
                auto result = function();
                const std::lock_guard guard(state->mutex);
                *answer = std::move(result);
                state->changed.notify_all();
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
