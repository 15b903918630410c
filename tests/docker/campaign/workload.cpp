#include "tests/docker/campaign/workload.h"

#include "backend/batch/jsonvalues.h"

#include <nlohmann/json.hpp>

namespace batchyard::test {

using batch::Json;

namespace {

constexpr int successCode = 0;
constexpr auto terminateReason = "ended by the campaign";
constexpr auto dependencyReason = "Dependent Job failed";

QByteArray toText(const Json &json)
{
    return QByteArray::fromStdString(json.dump());
}

Json container(const char *name, bool essential, const Json &dependsOn = Json::array())
{
    return {{"name", name},
            {"image", "tiny:1"},
            {"essential", essential},
            {"dependsOn", dependsOn},
            {"stopTimeout", 5},
            {"resourceRequirements",
             {{{"type", "VCPU"}, {"value", "0.25"}}, {{"type", "MEMORY"}, {"value", "64"}}}}};
}

Json dependency(const char *name, const char *condition)
{
    return Json::array({{{"containerName", name}, {"condition", condition}}});
}

QByteArray definition(const char *name, const Json &containers)
{
    return toText({{"jobDefinitionName", name},
                   {"type", "container"},
                   {"ecsProperties", {{"taskProperties", {{{"containers", containers}}}}}}});
}

// Prints the first line and so many numbered ones, then ends.
QString printer(int lines, int pauseMs, const QString &end)
{
    return QStringLiteral("echo begin; i=0; while [ $i -lt %1 ]; do i=$((i+1)); echo line $i; "
                          "sleep %2; done; %3")
        .arg(QString::number(lines), QString::number(pauseMs / 1000.0), end);
}

// Prints on until it is told to stop.
QString server()
{
    return QStringLiteral("trap 'exit 0' TERM; echo begin; i=0; while :; do i=$((i+1)); "
                          "echo line $i; sleep 0.2 & wait $!; done");
}

QString exitWith(int code)
{
    return QStringLiteral("exit %1").arg(code);
}

// Container names and their scripts, in place of the definition's commands.
Json overrides(const QList<std::pair<QString, QString>> &scripts)
{
    Json list = Json::array();
    for (const auto &[name, script] : scripts)
        list.push_back(
            {{"name", name.toStdString()}, {"command", {"sh", "-c", script.toStdString()}}});
    return {{"taskProperties", {{{"containers", list}}}}};
}

Json request(const QString &name, const char *definitionName,
             const QList<std::pair<QString, QString>> &scripts)
{
    return {{"jobName", name.toStdString()},
            {"jobQueue", Workload::queue.toStdString()},
            {"jobDefinition", definitionName},
            {"ecsPropertiesOverride", overrides(scripts)}};
}

} // namespace

QString Workload::numberedLine(int number)
{
    return QStringLiteral("line %1").arg(number);
}

QList<std::pair<const char *, QByteArray>> Workload::resources()
{
    const std::string name = queue.toStdString();
    const Json environment{{"computeEnvironmentName", name},
                           {"type", "MANAGED"},
                           {"computeResources",
                            {{"type", "EC2"},
                             {"minvCpus", 0},
                             {"maxvCpus", 64},
                             {"instanceTypes", {"optimal"}},
                             {"subnets", {"subnet-1"}},
                             {"securityGroupIds", {"sg-1"}},
                             {"instanceRole", "ecsInstanceRole"}}}};
    const Json jobQueue{
        {"jobQueueName", name},
        {"priority", 1},
        {"computeEnvironmentOrder", {{{"order", 1}, {"computeEnvironment", name}}}}};
    const Json pipeline{container("init", false),
                        container("model", false, dependency("init", "SUCCESS")),
                        container("agent", true, dependency("model", "START"))};
    const Json couple{container("a", true), container("b", true, dependency("a", "START"))};
    return {{"CreateComputeEnvironment", toText(environment)},
            {"CreateJobQueue", toText(jobQueue)},
            {"RegisterJobDefinition", definition("single", Json::array({container("main", true)}))},
            {"RegisterJobDefinition", definition("pipeline", pipeline)},
            {"RegisterJobDefinition", definition("couple", couple)}};
}

QString Workload::newName(const char *kind)
{
    return QStringLiteral("%1-%2").arg(QLatin1StringView(kind)).arg(++m_made);
}

QList<JobPlan> Workload::next()
{
    const int failingCode = m_random.bounded(1, 200);
    QList<JobPlan> jobs;
    switch (m_random.bounded(9)) {
    case 0:
    case 1:
        jobs = {single("printer", successCode, 1, false)};
        break;
    case 2:
        jobs = {single("retried", failingCode, m_random.bounded(1, 4), false)};
        break;
    case 3:
        jobs = {single("given-up", failingCode, m_random.bounded(2, 4), true)};
        break;
    case 4:
        jobs = {pipeline(m_random.bounded(3) == 0 ? failingCode : successCode)};
        break;
    case 5:
        jobs = {couple()};
        break;
    case 6:
        jobs = {array()};
        break;
    case 7:
        jobs = {endless()};
        break;
    case 8:
        jobs = {single("first", m_random.bounded(2) == 0 ? failingCode : successCode, 1, false)};
        jobs.append(dependent(jobs.first(), m_random.bounded(3) == 0));
        break;
    }
    return jobs;
}

// withRule: a rule ends it after the first attempt.
JobPlan Workload::single(const char *kind, int exitCode, int attempts, bool withRule)
{
    const int lines = m_random.bounded(1, 40);
    JobPlan plan;
    plan.name = newName(kind);
    plan.succeeds = exitCode == successCode;
    plan.attempts = withRule ? 1 : attempts;
    plan.containers = {{QStringLiteral("main"), exitCode, lines}};
    Json body = request(
        plan.name, "single",
        {{QStringLiteral("main"), printer(lines, m_random.bounded(60), exitWith(exitCode))}});
    body["retryStrategy"] = {{"attempts", attempts}};
    if (withRule)
        body["retryStrategy"]["evaluateOnExit"]
            = {{{"onExitCode", std::to_string(exitCode)}, {"action", "EXIT"}}};
    plan.request = toText(body);
    return plan;
}

JobPlan Workload::pipeline(int initExitCode)
{
    const int lines = m_random.bounded(1, 20);
    const QString init = QStringLiteral("init"), model = QStringLiteral("model"),
                  agent = QStringLiteral("agent");
    JobPlan plan;
    plan.name = newName("pipeline");
    plan.succeeds = initExitCode == successCode;
    plan.containers = {{init, initExitCode, 1}};
    if (plan.succeeds)
        plan.containers += {{model, std::nullopt, std::nullopt}, {agent, 0, lines}};
    plan.request = toText(request(plan.name, "pipeline",
                                  {{init, printer(1, 0, exitWith(initExitCode))},
                                   {model, server()},
                                   {agent, printer(lines, 50, exitWith(0))}}));
    return plan;
}

// Two essential ones; the first that ends stops the other and decides.
JobPlan Workload::couple()
{
    const int lines = m_random.bounded(1, 20);
    const int exitCode = m_random.bounded(2) == 0 ? 0 : 9;
    const QString a = QStringLiteral("a"), b = QStringLiteral("b");
    JobPlan plan;
    plan.name = newName("couple");
    plan.succeeds = exitCode == 0;
    plan.containers = {{a, 0, std::nullopt}, {b, exitCode, lines}};
    plan.request = toText(
        request(plan.name, "couple", {{a, server()}, {b, printer(lines, 40, exitWith(exitCode))}}));
    return plan;
}

JobPlan Workload::array()
{
    JobPlan plan;
    plan.name = newName("array");
    plan.arraySize = m_random.bounded(2, 7);
    plan.failingIndex = m_random.bounded(2) == 0 ? m_random.bounded(plan.arraySize) : -1;
    plan.succeeds = plan.failingIndex < 0;
    plan.containers = {{QStringLiteral("main"), successCode, 3}};
    const QString end
        = QStringLiteral("[ $AWS_BATCH_JOB_ARRAY_INDEX != %1 ]").arg(plan.failingIndex);
    Json body = request(plan.name, "single", {{QStringLiteral("main"), printer(3, 20, end)}});
    body["arrayProperties"] = {{"size", plan.arraySize}};
    plan.request = toText(body);
    return plan;
}

JobPlan Workload::endless()
{
    JobPlan plan;
    plan.name = newName("endless");
    plan.succeeds = false;
    plan.statusReason = QLatin1StringView(terminateReason);
    plan.attempts = std::nullopt; // it may be terminated before it starts
    plan.containers = {{QStringLiteral("main"), std::nullopt, std::nullopt}};
    plan.terminateAfterMs = m_random.bounded(6000);
    Json body = request(plan.name, "single", {{QStringLiteral("main"), server()}});
    body["retryStrategy"] = {{"attempts", 3}}; // a terminated job is not tried again
    plan.request = toText(body);
    return plan;
}

JobPlan Workload::dependent(const JobPlan &first, bool mayBeCancelled)
{
    JobPlan plan = single("dependent", successCode, 1, false);
    plan.succeeds = first.succeeds;
    if (!first.succeeds) {
        plan.attempts = 0;
        plan.statusReason = QLatin1StringView(dependencyReason);
        plan.containers.clear();
    } else if (mayBeCancelled) {
        plan = endless(); // it waits, starts, is cancelled or terminated: in each case it fails
        plan.terminateAfterMs = 8000;
        plan.cancelAfterMs = m_random.bounded(1000);
        plan.statusReason.clear();
    }
    Json body = Json::parse(plan.request.toStdString());
    body["dependsOn"] = {{{"jobId", idOfFirst.toStdString()}}};
    plan.request = toText(body);
    return plan;
}

} // namespace batchyard::test
