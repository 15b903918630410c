// What EC2 and Fargate each allow in a task (API_EcsTaskProperties, API_RuntimePlatform,
// API_ResourceRequirement).
#include "backend/batch/choices.h"
#include "backend/batch/fargate.h"
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

const QStringList operatingSystems{
    QStringLiteral("LINUX"), QStringLiteral("WINDOWS_SERVER_2019_CORE"),
    QStringLiteral("WINDOWS_SERVER_2019_FULL"), QStringLiteral("WINDOWS_SERVER_2022_CORE"),
    QStringLiteral("WINDOWS_SERVER_2022_FULL")};
const QStringList architectures{QStringLiteral("X86_64"), QStringLiteral("ARM64")};
const QStringList platformVersions{QStringLiteral("LATEST"), QStringLiteral("1.4.0"),
                                   QStringLiteral("1.3.0")};

Faults ec2Faults(const TaskScope &scope)
{
    FaultList faults;
    const EcsTaskProperties &task = scope.task;
    const auto onlyFargate = [&](bool isThere, const QString &name) {
        if (isThere)
            faults.error(scope.member(name),
                         QStringLiteral("%1 is for Fargate only; take it out for EC2.").arg(name));
    };
    onlyFargate(task.networkConfiguration.has_value(), QStringLiteral("networkConfiguration"));
    onlyFargate(task.ephemeralStorage.has_value(), QStringLiteral("ephemeralStorage"));
    onlyFargate(!task.platformVersion.isEmpty(), QStringLiteral("platformVersion"));
    if (task.runtimePlatform)
        faults.warning(scope.member(QStringLiteral("runtimePlatform")),
                       QStringLiteral("runtimePlatform has an effect on Fargate only."));
    return faults.take();
}

Faults fargateSizeFaults(const TaskScope &scope)
{
    FaultList faults;
    double vcpus = 0;
    qint64 memory = 0;
    for (const TaskContainerProperties &container : scope.task.containers) {
        vcpus += requirement(container, QLatin1StringView("VCPU"));
        memory += static_cast<qint64>(requirement(container, QLatin1StringView("MEMORY")));
    }
    const QString path = scope.isLegacy ? joined(scope.path, QStringLiteral("resourceRequirements"))
                                        : scope.member(QStringLiteral("containers"));
    if (vcpus > 0 && memory > 0)
        faults.error(path, fargateSizeFault(vcpus, memory));
    return faults.take();
}

Faults fargateContainerFaults(const TaskContainerProperties &container, const QString &path)
{
    FaultList faults;
    const auto refuse = [&](bool isThere, const QString &name) {
        if (isThere)
            faults.error(joined(path, name),
                         QStringLiteral("Fargate does not allow %1; take it out.")
                             .arg(name.section(u'.', -1)));
    };
    refuse(container.privileged.value_or(false), QStringLiteral("privileged"));
    if (!container.linuxParameters)
        return faults.take();
    const LinuxParameters &parameters = *container.linuxParameters;
    refuse(!parameters.devices.isEmpty(), QStringLiteral("linuxParameters.devices"));
    refuse(parameters.sharedMemorySize.has_value(),
           QStringLiteral("linuxParameters.sharedMemorySize"));
    refuse(!parameters.tmpfs.isEmpty(), QStringLiteral("linuxParameters.tmpfs"));
    refuse(parameters.maxSwap.has_value(), QStringLiteral("linuxParameters.maxSwap"));
    refuse(parameters.swappiness.has_value(), QStringLiteral("linuxParameters.swappiness"));
    return faults.take();
}

