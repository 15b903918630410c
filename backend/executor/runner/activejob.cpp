#include "backend/executor/runner/activejob.h"

#include "backend/batch/json.h"
#include "backend/batch/validation.h"

#include <cmath>

namespace batchyard::executor {

namespace {

constexpr qsizetype definitionsKept = 64;

template <typename Value>
Result<Value> readDocument(const batch::Parsed<Value> &parsed, const JobRecord &record)
{
    if (parsed.value)
        return *parsed.value;
    return failure(ErrorCode::Protocol,
                   QStringLiteral("The documents of job %1 cannot be read: %2")
                       .arg(record.id, batch::toText(parsed.faults)));
}

QString nameOfResource(const QString &nameOrArn)
{
    return nameOrArn.section(u'/', -1);
}

core::Resources askedBy(const batch::EcsTaskProperties &task)
{
    const auto total
        = [&task](const char *type) { return totalRequirement(task, QLatin1StringView(type)); };
    return {total("VCPU"), std::llround(total("MEMORY")), qRound(total("GPU"))};
}

JobPlan planOf(const batch::SubmitJobRequest &request, const batch::JobDefinition &definition)
{
    JobPlan plan;
    plan.definitionName = definition.jobDefinitionName;
    plan.fargate = definition.isFargate();
    plan.hostPaths = definition.hostPaths;
    plan.overridesTooLong = batch::areOverridesTooLong(request, definition);
    plan.retryStrategy = request.retryStrategy ? request.retryStrategy : definition.retryStrategy;
    const std::optional<batch::JobTimeout> &timeout
        = request.timeout ? request.timeout : definition.timeout;
    if (timeout)
        plan.timeoutSeconds = timeout->attemptDurationSeconds;
    const auto add = [&plan](batch::EcsTaskProperties task) {
        const core::Resources asked = askedBy(task);
        plan.tasks.append({std::move(task), asked});
    };
    for (const auto &need : batch::effectiveConsumables(request, definition))
        plan.consumables.append(
            {nameOfResource(need.consumableResource), need.quantity.value_or(1)});
    if (!definition.isMultinode()) {
        add(batch::effectiveTask(request, definition));
        return plan;
    }
    plan.mainNode = definition.nodeProperties->mainNode;
    for (int node = 0; node < batch::nodeCount(request, definition); ++node)
        add(batch::effectiveTask(request, definition, node));
    return plan;
}

} // namespace

Result<JobPlans::Definition *> JobPlans::definitionOf(const JobRecord &record)
{
    if (const auto known = m_definitions.find(record.definition); known != m_definitions.end())
        return &*known;
    const auto definition = readDocument(batch::parseJobDefinition(record.definition), record);
    if (!definition)
        return tl::unexpected(definition.error());
    if (m_definitions.size() >= definitionsKept)
        m_definitions.clear();
    const auto added = m_definitions.insert(
        record.definition, {std::make_shared<const batch::JobDefinition>(*definition), {}});
    return &*added;
}

Result<JobDocuments> JobPlans::read(const JobRecord &record)
{
    const auto request = readDocument(batch::parseSubmitJobRequest(record.request), record);
    if (!request)
        return tl::unexpected(request.error());
    const auto entry = definitionOf(record);
    if (!entry)
        return tl::unexpected(entry.error());
    JobPlan plan = planOf(*request, *(*entry)->definition);
    for (const JobPlan::Task &task : std::as_const(plan.tasks)) {
        if (task.task.containers.isEmpty())
            return failure(ErrorCode::Protocol,
                           QStringLiteral("Job %1 has no containers.").arg(record.id));
    }
    std::shared_ptr<const JobPlan> shared = (*entry)->last.lock();
    if (!shared || *shared != plan)
        shared = std::make_shared<const JobPlan>(std::move(plan));
    (*entry)->last = shared;
    return JobDocuments{std::move(shared), request->dependsOn};
}

bool ActiveJob::isPlaced() const
{
    return record.status == batch::JobStatus::Starting
        || record.status == batch::JobStatus::Running;
}

const JobPlan::Task &ActiveJob::task() const
{
    return plan->tasks.at(record.kind == JobKind::Node ? record.index : 0);
}

core::WaitingJob ActiveJob::waiting(Timestamp runnableSince) const
{
    core::WaitingJob waiting;
    waiting.jobId = record.id;
    waiting.jobName = record.name;
    waiting.queue = record.queue;
    waiting.sequence = record.sequence;
    for (const JobPlan::Task &task : plan->tasks)
        waiting.tasks.append(task.asked);
    waiting.fargate = plan->fargate;
    waiting.shareIdentifier = record.shareIdentifier;
    waiting.schedulingPriority = record.schedulingPriority;
    waiting.consumables = plan->consumables;
    waiting.runnableSince = runnableSince;
    return waiting;
}

QString childId(const JobRecord &parent, int index)
{
    const QChar separator = parent.kind == JobKind::MultiNodeParent ? u'#' : u':';
    return parent.id + separator + QString::number(index);
}

} // namespace batchyard::executor
