#include "backend/executor/core/jobdependencies.h"

namespace batchyard::executor::core {

JobDependencyVerdict jobDependencies(const QList<batch::JobDependency> &dependsOn,
                                     const QHash<QString, batch::JobStatus> &states)
{
    DependenciesOpen open;
    for (const batch::JobDependency &dependency : dependsOn) {
        if (dependency.jobId.isEmpty())
            continue;
        const batch::JobStatus status = states.value(dependency.jobId, batch::JobStatus::Failed);
        if (status == batch::JobStatus::Failed)
            return DependencyFailed{dependency.jobId};
        if (status != batch::JobStatus::Succeeded && !open.jobIds.contains(dependency.jobId))
            open.jobIds.append(dependency.jobId);
    }
    if (open.jobIds.isEmpty())
        return DependenciesMet{};
    return open;
}

} // namespace batchyard::executor::core
