#include "backend/executor/core/schedulerqueue.h"

namespace batchyard::executor::core {

double SchedulerQueue::reservedVcpus(const Room &room) const
{
    const FairShare *shares = order.fairShare();
    return shares ? shares->reservedPart() * room.maximumVcpus(capacity.environments) : 0;
}

bool SchedulerQueue::sparesReserve(const WaitingJob &job, const Room &room,
                                   const RunningJob *without) const
{
    const double reserved = reservedVcpus(room);
    if (reserved <= 0)
        return true;
    double used = vcpus + totalOf(job).vcpus;
    if (without && without->job.queue == job.queue)
        used -= totalOf(without->job).vcpus;
    return !exceeds(used, room.maximumVcpus(capacity.environments) - reserved);
}

} // namespace batchyard::executor::core
