// Create job queue: the AWS console's page, and a review of what is sent.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/draft/drafts.h"
#include "ui/wizards/wizarddialog.h"

namespace batchyard::ui
{

class JobQueueWizard final : public WizardDialog
{
    Q_OBJECT

public:
    explicit JobQueueWizard(batch::BatchService &service, QWidget *parent = nullptr);
    ~JobQueueWizard() override;

    // Starts from this document instead of an empty one or a restored draft.
    void setDraft(const batch::JobQueue &document);
    [[nodiscard]] const batch::JobQueue &document() const;

signals:
    void created(const QString &name);

protected:
    void submit() override;

private:
    JobQueueWizard(batch::BatchService &service, std::unique_ptr<models::JobQueueDraft> draft,
                   QWidget *parent);

    batch::BatchService &m_service;
    std::unique_ptr<models::JobQueueDraft> m_draft;
};

} // namespace batchyard::ui
