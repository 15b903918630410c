// Takes an output stream's calls on its thread and lets the test wait for them.
#pragma once

#include "backend/docker/stream.h"

#include <QList>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace batchyard::test {

class OutputCollector
{
public:
    // May be called after this object is gone.
    [[nodiscard]] docker::OutputStream::Sink sink() const;

    // False when it did not come in time.
    [[nodiscard]] bool waitStarted(std::chrono::seconds limit = std::chrono::seconds(30)) const;
    [[nodiscard]] bool waitEnded(std::chrono::seconds limit = std::chrono::seconds(60)) const;
    [[nodiscard]] bool hasEnded() const;
    [[nodiscard]] Result<void> outcome() const; // after the end
    [[nodiscard]] QByteArray bytes(docker::OutputChunk::Stream stream
                                   = docker::OutputChunk::Stream::Stdout) const;
    [[nodiscard]] QList<docker::OutputChunk> chunks() const;

private:
    struct State {
        mutable std::mutex mutex;
        mutable std::condition_variable changed;
        bool started = false;
        QList<docker::OutputChunk> chunks;
        std::optional<Result<void>> ended;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace batchyard::test
