// Which jobs a job waits for (SubmitJob.dependsOn). SEQUENTIAL and N_TO_N order the children of
// arrays and are met child by child; everything else holds the whole job back.
#pragma once

#include "backend/batch/job.h"

#include <QHash>

#include <variant>

namespace batchyard::executor::core {

inline constexpr QLatin1StringView dependentJobFailedReason{"Dependent Job failed"};

// What a single job, an array's parent or a multi-node job waits for: ids, each once.
[[nodiscard]] QStringList dependenciesOfJob(const QList<batch::JobDependency> &dependsOn);

// What child `index` of the array `parentId` waits for besides: the child before it (SEQUENTIAL),
// the child of the same index of another array (N_TO_N).
[[nodiscard]] QStringList dependenciesOfChild(const QList<batch::JobDependency> &dependsOn,
                                              const QString &parentId, int index);

struct DependenciesMet {
    friend bool operator==(const DependenciesMet &, const DependenciesMet &) = default;
};
struct DependenciesOpen {
    QStringList jobIds; // that have not succeeded yet
    friend bool operator==(const DependenciesOpen &, const DependenciesOpen &) = default;
};
struct DependencyFailed {
    QString jobId; // the first one; the dependent's statusReason is dependentJobFailedReason
    friend bool operator==(const DependencyFailed &, const DependencyFailed &) = default;
};
using JobDependencyVerdict = std::variant<DependenciesMet, DependenciesOpen, DependencyFailed>;

// `states` holds the status of each job that is known. A job that is not known cannot be shown to
// have succeeded and counts as failed.
[[nodiscard]] JobDependencyVerdict jobDependencies(const QStringList &jobIds,
                                                   const QHash<QString, batch::JobStatus> &states);

} // namespace batchyard::executor::core
