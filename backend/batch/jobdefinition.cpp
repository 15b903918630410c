#include "backend/batch/jobdefinition.h"

namespace batchyard::batch {

bool JobDefinition::isFargate() const
{
    return platformCapabilities.contains(QLatin1StringView("FARGATE"));
}

std::optional<EcsTaskProperties> JobDefinition::task() const
{
    if (ecsProperties)
        return ecsProperties;
    if (containerProperties)
        return toTask(*containerProperties);
    return {};
}

QString JobDefinition::nameAndRevision() const
{
    return jobDefinitionName + u':' + QString::number(revision);
}

} // namespace batchyard::batch
