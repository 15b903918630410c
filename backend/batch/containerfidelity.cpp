#include "backend/batch/fidelityrows.h"

namespace batchyard::batch {

namespace {

using enum Fidelity::Verdict;

constexpr FidelityRow containerFidelity[] = {
    {"container.name", Faithful,
     "Names the container in dependencies, overrides, replies and log streams; it also resolves "
     "like localhost."},
    {"container.image", Faithful,
     "Pulled from its registry; an image of that name on this machine is taken when the registry "
     "cannot be reached."},
    {"container.command", Faithful, "Docker's command, with Ref:: parameters replaced."},
    {"container.essential", Faithful, "The first essential container that ends stops the others."},
    {"container.dependsOn[].*", Faithful,
     "The ECS agent's rules for START, COMPLETE and SUCCESS, for starting and for stopping."},
    {"container.environment[].*", Faithful, "Set, together with the AWS_BATCH_ variables."},
    {"container.resourceRequirements[].type", Faithful, "VCPU, MEMORY and GPU are all counted."},
    {"container.resourceRequirements[].value", Approximated,
     "MEMORY is a hard limit (Docker's least is 6 MiB); VCPU is a hard limit too, where EC2 lets "
     "a container use idle CPUs; GPUs need Docker's NVIDIA runtime."},
    {"container.mountPoints[].*", Faithful, "Mounted as said."},
    {"container.secrets[].name", Faithful, "The variable that holds the value."},
    {"container.secrets[].valueFrom", Approximated,
     "Looked up in the local store of secrets in place of Secrets Manager and Parameter Store; "
     "there is one version of each."},
    {"container.user", Faithful, "Docker's user."},
    {"container.privileged", Faithful,
     "Docker's privileged mode, where this machine's policy allows it."},
    {"container.readonlyRootFilesystem", Faithful, "Docker's read-only root."},
    {"container.ulimits[].*", Faithful, "Docker's ulimits."},
    {"container.linuxParameters.devices[].*", Faithful,
     "Devices of this machine, where its policy allows them."},
    {"container.linuxParameters.initProcessEnabled", Faithful, "Docker's init process."},
    {"container.linuxParameters.sharedMemorySize", Faithful,
     "The size of /dev/shm; with ipcMode task the largest of all containers is the size for all."},
    {"container.linuxParameters.tmpfs[].*", Faithful, "Mounted in memory, with size and options."},
    {"container.linuxParameters.maxSwap", Approximated,
     "Docker's swap limit; it has no effect where the kernel does not count swap."},
    {"container.linuxParameters.swappiness", Approximated,
     "Passed to Docker together with maxSwap; systems with cgroup v2 ignore it."},
    {"container.logConfiguration.logDriver", Approximated,
     "awslogs goes to local log files that the CloudWatch Logs API serves, and so does "
     "awsfirelens; other drivers are passed on to Docker, which must have them."},
    {"container.logConfiguration.options", Faithful,
     "awslogs-group and awslogs-stream-prefix name group and stream, awslogs-datetime-format and "
     "awslogs-multiline-pattern join lines into events as Docker's driver does; groups need not be "
     "created first. Options of other drivers are passed on, json-file's with at most ten files of "
     "128 MiB (two when it does not say) and buffers of at most 16 MiB; sockets and files of this "
     "machine need its policy to allow them."},
    {"container.logConfiguration.secretOptions[].*", Approximated,
     "Looked up in the local store and passed on to drivers other than awslogs and awsfirelens."},
    {"container.firelensConfiguration.*", NoEffect,
     "No log router is set up; output goes to the local log files."},
    {"container.repositoryCredentials.*", Approximated,
     "User name and password come from the local store of secrets."},
    {"container.startTimeout", Faithful,
     "As the ECS agent has it: how long dependents wait for this container's end or success."},
    {"container.stopTimeout", Faithful, "Seconds between SIGTERM and SIGKILL, 30 when absent."},

    {"task.volumes[].name", Faithful, "What mount points refer to."},
    {"task.volumes[].host.*", Approximated,
     "A directory of this machine, made when it is missing, where its policy allows it; without "
     "sourcePath a volume that lives as long as the attempt. A container does not start when links "
     "lead elsewhere than at the registration."},
    {"task.volumes[].efsVolumeConfiguration.fileSystemId", Approximated,
     "A local directory that stays, one for each file system."},
    {"task.volumes[].efsVolumeConfiguration.rootDirectory", Approximated,
     "A directory below that of the file system, made when it is missing. A container does not "
     "start when a link lies on the way. That is looked at right before its start: a container "
     "that runs then, has a directory above and changes it within these milliseconds can lead it "
     "out of the file system, so give such volumes only to programs that you trust with your "
     "files."},
    {"task.volumes[].efsVolumeConfiguration.*", NoEffect,
     "The directory is local: there is nothing to encrypt or to authorize."},
    {"task.volumes[].s3filesVolumeConfiguration.fileSystemArn", Approximated,
     "A local directory that stays, one for each file system."},
    {"task.volumes[].s3filesVolumeConfiguration.rootDirectory", Approximated,
     "A directory below that of the file system, made when it is missing. A container does not "
     "start when a link lies on the way. That is looked at right before its start: a container "
     "that runs then, has a directory above and changes it within these milliseconds can lead it "
     "out of the file system, so give such volumes only to programs that you trust with your "
     "files."},
    {"task.volumes[].s3filesVolumeConfiguration.*", NoEffect,
     "The directory is local: there is nothing to encrypt or to authorize."},
    {"task.executionRoleArn", NoEffect, "There is no IAM here; images and secrets need no role."},
    {"task.taskRoleArn", NoEffect,
     "There is no IAM here; containers get no credentials of a role."},
    {"task.platformVersion", NoEffect, "There is one platform, the local engine."},
    {"task.ipcMode", Faithful,
     "Docker's IPC namespaces; host needs the policy of this machine to allow it."},
    {"task.pidMode", Faithful,
     "Docker's process namespaces; host needs the policy of this machine to allow it."},
    {"task.networkConfiguration.*", NoEffect,
     "No job gets a public address; no port is published."},
    {"task.runtimePlatform.cpuArchitecture", Approximated,
     "The image is taken for this architecture, which the local engine must be able to run."},
    {"task.runtimePlatform.operatingSystemFamily", NoEffect, "Containers run on Linux only."},
    {"task.ephemeralStorage.*", NoEffect,
     "Containers may use the space that the engine's disk has."},
    {"task.enableExecuteCommand", NoEffect, "Use `docker exec`."},
    {"task.networkMode", NoEffect,
     "AWS has it for managed instances only; each job has a network namespace of its own here."},

    {"legacy.vcpus", Approximated, "As a resource requirement of the type VCPU."},
    {"legacy.memory", Faithful, "As a resource requirement of the type MEMORY."},
    {"legacy.jobRoleArn", NoEffect,
     "There is no IAM here; containers get no credentials of a role."},
    {"legacy.instanceType", NoEffect,
     "Instances are chosen by what jobs ask for, among the environment's types."},
    {"legacy.fargatePlatformConfiguration.*", NoEffect, "There is one platform, the local engine."},
};

} // namespace

std::span<const FidelityRow> containerRows()
{
    return containerFidelity;
}

} // namespace batchyard::batch
