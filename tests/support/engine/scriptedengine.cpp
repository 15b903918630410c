#include "tests/support/engine/scriptedengine.h"

#include "tests/support/engine/scriptedparts.h"

#include <QTimer>

#include <ranges>

namespace batchyard::test {

using docker::ContainerSpec;
using docker::ContainerState;
using docker::OutputChunk;
using Status = docker::ContainerState::Status;

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

void ScriptedEngine::abandon()
{
    m_abandoned = true;
    ++m_client;
    m_unheard.push_back(
        std::make_shared<std::vector<std::function<void()>>>(std::exchange(m_held, {})));
    for (Output *output : std::exchange(m_outputs, {}))
        output->silence();
    for (Events *stream : std::exchange(m_eventStreams, {}))
        stream->silence();
    for (const auto &container : m_containers)
        for (auto &waiter : std::exchange(container->waiters, {}))
            m_unheard.push_back(
                std::make_shared<std::function<void(const Result<docker::WaitResult> &)>>(
                    std::move(waiter)));
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

void ScriptedEngine::rotate(const QString &name, qsizetype chunks)
{
    if (Container *container = find(name))
        container->stored.remove(0, std::min(chunks, container->stored.size()));
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
    if (m_abandoned)
        return false;
    if (m_observer)
        m_observer(record);
    if (!m_abandoned) // the observer may have seen to that
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

void ScriptedEngine::post(std::function<void()> task, std::chrono::milliseconds delay)
{
    if (delay.count() > 0)
        QTimer::singleShot(delay, Qt::PreciseTimer, this, std::move(task));
    else
        QMetaObject::invokeMethod(this, std::move(task), Qt::QueuedConnection);
}

ScriptedEngine::Pace ScriptedEngine::paceOf(const QString &record) const
{
    return m_pace ? m_pace(record) : Pace();
}

QList<std::chrono::milliseconds> ScriptedEngine::eventDelays(bool mayBePaced) const
{
    return mayBePaced && m_eventPace ? m_eventPace() : QList{std::chrono::milliseconds(0)};
}

} // namespace batchyard::test
