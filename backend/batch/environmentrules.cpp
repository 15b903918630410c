// validate(ComputeEnvironment) (API_CreateComputeEnvironment, API_ComputeResource).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

const QStringList resourceTypes{QStringLiteral("EC2"), QStringLiteral("SPOT"),
                                QStringLiteral("FARGATE"), QStringLiteral("FARGATE_SPOT")};
const QStringList strategies{QStringLiteral("BEST_FIT"),
                             QStringLiteral("BEST_FIT_PROGRESSIVE"),
                             QStringLiteral("BEST_FIT_PROGRESSIVE_ORDERED"),
                             QStringLiteral("SPOT_CAPACITY_OPTIMIZED"),
                             QStringLiteral("SPOT_PRICE_CAPACITY_OPTIMIZED"),
                             QStringLiteral("SPOT_CAPACITY_OPTIMIZED_PRIORITIZED")};

const QString resourcesPath = QStringLiteral("computeResources");

QString at(const QString &name)
{
    return joined(resourcesPath, name);
}

Faults fargateResourceFaults(const ComputeResource &resource)
{
    FaultList faults;
    const auto refuse = [&](bool isThere, const QString &name) {
        if (isThere)
            faults.error(at(name),
                         QStringLiteral("Fargate does not allow %1; take it out.").arg(name));
    };
    refuse(!resource.allocationStrategy.isEmpty(), QStringLiteral("allocationStrategy"));
    refuse(resource.bidPercentage.has_value(), QStringLiteral("bidPercentage"));
    refuse(resource.desiredvCpus.has_value(), QStringLiteral("desiredvCpus"));
    refuse(resource.minvCpus.has_value(), QStringLiteral("minvCpus"));
    refuse(!resource.instanceTypes.isEmpty(), QStringLiteral("instanceTypes"));
    refuse(!resource.ec2KeyPair.isEmpty(), QStringLiteral("ec2KeyPair"));
    refuse(!resource.instanceRole.isEmpty(), QStringLiteral("instanceRole"));
    refuse(!resource.placementGroup.isEmpty(), QStringLiteral("placementGroup"));
    refuse(!resource.spotIamFleetRole.isEmpty(), QStringLiteral("spotIamFleetRole"));
    refuse(!resource.tags.isEmpty(), QStringLiteral("tags"));
    refuse(!resource.imageId.isEmpty(), QStringLiteral("imageId"));
    refuse(!resource.ec2Configuration.isEmpty(), QStringLiteral("ec2Configuration"));
    refuse(resource.launchTemplate.has_value(), QStringLiteral("launchTemplate"));
    if (resource.subnets.size() > limits::fargateSubnets)
        faults.error(at(QStringLiteral("subnets")),
                     QStringLiteral("There are %1 subnets; Fargate allows at most %2.")
                         .arg(resource.subnets.size())
                         .arg(limits::fargateSubnets));
    if (resource.securityGroupIds.size() > limits::securityGroups)
        faults.error(at(QStringLiteral("securityGroupIds")),
                     QStringLiteral("There are %1 security groups; Fargate allows at most %2.")
                         .arg(resource.securityGroupIds.size())
                         .arg(limits::securityGroups));
    return faults.take();
}

