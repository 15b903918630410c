// The steps of "Create compute environment": configuration, instances, network.
#pragma once

#include "models/draft/drafts.h"
#include "ui/wizards/boundpage.h"

class QLabel;

namespace batchyard::ui {

using EnvironmentPage = BoundPage<batch::ComputeEnvironment>;

class EnvironmentConfigurationPage final : public EnvironmentPage
{
public:
    explicit EnvironmentConfigurationPage(models::ComputeEnvironmentDraft &draft);

protected:
    void refresh() override;

private:
    Field *m_instanceRole = nullptr;
};

class InstanceConfigurationPage final : public EnvironmentPage
{
public:
    explicit InstanceConfigurationPage(models::ComputeEnvironmentDraft &draft);

    // What this machine has, beside the maximum; 0 hides it.
    void setMachineCpus(int cpus);

protected:
    void refresh() override;

private:
    QList<Field *> m_ec2Only;
    Field *m_maximum = nullptr;
    Field *m_bid = nullptr;
    Field *m_spot = nullptr;
};

class NetworkConfigurationPage final : public EnvironmentPage
{
public:
    explicit NetworkConfigurationPage(models::ComputeEnvironmentDraft &draft);
};

// The document that the wizard begins with.
[[nodiscard]] batch::ComputeEnvironment emptyEnvironment();
// The same document on the other kind of capacity, "EC2" or "FARGATE".
void setOrchestration(batch::ComputeEnvironment &environment, const QString &platform);

} // namespace batchyard::ui
