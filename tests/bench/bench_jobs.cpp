// A job of two containers that end at once (START dependency), from SubmitJob over HTTP to its end:
// against the same containers by raw Docker calls in the same network mode (aim at most 1.1), and
// against docker-compose with network_mode service (aim at most 0.25). In one run, in turn.
#include "backend/async.h"
#include "backend/docker/httpengine.h"
#include "tests/bench/benchexecutor.h"
#include "tests/bench/rawdocker.h"
#include "tests/bench/report.h"
#include "tests/support/engine/privateengine.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using bench::must;

namespace {

constexpr int pairs = 9;
constexpr int composePairs = 5;

// Milliseconds from the call to the job's end as a client learns of it.
double submitAndWait(batch::BatchService &service, const QString &network)
{
    QEventLoop loop;
    QString jobId;
    batch::JobStatus status{};
    const auto askForStatus = [&] {
        if (jobId.isEmpty())
            return;
        onFinished(service.describeJobs({jobId}), &loop,
                   [&](const Result<QList<batch::JobDetail>> &jobs) {
                       status = must(jobs).first().status;
                       if (batch::isTerminal(status))
                           loop.quit();
                   });
    };
    QObject::connect(&service, &batch::BatchService::jobsChanged, &loop, askForStatus);
    const double begun = bench::seconds();
    onFinished(service.submitJob(bench::request(u"pair"_s, network)), &loop,
               [&](const Result<batch::SubmittedJob> &submitted) {
                   jobId = must(submitted).jobId;
                   askForStatus();
               });
    loop.exec();
    const double took = (bench::seconds() - begun) * 1000;
    if (status != batch::JobStatus::Succeeded)
        throw std::runtime_error("the job did not succeed");
    return took;
}

void compareWithCalls(batch::BatchService &service, docker::Engine &engine, const QString &network)
{
    submitAndWait(service, network); // images, network and caches are there after this
    static_cast<void>(bench::rawPair(engine, network));
    bench::Ratios ratios("two containers, network " + network.toStdString(), "raw Docker calls",
                         "ms");
    for (int pair = 0; pair < pairs; ++pair) {
        const double ours = submitAndWait(service, network);
        ratios.add(ours, bench::rawPair(engine, network));
    }
    ratios.print(1.1);
}

void compose(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        throw std::runtime_error("docker-compose: " + process.readAllStandardError().toStdString());
}

// Two containers in one network without a way out, the second ending both: up and down, as a person
// would do it. The first lasts, since nobody can join the network of one that has ended.
void compareWithCompose(batch::BatchService &service, const QString &directory)
{
    const QString program = QStandardPaths::findExecutable(u"docker-compose"_s);
    if (program.isEmpty()) {
        std::printf("docker-compose is not installed: nothing to compare with\n");
        return;
    }
    QFile file(directory + "/compose.yml"_L1);
    if (!file.open(QFile::WriteOnly)
        || file.write("version: '3'\nservices:\n"
                      "  first: {image: 'tiny:1', command: 'sleep 60', network_mode: none}\n"
                      "  second: {image: 'tiny:1', command: 'true', network_mode: 'service:first',"
                      " depends_on: [first]}\n")
            < 0)
        throw std::runtime_error("the compose file cannot be written");
    file.close();
    const QStringList common{u"--file"_s, file.fileName(), u"--project-name"_s, u"bench"_s};
    bench::Ratios ratios("two containers, network none", "docker-compose up and down", "ms");
    for (int pair = 0; pair <= composePairs; ++pair) {
        const double ours = submitAndWait(service, u"none"_s);
        const double begun = bench::seconds();
        compose(program,
                common
                    + QStringList{u"up"_s, u"--abort-on-container-exit"_s, u"--timeout"_s, u"0"_s});
        compose(program, common + QStringList{u"down"_s, u"--timeout"_s, u"0"_s});
        if (pair > 0) // the first warms the caches
            ratios.add(ours, (bench::seconds() - begun) * 1000);
    }
    ratios.print(0.25);
}

void run()
{
    test::PrivateEngine daemon;
    must(daemon.start());
    must(daemon.importTiny());
    bench::BenchExecutor executor(daemon.socketPath());
    executor.start();
    executor.createQueue(u"bench"_s, 2);
    executor.registerDefinition(u"pair"_s, {u"first"_s, u"second"_s});
    docker::HttpEngine engine(daemon.socketPath());
    compareWithCalls(executor.service(), engine, u"bridge"_s);
    compareWithCalls(executor.service(), engine, u"none"_s);
    compareWithCompose(executor.service(), daemon.directory());
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
