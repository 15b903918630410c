// Going about in the window: pages and back by keys, the command palette, the sheet of keys.
#include "tests/ui/window/windowfixture.h"
#include "ui/pages/jobpage.h"
#include "ui/window/commandpalette.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTabWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using test::WindowFixture;
using ui::MainWindow;

class tst_WindowNavigation : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_fixture = std::make_unique<WindowFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void pagesByKeys_data()
    {
        QTest::addColumn<Qt::Key>("key");
        QTest::addColumn<QString>("page");
        QTest::newRow("home") << Qt::Key_1 << u"homePage"_s;
        QTest::newRow("jobs") << Qt::Key_2 << u"jobsPage"_s;
        QTest::newRow("definitions") << Qt::Key_3 << u"definitionsPage"_s;
        QTest::newRow("queues") << Qt::Key_4 << u"queuesPage"_s;
        QTest::newRow("environments") << Qt::Key_5 << u"environmentsPage"_s;
    }

    void pagesByKeys()
    {
        QFETCH(const Qt::Key, key);
        QFETCH(const QString, page);
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
        QTest::keyClick(&window, key, Qt::ControlModifier);
        QCOMPARE(m_fixture->page(), page);
        QVERIFY(QApplication::focusWidget());
        QVERIFY(m_fixture->find<QWidget>(page)->isAncestorOf(QApplication::focusWidget()));
    }

    void backAndForward()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
        window.goTo({u"job"_s, m_fixture->failed, u"json"_s});
        QTest::keyClick(&window, Qt::Key_4, Qt::ControlModifier);
        QTest::keyClick(&window, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_fixture->page(), u"jobPage"_s);
        QCOMPARE(m_fixture->find<QTabWidget>(u"jobTabs"_s)->currentIndex(), 4);
        QTest::keyClick(&window, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_fixture->page(), u"jobsPage"_s);
        QTest::keyClick(&window, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(m_fixture->page(), u"jobPage"_s);
        QTest::keyClick(&window, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(m_fixture->page(), u"queuesPage"_s);
        QVERIFY(!window.registry().find(u"view.forward"_s)->isEnabled());
    }

    void crumbLeadsBackToTheList()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        window.goTo({u"job"_s, m_fixture->running, u"overview"_s});
        QTRY_COMPARE(window.findChild<QPushButton *>(u"crumb1"_s)->text(), u"maze-dfs"_s);
        QTest::mouseClick(m_fixture->find<QPushButton>(u"crumb0"_s), Qt::LeftButton);
        QTRY_COMPARE(m_fixture->page(), u"jobsPage"_s);
    }

    void paletteListsEveryAction()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        QTRY_VERIFY(window.console().jobs().rowCount() > 0);
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        auto *palette = window.findChild<ui::CommandPalette *>();
        QTRY_VERIFY(palette->isVisible());
        auto *list = palette->findChild<QListView *>(u"paletteList"_s);
        QStringList texts;
        for (int row = 0; row < list->model()->rowCount(); ++row)
            texts.append(list->model()->index(row, 0).data().toString());
        for (const auto &entry : window.registry().entries())
            QVERIFY2(texts.contains(QString(entry.action->text()).remove(u" …"_s)),
                     qPrintable(entry.action->objectName()));
        QVERIFY(texts.contains(u"maze-dfs"_s));
        QVERIFY(texts.contains(u"maze:1"_s));
        QVERIFY(texts.contains(u"default"_s));
        QVERIFY(texts.contains(u"local"_s));
    }

    void paletteGoesToAnObject()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        QTRY_VERIFY(window.console().jobs().rowCount() > 0);
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        auto *words = m_fixture->find<QLineEdit>(u"paletteWords"_s);
        QTRY_VERIFY(words->isVisible());
        QTest::keyClicks(words, u"wall follower"_s);
        QTest::keyClick(words, Qt::Key_Return);
        QTRY_COMPARE(m_fixture->page(), u"jobPage"_s);
        QCOMPARE(window.findChild<ui::JobPage *>()->model().jobId(), m_fixture->failed);
    }

    void sheetShowsEveryKey()
    {
        MainWindow &window = m_fixture->open();
        QTest::keyClick(&window, Qt::Key_Question, Qt::ShiftModifier);
        if (!window.findChild<QDialog *>(u"shortcutSheet"_s))
            window.registry().find(u"view.shortcuts"_s)->trigger();
        auto *sheet = m_fixture->openDialog(u"shortcutSheet"_s);
        QStringList texts;
        for (const QLabel *label : sheet->findChildren<QLabel *>())
            texts.append(label->text());
        for (const auto &entry : window.registry().entries()) {
            for (const QKeySequence &keys : entry.action->shortcuts())
                QVERIFY2(!texts.filter(keys.toString(QKeySequence::NativeText)).isEmpty(),
                         qPrintable(keys.toString()));
        }
    }

    void pageNamesAllLeadSomewhere()
    {
        m_fixture->addManyJobs();
        MainWindow &window = m_fixture->open();
        QVERIFY(!window.showPage(u"no-such-page"_s));
        for (const QString &name : MainWindow::pageNames()) {
            QVERIFY(window.showPage(name));
            QTRY_VERIFY(window.isPageShown());
            if (name.startsWith(u"wizard"_s)) {
                QTRY_VERIFY2(window.shownWidget() != &window, qPrintable(name));
                qobject_cast<QDialog *>(window.shownWidget())->done(0);
                QTRY_VERIFY(window.shownWidget() == &window);
            }
        }
    }

private:
    std::unique_ptr<WindowFixture> m_fixture;
};

QTEST_MAIN(tst_WindowNavigation)
#include "tst_windownavigation.moc"
