// The JSON members of pods, of what overrides them and of consumable resources. Private to this
// folder; see containermembers.h.
#pragma once

#include "backend/batch/containermembers.h"
#include "backend/batch/overrides.h"

namespace batchyard::batch {

void describe(Is<EksContainerResourceRequirements> auto &value, auto &members)
{
    members.optional("limits", value.limits);
    members.optional("requests", value.requests);
}

void describe(Is<EksContainerVolumeMount> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("mountPath", value.mountPath);
    members.optional("subPath", value.subPath);
    members.optional("readOnly", value.readOnly);
}

void describe(Is<EksContainerSecurityContext> auto &value, auto &members)
{
    members.optional("runAsUser", value.runAsUser);
    members.optional("runAsGroup", value.runAsGroup);
    members.optional("privileged", value.privileged);
    members.optional("allowPrivilegeEscalation", value.allowPrivilegeEscalation);
    members.optional("readOnlyRootFilesystem", value.readOnlyRootFilesystem);
    members.optional("runAsNonRoot", value.runAsNonRoot);
}

// What a container runs with, which an override may change.
void describePodProcess(auto &value, auto &members)
{
    members.optional("command", value.command);
    members.optional("args", value.args);
    members.optional("env", value.env);
    members.optional("resources", value.resources);
}

void describePodContainer(auto &value, auto &members)
{
    members.optional("name", value.name);
    members.required("image", value.image);
    members.optional("imagePullPolicy", value.imagePullPolicy);
    describePodProcess(value, members);
    members.optional("volumeMounts", value.volumeMounts);
    members.optional("securityContext", value.securityContext);
}

void describe(Is<EksContainer> auto &value, auto &members)
{
    describePodContainer(value, members);
}

void describe(Is<EksHostPath> auto &value, auto &members)
{
    members.optional("path", value.path);
}

void describe(Is<EksEmptyDir> auto &value, auto &members)
{
    members.optional("medium", value.medium);
    members.optional("sizeLimit", value.sizeLimit);
}

void describe(Is<EksSecret> auto &value, auto &members)
{
    members.required("secretName", value.secretName);
    members.optional("optional", value.optional);
}

void describe(Is<EksPersistentVolumeClaim> auto &value, auto &members)
{
    members.required("claimName", value.claimName);
    members.optional("readOnly", value.readOnly);
}

void describe(Is<EksVolume> auto &value, auto &members)
{
    members.required("name", value.name);
    members.optional("hostPath", value.hostPath);
    members.optional("emptyDir", value.emptyDir);
    members.optional("secret", value.secret);
    members.optional("persistentVolumeClaim", value.persistentVolumeClaim);
}

void describe(Is<ImagePullSecret> auto &value, auto &members)
{
    members.required("name", value.name);
}

void describe(Is<EksMetadata> auto &value, auto &members)
{
    members.optional("labels", value.labels);
    members.optional("annotations", value.annotations);
    members.optional("namespace", value.kubernetesNamespace);
}

// Everything of a pod but its containers, which describe replies widen.
void describePod(auto &value, auto &members)
{
    members.optional("serviceAccountName", value.serviceAccountName);
    members.optional("hostNetwork", value.hostNetwork);
    members.optional("dnsPolicy", value.dnsPolicy);
    members.optional("imagePullSecrets", value.imagePullSecrets);
    members.optional("volumes", value.volumes);
    members.optional("metadata", value.metadata);
    members.optional("shareProcessNamespace", value.shareProcessNamespace);
}

void describe(Is<EksPodProperties> auto &value, auto &members)
{
    members.optional("containers", value.containers);
    members.optional("initContainers", value.initContainers);
    describePod(value, members);
}

void describe(Is<EksProperties> auto &value, auto &members)
{
    members.optional("podProperties", value.podProperties);
}

void describe(Is<EksContainerOverride> auto &value, auto &members)
{
    members.optional("name", value.name);
    members.optional("image", value.image);
    describePodProcess(value, members);
}

void describe(Is<EksPodPropertiesOverride> auto &value, auto &members)
{
    members.optional("containers", value.containers);
    members.optional("initContainers", value.initContainers);
    members.optional("metadata", value.metadata);
}

void describe(Is<EksPropertiesOverride> auto &value, auto &members)
{
    members.optional("podProperties", value.podProperties);
}

void describe(Is<ConsumableResourceRequirement> auto &value, auto &members)
{
    members.optional("consumableResource", value.consumableResource);
    members.optional("quantity", value.quantity);
}

void describe(Is<ConsumableResourceProperties> auto &value, auto &members)
{
    members.optional("consumableResourceList", value.consumableResourceList);
}

} // namespace batchyard::batch
