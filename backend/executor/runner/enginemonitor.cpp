#include "backend/executor/runner/enginemonitor.h"

#include "backend/async.h"

namespace batchyard::executor {

EngineMonitor::EngineMonitor(docker::Engine &engine, const RunnerSettings &settings,
                             const QString &label, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_settings(settings)
    , m_label(label)
    , m_problem(QStringLiteral("The Docker engine has not been asked yet."))
{
    m_pingTimer.setSingleShot(true);
    connect(&m_pingTimer, &QTimer::timeout, this, &EngineMonitor::ping);
    m_patienceTimer.setSingleShot(true);
    connect(&m_patienceTimer, &QTimer::timeout, this, &EngineMonitor::ping);
}

EngineMonitor::~EngineMonitor() = default;

void EngineMonitor::start()
{
    ping();
}

void EngineMonitor::suspect()
{
    m_suspected = true;
    ping();
}

void EngineMonitor::ping()
{
    if (m_pinging)
        return;
    m_pinging = true;
    m_pingTimer.stop();
    onFinished(m_engine.ping(), this, [this](const Result<void> &answer) { pinged(answer); });
}

void EngineMonitor::pinged(const Result<void> &answer)
{
    m_pinging = false;
    m_pingTimer.start(m_settings.pingInterval);
    if (!answer) {
        lose(answer.error());
        return;
    }
    const bool suspected = std::exchange(m_suspected, false);
    if (m_info && suspected)
        emit answered();
    if (!m_info && !m_patienceTimer.isActive())
        readInfo();
}

void EngineMonitor::readInfo()
{
    m_pinging = true;
    onFinished(m_engine.info(), this, [this](const Result<docker::EngineInfo> &info) {
        m_pinging = false;
        if (!info) {
            lose(info.error());
            return;
        }
        m_info = m_lastInfo = *info;
        m_unreachableSince.reset();
        m_problem.clear();
        m_cause.clear();
        listen();
        emit returned();
    });
}

void EngineMonitor::listen()
{
    auto sink = [this, stream = ++m_streamNumber](std::variant<docker::Event, Result<void>> what) {
        QMetaObject::invokeMethod(
            this,
            [this, stream, what = std::move(what)] {
                if (stream != m_streamNumber)
                    return;
                if (const auto *event = std::get_if<docker::Event>(&what)) {
                    emit happened(*event);
                    return;
                }
                eventsEnded(); // whatever it says
            },
            Qt::QueuedConnection);
    };
    m_listening.start();
    m_events = m_engine.events(m_label, std::move(sink));
}

// Without events the engine counts as away until it is asked; again and again only by and by when
// it has none for us.
void EngineMonitor::eventsEnded()
{
    m_events.reset();
    if (m_info)
        lose({ErrorCode::Unreachable,
              QStringLiteral("The Docker engine has closed its stream of events."),
              {}});
    if (std::chrono::milliseconds(m_listening.elapsed()) >= m_settings.retryInterval) {
        m_patience = {};
        ping();
        return;
    }
    m_patience = std::clamp(2 * m_patience, m_settings.retryInterval,
                            std::max(m_settings.retryInterval, m_settings.pingInterval));
    m_patienceTimer.start(m_patience);
}

void EngineMonitor::lose(const Error &error)
{
    const bool isNew = m_info.has_value() || m_cause != error.message;
    m_cause = error.message;
    if (!m_unreachableSince)
        m_unreachableSince = m_settings.clock();
    ++m_streamNumber;
    m_events.reset();
    m_suspected = false;
    m_info.reset();
    if (!isNew)
        return;
    m_problem = m_cause;
    emit lost();
    if (error.code == ErrorCode::Unreachable)
        diagnose();
}

void EngineMonitor::diagnose()
{
    onFinished(m_engine.diagnose(), this, [this](const Result<void> &found) {
        if (found || isReachable() || m_problem == found.error().message)
            return;
        m_problem = found.error().message;
        emit lost();
    });
}

batch::EngineStatus EngineMonitor::status() const
{
    batch::EngineStatus status;
    status.reachable = isReachable();
    status.endpoint = m_engine.endpoint();
    status.problem = m_problem;
    status.unreachableSince = m_unreachableSince;
    if (m_lastInfo) {
        status.version = m_lastInfo->version;
        status.cpus = m_lastInfo->cpus;
        status.memoryMiB = m_lastInfo->memoryBytes / (1024 * 1024);
    }
    return status;
}

} // namespace batchyard::executor
