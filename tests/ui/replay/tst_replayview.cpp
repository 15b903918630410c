#include "ui/replay/replayview.h"

#include "mazesample.h"

#include "models/replay/replaymodel.h"
#include "ui/replay/replaycanvas.h"
#include "ui/replay/seekbar.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace batchyard;
using models::ReplayModel;

class TestReplayView : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void init()
    {
        m_model = std::make_unique<ReplayModel>();
        m_view = std::make_unique<ui::ReplayView>();
        m_view->resize(900, 560);
        m_view->setModel(m_model.get());
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setFocus();
    }

    void cleanup()
    {
        m_view.reset();
        m_model.reset();
    }

    void showsAFinishedRun()
    {
        load();
        QVERIFY(find<QLabel>("replayVerdict")->text().startsWith(QStringLiteral("Solved in ")));
        QCOMPARE(find<QSpinBox>("replayStep")->value(), int(m_model->stepCount()));
        QVERIFY(!find<QToolButton>("replayLive")->isVisible());
        QVERIFY(!find<QLabel>("replayProblems")->isVisible());
        QVERIFY(find<QLabel>("replayPlace")->text().contains(QStringLiteral("20 × 12 cells")));
        keep(QStringLiteral("view light"));
    }

    void keysPlayAndStep()
    {
        load();
        key(Qt::Key_Home);
        QCOMPARE(m_model->currentStep(), 0);
        key(Qt::Key_Right);
        QCOMPARE(m_model->currentStep(), 1);
        key(Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(m_model->currentStep(), 11);
        key(Qt::Key_Left);
        QCOMPARE(m_model->currentStep(), 10);
        key(Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(m_model->currentStep(), 0);
        key(Qt::Key_End);
        QCOMPARE(m_model->currentStep(), m_model->stepCount());
        key(Qt::Key_Space);
        QVERIFY(m_model->isPlaying());
        QCOMPARE(find<QToolButton>("replayPlay")->accessibleName(), QStringLiteral("Pause"));
        key(Qt::Key_K);
        QVERIFY(!m_model->isPlaying());
        key(Qt::Key_L);
        key(Qt::Key_L);
        QCOMPARE(m_model->speed(), 2.0);
        key(Qt::Key_J);
        QVERIFY(m_model->isReverse());
        key(Qt::Key_L);
        QVERIFY(!m_model->isReverse());
        key(Qt::Key_K);
        m_model->seek(5);
        key(Qt::Key_BracketLeft);
        m_model->seek(9);
        key(Qt::Key_BracketRight);
        QVERIFY(m_model->isLooping());
        QCOMPARE(m_model->loopBegin(), 5);
        QCOMPARE(m_model->loopEnd(), 9);
        key(Qt::Key_Right, Qt::ControlModifier); // not the player's
        QCOMPARE(m_model->currentStep(), 9);
    }

    void buttonsPlayAndStep()
    {
        load();
        click("replayFirst");
        QCOMPARE(m_model->currentStep(), 0);
        click("replayForward");
        QCOMPARE(m_model->currentStep(), 1);
        click("replayBack");
        QCOMPARE(m_model->currentStep(), 0);
        click("replayPlay");
        QVERIFY(m_model->isPlaying());
        click("replayPlay");
        QVERIFY(!m_model->isPlaying());
        click("replayLast");
        QCOMPARE(m_model->currentStep(), m_model->stepCount());
        click("replayReverse");
        QVERIFY(m_model->isPlaying() && m_model->isReverse());
        click("replayReverse");
        QVERIFY(!m_model->isPlaying());
        click("replayLoop");
        QVERIFY(m_model->isLooping());
    }

    void sliderSeeks()
    {
        load();
        auto *slider = find<ui::SeekBar>("replaySlider");
        QTest::mouseClick(slider, Qt::LeftButton, {}, QPoint(slider->width() / 2, 23));
        QVERIFY(qAbs(m_model->currentStep() - m_model->stepCount() / 2) <= 1);
        QTest::mouseClick(slider, Qt::LeftButton, {}, QPoint(0, 23));
        QCOMPARE(m_model->currentStep(), 0);
        slider->setValue(7); // as assistive technology does it
        QCOMPARE(m_model->currentStep(), 7);
        drag(slider, QPoint(100, 23), QPoint(300, 23), Qt::ShiftModifier);
        QVERIFY(m_model->hasLoopRange());
        QVERIFY(m_model->loopBegin() < m_model->loopEnd());
        keep(QStringLiteral("view with a loop"));
    }

    void typedStepAndSpeed()
    {
        load();
        auto *step = find<QSpinBox>("replayStep");
        step->setFocus();
        step->selectAll();
        QTest::keyClicks(step, QStringLiteral("21"));
        QTest::keyClick(step, Qt::Key_Return);
        QCOMPARE(m_model->currentStep(), 21);
        QVERIFY(find<ui::ReplayCanvas>("replayCanvas")->hasFocus());
        auto *speed = find<QComboBox>("replaySpeed");
        speed->setFocus();
        QTest::keyClick(speed, Qt::Key_Down);
        QCOMPARE(m_model->speed(), 2.0);
        m_model->setSpeed(8);
        QCOMPARE(speed->currentData().toDouble(), 8.0);
        m_model->setSpeed(5);
        QCOMPARE(speed->currentData().toDouble(), 5.0);
    }

    void followsARunningJob()
    {
        const MazeSample sample = mazeSample({20, 12}, 3);
        for (const QByteArray &line : sample.modelLines)
            m_model->feed(QStringLiteral("model"), line);
        auto *live = find<QToolButton>("replayLive");
        for (int i = 0; i < 30; ++i)
            m_model->feed(QStringLiteral("model"), sample.accessLines[i]);
        QTRY_COMPARE(m_model->currentStep(), 29);
        QVERIFY(live->isVisible() && live->isChecked());
        keep(QStringLiteral("view live"));
        key(Qt::Key_Left);
        QVERIFY(!live->isChecked());
        for (int i = 30; i < 60; ++i)
            m_model->feed(QStringLiteral("model"), sample.accessLines[i]);
        QTRY_COMPARE(find<ui::SeekBar>("replaySlider")->maximum(), 59);
        QCOMPARE(m_model->currentStep(), 28);
        click("replayLive");
        QCOMPARE(m_model->currentStep(), 59);
        QVERIFY(live->isChecked());
    }

    void zoomsAndPans()
    {
        load();
        auto *canvas = find<ui::ReplayCanvas>("replayCanvas");
        const double fitted = canvas->cellSize();
        click("replayZoomIn");
        QVERIFY(canvas->cellSize() > fitted);
        QVERIFY(!canvas->isFitted());
        key(Qt::Key_F);
        QCOMPARE(canvas->cellSize(), fitted);
        key(Qt::Key_Plus);
        key(Qt::Key_Minus);
        QVERIFY(canvas->isFitted());
        key(Qt::Key_Minus); // no smaller than what fits
        QCOMPARE(canvas->cellSize(), fitted);
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, canvas->rect().center());
        QVERIFY(!canvas->isFitted());
        const auto before = canvas->cellAt(canvas->rect().center());
        drag(canvas, canvas->rect().center(), canvas->rect().center() + QPoint(200, 120));
        QVERIFY(canvas->cellAt(canvas->rect().center()) != before);
        // Playing brings the agent back into sight.
        key(Qt::Key_Home);
        key(Qt::Key_Right);
        QVERIFY(m_model->position());
        keep(QStringLiteral("view zoomed"));
    }

    void tellsTheCellUnderTheMouse()
    {
        load();
        auto *canvas = find<ui::ReplayCanvas>("replayCanvas");
        QTest::mouseMove(canvas, canvas->rect().center());
        QTRY_VERIFY(find<QLabel>("replayHover")->text().startsWith(QStringLiteral("Cell (")));
    }

    void copiesAPicture()
    {
        load();
        QGuiApplication::clipboard()->clear();
        click("replayCopy");
        QCOMPARE(QGuiApplication::clipboard()->image().size(), QSize(1600, 1000));
    }

    void tellsProblems()
    {
        m_model->feed(QStringLiteral("<b>agent</b>"), "SIZE {'width': 0, 'height': 5}");
        m_model->finish();
        auto *problems = find<QLabel>("replayProblems");
        QVERIFY(problems->isVisible());
        QCOMPARE(problems->textFormat(), Qt::PlainText);
        QVERIFY(problems->text().contains(QStringLiteral("<b>agent</b>")));
        QVERIFY(problems->toolTip().contains(QStringLiteral("<b>agent</b>"))); // as plain as labels
    }

    void everythingHasANameAndPlainText()
    {
        for (QWidget *widget : m_view->findChildren<QWidget *>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith(u"qt_"))
                continue;
            if (qobject_cast<QLabel *>(widget) || widget->parent()->inherits("QComboBox"))
                continue;
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
        }
        for (QLabel *label : m_view->findChildren<QLabel *>())
            QVERIFY(label->textFormat() == Qt::PlainText || label->text().isEmpty());
    }

    void darkAndNarrow()
    {
        load();
        ui::applyTheme(*qApp, ui::Theme::Dark);
        m_model->seek(m_model->stepCount() / 2);
        m_view->resize(620, 420);
        keep(QStringLiteral("view dark"));
        QVERIFY(m_view->minimumSizeHint().width() <= 620);
        ui::applyTheme(*qApp, ui::Theme::Light);
    }

    void modelMayGoFirst()
    {
        load();
        m_model.reset();
        m_view->grab();
        key(Qt::Key_Space);
        m_view->setModel(nullptr);
        m_view->grab();
    }

