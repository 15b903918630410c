// AWS Batch's limits and rules on documents, as pure functions: the wizards call them while a
// person types, the executor before it accepts. Every fault has the JSON path of the field, what is
// wrong and what is allowed. Sources: API reference pages of the named shapes.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"

namespace batchyard::batch {

[[nodiscard]] Faults validate(const ComputeEnvironment &environment);
[[nodiscard]] Faults validate(const JobQueue &queue);
[[nodiscard]] Faults validate(const JobDefinition &definition);
// What can be told without the definition; the second form also checks overrides against it.
[[nodiscard]] Faults validate(const SubmitJobRequest &request);
[[nodiscard]] Faults validate(const SubmitJobRequest &request, const JobDefinition &definition);

// Why an edge "container depends on dependency under condition" is not allowed in this task; empty
// when it is. Asked by the graph editor while dragging: unknown name, self, double edge, cycle
// (with its path "a -> b -> a"), COMPLETE or SUCCESS on an essential container.
[[nodiscard]] QString refusalOfDependency(const EcsTaskProperties &task, const QString &container,
                                          const QString &dependency, DependencyCondition condition);

// The task that an accepted request runs: overrides merged (API_SubmitJob), Ref:: parameters
// substituted in command. Pre-condition: validate(request, definition) has no errors.
[[nodiscard]] EcsTaskProperties effectiveTask(const SubmitJobRequest &request,
                                              const JobDefinition &definition);

} // namespace batchyard::batch
