#include "backend/batch/job.h"

namespace batchyard::batch {

QString toString(JobStatus status)
{
    switch (status) {
    case JobStatus::Submitted:
        return QStringLiteral("SUBMITTED");
    case JobStatus::Pending:
        return QStringLiteral("PENDING");
    case JobStatus::Runnable:
        return QStringLiteral("RUNNABLE");
    case JobStatus::Starting:
        return QStringLiteral("STARTING");
    case JobStatus::Running:
        return QStringLiteral("RUNNING");
    case JobStatus::Succeeded:
        return QStringLiteral("SUCCEEDED");
    case JobStatus::Failed:
        return QStringLiteral("FAILED");
    }
    Q_UNREACHABLE();
}

std::optional<JobStatus> jobStatus(QStringView text)
{
    for (int i = 0; i < jobStatusCount; ++i) {
        const auto status = static_cast<JobStatus>(i);
        if (text == toString(status))
            return status;
    }
    return {};
}

} // namespace batchyard::batch
