#include "backend/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

namespace batchyard {

Paths Paths::fromEnvironment()
{
    Paths paths;
    paths.state = qEnvironmentVariable("BATCHYARD_HOME");
    if (paths.state.isEmpty()) {
        const QString xdg = qEnvironmentVariable("XDG_STATE_HOME");
        const QString base = xdg.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : xdg;
        paths.state = base + QStringLiteral("/batchyard");
    }
    paths.state = QDir(paths.state).absolutePath();
    paths.share = QDir(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/batchyard"))
                      .absolutePath();
    return paths;
}

bool Paths::makeState() const
{
    if (QDir(state).exists())
        return true;
    return QDir().mkpath(state)
        && QFile::setPermissions(state, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

} // namespace batchyard
