// An executor's insides (store, dispatcher) in a state directory, on an engine that outlives them:
// it can die at any instant, with what is on the disk then, and be started again from that.
#pragma once

#include "backend/executor/changefeed.h"
#include "backend/executor/durableengine.h"
#include "backend/executor/runner/jobdispatcher.h"
#include "backend/executor/store/store.h"
#include "tests/support/engine/scriptedengine.h"

#include <QTemporaryDir>

namespace batchyard::test {

class FaultBench
{
public:
    // The state begins as a copy of this one.
    FaultBench(ScriptedEngine &engine, const QString &state);
    ~FaultBench();

    void start();
    // As SIGKILL has it, from wherever it is called: what is on the disk now is all that is left.
    void die();
    [[nodiscard]] bool isDead() const { return m_dead; }
    void startAgain(); // after die()
    void end(); // in good order

    [[nodiscard]] executor::Store &store() { return *m_store; }
    [[nodiscard]] executor::JobDispatcher &dispatcher() { return *m_dispatcher; }
    [[nodiscard]] executor::JobRecord job(const QString &id) const;
    [[nodiscard]] QString history(const QString &id) const;
    [[nodiscard]] QList<executor::AttemptRecord> attempts(const QString &id) const;
    [[nodiscard]] QStringList lines(const QString &id, int index, int attempt) const;

private:
    [[nodiscard]] Paths paths() const;
    [[nodiscard]] QString directory(int life) const;

    ScriptedEngine &m_engine;
    QTemporaryDir m_directory;
    int m_life = 0;
    bool m_dead = false;
    std::unique_ptr<executor::ChangeFeed> m_feed;
    std::unique_ptr<executor::Store> m_store;
    std::unique_ptr<executor::DurableEngine> m_durableEngine;
    std::unique_ptr<executor::JobDispatcher> m_dispatcher;
};

} // namespace batchyard::test