Faults ec2ResourceFaults(const ComputeResource &resource)
{
    FaultList faults;
    const bool isSpot = resource.type == u"SPOT";
    const int maximum = resource.maxvCpus.value_or(0);
    const int minimum = resource.minvCpus.value_or(0);
    faults.error(at(QStringLiteral("minvCpus")),
                 rangeFault(QStringLiteral("minvCpus"), minimum, 0));
    if (minimum > maximum && resource.maxvCpus)
        faults.error(at(QStringLiteral("minvCpus")),
                     QStringLiteral("minvCpus is %1; it must not be above maxvCpus, %2.")
                         .arg(minimum)
                         .arg(maximum));
    if (resource.desiredvCpus && resource.maxvCpus
        && (*resource.desiredvCpus < minimum || *resource.desiredvCpus > maximum))
        faults.error(at(QStringLiteral("desiredvCpus")),
                     QStringLiteral("desiredvCpus is %1; it must be between minvCpus and maxvCpus, "
                                    "from %2 to %3.")
                         .arg(*resource.desiredvCpus)
                         .arg(minimum)
                         .arg(maximum));
    const QString &strategy = resource.allocationStrategy;
    if (!strategy.isEmpty() && !strategies.contains(strategy))
        faults.error(at(QStringLiteral("allocationStrategy")),
                     QStringLiteral("allocationStrategy is %1; allowed are %2.")
                         .arg(shown(strategy), alternatives(strategies)));
    else if (strategy.startsWith(u"SPOT_") && !isSpot)
        faults.error(
            at(QStringLiteral("allocationStrategy")),
            QStringLiteral("%1 is for the type `SPOT`, not for `EC2`.").arg(shown(strategy)));
    if (resource.bidPercentage) {
        faults.error(at(QStringLiteral("bidPercentage")),
                     rangeFault(QStringLiteral("bidPercentage"), *resource.bidPercentage, 1,
                                limits::bidPercentageMaximum));
        if (!isSpot)
            faults.error(at(QStringLiteral("bidPercentage")),
                         QStringLiteral("bidPercentage is for the type `SPOT`; take it out for "
                                        "`EC2`."));
    }
    return faults.take();
}

// What AWS needs and this machine does not: names of subnets, groups and roles.
Faults onlyForAwsFaults(const ComputeResource &resource)
{
    FaultList faults;
    const auto missing = [&](bool isMissing, const QString &name) {
        if (isMissing)
            faults.warning(at(name),
                           QStringLiteral("AWS needs %1; it has no effect here.").arg(name));
    };
    missing(resource.subnets.isEmpty(), QStringLiteral("subnets"));
    missing(resource.isFargate() && resource.securityGroupIds.isEmpty(),
            QStringLiteral("securityGroupIds"));
    missing(!resource.isFargate() && resource.instanceRole.isEmpty(),
            QStringLiteral("instanceRole"));
    const bool isBestFit
        = resource.allocationStrategy.isEmpty() || resource.allocationStrategy == u"BEST_FIT";
    missing(resource.type == u"SPOT" && isBestFit && resource.spotIamFleetRole.isEmpty(),
            QStringLiteral("spotIamFleetRole"));
    return faults.take();
}

Faults resourceFaults(const ComputeResource &resource, bool isEks)
{
    FaultList faults;
    if (!resourceTypes.contains(resource.type)) {
        faults.error(at(QStringLiteral("type")),
                     QStringLiteral("type is %1; allowed are %2.")
                         .arg(shown(resource.type), alternatives(resourceTypes)));
        return faults.take();
    }
    if (!resource.maxvCpus)
        faults.error(at(QStringLiteral("maxvCpus")),
                     QStringLiteral("maxvCpus is required: how many vCPUs jobs may use together."));
    else
        faults.error(at(QStringLiteral("maxvCpus")),
                     rangeFault(QStringLiteral("maxvCpus"), *resource.maxvCpus,
                                resource.isFargate() ? 1 : 0));
    faults += resource.isFargate() ? fargateResourceFaults(resource) : ec2ResourceFaults(resource);
    faults += onlyForAwsFaults(resource);
    if (!resource.isFargate() && resource.instanceTypes.isEmpty())
        faults.warning(
            at(QStringLiteral("instanceTypes")),
            QStringLiteral("Without instanceTypes the compute environment is INVALID and "
                           "starts no jobs; `optimal` is a good choice."));
    if (!resource.isFargate()) {
        faults += tagFaults(resource.tags, at(QStringLiteral("tags")));
        faults += instanceFaults(resource, isEks, resourcesPath);
    }
    return faults.take();
}

