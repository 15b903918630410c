#include "backend/executor/runner/capacity.h"

#include "backend/batch/json.h"

#include <QDir>
#include <QLoggingCategory>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcCapacity, "batchyard.runner")

namespace {

constexpr int unlimitedVcpus = 1'000'000; // of an unmanaged environment: only the host limits it

QString nameOf(const QString &nameOrArn)
{
    return nameOrArn.section(u'/', -1);
}

core::EnvironmentKind kindOf(const batch::ComputeEnvironment &environment)
{
    if (!environment.computeResources)
        return core::EnvironmentKind::Unmanaged;
    const QString &type = environment.computeResources->type;
    if (type == u"SPOT")
        return core::EnvironmentKind::Spot;
    if (type == u"FARGATE")
        return core::EnvironmentKind::Fargate;
    if (type == u"FARGATE_SPOT")
        return core::EnvironmentKind::FargateSpot;
    return core::EnvironmentKind::Ec2;
}

core::EnvironmentCapacity capacityOf(const batch::ComputeEnvironment &environment,
                                     const QString &status)
{
    core::EnvironmentCapacity capacity;
    capacity.name = environment.computeEnvironmentName;
    capacity.kind = kindOf(environment);
    capacity.usable = environment.state != u"DISABLED" && status == u"VALID";
    if (!environment.computeResources) {
        capacity.maxvCpus = environment.unmanagedvCpus.value_or(unlimitedVcpus);
        return capacity;
    }
    const batch::ComputeResource &resources = *environment.computeResources;
    capacity.minvCpus = resources.minvCpus.value_or(0);
    capacity.maxvCpus = resources.maxvCpus.value_or(0);
    capacity.instanceTypes = resources.instanceTypes;
    capacity.allocationStrategy = resources.allocationStrategy;
    // 0 says "unset" (API_ComputeScalingPolicy).
    const int delay = resources.scalingPolicy
        ? resources.scalingPolicy->minScaleDownDelayMinutes.value_or(0)
        : 0;
    if (delay > 0)
        capacity.scaleDownDelay = std::chrono::minutes(delay);
    return capacity;
}

core::QueueCapacity
capacityOf(batch::JobQueue queue,
           const QHash<QString, std::optional<batch::FairsharePolicy>> &policies)
{
    std::sort(queue.computeEnvironmentOrder.begin(), queue.computeEnvironmentOrder.end(),
              [](const auto &a, const auto &b) { return a.order < b.order; });
    core::QueueCapacity capacity;
    capacity.name = queue.jobQueueName;
    capacity.priority = queue.priority.value_or(0);
    for (const batch::ComputeEnvironmentOrder &each : queue.computeEnvironmentOrder)
        capacity.environments.append(nameOf(each.computeEnvironment));
    // A policy that only says "fair share" has no members: it still makes the queue one.
    if (!queue.schedulingPolicyArn.isEmpty())
        capacity.policy
            = policies.value(nameOf(queue.schedulingPolicyArn)).value_or(batch::FairsharePolicy());
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

// Calls take(value, record) for each document of the kind.
template <typename Parse, typename Take>
Result<void> forEach(const Store &store, ResourceKind kind, Parse parse, Take take)
{
    const auto records = store.resources(kind);
    if (!records)
        return tl::unexpected(records.error());
    for (const ResourceRecord &record : *records) {
        if (const auto parsed = parse(record.document); parsed.value)
            take(*parsed.value, record);
        else
            qCWarning(lcCapacity).noquote() << record.name << batch::toText(parsed.faults);
    }
    return {};
}

} // namespace

Result<Capacity> Capacity::load(const Store &store)
{
    Capacity capacity;
    QHash<QString, std::optional<batch::FairsharePolicy>> policies;
    return forEach(store, ResourceKind::ComputeEnvironment, &batch::parseComputeEnvironment,
                   [&](const batch::ComputeEnvironment &environment, const ResourceRecord &record) {
                       capacity.environments.append(capacityOf(environment, record.status));
                       const core::EnvironmentKind kind = capacity.environments.last().kind;
                       if (kind == core::EnvironmentKind::Spot
                           || kind == core::EnvironmentKind::FargateSpot)
                           capacity.spot.insert(record.name, spotSettings(environment.tags));
                   })
        .and_then([&] {
            return forEach(store, ResourceKind::SchedulingPolicy, &batch::parseSchedulingPolicy,
                           [&](const batch::SchedulingPolicy &policy, const ResourceRecord &) {
                               policies.insert(policy.name, policy.fairsharePolicy);
                           });
        })
        .and_then([&] {
            return forEach(store, ResourceKind::ConsumableResource, &batch::parseConsumableResource,
                           [&](const batch::ConsumableResource &resource, const ResourceRecord &) {
                               capacity.consumables.append({resource.consumableResourceName,
                                                            resource.totalQuantity.value_or(0),
                                                            resource.isReplenishable()});
                           });
        })
        .and_then([&] {
            return forEach(store, ResourceKind::JobQueue, &batch::parseJobQueue,
                           [&](const batch::JobQueue &queue, const ResourceRecord &) {
                               capacity.queues.append(capacityOf(queue, policies));
                               if (!queue.jobStateTimeLimitActions.isEmpty())
                                   capacity.timeLimits.insert(queue.jobQueueName,
                                                              queue.jobStateTimeLimitActions);
                           });
        })
        .map([&] { return std::move(capacity); });
}

SpotSettings spotSettings(const batch::Tags &tags)
{
    SpotSettings settings;
    bool isNumber = false;
    const double rate = tags.value(spotRateTag).toDouble(&isNumber);
    if (isNumber && std::isfinite(rate) && rate > 0)
        settings.interruptionsPerHour = rate;
    settings.notice = tags.value(spotNoticeTag) == u"true";
    return settings;
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
