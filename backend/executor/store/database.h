// One SQLite connection with what every use of it needs: prepared statements that are kept, typed
// rows, transactions, and failures told as errors. For the store only; one thread.
#pragma once

#include "backend/batch/common.h"
#include "backend/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <chrono>
#include <memory>
#include <unordered_map>

namespace batchyard::executor {

// Values as SQL takes them. A null QString or QByteArray would be bound as NULL; these are not.
[[nodiscard]] QVariant sqlText(const QString &text);
[[nodiscard]] QVariant sqlBytes(const QByteArray &bytes);
[[nodiscard]] QVariant sqlTime(const std::optional<batch::Timestamp> &time);
[[nodiscard]] QVariant sqlNumber(const std::optional<int> &number);
// One value for "IN (SELECT value FROM json_each(?))", however many there are.
[[nodiscard]] QVariant sqlList(const QStringList &texts);
[[nodiscard]] QVariant sqlList(const QList<qint64> &numbers);
// Names between line feeds, so that each is found with one on either side of it.
[[nodiscard]] QVariant sqlLines(const QStringList &names);

// A result row, read column after column.
class Row
{
public:
    explicit Row(const QSqlQuery &query)
        : m_query(query)
    {
    }

    QString text() { return next().toString(); }
    QByteArray bytes() { return next().toByteArray(); }
    qint64 number() { return next().toLongLong(); }
    int integer() { return next().toInt(); }
    double real() { return next().toDouble(); }
    bool flag() { return next().toBool(); }
    std::optional<int> optionalInteger();
    batch::Timestamp time() { return batch::fromEpochMs(number()); }
    std::optional<batch::Timestamp> optionalTime();

    // A text with a fixed set of values; one that parse does not know is a fault of the database.
    template <typename Parse>
    auto oneOf(Parse parse)
    {
        const QString value = text();
        const auto parsed = parse(value);
        if (!parsed)
            m_fault = value;
        return parsed.value_or(typename decltype(parsed)::value_type{});
    }
    [[nodiscard]] const std::optional<QString> &fault() const { return m_fault; }

private:
    QVariant next() { return m_query.value(m_column++); }

    const QSqlQuery &m_query;
    int m_column = 0;
    std::optional<QString> m_fault;
};

// For statements whose rows are one text each.
[[nodiscard]] inline QString readText(Row &row)
{
    return row.text();
}

// As readText(), of numbers.
[[nodiscard]] inline qint64 readNumber(Row &row)
{
    return row.number();
}

struct Statement {
    QString sql;
    QVariantList values;
};

class Database
{
public:
    enum class Failure { None, Contradiction, Busy, Full, Damage, Other };

    static constexpr std::chrono::milliseconds defaultBusyTimeout{5000};

    // ReadOnly also leaves the write-ahead log alone, which the last one to close a database would
    // otherwise copy into it.
    enum class Access { ReadOnly, ReadWrite };

    // Opens with all safeguards on; makes an empty file when there is none. ":memory:" is a
    // database that ends with the connection.
    [[nodiscard]] static Result<std::unique_ptr<Database>>
    open(const QString &path, Access access = Access::ReadWrite,
         std::chrono::milliseconds busyTimeout = defaultBusyTimeout);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    [[nodiscard]] const QString &path() const { return m_path; }

    // Runs a statement; the value is the number of rows it changed.
    [[nodiscard]] Result<int> execute(const QString &sql, const QVariantList &values = {});

    template <typename T>
    [[nodiscard]] Result<QList<T>> select(const QString &sql, const QVariantList &values,
                                          T (*read)(Row &))
    {
        const auto statement = run(sql, values);
        if (!statement)
            return tl::unexpected(statement.error());
        QSqlQuery &query = **statement;
        QList<T> rows;
        while (query.next()) {
            Row row(query);
            rows.append(read(row));
            if (row.fault()) {
                query.finish();
                return tl::unexpected(damaged(*row.fault()));
            }
        }
        const Result<void> end = finish(query);
        if (!end)
            return tl::unexpected(end.error());
        return rows;
    }

    // The first row, if there is one.
    template <typename T>
    [[nodiscard]] Result<std::optional<T>> selectOne(const QString &sql, const QVariantList &values,
                                                     T (*read)(Row &))
    {
        return select(sql, values, read).map([](QList<T> rows) {
            return rows.isEmpty() ? std::optional<T>() : std::optional<T>(std::move(rows.first()));
        });
    }

    // Runs fn, which returns a Result, in a transaction: committed when it succeeds, undone when it
    // or the commit fails.
    template <typename Function>
    [[nodiscard]] auto transact(Function fn) -> decltype(fn())
    {
        if (const auto begun = execute(QStringLiteral("BEGIN IMMEDIATE")); !begun)
            return tl::unexpected(begun.error());
        auto result = fn();
        if (!result) {
            rollBack();
            return result;
        }
        if (const auto committed = execute(QStringLiteral("COMMIT")); !committed) {
            rollBack();
            return tl::unexpected(committed.error());
        }
        return result;
    }

    // Undoes the transaction, if there is one.
    void rollBack();
    // Statements that succeed from now on and change something are added to this list.
    void keepStatements(QList<Statement> *kept) { m_kept = kept; }
    // Of the last statement that failed since clearFailure().
    [[nodiscard]] Failure lastFailure() const { return m_lastFailure; }
    void clearFailure() { m_lastFailure = Failure::None; }
    // How long a statement waits for another program's lock. Messages go on to tell open()'s.
    void setBusyTimeout(std::chrono::milliseconds timeout);

    [[nodiscard]] Error damaged(const QString &detail) const;

private:
    Database(QString path, QString connection, std::chrono::milliseconds busyTimeout);
    [[nodiscard]] Result<void> configure();
    [[nodiscard]] Result<QSqlQuery *> run(const QString &sql, const QVariantList &values);
    [[nodiscard]] Result<void> finish(QSqlQuery &query);
    [[nodiscard]] Error noteFailure(const QSqlError &error);
    [[nodiscard]] Error errorOf(const QSqlError &error) const;

    QString m_path;
    QString m_connection;
    std::chrono::milliseconds m_busyTimeout;
    QSqlDatabase m_database;
    std::unordered_map<QString, QSqlQuery> m_statements; // by their text
    QList<Statement> *m_kept = nullptr;
    Failure m_lastFailure = Failure::None;
};

} // namespace batchyard::executor
