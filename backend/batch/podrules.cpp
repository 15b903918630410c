// The rules of a pod as a whole (API_EksPodProperties, API_EksVolume, API_EksMetadata; Kubernetes'
// names).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/quantity.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

const QStringList dnsPolicies{QStringLiteral("Default"), QStringLiteral("ClusterFirst"),
                              QStringLiteral("ClusterFirstWithHostNet")};

QString shownName(const EksContainer &container)
{
    return container.name.isEmpty() ? QString(defaultPodContainerName) : container.name;
}

Faults emptyDirFaults(const EksEmptyDir &directory, const QString &path)
{
    FaultList faults;
    if (!directory.medium.isEmpty() && directory.medium != u"Memory")
        faults.error(joined(path, QStringLiteral("medium")),
                     QStringLiteral("medium is %1; it must be `Memory`, or empty for the disk.")
                         .arg(shown(directory.medium)));
    const QString sizePath = joined(path, QStringLiteral("sizeLimit"));
    if (!directory.sizeLimit.isEmpty())
        faults.error(sizePath, quantityFault(QStringLiteral("sizeLimit"), directory.sizeLimit));
    if (!directory.sizeLimit.isEmpty() && directory.medium != u"Memory")
        faults.warning(sizePath,
                       QStringLiteral("sizeLimit has an effect with the medium `Memory` only; "
                                      "a directory on disk is not limited here."));
    return faults.take();
}

QString sourcesFault(const EksVolume &volume)
{
    const int sources = int(volume.hostPath.has_value()) + int(volume.emptyDir.has_value())
        + int(volume.secret.has_value()) + int(volume.persistentVolumeClaim.has_value());
    return sources <= 1 ? QString()
                        : QStringLiteral("The volume has %1 sources; only one of emptyDir, "
                                         "hostPath, persistentVolumeClaim and secret is allowed.")
                              .arg(sources);
}

Faults podVolumeFaults(const QList<EksVolume> &volumes, const QString &path)
{
    FaultList faults;
    for (qsizetype i = 0; i < volumes.size(); ++i) {
        const EksVolume &volume = volumes[i];
        const QString at = indexed(path, i);
        const QString namePath = joined(at, QStringLiteral("name"));
        faults.error(namePath, dnsLabelFault(QStringLiteral("Volume name"), volume.name));
        if (std::ranges::count(volumes, volume.name, &EksVolume::name) > 1)
            faults.error(namePath,
                         QStringLiteral("More than one volume is named %1; names must be "
                                        "different.")
                             .arg(shown(volume.name)));
        faults.error(at, sourcesFault(volume));
        if (volume.hostPath)
            faults += hostPathFaults(QStringLiteral("path"), volume.hostPath->path,
                                     joined(at, QStringLiteral("hostPath.path")));
        if (volume.emptyDir)
            faults += emptyDirFaults(*volume.emptyDir, joined(at, QStringLiteral("emptyDir")));
        if (volume.secret)
            faults.error(
                joined(at, QStringLiteral("secret.secretName")),
                dnsSubdomainFault(QStringLiteral("secretName"), volume.secret->secretName));
        if (volume.persistentVolumeClaim)
            faults.error(joined(at, QStringLiteral("persistentVolumeClaim.claimName")),
                         dnsSubdomainFault(QStringLiteral("claimName"),
                                           volume.persistentVolumeClaim->claimName));
    }
    return faults.take();
}

Faults containerCountFaults(const EksPodProperties &pod, const QString &path)
{
    FaultList faults;
    if (pod.containers.isEmpty() || pod.containers.size() > limits::containersPerTask)
        faults.error(joined(path, QStringLiteral("containers")),
                     QStringLiteral("There are %1 containers; a pod has from 1 to %2.")
                         .arg(pod.containers.size())
                         .arg(limits::containersPerTask));
    if (pod.initContainers.size() > limits::containersPerTask)
        faults.error(joined(path, QStringLiteral("initContainers")),
                     QStringLiteral("There are %1 init containers; at most %2 are allowed.")
                         .arg(pod.initContainers.size())
                         .arg(limits::containersPerTask));
    return faults.take();
}

