// Follows the logs of one job: every stream of every attempt, from its start, as it grows. Lines of
// one stream come in order and exactly once; different streams are independent of each other.
#pragma once

#include "backend/batch/batchservice.h"

#include <QHash>
#include <QObject>
#include <QTimer>

namespace batchyard::models {

class LogFeed final : public QObject
{
    Q_OBJECT

public:
    // The service must outlive the feed.
    LogFeed(batch::BatchService &service, QString jobId, QObject *parent = nullptr);

    void start();

    [[nodiscard]] QString jobId() const { return m_jobId; }
    [[nodiscard]] bool isFinished() const { return m_finished; }

signals:
    void linesArrived(const QString &container, int attempt,
                      const QList<batchyard::batch::LogLine> &lines);
    // Everything that has been printed by now was handed on; comes again after each further
    // reading.
    void caughtUp();
    // The job has ended and every stream was read to its end. Comes once, last.
    void finished();
    // A request failed; the feed tries again by itself. NotFound for the job itself is followed by
    // finished().
    void failed(const batchyard::Error &error);

private:
    struct Stream {
        QString container;
        int attempt = 1;
        QString token;
        bool reading = false;
        bool again = false; // asked for while a request was on its way
        bool complete = false;
    };

    void describe();
    void take(const batch::JobDetail &detail);
    void addStreams(const QList<batch::ContainerRuntime> &containers, int attempt);
    void readAll();
    void read(const QString &name);
    void takePage(const QString &name, bool afterEnd, const Result<batch::LogPage> &page);
    void retryLater(const Error &error);
    void noteProgress();

    batch::BatchService &m_service;
    QString m_jobId;
    QHash<QString, Stream> m_streams; // by stream name
    QStringList m_order; // stream names in the order of attempts and containers
    QTimer m_retry;
    int m_retryMs = 0;
    bool m_describing = false;
    bool m_describeAgain = false;
    bool m_jobEnded = false;
    bool m_finished = false;
};

} // namespace batchyard::models
