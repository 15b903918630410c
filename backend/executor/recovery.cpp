#include "backend/executor/recovery.h"

#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/unknowncontainers.h"
#include "backend/executor/store/databasefile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace batchyard::executor {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QLatin1StringView draftSuffix{".recovering"};

// A name that nothing has yet.
QString asideOf(const QString &path)
{
    QString aside;
    for (int i = 1; aside.isEmpty() || QFile::exists(aside); ++i)
        aside = u"%1.damaged-%2"_s.arg(path).arg(i);
    return aside;
}

Result<QStringList> moveAside(const QString &path)
{
    const QString aside = asideOf(path);
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

QList<docker::ContainerListEntry>
ofInstallation(const QString &installId, const QList<docker::ContainerListEntry> &containers)
{
    QList<docker::ContainerListEntry> ours;
    for (const docker::ContainerListEntry &entry : containers) {
        if (entry.labels.value(installLabel) == installId)
            ours.append(entry);
    }
    return ours;
}

Result<QList<docker::ContainerListEntry>> allContainers(docker::Engine &engine)
{
    QFuture<Result<QList<docker::ContainerListEntry>>> list
        = engine.listContainers({QString(installLabel)});
    list.waitForFinished();
    if (list.resultCount() == 0)
        return failure(ErrorCode::Cancelled, u"The engine's containers could not be listed."_s);
    return list.result();
}

// The store as it is, if it can be opened; null where there is none, or one that is beyond use.
Result<std::unique_ptr<Store>> storeAsFound(const QString &path)
{
    if (!QFile::exists(path))
        return std::unique_ptr<Store>();
    auto opened = Store::open(path);
    if (opened && !(*opened)->isNew())
        return opened;
    if (opened || opened.error().code == ErrorCode::Protocol)
        return std::unique_ptr<Store>();
    return opened;
}

// A sound store is completed in its place, after a copy of it was made.
Result<RecoveredStore> complete(std::unique_ptr<Store> store, const Paths &paths,
                                const QList<docker::ContainerListEntry> &containers, Timestamp now)
{
    const auto unknown = unknownContainers(*store, containers);
    if (!unknown)
        return tl::unexpected(unknown.error());
    const auto lacksLogged = lacksLoggedAttempts(*store, paths.logs());
    if (!lacksLogged)
        return tl::unexpected(lacksLogged.error());
    if (unknown->isEmpty() && !*lacksLogged)
        return failure(ErrorCode::Conflict,
                       u"The state database %1 is sound: nothing is to be recovered. Start without "
                       "--recover."_s.arg(paths.database()));
    const QString aside = asideOf(paths.database());
    if (const auto copied = store->copyTo(aside); !copied)
        return tl::unexpected(copied.error());
    auto report
        = rebuild(*store, ofInstallation(store->installId(), containers), paths.logs(), now);
    if (!report)
        return tl::unexpected(report.error());
    report->movedAside = {aside};
    return RecoveredStore{std::move(store), *report};
}

// True: made from the backup. One that is damaged is of no use; but where it cannot be copied, what
// only waits would be forgotten without need.
Result<bool> copyBackup(const Paths &paths, const QString &draft)
{
    QFile backup(paths.databaseBackup());
    if (!backup.exists())
        return false;
    if (!backup.copy(draft))
        return failure(ErrorCode::Io,
                       u"The backup %1 cannot be copied to %2: %3."_s.arg(backup.fileName(), draft,
                                                                          backup.errorString()));
    const auto opened = Store::open(draft);
    if (opened)
        return true;
    if (opened.error().code != ErrorCode::Protocol)
        return tl::unexpected(opened.error());
    return removeDatabase(draft).map([] { return false; });
}

Result<RecoveryReport> makeDraft(const QString &draft, const Paths &paths,
                                 const QList<docker::ContainerListEntry> &containers, Timestamp now)
{
    if (const auto removed = removeDatabase(draft); !removed)
        return tl::unexpected(removed.error());
    const auto isCopy = copyBackup(paths, draft);
    if (!isCopy)
        return tl::unexpected(isCopy.error());
    std::optional<QString> installId = installIdIn(paths.database());
    if (!installId)
        installId = installIdIn(paths.databaseBackup());
    if (!installId)
        installId = installIdOf(containers, paths.logs());
    const auto store = Store::open(draft, installId.value_or(QString()));
    if (!store)
        return tl::unexpected(store.error());
    auto report
        = rebuild(**store, ofInstallation((*store)->installId(), containers), paths.logs(), now);
    if (!report)
        return tl::unexpected(report.error());
    report->isNew = !*isCopy;
    report->fromBackup = *isCopy;
    return report;
}

// Until the last step there is no database, and the executor does not start (checkIsNotLost()).
Result<RecoveredStore> makeAgain(const Paths &paths,
                                 const QList<docker::ContainerListEntry> &containers, Timestamp now)
{
    const QString draft = paths.database() + draftSuffix;
    auto report = makeDraft(draft, paths, containers, now);
    if (!report)
        return tl::unexpected(report.error());
    auto moved = moveAside(paths.database());
    if (!moved)
        return tl::unexpected(moved.error());
    report->movedAside = *std::move(moved);
    if (const auto named = moveDatabase(draft, paths.database()); !named)
        return tl::unexpected(named.error());
    auto store = Store::open(paths.database());
    if (!store)
        return tl::unexpected(store.error());
    return RecoveredStore{*std::move(store), *std::move(report)};
}

} // namespace

Result<void> checkIsNotLost(const Paths &paths)
{
    const QFileInfo database(paths.database());
    if (database.exists())
        return {};
    const QString name = database.fileName();
    QStringList traces
        = QDir(paths.state)
              .entryList({QFileInfo(paths.databaseBackup()).fileName(), name + draftSuffix,
                          name + u".damaged-*"_s, name + u".format-*"_s});
    if (!QDir(paths.logs()).isEmpty())
        traces.append(QFileInfo(paths.logs()).fileName());
    if (traces.isEmpty())
        return {};
    return failure(
        ErrorCode::Protocol,
        u"The state database %1 is missing, and %2 beside it tells that there was one. "
        "Put it back. To begin with an empty one, move the directory %3 away or name "
        "another one in BATCHYARD_HOME."_s.arg(database.filePath(), traces.first(), paths.state));
}

Result<RecoveredStore> recoverStore(const Paths &paths, docker::Engine &engine, Timestamp now)
{
    auto found = storeAsFound(paths.database());
    if (!found)
        return tl::unexpected(found.error());
    const auto containers = allContainers(engine);
    if (!containers)
        return tl::unexpected(containers.error());
    if (*found)
        return complete(*std::move(found), paths, *containers, now);
    return makeAgain(paths, *containers, now);
}

} // namespace batchyard::executor
