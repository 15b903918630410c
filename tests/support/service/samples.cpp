// The sample resources and the scripted maze run of FakeBatchService.
#include "tests/support/service/fakebatchservice.h"

#include <QTimer>

namespace batchyard::test {

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;

namespace {

TaskContainerProperties container(const QString &name, bool essential)
{
    TaskContainerProperties made;
    made.name = name;
    made.image = u"batchyard/maze-%1-cpp:latest"_s.arg(name);
    made.essential = essential;
    made.resourceRequirements = {{u"VCPU"_s, u"0.25"_s, {}}, {u"MEMORY"_s, u"128"_s, {}}};
    return made;
}

// A walk along the top row to the key and down to the exit, in the grammar of the sample's logs.
QStringList agentLines()
{
    return {u"SIZE {'width': 5, 'height': 4}"_s,
            u"START {'x': 4, 'y': 0}"_s,
            u"(1, 0) key found"_s,
            u"(0, 3) exit"_s,
            u"Solution length: 8"_s,
            u"[(4, 0), (3, 0), (2, 0), (1, 0), (0, 0), (0, 1), (0, 2), (0, 3)]"_s};
}

QStringList modelLines()
{
    return {u"50.00%"_s,      u"100.00%"_s,     u"+-+-+-+-+-+"_s, u"|  K      S"_s,
            u"+ +-+-+-+ +"_s, u"|   |   | |"_s, u"+ +-+ + + +"_s, u"| |   |   |"_s,
            u"+ + +-+-+-+"_s, u"|E        |"_s, u"+ +-+-+-+-+"_s};
}

} // namespace

void FakeBatchService::addSamples()
{
    ComputeEnvironment environment;
    environment.computeEnvironmentName = u"local"_s;
    environment.computeEnvironmentArn
        = u"arn:aws:batch:us-east-1:000000000000:compute-environment/local"_s;
    environment.type = u"MANAGED"_s;
    environment.state = u"ENABLED"_s;
    environment.status = u"VALID"_s;
    environment.computeResources = ComputeResource{};
    environment.computeResources->type = u"EC2"_s;
    environment.computeResources->minvCpus = 0;
    environment.computeResources->maxvCpus = 4;
    environments = {environment};

    JobQueue queue;
    queue.jobQueueName = u"default"_s;
    queue.jobQueueArn = u"arn:aws:batch:us-east-1:000000000000:job-queue/default"_s;
    queue.state = u"ENABLED"_s;
    queue.status = u"VALID"_s;
    queue.priority = 1;
    queue.computeEnvironmentOrder = {{1, environment.computeEnvironmentArn, {}}};
    queues = {queue};

    JobDefinition definition;
    definition.jobDefinitionName = u"maze"_s;
    definition.jobDefinitionArn = u"arn:aws:batch:us-east-1:000000000000:job-definition/maze:1"_s;
    definition.type = u"container"_s;
    definition.revision = 1;
    definition.status = u"ACTIVE"_s;
    definition.platformCapabilities = {u"EC2"_s};
    TaskContainerProperties agent = container(u"agent"_s, true);
    agent.dependsOn = {{u"model"_s, DependencyCondition::Start, {}}};
    definition.ecsProperties = EcsTaskProperties{};
    definition.ecsProperties->containers = {container(u"model"_s, false), agent};
    definitions = {definition};
}

void FakeBatchService::playMaze(const QString &jobId)
{
    const auto run = [this, jobId](const QString &containerName) {
        ContainerLiveState state;
        state.name = containerName;
        state.phase = ContainerPhase::Running;
        state.startedAt = clock;
        setContainer(jobId, state);
    };
    const QList<std::function<void()>> steps{
        [=, this] { moveJob(jobId, JobStatus::Pending); },
        [=, this] { moveJob(jobId, JobStatus::Runnable); },
        [=, this] { moveJob(jobId, JobStatus::Starting); },
        [=] { run(u"model"_s); },
        [=, this] {
            run(u"agent"_s);
            moveJob(jobId, JobStatus::Running);
        },
        [=, this] {
            log(jobId, u"model"_s, modelLines());
            log(jobId, u"model"_s, {u"127.0.0.1 - - \"GET /maze/size HTTP/1.1\" 200 -"_s},
                LogLine::Stream::Stderr);
            log(jobId, u"agent"_s, agentLines());
        },
        [=, this] {
            endContainer(jobId, u"agent"_s, 0, true);
            endContainer(jobId, u"model"_s, 143);
            moveJob(jobId, JobStatus::Succeeded, u"Essential container in task exited"_s);
        }};
    for (qsizetype i = 0; i < steps.size(); ++i)
        QTimer::singleShot(static_cast<int>(i) * 20, this, steps.at(i));
}

} // namespace batchyard::test
