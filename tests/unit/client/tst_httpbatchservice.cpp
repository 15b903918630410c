// The client against a real executor API on loopback.
#include "backend/async.h"
#include "backend/batch/permission.h"
#include "tests/support/engine/await.h"
#include "tests/unit/client/servicetesting.h"

#include <QSignalSpy>

#include <nlohmann/json.hpp>

#include <atomic>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;
using namespace std::chrono_literals;
using client::HttpBatchService;
using executor::api::ApiServer;

class TestHttpBatchService : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void resourcesRoundTrip();
    void definitionsRoundTrip();
    void permissionsAreAskedAndGiven();
    void jobsRoundTrip();
    void listsEveryStateOfEveryQueue();
    void listsChildrenByIndex();
    void followsPages();
    void describesMoreThanAHundred();
    void readsLogs();
    void readsLinesOfOneEvent_data();
    void readsLinesOfOneEvent();
    void liveViewAndEngine();
    void errorsHaveCodes_data();
    void errorsHaveCodes();
    void wrongSecretIsAccessDenied();
    void changesArePushed();
    void everythingIsAnnouncedAtFirst();
    void findsTheExecutorAtAnotherPort();
    void unreachableIsTold();
    void requestsEndWithTheService();

private:
    [[nodiscard]] batch::SubmitJobRequest request(const QString &name) const
    {
        batch::SubmitJobRequest result;
        result.jobName = name;
        result.jobQueue = u"q"_s;
        result.jobDefinition = u"maze"_s;
        return result;
    }

    std::unique_ptr<ApiFixture> m_api;
    std::unique_ptr<ApiServer> m_server;
    std::unique_ptr<HttpBatchService> m_service;
    quint16 m_port = 0;
};

void TestHttpBatchService::init()
{
    m_api = std::make_unique<ApiFixture>();
    m_server = std::make_unique<ApiServer>(*m_api->store, m_api->control, m_api->feed,
                                           m_api->settings());
    const auto port = m_server->start(0);
    VERIFY_RESULT(port);
    m_port = *port;
    m_service = std::make_unique<HttpBatchService>(u"Local"_s,
                                                   client::fixedEndpoint(endpoint(m_port)), quick);
}

void TestHttpBatchService::cleanup()
{
    m_service.reset();
    m_server.reset();
    m_api.reset();
}

void TestHttpBatchService::resourcesRoundTrip()
{
    batch::ComputeEnvironment environment;
    environment.computeEnvironmentName = u"ce"_s;
    environment.type = u"MANAGED"_s;
    environment.tags = {{u"a"_s, u"ü"_s}};
    environment.computeResources = batch::ComputeResource();
    environment.computeResources->type = u"FARGATE"_s;
    environment.computeResources->maxvCpus = 4;
    environment.computeResources->subnets = QStringList{u"s"_s};
    environment.computeResources->securityGroupIds = QStringList{u"g"_s};
    const auto created = await(m_service->createComputeEnvironment(environment));
    VERIFY_RESULT(created);
    QCOMPARE(created->name, u"ce"_s);
    QCOMPARE(created->arn, u"arn:aws:batch:us-east-1:000000000000:compute-environment/ce"_s);

    environment.state = u"DISABLED"_s;
    environment.computeResources->maxvCpus = 8;
    VERIFY_RESULT(await(m_service->updateComputeEnvironment(environment)));
    const auto described = await(m_service->describeComputeEnvironments());
    VERIFY_RESULT(described);
    QCOMPARE(described->size(), 1);
    QCOMPARE(described->first().state, u"DISABLED"_s);
    QCOMPARE(described->first().computeResources->maxvCpus, 8);
    QCOMPARE(described->first().tags, environment.tags);
    QCOMPARE(described->first().status, u"VALID"_s);

    batch::JobQueue queue;
    queue.jobQueueName = u"q"_s;
    queue.priority = 3;
    queue.computeEnvironmentOrder = {{.order = 1, .computeEnvironment = u"ce"_s, .unknown = {}}};
    VERIFY_RESULT(await(m_service->createJobQueue(queue)));
    queue.priority = 5;
    queue.state = u"DISABLED"_s;
    VERIFY_RESULT(await(m_service->updateJobQueue(queue)));
    const auto queues = await(m_service->describeJobQueues({u"q"_s}));
    VERIFY_RESULT(queues);
    QCOMPARE(queues->first().priority, 5);
    VERIFY_RESULT(await(m_service->deleteJobQueue(u"q"_s)));
    VERIFY_RESULT(await(m_service->deleteComputeEnvironment(u"ce"_s)));
    QCOMPARE(await(m_service->describeComputeEnvironments())->size(), 0);
}

