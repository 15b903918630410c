// What a job definition's container is in Docker's terms. Pure: the same input gives the same
// specification and hash, which is how a container is recognised after a crash.
#pragma once

#include "backend/batch/container.h"
#include "backend/docker/values.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/recoverylabel.h"
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
    bool lone = false; // the only container, which has the network for itself
    TaskVolumes volumes;
    Labels record = {}; // of the container that sits on the network itself (recoverylabel.h)

    [[nodiscard]] NetworkPlace place() const { return {network, node ? node->jobId : QString()}; }
};

// "linux/arm64" of ARM64; empty where the definition leaves it open.
[[nodiscard]] QString dockerPlatform(const batch::EcsTaskProperties &task);

// The log driver that gets the container's output in place of Batchyard; empty with awslogs, with
// awsfirelens, whose output is kept as that of awslogs, and without a log configuration.
[[nodiscard]] QString foreignLogDriver(const batch::ContainerBase &container);

// Whether the containers share what a pause container has to hold for them. A node always has one:
// the others have to know its address before its container starts.
[[nodiscard]] bool needsPause(const batch::EcsTaskProperties &task, bool isNode);
[[nodiscard]] docker::ContainerSpec pauseSpec(const SpecContext &context,
                                              const batch::EcsTaskProperties &task);
// Without the values of secrets. Errors: InvalidInput or Unsupported, naming the member that cannot
// be had on this machine.
[[nodiscard]] Result<docker::ContainerSpec>
memberSpec(const SpecContext &context, const batch::EcsTaskProperties &task, qsizetype index);
// With the values, just before the container is made: nothing else may see the result. The hash in
// its labels stays that of the specification without them. Errors: those of the store.
[[nodiscard]] Result<docker::ContainerSpec>
withSecrets(docker::ContainerSpec spec, const batch::TaskContainerProperties &container,
            const SecretStore &store);

// SHA-256 in hex over all of it but the labels.
[[nodiscard]] QString specHash(const docker::ContainerSpec &spec);

} // namespace batchyard::executor
