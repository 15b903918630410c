// What the executor's API asks of the part that runs jobs. All calls are on the executor's thread.
#pragma once

#include "backend/batch/liveview.h"
#include "backend/executor/core/jobscheduler.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

class ExecutorControl
{
public:
    virtual ~ExecutorControl() = default;

    // The job is in the store as SUBMITTED, and the children of an array or the nodes of a
    // multi-node job with it: this is the parent's id.
    virtual void jobSubmitted(const QString &jobId) = 0;
    // Batch's rules: cancel moves a job that has not started to FAILED and leaves others alone;
    // terminate also stops the containers of one that has. Of an array's parent: every child. Of a
    // node: the whole job. Finished or unknown jobs: no effect, and no error. Error: the store's;
    // the call has to come again then, since some of an array's children may not know of it.
    [[nodiscard]] virtual Result<void> cancelJob(const QString &jobId, const QString &reason) = 0;
    [[nodiscard]] virtual Result<void> terminateJob(const QString &jobId, const QString &reason)
        = 0;
    // A compute environment, queue, scheduling policy or consumable resource was created, changed
    // or deleted.
    virtual void resourcesChanged() = 0;
    // Takes the Spot capacity under a STARTING or RUNNING job away, as AWS does: every job on that
    // instance gets SIGTERM and ends with `Host EC2 (instance i-…) terminated.`. With notice the
    // containers have two minutes before they are killed, else their stopTimeout. Errors: NotFound
    // (no such job, or it has ended), Conflict (it holds no place yet, or runs on no instance).
    [[nodiscard]] virtual Result<void> interrupt(const QString &jobId, bool notice) = 0;

    [[nodiscard]] virtual batch::EngineStatus engineStatus() const = 0;
    // Why a job that is not running waits, in words and numbers; empty when it does not wait.
    [[nodiscard]] virtual QString waitReason(const QString &jobId) const = 0;
    // AWS's own blocked-job text for a RUNNABLE job, or empty.
    [[nodiscard]] virtual QString blockedStatusReason(const QString &jobId) const = 0;
    // Of a parent: none.
    [[nodiscard]] virtual QList<batch::ContainerLiveState>
    containerStates(const QString &jobId) const = 0;

    // What the scheduler knows; empty values for names that it does not know.
    [[nodiscard]] virtual core::QueueSnapshot queueSnapshot(const QString &queue) const = 0;
    [[nodiscard]] virtual core::EnvironmentState environmentState(const QString &name) const = 0;
    // Quantity held by STARTING and RUNNING jobs, and those jobs.
    [[nodiscard]] virtual qint64 consumableInUse(const QString &name) const = 0;
    [[nodiscard]] virtual QStringList consumableHolders(const QString &name) const = 0;
};

} // namespace batchyard::executor
