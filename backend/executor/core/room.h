// What there is to run jobs on and what of it is taken: the machine, the compute environments with
// their instances, the consumable resources. For the files of this folder only.
#pragma once

#include "backend/executor/core/instancepool.h"

#include <map>

namespace batchyard::executor::core {

[[nodiscard]] bool isFargate(EnvironmentKind kind);
[[nodiscard]] bool hasInstances(EnvironmentKind kind);

class Room
{
public:
    struct Environment {
        EnvironmentCapacity capacity;
        bool isKnown = false; // else only the jobs that it had are left
        Resources used; // by its jobs
        qsizetype jobs = 0;
        std::optional<InstancePool> pool; // of EC2 and Spot

        [[nodiscard]] bool takes(const WaitingJob &job) const; // usable, of the job's platform
        [[nodiscard]] bool canEverHold(const WaitingJob &job) const; // it alone, once empty
    };
    struct Consumable {
        ConsumableCapacity capacity;
        bool isKnown = false;
        qint64 inUse = 0;

        [[nodiscard]] qint64 free() const;
    };
    struct Choice {
        QString environment;
        std::optional<InstancePool::Plan> plan;
    };

    explicit Room(quint64 seed);

    void setHost(const Resources &host);
    void setEnvironments(const QList<EnvironmentCapacity> &environments);
    void setConsumables(const QList<ConsumableCapacity> &consumables);

    // Where the job can start now: the first of the environments, if the machine and the
    // consumables suffice. without: as if this running job had ended already.
    [[nodiscard]] std::optional<Choice> choose(const WaitingJob &job,
                                               const QStringList &environments,
                                               const RunningJob *without = nullptr) const;
    // As far as this environment goes.
    [[nodiscard]] std::optional<Choice> chooseIn(const WaitingJob &job, const QString &environment,
                                                 const RunningJob *without = nullptr) const;
    [[nodiscard]] bool fitsHost(const WaitingJob &job, const RunningJob *without = nullptr) const;
    // The first need that is not met now, and of those that can never be met; null when there is
    // none.
    [[nodiscard]] const ConsumableNeed *missing(const WaitingJob &job,
                                                const RunningJob *without = nullptr) const;
    [[nodiscard]] const ConsumableNeed *neverMet(const WaitingJob &job) const;

    // Nothing may have changed since the choice.
    Placement place(const WaitingJob &job, const Choice &choice);
    void adopt(const RunningJob &job); // placed before a restart
    void release(const RunningJob &job, Timestamp at);
    void drain(const QString &instanceId);
    void scale(Timestamp now);

    [[nodiscard]] const Resources &host() const { return m_host; }
    [[nodiscard]] Resources freeOnHost() const { return m_host - m_used; }
    [[nodiscard]] const Environment *environment(const QString &name) const; // null: not known
    [[nodiscard]] const Consumable *consumable(const QString &name) const;
    // Of those of these environments that are usable; no more than the machine has.
    [[nodiscard]] double maximumVcpus(const QStringList &environments) const;
    [[nodiscard]] std::optional<Timestamp> nextEnd() const;
    [[nodiscard]] QStringList jobsOn(const QString &instanceId) const;

private:
    void hold(const RunningJob &job);

    InstanceIds m_ids;
    Resources m_host;
    Resources m_used;
    qsizetype m_jobs = 0;
    std::map<QString, Environment> m_environments;
    std::map<QString, Consumable> m_consumables;
};

} // namespace batchyard::executor::core
