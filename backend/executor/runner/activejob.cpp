#include "backend/executor/runner/activejob.h"

#include "backend/batch/json.h"
#include "backend/batch/validation.h"

#include <cmath>

namespace batchyard::executor {

namespace {

template <typename Value>
Result<Value> readDocument(const batch::Parsed<Value> &parsed, const JobRecord &record)
{
    if (parsed.value)
        return *parsed.value;
    return failure(ErrorCode::Protocol,
                   QStringLiteral("The documents of job %1 cannot be read: %2")
                       .arg(record.id, batch::toText(parsed.faults)));
}

} // namespace

Result<ActiveJob> ActiveJob::load(const JobRecord &record)
{
    const auto request = readDocument(batch::parseSubmitJobRequest(record.request), record);
    if (!request)
        return tl::unexpected(request.error());
    const auto definition = readDocument(batch::parseJobDefinition(record.definition), record);
    if (!definition)
        return tl::unexpected(definition.error());
    ActiveJob job;
    job.record = record;
    job.request = *request;
    job.definition = *definition;
    job.task = batch::effectiveTask(job.request, job.definition);
    job.asked = resourcesOf(job.task);
    if (job.task.containers.isEmpty())
        return failure(ErrorCode::Protocol,
                       QStringLiteral("Job %1 has no containers.").arg(record.id));
    return job;
}

std::optional<int> ActiveJob::timeoutSeconds() const
{
    const std::optional<batch::JobTimeout> &timeout
        = request.timeout ? request.timeout : definition.timeout;
    return timeout ? timeout->attemptDurationSeconds : std::nullopt;
}

bool ActiveJob::isPlaced() const
{
    return record.status == batch::JobStatus::Starting
        || record.status == batch::JobStatus::Running;
}

core::Resources resourcesOf(const batch::EcsTaskProperties &task)
{
    core::Resources sum;
    for (const batch::TaskContainerProperties &container : task.containers) {
        sum.vcpus += batch::requirement(container, QLatin1StringView("VCPU"));
        sum.memoryMiB += std::llround(batch::requirement(container, QLatin1StringView("MEMORY")));
        sum.gpus += qRound(batch::requirement(container, QLatin1StringView("GPU")));
    }
    return sum;
}

} // namespace batchyard::executor
