#include "apitesting.h"

#include "backend/logs/logformat.h"

#include <QDateTime>
#include <QDir>

#include <nlohmann/json.hpp>

namespace batchyard::test {

using namespace Qt::Literals;
using executor::api::OperationContext;
using executor::api::Routes;

const net::Credentials testCredentials{u"AKIABATCHYARDTEST000"_s, "a secret of the tests", {}};

const QByteArray mazeDefinition = R"({
  "jobDefinitionName": "maze", "type": "container",
  "retryStrategy": {"attempts": 2, "evaluateOnExit": [{"onExitCode": "3", "action": "EXIT"}]},
  "timeout": {"attemptDurationSeconds": 600},
  "parameters": {"size": "80"},
  "ecsProperties": {"taskProperties": [{"containers": [
    {"name": "model", "image": "maze-model", "essential": false,
     "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]},
    {"name": "agent", "image": "maze-agent", "command": ["--size", "Ref::size"],
     "dependsOn": [{"containerName": "model", "condition": "START"}],
     "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]}
  ]}]}})";

ApiFixture::ApiFixture()
    : now(batch::fromEpochMs(1'800'000'000'000))
    , executorThread([this](const std::function<void()> &function) -> Result<void> {
        ++executorCalls;
        function();
        return {};
    })
{
    auto opened = executor::Store::open(directory.filePath(u"executor.sqlite"_s));
    if (opened)
        store = std::move(*opened);
    executor::api::ApiSettings operationSettings = settings();
    operationSettings.clock = [this] { return now; };
    context.reset(new OperationContext{
        *store, control, feed, operationSettings,
        executor::api::Arns(operationSettings.region, operationSettings.account)});
    routes = std::make_unique<Routes>(*context);
}

ApiFixture::~ApiFixture() = default;

executor::api::ApiSettings ApiFixture::settings() const
{
    executor::api::ApiSettings result;
    result.credentials = testCredentials;
    result.logsDirectory = directory.filePath(u"logs"_s);
    return result;
}

Result<batch::Json> ApiFixture::request(const QByteArray &method, const QByteArray &target,
                                        const QByteArray &headers, const QByteArray &body)
{
    const auto head = executor::api::parseRequestHead(
        method + ' ' + target + " HTTP/1.1\r\n" + headers + "\r\n", {});
    if (!head)
        return failure(ErrorCode::Protocol, head.error().message);
    const auto route = routes->find(*head);
    if (!route)
        return failure(ErrorCode::Protocol, route.error().message,
                       QString::fromLatin1(route.error().type));
    const auto json = batch::parseJson(body.isEmpty() ? "{}"_ba : body, 1024 * 1024);
    if (!json)
        return json;
    if (route->reading)
        return route->reading(*json).map([](const auto &rendering) { return rendering(); });
    if (route->inquiry)
        return route->inquiry(*json, executorThread);
    return route->operation(*json);
}

Result<batch::Json> ApiFixture::batch(const QByteArray &operation, const QByteArray &body)
{
    return request("POST", "/v1/" + operation.toLower(), {}, body);
}

Result<batch::Json> ApiFixture::logs(const QByteArray &operation, const QByteArray &body)
{
    return request("POST", "/", "X-Amz-Target: Logs_20140328." + operation + "\r\n", body);
}

bool ApiFixture::addResources()
{
    return batch("CreateComputeEnvironment", R"({"computeEnvironmentName": "ce", "type": "MANAGED",
        "computeResources": {"type": "EC2", "maxvCpus": 4, "instanceTypes": ["optimal"],
            "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"],
            "instanceRole": "ecsInstanceRole"}})")
        && batch("CreateJobQueue", R"({"jobQueueName": "q", "priority": 1,
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})")
        && batch("RegisterJobDefinition", mazeDefinition);
}

QString ApiFixture::submit(const QByteArray &name)
{
    const auto reply = batch(
        "SubmitJob", R"({"jobQueue": "q", "jobDefinition": "maze", "jobName": ")" + name + "\"}");
    return reply ? at(*reply, "jobId") : QString();
}

bool ApiFixture::moveTo(const QString &jobId, batch::JobStatus status)
{
    using enum batch::JobStatus;
    for (const batch::JobStatus next : {Runnable, Starting, Running, status}) {
        const auto job = store->job(jobId);
        if (!job || !*job)
            return false;
        executor::JobRecord record = **job;
        if (record.status == status)
            return true;
        record.status = next;
        if (!store->setJobStatus(record, now))
            return false;
    }
    return true;
}

