#include "backend/executor/durableengine.h"

#include <QPromise>

namespace batchyard::executor {

namespace {

// What comes of `future` becomes what comes of `promise`, in whatever thread it finishes.
template <typename T>
void pass(QFuture<T> future, const std::shared_ptr<QPromise<T>> &promise)
{
    future.then(QtFuture::Launch::Sync, [promise](const QFuture<T> &done) {
        if (done.resultCount() > 0)
            promise->addResult(done.result());
        promise->finish();
    });
}

} // namespace

DurableEngine::DurableEngine(docker::Engine &engine, Store &store)
    : m_engine(engine)
    , m_store(store)
    , m_alive(std::make_shared<int>())
{
}

// When the store or this object ends first, the call is never made and its future ends without a
// value.
template <typename Call>
auto DurableEngine::whenDurable(Call call) -> decltype(call())
{
    using Future = decltype(call());
    using Value = decltype(std::declval<Future>().result());
    if (m_store.isDurable())
        return call();
    const auto promise = std::make_shared<QPromise<Value>>();
    promise->start();
    Future future = promise->future();
    m_store.durable().then(
        QtFuture::Launch::Sync,
        [promise, alive = std::weak_ptr<int>(m_alive), call = std::move(call)]() mutable {
            if (!alive.expired() && !promise->isCanceled())
                pass<Value>(call(), promise);
        });
    return future;
}

QString DurableEngine::endpoint() const
{
    return m_engine.endpoint();
}

QFuture<Result<void>> DurableEngine::ping()
{
    return m_engine.ping();
}

QFuture<Result<void>> DurableEngine::diagnose()
{
    return m_engine.diagnose();
}

QFuture<Result<docker::EngineInfo>> DurableEngine::info()
{
    return m_engine.info();
}

QFuture<Result<docker::ImageInfo>> DurableEngine::inspectImage(const QString &image)
{
    return m_engine.inspectImage(image);
}

QFuture<Result<void>> DurableEngine::pullImage(const docker::ImagePull &pull,
                                               docker::Progress progress)
{
    return whenDurable([this, pull, progress = std::move(progress)]() mutable {
        return m_engine.pullImage(pull, std::move(progress));
    });
}

QFuture<Result<void>> DurableEngine::buildImage(const docker::ImageBuild &build,
                                                docker::Progress progress)
{
    return whenDurable([this, build, progress = std::move(progress)]() mutable {
        return m_engine.buildImage(build, std::move(progress));
    });
}

QFuture<Result<QString>> DurableEngine::createContainer(const docker::ContainerSpec &spec)
{
    return whenDurable([this, spec] { return m_engine.createContainer(spec); });
}

QFuture<Result<void>> DurableEngine::startContainer(const QString &id)
{
    return whenDurable([this, id] { return m_engine.startContainer(id); });
}

QFuture<Result<void>> DurableEngine::stopContainer(const QString &id, int seconds)
{
    return whenDurable([this, id, seconds] { return m_engine.stopContainer(id, seconds); });
}

QFuture<Result<void>> DurableEngine::killContainer(const QString &id, const QString &signal)
{
    return whenDurable([this, id, signal] { return m_engine.killContainer(id, signal); });
}

QFuture<Result<void>> DurableEngine::removeContainer(const QString &id, bool force)
{
    return whenDurable([this, id, force] { return m_engine.removeContainer(id, force); });
}

QFuture<Result<docker::ContainerState>> DurableEngine::inspectContainer(const QString &idOrName)
{
    return m_engine.inspectContainer(idOrName);
}

QFuture<Result<QList<docker::ContainerListEntry>>>
DurableEngine::listContainers(const QStringList &labels)
{
    return m_engine.listContainers(labels);
}

QFuture<Result<docker::WaitResult>> DurableEngine::waitContainer(const QString &id)
{
    return m_engine.waitContainer(id);
}

QFuture<Result<QString>> DurableEngine::inspectNetwork(const QString &name)
{
    return m_engine.inspectNetwork(name);
}

QFuture<Result<QString>> DurableEngine::createNetwork(const docker::NetworkSpec &spec)
{
    return whenDurable([this, spec] { return m_engine.createNetwork(spec); });
}

QFuture<Result<void>> DurableEngine::removeNetwork(const QString &name)
{
    return whenDurable([this, name] { return m_engine.removeNetwork(name); });
}

QFuture<Result<QList<docker::NetworkListEntry>>>
DurableEngine::listNetworks(const QStringList &labels)
{
    return m_engine.listNetworks(labels);
}

QFuture<Result<void>> DurableEngine::createVolume(const docker::VolumeSpec &spec)
{
    return whenDurable([this, spec] { return m_engine.createVolume(spec); });
}

QFuture<Result<void>> DurableEngine::removeVolume(const QString &name)
{
    return whenDurable([this, name] { return m_engine.removeVolume(name); });
}

std::unique_ptr<docker::OutputStream> DurableEngine::attach(const QString &id,
                                                            docker::OutputStream::Sink sink)
{
    return m_engine.attach(id, std::move(sink));
}

std::unique_ptr<docker::OutputStream> DurableEngine::logs(const QString &id, bool follow,
                                                          docker::OutputStream::Sink sink)
{
    return m_engine.logs(id, follow, std::move(sink));
}

std::unique_ptr<docker::EventStream> DurableEngine::events(const QString &label,
                                                           docker::EventStream::Sink sink)
{
    return m_engine.events(label, std::move(sink));
}

} // namespace batchyard::executor
