#include "backend/executor/core/jobtransitions.h"

#include <algorithm>
#include <array>
#include <utility>

namespace batchyard::executor::core {

using batch::JobStatus;

namespace {

constexpr std::array<std::pair<JobStatus, JobStatus>, 14> transitions{{
    {JobStatus::Submitted, JobStatus::Pending}, // it depends on jobs that have not finished
    {JobStatus::Submitted, JobStatus::Runnable},
    {JobStatus::Submitted, JobStatus::Failed}, // cancelled
    {JobStatus::Pending, JobStatus::Runnable},
    {JobStatus::Pending, JobStatus::Succeeded}, // the parent of an array
    {JobStatus::Pending, JobStatus::Failed}, // a dependency or a child failed, or cancelled
    {JobStatus::Runnable, JobStatus::Starting},
    {JobStatus::Runnable, JobStatus::Failed}, // cancelled, or a time limit of the queue
    {JobStatus::Starting, JobStatus::Running},
    {JobStatus::Starting, JobStatus::Runnable}, // retry
    {JobStatus::Starting, JobStatus::Failed},
    {JobStatus::Running, JobStatus::Runnable}, // retry
    {JobStatus::Running, JobStatus::Succeeded},
    {JobStatus::Running, JobStatus::Failed},
}};

} // namespace

bool isLegalTransition(JobStatus from, JobStatus to)
{
    return std::find(transitions.begin(), transitions.end(), std::pair(from, to))
        != transitions.end();
}

} // namespace batchyard::executor::core
