// Takes a container's output apart: without a terminal the daemon sends frames of eight header
// bytes (stream, three zeros, length big-endian) and a payload; with one it sends the bytes as they
// are. Fed with the transfer's pieces, cut anywhere.
#pragma once

#include "backend/docker/stream.h"

#include <QList>

namespace batchyard::docker {

class Demultiplexer
{
public:
    enum class Format {
        Framed,
        FramedWithTimes, // each frame begins with an RFC 3339 time and a space (logs?timestamps=1)
        Raw, // a terminal: all is standard output
    };

    explicit Demultiplexer(Format format)
        : m_format(format)
    {
    }

    // The chunks that these bytes complete; without times a frame is handed on as far as it has
    // come. Nothing after bytes that are no frame, see fault().
    [[nodiscard]] QList<OutputChunk> feed(QByteArrayView bytes);
    // Protocol: bytes that are no frame have come, the stream cannot be read further.
    [[nodiscard]] const std::optional<Error> &fault() const { return m_fault; }
    // False when the stream ended within a frame.
    [[nodiscard]] bool atBoundary() const { return m_header.isEmpty() && m_remaining == 0; }

private:
    void beginFrame();

    Format m_format;
    QByteArray m_header; // what has come of the next frame's header
    qint64 m_remaining = 0; // payload bytes of the current frame that are still to come
    OutputChunk::Stream m_stream = OutputChunk::Stream::Stdout;
    QByteArray m_frame; // the current frame's payload, with times only
    std::optional<Error> m_fault;
};

// "2026-01-02T03:04:05.123456789Z" and with an offset; nullopt when it is none, or beyond what
// nanoseconds since 1970 can hold.
[[nodiscard]] std::optional<Timestamp> parseTimestamp(QByteArrayView text);

} // namespace batchyard::docker
