// The rules of what only EC2 instances have in a compute environment (API_ComputeResource,
// API_LaunchTemplateSpecification, API_Ec2Configuration, API_ComputeScalingPolicy).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

const QStringList userdataTypes{QStringLiteral("EKS_BOOTSTRAP_SH"), QStringLiteral("EKS_NODEADM")};

// One of the two names a template; both at once contradict each other.
QString identityFault(const QString &id, const QString &name)
{
    if (id.isEmpty() && name.isEmpty())
        return QStringLiteral("launchTemplateId or launchTemplateName is required.");
    if (!id.isEmpty() && !name.isEmpty())
        return QStringLiteral("launchTemplateId and launchTemplateName are given; only one of them "
                              "is allowed.");
    return {};
}

QString userdataFault(const QString &type)
{
    if (type.isEmpty() || userdataTypes.contains(type))
        return {};
    return QStringLiteral("userdataType is %1; allowed are %2.")
        .arg(shown(type), alternatives(userdataTypes));
}

Faults launchTemplateFaults(const LaunchTemplate &launchTemplate, const QString &path)
{
    FaultList faults;
    faults.error(path,
                 identityFault(launchTemplate.launchTemplateId, launchTemplate.launchTemplateName));
    faults.error(joined(path, QStringLiteral("userdataType")),
                 userdataFault(launchTemplate.userdataType));
    const QString listPath = joined(path, QStringLiteral("overrides"));
    if (launchTemplate.overrides.size() > limits::launchTemplateOverrides)
        faults.error(listPath,
                     QStringLiteral("There are %1 overrides; at most %2 are allowed.")
                         .arg(launchTemplate.overrides.size())
                         .arg(limits::launchTemplateOverrides));
    for (qsizetype i = 0; i < launchTemplate.overrides.size(); ++i) {
        const LaunchTemplateOverride &each = launchTemplate.overrides[i];
        const QString at = indexed(listPath, i);
        faults.error(at, identityFault(each.launchTemplateId, each.launchTemplateName));
        faults.error(joined(at, QStringLiteral("userdataType")), userdataFault(each.userdataType));
    }
    return faults.take();
}

Faults imageFaults(const Ec2Configuration &configuration, bool isEks, const QString &path)
{
    FaultList faults;
    const QString typePath = joined(path, QStringLiteral("imageType"));
    const QString &type = configuration.imageType;
    const QString prefix = isEks ? QStringLiteral("EKS_") : QStringLiteral("ECS_");
    if (type.isEmpty() || type.size() > limits::imageTypeLength || !type.startsWith(prefix))
        faults.error(typePath,
                     QStringLiteral("imageType is %1; it must be one that begins with %2, such as "
                                    "%3.")
                         .arg(shown(type), shown(prefix), shown(QString(prefix + u"AL2023"))));
    if (!configuration.imageKubernetesVersion.isEmpty() && !isEks)
        faults.error(joined(path, QStringLiteral("imageKubernetesVersion")),
                     QStringLiteral("imageKubernetesVersion is for environments of EKS; take it "
                                    "out."));
    return faults.take();
}

} // namespace

Faults instanceFaults(const ComputeResource &resource, bool isEks, const QString &path)
{
    FaultList faults;
    if (resource.launchTemplate)
        faults += launchTemplateFaults(*resource.launchTemplate,
                                       joined(path, QStringLiteral("launchTemplate")));
    const QString imagesPath = joined(path, QStringLiteral("ec2Configuration"));
    if (resource.ec2Configuration.size() > limits::ec2Configurations)
        faults.error(imagesPath,
                     QStringLiteral("There are %1 configurations; at most %2 are allowed.")
                         .arg(resource.ec2Configuration.size())
                         .arg(limits::ec2Configurations));
    for (qsizetype i = 0; i < resource.ec2Configuration.size(); ++i)
        faults += imageFaults(resource.ec2Configuration[i], isEks, indexed(imagesPath, i));
    if (resource.scalingPolicy && resource.scalingPolicy->minScaleDownDelayMinutes.value_or(0) != 0)
        faults.error(joined(path, QStringLiteral("scalingPolicy.minScaleDownDelayMinutes")),
                     rangeFault(QStringLiteral("minScaleDownDelayMinutes (when it is not 0)"),
                                *resource.scalingPolicy->minScaleDownDelayMinutes,
                                limits::scaleDownDelayMinimum, limits::scaleDownDelayMaximum));
    return faults.take();
}

} // namespace batchyard::batch
