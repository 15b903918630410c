#include "tests/support/engine/scriptedengine.h"

#include "backend/async.h"

#include <QPointer>

#include <algorithm>
#include <ranges>

namespace batchyard::test {

using docker::ContainerSpec;
using docker::ContainerState;
using docker::OutputChunk;
using docker::OutputStarted;
using Status = docker::ContainerState::Status;

struct ScriptedEngine::Container {
    ContainerSpec spec;
    Script script;
    ContainerState state;
    QList<OutputChunk> stored;
    std::vector<std::function<void(const Result<docker::WaitResult> &)>> waiters;
};

struct ScriptedEngine::PlannedFault {
    QString call;
    Fault fault = Fault::Refused;
    int times = 1;
    Error error;
};

// An attached or followed output. The engine knows it by pointer until it ends or is dropped.
class ScriptedEngine::Output final : public docker::OutputStream
{
public:
    Output(ScriptedEngine *engine, QString container, Sink sink, bool stamped)
        : m_engine(engine)
        , m_container(std::move(container))
        , m_sink(std::make_shared<Sink>(std::move(sink)))
        , m_stamped(stamped)
    {
    }
    ~Output() override { leave(); }

    void send(std::variant<OutputStarted, OutputChunk, Result<void>> what)
    {
        if (auto *chunk = std::get_if<OutputChunk>(&what); chunk != nullptr && !m_stamped)
            chunk->time.reset();
        const std::weak_ptr<Sink> sink = m_sink;
        if (m_engine != nullptr)
            m_engine->post([sink, what = std::move(what)] {
                // Held while it runs: the sink may drop its stream.
                if (const auto alive = sink.lock())
                    (*alive)(what);
            });
    }
    void endWith(Result<void> how)
    {
        send(std::move(how));
        leave();
    }
    [[nodiscard]] const QString &container() const { return m_container; }

private:
    void leave()
    {
        if (m_engine != nullptr)
            std::erase(m_engine->m_outputs, this);
        m_engine = nullptr;
    }

    QPointer<ScriptedEngine> m_engine;
    QString m_container;
    std::shared_ptr<Sink> m_sink;
    bool m_stamped;
};

class ScriptedEngine::Events final : public docker::EventStream
{
public:
    Events(ScriptedEngine *engine, QString label, Sink sink)
        : m_engine(engine)
        , m_label(std::move(label))
        , m_sink(std::make_shared<Sink>(std::move(sink)))
    {
    }
    ~Events() override { leave(); }

    void send(std::variant<docker::Event, Result<void>> what)
    {
        const std::weak_ptr<Sink> sink = m_sink;
        if (m_engine != nullptr)
            m_engine->post([sink, what = std::move(what)] {
                if (const auto alive = sink.lock())
                    (*alive)(what);
            });
    }
    void endWith(Result<void> how)
    {
        send(std::move(how));
        leave();
    }
    [[nodiscard]] const QString &label() const { return m_label; }

private:
    void leave()
    {
        if (m_engine != nullptr)
            std::erase(m_engine->m_eventStreams, this);
        m_engine = nullptr;
    }

