// What can be done to jobs from more than one page: stop them by AWS Batch's rules, submit one
// again.
#pragma once

#include "backend/batch/batchservice.h"

#include <functional>

class QWidget;

namespace batchyard::ui {

struct JobToStop {
    QString jobId;
    QString jobName;
    batch::JobStatus status = batch::JobStatus::Submitted;
};

using ErrorReport = std::function<void(const Error &)>;

// Asks for a reason and says which call is made: cancel before STARTING, terminate from then on.
// Jobs that have ended are left out; with none left nothing is asked.
void askToStopJobs(batch::BatchService &service, QList<JobToStop> jobs, QWidget *parent,
                   const ErrorReport &report);

// Opens the submit wizard with the job's request. submitted gets the new job's id.
void cloneJob(batch::BatchService &service, const QString &jobId, QWidget *parent,
              const std::function<void(const QString &)> &submitted, const ErrorReport &report);

} // namespace batchyard::ui
