#include "backend/executor/runner/tasknetwork.h"

#include "backend/async.h"
#include "backend/executor/runner/containernames.h"

namespace batchyard::executor {

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

void TaskNetwork::prepare(NetworkMode mode, QObject *context,
                          std::function<void(Result<void>)> done)
{
    if (mode == NetworkMode::Isolated || m_known) {
        done({});
        return;
    }
    onFinished(m_engine.inspectNetwork(bridgeName), context,
               [this, context, done](const Result<QString> &id) {
                   if (id) {
                       m_known = true;
                       done({});
                   } else if (id.error().code == ErrorCode::NotFound) {
                       makeBridge(context, done);
                   } else {
                       done(tl::unexpected(id.error()));
                   }
               });
}

void TaskNetwork::makeBridge(QObject *context, const std::function<void(Result<void>)> &done)
{
    onFinished(m_engine.createNetwork(bridgeName, {{installLabel, m_installId}}), context,
               [this, done](const Result<QString> &id) {
                   // Conflict: another job, or another executor, made it meanwhile.
                   if (!id && id.error().code != ErrorCode::Conflict) {
                       done(tl::unexpected(id.error()));
                       return;
                   }
                   m_known = true;
                   done({});
               });
}

} // namespace batchyard::executor
