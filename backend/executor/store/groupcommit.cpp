#include "backend/executor/store/groupcommit.h"

#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QStorageInfo>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcStore, "batchyard.store")

namespace {

using namespace std::chrono_literals;

constexpr auto retryTime = 1s;
constexpr auto idleTime = 2s;

QFuture<void> futureOf(std::vector<QPromise<void>> &promises, bool isReady)
{
    QPromise<void> promise;
    promise.start();
    QFuture<void> future = promise.future();
    if (isReady)
        promise.finish();
    else
        promises.push_back(std::move(promise));
    return future;
}

void finishAll(std::vector<QPromise<void>> &promises)
{
    for (QPromise<void> &promise : std::exchange(promises, {}))
        promise.finish();
}

} // namespace

GroupCommit::GroupCommit(Database &database)
    : m_database(database)
    , m_reservePath(database.path() + QStringLiteral(".reserve"))
{
    m_retryTimer.setInterval(retryTime);
    m_idleTimer.setSingleShot(true);
    m_idleTimer.setInterval(idleTime);
    connect(&m_retryTimer, &QTimer::timeout, this, &GroupCommit::tryAgain);
    connect(&m_idleTimer, &QTimer::timeout, this, &GroupCommit::emptyLog);
}

QFuture<void> GroupCommit::durable()
{
    return futureOf(m_durable, isDurable());
}

QFuture<void> GroupCommit::settled()
{
    return futureOf(m_settled, isDurable() || m_blocked);
}

// While blocked only tryAgain() tries: each attempt could wait for a lock.
Result<void> GroupCommit::open()
{
    m_database.clearFailure();
    if (m_open)
        return {};
    if (m_blocked)
        return tl::unexpected(*m_blocked);
    const Result<void> begun = begin();
    if (!begun)
        block(begun.error());
    return begun;
}

Result<void> GroupCommit::begin()
{
    if (const auto begun = m_database.execute(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return tl::unexpected(begun.error());
    for (const Statement &statement : std::as_const(m_statements)) {
        if (const auto done = m_database.execute(statement.sql, statement.values); !done) {
            m_database.rollBack();
            return tl::unexpected(done.error());
        }
    }
    m_open = true;
    return {};
}

void GroupCommit::endChange(bool succeeded, qsizetype mark)
{
    if (!succeeded || m_statements.isEmpty())
        undo(mark);
    if (succeeded)
        ++m_changes;
    if (!m_statements.isEmpty())
        commitLater();
}

// To where `mark` statements had succeeded.
void GroupCommit::undo(qsizetype mark)
{
    const Database::Failure failure = m_database.lastFailure();
    if (failure == Database::Failure::Damage)
        noteDamage(m_database.damaged({}));
    // With the statement that failed SQLite may have undone the whole transaction.
    const bool isWhole
        = failure == Database::Failure::None || failure == Database::Failure::Contradiction;
    if (isWhole && m_statements.size() == mark && mark > 0)
        return;
    m_statements.resize(mark);
    m_database.rollBack();
    m_open = false;
    if (mark == 0)
        return;
    if (const auto begun = begin(); !begun)
        block(begun.error());
}

void GroupCommit::commitLater()
{
    if (m_commitPosted)
        return;
    m_commitPosted = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_commitPosted = false;
            if (!m_blocked)
                static_cast<void>(commit());
        },
        Qt::QueuedConnection);
}

Result<void> GroupCommit::commit()
{
    if (isDurable())
        return {};
    Result<void> done = tryCommit();
    if (!done && m_database.lastFailure() != Database::Failure::Busy && giveUpReserve())
        done = tryCommit();
    if (done) {
        m_blocked.reset();
        refreshTrouble();
        m_idleTimer.start();
        finishAll(m_durable);
    } else {
        const Database::Failure failure = m_database.lastFailure();
        block(failure == Database::Failure::Full ? fullDisk() : done.error());
        // So that reads see what is to be written.
        if (failure != Database::Failure::Busy)
            static_cast<void>(begin());
    }
    finishAll(m_settled);
    return done;
}

