// Finds out what has changed at the service: by the executor's long poll, or by comparing lists
// where there is none. Everything is in the thread of the object.
#pragma once

#include "backend/client/batchcalls.h"

#include <QHash>
#include <QTimer>

namespace batchyard::client {

class ChangeWatcher : public QObject
{
    Q_OBJECT

public:
    ChangeWatcher(ServiceCalls &calls, HttpBatchService::Timing timing, QObject *parent = nullptr);

    void start();

signals:
    void jobsChanged(const QStringList &jobIds);
    void logsChanged(const QStringList &jobIds);
    void resourcesChanged();
    void engineChanged(const batchyard::batch::EngineStatus &status);

private:
    void waitForChanges();
    void readChanges(const Json &changes);
    // After a start, a pause or a new executor: what happened in between is not known.
    void announceEverything();
    void announceEngine();
    void retryLater();
    void poll(); // without the extension
    void compareJobs(const QList<batch::JobSummary> &jobs);

    ServiceCalls &m_calls;
    BatchCalls m_batch;
    HttpBatchService::Timing m_timing;
    QTimer m_timer;
    qint64 m_sequence = 0;
    bool m_hasExtension = true;
    std::chrono::milliseconds m_retryAfter;
    int m_polls = 0;
    QHash<QString, batch::JobSummary> m_known;
};

} // namespace batchyard::client
