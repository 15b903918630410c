// One executor per state directory, however many start at once and however they end.
#include "backend/executor/statelock.h"
#include "tests/unit/store/storetesting.h"

#include <QTemporaryDir>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::executor;

class TestStateLock : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_lock = m_directory->filePath(QStringLiteral("executor.lock"));
        m_database = m_directory->filePath(QStringLiteral("executor.sqlite"));
    }

    // F33. Winners stay until all have tried, so that none gets it after another.
    void oneOfTwentyWins()
    {
        for (int round = 0; round < 5; ++round) {
            const QByteArray told = start(20);
            QCOMPARE(told.size(), 20);
            QCOMPARE(told.count('w'), 1);
            QCOMPARE(told.count('c'), 19);
        }
    }

    void namesTheOneThatHasIt()
    {
        const auto held = StateLock::take(m_lock);
        VERIFY_RESULT(held);
        const auto second = StateLock::take(m_lock);
        QVERIFY(!second && second.error().code == ErrorCode::Conflict);
        QVERIFY(second.error().message.contains(QString::number(::getpid())));
    }

private:
    // What each of the processes says: w(on), c(onflict) or e(rror).
    QByteArray start(int count) const
    {
        int ends[2] = {-1, -1};
        int gate[2] = {-1, -1};
        if (::pipe(ends) != 0 || ::pipe(gate) != 0)
            return {};
        QList<pid_t> children;
        for (int i = 0; i < count; ++i) {
            const pid_t child = ::fork();
            if (child == 0)
                serve(gate, ends[1]);
            children.append(child);
        }
        ::close(ends[1]);
        ::close(gate[0]);
        ::close(gate[1]); // all go
        QByteArray told;
        char byte = 0;
        while (told.size() < count && ::read(ends[0], &byte, 1) == 1)
            told.append(byte);
        for (const pid_t child : children) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
        ::close(ends[0]);
        return told;
    }

    // As an executor starts: the lock, then the database.
    [[noreturn]] void serve(const int (&gate)[2], int tell) const
    {
        ::close(gate[1]);
        char byte = 0;
        static_cast<void>(!::read(gate[0], &byte, 1));
        const auto lock = StateLock::take(m_lock);
        char said = lock ? 'w' : lock.error().code == ErrorCode::Conflict ? 'c' : 'e';
        const auto store = lock ? Store::open(m_database) : failure(ErrorCode::Conflict, {});
        if (lock && !store)
            said = 'e';
        static_cast<void>(!::write(tell, &said, 1));
        ::pause();
        ::_exit(1);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_lock;
    QString m_database;
};

QTEST_GUILESS_MAIN(TestStateLock)
#include "tst_statelock.moc"
