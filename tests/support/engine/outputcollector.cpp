#include "tests/support/engine/outputcollector.h"

namespace batchyard::test {

docker::OutputStream::Sink OutputCollector::sink() const
{
    return [state = m_state](
               std::variant<docker::OutputStarted, docker::OutputChunk, Result<void>> what) {
        const std::scoped_lock lock(state->mutex);
        if (auto *chunk = std::get_if<docker::OutputChunk>(&what))
            state->chunks.append(std::move(*chunk));
        else if (auto *how = std::get_if<Result<void>>(&what))
            state->ended = std::move(*how);
        else
            state->started = true;
        state->changed.notify_all();
    };
}

bool OutputCollector::waitStarted(std::chrono::seconds limit) const
{
    std::unique_lock lock(m_state->mutex);
    return m_state->changed.wait_for(lock, limit, [this] { return m_state->started; });
}

bool OutputCollector::waitEnded(std::chrono::seconds limit) const
{
    std::unique_lock lock(m_state->mutex);
    return m_state->changed.wait_for(lock, limit, [this] { return m_state->ended.has_value(); });
}

bool OutputCollector::hasEnded() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->ended.has_value();
}

Result<void> OutputCollector::outcome() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->ended.value_or(
        failure(ErrorCode::Timeout, QStringLiteral("The stream has not ended.")));
}

QByteArray OutputCollector::bytes(docker::OutputChunk::Stream stream) const
{
    const std::scoped_lock lock(m_state->mutex);
    QByteArray result;
    for (const docker::OutputChunk &chunk : std::as_const(m_state->chunks))
        if (chunk.stream == stream)
            result += chunk.bytes;
    return result;
}

QList<docker::OutputChunk> OutputCollector::chunks() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->chunks;
}

} // namespace batchyard::test
