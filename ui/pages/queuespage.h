// Job queues: their state, the environments behind them, and the jobs that wait in them, in order.
#pragma once

#include "ui/pages/listpage.h"

class QLabel;
class QTabWidget;
class QTableWidget;

namespace batchyard::ui {

class Facts;
class JsonView;

class QueuesPage final : public ListPage
{
    Q_OBJECT

public:
    QueuesPage(models::Console &console, ActionRegistry &registry, QWidget *parent = nullptr);

    void createQueue();
    void setActive(bool active) override;

protected:
    void updateDetail() override;
    void updateActions() override;

private:
    void buildActions();
    [[nodiscard]] QWidget *buildDetail();
    [[nodiscard]] const batch::JobQueue *selected() const;
    void askWaitingJobs();
    void showWaiting(const QString &queue, const QList<batch::JobSummary> &jobs);
    void switchState();
    void deleteSelected();

    QAction *m_create = nullptr;
    QAction *m_switch = nullptr;
    QAction *m_delete = nullptr;
    QTabWidget *m_tabs = nullptr;
    Facts *m_facts = nullptr;
    QLabel *m_waitingTitle = nullptr;
    QTableWidget *m_waiting = nullptr;
    JsonView *m_json = nullptr;
    quint64 m_question = 0; // answers to an older one are dropped
};

} // namespace batchyard::ui
