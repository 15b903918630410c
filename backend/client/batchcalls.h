// The calls of BatchService by callbacks: values to requests, pages followed to the end, replies to
// values. Everything is in the thread of the ServiceCalls.
#pragma once

#include "backend/client/servicecalls.h"

namespace batchyard::client {

class BatchCalls
{
public:
    explicit BatchCalls(ServiceCalls &calls)
        : m_calls(calls)
    {
    }

    void describeComputeEnvironments(const QStringList &names,
                                     const Answer<QList<batch::ComputeEnvironment>> &answer);
    void createComputeEnvironment(const batch::ComputeEnvironment &environment,
                                  const Answer<batch::ResourceId> &answer);
    void updateComputeEnvironment(const batch::ComputeEnvironment &environment,
                                  const Answer<batch::ResourceId> &answer);
    void deleteComputeEnvironment(const QString &name, const Answer<void> &answer);

    void describeJobQueues(const QStringList &names, const Answer<QList<batch::JobQueue>> &answer);
    void createJobQueue(const batch::JobQueue &queue, const Answer<batch::ResourceId> &answer);
    void updateJobQueue(const batch::JobQueue &queue, const Answer<batch::ResourceId> &answer);
    void deleteJobQueue(const QString &name, const Answer<void> &answer);

    void describeJobDefinitions(const QString &status, const QString &name,
                                const Answer<QList<batch::JobDefinition>> &answer);
    void registerJobDefinition(const batch::JobDefinition &definition, const QStringList &allowed,
                               const Answer<batch::ResourceId> &answer);
    void deregisterJobDefinition(const QString &nameAndRevision, const Answer<void> &answer);

    void submitJob(const batch::SubmitJobRequest &request,
                   const Answer<batch::SubmittedJob> &answer);
    // In pieces of 100 ids at the same time; the answer has the order of the ids.
    void describeJobs(const QStringList &jobIds, const Answer<QList<batch::JobDetail>> &answer);
    // All queues when queue is empty; all states of all queues at the same time.
    void listJobs(const QString &queue, const Answer<QList<batch::JobSummary>> &answer);
    void listChildJobs(const QString &jobId, batch::BatchService::Parent parent,
                       const Answer<QList<batch::JobSummary>> &answer);
    void endJob(const char *operation, const QString &jobId, const QString &reason,
                const Answer<void> &answer);

    void getLogEvents(const QString &logStreamName, const QString &nextToken,
                      const Answer<batch::LogPage> &answer);
    void jobLiveView(const QString &jobId, const Answer<batch::JobLiveView> &answer);
    void engineStatus(const Answer<batch::EngineStatus> &answer);

private:
    void write(const char *operation, const Json &body, const Answer<void> &answer);
    void write(const char *operation, const Json &body, const std::string &prefix,
               const Answer<batch::ResourceId> &answer, const net::Headers &headers = {});
    // The jobs of all states whose member has one of the values, in an order of the whole list.
    using JobOrder = QList<batch::JobSummary> (*)(QList<batch::JobSummary>);
    void listJobsOf(const char *member, const QStringList &values, JobOrder order,
                    const Answer<QList<batch::JobSummary>> &answer);

    ServiceCalls &m_calls;
};

} // namespace batchyard::client
