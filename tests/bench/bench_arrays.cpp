// An array job of 10,000 children on the scripted engine: until it is accepted and durable, until
// all its children are RUNNABLE, and until it has ended. Aims: accepted in less than 0.5 s, the end
// in less than 10 s. No floor: the scripted engine answers at once, so all the time is ours.
#include "tests/bench/report.h"
#include "tests/unit/runner/jobscripts.h"

#include <QCoreApplication>

#include <cstdio>
#include <functional>

using namespace batchyard;

namespace {

constexpr int size = 10'000;

void spinUntil(const std::function<bool()> &done)
{
    while (!done())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

void print(const char *what, double seconds, double aim)
{
    std::printf("array of %d, %-24s %7.3f s   aim < %.1f s\n", size, what, seconds, aim);
}

int run()
{
    test::ScriptedBench rig;
    docker::EngineInfo host;
    host.cpus = 8;
    host.memoryBytes = 32LL << 30;
    rig.engine.setInfo(host);
    rig.bench.restartDispatcher();

    const double begun = bench::seconds();
    const QString id = rig.bench.accept(test::taskOf({test::container("a")}), {.arraySize = size});
    if (const auto committed = rig.bench.store().commit(); !committed)
        return 1;
    const double accepted = bench::seconds();
    rig.bench.dispatcher().jobSubmitted(id);
    spinUntil([&] { return rig.bench.isIdle(); });
    const double ended = bench::seconds();
    if (rig.bench.status(id) != QStringLiteral("SUCCEEDED"))
        return 1;
    print("accepted", accepted - begun, 0.5);
    print("to the end", ended - accepted, 10);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    return run();
}
