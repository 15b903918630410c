// Thousands of random jobs through the scheduler, from submission to end, on random machines. An
// oracle that shares no code with the scheduler checks every turn: nothing is overcommitted, order
// and priority are kept, no job that could start is left, no job waits without a reason, and
// everything that can ever start does.
#include "backend/executor/core/scheduler.h"

#include <QHash>
#include <QRandomGenerator>
#include <QTest>

using namespace batchyard::executor::core;

namespace {

struct Active {
    WaitingJob job;
    QString environment;
    int endsAt = 0;
};

// All amounts in quarters of a vCPU, so that the oracle adds whole numbers.
int quarters(double vcpus)
{
    return qRound(vcpus * 4);
}

class Simulation
{
public:
    explicit Simulation(quint32 seed)
        : m_random(seed)
    {
        m_input.host = {static_cast<double>(m_random.bounded(2, 17)), m_random.bounded(1000, 16000),
                        m_random.bounded(3)};
        m_input.maximumStartsInFlight = m_random.bounded(1, 9);
        const int environments = m_random.bounded(1, 4);
        for (int i = 0; i < environments; ++i)
            m_input.environments.append({QStringLiteral("e%1").arg(i),
                                         true,
                                         static_cast<double>(m_random.bounded(2, 21)),
                                         {}});
        const int queues = m_random.bounded(1, 5);
        for (int i = 0; i < queues; ++i) {
            QStringList order;
            for (int j = 0; j < environments; ++j)
                order.append(QStringLiteral("e%1").arg((i + j) % environments));
            m_input.queues.append({QStringLiteral("q%1").arg(i), m_random.bounded(3), order});
        }
    }

    // Empty when all went well.
    QString run(int jobs)
    {
        for (int time = 0; m_submitted < jobs || !m_input.waiting.isEmpty(); ++time) {
            if (time > jobs * 20)
                return QStringLiteral("%1 jobs never start").arg(m_input.waiting.size());
            endJobs(time);
            submitJobs(jobs);
            countUse();
            const Schedule schedule = batchyard::executor::core::schedule(m_input);
            const QString fault = check(schedule);
            if (!fault.isEmpty())
                return QStringLiteral("turn %1: %2").arg(time).arg(fault);
            start(schedule, time);
        }
        return {};
    }

private:
    void endJobs(int time)
    {
        m_active.removeIf([time](const Active &active) { return active.endsAt <= time; });
    }

    // Only jobs that fit into the machine and into some environment of every queue.
    void submitJobs(int jobs)
    {
        double largest = m_input.host.vcpus;
        double most = 0;
        for (const EnvironmentCapacity &environment : m_input.environments)
            most = std::max(most, environment.maxvCpus);
        largest = std::min(largest, most);
        for (int count = m_random.bounded(5); count > 0 && m_submitted < jobs; --count) {
            ++m_submitted;
            const int size = m_random.bounded(8) == 0 ? quarters(largest) : m_random.bounded(1, 9);
            m_input.waiting.append({QStringLiteral("j%1").arg(m_submitted),
                                    m_input.queues[m_random.bounded(m_input.queues.size())].name,
                                    m_submitted,
                                    {std::min(largest, size / 4.0),
                                     m_random.bounded(qint64(1), m_input.host.memoryMiB + 1),
                                     m_random.bounded(m_input.host.gpus + 1)},
                                    {}});
        }
        // The scheduler must not depend on the order in which it is told of jobs.
        std::shuffle(m_input.waiting.begin(), m_input.waiting.end(), m_random);
    }

    void countUse()
    {
        m_input.running.clear();
        for (EnvironmentCapacity &environment : m_input.environments)
            environment.used = {};
        for (const Active &active : std::as_const(m_active)) {
            m_input.running.append(
                {active.job.jobId, active.job.jobId, active.job.asked, active.environment});
            use(active);
        }
        m_input.startsInFlight = m_random.bounded(m_input.maximumStartsInFlight + 1);
    }

    void use(const Active &active)
    {
        for (EnvironmentCapacity &environment : m_input.environments) {
            if (environment.name == active.environment)
                environment.used.vcpus += active.job.asked.vcpus;
        }
    }

