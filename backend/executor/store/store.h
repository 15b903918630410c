// The executor's state in SQLite (WAL, synchronous FULL): what was accepted, what is intended,
// what came of it. One thread only. A database that is damaged or newer is refused, never
// overwritten.
#pragma once

#include "backend/batch/job.h"
#include "backend/executor/core/blockedhead.h"
#include "backend/executor/core/pastuse.h"
#include "backend/executor/core/taskstate.h"
#include "backend/result.h"

#include <QByteArray>
#include <QFuture>
#include <QHash>

#include <functional>
#include <memory>

namespace batchyard::executor {

using batch::Timestamp;

// A compute environment, job queue, job definition revision, scheduling policy or consumable
// resource: its JSON and what is looked up.
struct ResourceRecord {
    QString name;
    int revision = 0; // job definitions only, from 1
    QString status; // VALID, DELETING … ; ACTIVE, INACTIVE for a definition
    QByteArray document; // the describe form's JSON (batch::toJsonValue(…, Form::Describe))
    Timestamp createdAt;
};

enum class ResourceKind {
    ComputeEnvironment,
    JobQueue,
    JobDefinition,
    SchedulingPolicy,
    ConsumableResource
};

// Array children and nodes are jobs with rows of their own; their parents hold no resources.
enum class JobKind { Single, ArrayParent, ArrayChild, MultiNodeParent, Node };

struct JobRecord {
    QString id; // of a child "<parent>:<index>", of a node "<parent>#<index>"
    qint64 sequence = 0; // submission order, set by the store
    JobKind kind = JobKind::Single;
    QString parentId; // of a child or node
    int index = -1; // array index or node of a child or node
    int size = 0; // children of an array parent, nodes of a multi-node parent
    QString name;
    QString queue; // name
    QString definitionArn;
    QString shareIdentifier;
    int schedulingPriority = 0;
    QStringList consumableResources; // names of those it asks for
    batch::Tags tags; // as they are now: see setJobTags()
    batch::JobStatus status = batch::JobStatus::Submitted;
    QString statusReason;
    Timestamp createdAt;
    std::optional<Timestamp> startedAt; // of the last attempt
    std::optional<Timestamp> stoppedAt;
    int attempt = 0; // number of the current or last one, 0 before the first
    bool cancelRequested = false;
    bool terminateRequested = false;
    QString endReason; // the caller's reason for either
    // Of a child or node these are its parent's, and shared with those read in the same call.
    QByteArray request; // SubmitJobRequest as accepted
    QByteArray definition; // the definition it was accepted with; later revisions do not matter
    friend bool operator==(const JobRecord &, const JobRecord &) = default;
};

// Which jobs to list: the newest `limit` of those for which everything given holds.
struct JobQuery {
    // At most one of these; with none, every job.
    QString queue; // name; singles and parents, not their children
    QString parentId; // the children or nodes of this job
    QString consumableResource; // name; jobs that ask for it

