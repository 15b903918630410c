// Create job queue: the AWS console's page, and a review of what is sent.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/draft/drafts.h"
#include "ui/wizards/wizarddialog.h"

namespace batchyard::ui {

class JobQueueWizard final : public WizardDialog
{
    Q_OBJECT

public:
    explicit JobQueueWizard(batch::BatchService &service, QWidget *parent = nullptr);

    // Starts from this document instead of an empty one or a restored draft.
    void setDraft(const batch::JobQueue &document);
    [[nodiscard]] const batch::JobQueue &document() const;

signals:
    void created(const QString &name);

protected:
    void submit() override;
    void startAfresh() override;

private:
    batch::BatchService &m_service;
    models::JobQueueDraft &m_document;
};

} // namespace batchyard::ui
