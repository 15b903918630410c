#include "models/console/jobpagemodel.h"

#include "backend/async.h"
#include "models/console/logfeed.h"
#include "models/console/refresher.h"
#include "models/console/wording.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace batchyard::models {

using namespace Qt::Literals::StringLiterals;
using batch::JobStatus;

namespace {

constexpr int jobRefreshIntervalMs = 50;
constexpr int errorLines = 5;

// What a service without the live view (AWS) tells of the same.
batch::JobLiveView liveViewFrom(const batch::JobDetail &detail)
{
    batch::JobLiveView live;
    live.jobId = detail.jobId;
    const bool betweenAttempts = detail.status < JobStatus::Starting;
    live.attempt = static_cast<int>(detail.attempts.size());
    if (!batch::isTerminal(detail.status) && !betweenAttempts)
        ++live.attempt;
    if (detail.createdAt)
        live.history.append({JobStatus::Submitted, 0, *detail.createdAt, {}});
    if (detail.startedAt)
        live.history.append({JobStatus::Running, live.attempt, *detail.startedAt, {}});
    if (detail.stoppedAt && batch::isTerminal(detail.status))
        live.history.append({detail.status, live.attempt, *detail.stoppedAt, detail.statusReason});
    if (betweenAttempts)
        live.waitReason = detail.statusReason;
    for (const batch::ContainerRuntime &runtime : detail.containers) {
        batch::ContainerLiveState state;
        state.name = runtime.name;
        state.exitCode = runtime.exitCode;
        state.reason = runtime.reason;
        if (runtime.exitCode || batch::isTerminal(detail.status))
            state.phase = batch::ContainerPhase::Stopped;
        else if (detail.status == JobStatus::Running)
            state.phase = batch::ContainerPhase::Running;
        live.containers.append(state);
    }
    return live;
}

} // namespace

JobPageModel::JobPageModel(batch::BatchService &service, Logs logs, QObject *parent)
    : QObject(parent)
    , m_service(service)
    , m_logsWanted(logs)
    , m_refresher(new Refresher(
          [this](std::function<void()> done) {
              const quint64 number = m_jobNumber;
              onFinished(m_service.describeJobs({m_jobId}), this,
                         [this, number,
                          done = std::move(done)](const Result<QList<batch::JobDetail>> &jobs) {
                             if (number != m_jobNumber) {
                                 done();
                                 return;
                             }
                             if (!jobs) {
                                 emit failed(jobs.error());
                                 done();
                                 return;
                             }
                             // An unknown job is reported by the log feed.
                             if (!jobs->isEmpty())
                                 takeDetail(jobs->first());
                             askLiveView(done);
                         });
          },
          jobRefreshIntervalMs, this))
{
    const auto isOurs
        = [this](const QStringList &ids) { return !m_jobId.isEmpty() && ids.contains(m_jobId); };
    connect(&service, &batch::BatchService::jobsChanged, this,
            [this, isOurs](const QStringList &ids) {
                if (isOurs(ids))
                    m_refresher->ask();
            });
    connect(&service, &batch::BatchService::reachabilityChanged, this, [this](bool reachable) {
        if (reachable && !m_jobId.isEmpty())
            m_refresher->ask();
    });
    connect(&m_replay, &ReplayModel::factsChanged, this, &JobPageModel::changed);
}

JobPageModel::~JobPageModel() = default;

void JobPageModel::setJob(const QString &jobId)
{
    if (jobId == m_jobId)
        return;
    m_jobId = jobId;
    ++m_jobNumber;
    m_detail.reset();
    m_live = {};
    m_containers.setRecords({});
    m_logs.clear();
    m_replay.clear();
    m_mazeAnnounced = false;
    m_replayAttempt = 0;
    m_logsComplete = false;
    m_feed.reset();
    emit changed();
    if (jobId.isEmpty())
        return;
    m_refresher->ask();
    if (m_logsWanted == Logs::Leave)
        return;
    m_feed = std::make_unique<LogFeed>(m_service, jobId);
    connect(m_feed.get(), &LogFeed::linesArrived, this, &JobPageModel::takeLines);
    connect(m_feed.get(), &LogFeed::failed, this, &JobPageModel::failed);
    connect(m_feed.get(), &LogFeed::finished, this, [this] {
        m_logsComplete = true;
        m_replay.finish();
        emit changed();
    });
    m_feed->start();
}

