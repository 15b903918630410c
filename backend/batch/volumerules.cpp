// The rules of a task's volumes (API_Volume, API_Host, API_EFSVolumeConfiguration,
// API_S3FilesVolumeConfiguration).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <algorithm>
#include <array>

namespace batchyard::batch {

namespace {

// What a container gets hold of through a path of this machine; empty for ordinary paths.
QString effectOfHostPath(const QString &path)
{
    const QString clean = path.size() > 1 && path.endsWith(u'/') ? path.chopped(1) : path;
    if (clean == u"/")
        return QStringLiteral("all files of this machine");
    if (clean == u"/var/run/docker.sock" || clean == u"/run/docker.sock" || clean == u"/run"
        || clean == u"/var/run")
        return QStringLiteral("control of Docker, and with it of this machine");
    static constexpr std::array systemDirectories{"/etc",  "/boot", "/usr",  "/bin",
                                                  "/sbin", "/lib",  "/root", "/proc",
                                                  "/sys",  "/dev",  "/var",  "/home"};
    for (const char *directory : systemDirectories) {
        if (clean == QLatin1StringView(directory))
            return QStringLiteral("the system's files in %1").arg(QLatin1StringView(directory));
    }
    return {};
}

Faults hostFaults(const Volume &volume, const QString &path, bool isFargate)
{
    if (!volume.host || volume.host->sourcePath.isEmpty())
        return {};
    FaultList faults;
    const QString at = joined(path, QStringLiteral("host.sourcePath"));
    if (isFargate)
        faults.error(at,
                     QStringLiteral("Fargate has no host directories; leave sourcePath out for "
                                    "a scratch volume."));
    faults += hostPathFaults(QStringLiteral("sourcePath"), volume.host->sourcePath, at);
    return faults.take();
}

QString switchFault(const QString &name, const QString &value)
{
    if (value.isEmpty() || value == u"ENABLED" || value == u"DISABLED")
        return {};
    return QStringLiteral("%1 is %2; allowed are `ENABLED` and `DISABLED`.")
        .arg(name, shown(value));
}

// transitEncryption, its port and authorizationConfig have no effect here but must be right for
// AWS.
Faults efsAccessFaults(const EfsVolumeConfiguration &efs, const QString &path)
{
    FaultList faults;
    faults.error(joined(path, QStringLiteral("transitEncryption")),
                 switchFault(QStringLiteral("transitEncryption"), efs.transitEncryption));
    if (efs.transitEncryptionPort)
        faults.error(joined(path, QStringLiteral("transitEncryptionPort")),
                     rangeFault(QStringLiteral("transitEncryptionPort"), *efs.transitEncryptionPort,
                                0, limits::portMaximum));
    if (!efs.authorizationConfig)
        return faults.take();
    const QString accessPath = joined(path, QStringLiteral("authorizationConfig"));
    const QString &iam = efs.authorizationConfig->iam;
    const bool hasAccessPoint = !efs.authorizationConfig->accessPointId.isEmpty();
    faults.error(joined(accessPath, QStringLiteral("iam")),
                 switchFault(QStringLiteral("iam"), iam));
    if ((hasAccessPoint || iam == u"ENABLED") && efs.transitEncryption != u"ENABLED")
        faults.error(joined(path, QStringLiteral("transitEncryption")),
                     QStringLiteral("transitEncryption must be `ENABLED` with an access point or "
                                    "IAM authorization."));
    if (hasAccessPoint && !efs.rootDirectory.isEmpty() && efs.rootDirectory != u"/")
        faults.error(joined(path, QStringLiteral("rootDirectory")),
                     QStringLiteral("rootDirectory must be absent or `/` with an access point."));
    return faults.take();
}

Faults efsFaults(const EfsVolumeConfiguration &efs, const QString &path)
{
    FaultList faults;
    const auto isAllowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
            || c == u'-';
    };
    const QString &id = efs.fileSystemId;
    if (id.isEmpty() || id.size() > limits::nameLength || !std::ranges::all_of(id, isAllowed))
        faults.error(joined(path, QStringLiteral("fileSystemId")),
                     QStringLiteral("fileSystemId is %1; it must be an EFS id such as "
                                    "`fs-12345678`.")
                         .arg(shown(id)));
    const QString rootPath = joined(path, QStringLiteral("rootDirectory"));
    if (!efs.rootDirectory.isEmpty())
        faults.error(rootPath,
                     absolutePathFault(QStringLiteral("rootDirectory"), efs.rootDirectory));
    if (efs.rootDirectory.size() > limits::efsRootLength)
        faults.error(rootPath,
                     QStringLiteral("rootDirectory must have at most %1 characters (%2).")
                         .arg(limits::efsRootLength)
                         .arg(efs.rootDirectory.size()));
    faults += efsAccessFaults(efs, path);
    return faults.take();
}

Faults s3FilesFaults(const S3FilesVolumeConfiguration &files, const QString &path)
{
    FaultList faults;
    if (files.fileSystemArn.isEmpty())
        faults.error(joined(path, QStringLiteral("fileSystemArn")),
                     QStringLiteral("fileSystemArn is required: the ARN of an S3 file system."));
    if (!files.rootDirectory.isEmpty())
        faults.error(joined(path, QStringLiteral("rootDirectory")),
                     absolutePathFault(QStringLiteral("rootDirectory"), files.rootDirectory));
    if (files.transitEncryptionPort)
        faults.error(joined(path, QStringLiteral("transitEncryptionPort")),
                     rangeFault(QStringLiteral("transitEncryptionPort"),
                                *files.transitEncryptionPort, 0, limits::portMaximum));
    return faults.take();
}

} // namespace

