#include "backend/executor/store/database.h"
#include "tests/unit/store/storetesting.h"

#include <QTemporaryDir>

using namespace batchyard;
using namespace batchyard::executor;

namespace {

batch::JobStatus readStatus(Row &row)
{
    return row.oneOf(&batch::jobStatus);
}

} // namespace

class TestDatabase : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        QVERIFY(m_directory->isValid());
        m_path = m_directory->filePath(QStringLiteral("test.sqlite"));
        m_database = open();
        QVERIFY(m_database);
        VERIFY_RESULT(m_database->execute(QStringLiteral("CREATE TABLE t (n INTEGER UNIQUE)")));
    }

    void safeguardsAreOn_data()
    {
        QTest::addColumn<QString>("pragma");
        QTest::addColumn<int>("value");
        QTest::newRow("functions of a foreign schema") << QStringLiteral("trusted_schema") << 0;
        QTest::newRow("cell sizes") << QStringLiteral("cell_size_check") << 1;
        QTest::newRow("references") << QStringLiteral("foreign_keys") << 1;
        QTest::newRow("committed is on the disk") << QStringLiteral("synchronous") << 2;
        QTest::newRow("patience") << QStringLiteral("busy_timeout") << 50;
    }

    void safeguardsAreOn()
    {
        QFETCH(QString, pragma);
        QFETCH(int, value);
        const auto found
            = m_database->selectOne(QStringLiteral("PRAGMA ") + pragma, {}, &readNumber);
        VERIFY_RESULT(found);
        QCOMPARE(found->value_or(-1), qint64(value));
    }

    void aTransactionIsAllOrNothing()
    {
        const auto failed = m_database->transact([&]() -> Result<void> {
            [&] { VERIFY_RESULT(insert(1)); }();
            return insert(1); // the same again
        });
        QVERIFY(!failed);
        QVERIFY(failed.error().code == ErrorCode::Conflict);
        QCOMPARE(count(), qint64(0));
        VERIFY_RESULT(m_database->transact([&] { return insert(1); }));
        QCOMPARE(count(), qint64(1));
    }

    void aLockedDatabaseIsSaidToBeLocked()
    {
        const auto other = open();
        VERIFY_RESULT(other->execute(QStringLiteral("BEGIN IMMEDIATE")));
        const Result<void> refused = m_database->transact([&] { return insert(1); });
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::Io);
        QVERIFY2(refused.error().message.contains(QStringLiteral("locked for 0.05 s")),
                 qPrintable(refused.error().message));
        VERIFY_RESULT(other->execute(QStringLiteral("COMMIT")));
        VERIFY_RESULT(m_database->transact([&] { return insert(1); }));
    }

    void aFullDiskIsSaidToBeFull()
    {
        VERIFY_RESULT(m_database->execute(QStringLiteral("CREATE TABLE large (b BLOB)")));
        const auto limited
            = m_database->selectOne(QStringLiteral("PRAGMA max_page_count = 10"), {}, &readNumber);
        VERIFY_RESULT(limited);
        const auto refused = m_database->transact([&]() -> Result<void> {
            return m_database
                ->execute(QStringLiteral("INSERT INTO large VALUES (?)"),
                          {QByteArray(100'000, 'x')})
                .map([](int) {});
        });
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::Io);
        QVERIFY2(
            refused.error().message.contains(QStringLiteral("is full, so nothing was written")),
            qPrintable(refused.error().message));
        VERIFY_RESULT(
            m_database->transact([&] { return insert(1); })); // goes on when there is room
    }

    void aReaderCannotWrite()
    {
        const auto reader = Database::open(m_path, Database::Access::ReadOnly);
        VERIFY_RESULT(reader);
        const auto refused = (*reader)->execute(QStringLiteral("INSERT INTO t VALUES (1)"));
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::Io);
    }

    void aValueOutOfItsSetIsDamage()
    {
        const auto read = m_database->select(QStringLiteral("SELECT 'RUNNYNG'"), {}, &readStatus);
        QVERIFY(!read);
        QVERIFY(read.error().code == ErrorCode::Protocol);
        QCOMPARE(read.error().detail, QStringLiteral("RUNNYNG"));
        const auto good = m_database->select(QStringLiteral("SELECT 'RUNNING'"), {}, &readStatus);
        VERIFY_RESULT(good);
    }

    void wrongSqlIsAnError()
    {
        for (const char *sql : {"SELECT", "SELECT * FROM nowhere", "INSERT INTO t VALUES (?, ?)"})
            QVERIFY(!m_database->execute(QString::fromLatin1(sql), {1, 2}));
    }

private:
    std::unique_ptr<Database> open() const
    {
        auto database
            = Database::open(m_path, Database::Access::ReadWrite, std::chrono::milliseconds(50));
        return database ? std::move(*database) : nullptr;
    }

    Result<void> insert(int number)
    {
        return m_database->execute(QStringLiteral("INSERT INTO t VALUES (?)"), {number})
            .map([](int) {});
    }

    qint64 count()
    {
        const auto count
            = m_database->selectOne(QStringLiteral("SELECT count(*) FROM t"), {}, &readNumber);
        return count ? count->value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
    std::unique_ptr<Database> m_database;
};

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
