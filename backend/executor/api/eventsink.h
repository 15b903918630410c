// Hands events on to a command or a URL, each at least once and in order, on a thread of its own.
// What was delivered last is kept in a file, so that nothing is left out after a restart. An event
// that is refused again and again is dropped in the end, and the next ones say how many were.
#pragma once

#include "backend/batch/jsonvalues.h"
#include "backend/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>
#include <memory>

namespace batchyard::executor::api {

struct EventTarget {
    QStringList command; // program and arguments; started without a shell, JSON on its input
    QByteArray url; // https, or http on loopback; POST with the JSON as its body

    [[nodiscard]] bool isSet() const { return !command.isEmpty() || !url.isEmpty(); }
    // From BATCHYARD_EVENT_COMMAND or BATCHYARD_EVENT_URL. Error: InvalidInput (both, another
    // scheme or host, no program).
    [[nodiscard]] static Result<EventTarget> fromEnvironment();
};

class EventSink
{
public:
    struct Settings {
        EventTarget target;
        QString positionFile;
        int attempts = 10; // for one event, with pauses that double
        std::chrono::milliseconds firstPause{1'000};
        std::chrono::milliseconds longestPause{60'000};
        std::chrono::milliseconds deliveryTimeout{30'000};
    };
    // Called on the sink's thread: waits for events after `since` and returns what stateEvents()
    // does. Negative: the number of the newest, without events. An error ends the sink.
    using Source = std::function<Result<batch::Json>(qint64 since)>;

    EventSink(Settings settings, Source source);
    ~EventSink(); // stops; the source must let go of what waits in it before
    EventSink(const EventSink &) = delete;
    EventSink &operator=(const EventSink &) = delete;

    [[nodiscard]] int dropped() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::api
