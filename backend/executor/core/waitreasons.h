// Why a job waits, in words and numbers, from the scheduler's facts. What cannot end by itself is
// told before what passes. For the files of this folder only.
#pragma once

#include "backend/executor/core/schedulerqueue.h"

namespace batchyard::executor::core {

class WaitReasons
{
public:
    explicit WaitReasons(const SchedulerFacts &facts);

    // Pre-condition: the job waits in the queue.
    [[nodiscard]] WaitReason of(const WaitingJob &job, const SchedulerQueue &queue) const;
    // AWS's text for a job, empty when it waits as usual. Pre-condition: it waits in the queue.
    [[nodiscard]] QString statusReasonOf(const WaitingJob &job, const SchedulerQueue &queue) const;
    // The same for the queue's head; empty when nobody waits.
    [[nodiscard]] QString statusReasonOfHead(const SchedulerQueue &queue) const;

private:
    // Why the head of a queue cannot start.
    struct Blockage {
        QString need; // "needs 4 vCPU, 2 of 8 free in compute environment local"
        QString remedy; // what ends it, if no running job's end does; a sentence without full stop
        QString statusReason = {};
        bool isOfJob = true; // the need begins with a verb whose subject is the job
        // The running jobs whose end may help; none: their ends do not.
        std::optional<qsizetype> holders = {};
    };
    using Environments = QList<const Room::Environment *>;

    [[nodiscard]] Blockage blockageOf(const WaitingJob &job, const SchedulerQueue &queue) const;
    [[nodiscard]] std::optional<Blockage> lasting(const WaitingJob &job,
                                                  const SchedulerQueue &queue) const;
    [[nodiscard]] std::optional<Blockage> lastingInMachine(const WaitingJob &job) const;
    [[nodiscard]] Blockage passing(const WaitingJob &job, const SchedulerQueue &queue) const;
    [[nodiscard]] Environments usable(const SchedulerQueue &queue) const;
    [[nodiscard]] Blockage noEnvironment(const SchedulerQueue &queue) const;
    [[nodiscard]] Blockage wrongPlatform(const WaitingJob &job, const SchedulerQueue &queue) const;
    [[nodiscard]] Blockage noInstanceType(const WaitingJob &job,
                                          const Room::Environment &environment) const;
    [[nodiscard]] Blockage aboveHost(const WaitingJob &job) const;
    [[nodiscard]] Blockage engineAway() const;
    [[nodiscard]] Blockage neverMet(const ConsumableNeed &need) const;
    [[nodiscard]] Blockage environmentFull(const WaitingJob &job,
                                           const Room::Environment &environment) const;
    [[nodiscard]] Blockage hostFull(const WaitingJob &job, const Room::Choice &choice) const;
    [[nodiscard]] Blockage consumableShort(const ConsumableNeed &need) const;
    [[nodiscard]] Blockage reserveTouched(const WaitingJob &job, const SchedulerQueue &queue) const;
    [[nodiscard]] QString placeText(const WaitingJob &job, const SchedulerQueue &queue,
                                    const WaitingJob &head) const;
    [[nodiscard]] QString remedyText(const WaitingJob &job, const SchedulerQueue &queue,
                                     const Blockage &blockage) const;

    const SchedulerFacts &m_facts;
};

} // namespace batchyard::executor::core
