// The rules of overrides, alone and against what they override (API_ContainerOverrides,
// API_TaskContainerOverrides, API_EksContainerOverride).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

const QString legacyMember = QStringLiteral("containerOverrides");
const QString ecsMember = QStringLiteral("ecsPropertiesOverride");
const QString eksMember = QStringLiteral("eksPropertiesOverride");

QString ecsListPath(const QString &path)
{
    return joined(path, QStringLiteral("ecsPropertiesOverride.taskProperties[0].containers"));
}

QString podPath(const QString &path)
{
    return joined(path, QStringLiteral("eksPropertiesOverride.podProperties"));
}

Faults emptyWordFaults(const QStringList &command, const QString &path)
{
    FaultList faults;
    for (qsizetype i = 0; i < command.size(); ++i) {
        if (command[i].isEmpty())
            faults.error(indexed(path, i),
                         QStringLiteral("An overriding command cannot have an empty string."));
    }
    return faults.take();
}

Faults containerOverrideFaults(const TaskContainerOverrides &overrides, const QString &path)
{
    FaultList faults;
    faults += environmentFaults(overrides.environment, joined(path, QStringLiteral("environment")),
                                limits::submitBytes);
    faults += emptyWordFaults(overrides.command, joined(path, QStringLiteral("command")));
    for (const DeprecatedOverride &deprecated : deprecatedOverrides(overrides)) {
        const QString value = QString::number(deprecated.value);
        faults.error(joined(path, deprecated.name),
                     deprecated.type == u"VCPU" ? vcpuFault(value) : memoryFault(value));
    }
    faults
        += requirementFaults(overrides.resourceRequirements,
                             joined(path, QStringLiteral("resourceRequirements")), Platform::Any);
    return faults.take();
}

template <typename Overrides>
Faults repeatedNameFaults(const QList<Overrides> &list, const QString &path)
{
    FaultList faults;
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (list.size() > 1 && std::ranges::count(list, list[i].name, &Overrides::name) > 1)
            faults.error(joined(indexed(path, i), QStringLiteral("name")),
                         QStringLiteral("The container %1 is overridden more than once.")
                             .arg(shown(list[i].name)));
    }
    return faults.take();
}

Faults podContainerOverrideFaults(const QList<EksContainerOverride> &list, const QString &path)
{
    FaultList faults;
    faults += repeatedNameFaults(list, path);
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString at = indexed(path, i);
        if (!list[i].image.isEmpty())
            faults.error(joined(at, QStringLiteral("image")), imageFault(list[i].image));
        faults += environmentFaults(list[i].env, joined(at, QStringLiteral("env")),
                                    limits::submitBytes);
        if (list[i].resources)
            faults
                += podResourceFaults(*list[i].resources, joined(at, QStringLiteral("resources")));
    }
    return faults.take();
}

Faults podOverrideFaults(const EksPropertiesOverride &overrides, const QString &path)
{
    FaultList faults;
    if (!overrides.podProperties)
        return {};
    const EksPodPropertiesOverride &pod = *overrides.podProperties;
    faults
        += podContainerOverrideFaults(pod.containers, joined(path, QStringLiteral("containers")));
    faults += podContainerOverrideFaults(pod.initContainers,
                                         joined(path, QStringLiteral("initContainers")));
    if (pod.metadata)
        faults += metadataFaults(*pod.metadata, joined(path, QStringLiteral("metadata")));
    return faults.take();
}

// The members that are given, in the order of the shapes.
QStringList membersOf(const NodePropertyOverride &overrides)
{
    QStringList members;
    if (overrides.containerOverrides)
        members.append(legacyMember);
    if (!overrides.ecsPropertiesOverride.isEmpty())
        members.append(ecsMember);
    if (overrides.eksPropertiesOverride)
        members.append(eksMember);
    return members;
}

// The member that overrides this form, and the form's own.
std::pair<QString, QString> overridingMember(const NodeRangeProperty &forms)
{
    if (forms.eksProperties)
        return {eksMember, QStringLiteral("eksProperties")};
    if (forms.ecsProperties)
        return {ecsMember, QStringLiteral("ecsProperties")};
    return {legacyMember, QStringLiteral("containerProperties")};
}