bool ApiFixture::runAttempt(const QString &jobId, int exitCode,
                            std::optional<batch::JobStatus> then)
{
    if (!moveTo(jobId, batch::JobStatus::Runnable))
        return false;
    executor::JobRecord record = **store->job(jobId);
    executor::AttemptRecord attempt;
    attempt.jobId = jobId;
    attempt.number = ++record.attempt;
    attempt.taskId = u"0123456789abcdef0123456789abcdef"_s;
    attempt.computeEnvironment = u"ce"_s;
    attempt.address = u"172.18.0.2"_s;
    attempt.createdAt = now;
    const QStringList names{u"model"_s, u"agent"_s};
    for (int i = 0; i < names.size(); ++i) {
        executor::ContainerRecord container;
        container.jobId = jobId;
        container.attempt = attempt.number;
        container.index = i;
        container.name = names[i];
        container.dockerName = u"by-%1-a%2-%3"_s.arg(jobId).arg(attempt.number).arg(i);
        container.logStreamName = u"maze/%1/%2"_s.arg(names[i], jobId);
        if (attempt.number > 1)
            container.logStreamName += u'-' + QString::number(attempt.number);
        attempt.containers += container;
    }
    record.status = batch::JobStatus::Starting;
    if (!store->beginAttempt(record, attempt, now))
        return false;
    for (executor::ContainerRecord &container : attempt.containers) {
        container.state.known = executor::core::ContainerStatus::Stopped;
        container.dockerId = u"0123abcd"_s;
        container.state.startedAt = now;
        container.state.stoppedAt = now;
        container.state.exitCode = container.index == 0 ? 143 : exitCode;
        container.state.stopRequested = container.index == 0;
        if (!store->putContainer(container))
            return false;
    }
    record.status = batch::JobStatus::Running;
    record.startedAt = now;
    if (!store->setJobStatus(record, now))
        return false;
    attempt.ended = true;
    attempt.startedAt = now;
    attempt.stoppedAt = now;
    attempt.statusReason = u"Essential container in task exited"_s;
    attempt.decidingContainer = 1;
    record.status
        = then.value_or(exitCode == 0 ? batch::JobStatus::Succeeded : batch::JobStatus::Failed);
    record.statusReason = attempt.statusReason;
    if (batch::isTerminal(record.status))
        record.stoppedAt = now;
    return store->endAttempt(attempt, record, now).has_value();
}

bool ApiFixture::writeLog(const QString &jobId, int container, const QStringList &lines)
{
    const QString folder = directory.filePath(u"logs/%1/1"_s.arg(jobId));
    QFile file(folder % u'/' % QString::number(container) % u".log");
    if (!QDir().mkpath(folder) || !file.open(QFile::Append))
        return false;
    for (const QString &line : lines) {
        now += std::chrono::milliseconds(1);
        file.write(
            batchyard::logs::formatLine({now, batchyard::logs::Stream::Stdout, line.toUtf8()}));
    }
    return file.flush()
        && file.setFileTime(QDateTime::fromMSecsSinceEpoch(batch::toEpochMs(now)),
                            QFile::FileModificationTime);
}

namespace {

const batch::Json *find(const batch::Json &json, const QByteArray &path)
{
    const batch::Json *value = &json;
    for (const QByteArray &step : path.split('/')) {
        bool isIndex = false;
        const size_t index = step.toULongLong(&isIndex);
        if (value->is_array() && isIndex && index < value->size())
            value = &(*value)[index];
        else if (value->is_object() && value->contains(step.toStdString()))
            value = &(*value)[step.toStdString()];
        else
            return nullptr;
    }
    return value;
}

} // namespace

QString at(const batch::Json &json, const QByteArray &path)
{
    const batch::Json *value = find(json, path);
    if (!value)
        return {};
    return QString::fromStdString(value->is_string() ? value->get<std::string>() : value->dump());
}

int sizeAt(const batch::Json &json, const QByteArray &path)
{
    const batch::Json *value = find(json, path);
    return value ? static_cast<int>(value->size()) : -1;
}

} // namespace batchyard::test
