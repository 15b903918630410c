// What jobs may ask of this machine. One place for it: registering a definition asks here.
#pragma once

#include "backend/batch/jobdefinition.h"

namespace batchyard::executor::api {

struct LocalPolicy {
    bool privileged = true;
    bool hostMounts = true; // bind mounts of the host's directories
    bool devices = true;

    // One fault for each thing in the task that is not allowed. path: where the task stands.
    [[nodiscard]] batch::Faults refusals(const batch::EcsTaskProperties &task,
                                         const QString &path) const;
};

} // namespace batchyard::executor::api