    QString check(const Schedule &schedule)
    {
        QHash<QString, WaitingJob> waiting;
        for (const WaitingJob &job : std::as_const(m_input.waiting))
            waiting.insert(job.jobId, job);
        QList<Active> active = m_active;
        for (const Placement &placement : schedule.placements) {
            if (!waiting.contains(placement.jobId))
                return QStringLiteral("%1 is placed but does not wait").arg(placement.jobId);
            const WaitingJob job = waiting.take(placement.jobId);
            for (const WaitingJob &other : std::as_const(waiting)) {
                if (other.queue == job.queue && other.sequence < job.sequence)
                    return QStringLiteral("%1 overtakes %2").arg(job.jobId, other.jobId);
                if (priorityOf(other) > priorityOf(job) && isHead(other, waiting)
                    && starts(active) < m_input.maximumStartsInFlight && hasRoom(other, active))
                    return QStringLiteral("%1 starts before %2 of a higher priority")
                        .arg(job.jobId, other.jobId);
            }
            active.append({job, placement.environment, 0});
            if (isOvercommitted(active))
                return QStringLiteral("%1 is one too many").arg(job.jobId);
        }
        if (starts(active) > m_input.maximumStartsInFlight)
            return QStringLiteral("too many starts at once");
        if (schedule.waits.size() != waiting.size())
            return QStringLiteral("%1 jobs wait, %2 reasons")
                .arg(waiting.size())
                .arg(schedule.waits.size());
        for (const WaitReason &wait : schedule.waits) {
            if (!waiting.contains(wait.jobId) || !wait.text.startsWith(QStringLiteral("Waiting: "))
                || !wait.statusReason.isEmpty())
                return QStringLiteral("no good reason for %1: %2").arg(wait.jobId, wait.text);
        }
        for (const WaitingJob &job : std::as_const(waiting)) {
            if (isHead(job, waiting) && starts(active) < m_input.maximumStartsInFlight
                && hasRoom(job, active))
                return QStringLiteral("%1 could start").arg(job.jobId);
        }
        return {};
    }

    [[nodiscard]] qsizetype starts(const QList<Active> &active) const
    {
        return m_input.startsInFlight + active.size() - m_active.size();
    }

    [[nodiscard]] int priorityOf(const WaitingJob &job) const
    {
        for (const QueueCapacity &queue : m_input.queues) {
            if (queue.name == job.queue)
                return queue.priority;
        }
        return -1;
    }

    [[nodiscard]] static bool isHead(const WaitingJob &job,
                                     const QHash<QString, WaitingJob> &waiting)
    {
        return std::none_of(waiting.begin(), waiting.end(), [&](const WaitingJob &other) {
            return other.queue == job.queue && other.sequence < job.sequence;
        });
    }

    [[nodiscard]] bool hasRoom(const WaitingJob &job, const QList<Active> &active) const
    {
        return std::any_of(
            m_input.environments.begin(), m_input.environments.end(),
            [&](const EnvironmentCapacity &environment) {
                return !isOvercommitted(active + QList<Active>{{job, environment.name, 0}});
            });
    }

    [[nodiscard]] bool isOvercommitted(const QList<Active> &active) const
    {
        int cpus = 0;
        qint64 memory = 0;
        int gpus = 0;
        QHash<QString, int> perEnvironment;
        for (const Active &each : active) {
            cpus += quarters(each.job.asked.vcpus);
            memory += each.job.asked.memoryMiB;
            gpus += each.job.asked.gpus;
            perEnvironment[each.environment] += quarters(each.job.asked.vcpus);
        }
        const bool overMaximum = std::any_of(
            m_input.environments.begin(), m_input.environments.end(),
            [&](const EnvironmentCapacity &environment) {
                return perEnvironment.value(environment.name) > quarters(environment.maxvCpus);
            });
        return overMaximum || cpus > quarters(m_input.host.vcpus) || memory > m_input.host.memoryMiB
            || gpus > m_input.host.gpus;
    }

    void start(const Schedule &schedule, int time)
    {
        for (const Placement &placement : schedule.placements) {
            const auto found
                = std::find_if(m_input.waiting.begin(), m_input.waiting.end(),
                               [&](const WaitingJob &job) { return job.jobId == placement.jobId; });
            m_active.append({*found, placement.environment, time + m_random.bounded(1, 6)});
            m_input.waiting.erase(found);
        }
    }

    QRandomGenerator m_random;
    SchedulerInput m_input;
    QList<Active> m_active;
    int m_submitted = 0;
};

} // namespace

class TestSchedulerSimulation : public QObject
{
    Q_OBJECT

private slots:
    void keepsTheRules_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 40; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void keepsTheRules()
    {
        QFETCH(quint32, seed);
        QCOMPARE(Simulation(seed).run(100), QString());
    }

    // One turn with a long queue must not be felt.
    void aLongQueueTakesNoTime()
    {
        SchedulerInput input;
        input.host = {8, 8000, 0};
        input.queues = {{QStringLiteral("q"), 1, {QStringLiteral("e")}}};
        input.environments = {{QStringLiteral("e"), true, 8, {}}};
        for (int i = 0; i < 10'000; ++i)
            input.waiting.append({QString::number(i), QStringLiteral("q"), i, {4, 10, 0}, {}});
        QElapsedTimer timer;
        timer.start();
        const Schedule schedule = batchyard::executor::core::schedule(input);
        QCOMPARE(schedule.placements.size(), 2);
        QCOMPARE(schedule.waits.size(), 9998);
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestSchedulerSimulation)
#include "tst_schedulersimulation.moc"
