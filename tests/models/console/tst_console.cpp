// Console: lists kept fresh with few calls, the engine, the sentence on the jobs.
#include "models/console/console.h"

#include "tests/support/service/fakebatchservice.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::JobStatus;
using models::Console;
using test::FakeBatchService;

class tst_Console : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_service = std::make_unique<FakeBatchService>();
        m_service->addSamples();
        m_console = std::make_unique<Console>(*m_service);
    }
    void cleanup() { m_console.reset(); }

    void readsEverythingOnce()
    {
        QVERIFY(!m_console->isLoaded(Console::Jobs));
        m_console->start();
        QTRY_VERIFY(allLoaded());
        QCOMPARE(m_console->definitions().rowCount(), 1);
        QCOMPARE(m_console->queues().rowCount(), 1);
        QCOMPARE(m_console->environments().rowCount(), 1);
        QTRY_VERIFY(m_console->engine().has_value());
        QVERIFY(m_console->engine()->reachable);
        QCOMPARE(m_service->calls.count(u"listJobs"_s), 1);
    }

    void manyChangesCostFewCalls()
    {
        m_console->start();
        QTRY_VERIFY(allLoaded());
        m_service->calls.clear();
        for (int i = 0; i < 200; ++i)
            m_service->addJob(u"job %1"_s.arg(i), {});
        QTRY_COMPARE(m_console->jobs().rowCount(), 200);
        QVERIFY2(m_service->calls.count(u"listJobs"_s) <= 5,
                 qPrintable(QString::number(m_service->calls.count(u"listJobs"_s))));
    }

    void followsResources()
    {
        m_console->start();
        QTRY_VERIFY(allLoaded());
        m_service->queues.clear();
        m_service->announceResources();
        QTRY_COMPARE(m_console->queues().rowCount(), 0);
    }

    void reportsAFailureOnce()
    {
        QSignalSpy failed(m_console.get(), &Console::failed);
        for (int i = 0; i < 3; ++i)
            m_service->failNext(u"listJobs"_s, {ErrorCode::Protocol, u"No valid answer."_s, {}});
        m_console->start();
        QTRY_COMPARE(failed.size(), 1);
        m_console->refresh();
        QTRY_COMPARE(m_service->calls.count(u"listJobs"_s), 2);
        m_console->refresh();
        QTRY_COMPARE(m_service->calls.count(u"listJobs"_s), 3);
        m_console->refresh();
        QTRY_VERIFY(m_console->isLoaded(Console::Jobs));
        QCOMPARE(failed.size(), 1);
    }

    void readsAgainWhenTheServiceIsBack()
    {
        QSignalSpy failed(m_console.get(), &Console::failed);
        m_service->setUnreachable(u"Nobody answers."_s);
        m_console->start();
        QVERIFY(QTest::qWaitFor([this] { return m_service->calls.size() >= 5; }));
        QVERIFY(!m_console->isReachable());
        QCOMPARE(m_console->reachabilityProblem(), u"Nobody answers."_s);
        m_service->setReachable();
        QTRY_VERIFY(allLoaded());
        QVERIFY(m_console->isReachable());
        QCOMPARE(failed.size(), 0); // told by reachabilityChanged alone
    }

    void sumsUpTheJobs_data()
    {
        QTest::addColumn<QList<JobStatus>>("jobs");
        QTest::addColumn<QString>("summary");
        using Jobs = QList<JobStatus>;
        QTest::newRow("none") << Jobs{} << u"No job is running"_s;
        QTest::newRow("ended") << Jobs{JobStatus::Succeeded, JobStatus::Failed}
                               << u"No job is running"_s;
        QTest::newRow("running") << Jobs{JobStatus::Running, JobStatus::Starting} << u"2 running"_s;
        QTest::newRow("waiting") << Jobs{JobStatus::Running, JobStatus::Runnable}
                                 << u"1 running · 1 waiting: Needs 4 vCPU, 2 are free."_s;
    }

    void sumsUpTheJobs()
    {
        QFETCH(const QList<JobStatus>, jobs);
        QFETCH(const QString, summary);
        for (const JobStatus status : jobs) {
            const QString id = m_service->addJob(u"job"_s, {});
            m_service->moveJob(id, status,
                               status == JobStatus::Runnable ? u"Needs 4 vCPU, 2 are free."_s
                                                             : QString());
        }
        m_console->start();
        QTRY_VERIFY(allLoaded());
        QCOMPARE(m_console->jobsSummary(), summary);
    }

    void mayGoWhileAnswersAreOnTheirWay()
    {
        m_service->delayMs = 20;
        m_console->start();
        m_console.reset();
        QTest::qWait(60);
    }

private:
    [[nodiscard]] bool allLoaded() const
    {
        for (int list = 0; list < Console::ListCount; ++list) {
            if (!m_console->isLoaded(static_cast<Console::List>(list)))
                return false;
        }
        return true;
    }

    std::unique_ptr<FakeBatchService> m_service;
    std::unique_ptr<Console> m_console;
};

QTEST_GUILESS_MAIN(tst_Console)
#include "tst_console.moc"
