#include "tests/docker/campaign/recorder.h"

#include "backend/executor/runner/containernames.h"

namespace batchyard::test {

Recorder::Recorder(docker::Engine &engine)
    : m_stream(engine.events(executor::installLabel, [this](const auto &what) {
        const std::lock_guard lock(m_mutex);
        if (const auto *event = std::get_if<docker::Event>(&what))
            record(*event);
        else
            m_broken = true;
    }))
{
}

void Recorder::record(const docker::Event &event)
{
    ContainerHistory &history = m_histories[{event.attributes.value(executor::jobLabel),
                                             event.attributes.value(executor::attemptLabel).toInt(),
                                             event.attributes.value(executor::containerLabel)}];
    if (event.action == u"start")
        ++history.starts;
    else if (event.action == u"die")
        history.exitCodes.append(event.attributes.value(QStringLiteral("exitCode")).toInt());
}

QMap<ContainerKey, ContainerHistory> Recorder::histories() const
{
    const std::lock_guard lock(m_mutex);
    return m_histories;
}

bool Recorder::isBroken() const
{
    const std::lock_guard lock(m_mutex);
    return m_broken;
}

} // namespace batchyard::test
