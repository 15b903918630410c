// The rules of one container (API_TaskContainerProperties, API_ContainerProperties).
#include "backend/batch/awslogs.h"
#include "backend/batch/choices.h"
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <QSet>

#include <algorithm>

namespace batchyard::batch {

namespace {

constexpr QLatin1StringView vcpuType{"VCPU"};
constexpr QLatin1StringView memoryType{"MEMORY"};
constexpr QLatin1StringView gpuType{"GPU"};

// API_Ulimit.name: Docker's names.
const QStringList ulimitNames{
    QStringLiteral("core"),     QStringLiteral("cpu"),        QStringLiteral("data"),
    QStringLiteral("fsize"),    QStringLiteral("locks"),      QStringLiteral("memlock"),
    QStringLiteral("msgqueue"), QStringLiteral("nice"),       QStringLiteral("nofile"),
    QStringLiteral("nproc"),    QStringLiteral("rss"),        QStringLiteral("rtprio"),
    QStringLiteral("rttime"),   QStringLiteral("sigpending"), QStringLiteral("stack")};

// API_LogConfiguration.logDriver.
const QStringList logDrivers{QStringLiteral("json-file"), QStringLiteral("syslog"),
                             QStringLiteral("journald"),  QStringLiteral("gelf"),
                             QStringLiteral("fluentd"),   QStringLiteral("awslogs"),
                             QStringLiteral("splunk"),    QStringLiteral("awsfirelens")};
const QStringList fargateLogDrivers{QStringLiteral("awslogs"), QStringLiteral("splunk"),
                                    QStringLiteral("awsfirelens")};

Faults ulimitFaults(const QList<Ulimit> &ulimits, const QString &path, bool isFargate)
{
    constexpr int unlimited = -1;
    FaultList faults;
    QSet<QString> seen;
    for (qsizetype i = 0; i < ulimits.size(); ++i) {
        const Ulimit &ulimit = ulimits[i];
        const QString at = indexed(path, i);
        const QString namePath = joined(at, QStringLiteral("name"));
        if (!ulimitNames.contains(ulimit.name))
            faults.error(namePath,
                         QStringLiteral("%1 is no ulimit; allowed are %2.")
                             .arg(shown(ulimit.name), alternatives(ulimitNames)));
        else if (isFargate && ulimit.name != u"nofile")
            faults.error(namePath,
                         QStringLiteral("Fargate allows only the ulimit `nofile`, not %1.")
                             .arg(shown(ulimit.name)));
        if (seen.contains(ulimit.name))
            faults.error(namePath,
                         QStringLiteral("The ulimit %1 is set twice.").arg(shown(ulimit.name)));
        seen.insert(ulimit.name);
        if (ulimit.softLimit < unlimited || ulimit.hardLimit < unlimited)
            faults.error(at, QStringLiteral("A limit must be 0 or more, or -1 for no limit."));
        const bool softIsHigher = ulimit.hardLimit != unlimited
            && (ulimit.softLimit == unlimited || ulimit.softLimit > ulimit.hardLimit);
        if (softIsHigher)
            faults.error(joined(at, QStringLiteral("softLimit")),
                         QStringLiteral("softLimit is %1; it must not be above hardLimit, %2.")
                             .arg(ulimit.softLimit)
                             .arg(ulimit.hardLimit));
    }
    return faults.take();
}

Faults mountFaults(const TaskScope &scope, const QList<MountPoint> &mounts, const QString &path)
{
    FaultList faults;
    QSet<QString> targets;
    for (qsizetype i = 0; i < mounts.size(); ++i) {
        const MountPoint &mount = mounts[i];
        const QString volumePath = joined(indexed(path, i), QStringLiteral("sourceVolume"));
        const QString targetPath = joined(indexed(path, i), QStringLiteral("containerPath"));
        const bool exists = std::ranges::any_of(scope.task.volumes, [&](const Volume &volume) {
            return volume.name == mount.sourceVolume;
        });
        if (mount.sourceVolume.isEmpty())
            faults.error(volumePath,
                         QStringLiteral("sourceVolume is required: the name of a "
                                        "volume of the task."));
        else if (!exists)
            faults.error(volumePath,
                         QStringLiteral("There is no volume %1; add it to the task's "
                                        "volumes.")
                             .arg(shown(mount.sourceVolume)));
        if (mount.containerPath.isEmpty())
            faults.error(targetPath, QStringLiteral("containerPath is required."));
        else
            faults.error(targetPath,
                         absolutePathFault(QStringLiteral("containerPath"), mount.containerPath));
        if (!mount.containerPath.isEmpty() && targets.contains(mount.containerPath))
            faults.error(
                targetPath,
                QStringLiteral("Two volumes are mounted at %1.").arg(shown(mount.containerPath)));
        targets.insert(mount.containerPath);
    }
    return faults.take();
}

Faults secretFaults(const QList<Secret> &secrets, const QString &path, bool namesAreVariables)
{
    FaultList faults;
    QSet<QString> seen;
    for (qsizetype i = 0; i < secrets.size(); ++i) {
        const Secret &secret = secrets[i];
        const QString namePath = joined(indexed(path, i), QStringLiteral("name"));
        if (namesAreVariables)
            faults.error(namePath, environmentNameFault(secret.name));
        else if (secret.name.isEmpty())
            faults.error(namePath, QStringLiteral("The secret's name is required."));
        if (!secret.name.isEmpty() && seen.contains(secret.name))
            faults.error(namePath,
                         QStringLiteral("The secret %1 is set twice.").arg(shown(secret.name)));
        seen.insert(secret.name);
        if (secret.valueFrom.isEmpty())
            faults.error(
                joined(indexed(path, i), QStringLiteral("valueFrom")),
                QStringLiteral("valueFrom is required: the ARN of a Secrets Manager secret "
                               "or of an SSM parameter, or the parameter's name."));
    }
    return faults.take();
}

Faults logFaults(const std::optional<LogConfiguration> &log, const QString &path, bool isFargate)
{
    FaultList faults;
    if (!log)
        return {};
    const QStringList &allowed = isFargate ? fargateLogDrivers : logDrivers;
    if (!allowed.contains(log->logDriver))
        faults.error(joined(path, QStringLiteral("logDriver")),
                     QStringLiteral("%1 is no log driver%2; allowed are %3.")
                         .arg(shown(log->logDriver),
                              isFargate ? QStringLiteral(" of Fargate") : QString(),
                              alternatives(allowed)));
    faults
        += secretFaults(log->secretOptions, joined(path, QStringLiteral("secretOptions")), false);
    return faults.take();
}

// Docker refuses a container whose pattern it cannot read; here each line is an event of its own.
Faults eventFaults(const std::optional<LogConfiguration> &log, const QString &path)
{
    FaultList faults;
    if (const QRegularExpression start = eventStart(log); !start.isValid())
        faults.warning(joined(path, QStringLiteral("options")),
                       QStringLiteral("%1 is no regular expression: %2.")
                           .arg(log->options.contains(datetimeFormatOption)
                                    ? datetimeFormatOption
                                    : multilinePatternOption,
                                start.errorString()));
    return faults.take();
}

QString firelensFault(const FirelensConfiguration &configuration)
{
    static const QStringList types{QStringLiteral("fluentd"), QStringLiteral("fluentbit")};
    if (types.contains(configuration.type))
        return {};
    return QStringLiteral("type is %1; allowed are %2.")
        .arg(shown(configuration.type), alternatives(types));
}

QString userFault(const QString &user)
{
    const bool isSound = std::ranges::all_of(user, [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
            || c == u'-' || c == u'_' || c == u'.' || c == u'$' || c == u':';
    });
    if (user.isEmpty()
        || (isSound && user.count(u':') <= 1 && !user.startsWith(u':') && !user.endsWith(u':')))
        return {};
    return QStringLiteral("user is %1; allowed are `user`, `uid`, `user:group`, `uid:gid` and "
                          "mixtures of them.")
        .arg(shown(user));
}

Faults timeoutsOfContainer(const TaskContainerProperties &container, const QString &path,
                           bool isFargate)
{
    FaultList faults;
    const auto check = [&](const QString &name, std::optional<int> value) {
        if (!value)
            return;
        faults.error(joined(path, name),
                     isFargate ? rangeFault(name, *value, limits::containerTimeoutMinimum,
                                            limits::fargateContainerTimeoutMaximum)
                               : rangeFault(name, *value, limits::containerTimeoutMinimum));
    };
    check(QStringLiteral("startTimeout"), container.startTimeout);
    check(QStringLiteral("stopTimeout"), container.stopTimeout);
    return faults.take();
}

} // namespace

Faults environmentFaults(const QList<KeyValuePair> &environment, const QString &path,
                         qsizetype maximumBytes)
{
    FaultList faults;
    for (qsizetype i = 0; i < environment.size(); ++i) {
        const KeyValuePair &variable = environment[i];
        const QString namePath = joined(indexed(path, i), QStringLiteral("name"));
        faults.error(namePath, environmentNameFault(variable.name));
        const auto isSame = [&](const KeyValuePair &other) { return other.name == variable.name; };
        if (!variable.name.isEmpty() && std::ranges::count_if(environment, isSame) > 1)
            faults.error(namePath,
                         QStringLiteral("Environment variable %1 is set more than once.")
                             .arg(shown(variable.name)));
        if (!variable.name.isEmpty() && variable.name.front().isDigit())
            faults.warning(namePath,
                           QStringLiteral("%1 starts with a digit; most shells cannot "
                                          "read such a variable.")
                               .arg(shown(variable.name)));
        const qsizetype bytes = variable.value.toUtf8().size();
        if (bytes > maximumBytes)
            faults.error(joined(indexed(path, i), QStringLiteral("value")),
                         QStringLiteral("The value of %1 has %2 bytes; the whole document can have "
                                        "at most %3 KiB (%4 bytes).")
                             .arg(shown(variable.name))
                             .arg(bytes)
                             .arg(maximumBytes / 1024)
                             .arg(maximumBytes));
    }
    return faults.take();
}

Faults requirementFaults(const QList<ResourceRequirement> &requirements, const QString &path,
                         Platform platform)
{
    const bool isFargate = platform == Platform::Fargate;
    FaultList faults;
    QSet<QString> seen;
    for (qsizetype i = 0; i < requirements.size(); ++i) {
        const ResourceRequirement &requirement = requirements[i];
        const QString typePath = joined(indexed(path, i), QStringLiteral("type"));
        const QString valuePath = joined(indexed(path, i), QStringLiteral("value"));
        if (seen.contains(requirement.type))
            faults.error(typePath,
                         QStringLiteral("%1 is given twice; one entry per type is allowed.")
                             .arg(shown(requirement.type)));
        seen.insert(requirement.type);
        if (requirement.type == vcpuType) {
            const QString fault = vcpuFault(requirement.value);
            faults.error(valuePath, fault);
            const double value = requirement.value.toDouble();
            if (fault.isEmpty() && platform == Platform::Ec2 && value != static_cast<int>(value)) {
                const QString text = QStringLiteral("%1 vCPU is part of a whole one: it runs here, "
                                                    "but AWS Batch may ask for whole vCPUs on EC2.")
                                         .arg(requirement.value);
                choices::fractionalEc2Vcpus ? faults.warning(valuePath, text)
                                            : faults.error(valuePath, text);
            }
        } else if (requirement.type == memoryType) {
            const QString fault = memoryFault(requirement.value);
            faults.error(valuePath, fault);
            if (fault.isEmpty() && requirement.value.toInt() < limits::dockerMemoryMinimum)
                faults.warning(valuePath,
                               QStringLiteral("MEMORY is %1 MiB; AWS Batch allows it, but "
                                              "Docker needs at least %2 MiB.")
                                   .arg(requirement.value)
                                   .arg(limits::dockerMemoryMinimum));
        } else if (requirement.type == gpuType) {
            faults.error(valuePath,
                         isFargate ? QStringLiteral("Fargate has no GPUs; take GPU out.")
                                   : gpuFault(requirement.value));
        } else {
            faults.error(
                typePath,
                QStringLiteral("%1 is no resource; allowed are `VCPU`, `MEMORY` and `GPU`.")
                    .arg(shown(requirement.type)));
        }
    }
    return faults.take();
}

Faults missingRequirementFaults(const ContainerBase &container, const QString &path)
{
    FaultList faults;
    for (const QLatin1StringView type : {vcpuType, memoryType}) {
        const bool isThere = std::ranges::any_of(
            container.resourceRequirements,
            [type](const ResourceRequirement &requirement) { return requirement.type == type; });
        if (!isThere)
            faults.error(path,
                         QStringLiteral("%1 is required; add %2 to resourceRequirements.")
                             .arg(type,
                                  type == vcpuType ? QStringLiteral("the number of vCPUs")
                                                   : QStringLiteral("the memory in MiB")));
    }
    return faults.take();
}

Faults containerFaults(const TaskScope &scope, qsizetype index)
{
    const TaskContainerProperties &container = scope.task.containers[index];
    const QString path = scope.container(index);
    const auto at = [&path](const QString &name) { return joined(path, name); };
    FaultList faults;
    if (!scope.isLegacy && (scope.task.containers.size() > 1 || !container.name.isEmpty()))
        faults.error(at(QStringLiteral("name")),
                     partNameFault(QStringLiteral("Container name"), container.name));
    faults.error(at(QStringLiteral("image")), imageFault(container.image));
    faults += environmentFaults(container.environment, at(QStringLiteral("environment")),
                                limits::definitionBytes);
    faults += secretFaults(container.secrets, at(QStringLiteral("secrets")), true);
    const QString requirements = at(QStringLiteral("resourceRequirements"));
    faults += requirementFaults(container.resourceRequirements, requirements,
                                scope.isFargate ? Platform::Fargate : Platform::Ec2);
    faults += missingRequirementFaults(container, requirements);
    faults += mountFaults(scope, container.mountPoints, at(QStringLiteral("mountPoints")));
    faults += ulimitFaults(container.ulimits, at(QStringLiteral("ulimits")), scope.isFargate);
    faults += logFaults(container.logConfiguration, at(QStringLiteral("logConfiguration")),
                        scope.isFargate);
    faults += eventFaults(container.logConfiguration, at(QStringLiteral("logConfiguration")));
    faults.error(at(QStringLiteral("user")), userFault(container.user));
    faults += timeoutsOfContainer(container, path, scope.isFargate);
    if (container.linuxParameters)
        faults += linuxParametersFaults(*container.linuxParameters,
                                        at(QStringLiteral("linuxParameters")));
    if (container.firelensConfiguration)
        faults.error(at(QStringLiteral("firelensConfiguration.type")),
                     firelensFault(*container.firelensConfiguration));
    if (container.repositoryCredentials
        && container.repositoryCredentials->credentialsParameter.isEmpty())
        faults.error(
            at(QStringLiteral("repositoryCredentials.credentialsParameter")),
            QStringLiteral("credentialsParameter is required: the ARN of a Secrets Manager "
                           "secret."));
    if (container.privileged.value_or(false) && !scope.isFargate)
        faults.warning(at(QStringLiteral("privileged")),
                       QStringLiteral("A privileged container can do anything on this machine as "
                                      "its administrator."));
    const bool needsRole = !container.secrets.isEmpty() || container.repositoryCredentials;
    if (choices::missingExecutionRoleIsWarning && needsRole && !scope.isFargate
        && scope.task.executionRoleArn.isEmpty())
        faults.warning(scope.member(QStringLiteral("executionRoleArn")),
                       QStringLiteral("AWS needs executionRoleArn to read secrets and private "
                                      "registries."));
    return faults.take();
}

} // namespace batchyard::batch