Faults windowsFaults(const TaskScope &scope)
{
    FaultList faults;
    const auto refuse = [&](bool isThere, const QString &path) {
        if (isThere)
            faults.error(path,
                         QStringLiteral("Windows containers do not allow %1; take it out.")
                             .arg(path.section(u'.', -1)));
    };
    for (qsizetype i = 0; i < scope.task.containers.size(); ++i) {
        const TaskContainerProperties &container = scope.task.containers[i];
        const QString path = scope.container(i);
        refuse(container.linuxParameters.has_value(),
               joined(path, QStringLiteral("linuxParameters")));
        refuse(container.privileged.has_value(), joined(path, QStringLiteral("privileged")));
        refuse(!container.user.isEmpty(), joined(path, QStringLiteral("user")));
        refuse(!container.ulimits.isEmpty(), joined(path, QStringLiteral("ulimits")));
        refuse(container.readonlyRootFilesystem.has_value(),
               joined(path, QStringLiteral("readonlyRootFilesystem")));
    }
    for (qsizetype i = 0; i < scope.task.volumes.size(); ++i)
        refuse(scope.task.volumes[i].efsVolumeConfiguration.has_value(),
               joined(indexed(scope.member(QStringLiteral("volumes")), i),
                      QStringLiteral("efsVolumeConfiguration")));
    if (scope.task.runtimePlatform->cpuArchitecture == u"ARM64")
        faults.error(scope.member(QStringLiteral("runtimePlatform.cpuArchitecture")),
                     QStringLiteral("Windows containers need `X86_64`, not `ARM64`."));
    return faults.take();
}

Faults runtimePlatformFaults(const TaskScope &scope)
{
    FaultList faults;
    if (!scope.task.runtimePlatform)
        return {};
    const auto check = [&](const QString &name, const QString &value, const QStringList &allowed) {
        if (!value.isEmpty() && !allowed.contains(value))
            faults.error(scope.member(u"runtimePlatform." + name),
                         QStringLiteral("%1 is %2; allowed are %3.")
                             .arg(name, shown(value), alternatives(allowed)));
    };
    check(QStringLiteral("operatingSystemFamily"),
          scope.task.runtimePlatform->operatingSystemFamily, operatingSystems);
    check(QStringLiteral("cpuArchitecture"), scope.task.runtimePlatform->cpuArchitecture,
          architectures);
    if (scope.isWindows())
        faults += windowsFaults(scope);
    return faults.take();
}

Faults fargateFaults(const TaskScope &scope)
{
    FaultList faults;
    const EcsTaskProperties &task = scope.task;
    if (task.executionRoleArn.isEmpty())
        faults.error(scope.member(QStringLiteral("executionRoleArn")),
                     QStringLiteral("executionRoleArn is required on Fargate."));
    if (!task.ipcMode.isEmpty())
        faults.error(scope.member(QStringLiteral("ipcMode")),
                     QStringLiteral("Fargate does not allow ipcMode; take it out."));
    if (task.pidMode == u"host")
        faults.error(scope.member(QStringLiteral("pidMode")),
                     QStringLiteral("Fargate allows only the pidMode `task`, not `host`."));
    if (!task.platformVersion.isEmpty() && !platformVersions.contains(task.platformVersion))
        faults.error(scope.member(QStringLiteral("platformVersion")),
                     QStringLiteral("platformVersion is %1; allowed are %2.")
                         .arg(shown(task.platformVersion), alternatives(platformVersions)));
    if (task.networkConfiguration && !task.networkConfiguration->assignPublicIp.isEmpty()
        && task.networkConfiguration->assignPublicIp != u"ENABLED"
        && task.networkConfiguration->assignPublicIp != u"DISABLED")
        faults.error(scope.member(QStringLiteral("networkConfiguration.assignPublicIp")),
                     QStringLiteral("assignPublicIp is %1; allowed are `ENABLED` and `DISABLED`.")
                         .arg(shown(task.networkConfiguration->assignPublicIp)));
    if (task.ephemeralStorage) {
        const QString path = scope.member(QStringLiteral("ephemeralStorage.sizeInGiB"));
        faults.error(path,
                     rangeFault(QStringLiteral("sizeInGiB"), task.ephemeralStorage->sizeInGiB,
                                limits::ephemeralStorageMinimum, limits::ephemeralStorageMaximum));
        if (task.platformVersion == u"1.3.0")
            faults.error(path,
                         QStringLiteral("ephemeralStorage needs platformVersion `1.4.0` or "
                                        "`LATEST`, not `1.3.0`."));
    }
    for (qsizetype i = 0; i < task.containers.size(); ++i)
        faults += fargateContainerFaults(task.containers[i], scope.container(i));
    faults += fargateSizeFaults(scope);
    faults += runtimePlatformFaults(scope);
    return faults.take();
}

} // namespace

Faults platformFaults(const TaskScope &scope)
{
    return scope.isFargate ? fargateFaults(scope) : ec2Faults(scope);
}

} // namespace batchyard::batch
