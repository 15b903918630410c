// How the program starts and what it holds when idle: the time until the console's window is shown
// (warm, the executor running) over that of an empty Qt window, and the memory of the idle console
// and of the idle executor as the kernel accounts it. Aims: 1 s, 120 MB, 40 MB.
#include "backend/client/executorprocess.h"
#include "tests/bench/benchexecutor.h"
#include "tests/bench/report.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <vector>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;

namespace {

constexpr int starts = 5;

// Seconds until the program has printed that its window is shown; the process is left running.
double timeToWindow(QProcess &console, const QString &program)
{
    console.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    const double begun = bench::seconds();
    console.start(program, {u"console"_s, u"--announce"_s});
    if (!console.waitForStarted() || !console.waitForReadyRead(30'000))
        return 0;
    return bench::seconds() - begun;
}

bool endGently(QProcess &process)
{
    process.terminate();
    return process.waitForFinished(10'000);
}

int run(const QString &program)
{
    test::PrivateEngine daemon;
    if (const Result<void> started = daemon.start(); !started) {
        std::fprintf(stderr, "%s\n", qPrintable(started.error().message));
        return 1;
    }
    QTemporaryDir home;
    qputenv("BATCHYARD_HOME", home.path().toLocal8Bit());
    qputenv("DOCKER_HOST", "unix://" + daemon.socketPath().toLocal8Bit());
    Paths paths;
    paths.state = home.path();
    client::ExecutorProcess process(program, paths);
    const auto connection = test::await(process.ensureRunning());
    if (!connection) {
        std::fprintf(stderr, "%s\n", qPrintable(connection.error().message));
        return 1;
    }

    double console = 0;
    std::vector<double> times;
    for (int i = 0; i <= starts; ++i) {
        QProcess window;
        const double took = timeToWindow(window, program);
        if (took == 0) {
            std::fprintf(stderr, "The window was not shown within 30 s.\n");
            return 1;
        }
        if (i > 0) // the first start warms the caches
            times.push_back(took);
        if (i == starts) {
            QThread::sleep(3); // idle: lists are there, nothing moves
            console = bench::memoryOf(window.processId());
        }
        if (!endGently(window))
            return 1;
    }
    std::sort(times.begin(), times.end());
    std::printf("window shown: %.2f s (%.2f to %.2f), aim 1.00\n", times[times.size() / 2],
                times.front(), times.back());
    std::printf("memory of the idle console: %.0f MB, aim 120\n", console);
    std::printf("memory of the idle executor: %.0f MB, aim 40\n", bench::memoryOf(connection->pid));
    ::kill(static_cast<pid_t>(connection->pid), SIGTERM);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    return run(qEnvironmentVariable("BATCHYARD_PROGRAM"));
}
