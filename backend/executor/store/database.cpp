#include "backend/executor/store/database.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlError>

#include <atomic>

namespace batchyard::executor {

namespace {

// Primary result codes (sqlite.org/rescode.html); the low byte of the extended ones.
enum SqliteCode {
    Busy = 5,
    Locked = 6,
    ReadOnly = 8,
    Corrupt = 11,
    Full = 13,
    CantOpen = 14,
    Constraint = 19,
    NotADatabase = 26
};

QString nextConnectionName()
{
    static std::atomic<int> number{0};
    return QStringLiteral("batchyard-store-%1").arg(++number);
}

} // namespace

QVariant sqlText(const QString &text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

QVariant sqlBytes(const QByteArray &bytes)
{
    return bytes.isNull() ? QByteArrayLiteral("") : bytes;
}

QVariant sqlTime(const std::optional<batch::Timestamp> &time)
{
    return time ? QVariant(batch::toEpochMs(*time)) : QVariant();
}

QVariant sqlNumber(const std::optional<int> &number)
{
    return number ? QVariant(*number) : QVariant();
}

QVariant sqlList(const QStringList &texts)
{
    return QString::fromUtf8(
        QJsonDocument(QJsonArray::fromStringList(texts)).toJson(QJsonDocument::Compact));
}

QVariant sqlList(const QList<qint64> &numbers)
{
    QJsonArray array;
    for (const qint64 number : numbers)
        array.append(number);
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

QVariant sqlLines(const QStringList &names)
{
    return names.isEmpty() ? QStringLiteral("") : QString(u'\n' + names.join(u'\n') + u'\n');
}

std::optional<int> Row::optionalInteger()
{
    const QVariant value = next();
    return value.isNull() ? std::nullopt : std::optional(value.toInt());
}

std::optional<batch::Timestamp> Row::optionalTime()
{
    const QVariant value = next();
    return value.isNull() ? std::nullopt : std::optional(batch::fromEpochMs(value.toLongLong()));
}

Database::Database(QString path, QString connection, std::chrono::milliseconds busyTimeout)
    : m_path(std::move(path))
    , m_connection(std::move(connection))
    , m_busyTimeout(busyTimeout)
{
}

Database::~Database()
{
    m_statements.clear();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_connection);
}

Result<std::unique_ptr<Database>> Database::open(const QString &path, Access access,
                                                 std::chrono::milliseconds busyTimeout)
{
    std::unique_ptr<Database> self(new Database(path, nextConnectionName(), busyTimeout));
    self->m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), self->m_connection);
    self->m_database.setDatabaseName(path);
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(busyTimeout.count());
    if (access == Access::ReadOnly)
        options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    self->m_database.setConnectOptions(options);
    if (!self->m_database.open())
        return tl::unexpected(self->errorOf(self->m_database.lastError()));
    if (const auto configured = self->configure(); !configured)
        return tl::unexpected(configured.error());
    return self;
}

Result<void> Database::configure()
{
    // The first two keep a file made by someone else from doing harm or going unnoticed. With the
    // next two nothing but a commit writes to the disk, so only a commit can find it full.
    for (const QString &pragma :
         {QStringLiteral("PRAGMA trusted_schema = OFF"),
          QStringLiteral("PRAGMA cell_size_check = ON"), QStringLiteral("PRAGMA cache_spill = OFF"),
          QStringLiteral("PRAGMA temp_store = MEMORY"), QStringLiteral("PRAGMA foreign_keys = ON"),
          QStringLiteral("PRAGMA synchronous = FULL")}) {
        if (const auto set = execute(pragma); !set)
            return tl::unexpected(set.error());
    }
    return {};
}

Result<int> Database::execute(const QString &sql, const QVariantList &values)
{
    const auto statement = run(sql, values);
    if (!statement)
        return tl::unexpected(statement.error());
    const int changed = (*statement)->numRowsAffected();
    return finish(**statement).map([changed] { return changed; });
}

Result<QSqlQuery *> Database::run(const QString &sql, const QVariantList &values)
{
    auto found = m_statements.find(sql);
    if (found == m_statements.end()) {
        QSqlQuery query(m_database);
        query.setForwardOnly(true);
        if (!query.prepare(sql))
            return tl::unexpected(noteFailure(query.lastError()));
        found = m_statements.emplace(sql, std::move(query)).first;
    }
    QSqlQuery &query = found->second;
    for (int i = 0; i < values.size(); ++i)
        query.bindValue(i, values[i]);
    if (!query.exec()) {
        const Error error = noteFailure(query.lastError());
        query.finish();
        return tl::unexpected(error);
    }
    if (m_kept != nullptr && !sql.startsWith(QStringLiteral("SELECT")))
        m_kept->append({sql, values});
    return &query;
}

Result<void> Database::finish(QSqlQuery &query)
{
    const QSqlError error = query.lastError();
    query.finish();
    if (error.isValid())
        return tl::unexpected(noteFailure(error));
    return {};
}

void Database::rollBack()
{
    // SQLite has undone the transaction itself after some failures; then there is none to undo.
    const Failure before = m_lastFailure;
    static_cast<void>(execute(QStringLiteral("ROLLBACK")));
    m_lastFailure = before;
}

void Database::setBusyTimeout(std::chrono::milliseconds timeout)
{
    static_cast<void>(
        select(QStringLiteral("PRAGMA busy_timeout = %1").arg(timeout.count()), {}, &readText));
}

Error Database::noteFailure(const QSqlError &error)
{
    switch (error.nativeErrorCode().toInt() & 0xff) {
    case Constraint:
        m_lastFailure = Failure::Contradiction;
        break;
    case Busy:
    case Locked:
        m_lastFailure = Failure::Busy;
        break;
    case Full:
        m_lastFailure = Failure::Full;
        break;
    case Corrupt:
    case NotADatabase:
        m_lastFailure = Failure::Damage;
        break;
    default:
        m_lastFailure = Failure::Other;
        break;
    }
    return errorOf(error);
}

Error Database::damaged(const QString &detail) const
{
    return {
        ErrorCode::Protocol,
        QStringLiteral("The state database %1 is damaged. Put a copy of it back, or move it away "
                       "together with its -wal and -shm files to begin with an empty one.")
            .arg(m_path),
        detail};
}

Error Database::errorOf(const QSqlError &error) const
{
    const QString detail = error.text();
    switch (error.nativeErrorCode().toInt() & 0xff) {
    case Corrupt:
    case NotADatabase:
        return damaged(detail);
    case Busy:
    case Locked:
        return {
            ErrorCode::Io,
            QStringLiteral("Another program has held the state database %1 locked for %2 s. "
                           "Close it; then this works again.")
                .arg(m_path, QString::number(std::chrono::duration<double>(m_busyTimeout).count())),
            detail};
    case Full:
        return {ErrorCode::Io,
                QStringLiteral("The disk of the state database %1 is full, so nothing was written. "
                               "Free some space on it.")
                    .arg(m_path),
                detail};
    case ReadOnly:
    case CantOpen:
        return {ErrorCode::Io,
                QStringLiteral("The state database %1 cannot be opened for writing. Check that it "
                               "and its directory belong to you.")
                    .arg(m_path),
                detail};
    case Constraint:
        return {
            ErrorCode::Conflict,
            QStringLiteral("The change contradicts what the state database %1 holds.").arg(m_path),
            detail};
    default:
        return {ErrorCode::Io,
                QStringLiteral("The state database %1 could not be read or written: %2.")
                    .arg(m_path, error.databaseText()),
                detail};
    }
}

} // namespace batchyard::executor
