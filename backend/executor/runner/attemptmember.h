// One container of an attempt as its AttemptRunner keeps it. For the files of that class only.
#pragma once

#include "backend/executor/runner/attemptrunner.h"

#include <QElapsedTimer>

namespace batchyard::executor {

struct AttemptRunner::Member {
    Member(const AttemptServices &services, ContainerRecord row)
        : record(std::move(row))
        , saved(record)
        , driver(services.engine, record.dockerName, record.dockerId)
    {
    }

    [[nodiscard]] qsizetype index() const { return record.index; }
    [[nodiscard]] bool mayExist() const
    {
        return record.intent >= core::ContainerStatus::Created && !record.removed;
    }

    // Since its start, when its state says so. What has passed before it was first seen goes by the
    // wall clock, the rest by one that does not jump.
    [[nodiscard]] std::optional<std::chrono::milliseconds> ranFor(const core::ContainerState &state,
                                                                  Timestamp now)
    {
        using std::chrono::milliseconds;
        if (!state.startedAt)
            return {};
        if (!sinceSeen.isValid()) {
            sinceSeen.start();
            ranUnseen = std::max(now - *state.startedAt, milliseconds(0));
        }
        return ranUnseen + milliseconds(sinceSeen.elapsed());
    }

    ContainerRecord record;
    ContainerRecord saved; // what the store has
    ContainerDriver driver;
    std::unique_ptr<LogCapture> capture; // until the output is complete
    bool createWaits = false; // for the network
    bool creatingAhead = false; // the creation has been sent before the container's turn
    bool wasTriedAhead = false;
    bool startWaits = false; // for the network, the attach and a place among the starts
    bool attachSettled = false;
    bool starting = false; // the start has been sent; its reply tells more than any event
    // The start was announced in a former life and the container is still `created`: until this
    // moment the engine may be about to carry it out.
    std::optional<Timestamp> startDoubtfulUntil;
    std::chrono::milliseconds ranUnseen{0};
    QElapsedTimer sinceSeen; // to run
    bool observing = false;
    bool observeAgain = false;
    bool gone = false;
    bool stoppedAgain = false;
};

} // namespace batchyard::executor
