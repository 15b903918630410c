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
    QString subPath = {}; // pods only, see PodContainer
    friend bool operator==(const MountPoint &, const MountPoint &) = default;
};

struct EfsAuthorizationConfig {
    QString accessPointId;
    QString iam; // ENABLED, DISABLED
    UnknownMembers unknown;
    friend bool operator==(const EfsAuthorizationConfig &, const EfsAuthorizationConfig &)
        = default;
};

struct EfsVolumeConfiguration {
    QString fileSystemId;
    QString rootDirectory;
    UnknownMembers unknown;
    QString transitEncryption = {}; // ENABLED, DISABLED
    std::optional<int> transitEncryptionPort = {};
    std::optional<EfsAuthorizationConfig> authorizationConfig = {};
    friend bool operator==(const EfsVolumeConfiguration &, const EfsVolumeConfiguration &)
        = default;
};

struct Host {
    QString sourcePath; // empty: a scratch volume that lives as long as the task
    UnknownMembers unknown;
    friend bool operator==(const Host &, const Host &) = default;
};

struct S3FilesVolumeConfiguration {
    QString fileSystemArn;
    QString rootDirectory;
    std::optional<int> transitEncryptionPort;
    QString accessPointArn;
    UnknownMembers unknown;
    friend bool operator==(const S3FilesVolumeConfiguration &, const S3FilesVolumeConfiguration &)
        = default;
};

// What a pod's volume is when ECS has no word for it. For running only, see PodContainer.
struct PodVolume {
    enum class Kind {
        Memory, // an emptyDir on tmpfs, shared by the pod's containers
        Secret, // a directory with one read-only file per key of the secret `name`
        Claim, // a directory that stays, one per namespace and claim `name`
    };
    Kind kind = Kind::Memory;
    QString name;
    std::optional<qint64> sizeLimit = {}; // bytes, of Memory
    bool isOptional = false; // a secret that may be missing: the directory is empty then
    bool isReadOnly = false; // a claim
    friend bool operator==(const PodVolume &, const PodVolume &) = default;
};

struct Volume {
    QString name;
    std::optional<Host> host;
    std::optional<EfsVolumeConfiguration> efsVolumeConfiguration;
    UnknownMembers unknown;
    std::optional<S3FilesVolumeConfiguration> s3filesVolumeConfiguration = {};
    std::optional<PodVolume> pod = {}; // when set, host and the others are not
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

struct FirelensConfiguration {
    QString type; // fluentd, fluentbit
    QMap<QString, QString> options;
    UnknownMembers unknown;
    friend bool operator==(const FirelensConfiguration &, const FirelensConfiguration &) = default;
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

// What a container of an EKS pod has and an ECS container has not. For running only: toTask() of a
// pod fills it (pod.h), and it never goes into or comes from the JSON of a task; the same holds for
// subPath of a mount point and `pod` of a volume. Who starts the container also calls
// withVariables() (pod.h).
struct PodContainer {
    // Init containers stand before the others in the task's list. They run one after the other,
    // each to its end, before any other container starts; one that does not exit 0 fails the pod.
    bool isInit = false;
    QStringList entryPoint; // replaces the image's ENTRYPOINT, and drops its CMD, when not empty
    QString imagePullPolicy; // Always, IfNotPresent, Never; empty: as for every other container
    std::optional<double> cpuLimit; // vCPUs that it must not exceed; VCPU is what it is promised
    bool noNewPrivileges = false; // allowPrivilegeEscalation is false
    bool runAsNonRoot = false; // refuse to start as user 0
    friend bool operator==(const PodContainer &, const PodContainer &) = default;
};

struct TaskContainerProperties : ContainerBase {
    QString name;
    std::optional<bool> essential; // absent means true
    QList<TaskContainerDependency> dependsOn;
    std::optional<int> startTimeout; // s, >= 2
    std::optional<int> stopTimeout; // s, >= 2; absent means 30
    std::optional<FirelensConfiguration> firelensConfiguration;
    std::optional<PodContainer> pod; // in a pod, and only there

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

struct FargatePlatformConfiguration {
    QString platformVersion;
    UnknownMembers unknown;
    friend bool operator==(const FargatePlatformConfiguration &,
                           const FargatePlatformConfiguration &)
        = default;
};

struct RuntimePlatform {
    QString operatingSystemFamily;
    QString cpuArchitecture;
    UnknownMembers unknown;
    friend bool operator==(const RuntimePlatform &, const RuntimePlatform &) = default;
};

// The rules of a pod, for running only (see PodContainer). A pod has no essential container: it
// runs until all its containers have ended, and succeeds when all have exited 0.
struct PodRules {
    QString kubernetesNamespace; // empty: the compute environment's
    QStringList imagePullSecrets; // names in the secret store
    friend bool operator==(const PodRules &, const PodRules &) = default;
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
    QString networkMode = {}; // host; AWS has it for managed instances only
    std::optional<PodRules> pod = {}; // when set, this task is a pod

    [[nodiscard]] bool isPod() const { return pod.has_value(); }
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
    std::optional<FargatePlatformConfiguration> fargatePlatformConfiguration;
    friend bool operator==(const ContainerProperties &, const ContainerProperties &) = default;
};

// vcpus ("VCPU") or memory ("MEMORY"), unless resourceRequirements, which go before, say the same.
[[nodiscard]] std::optional<int> deprecatedRequirement(const ContainerProperties &properties,
                                                       QLatin1StringView type);

// The container name that ECS uses for the single container of the legacy form.
inline constexpr QLatin1StringView legacyContainerName{"default"};

// The legacy form as a task of one essential container, so that one runner serves both.
[[nodiscard]] EcsTaskProperties toTask(const ContainerProperties &properties);

// What the whole task asks for: the sum over its containers, and in a pod at least what its
// greediest init container does, since those run alone.
[[nodiscard]] double totalRequirement(const EcsTaskProperties &task, QLatin1StringView type);

// The decimal value of a requirement of this type ("VCPU", "MEMORY", "GPU"); 0 when it is absent.
[[nodiscard]] double requirement(const ContainerBase &container, QLatin1StringView type);

} // namespace batchyard::batch
