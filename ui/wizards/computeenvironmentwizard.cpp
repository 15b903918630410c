#include "ui/wizards/computeenvironmentwizard.h"

#include "backend/async.h"
#include "ui/wizards/computeenvironmentpages.h"
#include "ui/wizards/reviewpage.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::ComputeEnvironment;

namespace {

QList<ReviewPage::Group> environmentSummary(const ComputeEnvironment &environment)
{
    using Wizard = ComputeEnvironmentWizard;
    const auto resource = environment.computeResources.value_or(batch::ComputeResource{});
    ReviewPage::Group configuration{
        Wizard::tr("Compute environment configuration"),
        0,
        {{Wizard::tr("Name"), shownText(environment.computeEnvironmentName)},
         {Wizard::tr("Orchestration type"), resource.type},
         {Wizard::tr("Service role"),
          environment.serviceRole.isEmpty() ? u"AWSServiceRoleForBatch"_s
                                            : environment.serviceRole}}};
    ReviewPage::Group instances{Wizard::tr("Instance configuration"),
                                1,
                                {{Wizard::tr("Maximum vCPUs"), shownNumber(resource.maxvCpus)}}};
    if (!resource.isFargate()) {
        configuration.rows.append({Wizard::tr("Instance role"), shownText(resource.instanceRole)});
        instances.rows.append({Wizard::tr("Minimum vCPUs"), shownNumber(resource.minvCpus)});
        instances.rows.append({Wizard::tr("Desired vCPUs"), shownNumber(resource.desiredvCpus)});
        instances.rows.append(
            {Wizard::tr("Allowed instance types"), shownList(resource.instanceTypes)});
        instances.rows.append(
            {Wizard::tr("Allocation strategy"), shownText(resource.allocationStrategy)});
    }
    const ReviewPage::Group network{
        Wizard::tr("Network configuration"),
        2,
        {{Wizard::tr("Subnets"), shownList(resource.subnets)},
         {Wizard::tr("Security groups"), shownList(resource.securityGroupIds)}}};
    return {configuration, instances, network};
}

} // namespace

ComputeEnvironmentWizard::ComputeEnvironmentWizard(batch::BatchService &service, QWidget *parent)
    : WizardDialog(std::make_unique<models::ComputeEnvironmentDraft>(emptyEnvironment()),
                   u"compute-environment"_s, tr("Create compute environment"), parent)
    , m_service(service)
    , m_document(static_cast<models::ComputeEnvironmentDraft &>(draft()))
{
    setWindowTitle(tr("Create compute environment"));
    auto *instances = new InstanceConfigurationPage(m_document);
    auto *review = new ReviewPage(m_document, u"compute-environment.json"_s,
                                  [this] { return environmentSummary(document()); });
    addStep(tr("Compute environment configuration"), new EnvironmentConfigurationPage(m_document));
    addStep(tr("Instance configuration"), instances);
    addStep(tr("Network configuration"), new NetworkConfigurationPage(m_document));
    addStep(tr("Review"), review);
    connect(review, &ReviewPage::editWanted, this, &WizardDialog::setStep);
    onFinished(m_service.engineStatus(), this,
               [instances](const Result<batch::EngineStatus> &status) {
                   if (status && status->reachable)
                       instances->setMachineCpus(status->cpus);
               });
    start();
}

void ComputeEnvironmentWizard::setDraft(const ComputeEnvironment &document)
{
    m_document.start(document);
    documentGiven();
}

const ComputeEnvironment &ComputeEnvironmentWizard::document() const
{
    return m_document.value();
}

void ComputeEnvironmentWizard::startAfresh()
{
    m_document.start(emptyEnvironment());
}

void ComputeEnvironmentWizard::submit()
{
    onFinished(m_service.createComputeEnvironment(document()), this,
               [this](const Result<batch::ResourceId> &result) {
                   if (!result)
                       return submitFailed(result.error());
                   emit created(result->name);
                   submitSucceeded();
               });
}

} // namespace batchyard::ui
