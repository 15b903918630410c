// Create compute environment, in the AWS console's four steps.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/draft/drafts.h"
#include "ui/wizards/wizarddialog.h"

namespace batchyard::ui {

class ComputeEnvironmentWizard final : public WizardDialog
{
    Q_OBJECT

public:
    explicit ComputeEnvironmentWizard(batch::BatchService &service, QWidget *parent = nullptr);

    // Starts from this document instead of an empty one or a restored draft.
    void setDraft(const batch::ComputeEnvironment &document);
    [[nodiscard]] const batch::ComputeEnvironment &document() const;

signals:
    void created(const QString &name);

protected:
    void submit() override;
    void startAfresh() override;

private:
    batch::BatchService &m_service;
    models::ComputeEnvironmentDraft &m_document;
};

} // namespace batchyard::ui
