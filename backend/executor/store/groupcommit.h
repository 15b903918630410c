// Joins the writes of one turn of the event loop into one transaction, and keeps their statements
// until it is committed: whatever keeps a commit from succeeding, the transaction can be made
// again. For the store only; one thread.
//
// A reserve file beside the database is given up when the disk is full, so that what is under way
// can still be written; then nothing new is taken up until the reserve could be made again.
#pragma once

#include "backend/executor/store/database.h"

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QTimer>

#include <functional>
#include <vector>

namespace batchyard::executor {

class GroupCommit final : public QObject
{
    Q_OBJECT
public:
    explicit GroupCommit(Database &database);

    // Runs fn, which returns a Result and writes through the database: all of it is kept, or, when
    // fn fails, nothing of it. The commit follows in the next turn of the event loop.
    template <typename Function>
    [[nodiscard]] auto change(Function fn) -> decltype(fn())
    {
        if (const Result<void> opened = open(); !opened)
            return tl::unexpected(opened.error());
        const qsizetype mark = m_statements.size();
        m_database.keepStatements(&m_statements);
        auto result = fn();
        m_database.keepStatements(nullptr);
        endChange(result.has_value(), mark);
        return result;
    }
    // The same for a change that takes up something new: refused while there is trouble.
    template <typename Function>
    [[nodiscard]] auto takeUp(Function fn) -> decltype(fn())
    {
        if (m_trouble)
            return tl::unexpected(*m_trouble);
        return change(std::move(fn));
    }

    // Now, also while there is trouble. After an error everything is still kept.
    Result<void> commit();
    [[nodiscard]] bool isDurable() const { return m_statements.isEmpty(); }
    [[nodiscard]] QFuture<void> durable();
    [[nodiscard]] QFuture<void> settled();
    [[nodiscard]] qint64 changes() const { return m_changes; } // that succeeded so far

    [[nodiscard]] const std::optional<Error> &trouble() const { return m_trouble; }
    void onTroubleChanged(std::function<void()> function)
    {
        m_troubleChanged = std::move(function);
    }
    // Makes the reserve file, or sees that it is there; without room for it there is trouble.
    void keepReserve(qint64 bytes);
    // There is trouble from now on.
    void noteDamage(const Error &error);

private:
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> tryCommit();
    void endChange(bool succeeded, qsizetype mark);
    void undo(qsizetype mark);
    void block(const Error &error);
    void commitLater();
    void tryAgain();
    void emptyLog();
    void refreshTrouble();
    [[nodiscard]] bool makeReserve() const;
    [[nodiscard]] bool giveUpReserve();
    [[nodiscard]] Error fullDisk() const;

    Database &m_database;
    const QString m_reservePath;
    QList<Statement> m_statements; // successful and not committed
    bool m_open = false; // there is a transaction, with all of them
    bool m_commitPosted = false;
    qint64 m_changes = 0;
    std::vector<QPromise<void>> m_durable;
    std::vector<QPromise<void>> m_settled;

    std::optional<Error> m_damage;
    std::optional<Error> m_blocked; // the last attempt to begin or to commit failed
    qint64 m_reserveBytes = 0;
    bool m_lacksReserve = false;
    std::optional<Error> m_trouble; // the first of the above
    std::function<void()> m_troubleChanged;
    QTimer m_retryTimer; // while there is trouble
    QTimer m_idleTimer; // then the log goes into the database
};

} // namespace batchyard::executor
