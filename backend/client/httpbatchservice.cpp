#include "backend/client/httpbatchservice.h"

#include "backend/async.h"
#include "backend/client/batchcalls.h"
#include "backend/client/changewatcher.h"
#include "backend/client/executorprocess.h"

#include <QThread>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

EndpointSource fixedEndpoint(const ServiceEndpoint &endpoint)
{
    return [endpoint] { return finished(Result<ServiceEndpoint>(endpoint)); };
}

EndpointSource localEndpoint(ExecutorProcess &process)
{
    return [&process] {
        const auto promise = std::make_shared<QPromise<Result<ServiceEndpoint>>>();
        promise->start();
        const auto answer = [promise](const Result<LocalConnection> &connection) {
            if (connection) {
                const QByteArray url = connection->endpoint.toLatin1();
                promise->addResult(
                    ServiceEndpoint{url, url, connection->region, connection->credentials});
            } else {
                promise->addResult(tl::unexpected(connection.error()));
            }
            promise->finish();
        };
        QMetaObject::invokeMethod(&process, [&process, answer] {
            onFinished(process.ensureRunning(), &process, answer);
        });
        return promise->future();
    };
}

// All work is done on a thread of its own, so that reading a thousand jobs does not stop a window.
class HttpBatchService::Private
{
public:
    Private(HttpBatchService *service, QString connectionName, EndpointSource source, Timing timing)
        : name(std::move(connectionName))
        , calls(new ServiceCalls(std::move(source)))
        , batch(*calls)
        , watcher(new ChangeWatcher(*calls, timing, calls))
    {
        qRegisterMetaType<batch::EngineStatus>();
        connect(watcher, &ChangeWatcher::jobsChanged, service, &HttpBatchService::jobsChanged);
        connect(watcher, &ChangeWatcher::logsChanged, service, &HttpBatchService::logsChanged);
        connect(watcher, &ChangeWatcher::resourcesChanged, service,
                &HttpBatchService::resourcesChanged);
        connect(watcher, &ChangeWatcher::engineChanged, service, &HttpBatchService::engineChanged);
        connect(calls, &ServiceCalls::reachabilityChanged, service,
                &HttpBatchService::reachabilityChanged);
        thread.setObjectName(u"batch service"_s);
        calls->moveToThread(&thread);
        connect(&thread, &QThread::finished, calls, &QObject::deleteLater);
        thread.start();
    }

    ~Private()
    {
        thread.quit();
        thread.wait();
    }

    // Runs start(answer) on the thread; the future has what the answer is called with.
    template <typename T, typename Start>
    QFuture<Result<T>> begin(Start start)
    {
        const auto promise = std::make_shared<QPromise<Result<T>>>();
        promise->start();
        QMetaObject::invokeMethod(calls, [promise, start = std::move(start)] {
            start(Answer<T>([promise](const Result<T> &result) {
                promise->addResult(result);
                promise->finish();
            }));
        });
        return promise->future();
    }

    const QString name;
    QThread thread;
    ServiceCalls *calls; // lives on the thread and is deleted there
    BatchCalls batch;
    ChangeWatcher *watcher;
};

HttpBatchService::HttpBatchService(QString connectionName, EndpointSource source, Timing timing,
                                   QObject *parent)
    : BatchService(parent)
    , d(std::make_unique<Private>(this, std::move(connectionName), std::move(source), timing))
{
}

HttpBatchService::HttpBatchService(QString connectionName, EndpointSource source, QObject *parent)
    : HttpBatchService(std::move(connectionName), std::move(source), Timing(), parent)
{
}

HttpBatchService::~HttpBatchService() = default;

void HttpBatchService::watch()
{
    QMetaObject::invokeMethod(d->watcher, &ChangeWatcher::start);
}

QString HttpBatchService::connectionName() const
{
    return d->name;
}

QFuture<Result<QList<batch::ComputeEnvironment>>>
HttpBatchService::describeComputeEnvironments(const QStringList &names)
{
    return d->begin<QList<batch::ComputeEnvironment>>(
        [this, names](const auto &answer) { d->batch.describeComputeEnvironments(names, answer); });
}

QFuture<Result<batch::ResourceId>>
HttpBatchService::createComputeEnvironment(const batch::ComputeEnvironment &environment)
{
    return d->begin<batch::ResourceId>([this, environment](const auto &answer) {
        d->batch.createComputeEnvironment(environment, answer);
    });
}

QFuture<Result<batch::ResourceId>>
HttpBatchService::updateComputeEnvironment(const batch::ComputeEnvironment &environment)
{
    return d->begin<batch::ResourceId>([this, environment](const auto &answer) {
        d->batch.updateComputeEnvironment(environment, answer);
    });
}

