#include "backend/executor/core/scheduler.h"

#include "backend/executor/core/waittext.h"

#include <QHash>

#include <algorithm>

namespace batchyard::executor::core {

namespace {

QString nameOf(const WaitingJob &job)
{
    return job.jobName.isEmpty() ? job.jobId : job.jobName;
}

// Why the head of a queue cannot start.
struct Blockage {
    QString need; // "needs 4 vCPU, 2 of 8 free in compute environment local"
    QString remedy; // what ends it; a sentence without its full stop
    QString statusReason;
    bool isOfJob = true; // the need begins with a verb whose subject is the job
};

class Scheduler
{
public:
    explicit Scheduler(const SchedulerInput &input)
        : m_input(input)
        , m_environments(input.environments)
    {
        for (const RunningJob &job : input.running) {
            m_used += job.held;
            m_holders.append({job.jobName.isEmpty() ? job.jobId : job.jobName, job.held});
            m_places.append(job.environment);
        }
    }

    Schedule run()
    {
        QHash<QString, QList<WaitingJob>> jobs;
        for (const WaitingJob &job : m_input.waiting)
            jobs[job.queue].append(job);
        QList<QueueCapacity> queues = m_input.queues;
        std::sort(queues.begin(), queues.end(), [](const QueueCapacity &a, const QueueCapacity &b) {
            return a.priority != b.priority ? a.priority > b.priority : a.name < b.name;
        });
        for (const QueueCapacity &queue : queues)
            runQueue(queue, jobs.take(queue.name));
        for (const QList<WaitingJob> &lost : std::as_const(jobs)) {
            for (const WaitingJob &job : lost)
                wait(job,
                     {QStringLiteral("its job queue %1 does not exist").arg(job.queue),
                      QStringLiteral("Cancel it and submit it to another queue"),
                      undeterminedReason, false});
        }
        return std::move(m_schedule);
    }

private:
    void runQueue(const QueueCapacity &queue, QList<WaitingJob> jobs)
    {
        std::sort(jobs.begin(), jobs.end(),
                  [](const WaitingJob &a, const WaitingJob &b) { return a.sequence < b.sequence; });
        qsizetype head = 0;
        while (head < jobs.size() && place(queue, jobs[head]))
            ++head;
        if (head == jobs.size())
            return;
        const Blockage blockage = blockageOf(queue, jobs[head]);
        wait(jobs[head], blockage);
        const QString cause = (blockage.isOfJob ? QStringLiteral(", which ") : QStringLiteral("; "))
            + blockage.need;
        for (qsizetype i = head + 1; i < jobs.size(); ++i)
            m_schedule.waits.append(
                {jobs[i].jobId,
                 QStringLiteral("Waiting: %1 in queue %2 behind %3%4.")
                     .arg(ordinal(i - head + 1), queue.name, nameOf(jobs[head]), cause),
                 {}});
    }

    bool place(const QueueCapacity &queue, const WaitingJob &job)
    {
        if (!m_input.engineReachable || startsInFlight() >= m_input.maximumStartsInFlight
            || !fits(m_used + job.asked, m_input.host))
            return false;
        for (const QString &name : queue.environments) {
            EnvironmentCapacity *environment = usableEnvironment(name);
            if (!environment
                || exceeds(environment->used.vcpus + job.asked.vcpus, environment->maxvCpus))
                continue;
            environment->used += job.asked;
            m_used += job.asked;
            m_holders.append({nameOf(job), job.asked});
            m_places.append(name);
            m_schedule.placements.append({job.jobId, name});
            return true;
        }
        return false;
    }

    [[nodiscard]] qsizetype startsInFlight() const
    {
        return m_input.startsInFlight + m_schedule.placements.size();
    }

    EnvironmentCapacity *usableEnvironment(const QString &name)
    {
        for (EnvironmentCapacity &environment : m_environments) {
            if (environment.name == name)
                return environment.usable ? &environment : nullptr;
        }
        return nullptr;
    }

    void wait(const WaitingJob &job, const Blockage &blockage)
    {
        m_schedule.waits.append(
            {job.jobId, QStringLiteral("Waiting: %1. %2.").arg(blockage.need, blockage.remedy),
             blockage.statusReason});
    }

    // What cannot end by itself is told before what passes.
    Blockage blockageOf(const QueueCapacity &queue, const WaitingJob &job)
    {
        QList<EnvironmentCapacity> usable;
        for (const QString &name : queue.environments) {
            if (const EnvironmentCapacity *environment = usableEnvironment(name))
                usable.append(*environment);
        }
        if (usable.isEmpty())
            return noEnvironment(queue);
        const auto largest
            = std::max_element(usable.begin(), usable.end(), [](const auto &a, const auto &b) {
                  return a.maxvCpus < b.maxvCpus;
              });
        if (exceeds(job.asked.vcpus, largest->maxvCpus))
            return aboveMaximum(job, *largest);
        if (!m_input.engineReachable)
            return engineAway();
        if (!fits(job.asked, m_input.host))
            return aboveHost(job);
        const auto roomy = std::find_if(usable.begin(), usable.end(), [&](const auto &environment) {
            return !exceeds(environment.used.vcpus + job.asked.vcpus, environment.maxvCpus);
        });
        if (roomy == usable.end())
            return environmentFull(job,
                                   *std::find_if(usable.begin(), usable.end(), [&](const auto &e) {
                                       return !exceeds(job.asked.vcpus, e.maxvCpus);
                                   }));
        if (!fits(m_used + job.asked, m_input.host))
            return hostFull(job);
        return {QStringLiteral("%1 jobs are being started, and at most %2 are at a time")
                    .arg(startsInFlight())
                    .arg(m_input.maximumStartsInFlight),
                QStringLiteral("Starts when one of them runs"),
                {},
                false};
    }