void JobPageModel::askLiveView(const std::function<void()> &done)
{
    if (!m_liveIsSupported) {
        if (m_detail)
            takeLive(liveViewFrom(*m_detail));
        done();
        return;
    }
    const quint64 number = m_jobNumber;
    onFinished(m_service.jobLiveView(m_jobId), this,
               [this, number, done](const Result<batch::JobLiveView> &live) {
                   if (number == m_jobNumber) {
                       if (live)
                           takeLive(*live);
                       else if (live.error().code == ErrorCode::Unsupported)
                           m_liveIsSupported = false;
                       if (!live && m_detail)
                           takeLive(liveViewFrom(*m_detail));
                   }
                   done();
               });
}

void JobPageModel::takeDetail(const batch::JobDetail &detail)
{
    if (m_detail == detail)
        return;
    m_detail = detail;
    QStringList names;
    for (const batch::TaskContainerProperties &container : detail.task.containers)
        names.append(container.name);
    m_logs.declareSources(names);
    updateContainers();
    emit changed();
}

void JobPageModel::takeLive(const batch::JobLiveView &live)
{
    if (m_live == live)
        return;
    m_live = live;
    updateContainers();
    emit changed();
}

void JobPageModel::updateContainers()
{
    if (!m_detail)
        return;
    QList<ContainerRow> rows;
    for (const batch::TaskContainerProperties &container : m_detail->task.containers) {
        ContainerRow row{container, {}};
        row.state.name = container.name;
        for (const batch::ContainerLiveState &state : m_live.containers) {
            if (state.name == container.name)
                row.state = state;
        }
        rows.append(row);
    }
    m_containers.setRecords(rows);
}

void JobPageModel::takeLines(const QString &container, int attempt,
                             const QList<batch::LogLine> &lines)
{
    m_logs.append(container, attempt, lines);
    // The replay shows the newest attempt alone.
    if (attempt > m_replayAttempt) {
        if (m_replayAttempt > 0)
            m_replay.clear();
        m_replayAttempt = attempt;
    }
    if (attempt != m_replayAttempt)
        return;
    for (const batch::LogLine &line : lines)
        m_replay.feed(container, line.text.toUtf8());
    if (!m_mazeAnnounced && m_replay.hasMaze()) {
        m_mazeAnnounced = true;
        emit mazeFound();
    }
}

int JobPageModel::attempt() const
{
    if (m_live.attempt > 0 || !m_detail)
        return m_live.attempt;
    return static_cast<int>(m_detail->attempts.size());
}

QList<JobStep> JobPageModel::steps() const
{
    const JobStatus status = m_detail ? m_detail->status : JobStatus::Submitted;
    const bool ended = batch::isTerminal(status);
    QList<JobStep> steps;
    for (const JobStatus each :
         {JobStatus::Submitted, JobStatus::Pending, JobStatus::Runnable, JobStatus::Starting,
          JobStatus::Running, ended ? status : JobStatus::Succeeded}) {
        JobStep step;
        step.status = each;
        step.isCurrent = m_detail && each == status;
        // A retry goes through the later states again: the last time counts, and what lies ahead of
        // the current state is not reached.
        for (qsizetype i = 0; i < m_live.history.size(); ++i) {
            const batch::StateChange &change = m_live.history.at(i);
            if (change.status != each || each > status)
                continue;
            step.enteredAt = change.at;
            step.leftAt.reset();
            if (i + 1 < m_live.history.size())
                step.leftAt = m_live.history.at(i + 1).at;
        }
        steps.append(step);
    }
    return steps;
}

