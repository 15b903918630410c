// BatchService over HTTP: AWS's JSON protocols, signed with SigV4, pages followed to the end. Where
// the service has the executor's extension, changes are pushed by a long poll; elsewhere this
// object polls.
#pragma once

#include "backend/batch/batchservice.h"
#include "backend/net/httpclient.h"
#include "backend/net/sigv4.h"

#include <chrono>
#include <functional>
#include <memory>

namespace batchyard::client {

class ExecutorProcess;

// Where requests go and who signs them.
struct ServiceEndpoint {
    QByteArray batchUrl; // "http://127.0.0.1:40123", without a slash at the end
    QByteArray logsUrl;
    QString region;
    net::Credentials credentials;
};

// Asked before the first request and again after nobody has answered: the executor may have been
// started anew at another port.
using EndpointSource = std::function<QFuture<Result<ServiceEndpoint>>()>;

[[nodiscard]] EndpointSource fixedEndpoint(const ServiceEndpoint &endpoint);
// The executor of this user, started when it is not running. The process must outlive the service.
[[nodiscard]] EndpointSource localEndpoint(ExecutorProcess &process);

class HttpBatchService final : public batch::BatchService
{
    Q_OBJECT

public:
    struct Timing {
        std::chrono::milliseconds longPoll{20'000};
        std::chrono::milliseconds pollInterval{5'000}; // where there is no extension
        std::chrono::milliseconds firstRetry{250}; // doubled up to lastRetry
        std::chrono::milliseconds lastRetry{8'000};
    };

    HttpBatchService(QString connectionName, EndpointSource source, Timing timing,
                     QObject *parent = nullptr);
    HttpBatchService(QString connectionName, EndpointSource source, QObject *parent = nullptr);
    ~HttpBatchService() override;

    // Begins to watch for changes; the signals of BatchService need it, the calls do not.
    void watch();

    [[nodiscard]] QString connectionName() const override;
    QFuture<Result<QList<batch::ComputeEnvironment>>>
    describeComputeEnvironments(const QStringList &names = {}) override;
    QFuture<Result<batch::ResourceId>>
    createComputeEnvironment(const batch::ComputeEnvironment &environment) override;
    QFuture<Result<batch::ResourceId>>
    updateComputeEnvironment(const batch::ComputeEnvironment &environment) override;
    QFuture<Result<void>> deleteComputeEnvironment(const QString &name) override;
    QFuture<Result<QList<batch::JobQueue>>> describeJobQueues(const QStringList &names
                                                              = {}) override;
    QFuture<Result<batch::ResourceId>> createJobQueue(const batch::JobQueue &queue) override;
    QFuture<Result<batch::ResourceId>> updateJobQueue(const batch::JobQueue &queue) override;
    QFuture<Result<void>> deleteJobQueue(const QString &name) override;
    QFuture<Result<QList<batch::JobDefinition>>>
    describeJobDefinitions(const QString &status, const QString &name = {}) override;
    QFuture<Result<batch::ResourceId>> registerJobDefinition(const batch::JobDefinition &definition,
                                                             const QStringList &allowed
                                                             = {}) override;
    QFuture<Result<void>> deregisterJobDefinition(const QString &nameAndRevision) override;
    QFuture<Result<batch::SubmittedJob>> submitJob(const batch::SubmitJobRequest &request) override;
    QFuture<Result<QList<batch::JobDetail>>> describeJobs(const QStringList &jobIds) override;
    QFuture<Result<QList<batch::JobSummary>>> listJobs(const QString &queue = {}) override;
    QFuture<Result<QList<batch::JobSummary>>> listChildJobs(const QString &jobId,
                                                            Parent parent) override;
    QFuture<Result<void>> cancelJob(const QString &jobId, const QString &reason) override;
    QFuture<Result<void>> terminateJob(const QString &jobId, const QString &reason) override;
    QFuture<Result<batch::LogPage>> getLogEvents(const QString &logStreamName,
                                                 const QString &nextToken) override;
    QFuture<Result<batch::JobLiveView>> jobLiveView(const QString &jobId) override;
    QFuture<Result<batch::EngineStatus>> engineStatus() override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::client
