// The JSON members of a container, a task and their parts: one description serves reading and
// writing (objectreader.h, objectwriter.h). Private to this folder.
#pragma once

#include "backend/batch/container.h"

#include <concepts>
#include <type_traits>

namespace batchyard::batch {

// A value or a const value of this shape: reading fills the one, writing takes the other.
template <typename Value, typename Shape>
concept Is = std::same_as<std::remove_const_t<Value>, Shape>;

void describe(Is<KeyValuePair> auto &value, auto &members)
{
    members.required("name", value.name);
    members.nullable("value", value.value);
}

void describe(Is<TaskContainerDependency> auto &value, auto &members)
{
    members.required("containerName", value.containerName);
    members.required("condition", value.condition);
}

void describe(Is<ResourceRequirement> auto &value, auto &members)
{
    members.required("type", value.type);
    members.required("value", value.value);
}

void describe(Is<Ulimit> auto &value, auto &members)
{
    members.required("name", value.name);
    members.required("softLimit", value.softLimit);
    members.required("hardLimit", value.hardLimit);
}

void describe(Is<MountPoint> auto &value, auto &members)
{
    members.optional("sourceVolume", value.sourceVolume);
    members.optional("containerPath", value.containerPath);
    members.optional("readOnly", value.readOnly);
}

void describe(Is<EfsAuthorizationConfig> auto &value, auto &members)
{
    members.optional("accessPointId", value.accessPointId);
    members.optional("iam", value.iam);
}

void describe(Is<EfsVolumeConfiguration> auto &value, auto &members)
{
    members.required("fileSystemId", value.fileSystemId);
    members.optional("rootDirectory", value.rootDirectory);
    members.optional("transitEncryption", value.transitEncryption);
    members.optional("transitEncryptionPort", value.transitEncryptionPort);
    members.optional("authorizationConfig", value.authorizationConfig);
}

void describe(Is<S3FilesVolumeConfiguration> auto &value, auto &members)
{
    members.required("fileSystemArn", value.fileSystemArn);
    members.optional("rootDirectory", value.rootDirectory);
    members.optional("transitEncryptionPort", value.transitEncryptionPort);
    members.optional("accessPointArn", value.accessPointArn);
}

void describe(Is<Host> auto &value, auto &members)
{
    members.optional("sourcePath", value.sourcePath);
}

void describe(Is<Volume> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("host", value.host);
    members.optional("efsVolumeConfiguration", value.efsVolumeConfiguration);
    members.optional("s3filesVolumeConfiguration", value.s3filesVolumeConfiguration);
}

void describe(Is<Device> auto &value, auto &members)
{
    members.required("hostPath", value.hostPath);
    members.optional("containerPath", value.containerPath);
    members.optional("permissions", value.permissions);
}

void describe(Is<Tmpfs> auto &value, auto &members)
{
    members.required("containerPath", value.containerPath);
    members.required("size", value.size);
    members.optional("mountOptions", value.mountOptions);
}

void describe(Is<LinuxParameters> auto &value, auto &members)
{
    members.optional("devices", value.devices);
    members.optional("initProcessEnabled", value.initProcessEnabled);
    members.optional("sharedMemorySize", value.sharedMemorySize);
    members.optional("tmpfs", value.tmpfs);
    members.optional("maxSwap", value.maxSwap);
    members.optional("swappiness", value.swappiness);
}

void describe(Is<Secret> auto &value, auto &members)
{
    members.required("name", value.name);
    members.required("valueFrom", value.valueFrom);
}

void describe(Is<LogConfiguration> auto &value, auto &members)
{
    members.required("logDriver", value.logDriver);
    members.optional("options", value.options);
    members.optional("secretOptions", value.secretOptions);
}

void describe(Is<FirelensConfiguration> auto &value, auto &members)
{
    members.required("type", value.type);
    members.optional("options", value.options);
}

void describe(Is<RepositoryCredentials> auto &value, auto &members)
{
    members.required("credentialsParameter", value.credentialsParameter);
}

void describe(Is<EphemeralStorage> auto &value, auto &members)
{
    members.required("sizeInGiB", value.sizeInGiB);
}

void describe(Is<NetworkConfiguration> auto &value, auto &members)
{
    members.optional("assignPublicIp", value.assignPublicIp);
}

void describe(Is<FargatePlatformConfiguration> auto &value, auto &members)
{
    members.optional("platformVersion", value.platformVersion);
}

void describe(Is<RuntimePlatform> auto &value, auto &members)
{
    members.optional("operatingSystemFamily", value.operatingSystemFamily);
    members.optional("cpuArchitecture", value.cpuArchitecture);
}

// Everything of ContainerBase but the image, which the task form requires and the legacy form
// does not.
void describeBase(auto &value, auto &members)
{
    members.optional("command", value.command);
    members.optional("environment", value.environment);
    members.optional("resourceRequirements", value.resourceRequirements);
    members.optional("mountPoints", value.mountPoints);
    members.optional("secrets", value.secrets);
    members.optional("user", value.user);
    members.optional("privileged", value.privileged);
    members.optional("readonlyRootFilesystem", value.readonlyRootFilesystem);
    members.optional("ulimits", value.ulimits);
    members.optional("linuxParameters", value.linuxParameters);
    members.optional("logConfiguration", value.logConfiguration);
    members.optional("repositoryCredentials", value.repositoryCredentials);
}

void describeTaskContainer(auto &value, auto &members)
{
    members.optional("name", value.name);
    members.required("image", value.image);
    members.optional("essential", value.essential);
    members.optional("dependsOn", value.dependsOn);
    describeBase(value, members);
    members.optional("startTimeout", value.startTimeout);
    members.optional("stopTimeout", value.stopTimeout);
    members.optional("firelensConfiguration", value.firelensConfiguration);
}

void describe(Is<TaskContainerProperties> auto &value, auto &members)
{
    describeTaskContainer(value, members);
}

// Everything of a task but its containers, which describe replies widen.
void describeTask(auto &value, auto &members)
{
    members.optional("volumes", value.volumes);
    members.optional("executionRoleArn", value.executionRoleArn);
    members.optional("taskRoleArn", value.taskRoleArn);
    members.optional("platformVersion", value.platformVersion);
    members.optional("ipcMode", value.ipcMode);
    members.optional("pidMode", value.pidMode);
    members.optional("networkConfiguration", value.networkConfiguration);
    members.optional("runtimePlatform", value.runtimePlatform);
    members.optional("ephemeralStorage", value.ephemeralStorage);
    members.optional("enableExecuteCommand", value.enableExecuteCommand);
    members.optional("networkMode", value.networkMode);
}

void describe(Is<EcsTaskProperties> auto &value, auto &members)
{
    members.required("containers", value.containers);
    describeTask(value, members);
}

void describeLegacy(auto &value, auto &members)
{
    members.optional("image", value.image);
    members.optional("vcpus", value.vcpus);
    members.optional("memory", value.memory);
    describeBase(value, members);
    members.optional("volumes", value.volumes);
    members.optional("jobRoleArn", value.jobRoleArn);
    members.optional("executionRoleArn", value.executionRoleArn);
    members.optional("instanceType", value.instanceType);
    members.optional("networkConfiguration", value.networkConfiguration);
    members.optional("runtimePlatform", value.runtimePlatform);
    members.optional("ephemeralStorage", value.ephemeralStorage);
    members.optional("enableExecuteCommand", value.enableExecuteCommand);
    members.optional("fargatePlatformConfiguration", value.fargatePlatformConfiguration);
}

void describe(Is<ContainerProperties> auto &value, auto &members)
{
    describeLegacy(value, members);
}

} // namespace batchyard::batch
