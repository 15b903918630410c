// What AWS Batch has no call for and the executor's extension tells: the history of a job's states,
// why it waits, its containers while they run, log lines with their stream, and the engine.
#pragma once

#include "backend/batch/job.h"

#include <QMetaType>

namespace batchyard::batch {

struct LogLine {
    enum class Stream { Unknown, Stdout, Stderr };
    Timestamp time;
    Stream stream = Stream::Unknown; // AWS does not tell
    QString text; // without the line's end; invalid UTF-8 replaced
    friend bool operator==(const LogLine &, const LogLine &) = default;
};

struct LogPage {
    QList<LogLine> lines;
    QString nextToken;
};

// The phases of a container as the ECS agent knows them, less those that Batch never shows.
enum class ContainerPhase { Waiting, Pulling, Created, Running, Stopping, Stopped };
[[nodiscard]] QString toString(ContainerPhase phase); // "Waiting" …
[[nodiscard]] std::optional<ContainerPhase> containerPhase(QStringView text);

struct ContainerLiveState {
    QString name;
    ContainerPhase phase = ContainerPhase::Waiting;
    QString waitReason; // while Waiting: on which container and condition; while Pulling: how far
    std::optional<int> exitCode;
    QString reason;
    bool stoppedByBatch = false; // its end was asked for (essential exit, timeout, terminate)
    bool decidedOutcome = false; // its exit decided the attempt
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    friend bool operator==(const ContainerLiveState &, const ContainerLiveState &) = default;
};

struct StateChange {
    JobStatus status = JobStatus::Submitted;
    int attempt = 0; // 0 before the first
    Timestamp at;
    QString reason;
    friend bool operator==(const StateChange &, const StateChange &) = default;
};

struct JobLiveView {
    QString jobId;
    QString waitReason; // in words and numbers; empty only when the job does not wait
    int attempt = 0;
    QList<StateChange> history; // oldest first
    QList<ContainerLiveState> containers; // of the current or last attempt
    friend bool operator==(const JobLiveView &, const JobLiveView &) = default;
};

struct EngineStatus {
    bool reachable = false;
    QString endpoint; // socket path
    QString version;
    QString problem; // why it is not reachable and what to do; empty when it is
    std::optional<Timestamp> unreachableSince;
    int cpus = 0;
    qint64 memoryMiB = 0;
    double vcpusInUse = 0;
    qint64 memoryInUseMiB = 0;
    // What keeps the executor from writing its state (a full disk, say), so that nothing new is
    // taken up or begun; empty while it can.
    QString storeProblem;
    friend bool operator==(const EngineStatus &, const EngineStatus &) = default;
};

} // namespace batchyard::batch

Q_DECLARE_METATYPE(batchyard::batch::EngineStatus)
