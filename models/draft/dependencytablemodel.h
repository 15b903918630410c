// The table twin of the container graph: one row per dependency, with the same edits and the same
// refusals.
#pragma once

#include "backend/batch/container.h"

#include <QAbstractTableModel>

namespace batchyard::models {

class DependencyTableModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { ContainerColumn, DependsOnColumn, ConditionColumn, ColumnCount };
    // The texts a cell may take, for the editor's combo box.
    enum Role { ChoicesRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setTask(const batch::EcsTaskProperties &task);
    [[nodiscard]] const batch::EcsTaskProperties &task() const { return m_task; }

    // Appends the first dependency that the rules allow; refused() when there is none.
    bool addDependency();
    bool addDependency(const QString &container, const QString &dependency,
                       batch::DependencyCondition condition);
    void removeDependency(int row);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

signals:
    void taskEdited(const batchyard::batch::EcsTaskProperties &task);
    void refused(const QString &reason);

private:
    struct Row {
        int container = 0; // index in the task
        int dependency = 0; // index in that container's dependsOn
        friend bool operator==(const Row &, const Row &) = default;
    };

    [[nodiscard]] static QList<Row> rowsOf(const batch::EcsTaskProperties &task);
    [[nodiscard]] const batch::TaskContainerDependency &dependency(const Row &row) const;

    batch::EcsTaskProperties m_task;
    QList<Row> m_rows;
};

} // namespace batchyard::models
