// Many jobs: finished ones cost nothing at the start, and every page comes from an index.
#include "backend/executor/store/database.h"
#include "tests/unit/store/storetesting.h"

#include <QTemporaryDir>

using namespace batchyard;
using namespace batchyard::executor;
using batch::JobStatus;

namespace {

QString readPlan(Row &row)
{
    row.number(); // id, parent, unused
    row.number();
    row.number();
    return row.text();
}

} // namespace

class TestStoreScale : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(m_directory.isValid());
        m_path = m_directory.filePath(QStringLiteral("executor.sqlite"));
        VERIFY_RESULT(Store::open(m_path));
        const auto database = Database::open(m_path);
        VERIFY_RESULT(database);
        VERIFY_RESULT((*database)->execute(QStringLiteral(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
            "INSERT INTO job (id, name, queue, definition_arn, status, status_reason, created_at,"
            " attempt, cancel_requested, terminate_requested, end_reason, request, definition) "
            "SELECT 'job-' || i, 'name', CASE i % 100 WHEN 0 THEN 'rare' ELSE 'q' END, 'arn',"
            " CASE i % 3 WHEN 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, '', i, 1, 0, 0, '', x'7b7d',"
            " x'7b7d' FROM n")));
    }

    void finishedJobsAreNotReadAtTheStart()
    {
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        VERIFY_RESULT((*store)->addJob(sampleJob(QStringLiteral("new"))));
        const auto active
            = (*store)->jobsInStates({JobStatus::Submitted, JobStatus::Pending, JobStatus::Runnable,
                                      JobStatus::Starting, JobStatus::Running});
        const auto attempts = (*store)->unfinishedAttempts();
        VERIFY_RESULT(active);
        VERIFY_RESULT(attempts);
        QCOMPARE(active->size(), 1);
        QCOMPARE(attempts->size(), 0);
    }

    void pagesAreWholeAndInOrder_data()
    {
        QTest::addColumn<QString>("queue");
        QTest::addColumn<QList<int>>("states");
        QTest::addColumn<int>("expected"); // of the first 10,000
        const QList<int> finished{static_cast<int>(JobStatus::Succeeded),
                                  static_cast<int>(JobStatus::Failed)};
        QTest::newRow("all") << QString() << finished << 10'000;
        QTest::newRow("one state") << QString() << finished.mid(1) << 10'000;
        QTest::newRow("a rare queue") << QStringLiteral("rare") << finished << 1000;
        QTest::newRow("a state of a rare queue")
            << QStringLiteral("rare") << finished.mid(1) << 333;
        QTest::newRow("no such queue") << QStringLiteral("none") << finished << 0;
    }

    void pagesAreWholeAndInOrder()
    {
        QFETCH(QString, queue);
        QFETCH(QList<int>, states);
        QFETCH(int, expected);
        const auto store = Store::open(m_path);
        VERIFY_RESULT(store);
        QList<JobStatus> wanted;
        for (const int state : states)
            wanted.append(static_cast<JobStatus>(state));
        int found = 0;
        qint64 before = 0;
        while (found < 10'000) {
            const auto page = (*store)->listJobs(queryOf(queue, wanted, before, 500));
            VERIFY_RESULT(page);
            for (const JobRecord &job : *page) {
                QVERIFY(before == 0 || job.sequence < before);
                QVERIFY(queue.isEmpty() || job.queue == queue);
                QVERIFY(wanted.contains(job.status));
                before = job.sequence;
            }
            found += static_cast<int>(page->size());
            if (page->size() < 500)
                break;
        }
        QCOMPARE(found, expected);
    }

    void everyLookUpUsesAnIndex_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::newRow("states") << QStringLiteral(
            "SELECT sequence FROM job WHERE status = 'FAILED' "
            "AND sequence < 9 ORDER BY sequence DESC LIMIT 5");
        QTest::newRow("queue and states") << QStringLiteral(
            "SELECT sequence FROM job WHERE queue = 'q' AND parent_id = '' AND status = 'FAILED' "
            "AND sequence < 9 ORDER BY sequence DESC LIMIT 5");
        QTest::newRow("unfinished attempts")
            << QStringLiteral("SELECT * FROM attempt WHERE cleaned = 0 ORDER BY created_at");
        QTest::newRow("past use of shares") << QStringLiteral(
            "SELECT job.queue, attempt.created_at FROM attempt CROSS JOIN job "
            "ON job.id = attempt.job_id WHERE attempt.share_vcpus > 0 AND attempt.stopped_at > 9");
        QTest::newRow("history") << QStringLiteral(
            "SELECT * FROM state_change WHERE job_id = 'x' ORDER BY number");
        QTest::newRow("log streams")
            << QStringLiteral("SELECT log_stream FROM container WHERE log_stream <> '' AND "
                              "log_stream >= 'a' AND log_stream < 'b' ORDER BY log_stream LIMIT 5");
    }

    void everyLookUpUsesAnIndex()
    {
        QFETCH(QString, sql);
        const auto database = Database::open(m_path);
        VERIFY_RESULT(database);
        const auto plan
            = (*database)->select(QStringLiteral("EXPLAIN QUERY PLAN ") + sql, {}, &readPlan);
        VERIFY_RESULT(plan);
        const QString text = plan->join(u'\n');
        QVERIFY2(text.contains(QStringLiteral("INDEX")), qPrintable(text));
        QVERIFY2(!text.contains(QStringLiteral("TEMP B-TREE")), qPrintable(text));
        QVERIFY2(!text.contains(QRegularExpression(QStringLiteral("SCAN (?!attempt USING INDEX)"))),
                 qPrintable(text));
    }

private:
    QTemporaryDir m_directory;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestStoreScale)
#include "tst_storescale.moc"
