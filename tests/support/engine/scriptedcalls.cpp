#include "tests/support/engine/scriptedparts.h"

#include <array>
#include <ranges>

namespace batchyard::test {

using docker::ContainerSpec;
using docker::ContainerState;
using docker::OutputChunk;
using docker::OutputStarted;
using Status = docker::ContainerState::Status;

QFuture<Result<void>> ScriptedEngine::ping()
{
    return answer<void>(QStringLiteral("ping"), [] { return Result<void>(); });
}

QFuture<Result<docker::EngineInfo>> ScriptedEngine::info()
{
    return answer<docker::EngineInfo>(QStringLiteral("info"),
                                      [this] { return Result<docker::EngineInfo>(m_info); });
}

QFuture<Result<docker::ImageInfo>> ScriptedEngine::inspectImage(const QString &image)
{
    return answer<docker::ImageInfo>(
        QStringLiteral("image ") + image, [this, image]() -> Result<docker::ImageInfo> {
            if (m_missingImages.contains(image))
                return failure(ErrorCode::NotFound, QStringLiteral("No such image: %1").arg(image));
            docker::ImageInfo info;
            info.id = QStringLiteral("sha256:") + image;
            info.repoTags = {image};
            info.architecture = QStringLiteral("amd64");
            return info;
        });
}

QFuture<Result<void>> ScriptedEngine::pullImage(const docker::ImagePull &pull,
                                                docker::Progress progress)
{
    return answer<void>(
        QStringLiteral("pull ") + pull.image,
        [this, image = pull.image, progress = std::move(progress)]() -> Result<void> {
            if (const auto error = m_missingImages.value(image))
                return tl::unexpected(*error);
            if (progress)
                progress(QStringLiteral("Pulling ") + image);
            m_missingImages.remove(image);
            return {};
        });
}

QFuture<Result<void>> ScriptedEngine::buildImage(const docker::ImageBuild &build,
                                                 docker::Progress progress)
{
    return answer<void>(QStringLiteral("build ") + build.tag,
                        [this, tag = build.tag, progress = std::move(progress)]() -> Result<void> {
                            if (progress)
                                progress(QStringLiteral("Successfully tagged ") + tag);
                            m_missingImages.remove(tag);
                            return {};
                        });
}

QFuture<Result<QString>> ScriptedEngine::createContainer(const ContainerSpec &spec)
{
    return answer<QString>(
        QStringLiteral("create ") + spec.name, [this, spec]() -> Result<QString> {
            if (find(spec.name) != nullptr)
                return failure(
                    ErrorCode::Conflict,
                    QStringLiteral("The container name \"/%1\" is already in use.").arg(spec.name));
            if (m_missingImages.contains(spec.image))
                return failure(ErrorCode::NotFound,
                               QStringLiteral("No such image: %1").arg(spec.image));
            auto container = std::make_unique<Container>();
            container->script = scriptFor(spec);
            if (container->script.createError)
                return tl::unexpected(*container->script.createError);
            container->spec = spec;
            container->state.id = QStringLiteral("%1").arg(m_nextId++, 64, 16, QLatin1Char('0'));
            container->state.name = spec.name;
            container->state.image = spec.image;
            container->state.labels = spec.labels;
            if (!spec.networkDisabled && !spec.networkMode.startsWith(QStringLiteral("container:")))
                container->state.ipAddress = QStringLiteral("172.30.0.%1").arg(m_nextId);
            m_containers.push_back(std::move(container));
            report(*m_containers.back(), QStringLiteral("create"));
            return m_containers.back()->state.id;
        });
}

QFuture<Result<void>> ScriptedEngine::startContainer(const QString &id)
{
    return answer<void>(QStringLiteral("start ") + nameOf(id), [this, id]() -> Result<void> {
        Container *container = find(id);
        return container != nullptr ? start(*container) : tl::unexpected(notFound(id));
    });
}

QFuture<Result<void>> ScriptedEngine::stopContainer(const QString &id, int seconds)
{
    return answer<void>(
        QStringLiteral("stop %1 %2").arg(nameOf(id), QString::number(seconds)),
        [this, id]() -> Result<void> {
            Container *container = find(id);
            if (container == nullptr)
                return tl::unexpected(notFound(id));
            if (container->state.status == Status::Running)
                end(*container,
                    container->script.ignoresTerm ? 137 : container->script.termExitCode, false);
            return {};
        });
}

QFuture<Result<void>> ScriptedEngine::killContainer(const QString &id, const QString &signal)
{
    return answer<void>(
        QStringLiteral("kill %1 %2").arg(nameOf(id), signal), [this, id, signal]() -> Result<void> {
            Container *container = find(id);
            if (container == nullptr)
                return tl::unexpected(notFound(id));
            if (container->state.status != Status::Running)
                return failure(ErrorCode::Conflict,
                               QStringLiteral("Container %1 is not running").arg(id));
            if (signal == QStringLiteral("SIGKILL"))
                end(*container, 137, false);
            else if (!container->script.ignoresTerm)
                end(*container, container->script.termExitCode, false);
            return {};
        });
}

QFuture<Result<void>> ScriptedEngine::removeContainer(const QString &id, bool force)
{
    return answer<void>(
        QStringLiteral("remove ") + nameOf(id), [this, id, force]() -> Result<void> {
            const Container *container = find(id);
            if (container != nullptr && container->state.status == Status::Running && !force)
                return failure(ErrorCode::Conflict,
                               QStringLiteral("You cannot remove a running container %1.").arg(id));
            vanish(id);
            return {};
        });
}

QFuture<Result<ContainerState>> ScriptedEngine::inspectContainer(const QString &idOrName)
{
    return answer<ContainerState>(QStringLiteral("inspect ") + nameOf(idOrName),
                                  [this, idOrName]() -> Result<ContainerState> {
                                      const Container *container = find(idOrName);
                                      if (container == nullptr)
                                          return tl::unexpected(notFound(idOrName));
                                      return container->state;
                                  });
}

QFuture<Result<QList<docker::ContainerListEntry>>>
ScriptedEngine::listContainers(const QStringList &labels)
{
    static constexpr std::array names{"created",  "running", "paused", "restarting",
                                      "removing", "exited",  "dead"};
    using List = QList<docker::ContainerListEntry>;
    return answer<List>(
        QStringLiteral("list ") + labels.join(u','), [this, labels]() -> Result<List> {
            List list;
            for (const auto &each : m_containers)
                if (std::ranges::all_of(labels, [&each](const QString &label) {
                        return carries(each->spec.labels, label);
                    }))
                    list.append(
                        {each->state.id, each->spec.name,
                         QString::fromLatin1(names.at(static_cast<size_t>(each->state.status))),
                         each->spec.labels});
            return list;
        });
}

QFuture<Result<docker::WaitResult>> ScriptedEngine::waitContainer(const QString &id)
{
    using Reply = Result<docker::WaitResult>;
    auto promise = std::make_shared<QPromise<Reply>>();
    promise->start();
    const bool reachable = begin(QStringLiteral("wait ") + nameOf(id));
    if (m_abandoned) {
        m_unheard.push_back(promise);
        return promise->future();
    }
    if (!reachable)
        return finished<docker::WaitResult>(tl::unexpected(unreachable()));
    if (const auto fault = takeFault(m_calls.last()))
        return finished<docker::WaitResult>(tl::unexpected(fault->error));
    Container *container = find(id);
    if (container == nullptr)
        return finished<docker::WaitResult>(tl::unexpected(notFound(id)));
    if (container->state.status != Status::Running)
        return finished<docker::WaitResult>(docker::WaitResult{container->state.exitCode, {}});
    container->waiters.push_back([promise](const Reply &reply) {
        promise->addResult(reply);
        promise->finish();
    });
    return promise->future();
}

QFuture<Result<QString>> ScriptedEngine::inspectNetwork(const QString &name)
{
    return answer<QString>(QStringLiteral("network ") + name, [this, name]() -> Result<QString> {
        if (!m_networks.contains(name))
            return failure(ErrorCode::NotFound, QStringLiteral("network %1 not found").arg(name));
        return QString(QStringLiteral("net-") + name);
    });
}

QFuture<Result<QString>> ScriptedEngine::createNetwork(const docker::NetworkSpec &spec)
{
    return answer<QString>(
        QStringLiteral("network-create ") + spec.name, [this, spec]() -> Result<QString> {
            if (m_networks.contains(spec.name))
                return failure(
                    ErrorCode::Conflict,
                    QStringLiteral("network with name %1 already exists").arg(spec.name));
            m_networks[spec.name] = spec;
            return QString(QStringLiteral("net-") + spec.name);
        });
}

QFuture<Result<void>> ScriptedEngine::removeNetwork(const QString &name)
{
    return answer<void>(QStringLiteral("network-remove ") + name, [this, name]() -> Result<void> {
        m_networks.remove(name);
        return {};
    });
}

QFuture<Result<QList<docker::NetworkListEntry>>>
ScriptedEngine::listNetworks(const QStringList &labels)
{
    return answer<QList<docker::NetworkListEntry>>(
        QStringLiteral("networks ") + labels.join(u','),
        [this, labels]() -> Result<QList<docker::NetworkListEntry>> {
            QList<docker::NetworkListEntry> list;
            for (const docker::NetworkSpec &each : std::as_const(m_networks)) {
                if (std::ranges::all_of(labels, [&each](const QString &label) {
                        return carries(each.labels, label);
                    }))
                    list.append({QStringLiteral("net-") + each.name, each.name, each.labels});
            }
            return list;
        });
}

QFuture<Result<void>> ScriptedEngine::createVolume(const docker::VolumeSpec &spec)
{
    return answer<void>(QStringLiteral("volume-create ") + spec.name, [this, name = spec.name] {
        m_volumes.insert(name);
        return Result<void>();
    });
}

QFuture<Result<void>> ScriptedEngine::removeVolume(const QString &name)
{
    return answer<void>(QStringLiteral("volume-remove ") + name, [this, name] {
        m_volumes.remove(name);
        return Result<void>();
    });
}

std::unique_ptr<docker::OutputStream> ScriptedEngine::attach(const QString &id,
                                                             docker::OutputStream::Sink sink)
{
    const bool reachable = begin(QStringLiteral("attach ") + nameOf(id));
    if (m_abandoned)
        return std::make_unique<Output>(this, id, std::move(sink), true);
    const auto fault = reachable ? takeFault(m_calls.last()) : std::nullopt;
    const Container *container = find(id);
    auto output = std::make_unique<Output>(this, container != nullptr ? container->state.id : id,
                                           std::move(sink), false);
    if (!reachable) {
        output->endWith(tl::unexpected(unreachable()));
    } else if (fault) {
        output->endWith(tl::unexpected(fault->error));
    } else if (container == nullptr) {
        output->endWith(tl::unexpected(notFound(id)));
    } else {
        output->send(OutputStarted{});
        if (container->state.status == Status::Exited)
            output->endWith({});
        else
            m_outputs.push_back(output.get());
    }
    return output;
}

std::unique_ptr<docker::OutputStream> ScriptedEngine::logs(const QString &id, bool follow,
                                                           docker::OutputStream::Sink sink)
{
    const bool reachable = begin(QStringLiteral("logs ") + nameOf(id));
    if (m_abandoned)
        return std::make_unique<Output>(this, id, std::move(sink), true);
    const auto fault = reachable ? takeFault(m_calls.last()) : std::nullopt;
    const Container *container = find(id);
    auto output = std::make_unique<Output>(this, container != nullptr ? container->state.id : id,
                                           std::move(sink), true);
    if (!reachable) {
        output->endWith(tl::unexpected(unreachable()));
    } else if (fault) {
        output->endWith(tl::unexpected(fault->error));
    } else if (container == nullptr) {
        output->endWith(tl::unexpected(notFound(id)));
    } else {
        output->send(OutputStarted{});
        for (const OutputChunk &chunk : container->stored)
            output->send(chunk);
        if (follow && container->state.status == Status::Running)
            m_outputs.push_back(output.get());
        else
            output->endWith({});
    }
    return output;
}

std::unique_ptr<docker::EventStream> ScriptedEngine::events(const QString &label,
                                                            docker::EventStream::Sink sink)
{
    const bool reachable = begin(QStringLiteral("events ") + label);
    auto stream = std::make_unique<Events>(this, label, std::move(sink));
    if (m_abandoned)
        return stream;
    const auto fault = takeFault(QStringLiteral("events ") + label);
    if (!reachable)
        stream->endWith(tl::unexpected(unreachable()));
    else if (fault)
        stream->endWith(tl::unexpected(fault->error));
    else
        m_eventStreams.push_back(stream.get());
    return stream;
}

} // namespace batchyard::test
