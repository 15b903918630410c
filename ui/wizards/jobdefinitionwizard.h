// Create job definition, in the AWS console's steps: configuration, containers, review.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/draft/drafts.h"
#include "ui/wizards/wizarddialog.h"

namespace batchyard::ui {

class JobDefinitionWizard final : public WizardDialog
{
    Q_OBJECT

public:
    explicit JobDefinitionWizard(batch::BatchService &service, QWidget *parent = nullptr);

    // Starts from this document instead of an empty one or a restored draft.
    void setDraft(const batch::JobDefinition &document);
    [[nodiscard]] const batch::JobDefinition &document() const;

signals:
    void created(const QString &name);

protected:
    void submit() override;
    void startAfresh() override;

private:
    void registerAllowing(const QStringList &permissions);
    // The executor's policy refused the document: asks whether this machine may be given.
    void askPermissions(const Error &refusal);

    batch::BatchService &m_service;
    models::JobDefinitionDraft &m_document;
};

} // namespace batchyard::ui
