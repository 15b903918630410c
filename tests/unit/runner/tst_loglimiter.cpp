// The log files together stay below their limit: the oldest go first, none that is being written.
#include "backend/executor/runner/loglimiter.h"

#include "backend/logs/logfile.h"
#include "backend/logs/logwriter.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;

class TestLogLimiter : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }
    void leavesWhatFits();
    void emptiesTheOldest();
    void leavesWhatIsBeingWritten();
    void looksWhenTold();

private:
    [[nodiscard]] QString path(int job) const
    {
        return logs::logFilePath(m_directory->path(), QStringLiteral("job-%1").arg(job), 1, 0);
    }
    // The higher the job's number, the younger its file.
    void write(int job, qint64 bytes)
    {
        QVERIFY(QDir().mkpath(QFileInfo(path(job)).path()));
        QFile file(path(job));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(QByteArray(bytes, 'x')), bytes);
        QVERIFY(file.flush());
        QVERIFY(file.setFileTime(QDateTime::fromSecsSinceEpoch(1'000'000 + job),
                                 QFileDevice::FileModificationTime));
    }
    [[nodiscard]] qint64 size(int job) const { return QFileInfo(path(job)).size(); }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void TestLogLimiter::leavesWhatFits()
{
    write(1, 5000);
    write(2, 5000);
    QCOMPARE(shrinkLogs(m_directory->path(), 10'000), 10'000);
    QCOMPARE(size(1), 5000);
    QCOMPARE(shrinkLogs(m_directory->filePath(QStringLiteral("none")), 10), 0);
}

void TestLogLimiter::emptiesTheOldest()
{
    for (int job : {3, 1, 4, 2})
        write(job, 5000);
    QCOMPARE(shrinkLogs(m_directory->path(), 15'000), 10'000);
    const auto rest = logs::readForward(path(1), 0, 10, 10'000);
    QVERIFY(rest);
    QCOMPARE(rest->lines.size(), 1);
    QCOMPARE(rest->lines.first().text,
             QByteArray("[batchyard] 5000 bytes dropped: the logs of all jobs together are limited "
                        "to 15000 bytes."));
    QCOMPARE(rest->lines.first().time, logs::Timestamp(std::chrono::seconds(1'000'001)));
    QVERIFY(size(2) < 1000);
    QCOMPARE(size(3), 5000);
    QCOMPARE(size(4), 5000);
}

void TestLogLimiter::leavesWhatIsBeingWritten()
{
    const auto writer = logs::LogWriter::open(path(1));
    QVERIFY(writer);
    QVERIFY((*writer)->write(logs::Stream::Stdout, QByteArray(QByteArray(5000, 'x') + '\n'), {}));
    write(2, 5000);
    QCOMPARE(shrinkLogs(m_directory->path(), 4000), (*writer)->fileBytes());
    QVERIFY(size(1) > 5000);
    QVERIFY(size(2) < 1000);
}

void TestLogLimiter::looksWhenTold()
{
    write(1, 5000);
    LogLimiter limiter(m_directory->path(), 8000);
    limiter.added(5000); // the first time it counts
    QTRY_VERIFY(!limiter.isLooking());
    QCOMPARE(size(1), 5000);
    write(2, 5000);
    limiter.added(5000);
    QTRY_VERIFY(!limiter.isLooking());
    QTRY_VERIFY(size(1) < 1000);
    QCOMPARE(size(2), 5000);
}

QTEST_GUILESS_MAIN(TestLogLimiter)
#include "tst_loglimiter.moc"
