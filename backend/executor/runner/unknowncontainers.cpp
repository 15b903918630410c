#include "backend/executor/runner/unknowncontainers.h"

#include "backend/executor/runner/containernames.h"

#include <algorithm>

namespace batchyard::executor {

namespace {

Error lacks(const QString &databasePath, const QString &what)
{
    return {ErrorCode::Protocol,
            QStringLiteral("The state database %1 lacks what was written last: %2. Was its -wal "
                           "file deleted, or an old copy put back? `batchyard executor --recover` "
                           "keeps a copy of it and completes it from Docker's containers and the "
                           "logs.")
                .arg(databasePath, what),
            {}};
}

} // namespace

Result<QStringList> unknownContainers(const Store &store,
                                      const QList<docker::ContainerListEntry> &containers)
{
    QStringList unknown;
    for (const docker::ContainerListEntry &entry : containers) {
        if (entry.labels.value(installLabel) != store.installId())
            continue;
        const int number = entry.labels.value(attemptLabel).toInt();
        const auto attempts = store.attempts(entry.labels.value(jobLabel));
        if (!attempts)
            return tl::unexpected(attempts.error());
        const auto isIt = [&](const AttemptRecord &attempt) { return attempt.number == number; };
        if (std::none_of(attempts->begin(), attempts->end(), isIt))
            unknown.append(entry.name);
    }
    return unknown;
}

Error databaseLacks(const QStringList &unknown, const QString &databasePath)
{
    return lacks(databasePath,
                 QStringLiteral("it does not know the attempts of %1 of its containers (%2 is one)")
                     .arg(QString::number(unknown.size()), unknown.value(0)));
}

Error databaseLacksLogged(const QString &logDirectory, const QString &databasePath)
{
    return lacks(databasePath,
                 QStringLiteral("an attempt that has not begun by it has a log already (%1)")
                     .arg(logDirectory));
}

} // namespace batchyard::executor