// Of both lists, whose names must all be different.
Faults podContainersFaults(const EksPodProperties &pod, const QString &path)
{
    FaultList faults;
    faults += containerCountFaults(pod, path);
    const QList<EksContainer> all = pod.initContainers + pod.containers;
    const auto check
        = [&](const QList<EksContainer> &containers, const QString &listPath, bool isInit) {
              // A list far above the limit is one fault, not ten thousand.
              const qsizetype checked = std::min(containers.size(), 10 * limits::containersPerTask);
              for (qsizetype i = 0; i < checked; ++i) {
                  const QString at = indexed(listPath, i);
                  faults += podContainerFaults(containers[i], pod.volumes, at, isInit);
                  const auto isSame = [&](const EksContainer &other) {
                      return shownName(other) == shownName(containers[i]);
                  };
                  if (std::ranges::count_if(all, isSame) > 1)
                      faults.error(joined(at, QStringLiteral("name")),
                                   QStringLiteral("More than one container of the pod is named %1; "
                                                  "names must be different.")
                                       .arg(shown(shownName(containers[i]))));
              }
          };
    check(pod.initContainers, joined(path, QStringLiteral("initContainers")), true);
    check(pod.containers, joined(path, QStringLiteral("containers")), false);
    return faults.take();
}

} // namespace

Faults metadataFaults(const EksMetadata &metadata, const QString &path)
{
    FaultList faults;
    const auto check
        = [&](const QMap<QString, QString> &map, const QString &name, qsizetype maximum) {
              const QString mapPath = joined(path, name);
              for (auto entry = map.begin(); entry != map.end(); ++entry) {
                  faults.error(memberPath(mapPath, entry.key()), metadataKeyFault(entry.key()));
                  if (entry.value().size() > maximum)
                      faults.error(memberPath(mapPath, entry.key()),
                                   QStringLiteral("The value must have at most %1 characters (%2).")
                                       .arg(maximum)
                                       .arg(entry.value().size()));
              }
          };
    check(metadata.labels, QStringLiteral("labels"), limits::labelLength);
    check(metadata.annotations, QStringLiteral("annotations"), limits::annotationLength);
    if (!metadata.kubernetesNamespace.isNull())
        faults.error(joined(path, QStringLiteral("namespace")),
                     namespaceFault(metadata.kubernetesNamespace));
    return faults.take();
}

Faults podFaults(const EksProperties &properties, const QString &path)
{
    FaultList faults;
    const QString podPath = joined(path, QStringLiteral("podProperties"));
    if (!properties.podProperties) {
        faults.error(podPath, QStringLiteral("podProperties is required: the pod that runs."));
        return faults.take();
    }
    const EksPodProperties &pod = *properties.podProperties;
    faults += podContainersFaults(pod, podPath);
    faults += podVolumeFaults(pod.volumes, joined(podPath, QStringLiteral("volumes")));
    if (!pod.dnsPolicy.isEmpty() && !dnsPolicies.contains(pod.dnsPolicy))
        faults.error(joined(podPath, QStringLiteral("dnsPolicy")),
                     QStringLiteral("dnsPolicy is %1; allowed are %2.")
                         .arg(shown(pod.dnsPolicy), alternatives(dnsPolicies)));
    if (!pod.serviceAccountName.isEmpty())
        faults.error(
            joined(podPath, QStringLiteral("serviceAccountName")),
            dnsSubdomainFault(QStringLiteral("serviceAccountName"), pod.serviceAccountName));
    const QString secretsPath = joined(podPath, QStringLiteral("imagePullSecrets"));
    for (qsizetype i = 0; i < pod.imagePullSecrets.size(); ++i)
        faults.error(
            joined(indexed(secretsPath, i), QStringLiteral("name")),
            dnsSubdomainFault(QStringLiteral("Name of the secret"), pod.imagePullSecrets[i].name));
    if (pod.metadata)
        faults += metadataFaults(*pod.metadata, joined(podPath, QStringLiteral("metadata")));
    return faults.take();
}

} // namespace batchyard::batch
