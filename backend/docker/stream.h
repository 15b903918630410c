// Long replies of the daemon. Destroying a stream ends it: no call of its sink happens after the
// destructor returns. Sinks run on the I/O thread and must hand over and return at once.
#pragma once

#include "backend/docker/values.h"
#include "backend/result.h"

#include <functional>
#include <variant>

namespace batchyard::docker {

// The daemon has accepted the stream: what the container prints from now on will arrive. Start a
// container after its attach has told this, and not before.
struct OutputStarted {
    friend bool operator==(const OutputStarted &, const OutputStarted &) = default;
};

struct OutputChunk {
    enum class Stream { Stdout, Stderr };
    Stream stream = Stream::Stdout;
    QByteArray bytes; // as printed; not cut at line ends. Docker cuts long lines at 16 KiB
    std::optional<Timestamp> time; // only from the daemon's stored log
    friend bool operator==(const OutputChunk &, const OutputChunk &) = default;
};

class OutputStream
{
public:
    // OutputStarted once (not when the daemon refuses), then chunks, then once how the stream
    // ended: an empty Result when it ended as it should.
    using Sink = std::function<void(std::variant<OutputStarted, OutputChunk, Result<void>>)>;
    virtual ~OutputStream() = default;
};

class EventStream
{
public:
    using Sink = std::function<void(std::variant<Event, Result<void>>)>;
    virtual ~EventStream() = default;
};

} // namespace batchyard::docker
