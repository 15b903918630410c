// JobPageModel: states with times, the headline of every kind of end, logs and replay.
#include "models/console/jobpagemodel.h"

#include "tests/support/service/fakebatchservice.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::JobStatus;
using models::JobHeadline;
using models::JobPageModel;
using test::FakeBatchService;

class tst_JobPageModel : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_service = std::make_unique<FakeBatchService>();
        m_service->addSamples();
        m_model = std::make_unique<JobPageModel>(*m_service, JobPageModel::Logs::Read);
        m_id = m_service->addJob(u"maze"_s, *m_service->definitions.first().task());
    }
    void cleanup() { m_model.reset(); }

    void stepsHaveTimes()
    {
        for (int state = 1; state <= static_cast<int>(JobStatus::Running); ++state)
            m_service->moveJob(m_id, static_cast<JobStatus>(state));
        show();
        const auto steps = m_model->steps();
        QCOMPARE(steps.size(), 6);
        for (int i = 0; i < 5; ++i)
            QVERIFY(steps.at(i).enteredAt.has_value());
        QVERIFY(steps.at(4).isCurrent);
        QVERIFY(!steps.at(4).leftAt);
        QCOMPARE(steps.at(0).leftAt, steps.at(1).enteredAt);
        QVERIFY(!steps.at(5).enteredAt);
        m_service->moveJob(m_id, JobStatus::Failed);
        QTRY_VERIFY(m_model->steps().last().status == JobStatus::Failed);
        QTRY_VERIFY(m_model->steps().last().enteredAt.has_value());
    }

    void aRetryGoesBackToRunnable()
    {
        start();
        m_service->retryJob(m_id, u"Essential container in task exited"_s);
        show();
        QTRY_VERIFY(m_model->detail()->status == JobStatus::Runnable);
        const auto steps = m_model->steps();
        QVERIFY(steps.at(2).isCurrent);
        QVERIFY(!steps.at(3).enteredAt); // not reached in this attempt
        QVERIFY(!steps.at(4).enteredAt);
    }

    void headlines_data()
    {
        QTest::addColumn<QString>("scene");
        QTest::addColumn<JobHeadline::Kind>("kind");
        QTest::addColumn<QString>("text");
        using Kind = JobHeadline::Kind;
        QTest::newRow("waiting") << u"waiting"_s << Kind::Waiting
                                 << u"Waiting: Needs 4 vCPU, 2 are free."_s;
        QTest::newRow("running") << u"running"_s << Kind::Running << u"The job is running."_s;
        QTest::newRow("succeeded") << u"succeeded"_s << Kind::Good << u"The job succeeded after"_s;
        QTest::newRow("exit code")
            << u"exit"_s << Kind::Bad << u"Container agent ended with exit code 3."_s;
        QTest::newRow("out of memory") << u"oom"_s << Kind::Bad
                                       << u"Container agent ended with exit code 137. "
                                          u"OutOfMemoryError: Container killed due to "
                                          "memory usage"_s;
        QTest::newRow("never started")
            << u"image"_s << Kind::Bad
            << u"Container agent did not run to its end. CannotPullContainerError: no such image"_s;
        QTest::newRow("terminated")
            << u"terminated"_s << Kind::Bad << u"The job was terminated: enough"_s;
        QTest::newRow("cancelled")
            << u"cancelled"_s << Kind::Bad << u"The job was cancelled: enough"_s;
        QTest::newRow("timeout") << u"timeout"_s << Kind::Bad
                                 << u"The job failed: Job attempt duration exceeded timeout"_s;
    }

    void headlines()
    {
        QFETCH(const QString, scene);
        QFETCH(const JobHeadline::Kind, kind);
        QFETCH(const QString, text);
        play(scene);
        show();
        QTRY_COMPARE(m_model->headline().kind, kind);
        QTRY_VERIFY2(m_model->headline().text.startsWith(text),
                     qPrintable(m_model->headline().text));
    }

    void failureShowsTheLastErrorLines()
    {
        start();
        QStringList lines;
        for (int i = 0; i < 9; ++i)
            lines.append(u"ERROR %1"_s.arg(i));
        m_service->log(m_id, u"agent"_s, lines, batch::LogLine::Stream::Stderr);
        m_service->log(m_id, u"agent"_s, {u"normal"_s});
        m_service->endContainer(m_id, u"agent"_s, 1, true);
        m_service->moveJob(m_id, JobStatus::Failed);
        show();
        QTRY_COMPARE(m_model->headline().lastErrorLines, lines.mid(4));
    }

    void attemptsAreCounted()
    {
        m_service->job(m_id)->retryStrategy = batch::RetryStrategy{3, {}, {}};
        start();
        m_service->retryJob(m_id, u"x"_s);
        start();
        show();
        QTRY_COMPARE(m_model->headline().explanation, u"Attempt 2 of 3"_s);
    }

    void findsTheMaze()
    {
        QSignalSpy found(m_model.get(), &JobPageModel::mazeFound);
        show();
        QVERIFY(!m_model->hasMaze());
        m_service->playMaze(m_id);
        QTRY_COMPARE(found.size(), 1);
        QTRY_VERIFY(m_model->logsAreComplete());
        QVERIFY(m_model->replay().isFinished());
        QVERIFY(m_model->headline().text.contains(u"Solved"_s));
        QCOMPARE(m_model->containers().rowCount(), 2);
        QCOMPARE(found.size(), 1);
    }

    // A second attempt begins its own replay.
    void replayShowsTheNewestAttempt()
    {
        start();
        m_service->log(m_id, u"agent"_s, {u"SIZE {'width': 9, 'height': 9}"_s});
        show();
        QTRY_COMPARE(m_model->replay().log().size(), QSize(9, 9));
        m_service->retryJob(m_id, u"x"_s);
        start();
        m_service->log(m_id, u"agent"_s, {u"SIZE {'width': 5, 'height': 4}"_s});
        QTRY_COMPARE(m_model->replay().log().size(), QSize(5, 4));
    }

    void anotherJobForgetsTheFirst()
    {
        start();
        m_service->log(m_id, u"agent"_s, {u"of the first"_s});
        show();
        QTRY_COMPARE(m_model->logs().lineCount(), 1);
        const QString other = m_service->addJob(u"other"_s, {});
        m_model->setJob(other);
        QCOMPARE(m_model->logs().lineCount(), 0);
        QTRY_VERIFY(m_model->detail().has_value());
        QCOMPARE(m_model->detail()->jobName, u"other"_s);
        m_service->log(m_id, u"agent"_s, {u"late"_s});
        QTest::qWait(50);
        QCOMPARE(m_model->logs().lineCount(), 0);
    }

    void worksWithoutTheExtension()
    {
        m_service->failNext(u"jobLiveView"_s,
                            {ErrorCode::Unsupported, u"AWS has no such call."_s, {}});
        start();
        m_service->endContainer(m_id, u"agent"_s, 3);
        m_service->moveJob(m_id, JobStatus::Failed, u"Essential container in task exited"_s);
        show();
        QTRY_COMPARE(m_model->headline().text, u"Container agent ended with exit code 3."_s);
        QVERIFY(m_model->steps().last().enteredAt.has_value());
        QCOMPARE(m_service->calls.filter(u"jobLiveView"_s).size(), 1);
    }

    void previewLeavesTheLogs()
    {
        start();
        m_service->log(m_id, u"agent"_s, {u"x"_s});
        JobPageModel preview(*m_service, JobPageModel::Logs::Leave);
        preview.setJob(m_id);
        QTRY_VERIFY(preview.detail().has_value());
        QTest::qWait(50);
        QVERIFY(m_service->calls.filter(u"getLogEvents"_s).isEmpty());
    }

