// From Home to the finished replay with nothing faked: the window is driven by clicks, the executor
// is the built program, the containers run on a Docker daemon of the test's own.
#include "backend/client/executorprocess.h"
#include "backend/client/httpbatchservice.h"
#include "backend/client/samplemaze.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"
#include "ui/replay/replayview.h"
#include "ui/window/mainwindow.h"

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;

class TestEndToEnd : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const Result<void> started = m_engine.start();
        QVERIFY2(started, started ? "" : qPrintable(started.error().message));
        QVERIFY(m_home.isValid());
        qputenv("BATCHYARD_HOME", m_home.path().toLocal8Bit());
        qputenv("DOCKER_HOST", "unix://" + m_engine.socketPath().toLocal8Bit());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_home.path());

        const QString program = qEnvironmentVariable("BATCHYARD_PROGRAM");
        Paths paths;
        paths.state = m_home.path();
        paths.share = QFileInfo(program).absolutePath() + u"/../share/batchyard"_s;
        m_samples = paths.samples();
        m_process = std::make_unique<client::ExecutorProcess>(program, paths);
        m_service = std::make_unique<client::HttpBatchService>(u"Local"_s,
                                                               client::localEndpoint(*m_process));
        m_service->watch();
    }

    void cleanupTestCase()
    {
        m_service.reset();
        if (!m_process)
            return;
        const Result<client::LocalConnection> running = test::await(m_process->findRunning());
        if (running)
            ::kill(static_cast<pid_t>(running->pid), SIGTERM);
        m_process.reset();
    }

    void twoClicksToTheReplay()
    {
        const client::SampleMaze sample(m_samples);
        client::MazeOptions maze;
        maze.width = 24;
        maze.height = 12;
        maze.seed = 7;
        maze.stepDelayMs = 1;
        ui::WindowOptions options;
        options.sample = {sample.request(maze), [&] { return sample.run(*m_service, maze); }};
        options.theme = ui::Theme::Light;
        options.isRemembering = false;
        ui::MainWindow window(*m_service, options);
        window.resize(1280, 800);
        window.show();

        auto *run = window.findChild<QPushButton *>(u"runSampleButton"_s);
        QVERIFY(run);
        QTRY_VERIFY_WITH_TIMEOUT(run->isEnabled(), 30'000);
        QTest::mouseClick(run, Qt::LeftButton);
        QDialog *review = nullptr;
        QTRY_VERIFY((review = window.findChild<QDialog *>(u"sampleRunDialog"_s))
                    && review->isVisible());
        QTest::mouseClick(review->findChild<QPushButton *>(u"submitButton"_s), Qt::LeftButton);

        // The job's page opens by itself, and its replay once there is something to see.
        auto *tabs = window.findChild<QTabWidget *>(u"jobTabs"_s);
        QVERIFY(tabs);
        QTRY_VERIFY_WITH_TIMEOUT(tabs->isVisible(), 30'000);
        auto *replay = window.findChild<ui::ReplayView *>();
        QVERIFY(replay);
        QTRY_VERIFY_WITH_TIMEOUT(
            tabs->currentWidget()->isAncestorOf(replay) || tabs->currentWidget() == replay, 90'000);
        auto *verdict = replay->findChild<QLabel *>(u"replayVerdict"_s);
        QVERIFY(verdict);
        QTRY_VERIFY_WITH_TIMEOUT(verdict->text().startsWith(u"Solved in "_s), 90'000);

        const Result<QList<batch::JobSummary>> jobs = test::await(m_service->listJobs());
        QVERIFY(jobs);
        QCOMPARE(jobs->size(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(test::await(m_service->listJobs())->first().status
                                     == batch::JobStatus::Succeeded,
                                 60'000);
    }

private:
    test::PrivateEngine m_engine;
    QTemporaryDir m_home;
    QString m_samples;
    std::unique_ptr<client::ExecutorProcess> m_process;
    std::unique_ptr<client::HttpBatchService> m_service;
};

QTEST_MAIN(TestEndToEnd)
#include "tst_endtoend.moc"
