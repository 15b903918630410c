// What a job will do and need, told before it is submitted: pure functions over the documents.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/batch/liveview.h"

namespace batchyard::models {

struct Hint {
    enum class Kind { Fact, Warning };
    Kind kind = Kind::Fact;
    QString text; // one sentence with its numbers
    friend bool operator==(const Hint &, const Hint &) = default;
};

// One sentence per container in the order of their starts, then what ends the job and what is
// stopped then. Pre-condition: the task has no errors (no cycle above all).
[[nodiscard]] QStringList courseOf(const batch::EcsTaskProperties &task);

// Whether the task fits: its sums against each environment of the queue and against the machine
// of the local executor. A missing engine (AWS) is not an error.
[[nodiscard]] QList<Hint> capacityHints(const batch::EcsTaskProperties &task,
                                        const batch::JobQueue &queue,
                                        const QList<batch::ComputeEnvironment> &environments,
                                        const std::optional<batch::EngineStatus> &engine);

// A field where a job differs from its definition.
struct OverrideRow {
    QString container; // empty for the job's own fields
    QString field;
    QString inherited;
    QString overridden;
    friend bool operator==(const OverrideRow &, const OverrideRow &) = default;
};

[[nodiscard]] QList<OverrideRow> overridesOf(const batch::SubmitJobRequest &request,
                                             const batch::JobDefinition &definition);

// The definition as this request runs it: overrides merged, parameters substituted. Pre-condition:
// batch::validate(request, definition) has no errors.
[[nodiscard]] batch::JobDefinition effectiveDefinition(const batch::SubmitJobRequest &request,
                                                       const batch::JobDefinition &definition);

} // namespace batchyard::models
