// The rules of linuxParameters (API_LinuxParameters, API_Device, API_Tmpfs).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

const QStringList devicePermissions{QStringLiteral("READ"), QStringLiteral("WRITE"),
                                    QStringLiteral("MKNOD")};

// API_Tmpfs.mountOptions; mode, uid, gid, nr_inodes, nr_blocks and mpol take "=value".
const QStringList tmpfsOptions
    = QStringLiteral("defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount "
                     "mand nomand atime noatime diratime nodiratime bind rbind unbindable "
                     "runbindable private rprivate shared rshared slave rslave relatime "
                     "norelatime strictatime nostrictatime mode uid gid nr_inodes nr_blocks mpol")
          .split(u' ');

Faults deviceFaults(const QList<Device> &devices, const QString &path)
{
    FaultList faults;
    for (qsizetype i = 0; i < devices.size(); ++i) {
        const Device &device = devices[i];
        const QString at = indexed(path, i);
        faults.error(joined(at, QStringLiteral("hostPath")),
                     absolutePathFault(QStringLiteral("hostPath"), device.hostPath));
        if (!device.containerPath.isEmpty())
            faults.error(joined(at, QStringLiteral("containerPath")),
                         absolutePathFault(QStringLiteral("containerPath"), device.containerPath));
        for (qsizetype k = 0; k < device.permissions.size(); ++k) {
            if (!devicePermissions.contains(device.permissions[k]))
                faults.error(
                    indexed(joined(at, QStringLiteral("permissions")), k),
                    QStringLiteral("%1 is no permission; allowed are %2.")
                        .arg(shown(device.permissions[k]), alternatives(devicePermissions)));
        }
    }
    return faults.take();
}

Faults tmpfsFaults(const QList<Tmpfs> &mounts, const QString &path)
{
    FaultList faults;
    for (qsizetype i = 0; i < mounts.size(); ++i) {
        const Tmpfs &tmpfs = mounts[i];
        const QString at = indexed(path, i);
        faults.error(joined(at, QStringLiteral("containerPath")),
                     absolutePathFault(QStringLiteral("containerPath"), tmpfs.containerPath));
        faults.error(joined(at, QStringLiteral("size")),
                     rangeFault(QStringLiteral("size"), tmpfs.size, 1));
        for (qsizetype k = 0; k < tmpfs.mountOptions.size(); ++k) {
            if (!tmpfsOptions.contains(tmpfs.mountOptions[k].section(u'=', 0, 0)))
                faults.error(indexed(joined(at, QStringLiteral("mountOptions")), k),
                             QStringLiteral("%1 is no mount option of a tmpfs; allowed are %2.")
                                 .arg(shown(tmpfs.mountOptions[k]), tmpfsOptions.join(u", ")));
        }
    }
    return faults.take();
}

} // namespace

Faults linuxParametersFaults(const LinuxParameters &parameters, const QString &path)
{
    FaultList faults;
    faults += deviceFaults(parameters.devices, joined(path, QStringLiteral("devices")));
    faults += tmpfsFaults(parameters.tmpfs, joined(path, QStringLiteral("tmpfs")));
    if (parameters.sharedMemorySize)
        faults.error(
            joined(path, QStringLiteral("sharedMemorySize")),
            rangeFault(QStringLiteral("sharedMemorySize"), *parameters.sharedMemorySize, 1));
    if (parameters.maxSwap)
        faults.error(joined(path, QStringLiteral("maxSwap")),
                     rangeFault(QStringLiteral("maxSwap"), *parameters.maxSwap, 0));
    if (parameters.swappiness) {
        const QString at = joined(path, QStringLiteral("swappiness"));
        faults.error(at,
                     rangeFault(QStringLiteral("swappiness"), *parameters.swappiness, 0,
                                limits::swappinessMaximum));
        if (!parameters.maxSwap)
            faults.warning(at, QStringLiteral("swappiness has no effect without maxSwap."));
    }
    return faults.take();
}

} // namespace batchyard::batch
