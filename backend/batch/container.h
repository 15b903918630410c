// Containers and tasks of a job definition: the ecsProperties tree and what it shares with the
// legacy containerProperties (API_TaskContainerProperties, API_EcsTaskProperties,
// API_ContainerProperties). A member that is absent in the JSON is nullopt or empty here.
#pragma once

#include "backend/batch/common.h"

namespace batchyard::batch {

enum class DependencyCondition { Start, Complete, Success };
[[nodiscard]] QString toString(DependencyCondition condition); // "START", "COMPLETE", "SUCCESS"
[[nodiscard]] std::optional<DependencyCondition> dependencyCondition(QStringView text);

struct TaskContainerDependency {
    QString containerName;
    DependencyCondition condition = DependencyCondition::Start;
    UnknownMembers unknown;
    friend bool operator==(const TaskContainerDependency &, const TaskContainerDependency &)
        = default;
};

struct ResourceRequirement {
    QString type; // VCPU, MEMORY (MiB), GPU
    QString value; // decimal text
    UnknownMembers unknown;
    friend bool operator==(const ResourceRequirement &, const ResourceRequirement &) = default;
};

struct Ulimit {
    QString name;
    int softLimit = 0;
    int hardLimit = 0;
    UnknownMembers unknown;
    friend bool operator==(const Ulimit &, const Ulimit &) = default;
};

struct MountPoint {
    QString sourceVolume;
    QString containerPath;
    std::optional<bool> readOnly;
    UnknownMembers unknown;
    friend bool operator==(const MountPoint &, const MountPoint &) = default;
};

struct EfsVolumeConfiguration {
    QString fileSystemId;
    QString rootDirectory;
    UnknownMembers unknown; // transitEncryption, authorizationConfig … kept for AWS, no effect here
    friend bool operator==(const EfsVolumeConfiguration &, const EfsVolumeConfiguration &)
        = default;
};

struct Host {
    QString sourcePath; // empty: a scratch volume that lives as long as the task
    UnknownMembers unknown;
    friend bool operator==(const Host &, const Host &) = default;
};

struct Volume {
    QString name;
    std::optional<Host> host;
    std::optional<EfsVolumeConfiguration> efsVolumeConfiguration;
    UnknownMembers unknown;
    friend bool operator==(const Volume &, const Volume &) = default;
};

struct Device {
    QString hostPath;
    QString containerPath; // empty: the same as hostPath
    QStringList permissions; // READ, WRITE, MKNOD; empty: all three
    UnknownMembers unknown;
    friend bool operator==(const Device &, const Device &) = default;
};

struct Tmpfs {
    QString containerPath;
    int size = 0; // MiB
    QStringList mountOptions;
    UnknownMembers unknown;
    friend bool operator==(const Tmpfs &, const Tmpfs &) = default;
};

struct LinuxParameters {
    QList<Device> devices;
    std::optional<bool> initProcessEnabled;
    std::optional<int> sharedMemorySize; // MiB
    QList<Tmpfs> tmpfs;
    std::optional<int> maxSwap; // MiB
    std::optional<int> swappiness; // 0 to 100
    UnknownMembers unknown;
    friend bool operator==(const LinuxParameters &, const LinuxParameters &) = default;
};

struct Secret {
    QString name;
    QString valueFrom;
    UnknownMembers unknown;
    friend bool operator==(const Secret &, const Secret &) = default;
};

struct LogConfiguration {
    QString logDriver;
    QMap<QString, QString> options;
    QList<Secret> secretOptions;
    UnknownMembers unknown;
    friend bool operator==(const LogConfiguration &, const LogConfiguration &) = default;
};

struct RepositoryCredentials {
    QString credentialsParameter;
    UnknownMembers unknown;
    friend bool operator==(const RepositoryCredentials &, const RepositoryCredentials &) = default;
};

// What the containers of a task and the single container of the legacy form have in common.
struct ContainerBase {
    QString image;
    QStringList command;
    QList<KeyValuePair> environment;
    QList<ResourceRequirement> resourceRequirements;
    std::optional<LinuxParameters> linuxParameters;
    std::optional<LogConfiguration> logConfiguration;
    QList<MountPoint> mountPoints;
    std::optional<bool> privileged;
    std::optional<bool> readonlyRootFilesystem;
    std::optional<RepositoryCredentials> repositoryCredentials;
    QList<Secret> secrets;
    QList<Ulimit> ulimits;
    QString user;
    UnknownMembers unknown;
    friend bool operator==(const ContainerBase &, const ContainerBase &) = default;
};

struct TaskContainerProperties : ContainerBase {
    QString name;
    std::optional<bool> essential; // absent means true
    QList<TaskContainerDependency> dependsOn;
    std::optional<int> startTimeout; // s, >= 2
    std::optional<int> stopTimeout; // s, >= 2; absent means 30

    [[nodiscard]] bool isEssential() const { return essential.value_or(true); }
    friend bool operator==(const TaskContainerProperties &, const TaskContainerProperties &)
        = default;
};

struct EphemeralStorage {
    int sizeInGiB = 0; // 21 to 200, Fargate only
    UnknownMembers unknown;
    friend bool operator==(const EphemeralStorage &, const EphemeralStorage &) = default;
};

struct NetworkConfiguration {
    QString assignPublicIp; // ENABLED, DISABLED; Fargate only
    UnknownMembers unknown;
    friend bool operator==(const NetworkConfiguration &, const NetworkConfiguration &) = default;
};

struct RuntimePlatform {
    QString operatingSystemFamily;
    QString cpuArchitecture;
    UnknownMembers unknown;
    friend bool operator==(const RuntimePlatform &, const RuntimePlatform &) = default;
};

struct EcsTaskProperties {
    QList<TaskContainerProperties> containers;
    std::optional<EphemeralStorage> ephemeralStorage;
    QString executionRoleArn;
    QString taskRoleArn;
    QString platformVersion;
    QString ipcMode; // host, task, none; empty: the daemon's default
    QString pidMode; // host, task; empty: private
    std::optional<NetworkConfiguration> networkConfiguration;
    std::optional<RuntimePlatform> runtimePlatform;
    QList<Volume> volumes;
    std::optional<bool> enableExecuteCommand;
    UnknownMembers unknown;
    friend bool operator==(const EcsTaskProperties &, const EcsTaskProperties &) = default;
};

// The legacy form: one container, and the task's own settings beside it.
struct ContainerProperties : ContainerBase {
    std::optional<int> vcpus; // deprecated by AWS: resourceRequirements
    std::optional<int> memory; // deprecated by AWS: resourceRequirements
    QString jobRoleArn;
    QString executionRoleArn;
    QList<Volume> volumes;
    QString instanceType;
    std::optional<NetworkConfiguration> networkConfiguration;
    std::optional<EphemeralStorage> ephemeralStorage;
    std::optional<RuntimePlatform> runtimePlatform;
    std::optional<bool> enableExecuteCommand;
    friend bool operator==(const ContainerProperties &, const ContainerProperties &) = default;
};

// The container name that ECS uses for the single container of the legacy form.
inline constexpr QLatin1StringView legacyContainerName{"default"};

// The legacy form as a task of one essential container, so that one runner serves both.
[[nodiscard]] EcsTaskProperties toTask(const ContainerProperties &properties);

// The decimal value of a requirement of this type ("VCPU", "MEMORY", "GPU"); 0 when it is absent.
[[nodiscard]] double requirement(const ContainerBase &container, QLatin1StringView type);

} // namespace batchyard::batch
