// Many jobs of one container that ends at once, all queued: jobs a second from the first SubmitJob
// to the last end, against the same containers by raw Docker calls four at a time in the same
// network mode, in one run, in turn. Aim at least 0.9. (Moto, the other thing to compare with, is
// no package of Debian's.)
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

constexpr int jobs = 60;
constexpr int pairs = 2;

// Jobs a second.
double runJobs(batch::BatchService &service, const QString &network)
{
    QEventLoop loop;
    QStringList open;
    int submitted = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
        if (submitted < jobs)
            return;
        onFinished(service.describeJobs(open), &loop,
                   [&](const Result<QList<batch::JobDetail>> &details) {
                       for (const batch::JobDetail &job : must(details)) {
                           if (job.status == batch::JobStatus::Failed)
                               throw std::runtime_error(job.statusReason.toStdString());
                           if (job.status == batch::JobStatus::Succeeded)
                               open.removeAll(job.jobId);
                       }
                       if (open.isEmpty())
                           loop.quit();
                   });
    });
    const double begun = bench::seconds();
    for (int i = 0; i < jobs; ++i)
        onFinished(service.submitJob(bench::request(u"single"_s, network)), &loop,
                   [&](const Result<batch::SubmittedJob> &job) {
                       open.append(must(job).jobId);
                       ++submitted;
                   });
    timer.start(std::chrono::milliseconds(100));
    loop.exec();
    return jobs / (bench::seconds() - begun);
}

void run()
{
    test::PrivateEngine daemon;
    must(daemon.start());
    must(daemon.importTiny());
    bench::BenchExecutor executor(daemon.socketPath());
    executor.start();
    executor.createQueue(u"bench"_s, 2);
    executor.registerDefinition(u"single"_s, {u"only"_s});
    docker::HttpEngine engine(daemon.socketPath());
    const QString network = u"none"_s;
    static_cast<void>(bench::rawSingles(engine, network, 4));
    bench::Ratios ratios("jobs of one container, network none, 60 queued",
                         "raw Docker calls, 4 at a time", "/s");
    for (int pair = 0; pair < pairs; ++pair) {
        const double ours = runJobs(executor.service(), network);
        ratios.add(ours, jobs / bench::rawSingles(engine, network, jobs));
    }
    ratios.print(0.9);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    try {
        run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
