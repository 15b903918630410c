// validate(SchedulingPolicy) and validate(ConsumableResource) (API_CreateSchedulingPolicy,
// API_ShareAttributes, API_CreateConsumableResource, API_ConsumableResourceRequirement).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

const QStringList resourceKinds{QStringLiteral("REPLENISHABLE"),
                                QStringLiteral("NON_REPLENISHABLE")};

bool isPrefix(const QString &identifier)
{
    return identifier.endsWith(u'*');
}

QStringView withoutStar(const QString &identifier)
{
    return isPrefix(identifier) ? QStringView(identifier).chopped(1) : QStringView(identifier);
}

// Whether some share identifier of a job would be in both.
bool overlap(const QString &one, const QString &other)
{
    return (isPrefix(one) && withoutStar(other).startsWith(withoutStar(one)))
        || (isPrefix(other) && withoutStar(one).startsWith(withoutStar(other))) || one == other;
}

QString weightFault(double weight)
{
    if (weight >= limits::weightMinimum && weight <= limits::weightMaximum)
        return {};
    return QStringLiteral("weightFactor is %1; it must be from %2 to %3.")
        .arg(QString::number(weight), QString::number(limits::weightMinimum),
             QString::number(limits::weightMaximum, 'f', 4));
}

Faults shareFaults(const QList<ShareAttributes> &shares, const QString &path)
{
    FaultList faults;
    if (shares.size() > limits::shares) {
        faults.error(path,
                     QStringLiteral("There are %1 shares; at most %2 are allowed.")
                         .arg(shares.size())
                         .arg(limits::shares));
        return faults.take();
    }
    for (qsizetype i = 0; i < shares.size(); ++i) {
        const QString idPath = joined(indexed(path, i), QStringLiteral("shareIdentifier"));
        const QString &identifier = shares[i].shareIdentifier;
        faults.error(idPath, shareIdentifierFault(identifier, true));
        if (shares[i].weightFactor)
            faults.error(joined(indexed(path, i), QStringLiteral("weightFactor")),
                         weightFault(*shares[i].weightFactor));
        const auto earlier
            = std::find_if(shares.begin(), shares.begin() + i, [&](const ShareAttributes &other) {
                  return overlap(other.shareIdentifier, identifier);
              });
        if (earlier != shares.begin() + i)
            faults.error(idPath,
                         QStringLiteral("%1 overlaps %2; a share identifier may be in one entry "
                                        "only.")
                             .arg(shown(identifier), shown(earlier->shareIdentifier)));
    }
    return faults.take();
}

} // namespace

Faults validate(const SchedulingPolicy &policy)
{
    FaultList faults;
    faults.error(QStringLiteral("name"),
                 resourceNameFault(QStringLiteral("Scheduling policy name"), policy.name));
    if (policy.quotaSharePolicy)
        faults.error(QStringLiteral("quotaSharePolicy"),
                     QStringLiteral("quotaSharePolicy is for service jobs, which do not run here; "
                                    "use fairsharePolicy."));
    if (policy.fairsharePolicy) {
        const FairsharePolicy &fairshare = *policy.fairsharePolicy;
        const QString path = QStringLiteral("fairsharePolicy");
        if (fairshare.shareDecaySeconds)
            faults.error(joined(path, QStringLiteral("shareDecaySeconds")),
                         rangeFault(QStringLiteral("shareDecaySeconds"),
                                    *fairshare.shareDecaySeconds, 0, limits::shareDecayMaximum));
        if (fairshare.computeReservation)
            faults.error(joined(path, QStringLiteral("computeReservation")),
                         rangeFault(QStringLiteral("computeReservation"),
                                    *fairshare.computeReservation, 0,
                                    limits::computeReservationMaximum));
        faults += shareFaults(fairshare.shareDistribution,
                              joined(path, QStringLiteral("shareDistribution")));
    }
    faults += tagFaults(policy.tags, QStringLiteral("tags"));
    return faults.take();
}

Faults validate(const ConsumableResource &resource)
{
    FaultList faults;
    faults.error(QStringLiteral("consumableResourceName"),
                 resourceNameFault(QStringLiteral("Consumable resource name"),
                                   resource.consumableResourceName));
    if (resource.totalQuantity && *resource.totalQuantity < 0)
        faults.error(QStringLiteral("totalQuantity"),
                     QStringLiteral("totalQuantity is %1; it must be 0 or more.")
                         .arg(*resource.totalQuantity));
    if (!resource.resourceType.isEmpty() && !resourceKinds.contains(resource.resourceType))
        faults.error(QStringLiteral("resourceType"),
                     QStringLiteral("resourceType is %1; allowed are %2.")
                         .arg(shown(resource.resourceType), alternatives(resourceKinds)));
    faults += tagFaults(resource.tags, QStringLiteral("tags"));
    return faults.take();
}

Faults consumableFaults(const std::optional<ConsumableResourceProperties> &properties,
                        const QString &path)
{
    FaultList faults;
    if (!properties)
        return {};
    const auto &list = properties->consumableResourceList;
    const QString listPath = joined(path, QStringLiteral("consumableResourceList"));
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString namePath = joined(indexed(listPath, i), QStringLiteral("consumableResource"));
        const QString &name = list[i].consumableResource;
        if (name.isEmpty())
            faults.error(namePath,
                         QStringLiteral("consumableResource is required: a name or an ARN."));
        else if (std::ranges::count(list, name, &ConsumableResourceRequirement::consumableResource)
                 > 1)
            faults.error(
                namePath,
                QStringLiteral("The consumable resource %1 is named twice.").arg(shown(name)));
        if (list[i].quantity && *list[i].quantity < 1)
            faults.error(
                joined(indexed(listPath, i), QStringLiteral("quantity")),
                QStringLiteral("quantity is %1; it must be 1 or more.").arg(*list[i].quantity));
    }
    return faults.take();
}

} // namespace batchyard::batch
