// Create compute environment, in the AWS console's four steps.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/draft/drafts.h"
#include "ui/wizards/wizarddialog.h"

namespace batchyard::ui
{

class ComputeEnvironmentWizard final : public WizardDialog
{
    Q_OBJECT

public:
    explicit ComputeEnvironmentWizard(batch::BatchService &service, QWidget *parent = nullptr);
    ~ComputeEnvironmentWizard() override;

    // Starts from this document instead of an empty one or a restored draft.
    void setDraft(const batch::ComputeEnvironment &document);
    [[nodiscard]] const batch::ComputeEnvironment &document() const;

signals:
    void created(const QString &name);

protected:
    void submit() override;

private:
    ComputeEnvironmentWizard(batch::BatchService &service,
                             std::unique_ptr<models::ComputeEnvironmentDraft> draft,
                             QWidget *parent);

    batch::BatchService &m_service;
    std::unique_ptr<models::ComputeEnvironmentDraft> m_draft;
};

} // namespace batchyard::ui