void TestHttpBatchService::definitionsRoundTrip()
{
    const auto parsed = batch::parseJobDefinition(mazeDefinition);
    QVERIFY(parsed.value);
    const auto first = await(m_service->registerJobDefinition(*parsed.value));
    VERIFY_RESULT(first);
    QCOMPARE(first->revision, 1);
    VERIFY_RESULT(await(m_service->registerJobDefinition(*parsed.value)));
    VERIFY_RESULT(await(m_service->deregisterJobDefinition(u"maze:1"_s)));
    const auto active = await(m_service->describeJobDefinitions(u"ACTIVE"_s, u"maze"_s));
    VERIFY_RESULT(active);
    QCOMPARE(active->size(), 1);
    QCOMPARE(active->first().revision, 2);
    QCOMPARE(active->first().ecsProperties, parsed.value->ecsProperties);
    const auto all = await(m_service->describeJobDefinitions({}));
    VERIFY_RESULT(all);
    QCOMPARE(all->size(), 2);
}

void TestHttpBatchService::permissionsAreAskedAndGiven()
{
    QByteArray document = mazeDefinition;
    document.replace(R"("image": "maze-agent",)", R"("image": "maze-agent", "privileged": true,)");
    const auto parsed = batch::parseJobDefinition(document);
    QVERIFY(parsed.value);
    const auto refused = await(m_service->registerJobDefinition(*parsed.value));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::AccessDenied);
    QCOMPARE(batch::missingPermissions(refused.error()), QStringList{u"privileged"_s});
    QVERIFY2(refused.error().message.contains(u"containers[1].privileged"_s),
             qPrintable(refused.error().message));
    VERIFY_RESULT(await(m_service->registerJobDefinition(
        *parsed.value, batch::missingPermissions(refused.error()))));
}

void TestHttpBatchService::jobsRoundTrip()
{
    QVERIFY(m_api->addResources());
    const auto submitted = await(m_service->submitJob(request(u"run1"_s)));
    VERIFY_RESULT(submitted);
    QCOMPARE(submitted->jobName, u"run1"_s);
    QVERIFY(m_api->runAttempt(submitted->jobId, 0));
    const auto details = await(m_service->describeJobs({submitted->jobId, u"unknown"_s}));
    VERIFY_RESULT(details);
    QCOMPARE(details->size(), 1);
    const batch::JobDetail &job = details->first();
    QVERIFY(job.status == batch::JobStatus::Succeeded);
    QVERIFY(!job.isLegacy);
    QCOMPARE(job.attempts.size(), 1);
    QCOMPARE(job.containers.size(), 2);
    QCOMPARE(job.containers[1].exitCode, 0);
    QCOMPARE(job.task.containers[1].command, (QStringList{u"--size"_s, u"80"_s}));
    VERIFY_RESULT(await(m_service->cancelJob(submitted->jobId, u"a"_s)));
    VERIFY_RESULT(await(m_service->terminateJob(submitted->jobId, u"b"_s)));
    QCOMPARE(m_api->control.calls.mid(1),
             (QStringList{u"cancel %1 a"_s.arg(submitted->jobId),
                          u"terminate %1 b"_s.arg(submitted->jobId)}));
}

void TestHttpBatchService::listsEveryStateOfEveryQueue()
{
    QVERIFY(m_api->addResources());
    VERIFY_RESULT(m_api->batch("CreateJobQueue", R"({"jobQueueName": "r", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})"));
    const QString a = m_api->submit("a");
    m_api->now += 1s;
    const QString b = m_api->submit("b");
    m_api->now += 1s;
    batch::SubmitJobRequest other = request(u"c"_s);
    other.jobQueue = u"r"_s;
    VERIFY_RESULT(m_api->batch("SubmitJob", batch::toJson(other)));
    QVERIFY(m_api->runAttempt(a, 1));
    const auto all = await(m_service->listJobs());
    VERIFY_RESULT(all);
    QStringList names;
    for (const batch::JobSummary &job : *all)
        names += job.jobName;
    QCOMPARE(names.join(u' '), u"c b a"_s);
    QVERIFY(all->last().status == batch::JobStatus::Failed);
    QCOMPARE(all->last().exitCode, 1);
    const auto ofQueue = await(m_service->listJobs(u"q"_s));
    VERIFY_RESULT(ofQueue);
    QCOMPARE(ofQueue->size(), 2);
}

