#include "tests/unit/runner/runnerbench.h"

#include "backend/batch/json.h"
#include "backend/executor/runner/containernames.h"
#include "backend/logs/logfile.h"

#include <QUuid>

namespace batchyard::test {

using batch::DependencyCondition;
using executor::ResourceKind;
using executor::ResourceRecord;

namespace {

constexpr int plentyOfVcpus = 1000;

batch::TaskContainerDependency dependency(const QString &container, DependencyCondition condition)
{
    return {container, condition, {}};
}

} // namespace

batch::TaskContainerProperties TestContainer::properties() const
{
    batch::TaskContainerProperties container;
    container.name = name;
    container.image = image;
    container.command = command;
    container.essential = essential;
    container.dependsOn = dependsOn;
    container.resourceRequirements = {{QStringLiteral("VCPU"), QStringLiteral("0.25"), {}},
                                      {QStringLiteral("MEMORY"), QStringLiteral("64"), {}}};
    container.stopTimeout = 2;
    return container;
}

batch::TaskContainerDependency onStart(const QString &container)
{
    return dependency(container, DependencyCondition::Start);
}

batch::TaskContainerDependency onComplete(const QString &container)
{
    return dependency(container, DependencyCondition::Complete);
}

batch::TaskContainerDependency onSuccess(const QString &container)
{
    return dependency(container, DependencyCondition::Success);
}

batch::EcsTaskProperties taskOf(const QList<TestContainer> &containers)
{
    batch::EcsTaskProperties task;
    for (const TestContainer &container : containers)
        task.containers.append(container.properties());
    return task;
}

QStringList shell(const QString &script)
{
    return {QStringLiteral("sh"), QStringLiteral("-c"), script};
}

executor::RunnerSettings quickSettings()
{
    using namespace std::chrono_literals;
    executor::RunnerSettings settings;
    settings.isolatedNetwork = true;
    settings.pingInterval = 200ms;
    settings.reconcileInterval = 500ms;
    settings.startGrace = 100ms;
    settings.retryInterval = 50ms;
    settings.outputGrace = 5000ms;
    return settings;
}

RunnerBench::RunnerBench(docker::Engine &engine, const executor::RunnerSettings &settings)
    : m_engine(engine)
    , m_paths{m_directory.path(), m_directory.filePath(QStringLiteral("share"))}
    , m_settings(settings)
{
    auto store = executor::Store::open(m_paths.database());
    if (!store)
        qFatal("%s", qPrintable(store.error().message));
    m_store = *std::move(store);
    put(environment(QStringLiteral("ce"), plentyOfVcpus, QStringLiteral("EC2")));
    put(queue(QStringLiteral("q"), QStringLiteral("ce")));
}

batch::ComputeEnvironment RunnerBench::environment(const QString &name, int vcpus,
                                                   const QString &type)
{
    batch::ComputeEnvironment environment;
    environment.computeEnvironmentName = name;
    environment.type = QStringLiteral("MANAGED");
    environment.computeResources.emplace();
    environment.computeResources->type = type;
    environment.computeResources->maxvCpus = vcpus;
    environment.computeResources->subnets = {QStringLiteral("subnet-1")};
    if (!environment.computeResources->isFargate())
        environment.computeResources->instanceTypes = {QStringLiteral("optimal")};
    return environment;
}

batch::JobQueue RunnerBench::queue(const QString &name, const QString &environment)
{
    batch::JobQueue queue;
    queue.jobQueueName = name;
    queue.priority = 1;
    queue.computeEnvironmentOrder = {{1, environment, {}}};
    return queue;
}

void RunnerBench::putResource(ResourceKind kind, const QString &name, const QByteArray &document)
{
    const auto put = m_store->putResource(kind, {name, 0, QStringLiteral("VALID"), document, {}});
    if (!put)
        qFatal("%s", qPrintable(put.error().message));
    if (m_dispatcher)
        m_dispatcher->resourcesChanged();
}

void RunnerBench::put(const batch::ComputeEnvironment &environment)
{
    putResource(ResourceKind::ComputeEnvironment, environment.computeEnvironmentName,
                batch::toJson(environment));
}

void RunnerBench::put(const batch::JobQueue &queue)
{
    putResource(ResourceKind::JobQueue, queue.jobQueueName, batch::toJson(queue));
}

void RunnerBench::put(const batch::ConsumableResource &resource)
{
    putResource(ResourceKind::ConsumableResource, resource.consumableResourceName,
                batch::toJson(resource));
}

void RunnerBench::put(const batch::SchedulingPolicy &policy)
{
    putResource(ResourceKind::SchedulingPolicy, policy.name, batch::toJson(policy));
}

void RunnerBench::setHostVcpus(int vcpus)
{
    put(environment(QStringLiteral("ce"), vcpus, QStringLiteral("EC2")));
}

void RunnerBench::startDispatcher()
{
    m_dispatcher = std::make_unique<executor::JobDispatcher>(*m_store, m_engine, m_feed, m_paths,
                                                             m_settings);
    if (const auto started = m_dispatcher->start(); !started)
        qFatal("%s", qPrintable(started.error().message));
}

void RunnerBench::restartDispatcher()
{
    dropDispatcher();
    startDispatcher();
}

QString RunnerBench::accept(const batch::EcsTaskProperties &task, const Wishes &wishes)
{
    batch::JobDefinition definition;
    definition.type = QStringLiteral("container");
    definition.ecsProperties = task;
    return accept(definition, wishes);
}

// As SubmitJob writes a job, its children and its nodes.
QString RunnerBench::accept(const batch::JobDefinition &given, const Wishes &wishes)
{
    batch::JobDefinition definition = given;
    definition.jobDefinitionName = QStringLiteral("def");
    if (wishes.fargate)
        definition.platformCapabilities = {QStringLiteral("FARGATE")};
    batch::SubmitJobRequest request;
    request.jobName = QStringLiteral("job-%1").arg(++m_submitted);
    request.jobQueue = wishes.queue;
    request.jobDefinition = QStringLiteral("def:1");
    request.arraySize = wishes.arraySize;
    request.retryStrategy = wishes.retry;
    request.tags = wishes.tags;
    request.ecsPropertiesOverride = wishes.overrides;
    if (wishes.timeoutSeconds)
        request.timeout = batch::JobTimeout{wishes.timeoutSeconds, {}};
    request.dependsOn = wishes.typedDependencies;
    for (const QString &id : wishes.dependsOn)
        request.dependsOn.append({id, {}, {}});
    if (!wishes.consumables.isEmpty())
        request.consumableResourcePropertiesOverride.emplace();
    executor::JobRecord job;
    for (auto need = wishes.consumables.cbegin(); need != wishes.consumables.cend(); ++need) {
        request.consumableResourcePropertiesOverride->consumableResourceList.append(
            {need.key(), need.value(), {}});
        job.consumableResources.append(need.key());
    }
    job.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    job.name = request.jobName;
    job.queue = request.jobQueue;
    job.tags = wishes.tags;
    job.shareIdentifier = wishes.share;
    job.createdAt = m_settings.clock();
    QList<executor::JobRecord> children;
    const bool isMultinode = definition.nodeProperties.has_value();
    job.size = isMultinode ? definition.nodeProperties->numNodes : wishes.arraySize.value_or(0);
    for (int i = 0; i < job.size; ++i) {
        executor::JobRecord child = job;
        child.size = 0;
        child.kind = isMultinode ? executor::JobKind::Node : executor::JobKind::ArrayChild;
        child.id = job.id + (isMultinode ? u'#' : u':') + QString::number(i);
        child.parentId = job.id;
        child.index = i;
        children.append(child);
    }
    if (job.size > 0)
        job.kind
            = isMultinode ? executor::JobKind::MultiNodeParent : executor::JobKind::ArrayParent;
    job.request = batch::toJson(request);
    job.definition = batch::toJson(definition);
    if (const auto added = m_store->addJob(job, children); !added)
        qFatal("%s", qPrintable(added.error().message));
    return job.id;
}

QString RunnerBench::submit(const batch::EcsTaskProperties &task, const Wishes &wishes)
{
    const QString id = accept(task, wishes);
    m_dispatcher->jobSubmitted(id);
    return id;
}

QString RunnerBench::submitNodes(const QList<batch::EcsTaskProperties> &tasks, int mainNode,
                                 const Wishes &wishes)
{
    batch::JobDefinition definition;
    definition.type = QStringLiteral("multinode");
    definition.nodeProperties.emplace();
    definition.nodeProperties->numNodes = static_cast<int>(tasks.size());
    definition.nodeProperties->mainNode = mainNode;
    for (qsizetype i = 0; i < tasks.size(); ++i) {
        batch::NodeRangeProperty range;
        range.targetNodes = QString::number(i);
        range.ecsProperties = tasks.at(i);
        definition.nodeProperties->nodeRangeProperties.append(range);
    }
    const QString id = accept(definition, wishes);
    m_dispatcher->jobSubmitted(id);
    return id;
}

executor::JobRecord RunnerBench::job(const QString &id) const
{
    const auto record = m_store->job(id);
    return record && *record ? **record : executor::JobRecord();
}

executor::AttemptRecord RunnerBench::attempt(const QString &id, int number) const
{
    const auto attempts = m_store->attempts(id);
    if (attempts) {
        for (const executor::AttemptRecord &each : *attempts) {
            if (each.number == number)
                return each;
        }
    }
    return {};
}

executor::core::ContainerState RunnerBench::container(const QString &id, int index,
                                                      int number) const
{
    for (const executor::ContainerRecord &row : attempt(id, number).containers) {
        if (row.index == index)
            return row.state;
    }
    return {};
}

QString RunnerBench::dockerName(const QString &id, int index, int number) const
{
    return executor::AttemptKey{m_store->installId(), id, number}.containerName(index);
}

QString RunnerBench::history(const QString &id) const
{
    QStringList states;
    if (const auto changes = m_store->history(id)) {
        for (const executor::StateChangeRecord &change : *changes)
            states.append(toString(change.status));
    }
    return states.join(u' ');
}

QString RunnerBench::logPath(const QString &id, int index, int number) const
{
    return logs::logFilePath(m_paths.logs(), id, number, index);
}

QStringList RunnerBench::lines(const QString &id, int index, int number) const
{
    QStringList texts;
    const auto read = logs::readForward(logPath(id, index, number), 0, 10'000'000, 1LL << 40);
    if (read) {
        for (const logs::RawLine &line : read->lines)
            texts.append(QString::fromUtf8(line.text));
    }
    return texts;
}

} // namespace batchyard::test
