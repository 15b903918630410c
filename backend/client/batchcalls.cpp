#include "backend/client/batchcalls.h"

#include "backend/client/replies.h"

#include <QUrl>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype jobsPerDescribe = 100; // API_DescribeJobs

Json texts(const QStringList &list)
{
    Json array = Json::array();
    for (const QString &text : list)
        array.push_back(text.toStdString());
    return array;
}

template <typename Value>
using Reader = batch::Parsed<Value> (*)(const Json &, const QString &);

template <typename Value>
Result<void> appendValues(QList<Value> &values, const Json &reply, const char *listName,
                          Reader<Value> read)
{
    const auto list = reply.find(listName);
    if (list == reply.end() || !list->is_array())
        return failure(ErrorCode::Protocol,
                       u"The service's answer has no list %1."_s.arg(QLatin1StringView(listName)));
    for (const Json &item : *list) {
        auto value = valueOf(read(item, QString()));
        if (!value)
            return tl::unexpected(value.error());
        values += std::move(*value);
    }
    return {};
}

// Follows nextToken to the end and answers once with everything.
template <typename Value>
void collect(ServiceCalls &calls, const char *operation, const Json &body, const char *listName,
             Reader<Value> read, const Answer<QList<Value>> &answer, QList<Value> sofar = {})
{
    calls.batch(operation, ServiceCalls::Kind::Read, body,
                [&calls, operation, body, listName, read, answer,
                 values = std::move(sofar)](const Result<Json> &reply) mutable {
                    if (!reply) {
                        answer(tl::unexpected(reply.error()));
                        return;
                    }
                    if (const auto ok = appendValues(values, *reply, listName, read); !ok) {
                        answer(tl::unexpected(ok.error()));
                        return;
                    }
                    const QString token = textOf(*reply, "nextToken");
                    if (token.isEmpty()) {
                        answer(std::move(values));
                        return;
                    }
                    Json next = body;
                    next["nextToken"] = token.toStdString();
                    collect(calls, operation, next, listName, read, answer, std::move(values));
                });
}

// Waits for a number of lists and answers once: with all of them, each in its own place, or with
// the first error.
template <typename Value>
class Gathering
{
public:
    Gathering(qsizetype parts, Answer<QList<Value>> answer)
        : m_parts(parts)
        , m_left(parts)
        , m_answer(std::move(answer))
    {
    }

    void add(qsizetype part, const Result<QList<Value>> &values)
    {
        if (!m_answer)
            return;
        if (!values) {
            std::exchange(m_answer, {})(values);
            return;
        }
        m_parts[part] = *values;
        if (--m_left > 0)
            return;
        QList<Value> all;
        for (const QList<Value> &one : std::as_const(m_parts))
            all += one;
        std::exchange(m_answer, {})(std::move(all));
    }

private:
    QList<QList<Value>> m_parts;
    qsizetype m_left;
    Answer<QList<Value>> m_answer;
};

// A job that moved on while the states were listed is in two of the lists: the later state stays.
QList<batch::JobSummary> newestFirst(QList<batch::JobSummary> jobs)
{
    std::stable_sort(jobs.begin(), jobs.end(), [](const auto &a, const auto &b) {
        return std::tie(a.createdAt, a.jobId, a.status) > std::tie(b.createdAt, b.jobId, b.status);
    });
    const auto end = std::unique(jobs.begin(), jobs.end(),
                                 [](const auto &a, const auto &b) { return a.jobId == b.jobId; });
    jobs.erase(end, jobs.end());
    return jobs;
}

int indexOf(const batch::JobSummary &job)
{
    if (job.arrayProperties)
        return job.arrayProperties->index.value_or(0);
    return job.nodeProperties ? job.nodeProperties->nodeIndex.value_or(0) : 0;
}

// A job that moved between two of the lists is there twice; its later state counts.
QList<batch::JobSummary> byIndex(QList<batch::JobSummary> jobs)
{
    std::stable_sort(jobs.begin(), jobs.end(), [](const auto &a, const auto &b) {
        return std::pair(indexOf(a), b.status) < std::pair(indexOf(b), a.status);
    });
    const auto end = std::unique(jobs.begin(), jobs.end(),
                                 [](const auto &a, const auto &b) { return a.jobId == b.jobId; });
    jobs.erase(end, jobs.end());
    return jobs;
}

// The members that UpdateComputeEnvironment takes.
Json environmentUpdate(const batch::ComputeEnvironment &environment)
{
    const Json document = batch::toJsonValue(environment, batch::Form::Request);
    Json body{{"computeEnvironment", environment.computeEnvironmentName.toStdString()}};
    for (const char *member :
         {"state", "unmanagedvCpus", "computeResources", "serviceRole", "updatePolicy"}) {
        if (const auto found = document.find(member); found != document.end())
            body[member] = *found;
    }
    if (const auto resources = body.find("computeResources"); resources != body.end())
        resources->erase("spotIamFleetRole");
    return body;
}

