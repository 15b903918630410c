#include "models/console/console.h"

#include "backend/async.h"
#include "models/console/refresher.h"

#include <QTimer>

namespace batchyard::models {

namespace {

constexpr int refreshIntervalMs = 100;
constexpr int durationIntervalMs = 1'000;

} // namespace

Console::Console(batch::BatchService &service, QObject *parent)
    : QObject(parent)
    , m_service(service)
{
    using Done = std::function<void()>;
    const auto refresher = [this](auto request, List list, auto take) {
        return new Refresher(
            [this, request, list, take](Done done) {
                onFinished(request(), this,
                           [this, list, take, done = std::move(done)](const auto &answer) {
                               this->receive(list, answer, take);
                               done();
                           });
            },
            refreshIntervalMs, this);
    };
    m_refreshers[Jobs] = refresher([this] { return m_service.listJobs(); }, Jobs,
                                   [this](const QList<batch::JobSummary> &jobs) {
                                       m_jobs.setRecords(jobs);
                                       emit jobsSummaryChanged();
                                   });
    m_refreshers[Definitions] = refresher(
        [this] { return m_service.describeJobDefinitions({}); }, Definitions,
        [this](const QList<batch::JobDefinition> &found) { m_definitions.setDefinitions(found); });
    m_refreshers[Queues]
        = refresher([this] { return m_service.describeJobQueues(); }, Queues,
                    [this](const QList<batch::JobQueue> &found) { m_queues.setRecords(found); });
    m_refreshers[Environments]
        = refresher([this] { return m_service.describeComputeEnvironments(); }, Environments,
                    [this](const QList<batch::ComputeEnvironment> &found) {
                        m_environments.setRecords(found);
                    });
    m_engineRefresher = new Refresher(
        [this](Done done) {
            onFinished(m_service.engineStatus(), this,
                       [this, done = std::move(done)](const Result<batch::EngineStatus> &status) {
                           if (status)
                               setEngine(*status);
                           done();
                       });
        },
        refreshIntervalMs, this);

    connect(&service, &batch::BatchService::jobsChanged, this, [this] {
        m_refreshers[Jobs]->ask();
        // What the jobs use is part of the engine's status.
        m_engineRefresher->ask();
    });
    connect(&service, &batch::BatchService::resourcesChanged, this, [this] {
        for (const List list : {Definitions, Queues, Environments})
            m_refreshers[list]->ask();
    });
    connect(&service, &batch::BatchService::engineChanged, this, &Console::setEngine);
    connect(&service, &batch::BatchService::reachabilityChanged, this,
            [this](bool reachable, const QString &error) {
                m_reachable = reachable;
                m_reachabilityProblem = error;
                emit reachabilityChanged();
                if (reachable)
                    refresh();
            });
    m_durations.setInterval(durationIntervalMs);
    connect(&m_durations, &QTimer::timeout, &m_jobs, &JobsModel::updateDurations);
}

void Console::start()
{
    m_durations.start();
    refresh();
}

void Console::refresh()
{
    for (Refresher *refresher : m_refreshers)
        refresher->ask();
    m_engineRefresher->ask();
}

template <typename Value, typename Take>
void Console::receive(List list, const Result<Value> &answer, Take take)
{
    if (!answer) {
        report(list, answer.error());
        return;
    }
    m_failing[list] = false;
    take(*answer);
    m_loaded[list] = true;
    emit loaded(list);
}

void Console::report(List list, const Error &error)
{
    // That nobody answers is told by reachabilityChanged, once for all lists.
    const bool told = std::exchange(m_failing[list], true) || error.code == ErrorCode::Unreachable;
    if (!told)
        emit failed(error);
}

void Console::setEngine(const batch::EngineStatus &status)
{
    if (m_engine == status)
        return;
    m_engine = status;
    emit engineChanged();
}

QString Console::jobsSummary() const
{
    using batch::JobStatus;
    const int running = m_jobs.countOf(JobStatus::Running) + m_jobs.countOf(JobStatus::Starting);
    int waiting = 0;
    QString reason;
    for (const batch::JobSummary &job : m_jobs.records()) {
        if (job.status >= JobStatus::Starting)
            continue;
        ++waiting;
        // The list has the newest first; the job that has waited longest says why.
        if (!job.statusReason.isEmpty())
            reason = job.statusReason;
    }
    if (running == 0 && waiting == 0)
        return tr("No job is running");
    const QString runningText = tr("%n running", nullptr, running);
    if (waiting == 0)
        return runningText;
    const QString waitingText = tr("%n waiting", nullptr, waiting);
    if (reason.isEmpty())
        return tr("%1 · %2").arg(runningText, waitingText);
    return tr("%1 · %2: %3").arg(runningText, waitingText, reason);
}

} // namespace batchyard::models
