// The network that the containers of a job share: a namespace of the job's own, held by its pause
// container. It sits on a bridge of Batchyard's, or is cut off from the world. The one place that
// knows the difference.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/runner/runnersettings.h"

#include <QObject>

namespace batchyard::executor {

// Bridge: as on AWS, jobs reach the outside. Isolated: only the job's own containers, and a start
// that is some 300 ms quicker.
enum class NetworkMode { Bridge, Isolated };

inline constexpr QLatin1StringView networkTag{"batchyard:network"}; // none or bridge
inline constexpr QLatin1StringView bridgeName{"batchyard"};

// The job's tag, else the executor's setting.
[[nodiscard]] NetworkMode networkMode(const batch::Tags &tags, const RunnerSettings &settings);

// The /etc/hosts of an isolated job: Docker writes none when it does not set up a network. The
// container names resolve like localhost.
[[nodiscard]] QByteArray hostsFile(const QStringList &containerNames);

class TaskNetwork : public QObject
{
    Q_OBJECT

public:
    TaskNetwork(docker::Engine &engine, const QString &installId, QObject *parent = nullptr);

    // Makes the bridge when it is missing; asked once, then remembered.
    void prepare(NetworkMode mode, QObject *context, std::function<void(Result<void>)> done);
    // The bridge may be gone (a start failed, the engine was away): ask again next time.
    void forget() { m_known = false; }

private:
    void makeBridge(QObject *context, const std::function<void(Result<void>)> &done);

    docker::Engine &m_engine;
    QString m_installId;
    bool m_known = false;
};

} // namespace batchyard::executor
