#include "app/jobfollower.h"

#include "app/await.h"
#include "app/terminal.h"
#include "models/console/logfeed.h"

#include <QEventLoop>
#include <QTimer>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

namespace {

Result<batch::JobDetail> describeJob(batch::BatchService &service, const QString &jobId)
{
    const Result<QList<batch::JobDetail>> jobs = await(service.describeJobs({jobId}));
    if (!jobs)
        return tl::unexpected(jobs.error());
    if (jobs->isEmpty()) {
        return failure(
            ErrorCode::NotFound,
            u"No job has the id %1. `batchyard jobs` lists those there are."_s.arg(jobId));
    }
    return jobs->first();
}

// Tells on standard error why the job waits, each time that the reason becomes another one. A job
// that starts at once says nothing.
class WaitReasons
{
public:
    WaitReasons(batch::BatchService &service, const QString &jobId, QObject *context)
    {
        QObject::connect(&m_timer, &QTimer::timeout, context, [this, &service, jobId, context] {
            onFinished(service.jobLiveView(jobId), context,
                       [this](const Result<batch::JobLiveView> &view) {
                           if (view)
                               tell(view->waitReason);
                       });
        });
        m_timer.start(std::chrono::seconds(1));
    }

private:
    void tell(const QString &reason)
    {
        if (!reason.isEmpty() && reason != m_told)
            complain(reason);
        m_told = reason;
    }

    QTimer m_timer;
    QString m_told;
};

} // namespace

Result<batch::JobDetail> followJob(batch::BatchService &service, const QString &jobId, bool follow,
                                   const LineSink &sink)
{
    const Result<batch::JobDetail> before = describeJob(service, jobId);
    if (!before)
        return before;

    models::LogFeed feed(service, jobId);
    QEventLoop loop;
    QObject::connect(&feed, &models::LogFeed::linesArrived, &loop, sink);
    QObject::connect(&feed, &models::LogFeed::finished, &loop, &QEventLoop::quit);
    if (!follow)
        QObject::connect(&feed, &models::LogFeed::caughtUp, &loop, &QEventLoop::quit);
    std::optional<WaitReasons> reasons;
    if (follow)
        reasons.emplace(service, jobId, &loop);
    feed.start();
    loop.exec();
    return describeJob(service, jobId);
}

int exitStatus(const batch::JobDetail &job)
{
    if (job.status == batch::JobStatus::Succeeded)
        return 0;
    for (qsizetype i = 0; i < job.containers.size() && i < job.task.containers.size(); ++i) {
        const std::optional<int> code = job.containers[i].exitCode;
        if (job.task.containers[i].isEssential() && code && *code > 0 && *code < 256)
            return *code;
    }
    return 1;
}

} // namespace batchyard::app
