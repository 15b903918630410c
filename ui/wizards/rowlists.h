// Between lists of values and the rows that a person edits. Each row carries the index of the value
// it was made from behind its cells, so that what the row does not show survives an edit.
#pragma once

#include "backend/batch/job.h"
#include "ui/wizards/rowseditor.h"

namespace batchyard::ui {

// show(value) gives the cells.
template <typename Value, typename Show>
[[nodiscard]] RowsEditor::Rows toRows(const QList<Value> &values, Show show)
{
    RowsEditor::Rows rows;
    for (int i = 0; i < values.size(); ++i)
        rows.append(QStringList(show(values[i])) << QString::number(i));
    return rows;
}

// fill(value, row) writes the cells into a value; columns is how many there are.
template <typename Value, typename Fill>
[[nodiscard]] QList<Value> fromRows(const QList<Value> &before, const RowsEditor::Rows &rows,
                                    int columns, Fill fill)
{
    QList<Value> values;
    for (const QStringList &row : rows) {
        bool known = false;
        const int index = row.value(columns).toInt(&known);
        Value value = known && index >= 0 && index < before.size() ? before[index] : Value{};
        fill(value, row);
        values.append(value);
    }
    return values;
}

[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::KeyValuePair> &environment);
[[nodiscard]] QList<batch::KeyValuePair> environmentOf(const QList<batch::KeyValuePair> &before,
                                                       const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::Secret> &secrets);
[[nodiscard]] QList<batch::Secret> secretsOf(const QList<batch::Secret> &before,
                                             const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::EvaluateOnExit> &rules);
[[nodiscard]] QList<batch::EvaluateOnExit> exitRulesOf(const QList<batch::EvaluateOnExit> &before,
                                                       const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::Volume> &volumes);
[[nodiscard]] QList<batch::Volume> volumesOf(const QList<batch::Volume> &before,
                                             const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::MountPoint> &mounts);
[[nodiscard]] QList<batch::MountPoint> mountsOf(const QList<batch::MountPoint> &before,
                                                const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::Tmpfs> &list);
[[nodiscard]] QList<batch::Tmpfs> tmpfsOf(const QList<batch::Tmpfs> &before,
                                          const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::Device> &devices);
[[nodiscard]] QList<batch::Device> devicesOf(const QList<batch::Device> &before,
                                             const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::Ulimit> &ulimits);
[[nodiscard]] QList<batch::Ulimit> ulimitsOf(const QList<batch::Ulimit> &before,
                                             const RowsEditor::Rows &rows);
[[nodiscard]] RowsEditor::Rows rowsOf(const QList<batch::TaskContainerDependency> &dependencies);
[[nodiscard]] QList<batch::TaskContainerDependency>
dependenciesOf(const QList<batch::TaskContainerDependency> &before, const RowsEditor::Rows &rows);

// The columns of the lists that more than one page has.
[[nodiscard]] QList<RowsEditor::Column> environmentColumns();
[[nodiscard]] QList<RowsEditor::Column> exitRuleColumns();

// The value of a resource requirement as text; setting empty text keeps the entry (validation then
// asks for it) unless it is one that may be absent.
[[nodiscard]] QString requirementValue(const QList<batch::ResourceRequirement> &requirements,
                                       const QString &type);
void setRequirement(QList<batch::ResourceRequirement> &requirements, const QString &type,
                    const QString &value, bool mayBeAbsent);
// "resourceRequirements[1]" of the entry of a type, "resourceRequirements" without one.
[[nodiscard]] QString requirementPlace(const QList<batch::ResourceRequirement> &requirements,
                                       const QString &type);

} // namespace batchyard::ui
