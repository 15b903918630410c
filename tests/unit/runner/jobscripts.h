// Short words for what the containers of tests on the scripted engine do.
#pragma once

#include "tests/support/engine/scriptedengine.h"
#include "tests/unit/runner/runnerbench.h"

namespace batchyard::test {

[[nodiscard]] inline Script exits(int code)
{
    Script script;
    script.exitCode = code;
    return script;
}

[[nodiscard]] inline Script runsOn(int termExitCode = 143)
{
    Script script;
    script.runsOn = true;
    script.termExitCode = termExitCode;
    return script;
}

// Its command is its name, so that a script can be set for it.
[[nodiscard]] inline TestContainer container(const char *name, bool essential = true,
                                             const QList<batch::TaskContainerDependency> &dependsOn
                                             = {})
{
    return {QString::fromLatin1(name), {QString::fromLatin1(name)}, essential, dependsOn};
}

// An engine whose pause containers run until they are stopped, and a bench on it that has started.
struct ScriptedBench {
    ScriptedBench()
        : bench(engine)
    {
        engine.setScript(QStringLiteral("batchyard/pause:1"), runsOn());
        bench.startDispatcher();
    }

    [[nodiscard]] bool isSettled(const QString &id) const
    {
        return bench.isEnded(id) && bench.isIdle();
    }

    ScriptedEngine engine;
    RunnerBench bench;
};

// The nth call of the executor, besides pings and events, is the last thing that it does: the
// engine gets it, and what becomes of it is the fault's.
class CrashAtCall
{
public:
    CrashAtCall(ScriptedEngine &engine, int n, ScriptedEngine::Fault fault)
        : m_engine(engine)
        , m_number(n)
    {
        engine.setObserver([this, fault](const QString &call) {
            if (call.startsWith(u"ping") || call.startsWith(u"events") || ++m_calls != m_number)
                return;
            m_call = call;
            m_engine.inject(call, fault);
        });
    }
    CrashAtCall(const CrashAtCall &) = delete;
    CrashAtCall &operator=(const CrashAtCall &) = delete;

    [[nodiscard]] bool hasHappened() const { return !m_call.isEmpty(); }
    [[nodiscard]] QByteArray where() const
    {
        return "crash at call " + QByteArray::number(m_number) + ": " + m_call.toUtf8();
    }

private:
    ScriptedEngine &m_engine;
    const int m_number;
    int m_calls = 0;
    QString m_call;
};

} // namespace batchyard::test
