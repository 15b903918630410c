// Pods of EKS jobs (API_EksPodProperties and its parts), and the task that runs one here.
#pragma once

#include "backend/batch/container.h"

namespace batchyard::batch {

struct EksContainerResourceRequirements {
    QMap<QString, QString> limits; // memory, cpu, nvidia.com/gpu: Kubernetes quantities
    QMap<QString, QString> requests;
    UnknownMembers unknown;
    friend bool operator==(const EksContainerResourceRequirements &,
                           const EksContainerResourceRequirements &)
        = default;
};

struct EksContainerVolumeMount {
    QString name; // of a volume of the pod
    QString mountPath;
    QString subPath;
    std::optional<bool> readOnly;
    UnknownMembers unknown;
    friend bool operator==(const EksContainerVolumeMount &, const EksContainerVolumeMount &)
        = default;
};

struct EksContainerSecurityContext {
    std::optional<qint64> runAsUser;
    std::optional<qint64> runAsGroup;
    std::optional<bool> privileged;
    std::optional<bool> allowPrivilegeEscalation;
    std::optional<bool> readOnlyRootFilesystem;
    std::optional<bool> runAsNonRoot;
    UnknownMembers unknown;
    friend bool operator==(const EksContainerSecurityContext &, const EksContainerSecurityContext &)
        = default;
};

struct EksContainer {
    QString name; // empty: "Default"
    QString image;
    QString imagePullPolicy; // Always, IfNotPresent, Never
    QStringList command; // Docker's entry point
    QStringList args; // Docker's command
    QList<KeyValuePair> env;
    std::optional<EksContainerResourceRequirements> resources;
    QList<EksContainerVolumeMount> volumeMounts;
    std::optional<EksContainerSecurityContext> securityContext;
    UnknownMembers unknown;
    friend bool operator==(const EksContainer &, const EksContainer &) = default;
};

struct EksHostPath {
    QString path;
    UnknownMembers unknown;
    friend bool operator==(const EksHostPath &, const EksHostPath &) = default;
};

struct EksEmptyDir {
    QString medium; // empty: disk; Memory
    QString sizeLimit; // a quantity
    UnknownMembers unknown;
    friend bool operator==(const EksEmptyDir &, const EksEmptyDir &) = default;
};

struct EksSecret {
    QString secretName;
    std::optional<bool> optional;
    UnknownMembers unknown;
    friend bool operator==(const EksSecret &, const EksSecret &) = default;
};

struct EksPersistentVolumeClaim {
    QString claimName;
    std::optional<bool> readOnly;
    UnknownMembers unknown;
    friend bool operator==(const EksPersistentVolumeClaim &, const EksPersistentVolumeClaim &)
        = default;
};

struct EksVolume {
    QString name;
    std::optional<EksHostPath> hostPath;
    std::optional<EksEmptyDir> emptyDir;
    std::optional<EksSecret> secret;
    std::optional<EksPersistentVolumeClaim> persistentVolumeClaim;
    UnknownMembers unknown;
    friend bool operator==(const EksVolume &, const EksVolume &) = default;
};

struct ImagePullSecret {
    QString name;
    UnknownMembers unknown;
    friend bool operator==(const ImagePullSecret &, const ImagePullSecret &) = default;
};

// `namespace` is a word of C++.
struct EksMetadata {
    QMap<QString, QString> labels;
    QMap<QString, QString> annotations;
    QString kubernetesNamespace;
    UnknownMembers unknown;
    friend bool operator==(const EksMetadata &, const EksMetadata &) = default;
};

struct EksPodProperties {
    QString serviceAccountName;
    std::optional<bool> hostNetwork; // absent means true
    QString dnsPolicy; // Default, ClusterFirst, ClusterFirstWithHostNet
    QList<ImagePullSecret> imagePullSecrets;
    QList<EksContainer> containers; // 1 to 10
    QList<EksContainer> initContainers; // at most 10
    QList<EksVolume> volumes;
    std::optional<EksMetadata> metadata;
    std::optional<bool> shareProcessNamespace;
    UnknownMembers unknown;
    friend bool operator==(const EksPodProperties &, const EksPodProperties &) = default;
};

struct EksProperties {
    std::optional<EksPodProperties> podProperties; // required
    UnknownMembers unknown;
    friend bool operator==(const EksProperties &, const EksProperties &) = default;
};

// The container name that AWS uses where a pod's only container has none.
inline constexpr QLatin1StringView defaultPodContainerName{"Default"};

// The pod as a task, so that one runner serves both: init containers first (PodContainer says
// which), args as command, quantities as VCPU, MEMORY (MiB) and GPU. Quantities and sizes that
// validate() refuses count as absent.
[[nodiscard]] EcsTaskProperties toTask(const EksPodProperties &pod);

// What $(NAME) stands for in a pod: entry point, command and the values of later variables are
// expanded with the container's environment, so call it once the environment has all that the
// container gets (AWS_BATCH_… first). $$ is a plain $; an unknown name stays as it is (Kubernetes,
// "Define Dependent Environment Variables"). A container that is in no pod comes back unchanged.
[[nodiscard]] TaskContainerProperties withVariables(TaskContainerProperties container);

} // namespace batchyard::batch
