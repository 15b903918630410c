#include "backend/batch/poddetail.h"

#include "backend/batch/jobmembers.h"
#include "backend/batch/objectwriter.h"

namespace batchyard::batch {

namespace {

QString nameOf(const EksContainer &container)
{
    return container.name.isEmpty() ? QString(defaultPodContainerName) : container.name;
}

QList<EksContainerDetail> podContainers(const QList<EksContainer> &containers,
                                        const QList<ContainerRuntime> &runtimes)
{
    QList<EksContainerDetail> result;
    for (const EksContainer &container : containers) {
        EksContainerDetail detail;
        static_cast<EksContainer &>(detail) = container;
        detail.name = nameOf(container);
        const ContainerRuntime runtime = runtimeNamed(runtimes, detail.name);
        detail.exitCode = runtime.exitCode;
        detail.reason = runtime.reason;
        result.append(detail);
    }
    return result;
}

EksAttemptContainerDetail attemptContainer(const ContainerRuntime &runtime)
{
    return {runtime.name, runtime.containerId, runtime.exitCode, runtime.reason};
}

EksAttemptDetail podAttempt(const AttemptDetail &attempt, const EksPodProperties &pod)
{
    EksAttemptDetail detail;
    detail.eksClusterArn = attempt.eksClusterArn;
    detail.podName = attempt.podName;
    detail.podNamespace = attempt.podNamespace;
    detail.nodeName = attempt.nodeName;
    detail.startedAt = attempt.startedAt;
    detail.stoppedAt = attempt.stoppedAt;
    detail.statusReason = attempt.statusReason;
    for (const ContainerRuntime &runtime : attempt.containers) {
        const bool isInit = std::ranges::any_of(pod.initContainers, [&](const EksContainer &each) {
            return nameOf(each) == runtime.name;
        });
        (isInit ? detail.initContainers : detail.containers).append(attemptContainer(runtime));
    }
    return detail;
}

void takeRuntimes(QList<ContainerRuntime> &runtimes, const QList<EksContainerDetail> &containers)
{
    for (const EksContainerDetail &container : containers) {
        ContainerRuntime runtime;
        runtime.name = nameOf(container);
        runtime.exitCode = container.exitCode;
        runtime.reason = container.reason;
        runtimes.append(runtime);
    }
}

QList<EksContainer> withoutRuntime(const QList<EksContainerDetail> &containers)
{
    return {containers.begin(), containers.end()};
}

} // namespace

ContainerRuntime runtimeNamed(const QList<ContainerRuntime> &containers, const QString &name)
{
    for (const ContainerRuntime &container : containers) {
        if (container.name == name)
            return container;
    }
    return {};
}

Json podPropertiesOf(const JobDetail &job)
{
    if (!job.eksProperties->podProperties)
        return Json::object();
    const EksPodProperties &pod = *job.eksProperties->podProperties;
    EksPodPropertiesDetail detail;
    detail.pod = pod;
    detail.containers = podContainers(pod.containers, job.containers);
    detail.initContainers = podContainers(pod.initContainers, job.containers);
    detail.podName = job.podName;
    detail.nodeName = job.nodeName;
    Json json = written(EksPropertiesDetail{detail});
    addEmptyLists(json["podProperties"], {"containers", "initContainers", "volumes"});
    return json;
}

Json podAttemptsOf(const JobDetail &job)
{
    const EksPodProperties pod = job.eksProperties->podProperties.value_or(EksPodProperties());
    Json list = Json::array();
    for (const AttemptDetail &attempt : job.attempts) {
        Json json = written(podAttempt(attempt, pod));
        addEmptyLists(json, {"containers", "initContainers"});
        list.push_back(std::move(json));
    }
    return list;
}

void readPodForm(const Json &json, const QString &path, ReadContext &context, JobDetail &job)
{
    EksPropertiesDetail properties;
    readValue(json, path, context, properties);
    if (!properties.podProperties) // not a pod
        return;
    const EksPodPropertiesDetail &detail = *properties.podProperties;
    EksPodProperties &pod = job.eksProperties.emplace().podProperties.emplace(detail.pod);
    pod.containers = withoutRuntime(detail.containers);
    pod.initContainers = withoutRuntime(detail.initContainers);
    job.task = toTask(pod);
    job.podName = detail.podName;
    job.nodeName = detail.nodeName;
    takeRuntimes(job.containers, detail.initContainers);
    takeRuntimes(job.containers, detail.containers);
}

void readPodAttempts(const Json &json, const QString &path, ReadContext &context, JobDetail &job)
{
    QList<EksAttemptDetail> attempts;
    readValue(json, path, context, attempts);
    for (const EksAttemptDetail &detail : attempts) {
        AttemptDetail attempt;
        attempt.startedAt = nonZero(detail.startedAt);
        attempt.stoppedAt = nonZero(detail.stoppedAt);
        attempt.statusReason = detail.statusReason;
        attempt.eksClusterArn = detail.eksClusterArn;
        attempt.podName = detail.podName;
        attempt.podNamespace = detail.podNamespace;
        attempt.nodeName = detail.nodeName;
        for (const auto *containers : {&detail.initContainers, &detail.containers}) {
            for (const EksAttemptContainerDetail &container : *containers)
                attempt.containers.append({container.name,
                                           container.exitCode,
                                           container.reason,
                                           {},
                                           {},
                                           container.containerId});
        }
        job.attempts.append(attempt);
    }
}

} // namespace batchyard::batch
