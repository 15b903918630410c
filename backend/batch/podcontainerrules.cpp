// The rules of one container of a pod (API_EksContainer, API_EksContainerResourceRequirements,
// API_EksContainerSecurityContext).
#include "backend/batch/choices.h"
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/quantity.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <algorithm>
#include <cmath>

namespace batchyard::batch {

namespace {

const QString cpuName = QStringLiteral("cpu");
const QString memoryName = QStringLiteral("memory");
const QString gpuName = QStringLiteral("nvidia.com/gpu");
const QStringList pullPolicies{QStringLiteral("Always"), QStringLiteral("IfNotPresent"),
                               QStringLiteral("Never")};
constexpr double bytesOfMiB = 1024.0 * 1024.0;

bool isWhole(double value)
{
    return value == std::floor(value);
}

QString cpuFault(const QString &text)
{
    const double value = quantity(text).value_or(0);
    if (value <= 0 || value > limits::vcpuMaximum)
        return QStringLiteral("cpu is %1; it must be above 0 and at most %2, for example `1` or "
                              "`500m`.")
            .arg(shown(text))
            .arg(limits::vcpuMaximum);
    return {};
}

QString podMemoryFault(const QString &text)
{
    const double mebibytes = quantity(text).value_or(0) / bytesOfMiB;
    if (mebibytes < limits::memoryMinimum)
        return QStringLiteral("memory is %1; it must be at least %2 MiB, for example `64Mi`.")
            .arg(shown(text))
            .arg(limits::memoryMinimum);
    return {};
}

QString podGpuFault(const QString &text)
{
    const double value = quantity(text).value_or(0);
    if (value < 1 || !isWhole(value))
        return QStringLiteral("nvidia.com/gpu is %1; it must be a whole number of 1 or more.")
            .arg(shown(text));
    return {};
}

// What AWS's text asks for and this machine does not need.
QString strangeQuantity(const QString &name, const QString &text)
{
    constexpr double cpuStep = 0.25;
    const double value = quantity(text).value_or(0);
    if (name == cpuName && !isWhole(value / cpuStep))
        return QStringLiteral("cpu is %1; it runs here, but AWS Batch asks for multiples of 0.25.")
            .arg(shown(text));
    if (name == memoryName && (!text.endsWith(u"Mi") || !isWhole(value / bytesOfMiB)))
        return QStringLiteral("memory is %1; it runs here, but AWS Batch asks for whole MiB with "
                              "the suffix `Mi`.")
            .arg(shown(text));
    return {};
}

Faults quantitiesFaults(const QMap<QString, QString> &quantities, const QString &path)
{
    FaultList faults;
    for (auto entry = quantities.begin(); entry != quantities.end(); ++entry) {
        const QString at = memberPath(path, entry.key());
        QString fault;
        if (entry.key() == cpuName)
            fault = cpuFault(*entry);
        else if (entry.key() == memoryName)
            fault = podMemoryFault(*entry);
        else if (entry.key() == gpuName)
            fault = podGpuFault(*entry);
        else
            fault = QStringLiteral("%1 is no resource; allowed are `cpu`, `memory` and "
                                   "`nvidia.com/gpu`.")
                        .arg(shown(entry.key()));
        faults.error(at, fault);
        if (fault.isEmpty())
            faults.warning(at, strangeQuantity(entry.key(), *entry));
    }
    return faults.take();
}

// Limits against requests: cpu may be promised less than it may use, the others not.
Faults limitsFaults(const EksContainerResourceRequirements &resources, const QString &path)
{
    FaultList faults;
    for (const QString &name : {cpuName, memoryName, gpuName}) {
        if (!resources.limits.contains(name) || !resources.requests.contains(name))
            continue;
        const QString limit = resources.limits.value(name);
        const QString request = resources.requests.value(name);
        const auto atMost = quantity(limit);
        const auto atLeast = quantity(request);
        if (!atMost || !atLeast)
            continue;
        const QString at = memberPath(joined(path, QStringLiteral("limits")), name);
        if (name == cpuName && *atMost < *atLeast)
            faults.error(at,
                         QStringLiteral("The limit of cpu, %1, must not be below its request, %2.")
                             .arg(shown(limit), shown(request)));
        if (name != cpuName && *atMost != *atLeast)
            faults.error(at,
                         QStringLiteral("The limit of %1, %2, must be equal to its request, %3.")
                             .arg(name, shown(limit), shown(request)));
    }
    return faults.take();
}

Faults missingQuantityFaults(const EksContainer &container, const QString &path)
{
    FaultList faults;
    const auto resources = container.resources.value_or(EksContainerResourceRequirements());
    for (const QString &name : {cpuName, memoryName}) {
        if (!resources.limits.contains(name) && !resources.requests.contains(name))
            faults.error(
                path,
                QStringLiteral("%1 is required; add it to limits or requests, for "
                               "example %2.")
                    .arg(name, name == cpuName ? QStringLiteral("`1`") : QStringLiteral("`64Mi`")));
    }
    return faults.take();
}

Faults podMountFaults(const QList<EksContainerVolumeMount> &mounts, const QList<EksVolume> &volumes,
                      const QString &path)
{
    FaultList faults;
    for (qsizetype i = 0; i < mounts.size(); ++i) {
        const EksContainerVolumeMount &mount = mounts[i];
        const QString at = indexed(path, i);
        const QString mountPath = joined(at, QStringLiteral("mountPath"));
        if (std::ranges::find(volumes, mount.name, &EksVolume::name) == volumes.end())
            faults.error(joined(at, QStringLiteral("name")),
                         QStringLiteral("The pod has no volume %1.").arg(shown(mount.name)));
        faults.error(mountPath, absolutePathFault(QStringLiteral("mountPath"), mount.mountPath));
        if (mount.mountPath.contains(u':'))
            faults.error(mountPath, QStringLiteral("mountPath must not have `:` in it."));
        if (std::ranges::count(mounts, mount.mountPath, &EksContainerVolumeMount::mountPath) > 1)
            faults.error(mountPath,
                         QStringLiteral("More than one volume is mounted at %1.")
                             .arg(shown(mount.mountPath)));
        if (mount.subPath.startsWith(u'/')
            || mount.subPath.split(u'/').contains(QLatin1StringView("..")))
            faults.error(joined(at, QStringLiteral("subPath")),
                         QStringLiteral("subPath %1 must be a relative path without `..`.")
                             .arg(shown(mount.subPath)));
    }
    return faults.take();
}

Faults securityFaults(const EksContainerSecurityContext &context, const QString &path)
{
    FaultList faults;
    constexpr qint64 largestId = 4294967294; // 2^32 - 2: Linux' last
    const auto checkId = [&](const QString &name, std::optional<qint64> id) {
        if (id && (*id < 0 || *id > largestId))
            faults.error(joined(path, name),
                         QStringLiteral("%1 is %2; it must be from 0 to %3.")
                             .arg(name)
                             .arg(*id)
                             .arg(largestId));
    };
    checkId(QStringLiteral("runAsUser"), context.runAsUser);
    checkId(QStringLiteral("runAsGroup"), context.runAsGroup);
    if (context.runAsNonRoot.value_or(false) && context.runAsUser == 0)
        faults.error(joined(path, QStringLiteral("runAsUser")),
                     QStringLiteral("runAsUser is 0, which runAsNonRoot does not allow."));
    if (context.privileged.value_or(false) && !context.allowPrivilegeEscalation.value_or(true))
        faults.error(joined(path, QStringLiteral("allowPrivilegeEscalation")),
                     QStringLiteral("A privileged container cannot have allowPrivilegeEscalation "
                                    "false."));
    if (context.runAsGroup && !context.runAsUser)
        faults.warning(joined(path, QStringLiteral("runAsGroup")),
                       QStringLiteral("Without runAsUser the container runs here as user %1 with "
                                      "this group; Kubernetes takes the image's user.")
                           .arg(choices::userOfLoneGroup));
    return faults.take();
}

} // namespace

Faults podResourceFaults(const EksContainerResourceRequirements &resources, const QString &path)
{
    FaultList faults;
    faults += quantitiesFaults(resources.limits, joined(path, QStringLiteral("limits")));
    faults += quantitiesFaults(resources.requests, joined(path, QStringLiteral("requests")));
    faults += limitsFaults(resources, path);
    return faults.take();
}

Faults podContainerFaults(const EksContainer &container, const QList<EksVolume> &volumes,
                          const QString &path, bool isInit)
{
    FaultList faults;
    const auto at = [&path](const QString &name) { return joined(path, name); };
    if (!container.name.isEmpty())
        faults.error(at(QStringLiteral("name")),
                     dnsLabelFault(QStringLiteral("Container name"), container.name));
    faults.error(at(QStringLiteral("image")), imageFault(container.image));
    if (!container.imagePullPolicy.isEmpty() && !pullPolicies.contains(container.imagePullPolicy))
        faults.error(at(QStringLiteral("imagePullPolicy")),
                     QStringLiteral("imagePullPolicy is %1; allowed are %2.")
                         .arg(shown(container.imagePullPolicy), alternatives(pullPolicies)));
    faults += environmentFaults(container.env, at(QStringLiteral("env")), limits::definitionBytes);
    if (container.resources)
        faults += podResourceFaults(*container.resources, at(QStringLiteral("resources")));
    if (!isInit)
        faults += missingQuantityFaults(container, at(QStringLiteral("resources")));
    faults += podMountFaults(container.volumeMounts, volumes, at(QStringLiteral("volumeMounts")));
    if (container.securityContext)
        faults += securityFaults(*container.securityContext, at(QStringLiteral("securityContext")));
    return faults.take();
}

} // namespace batchyard::batch
