// The instances of one EC2 or Spot compute environment: bins in which tasks must fit, started and
// ended as AWS Batch scales (aws-batch.md 3.10). A task goes into the fullest instance with room,
// else into a new one. Its type: the first that fits of those without needless GPUs, from small to
// large, since there are no prices here; the strategies with an order of their own take the types
// as the environment lists them. For the files of this folder only.
#pragma once

#include "backend/executor/core/jobscheduler.h"

#include <random>
#include <vector>

namespace batchyard::executor::core {

// "i-" and 17 hex digits.
class InstanceIds
{
public:
    explicit InstanceIds(quint64 seed);
    [[nodiscard]] QString next();

private:
    std::mt19937_64 m_random;
};

class InstancePool
{
public:
    // Where each task of a job goes, found without changing anything.
    struct Plan {
        QList<qsizetype>
            bins; // one for each task; beyond those there are: the started ones in order
        QList<InstanceType> started;
        QList<qsizetype> ended; // idle ones that make room for the started
    };

    // ids is shared by the pools and outlives them.
    explicit InstancePool(InstanceIds &ids);

    void setCapacity(const EnvironmentCapacity &capacity);

    // All tasks or nothing. without: as if this job had ended already.
    [[nodiscard]] std::optional<Plan> plan(const QList<Resources> &tasks,
                                           const QString &without = {}) const;
    [[nodiscard]] bool canEverHold(const QList<Resources> &tasks) const;
    [[nodiscard]] std::optional<InstanceType> smallestType(const Resources &task) const;
    // The instances' ids, one for each task. Nothing may have changed since the plan was made.
    QStringList carryOut(const Plan &plan, const QString &jobId, const QList<Resources> &tasks);
    // A job from before a restart; an unknown instance is the smallest that fits what it holds.
    void adopt(const QString &jobId, const QList<Resources> &tasks, const QStringList &instances);
    void release(const QString &jobId, const QStringList &instances, Timestamp at);
    void drain(const QString &instanceId);
    // Ends what has been idle for too long and keeps up the minimum.
    void scale(Timestamp now);
    [[nodiscard]] std::optional<Timestamp> nextEnd() const; // of an idle instance

    [[nodiscard]] QList<Instance> instances() const; // in order of their start
    [[nodiscard]] qsizetype count() const { return std::ssize(m_bins); }
    [[nodiscard]] double vcpus() const; // of all instances
    [[nodiscard]] double largestFreeVcpus() const; // on one instance that takes tasks
    [[nodiscard]] QStringList jobsOn(const QString &instanceId) const;

private:
    struct Bin {
        QString id;
        InstanceType type;
        Resources all; // for tasks
        Resources used;
        QList<std::pair<QString, Resources>> tasks; // job, what it holds
        bool takesTasks = true; // neither lost nor of a type that was taken off the list
        bool isLost = false;
        std::optional<Timestamp> idleSince; // none before its first job
    };
    class Search;

    [[nodiscard]] const InstanceType *typeFor(const Resources &task) const;
    [[nodiscard]] bool mayExceed() const;
    [[nodiscard]] bool mayStart(double running, double vcpus) const;
    [[nodiscard]] bool isListed(const InstanceType &type) const;
    [[nodiscard]] bool isDispensable(const Bin &bin, double running) const;
    void hold(Bin &bin, const QString &jobId, const Resources &task);
    void makeFit(Bin &bin) const;
    Bin &start(const InstanceType &type, const QString &id = {});
    [[nodiscard]] Bin *find(const QString &instanceId);
    [[nodiscard]] static QStringList jobsOf(const Bin &bin);

    InstanceIds &m_ids;
    EnvironmentCapacity m_capacity;
    QList<InstanceType> m_types; // in order of preference
    std::vector<Bin> m_bins; // in order of their start
};

} // namespace batchyard::executor::core
