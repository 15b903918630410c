// The rules of a task as a whole (API_EcsTaskProperties).
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

Faults containerListFaults(const TaskScope &scope)
{
    const auto &containers = scope.task.containers;
    const QString path = scope.member(QStringLiteral("containers"));
    FaultList faults;
    if (containers.isEmpty() || containers.size() > limits::containersPerTask)
        faults.error(path,
                     QStringLiteral("There are %1 containers; a task has from 1 to %2.")
                         .arg(containers.size())
                         .arg(limits::containersPerTask));
    if (!containers.isEmpty()
        && std::ranges::none_of(containers, &TaskContainerProperties::isEssential))
        faults.error(path,
                     QStringLiteral("At least one container must be essential; the job ends "
                                    "with it."));
    for (qsizetype i = 0; i < containers.size(); ++i) {
        const auto isSame = [&](const TaskContainerProperties &other) {
            return other.name == containers[i].name;
        };
        if (!containers[i].name.isEmpty() && std::ranges::count_if(containers, isSame) > 1)
            faults.error(joined(scope.container(i), QStringLiteral("name")),
                         QStringLiteral("More than one container is named %1; names must be "
                                        "different.")
                             .arg(shown(containers[i].name)));
    }
    return faults.take();
}

QString modeFault(const QString &name, const QString &value, const QStringList &allowed)
{
    if (value.isEmpty() || allowed.contains(value))
        return {};
    return QStringLiteral("%1 is %2; allowed are %3.")
        .arg(name, shown(value), alternatives(allowed));
}

// ECS: one log router for a task.
QString routersFault(const QList<TaskContainerProperties> &containers)
{
    const auto routers = std::ranges::count_if(containers, [](const auto &container) {
        return container.firelensConfiguration.has_value();
    });
    return routers <= 1 ? QString()
                        : QStringLiteral("There are %1 containers with firelensConfiguration; one "
                                         "is allowed.")
                              .arg(routers);
}

// ECS: what goes to a log router needs one in the task; a legacy job has no container for it.
Faults routedFaults(const TaskScope &scope)
{
    FaultList faults;
    const auto &containers = scope.task.containers;
    const auto isRouter = [](const TaskContainerProperties &container) {
        return container.firelensConfiguration.has_value();
    };
    const bool hasRouter = std::ranges::any_of(containers, isRouter);
    for (qsizetype i = 0; i < containers.size(); ++i) {
        const auto &log = containers[i].logConfiguration;
        if (!log || log->logDriver != u"awsfirelens")
            continue;
        const QString path
            = joined(scope.container(i), QStringLiteral("logConfiguration.logDriver"));
        if (!hasRouter)
            faults.error(path,
                         QStringLiteral("`awsfirelens` needs a container with "
                                        "firelensConfiguration in the same task."));
        else if (isRouter(containers[i]))
            faults.error(path,
                         QStringLiteral("The container is the log router itself; its own log "
                                        "cannot go to `awsfirelens`."));
    }
    return faults.take();
}

} // namespace

Faults taskFaults(const TaskScope &scope)
{
    FaultList faults;
    if (!scope.isLegacy)
        faults += containerListFaults(scope);
    // A list far above the limit is one fault, not ten thousand.
    const qsizetype checked
        = std::min(scope.task.containers.size(), 10 * limits::containersPerTask);
    for (qsizetype i = 0; i < checked; ++i)
        faults += containerFaults(scope, i);
    faults += volumeFaults(scope);
    if (checked == scope.task.containers.size())
        faults += dependencyFaults(scope);
    faults.error(
        scope.member(QStringLiteral("ipcMode")),
        modeFault(QStringLiteral("ipcMode"), scope.task.ipcMode,
                  {QStringLiteral("host"), QStringLiteral("task"), QStringLiteral("none")}));
    faults.error(scope.member(QStringLiteral("pidMode")),
                 modeFault(QStringLiteral("pidMode"), scope.task.pidMode,
                           {QStringLiteral("host"), QStringLiteral("task")}));
    faults.error(
        scope.member(QStringLiteral("networkMode")),
        modeFault(QStringLiteral("networkMode"), scope.task.networkMode, {QStringLiteral("host")}));
    faults.error(scope.member(QStringLiteral("containers")), routersFault(scope.task.containers));
    faults += routedFaults(scope);
    faults += platformFaults(scope);
    return faults.take();
}

} // namespace batchyard::batch
