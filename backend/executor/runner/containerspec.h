// What a job definition's container is in Docker's terms. Pure: the same input gives the same
// specification and hash, which is how a container is recognised after a crash.
#pragma once

#include "backend/batch/container.h"
#include "backend/docker/values.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/tasknetwork.h"
#include "backend/executor/runner/taskvolumes.h"

namespace batchyard::executor {

// What the containers of one attempt have in common.
struct SpecContext {
    AttemptKey key;
    QString queue;
    QString computeEnvironment;
    bool fargate = false;
    NetworkMode network = NetworkMode::Bridge;
    QString hostsFile; // host path, isolated network only
    TaskVolumes volumes;
};

// The newest so much of a container's output is what the daemon keeps, as a copy from which a
// crashed executor goes on. It is read again only up to half of it: see LogCapture.
inline constexpr qint64 engineLogFileBytes = 256LL * 1024 * 1024;

[[nodiscard]] docker::ContainerSpec pauseSpec(const SpecContext &context,
                                              const batch::EcsTaskProperties &task);
// Error: Unsupported, naming the member that cannot be had on this machine.
[[nodiscard]] Result<docker::ContainerSpec>
memberSpec(const SpecContext &context, const batch::EcsTaskProperties &task, qsizetype index);

// SHA-256 in hex over all of it but the labels.
[[nodiscard]] QString specHash(const docker::ContainerSpec &spec);

} // namespace batchyard::executor
