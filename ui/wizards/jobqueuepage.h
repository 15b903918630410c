// "Create job queue": the one page that the AWS console has for it.
#pragma once

#include "models/draft/drafts.h"
#include "ui/wizards/boundpage.h"

namespace batchyard::ui {

class EnvironmentOrderEditor;

class JobQueuePage final : public BoundPage<batch::JobQueue>
{
public:
    explicit JobQueuePage(models::JobQueueDraft &draft);

    // All that the service has; the page offers those that can be connected.
    void setEnvironments(const QList<batch::ComputeEnvironment> &environments);

private:
    void offer();

    QList<batch::ComputeEnvironment> m_environments;
    QString m_platform; // "EC2", "FARGATE"
    EnvironmentOrderEditor *m_order;
};

[[nodiscard]] batch::JobQueue emptyQueue();

} // namespace batchyard::ui
