// What a submit request may change of its definition (API_ContainerOverrides,
// API_TaskContainerOverrides, API_EksContainerOverride, API_NodeOverrides).
#pragma once

#include "backend/batch/consumableresource.h"
#include "backend/batch/pod.h"

namespace batchyard::batch {

struct TaskContainerOverrides {
    QString name;
    QStringList command; // replaces the definition's when not empty
    QList<KeyValuePair> environment; // merged by name, the override wins
    QList<ResourceRequirement> resourceRequirements; // replaced per type
    UnknownMembers unknown;
    // Of containerOverrides (the legacy form) only.
    std::optional<int> vcpus = {}; // deprecated by AWS: resourceRequirements
    std::optional<int> memory = {}; // deprecated by AWS: resourceRequirements
    QString instanceType = {};
    friend bool operator==(const TaskContainerOverrides &, const TaskContainerOverrides &)
        = default;
};

struct EksContainerOverride {
    QString name; // empty: the pod's only container
    QString image; // replaces the definition's when not empty
    QStringList command; // the same
    QStringList args; // the same
    QList<KeyValuePair> env; // merged by name, the override wins
    std::optional<EksContainerResourceRequirements> resources; // replaced per quantity
    UnknownMembers unknown;
    friend bool operator==(const EksContainerOverride &, const EksContainerOverride &) = default;
};

struct EksPodPropertiesOverride {
    QList<EksContainerOverride> containers;
    QList<EksContainerOverride> initContainers;
    std::optional<EksMetadata> metadata; // merged by key
    UnknownMembers unknown;
    friend bool operator==(const EksPodPropertiesOverride &, const EksPodPropertiesOverride &)
        = default;
};

struct EksPropertiesOverride {
    std::optional<EksPodPropertiesOverride> podProperties;
    UnknownMembers unknown;
    friend bool operator==(const EksPropertiesOverride &, const EksPropertiesOverride &) = default;
};

struct NodePropertyOverride {
    QString targetNodes; // of a range of the definition
    std::optional<TaskContainerOverrides> containerOverrides;
    QList<TaskContainerOverrides> ecsPropertiesOverride; // taskProperties[0].containers
    std::optional<EksPropertiesOverride> eksPropertiesOverride;
    QStringList instanceTypes;
    std::optional<ConsumableResourceProperties> consumableResourcePropertiesOverride;
    UnknownMembers unknown;
    friend bool operator==(const NodePropertyOverride &, const NodePropertyOverride &) = default;
};

struct NodeOverrides {
    std::optional<int> numNodes;
    QList<NodePropertyOverride> nodePropertyOverrides;
    UnknownMembers unknown;
    friend bool operator==(const NodeOverrides &, const NodeOverrides &) = default;
};

} // namespace batchyard::batch
