// What an attempt that is over has used of its queue, for the fair share's sake.
#pragma once

#include "backend/batch/common.h"

#include <QString>

namespace batchyard::executor::core {

struct PastUse {
    QString queue;
    QString share;
    double vcpus = 0;
    batch::Timestamp from; // its place
    batch::Timestamp until;
    friend bool operator==(const PastUse &, const PastUse &) = default;
};

} // namespace batchyard::executor::core
