#include "backend/batch/fidelityrows.h"

namespace batchyard::batch {

namespace {

using enum Fidelity::Verdict;

constexpr FidelityRow podFidelity[] = {
    {"pod.serviceAccountName", NoEffect, "There is no cluster and no IAM here."},
    {"pod.hostNetwork", Approximated,
     "A pod has a network namespace of its own here, whatever it says: ports of two jobs do not "
     "collide."},
    {"pod.dnsPolicy", NoEffect, "Names are resolved as the local engine does it."},
    {"pod.imagePullSecrets[].*", Approximated,
     "The name of an entry in the local store of secrets with the registry's user name and "
     "password."},
    {"pod.volumes[].name", Faithful, "What volume mounts refer to."},
    {"pod.volumes[].hostPath.*", Approximated,
     "A path of this machine, made when it is missing, where its policy allows it. A container "
     "does not start when links lead elsewhere than at the registration."},
    {"pod.volumes[].emptyDir.medium", Faithful,
     "Memory is a tmpfs that the pod's containers share, else a volume on disk; both live as long "
     "as the attempt."},
    {"pod.volumes[].emptyDir.sizeLimit", Approximated,
     "The size of a volume in memory; a volume on disk is not limited."},
    {"pod.volumes[].secret.*", Approximated,
     "An entry of the local store of secrets, one read-only file for each of its keys."},
    {"pod.volumes[].persistentVolumeClaim.claimName", Approximated,
     "A local directory that stays, one for each namespace and claim."},
    {"pod.volumes[].persistentVolumeClaim.readOnly", Faithful, "Mounted read-only."},
    {"pod.metadata.labels", NoEffect, "Kept and told back; there is no cluster to label."},
    {"pod.metadata.annotations", NoEffect, "Kept and told back; there is no cluster to annotate."},
    {"pod.metadata.namespace", Approximated,
     "Told in the attempts; claims of different namespaces are different directories."},
    {"pod.shareProcessNamespace", Faithful, "The containers see each other's processes."},

    {"podContainer.name", Faithful, "Names the container in overrides, replies and log streams."},
    {"podContainer.image", Faithful, "Pulled from its registry as imagePullPolicy says."},
    {"podContainer.imagePullPolicy", Approximated,
     "As in Kubernetes when it is given; when it is not, an image that is on this machine is "
     "taken if its registry cannot be reached."},
    {"podContainer.command", Faithful,
     "Docker's entry point, with Ref:: parameters and $(NAME) replaced."},
    {"podContainer.args", Faithful,
     "Docker's command, with Ref:: parameters and $(NAME) replaced."},
    {"podContainer.env[].*", Faithful,
     "Set, together with the AWS_BATCH_ variables; $(NAME) of earlier variables is replaced."},
    {"podContainer.resources.limits", Approximated,
     "memory is a hard limit, GPUs need Docker's NVIDIA runtime; cpu counts where requests say "
     "nothing of it."},
    {"podContainer.resources.requests", Approximated,
     "What the pod is placed by; cpu is a hard limit here, where a cluster lets a container use "
     "idle CPUs."},
    {"podContainer.volumeMounts[].name", Faithful, "Mounted as said."},
    {"podContainer.volumeMounts[].mountPath", Faithful, "Mounted as said."},
    {"podContainer.volumeMounts[].readOnly", Faithful, "Mounted as said."},
    {"podContainer.volumeMounts[].subPath", Approximated,
     "For directories of this machine, file systems and claims; refused for an emptyDir. A "
     "container does not start when links lead out of the volume; that is looked at right before "
     "its start, so a container that writes to the volume at that moment can still lead it out."},
    {"podContainer.securityContext.runAsUser", Faithful, "Docker's user."},
    {"podContainer.securityContext.runAsGroup", Approximated,
     "Docker's group; without runAsUser the user is 0, where Kubernetes takes the image's."},
    {"podContainer.securityContext.privileged", Faithful,
     "Docker's privileged mode, where this machine's policy allows it."},
    {"podContainer.securityContext.allowPrivilegeEscalation", Approximated,
     "No container gains privileges here unless it is privileged, whatever it says."},
    {"podContainer.securityContext.readOnlyRootFilesystem", Faithful, "Docker's read-only root."},
    {"podContainer.securityContext.runAsNonRoot", Faithful,
     "A container whose image would run as root is not started."},

    {"podOverride.name", Faithful, "The container that is overridden."},
    {"podOverride.image", Faithful, "Replaces the definition's."},
    {"podOverride.command", Faithful, "Replaces the definition's."},
    {"podOverride.args", Faithful, "Replaces the definition's."},
    {"podOverride.env[].*", Faithful, "Merged by name; the override wins."},
    {"podOverride.resources.*", Approximated,
     "Merged by resource; the override wins. What they do is told with the definition's."},
    {"podOverride.metadata.*", NoEffect,
     "Merged by key, kept and told back; the namespace also names the directories of claims."},
};

} // namespace

std::span<const FidelityRow> podRows()
{
    return podFidelity;
}

} // namespace batchyard::batch
