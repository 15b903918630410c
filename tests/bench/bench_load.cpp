// The API under load while jobs run: 500 DescribeJobs and ListJobs a second from 32 connections
// (aim: all answered, p99 below 50 ms), SubmitJob from 8 connections as fast as it is answered
// (each for one request, and kept), and an array of 10,000 (aim: accepted in less than 0.5 s). The
// floor, in the same run and in turn: requests that the same server refuses before an operation.
#include "tests/bench/benchexecutor.h"
#include "tests/bench/httpload.h"
#include "tests/bench/report.h"
#include "tests/support/engine/privateengine.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;

namespace {

constexpr int runningJobs = 30;
constexpr int describedJobs = 10; // at a time
constexpr double readRate = 500;
constexpr int rounds = 3;

const bench::ApiCall refused{"/v1/describejobs", R"({"jobs":["none"]})"};

void print(const char *what, const bench::LoadResult &result)
{
    std::printf("%s: %.0f a second, p50 %.1f ms, p99 %.1f ms, longest %.1f ms, refused %d\n", what,
                result.rate(), result.percentile(0.5), result.percentile(0.99),
                result.percentile(1), result.refused);
    std::fflush(stdout);
}

QByteArray describeBody(const QStringList &jobIds)
{
    QByteArrayList quoted;
    for (const QString &id : jobIds)
        quoted += '"' + id.toLatin1() + '"';
    return R"({"jobs":[)" + quoted.join(',') + "]}";
}

QStringList submitJobs(bench::BenchExecutor &executor)
{
    QStringList ids;
    for (int i = 0; i < runningJobs; ++i)
        ids += executor.submit(bench::request(u"single"_s, u"none"_s));
    return ids;
}

void readUnderLoad(bench::BenchExecutor &executor)
{
    bench::Ratios p50("reads at 500 a second beside running jobs, p50", "refused at the door",
                      "ms");
    bench::Ratios p99("reads at 500 a second beside running jobs, p99", "refused at the door",
                      "ms");
    for (int round = 0; round < rounds; ++round) {
        const QStringList ids = submitJobs(executor);
        const QByteArray describe = describeBody(ids.mid(0, describedJobs));
        const bench::Load floorLoad{
            .connections = 32, .seconds = 2, .rate = readRate, .isSigned = false};
        const bench::LoadResult floor
            = bench::putLoad(executor.connection(), floorLoad, [](int) { return refused; });
        const bench::Load load{.connections = 32, .seconds = 4, .rate = readRate};
        const bench::LoadResult result
            = bench::putLoad(executor.connection(), load, [&](int number) {
                  static constexpr const char *states[] = {"RUNNABLE", "RUNNING", "SUCCEEDED"};
                  if (number % 2 == 0)
                      return bench::ApiCall{"/v1/describejobs", describe};
                  return bench::ApiCall{"/v1/listjobs",
                                        R"({"jobQueue":"bench","maxResults":100,"jobStatus":")"
                                            + QByteArray(states[number / 2 % 3]) + "\"}"};
              });
        print("DescribeJobs and ListJobs, aim 500 a second with p99 below 50 ms", result);
        p50.add(result.percentile(0.5), floor.percentile(0.5));
        p99.add(result.percentile(0.99), floor.percentile(0.99));
    }
    p50.print(2);
    p99.print(5);
}

// The jobs wait behind one that has all of their queue's capacity.
void submitSustained(bench::BenchExecutor &executor)
{
    executor.createQueue(u"parked"_s, 1);
    executor.registerDefinition(u"parked"_s, {u"only"_s}, {u"sleep"_s, u"600"_s}, u"1"_s);
    batch::SubmitJobRequest first = bench::request(u"parked"_s, u"none"_s);
    first.jobQueue = u"parked"_s;
    static_cast<void>(executor.submit(first));
    const QByteArray body = R"({"jobName":"parked","jobQueue":"parked","jobDefinition":"parked"})";
    bench::Ratios rates("SubmitJob from 8 connections", "refused at the door", "/s");
    bench::Ratios keptRates("SubmitJob over 8 kept connections", "over new ones", "/s");
    for (int round = 0; round < rounds; ++round) {
        const bench::LoadResult floor = bench::putLoad(
            executor.connection(), {.connections = 8, .seconds = 1, .isSigned = false},
            [](int) { return refused; });
        const auto submit = [&](int) { return bench::ApiCall{"/v1/submitjob", body}; };
        const bench::LoadResult result
            = bench::putLoad(executor.connection(), {.connections = 8, .seconds = 3}, submit);
        print("SubmitJob", result);
        rates.add(result.rate(), floor.rate());
        const bench::LoadResult kept = bench::putLoad(
            executor.connection(), {.connections = 8, .seconds = 3, .isKept = true}, submit);
        print("SubmitJob, connections kept", kept);
        keptRates.add(kept.rate(), result.rate());
    }
    rates.print(0.2);
    keptRates.print(1);
}

// Behind the same job.
void submitArrays(bench::BenchExecutor &executor)
{
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
        batch::SubmitJobRequest request = bench::request(u"parked"_s, u"none"_s);
        request.jobQueue = u"parked"_s;
        request.arraySize = 10'000;
        const double begun = bench::seconds();
        const QString id = executor.submit(request);
        times.push_back(bench::seconds() - begun);
        bench::must(test::await(executor.service().terminateJob(id, u"measured"_s)));
    }
    std::sort(times.begin(), times.end());
    std::printf("SubmitJob of an array of 10,000: median %.3f s, longest %.3f s, aim < 0.5 s\n",
                times[times.size() / 2], times.back());
}

void run()
{
    test::PrivateEngine daemon;
    bench::must(daemon.start());
    bench::must(daemon.importTiny());
    bench::BenchExecutor executor(daemon.socketPath());
    executor.start();
    executor.createQueue(u"bench"_s, 2);
    executor.registerDefinition(u"single"_s, {u"only"_s});
    readUnderLoad(executor);
    submitSustained(executor);
    submitArrays(executor);
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
