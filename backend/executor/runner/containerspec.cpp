#include "backend/executor/runner/containerspec.h"

#include "backend/batch/pod.h"
#include "backend/executor/runner/logoptions.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QIODevice>
#include <QUuid>

#include <cmath>

namespace batchyard::executor {

using batch::requirement;
using docker::ContainerSpec;

namespace {

constexpr qint64 mebibyte = 1024 * 1024;
constexpr qint64 smallestMemoryMiB = 6; // Docker refuses less; AWS accepts 4
constexpr qint64 pidsLimit = 4096; // keeps the host alive under a fork bomb

ContainerSpec withLabels(ContainerSpec spec, const AttemptKey &key, const QString &container)
{
    spec.labels.insert(key.labels(container));
    spec.labels.insert(specLabel, specHash(spec));
    return spec;
}

// Of the container that sits on the network itself, which is also the one that tells of its job.
// The names of all resolve like localhost, in an isolated job by the hosts file.
ContainerSpec withNetwork(ContainerSpec spec, const SpecContext &context,
                          const batch::EcsTaskProperties &task)
{
    spec.labels = context.record;
    spec.networkMode = context.place().networkName(context.key.installId);
    spec.networkDisabled = !context.place().hasInterface();
    if (!spec.networkDisabled) {
        for (const batch::TaskContainerProperties &container : task.containers)
            spec.extraHosts.append(container.name + QStringLiteral(":127.0.0.1"));
    }
    return spec;
}

ContainerSpec withNamespaces(ContainerSpec spec, const SpecContext &context,
                             const batch::EcsTaskProperties &task)
{
    if (context.lone) {
        spec.ipcMode = task.ipcMode;
        spec.pidMode = task.pidMode;
        return withNetwork(std::move(spec), context, task);
    }
    // By name and not by id: the container need not exist yet, and the hash does not change.
    const QString pause = QStringLiteral("container:") + context.key.containerName(-1);
    spec.networkMode = pause;
    spec.ipcMode = task.ipcMode == u"task" ? pause : task.ipcMode;
    spec.pidMode = task.pidMode == u"task" ? pause : task.pidMode;
    return spec;
}

// Stays the same for one installation, as a node of a cluster does.
QString nodeUid(const QString &installId)
{
    static const QUuid space(QStringLiteral("{a3c1bd0e-5f0c-4b8e-9a55-0d0b3f6c2f41}"));
    return QUuid::createUuidV5(space, installId).toString(QUuid::WithoutBraces);
}

// Those that Batch gives to every container of a job.
QList<batch::KeyValuePair> batchVariables(const SpecContext &context, bool isPod)
{
    QList<batch::KeyValuePair> variables;
    const auto add = [&variables](const char *name, const QString &value) {
        variables.append({QLatin1StringView(name), value, {}});
    };
    add("AWS_BATCH_JOB_ID", context.key.jobId);
    add("AWS_BATCH_JOB_ATTEMPT", QString::number(context.key.attempt));
    add("AWS_BATCH_JQ_NAME", context.queue);
    add("AWS_BATCH_CE_NAME", context.computeEnvironment);
    if (isPod)
        add("AWS_BATCH_JOB_KUBERNETES_NODE_UID", nodeUid(context.key.installId));
    else
        add("AWS_EXECUTION_ENV",
            context.fargate ? QStringLiteral("AWS_ECS_FARGATE") : QStringLiteral("AWS_ECS_EC2"));
    if (context.arrayIndex)
        add("AWS_BATCH_JOB_ARRAY_INDEX", QString::number(*context.arrayIndex));
    if (const auto &node = context.node) {
        add("AWS_BATCH_JOB_MAIN_NODE_INDEX", QString::number(node->mainIndex));
        add("AWS_BATCH_JOB_NODE_INDEX", QString::number(node->index));
        add("AWS_BATCH_JOB_NUM_NODES", QString::number(node->count));
        if (!node->mainAddress.isEmpty())
            add("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", node->mainAddress);
    }
    return variables;
}

// With all variables that it gets, and in a pod with what $(NAME) stands for: there Batch's come
// first, since the others may refer to them.
batch::TaskContainerProperties completed(batch::TaskContainerProperties container,
                                         const SpecContext &context)
{
    const bool isPod = container.pod.has_value();
    const QList<batch::KeyValuePair> variables = batchVariables(context, isPod);
    container.environment
        = isPod ? variables + container.environment : container.environment + variables;
    return batch::withVariables(std::move(container));
}

// The limit of processors is what is asked for where nothing else is said.
ContainerSpec withResources(ContainerSpec spec, const batch::ContainerBase &container,
                            std::optional<double> limit)
{
    const double vcpus = requirement(container, QLatin1StringView("VCPU"));
    spec.nanoCpus = std::llround(limit.value_or(vcpus) * 1e9);
    spec.cpuShares = std::llround(vcpus * 1024);
    if (const qint64 memory = std::llround(requirement(container, QLatin1StringView("MEMORY"))))
        spec.memoryBytes = std::max(memory, smallestMemoryMiB) * mebibyte;
    spec.gpuCount = qRound(requirement(container, QLatin1StringView("GPU")));
    spec.pidsLimit = pidsLimit;
    return spec;
}

QString cgroupPermissions(const QStringList &permissions)
{
    if (permissions.isEmpty())
        return QStringLiteral("rwm");
    QString letters;
    for (const auto &[name, letter] :
         {std::pair("READ", u'r'), std::pair("WRITE", u'w'), std::pair("MKNOD", u'm')}) {
        if (permissions.contains(QLatin1StringView(name)))
            letters += letter;
    }
    return letters;
}

ContainerSpec withLinuxParameters(ContainerSpec spec, const batch::LinuxParameters &linux)
{
    spec.init = linux.initProcessEnabled.value_or(false);
    spec.shmSizeBytes = linux.sharedMemorySize.value_or(0) * mebibyte;
    for (const batch::Device &device : linux.devices)
        spec.devices.append(
            {device.hostPath,
             device.containerPath.isEmpty() ? device.hostPath : device.containerPath,
             cgroupPermissions(device.permissions)});
    for (const batch::Tmpfs &tmpfs : linux.tmpfs) {
        docker::Mount mount;
        mount.type = docker::Mount::Type::Tmpfs;
        mount.target = tmpfs.containerPath;
        mount.tmpfsSizeBytes = tmpfs.size * mebibyte;
        mount.tmpfsOptions = tmpfs.mountOptions;
        spec.mounts.append(mount);
    }
    // API_LinuxParameters: swappiness is ignored without maxSwap.
    if (linux.maxSwap) {
        spec.memorySwapBytes = spec.memoryBytes + *linux.maxSwap * mebibyte;
        spec.memorySwappiness = linux.swappiness;
    }
    return spec;
}

qint64 sharedMemory(const batch::EcsTaskProperties &task)
{
    qint64 most = 0;
    for (const batch::TaskContainerProperties &container : task.containers) {
        if (container.linuxParameters)
            most = std::max<qint64>(most, container.linuxParameters->sharedMemorySize.value_or(0));
    }
    return most * mebibyte;
}

Result<ContainerSpec> withMounts(ContainerSpec spec, const SpecContext &context,
                                 const batch::ContainerBase &container)
{
    for (const batch::MountPoint &point : container.mountPoints) {
        auto mount = context.volumes.mountOf(point);
        if (!mount)
            return tl::unexpected(mount.error());
        spec.mounts.append(*std::move(mount));
    }
    if (!context.place().hasInterface()) {
        docker::Mount hosts;
        hosts.source = context.hostsFile;
        hosts.target = QStringLiteral("/etc/hosts");
        hosts.readOnly = true;
        spec.mounts.append(hosts);
    }
    return spec;
}

// The `local` driver keeps bytes as they are; json-file replaces what is not UTF-8, so that counts
// of bytes would not hold.
Result<ContainerSpec> withLogging(ContainerSpec spec, const batch::ContainerBase &container)
{
    if (const QString driver = foreignLogDriver(container); !driver.isEmpty()) {
        auto options = limitedLogOptions(driver, container.logConfiguration->options);
        if (!options)
            return tl::unexpected(options.error());
        spec.logDriver = driver;
        spec.logOptions = *std::move(options);
        return spec;
    }
    spec.logDriver = QStringLiteral("local");
    spec.logOptions = {{QStringLiteral("max-size"), QString::number(engineLogFileBytes)},
                       {QStringLiteral("max-file"), QStringLiteral("2")},
                       {QStringLiteral("compress"), QStringLiteral("false")}};
    return spec;
}

} // namespace

QString dockerPlatform(const batch::EcsTaskProperties &task)
{
    const QString architecture
        = task.runtimePlatform ? task.runtimePlatform->cpuArchitecture : QString();
    if (architecture == u"ARM64")
        return QStringLiteral("linux/arm64");
    return architecture == u"X86_64" ? QStringLiteral("linux/amd64") : QString();
}

QString foreignLogDriver(const batch::ContainerBase &container)
{
    const QString driver
        = container.logConfiguration ? container.logConfiguration->logDriver : QString();
    return driver == u"awslogs" || driver == u"awsfirelens" ? QString() : driver;
}

Result<ContainerSpec> withSecrets(ContainerSpec spec,
                                  const batch::TaskContainerProperties &container,
                                  const SecretStore &store)
{
    for (const batch::Secret &secret : container.secrets) {
        const auto value = store.value(secret.valueFrom);
        if (!value)
            return tl::unexpected(value.error());
        spec.secretEnvironment.append({secret.name, *value});
    }
    if (foreignLogDriver(container).isEmpty())
        return spec;
    for (const batch::Secret &option : container.logConfiguration->secretOptions) {
        const auto value = store.value(option.valueFrom);
        if (!value)
            return tl::unexpected(value.error());
        spec.secretLogOptions.insert(option.name, *value);
    }
    return spec;
}

bool needsPause(const batch::EcsTaskProperties &task, bool isNode)
{
    return isNode || task.containers.size() > 1 || task.ipcMode == u"task"
        || task.pidMode == u"task";
}

ContainerSpec pauseSpec(const SpecContext &context, const batch::EcsTaskProperties &task)
{
    ContainerSpec spec;
    spec.name = context.key.containerName(-1);
    spec.image = pauseImage;
    spec.noNewPrivileges = true;
    spec.readonlyRootfs = true;
    spec.logDriver = QStringLiteral("none");
    spec = withNetwork(std::move(spec), context, task);
    if (task.ipcMode == u"task") {
        spec.ipcMode = QStringLiteral("shareable");
        spec.shmSizeBytes = sharedMemory(task); // of all that join it
    }
    // A tmpfs volume lasts as long as it is mounted somewhere.
    for (const QString &name : context.volumes.memory) {
        docker::Mount mount;
        mount.type = docker::Mount::Type::Volume;
        mount.source = name;
        mount.target = QStringLiteral("/volumes/") + name;
        spec.mounts.append(mount);
    }
    return withLabels(std::move(spec), context.key, pauseContainerName);
}

Result<ContainerSpec> memberSpec(const SpecContext &context, const batch::EcsTaskProperties &task,
                                 qsizetype index)
{
    const batch::TaskContainerProperties container = completed(task.containers.at(index), context);
    ContainerSpec spec;
    spec.name = context.key.containerName(static_cast<int>(index));
    spec.image = container.image;
    spec.platform = dockerPlatform(task);
    spec.cmd = container.command;
    if (container.pod)
        spec.entryPoint = container.pod->entryPoint;
    for (const batch::KeyValuePair &variable : container.environment)
        spec.environment.append({variable.name, variable.value});
    spec.user = container.user;
    spec.privileged = container.privileged.value_or(false);
    spec.noNewPrivileges = !spec.privileged;
    spec.readonlyRootfs = container.readonlyRootFilesystem.value_or(false);
    for (const batch::Ulimit &ulimit : container.ulimits)
        spec.ulimits.append({ulimit.name, ulimit.softLimit, ulimit.hardLimit});
    spec = withNamespaces(std::move(spec), context, task);
    spec = withResources(std::move(spec), container,
                         container.pod ? container.pod->cpuLimit : std::nullopt);
    if (container.linuxParameters)
        spec = withLinuxParameters(std::move(spec), *container.linuxParameters);
    return withLogging(std::move(spec), container)
        .and_then([&](ContainerSpec logging) {
            return withMounts(std::move(logging), context, container);
        })
        .map([&](ContainerSpec mounted) {
            return withLabels(std::move(mounted), context.key, container.name);
        });
}

QString specHash(const ContainerSpec &spec)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << spec.name << spec.image << spec.platform << spec.entryPoint << spec.cmd
           << spec.environment << spec.user << spec.networkMode << spec.networkDisabled
           << spec.extraHosts << spec.hostname << spec.ipcMode << spec.pidMode << spec.memoryBytes
           << spec.memorySwapBytes.value_or(-1) << spec.memorySwappiness.value_or(-1)
           << spec.nanoCpus << spec.cpuShares << spec.shmSizeBytes << spec.pidsLimit
           << spec.gpuCount << spec.init << spec.privileged << spec.readonlyRootfs
           << spec.noNewPrivileges << spec.logDriver << spec.logOptions;
    for (const docker::Mount &mount : spec.mounts)
        stream << static_cast<int>(mount.type) << mount.source << mount.target << mount.readOnly
               << mount.tmpfsSizeBytes << mount.tmpfsOptions;
    for (const docker::Ulimit &ulimit : spec.ulimits)
        stream << ulimit.name << ulimit.soft << ulimit.hard;
    for (const docker::DeviceMapping &device : spec.devices)
        stream << device.pathOnHost << device.pathInContainer << device.cgroupPermissions;
    return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

} // namespace batchyard::executor
