// AWS Batch as the rest of the program sees it, wherever it runs: the executor on this machine or
// AWS itself. Calls return at once; their futures finish on whichever thread answers, so continue
// with onFinished() (backend/async.h). Signals are emitted in the thread of this object.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/batch/liveview.h"
#include "backend/result.h"

#include <QFuture>
#include <QObject>

namespace batchyard::batch {

// name and ARN of what was created or updated; revision for a job definition.
struct ResourceId {
    QString name;
    QString arn;
    int revision = 0;
};

struct SubmittedJob {
    QString jobId;
    QString jobArn;
    QString jobName;
};

class BatchService : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // What the window shows of where requests go ("Local", "AWS 123456789012 eu-west-1").
    [[nodiscard]] virtual QString connectionName() const = 0;

    // Describe and list calls follow nextToken to the end. An empty list of names means all.
    virtual QFuture<Result<QList<ComputeEnvironment>>>
    describeComputeEnvironments(const QStringList &names = {}) = 0;
    virtual QFuture<Result<ResourceId>>
    createComputeEnvironment(const ComputeEnvironment &environment) = 0;
    // Sends the members that can be changed: state, unmanagedvCpus, serviceRole, computeResources.
    virtual QFuture<Result<ResourceId>>
    updateComputeEnvironment(const ComputeEnvironment &environment) = 0;
    virtual QFuture<Result<void>> deleteComputeEnvironment(const QString &name) = 0;

    virtual QFuture<Result<QList<JobQueue>>> describeJobQueues(const QStringList &names = {}) = 0;
    virtual QFuture<Result<ResourceId>> createJobQueue(const JobQueue &queue) = 0;
    virtual QFuture<Result<ResourceId>> updateJobQueue(const JobQueue &queue) = 0;
    virtual QFuture<Result<void>> deleteJobQueue(const QString &name) = 0;

    // status: "ACTIVE", "INACTIVE" or empty for both; name: all revisions of one, or empty.
    virtual QFuture<Result<QList<JobDefinition>>> describeJobDefinitions(const QString &status,
                                                                         const QString &name = {})
        = 0;
    // allowed: names of permissions (permission.h) that the user gives this definition. Error
    // AccessDenied: the local executor's policy refuses it; `detail` lists the permissions that it
    // lacks ("privileged, devices").
    virtual QFuture<Result<ResourceId>> registerJobDefinition(const JobDefinition &definition,
                                                              const QStringList &allowed = {})
        = 0;
    virtual QFuture<Result<void>> deregisterJobDefinition(const QString &nameAndRevision) = 0;

    virtual QFuture<Result<SubmittedJob>> submitJob(const SubmitJobRequest &request) = 0;
    // Unknown ids are left out of the answer, as AWS does.
    virtual QFuture<Result<QList<JobDetail>>> describeJobs(const QStringList &jobIds) = 0;
    // Jobs of all seven states, newest first. An empty queue means all queues.
    virtual QFuture<Result<QList<JobSummary>>> listJobs(const QString &queue = {}) = 0;
    // The children of an array job by index, or the nodes of a multi-node job.
    enum class Parent { Array, MultiNode };
    virtual QFuture<Result<QList<JobSummary>>> listChildJobs(const QString &jobId, Parent parent)
        = 0;
    virtual QFuture<Result<void>> cancelJob(const QString &jobId, const QString &reason) = 0;
    virtual QFuture<Result<void>> terminateJob(const QString &jobId, const QString &reason) = 0;

    // One page of a log stream, oldest first, after nextToken of the page before (empty: from the
    // start). An unchanged token says that there is nothing more now.
    virtual QFuture<Result<LogPage>> getLogEvents(const QString &logStreamName,
                                                  const QString &nextToken)
        = 0;

    // The executor's extension; a service without it (AWS) answers ErrorCode::Unsupported.
    virtual QFuture<Result<JobLiveView>> jobLiveView(const QString &jobId) = 0;
    virtual QFuture<Result<EngineStatus>> engineStatus() = 0;

signals:
    // Pushed by the executor, found by polling on AWS.
    void jobsChanged(const QStringList &jobIds);
    void logsChanged(const QStringList &jobIds);
    void resourcesChanged(); // compute environments, queues or definitions
    void engineChanged(const batchyard::batch::EngineStatus &status);
    // Whether the service answers; error is empty while it does.
    void reachabilityChanged(bool reachable, const QString &error);
};

} // namespace batchyard::batch
