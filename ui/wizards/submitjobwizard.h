// Submit new job, in the AWS console's three steps: job, overrides, review.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/draft/drafts.h"
#include "ui/wizards/wizarddialog.h"

namespace batchyard::ui {

class OverridesPage;
class SubmitJobPage;
class SubmitReviewPage;

class SubmitJobWizard final : public WizardDialog
{
    Q_OBJECT

public:
    explicit SubmitJobWizard(batch::BatchService &service, QWidget *parent = nullptr);

    // Starts from this document instead of an empty one or a restored draft.
    void setDraft(const batch::SubmitJobRequest &document);
    [[nodiscard]] const batch::SubmitJobRequest &document() const;

signals:
    void submitted(const QString &jobId);

protected:
    void submit() override;
    void startAfresh() override;

private:
    void ask();
    // Finds the definition that the request names among those the service has told.
    void followDefinition();

    batch::BatchService &m_service;
    models::SubmitJobDraft &m_document;
    SubmitJobPage *m_job;
    SubmitReviewPage *m_review;
    QList<batch::JobDefinition> m_definitions; // newest revision first
    bool m_following = false;
};

} // namespace batchyard::ui
