// F30: what the real program had written last is gone. It starts no job a second time: it says what
// is missing, and is made whole from the containers that run.
#include "tests/docker/campaign/programtest.h"
#include "tests/support/text.h"

#include <QFile>

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;

class TestProgramRecovery : public ProgramTest
{
    Q_OBJECT
private slots:
    void F30_writeAheadLogDeleted();
};

void TestProgramRecovery::F30_writeAheadLogDeleted()
{
    const QString id = submit(submission(
        "counter", "single",
        {{"main", "trap 'exit 4' TERM; i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), text("RUNNING"), limitMs);
    m_executor->kill();
    QVERIFY(QFile::remove(m_paths.database() + text("-wal")));

    m_executor->start();
    QTRY_VERIFY_WITH_TIMEOUT(m_executor->hasEndedByItself(), limitMs);
    QVERIFY2(m_executor->logTail().contains(text("lacks what was written last")),
             qPrintable(m_executor->logTail()));

    m_executor->start({text("--recover")});
    QTRY_VERIFY2_WITH_TIMEOUT(m_executor->isServing(), qPrintable(m_executor->logTail()), limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), text("RUNNING"), limitMs);
    killAndServe(); // whole again: it starts as ever
    QCOMPARE(status(id), text("RUNNING"));
    QTRY_VERIFY_WITH_TIMEOUT(lines(id, "main").size() > 10, limitMs);
    QVERIFY(m_api->call("TerminateJob", {{"jobId", id.toStdString()}, {"reason", "seen"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), text("FAILED"), limitMs);
    QCOMPARE(m_recorder->histories().value({id, 1, text("main")}).starts, 1);
    const QStringList printed = lines(id, "main");
    for (int i = 0; i < printed.size(); ++i)
        QCOMPARE(printed.at(i), QString::number(i + 1));
}

QTEST_GUILESS_MAIN(TestProgramRecovery)
#include "tst_programrecovery.moc"
