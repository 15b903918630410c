// The executor's state in SQLite (WAL, synchronous FULL): what was accepted, what is intended,
// what came of it. Every change is committed when the call returns; intents are written before the
// act they announce. One thread only. A database that is damaged or newer is refused, never
// overwritten.
#pragma once

#include "backend/batch/job.h"
#include "backend/executor/core/taskstate.h"
#include "backend/result.h"

#include <QByteArray>

#include <memory>

namespace batchyard::executor {

using batch::Timestamp;

// A compute environment, job queue or job definition revision: its JSON and what is looked up.
struct ResourceRecord {
    QString name;
    int revision = 0; // job definitions only, from 1
    QString status; // VALID, DELETING … ; ACTIVE, INACTIVE for a definition
    QByteArray document; // the describe form's JSON (batch::toJsonValue(…, Form::Describe))
    Timestamp createdAt;
};

enum class ResourceKind { ComputeEnvironment, JobQueue, JobDefinition };

struct JobRecord {
    QString id;
    qint64 sequence = 0; // submission order, set by the store
    QString name;
    QString queue; // name
    QString definitionArn;
    batch::JobStatus status = batch::JobStatus::Submitted;
    QString statusReason;
    Timestamp createdAt;
    std::optional<Timestamp> startedAt; // of the last attempt
    std::optional<Timestamp> stoppedAt;
    int attempt = 0; // number of the current or last one, 0 before the first
    bool cancelRequested = false;
    bool terminateRequested = false;
    QString endReason; // the caller's reason for either
    QByteArray request; // SubmitJobRequest as accepted
    QByteArray definition; // the definition it was accepted with; later revisions do not matter
};

// One container of one attempt; the row is there before Docker hears of it.
struct ContainerRecord {
    QString jobId;
    int attempt = 0;
    int index = 0; // in the task; pauseIndex for the pause container
    QString name; // the definition's
    QString dockerName; // deterministic: by-<install8>-<jobId>-a<attempt>-<index>
    QString dockerId; // empty until create has answered
    core::ContainerStatus intent = core::ContainerStatus::None; // the step announced last
    core::ContainerState state;
    QString logStreamName;
    bool logComplete = false;
    bool removed = false;
};
inline constexpr int pauseIndex = -1;

struct AttemptRecord {
    QString jobId;
    int number = 0;
    QString taskId; // 32 hex digits
    QString computeEnvironment; // name
    bool ended = false;
    bool cleaned = false; // containers removed, logs complete
    std::optional<Timestamp> createdAt;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    QString statusReason;
    bool desiredStopped = false;
    QString stopReason;
    int decidingContainer = -1;
    QList<ContainerRecord> containers; // with the pause container last
};

struct StateChangeRecord {
    batch::JobStatus status = batch::JobStatus::Submitted;
    int attempt = 0;
    Timestamp at;
    QString reason;
};

class Store
{
public:
    // Creates the file (0600) when there is none; ":memory:" is a store that ends with the object.
    // Errors: Io (cannot open, disk full), Conflict (made by a newer version), Protocol (damaged or
    // another program's; the message says what to do). After an error the file is as it was.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const QString &path);
    ~Store();
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    [[nodiscard]] QString installId() const; // 8 hex digits, made with the database
    [[nodiscard]] bool isNew() const; // created by this open()

    // Resources. put replaces by (kind, name, revision). A definition's next revision is one more
    // than any ever used under that name.
    [[nodiscard]] Result<void> putResource(ResourceKind kind, const ResourceRecord &record);
    [[nodiscard]] Result<int> addJobDefinition(const ResourceRecord &record); // its revision
    [[nodiscard]] Result<void> removeResource(ResourceKind kind, const QString &name);
    [[nodiscard]] Result<std::optional<ResourceRecord>>
    resource(ResourceKind kind, const QString &name, int revision = 0) const;
    [[nodiscard]] Result<QList<ResourceRecord>>
    resources(ResourceKind kind) const; // by name, revision

    // Jobs. addJob sets the sequence and writes the SUBMITTED state change.
    [[nodiscard]] Result<qint64> addJob(const JobRecord &job);
    [[nodiscard]] Result<std::optional<JobRecord>> job(const QString &id) const;
    [[nodiscard]] Result<QList<JobRecord>>
    jobsInStates(const QList<batch::JobStatus> &states) const; // by sequence
    // Newest first; at most `limit` with a sequence below `before` (0: from the newest). queue
    // empty: all.
    [[nodiscard]] Result<QList<JobRecord>> listJobs(const QString &queue,
                                                    const QList<batch::JobStatus> &states,
                                                    qint64 before, int limit) const;
    // Writes status, statusReason, attempt and times of the job and notes a change of status in its
    // history, in one transaction; a requested end stays as it is. Errors: NotFound, Conflict (no
    // such transition, see core/jobtransitions.h).
    [[nodiscard]] Result<void> setJobStatus(const JobRecord &job, Timestamp at);
    // The first reason stays, but a terminate's takes the place of a cancel's. Error: NotFound.
    [[nodiscard]] Result<void> requestEnd(const QString &jobId, bool terminate,
                                          const QString &reason);
    [[nodiscard]] Result<QList<StateChangeRecord>> history(const QString &jobId) const;

    // Attempts and containers. beginAttempt writes the attempt, all its container rows and the
    // job's STARTING in one transaction.
    [[nodiscard]] Result<void> beginAttempt(const JobRecord &job, const AttemptRecord &attempt,
                                            Timestamp at);
    // What is in flight (state.applied) is not kept: it means nothing after a restart.
    [[nodiscard]] Result<void> putContainer(const ContainerRecord &container);
    [[nodiscard]] Result<void> putAttempt(const AttemptRecord &attempt); // without its containers
    // The attempt's end and the job's new status in one transaction.
    [[nodiscard]] Result<void> endAttempt(const AttemptRecord &attempt, const JobRecord &job,
                                          Timestamp at);
    [[nodiscard]] Result<QList<AttemptRecord>> attempts(const QString &jobId) const; // by number
    [[nodiscard]] Result<QList<AttemptRecord>> unfinishedAttempts() const; // not cleaned
    [[nodiscard]] Result<std::optional<ContainerRecord>>
    containerOfLogStream(const QString &logStreamName) const;
    // Stream names that begin with the prefix, by name.
    [[nodiscard]] Result<QStringList> logStreams(const QString &prefix, const QString &after,
                                                 int limit) const;

private:
    class Private;
    explicit Store(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor
