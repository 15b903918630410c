#include "backend/batch/fidelityrows.h"

namespace batchyard::batch {

namespace {

using enum Fidelity::Verdict;

#define ENVIRONMENT "CreateComputeEnvironment/"
#define RESOURCES ENVIRONMENT "computeResources."
#define QUEUE "CreateJobQueue/"

constexpr FidelityRow resourceFidelity[] = {
    {ENVIRONMENT "computeEnvironmentName", Faithful, "Its name."},
    {"UpdateComputeEnvironment/computeEnvironment", Faithful, "A name or an ARN."},
    {ENVIRONMENT "type", Approximated,
     "MANAGED gets instances as it would on AWS, in this machine's room; UNMANAGED has that room "
     "itself."},
    {ENVIRONMENT "state", Faithful, "A DISABLED environment gets no new jobs."},
    {ENVIRONMENT "unmanagedvCpus", Approximated, "The most vCPUs that its jobs use together."},
    {ENVIRONMENT "serviceRole", NoEffect, "There is no IAM here."},
    {ENVIRONMENT "eksConfiguration.eksClusterArn", Approximated,
     "Makes it an environment for pods and is told in their attempts; there is no cluster."},
    {ENVIRONMENT "eksConfiguration.kubernetesNamespace", Approximated,
     "Told in the attempts of pods; there is no cluster."},
    {ENVIRONMENT "context", NoEffect, "Reserved by AWS."},
    {ENVIRONMENT "ecsSettings.*", NoEffect, "There is no CloudWatch Container Insights here."},
    {ENVIRONMENT "updatePolicy.*", NoEffect,
     "An update replaces no instance under a job; kept and told back."},
    {RESOURCES "type", Approximated,
     "EC2, SPOT, FARGATE and FARGATE_SPOT, with their rules; instances are simulated, Spot "
     "interruptions happen when asked for. Managed instances are refused."},
    {RESOURCES "allocationStrategy", Approximated,
     "Chooses among the instance types by size and order; there are no prices and no shortage of "
     "a type."},
    {RESOURCES "minvCpus", Approximated, "So many vCPUs of simulated instances stay."},
    {RESOURCES "maxvCpus", Faithful, "The most vCPUs that jobs use together."},
    {RESOURCES "desiredvCpus", Approximated, "Told as the simulated instances need it."},
    {RESOURCES "instanceTypes", Approximated,
     "Jobs must fit into instances of these types; the common families are known by size, and "
     "all share this machine."},
    {RESOURCES "imageId", NoEffect, "There is no machine image here."},
    {RESOURCES "subnets", NoEffect, "Jobs are on a network of the local engine."},
    {RESOURCES "securityGroupIds", NoEffect, "Jobs are on a network of the local engine."},
    {RESOURCES "ec2KeyPair", NoEffect, "There is no instance to log in to."},
    {RESOURCES "instanceRole", NoEffect, "There is no IAM here."},
    {RESOURCES "tags", NoEffect, "There is no instance to tag; kept and told back."},
    {RESOURCES "placementGroup", NoEffect, "All jobs are on one machine."},
    {RESOURCES "bidPercentage", NoEffect, "There are no prices here."},
    {RESOURCES "spotIamFleetRole", NoEffect, "There is no IAM here."},
    {RESOURCES "launchTemplate.*", NoEffect, "There is no instance to launch."},
    {RESOURCES "ec2Configuration[].*", NoEffect, "There is no machine image here."},
    {RESOURCES "scalingPolicy.*", Faithful, "How long a simulated instance without jobs is kept."},
    {RESOURCES "managedInstancesProvider.*", NoEffect,
     "Environments of managed instances are refused; kept in documents."},
    {RESOURCES "capacityTags", NoEffect, "There is no instance to tag; kept and told back."},
    {RESOURCES "updateToLatestImageVersion", NoEffect, "There is no machine image here."},

    {QUEUE "jobQueueName", Faithful, "Its name."},
    {"UpdateJobQueue/jobQueue", Faithful, "A name or an ARN."},
    {QUEUE "state", Faithful, "A DISABLED queue takes no jobs and finishes those that it has."},
    {QUEUE "schedulingPolicyArn", Faithful,
     "Fair share in place of first in, first out; it can be replaced and not taken away."},
    {QUEUE "priority", Faithful, "Queues with a higher one are served first."},
    {QUEUE "computeEnvironmentOrder[].*", Faithful, "Tried in this order; 1 to 3."},
    {QUEUE "serviceEnvironmentOrder[].*", NoEffect,
     "Queues of service environments are refused: service jobs do not run here."},
    {QUEUE "jobQueueType", Approximated,
     "Told; what may run follows from the environments. Types of service jobs and of managed "
     "instances are refused."},
    {QUEUE "jobStateTimeLimitActions[].*", Faithful,
     "Cancels a job that blocks the queue's head for that reason for so long."},

    {"CreateSchedulingPolicy/name", Faithful, "Its name."},
    {"UpdateSchedulingPolicy/arn", Faithful, "The policy that is changed."},
    {"CreateSchedulingPolicy/quotaSharePolicy.*", NoEffect,
     "Refused: it is for service jobs, which do not run here."},
    {"CreateSchedulingPolicy/fairsharePolicy.shareDecaySeconds", Approximated,
     "Past use weighs linearly less within the window; AWS does not publish its curve."},
    {"CreateSchedulingPolicy/fairsharePolicy.computeReservation", Faithful,
     "Keeps room for shares that are not active yet, by AWS's formula."},
    {"CreateSchedulingPolicy/fairsharePolicy.shareDistribution[].*", Faithful,
     "Weights by identifier or prefix; a lower weight gets more."},

    {"CreateConsumableResource/consumableResourceName", Faithful, "Its name."},
    {"CreateConsumableResource/totalQuantity", Faithful, "Counted."},
    {"CreateConsumableResource/resourceType", Faithful,
     "What a REPLENISHABLE resource lent comes back when the job ends."},
    {"UpdateConsumableResource/consumableResource", Faithful, "A name or an ARN."},
    {"UpdateConsumableResource/operation", Faithful, "SET, ADD and REMOVE."},
    {"UpdateConsumableResource/quantity", Faithful, "Counted."},
    {"UpdateConsumableResource/clientToken", NoEffect, "Calls are not told apart by it."},
};

} // namespace

std::span<const FidelityRow> resourceRows()
{
    return resourceFidelity;
}

} // namespace batchyard::batch
