// A container's output in frames: the same bytes per stream whatever the pieces it comes in, and
// never more than came.
#include "backend/docker/demultiplexer.h"
#include "tests/fuzz/fuzzing.h"

#include <optional>

namespace {

using namespace batchyard;
using docker::Demultiplexer;
using docker::OutputChunk;

struct Output {
    QList<OutputChunk> chunks; // those of one stream that follow each other are one
    std::optional<ErrorCode> fault;
    bool atBoundary = true;
    qsizetype bytes = 0;
    friend bool operator==(const Output &, const Output &) = default;
};

// With times every chunk is a frame and stays one.
Output read(Demultiplexer::Format format, const QList<QByteArray> &received)
{
    Output output;
    Demultiplexer demultiplexer(format);
    for (const QByteArray &bytes : received) {
        const QList<OutputChunk> chunks = demultiplexer.feed(bytes);
        for (const OutputChunk &chunk : chunks) {
            output.bytes += chunk.bytes.size();
            if (format != Demultiplexer::Format::FramedWithTimes && !output.chunks.isEmpty()
                && output.chunks.last().stream == chunk.stream)
                output.chunks.last().bytes += chunk.bytes;
            else
                output.chunks += chunk;
        }
    }
    if (demultiplexer.fault())
        output.fault = demultiplexer.fault()->code;
    output.atBoundary = demultiplexer.atBoundary();
    return output;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    const auto format = static_cast<Demultiplexer::Format>(input.choice(3));
    const int seed = input.choice(64);
    const Output whole = read(format, {input.rest()});
    fuzz::require(whole == read(format, fuzz::pieces(input.rest(), seed)),
                  "the pieces make no difference");
    fuzz::require(whole.bytes <= input.rest().size(), "no more comes out than went in");
    fuzz::require(!whole.fault || whole.fault == ErrorCode::Protocol, "a fault is of the protocol");
    return 0;
}
