// The table twin of the container graph: the same dependencies as rows, for keyboard and screen
// readers.
#pragma once

#include "backend/batch/container.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace batchyard::models {
class DependencyTableModel;
}

namespace batchyard::ui {

class DependencyTable final : public QWidget
{
    Q_OBJECT

public:
    explicit DependencyTable(QWidget *parent = nullptr);

    void setTask(const batch::EcsTaskProperties &task);

signals:
    void taskEdited(const batchyard::batch::EcsTaskProperties &task);

private:
    void updateButtons();

    models::DependencyTableModel *m_model;
    QTableView *m_view;
    QPushButton *m_add;
    QPushButton *m_remove;
    QLabel *m_refusal;
};

} // namespace batchyard::ui
