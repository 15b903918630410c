#include "ui/wizards/jobqueuewizard.h"

#include "backend/async.h"
#include "ui/wizards/jobqueuepage.h"
#include "ui/wizards/reviewpage.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::JobQueue;

namespace {

QList<ReviewPage::Group> queueSummary(const JobQueue &queue)
{
    using Wizard = JobQueueWizard;
    QStringList environments;
    for (const auto &entry : queue.computeEnvironmentOrder)
        environments.append(entry.computeEnvironment);
    return {{Wizard::tr("Job queue configuration"),
             0,
             {{Wizard::tr("Name"), shownText(queue.jobQueueName)},
              {Wizard::tr("Priority"), shownNumber(queue.priority)},
              {Wizard::tr("State"), shownText(queue.state)}}},
            {Wizard::tr("Connected compute environments"),
             0,
             {{Wizard::tr("In this order"), shownList(environments)}}}};
}

} // namespace

JobQueueWizard::JobQueueWizard(batch::BatchService &service, QWidget *parent)
    : WizardDialog(std::make_unique<models::JobQueueDraft>(emptyQueue()), u"job-queue"_s,
                   tr("Create job queue"), parent)
    , m_service(service)
    , m_document(static_cast<models::JobQueueDraft &>(draft()))
{
    setWindowTitle(tr("Create job queue"));
    auto *page = new JobQueuePage(m_document);
    auto *review = new ReviewPage(m_document, u"job-queue.json"_s,
                                  [this] { return queueSummary(document()); });
    addStep(tr("Job queue configuration"), page);
    addStep(tr("Review"), review);
    connect(review, &ReviewPage::editWanted, this, &WizardDialog::setStep);
    onFinished(m_service.describeComputeEnvironments(), this,
               [this, page](const Result<QList<batch::ComputeEnvironment>> &environments) {
                   if (environments)
                       page->setEnvironments(*environments);
                   else
                       submitFailed(environments.error());
               });
    start();
}

void JobQueueWizard::setDraft(const JobQueue &document)
{
    m_document.start(document);
    documentGiven();
}

const JobQueue &JobQueueWizard::document() const
{
    return m_document.value();
}

void JobQueueWizard::startAfresh()
{
    m_document.start(emptyQueue());
}

void JobQueueWizard::submit()
{
    onFinished(m_service.createJobQueue(document()), this,
               [this](const Result<batch::ResourceId> &result) {
                   if (!result)
                       return submitFailed(result.error());
                   emit created(result->name);
                   submitSucceeded();
               });
}

} // namespace batchyard::ui
