// Random jobs through the scheduler from submission to end, with retries, cancellations, lost
// instances, environments that are switched off for a while, refilled resources and restarts. An
// oracle that shares no code with the scheduler checks every pass, and everything ends.
// BATCHYARD_SEED=n repeats a run, BATCHYARD_JOBS=n sets its size.
#include "tests/unit/core/scheduleroracle.h"

#include <QTest>

#include <memory>
#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::executor::core;
using namespace batchyard::test;
using batchyard::batch::FairsharePolicy;
using batchyard::batch::Timestamp;

namespace {

// As many as take some seconds.
#ifdef __OPTIMIZE__
constexpr int defaultJobs = 100'000;
#else
constexpr int defaultJobs = 2'000;
#endif

SchedulerMachine simulatedMachine()
{
    SchedulerMachine machine;
    machine.host = {32, 120'000, 2};
    machine.maximumStarts = 8;
    machine.environments = {fargate(u"f1"_s, 12), fargate(u"f2"_s, 8),
                            ec2(u"e"_s, 14, {u"m5.large"_s, u"m5.2xlarge"_s, u"g5.xlarge"_s}),
                            ec2(u"s"_s, 18, {u"c5.large"_s, u"c5.4xlarge"_s}), ec2(u"u"_s, 6, {})};
    machine.environments[2].minvCpus = 2;
    machine.environments[2].scaleDownDelay = std::chrono::seconds(5);
    machine.environments[3].kind = EnvironmentKind::Spot;
    machine.environments[3].allocationStrategy = u"SPOT_PRICE_CAPACITY_OPTIMIZED"_s;
    machine.environments[4].kind = EnvironmentKind::Unmanaged;
    FairsharePolicy weighted;
    weighted.shareDistribution = {{u"s0"_s, 0.5, {}}, {u"s1"_s, 2.0, {}}};
    FairsharePolicy reserved;
    reserved.computeReservation = 30;
    machine.queues
        = {{u"urgent"_s, 10, {u"f1"_s}, {}},           {u"b"_s, 5, {u"f2"_s, u"f1"_s}, {}},
           {u"a"_s, 5, {u"e"_s, u"s"_s}, {}},          {u"fair"_s, 3, {u"f1"_s, u"f2"_s}, weighted},
           {u"kept"_s, 2, {u"s"_s, u"u"_s}, reserved}, {u"low"_s, 1, {u"u"_s, u"e"_s}, {}}};
    machine.consumables = {{u"licence"_s, 5, true}, {u"credit"_s, 4, false}};
    return machine;
}

class Simulation
{
public:
    Simulation(quint32 seed, int jobs)
        : m_random(seed)
        , m_jobs(jobs)
        , m_oracle(simulatedMachine())
    {
        restart();
    }

    // Empty when all went well.
    QString run()
    {
        while (m_ended < m_jobs) {
            m_now += std::chrono::milliseconds(500 + below(1000));
            if (++m_passes > 20 * m_jobs)
                return u"%1 jobs never end"_s.arg(m_jobs - m_ended);
            happen();
            const QList<Placement> placements = m_scheduler->pass(m_now);
            if (const QString fault = m_oracle.check(placements, *m_scheduler, m_now);
                !fault.isEmpty())
                return u"pass %1: %2"_s.arg(m_passes).arg(fault);
            for (const Placement &placement : placements) {
                m_startsAt[placement.jobId] = m_now + std::chrono::seconds(below(3));
                m_endsAt[placement.jobId] = m_now + std::chrono::seconds(1 + below(12));
            }
        }
        return {};
    }

    [[nodiscard]] int passes() const { return m_passes; }
    [[nodiscard]] int retries() const { return m_retries; }
    [[nodiscard]] int restarts() const { return m_restarts; }

private:
    int below(int bound) { return static_cast<int>(m_random() % static_cast<quint32>(bound)); }

    void happen()
    {
        start();
        end();
        submit();
        if (below(20) == 0)
            cancelOne();
        if (below(50) == 0)
            loseAnInstance();
        if (below(100) == 0)
            switchAnEnvironment();
        if (below(25) == 0)
            refill();
        if (below(1000) == 0)
            restart();
    }

    void start()
    {
        for (auto each = m_startsAt.begin(); each != m_startsAt.end();) {
            if (each->second > m_now) {
                ++each;
                continue;
            }
            m_scheduler->setStarted(each->first, m_now);
            m_oracle.started(each->first, m_now);
            each = m_startsAt.erase(each);
        }
    }

    void end()
    {
        QStringList ended;
        for (const auto &[id, time] : m_endsAt) {
            if (time <= m_now)
                ended.append(id);
        }
        for (const QString &id : std::as_const(ended))
            end(id, below(10) == 0);
    }

    void end(const QString &id, bool isTriedAgain)
    {
        const WaitingJob job = m_oracle.active().at(id).job;
        m_scheduler->remove(id, m_now);
        m_oracle.ended(id, m_now);
        m_startsAt.erase(id);
        m_endsAt.erase(id);
        if (isTriedAgain) {
            ++m_retries;
            add(job);
        } else {
            ++m_ended;
        }
    }

    // In waves, so that queues fill and run empty.
    void submit()
    {
        const bool isWave = (m_passes / 200) % 3 != 0;
        for (int count = below(isWave ? 16 : 3);
             count > 0 && m_submitted < m_jobs && m_oracle.waiting().size() < 600; --count)
            add(randomJob());
    }

    void add(WaitingJob job)
    {
        job.runnableSince = m_now;
        m_oracle.wait(job);
        m_scheduler->addWaiting(job);
    }

    // Of a size that every environment of its queue can hold.
    WaitingJob randomJob()
    {
        const QList<QueueCapacity> &queues = m_oracle.machine().queues;
        const QueueCapacity &queue = queues[below(static_cast<int>(queues.size()))];
        WaitingJob job;
        job.jobId = u"j%1"_s.arg(++m_submitted);
        job.queue = queue.name;
        job.sequence = m_submitted;
        job.fargate = queue.environments[0].startsWith(u'f');
        const int quarters = below(10) == 0 ? 1 + below(16) : 1 + below(8);
        job.tasks = {{quarters / 4.0, 64 + below(3500), 0}};
        if (queue.name == u"a" && below(20) == 0)
            job.tasks = {{4, 12'000, below(2)}};
        if (below(12) == 0)
            job.tasks = QList<Resources>(2 + below(2), {quarters / 8.0 < 1 ? 0.5 : 1.0, 200, 0});
        if (queue.policy) {
            job.shareIdentifier = u"s%1"_s.arg(below(3));
            job.schedulingPriority = below(3);
        }
        if (below(8) == 0)
            job.consumables = {{u"licence"_s, 1 + below(5)}};
        if (below(30) == 0)
            job.consumables.append({u"credit"_s, 1 + below(3)});
        return job;
    }

    void cancelOne()
    {
        if (m_oracle.waiting().empty())
            return;
        const auto chosen = std::next(m_oracle.waiting().begin(),
                                      below(static_cast<int>(m_oracle.waiting().size())));
        const QString id = chosen->first;
        m_scheduler->remove(id, m_now);
        m_oracle.cancel(id);
        ++m_ended;
    }

    // Its jobs end one after the other and are tried again.
    void loseAnInstance()
    {
        const QList<Instance> instances = m_scheduler->environment(u"s"_s).instances;
        if (instances.isEmpty())
            return;
        const Instance lost = instances[below(static_cast<int>(instances.size()))];
        m_scheduler->drainInstance(lost.id);
        m_oracle.lost(lost.id);
        for (const QString &id : lost.jobIds) {
            if (below(2) == 0)
                end(id, true);
        }
    }

    void switchAnEnvironment()
    {
        QList<EnvironmentCapacity> &environments = m_oracle.machine().environments;
        EnvironmentCapacity &chosen = environments[below(static_cast<int>(environments.size()))];
        for (EnvironmentCapacity &each : environments)
            each.usable = &each == &chosen ? !each.usable : true;
        m_scheduler->setEnvironments(environments);
    }

    void refill()
    {
        m_oracle.machine().consumables[1].total = 4;
        m_scheduler->setConsumables(m_oracle.machine().consumables);
    }

    void restart()
    {
        ++m_restarts;
        m_oracle.restarted();
        m_scheduler = std::make_unique<JobScheduler>(m_random());
        SchedulerMachine machine = m_oracle.machine();
        for (const auto &[id, active] : m_oracle.active())
            machine.running.append({active.job, active.place, active.starting, active.startedAt});
        for (const auto &[id, job] : m_oracle.waiting())
            machine.waiting.append(job);
        std::shuffle(machine.waiting.begin(), machine.waiting.end(), m_random);
        machine.tell(*m_scheduler);
    }

    std::mt19937 m_random;
    int m_jobs;
    SchedulerOracle m_oracle;
    std::unique_ptr<JobScheduler> m_scheduler;
    Timestamp m_now = at(1'000'000);
    std::map<QString, Timestamp> m_startsAt, m_endsAt;
    int m_submitted = 0;
    int m_ended = 0;
    int m_passes = 0;
    int m_retries = 0;
    int m_restarts = -1;
};

} // namespace

class TestSchedulerSimulation : public QObject
{
    Q_OBJECT

private slots:
    void keepsTheRules()
    {
        bool isGiven = false;
        quint32 seed = qEnvironmentVariable("BATCHYARD_SEED").toUInt(&isGiven);
        if (!isGiven)
            seed = std::random_device()();
        bool isSized = false;
        int jobs = qEnvironmentVariable("BATCHYARD_JOBS").toInt(&isSized);
        if (!isSized)
            jobs = defaultJobs;
        qInfo("BATCHYARD_SEED=%u BATCHYARD_JOBS=%d", seed, jobs);
        Simulation simulation(seed, jobs);
        const QString fault = simulation.run();
        qInfo("%d passes, %d retries, %d restarts", simulation.passes(), simulation.retries(),
              simulation.restarts());
        QCOMPARE(fault, QString());
    }

    // Over half an hour the shares of one full queue get vCPU-seconds in inverse proportion to
    // their weight factors.
    void sharesConverge_data()
    {
        QTest::addColumn<QList<double>>("weights");
        QTest::newRow("equal") << QList<double>{1, 1, 1};
        QTest::newRow("1, 2 and 4 parts") << QList<double>{1, 0.5, 0.25};
        QTest::newRow("1 and 10 parts") << QList<double>{10, 1};
    }

    void sharesConverge()
    {
        QFETCH(QList<double>, weights);
        std::mt19937 random(5);
        SchedulerMachine machine;
        machine.host = {32, 1'000'000, 0};
        machine.environments[0].maxvCpus = 32;
        FairsharePolicy policy;
        for (qsizetype i = 0; i < weights.size(); ++i)
            policy.shareDistribution.append({QString::number(i), weights[i], {}});
        machine.queues[0].policy = policy;
        JobScheduler scheduler;
        machine.tell(scheduler);
        std::map<QString, WaitingJob> jobs;
        std::multimap<double, QString> ends;
        std::vector<double> got(static_cast<size_t>(weights.size()));
        qint64 sequence = 0;
        const auto submit = [&](qsizetype share) {
            ++sequence;
            WaitingJob each = job(QString::number(sequence), u"q"_s, sequence,
                                  {0.5 + static_cast<double>(random() % 4) / 2, 10, 0});
            each.shareIdentifier = QString::number(share);
            jobs[each.jobId] = each;
            scheduler.addWaiting(each);
        };
        for (qsizetype share = 0; share < weights.size(); ++share) {
            for (int i = 0; i < 100; ++i)
                submit(share);
        }
        for (double now = 0; now < 1800; now += 1) {
            while (!ends.empty() && ends.begin()->first <= now) {
                scheduler.remove(ends.begin()->second, at(now));
                ends.erase(ends.begin());
            }
            for (const Placement &placement : scheduler.pass(at(now))) {
                const WaitingJob &placed = jobs.at(placement.jobId);
                const double seconds = 5 + static_cast<double>(random() % 60);
                ends.emplace(now + seconds, placement.jobId);
                got[placed.shareIdentifier.toUInt()] += placed.tasks[0].vcpus * seconds;
                scheduler.setStarted(placement.jobId, at(now));
                submit(placed.shareIdentifier.toInt());
            }
        }
        for (qsizetype share = 1; share < weights.size(); ++share) {
            const double ratio = got[static_cast<size_t>(share)] / got[0];
            const double expected = weights[0] / weights[share];
            QVERIFY2(std::abs(ratio / expected - 1) < 0.08,
                     qPrintable(u"%1 instead of %2"_s.arg(ratio).arg(expected)));
        }
    }
};

QTEST_GUILESS_MAIN(TestSchedulerSimulation)
#include "tst_schedulersimulation.moc"
