#include "backend/executor/core/taskstate.h"

#include <array>
#include <utility>

namespace batchyard::executor::core {

namespace {

// The agent's own names (ecs-agent/api/container/status).
constexpr std::array<std::pair<ContainerStatus, QLatin1StringView>, 7> names{{
    {ContainerStatus::None, QLatin1StringView("NONE")},
    {ContainerStatus::ManifestPulled, QLatin1StringView("MANIFEST_PULLED")},
    {ContainerStatus::Pulled, QLatin1StringView("PULLED")},
    {ContainerStatus::Created, QLatin1StringView("CREATED")},
    {ContainerStatus::Running, QLatin1StringView("RUNNING")},
    {ContainerStatus::ResourcesProvisioned, QLatin1StringView("RESOURCES_PROVISIONED")},
    {ContainerStatus::Stopped, QLatin1StringView("STOPPED")},
}};

} // namespace

QString toString(ContainerStatus status)
{
    for (const auto &[value, name] : names) {
        if (value == status)
            return name;
    }
    Q_UNREACHABLE();
}

std::optional<ContainerStatus> containerStatus(QStringView text)
{
    for (const auto &[value, name] : names) {
        if (name == text)
            return value;
    }
    return std::nullopt;
}

} // namespace batchyard::executor::core
