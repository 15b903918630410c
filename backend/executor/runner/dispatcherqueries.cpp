// What a JobDispatcher tells of its scheduler.
#include "backend/executor/core/jobscheduler.h"
#include "backend/executor/runner/jobdispatcher.h"

namespace batchyard::executor {

Result<void> JobDispatcher::interrupt(const QString &jobId, bool)
{
    return failure(ErrorCode::Conflict, QStringLiteral("Job %1 runs on no instance.").arg(jobId));
}

core::QueueSnapshot JobDispatcher::queueSnapshot(const QString &) const
{
    return {};
}

core::EnvironmentState JobDispatcher::environmentState(const QString &) const
{
    return {};
}

qint64 JobDispatcher::consumableInUse(const QString &) const
{
    return 0;
}

QStringList JobDispatcher::consumableHolders(const QString &) const
{
    return {};
}

} // namespace batchyard::executor
