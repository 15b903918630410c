#include "backend/batch/jobdefinition.h"

#include <algorithm>

namespace batchyard::batch {

bool JobDefinition::isFargate() const
{
    return platformCapabilities.contains(QLatin1StringView("FARGATE"));
}

bool JobDefinition::isEks() const
{
    return eksProperties
        || (nodeProperties
            && std::ranges::any_of(
                nodeProperties->nodeRangeProperties,
                [](const NodeRangeProperty &range) { return range.eksProperties.has_value(); }));
}

std::optional<EcsTaskProperties> JobDefinition::task() const
{
    if (ecsProperties)
        return ecsProperties;
    if (containerProperties)
        return toTask(*containerProperties);
    if (eksProperties && eksProperties->podProperties)
        return toTask(*eksProperties->podProperties);
    if (!nodeProperties)
        return {};
    const auto &ranges = nodeProperties->nodeRangeProperties;
    const qsizetype range = rangeOfNode(ranges, nodeProperties->mainNode, nodeProperties->numNodes);
    return range < 0 ? std::nullopt : ranges[range].task();
}

QString JobDefinition::nameAndRevision() const
{
    return jobDefinitionName + u':' + QString::number(revision);
}

} // namespace batchyard::batch