// The members that UpdateJobQueue takes.
Json queueUpdate(const batch::JobQueue &queue)
{
    const Json document = batch::toJsonValue(queue, batch::Form::Request);
    Json body{{"jobQueue", queue.jobQueueName.toStdString()}};
    for (const char *member :
         {"state", "schedulingPolicyArn", "priority", "computeEnvironmentOrder",
          "serviceEnvironmentOrder", "jobStateTimeLimitActions"}) {
        if (const auto found = document.find(member); found != document.end())
            body[member] = *found;
    }
    return body;
}

template <typename Value>
Answer<Json> reading(Reader<Value> read, const Answer<Value> &answer)
{
    return [read, answer](const Result<Json> &reply) {
        if (reply)
            answer(valueOf(read(*reply, QString())));
        else
            answer(tl::unexpected(reply.error()));
    };
}

} // namespace

void BatchCalls::write(const char *operation, const Json &body, const Answer<void> &answer)
{
    m_calls.batch(operation, ServiceCalls::Kind::Write, body, [answer](const Result<Json> &reply) {
        if (reply)
            answer({});
        else
            answer(tl::unexpected(reply.error()));
    });
}

void BatchCalls::write(const char *operation, const Json &body, const std::string &prefix,
                       const Answer<batch::ResourceId> &answer, const net::Headers &headers)
{
    m_calls.batch(
        operation, ServiceCalls::Kind::Write, body,
        [answer, prefix](const Result<Json> &reply) {
            if (reply)
                answer(readResourceId(*reply, prefix));
            else
                answer(tl::unexpected(reply.error()));
        },
        headers);
}

void BatchCalls::describeComputeEnvironments(const QStringList &names,
                                             const Answer<QList<batch::ComputeEnvironment>> &answer)
{
    Json body = Json::object();
    if (!names.isEmpty())
        body["computeEnvironments"] = texts(names);
    collect<batch::ComputeEnvironment>(m_calls, "DescribeComputeEnvironments", body,
                                       "computeEnvironments", batch::readComputeEnvironment,
                                       answer);
}

void BatchCalls::createComputeEnvironment(const batch::ComputeEnvironment &environment,
                                          const Answer<batch::ResourceId> &answer)
{
    write("CreateComputeEnvironment", batch::toJsonValue(environment, batch::Form::Request),
          "computeEnvironment", answer);
}

void BatchCalls::updateComputeEnvironment(const batch::ComputeEnvironment &environment,
                                          const Answer<batch::ResourceId> &answer)
{
    write("UpdateComputeEnvironment", environmentUpdate(environment), "computeEnvironment", answer);
}

void BatchCalls::deleteComputeEnvironment(const QString &name, const Answer<void> &answer)
{
    write("DeleteComputeEnvironment", {{"computeEnvironment", name.toStdString()}}, answer);
}

void BatchCalls::describeJobQueues(const QStringList &names,
                                   const Answer<QList<batch::JobQueue>> &answer)
{
    Json body = Json::object();
    if (!names.isEmpty())
        body["jobQueues"] = texts(names);
    collect<batch::JobQueue>(m_calls, "DescribeJobQueues", body, "jobQueues", batch::readJobQueue,
                             answer);
}

void BatchCalls::createJobQueue(const batch::JobQueue &queue,
                                const Answer<batch::ResourceId> &answer)
{
    write("CreateJobQueue", batch::toJsonValue(queue, batch::Form::Request), "jobQueue", answer);
}

void BatchCalls::updateJobQueue(const batch::JobQueue &queue,
                                const Answer<batch::ResourceId> &answer)
{
    write("UpdateJobQueue", queueUpdate(queue), "jobQueue", answer);
}

void BatchCalls::deleteJobQueue(const QString &name, const Answer<void> &answer)
{
    write("DeleteJobQueue", {{"jobQueue", name.toStdString()}}, answer);
}

void BatchCalls::describeJobDefinitions(const QString &status, const QString &name,
                                        const Answer<QList<batch::JobDefinition>> &answer)
{
    Json body = Json::object();
    if (!status.isEmpty())
        body["status"] = status.toStdString();
    if (!name.isEmpty())
        body["jobDefinitionName"] = name.toStdString();
    collect<batch::JobDefinition>(m_calls, "DescribeJobDefinitions", body, "jobDefinitions",
                                  batch::readJobDefinition, answer);
}

void BatchCalls::registerJobDefinition(const batch::JobDefinition &definition,
                                       const QStringList &allowed,
                                       const Answer<batch::ResourceId> &answer)
{
    net::Headers headers;
    if (!allowed.isEmpty())
        headers.emplaceBack("X-Batchyard-Allow", allowed.join(u", "_s).toLatin1());
    write("RegisterJobDefinition", batch::toJsonValue(definition, batch::Form::Request),
          "jobDefinition", answer, headers);
}

