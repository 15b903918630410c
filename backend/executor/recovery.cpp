#include "backend/executor/recovery.h"

#include "backend/executor/runner/containernames.h"
#include "backend/executor/store/database.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace batchyard::executor {

using namespace Qt::Literals::StringLiterals;

namespace {

// Under a name that nothing has yet.
Result<QStringList> moveAside(const QString &path)
{
    QString aside;
    for (int i = 1; aside.isEmpty() || QFile::exists(aside); ++i)
        aside = u"%1.damaged-%2"_s.arg(path).arg(i);
    QStringList moved;
    for (const QString &suffix : {u""_s, u"-wal"_s, u"-journal"_s}) {
        QFile file(path + suffix);
        if (!file.exists())
            continue;
        if (!file.rename(aside + suffix)) // refuses to replace
            return failure(ErrorCode::Io,
                           u"Cannot move %1 aside: %2."_s.arg(path + suffix, file.errorString()));
        moved.append(aside + suffix);
    }
    QFile::remove(path + u"-shm"_s); // an index of the log, made anew from it
    return moved;
}

std::optional<QString> installIdIn(const QString &databasePath)
{
    if (!QFileInfo(databasePath).isFile())
        return {};
    const auto database = Database::open(databasePath, Database::Access::ReadOnly);
    if (!database)
        return {};
    const auto id = (*database)->selectOne(u"SELECT value FROM meta WHERE key = 'install_id'"_s, {},
                                           &readText);
    return id && *id && (*id)->size() == 8 ? *id : std::nullopt;
}

// The containers of other installations are on the same engine: ours have a log directory here.
std::optional<QString> installIdOf(const QList<docker::ContainerListEntry> &containers,
                                   const QString &logsDirectory)
{
    for (const docker::ContainerListEntry &entry : containers) {
        const QString jobId = entry.labels.value(jobLabel);
        const QString id = entry.labels.value(installLabel);
        if (id.size() == 8 && !jobId.isEmpty() && !jobId.contains(u'/')
            && QFileInfo(QDir(logsDirectory).filePath(jobId)).isDir())
            return id;
    }
    return {};
}

Result<void> checkIsLost(const QString &path)
{
    const auto opened = Store::open(path);
    if (opened && !(*opened)->isNew())
        return failure(ErrorCode::Conflict,
                       u"The state database %1 is sound: nothing is to be recovered. Start without "
                       "--recover."_s.arg(path));
    if (opened || opened.error().code == ErrorCode::Protocol)
        return {};
    return tl::unexpected(opened.error());
}

// True: from the backup.
Result<bool> restoreBackup(const Paths &paths)
{
    const QString backup = paths.databaseBackup();
    if (!installIdIn(backup) || !QFile::copy(backup, paths.database()))
        return false;
    if (const auto opened = Store::open(paths.database()))
        return true;
    return moveAside(paths.database()).map([](const QStringList &) { return false; });
}

} // namespace

Result<RecoveredStore> recoverStore(const Paths &paths, docker::Engine &engine, Timestamp now)
{
    if (QFile::exists(paths.database())) {
        if (const auto lost = checkIsLost(paths.database()); !lost)
            return tl::unexpected(lost.error());
    }
    QFuture<Result<QList<docker::ContainerListEntry>>> list
        = engine.listContainers({QString(installLabel)});
    list.waitForFinished();
    if (list.resultCount() == 0)
        return failure(ErrorCode::Cancelled, u"The engine's containers could not be listed."_s);
    const auto containers = list.result();
    if (!containers)
        return tl::unexpected(containers.error());

    std::optional<QString> installId = installIdIn(paths.database());
    const auto moved = moveAside(paths.database());
    if (!moved)
        return tl::unexpected(moved.error());
    const auto restored = restoreBackup(paths);
    if (!restored)
        return tl::unexpected(restored.error());
    if (!installId)
        installId = installIdIn(paths.databaseBackup());
    if (!installId)
        installId = installIdOf(*containers, paths.logs());
    auto store = Store::open(paths.database(), installId.value_or(QString()));
    if (!store)
        return tl::unexpected(store.error());

    QList<docker::ContainerListEntry> ours;
    for (const docker::ContainerListEntry &entry : *containers) {
        if (entry.labels.value(installLabel) == (*store)->installId())
            ours.append(entry);
    }
    auto report = rebuild(**store, ours, paths.logs(), now);
    if (!report)
        return tl::unexpected(report.error());
    report->movedAside = *moved;
    report->fromBackup = *restored;
    return RecoveredStore{*std::move(store), *report};
}

} // namespace batchyard::executor
