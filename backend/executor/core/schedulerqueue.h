// One job queue as the scheduler keeps it. For the files of this folder only.
#pragma once

#include "backend/executor/core/queueorder.h"
#include "backend/executor/core/room.h"

namespace batchyard::executor::core {

struct SchedulerQueue {
    QueueCapacity capacity;
    bool isKnown = false; // else it is gone, or not there yet, and its jobs wait
    QueueOrder order;
    double vcpus = 0; // of its placed jobs
    qsizetype placed = 0;

    // Of the last pass.
    QList<QueueFrontEntry> front;
    bool isFrontDue = false; // something has changed since
    std::optional<BlockedHead> blocked;

    // Kept free for shares that are not active yet; 0 without a policy.
    [[nodiscard]] double reservedVcpus(const Room &room) const;
    // Whether the job leaves the reserve free. without: as if this running job had ended.
    [[nodiscard]] bool sparesReserve(const WaitingJob &job, const Room &room,
                                     const RunningJob *without = nullptr) const;
};

// Everything that decides whether a job starts, and why not.
struct SchedulerFacts {
    explicit SchedulerFacts(quint64 seed)
        : room(seed)
    {
    }

    Room room;
    bool isEngineReachable = true;
    QString engineProblem;
    int starting = 0;
    int maximumStarting = 8;
    std::map<quint64, const RunningJob *> running; // in order of their placement
};

} // namespace batchyard::executor::core
