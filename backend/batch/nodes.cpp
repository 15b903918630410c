#include "backend/batch/nodes.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

// A node index; nullopt for anything but a few digits.
std::optional<int> nodeIndex(QStringView text)
{
    constexpr qsizetype longest = 6; // far above the number of nodes that a job may have
    const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
    if (text.isEmpty() || text.size() > longest || !std::ranges::all_of(text, isDigit))
        return {};
    return text.toInt();
}

} // namespace

std::optional<EcsTaskProperties> NodeRangeProperty::task() const
{
    if (ecsProperties)
        return ecsProperties;
    if (container)
        return toTask(*container);
    if (eksProperties && eksProperties->podProperties)
        return toTask(*eksProperties->podProperties);
    return {};
}

std::optional<NodeRange> nodeRange(QStringView targetNodes)
{
    const qsizetype colon = targetNodes.indexOf(u':');
    if (colon < 0) {
        const std::optional<int> node = nodeIndex(targetNodes);
        return node ? std::optional<NodeRange>({*node, node}) : std::nullopt;
    }
    const QStringView from = targetNodes.left(colon);
    const QStringView to = targetNodes.mid(colon + 1);
    const std::optional<int> first = from.isEmpty() ? 0 : nodeIndex(from);
    const std::optional<int> last = nodeIndex(to);
    if (!first || (!last && !to.isEmpty()) || (last && *last < *first))
        return {};
    return NodeRange{*first, last};
}

qsizetype rangeOfNode(const QList<NodeRangeProperty> &ranges, int node, int numNodes)
{
    qsizetype best = -1;
    int bestSize = 0;
    for (qsizetype i = 0; i < ranges.size(); ++i) {
        const std::optional<NodeRange> range = nodeRange(ranges[i].targetNodes);
        if (!range || !range->contains(node))
            continue;
        const int size = range->last.value_or(numNodes - 1) - range->first + 1;
        if (best < 0 || size <= bestSize) {
            best = i;
            bestSize = size;
        }
    }
    return best;
}

} // namespace batchyard::batch