    [[nodiscard]] Blockage noEnvironment(const QueueCapacity &queue) const
    {
        if (queue.environments.isEmpty())
            return {QStringLiteral("job queue %1 has no compute environment").arg(queue.name),
                    QStringLiteral("Attach one that is ENABLED and VALID"),
                    invalidEnvironmentsReason, false};
        return {QStringLiteral("no compute environment of queue %1 (%2) is ENABLED and VALID")
                    .arg(queue.name, queue.environments.join(QStringLiteral(", "))),
                QStringLiteral("Enable one of them or attach another"), invalidEnvironmentsReason,
                false};
    }

    [[nodiscard]] Blockage engineAway() const
    {
        return {QStringLiteral("the container engine cannot be reached"),
                m_input.engineProblem.isEmpty() ? QStringLiteral("Starts when it answers again")
                                                : withoutFullStop(m_input.engineProblem),
                {},
                false};
    }

    [[nodiscard]] static QString withoutFullStop(QString text)
    {
        while (text.endsWith(u'.'))
            text.chop(1);
        return text;
    }

    [[nodiscard]] static Blockage aboveMaximum(const WaitingJob &job,
                                               const EnvironmentCapacity &largest)
    {
        return {
            QStringLiteral("needs %1, and compute environment %2 has at most %3")
                .arg(vcpuText(job.asked.vcpus), largest.name, vcpuText(largest.maxvCpus)),
            QStringLiteral("It can never start so: raise Maximum vCPUs, or submit it with fewer"),
            environmentMaximumReason};
    }

    [[nodiscard]] Blockage aboveHost(const WaitingJob &job) const
    {
        return {QStringLiteral("needs %1, and this machine has %2")
                    .arg(resourcesText(job.asked), resourcesText(m_input.host)),
                QStringLiteral("It can never start here: submit it with less"),
                jobRequirementReason};
    }

    [[nodiscard]] Blockage environmentFull(const WaitingJob &job,
                                           const EnvironmentCapacity &environment) const
    {
        const double free = std::max(0.0, environment.maxvCpus - environment.used.vcpus);
        Resources missing = m_used + job.asked - m_input.host;
        missing.vcpus = std::max(missing.vcpus, job.asked.vcpus - free);
        QList<Holder> holders;
        for (qsizetype i = 0; i < m_holders.size(); ++i) {
            if (m_places[i].isEmpty() || m_places[i] == environment.name)
                holders.append(m_holders[i]);
        }
        return {QStringLiteral("needs %1, %2 free in compute environment %3")
                    .arg(vcpuText(job.asked.vcpus), ofText(free, environment.maxvCpus),
                         environment.name),
                roomText(holders, missing) + QStringLiteral(", or raise Maximum vCPUs"),
                {}};
    }

    // The first of CPU, memory and GPU that is short.
    [[nodiscard]] Blockage hostFull(const WaitingJob &job) const
    {
        const Resources free = m_input.host - m_used;
        const Resources missing = job.asked - free;
        QString need;
        if (exceeds(job.asked.vcpus, free.vcpus))
            need = QStringLiteral("needs %1, %2 free on this machine")
                       .arg(vcpuText(job.asked.vcpus),
                            ofText(std::max(0.0, free.vcpus), m_input.host.vcpus));
        else if (job.asked.memoryMiB > free.memoryMiB)
            need = QStringLiteral("needs %1 of memory, %2 of %3 free on this machine")
                       .arg(memoryText(job.asked.memoryMiB),
                            memoryText(std::max<qint64>(0, free.memoryMiB)),
                            memoryText(m_input.host.memoryMiB));
        else
            need = QStringLiteral("needs %1 GPU, %2 of %3 free on this machine")
                       .arg(job.asked.gpus)
                       .arg(std::max(0, free.gpus))
                       .arg(m_input.host.gpus);
        return {need, roomText(m_holders, missing), {}};
    }

    // "2 of 8"
    [[nodiscard]] static QString ofText(double free, double all)
    {
        const auto number = [](double vcpus) { return vcpuText(vcpus).section(u' ', 0, 0); };
        return number(free) + QStringLiteral(" of ") + number(all);
    }

    const SchedulerInput &m_input;
    QList<EnvironmentCapacity> m_environments;
    QList<Holder> m_holders; // running and just placed
    QStringList m_places; // their environments
    Resources m_used; // by the holders
    Schedule m_schedule;
};

} // namespace

Schedule former::schedule(const SchedulerInput &input)
{
    return Scheduler(input).run();
}

} // namespace batchyard::executor::core
