// jobs, describe, cancel and terminate.
#include "app/await.h"
#include "app/commands/commands.h"
#include "app/terminal.h"
#include "backend/batch/jsonvalues.h"

#include <QDateTime>

#include <nlohmann/json.hpp>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

namespace {

QString localTime(const std::optional<batch::Timestamp> &time)
{
    if (!time)
        return u"-"_s;
    return QDateTime::fromMSecsSinceEpoch(batch::toEpochMs(*time))
        .toString(u"yyyy-MM-dd HH:mm:ss"_s);
}

QString duration(const batch::JobSummary &job)
{
    if (!job.startedAt)
        return u"-"_s;
    const batch::Timestamp end
        = job.stoppedAt.value_or(batch::fromEpochMs(QDateTime::currentMSecsSinceEpoch()));
    return u"%1 s"_s.arg(double(batch::toEpochMs(end) - batch::toEpochMs(*job.startedAt)) / 1000.0,
                         0, 'f', 1);
}

} // namespace

int listJobs(const JobsOptions &options, batch::BatchService &service)
{
    Result<QList<batch::JobSummary>> jobs = await(service.listJobs(options.queue));
    if (!jobs)
        return fail(jobs.error());
    if (!options.states.isEmpty()) {
        jobs->removeIf([&](const batch::JobSummary &job) {
            return !options.states.contains(batch::toString(job.status));
        });
    }
    if (options.json) {
        batch::Json list = batch::Json::array();
        for (const batch::JobSummary &job : std::as_const(*jobs))
            list.push_back(batch::toJsonValue(job));
        print(QByteArray::fromStdString(list.dump(2)));
        return 0;
    }
    QList<QStringList> rows
        = {{u"JOB ID"_s, u"NAME"_s, u"STATUS"_s, u"CREATED"_s, u"RAN"_s, u"STATUS REASON"_s}};
    for (const batch::JobSummary &job : std::as_const(*jobs)) {
        rows.append({job.jobId, job.jobName, batch::toString(job.status), localTime(job.createdAt),
                     duration(job), job.statusReason});
    }
    print(table(rows));
    return 0;
}

int describeJobs(const DescribeOptions &options, batch::BatchService &service)
{
    const Result<QList<batch::JobDetail>> jobs = await(service.describeJobs(options.jobIds));
    if (!jobs)
        return fail(jobs.error());
    batch::Json list = batch::Json::array();
    for (const batch::JobDetail &job : *jobs)
        list.push_back(batch::toJsonValue(job));
    print(QByteArray::fromStdString(list.dump(2)));

    QStringList missing = options.jobIds;
    for (const batch::JobDetail &job : *jobs)
        missing.removeAll(job.jobId);
    if (missing.isEmpty())
        return 0;
    return fail({ErrorCode::NotFound,
                 u"No job has the id %1. `batchyard jobs` lists those there are."_s.arg(
                     missing.join(u", "_s)),
                 {}});
}

int endJob(const EndOptions &options, batch::BatchService &service)
{
    const Result<QList<batch::JobDetail>> found = await(service.describeJobs({options.jobId}));
    if (!found)
        return fail(found.error());
    if (found->isEmpty()) {
        return fail(
            {ErrorCode::NotFound,
             u"No job has the id %1. `batchyard jobs` lists those there are."_s.arg(options.jobId),
             {}});
    }
    const batch::JobStatus before = found->first().status;
    const Result<void> ended
        = await(options.terminate ? service.terminateJob(options.jobId, options.reason)
                                  : service.cancelJob(options.jobId, options.reason));
    if (!ended)
        return fail(ended.error());
    const bool started
        = before == batch::JobStatus::Starting || before == batch::JobStatus::Running;
    if (batch::isTerminal(before))
        complain(u"The job had ended before: %1."_s.arg(batch::toString(before)));
    else if (!options.terminate && started)
        complain(u"The job is %1: cancel leaves it alone, `batchyard terminate %2` ends it."_s.arg(
            batch::toString(before), options.jobId));
    return 0;
}

} // namespace batchyard::app
