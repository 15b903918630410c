#include "models/console/resourcemodels.h"

#include "models/console/wording.h"

#include <QDateTime>

#include <algorithm>

namespace batchyard::models {

using namespace Qt::Literals::StringLiterals;

namespace {

batch::Timestamp currentTime()
{
    return batch::fromEpochMs(QDateTime::currentMSecsSinceEpoch());
}

qint64 milliseconds(std::optional<batch::Timestamp> time)
{
    return time ? batch::toEpochMs(*time) : 0;
}

QString orEnabled(const QString &state)
{
    return state.isEmpty() ? u"ENABLED"_s : state;
}

// Of a child in its array, or of a node.
std::optional<int> indexOf(const batch::JobSummary &job)
{
    if (job.arrayProperties)
        return job.arrayProperties->index;
    return job.nodeProperties ? job.nodeProperties->nodeIndex : std::nullopt;
}

QString nameOf(const batch::JobSummary &job)
{
    const auto index = indexOf(job);
    if (!index)
        return job.jobName;
    if (job.arrayProperties)
        return JobsModel::tr("%1, index %2").arg(job.jobName).arg(*index);
    return job.nodeProperties->isMainNode.value_or(false)
        ? JobsModel::tr("%1, node %2 (main)").arg(job.jobName).arg(*index)
        : JobsModel::tr("%1, node %2").arg(job.jobName).arg(*index);
}

} // namespace

// ---- Jobs

int JobsModel::countOf(batch::JobStatus status) const
{
    return static_cast<int>(
        std::count_if(records().begin(), records().end(),
                      [status](const batch::JobSummary &job) { return job.status == status; }));
}

void JobsModel::updateDurations()
{
    for (int row = 0; row < rows(); ++row) {
        if (record(row).startedAt && !record(row).stoppedAt)
            emit dataChanged(index(row, Duration), index(row, Duration), {Qt::DisplayRole});
    }
}

QString JobsModel::header(int column) const
{
    switch (column) {
    case Name:
        return tr("Name");
    case Status:
        return tr("Status");
    case Reason:
        return tr("Why");
    case Definition:
        return tr("Job definition");
    case Created:
        return tr("Created");
    case Duration:
        return tr("Run time");
    }
    return {};
}

QString JobsModel::text(const batch::JobSummary &job, int column) const
{
    switch (column) {
    case Name:
        return nameOf(job);
    case Status:
        return batch::toString(job.status);
    case Reason:
        if (job.arrayProperties && job.arrayProperties->size)
            return childrenText(*job.arrayProperties);
        return job.statusReason;
    case Definition:
        return nameOfArn(job.jobDefinition);
    case Created:
        return timeText(job.createdAt, QDateTime::currentDateTime());
    case Duration:
        if (const auto time = runTime(job.startedAt, job.stoppedAt, currentTime()))
            return durationText(*time);
        return {};
    }
    return {};
}

QVariant JobsModel::sortValue(const batch::JobSummary &job, int column)
{
    switch (column) {
    case Name: // children by number
        if (const auto index = indexOf(job))
            return *index;
        return {};
    case Status:
        return static_cast<int>(job.status);
    case Created:
        return milliseconds(job.createdAt);
    case Duration:
        return static_cast<qint64>(runTime(job.startedAt, job.stoppedAt, currentTime())
                                       .value_or(std::chrono::milliseconds(-1))
                                       .count());
    default:
        return {};
    }
}

QVariant JobsModel::cell(int row, int column, int role) const
{
    const batch::JobSummary &job = record(row);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return text(job, column);
    case Qt::ToolTipRole:
        return column == Reason ? QVariant(text(job, column)) : QVariant();
    case SortRole: {
        const QVariant value = sortValue(job, column);
        return value.isValid() ? value : QVariant(text(job, column));
    }
    case KeyRole:
        return job.jobId;
    case StatusRole:
        return static_cast<int>(job.status);
    case JobNameRole:
        return job.jobName;
    }
    return {};
}

// ---- Job definitions

void JobDefinitionsModel::setDefinitions(QList<batch::JobDefinition> definitions)
{
    std::sort(definitions.begin(), definitions.end(),
              [](const batch::JobDefinition &a, const batch::JobDefinition &b) {
                  const int order = QString::compare(a.jobDefinitionName, b.jobDefinitionName);
                  return order != 0 ? order < 0 : a.revision > b.revision;
              });
    setRecords(definitions);
}

QString JobDefinitionsModel::key(const batch::JobDefinition &definition) const
{
    return definition.nameAndRevision();
}

QString JobDefinitionsModel::header(int column) const
{
    switch (column) {
    case Name:
        return tr("Name");
    case Revision:
        return tr("Revision");
    case Status:
        return tr("Status");
    case Containers:
        return tr("Containers");
    case Requirements:
        return tr("vCPU and memory");
    }
    return {};
}

QString JobDefinitionsModel::text(const batch::JobDefinition &definition, int column) const
{
    const auto task = definition.task();
    switch (column) {
    case Name:
        return definition.jobDefinitionName;
    case Revision:
        return QString::number(definition.revision);
    case Status:
        return definition.status;
    case Containers: {
        QStringList names;
        for (const auto &container : task.value_or(batch::EcsTaskProperties{}).containers)
            names.append(container.name);
        return names.join(u", "_s);
    }
    case Requirements:
        if (!task)
            return {};
        return tr("%1 vCPU, %2")
            .arg(batch::totalRequirement(*task, "VCPU"_L1))
            .arg(memoryText(static_cast<qint64>(batch::totalRequirement(*task, "MEMORY"_L1))));
    }
    return {};
}