Faults eksFaults(const ComputeEnvironment &environment)
{
    FaultList faults;
    const QString path = QStringLiteral("eksConfiguration");
    const QString &cluster = environment.eksConfiguration->eksClusterArn;
    if (!cluster.startsWith(u"arn:") || !cluster.contains(u":cluster/"))
        faults.error(joined(path, QStringLiteral("eksClusterArn")),
                     QStringLiteral("eksClusterArn is %1; it must be an ARN such as "
                                    "`arn:aws:eks:us-east-1:123456789012:cluster/name`.")
                         .arg(shown(cluster)));
    faults.error(joined(path, QStringLiteral("kubernetesNamespace")),
                 namespaceFault(environment.eksConfiguration->kubernetesNamespace));
    if (environment.computeResources && environment.computeResources->isFargate())
        faults.error(at(QStringLiteral("type")),
                     QStringLiteral("Environments of EKS have the type `EC2` or `SPOT`, not %1.")
                         .arg(shown(environment.computeResources->type)));
    return faults.take();
}

Faults settingsFaults(const ComputeEnvironment &environment)
{
    FaultList faults;
    static const QStringList insights{QStringLiteral("ENABLED"), QStringLiteral("DISABLED"),
                                      QStringLiteral("ENHANCED")};
    if (environment.updatePolicy && environment.updatePolicy->jobExecutionTimeoutMinutes) {
        const qint64 minutes = *environment.updatePolicy->jobExecutionTimeoutMinutes;
        if (minutes < 1 || minutes > limits::updateTimeoutMaximum)
            faults.error(
                QStringLiteral("updatePolicy.jobExecutionTimeoutMinutes"),
                QStringLiteral("jobExecutionTimeoutMinutes is %1; it must be from 1 to %2.")
                    .arg(minutes)
                    .arg(limits::updateTimeoutMaximum));
    }
    if (environment.ecsSettings && !environment.ecsSettings->containerInsights.isEmpty()
        && !insights.contains(environment.ecsSettings->containerInsights))
        faults.error(
            QStringLiteral("ecsSettings.containerInsights"),
            QStringLiteral("containerInsights is %1; allowed are %2.")
                .arg(shown(environment.ecsSettings->containerInsights), alternatives(insights)));
    return faults.take();
}

} // namespace

Faults validate(const ComputeEnvironment &environment)
{
    FaultList faults;
    faults.error(QStringLiteral("computeEnvironmentName"),
                 resourceNameFault(QStringLiteral("Compute environment name"),
                                   environment.computeEnvironmentName));
    const bool isManaged = environment.type == u"MANAGED";
    if (!isManaged && environment.type != u"UNMANAGED")
        faults.error(QStringLiteral("type"),
                     QStringLiteral("type is %1; allowed are `MANAGED` and `UNMANAGED`.")
                         .arg(shown(environment.type)));
    if (!environment.state.isEmpty() && environment.state != u"ENABLED"
        && environment.state != u"DISABLED")
        faults.error(QStringLiteral("state"),
                     QStringLiteral("state is %1; allowed are `ENABLED` and `DISABLED`.")
                         .arg(shown(environment.state)));
    if (isManaged && !environment.computeResources)
        faults.error(resourcesPath,
                     QStringLiteral("computeResources is required for the type `MANAGED`."));
    if (environment.unmanagedvCpus) {
        faults.error(QStringLiteral("unmanagedvCpus"),
                     rangeFault(QStringLiteral("unmanagedvCpus"), *environment.unmanagedvCpus, 0));
        if (isManaged)
            faults.error(
                QStringLiteral("unmanagedvCpus"),
                QStringLiteral("unmanagedvCpus is for the type `UNMANAGED`; take it out."));
    }
    if (environment.eksConfiguration)
        faults += eksFaults(environment);
    faults += settingsFaults(environment);
    if (environment.computeResources)
        faults += resourceFaults(*environment.computeResources,
                                 environment.eksConfiguration.has_value());
    faults += tagFaults(environment.tags, QStringLiteral("tags"));
    return faults.take();
}

} // namespace batchyard::batch
