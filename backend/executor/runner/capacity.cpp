#include "backend/executor/runner/capacity.h"

#include "backend/batch/json.h"

#include <QDir>
#include <QLoggingCategory>
#include <QRegularExpression>

#include <algorithm>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcCapacity, "batchyard.runner")

namespace {

constexpr int unlimitedVcpus = 1'000'000; // of an unmanaged environment: only the host limits it

QString nameOf(const QString &nameOrArn)
{
    return nameOrArn.section(u'/', -1);
}

core::EnvironmentCapacity capacityOf(const batch::ComputeEnvironment &environment,
                                     const QString &status)
{
    core::EnvironmentCapacity capacity;
    capacity.name = environment.computeEnvironmentName;
    capacity.usable = environment.state != u"DISABLED" && status == u"VALID";
    capacity.maxvCpus = environment.computeResources
        ? environment.computeResources->maxvCpus.value_or(0)
        : environment.unmanagedvCpus.value_or(unlimitedVcpus);
    return capacity;
}

core::QueueCapacity capacityOf(batch::JobQueue queue)
{
    std::sort(queue.computeEnvironmentOrder.begin(), queue.computeEnvironmentOrder.end(),
              [](const auto &a, const auto &b) { return a.order < b.order; });
    core::QueueCapacity capacity;
    capacity.name = queue.jobQueueName;
    capacity.priority = queue.priority.value_or(0);
    for (const batch::ComputeEnvironmentOrder &each : queue.computeEnvironmentOrder)
        capacity.environments.append(nameOf(each.computeEnvironment));
    return capacity;
}

// EngineInfo tells only whether containers can have GPUs.
int countGpus()
{
    static const QRegularExpression gpu(QStringLiteral("^nvidia[0-9]+$"));
    const QStringList devices = QDir(QStringLiteral("/dev")).entryList(QDir::System);
    return static_cast<int>(std::count_if(devices.begin(), devices.end(), [](const QString &name) {
        return gpu.match(name).hasMatch();
    }));
}

} // namespace

Result<Capacity> Capacity::load(const Store &store)
{
    Capacity capacity;
    const auto environments = store.resources(ResourceKind::ComputeEnvironment);
    if (!environments)
        return tl::unexpected(environments.error());
    for (const ResourceRecord &record : *environments) {
        if (const auto parsed = batch::parseComputeEnvironment(record.document); parsed.value)
            capacity.environments.append(capacityOf(*parsed.value, record.status));
        else
            qCWarning(lcCapacity).noquote() << record.name << batch::toText(parsed.faults);
    }
    const auto queues = store.resources(ResourceKind::JobQueue);
    if (!queues)
        return tl::unexpected(queues.error());
    for (const ResourceRecord &record : *queues) {
        if (const auto parsed = batch::parseJobQueue(record.document); parsed.value)
            capacity.queues.append(capacityOf(*parsed.value));
        else
            qCWarning(lcCapacity).noquote() << record.name << batch::toText(parsed.faults);
    }
    return capacity;
}

core::Resources hostResources(const docker::EngineInfo &engine)
{
    core::Resources host;
    host.vcpus = engine.cpus;
    host.memoryMiB = engine.memoryBytes / (1024 * 1024);
    host.gpus = engine.hasGpuRuntime ? countGpus() : 0;
    return host;
}

} // namespace batchyard::executor
