// The first page: run the sample, the engine, and the last jobs.
#pragma once

#include "models/console/console.h"
#include "ui/pages/actionregistry.h"
#include "ui/pages/page.h"
#include "ui/pages/samplerun.h"

class QLabel;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;

namespace batchyard::ui {

class HomePage final : public Page
{
    Q_OBJECT

public:
    HomePage(models::Console &console, ActionRegistry &registry, SampleRun sample,
             QWidget *parent = nullptr);

    void focusMain() override;
    void runSample();

private:
    [[nodiscard]] QWidget *buildSample();
    [[nodiscard]] QWidget *buildJobs();
    void updateJobs();
    void resizeEvent(QResizeEvent *event) override;

    models::Console &m_console;
    ActionRegistry &m_registry;
    SampleRun m_sample;
    QPushButton *m_run = nullptr;
    QWidget *m_art = nullptr;
    QSortFilterProxyModel *m_latest = nullptr;
    QTableView *m_jobs = nullptr;
    QLabel *m_noJobs = nullptr;
};

} // namespace batchyard::ui
