// An executor with 100,000 finished jobs in its store: how long it takes to start, against one with
// an empty store, and what it holds in memory after lists have been read. Aims: 1 s, 150 MB.
#include "backend/executor/store/store.h"
#include "tests/bench/benchexecutor.h"
#include "tests/bench/httpload.h"
#include "tests/bench/report.h"

#include <QCoreApplication>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using bench::must;

namespace {

constexpr int finishedJobs = 100'000;
constexpr int jobsInACommit = 1000;
constexpr int starts = 5;

executor::AttemptRecord attemptOf(const executor::JobRecord &job, batch::Timestamp at)
{
    executor::AttemptRecord attempt;
    attempt.jobId = job.id;
    attempt.number = 1;
    attempt.taskId = QString(job.id).remove(u'-');
    attempt.computeEnvironment = u"bench"_s;
    attempt.createdAt = attempt.startedAt = attempt.stoppedAt = at;
    for (const int index : {0, executor::pauseIndex}) {
        executor::ContainerRecord container;
        container.jobId = job.id;
        container.attempt = 1;
        container.index = index;
        container.name = index == 0 ? u"only"_s : u"(pause)"_s;
        container.dockerName = u"by-01234567-%1-a1-%2"_s.arg(job.id).arg(index);
        container.dockerId = u"%1%1"_s.arg(attempt.taskId);
        if (index == 0)
            container.logStreamName = u"single/only/"_s + attempt.taskId;
        container.logComplete = container.removed = true;
        container.state.known = executor::core::ContainerStatus::Stopped;
        container.state.exitCode = 0;
        attempt.containers += container;
    }
    return attempt;
}

// As the dispatcher leads a job from its submission to its end.
void finishJob(executor::Store &store, executor::JobRecord job, batch::Timestamp at)
{
    using enum batch::JobStatus;
    must(store.addJob(job));
    job.status = Runnable;
    must(store.setJobStatus(job, at));
    executor::AttemptRecord attempt = attemptOf(job, at);
    job.status = Starting;
    job.attempt = 1;
    must(store.beginAttempt(job, attempt, at));
    job.status = Running;
    job.startedAt = at;
    must(store.setJobStatus(job, at));
    attempt.ended = attempt.cleaned = true;
    job.status = Succeeded;
    job.stoppedAt = at;
    must(store.endAttempt(attempt, job, at));
}

void fill(const QString &path)
{
    const auto opened = executor::Store::open(path);
    must(opened.map([](const auto &) {}));
    const auto &store = *opened;
    executor::JobRecord job;
    job.name = u"single"_s;
    job.queue = u"bench"_s;
    job.definitionArn = u"arn:aws:batch:us-east-1:000000000000:job-definition/single:1"_s;
    job.request = R"({"jobName":"single","jobQueue":"bench","jobDefinition":"single"})";
    job.definition = R"({"jobDefinitionName":"single","type":"container","ecsProperties":
        {"taskProperties":[{"containers":[{"name":"only","image":"tiny:1","command":["true"],
        "resourceRequirements":[{"type":"VCPU","value":"0.25"},{"type":"MEMORY","value":"64"}]}]}]}})";
    for (int i = 0; i < finishedJobs; ++i) {
        job.id = u"00000000-0000-4000-8000-%1"_s.arg(i, 12, 16, QLatin1Char('0'));
        job.createdAt = batch::fromEpochMs(1'800'000'000'000 + i * 10);
        finishJob(*store, job, job.createdAt);
        if (i % jobsInACommit == 0)
            must(store->commit());
    }
}

double timeOfStart(bench::BenchExecutor &executor)
{
    const double begun = bench::seconds();
    executor.start();
    return bench::seconds() - begun;
}

// Reads what a console shows first, and pages through a part of the history.
void readLists(bench::BenchExecutor &executor)
{
    const bench::LoadResult lists = bench::putLoad(
        executor.connection(), {.connections = 4, .seconds = 3}, [](int) {
            return bench::ApiCall{
                "/v1/listjobs", R"({"jobQueue":"bench","jobStatus":"SUCCEEDED","maxResults":100})"};
        });
    std::printf("ListJobs with %d jobs: %.0f a second, p50 %.1f ms, p99 %.1f ms\n", finishedJobs,
                lists.rate(), lists.percentile(0.5), lists.percentile(0.99));
}

void run()
{
    const QString noEngine = u"/nonexistent/docker.sock"_s;
    bench::BenchExecutor full(noEngine);
    full.start(); // makes the state directory and what jobs refer to
    full.createQueue(u"bench"_s, 2);
    full.stop();
    const double begun = bench::seconds();
    fill(full.paths().database());
    std::printf("filling the store: %.1f s\n", bench::seconds() - begun);

    bench::BenchExecutor empty(noEngine);
    bench::Ratios ratios("start with 100,000 finished jobs", "with an empty store", "ms");
    for (int i = 0; i < starts; ++i) {
        const double floor = timeOfStart(empty);
        empty.stop();
        const double ours = timeOfStart(full);
        if (i + 1 < starts)
            full.stop();
        ratios.add(ours * 1000, floor * 1000);
    }
    ratios.print(2);
    std::printf("memory after the start: %.0f MB\n", bench::memoryOf(full.connection().pid));
    readLists(full);
    std::printf("memory after reading lists: %.0f MB, aim below 150\n",
                bench::memoryOf(full.connection().pid));
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
