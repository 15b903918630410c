// A job of two containers that end at once (START dependency), from SubmitJob over HTTP to its end,
// against the same containers by raw Docker calls in the same network mode: create and start the
// pause container and both members, wait for both. In one run, in turn. The aim is at most 1.3.
#include "backend/async.h"
#include "backend/client/httpbatchservice.h"
#include "backend/client/localconnection.h"
#include "backend/docker/httpengine.h"
#include "backend/executor/executor.h"
#include "tests/bench/report.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"

#include <QCoreApplication>
#include <QEventLoop>

#include <cstdio>
#include <stdexcept>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;

namespace {

constexpr int pairs = 9;

template <typename T>
T must(const Result<T> &result)
{
    if (!result)
        throw std::runtime_error(result.error().message.toStdString());
    if constexpr (!std::is_void_v<T>)
        return *result;
}

batch::TaskContainerProperties container(const QString &name, bool essential)
{
    batch::TaskContainerProperties properties;
    properties.name = name;
    properties.image = u"tiny:1"_s;
    properties.command = {u"true"_s};
    properties.essential = essential;
    properties.resourceRequirements = {{u"VCPU"_s, u"0.25"_s, {}}, {u"MEMORY"_s, u"64"_s, {}}};
    return properties;
}

void createResources(batch::BatchService &service)
{
    batch::ComputeEnvironment environment;
    environment.computeEnvironmentName = u"bench"_s;
    environment.type = u"MANAGED"_s;
    environment.computeResources.emplace();
    environment.computeResources->type = u"EC2"_s;
    environment.computeResources->maxvCpus = 2;
    environment.computeResources->instanceTypes = {u"optimal"_s};
    environment.computeResources->subnets = {u"subnet-local"_s};
    environment.computeResources->securityGroupIds = {u"sg-local"_s};
    environment.computeResources->instanceRole = u"ecsInstanceRole"_s;
    must(test::await(service.createComputeEnvironment(environment)));

    batch::JobQueue queue;
    queue.jobQueueName = u"bench"_s;
    queue.priority = 1;
    queue.computeEnvironmentOrder = {{1, u"bench"_s, {}}};
    must(test::await(service.createJobQueue(queue)));

    batch::JobDefinition definition;
    definition.jobDefinitionName = u"pair"_s;
    definition.type = u"container"_s;
    batch::TaskContainerProperties second = container(u"second"_s, true);
    second.dependsOn = {{u"first"_s, batch::DependencyCondition::Start, {}}};
    definition.ecsProperties.emplace();
    definition.ecsProperties->containers = {container(u"first"_s, false), second};
    must(test::await(service.registerJobDefinition(definition)));
}

// Milliseconds from the call to the job's end as a client learns of it.
double submitAndWait(batch::BatchService &service, const QString &network)
{
    QEventLoop loop;
    QString jobId;
    const auto askForStatus = [&] {
        if (jobId.isEmpty())
            return;
        onFinished(service.describeJobs({jobId}), &loop,
                   [&](const Result<QList<batch::JobDetail>> &jobs) {
                       if (jobs && !jobs->isEmpty() && batch::isTerminal(jobs->first().status))
                           loop.quit();
                   });
    };
    QObject::connect(&service, &batch::BatchService::jobsChanged, &loop, askForStatus);

    batch::SubmitJobRequest request;
    request.jobName = u"pair"_s;
    request.jobQueue = u"bench"_s;
    request.jobDefinition = u"pair"_s;
    request.tags = {{u"batchyard:network"_s, network}};
    const double begun = bench::seconds();
    onFinished(service.submitJob(request), &loop,
               [&](const Result<batch::SubmittedJob> &submitted) {
                   jobId = must(submitted).jobId;
                   askForStatus();
               });
    loop.exec();
    const double took = (bench::seconds() - begun) * 1000;
    if (must(test::await(service.describeJobs({jobId}))).first().status
        != batch::JobStatus::Succeeded)
        throw std::runtime_error("the job did not succeed");
    return took;
}

double rawCalls(docker::Engine &engine, const QString &network)
{
    docker::ContainerSpec pause;
    pause.image = u"batchyard/pause:1"_s;
    pause.networkDisabled = network == "none"_L1;
    pause.networkMode = network == "none"_L1 ? u"none"_s : u"batchyard"_s;
    docker::ContainerSpec member;
    member.image = u"tiny:1"_s;
    member.cmd = QStringList{u"true"_s};
    member.memoryBytes = 64 * 1024 * 1024;
    member.logDriver = u"json-file"_s;

    const double begun = bench::seconds();
    const QString pauseId = must(test::await(engine.createContainer(pause)));
    must(test::await(engine.startContainer(pauseId)));
    member.networkMode = "container:"_L1 + pauseId;
    QStringList ids;
    for (int i = 0; i < 2; ++i) {
        ids.append(must(test::await(engine.createContainer(member))));
        must(test::await(engine.startContainer(ids.last())));
    }
    for (const QString &id : std::as_const(ids))
        must(test::await(engine.waitContainer(id)));
    const double took = (bench::seconds() - begun) * 1000;
    for (const QString &id : ids + QStringList{pauseId})
        must(test::await(engine.removeContainer(id, true)));
    return took;
}

void compare(batch::BatchService &service, docker::Engine &engine, const QString &network)
{
    submitAndWait(service, network); // images, network and caches are there after this
    rawCalls(engine, network);
    bench::Ratios ratios("two containers, network " + network.toStdString(), "raw Docker calls",
                         "ms");
    for (int pair = 0; pair < pairs; ++pair) {
        const double ours = submitAndWait(service, network);
        ratios.add(ours, rawCalls(engine, network));
    }
    ratios.print(1.3);
}

void run()
{
    test::PrivateEngine daemon;
    must(daemon.start());
    must(daemon.importTiny());
    QTemporaryDir home;
    executor::ExecutorSettings settings;
    settings.paths = Paths::fromEnvironment();
    settings.paths.state = home.path();
    settings.engineSocket = daemon.socketPath();
    executor::Executor executor(settings);
    must(executor.start());

    const auto connection = must(client::LocalConnection::read(settings.paths.connectionFile()));
    client::ServiceEndpoint endpoint;
    endpoint.batchUrl = endpoint.logsUrl = connection.endpoint.toUtf8();
    endpoint.region = connection.region;
    endpoint.credentials = connection.credentials;
    client::HttpBatchService service(u"Local"_s, client::fixedEndpoint(endpoint));
    service.watch();
    createResources(service);
    docker::HttpEngine engine(daemon.socketPath());
    compare(service, engine, u"bridge"_s);
    compare(service, engine, u"none"_s);
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
