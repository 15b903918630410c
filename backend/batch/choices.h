// What AWS's public pages leave open and what Batchyard does about it. One place, so that a fact
// learned later changes one line here and the rule that names it.
//
// How a job ends (decided in executor/core/outcome.h, taskrules.h)
//  - The essential container whose end began the stop decides: its exit code is the job's, and
//  those
//    that are stopped because of it do not count. The deciding container can be seen in the live
//    view. The stricter reading (every essential container must exit 0) is not offered.
//  - evaluateOnExit compares that container's exit code and reason; one that is missing is an empty
//    text, which `*` covers; case is ignored.
//  - A pod has no essential container: it ends when all containers have, and succeeds when all have
//    exited 0; an init container that fails fails it. The first that failed decides.
//  - While only init containers run (targets of COMPLETE or SUCCESS) the job is STARTING: it is
//    RUNNING, and its timeout counts, from when every container has been started.
//  - A job's vcpus and memory of the old form are told as such, and not among resourceRequirements.
//  - The containerID of a pod's container is as Kubernetes writes it: docker://<id>.
//  - An attempt of several containers has `container: {}`, and so has the job.
//
// Names and texts
//  - Log streams are <definition>/<container>/<task id>.
//  - Texts of ClientException beyond those that are known, and the tails of the two
//    MISCONFIGURATION reasons, are our own (executor/api; executor/core/waitreasons.h).
//  - Container names are those of ECS: 255 letters, digits, `-` and `_`. A task with one container
//    may leave the name out; it is then "default", the name that ECS gives the container of a
//    legacy job. A pod's is then "Default".
//
// Documents
//  - A volume with neither host nor efsVolumeConfiguration is a scratch volume, as `host: {}` is.
//  - platformCapabilities names one platform; both at once are refused.
//  - Ref::name without a value stays literal text in the command (a warning at submit). In a pod it
//    is replaced in command and args.
//  - What counts for the length of overrides is what the request changes of the definition's tasks,
//    as the JSON of ECS's overrides; the AWS_BATCH_ variables do not count.
//  - An override for a container that the definition does not have is refused, and so is an
//    override of the wrong kind (containerOverrides on ecsProperties or the reverse).
//  - `#` in an image is refused although AWS's text lists it: no engine can parse such a reference.
//  - On Fargate the sums over the containers must fit the table of task sizes, not each container.
//  - RetryStrategy patterns: only the place of `*` and the length are checked.
//  - A pod's containers must say cpu and memory, as those of a task must; init containers need not.
//  - A pod's cpu in other steps than 0.25 and memory in other units than whole Mi get a warning.
//  - allowPrivilegeEscalation has no default here, although AWS's page says false: Kubernetes has
//    true, and nothing that AWS runs shows otherwise.
//  - imagePullPolicy that is absent is not Always for `:latest`: an image that is on this machine
//    is good enough, as it is for tasks.
//  - Of node ranges that overlap the narrowest holds for a node, of equally wide ones the later; a
//    range replaces the wider one as a whole. Overrides hold for every node of their range, and the
//    later win.
//  - Consumable resources of an override replace quantities by name and add new names. Those of a
//    job and of its nodes' ranges are added up.
//
// Jobs and queues
//  - dependsOn with an unknown id, N_TO_N between arrays of different sizes and a job for a
//  DISABLED
//    queue are refused (executor/api/jobsubmission.h).
//  - A fair share's past use weighs linearly less from now to the window's start
//    (executor/core/fairshare.h). Each vCPU that a share holds counts a minute at once, so that
//    jobs placed at one moment alternate; AWS says nothing of that moment.
//  - computeReservation keeps its part of what the queue's environments may use on this machine
//    free from the queue's own jobs (executor/core/schedulerqueue.h).
//  - A queue whose environments are all DISABLED stays VALID, as the documentation knows no other
//    status for it; its head waits with the reason for environments that cannot be used.
//  - A compute environment or queue is on its way (CREATING, UPDATING, DELETING) for a moment in
//    which it can be used already; AWS would have one wait until it is VALID
//    (executor/api/settling.h).
//  - capacityUsage of a job's summary is what it asks for, of an array that of each child, not of
//    the parent. scheduledAt is of service jobs, which alone are ever SCHEDULED.
//  - SubmitJob is not throttled at 50 calls a second: nobody shares this machine's executor, and a
//    program that submits a study would only wait. The million jobs in SUBMITTED is no limit here
//    either, since a job leaves that state at once, whatever it waits for.
//  - The time of a jobStateTimeLimitAction counts from when the reason was first seen of the head,
//    and goes on while the executor or the engine is away.
//  - A job of a share identifier beyond the 500 active ones of its queue is refused.
//  - A head that wants consumables which are in use blocks its queue, as one that wants vCPUs.
//  - Without prices an allocation strategy takes the smallest type that fits, the strategies with
//  an
//    order of their own the first listed; of an instance's memory tasks get 97.5 % less the agent's
//    32 MiB; an idle instance goes after a minute unless a scalingPolicy says otherwise
//    (executor/core/instancepool.h, instancetypes.h).
//  - CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY is the reason of a head whose environment would start
//    an instance that this machine has no room for (executor/core/waitreasons.h).
//  - An array that was cancelled or terminated ends with the caller's reason, another with failed
//    children with `Array Child Job failed` (executor/runner/jobprogress.cpp).
//  - A multi-node job is RUNNING, and its time counts, from its main node's start. A child node
//    that fails decides nothing. The nodes' own statuses are settled with the job's, since a retry
//    starts all of them; one that was only stopped by the main node's success has succeeded. A
//    lost host of any node ends the whole attempt (executor/runner/nodegroups.cpp).
//  - Spot: with notice a job gets SIGTERM at once and has two minutes; an exit code of 0 after it
//    does not count. On Fargate Spot the reason is ECS's (executor/runner/spotmarket.h).
//
// Reading logs (executor/api/logoperations.cpp, livetail.cpp)
//  - A page of FilterLogEvents ends, with a nextToken and perhaps without an event, when it has
//    searched 16 MiB.
//  - A Live Tail update is `sampled` when more has come than it holds; the rest is not left out, as
//    AWS would do, but comes with the next ones.
//
// Filter patterns of logs (executor/api/logpatterns.h, logexpression.h)
//  - A comparison with a member that is not there, is null or has members of its own does not hold,
//    `!=` neither. An asterisk at an end of a quoted text stands for anything, as in one without
//    quotes; a number without quotes equals a text that reads the same.
//  - An expression may have the characters that the user guide lists and no blank, which is \s.
#pragma once

#include <QtGlobal>

namespace batchyard::batch::choices {

// EC2 jobs with part of a vCPU run here. AWS's text asks for whole vCPUs on EC2; whether it refuses
// others is unconfirmed, so they get a warning.
inline constexpr bool fractionalEc2Vcpus = true;

// Secrets and private registries without executionRoleArn: AWS refuses the task later, at start;
// a warning here, since the executor needs no role.
inline constexpr bool missingExecutionRoleIsWarning = true;

// A pod's container with runAsGroup and without runAsUser: Kubernetes would take the image's own
// user, which the document does not tell; it runs as this user with that group.
inline constexpr qint64 userOfLoneGroup = 0;

} // namespace batchyard::batch::choices
