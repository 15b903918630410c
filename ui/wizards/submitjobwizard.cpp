#include "ui/wizards/submitjobwizard.h"

#include "backend/async.h"
#include "ui/wizards/submitpages.h"
#include "ui/wizards/submitreview.h"

#include <QScopedValueRollback>

#include <algorithm>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::SubmitJobRequest;

SubmitJobWizard::SubmitJobWizard(batch::BatchService &service, QWidget *parent)
    : WizardDialog(std::make_unique<models::SubmitJobDraft>(), u"submit-job"_s, tr("Create job"),
                   parent)
    , m_service(service)
    , m_document(static_cast<models::SubmitJobDraft &>(draft()))
    , m_job(new SubmitJobPage(m_document))
    , m_review(new SubmitReviewPage(m_document))
{
    setWindowTitle(tr("Submit new job"));
    addStep(tr("Job configuration"), m_job);
    addStep(tr("Overrides"), new OverridesPage(m_document));
    addStep(tr("Job review"), m_review);
    connect(m_review, &SubmitReviewPage::editWanted, this, &WizardDialog::setStep);
    connect(&m_document, &models::DraftBase::changed, this, &SubmitJobWizard::followDefinition);
    ask();
    start();
}

void SubmitJobWizard::ask()
{
    onFinished(m_service.describeJobDefinitions(u"ACTIVE"_s), this,
               [this](const Result<QList<batch::JobDefinition>> &definitions) {
                   if (!definitions)
                       return submitFailed(definitions.error());
                   m_definitions = *definitions;
                   std::stable_sort(m_definitions.begin(), m_definitions.end(),
                                    [](const auto &a, const auto &b) {
                                        return std::pair(a.jobDefinitionName, -a.revision)
                                            < std::pair(b.jobDefinitionName, -b.revision);
                                    });
                   m_job->setDefinitions(m_definitions);
                   followDefinition();
               });
    onFinished(m_service.describeJobQueues(), this,
               [this](const Result<QList<batch::JobQueue>> &queues) {
                   if (!queues)
                       return submitFailed(queues.error());
                   m_job->setQueues(*queues);
                   m_review->setQueues(*queues);
               });
    // What only helps with choosing may fail without a word.
    onFinished(m_service.describeComputeEnvironments(), this,
               [this](const Result<QList<batch::ComputeEnvironment>> &environments) {
                   if (environments)
                       m_review->setEnvironments(*environments);
               });
    onFinished(m_service.listJobs(), this, [this](const Result<QList<batch::JobSummary>> &jobs) {
        if (jobs)
            m_job->setJobs(*jobs);
    });
    onFinished(m_service.engineStatus(), this, [this](const Result<batch::EngineStatus> &engine) {
        if (engine)
            m_review->setEngine(*engine);
    });
    connect(&m_service, &batch::BatchService::engineChanged, m_review,
            &SubmitReviewPage::setEngine);
}

void SubmitJobWizard::followDefinition()
{
    if (m_following)
        return;
    const QScopedValueRollback following(m_following, true);
    const QString &wanted = document().jobDefinition;
    // A bare name means the newest revision, which comes first.
    const auto found = std::find_if(
        m_definitions.cbegin(), m_definitions.cend(), [&](const batch::JobDefinition &each) {
            return each.nameAndRevision() == wanted || each.jobDefinitionName == wanted
                || (each.jobDefinitionArn == wanted && !wanted.isEmpty());
        });
    m_document.setDefinition(found == m_definitions.cend() ? std::nullopt : std::optional(*found));
}

void SubmitJobWizard::setDraft(const SubmitJobRequest &document)
{
    m_document.start(document);
    documentGiven();
}

const SubmitJobRequest &SubmitJobWizard::document() const
{
    return m_document.value();
}

void SubmitJobWizard::startAfresh()
{
    m_document.start({});
}

void SubmitJobWizard::submit()
{
    onFinished(m_service.submitJob(document()), this,
               [this](const Result<batch::SubmittedJob> &result) {
                   if (!result)
                       return submitFailed(result.error());
                   emit submitted(result->jobId);
                   submitSucceeded();
               });
}

} // namespace batchyard::ui
