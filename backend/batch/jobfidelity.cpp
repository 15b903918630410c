#include "backend/batch/fidelityrows.h"

namespace batchyard::batch {

namespace {

using enum Fidelity::Verdict;

constexpr FidelityRow jobFidelity[] = {
    {"RegisterJobDefinition/jobDefinitionName", Faithful, "Each registration makes a revision."},
    {"RegisterJobDefinition/type", Faithful, "container and multinode."},
    {"parameters", Faithful, "Replace Ref::name in commands; those of the job win."},
    {"RegisterJobDefinition/schedulingPriority", Faithful,
     "Orders the jobs of one share identifier."},
    {"retryStrategy.*", Faithful,
     "1 to 10 attempts; the first rule that matches decides, no match means retry."},
    {"timeout.*", Faithful,
     "Counts from the attempt's start; the job fails and is not tried again."},
    {"propagateTags", NoEffect, "There are no ECS tasks to tag; kept and told back."},
    {"RegisterJobDefinition/platformCapabilities", Approximated,
     "Decides whether Fargate's or EC2's rules and environments hold; MANAGED_INSTANCES is "
     "refused."},
    {"consumableResourceProperties.*", Faithful,
     "A job waits until its quantities are free and takes them while it runs."},
    {"nodeProperties.numNodes", Faithful, "So many nodes are placed, all or none."},
    {"nodeProperties.mainNode", Faithful, "Its end decides and stops the others."},
    {"nodeProperties.nodeRangeProperties[].targetNodes", Faithful,
     "The narrowest range that has a node holds for it."},
    {"nodeProperties.nodeRangeProperties[].instanceTypes", NoEffect,
     "Instances are chosen by what nodes ask for, among the environment's types."},

    {"SubmitJob/jobName", Faithful, "The job's name."},
    {"SubmitJob/jobQueue", Faithful, "A name or an ARN."},
    {"SubmitJob/jobDefinition", Faithful, "A name, name:revision or an ARN."},
    {"SubmitJob/shareIdentifier", Faithful,
     "Required by a queue with a scheduling policy and refused by one without."},
    {"SubmitJob/schedulingPriorityOverride", Faithful, "Replaces the definition's priority."},
    {"SubmitJob/arrayProperties.*", Faithful, "2 to 10,000 children with an index each."},
    {"SubmitJob/dependsOn[].*", Faithful,
     "Plain, SEQUENTIAL and N_TO_N; a dependency that fails fails the job."},
    {"nodeOverrides.numNodes", Faithful, "Replaces the definition's, under AWS's conditions."},
    {"nodeOverrides.nodePropertyOverrides[].targetNodes", Faithful,
     "Overrides hold for the nodes of the range; later ones win."},
    {"nodeOverrides.nodePropertyOverrides[].instanceTypes", NoEffect,
     "Instances are chosen by what nodes ask for, among the environment's types."},
    {"override.name", Faithful, "The container that is overridden."},
    {"override.command", Faithful, "Replaces the definition's."},
    {"override.environment[].*", Faithful, "Merged by name; the override wins."},
    {"override.resourceRequirements[].*", Faithful, "Replaced by type."},
    {"override.vcpus", Faithful, "As a resource requirement of the type VCPU."},
    {"override.memory", Faithful, "As a resource requirement of the type MEMORY."},
    {"override.instanceType", NoEffect,
     "Instances are chosen by what jobs ask for, among the environment's types."},
    {"tags", Faithful, "Kept, told and changed as AWS does."},
};

} // namespace

std::span<const FidelityRow> jobRows()
{
    return jobFidelity;
}

} // namespace batchyard::batch
