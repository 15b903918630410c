// Texts of what the console shows or offers to copy: documents as JSON, and the commands that do
// the same as its actions.
#pragma once

#include "backend/batch/json.h"

namespace batchyard::models {

// As describe calls of AWS Batch return them.
[[nodiscard]] QString describeText(const batch::JobDetail &job);
[[nodiscard]] QString describeText(const batch::JobDefinition &definition);
[[nodiscard]] QString describeText(const batch::JobQueue &queue);
[[nodiscard]] QString describeText(const batch::ComputeEnvironment &environment);

// The same job again: what was submitted, as far as the job's detail tells it.
[[nodiscard]] batch::SubmitJobRequest cloneOf(const batch::JobDetail &job,
                                              const batch::JobDefinition *definition);

namespace commands {

// Quoted for a POSIX shell when it needs to be.
[[nodiscard]] QString quoted(const QString &argument);
[[nodiscard]] QString describeJob(const QString &jobId);
[[nodiscard]] QString followLogs(const QString &jobId);
[[nodiscard]] QString cancelJob(const QString &jobId, const QString &reason);
[[nodiscard]] QString terminateJob(const QString &jobId, const QString &reason);
[[nodiscard]] QString submitJob(const batch::SubmitJobRequest &request);
[[nodiscard]] QString deregisterDefinition(const QString &nameAndRevision);
[[nodiscard]] QString setQueueState(const QString &queue, const QString &state);
[[nodiscard]] QString deleteQueue(const QString &queue);
[[nodiscard]] QString setEnvironmentState(const QString &environment, const QString &state);
[[nodiscard]] QString deleteEnvironment(const QString &environment);

} // namespace commands

} // namespace batchyard::models