JobHeadline JobPageModel::headline() const
{
    JobHeadline headline;
    if (!m_detail) {
        headline.text = tr("The job is being read.");
        return headline;
    }
    switch (m_detail->status) {
    case JobStatus::Submitted:
    case JobStatus::Pending:
    case JobStatus::Runnable:
    case JobStatus::Starting: {
        const QString reason
            = m_live.waitReason.isEmpty() ? m_detail->statusReason : m_live.waitReason;
        if (m_detail->status == JobStatus::Starting)
            headline.text = reason.isEmpty() ? tr("The containers are being started.") : reason;
        else if (reason.isEmpty())
            headline.text = tr("The job was accepted and is about to be placed.");
        else // the executor's reasons are whole sentences already
            headline.text
                = reason.startsWith("Waiting"_L1) ? reason : tr("Waiting: %1").arg(reason);
        headline.explanation = attemptsText();
        return headline;
    }
    case JobStatus::Running:
        headline.kind = JobHeadline::Kind::Running;
        headline.text = hasMaze() && !m_replay.verdict().isEmpty() ? m_replay.verdict()
                                                                   : tr("The job is running.");
        headline.explanation = attemptsText();
        return headline;
    case JobStatus::Succeeded: {
        headline.kind = JobHeadline::Kind::Good;
        if (m_detail->arrayProperties && m_detail->arrayProperties->size) {
            headline.text = tr("All %1 jobs of the array succeeded.")
                                .arg(QLocale().toString(*m_detail->arrayProperties->size));
            return headline;
        }
        const auto time = runTime(m_detail->startedAt, m_detail->stoppedAt, {});
        headline.text = tr("The job succeeded.");
        if (time && m_detail->stoppedAt)
            headline.text = tr("The job succeeded after %1.").arg(durationText(*time));
        if (hasMaze() && !m_replay.verdict().isEmpty())
            headline.text = m_replay.verdict();
        headline.explanation = attemptsText();
        return headline;
    }
    case JobStatus::Failed:
        return failedHeadline();
    }
    return headline;
}

JobHeadline JobPageModel::failedHeadline() const
{
    JobHeadline headline;
    headline.kind = JobHeadline::Kind::Bad;
    headline.explanation = attemptsText();
    if (m_detail->isTerminated || m_detail->isCancelled) {
        headline.text = m_detail->isTerminated
            ? tr("The job was terminated: %1").arg(m_detail->statusReason)
            : tr("The job was cancelled: %1").arg(m_detail->statusReason);
        return headline;
    }
    if (m_detail->arrayProperties && m_detail->arrayProperties->statusSummary) {
        headline.text = tr("The array failed. %1.").arg(childrenText(*m_detail->arrayProperties));
        return headline;
    }
    const QList<ContainerRow> &rows = m_containers.records();
    const auto failedContainer = [&rows] {
        const auto decided = std::find_if(rows.begin(), rows.end(), [](const ContainerRow &row) {
            return row.state.decidedOutcome;
        });
        if (decided != rows.end())
            return decided;
        return std::find_if(rows.begin(), rows.end(), [](const ContainerRow &row) {
            return row.container.isEssential() && !row.state.stoppedByBatch
                && row.state.exitCode.value_or(-1) != 0;
        });
    }();
    if (failedContainer == rows.end()) {
        headline.text = m_detail->statusReason.isEmpty()
            ? tr("The job failed.")
            : tr("The job failed: %1").arg(m_detail->statusReason);
        return headline;
    }
    const QString &name = failedContainer->container.name;
    const QString &reason = failedContainer->state.reason;
    if (failedContainer->state.exitCode)
        headline.text = tr("Container %1 ended with exit code %2.")
                            .arg(name)
                            .arg(*failedContainer->state.exitCode);
    else
        headline.text = tr("Container %1 did not run to its end.").arg(name);
    if (!reason.isEmpty())
        headline.text += u' ' % reason;
    QStringList rules;
    if (failedContainer->container.isEssential() && reason.isEmpty())
        rules.append(tr("It is essential, so the job failed with it."));
    if (!m_detail->statusReason.isEmpty())
        rules.append(m_detail->statusReason);
    rules.append(attemptsText());
    rules.removeAll(QString());
    headline.explanation = rules.join(u" · "_s);
    headline.lastErrorLines = m_logs.lastLines(name, batch::LogLine::Stream::Stderr, errorLines);
    return headline;
}

QString JobPageModel::attemptsText() const
{
    const int allowed
        = m_detail && m_detail->retryStrategy ? m_detail->retryStrategy->attempts.value_or(1) : 1;
    if (allowed <= 1 || attempt() == 0)
        return {};
    return tr("Attempt %1 of %2").arg(attempt()).arg(allowed);
}

} // namespace batchyard::models