void BatchCalls::deregisterJobDefinition(const QString &nameAndRevision, const Answer<void> &answer)
{
    write("DeregisterJobDefinition", {{"jobDefinition", nameAndRevision.toStdString()}}, answer);
}

void BatchCalls::submitJob(const batch::SubmitJobRequest &request,
                           const Answer<batch::SubmittedJob> &answer)
{
    m_calls.batch("SubmitJob", ServiceCalls::Kind::Write, batch::toJsonValue(request),
                  [answer](const Result<Json> &reply) {
                      if (reply)
                          answer(readSubmittedJob(*reply));
                      else
                          answer(tl::unexpected(reply.error()));
                  });
}

void BatchCalls::describeJobs(const QStringList &jobIds,
                              const Answer<QList<batch::JobDetail>> &answer)
{
    if (jobIds.isEmpty()) {
        answer(QList<batch::JobDetail>());
        return;
    }
    const qsizetype parts = (jobIds.size() + jobsPerDescribe - 1) / jobsPerDescribe;
    const auto gathering = std::make_shared<Gathering<batch::JobDetail>>(parts, answer);
    for (qsizetype part = 0; part < parts; ++part) {
        const Json body{{"jobs", texts(jobIds.mid(part * jobsPerDescribe, jobsPerDescribe))}};
        collect<batch::JobDetail>(
            m_calls, "DescribeJobs", body, "jobs", batch::readJobDetail,
            [gathering, part](const auto &jobs) { gathering->add(part, jobs); });
    }
}

void BatchCalls::listJobs(const QString &queue, const Answer<QList<batch::JobSummary>> &answer)
{
    if (!queue.isEmpty()) {
        listJobsOf("jobQueue", {queue}, newestFirst, answer);
        return;
    }
    describeJobQueues({}, [this, answer](const Result<QList<batch::JobQueue>> &queues) {
        if (!queues) {
            answer(tl::unexpected(queues.error()));
            return;
        }
        QStringList names;
        for (const batch::JobQueue &one : *queues)
            names += one.jobQueueName;
        listJobsOf("jobQueue", names, newestFirst, answer);
    });
}

void BatchCalls::listChildJobs(const QString &jobId, batch::BatchService::Parent parent,
                               const Answer<QList<batch::JobSummary>> &answer)
{
    const bool isArray = parent == batch::BatchService::Parent::Array;
    listJobsOf(isArray ? "arrayJobId" : "multiNodeJobId", {jobId}, byIndex, answer);
}

void BatchCalls::listJobsOf(const char *member, const QStringList &values, JobOrder order,
                            const Answer<QList<batch::JobSummary>> &answer)
{
    if (values.isEmpty()) {
        answer(QList<batch::JobSummary>());
        return;
    }
    const auto gathering = std::make_shared<Gathering<batch::JobSummary>>(
        values.size() * batch::jobStatusCount,
        [answer, order](const Result<QList<batch::JobSummary>> &jobs) {
            if (jobs)
                answer(order(*jobs));
            else
                answer(jobs);
        });
    qsizetype part = 0;
    for (const QString &value : values) {
        for (int state = 0; state < batch::jobStatusCount; ++state, ++part) {
            const Json body{
                {member, value.toStdString()},
                {"jobStatus", batch::toString(static_cast<batch::JobStatus>(state)).toStdString()}};
            collect<batch::JobSummary>(
                m_calls, "ListJobs", body, "jobSummaryList", batch::readJobSummary,
                [gathering, part](const auto &jobs) { gathering->add(part, jobs); });
        }
    }
}

void BatchCalls::endJob(const char *operation, const QString &jobId, const QString &reason,
                        const Answer<void> &answer)
{
    write(operation, {{"jobId", jobId.toStdString()}, {"reason", reason.toStdString()}}, answer);
}

void BatchCalls::getLogEvents(const QString &logStreamName, const QString &nextToken,
                              const Answer<batch::LogPage> &answer)
{
    Json body{{"logGroupName", "/aws/batch/job"},
              {"logStreamName", logStreamName.toStdString()},
              {"startFromHead", true}};
    if (!nextToken.isEmpty())
        body["nextToken"] = nextToken.toStdString();
    m_calls.logs("GetLogEvents", body, [answer](const Result<Json> &reply) {
        if (reply)
            answer(readLogPage(*reply));
        else
            answer(tl::unexpected(reply.error()));
    });
}

void BatchCalls::jobLiveView(const QString &jobId, const Answer<batch::JobLiveView> &answer)
{
    m_calls.extension("/batchyard/jobs/" + QUrl::toPercentEncoding(jobId), std::chrono::seconds(30),
                      reading<batch::JobLiveView>(batch::readJobLiveView, answer));
}

void BatchCalls::engineStatus(const Answer<batch::EngineStatus> &answer)
{
    m_calls.extension("/batchyard/engine", std::chrono::seconds(30),
                      reading<batch::EngineStatus>(batch::readEngineStatus, answer));
}

} // namespace batchyard::client