Faults unknownContainerFaults(const QList<TaskContainerOverrides> &list,
                              QList<TaskContainerProperties> containers, const QString &owner,
                              const QString &path)
{
    FaultList faults;
    QStringList names;
    for (const TaskContainerProperties &container : containers)
        names.append(container.name.isEmpty() ? QString(legacyContainerName) : container.name);
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (!overriddenContainer(containers, list[i]))
            faults.error(joined(indexed(path, i), QStringLiteral("name")),
                         QStringLiteral("%1 has no container %2; it has %3.")
                             .arg(owner, shown(list[i].name), alternatives(names)));
    }
    return faults.take();
}

Faults unknownPodContainerFaults(const QList<EksContainerOverride> &list,
                                 QList<EksContainer> containers, const QString &owner,
                                 const QString &path)
{
    FaultList faults;
    QStringList names;
    for (const EksContainer &container : containers)
        names.append(container.name.isEmpty() ? QString(defaultPodContainerName) : container.name);
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (overriddenContainer(containers, list[i]))
            continue;
        const QString namePath = joined(indexed(path, i), QStringLiteral("name"));
        if (names.isEmpty())
            faults.error(namePath,
                         QStringLiteral("%1 has no such containers to override.").arg(owner));
        else
            faults.error(namePath,
                         QStringLiteral("%1 has no container %2; it has %3.")
                             .arg(owner, shown(list[i].name), alternatives(names)));
    }
    return faults.take();
}

} // namespace

Faults overrideFaults(const NodePropertyOverride &overrides, const QString &path)
{
    FaultList faults;
    const auto &list = overrides.ecsPropertiesOverride;
    if (overrides.containerOverrides)
        faults
            += containerOverrideFaults(*overrides.containerOverrides, joined(path, legacyMember));
    faults += repeatedNameFaults(list, ecsListPath(path));
    for (qsizetype i = 0; i < list.size(); ++i)
        faults += containerOverrideFaults(list[i], indexed(ecsListPath(path), i));
    if (overrides.eksPropertiesOverride)
        faults += podOverrideFaults(*overrides.eksPropertiesOverride, podPath(path));
    if (const QStringList members = membersOf(overrides); members.size() > 1)
        faults.error(joined(path, members.first()),
                     QStringLiteral("%1 are given; only one of them is allowed.")
                         .arg(members.join(QStringLiteral(" and "))));
    faults
        += consumableFaults(overrides.consumableResourcePropertiesOverride,
                            joined(path, QStringLiteral("consumableResourcePropertiesOverride")));
    return faults.take();
}

Faults mismatchFaults(const NodePropertyOverride &overrides, const NodeRangeProperty &forms,
                      const QString &path, const QString &owner)
{
    FaultList faults;
    const auto [allowed, form] = overridingMember(forms);
    for (const QString &member : membersOf(overrides)) {
        if (member != allowed)
            faults.error(
                joined(path, member),
                QStringLiteral("%1 has %2; override it with %3.").arg(owner, form, allowed));
    }
    if (forms.ecsProperties)
        faults += unknownContainerFaults(overrides.ecsPropertiesOverride,
                                         forms.ecsProperties->containers, owner, ecsListPath(path));
    if (forms.eksProperties && forms.eksProperties->podProperties && overrides.eksPropertiesOverride
        && overrides.eksPropertiesOverride->podProperties) {
        const EksPodProperties &pod = *forms.eksProperties->podProperties;
        const EksPodPropertiesOverride &changes = *overrides.eksPropertiesOverride->podProperties;
        faults += unknownPodContainerFaults(changes.containers, pod.containers, owner,
                                            joined(podPath(path), QStringLiteral("containers")));
        faults
            += unknownPodContainerFaults(changes.initContainers, pod.initContainers, owner,
                                         joined(podPath(path), QStringLiteral("initContainers")));
    }
    return faults.take();
}

} // namespace batchyard::batch
