#include "backend/executor/store/store.h"

#include "backend/executor/store/databasefile.h"
#include "backend/executor/store/schema.h"
#include "backend/executor/store/storeprivate.h"

#include <QLoggingCategory>
#include <QPromise>
#include <QThreadPool>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcStoreEnd, "batchyard.store")

namespace {

constexpr qint64 longestLog = 16 * 1024 * 1024;

// The file is there and ours, or was made; true when it was made.
Result<bool> prepareFile(const QString &path, const QString &newInstallId)
{
    const auto file = inspectDatabaseFile(path);
    if (!file)
        return tl::unexpected(file.error());
    const bool isMissing = *file == DatabaseFile::Missing;
    const Result<void> ready
        = isMissing ? createDatabaseFile(path, newInstallId) : restrictToOwner(path);
    return ready.map([isMissing] { return isMissing; });
}

Result<void> useWriteAheadLog(Database &database)
{
    const auto mode
        = database.selectOne(QStringLiteral("PRAGMA journal_mode = WAL"), {}, &readText);
    if (!mode)
        return tl::unexpected(mode.error());
    if (*mode != QStringLiteral("wal"))
        return failure(ErrorCode::Io,
                       QStringLiteral("The file system of %1 does not allow SQLite's write-ahead "
                                      "log. Name a directory on a local disk in BATCHYARD_HOME.")
                           .arg(database.path()),
                       mode->value_or(QString()));
    // What a burst has made longer is cut again at the next checkpoint.
    return database
        .select(QStringLiteral("PRAGMA journal_size_limit = %1").arg(longestLog), {}, &readText)
        .map([](const QList<QString> &) {});
}

struct OpenedFile {
    std::unique_ptr<Database> database;
    bool toReadThrough = false;
};

Result<OpenedFile> openInMemory()
{
    auto database = Database::open(memoryDatabase);
    if (!database)
        return tl::unexpected(database.error());
    if (const auto made = createSchema(**database, {}); !made)
        return tl::unexpected(made.error());
    return OpenedFile{*std::move(database), false};
}

// Nothing is written, not even from SQLite's own log, before the file has been checked.
Result<OpenedFile> openFile(const QString &path)
{
    const auto checked = Database::open(path, Database::Access::ReadOnly).and_then([](auto reader) {
        return checkDatabase(*reader);
    });
    if (!checked)
        return tl::unexpected(checked.error());
    auto database = Database::open(path);
    if (!database)
        return tl::unexpected(database.error());
    const auto ready = bringUpToDate(**database, checked->version).and_then([&] {
        return useWriteAheadLog(**database);
    });
    if (!ready)
        return tl::unexpected(ready.error());
    return OpenedFile{*std::move(database), checked->toReadThrough};
}

Result<QString> readInstallId(Database &database)
{
    const auto id = database.selectOne(
        QStringLiteral("SELECT value FROM meta WHERE key = 'install_id'"), {}, &readText);
    if (!id)
        return tl::unexpected(id.error());
    if (id->value_or(QString()).size() != 8)
        return tl::unexpected(database.damaged(QStringLiteral("install_id")));
    return **id;
}

} // namespace

Store::Private::~Private()
{
    check.reset();
    if (!isOpen)
        return;
    if (const auto done = commits.commit(); !done) {
        qCWarning(lcStoreEnd).noquote()
            << "The last changes could not be written:" << done.error().message;
        return;
    }
    // When this cannot be written, the next start reads the whole file to be sure of it.
    if (!commits.trouble())
        static_cast<void>(setClosed(*database, true));
}

Store::Store(std::unique_ptr<Private> parts)
    : d(std::move(parts))
{
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const QString &path, const QString &newInstallId)
{
    const bool inMemory = path == memoryDatabase;
    const Result<bool> created = inMemory ? Result<bool>(true) : prepareFile(path, newInstallId);
    if (!created)
        return tl::unexpected(created.error());
    auto opened = inMemory ? openInMemory() : openFile(path);
    if (!opened)
        return tl::unexpected(opened.error());
    auto parts = std::make_unique<Private>(std::move(opened->database));
    parts->isNew = *created;
    auto installId = readInstallId(*parts->database);
    if (!installId)
        return tl::unexpected(installId.error());
    parts->installId = std::move(*installId);
    if (const auto noted = setClosed(*parts->database, false); !noted)
        return tl::unexpected(noted.error());
    parts->isOpen = true;
    if (opened->toReadThrough) {
        GroupCommit *commits = &parts->commits;
        parts->check = std::make_unique<DatabaseCheck>(path, [commits](const Error &damage) {
            QMetaObject::invokeMethod(
                commits, [commits, damage] { commits->noteDamage(damage); }, Qt::QueuedConnection);
        });
    }
    return std::unique_ptr<Store>(new Store(std::move(parts)));
}

QFuture<void> Store::durable()
{
    return d->commits.durable();
}

QFuture<void> Store::settled()
{
    return d->commits.settled();
}

Result<void> Store::commit()
{
    return d->commits.commit();
}

bool Store::isDurable() const
{
    return d->commits.isDurable();
}

qint64 Store::changes() const
{
    return d->commits.changes();
}

std::optional<Error> Store::trouble() const
{
    return d->commits.trouble();
}

void Store::onTroubleChanged(std::function<void()> function)
{
    d->commits.onTroubleChanged(std::move(function));
}

void Store::keepReserve(qint64 bytes)
{
    d->commits.keepReserve(bytes);
}

Result<void> Store::copyTo(const QString &path)
{
    return commit().and_then([&] { return copyDatabase(*d->database, path); });
}

QFuture<Result<void>> Store::copyInBackground(const QString &path) const
{
    const auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    QThreadPool::globalInstance()->start([promise, from = d->database->path(), path] {
        promise->addResult(
            Database::open(from, Database::Access::ReadOnly).and_then([&](const auto &database) {
                return copyDatabase(*database, path);
            }));
        promise->finish();
    });
    return promise->future();
}

QString Store::installId() const
{
    return d->installId;
}

bool Store::isNew() const
{
    return d->isNew;
}

} // namespace batchyard::executor
