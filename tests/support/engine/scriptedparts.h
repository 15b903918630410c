// What the scripted engine is made of; for its own sources only.
#pragma once

#include "tests/support/engine/scriptedengine.h"

#include <QPointer>

#include <algorithm>

namespace batchyard::test {

struct ScriptedEngine::Container {
    docker::ContainerSpec spec;
    Script script;
    docker::ContainerState state;
    QList<docker::OutputChunk> stored;
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
        , m_delay(engine->paceOf(QStringLiteral("output")).reply)
    {
    }
    ~Output() override { leave(); }

    void send(std::variant<docker::OutputStarted, docker::OutputChunk, Result<void>> what)
    {
        if (auto *chunk = std::get_if<docker::OutputChunk>(&what); chunk != nullptr && !m_stamped)
            chunk->time.reset();
        const std::weak_ptr<Sink> sink = m_sink;
        if (m_engine != nullptr)
            m_engine->post(
                [sink, what = std::move(what)] {
                    // Held while it runs: the sink may drop its stream.
                    if (const auto alive = sink.lock())
                        (*alive)(what);
                },
                m_delay);
    }
    void endWith(Result<void> how)
    {
        send(std::move(how));
        leave();
    }
    void silence() { m_engine = nullptr; } // the engine has dropped it from its list
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
    std::chrono::milliseconds m_delay; // one for all, so that they stay in order
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
        if (m_engine == nullptr)
            return;
        const std::weak_ptr<Sink> sink = m_sink;
        const bool isEvent = std::holds_alternative<docker::Event>(what);
        for (const auto delay : m_engine->eventDelays(isEvent))
            m_engine->post(
                [sink, what] {
                    if (const auto alive = sink.lock())
                        (*alive)(what);
                },
                delay);
    }
    void endWith(Result<void> how)
    {
        send(std::move(how));
        leave();
    }
    void silence() { m_engine = nullptr; }
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

[[nodiscard]] inline Error notFound(const QString &what)
{
    return {ErrorCode::NotFound, QStringLiteral("No such container: %1").arg(what), {}};
}

[[nodiscard]] inline Error unreachable()
{
    return {ErrorCode::Unreachable,
            QStringLiteral("No Docker engine answers at scripted://engine."),
            QStringLiteral("ECONNREFUSED")};
}

[[nodiscard]] inline bool carries(const QMap<QString, QString> &labels, const QString &filter)
{
    const qsizetype equals = filter.indexOf(u'=');
    if (equals < 0)
        return labels.contains(filter);
    const auto it = labels.constFind(filter.left(equals));
    return it != labels.constEnd() && *it == filter.mid(equals + 1);
}

template <typename T, typename Act>
QFuture<Result<T>> ScriptedEngine::answer(const QString &record, Act act)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    // A client that is dead hears nothing; its promises stay, since a dropped one would tell.
    const auto reply = [this, promise, client = m_client](const Result<T> &value) {
        if (client != m_client || m_abandoned) {
            m_unheard.push_back(promise);
            return;
        }
        promise->addResult(value);
        promise->finish();
    };
    if (m_abandoned) {
        m_unheard.push_back(promise);
        return promise->future();
    }
    if (!begin(record)) {
        reply(tl::unexpected(unreachable()));
        return promise->future();
    }
    if (m_abandoned) { // the observer saw to it
        if (std::exchange(m_doesLast, false))
            act();
        m_unheard.push_back(promise);
        return promise->future();
    }
    const std::optional<PlannedFault> fault = takeFault(record);
    if (!fault) {
        const Pace pace = paceOf(record);
        if (pace == Pace())
            reply(act());
        else
            post(
                [this, act, reply, pace]() mutable {
                    post([reply, value = Result<T>(act())] { reply(value); }, pace.reply);
                },
                pace.act);
        return promise->future();
    }
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

} // namespace batchyard::test
