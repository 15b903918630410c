// The first two steps of "Submit new job": the job, and what it overrides of its definition.
#pragma once

#include "models/draft/drafts.h"
#include "ui/wizards/boundpage.h"

#include <memory>
#include <vector>

class QVBoxLayout;

namespace batchyard::ui {

using SubmitPage = BoundPage<batch::SubmitJobRequest>;

class SubmitJobPage final : public SubmitPage
{
public:
    explicit SubmitJobPage(models::SubmitJobDraft &draft);

    // Newest revision first; and the queues, with their state.
    void setDefinitions(const QList<batch::JobDefinition> &definitions);
    void setQueues(const QList<batch::JobQueue> &queues);
    // Jobs that may be waited for.
    void setJobs(const QList<batch::JobSummary> &jobs);

private:
    [[nodiscard]] Field *picker(const QString &label, const QString &path,
                                QString batch::SubmitJobRequest::*member);
    static void setChoices(const Field *field, const QList<std::pair<QString, QString>> &choices);

    Field *m_definition;
    Field *m_queue;
    RowsEditor *m_dependencies;
};

// What one container of the job gets instead of what its definition says.
class ContainerOverridesPage final : public SubmitPage
{
public:
    ContainerOverridesPage(models::SubmitJobDraft &draft,
                           const batch::TaskContainerProperties &container, bool isLegacy);

private:
    [[nodiscard]] batch::TaskContainerOverrides overrides() const;
    template <typename Function>
    void editOverrides(const QString &path, Function change);
    [[nodiscard]] Field *resource(const QString &label, const QString &type);

    batch::TaskContainerProperties m_container;
    bool m_isLegacy;
};

class OverridesPage final : public SubmitPage
{
public:
    explicit OverridesPage(models::SubmitJobDraft &draft);

protected:
    void refresh() override;

private:
    void addRetry();
    // A block per container of the definition.
    void rebuildContainers();

    models::SubmitJobDraft &m_request;
    std::optional<batch::JobDefinition> m_shown;
    Field *m_attempts = nullptr;
    Field *m_timeout = nullptr;
    Field *m_priority = nullptr;
    QList<ContainerOverridesPage *> m_containers;
};

} // namespace batchyard::ui