void TestHttpBatchService::listsChildrenByIndex()
{
    QVERIFY(m_api->addResources());
    batch::SubmitJobRequest array = request(u"sweep"_s);
    array.arraySize = 150; // more than a page
    const auto submitted = await(m_service->submitJob(array));
    VERIFY_RESULT(submitted);
    QVERIFY(m_api->runAttempt(submitted->jobId + u":17"_s, 0));
    const auto children
        = await(m_service->listChildJobs(submitted->jobId, batch::BatchService::Parent::Array));
    VERIFY_RESULT(children);
    QCOMPARE(children->size(), 150);
    for (int index = 0; index < 150; ++index)
        QCOMPARE(children->at(index).arrayProperties->index, index);
    QVERIFY(children->at(17).status == batch::JobStatus::Succeeded);
    QCOMPARE(await(m_service->listJobs(u"q"_s))->size(), 1);
}

void TestHttpBatchService::followsPages()
{
    QVERIFY(m_api->addResources());
    for (int i = 0; i < 120; ++i)
        VERIFY_RESULT(m_api->batch("RegisterJobDefinition", mazeDefinition));
    const auto all = await(m_service->describeJobDefinitions({}));
    VERIFY_RESULT(all);
    QCOMPARE(all->size(), 121); // in pages of 100
    QCOMPARE(all->last().revision, 121);
}

void TestHttpBatchService::describesMoreThanAHundred()
{
    QVERIFY(m_api->addResources());
    QStringList ids;
    for (int i = 0; i < 130; ++i)
        ids += m_api->submit("job" + QByteArray::number(i));
    const auto details = await(m_service->describeJobs(ids));
    VERIFY_RESULT(details);
    QStringList described;
    for (const batch::JobDetail &job : *details)
        described += job.jobId;
    QCOMPARE(described, ids);
    QCOMPARE(await(m_service->describeJobs({}))->size(), 0);
}

void TestHttpBatchService::readsLogs()
{
    QVERIFY(m_api->addResources());
    const QString id = m_api->submit();
    QVERIFY(m_api->runAttempt(id, 0));
    QVERIFY(m_api->writeLog(id, 1, {u"SIZE {'width': 80, 'height': 20}"_s, u"grün"_s}));
    const QString stream = u"maze/agent/"_s + id;
    const auto page = await(m_service->getLogEvents(stream, {}));
    VERIFY_RESULT(page);
    QCOMPARE(page->lines.size(), 2);
    QCOMPARE(page->lines[1].text, u"grün"_s);
    QCOMPARE(page->lines[1].stream, batch::LogLine::Stream::Stdout);
    QCOMPARE(page->lines[1].time, m_api->now);
    const auto end = await(m_service->getLogEvents(stream, page->nextToken));
    VERIFY_RESULT(end);
    QVERIFY(end->lines.isEmpty());
    QCOMPARE(end->nextToken, page->nextToken);
    const auto unknown = await(m_service->getLogEvents(u"no/such/stream"_s, {}));
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::NotFound);
    QCOMPARE(unknown.error().detail, u"ResourceNotFoundException"_s);
}

void TestHttpBatchService::readsLinesOfOneEvent_data()
{
    QTest::addColumn<QStringList>("lines"); // one is written each millisecond
    QTest::addColumn<QList<int>>("times"); // of the events that they are in
    QTest::newRow("lines that are joined")
        << QStringList{u"[1] a"_s, u"  b"_s, u""_s, u"  c"_s, u"[2] d"_s} << QList{1, 1, 1, 1, 5};
    QTest::newRow("one line") << QStringList{u"[1] a"_s} << QList{1};
    QTest::newRow("nothing in it") << QStringList{u""_s} << QList{1};
    QTest::newRow("an empty line at the end")
        << QStringList{u"[1] a"_s, u""_s, u"[2] b"_s} << QList{1, 1, 3};
    QTest::newRow("before the first begin") << QStringList{u"x"_s, u"[1] a"_s} << QList{1, 2};
}

