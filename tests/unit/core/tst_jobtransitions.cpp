#include "backend/executor/core/jobtransitions.h"

#include <QTest>

using namespace batchyard;
using batch::JobStatus;

class TestJobTransitions : public QObject
{
    Q_OBJECT

private slots:
    // One line for each status a job leaves, one column for each it enters, in the order of the
    // enum.
    void table_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<QString>("allowed");
        const char *const rows[] = {
            "-PR---F", // SUBMITTED
            "--R--UF", // PENDING
            "---S--F", // RUNNABLE
            "--R-N-F", // STARTING
            "--R--UF", // RUNNING
            "-------", // SUCCEEDED
            "-------", // FAILED
        };
        for (int from = 0; from < batch::jobStatusCount; ++from)
            QTest::newRow(qPrintable(toString(static_cast<JobStatus>(from))))
                << from << QString::fromLatin1(rows[from]);
    }

    void table()
    {
        QFETCH(int, from);
        QFETCH(QString, allowed);
        for (int to = 0; to < batch::jobStatusCount; ++to)
            QCOMPARE(executor::core::isLegalTransition(static_cast<JobStatus>(from),
                                                       static_cast<JobStatus>(to)),
                     allowed[to] != u'-');
    }
};

QTEST_GUILESS_MAIN(TestJobTransitions)
#include "tst_jobtransitions.moc"
