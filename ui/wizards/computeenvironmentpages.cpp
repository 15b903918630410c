#include "ui/wizards/computeenvironmentpages.h"

#include "ui/theme/card.h"
#include "ui/wizards/field.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QLineEdit>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::ComputeEnvironment;
using batch::ComputeResource;

namespace {

// These pages have no meta-object of their own, so their texts share one context.
struct EnvironmentPages {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::ComputeEnvironmentPages)
};

const ComputeResource &resources(const ComputeEnvironment &environment)
{
    static const ComputeResource none;
    return environment.computeResources ? *environment.computeResources : none;
}

ComputeResource &resources(ComputeEnvironment &environment)
{
    if (!environment.computeResources)
        environment.computeResources.emplace();
    return *environment.computeResources;
}

bool isSpot(const ComputeEnvironment &environment)
{
    return resources(environment).type.endsWith(u"SPOT"_s);
}

void setSpot(ComputeEnvironment &environment, bool spot)
{
    ComputeResource &resource = resources(environment);
    if (resource.isFargate()) {
        resource.type = spot ? u"FARGATE_SPOT"_s : u"FARGATE"_s;
        return;
    }
    resource.type = spot ? u"SPOT"_s : u"EC2"_s;
    resource.allocationStrategy
        = spot ? u"SPOT_PRICE_CAPACITY_OPTIMIZED"_s : u"BEST_FIT_PROGRESSIVE"_s;
    resource.bidPercentage = spot ? std::optional(100) : std::nullopt;
}

} // namespace

ComputeEnvironment emptyEnvironment()
{
    ComputeEnvironment environment;
    environment.type = u"MANAGED"_s;
    environment.state = u"ENABLED"_s;
    ComputeResource &resource = resources(environment);
    resource.maxvCpus = 256; // the AWS console's
    resource.subnets = {u"subnet-local"_s};
    resource.securityGroupIds = {u"sg-local"_s};
    setOrchestration(environment, u"EC2"_s);
    return environment;
}

void setOrchestration(ComputeEnvironment &environment, const QString &platform)
{
    ComputeResource &resource = resources(environment);
    if (platform == u"FARGATE") {
        resource.type = u"FARGATE"_s;
        resource.allocationStrategy.clear();
        resource.minvCpus.reset();
        resource.desiredvCpus.reset();
        resource.bidPercentage.reset();
        resource.instanceTypes.clear();
        resource.instanceRole.clear();
        resource.ec2KeyPair.clear();
        resource.placementGroup.clear();
        resource.spotIamFleetRole.clear();
        resource.tags.clear();
        return;
    }
    resource.type = u"EC2"_s;
    resource.allocationStrategy = u"BEST_FIT_PROGRESSIVE"_s;
    resource.minvCpus = 0;
    resource.desiredvCpus = 0;
    resource.instanceTypes = {u"optimal"_s};
    resource.instanceRole = u"ecsInstanceRole"_s;
}

