// The network that the containers of a job share: a namespace of the job's own, held by its pause
// container, or that of its only container. It sits on a bridge of Batchyard's, is cut off from the
// world, or, on a node of a multi-node job, sits on a network that only the nodes of that job are
// on. The one place that knows the difference.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/runner/runnersettings.h"

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QSet>

namespace batchyard::executor {

// Bridge: as on AWS, jobs reach the outside. Isolated: only the job's own containers (and nodes),
// and a start that is some 300 ms quicker.
enum class NetworkMode { Bridge, Isolated };

inline constexpr QLatin1StringView networkTag{"batchyard:network"}; // none or bridge
inline constexpr QLatin1StringView bridgeName{"batchyard"};

// Where the namespace of a pause container, or of a lone container, sits.
struct NetworkPlace {
    NetworkMode mode = NetworkMode::Bridge;
    QString nodesOf = {}; // the multi-node job's id; empty: a job of one task

    // Docker sets up an interface and an /etc/hosts.
    [[nodiscard]] bool hasInterface() const
    {
        return mode == NetworkMode::Bridge || !nodesOf.isEmpty();
    }
    // Of the Docker network, "none" without one.
    [[nodiscard]] QString networkName(const QString &installId) const;
    friend bool operator==(const NetworkPlace &, const NetworkPlace &) = default;
};

// The job's tag, else the executor's setting.
[[nodiscard]] NetworkMode networkMode(const batch::Tags &tags, const RunnerSettings &settings);

// The /etc/hosts of an isolated job: Docker writes none when it does not set up a network. The
// container names resolve like localhost.
[[nodiscard]] QByteArray hostsFile(const QStringList &containerNames);

class TaskNetwork : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(Result<void>)>;

    TaskNetwork(docker::Engine &engine, const QString &installId, QObject *parent = nullptr);

    // Makes the network of the place when it is missing, whoever made it before: a node's pause
    // container calls this, so the first node that starts makes the job's network and a crash in
    // between leaves nothing to adopt by hand. Asked once for all that want it at the same time,
    // since the engine may make two of one name; then remembered.
    void prepare(const NetworkPlace &place, QObject *context, Done done);
    // The networks may be gone (a start failed, the engine was away): ask again next time.
    void forget() { m_known.clear(); }

    // The multi-node job is over and the containers of its nodes are removed: its network goes too.
    // Success when there is none.
    void removeNodeNetwork(const QString &jobId, QObject *context, Done done);
    // Removes the networks of multi-node jobs that are none of these any more: what a crash left
    // over. Asked of the engine when it has come, or come back; which jobs there are is asked when
    // it has answered, since others may have begun meanwhile.
    void removeNodeNetworksExcept(std::function<QSet<QString>()> jobIds);

private:
    struct Waiter {
        QPointer<QObject> context;
        Done done;
    };

    void make(const NetworkPlace &place);
    void finish(const QString &name, const Result<void> &result);

    docker::Engine &m_engine;
    QString m_installId;
    QSet<QString> m_known; // names
    QHash<QString, QList<Waiter>> m_waiting; // by name, for the answer that is under way
};

} // namespace batchyard::executor