    QPointer<ScriptedEngine> m_engine;
    QString m_label;
    std::shared_ptr<Sink> m_sink;
};

namespace {

Error notFound(const QString &what)
{
    return {ErrorCode::NotFound, QStringLiteral("No such container: %1").arg(what), {}};
}

Error unreachable()
{
    return {ErrorCode::Unreachable,
            QStringLiteral("No Docker engine answers at scripted://engine."),
            QStringLiteral("ECONNREFUSED")};
}

bool carries(const QMap<QString, QString> &labels, const QString &filter)
{
    const qsizetype equals = filter.indexOf(u'=');
    if (equals < 0)
        return labels.contains(filter);
    const auto it = labels.constFind(filter.left(equals));
    return it != labels.constEnd() && *it == filter.mid(equals + 1);
}

} // namespace

ScriptedEngine::ScriptedEngine()
    : m_clock([] { return docker::Timestamp(std::chrono::system_clock::now()); })
{
    m_info.version = QStringLiteral("scripted");
    m_info.apiVersion = QStringLiteral("1.41");
    m_info.cpus = 4;
    m_info.memoryBytes = 8LL * 1024 * 1024 * 1024;
}

ScriptedEngine::~ScriptedEngine() = default;

void ScriptedEngine::setScript(const QString &key, Script script)
{
    m_scripts[key] = std::move(script);
}

void ScriptedEngine::setImageMissing(const QString &image, std::optional<Error> pullError)
{
    m_missingImages[image] = std::move(pullError);
}

void ScriptedEngine::inject(const QString &call, Fault fault, int times, Error error)
{
    m_faults.push_back({call, fault, times, std::move(error)});
}

void ScriptedEngine::release()
{
    for (const auto &answerNow : std::exchange(m_held, {}))
        answerNow();
}

void ScriptedEngine::setReachable(bool reachable)
{
    m_reachable = reachable;
    if (reachable)
        return;
    for (Output *output : std::vector(m_outputs))
        output->endWith(tl::unexpected(unreachable()));
    for (Events *stream : std::vector(m_eventStreams))
        stream->endWith(tl::unexpected(unreachable()));
    for (const auto &container : m_containers)
        for (const auto &waiter : std::exchange(container->waiters, {}))
            waiter(tl::unexpected(unreachable()));
}

void ScriptedEngine::restart()
{
    setReachable(false);
    m_reachable = true;
    for (const auto &container : m_containers)
        if (container->state.status == Status::Running)
            end(*container, 137, false);
}

void ScriptedEngine::print(const QString &name, const QByteArray &bytes, OutputChunk::Stream stream)
{
    if (Container *container = find(name))
        emitChunk(*container, bytes, stream);
}

void ScriptedEngine::finish(const QString &name, int exitCode, bool oomKilled)
{
    Container *container = find(name);
    if (container != nullptr && container->state.status == Status::Running)
        end(*container, exitCode, oomKilled);
}

void ScriptedEngine::vanish(const QString &name)
{
    Container *container = find(name);
    if (container == nullptr)
        return;
    if (container->state.status == Status::Running)
        end(*container, 137, false);
    report(*container, QStringLiteral("destroy"));
    std::erase_if(m_containers, [container](const auto &each) { return each.get() == container; });
}

QStringList ScriptedEngine::acts() const
{
    static const QStringList verbs{
        QStringLiteral("create "),         QStringLiteral("start "),
        QStringLiteral("stop "),           QStringLiteral("kill "),
        QStringLiteral("remove "),         QStringLiteral("pull "),
        QStringLiteral("build "),          QStringLiteral("network-create "),
        QStringLiteral("network-remove "), QStringLiteral("volume-create "),
        QStringLiteral("volume-remove ")};
    QStringList result;
    for (const QString &call : m_calls)
        if (std::ranges::any_of(verbs,
                                [&call](const QString &verb) { return call.startsWith(verb); }))
            result.append(call);
    return result;
}

int ScriptedEngine::startCount(const QString &name) const
{
    return m_starts.value(name);
}

QStringList ScriptedEngine::containerNames() const
{
    QStringList names;
    for (const auto &container : m_containers)
        names.append(container->spec.name);
    return names;
}

QStringList ScriptedEngine::runningNames() const
{
    QStringList names;
    for (const auto &container : m_containers)
        if (container->state.status == Status::Running)
            names.append(container->spec.name);
    return names;
}

std::optional<ContainerSpec> ScriptedEngine::spec(const QString &name) const
{
    const Container *container = find(name);
    return container != nullptr ? std::optional(container->spec) : std::nullopt;
}

QString ScriptedEngine::endpoint() const
{
    return QStringLiteral("scripted://engine");
}

// Records a call; false when nobody would answer it.
bool ScriptedEngine::begin(const QString &record)
{
    if (m_observer)
        m_observer(record);
    m_calls.append(record);
    return m_reachable;
}

std::optional<ScriptedEngine::PlannedFault> ScriptedEngine::takeFault(const QString &record)
{
    const auto it = std::ranges::find_if(
        m_faults, [&record](const PlannedFault &fault) { return record.startsWith(fault.call); });
    if (it == m_faults.end())
        return std::nullopt;
    const PlannedFault fault = *it;
    if (--it->times == 0)
        m_faults.erase(it);
    return fault;
}

template <typename T, typename Act>
QFuture<Result<T>> ScriptedEngine::answer(const QString &record, Act act)
{
    if (!begin(record))
        return finished<T>(tl::unexpected(unreachable()));
    const std::optional<PlannedFault> fault = takeFault(record);
    if (!fault)
        return finished<T>(act());

    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    const auto reply = [promise](const Result<T> &value) {
        promise->addResult(value);
        promise->finish();
    };
    switch (fault->fault) {
    case Fault::Refused:
        reply(tl::unexpected(fault->error));
        break;
    case Fault::ReplyLost:
        act();
        reply(tl::unexpected(fault->error));
        break;
    case Fault::Held:
        m_held.push_back([reply, value = Result<T>(act())] { reply(value); });
        break;
    case Fault::HeldUndone:
        m_held.push_back([reply, act]() mutable { reply(act()); });
        break;
    }
    return promise->future();
}

ScriptedEngine::Container *ScriptedEngine::find(const QString &idOrName)
{
    return const_cast<Container *>(std::as_const(*this).find(idOrName));
}

const ScriptedEngine::Container *ScriptedEngine::find(const QString &idOrName) const
{
    const auto it = std::ranges::find_if(m_containers, [&idOrName](const auto &each) {
        return each->state.id == idOrName || each->spec.name == idOrName;
    });
    return it == m_containers.end() ? nullptr : it->get();
}

QString ScriptedEngine::nameOf(const QString &idOrName) const
{
    const Container *container = find(idOrName);
    return container != nullptr ? container->spec.name : idOrName;
}

Script ScriptedEngine::scriptFor(const ContainerSpec &spec) const
{
    for (const QString &key : {spec.name, spec.cmd.join(u' '), spec.image})
        if (const auto it = m_scripts.find(key); it != m_scripts.end())
            return it->second;
    return {};
}

void ScriptedEngine::emitChunk(Container &container, const QByteArray &bytes,
                               OutputChunk::Stream stream)
{
    const OutputChunk chunk{stream, bytes, m_clock()};
    container.stored.append(chunk);
    for (Output *output : std::vector(m_outputs))
        if (output->container() == container.state.id)
            output->send(chunk);
}

void ScriptedEngine::end(Container &container, int exitCode, bool oomKilled)
{
    container.state.status = Status::Exited;
    container.state.exitCode = exitCode;
    container.state.oomKilled = oomKilled;
    container.state.pid = 0;
    container.state.finishedAt = m_clock();
    for (Output *output : std::vector(m_outputs))
        if (output->container() == container.state.id)
            output->endWith({});
    for (const auto &waiter : std::exchange(container.waiters, {}))
        waiter(docker::WaitResult{exitCode, {}});
    if (oomKilled)
        report(container, QStringLiteral("oom"));
    report(container, QStringLiteral("die"));
}

void ScriptedEngine::report(const Container &container, const QString &action)
{
    docker::Event event;
    event.type = QStringLiteral("container");
    event.action = action;
    event.id = container.state.id;
    event.attributes = container.spec.labels;
    event.attributes[QStringLiteral("name")] = container.spec.name;
    event.attributes[QStringLiteral("image")] = container.spec.image;
    if (action == QStringLiteral("die"))
        event.attributes[QStringLiteral("exitCode")] = QString::number(container.state.exitCode);
    event.time = m_clock();
    for (Events *stream : std::vector(m_eventStreams))
        if (carries(container.spec.labels, stream->label()))
            stream->send(event);
}

Result<void> ScriptedEngine::start(Container &container)
{
    if (container.state.status == Status::Running)
        return {};
    ContainerState &state = container.state;
    if (container.script.startError) {
        state.error = container.script.startError->message;
        state.exitCode = container.script.startErrorExitCode;
        return tl::unexpected(*container.script.startError);
    }
    ++m_starts[container.spec.name];
    state.status = Status::Running;
    state.pid = 1000 + m_nextId++;
    state.exitCode = 0;
    state.startedAt = m_clock();
    state.finishedAt.reset();
    report(container, QStringLiteral("start"));
    for (const QString &line : container.script.output)
        emitChunk(container, line.toUtf8() + '\n', OutputChunk::Stream::Stdout);
    for (const QString &line : container.script.errorOutput)
        emitChunk(container, line.toUtf8() + '\n', OutputChunk::Stream::Stderr);
    if (!container.script.runsOn)
        post([this, id = state.id] {
            if (const Container *ending = find(id))
                finish(id, ending->script.exitCode, ending->script.oomKilled);
        });
    return {};
}

void ScriptedEngine::post(std::function<void()> task)
{
    QMetaObject::invokeMethod(this, std::move(task), Qt::QueuedConnection);
}

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
    if (!begin(QStringLiteral("wait ") + nameOf(id)))
        return finished<docker::WaitResult>(tl::unexpected(unreachable()));
    if (const auto fault = takeFault(m_calls.last()))
        return finished<docker::WaitResult>(tl::unexpected(fault->error));
    Container *container = find(id);
    if (container == nullptr)
        return finished<docker::WaitResult>(tl::unexpected(notFound(id)));
    if (container->state.status != Status::Running)
        return finished<docker::WaitResult>(docker::WaitResult{container->state.exitCode, {}});
    auto promise = std::make_shared<QPromise<Reply>>();
    promise->start();
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
    if (reachable)
        m_eventStreams.push_back(stream.get());
    else
        stream->endWith(tl::unexpected(unreachable()));
    return stream;
}

} // namespace batchyard::test
