// What AWS's public pages leave open and what Batchyard does about it. One place, so that a fact
// learned later changes one line here and the rule that names it.
//
//  - An array job, multi-node and EKS documents are read, kept and exported, not run: multi-node
//    and EKS are refused by name.
//  - A task with one container may leave the container's name out; it is then "default", the name
//    that ECS gives the container of a legacy job.
//  - A volume with neither host nor efsVolumeConfiguration is a scratch volume, as `host: {}` is.
//  - platformCapabilities names one platform; both at once are refused.
//  - Ref::name without a value stays literal text in the command (a warning at submit).
//  - An override for a container that the definition does not have is refused, and so is an
//    override of the wrong kind (containerOverrides on ecsProperties or the reverse).
//  - `#` in an image is refused although AWS's text lists it: no engine can parse such a reference.
//  - On Fargate the sums over the containers must fit the table of task sizes, not each container.
//  - RetryStrategy patterns: only the place of `*` and the length are checked.
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
