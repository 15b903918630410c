// Everything about one job that its page shows: detail, live view, states with their times, the
// verdict in a sentence, merged logs and the replay made from them.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/console/logmodel.h"
#include "models/console/resourcemodels.h"
#include "models/replay/replaymodel.h"

#include <memory>

namespace batchyard::models {

class LogFeed;
class Refresher;

// One state of the stepper.
struct JobStep {
    batch::JobStatus status = batch::JobStatus::Submitted;
    std::optional<batch::Timestamp> enteredAt; // nullopt: not reached (in this attempt)
    std::optional<batch::Timestamp> leftAt; // nullopt: current, last or not reached
    bool isCurrent = false;
    friend bool operator==(const JobStep &, const JobStep &) = default;
};

// The first thing to read of a job.
struct JobHeadline {
    enum class Kind { Waiting, Running, Good, Bad };
    Kind kind = Kind::Waiting;
    QString text; // a sentence
    QString explanation; // the rule that applied, attempt counts; may be empty
    QStringList lastErrorLines; // of the container that failed, at most five
    friend bool operator==(const JobHeadline &, const JobHeadline &) = default;
};

class JobPageModel final : public QObject
{
    Q_OBJECT

public:
    // Without logs (a preview) neither log lines nor a replay are read.
    enum class Logs { Read, Leave };

    explicit JobPageModel(batch::BatchService &service, Logs logs, QObject *parent = nullptr);
    ~JobPageModel() override;

    // Forgets the job before; an empty id shows none.
    void setJob(const QString &jobId);

    [[nodiscard]] QString jobId() const { return m_jobId; }
    [[nodiscard]] const std::optional<batch::JobDetail> &detail() const { return m_detail; }
    [[nodiscard]] const batch::JobLiveView &live() const { return m_live; }
    [[nodiscard]] int attempt() const; // the current or last, 0 before the first
    [[nodiscard]] QList<JobStep> steps() const;
    [[nodiscard]] JobHeadline headline() const;
    [[nodiscard]] bool hasMaze() const { return m_replay.hasMaze(); }

    [[nodiscard]] JobContainersModel &containers() { return m_containers; }
    [[nodiscard]] LogModel &logs() { return m_logs; }
    [[nodiscard]] ReplayModel &replay() { return m_replay; }
    [[nodiscard]] bool logsAreComplete() const { return m_logsComplete; }

signals:
    void changed(); // detail, live view or headline
    void mazeFound(); // the logs have turned out to be those of a maze
    void failed(const batchyard::Error &error);

private:
    void askLiveView(const std::function<void()> &done);
    void takeDetail(const batch::JobDetail &detail);
    void takeLive(const batch::JobLiveView &live);
    void updateContainers();
    void takeLines(const QString &container, int attempt, const QList<batch::LogLine> &lines);
    [[nodiscard]] JobHeadline failedHeadline() const;
    [[nodiscard]] QString attemptsText() const;

    batch::BatchService &m_service;
    Logs m_logsWanted;
    QString m_jobId;
    quint64 m_jobNumber = 0; // answers for a job before are dropped
    std::optional<batch::JobDetail> m_detail;
    batch::JobLiveView m_live;
    bool m_liveIsSupported = true;
    JobContainersModel m_containers;
    LogModel m_logs;
    ReplayModel m_replay;
    bool m_mazeAnnounced = false;
    int m_replayAttempt = 0;
    bool m_logsComplete = false;
    std::unique_ptr<LogFeed> m_feed;
    Refresher *m_refresher;
};

} // namespace batchyard::models