EnvironmentConfigurationPage::EnvironmentConfigurationPage(models::ComputeEnvironmentDraft &draft)
    : EnvironmentPage(draft)
{
    own(u"type"_s);
    own(u"state"_s);
    addSection(EnvironmentPages::tr("Compute environment configuration"));
    addRow({tiles(
        EnvironmentPages::tr("Orchestration type"), u"computeResources.type"_s,
        {{u"FARGATE"_s, EnvironmentPages::tr("Fargate"),
          EnvironmentPages::tr(
              "Capacity by the container: sizes follow Fargate's table of vCPUs and "
              "memory.")},
         {u"EC2"_s, EnvironmentPages::tr("Amazon EC2"),
          EnvironmentPages::tr(
              "Capacity by the machine: any size, host volumes, privileged containers.")}},
        [this] { return resources(document()).isFargate() ? u"FARGATE"_s : u"EC2"_s; },
        setter<QString>(u"orchestration"_s,
                        [](ComputeEnvironment &environment, const QString &platform) {
                            if (resources(environment).isFargate() != (platform == u"FARGATE"))
                                setOrchestration(environment, platform);
                        }))});
    addRow({boundText(
                EnvironmentPages::tr("Name"), u"computeEnvironmentName"_s,
                [](const ComputeEnvironment &e) { return e.computeEnvironmentName; },
                [](ComputeEnvironment &e, const QString &text) { e.computeEnvironmentName = text; })
                ->setHelp(
                    EnvironmentPages::tr("Up to 128 letters, digits, hyphens and underscores."))});
    m_instanceRole = boundText(
        EnvironmentPages::tr("Instance role"), u"computeResources.instanceRole"_s,
        [](const ComputeEnvironment &e) { return resources(e).instanceRole; },
        [](ComputeEnvironment &e, const QString &text) { resources(e).instanceRole = text; });
    addRow({boundText(
                EnvironmentPages::tr("Service role – optional"), u"serviceRole"_s,
                [](const ComputeEnvironment &e) { return e.serviceRole; },
                [](ComputeEnvironment &e, const QString &text) { e.serviceRole = text; })
                ->setHelp(EnvironmentPages::tr("Empty: AWSServiceRoleForBatch.")),
            m_instanceRole});
    addSection(EnvironmentPages::tr("Tags – optional"));
    addWidget(boundMap(
        u"tags"_s, EnvironmentPages::tr("Key"), EnvironmentPages::tr("Value"),
        EnvironmentPages::tr("Add tag"), [](const ComputeEnvironment &e) { return e.tags; },
        [](ComputeEnvironment &e, const batch::Tags &tags) { e.tags = tags; }));
    fillUp();
    EnvironmentConfigurationPage::refresh();
}

void EnvironmentConfigurationPage::refresh()
{
    EnvironmentPage::refresh();
    m_instanceRole->setVisible(!resources(document()).isFargate());
}

InstanceConfigurationPage::InstanceConfigurationPage(models::ComputeEnvironmentDraft &draft)
    : EnvironmentPage(draft)
{
    own(u"computeResources"_s);
    addSection(EnvironmentPages::tr("Instance configuration"));
    m_spot = boundFlag(
        EnvironmentPages::tr("Enable using Spot instances"), u"computeResources.spot"_s,
        [](const ComputeEnvironment &e) { return isSpot(e); },
        [](ComputeEnvironment &e, bool on) { setSpot(e, on); });
    m_bid = boundNumber(
        EnvironmentPages::tr("Maximum % on-demand price"), u"computeResources.bidPercentage"_s,
        [](const ComputeEnvironment &e) { return resources(e).bidPercentage; },
        [](ComputeEnvironment &e, const std::optional<int> &value) {
            resources(e).bidPercentage = value;
        });
    addRow({m_spot, m_bid});
    Field *minimum = boundNumber(
        EnvironmentPages::tr("Minimum vCPUs"), u"computeResources.minvCpus"_s,
        [](const ComputeEnvironment &e) { return resources(e).minvCpus; },
        [](ComputeEnvironment &e, const std::optional<int> &value) {
            resources(e).minvCpus = value;
        });
    Field *desired = boundNumber(
        EnvironmentPages::tr("Desired vCPUs"), u"computeResources.desiredvCpus"_s,
        [](const ComputeEnvironment &e) { return resources(e).desiredvCpus; },
        [](ComputeEnvironment &e, const std::optional<int> &value) {
            resources(e).desiredvCpus = value;
        });
    m_maximum = boundNumber(
        EnvironmentPages::tr("Maximum vCPUs"), u"computeResources.maxvCpus"_s,
        [](const ComputeEnvironment &e) { return resources(e).maxvCpus; },
        [](ComputeEnvironment &e, const std::optional<int> &value) {
            resources(e).maxvCpus = value;
        });
    m_maximum->setHelp(
        EnvironmentPages::tr("How many vCPUs the jobs of this environment use together."));
    addRow({minimum, desired, m_maximum});
    Field *types
        = boundWords(
              EnvironmentPages::tr("Allowed instance types"), u"computeResources.instanceTypes"_s,
              [](const ComputeEnvironment &e) { return resources(e).instanceTypes; },
              [](ComputeEnvironment &e, const QStringList &value) {
                  resources(e).instanceTypes = value;
              })
              ->setHelp(EnvironmentPages::tr("Families or sizes, parted by commas."));
    Field *strategy = boundChoice(
        EnvironmentPages::tr("Allocation strategy"), u"computeResources.allocationStrategy"_s,
        {{u"BEST_FIT_PROGRESSIVE"_s, u"BEST_FIT_PROGRESSIVE"_s},
         {u"BEST_FIT"_s, u"BEST_FIT"_s},
         {u"BEST_FIT_PROGRESSIVE_ORDERED"_s, u"BEST_FIT_PROGRESSIVE_ORDERED"_s},
         {u"SPOT_PRICE_CAPACITY_OPTIMIZED"_s, u"SPOT_PRICE_CAPACITY_OPTIMIZED"_s},
         {u"SPOT_CAPACITY_OPTIMIZED"_s, u"SPOT_CAPACITY_OPTIMIZED"_s},
         {u"SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"_s, u"SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"_s}},
        [](const ComputeEnvironment &e) { return resources(e).allocationStrategy; },
        [](ComputeEnvironment &e, const QString &value) {
            resources(e).allocationStrategy = value;
        });
    addRow({types, strategy});
    m_ec2Only = {minimum, desired, types, strategy};
    fillUp();
    InstanceConfigurationPage::refresh();
}

