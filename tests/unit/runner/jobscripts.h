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

} // namespace batchyard::test
