// Many jobs of one container that ends at once, all queued: jobs a second from the first SubmitJob
// to the last end, against the same containers by raw Docker calls in the same network mode, as
// many at a time as is fastest on this machine. In one run, in turn. Aim at least 0.9. Arguments:
// the networks, "none" and "bridge" unless others are named.
#include "backend/async.h"
#include "backend/docker/httpengine.h"
#include "tests/bench/benchexecutor.h"
#include "tests/bench/rawdocker.h"
#include "tests/bench/report.h"
#include "tests/support/engine/privateengine.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using bench::must;

namespace {

constexpr int jobs = 40;
constexpr int pairs = 3;

// Jobs a second, by the jobs' own times: what a client's polls would add is no part of it.
double runJobs(batch::BatchService &service, const QString &network)
{
    QEventLoop loop;
    QStringList ids;
    batch::Timestamp begun = batch::Timestamp::max();
    batch::Timestamp ended{};
    qsizetype open = jobs;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
        onFinished(service.describeJobs(ids), &loop,
                   [&](const Result<QList<batch::JobDetail>> &details) {
                       open = jobs;
                       for (const batch::JobDetail &job : must(details)) {
                           if (job.status == batch::JobStatus::Failed)
                               throw std::runtime_error(job.statusReason.toStdString());
                           if (job.status != batch::JobStatus::Succeeded)
                               continue;
                           --open;
                           begun = std::min(begun, job.createdAt.value());
                           ended = std::max(ended, job.stoppedAt.value());
                       }
                       if (open == 0)
                           loop.quit();
                   });
    });
    for (int i = 0; i < jobs; ++i)
        onFinished(service.submitJob(bench::request(u"single"_s, network)), &loop,
                   [&](const Result<batch::SubmittedJob> &job) {
                       ids.append(must(job).jobId);
                       if (ids.size() == jobs)
                           timer.start(std::chrono::seconds(1));
                   });
    loop.exec();
    return jobs / std::chrono::duration<double>(ended - begun).count();
}

int bestConcurrency(docker::Engine &engine, const QString &network)
{
    int best = 0;
    double fastest = 0;
    std::printf("raw Docker calls, network %s:", qPrintable(network));
    for (const int concurrency : {4, 8, 12}) {
        const double rate = jobs / bench::rawSingles(engine, network, jobs, concurrency);
        std::printf(" %d at a time %.1f /s", concurrency, rate);
        if (rate > fastest) {
            fastest = rate;
            best = concurrency;
        }
    }
    std::printf("\n");
    return best;
}

void compare(batch::BatchService &service, docker::Engine &engine, const QString &network)
{
    static_cast<void>(runJobs(service, network)); // images, network and caches are there after this
    const int concurrency = bestConcurrency(engine, network);
    bench::Ratios ratios("jobs of one container, network " + network.toStdString() + ", "
                             + std::to_string(jobs) + " queued",
                         "raw Docker calls, " + std::to_string(concurrency) + " at a time", "/s");
    for (int pair = 0; pair < pairs; ++pair) {
        const double ours = runJobs(service, network);
        ratios.add(ours, jobs / bench::rawSingles(engine, network, jobs, concurrency));
    }
    ratios.print(0.9);
}

void run(const QStringList &networks)
{
    test::PrivateEngine daemon;
    must(daemon.start());
    must(daemon.importTiny());
    bench::BenchExecutor executor(daemon.socketPath());
    executor.start();
    executor.createQueue(u"bench"_s, 2);
    // So small that it is the starts that limit them, as they do the raw calls.
    executor.registerDefinition(u"single"_s, {u"only"_s}, {u"true"_s}, u"0.1"_s);
    docker::HttpEngine engine(daemon.socketPath());
    for (const QString &network : networks)
        compare(executor.service(), engine, network);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    try {
        const QStringList named = QCoreApplication::arguments().mid(1);
        run(named.isEmpty() ? QStringList{u"none"_s, u"bridge"_s} : named);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
