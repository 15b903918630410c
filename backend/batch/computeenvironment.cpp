#include "backend/batch/computeenvironment.h"

namespace batchyard::batch {

bool ComputeResource::isFargate() const
{
    return type == QLatin1StringView("FARGATE") || type == QLatin1StringView("FARGATE_SPOT");
}

} // namespace batchyard::batch
