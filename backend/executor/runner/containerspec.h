// What a job definition's container is in Docker's terms. Pure: the same input gives the same
// specification and hash, which is how a container is recognised after a crash.
#pragma once

#include "backend/batch/container.h"
#include "backend/docker/values.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/tasknetwork.h"
#include "backend/executor/runner/taskvolumes.h"

namespace batchyard::executor {

// What a node of a multi-node job knows of the others.
struct NodeContext {
    QString jobId; // of the whole job
    int index = 0;
    int mainIndex = 0;
    int count = 0;
    QString mainAddress; // of the main node, on the others; empty on the main node itself
    friend bool operator==(const NodeContext &, const NodeContext &) = default;
};

// What the containers of one attempt have in common.
struct SpecContext {
    AttemptKey key;
    QString queue;
    QString computeEnvironment;
    bool fargate = false;
    std::optional<int> arrayIndex = {};
    std::optional<NodeContext> node = {};
    NetworkMode network = NetworkMode::Bridge;
    QString hostsFile; // host path, isolated network only
    TaskVolumes volumes;

    [[nodiscard]] NetworkPlace place() const { return {network, node ? node->jobId : QString()}; }
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
