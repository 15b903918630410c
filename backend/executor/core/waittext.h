// Why a job waits, as a person reads it: numbers of what is needed, free and there. For the files
// of this folder only.
#pragma once

#include "backend/executor/core/resources.h"

#include <QString>

namespace batchyard::executor::core {

// AWS's texts for a job that blocks the head of its queue (troubleshooting guide, "Jobs stuck in
// RUNNABLE").
inline constexpr QLatin1StringView invalidEnvironmentsReason{
    "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."};
inline constexpr QLatin1StringView environmentMaximumReason{
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue "
    "cannot meet the CPU requirement of the job."};
inline constexpr QLatin1StringView jobRequirementReason{
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is "
    "higher than that can be met by the CE(s) attached to the job queue."};
inline constexpr QLatin1StringView insufficientCapacityReason{
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for "
    "instance type [%1]"};
inline constexpr QLatin1StringView undeterminedReason{
    "UNDETERMINED - Batch job is blocked, root cause is undetermined."};

[[nodiscard]] QString numberText(qint64 number); // "12,345"
[[nodiscard]] QString vcpuText(double vcpus); // "4 vCPU", "0.25 vCPU"
[[nodiscard]] QString memoryText(qint64 mebibytes); // "2,048 MiB"
[[nodiscard]] QString ordinal(qsizetype number); // "1st", "2nd", "11th"
[[nodiscard]] QString resourcesText(const Resources &resources); // "4 vCPU, 2,048 MiB and 1 GPU"

} // namespace batchyard::executor::core
