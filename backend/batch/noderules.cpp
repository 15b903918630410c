// The rules of multi-node parallel jobs (API_NodeProperties, API_NodeRangeProperty,
// API_NodeOverrides).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/wording.h"

#include <algorithm>
#include <set>

namespace batchyard::batch {

namespace {

const QString rangeForms = QStringLiteral("`0:3`, `4:`, `:3`, `:` and `2`");

QString targetFault(const QString &targetNodes)
{
    if (nodeRange(targetNodes))
        return {};
    return QStringLiteral("targetNodes is %1; allowed are ranges of node indexes such as %2.")
        .arg(shown(targetNodes), rangeForms);
}

// A range must name nodes that the job has.
QString beyondFault(const QString &targetNodes, int numNodes)
{
    const std::optional<NodeRange> range = nodeRange(targetNodes);
    if (!range || (range->first < numNodes && range->last.value_or(0) < numNodes))
        return {};
    return QStringLiteral("targetNodes is %1, but the job has the nodes 0 to %2.")
        .arg(shown(targetNodes))
        .arg(numNodes - 1);
}

Faults instanceTypesFaults(const QStringList &types, const QString &path)
{
    FaultList faults;
    if (types.size() > limits::instanceTypesPerRange)
        faults.error(joined(path, QStringLiteral("instanceTypes")),
                     QStringLiteral("There are %1 instance types; at most %2 is allowed.")
                         .arg(types.size())
                         .arg(limits::instanceTypesPerRange));
    return faults.take();
}

QStringList targetsOf(const NodeProperties &nodes)
{
    QStringList targets;
    for (const NodeRangeProperty &range : nodes.nodeRangeProperties)
        targets.append(range.targetNodes);
    return targets;
}

QString coverageFault(const NodeProperties &nodes, int numNodes)
{
    for (const int node : nodeBoundaries(targetsOf(nodes), numNodes)) {
        if (rangeOfNode(nodes.nodeRangeProperties, node, numNodes) < 0)
            return QStringLiteral("No range has node %1; the ranges must have all nodes from 0 to "
                                  "%2.")
                .arg(node)
                .arg(numNodes - 1);
    }
    return {};
}

QString namespaceOf(const NodeRangeProperty &range)
{
    if (!range.eksProperties || !range.eksProperties->podProperties
        || !range.eksProperties->podProperties->metadata)
        return {};
    return range.eksProperties->podProperties->metadata->kubernetesNamespace;
}

// What all ranges must have in common: pods with one namespace, or no pods.
QString mixtureFault(const QList<NodeRangeProperty> &ranges)
{
    const auto isPod
        = [](const NodeRangeProperty &range) { return range.eksProperties.has_value(); };
    if (std::ranges::any_of(ranges, isPod) && !std::ranges::all_of(ranges, isPod))
        return QStringLiteral("Some ranges have eksProperties and others have not; all nodes of a "
                              "job must be of one kind.");
    for (const NodeRangeProperty &range : ranges) {
        if (namespaceOf(range) != namespaceOf(ranges.first()))
            return QStringLiteral("The ranges have the namespaces %1 and %2; all nodes of a job "
                                  "must be in one.")
                .arg(shown(namespaceOf(ranges.first())), shown(namespaceOf(range)));
    }
    return {};
}

// Exactly one of the three forms.
QString formCountFault(const NodeRangeProperty &range)
{
    const int forms = int(range.container.has_value()) + int(range.ecsProperties.has_value())
        + int(range.eksProperties.has_value());
    if (forms == 1)
        return {};
    return QStringLiteral("The range has %1 of container, ecsProperties and eksProperties; it must "
                          "have exactly one.")
        .arg(forms);
}

Faults rangeFaults(const NodeProperties &nodes, qsizetype index, const QString &path)
{
    const NodeRangeProperty &range = nodes.nodeRangeProperties[index];
    FaultList faults;
    const QString targetPath = joined(path, QStringLiteral("targetNodes"));
    faults.error(targetPath, targetFault(range.targetNodes));
    faults.error(targetPath, beyondFault(range.targetNodes, nodes.numNodes));
    const auto isSame = [&](const NodeRangeProperty &other) {
        return nodeRange(other.targetNodes) == nodeRange(range.targetNodes);
    };
    if (nodeRange(range.targetNodes)
        && std::any_of(nodes.nodeRangeProperties.begin(), nodes.nodeRangeProperties.begin() + index,
                       isSame))
        faults.error(
            targetPath,
            QStringLiteral("The nodes %1 have a range already.").arg(shown(range.targetNodes)));
    faults += instanceTypesFaults(range.instanceTypes, path);
    faults.error(path, formCountFault(range));
    faults += formFaults(range, path, QStringLiteral("container"), false);
    faults += consumableFaults(range.consumableResourceProperties,
                               joined(path, QStringLiteral("consumableResourceProperties")));
    return faults.take();
}

// The conditions under which the number of nodes may be another (API_NodeOverrides.numNodes).
QString numNodesMismatch(int numNodes, const NodeProperties &nodes)
{
    const auto isOpen = [](const NodeRangeProperty &range) {
        const auto parsed = nodeRange(range.targetNodes);
        return parsed && !parsed->last;
    };
    if (std::ranges::none_of(nodes.nodeRangeProperties, isOpen))
        return QStringLiteral("numNodes can be overridden only when a range of the definition has "
                              "an open end, such as `0:`.");
    if (nodes.mainNode >= numNodes)
        return QStringLiteral("numNodes is %1; it must be above the main node's index, %2.")
            .arg(numNodes)
            .arg(nodes.mainNode);
    for (const NodeRangeProperty &range : nodes.nodeRangeProperties) {
        const auto parsed = nodeRange(range.targetNodes);
        if (parsed && parsed->first >= numNodes)
            return QStringLiteral("numNodes is %1; it must be above the first node of the "
                                  "definition's range %2.")
                .arg(numNodes)
                .arg(shown(range.targetNodes));
    }
    return coverageFault(nodes, numNodes);
}

} // namespace

QList<int> nodeBoundaries(const QStringList &targets, int numNodes)
{
    std::set<int> boundaries{0};
    for (const QString &target : targets) {
        if (const std::optional<NodeRange> range = nodeRange(target)) {
            boundaries.insert(range->first);
            boundaries.insert(range->last.value_or(numNodes - 1) + 1);
        }
    }
    QList<int> result;
    for (const int node : boundaries) {
        if (node < numNodes)
            result.append(node);
    }
    return result;
}

Faults nodeFaults(const NodeProperties &nodes, const QString &path)
{
    FaultList faults;
    const QString countPath = joined(path, QStringLiteral("numNodes"));
    const QString countFault
        = rangeFault(QStringLiteral("numNodes"), nodes.numNodes, 1, limits::nodesMaximum);
    faults.error(countPath, countFault);
    if (nodes.mainNode < 0 || nodes.mainNode >= nodes.numNodes)
        faults.error(joined(path, QStringLiteral("mainNode")),
                     QStringLiteral("mainNode is %1; it must be the index of a node, from 0 to %2.")
                         .arg(nodes.mainNode)
                         .arg(nodes.numNodes - 1));
    const auto &ranges = nodes.nodeRangeProperties;
    const QString rangesPath = joined(path, QStringLiteral("nodeRangeProperties"));
    if (ranges.isEmpty() || ranges.size() > limits::nodeRanges) {
        faults.error(rangesPath,
                     QStringLiteral("There are %1 ranges; a job has from 1 to %2.")
                         .arg(ranges.size())
                         .arg(limits::nodeRanges));
        return faults.take();
    }
    for (qsizetype i = 0; i < ranges.size(); ++i)
        faults += rangeFaults(nodes, i, indexed(rangesPath, i));
    if (countFault.isEmpty())
        faults.error(rangesPath, coverageFault(nodes, nodes.numNodes));
    faults.error(rangesPath, mixtureFault(ranges));
    return faults.take();
}

Faults nodeOverrideFaults(const NodeOverrides &overrides, const QString &path)
{
    FaultList faults;
    if (overrides.numNodes)
        faults.error(
            joined(path, QStringLiteral("numNodes")),
            rangeFault(QStringLiteral("numNodes"), *overrides.numNodes, 1, limits::nodesMaximum));
    const QString listPath = joined(path, QStringLiteral("nodePropertyOverrides"));
    for (qsizetype i = 0; i < overrides.nodePropertyOverrides.size(); ++i) {
        const NodePropertyOverride &each = overrides.nodePropertyOverrides[i];
        const QString at = indexed(listPath, i);
        faults.error(joined(at, QStringLiteral("targetNodes")), targetFault(each.targetNodes));
        faults += instanceTypesFaults(each.instanceTypes, at);
        faults += overrideFaults(each, at);
    }
    return faults.take();
}

Faults nodeMismatchFaults(const NodeOverrides &overrides, const NodeProperties &nodes,
                          const QString &path)
{
    FaultList faults;
    const int numNodes = overrides.numNodes.value_or(nodes.numNodes);
    if (overrides.numNodes)
        faults.error(joined(path, QStringLiteral("numNodes")), numNodesMismatch(numNodes, nodes));
    const QString listPath = joined(path, QStringLiteral("nodePropertyOverrides"));
    for (qsizetype i = 0; i < overrides.nodePropertyOverrides.size(); ++i) {
        const NodePropertyOverride &each = overrides.nodePropertyOverrides[i];
        const QString at = indexed(listPath, i);
        const QString beyond = beyondFault(each.targetNodes, numNodes);
        faults.error(joined(at, QStringLiteral("targetNodes")), beyond);
        const std::optional<NodeRange> target = nodeRange(each.targetNodes);
        if (!beyond.isEmpty() || !target)
            continue;
        Faults mismatches; // each once, whichever nodes it is of
        for (const int node : nodeBoundaries(targetsOf(nodes) << each.targetNodes, numNodes)) {
            const qsizetype range = rangeOfNode(nodes.nodeRangeProperties, node, numNodes);
            if (!target->contains(node) || range < 0)
                continue;
            const QString owner = QStringLiteral("The range %1")
                                      .arg(shown(nodes.nodeRangeProperties[range].targetNodes));
            for (const Fault &fault :
                 mismatchFaults(each, nodes.nodeRangeProperties[range], at, owner)) {
                if (!mismatches.contains(fault))
                    mismatches.append(fault);
            }
        }
        faults += mismatches;
    }
    return faults.take();
}

} // namespace batchyard::batch
