#include "backend/batch/liveview.h"

namespace batchyard::batch {

QString toString(ContainerPhase phase)
{
    switch (phase) {
    case ContainerPhase::Waiting:
        return QStringLiteral("Waiting");
    case ContainerPhase::Pulling:
        return QStringLiteral("Pulling");
    case ContainerPhase::Created:
        return QStringLiteral("Created");
    case ContainerPhase::Running:
        return QStringLiteral("Running");
    case ContainerPhase::Stopping:
        return QStringLiteral("Stopping");
    case ContainerPhase::Stopped:
        return QStringLiteral("Stopped");
    }
    Q_UNREACHABLE();
}

std::optional<ContainerPhase> containerPhase(QStringView text)
{
    for (int i = 0; i <= static_cast<int>(ContainerPhase::Stopped); ++i) {
        const auto phase = static_cast<ContainerPhase>(i);
        if (text == toString(phase))
            return phase;
    }
    return {};
}

} // namespace batchyard::batch
