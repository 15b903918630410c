// Which RUNNABLE jobs start now, on what, and why each of the others waits. Queues by priority
// (higher first, equal ones by name); within a queue first in first out, or by fair share when it
// has a scheduling policy; compute environments of a queue in order, EC2 environments as instances
// in which tasks must fit; all inside what the host really has. A head that does not fit blocks
// those behind it in its queue, as on AWS, and no other queue. It keeps its own picture of who
// waits and who runs, so that a pass costs what it places, the queues, their active shares and the
// instances, and not what waits; it does nothing by itself and knows no clock.
//
// Fair share: the active share with the lowest use is next. Use is vCPU-seconds within the decay
// window (weighing 1 now and linearly less down to 0 at its start), plus a minute at once for each
// vCPU that the share holds (so that jobs placed in one pass alternate), times the weight factor.
#pragma once

#include "backend/batch/schedulingpolicy.h"
#include "backend/executor/core/blockedhead.h"
#include "backend/executor/core/instancetypes.h"
#include "backend/executor/core/pastuse.h"
#include "backend/executor/core/resources.h"

#include <memory>

namespace batchyard::executor::core {

using batch::Timestamp;

enum class EnvironmentKind { Ec2, Spot, Fargate, FargateSpot, Unmanaged };

struct EnvironmentCapacity {
    QString name;
    EnvironmentKind kind = EnvironmentKind::Fargate;
    bool usable = true; // ENABLED and VALID
    double minvCpus = 0; // kept running without work, also when DISABLED
    double maxvCpus = 0;
    QStringList instanceTypes; // of EC2 and Spot: types, families, "optimal", "default_x86_64" …
    QString allocationStrategy; // BEST_FIT when empty
    // How long an instance that has run jobs is kept without any (scalingPolicy's
    // minScaleDownDelayMinutes; ours where there is none). One that is in the way of another goes
    // at once.
    std::chrono::seconds scaleDownDelay{60};
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
    // Of a non-replenishable one: what is left. Each placement takes its quantity off the
    // scheduler's own figure; the owner takes it off the stored one.
    qint64 total = 0;
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
    qint64 sequence = 0; // submission order; equal ones by length of the id, then by the id
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

// A job that held its place before the executor was started anew. The type of its instances is not
// known any more: they become the smallest in which their tasks fit.
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
    // Of attempts that were over before the scheduler was there. Of a queue without a policy or
    // that is not known it does nothing.
    void addPastUse(const PastUse &use);
    // No use that was over so long ago counts any more; 0: no queue has a policy.
    [[nodiscard]] std::chrono::seconds longestDecay() const;
    void setStarted(const QString &jobId, Timestamp at); // all its containers have been started
    // Ended, cancelled, or to be added anew for a retry. Unknown ids do nothing.
    void remove(const QString &jobId, Timestamp at);
    // An instance that is lost: it gets no more tasks and goes with the last of its jobs.
    void drainInstance(const QString &instanceId);

    // Places what can start, in order; those jobs run from now on.
    [[nodiscard]] QList<Placement> pass(Timestamp now);
    // When a pass is due although nothing is told: an idle instance goes.
    [[nodiscard]] std::optional<Timestamp> passDueAt() const;

    // By what is known now and the shares' use at the last pass. Pre-condition: the job waits.
    [[nodiscard]] WaitReason reasonOf(const QString &jobId) const;
    // Its statusReason alone, which costs next to nothing for all but the heads of queues.
    [[nodiscard]] QString statusReasonOf(const QString &jobId) const;
    // Of the last pass. Only reasons that a JobStateTimeLimitAction can name. One that an engine
    // leaves open while it is away stays until the engine tells.
    [[nodiscard]] QList<BlockedHead> blockedHeads() const;
    // Known from before the executor was started anew; its time goes on if the next pass finds it
    // so. Of a queue that is not known it does nothing.
    void restoreBlockedHead(const BlockedHead &head);
    [[nodiscard]] EnvironmentState environment(const QString &name) const;
    [[nodiscard]] QueueSnapshot snapshot(const QString &queue) const;
    [[nodiscard]] qint64 consumableInUse(const QString &name) const;
    [[nodiscard]] QStringList jobsOnInstance(const QString &instanceId) const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::core
