#include "backend/batch/pod.h"

#include "backend/batch/choices.h"
#include "backend/batch/quantity.h"

#include <cmath>

namespace batchyard::batch {

namespace {

constexpr double bytesPerMiB = 1024.0 * 1024.0;

std::optional<double> asked(const QMap<QString, QString> &first,
                            const QMap<QString, QString> &second, const QString &name)
{
    for (const auto *quantities : {&first, &second}) {
        if (const auto found = quantities->find(name); found != quantities->end())
            return quantity(*found);
    }
    return {};
}

// What a pod is promised is what it requests; a quantity with a limit only is requested too
// (Kubernetes, "Resource Management for Pods and Containers").
QList<ResourceRequirement> requirements(const EksContainerResourceRequirements &resources)
{
    QList<ResourceRequirement> result;
    const auto add = [&](const QString &type, std::optional<double> value) {
        constexpr int significantDigits = 12;
        if (value && *value > 0)
            result.append({type, QString::number(*value, 'g', significantDigits), {}});
    };
    add(QStringLiteral("VCPU"), asked(resources.requests, resources.limits, QStringLiteral("cpu")));
    if (const auto bytes = asked(resources.limits, resources.requests, QStringLiteral("memory")))
        add(QStringLiteral("MEMORY"), std::ceil(*bytes / bytesPerMiB));
    add(QStringLiteral("GPU"),
        asked(resources.limits, resources.requests, QStringLiteral("nvidia.com/gpu")));
    return result;
}

QString userOf(const EksContainerSecurityContext &context)
{
    if (!context.runAsUser && !context.runAsGroup)
        return {};
    const QString user = QString::number(context.runAsUser.value_or(choices::userOfLoneGroup));
    return context.runAsGroup ? user + u':' + QString::number(*context.runAsGroup) : user;
}

void applySecurity(TaskContainerProperties &container, const EksContainerSecurityContext &context)
{
    container.user = userOf(context);
    container.privileged = context.privileged;
    container.readonlyRootFilesystem = context.readOnlyRootFilesystem;
    container.pod->noNewPrivileges = !context.allowPrivilegeEscalation.value_or(true);
    container.pod->runAsNonRoot = context.runAsNonRoot.value_or(false);
}

TaskContainerProperties containerOf(const EksContainer &source, bool isInit)
{
    TaskContainerProperties container;
    container.pod = PodContainer{};
    container.pod->isInit = isInit;
    container.pod->entryPoint = source.command;
    container.pod->imagePullPolicy = source.imagePullPolicy;
    container.name = source.name.isEmpty() ? QString(defaultPodContainerName) : source.name;
    container.image = source.image;
    container.command = source.args;
    container.environment = source.env;
    for (const EksContainerVolumeMount &mount : source.volumeMounts)
        container.mountPoints.append(
            {mount.name, mount.mountPath, mount.readOnly, {}, mount.subPath});
    if (source.resources) {
        container.resourceRequirements = requirements(*source.resources);
        const auto &limits = source.resources->limits;
        container.pod->cpuLimit = asked(limits, {}, QStringLiteral("cpu"));
    }
    if (source.securityContext)
        applySecurity(container, *source.securityContext);
    return container;
}

// A volume without a source is an empty directory, as in Kubernetes.
Volume volumeOf(const EksVolume &source)
{
    Volume volume;
    volume.name = source.name;
    if (source.secret) {
        volume.pod = PodVolume{PodVolume::Kind::Secret, source.secret->secretName};
        volume.pod->isOptional = source.secret->optional.value_or(false);
        volume.pod->isReadOnly = true;
    } else if (source.persistentVolumeClaim) {
        volume.pod = PodVolume{PodVolume::Kind::Claim, source.persistentVolumeClaim->claimName};
        volume.pod->isReadOnly = source.persistentVolumeClaim->readOnly.value_or(false);
    } else if (source.emptyDir && source.emptyDir->medium == u"Memory") {
        volume.pod = PodVolume{};
        if (const auto limit = quantity(source.emptyDir->sizeLimit))
            volume.pod->sizeLimit = std::llround(*limit);
    } else {
        volume.host = Host{source.hostPath ? source.hostPath->path : QString(), {}};
    }
    return volume;
}

// The text behind "$(" up to the closing parenthesis, if there is one.
std::optional<QString> nameAt(const QString &text, qsizetype position)
{
    if (position >= text.size() || text[position] != u'(')
        return {};
    const qsizetype end = text.indexOf(u')', position);
    if (end < 0)
        return {};
    return text.mid(position + 1, end - position - 1);
}

QString expanded(const QString &text, const QMap<QString, QString> &variables)
{
    QString result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'$') {
            result += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == u'$') {
            result += u'$';
            ++i;
        } else if (const auto name = nameAt(text, i + 1)) {
            result += variables.value(*name, u"$(" + *name + u')');
            i += name->size() + 2;
        } else {
            result += u'$';
        }
    }
    return result;
}

} // namespace

EcsTaskProperties toTask(const EksPodProperties &pod)
{
    EcsTaskProperties task;
    task.pod = PodRules{};
    if (pod.metadata)
        task.pod->kubernetesNamespace = pod.metadata->kubernetesNamespace;
    for (const ImagePullSecret &secret : pod.imagePullSecrets)
        task.pod->imagePullSecrets.append(secret.name);
    for (const EksContainer &container : pod.initContainers)
        task.containers.append(containerOf(container, true));
    for (const EksContainer &container : pod.containers)
        task.containers.append(containerOf(container, false));
    for (const EksVolume &volume : pod.volumes)
        task.volumes.append(volumeOf(volume));
    task.ipcMode = QStringLiteral("task"); // a pod's containers always share it
    if (pod.shareProcessNamespace.value_or(false))
        task.pidMode = QStringLiteral("task");
    return task;
}

TaskContainerProperties withVariables(TaskContainerProperties container)
{
    if (!container.pod)
        return container;
    QMap<QString, QString> variables;
    for (KeyValuePair &variable : container.environment) {
        variable.value = expanded(variable.value, variables);
        variables.insert(variable.name, variable.value);
    }
    for (QString &word : container.pod->entryPoint)
        word = expanded(word, variables);
    for (QString &word : container.command)
        word = expanded(word, variables);
    return container;
}

} // namespace batchyard::batch
