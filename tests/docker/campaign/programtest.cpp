#include "tests/docker/campaign/programtest.h"

#include "tests/support/engine/await.h"

#include <nlohmann/json.hpp>

namespace batchyard::test {

void ProgramTest::initTestCase()
{
    makeEngine();
    if (!QTest::currentTestFailed())
        beginWork();
}

void ProgramTest::makeEngine()
{
    m_daemon = std::make_unique<PrivateEngine>();
    const auto started = m_daemon->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error().detail));
    QVERIFY(m_daemon->importTiny());
    m_engine = std::make_unique<docker::HttpEngine>(m_daemon->socketPath());
    QVERIFY(await(m_engine->ping()));
    m_recorder = std::make_unique<Recorder>(*m_engine);
}

void ProgramTest::beginWork()
{
    m_executor = std::make_unique<ExecutorProgram>(qEnvironmentVariable("BATCHYARD_PROGRAM"),
                                                   m_paths, m_daemon->socketPath());
    m_api = std::make_unique<Api>(m_paths.connectionFile());
    serve();
    for (const auto &[operation, body] : Workload::resources())
        QVERIFY(m_api->call(operation, Json::parse(body.toStdString())));
}

void ProgramTest::endAll()
{
    m_api.reset();
    m_executor.reset();
    m_recorder.reset();
    m_engine.reset();
    m_daemon.reset();
}

void ProgramTest::serve()
{
    m_executor->start();
    QTRY_VERIFY2_WITH_TIMEOUT(m_executor->isServing(), qPrintable(m_executor->logTail()), limitMs);
}

void ProgramTest::killAndServe()
{
    m_executor->kill();
    serve();
}

QString ProgramTest::submit(const Json &request)
{
    const auto reply = await(m_api->send("SubmitJob", request));
    if (!reply)
        qWarning("%s", qPrintable(reply.error().message));
    return reply ? textOf(*reply, "jobId") : QString();
}

Json ProgramTest::describe(const QString &id)
{
    const auto jobs = m_api->describeJobs({id});
    return jobs && jobs->size() == 1 ? jobs->at(0) : Json::object();
}

QString ProgramTest::status(const QString &id)
{
    return textOf(describe(id), "status");
}

QStringList ProgramTest::lines(const QString &id, const char *container)
{
    const Json job = describe(id);
    const auto task = job.find("ecsProperties");
    if (task == job.end())
        return {};
    for (const Json &each : task->at("taskProperties").at(0).at("containers")) {
        const QString stream = textOf(each, "logStreamName");
        if (textOf(each, "name") == QLatin1StringView(container) && !stream.isEmpty())
            return m_api->logLines(stream).value_or(QStringList());
    }
    return {};
}

QString ProgramTest::waitReason(const QString &id)
{
    const auto view = m_api->get("/batchyard/jobs/" + id.toLatin1());
    return view ? textOf(*view, "waitReason") : QString();
}

Json ProgramTest::submission(const std::string &name, const char *definition,
                             const QList<std::pair<const char *, const char *>> &scripts)
{
    Json containers = Json::array();
    for (const auto &[container, script] : scripts)
        containers.push_back({{"name", container}, {"command", {"sh", "-c", script}}});
    return {{"jobName", name},
            {"jobQueue", Workload::queue.toStdString()},
            {"jobDefinition", definition},
            {"ecsPropertiesOverride", {{"taskProperties", {{{"containers", containers}}}}}}};
}

} // namespace batchyard::test
