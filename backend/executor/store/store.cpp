#include "backend/executor/store/store.h"

#include "backend/executor/store/databasefile.h"
#include "backend/executor/store/schema.h"
#include "backend/executor/store/storeprivate.h"

#include <QPromise>

namespace batchyard::executor {

namespace {

// The file is there and ours, or was made; true when it was made.
Result<bool> prepareFile(const QString &path)
{
    const auto file = inspectDatabaseFile(path);
    if (!file)
        return tl::unexpected(file.error());
    const bool isMissing = *file == DatabaseFile::Missing;
    const Result<void> ready = isMissing ? createDatabaseFile(path) : restrictToOwner(path);
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
    return {};
}

Result<std::unique_ptr<Database>> openInMemory()
{
    auto database = Database::open(memoryDatabase);
    if (!database)
        return database;
    if (const auto made = createSchema(**database); !made)
        return tl::unexpected(made.error());
    return database;
}

// Nothing is written, not even from SQLite's own log, before the whole file is known to be good.
Result<std::unique_ptr<Database>> openFile(const QString &path)
{
    const auto version = Database::open(path, Database::Access::ReadOnly).and_then([](auto reader) {
        return checkDatabase(*reader);
    });
    if (!version)
        return tl::unexpected(version.error());
    auto database = Database::open(path);
    if (!database)
        return database;
    const auto ready = bringUpToDate(**database, *version).and_then([&] {
        return useWriteAheadLog(**database);
    });
    if (!ready)
        return tl::unexpected(ready.error());
    return database;
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
    // When this cannot be written, the next start reads the whole file to be sure of it.
    if (isOpen)
        static_cast<void>(setClosed(*database, true));
}

Store::Store(std::unique_ptr<Private> parts)
    : d(std::move(parts))
{
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const QString &path)
{
    auto parts = std::make_unique<Private>();
    const bool inMemory = path == memoryDatabase;
    const Result<bool> created = inMemory ? Result<bool>(true) : prepareFile(path);
    if (!created)
        return tl::unexpected(created.error());
    parts->isNew = *created;
    auto database = inMemory ? openInMemory() : openFile(path);
    if (!database)
        return tl::unexpected(database.error());
    parts->database = std::move(*database);
    auto installId = readInstallId(*parts->database);
    if (!installId)
        return tl::unexpected(installId.error());
    parts->installId = std::move(*installId);
    if (const auto noted = setClosed(*parts->database, false); !noted)
        return tl::unexpected(noted.error());
    parts->isOpen = true;
    return std::unique_ptr<Store>(new Store(std::move(parts)));
}

QFuture<void> Store::durable()
{
    QPromise<void> promise;
    promise.start();
    promise.finish();
    return promise.future();
}

Result<void> Store::commit()
{
    return {};
}

bool Store::isDurable() const
{
    return true;
}

std::optional<Error> Store::trouble() const
{
    return {};
}

void Store::onTroubleChanged(std::function<void()>) { }

QString Store::installId() const
{
    return d->installId;
}

bool Store::isNew() const
{
    return d->isNew;
}

} // namespace batchyard::executor
