#include "backend/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

namespace batchyard {

QString Paths::stateFromEnvironment()
{
    QString state = qEnvironmentVariable("BATCHYARD_HOME");
    if (state.isEmpty()) {
        const QString xdg = qEnvironmentVariable("XDG_STATE_HOME");
        const QString base
            = xdg.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : xdg;
        state = base + QStringLiteral("/batchyard");
    }
    return QDir(state).absolutePath();
}

Paths Paths::fromEnvironment()
{
    Paths paths;
    paths.state = stateFromEnvironment();
    paths.share
        = QDir(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/batchyard"))
              .absolutePath();
    return paths;
}

bool Paths::makeState() const
{
    return QDir().mkpath(state)
        && QFile::setPermissions(state, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

} // namespace batchyard
