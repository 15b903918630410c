// AWS Batch's limits and rules on documents, as pure functions: the wizards call them while a
// person types, the executor before it accepts. Every fault has the JSON path of the field, what is
// wrong and what is allowed. Sources: API reference pages of the named shapes.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/batch/schedulingpolicy.h"

namespace batchyard::batch {

[[nodiscard]] Faults validate(const ComputeEnvironment &environment);
[[nodiscard]] Faults validate(const JobQueue &queue);
[[nodiscard]] Faults validate(const JobDefinition &definition);
[[nodiscard]] Faults validate(const SchedulingPolicy &policy);
[[nodiscard]] Faults validate(const ConsumableResource &resource);
// What can be told without the definition; the second form also checks overrides against it.
[[nodiscard]] Faults validate(const SubmitJobRequest &request);
[[nodiscard]] Faults validate(const SubmitJobRequest &request, const JobDefinition &definition);

// The tags of anything, of which TagResource adds some.
[[nodiscard]] Faults tagFaults(const Tags &tags, const QString &path);

// Why an edge "container depends on dependency under condition" is not allowed in this task; empty
// when it is. Asked by the graph editor while dragging: unknown name, self, double edge, cycle
// (with its path "a -> b -> a"), COMPLETE or SUCCESS on an essential container.
[[nodiscard]] QString refusalOfDependency(const EcsTaskProperties &task, const QString &container,
                                          const QString &dependency, DependencyCondition condition);

// What an accepted request runs, for all below: overrides merged (API_SubmitJob), Ref:: parameters
// substituted in commands. Pre-condition: validate(request, definition) has no errors.

// The task: of the main node when the job has several, which the second form tells apart. A pod
// comes as a task (toTask() in pod.h).
[[nodiscard]] EcsTaskProperties effectiveTask(const SubmitJobRequest &request,
                                              const JobDefinition &definition);
[[nodiscard]] EcsTaskProperties effectiveTask(const SubmitJobRequest &request,
                                              const JobDefinition &definition, int node);
// The same in its document's form, with instance types and consumables: what DescribeJobs tells of
// a pod (eksProperties) and of a node.
[[nodiscard]] NodeRangeProperty effectiveProperties(const SubmitJobRequest &request,
                                                    const JobDefinition &definition, int node = 0);

// Whether what the request changes of a task, parameters included, is more than ECS takes; AWS
// Batch finds out when it would start the job, which fails with this reason.
[[nodiscard]] bool areOverridesTooLong(const SubmitJobRequest &request,
                                       const JobDefinition &definition);
inline constexpr QLatin1StringView overridesTooLongReason{
    "Container Overrides length must be at most 8192"};

// Nodes of a multi-node job; 0 for other jobs.
[[nodiscard]] int nodeCount(const SubmitJobRequest &request, const JobDefinition &definition);
// What DescribeJobs tells of a multi-node job. An override for part of a range is not to be seen
// in it, though that node runs with it.
[[nodiscard]] std::optional<NodeProperties> effectiveNodes(const SubmitJobRequest &request,
                                                           const JobDefinition &definition);

// What the whole job takes, each resource once, with a quantity: of a multi-node job all nodes
// together, of an array job each child.
[[nodiscard]] QList<ConsumableResourceRequirement>
effectiveConsumables(const SubmitJobRequest &request, const JobDefinition &definition);

} // namespace batchyard::batch
