// Which RUNNABLE jobs start now, and why each of the others waits. Queues by priority (higher
// first), first in first out within a queue (a head that does not fit blocks those behind it, as
// on AWS), compute environments of a queue in order; all inside what the host really has.
#pragma once

#include "backend/batch/common.h"
#include "backend/executor/core/resources.h"

#include <optional>

namespace batchyard::executor::core {

// JobScheduler has values of the same names; a file includes one of the two headers.
inline namespace former {

struct EnvironmentCapacity {
    QString name;
    bool usable = true; // ENABLED and VALID
    double maxvCpus = 0;
    Resources used; // by STARTING and RUNNING jobs
};

struct QueueCapacity {
    QString name;
    int priority = 0;
    QStringList environments; // in order
};

struct WaitingJob {
    QString jobId;
    QString queue;
    qint64 sequence = 0; // submission order
    Resources asked;
    QString jobName = {}; // for the texts; the id stands in when it is empty
};

struct RunningJob {
    QString jobId;
    QString jobName;
    Resources held;
    QString environment = {}; // empty: not known, then it counts for every environment in the texts
};

struct Placement {
    QString jobId;
    QString environment;
    friend bool operator==(const Placement &, const Placement &) = default;
};

struct WaitReason {
    QString jobId;
    QString text; // words and numbers for a person
    QString statusReason; // AWS's blocked-job text, empty when the job waits as usual
    friend bool operator==(const WaitReason &, const WaitReason &) = default;
};

struct Schedule {
    QList<Placement> placements;
    QList<WaitReason> waits; // of every waiting job that is not placed
};

struct SchedulerInput {
    Resources host; // what the machine has
    bool engineReachable = true;
    QString engineProblem;
    QList<QueueCapacity> queues;
    QList<EnvironmentCapacity> environments;
    QList<WaitingJob> waiting;
    QList<RunningJob> running;
    int startsInFlight = 0;
    int maximumStartsInFlight = 8;
};

// The host's CPUs and memory bound the sum of what the jobs ask for, each environment's maxvCpus
// the vCPUs of its jobs. A queue's blocked head does not hold back other queues.
[[nodiscard]] Schedule schedule(const SchedulerInput &input);

} // namespace former

} // namespace batchyard::executor::core