QVariant JobDefinitionsModel::cell(int row, int column, int role) const
{
    const batch::JobDefinition &definition = record(row);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return text(definition, column);
    case SortRole:
        return column == Revision ? QVariant(definition.revision)
                                  : QVariant(text(definition, column));
    case KeyRole:
        return key(definition);
    case StatusRole:
        return definition.status;
    case NewestRole:
        return row == 0 || record(row - 1).jobDefinitionName != definition.jobDefinitionName;
    }
    return {};
}

// ---- Job queues

QString JobQueuesModel::header(int column) const
{
    switch (column) {
    case Name:
        return tr("Name");
    case State:
        return tr("State");
    case Status:
        return tr("Status");
    case Priority:
        return tr("Priority");
    case Environments:
        return tr("Compute environments");
    }
    return {};
}

QString JobQueuesModel::text(const batch::JobQueue &queue, int column) const
{
    switch (column) {
    case Name:
        return queue.jobQueueName;
    case State:
        return orEnabled(queue.state);
    case Status:
        return queue.status;
    case Priority:
        return queue.priority ? QString::number(*queue.priority) : QString();
    case Environments: {
        QStringList names;
        for (const batch::ComputeEnvironmentOrder &entry : queue.computeEnvironmentOrder)
            names.append(nameOfArn(entry.computeEnvironment));
        return names.join(u", "_s);
    }
    }
    return {};
}

QVariant JobQueuesModel::cell(int row, int column, int role) const
{
    const batch::JobQueue &queue = record(row);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return text(queue, column);
    case SortRole:
        return column == Priority ? QVariant(queue.priority.value_or(0))
                                  : QVariant(text(queue, column));
    case KeyRole:
        return queue.jobQueueName;
    case StateRole:
        return orEnabled(queue.state);
    }
    return {};
}

// ---- Compute environments

QString ComputeEnvironmentsModel::header(int column) const
{
    switch (column) {
    case Name:
        return tr("Name");
    case State:
        return tr("State");
    case Status:
        return tr("Status");
    case Type:
        return tr("Type");
    case Capacity:
        return tr("Maximum vCPUs");
    }
    return {};
}

QString ComputeEnvironmentsModel::text(const batch::ComputeEnvironment &environment,
                                       int column) const
{
    const auto &resources = environment.computeResources;
    switch (column) {
    case Name:
        return environment.computeEnvironmentName;
    case State:
        return orEnabled(environment.state);
    case Status:
        return environment.status;
    case Type:
        return resources && !resources->type.isEmpty()
            ? tr("%1, %2").arg(environment.type, resources->type)
            : environment.type;
    case Capacity:
        if (resources && resources->maxvCpus)
            return QString::number(*resources->maxvCpus);
        if (environment.unmanagedvCpus)
            return QString::number(*environment.unmanagedvCpus);
        return {};
    }
    return {};
}

QVariant ComputeEnvironmentsModel::cell(int row, int column, int role) const
{
    const batch::ComputeEnvironment &environment = record(row);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return text(environment, column);
    case SortRole:
        return column == Capacity ? QVariant(text(environment, column).toInt())
                                  : QVariant(text(environment, column));
    case KeyRole:
        return environment.computeEnvironmentName;
    case StateRole:
        return orEnabled(environment.state);
    }
    return {};
}

// ---- Containers of a job

QString JobContainersModel::header(int column) const
{
    switch (column) {
    case Name:
        return tr("Container");
    case Status:
        return tr("State");
    case Image:
        return tr("Image");
    case Essential:
        return tr("Essential");
    case DependsOn:
        return tr("Depends on");
    case ExitCode:
        return tr("Exit code");
    case Reason:
        return tr("Why");
    }
    return {};
}

QString JobContainersModel::text(const ContainerRow &row, int column) const
{
    switch (column) {
    case Name:
        return row.container.name;
    case Status:
        return batch::toString(row.state.phase);
    case Image:
        return row.container.image;
    case Essential:
        return row.container.isEssential() ? tr("Yes") : tr("No");
    case DependsOn: {
        QStringList edges;
        for (const batch::TaskContainerDependency &edge : row.container.dependsOn)
            edges.append(tr("%1 (%2)").arg(edge.containerName, batch::toString(edge.condition)));
        return edges.join(u", "_s);
    }
    case ExitCode:
        return row.state.exitCode ? QString::number(*row.state.exitCode) : QString();
    case Reason:
        if (!row.state.reason.isEmpty())
            return row.state.reason;
        return row.state.waitReason;
    }
    return {};
}

QVariant JobContainersModel::cell(int row, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
    case SortRole:
        return text(record(row), column);
    case Qt::ToolTipRole:
        return column == Reason || column == Image ? QVariant(text(record(row), column))
                                                   : QVariant();
    case KeyRole:
        return record(row).container.name;
    case ContainerIndexRole:
        return row;
    }
    return {};
}

} // namespace batchyard::models