Faults hostPathFaults(const QString &subject, const QString &source, const QString &path)
{
    FaultList faults;
    const QString fault = absolutePathFault(subject, source);
    faults.error(path, fault);
    if (const QString effect = effectOfHostPath(source); fault.isEmpty() && !effect.isEmpty())
        faults.warning(
            path,
            QStringLiteral("Mounting %1 gives the containers %2.").arg(shown(source), effect));
    return faults.take();
}

Faults volumeFaults(const TaskScope &scope)
{
    FaultList faults;
    const auto &volumes = scope.task.volumes;
    for (qsizetype i = 0; i < volumes.size(); ++i) {
        const Volume &volume = volumes[i];
        const QString path = indexed(scope.member(QStringLiteral("volumes")), i);
        const QString namePath = joined(path, QStringLiteral("name"));
        faults.error(namePath, partNameFault(QStringLiteral("Volume name"), volume.name));
        const auto isSame = [&](const Volume &other) { return other.name == volume.name; };
        if (!volume.name.isEmpty() && std::ranges::count_if(volumes, isSame) > 1)
            faults.error(namePath,
                         QStringLiteral("More than one volume is named %1; names must be "
                                        "different.")
                             .arg(shown(volume.name)));
        if (int(volume.host.has_value()) + int(volume.efsVolumeConfiguration.has_value())
                + int(volume.s3filesVolumeConfiguration.has_value())
            > 1)
            faults.error(path,
                         QStringLiteral("The volume has more than one source; only one of "
                                        "host, efsVolumeConfiguration and "
                                        "s3filesVolumeConfiguration is allowed."));
        faults += hostFaults(volume, path, scope.isFargate);
        if (volume.efsVolumeConfiguration)
            faults += efsFaults(*volume.efsVolumeConfiguration,
                                joined(path, QStringLiteral("efsVolumeConfiguration")));
        if (volume.s3filesVolumeConfiguration)
            faults += s3FilesFaults(*volume.s3filesVolumeConfiguration,
                                    joined(path, QStringLiteral("s3filesVolumeConfiguration")));
    }
    return faults.take();
}

} // namespace batchyard::batch