// awslogs-multiline-pattern joins lines to an event; whoever follows a job sees them as printed.
void TestHttpBatchService::readsLinesOfOneEvent()
{
    QFETCH(const QStringList, lines);
    QFETCH(const QList<int>, times);
    QVERIFY(m_api->addResources());
    auto definition = nlohmann::json::parse(mazeDefinition);
    definition["ecsProperties"]["taskProperties"][0]["containers"][1]["logConfiguration"]
        = {{"logDriver", "awslogs"}, {"options", {{"awslogs-multiline-pattern", "^\\[[0-9]"}}}};
    VERIFY_RESULT(
        m_api->batch("RegisterJobDefinition", QByteArray::fromStdString(definition.dump())));
    const QString id = m_api->submit();
    QVERIFY(m_api->runAttempt(id, 0));
    const batch::Timestamp begin = m_api->now;
    QVERIFY(m_api->writeLog(id, 1, lines));
    executor::ContainerRecord container = m_api->store->attempts(id)->first().containers[1];
    container.logComplete = true; // nothing more will join the last event
    VERIFY_RESULT(m_api->store->putContainer(container));
    const auto page = await(m_service->getLogEvents(u"maze/agent/"_s + id, {}));
    VERIFY_RESULT(page);
    QCOMPARE(page->lines.size(), lines.size());
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QCOMPARE(page->lines[i].text, lines[i]);
        QCOMPARE(page->lines[i].time, begin + std::chrono::milliseconds(times[i]));
        QCOMPARE(page->lines[i].stream, batch::LogLine::Stream::Stdout);
    }
    const auto end = await(m_service->getLogEvents(u"maze/agent/"_s + id, page->nextToken));
    VERIFY_RESULT(end);
    QVERIFY(end->lines.isEmpty());
}

void TestHttpBatchService::liveViewAndEngine()
{
    QVERIFY(m_api->addResources());
    const QString id = m_api->submit();
    m_api->control.waiting = u"The queue is full."_s;
    const auto view = await(m_service->jobLiveView(id));
    VERIFY_RESULT(view);
    QCOMPARE(view->waitReason, u"The queue is full."_s);
    QCOMPARE(await(m_service->jobLiveView(u"unknown"_s)).error().code, ErrorCode::NotFound);
    m_api->control.engine.reachable = true;
    m_api->control.engine.version = u"20.10"_s;
    m_api->control.engine.cpus = 2;
    const auto engine = await(m_service->engineStatus());
    VERIFY_RESULT(engine);
    QCOMPARE(*engine, m_api->control.engine);
}

void TestHttpBatchService::errorsHaveCodes_data()
{
    QTest::addColumn<QString>("call");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("already there") << u"createQueue"_s << ErrorCode::Conflict;
    QTest::newRow("in use") << u"deleteQueue"_s << ErrorCode::Conflict;
    QTest::newRow("not there") << u"deleteUnknown"_s << ErrorCode::NotFound;
    QTest::newRow("unknown queue of a job") << u"submitQueue"_s << ErrorCode::NotFound;
    QTest::newRow("bad name") << u"submitName"_s << ErrorCode::InvalidInput;
    QTest::newRow("array of one") << u"submitArray"_s << ErrorCode::InvalidInput;
}

void TestHttpBatchService::errorsHaveCodes()
{
    QFETCH(const QString, call);
    QFETCH(const ErrorCode, code);
    QVERIFY(m_api->addResources());
    Error error;
    const auto take = [&](const auto &result) {
        QVERIFY(!result);
        error = result.error();
    };
    if (call == u"createQueue"_s) {
        batch::JobQueue queue;
        queue.jobQueueName = u"q"_s;
        queue.priority = 1;
        queue.computeEnvironmentOrder
            = {{.order = 1, .computeEnvironment = u"ce"_s, .unknown = {}}};
        take(await(m_service->createJobQueue(queue)));
    } else if (call == u"deleteQueue"_s) {
        take(await(m_service->deleteJobQueue(u"q"_s)));
    } else if (call == u"deleteUnknown"_s) {
        take(await(m_service->deleteJobQueue(u"nope"_s)));
    } else {
        batch::SubmitJobRequest job = request(call == u"submitName"_s ? u"-a"_s : u"a"_s);
        if (call == u"submitQueue"_s)
            job.jobQueue = u"nope"_s;
        if (call == u"submitArray"_s)
            job.arraySize = 1;
        take(await(m_service->submitJob(job)));
    }
    QCOMPARE(error.code, code);
    QCOMPARE(error.detail, u"ClientException"_s);
    QVERIFY(!error.message.isEmpty());
}

