#include "backend/client/changewatcher.h"

#include <nlohmann/json.hpp>

namespace batchyard::client {

namespace {

constexpr int pollsPerResourcePoll = 6; // resources change seldom

QStringList idsOf(const Json &changes, const char *name)
{
    QStringList ids;
    const auto list = changes.find(name);
    if (list == changes.end() || !list->is_array())
        return ids;
    for (const Json &id : *list) {
        if (id.is_string())
            ids += QString::fromStdString(id.get<std::string>());
    }
    return ids;
}

bool flagOf(const Json &changes, const char *name)
{
    const auto flag = changes.find(name);
    return flag != changes.end() && flag->is_boolean() && flag->get<bool>();
}

} // namespace

ChangeWatcher::ChangeWatcher(ServiceCalls &calls, HttpBatchService::Timing timing, QObject *parent)
    : QObject(parent)
    , m_calls(calls)
    , m_batch(calls)
    , m_timing(timing)
    , m_timer(this)
    , m_retryAfter(timing.firstRetry)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ChangeWatcher::start);
}

void ChangeWatcher::start()
{
    if (m_hasExtension)
        waitForChanges();
    else
        poll();
}

void ChangeWatcher::waitForChanges()
{
    const QByteArray path = "/batchyard/changes?since=" + QByteArray::number(m_sequence)
        + "&wait=" + QByteArray::number(static_cast<qint64>(m_timing.longPoll.count()));
    m_calls.extension(path, m_timing.longPoll + std::chrono::seconds(10),
                      [this](const Result<Json> &changes) {
                          if (changes) {
                              m_retryAfter = m_timing.firstRetry;
                              readChanges(*changes);
                              waitForChanges();
                          } else if (changes.error().code == ErrorCode::Unsupported) {
                              m_hasExtension = false;
                              poll();
                          } else {
                              retryLater();
                          }
                      });
}

void ChangeWatcher::readChanges(const Json &changes)
{
    const auto sequence = changes.find("sequence");
    if (sequence != changes.end() && sequence->is_number_integer())
        m_sequence = sequence->get<qint64>();
    if (!flagOf(changes, "complete")) {
        announceEverything();
        return;
    }
    const QStringList jobs = idsOf(changes, "jobs");
    const QStringList logs = idsOf(changes, "logs");
    if (flagOf(changes, "resources"))
        emit resourcesChanged();
    if (!jobs.isEmpty())
        emit jobsChanged(jobs);
    if (!logs.isEmpty())
        emit logsChanged(logs);
    if (flagOf(changes, "engine"))
        announceEngine();
}

void ChangeWatcher::announceEverything()
{
    announceEngine();
    emit resourcesChanged();
    m_batch.listJobs({}, [this](const Result<QList<batch::JobSummary>> &jobs) {
        QStringList ids;
        for (const batch::JobSummary &job : jobs.value_or(QList<batch::JobSummary>()))
            ids += job.jobId;
        if (ids.isEmpty())
            return;
        emit jobsChanged(ids);
        emit logsChanged(ids);
    });
}

void ChangeWatcher::announceEngine()
{
    m_batch.engineStatus([this](const Result<batch::EngineStatus> &status) {
        if (status)
            emit engineChanged(*status);
    });
}

void ChangeWatcher::retryLater()
{
    m_sequence = 0;
    m_timer.start(m_retryAfter);
    m_retryAfter = std::min(m_retryAfter * 2, m_timing.lastRetry);
}

void ChangeWatcher::poll()
{
    if (m_polls++ % pollsPerResourcePoll == 0)
        emit resourcesChanged();
    m_batch.listJobs({}, [this](const Result<QList<batch::JobSummary>> &jobs) {
        if (!jobs) {
            retryLater();
            return;
        }
        m_retryAfter = m_timing.firstRetry;
        compareJobs(*jobs);
        m_timer.start(m_timing.pollInterval);
    });
}

void ChangeWatcher::compareJobs(const QList<batch::JobSummary> &jobs)
{
    QStringList changed;
    QStringList running;
    QHash<QString, batch::JobSummary> known;
    for (const batch::JobSummary &job : jobs) {
        const auto before = m_known.constFind(job.jobId);
        const bool isChanged = before == m_known.cend() || *before != job;
        if (isChanged)
            changed += job.jobId;
        if (isChanged || job.status == batch::JobStatus::Running)
            running += job.jobId;
        known.insert(job.jobId, job);
    }
    m_known = std::move(known);
    if (!changed.isEmpty())
        emit jobsChanged(changed);
    if (!running.isEmpty())
        emit logsChanged(running);
}

} // namespace batchyard::client
