// A queue's head that has waited for one reason for so long (JobStateTimeLimitAction).
#pragma once

#include "backend/batch/common.h"

#include <QString>

namespace batchyard::executor::core {

struct BlockedHead {
    QString jobId;
    QString queue;
    QString reason; // AWS's value: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    batch::Timestamp since;
    friend bool operator==(const BlockedHead &, const BlockedHead &) = default;
};

} // namespace batchyard::executor::core
