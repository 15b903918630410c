// What a pass of the scheduler costs with 100,000 RUNNABLE jobs behind it, beside the floor of a
// scheduler without a picture of its own: sorting the same jobs once. Aim: below 20 ms a pass,
// whether it places jobs or finds every queue blocked. Also what one waiting job costs to add, and
// its reason.
#include "backend/executor/core/jobscheduler.h"
#include "tests/bench/report.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace std::string_literals;
using namespace batchyard::executor::core;

namespace {

constexpr int waitingJobs = 100'000;
constexpr int shareCount = 500; // AWS's limit of active shares in a queue
constexpr int passes = 30;
constexpr int startsPerPass = 8;

batchyard::batch::Timestamp at(int seconds)
{
    return batchyard::batch::fromEpochMs(1'000'000 + 1000 * seconds);
}

QList<WaitingJob> jobs(bool fair, bool onInstances)
{
    std::mt19937 random(1);
    QList<WaitingJob> jobs;
    for (int i = 0; i < waitingJobs; ++i) {
        WaitingJob job;
        job.jobId = u"6b1f0e5c-0000-4000-8000-%1"_s.arg(i, 12, 10, QLatin1Char('0'));
        job.jobName = u"job-%1"_s.arg(i);
        job.queue = u"q"_s;
        job.sequence = i;
        job.tasks = {{0.25 * static_cast<double>(1 + random() % 8), 256, 0}};
        job.fargate = !onInstances;
        job.runnableSince = at(0);
        if (fair) {
            job.shareIdentifier = u"share%1"_s.arg(random() % shareCount);
            job.schedulingPriority = static_cast<int>(random() % 100);
        }
        jobs.append(job);
    }
    return jobs;
}

void tell(JobScheduler &scheduler, bool fair, bool onInstances)
{
    EnvironmentCapacity environment;
    environment.name = u"e"_s;
    environment.kind = onInstances ? EnvironmentKind::Ec2 : EnvironmentKind::Fargate;
    environment.maxvCpus = 256;
    environment.instanceTypes = {u"optimal"_s};
    QueueCapacity queue{u"q"_s, 1, {u"e"_s}, {}};
    if (fair)
        queue.policy.emplace();
    scheduler.setHost({256, 1'000'000, 0});
    scheduler.setEngine(true, {});
    scheduler.setMaximumStartsInFlight(startsPerPass);
    scheduler.setEnvironments({environment});
    scheduler.setQueues({queue});
}

// Seconds that the sort takes which a scheduler would need that is told all jobs anew each time.
double sortOnce(const QList<WaitingJob> &jobs)
{
    std::vector<qsizetype> order(static_cast<size_t>(jobs.size()));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(2));
    const double begun = bench::seconds();
    std::sort(order.begin(), order.end(), [&jobs](qsizetype a, qsizetype b) {
        return std::pair(-jobs[a].schedulingPriority, jobs[a].sequence)
            < std::pair(-jobs[b].schedulingPriority, jobs[b].sequence);
    });
    return bench::seconds() - begun;
}

// False when the scheduler does not do what is measured.
bool measure(const char *name, bool fair, bool onInstances)
{
    const QList<WaitingJob> waiting = jobs(fair, onInstances);
    JobScheduler scheduler;
    tell(scheduler, fair, onInstances);
    const double begun = bench::seconds();
    for (const WaitingJob &job : waiting)
        scheduler.addWaiting(job);
    const double added = bench::seconds() - begun;

    bench::Ratios placing(std::string(name) + ", a pass that places"s, "a sort", "us");
    bench::Ratios blocked(std::string(name) + ", a blocked pass"s, "a sort", "us");
    double slowest = 0;
    int now = 1;
    qsizetype placed = 0;
    for (int pass = 0; pass < passes; ++pass) {
        const double start = bench::seconds();
        const QList<Placement> placements = scheduler.pass(at(++now));
        const double time = bench::seconds() - start;
        placed += placements.size();
        slowest = std::max(slowest, time);
        placing.add(time * 1e6, sortOnce(waiting) * 1e6);
        for (const Placement &placement : placements)
            scheduler.setStarted(placement.jobId, at(now));
    }
    while (!scheduler.pass(at(++now)).isEmpty()) { } // those that still fit
    for (int pass = 0; pass < passes; ++pass) {
        const double start = bench::seconds();
        placed += scheduler.pass(at(++now)).isEmpty() ? 0 : 1'000'000;
        const double time = bench::seconds() - start;
        slowest = std::max(slowest, time);
        blocked.add(time * 1e6, sortOnce(waiting) * 1e6);
    }
    placing.print(1);
    blocked.print(1);

    const double asked = bench::seconds();
    qsizetype length = 0;
    for (qsizetype i = waiting.size() - 1000; i < waiting.size(); ++i)
        length += scheduler.reasonOf(waiting[i].jobId).text.size();
    const double reason = (bench::seconds() - asked) / 1000;
    std::printf("%s: slowest pass %.3f ms (aim 20), %.2f us to add a job, %.1f us for a reason\n",
                name, slowest * 1000, added / waitingJobs * 1e6, reason * 1e6);
    return placed > 0 && placed <= passes * startsPerPass && length > 1000;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const bool isGood = measure("first in first out", false, false)
        && measure("500 fair shares", true, false) && measure("EC2 instances", false, true);
    return isGood ? 0 : 1;
}