void InstanceConfigurationPage::setMachineCpus(int cpus)
{
    if (cpus > 0)
        m_maximum->setHelp(
            EnvironmentPages::tr("How many vCPUs the jobs of this environment use together. "
                                 "This machine has %1; what does not fit waits.")
                .arg(cpus));
}

void InstanceConfigurationPage::refresh()
{
    EnvironmentPage::refresh();
    const bool fargate = resources(document()).isFargate();
    for (Field *field : std::as_const(m_ec2Only))
        field->setVisible(!fargate);
    m_bid->setVisible(!fargate && isSpot(document()));
    qobject_cast<QCheckBox *>(m_spot->editor())
        ->setText(fargate ? EnvironmentPages::tr("Use Fargate Spot capacity")
                          : EnvironmentPages::tr("Enable using Spot instances"));
}

NetworkConfigurationPage::NetworkConfigurationPage(models::ComputeEnvironmentDraft &draft)
    : EnvironmentPage(draft)
{
    addSection(EnvironmentPages::tr("Network configuration"),
               EnvironmentPages::tr(
                   "On AWS these say where the machines stand. Here each job has a network "
                   "of its own: its containers reach each other at localhost and the outside "
                   "through this machine."));
    addRow(
        {boundWords(
             EnvironmentPages::tr("Subnets"), u"computeResources.subnets"_s,
             [](const ComputeEnvironment &e) { return resources(e).subnets; },
             [](ComputeEnvironment &e, const QStringList &value) { resources(e).subnets = value; })
             ->setHelp(EnvironmentPages::tr("Ids, parted by commas.")),
         boundWords(
             EnvironmentPages::tr("Security groups"), u"computeResources.securityGroupIds"_s,
             [](const ComputeEnvironment &e) { return resources(e).securityGroupIds; },
             [](ComputeEnvironment &e, const QStringList &value) {
                 resources(e).securityGroupIds = value;
             })
             ->setHelp(EnvironmentPages::tr("Ids, parted by commas."))});
    fillUp();
    NetworkConfigurationPage::refresh();
}

} // namespace batchyard::ui