Result<void> GroupCommit::tryCommit()
{
    if (!m_open) {
        if (const auto begun = begin(); !begun)
            return begun;
    }
    const auto committed = m_database.execute(QStringLiteral("COMMIT"));
    m_open = false;
    if (!committed) {
        m_database.rollBack();
        return tl::unexpected(committed.error());
    }
    m_statements.clear();
    return {};
}

void GroupCommit::tryAgain()
{
    m_database.setBusyTimeout(0ms);
    if (!m_statements.isEmpty()) {
        static_cast<void>(commit());
    } else if (m_blocked) {
        const auto begun = begin();
        m_database.rollBack();
        m_open = false;
        m_blocked = begun ? std::nullopt : std::optional(begun.error());
    }
    m_database.setBusyTimeout(Database::defaultBusyTimeout);
    if (!m_blocked && m_lacksReserve)
        m_lacksReserve = !makeReserve();
    refreshTrouble();
}

// Also keeps the log from staying as long as a burst has made it. A failure does no harm; whoever
// still reads in it (a backup, another program) is not waited for.
void GroupCommit::emptyLog()
{
    if (m_open)
        return;
    m_database.setBusyTimeout(0ms);
    const auto isBusy
        = m_database.selectOne(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"), {}, &readNumber);
    m_database.setBusyTimeout(Database::defaultBusyTimeout);
    if (isBusy && isBusy->value_or(0) != 0)
        m_idleTimer.start();
}

void GroupCommit::block(const Error &error)
{
    m_blocked = error;
    refreshTrouble();
}

void GroupCommit::refreshTrouble()
{
    std::optional<Error> trouble = m_damage ? m_damage : m_blocked;
    if (!trouble && m_lacksReserve)
        trouble = fullDisk();
    if (m_blocked || m_lacksReserve) {
        if (!m_retryTimer.isActive())
            m_retryTimer.start();
    } else {
        m_retryTimer.stop();
    }
    const bool isNew = trouble.has_value() != m_trouble.has_value();
    m_trouble = std::move(trouble);
    if (!isNew)
        return;
    if (m_trouble)
        qCWarning(lcStore).noquote() << m_trouble->message << m_trouble->detail;
    else
        qCInfo(lcStore).noquote() << m_database.path() << "is written to again.";
    if (m_troubleChanged)
        m_troubleChanged();
}

void GroupCommit::noteDamage(const Error &error)
{
    m_damage = error;
    refreshTrouble();
}

void GroupCommit::keepReserve(qint64 bytes)
{
    m_reserveBytes = bytes;
    m_lacksReserve = !makeReserve();
    refreshTrouble();
}

bool GroupCommit::makeReserve() const
{
    const QByteArray path = QFile::encodeName(m_reservePath);
    const int descriptor
        = ::open(path.constData(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return false;
    const bool isThere = ::posix_fallocate(descriptor, 0, m_reserveBytes) == 0;
    ::close(descriptor);
    if (!isThere)
        ::unlink(path.constData());
    return isThere;
}

// False: there is none to give up.
bool GroupCommit::giveUpReserve()
{
    if (m_reserveBytes == 0 || m_lacksReserve)
        return false;
    m_lacksReserve = ::unlink(QFile::encodeName(m_reservePath).constData()) == 0;
    return m_lacksReserve;
}

Error GroupCommit::fullDisk() const
{
    const qint64 available = QStorageInfo(QFileInfo(m_database.path()).path()).bytesAvailable();
    return {ErrorCode::Io,
            QStringLiteral("The disk of %1 is full (%2 bytes are free). Nothing new is accepted or "
                           "started until there is space; this goes on by itself then.")
                .arg(m_database.path(), QString::number(available)),
            {}};
}

} // namespace batchyard::executor
