#include "models/console/logfeed.h"

#include "backend/async.h"

#include <algorithm>

namespace batchyard::models {

namespace {

constexpr int firstRetryMs = 500;
constexpr int longestRetryMs = 10'000;

} // namespace

LogFeed::LogFeed(batch::BatchService &service, QString jobId, QObject *parent)
    : QObject(parent)
    , m_service(service)
    , m_jobId(std::move(jobId))
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &LogFeed::describe);
    connect(&service, &batch::BatchService::jobsChanged, this, [this](const QStringList &ids) {
        if (ids.contains(m_jobId))
            describe();
    });
    connect(&service, &batch::BatchService::logsChanged, this, [this](const QStringList &ids) {
        if (!ids.contains(m_jobId))
            return;
        // The first line of a container can come before its stream is known.
        if (std::all_of(m_streams.cbegin(), m_streams.cend(),
                        [](const Stream &stream) { return stream.complete; }))
            describe();
        readAll();
    });
    connect(&service, &batch::BatchService::reachabilityChanged, this, [this](bool reachable) {
        if (reachable)
            describe();
    });
}

void LogFeed::start()
{
    describe();
}

void LogFeed::describe()
{
    if (m_finished)
        return;
    if (m_describing) {
        m_describeAgain = true;
        return;
    }
    m_describing = true;
    onFinished(m_service.describeJobs({m_jobId}), this,
               [this](const Result<QList<batch::JobDetail>> &jobs) {
                   m_describing = false;
                   if (!jobs) {
                       retryLater(jobs.error());
                   } else if (jobs->isEmpty()) {
                       m_finished = true;
                       emit failed({ErrorCode::NotFound,
                                    tr("There is no job with the id %1.").arg(m_jobId),
                                    {}});
                       emit finished();
                   } else {
                       m_retryMs = 0;
                       take(jobs->first());
                   }
                   if (std::exchange(m_describeAgain, false))
                       describe();
               });
}

void LogFeed::take(const batch::JobDetail &detail)
{
    int attempt = 1;
    for (const batch::AttemptDetail &ended : detail.attempts)
        addStreams(ended.containers, attempt++);
    // Those of the last ended attempt are the same streams again and known already.
    addStreams(detail.containers, attempt);
    m_jobEnded = batch::isTerminal(detail.status);
    readAll();
    noteProgress();
}

void LogFeed::addStreams(const QList<batch::ContainerRuntime> &containers, int attempt)
{
    for (const batch::ContainerRuntime &container : containers) {
        const QString &name = container.logStreamName;
        if (name.isEmpty() || m_streams.contains(name))
            continue;
        m_streams.insert(name,
                         Stream{.container = container.name, .attempt = attempt, .token = {}});
        m_order.append(name);
    }
}

void LogFeed::readAll()
{
    for (const QString &name : std::as_const(m_order))
        read(name);
}

void LogFeed::read(const QString &name)
{
    Stream &stream = m_streams[name];
    if (stream.complete || m_finished)
        return;
    if (stream.reading) {
        stream.again = true;
        return;
    }
    stream.reading = true;
    // Only an answer to a request made after the job's end can say that there is nothing more.
    const bool afterEnd = m_jobEnded;
    onFinished(m_service.getLogEvents(name, stream.token), this,
               [this, name, afterEnd](const Result<batch::LogPage> &page) {
                   takePage(name, afterEnd, page);
               });
}

void LogFeed::takePage(const QString &name, bool afterEnd, const Result<batch::LogPage> &page)
{
    Stream &stream = m_streams[name];
    stream.reading = false;
    bool more = std::exchange(stream.again, false);
    if (page) {
        m_retryMs = 0;
        // AWS repeats the token at the end of a stream, and may send an empty page before it.
        const bool atEnd = page->nextToken == stream.token || page->nextToken.isEmpty();
        if (!page->nextToken.isEmpty())
            stream.token = page->nextToken;
        more = more || !atEnd;
        stream.complete = atEnd && afterEnd;
        const QString container = stream.container;
        const int attempt = stream.attempt;
        if (!page->lines.isEmpty())
            emit linesArrived(container, attempt, page->lines);
    } else if (page.error().code == ErrorCode::NotFound) {
        // The stream begins with its container, which may never start.
        stream.complete = afterEnd;
    } else {
        retryLater(page.error());
        return;
    }
    if (more)
        read(name);
    noteProgress();
}

void LogFeed::retryLater(const Error &error)
{
    m_retryMs = m_retryMs == 0 ? firstRetryMs : qMin(m_retryMs * 2, longestRetryMs);
    if (!m_retry.isActive())
        m_retry.start(m_retryMs);
    emit failed(error);
}

void LogFeed::noteProgress()
{
    if (m_finished || m_describing)
        return;
    bool isReading = false;
    bool isComplete = m_jobEnded;
    for (const Stream &stream : std::as_const(m_streams)) {
        isReading = isReading || stream.reading;
        isComplete = isComplete && stream.complete;
    }
    if (!isReading)
        emit caughtUp();
    if (isComplete) {
        m_finished = true;
        emit finished();
    }
}

} // namespace batchyard::models
