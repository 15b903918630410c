#include "backend/executor/runner/runnersettings.h"

namespace batchyard::executor {

RunnerSettings RunnerSettings::fromEnvironment()
{
    RunnerSettings settings;
    settings.isolatedNetwork = qEnvironmentVariable("BATCHYARD_NETWORK") == u"none";
    if (const QString image = qEnvironmentVariable("BATCHYARD_PYTHON_IMAGE"); !image.isEmpty())
        settings.buildArguments.insert(QStringLiteral("BASE_IMAGE"), image);
    return settings;
}

} // namespace batchyard::executor
