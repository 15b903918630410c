// The daemon's event stream: the same events whatever the pieces it comes in, and nothing after the
// end that a bad line makes.
#include "backend/docker/httpstreams.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>
#include <vector>

namespace {

using namespace batchyard;

struct Heard {
    std::vector<docker::Event> events;
    QList<Result<void>> ends;
};

Heard listen(int status, const QList<QByteArray> &received)
{
    Heard heard;
    const net::StreamCallbacks callbacks = docker::StreamReader::callbacks(
        std::make_shared<docker::EventReader>([&heard](const auto &what) {
            fuzz::require(heard.ends.isEmpty(), "nothing comes after the end");
            if (const auto *event = std::get_if<docker::Event>(&what))
                heard.events.push_back(*event);
            else
                heard.ends += std::get<Result<void>>(what);
        }));
    callbacks.started(status);
    for (const QByteArray &bytes : received)
        callbacks.received(bytes);
    callbacks.ended({});
    fuzz::require(heard.ends.size() == 1, "a stream ends once");
    return heard;
}

bool isSame(const docker::Event &a, const docker::Event &b)
{
    return a.type == b.type && a.action == b.action && a.id == b.id && a.attributes == b.attributes
        && a.time == b.time;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    const int status = input.choice(8) == 1 ? 404 : 200;
    const int seed = input.choice(64);
    const Heard whole = listen(status, {input.rest()});
    const Heard cut = listen(status, fuzz::pieces(input.rest(), seed));
    fuzz::require(std::ranges::equal(cut.events, whole.events, isSame),
                  "the pieces make no difference to the events");
    fuzz::require(cut.ends.first().has_value() == whole.ends.first().has_value(),
                  "the pieces make no difference to the end");
    fuzz::require(static_cast<qsizetype>(whole.events.size()) <= input.rest().count('\n'),
                  "an event is a line");
    return 0;
}
