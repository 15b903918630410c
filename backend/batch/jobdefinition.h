// A job definition, as registered and as described (API_RegisterJobDefinition, API_JobDefinition).
#pragma once

#include "backend/batch/nodes.h"

namespace batchyard::batch {

struct EvaluateOnExit {
    QString onStatusReason; // empty: not a condition of this rule
    QString onReason;
    QString onExitCode;
    QString action; // RETRY or EXIT, any case
    UnknownMembers unknown;
    friend bool operator==(const EvaluateOnExit &, const EvaluateOnExit &) = default;
};

inline constexpr int standardAttempts = 1; // of a job whose documents say nothing of them

struct RetryStrategy {
    std::optional<int> attempts; // 1 to 10, all tries together
    QList<EvaluateOnExit> evaluateOnExit; // at most 5; the first match decides
    UnknownMembers unknown;
    friend bool operator==(const RetryStrategy &, const RetryStrategy &) = default;
};

struct JobTimeout {
    std::optional<int> attemptDurationSeconds; // >= 60
    UnknownMembers unknown;
    friend bool operator==(const JobTimeout &, const JobTimeout &) = default;
};

inline constexpr auto hostPathsMember = "batchyardHostPaths";

struct JobDefinition {
    QString jobDefinitionName;
    QString type; // container, multinode
    QMap<QString, QString> parameters;
    std::optional<int> schedulingPriority; // 0 to 9999
    std::optional<EcsTaskProperties> ecsProperties; // taskProperties[0]: exactly one is allowed
    std::optional<ContainerProperties> containerProperties;
    std::optional<RetryStrategy> retryStrategy;
    std::optional<bool> propagateTags;
    std::optional<JobTimeout> timeout;
    Tags tags;
    QStringList platformCapabilities; // EC2 (when empty), FARGATE

    // Set by describe, never sent.
    QString jobDefinitionArn;
    int revision = 0;
    QString status; // ACTIVE, INACTIVE

    // The local executor's own, in what it stores: where each host directory led when the
    // definition was registered, links followed. Neither sent nor described.
    QMap<QString, QString> hostPaths;

    UnknownMembers unknown;

    std::optional<EksProperties> eksProperties = {};
    std::optional<NodeProperties> nodeProperties = {};
    std::optional<ConsumableResourceProperties> consumableResourceProperties = {};

    [[nodiscard]] bool isFargate() const;
    [[nodiscard]] bool isEks() const; // a pod, or nodes that are pods
    [[nodiscard]] bool isMultinode() const { return nodeProperties.has_value(); }
    // The task that runs, whichever of the four forms says so; of a multi-node job that of the
    // main node. nullopt when there is none. Without overrides: see effectiveTask().
    [[nodiscard]] std::optional<EcsTaskProperties> task() const;
    // "name:revision", the form that SubmitJob and Deregister take.
    [[nodiscard]] QString nameAndRevision() const;
    friend bool operator==(const JobDefinition &, const JobDefinition &) = default;
};

} // namespace batchyard::batch
