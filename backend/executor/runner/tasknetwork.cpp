#include "backend/executor/runner/tasknetwork.h"

#include "backend/async.h"
#include "backend/executor/runner/containernames.h"

#include <QLoggingCategory>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcNetwork, "batchyard.runner")

QString NetworkPlace::networkName(const QString &installId) const
{
    if (!nodesOf.isEmpty())
        return nodeNetworkName(installId, nodesOf);
    return mode == NetworkMode::Bridge ? QString(bridgeName) : QStringLiteral("none");
}

NetworkMode networkMode(const batch::Tags &tags, const RunnerSettings &settings)
{
    const QString wanted = tags.value(networkTag);
    if (wanted == u"none")
        return NetworkMode::Isolated;
    if (wanted == u"bridge")
        return NetworkMode::Bridge;
    return settings.isolatedNetwork ? NetworkMode::Isolated : NetworkMode::Bridge;
}

QByteArray hostsFile(const QStringList &containerNames)
{
    return "127.0.0.1\tlocalhost " + containerNames.join(u' ').toUtf8()
        + "\n::1\tlocalhost ip6-localhost ip6-loopback\n";
}

TaskNetwork::TaskNetwork(docker::Engine &engine, const QString &installId, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_installId(installId)
{
}

void TaskNetwork::prepare(const NetworkPlace &place, QObject *context, Done done)
{
    const QString name = place.networkName(m_installId);
    if (!place.hasInterface() || m_known.contains(name)) {
        done({});
        return;
    }
    QList<Waiter> &waiting = m_waiting[name];
    waiting.append({context, std::move(done)});
    if (waiting.size() > 1)
        return;
    onFinished(m_engine.inspectNetwork(name), this, [this, place, name](const Result<QString> &id) {
        if (!id && id.error().code == ErrorCode::NotFound)
            make(place);
        else
            finish(name, id.map([](const QString &) {}));
    });
}

void TaskNetwork::make(const NetworkPlace &place)
{
    docker::NetworkSpec spec{place.networkName(m_installId), {{installLabel, m_installId}}};
    if (!place.nodesOf.isEmpty()) {
        spec.labels.insert(jobLabel, place.nodesOf);
        spec.internal = place.mode == NetworkMode::Isolated;
        spec.connectsContainers = true;
    }
    onFinished(m_engine.createNetwork(spec), this,
               [this, name = spec.name](const Result<QString> &id) {
                   // Conflict: another executor made it meanwhile.
                   if (!id && id.error().code == ErrorCode::Conflict)
                       finish(name, {});
                   else
                       finish(name, id.map([](const QString &) {}));
               });
}

void TaskNetwork::finish(const QString &name, const Result<void> &result)
{
    if (result)
        m_known.insert(name);
    for (const Waiter &waiter : m_waiting.take(name)) {
        if (waiter.context)
            waiter.done(result);
    }
}

void TaskNetwork::removeNodeNetwork(const QString &jobId, QObject *context, Done done)
{
    const QString name = nodeNetworkName(m_installId, jobId);
    m_known.remove(name);
    onFinished(m_engine.removeNetwork(name), context, std::move(done));
}

void TaskNetwork::removeNodeNetworksExcept(std::function<QSet<QString>()> jobIds)
{
    const QString label = QString(installLabel) + u'=' + m_installId;
    onFinished(
        m_engine.listNetworks({label, QString(jobLabel)}), this,
        [this, jobIds = std::move(jobIds)](const Result<QList<docker::NetworkListEntry>> &list) {
            if (!list) // asked again when the engine comes back
                return;
            const QSet<QString> wanted = jobIds();
            for (const docker::NetworkListEntry &entry : *list) {
                const QString jobId = entry.labels.value(jobLabel);
                if (wanted.contains(jobId))
                    continue;
                removeNodeNetwork(jobId, this, [jobId](const Result<void> &removed) {
                    if (!removed)
                        qCWarning(lcNetwork).noquote()
                            << "The network of job" << jobId
                            << "was not removed:" << removed.error().message;
                });
            }
        });
}

} // namespace batchyard::executor
