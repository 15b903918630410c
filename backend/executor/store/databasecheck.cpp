#include "backend/executor/store/databasecheck.h"

#include "backend/executor/store/schema.h"

namespace batchyard::executor {

namespace {

std::optional<Error> damageOf(const QString &path, const std::atomic<bool> &givenUp)
{
    const auto database = Database::open(path, Database::Access::ReadOnly);
    if (!database)
        return {};
    const auto tables = (*database)->select(
        QStringLiteral("SELECT name FROM sqlite_schema WHERE type = 'table'"), {}, &readText);
    for (const QString &table : tables.value_or(QList<QString>())) {
        if (givenUp)
            return {};
        if (const auto sound = readThrough(**database, table);
            !sound && sound.error().code == ErrorCode::Protocol)
            return sound.error();
    }
    return {};
}

} // namespace

DatabaseCheck::DatabaseCheck(QString path, std::function<void(const Error &)> damaged)
    : m_thread([this, path = std::move(path), damaged = std::move(damaged)] {
        if (const auto damage = damageOf(path, m_givenUp))
            damaged(*damage);
    })
{
}

DatabaseCheck::~DatabaseCheck()
{
    m_givenUp = true;
    m_thread.join();
}

} // namespace batchyard::executor
