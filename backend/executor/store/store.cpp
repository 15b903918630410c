#include "backend/executor/store/store.h"

#include "backend/executor/store/databasefile.h"
#include "backend/executor/store/schema.h"
#include "backend/executor/store/storeprivate.h"

namespace batchyard::executor {

namespace {

QString readText(Row &row)
{
    return row.text();
}

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
    auto database = Database::open(path);
    if (!database)
        return tl::unexpected(database.error());
    parts->database = std::move(*database);
    const Result<void> ready
        = inMemory ? createSchema(*parts->database) : bringUpToDate(*parts->database).and_then([&] {
              return useWriteAheadLog(*parts->database);
          });
    if (!ready)
        return tl::unexpected(ready.error());
    auto installId = readInstallId(*parts->database);
    if (!installId)
        return tl::unexpected(installId.error());
    parts->installId = std::move(*installId);
    return std::unique_ptr<Store>(new Store(std::move(parts)));
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