void TestHttpBatchService::wrongSecretIsAccessDenied()
{
    net::Credentials wrong = testCredentials;
    wrong.secretAccessKey = "guessed";
    HttpBatchService service(u"Wrong"_s, client::fixedEndpoint(endpoint(m_port, wrong)), quick);
    const auto reply = await(service.describeJobQueues());
    QVERIFY(!reply);
    QCOMPARE(reply.error().code, ErrorCode::AccessDenied);
    QCOMPARE(reply.error().detail, u"InvalidSignatureException"_s);
}

void TestHttpBatchService::changesArePushed()
{
    QSignalSpy jobs(m_service.get(), &batch::BatchService::jobsChanged);
    QSignalSpy logs(m_service.get(), &batch::BatchService::logsChanged);
    QSignalSpy resources(m_service.get(), &batch::BatchService::resourcesChanged);
    QSignalSpy engine(m_service.get(), &batch::BatchService::engineChanged);
    QSignalSpy reachability(m_service.get(), &batch::BatchService::reachabilityChanged);
    m_service->watch();
    QTRY_COMPARE(engine.size(), 1);
    QTRY_COMPARE(resources.size(), 1);
    QCOMPARE(reachability.size(), 1);
    QCOMPARE(reachability[0][0].toBool(), true);

    m_api->feed.add(executor::Change::Kind::Job, u"a"_s);
    QTRY_COMPARE(jobs.size(), 1);
    QCOMPARE(jobs[0][0].toStringList(), QStringList{u"a"_s});
    m_api->feed.add(executor::Change::Kind::Log, u"b"_s);
    QTRY_COMPARE(logs.size(), 1);
    QCOMPARE(logs[0][0].toStringList(), QStringList{u"b"_s});
    m_api->feed.add(executor::Change::Kind::Resource);
    QTRY_COMPARE(resources.size(), 2);
    m_api->control.engine.version = u"21"_s;
    m_api->feed.add(executor::Change::Kind::Engine);
    QTRY_COMPARE(engine.size(), 2);
    QCOMPARE(engine[1][0].value<batch::EngineStatus>().version, u"21"_s);
}

void TestHttpBatchService::everythingIsAnnouncedAtFirst()
{
    QVERIFY(m_api->addResources());
    const QString id = m_api->submit();
    QSignalSpy jobs(m_service.get(), &batch::BatchService::jobsChanged);
    m_service->watch();
    QTRY_COMPARE(jobs.size(), 1);
    QCOMPARE(jobs[0][0].toStringList(), QStringList{id});
}

// The executor has ended and another one runs at another port: reads go on, and changes too.
void TestHttpBatchService::findsTheExecutorAtAnotherPort()
{
    QVERIFY(m_api->addResources());
    std::atomic<quint16> port = m_port;
    HttpBatchService service(
        u"Local"_s, [&port] { return finished(Result<client::ServiceEndpoint>(endpoint(port))); },
        quick);
    QSignalSpy resources(&service, &batch::BatchService::resourcesChanged);
    service.watch();
    QTRY_VERIFY(resources.size() > 0);

    m_server.reset();
    executor::ChangeFeed newFeed;
    ApiServer second(*m_api->store, m_api->control, newFeed, m_api->settings());
    const auto newPort = second.start(0);
    VERIFY_RESULT(newPort);
    port = *newPort;
    resources.clear();
    const auto queues = await(service.describeJobQueues());
    VERIFY_RESULT(queues);
    QCOMPARE(queues->size(), 1);
    QTRY_VERIFY(resources.size() > 0);
}

void TestHttpBatchService::unreachableIsTold()
{
    QSignalSpy reachability(m_service.get(), &batch::BatchService::reachabilityChanged);
    VERIFY_RESULT(await(m_service->describeJobQueues()));
    m_server.reset();
    const auto reply = await(m_service->describeJobQueues());
    QVERIFY(!reply);
    QCOMPARE(reply.error().code, ErrorCode::Unreachable);
    QTRY_COMPARE(reachability.size(), 2);
    QCOMPARE(reachability[1][0].toBool(), false);
    QVERIFY(!reachability[1][1].toString().isEmpty());
}

void TestHttpBatchService::requestsEndWithTheService()
{
    auto queues = m_service->describeJobQueues();
    m_service->watch();
    m_service.reset();
    QTRY_VERIFY(queues.isFinished());
}

QTEST_GUILESS_MAIN(TestHttpBatchService)
#include "tst_httpbatchservice.moc"
