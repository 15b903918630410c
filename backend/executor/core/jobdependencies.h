// Dependencies between jobs (SubmitJob.dependsOn): a job waits in PENDING until every job it
// depends on has SUCCEEDED, and fails as soon as one has FAILED.
#pragma once

#include "backend/batch/job.h"

#include <QHash>

#include <variant>

namespace batchyard::executor::core {

inline constexpr QLatin1StringView dependentJobFailedReason{"Dependent Job failed"};

struct DependenciesMet {
    friend bool operator==(const DependenciesMet &, const DependenciesMet &) = default;
};
struct DependenciesOpen {
    QStringList jobIds; // not finished yet, in the order of dependsOn
    friend bool operator==(const DependenciesOpen &, const DependenciesOpen &) = default;
};
struct DependencyFailed {
    QString jobId; // the first one; the dependent's statusReason is dependentJobFailedReason
    friend bool operator==(const DependencyFailed &, const DependencyFailed &) = default;
};
using JobDependencyVerdict = std::variant<DependenciesMet, DependenciesOpen, DependencyFailed>;

// `states` holds the status of each job that is known. A job that is not known cannot be shown to
// have succeeded and counts as failed. Entries without a job id (SEQUENTIAL) order the children of
// an array among themselves and do not hold the job back.
[[nodiscard]] JobDependencyVerdict jobDependencies(const QList<batch::JobDependency> &dependsOn,
                                                   const QHash<QString, batch::JobStatus> &states);

} // namespace batchyard::executor::core
