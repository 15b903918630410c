#include "tests/bench/benchexecutor.h"

#include "backend/client/executorprocess.h"

#include <QFile>
#include <QThread>

#include <csignal>

namespace bench {

using namespace Qt::Literals::StringLiterals;

double memoryOf(qint64 pid)
{
    QFile file(u"/proc/%1/smaps_rollup"_s.arg(pid));
    if (!file.open(QFile::ReadOnly))
        return 0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("Pss:"))
            return line.mid(4).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

BenchExecutor::BenchExecutor(QString engineSocket)
    : m_engineSocket(std::move(engineSocket))
{
    m_paths.state = m_home.path();
}

BenchExecutor::~BenchExecutor()
{
    stop();
}

// The executor answers at its old port a moment before it has written its process id.
client::LocalConnection BenchExecutor::writtenConnection() const
{
    constexpr int mostReads = 1000; // 10 s
    for (int i = 0; i < mostReads; ++i) {
        const client::LocalConnection connection
            = must(client::LocalConnection::read(m_paths.connectionFile()));
        if (connection.pid != 0)
            return connection;
        QThread::msleep(10);
    }
    throw std::runtime_error("the executor does not name its process");
}

void BenchExecutor::start()
{
    qputenv("BATCHYARD_HOME", m_home.path().toLocal8Bit());
    qputenv("DOCKER_HOST", "unix://" + m_engineSocket.toLocal8Bit());
    client::ExecutorProcess process(qEnvironmentVariable("BATCHYARD_PROGRAM"), m_paths);
    must(test::await(process.ensureRunning()));
    m_connection = writtenConnection();
    client::ServiceEndpoint endpoint;
    endpoint.batchUrl = endpoint.logsUrl = m_connection.endpoint.toUtf8();
    endpoint.region = m_connection.region;
    endpoint.credentials = m_connection.credentials;
    m_service
        = std::make_unique<client::HttpBatchService>(u"Local"_s, client::fixedEndpoint(endpoint));
    m_service->watch();
}

void BenchExecutor::stop()
{
    m_service.reset();
    const qint64 pid = std::exchange(m_connection.pid, 0);
    if (pid == 0 || ::kill(static_cast<pid_t>(pid), SIGTERM) != 0)
        return;
    constexpr int mostWaits = 1000; // 10 s
    for (int i = 0; i < mostWaits && memoryOf(pid) > 0; ++i)
        QThread::msleep(10);
}

void BenchExecutor::createQueue(const QString &name, int maximumVcpus)
{
    batch::ComputeEnvironment environment;
    environment.computeEnvironmentName = name;
    environment.type = u"MANAGED"_s;
    environment.computeResources.emplace();
    environment.computeResources->type = u"EC2"_s;
    environment.computeResources->maxvCpus = maximumVcpus;
    environment.computeResources->instanceTypes = {u"optimal"_s};
    environment.computeResources->subnets = {u"subnet-local"_s};
    environment.computeResources->securityGroupIds = {u"sg-local"_s};
    environment.computeResources->instanceRole = u"ecsInstanceRole"_s;
    must(test::await(m_service->createComputeEnvironment(environment)));

    batch::JobQueue queue;
    queue.jobQueueName = name;
    queue.priority = 1;
    queue.computeEnvironmentOrder = {{1, name, {}}};
    must(test::await(m_service->createJobQueue(queue)));
}

void BenchExecutor::registerDefinition(const QString &name, const QStringList &containers,
                                       const QStringList &command, const QString &vcpus)
{
    batch::JobDefinition definition;
    definition.jobDefinitionName = name;
    definition.type = u"container"_s;
    definition.ecsProperties.emplace();
    for (const QString &container : containers) {
        batch::TaskContainerProperties properties;
        properties.name = container;
        properties.image = u"tiny:1"_s;
        properties.command = command;
        properties.essential = container == containers.last();
        properties.resourceRequirements = {{u"VCPU"_s, vcpus, {}}, {u"MEMORY"_s, u"64"_s, {}}};
        auto &list = definition.ecsProperties->containers;
        if (!list.isEmpty())
            properties.dependsOn = {{list.last().name, batch::DependencyCondition::Start, {}}};
        list.append(properties);
    }
    must(test::await(m_service->registerJobDefinition(definition)));
}

QString BenchExecutor::submit(const batch::SubmitJobRequest &request)
{
    return must(test::await(m_service->submitJob(request))).jobId;
}

batch::SubmitJobRequest request(const QString &definition, const QString &network)
{
    batch::SubmitJobRequest request;
    request.jobName = definition;
    request.jobQueue = u"bench"_s;
    request.jobDefinition = definition;
    request.tags = {{u"batchyard:network"_s, network}};
    return request;
}

} // namespace bench
