// Queues, compute environments and the host as the scheduler takes them.
#pragma once

#include "backend/docker/values.h"
#include "backend/executor/core/scheduler.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

struct Capacity {
    QList<core::QueueCapacity> queues;
    QList<core::EnvironmentCapacity> environments; // with nothing used

    // Error: the store's. A document that cannot be read is left out.
    [[nodiscard]] static Result<Capacity> load(const Store &store);
};

[[nodiscard]] core::Resources hostResources(const docker::EngineInfo &engine);

} // namespace batchyard::executor
