#include "tests/docker/campaign/api.h"

#include "backend/async.h"
#include "backend/client/localconnection.h"
#include "backend/client/servicecalls.h"
#include "tests/support/engine/await.h"

#include <QElapsedTimer>
#include <QTest>

#include <nlohmann/json.hpp>

namespace batchyard::test {

namespace {

constexpr qsizetype jobsPerDescribe = 100;
constexpr std::array jobStatuses{"SUBMITTED", "PENDING",   "RUNNABLE", "STARTING",
                                 "RUNNING",   "SUCCEEDED", "FAILED"};

client::EndpointSource endpointIn(const QString &file)
{
    return [file] {
        const auto connection = client::LocalConnection::read(file);
        if (!connection)
            return finished<client::ServiceEndpoint>(tl::unexpected(connection.error()));
        const QByteArray url = connection->endpoint.toLatin1();
        return finished<client::ServiceEndpoint>(
            client::ServiceEndpoint{url, url, connection->region, connection->credentials});
    };
}

template <typename T>
struct Promised {
    std::shared_ptr<QPromise<Result<T>>> promise = std::make_shared<QPromise<Result<T>>>();
    Promised() { promise->start(); }
    void operator()(const Result<T> &value) const
    {
        promise->addResult(value);
        promise->finish();
    }
};

} // namespace

QString textOf(const Json &object, const char *member)
{
    const auto found = object.find(member);
    return found != object.end() && found->is_string()
        ? QString::fromStdString(found->get<std::string>())
        : QString();
}

Api::Api(const QString &connectionFile)
    : m_calls(std::make_unique<client::ServiceCalls>(endpointIn(connectionFile)))
{
}

Api::~Api() = default;

QFuture<Result<Json>> Api::send(const char *operation, const Json &body)
{
    const Promised<Json> answer;
    m_calls->batch(operation, client::ServiceCalls::Kind::Write, body, answer);
    return answer.promise->future();
}

Result<Json> Api::call(const char *operation, const Json &body, std::chrono::milliseconds limit)
{
    QElapsedTimer timer;
    timer.start();
    for (;;) {
        Result<Json> reply = await(send(operation, body));
        const bool answered = reply || reply.error().code == ErrorCode::InvalidInput
            || reply.error().code == ErrorCode::Conflict
            || reply.error().code == ErrorCode::AccessDenied;
        if (answered || timer.elapsed() >= limit.count())
            return reply;
        QTest::qWait(20);
    }
}

Result<Json> Api::describeJobs(const QStringList &ids)
{
    Json jobs = Json::array();
    for (qsizetype from = 0; from < ids.size(); from += jobsPerDescribe) {
        Json body{{"jobs", Json::array()}};
        for (const QString &id : ids.mid(from, jobsPerDescribe))
            body["jobs"].push_back(id.toStdString());
        const auto reply = call("DescribeJobs", body);
        if (!reply)
            return reply;
        for (const Json &job : reply->at("jobs"))
            jobs.push_back(job);
    }
    return jobs;
}

Result<QList<std::pair<QString, QString>>> Api::listJobs(const QString &queue)
{
    QList<std::pair<QString, QString>> all;
    for (const char *status : jobStatuses) {
        Json body{{"jobQueue", queue.toStdString()}, {"jobStatus", status}};
        for (;;) {
            const auto reply = call("ListJobs", body);
            if (!reply)
                return tl::unexpected(reply.error());
            for (const Json &job : reply->at("jobSummaryList"))
                all.emplaceBack(textOf(job, "jobId"), textOf(job, "jobName"));
            if (!reply->contains("nextToken"))
                break;
            body["nextToken"] = reply->at("nextToken");
        }
    }
    return all;
}

Result<Json> Api::get(const QByteArray &path)
{
    const Promised<Json> answer;
    m_calls->extension(path, std::chrono::seconds(30), answer);
    return await(answer.promise->future());
}

Result<QStringList> Api::logLines(const QString &stream)
{
    QStringList lines;
    Json body{{"logGroupName", "/aws/batch/job"},
              {"logStreamName", stream.toStdString()},
              {"startFromHead", true}};
    for (std::string token;;) {
        const Promised<Json> answer;
        m_calls->logs("GetLogEvents", body, answer);
        const auto page = await(answer.promise->future());
        if (!page)
            return tl::unexpected(page.error());
        for (const Json &event : page->at("events"))
            lines.append(textOf(event, "message"));
        const std::string next = page->at("nextForwardToken").get<std::string>();
        if (next == token)
            return lines;
        token = next;
        body["nextToken"] = next;
    }
}

} // namespace batchyard::test
