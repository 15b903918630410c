// Queues, compute environments, consumable resources and the host as the scheduler takes them, and
// what else the dispatcher reads of them.
#pragma once

#include "backend/batch/jobqueue.h"
#include "backend/docker/values.h"
#include "backend/executor/core/jobscheduler.h"
#include "backend/executor/store/store.h"

#include <QHash>

namespace batchyard::executor {

// Set by tags of a compute environment: AWS's documents have no place for them.
inline constexpr QLatin1StringView spotRateTag{"batchyard:spot-interruption-rate"};
inline constexpr QLatin1StringView spotNoticeTag{"batchyard:spot-notice"};

struct SpotSettings {
    double interruptionsPerHour = 0; // of each instance, on average; 0: none
    bool notice = false; // two minutes between SIGTERM and the end
    friend bool operator==(const SpotSettings &, const SpotSettings &) = default;
};

struct Capacity {
    QList<core::QueueCapacity> queues;
    QList<core::EnvironmentCapacity> environments;
    QList<core::ConsumableCapacity> consumables;
    QHash<QString, QList<batch::JobStateTimeLimitAction>> timeLimits; // by queue
    QHash<QString, SpotSettings> spot; // by environment; those of kind Spot and FargateSpot

    // Error: the store's. A document that cannot be read is left out.
    [[nodiscard]] static Result<Capacity> load(const Store &store);
};

// A rate that is no number, or none above 0, is none.
[[nodiscard]] SpotSettings spotSettings(const batch::Tags &tags);

[[nodiscard]] core::Resources hostResources(const docker::EngineInfo &engine);

} // namespace batchyard::executor
