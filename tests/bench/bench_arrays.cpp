// An array job of 10,000 children on the scripted engine, behind the same gate as in the executor:
// nothing is done before its intent is on the disk. Until it is accepted and durable, until all its
// children are RUNNABLE, and until it has ended. Aims: accepted in less than 0.5 s, the end in less
// than 10 s. No floor: the scripted engine answers at once, so all the time is ours.
#include "backend/executor/durableengine.h"
#include "tests/bench/report.h"
#include "tests/unit/runner/jobscripts.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <list>

using namespace batchyard;

namespace {

constexpr int size = 10'000;
constexpr int rounds = 3;

struct Times {
    double accepted = 0;
    double runnable = 0;
    double ended = 0;
    double processor = 0; // until the end: what of it the process has really had
};

double processorSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void spinUntil(const std::function<bool()> &done)
{
    while (!done())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

// Kept until the end: a file system is slow to make directories where as many were just removed.
struct Round {
    Round()
    {
        engine.setScript(QStringLiteral("batchyard/pause:1"), test::runsOn());
        docker::EngineInfo host;
        host.cpus = 8;
        host.memoryBytes = 32LL << 30;
        engine.setInfo(host);
    }

    test::ScriptedEngine engine;
    test::RunnerBench bench{engine, executor::RunnerSettings()};
};

// A failure ends the process: a benchmark can do nothing else.
Times runArray(Round &round)
{
    auto &[engine, bench] = round;
    executor::DurableEngine durable(engine, bench.store());
    executor::JobDispatcher dispatcher(bench.store(), durable, bench.feed(), bench.paths(),
                                       executor::RunnerSettings());
    if (const auto started = dispatcher.start(); !started)
        qFatal("%s", qPrintable(started.error().message));

    Times times;
    const double begun = bench::seconds();
    const QString id = bench.accept(test::taskOf({test::container("a")}), {.arraySize = size});
    if (const auto committed = bench.store().commit(); !committed)
        qFatal("%s", qPrintable(committed.error().message));
    times.accepted = bench::seconds() - begun;
    dispatcher.jobSubmitted(id);
    const double submitted = bench::seconds();
    const double processor = processorSeconds();
    spinUntil([&] {
        const auto counts = bench.store().childCounts(id);
        return counts && !counts->contains(batch::JobStatus::Submitted);
    });
    times.runnable = bench::seconds() - submitted;
    spinUntil([&] { return dispatcher.isIdle(); });
    times.ended = bench::seconds() - submitted;
    times.processor = processorSeconds() - processor;
    if (bench.status(id) != QStringLiteral("SUCCEEDED"))
        qFatal("The array has not succeeded.");
    return times;
}

void print(const char *what, std::vector<double> seconds, double aim)
{
    std::sort(seconds.begin(), seconds.end());
    std::printf("array of %d, %-22s median %7.3f s, from %.3f to %.3f, aim < %.1f s\n", size, what,
                seconds[seconds.size() / 2], seconds.front(), seconds.back(), aim);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    std::vector<double> accepted;
    std::vector<double> runnable;
    std::vector<double> ended;
    std::vector<double> processor;
    std::list<Round> kept;
    for (int round = 0; round < rounds; ++round) {
        const Times times = runArray(kept.emplace_back());
        accepted.push_back(times.accepted);
        runnable.push_back(times.runnable);
        ended.push_back(times.ended);
        processor.push_back(times.processor);
        std::printf("round %d: ended in %.1f s, of which %.1f s on a processor\n", round + 1,
                    times.ended, times.processor);
        std::fflush(stdout);
    }
    print("accepted", accepted, 0.5);
    print("all children RUNNABLE", runnable, 10);
    print("to the end", ended, 10);
    print("of it on a processor", processor, 10);
    return 0;
}
