// Multi-node parallel jobs (API_NodeProperties, API_NodeRangeProperty).
#pragma once

#include "backend/batch/consumableresource.h"
#include "backend/batch/pod.h"

namespace batchyard::batch {

struct NodeRangeProperty {
    QString targetNodes; // "0:3", "4:", ":3", ":" or one index
    std::optional<ContainerProperties> container; // exactly one of the three
    std::optional<EcsTaskProperties> ecsProperties; // taskProperties[0]
    std::optional<EksProperties> eksProperties;
    QStringList instanceTypes;
    std::optional<ConsumableResourceProperties> consumableResourceProperties; // of each node
    UnknownMembers unknown;

    // What runs on each node of the range; nullopt when none of the three is set.
    [[nodiscard]] std::optional<EcsTaskProperties> task() const;
    friend bool operator==(const NodeRangeProperty &, const NodeRangeProperty &) = default;
};

struct NodeProperties {
    int numNodes = 0;
    int mainNode = 0;
    QList<NodeRangeProperty> nodeRangeProperties;
    UnknownMembers unknown;
    friend bool operator==(const NodeProperties &, const NodeProperties &) = default;
};

// The nodes a range names, both ends included. A missing first is 0; a missing last is the job's
// highest node, which depends on how many there are.
struct NodeRange {
    int first = 0;
    std::optional<int> last;

    [[nodiscard]] bool contains(int node) const
    {
        return node >= first && (!last || node <= *last);
    }
    friend bool operator==(const NodeRange &, const NodeRange &) = default;
};

// nullopt when the text is no range.
[[nodiscard]] std::optional<NodeRange> nodeRange(QStringView targetNodes);

// Index of the range in `ranges` that this node of `numNodes` takes its properties from: the
// narrowest that has the node, of equals the later; -1 when none has it.
[[nodiscard]] qsizetype rangeOfNode(const QList<NodeRangeProperty> &ranges, int node, int numNodes);

} // namespace batchyard::batch