QFuture<Result<void>> HttpBatchService::deleteComputeEnvironment(const QString &name)
{
    return d->begin<void>(
        [this, name](const auto &answer) { d->batch.deleteComputeEnvironment(name, answer); });
}

QFuture<Result<QList<batch::JobQueue>>>
HttpBatchService::describeJobQueues(const QStringList &names)
{
    return d->begin<QList<batch::JobQueue>>(
        [this, names](const auto &answer) { d->batch.describeJobQueues(names, answer); });
}

QFuture<Result<batch::ResourceId>> HttpBatchService::createJobQueue(const batch::JobQueue &queue)
{
    return d->begin<batch::ResourceId>(
        [this, queue](const auto &answer) { d->batch.createJobQueue(queue, answer); });
}

QFuture<Result<batch::ResourceId>> HttpBatchService::updateJobQueue(const batch::JobQueue &queue)
{
    return d->begin<batch::ResourceId>(
        [this, queue](const auto &answer) { d->batch.updateJobQueue(queue, answer); });
}

QFuture<Result<void>> HttpBatchService::deleteJobQueue(const QString &name)
{
    return d->begin<void>(
        [this, name](const auto &answer) { d->batch.deleteJobQueue(name, answer); });
}

QFuture<Result<QList<batch::JobDefinition>>>
HttpBatchService::describeJobDefinitions(const QString &status, const QString &name)
{
    return d->begin<QList<batch::JobDefinition>>([this, status, name](const auto &answer) {
        d->batch.describeJobDefinitions(status, name, answer);
    });
}

QFuture<Result<batch::ResourceId>>
HttpBatchService::registerJobDefinition(const batch::JobDefinition &definition,
                                        const QStringList &allowed)
{
    return d->begin<batch::ResourceId>([this, definition, allowed](const auto &answer) {
        d->batch.registerJobDefinition(definition, allowed, answer);
    });
}

QFuture<Result<void>> HttpBatchService::deregisterJobDefinition(const QString &nameAndRevision)
{
    return d->begin<void>([this, nameAndRevision](const auto &answer) {
        d->batch.deregisterJobDefinition(nameAndRevision, answer);
    });
}

QFuture<Result<batch::SubmittedJob>>
HttpBatchService::submitJob(const batch::SubmitJobRequest &request)
{
    return d->begin<batch::SubmittedJob>(
        [this, request](const auto &answer) { d->batch.submitJob(request, answer); });
}

QFuture<Result<QList<batch::JobDetail>>> HttpBatchService::describeJobs(const QStringList &jobIds)
{
    return d->begin<QList<batch::JobDetail>>(
        [this, jobIds](const auto &answer) { d->batch.describeJobs(jobIds, answer); });
}

QFuture<Result<QList<batch::JobSummary>>> HttpBatchService::listJobs(const QString &queue)
{
    return d->begin<QList<batch::JobSummary>>(
        [this, queue](const auto &answer) { d->batch.listJobs(queue, answer); });
}

QFuture<Result<QList<batch::JobSummary>>> HttpBatchService::listChildJobs(const QString &jobId,
                                                                          Parent parent)
{
    return d->begin<QList<batch::JobSummary>>([this, jobId, parent](const auto &answer) {
        d->batch.listChildJobs(jobId, parent, answer);
    });
}

QFuture<Result<void>> HttpBatchService::cancelJob(const QString &jobId, const QString &reason)
{
    return d->begin<void>([this, jobId, reason](const auto &answer) {
        d->batch.endJob("CancelJob", jobId, reason, answer);
    });
}

QFuture<Result<void>> HttpBatchService::terminateJob(const QString &jobId, const QString &reason)
{
    return d->begin<void>([this, jobId, reason](const auto &answer) {
        d->batch.endJob("TerminateJob", jobId, reason, answer);
    });
}

QFuture<Result<batch::LogPage>> HttpBatchService::getLogEvents(const QString &logStreamName,
                                                               const QString &nextToken)
{
    return d->begin<batch::LogPage>([this, logStreamName, nextToken](const auto &answer) {
        d->batch.getLogEvents(logStreamName, nextToken, answer);
    });
}

QFuture<Result<batch::JobLiveView>> HttpBatchService::jobLiveView(const QString &jobId)
{
    return d->begin<batch::JobLiveView>(
        [this, jobId](const auto &answer) { d->batch.jobLiveView(jobId, answer); });
}

QFuture<Result<batch::EngineStatus>> HttpBatchService::engineStatus()
{
    return d->begin<batch::EngineStatus>(
        [this](const auto &answer) { d->batch.engineStatus(answer); });
}

} // namespace batchyard::client
