// What the executor's API asks of the part that runs jobs. All calls are on the executor's thread.
#pragma once

#include "backend/batch/liveview.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

class ExecutorControl
{
public:
    virtual ~ExecutorControl() = default;

    // The job is in the store as SUBMITTED.
    virtual void jobSubmitted(const QString &jobId) = 0;
    // Batch's rules: cancel moves a job that has not started to FAILED and leaves others alone;
    // terminate also stops the containers of one that has. Finished or unknown jobs: no effect.
    virtual void cancelJob(const QString &jobId, const QString &reason) = 0;
    virtual void terminateJob(const QString &jobId, const QString &reason) = 0;
    // A compute environment or queue was created, changed or deleted.
    virtual void resourcesChanged() = 0;

    [[nodiscard]] virtual batch::EngineStatus engineStatus() const = 0;
    // Why a job that is not running waits, in words and numbers; empty when it does not wait.
    [[nodiscard]] virtual QString waitReason(const QString &jobId) const = 0;
    // AWS's own blocked-job text for a RUNNABLE job, or empty.
    [[nodiscard]] virtual QString blockedStatusReason(const QString &jobId) const = 0;
    [[nodiscard]] virtual QList<batch::ContainerLiveState>
    containerStates(const QString &jobId) const = 0;
};

} // namespace batchyard::executor
