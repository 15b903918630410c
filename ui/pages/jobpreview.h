// The job that is selected in the list: its states, the headline and where to go from here.
#pragma once

#include "models/console/jobpagemodel.h"

#include <QScrollArea>
#include <QTimer>

class QLabel;

namespace batchyard::ui {

class Facts;
class HeadlineView;
class StateBadge;

class JobPreview final : public QScrollArea
{
    Q_OBJECT

public:
    // The buttons trigger these actions, which act on the selected job.
    JobPreview(batch::BatchService &service, const QList<QAction *> &actions,
               QWidget *parent = nullptr);

    // Read after a short pause, so that walking through the list asks for few.
    void setJob(const QString &jobId);

private:
    void update();

    models::JobPageModel m_model;
    QString m_wanted;
    QTimer m_pause;
    QWidget *m_body;
    QLabel *m_name;
    StateBadge *m_badge;
    HeadlineView *m_headline;
    Facts *m_states;
    Facts *m_facts;
};

} // namespace batchyard::ui
