// AWS Batch on this machine: wires the store, the Docker engine, the dispatcher that runs jobs and
// the API server together, for one state directory at a time.
#pragma once

#include "backend/paths.h"
#include "backend/result.h"

#include <QObject>

#include <chrono>
#include <memory>

namespace batchyard::executor {

struct ExecutorSettings {
    Paths paths;
    quint16 port = 0; // 0: the port of last time if it is free, else any
    QString engineSocket; // empty: found as docker::findEndpoint does
    bool recover = false; // the database is damaged: make it again, see recovery.h
    std::chrono::seconds idleTimeout{300}; // without jobs and clients; zero: never ends by itself
};

class Executor : public QObject
{
    Q_OBJECT

public:
    explicit Executor(ExecutorSettings settings, QObject *parent = nullptr);
    ~Executor() override; // containers go on; the next executor adopts them

    // Takes the state directory's lock, opens the store, adopts what runs, and serves. Errors:
    // Conflict (another executor has the directory; its pid is named), the store's, Io (port).
    [[nodiscard]] Result<void> start();

    [[nodiscard]] quint16 port() const;
    // True when start() made the state directory's database.
    [[nodiscard]] bool isFirstStart() const;
    // After a start() that had to recover: what became of it, in words.
    [[nodiscard]] QString recoveryText() const;

signals:
    void idle(); // nothing to do for the idle timeout: time to end

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor
