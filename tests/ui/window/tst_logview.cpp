// The log as a person reads it: following, searching, hiding, copying, saving, odd lines.
#include "models/console/logmodel.h"
#include "ui/logs/logpane.h"
#include "ui/logs/logtext.h"
#include "ui/logs/logview.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::LogLine;
using models::LogModel;
using ui::LogPane;
using ui::LogView;

class tst_LogView : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_directory->path());
        m_model = std::make_unique<LogModel>();
        m_time = 0;
        openView();
    }

    void cleanup()
    {
        m_view.reset();
        m_model.reset();
    }

    void followsUntilScrolledUp()
    {
        add(u"agent"_s, 500);
        QTRY_COMPARE(bar()->value(), bar()->maximum());
        QVERIFY(pane()->isFollowing());
        auto *newLines = find<QPushButton>(u"newLinesButton"_s);
        QVERIFY(!newLines->isVisible());

        wheel(120);
        QVERIFY(!pane()->isFollowing());
        const int top = pane()->firstRow();
        add(u"agent"_s, 3);
        QTRY_VERIFY(newLines->isVisible());
        QCOMPARE(newLines->text(), u"3 new lines"_s);
        QCOMPARE(pane()->firstRow(), top);

        QTest::mouseClick(newLines, Qt::LeftButton);
        QVERIFY(pane()->isFollowing());
        QTRY_VERIFY(!newLines->isVisible());
        add(u"agent"_s, 3);
        QTRY_COMPARE(bar()->value(), bar()->maximum());
    }

    void keysMove()
    {
        add(u"agent"_s, 500);
        QTRY_VERIFY(bar()->maximum() > 100);
        QTest::keyClick(pane(), Qt::Key_Home);
        QCOMPARE(pane()->firstRow(), 0);
        QVERIFY(!pane()->isFollowing());
        QTest::keyClick(pane(), Qt::Key_Down);
        QCOMPARE(pane()->firstRow(), 1);
        QTest::keyClick(pane(), Qt::Key_PageDown);
        QVERIFY(pane()->firstRow() > 10);
        QTest::keyClick(pane(), Qt::Key_PageUp);
        QCOMPARE(pane()->firstRow(), 1);
        QTest::keyClick(pane(), Qt::Key_End);
        QVERIFY(pane()->isFollowing());
        QTRY_COMPARE(bar()->value(), bar()->maximum());
        QTest::keyClick(pane(), Qt::Key_Space);
        QVERIFY(!pane()->isFollowing());
    }

    void findsWithKeys()
    {
        add(u"agent"_s, 300);
        append(u"agent"_s, {u"the KEY is here"_s});
        add(u"agent"_s, 300);
        append(u"agent"_s, {u"another key"_s});
        auto *search = find<QLineEdit>(u"logSearch"_s);
        search->setFocus();
        QTest::keyClicks(search, u"key"_s);
        QTRY_COMPARE(find<QLabel>(u"logCount"_s)->text(), u"2 matches"_s);
        QTest::keyClick(search, Qt::Key_Return);
        const int first = pane()->currentRow();
        QVERIFY(m_model->line(first).text.contains(u"key"_s, Qt::CaseInsensitive));
        m_view->findNext(true);
        QVERIFY(pane()->currentRow() != first);
        m_view->findNext(true);
        QCOMPARE(pane()->currentRow(), first); // round the end
        m_view->findNext(false);
        QVERIFY(pane()->currentRow() != first);
        QTest::mouseClick(find<QToolButton>(u"logCase"_s), Qt::LeftButton);
        QTRY_COMPARE(find<QLabel>(u"logCount"_s)->text(), u"1 match"_s);
        QTest::keyClick(search, Qt::Key_Escape);
        QVERIFY(search->text().isEmpty());
    }

    void filtersAndInverts()
    {
        add(u"agent"_s, 100);
        append(u"agent"_s, {u"ERROR one"_s, u"ERROR two"_s});
        auto *search = find<QLineEdit>(u"logSearch"_s);
        search->setText(u"error"_s);
        QTest::mouseClick(find<QToolButton>(u"logOnly"_s), Qt::LeftButton);
        QTRY_COMPARE(m_model->rowCount(), 2);
        QTest::mouseClick(find<QToolButton>(u"logInverse"_s), Qt::LeftButton);
        QTRY_COMPARE(m_model->rowCount(), 100);
        search->clear();
        QTRY_COMPARE(m_model->rowCount(), 102);
    }

    void wrongRegexIsExplained()
    {
        add(u"agent"_s, 3);
        QTest::mouseClick(find<QToolButton>(u"logRegex"_s), Qt::LeftButton);
        find<QLineEdit>(u"logSearch"_s)->setText(u"a("_s);
        auto *problem = find<QLabel>(u"logProblem"_s);
        QTRY_VERIFY(problem->isVisible());
        QVERIFY(problem->text().contains(u"character"_s));
        QCOMPARE(m_model->rowCount(), 3);
        find<QLineEdit>(u"logSearch"_s)->setText(u"line [12]$"_s);
        QTRY_VERIFY(!problem->isVisible());
        QTRY_COMPARE(m_model->matchCount(), 2);
    }

    void chipsHideContainers()
    {
        append(u"model"_s, {u"m"_s});
        append(u"agent"_s, {u"a"_s});
        QTRY_COMPARE(m_model->rowCount(), 2);
        QTest::mouseClick(find<QPushButton>(u"logChip-model"_s), Qt::LeftButton);
        QCOMPARE(m_model->rowCount(), 1);
        append(u"model"_s, {u"more"_s});
        QCOMPARE(m_model->rowCount(), 1);
        QTest::mouseClick(find<QPushButton>(u"logChip-model"_s), Qt::LeftButton);
        QCOMPARE(m_model->rowCount(), 3);
    }

    void copiesSelectionAndAll()
    {
        append(u"agent"_s, {u"first line"_s, u"second"_s});
        QTRY_COMPARE(m_model->rowCount(), 2);
        QTest::keyClick(pane(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(pane(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"first line\nsecond"_s);
        m_view->copyAll();
        const QStringList lines
            = QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines.first().contains(u"agent"_s) && lines.first().endsWith(u"first line"_s));
    }

    void selectsWithTheMouse()
    {
        append(u"agent"_s, {u"first line"_s, u"second line"_s});
        QTRY_COMPARE(m_model->rowCount(), 2);
        QTest::qWait(50);
        QTest::mousePress(pane()->viewport(), Qt::LeftButton, {}, QPoint(5, 5));
        QTest::mouseMove(pane()->viewport(), QPoint(700, 6));
        QTest::mouseRelease(pane()->viewport(), Qt::LeftButton, {}, QPoint(700, 6));
        QVERIFY(pane()->hasSelection());
        QCOMPARE(pane()->selectedText(), u"first line"_s);
    }

    void savesBothFormats()
    {
        append(u"agent"_s, {u"one"_s, u"zwei ü"_s});
        QSignalSpy saved(m_view.get(), &LogView::saved);
        const QString text = m_directory->filePath(u"a.log"_s);
        m_view->save(text);
        QTRY_COMPARE(saved.size(), 1);
        QFile file(text);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), 2);
        const QString jsonl = m_directory->filePath(u"a.jsonl"_s);
        m_view->save(jsonl);
        QTRY_COMPARE(saved.size(), 2);
        QFile json(jsonl);
        QVERIFY(json.open(QIODevice::ReadOnly));
        QVERIFY(json.readAll().contains("\"message\":\"zwei \xc3\xbc\""));
        QSignalSpy failed(m_view.get(), &LogView::failed);
        m_view->save(m_directory->filePath(u"no/such/folder/a.log"_s));
        QTRY_COMPARE(failed.size(), 1);
    }

    void whatActsIsReplaced_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("drawn");
        QTest::newRow("plain") << u"a\tb ü 漢 \U0001F600"_s << u"a\tb ü 漢 \U0001F600"_s;
        QTest::newRow("controls") << u"\x1b[2J\x7f\u0085\u2028"_s << u"␛[2J␡␡␊"_s;
        QTest::newRow("override") << u"a\u202Eb\u202Cc"_s << u"a\uFFFDb\uFFFDc"_s;
        QTest::newRow("marks and isolates")
            << u"\u200E\u200F\u061C\u2066x\u2069"_s << u"\uFFFD\uFFFD\uFFFD\uFFFDx\uFFFD"_s;
        QTest::newRow("right to left itself") << u"\u05d0\u05d1"_s << u"\u05d0\u05d1"_s;
        QTest::newRow("zero width")
            << u"a\u200Bb\u2060c\uFEFFd\u00ADe"_s << u"a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"_s;
        QTest::newRow("joiner between letters") << u"a\u200Db\u200Cc"_s << u"a\uFFFDb\uFFFDc"_s;
        QTest::newRow("joiner at the ends") << u"\u200D漢\u200D"_s << u"\uFFFD漢\uFFFD"_s;
        QTest::newRow("joined emoji")
            << u"\U0001F469\u200D\U0001F680"_s << u"\U0001F469\u200D\U0001F680"_s;
        QTest::newRow("letters in tags") << u"x\U000E0041y"_s << u"x\uFFFD\uFFFDy"_s;
        QTest::newRow("lone surrogate") << QString(QChar(0xd800)) << QString(QChar(0xd800));
    }

    // One mark for one position, so that what is selected and found stays the same.
    void whatActsIsReplaced()
    {
        QFETCH(const QString, line);
        QFETCH(const QString, drawn);
        QCOMPARE(ui::harmlessText(line), drawn);
        QCOMPARE(drawn.size(), line.size());
    }

    void oddLinesAreHarmless_data()
    {
        QTest::addColumn<QString>("line");
        QTest::newRow("escape sequences") << u"\x1b[2J\x1b[31mred\x1b]0;title\x07"_s;
        QTest::newRow("control characters") << QString(QChar(0)) + u"\r\b\x7f\u0085\u2028\u2029"_s;
        QTest::newRow("empty") << QString();
        QTest::newRow("right to left") << u"\u202Eevil \u05d0\u05d1"_s;
        QTest::newRow("wide and combining") << u"漢字 \U0001F600 e\u0301"_s;
        QTest::newRow("tabs") << u"a\tb\tc"_s;
        QTest::newRow("lone surrogate") << QString(QChar(0xd800)) + u"x"_s;
        QTest::newRow("a megabyte") << QString(1024 * 1024, u'x');
    }

    void oddLinesAreHarmless()
    {
        QFETCH(const QString, line);
        append(u"agent"_s, {u"before"_s, line, u"after"_s});
        for (const bool wrapping : {false, true}) {
            pane()->setWrapping(wrapping);
            QVERIFY(!m_view->grab().isNull());
            QTest::keyClick(pane(), Qt::Key_Home);
            QTest::keyClick(pane(), Qt::Key_PageDown);
            QTest::keyClick(pane(), Qt::Key_End);
        }
        QTest::keyClick(pane(), Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(pane()->selectedText(), u"before\n%1\nafter"_s.arg(line));
    }

    // A wrapped line that is taller than the window can be read to its end.
    void tallLineScrolls()
    {
        pane()->setWrapping(true);
        append(u"agent"_s, {QString(60'000, u'x'), u"last"_s});
        QTRY_VERIFY(pane()->isFollowing());
        QTest::keyClick(pane(), Qt::Key_Home);
        int pages = 0;
        while (!pane()->isFollowing() && pages < 200) {
            QTest::keyClick(pane(), Qt::Key_PageDown);
            ++pages;
        }
        QVERIFY(pages > 5 && pages < 200);
    }

    void togglesAreRemembered()
    {
        QTest::mouseClick(find<QToolButton>(u"logWrap"_s), Qt::LeftButton);
        QTest::mouseClick(find<QToolButton>(u"logTimes"_s), Qt::LeftButton);
        openView();
        QVERIFY(find<QToolButton>(u"logWrap"_s)->isChecked());
        QVERIFY(pane()->isWrapping());
        QVERIFY(!find<QToolButton>(u"logTimes"_s)->isChecked());
    }

    void attemptsHaveADivider()
    {
        append(u"agent"_s, {u"first try"_s});
        m_model->append(u"agent"_s, 2,
                        {{batch::fromEpochMs(++m_time), LogLine::Stream::Stdout, u"second try"_s}});
        QTRY_COMPARE(m_model->rowCount(), 3);
        QVERIFY(m_model->line(1).isDivider);
        QVERIFY(!m_view->grab().isNull());
    }

private:
    void openView()
    {
        m_view = std::make_unique<LogView>();
        m_view->setModel(m_model.get());
        m_view->resize(900, 500);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    void append(const QString &container, const QStringList &texts)
    {
        QList<LogLine> lines;
        for (const QString &text : texts)
            lines.append({batch::fromEpochMs(++m_time), LogLine::Stream::Stdout, text});
        m_model->append(container, 1, lines);
    }
    void add(const QString &container, int count)
    {
        QStringList texts;
        for (int i = 0; i < count; ++i)
            texts.append(u"line %1"_s.arg(i));
        append(container, texts);
    }
    void wheel(int delta)
    {
        const QPointF at(100, 100);
        QWheelEvent event(at, pane()->viewport()->mapToGlobal(at), {}, {0, delta}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(pane()->viewport(), &event);
    }
    [[nodiscard]] LogPane *pane() { return m_view->pane(); }
    [[nodiscard]] QScrollBar *bar() { return pane()->verticalScrollBar(); }
    template <typename Widget>
    Widget *find(const QString &name)
    {
        return m_view->findChild<Widget *>(name);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<LogModel> m_model;
    std::unique_ptr<LogView> m_view;
    qint64 m_time = 0;
};

QTEST_MAIN(tst_LogView)
#include "tst_logview.moc"
