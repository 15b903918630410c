// A task run through the decision core against containers that behave as a script says, on a clock
// that jumps from event to event. Checks at each turn what must always hold.
#pragma once

#include "backend/executor/core/containergraph.h"

#include <QStringList>

#include <functional>
#include <map>

namespace batchyard::executor::core {

[[nodiscard]] inline Timestamp atMs(qint64 ms)
{
    return Timestamp(std::chrono::milliseconds(ms));
}

// "a", "a!" (not essential); dependencies as "b START", "c SUCCESS" …
[[nodiscard]] ContainerRules container(const QString &name, const QStringList &dependsOn = {});

struct Behaviour {
    enum class Failure { None, Pull, Create, Start };
    Failure failure = Failure::None;
    int runsMs = -1; // -1: does not end by itself
    int exitCode = 0;
    int endsOnStopMs = 10; // -1: ignores SIGTERM and is killed after its stopTimeout
    int stopExitCode = 143;
    bool vanishes = false; // is removed from outside instead of exiting
};

class TaskSimulation
{
public:
    TaskSimulation(QList<ContainerRules> rules, QList<Behaviour> behaviours);

    void stopAt(int ms, const QString &reason);
    // Asked before each turn: true stands for an executor that was killed and starts anew.
    void setRestarts(std::function<bool()> restarts) { m_restarts = std::move(restarts); }

    void run();

    [[nodiscard]] const TaskState &state() const { return m_state; }
    [[nodiscard]] const QStringList &log() const { return m_log; } // "10 start a"
    [[nodiscard]] QStringList actions() const; // the log without its times
    [[nodiscard]] const QStringList &violations() const { return m_violations; }
    [[nodiscard]] int starts(qsizetype container) const { return m_real[container].starts; }
    [[nodiscard]] std::optional<int> realExitCode(qsizetype container) const
    {
        return m_real[container].exitCode;
    }

private:
    struct Real {
        bool pulled = false;
        bool created = false;
        int starts = 0;
        std::optional<Timestamp> startedAt;
        std::optional<Timestamp> stoppedAt;
        std::optional<int> exitCode;
        bool gone = false;
    };

    void at(qint64 ms, std::function<void()> event);
    void turn();
    void restart();
    void runNextEvent();
    void perform(const Action &action);
    void finishStart(qsizetype container);
    void askToStop(qsizetype container);
    void end(qsizetype container, int exitCode);
    void report(ContainerFact::Kind kind, qsizetype container, const QString &error = {});
    void reportEnd(qsizetype container);
    void checkStep(const Step &step);
    void checkAction(const Action &action);

    QList<ContainerRules> m_rules;
    QList<Behaviour> m_behaviours;
    QList<Real> m_real;
    TaskState m_state;
    std::multimap<qint64, std::function<void()>> m_events;
    std::optional<Timestamp> m_wakeAt;
    std::function<bool()> m_restarts;
    qint64 m_now = 0;
    bool m_isDown = false; // the executor is dead: nothing reaches it, but Docker goes on
    QStringList m_log;
    QStringList m_violations;
};

} // namespace batchyard::executor::core