    QList<batch::JobStatus> states; // empty: any
    QString name; // any case; with a * at its end, the names that begin so
    QString definition; // an ARN, or a name (any revision) that may end with a *
    QString shareIdentifier;
    std::optional<Timestamp> createdBefore;
    std::optional<Timestamp> createdAfter;
    qint64 before = 0; // only jobs with a lower sequence; 0: from the newest
    int limit = 0;
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
    friend bool operator==(const ContainerRecord &, const ContainerRecord &) = default;
};
inline constexpr int pauseIndex = -1;

// Where the stream with this name comes from.
struct LogStreamRecord {
    QString name;
    QString jobId;
    int attempt = 0;
    int index = 0; // the container's
};

struct AttemptRecord {
    QString jobId;
    int number = 0;
    QString taskId; // 32 hex digits
    QString computeEnvironment; // name
    QString instanceId; // of the simulated instance, if the environment has instances
    QString address; // of the task on its network, for the other nodes of a job
    bool ended = false;
    bool cleaned = false; // containers removed, logs complete
    std::optional<Timestamp> createdAt;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> stoppedAt;
    QString statusReason;
    bool desiredStopped = false;
    QString stopReason;
    // With a notice: when what still runs is killed, in place of each container's stopTimeout.
    std::optional<Timestamp> stopBy = {};
    int decidingContainer = -1;
    double shareVcpus = 0; // of a job with a share identifier: what it holds of its queue
    QList<ContainerRecord> containers; // with the pause container, if it has one, last
    friend bool operator==(const AttemptRecord &, const AttemptRecord &) = default;
};

// What the container that decided a job's last attempt came to.
struct JobOutcome {
    QString jobId;
    std::optional<int> exitCode;
    QString reason;
};

struct StateChangeRecord {
    batch::JobStatus status = batch::JobStatus::Submitted;
    int attempt = 0;
    Timestamp at;
    QString reason;
};

// A state change with its place in the history of all jobs, which no other one ever gets.
struct NumberedChange {
    qint64 number = 0;
    QString jobId;
    StateChangeRecord change;
};

// Group commit: a write is visible to reads at once, and all writes of one turn of the event loop
// are committed together when the thread comes back to its loop, or by commit(). Whoever acts on
// a write waits for durable() first. A write whose statement contradicts the database (Conflict,
// NotFound) fails at once and alone.
//
// When a commit fails (disk full, I/O error, locked by another program for 5 s) nothing is lost:
// the writes are kept and tried again every second, and trouble() tells of it meanwhile. Then what
// takes up something new (addJob, addJobDefinition, putResource, setJobTags, beginAttempt) is
// refused with that error and has no effect; all other writes go on.
class Store
{
public:
    // Creates the file (0600) when there is none; ":memory:" is a store that ends with the object.
    // Brings an older format up to date, after a copy of the file beside it (".format-<n>").
    // Errors: Io (cannot open, disk full), Conflict (made by a newer version), Protocol (damaged or
    // another program's; the message says what to do). After an error the file is as it was.
    // A database that is made gets `newInstallId`, or one of its own when that is empty.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const QString &path,
                                                             const QString &newInstallId = {});
    ~Store(); // commits
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    [[nodiscard]] QString installId() const; // 8 hex digits, made with the database
    [[nodiscard]] bool isNew() const; // created by this open()

    // Ready when all that is written so far is on the disk; cancelled when the store ends before.
    // Each call's future is its own: then() keeps one continuation only.
    [[nodiscard]] QFuture<void> durable();
    // Ready when that has at least been tried: what may be told to whoever only reads.
    [[nodiscard]] QFuture<void> settled();
    // Commits now, also while there is trouble. After an error everything is still kept.
    Result<void> commit();
    [[nodiscard]] bool isDurable() const; // nothing waits to be committed
    [[nodiscard]] qint64 changes() const; // number of writes that succeeded since open()
    // What keeps the store from writing, in words for the user, while it lasts.
    [[nodiscard]] std::optional<Error> trouble() const;
    void onTroubleChanged(std::function<void()> function);
    // Keeps a file of this size beside the database (".reserve") that is given up when the disk is
    // full, so that what is under way can still be written. There is trouble while it is missing.
    void keepReserve(qint64 bytes);
    // Writes a consistent copy of the database, in place of an older one.
    [[nodiscard]] Result<void> copyTo(const QString &path);
    // The same of what is on the disk by now, in another thread, which goes on when the store ends.
    // Not while another copy is made at the same path.
    [[nodiscard]] QFuture<Result<void>> copyInBackground(const QString &path) const;

    // Resources. put replaces by (kind, name, revision). A definition's next revision is one more
    // than any ever used under that name.
    [[nodiscard]] Result<void> putResource(ResourceKind kind, const ResourceRecord &record);
    [[nodiscard]] Result<int> addJobDefinition(const ResourceRecord &record); // its revision
    [[nodiscard]] Result<void> removeResource(ResourceKind kind, const QString &name);
    [[nodiscard]] Result<std::optional<ResourceRecord>>
    resource(ResourceKind kind, const QString &name, int revision = 0) const;
    [[nodiscard]] Result<QList<ResourceRecord>>
    resources(ResourceKind kind) const; // by name, revision
    // The newest ACTIVE revision under this name.
    [[nodiscard]] Result<std::optional<ResourceRecord>> activeDefinition(const QString &name) const;
    // The heads whose time is limited, in place of those set before.
    [[nodiscard]] Result<void> setBlockedHeads(const QList<core::BlockedHead> &heads);
    [[nodiscard]] Result<QList<core::BlockedHead>> blockedHeads() const; // by queue

