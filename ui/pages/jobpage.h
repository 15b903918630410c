// One job: its states, what happened in a sentence, and tabs for the containers, the merged log,
// the replay, the attempts and the JSON. A job with children has these instead of containers.
#pragma once

#include "models/console/childjobs.h"
#include "models/console/console.h"
#include "models/console/jobpagemodel.h"
#include "ui/pages/actionregistry.h"
#include "ui/pages/page.h"

class QLabel;
class QStackedWidget;
class QTabWidget;
class QTableWidget;

namespace batchyard::ui {

class ChildJobsView;
class HeadlineView;
class JobOverview;
class JobStepper;
class JsonView;
class LogView;
class PageHeader;
class ReplayView;
class StateBadge;

class JobPage final : public Page
{
    Q_OBJECT

public:
    JobPage(models::Console &console, ActionRegistry &registry, QWidget *parent = nullptr);
    ~JobPage() override;

    void show(const Location &location) override;
    [[nodiscard]] Location location() const override;
    void setActive(bool active) override;
    void focusMain() override;

    [[nodiscard]] QString jobName() const;
    [[nodiscard]] models::JobPageModel &model() { return m_model; }

signals:
    void jobNameChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum Tab { Overview, Logs, Replay, Attempts, Json, TabCount };

    void buildHead();
    void buildTabs();
    void buildActions();
    void buildLogActions();
    QAction *addAction(const QString &id, const QString &text, const QString &iconName,
                       const QKeySequence &keys = {});
    void update();
    void updateTabs();
    void updateChildren();
    void updateAttempts();
    void showAttempt(int row, const batch::AttemptDetail &attempt);
    void updateActions();
    void openReplay();
    void arrangeHead();
    void stop();
    void clone();

    models::Console &m_console;
    ActionRegistry &m_registry;
    models::JobPageModel m_model;
    models::ChildJobs m_children;
    PageHeader *m_header;
    StateBadge *m_badge;
    QWidget *m_stateCard = nullptr;
    JobStepper *m_stepper;
    HeadlineView *m_headline;
    QTabWidget *m_tabs;
    QStackedWidget *m_overviewStack;
    JobOverview *m_overview;
    ChildJobsView *m_childView;
    LogView *m_logs;
    ReplayView *m_replay;
    QTableWidget *m_attempts;
    JsonView *m_json;
    QList<QAction *> m_actions;
    QList<QAction *> m_logActions; // while the log is in sight
    QAction *m_stop = nullptr;
    QAction *m_parent = nullptr;
    bool m_active = false;
    bool m_tabChosen = false; // by the person, so that no tab opens by itself
    bool m_showingTab = false;
    bool m_wantsReplay = false; // it was asked for before the logs told of a maze
    QString m_shownName;
    QTimer m_clock; // times that grow while the job goes on
};

} // namespace batchyard::ui
