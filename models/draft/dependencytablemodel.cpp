#include "models/draft/dependencytablemodel.h"

#include "backend/batch/validation.h"

namespace batchyard::models {

using batch::DependencyCondition;

namespace {

int containerIndex(const batch::EcsTaskProperties &task, const QString &name)
{
    for (int i = 0; i < task.containers.size(); ++i) {
        if (task.containers[i].name == name)
            return i;
    }
    return -1;
}

} // namespace

QList<DependencyTableModel::Row> DependencyTableModel::rowsOf(const batch::EcsTaskProperties &task)
{
    QList<Row> rows;
    for (int i = 0; i < task.containers.size(); ++i) {
        for (int j = 0; j < task.containers[i].dependsOn.size(); ++j)
            rows.append({i, j});
    }
    return rows;
}

const batch::TaskContainerDependency &DependencyTableModel::dependency(const Row &row) const
{
    return m_task.containers[row.container].dependsOn[row.dependency];
}

void DependencyTableModel::setTask(const batch::EcsTaskProperties &task)
{
    if (m_task == task)
        return;
    const QList<Row> rows = rowsOf(task);
    if (rows == m_rows) {
        m_task = task;
        if (!rows.isEmpty())
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_task = task;
    m_rows = rows;
    endResetModel();
}

bool DependencyTableModel::addDependency()
{
    QString reason = tr("A dependency needs two containers.");
    for (const auto &container : std::as_const(m_task.containers)) {
        for (const auto &other : std::as_const(m_task.containers)) {
            if (container.name == other.name)
                continue;
            const QString refusal = batch::refusalOfDependency(m_task, container.name, other.name,
                                                               DependencyCondition::Start);
            if (refusal.isEmpty())
                return addDependency(container.name, other.name, DependencyCondition::Start);
            reason = refusal;
        }
    }
    emit refused(reason);
    return false;
}

bool DependencyTableModel::addDependency(const QString &container, const QString &dependency,
                                         DependencyCondition condition)
{
    const QString refusal = batch::refusalOfDependency(m_task, container, dependency, condition);
    const int at = containerIndex(m_task, container);
    if (!refusal.isEmpty() || at < 0) {
        emit refused(refusal);
        return false;
    }
    batch::EcsTaskProperties task = m_task;
    task.containers[at].dependsOn.append({dependency, condition, {}});
    setTask(task);
    emit taskEdited(task);
    return true;
}

void DependencyTableModel::removeDependency(int row)
{
    if (row < 0 || row >= m_rows.size())
        return;
    batch::EcsTaskProperties task = m_task;
    task.containers[m_rows[row].container].dependsOn.removeAt(m_rows[row].dependency);
    setTask(task);
    emit taskEdited(task);
}

int DependencyTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int DependencyTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DependencyTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows[index.row()];
    if (role == ChoicesRole) {
        if (index.column() == ConditionColumn)
            return QStringList{toString(DependencyCondition::Start),
                               toString(DependencyCondition::Complete),
                               toString(DependencyCondition::Success)};
        QStringList names;
        for (const auto &container : std::as_const(m_task.containers))
            names.append(container.name);
        return names;
    }
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case ContainerColumn:
        return m_task.containers[row.container].name;
    case DependsOnColumn:
        return dependency(row).containerName;
    case ConditionColumn:
        return toString(dependency(row).condition);
    case ColumnCount:
        break;
    }
    return {};
}

QVariant DependencyTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case ContainerColumn:
        return tr("Container");
    case DependsOnColumn:
        return tr("Depends on");
    case ConditionColumn:
        return tr("Condition");
    case ColumnCount:
        break;
    }
    return {};
}

Qt::ItemFlags DependencyTableModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable : flags;
}

bool DependencyTableModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    const Row row = m_rows[index.row()];
    batch::TaskContainerDependency edited = dependency(row);
    QString container = m_task.containers[row.container].name;
    if (index.column() == ContainerColumn)
        container = value.toString();
    else if (index.column() == DependsOnColumn)
        edited.containerName = value.toString();
    else if (const auto condition = batch::dependencyCondition(value.toString()))
        edited.condition = *condition;
    if (edited == dependency(row) && container == m_task.containers[row.container].name)
        return true;

    // The rules judge the new edge in a task without the old one.
    batch::EcsTaskProperties task = m_task;
    task.containers[row.container].dependsOn.removeAt(row.dependency);
    const QString refusal
        = batch::refusalOfDependency(task, container, edited.containerName, edited.condition);
    if (!refusal.isEmpty()) {
        emit refused(refusal);
        return false;
    }
    const int at = containerIndex(task, container);
    auto &list = task.containers[at].dependsOn;
    list.insert(at == row.container ? row.dependency : static_cast<int>(list.size()), edited);
    setTask(task);
    emit taskEdited(task);
    return true;
}

} // namespace batchyard::models