private:
    void load() { feedAll(*m_model, mazeSample({20, 12}, 3)); }

    template <typename Widget>
    Widget *find(const char *name) const
    {
        auto *widget = m_view->findChild<Widget *>(QString::fromLatin1(name));
        if (!widget)
            qFatal("no widget %s", name);
        return widget;
    }

    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(find<ui::ReplayCanvas>("replayCanvas"), key, modifiers);
    }

    static void drag(QWidget *widget, QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::mousePress(widget, Qt::LeftButton, modifiers, from);
        QMouseEvent move(QEvent::MouseMove, to, widget->mapToGlobal(to), Qt::NoButton,
                         Qt::LeftButton, modifiers);
        QCoreApplication::sendEvent(widget, &move);
        QTest::mouseRelease(widget, Qt::LeftButton, modifiers, to);
    }

    void click(const char *name) { QTest::mouseClick(find<QToolButton>(name), Qt::LeftButton); }

    void keep(const QString &name)
    {
        QCoreApplication::processEvents(); // layouts follow their texts
        const QImage image = m_view->grab().toImage();
        QVERIFY(!image.isNull());
        const QString folder = qEnvironmentVariable("BATCHYARD_TEST_PICTURES");
        if (!folder.isEmpty())
            QVERIFY(image.save(folder + u'/' + name + QStringLiteral(".png")));
    }

    std::unique_ptr<ReplayModel> m_model;
    std::unique_ptr<ui::ReplayView> m_view;
};

QTEST_MAIN(TestReplayView)
#include "tst_replayview.moc"
