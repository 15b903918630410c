// Which RUNNABLE jobs start now, on what, and why each of the others waits. Queues by priority
// (higher first); within a queue first in first out, or by fair share when it has a scheduling
// policy; compute environments of a queue in order, EC2 environments as instances in which tasks
// must fit; all inside what the host really has. A head that does not fit blocks those behind it in
// its queue, as on AWS. It keeps its own picture of who waits and who runs, so that a pass costs
// what it places and not what waits; it does nothing by itself and knows no clock.
#pragma once

#include "backend/batch/schedulingpolicy.h"
#include "backend/executor/core/instancetypes.h"
#include "backend/executor/core/resources.h"

#include <memory>

namespace batchyard::executor::core {

using batch::Timestamp;

enum class EnvironmentKind { Ec2, Spot, Fargate, FargateSpot, Unmanaged };

struct EnvironmentCapacity {
    QString name;
    EnvironmentKind kind = EnvironmentKind::Fargate;
    bool usable = true; // ENABLED and VALID
    double minvCpus = 0; // kept running without work
    double maxvCpus = 0;
    QStringList instanceTypes; // of EC2 and Spot: types, families, "optimal", "default_x86_64" …
    QString allocationStrategy; // BEST_FIT when empty
    friend bool operator==(const EnvironmentCapacity &, const EnvironmentCapacity &) = default;
};

struct QueueCapacity {
    QString name;
    int priority = 0;
    QStringList environments; // in order
    std::optional<batch::FairsharePolicy> policy; // none: first in first out
    friend bool operator==(const QueueCapacity &, const QueueCapacity &) = default;
};

struct ConsumableCapacity {
    QString name;
    qint64 total = 0; // of a non-replenishable one: what is left
    bool replenishable = true; // given back when the job's attempt ends
    friend bool operator==(const ConsumableCapacity &, const ConsumableCapacity &) = default;
};

struct ConsumableNeed {
    QString name;
    qint64 quantity = 0;
    friend bool operator==(const ConsumableNeed &, const ConsumableNeed &) = default;
};

struct WaitingJob {
    QString jobId;
    QString jobName; // for the texts; the id stands in when it is empty
    QString queue;
    qint64 sequence = 0; // submission order
    QList<Resources> tasks; // one; a multi-node job has one for each node, placed all or none
    bool fargate = false;
    QString shareIdentifier;
    int schedulingPriority = 0; // higher first, within one share identifier
    QList<ConsumableNeed> consumables;
    Timestamp runnableSince;
};

struct Placement {
    QString jobId;
    QString environment;
    QStringList instances; // "i-…", one per task; empty strings where there are none (Fargate)
    friend bool operator==(const Placement &, const Placement &) = default;
};

// A job that held its place before the executor was started anew.
struct RunningJob {
    WaitingJob job;
    Placement place;
    bool starting = false;
    std::optional<Timestamp> startedAt;
};

struct WaitReason {
    QString text; // words and numbers for a person, never empty
    QString statusReason; // AWS's blocked-job text, empty when the job waits as usual
    friend bool operator==(const WaitReason &, const WaitReason &) = default;
};

struct Instance {
    QString id; // "i-" and 17 hex digits
    QString type;
    Resources all;
    Resources used;
    QStringList jobIds;
};

struct EnvironmentState {
    double desiredvCpus = 0; // of all instances; of the jobs on Fargate
    QList<Instance> instances;
};

struct QueueFrontEntry {
    QString jobId;
    Timestamp earliestTimeAtPosition;
};
struct ShareUse {
    QString shareIdentifier;
    double vcpus = 0;
};
struct QueueSnapshot {
    QList<QueueFrontEntry> front; // RUNNABLE, in dispatch order, at most 100
    double vcpus = 0; // of the queue's STARTING and RUNNING jobs
    qint64 activeShares = 0;
    QList<ShareUse> shares; // the 20 with the most
};

// A queue's head that has waited for one reason for so long (JobStateTimeLimitAction).
struct BlockedHead {
    QString jobId;
    QString queue;
    QString reason; // AWS's value: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    Timestamp since;
};

class JobScheduler
{
public:
    // seed: of the instances' ids, so that a run can be repeated.
    explicit JobScheduler(quint64 seed = 0);
    ~JobScheduler();
    JobScheduler(const JobScheduler &) = delete;
    JobScheduler &operator=(const JobScheduler &) = delete;

    void setHost(const Resources &host);
    void setEngine(bool reachable, const QString &problem);
    void setMaximumStartsInFlight(int maximum);
    // What is not named any more is gone; jobs of a queue that is gone wait for ever.
    void setQueues(const QList<QueueCapacity> &queues);
    void setEnvironments(const QList<EnvironmentCapacity> &environments);
    void setConsumables(const QList<ConsumableCapacity> &consumables);

    void addWaiting(const WaitingJob &job);
    void addRunning(const RunningJob &job);
    void setStarted(const QString &jobId, Timestamp at); // all its containers have been started
    // Ended, cancelled, or to be added anew for a retry. Unknown ids do nothing.
    void remove(const QString &jobId, Timestamp at);

    // Places what can start, in order; those jobs run from now on.
    [[nodiscard]] QList<Placement> pass(Timestamp now);

    // Of the time of the last pass. Pre-condition: the job waits.
    [[nodiscard]] WaitReason reasonOf(const QString &jobId) const;
    [[nodiscard]] QList<BlockedHead> blockedHeads() const;
    [[nodiscard]] EnvironmentState environment(const QString &name) const;
    [[nodiscard]] QueueSnapshot snapshot(const QString &queue) const;
    [[nodiscard]] qint64 consumableInUse(const QString &name) const;
    [[nodiscard]] QStringList jobsOnInstance(const QString &instanceId) const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::core
