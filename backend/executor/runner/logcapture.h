// Brings the output of one container into its log file, each byte once: live from before its start,
// and after a crash or a lost connection from the copy that the daemon keeps, continued at the very
// byte. Its owner tells it what inspect says of the container.
//
// The file is limited: of what comes after that only the last lines are kept, and a line between
// says how many bytes were dropped. A log disk that is full pauses it; the container goes on, and
// what it prints meanwhile comes from the daemon's copy when there is room again.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/runner/loginbox.h"
#include "backend/executor/runner/runnersettings.h"
#include "backend/logs/logwriter.h"

#include <QObject>
#include <QTimer>

#include <array>
#include <optional>

namespace batchyard::executor {

class LogCapture : public QObject
{
    Q_OBJECT

public:
    LogCapture(docker::Engine &engine, const QString &path, const RunnerSettings &settings,
               QObject *parent = nullptr);
    ~LogCapture() override;

    // To be said first: a log driver that takes the output elsewhere, so that only a line about
    // that is written. Empty: there is none.
    void leaveTo(const QString &driver) { m_driver = driver; }
    // The container has never been started. attachSettled() follows: it may be started now. If the
    // attach has failed nothing is lost, since containerRuns() gets it from the daemon's copy.
    void attach(const QString &id);
    // It runs: catches up and follows, unless that is under way.
    void containerRuns(const QString &id);
    // It has stopped, at that time if it is known: reads what is missing; completed() follows.
    void containerStopped(const QString &id, std::optional<Timestamp> at = {});
    // It was never started: there is no output. completed() follows at once.
    void containerNeverRan();
    // It was removed behind our back, and may have run; completed() follows when what is under way
    // has arrived.
    void containerGone(bool mayHaveRun);
    // What has arrived may not be all: the daemon was away, and a stream that it cuts off can look
    // like one that has ended. What a container prints before it ends while its daemon is not there
    // is read by nobody: a line in the log says so.
    void engineLost();

    // Why nothing is written at the moment, for a person; empty when all is well.
    [[nodiscard]] const QString &pause() const { return m_pause; }
    [[nodiscard]] bool isComplete() const { return m_phase == Phase::Complete; }

signals:
    void attachSettled();
    void written();
    void streamEnded(); // a hint that the container has stopped
    void completed();

private:
    enum class Phase { Idle, Attaching, Live, Replaying, Ended, Complete };
    using Piece = LogInbox::Piece;
    using Message = std::variant<docker::OutputStarted, docker::OutputChunk, Result<void>>;

    [[nodiscard]] docker::OutputStream::Sink makeSink();
    void receive(int stream, Message message); // on the engine's thread
    void onStarted();
    void onEnded(const Result<void> &how);
    void settleAttach();
    void makeRoom();
    void endAtDriver();
    [[nodiscard]] bool hasTail() const;
    [[nodiscard]] bool writeTail();
    [[nodiscard]] bool noteLostEnd();
    void drain();
    [[nodiscard]] Result<void> write(Piece piece);
    [[nodiscard]] bool openWriter();
    void fileFailed(const Error &error);
    void replay(const QString &id, bool follow);
    void closeStream();
    void catchUp();
    void giveUpWaiting();
    void endWithoutContainer(bool cutOff);
    [[nodiscard]] bool note(const QString &text, std::optional<Timestamp> at = {}); // now
    void complete();

    docker::Engine &m_engine;
    const QString m_path;
    const Clock m_clock;
    const qint64 m_limit;
    const std::chrono::milliseconds m_retryInterval;
    QString m_driver;
    QString m_pause;
    QString m_id;
    Phase m_phase = Phase::Idle;
    int m_streamNumber = 0; // of m_stream: messages of one before it are dropped
    bool m_attachPending = false;
    bool m_stopped = false;
    bool m_gone = false;
    bool m_doubtful = false; // bytes may be missing that only the daemon's copy has
    bool m_engineWasLost = false; // since the container was last seen to run
    std::optional<Timestamp> m_cutOffAt; // when its stream ended, not known to have stopped
    std::optional<Timestamp> m_stoppedAt;
    std::array<qint64, 2> m_skip{}; // of a replay, still to come
    QTimer m_drainTimer;
    QTimer m_retryTimer;
    QTimer m_endTimer; // the container has stopped: its stream has to end
    std::unique_ptr<logs::LogWriter> m_writer;
    LogInbox m_inbox;
    std::unique_ptr<docker::OutputStream> m_stream; // last: ends before what its sink uses
};

} // namespace batchyard::executor
