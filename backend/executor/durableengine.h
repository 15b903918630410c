// A Docker Engine that does nothing before the intent is on the disk: each call that changes
// something waits until all that was written to the store before it is durable, and is then made in
// the order it came. Calls that only look pass at once. While the store cannot write, they wait.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/store/store.h"

#include <memory>

namespace batchyard::executor {

class DurableEngine final : public docker::Engine
{
public:
    // Both must outlive it. Its functions are called in the store's thread.
    DurableEngine(docker::Engine &engine, Store &store);

    [[nodiscard]] QString endpoint() const override;
    QFuture<Result<void>> ping() override;
    QFuture<Result<void>> diagnose() override;
    QFuture<Result<docker::EngineInfo>> info() override;
    QFuture<Result<docker::ImageInfo>> inspectImage(const QString &image) override;
    QFuture<Result<void>> pullImage(const docker::ImagePull &pull,
                                    docker::Progress progress) override;
    QFuture<Result<void>> buildImage(const docker::ImageBuild &build,
                                     docker::Progress progress) override;
    QFuture<Result<QString>> createContainer(const docker::ContainerSpec &spec) override;
    QFuture<Result<void>> startContainer(const QString &id) override;
    QFuture<Result<void>> stopContainer(const QString &id, int seconds) override;
    QFuture<Result<void>> killContainer(const QString &id, const QString &signal) override;
    QFuture<Result<void>> removeContainer(const QString &id, bool force) override;
    QFuture<Result<docker::ContainerState>> inspectContainer(const QString &idOrName) override;
    QFuture<Result<QList<docker::ContainerListEntry>>>
    listContainers(const QStringList &labels) override;
    QFuture<Result<docker::WaitResult>> waitContainer(const QString &id) override;
    QFuture<Result<QString>> inspectNetwork(const QString &name) override;
    QFuture<Result<QString>> createNetwork(const docker::NetworkSpec &spec) override;
    QFuture<Result<void>> removeNetwork(const QString &name) override;
    QFuture<Result<QList<docker::NetworkListEntry>>>
    listNetworks(const QStringList &labels) override;
    QFuture<Result<void>> createVolume(const docker::VolumeSpec &spec) override;
    QFuture<Result<void>> removeVolume(const QString &name) override;
    [[nodiscard]] std::unique_ptr<docker::OutputStream>
    attach(const QString &id, docker::OutputStream::Sink sink) override;
    [[nodiscard]] std::unique_ptr<docker::OutputStream>
    logs(const QString &id, bool follow, docker::OutputStream::Sink sink) override;
    [[nodiscard]] std::unique_ptr<docker::EventStream>
    events(const QString &label, docker::EventStream::Sink sink) override;

private:
    template <typename Call>
    auto whenDurable(Call call) -> decltype(call());

    docker::Engine &m_engine;
    Store &m_store;
    const std::shared_ptr<int> m_alive; // calls that wait are dropped with this object
};

} // namespace batchyard::executor
