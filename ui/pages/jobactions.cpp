#include "ui/pages/jobactions.h"

#include "backend/async.h"
#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/theme/confirmdialog.h"
#include "ui/wizards/submitjobwizard.h"

#include <QCoreApplication>

#include <algorithm>

namespace batchyard::ui {

using batch::JobStatus;

namespace {

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("JobActions", text, nullptr, n);
}

bool isCancelled(const JobToStop &job)
{
    return job.status < JobStatus::Starting;
}

ConfirmDialog::Question questionFor(const QList<JobToStop> &jobs, const QString &connection)
{
    const auto cancelled = std::count_if(jobs.begin(), jobs.end(), isCancelled);
    const auto terminated = jobs.size() - cancelled;
    ConfirmDialog::Question question;
    question.connection = connection;
    question.title = jobs.size() == 1 ? tr("Stop job %1?").arg(jobs.first().jobName)
                                      : tr("Stop %n jobs?", static_cast<int>(jobs.size()));
    if (terminated == 0)
        question.text
            = tr("It has not started, so CancelJob takes it out of the queue. It ends as FAILED "
                 "with your reason.");
    else if (cancelled == 0)
        question.text
            = tr("It has started, so TerminateJob stops its containers: they get SIGTERM, and "
                 "SIGKILL after their stop timeout. It ends as FAILED with your reason.");
    else
        question.text = tr("Jobs that have not started are cancelled (CancelJob), the others are "
                           "terminated (TerminateJob). All end as FAILED with your reason.");
    question.confirm = jobs.size() == 1
        ? (terminated == 0 ? tr("Cancel the job") : tr("Terminate the job"))
        : tr("Stop %n jobs", static_cast<int>(jobs.size()));
    return question;
}

void openClone(batch::BatchService &service, const batch::JobDetail &job,
               const QList<batch::JobDefinition> &definitions, QWidget *parent,
               const std::function<void(const QString &)> &submitted)
{
    const QString wanted = models::nameOfArn(job.jobDefinition);
    const auto definition = std::find_if(definitions.begin(), definitions.end(),
                                         [&wanted](const batch::JobDefinition &candidate) {
                                             return candidate.nameAndRevision() == wanted;
                                         });
    auto *wizard = new SubmitJobWizard(service, parent);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    wizard->setDraft(
        models::cloneOf(job, definition == definitions.end() ? nullptr : &*definition));
    QObject::connect(wizard, &SubmitJobWizard::submitted, parent, submitted);
    wizard->open();
}

} // namespace

void askToStopJobs(batch::BatchService &service, QList<JobToStop> jobs, QWidget *parent,
                   const ErrorReport &report)
{
    jobs.removeIf([](const JobToStop &job) { return batch::isTerminal(job.status); });
    if (jobs.isEmpty())
        return;
    auto *dialog = new ConfirmDialog(questionFor(jobs, service.connectionName()), parent);
    const JobToStop first = jobs.first();
    dialog->askReason(tr("Stopped from the console"), [first](const QString &reason) {
        return isCancelled(first) ? models::commands::cancelJob(first.jobId, reason)
                                  : models::commands::terminateJob(first.jobId, reason);
    });
    QObject::connect(dialog, &QDialog::accepted, parent, [&service, jobs, dialog, parent, report] {
        for (const JobToStop &job : jobs) {
            const auto call = isCancelled(job) ? service.cancelJob(job.jobId, dialog->reason())
                                               : service.terminateJob(job.jobId, dialog->reason());
            onFinished(call, parent, [report](const Result<void> &result) {
                if (!result)
                    report(result.error());
            });
        }
    });
    dialog->open();
}

void cloneJob(batch::BatchService &service, const QString &jobId, QWidget *parent,
              const std::function<void(const QString &)> &submitted, const ErrorReport &report)
{
    using Jobs = Result<QList<batch::JobDetail>>;
    using Definitions = Result<QList<batch::JobDefinition>>;
    onFinished(service.describeJobs({jobId}), parent, [=, &service](const Jobs &jobs) {
        if (!jobs) {
            report(jobs.error());
            return;
        }
        if (jobs->isEmpty()) {
            report({ErrorCode::NotFound, tr("The job does not exist any more."), {}});
            return;
        }
        const batch::JobDetail job = jobs->first();
        const QString name = models::nameOfArn(job.jobDefinition).section(u':', 0, 0);
        onFinished(service.describeJobDefinitions({}, name), parent,
                   [=, &service](const Definitions &definitions) {
                       if (definitions)
                           openClone(service, job, *definitions, parent, submitted);
                       else
                           report(definitions.error());
                   });
    });
}

} // namespace batchyard::ui
