#include "models/draft/forecast.h"

#include "backend/batch/validation.h"
#include "models/draft/commandsyntax.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>

namespace batchyard::models {

using namespace batch;

namespace {

constexpr int defaultStopTimeout = 30; // s, TaskContainerProperties.stopTimeout

// The functions of this file share one translation context.
struct Forecast {
    Q_DECLARE_TR_FUNCTIONS(batchyard::models::Forecast)
};

QString conditionText(const TaskContainerDependency &dependency)
{
    switch (dependency.condition) {
    case DependencyCondition::Start:
        return Forecast::tr("%1 has started").arg(dependency.containerName);
    case DependencyCondition::Complete:
        return Forecast::tr("%1 has ended with any exit code").arg(dependency.containerName);
    case DependencyCondition::Success:
        return Forecast::tr("%1 has ended with exit code 0").arg(dependency.containerName);
    }
    return {};
}

QString startSentence(const TaskContainerProperties &container)
{
    if (container.dependsOn.isEmpty())
        return Forecast::tr("%1 starts at once.").arg(container.name);
    QStringList conditions;
    for (const auto &dependency : container.dependsOn)
        conditions.append(conditionText(dependency));
    return Forecast::tr("%1 starts when %2.")
        .arg(container.name, conditions.join(Forecast::tr(" and ")));
}

QList<TaskContainerProperties> inStartOrder(const EcsTaskProperties &task)
{
    QList<TaskContainerProperties> ordered;
    QList<TaskContainerProperties> waiting = task.containers;
    QSet<QString> placed;
    while (!waiting.isEmpty()) {
        const auto next = std::find_if(
            waiting.cbegin(), waiting.cend(), [&placed](const TaskContainerProperties &container) {
                return std::all_of(container.dependsOn.cbegin(), container.dependsOn.cend(),
                                   [&placed](const TaskContainerDependency &dependency) {
                                       return placed.contains(dependency.containerName);
                                   });
            });
        if (next == waiting.cend())
            return ordered + waiting; // a cycle; validation tells of it
        placed.insert(next->name);
        ordered.append(*next);
        waiting.erase(next);
    }
    return ordered;
}

QStringList namesOf(const EcsTaskProperties &task, bool essential)
{
    QStringList names;
    for (const auto &container : task.containers) {
        if (container.isEssential() == essential)
            names.append(container.name);
    }
    return names;
}

QString number(double value)
{
    return QString::number(value, 'g', 12);
}

QList<Hint> engineHints(double vcpus, double memory, const EngineStatus &engine)
{
    QList<Hint> hints;
    if (!engine.reachable) {
        hints.append({Hint::Kind::Warning,
                      Forecast::tr("The container engine does not answer, so the job waits: %1")
                          .arg(engine.problem)});
        return hints;
    }
    if (vcpus > engine.cpus) {
        hints.append({Hint::Kind::Warning,
                      Forecast::tr("The job asks for %1 vCPUs; this machine has %2.")
                          .arg(number(vcpus))
                          .arg(engine.cpus)});
    } else if (vcpus > engine.cpus - engine.vcpusInUse) {
        hints.append({Hint::Kind::Warning,
                      Forecast::tr("The job asks for %1 vCPUs; %2 of %3 are free now, so it waits "
                                   "until running jobs end.")
                          .arg(number(vcpus), number(engine.cpus - engine.vcpusInUse))
                          .arg(engine.cpus)});
    } else {
        hints.append({Hint::Kind::Fact,
                      Forecast::tr("The job asks for %1 vCPUs; %2 of %3 are free now.")
                          .arg(number(vcpus), number(engine.cpus - engine.vcpusInUse))
                          .arg(engine.cpus)});
    }
    const auto freeMemory = static_cast<double>(engine.memoryMiB - engine.memoryInUseMiB);
    const bool fits = memory <= freeMemory;
    hints.append({fits ? Hint::Kind::Fact : Hint::Kind::Warning,
                  Forecast::tr("The job asks for %1 MiB of memory; %2 of %3 MiB are free now.")
                      .arg(number(memory), number(freeMemory))
                      .arg(engine.memoryMiB)});
    return hints;
}

QString commandText(const QStringList &command)
{
    return command.isEmpty() ? Forecast::tr("(the image's own)") : commandToWords(command);
}

QString requirementText(const ContainerBase &container, const QString &type)
{
    for (const auto &requirement : container.resourceRequirements) {
        if (requirement.type == type)
            return requirement.value;
    }
    return Forecast::tr("(not set)");
}

QString fieldName(const QString &requirementType)
{
    if (requirementType == u"VCPU")
        return Forecast::tr("vCPUs");
    if (requirementType == u"MEMORY")
        return Forecast::tr("Memory (MiB)");
    return requirementType;
}

QString valueOf(const QList<KeyValuePair> &environment, const QString &name)
{
    for (const auto &variable : environment) {
        if (variable.name == name)
            return variable.value;
    }
    return Forecast::tr("(not set)");
}

QList<OverrideRow> containerRows(const TaskContainerOverrides &overrides,
                                 const TaskContainerProperties &container)
{
    QList<OverrideRow> rows;
    if (!overrides.command.isEmpty() && overrides.command != container.command)
        rows.append({container.name, Forecast::tr("Command"), commandText(container.command),
                     commandText(overrides.command)});
    for (const auto &requirement : overrides.resourceRequirements) {
        const QString inherited = requirementText(container, requirement.type);
        if (inherited != requirement.value)
            rows.append(
                {container.name, fieldName(requirement.type), inherited, requirement.value});
    }
    for (const auto &variable : overrides.environment) {
        const QString inherited = valueOf(container.environment, variable.name);
        if (inherited != variable.value)
            rows.append({container.name, Forecast::tr("%1 (environment)").arg(variable.name),
                         inherited, variable.value});
    }
    return rows;
}

QString text(const std::optional<int> &value)
{
    return value ? QString::number(*value) : Forecast::tr("(not set)");
}

QList<OverrideRow> jobRows(const SubmitJobRequest &request, const JobDefinition &definition)
{
    QList<OverrideRow> rows;
    const auto add = [&rows](const QString &field, const std::optional<int> &inherited,
                             const std::optional<int> &overridden) {
        if (overridden && overridden != inherited)
            rows.append({{}, field, text(inherited), text(overridden)});
    };
    const RetryStrategy definedRetry = definition.retryStrategy.value_or(RetryStrategy{});
    const RetryStrategy retry = request.retryStrategy.value_or(definedRetry);
    add(Forecast::tr("Job attempts"), definedRetry.attempts, retry.attempts);
    const JobTimeout definedTimeout = definition.timeout.value_or(JobTimeout{});
    add(Forecast::tr("Execution timeout (s)"), definedTimeout.attemptDurationSeconds,
        request.timeout.value_or(definedTimeout).attemptDurationSeconds);
    add(Forecast::tr("Scheduling priority"), definition.schedulingPriority,
        request.schedulingPriorityOverride);
    for (auto it = request.parameters.cbegin(); it != request.parameters.cend(); ++it) {
        const QString inherited = definition.parameters.value(it.key(), Forecast::tr("(not set)"));
        if (inherited != it.value())
            rows.append({{}, Forecast::tr("Parameter %1").arg(it.key()), inherited, it.value()});
    }
    return rows;
}

} // namespace

QStringList courseOf(const EcsTaskProperties &task)
{
    QStringList sentences;
    for (const auto &container : inStartOrder(task))
        sentences.append(startSentence(container));
    const QStringList essential = namesOf(task, true);
    if (essential.size() == 1)
        sentences.append(Forecast::tr("The job ends when %1 ends; exit code 0 means SUCCEEDED.")
                             .arg(essential.first()));
    else if (essential.size() > 1)
        sentences.append(Forecast::tr("The job ends when the first of %1 ends; its exit code 0 "
                                      "means SUCCEEDED.")
                             .arg(essential.join(QStringLiteral(", "))));
    if (task.containers.size() > 1) {
        int grace = 0;
        for (const auto &container : task.containers)
            grace = std::max(grace, container.stopTimeout.value_or(defaultStopTimeout));
        sentences.append(Forecast::tr("What still runs then is asked to stop (SIGTERM), dependents "
                                      "first, and killed after at most %1 s each.")
                             .arg(grace));
    }
    return sentences;
}

QList<Hint> capacityHints(const EcsTaskProperties &task, const JobQueue &queue,
                          const QList<ComputeEnvironment> &environments,
                          const std::optional<EngineStatus> &engine)
{
    const double vcpus = totalRequirement(task, QLatin1StringView("VCPU"));
    const double memory = totalRequirement(task, QLatin1StringView("MEMORY"));
    QList<Hint> hints;
    if (queue.state == u"DISABLED")
        hints.append({Hint::Kind::Warning,
                      Forecast::tr("The queue %1 is DISABLED and takes no new jobs.")
                          .arg(queue.jobQueueName)});
    bool fitsOne = queue.computeEnvironmentOrder.isEmpty();
    QStringList limits;
    for (const auto &entry : queue.computeEnvironmentOrder) {
        for (const auto &environment : environments) {
            const bool named = environment.computeEnvironmentName == entry.computeEnvironment
                || environment.computeEnvironmentArn == entry.computeEnvironment;
            if (!named)
                continue;
            const auto maximum = environment.computeResources
                ? environment.computeResources->maxvCpus
                : std::optional<int>();
            fitsOne = fitsOne || !maximum || vcpus <= *maximum;
            if (maximum)
                limits.append(
                    Forecast::tr("%1 of %2").arg(*maximum).arg(environment.computeEnvironmentName));
        }
    }
    if (!fitsOne && !limits.isEmpty())
        hints.append({Hint::Kind::Warning,
                      Forecast::tr("The job asks for %1 vCPUs, more than the maximum vCPUs of its "
                                   "compute environments (%2): it would never start.")
                          .arg(number(vcpus), limits.join(QStringLiteral(", ")))});
    if (engine)
        hints.append(engineHints(vcpus, memory, *engine));
    else
        hints.append({Hint::Kind::Fact,
                      Forecast::tr("The job asks for %1 vCPUs and %2 MiB of memory.")
                          .arg(number(vcpus), number(memory))});
    return hints;
}

QList<OverrideRow> overridesOf(const SubmitJobRequest &request, const JobDefinition &definition)
{
    QList<OverrideRow> rows = jobRows(request, definition);
    const std::optional<EcsTaskProperties> task = definition.task();
    if (!task)
        return rows;
    for (const auto &container : task->containers) {
        for (const auto &overrides : request.ecsPropertiesOverride) {
            if (overrides.name == container.name)
                rows.append(containerRows(overrides, container));
        }
    }
    if (request.containerOverrides && !task->containers.isEmpty())
        rows.append(containerRows(*request.containerOverrides, task->containers.first()));
    return rows;
}

JobDefinition effectiveDefinition(const SubmitJobRequest &request, const JobDefinition &definition)
{
    JobDefinition effective = definition;
    if (request.retryStrategy)
        effective.retryStrategy = request.retryStrategy;
    if (request.timeout)
        effective.timeout = request.timeout;
    if (request.schedulingPriorityOverride)
        effective.schedulingPriority = request.schedulingPriorityOverride;
    if (request.propagateTags)
        effective.propagateTags = request.propagateTags;
    for (auto it = request.parameters.cbegin(); it != request.parameters.cend(); ++it)
        effective.parameters.insert(it.key(), it.value());
    const EcsTaskProperties task = effectiveTask(request, definition);
    if (effective.ecsProperties) {
        effective.ecsProperties = task;
    } else if (effective.containerProperties && !task.containers.isEmpty()) {
        const ContainerBase &container = task.containers.first();
        effective.containerProperties->command = container.command;
        effective.containerProperties->environment = container.environment;
        effective.containerProperties->resourceRequirements = container.resourceRequirements;
    }
    return effective;
}

} // namespace batchyard::models