private:
    void show()
    {
        m_model->setJob(m_id);
        QTRY_VERIFY(m_model->detail().has_value() && !m_model->live().history.isEmpty());
    }
    void start()
    {
        m_service->moveJob(m_id, JobStatus::Starting);
        m_service->moveJob(m_id, JobStatus::Running);
    }
    void play(const QString &scene)
    {
        if (scene == u"waiting") {
            m_service->moveJob(m_id, JobStatus::Runnable, u"Needs 4 vCPU, 2 are free."_s);
            return;
        }
        if (scene == u"cancelled") {
            m_service->job(m_id)->isCancelled = true;
            m_service->moveJob(m_id, JobStatus::Failed, u"enough"_s);
            return;
        }
        start();
        if (scene == u"running")
            return;
        if (scene == u"succeeded") {
            m_service->endContainer(m_id, u"agent"_s, 0, true);
            m_service->moveJob(m_id, JobStatus::Succeeded, u"Essential container in task exited"_s);
        } else if (scene == u"exit") {
            m_service->endContainer(m_id, u"agent"_s, 3, true);
            m_service->moveJob(m_id, JobStatus::Failed, u"Essential container in task exited"_s);
        } else if (scene == u"oom") {
            m_service->endContainer(m_id, u"agent"_s, 137, true,
                                    u"OutOfMemoryError: Container killed due to memory usage"_s);
            m_service->moveJob(m_id, JobStatus::Failed, u"Essential container in task exited"_s);
        } else if (scene == u"image") {
            batch::ContainerLiveState state;
            state.name = u"agent"_s;
            state.phase = batch::ContainerPhase::Stopped;
            state.reason = u"CannotPullContainerError: no such image"_s;
            m_service->setContainer(m_id, state);
            m_service->moveJob(m_id, JobStatus::Failed, u"Task failed to start"_s);
        } else if (scene == u"terminated") {
            m_service->job(m_id)->isTerminated = true;
            m_service->moveJob(m_id, JobStatus::Failed, u"enough"_s);
        } else if (scene == u"timeout") {
            for (auto &state : m_service->live(m_id)->containers) {
                state.phase = batch::ContainerPhase::Stopped;
                state.stoppedByBatch = true;
                state.exitCode = 143;
            }
            m_service->moveJob(m_id, JobStatus::Failed, u"Job attempt duration exceeded timeout"_s);
        }
    }

    std::unique_ptr<FakeBatchService> m_service;
    std::unique_ptr<JobPageModel> m_model;
    QString m_id;
};

QTEST_GUILESS_MAIN(tst_JobPageModel)
#include "tst_jobpagemodel.moc"
