// A scheduling policy (API_CreateSchedulingPolicy, API_SchedulingPolicyDetail): how a queue shares
// its compute environments.
#pragma once

#include "backend/batch/common.h"

namespace batchyard::batch {

struct ShareAttributes {
    QString shareIdentifier; // letters and digits; a `*` at the end makes it a prefix
    std::optional<double> weightFactor; // 0.0001 to 999.9999; absent means 1; lower gets more
    UnknownMembers unknown;
    friend bool operator==(const ShareAttributes &, const ShareAttributes &) = default;
};

struct FairsharePolicy {
    std::optional<int> shareDecaySeconds; // 0 to 604800; absent or 0: 600
    std::optional<int> computeReservation; // 0 to 99, percent
    QList<ShareAttributes> shareDistribution; // at most 500
    UnknownMembers unknown;
    friend bool operator==(const FairsharePolicy &, const FairsharePolicy &) = default;
};

// For service jobs, which do not run here.
struct QuotaSharePolicy {
    QString idleResourceAssignmentStrategy; // FIFO
    UnknownMembers unknown;
    friend bool operator==(const QuotaSharePolicy &, const QuotaSharePolicy &) = default;
};

struct SchedulingPolicy {
    QString name;
    QString arn; // set by describe, never sent
    std::optional<FairsharePolicy> fairsharePolicy;
    Tags tags;
    UnknownMembers unknown;
    std::optional<QuotaSharePolicy> quotaSharePolicy = {};
    friend bool operator==(const SchedulingPolicy &, const SchedulingPolicy &) = default;
};

} // namespace batchyard::batch
