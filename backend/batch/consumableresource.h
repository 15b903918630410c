// Consumable resources (API_CreateConsumableResource, API_DescribeConsumableResource,
// API_ConsumableResourceProperties): countable things that jobs need besides compute, such as
// licences.
#pragma once

#include "backend/batch/common.h"

namespace batchyard::batch {

struct ConsumableResourceRequirement {
    QString consumableResource; // name or ARN
    std::optional<qint64> quantity; // at least 1; absent means 1
    UnknownMembers unknown;
    friend bool operator==(const ConsumableResourceRequirement &,
                           const ConsumableResourceRequirement &)
        = default;
};

struct ConsumableResourceProperties {
    QList<ConsumableResourceRequirement> consumableResourceList;
    UnknownMembers unknown;
    friend bool operator==(const ConsumableResourceProperties &,
                           const ConsumableResourceProperties &)
        = default;
};

struct ConsumableResource {
    QString consumableResourceName;
    std::optional<qint64> totalQuantity; // absent means 0
    QString resourceType; // REPLENISHABLE (when empty), NON_REPLENISHABLE
    Tags tags;

    // Set by describe, never sent.
    QString consumableResourceArn;
    std::optional<qint64> inUseQuantity;
    std::optional<qint64> availableQuantity;
    std::optional<Timestamp> createdAt;

    UnknownMembers unknown;

    // Whether what a job took comes back when the job ends.
    [[nodiscard]] bool isReplenishable() const
    {
        return resourceType != QLatin1StringView("NON_REPLENISHABLE");
    }
    friend bool operator==(const ConsumableResource &, const ConsumableResource &) = default;
};

} // namespace batchyard::batch
