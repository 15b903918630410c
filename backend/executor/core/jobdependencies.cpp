#include "backend/executor/core/jobdependencies.h"

namespace batchyard::executor::core {

namespace {

constexpr QLatin1StringView sequential{"SEQUENTIAL"};
constexpr QLatin1StringView nToN{"N_TO_N"};

void addOnce(QStringList &ids, const QString &id)
{
    if (!id.isEmpty() && !ids.contains(id))
        ids.append(id);
}

} // namespace

QStringList dependenciesOfJob(const QList<batch::JobDependency> &dependsOn)
{
    QStringList ids;
    for (const batch::JobDependency &dependency : dependsOn) {
        if (dependency.type != nToN)
            addOnce(ids, dependency.jobId);
    }
    return ids;
}

QStringList dependenciesOfChild(const QList<batch::JobDependency> &dependsOn,
                                const QString &parentId, int index)
{
    QStringList ids;
    for (const batch::JobDependency &dependency : dependsOn) {
        if (dependency.type == nToN)
            addOnce(ids, QStringLiteral("%1:%2").arg(dependency.jobId, QString::number(index)));
        else if (dependency.type == sequential && index > 0)
            addOnce(ids, QStringLiteral("%1:%2").arg(parentId, QString::number(index - 1)));
    }
    return ids;
}

JobDependencyVerdict jobDependencies(const QStringList &jobIds,
                                     const QHash<QString, batch::JobStatus> &states)
{
    DependenciesOpen open;
    for (const QString &id : jobIds) {
        const batch::JobStatus status = states.value(id, batch::JobStatus::Failed);
        if (status == batch::JobStatus::Failed)
            return DependencyFailed{id};
        if (status != batch::JobStatus::Succeeded)
            open.jobIds.append(id);
    }
    if (open.jobIds.isEmpty())
        return DependenciesMet{};
    return open;
}

} // namespace batchyard::executor::core
