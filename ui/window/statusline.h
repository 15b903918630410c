// The line at the bottom of the window: is it alive, and what do jobs wait for.
#pragma once

#include "models/console/console.h"

#include <QStatusBar>

class QLabel;

namespace batchyard::ui {

class StatusLine final : public QStatusBar
{
    Q_OBJECT

public:
    StatusLine(models::Console &console, QWidget *parent);

    // For a few seconds, instead of the state of the jobs.
    void notice(const QString &text);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateEngine();
    void updateJobs();

    models::Console &m_console;
    QLabel *m_engineIcon;
    QLabel *m_engine;
    QLabel *m_jobs;
    QLabel *m_connection;
};

} // namespace batchyard::ui
