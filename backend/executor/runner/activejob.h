// A job that is not over, as the dispatcher keeps it: its row and what the documents in it say.
#pragma once

#include "backend/batch/job.h"
#include "backend/executor/core/scheduler.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

struct ActiveJob {
    JobRecord record;
    batch::SubmitJobRequest request;
    batch::JobDefinition definition;
    batch::EcsTaskProperties task; // what runs: overrides and parameters applied
    core::Resources asked; // by all containers together
    QString waitReason;
    QString blockedReason; // AWS's text

    // Error: Protocol, a document of the row that cannot be read.
    [[nodiscard]] static Result<ActiveJob> load(const JobRecord &record);

    [[nodiscard]] const std::optional<batch::RetryStrategy> &retryStrategy() const
    {
        return request.retryStrategy ? request.retryStrategy : definition.retryStrategy;
    }
    [[nodiscard]] std::optional<int> timeoutSeconds() const;
    [[nodiscard]] batch::Tags tags() const { return request.tags; }
    // STARTING or RUNNING: it holds its resources.
    [[nodiscard]] bool isPlaced() const;
    [[nodiscard]] bool isToEnd() const
    {
        return record.cancelRequested || record.terminateRequested;
    }
};

[[nodiscard]] core::Resources resourcesOf(const batch::EcsTaskProperties &task);

} // namespace batchyard::executor
