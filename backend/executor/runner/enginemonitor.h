// Whether the engine answers, since when it does not, and what happens on it. One ping decides: a
// stopped daemon accepts connections and never answers, so every call has its deadline.
#pragma once

#include "backend/batch/liveview.h"
#include "backend/docker/engine.h"
#include "backend/executor/runner/runnersettings.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <optional>

namespace batchyard::executor {

class EngineMonitor : public QObject
{
    Q_OBJECT

public:
    EngineMonitor(docker::Engine &engine, const RunnerSettings &settings, const QString &label,
                  QObject *parent = nullptr);
    ~EngineMonitor() override;

    void start();
    // A call has failed in a way that says nothing: ask now.
    void suspect();
    [[nodiscard]] bool isReachable() const { return m_info.has_value(); }
    [[nodiscard]] const std::optional<docker::EngineInfo> &info() const { return m_info; }
    // Without the figures of what is in use.
    [[nodiscard]] batch::EngineStatus status() const;

signals:
    // Events are being listened to: look at everything now, and none can be missed from here on.
    void returned();
    void lost();
    void happened(const batchyard::docker::Event &event);
    void answered(); // a ping that was asked for by suspect(), while reachable

private:
    void ping();
    void pinged(const Result<void> &answer);
    void readInfo();
    void listen();
    void eventsEnded();
    void lose(const Error &error);
    void diagnose();

    docker::Engine &m_engine;
    const RunnerSettings m_settings;
    const QString m_label;
    QTimer m_pingTimer;
    QTimer m_patienceTimer; // while it runs the events are not asked for again
    std::chrono::milliseconds m_patience{0};
    QElapsedTimer m_listening;
    bool m_pinging = false;
    bool m_suspected = false;
    std::optional<docker::EngineInfo> m_info;
    std::optional<docker::EngineInfo> m_lastInfo;
    std::optional<Timestamp> m_unreachableSince;
    QString m_cause; // the error of the call that found the engine away
    QString m_problem; // the same, or better what a look at the endpoint has found
    int m_streamNumber = 0;
    std::unique_ptr<docker::EventStream> m_events; // last: ends before what its sink uses
};

} // namespace batchyard::executor
