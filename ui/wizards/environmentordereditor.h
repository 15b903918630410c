// The compute environments of a queue in the order in which they are tried, picked from those that
// the service has.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/jobqueue.h"

#include <QWidget>

class QComboBox;
class QListWidget;
class QPushButton;
class QToolButton;

namespace batchyard::ui {

class EnvironmentOrderEditor final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int maximum = 3; // API_CreateJobQueue.computeEnvironmentOrder

    explicit EnvironmentOrderEditor(QWidget *parent = nullptr);

    // Those that may be connected: VALID and of one kind.
    void setAvailable(const QList<batch::ComputeEnvironment> &environments);
    void setOrder(const QList<batch::ComputeEnvironmentOrder> &order);

signals:
    void edited(const QList<batchyard::batch::ComputeEnvironmentOrder> &order);

private:
    QToolButton *addTool(const QString &name, const QString &iconName, const QString &text);
    void show();
    void add();
    void move(int by);
    void remove();
    void publish(int selectedRow);
    void updateButtons();
    [[nodiscard]] QString describe(const QString &nameOrArn) const;

    QList<batch::ComputeEnvironment> m_available;
    QList<batch::ComputeEnvironmentOrder> m_order;
    QListWidget *m_list;
    QComboBox *m_choice;
    QPushButton *m_add;
    QToolButton *m_up = nullptr;
    QToolButton *m_down = nullptr;
    QToolButton *m_remove = nullptr;
};

} // namespace batchyard::ui
