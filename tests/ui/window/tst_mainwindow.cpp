// The window as a person uses it, by clicks and by keys: jobs, the other lists, the world outside.
#include "tests/ui/window/windowfixture.h"
#include "ui/logs/logpane.h"
#include "ui/pages/jobpage.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <ctime>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::JobStatus;
using test::WindowFixture;
using ui::MainWindow;

class tst_MainWindow : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_fixture = std::make_unique<WindowFixture>(); }
    void cleanup() { m_fixture.reset(); }

    // ---- From Home to the finished replay

    void twoClicksToTheReplay()
    {
        playSubmitted();
        m_fixture->open();
        QTest::mouseClick(find<QPushButton>(u"runSampleButton"_s), Qt::LeftButton);
        auto *dialog = openDialog(u"sampleRunDialog"_s);
        QTest::mouseClick(dialog->findChild<QPushButton *>(u"submitButton"_s), Qt::LeftButton);
        checkReplayFinishes();
    }

    void twoKeysToTheReplay()
    {
        playSubmitted();
        MainWindow &window = m_fixture->open();
        QTRY_COMPARE(QApplication::focusWidget(), find<QPushButton>(u"runSampleButton"_s));
        QTest::keyClick(&window, Qt::Key_Return);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_VERIFY(window.shownWidget() != &window || page() == u"jobPage");
        auto *dialog = window.findChild<QDialog *>(u"sampleRunDialog"_s);
        if (dialog)
            QTest::keyClick(dialog, Qt::Key_Return);
        checkReplayFinishes();
    }

    void submitErrorKeepsTheReview()
    {
        m_fixture->open();
        m_fixture->service().failNext(
            u"submitJob"_s, {ErrorCode::InvalidInput, u"jobName is too long."_s, u"detail"_s});
        QTest::mouseClick(find<QPushButton>(u"runSampleButton"_s), Qt::LeftButton);
        auto *dialog = openDialog(u"sampleRunDialog"_s);
        auto *submit = dialog->findChild<QPushButton *>(u"submitButton"_s);
        QTest::mouseClick(submit, Qt::LeftButton);
        auto *message = dialog->findChild<QLabel *>(u"errorMessage"_s);
        QTRY_COMPARE(message->text(), u"jobName is too long."_s);
        QVERIFY(message->isVisible());
        QTRY_VERIFY(submit->isEnabled());
        QTest::mouseClick(dialog->findChild<QPushButton *>(u"errorCopy"_s), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"jobName is too long.\ndetail"_s);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!m_fixture->window().findChild<QDialog *>(u"sampleRunDialog"_s));
    }

    // ---- Jobs

    void logIsOneKeyFromARow()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
        auto *table = find<QTableView>(u"jobsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 12);
        QTest::keyClick(table, Qt::Key_L);
        QTRY_COMPARE(page(), u"jobPage"_s);
        QCOMPARE(tabs()->currentIndex(), 1);
        QTRY_VERIFY(window.findChild<ui::JobPage *>()->model().logs().rowCount() > 300);
        QCOMPARE(QApplication::focusWidget(), window.findChild<ui::LogPane *>());
    }

    void stopMakesTheRightCall_data()
    {
        QTest::addColumn<JobStatus>("status");
        QTest::addColumn<QString>("call");
        QTest::newRow("submitted") << JobStatus::Submitted << u"cancelJob"_s;
        QTest::newRow("pending") << JobStatus::Pending << u"cancelJob"_s;
        QTest::newRow("runnable") << JobStatus::Runnable << u"cancelJob"_s;
        QTest::newRow("starting") << JobStatus::Starting << u"terminateJob"_s;
        QTest::newRow("running") << JobStatus::Running << u"terminateJob"_s;
        QTest::newRow("succeeded") << JobStatus::Succeeded << QString();
        QTest::newRow("failed") << JobStatus::Failed << QString();
    }

    void stopMakesTheRightCall()
    {
        QFETCH(const JobStatus, status);
        QFETCH(const QString, call);
        auto &service = m_fixture->service();
        const QString id = service.addJob(u"one"_s, *service.definitions.first().task());
        service.moveJob(id, status);
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
        auto *table = find<QTableView>(u"jobsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTRY_VERIFY(table->selectionModel()->hasSelection());
        QTest::keyClick(table, Qt::Key_Delete);
        if (call.isEmpty()) {
            QVERIFY(!window.findChild<QDialog *>(u"confirmDialog"_s));
            return;
        }
        auto *dialog = openDialog(u"confirmDialog"_s);
        const QString said = dialog->findChild<QLabel *>(u"confirmText"_s)->text();
        QVERIFY(said.contains(call == u"cancelJob" ? u"CancelJob"_s : u"TerminateJob"_s));
        auto *reason = dialog->findChild<QLineEdit *>(u"reasonField"_s);
        reason->clear();
        QVERIFY(!dialog->findChild<QPushButton *>(u"confirmButton"_s)->isEnabled());
        QTest::keyClicks(reason, u"no longer needed"_s);
        QTest::keyClick(reason, Qt::Key_Return);
        QTRY_VERIFY(service.calls.contains(call % u' ' % id));
        QTRY_COMPARE(service.job(id)->statusReason, u"no longer needed"_s);
    }

    void filtersCombineAndAreRemembered()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
        auto *table = find<QTableView>(u"jobsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 12);
        QTest::mouseClick(find<QPushButton>(u"jobsChip-failed"_s), Qt::LeftButton);
        QTest::mouseClick(find<QPushButton>(u"jobsChip-running"_s), Qt::LeftButton);
        QCOMPARE(table->model()->rowCount(), 2);
        QTest::keyClicks(find<QLineEdit>(u"jobsFilter"_s), u"wall"_s);
        QCOMPARE(table->model()->rowCount(), 1);

        m_fixture->open();
        table = find<QTableView>(u"jobsTable"_s);
        QCOMPARE(page(), u"jobsPage"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QCOMPARE(find<QLineEdit>(u"jobsFilter"_s)->text(), u"wall"_s);
        find<QLineEdit>(u"jobsFilter"_s)->setText(u"nothing has this name"_s);
        QCOMPARE(table->model()->rowCount(), 0);
        for (auto *button : m_fixture->window().findChildren<QPushButton *>(u"emptyPrimary"_s)) {
            if (button->isVisible())
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QTRY_COMPARE(table->model()->rowCount(), 12);
    }

    void failedJobSaysWhy()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        window.goTo({u"job"_s, m_fixture->failed, u"overview"_s});
        auto *headline
            = m_fixture->find<QWidget>(u"jobPage"_s)->findChild<QWidget *>(u"jobHeadline"_s);
        QTRY_COMPARE(headline->findChild<QLabel *>(u"headlineText"_s)->text(),
                     u"Container agent ended with exit code 2."_s);
        QTRY_VERIFY(find<QLabel>(u"errorLines"_s)->text().contains(u"giving up after 10 tries"_s));
        QVERIFY(find<QLabel>(u"errorLines"_s)->isVisible());
    }

    void changesFromElsewhereAppear()
    {
        MainWindow &window = m_fixture->open();
        QTRY_VERIFY(window.console().isLoaded(models::Console::Jobs));
        auto &service = m_fixture->service();
        service.addJob(u"from the command line"_s, *service.definitions.first().task());
        QTRY_COMPARE_WITH_TIMEOUT(window.console().jobs().rowCount(), 1, 2000);
    }

    // ---- Other lists by keyboard

    void deregisterByKeyboard()
    {
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
        auto *table = find<QTableView>(u"definitionsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTest::keyClick(table, Qt::Key_Delete);
        QTest::keyClick(openDialog(u"confirmDialog"_s), Qt::Key_Return);
        QTRY_VERIFY(m_fixture->service().calls.contains(u"deregisterJobDefinition maze:1"_s));
        QTRY_COMPARE(table->model()->rowCount(), 0);
    }

    void disableAndDeleteAQueueByKeyboard()
    {
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_4, Qt::ControlModifier);
        auto *table = find<QTableView>(u"queuesTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTest::keyClick(table, Qt::Key_D);
        QTest::keyClick(openDialog(u"confirmDialog"_s), Qt::Key_Return);
        QTRY_COMPARE(m_fixture->service().queues.first().state, u"DISABLED"_s);
        QTRY_VERIFY(!window.findChild<QDialog *>(u"confirmDialog"_s));
        QApplication::setActiveWindow(&window); // which a window manager does
        QTest::keyClick(table, Qt::Key_Delete);
        QTest::keyClick(openDialog(u"confirmDialog"_s), Qt::Key_Return);
        QTRY_VERIFY(m_fixture->service().queues.isEmpty());
        QTRY_VERIFY(QApplication::focusWidget());
    }

    void deleteRefusedShowsTheError()
    {
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_5, Qt::ControlModifier);
        auto *table = find<QTableView>(u"environmentsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTest::keyClick(table, Qt::Key_Delete);
        QTest::keyClick(openDialog(u"confirmDialog"_s), Qt::Key_Return);
        auto *page = m_fixture->find<QWidget>(u"environmentsPage"_s);
        auto *message = page->findChild<QLabel *>(u"errorMessage"_s);
        QTRY_VERIFY(message->isVisible());
        QVERIFY(message->text().contains(u"Cannot delete"_s));
        // It stays, also after the lists were read again, until it is dismissed.
        window.console().refresh();
        QTest::qWait(300);
        QVERIFY(message->isVisible());
        QTest::mouseClick(page->findChild<QToolButton *>(u"errorDismiss"_s), Qt::LeftButton);
        QVERIFY(!message->isVisible());
        QCOMPARE(find<QToolButton>(u"view.notifications-button"_s)->text(), u"1"_s);
    }

    // ---- The world outside

    void engineCardFollowsTheEngine()
    {
        m_fixture->open();
        auto *problem = find<QLabel>(u"engineProblem"_s);
        QTRY_VERIFY(find<QLabel>(u"statusEngine"_s)->text().contains(u"ok"_s));
        for (int i = 0; i < 5; ++i) {
            batch::EngineStatus down;
            down.problem
                = u"The engine does not answer. Start it with: sudo systemctl start docker"_s;
            m_fixture->service().setEngine(down);
            QTRY_VERIFY(problem->isVisible());
            QCOMPARE(problem->text(), down.problem);
            batch::EngineStatus up;
            up.reachable = true;
            up.version = u"20.10.24"_s;
            m_fixture->service().setEngine(up);
            QTRY_VERIFY(!problem->isVisible());
            up.storeProblem = u"No space is left for the state database."_s;
            m_fixture->service().setEngine(up);
            QTRY_COMPARE(problem->text(), up.storeProblem);
            QVERIFY(problem->isVisible());
            QVERIFY(find<QLabel>(u"statusEngine"_s)->text().contains(u"cannot be written"_s));
        }
    }

    void unreachableServiceIsToldOnceAndRecovers()
    {
        MainWindow &window = m_fixture->open();
        QTRY_VERIFY(window.console().isLoaded(models::Console::Environments));
        m_fixture->service().setUnreachable(u"The executor does not answer."_s);
        auto *banner = m_fixture->find<QWidget>(u"unreachableBanner"_s);
        QTRY_VERIFY(banner->isVisible());
        m_fixture->service().setReachable();
        QTRY_VERIFY(!banner->isVisible());
    }

    void themeSwitchesWithoutRestart()
    {
        MainWindow &window = m_fixture->open();
        QVERIFY(!ui::isDark());
        QTest::mouseClick(find<QToolButton>(u"view.toggleTheme-button"_s), Qt::LeftButton);
        QVERIFY(ui::isDark());
        QCOMPARE(window.palette().color(QPalette::Window), ui::coloursOf(true).window);
        window.registry().find(u"view.themeLight"_s)->trigger();
        QVERIFY(!ui::isDark());
    }

    // ---- Load

    // The window's thread works for less than 100 ms at a time while 20,000 lines and 2,000 jobs
    // arrive. Measured in its own processor time, so that a busy machine does not count.
    void neverBlocksUnderLoad()
    {
        auto &service = m_fixture->service();
        const QString id = service.addJob(u"chatty"_s, *service.definitions.first().task());
        service.moveJob(id, JobStatus::Starting);
        service.moveJob(id, JobStatus::Running);
        MainWindow &window = m_fixture->open();
        window.goTo({u"job"_s, id, u"logs"_s});
        auto &logs = window.findChild<ui::JobPage *>()->model().logs();
        QTRY_VERIFY(window.findChild<ui::JobPage *>()->model().detail());

        double longest = 0;
        double last = threadMs();
        QTimer ticker;
        connect(&ticker, &QTimer::timeout, this, [&] {
            const double now = threadMs();
            longest = qMax(longest, now - last);
            last = now;
        });
        ticker.start(0);
        for (int burst = 0; burst < 40; ++burst) {
            QStringList lines;
            for (int i = 0; i < 250; ++i)
                lines.append(
                    u"step %1 of a walk through a maze with a text of usual length"_s.arg(i));
            service.log(id, u"model"_s, lines, batch::LogLine::Stream::Stderr);
            service.log(id, u"agent"_s, lines);
            QTest::qWait(10);
            last = threadMs(); // what the test itself made does not count
        }
        QTRY_COMPARE(logs.lineCount(), 20'000);
        QTest::qWait(100);
        ticker.stop();
        QVERIFY2(longest < 100, qPrintable(u"%1 ms"_s.arg(longest)));
    }

private:
    template <typename Widget>
    Widget *find(const QString &name)
    {
        return m_fixture->find<Widget>(name);
    }

    [[nodiscard]] QString page() { return m_fixture->page(); }
    [[nodiscard]] QTabWidget *tabs() { return find<QTabWidget>(u"jobTabs"_s); }

    QDialog *openDialog(const QString &name) { return m_fixture->openDialog(name); }

    void playSubmitted()
    {
        m_fixture->service().onSubmitted
            = [this](const QString &id) { m_fixture->service().playMaze(id); };
    }

    void checkReplayFinishes()
    {
        QTRY_COMPARE(page(), u"jobPage"_s);
        auto &model = m_fixture->window().findChild<ui::JobPage *>()->model();
        QTRY_COMPARE(tabs()->currentIndex(), 2); // by itself
        QTRY_VERIFY(model.detail() && model.detail()->status == JobStatus::Succeeded);
        QTRY_VERIFY(model.logsAreComplete());
        QVERIFY(model.replay().isFinished());
        QVERIFY(!model.replay().verdict().isEmpty());
        QVERIFY(model.logs().lineCount() > 10);
    }

    static double threadMs()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    }

    std::unique_ptr<WindowFixture> m_fixture;
};

QTEST_MAIN(tst_MainWindow)
#include "tst_mainwindow.moc"
