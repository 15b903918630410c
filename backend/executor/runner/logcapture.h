// Brings the output of one container into its log file, each byte once: live from before its start,
// and after a crash or a lost connection from the copy that the daemon keeps, continued at the very
// byte. Its owner tells it what inspect says of the container.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/runner/runnersettings.h"
#include "backend/logs/logwriter.h"

#include <QObject>
#include <QTimer>

#include <array>
#include <mutex>

namespace batchyard::executor {

class LogCapture : public QObject
{
    Q_OBJECT

public:
    LogCapture(docker::Engine &engine, const QString &path, const RunnerSettings &settings,
               QObject *parent = nullptr);
    ~LogCapture() override;

    // The container has never been started. attachSettled() follows: it may be started now. If the
    // attach has failed nothing is lost, since containerRuns() gets it from the daemon's copy.
    void attach(const QString &id);
    // It runs: catches up and follows, unless that is under way.
    void containerRuns(const QString &id);
    // It has stopped: reads what is missing; completed() follows.
    void containerStopped(const QString &id);
    // It was never started: there is no output. completed() follows at once.
    void containerNeverRan();
    // It was removed behind our back; completed() follows when what is under way has arrived.
    void containerGone();
    // What has arrived may not be all: the daemon was away, and a stream that it cuts off can look
    // like one that has ended.
    void engineLost();

    [[nodiscard]] bool isComplete() const { return m_phase == Phase::Complete; }

signals:
    void attachSettled();
    void written();
    void streamEnded(); // a hint that the container has stopped
    void completed();

private:
    enum class Phase { Idle, Attaching, Live, Replaying, Ended, Complete };
    struct Piece {
        logs::Stream stream;
        QByteArray bytes;
        Timestamp time;
    };
    // Filled on the engine's thread, emptied on this one.
    struct Inbox {
        std::mutex mutex;
        QList<Piece> pieces;
        qsizetype bytes = 0;
    };
    using Message = std::variant<docker::OutputStarted, docker::OutputChunk, Result<void>>;

    [[nodiscard]] docker::OutputStream::Sink makeSink();
    void receive(int stream, Message message); // on the engine's thread
    void onStarted();
    void onEnded(const Result<void> &how);
    void settleAttach();
    void drain();
    [[nodiscard]] Result<void> write(Piece piece);
    [[nodiscard]] bool openWriter();
    void fileFailed(const Error &error);
    void replay(const QString &id, bool follow);
    void closeStream();
    void catchUp();
    void giveUpWaiting();
    void endWithoutContainer(bool cutOff);
    [[nodiscard]] bool note(const QString &text);
    void complete();

    docker::Engine &m_engine;
    const QString m_path;
    const Clock m_clock;
    QString m_id;
    Phase m_phase = Phase::Idle;
    int m_streamNumber = 0; // of m_stream: messages of one before it are dropped
    bool m_attachPending = false;
    bool m_stopped = false;
    bool m_gone = false;
    bool m_doubtful = false; // bytes may be missing that only the daemon's copy has
    std::array<qint64, 2> m_skip{}; // of a replay, still to come
    QTimer m_drainTimer;
    QTimer m_retryTimer;
    QTimer m_endTimer; // the container has stopped: its stream has to end
    std::unique_ptr<logs::LogWriter> m_writer;
    Inbox m_inbox;
    std::unique_ptr<docker::OutputStream> m_stream; // last: ends before what its sink uses
};

} // namespace batchyard::executor