    // Jobs. addJob sets the sequence and writes the SUBMITTED state change, for the job and each
    // of its children (in their order, after it), all or none. Documents of children are not kept.
    // Returns the job's sequence.
    [[nodiscard]] Result<qint64> addJob(const JobRecord &job,
                                        const QList<JobRecord> &children = {});
    [[nodiscard]] Result<std::optional<JobRecord>> job(const QString &id) const;
    [[nodiscard]] Result<QList<JobRecord>> jobs(const QStringList &ids) const; // those there are
    [[nodiscard]] Result<QList<JobRecord>>
    jobsInStates(const QList<batch::JobStatus> &states) const; // by sequence
    [[nodiscard]] Result<QList<JobRecord>> listJobs(const JobQuery &query) const; // newest first
    [[nodiscard]] Result<QList<JobRecord>> children(const QString &parentId) const; // by index
    // How many children or nodes are in each status; those with none are left out.
    [[nodiscard]] Result<QMap<batch::JobStatus, int>> childCounts(const QString &parentId) const;
    // Writes status, statusReason, attempt and times of the job and notes a change of status in its
    // history, together; a requested end stays as it is. Errors: NotFound, Conflict (no such
    // transition, see core/jobtransitions.h).
    [[nodiscard]] Result<void> setJobStatus(const JobRecord &job, Timestamp at);
    // The same for all of these, or none.
    [[nodiscard]] Result<void> setJobStatuses(const QList<JobRecord> &jobs, Timestamp at);
    [[nodiscard]] Result<void> setJobTags(const QString &jobId, const batch::Tags &tags);
    // The first reason stays, but a terminate's takes the place of a cancel's. Error: NotFound.
    [[nodiscard]] Result<void> requestEnd(const QString &jobId, bool terminate,
                                          const QString &reason);
    [[nodiscard]] Result<QList<StateChangeRecord>> history(const QString &jobId) const;
    // Of all jobs, by number: the first `limit` with a number above `after`.
    [[nodiscard]] Result<QList<NumberedChange>> changesAfter(qint64 after, int limit) const;
    [[nodiscard]] Result<qint64> lastChange() const; // its number; 0: none yet
    // Later changes get higher numbers than this one: those of a history that was lost must not be
    // given again, since whoever has seen them would take the new ones for known.
    [[nodiscard]] Result<void> numberChangesAfter(qint64 number);

    // Attempts and containers. beginAttempt writes the attempt, all its container rows and the
    // job's STARTING together.
    [[nodiscard]] Result<void> beginAttempt(const JobRecord &job, const AttemptRecord &attempt,
                                            Timestamp at);
    // What is in flight (state.applied) is not kept: it means nothing after a restart.
    [[nodiscard]] Result<void> putContainer(const ContainerRecord &container);
    [[nodiscard]] Result<void> putAttempt(const AttemptRecord &attempt); // without its containers
    // The attempt's end and the job's new status together.
    [[nodiscard]] Result<void> endAttempt(const AttemptRecord &attempt, const JobRecord &job,
                                          Timestamp at);
    [[nodiscard]] Result<QList<AttemptRecord>> attempts(const QString &jobId) const; // by number
    // Of several jobs, by job; a job without attempts is left out.
    [[nodiscard]] Result<QHash<QString, QList<AttemptRecord>>>
    attempts(const QStringList &jobIds) const;
    [[nodiscard]] Result<QList<AttemptRecord>> unfinishedAttempts() const; // not cleaned
    // Of attempts with shareVcpus that have stopped since.
    [[nodiscard]] Result<QList<core::PastUse>> pastUse(Timestamp since) const;
    // Of those of these jobs whose last attempt a container has decided, by job.
    [[nodiscard]] Result<QHash<QString, JobOutcome>> outcomes(const QStringList &jobIds) const;
    [[nodiscard]] Result<std::optional<ContainerRecord>>
    containerOfLogStream(const QString &logStreamName) const;
    // The streams whose names begin with the prefix, by name: the first `limit` behind `after`.
    [[nodiscard]] Result<QList<LogStreamRecord>> logStreams(const QString &prefix,
                                                            const QString &after, int limit) const;

private:
    class Private;
    explicit Store(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor
