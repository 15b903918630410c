// The container graph through mouse and keys on the real view: which dependencies can be made, what
// is refused and with which words, and what each edit leaves in the task.
#include "backend/batch/validation.h"
#include "models/draft/taskedits.h"
#include "ui/graph/containergraphview.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using batchyard::ui::ContainerGraphView;

namespace {

TaskContainerProperties container(const QString &name, bool essential)
{
    TaskContainerProperties made;
    made.name = name;
    made.image = u"batchyard/%1:latest"_s.arg(name);
    made.essential = essential;
    return made;
}

// model <- agent; prep stands alone.
EcsTaskProperties mazeTask()
{
    EcsTaskProperties task;
    task.containers
        = {container(u"prep"_s, false), container(u"model"_s, true), container(u"agent"_s, true)};
    task.containers[2].dependsOn = {{u"model"_s, DependencyCondition::Start, {}}};
    return task;
}

// Presses at one point, moves to another in steps as a hand does.
void beginDrag(ContainerGraphView &view, const QPoint &from, const QPoint &to,
               Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QTest::mousePress(view.viewport(), Qt::LeftButton, modifiers, from);
    constexpr int steps = 6;
    for (int i = 1; i <= steps; ++i) {
        const QPoint at = from + (to - from) * i / steps;
        QMouseEvent move(QEvent::MouseMove, at, view.viewport()->mapToGlobal(at), Qt::NoButton,
                         Qt::LeftButton, modifiers);
        QApplication::sendEvent(view.viewport(), &move);
    }
}

void drag(ContainerGraphView &view, const QString &from, const QString &to,
          Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    const QPoint end = view.containerRect(to).center();
    beginDrag(view, view.handleRect(from).center(), end, modifiers);
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, modifiers, end);
}

QMenu *conditionMenu()
{
    return qobject_cast<QMenu *>(QApplication::activePopupWidget());
}

} // namespace

class ContainerGraphViewTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void dragMakesDependency();
    void dragIsJudgedAtTheCursor_data();
    void dragIsJudgedAtTheCursor();
    void refusalOffersNonEssential();
    void conditionIsChosenOnTheEdge();
    void conditionThatNeedsNonEssentialSaysSo();
    void keyboardAloneMakesAndRemoves();
    void keyboardRefusalIsShown();
    void duplicateDeleteAndCentre();
    void readOnlyTakesNoEdits();
    void movingNeverEdits();
    void statesAreShownInWords();
    void layoutIsDeterministicAndQuick();
    void doubledAndEmptyNamesAreShown();

private:
    std::unique_ptr<ContainerGraphView> m_view;
};

void ContainerGraphViewTest::init()
{
    m_view = std::make_unique<ContainerGraphView>();
    m_view->resize(900, 420);
    m_view->setEditable(true);
    m_view->setTask(mazeTask());
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_view->setFocus();
}

void ContainerGraphViewTest::cleanup()
{
    m_view.reset();
}

void ContainerGraphViewTest::dragMakesDependency()
{
    QSignalSpy edits(m_view.get(), &ContainerGraphView::taskEdited);
    drag(*m_view, u"model"_s, u"prep"_s);
    QCOMPARE(edits.size(), 1);
    QCOMPARE(models::conditionOf(m_view->task(), u"model"_s, u"prep"_s),
             std::optional(DependencyCondition::Start));
    // The edge stands where its condition can be read.
    QVERIFY(!m_view->conditionRect(u"model"_s, u"prep"_s).isEmpty());
    QVERIFY(m_view->viewport()->rect().contains(m_view->conditionRect(u"model"_s, u"prep"_s)));
}

void ContainerGraphViewTest::dragIsJudgedAtTheCursor_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
    QTest::addColumn<bool>("allowed");
    using M = Qt::KeyboardModifiers;
    QTest::newRow("start on an essential one") << u"prep"_s << u"agent"_s << M() << true;
    QTest::newRow("success on a non-essential one")
        << u"agent"_s << u"prep"_s << M(Qt::ShiftModifier) << true;
    QTest::newRow("complete on a non-essential one")
        << u"model"_s << u"prep"_s << M(Qt::ControlModifier) << true;
    QTest::newRow("on itself") << u"agent"_s << u"agent"_s << M() << false;
    QTest::newRow("twice") << u"agent"_s << u"model"_s << M() << false;
    QTest::newRow("a cycle") << u"model"_s << u"agent"_s << M() << false;
    QTest::newRow("success on an essential one")
        << u"prep"_s << u"agent"_s << M(Qt::ShiftModifier) << false;
    QTest::newRow("complete on an essential one")
        << u"prep"_s << u"model"_s << M(Qt::ControlModifier) << false;
}

void ContainerGraphViewTest::dragIsJudgedAtTheCursor()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(Qt::KeyboardModifiers, modifiers);
    QFETCH(bool, allowed);
    const DependencyCondition condition = modifiers & Qt::ShiftModifier
        ? DependencyCondition::Success
        : modifiers & Qt::ControlModifier ? DependencyCondition::Complete
                                          : DependencyCondition::Start;
    const QString reason = refusalOfDependency(mazeTask(), from, to, condition);
    QCOMPARE(reason.isEmpty(), allowed);

    QSignalSpy edits(m_view.get(), &ContainerGraphView::taskEdited);
    const QPoint end = m_view->containerRect(to).center();
    beginDrag(*m_view, m_view->handleRect(from).center(), end, modifiers);
    // Before the button is let go: the words at the cursor.
    if (allowed)
        QVERIFY2(m_view->linkText().contains(
                     u"%1 depends on %2: %3"_s.arg(from, to, toString(condition))),
                 qPrintable(m_view->linkText()));
    else
        QCOMPARE(m_view->linkText(), reason);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, modifiers, end);

    QCOMPARE(m_view->linkText(), QString());
    QCOMPARE(edits.size(), allowed ? 1 : 0);
    if (allowed)
        QCOMPARE(models::conditionOf(m_view->task(), from, to), std::optional(condition));
    else
        QCOMPARE(m_view->task(), mazeTask());
    auto *notice = m_view->findChild<QLabel *>(u"graphNoticeText"_s);
    QCOMPARE(notice->isVisible(), !allowed);
    if (!allowed)
        QCOMPARE(notice->text(), reason);
}

void ContainerGraphViewTest::refusalOffersNonEssential()
{
    drag(*m_view, u"prep"_s, u"model"_s, Qt::ShiftModifier);
    auto *offer = m_view->findChild<QPushButton *>(u"graphNoticeAction"_s);
    QVERIFY(offer->isVisible());
    QCOMPARE(offer->text(), u"Make model non-essential"_s);
    QSignalSpy edits(m_view.get(), &ContainerGraphView::taskEdited);
    QTest::mouseClick(offer, Qt::LeftButton);
    QCOMPARE(edits.size(), 1); // one edit, so one undo
    QCOMPARE(models::find(m_view->task(), u"model"_s)->isEssential(), false);
    QCOMPARE(models::conditionOf(m_view->task(), u"prep"_s, u"model"_s),
             std::optional(DependencyCondition::Success));

    // A cycle is not a matter of being essential: no offer.
    drag(*m_view, u"model"_s, u"agent"_s);
    QVERIFY(!offer->isVisible());
}

void ContainerGraphViewTest::conditionIsChosenOnTheEdge()
{
    drag(*m_view, u"agent"_s, u"prep"_s);
    const QRect condition = m_view->conditionRect(u"agent"_s, u"prep"_s);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, condition.center());
    QTRY_VERIFY(conditionMenu());
    auto *success = conditionMenu()->findChild<QAction *>(u"conditionSUCCESS"_s);
    QVERIFY(success);
    success->trigger();
    conditionMenu()->close();
    QCOMPARE(models::conditionOf(m_view->task(), u"agent"_s, u"prep"_s),
             std::optional(DependencyCondition::Success));
}

void ContainerGraphViewTest::conditionThatNeedsNonEssentialSaysSo()
{
    const QRect condition = m_view->conditionRect(u"agent"_s, u"model"_s);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, condition.center());
    QTRY_VERIFY(conditionMenu());
    auto *complete = conditionMenu()->findChild<QAction *>(u"conditionCOMPLETE"_s);
    QVERIFY2(complete->text().contains(u"makes model non-essential"_s),
             qPrintable(complete->text()));
    complete->trigger();
    conditionMenu()->close();
    QCOMPARE(models::find(m_view->task(), u"model"_s)->isEssential(), false);
    QCOMPARE(models::conditionOf(m_view->task(), u"agent"_s, u"model"_s),
             std::optional(DependencyCondition::Complete));
}

void ContainerGraphViewTest::keyboardAloneMakesAndRemoves()
{
    QSignalSpy selected(m_view.get(), &ContainerGraphView::containerSelected);
    QTest::keyClick(m_view.get(), Qt::Key_Right);
    QCOMPARE(m_view->selectedContainer(), u"prep"_s);
    QCOMPARE(selected.last().first().toString(), u"prep"_s);
    // Down or right until agent: the layout decides which way it is.
    for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Up, Qt::Key_Right, Qt::Key_Right}) {
        if (m_view->selectedContainer() != u"agent")
            QTest::keyClick(m_view.get(), key);
    }
    QCOMPARE(m_view->selectedContainer(), u"agent"_s);
    QVERIFY2(m_view->accessibleDescription().contains(u"depends on model, condition START"_s),
             qPrintable(m_view->accessibleDescription()));

    QTest::keyClick(m_view.get(), Qt::Key_D);
    QVERIFY(!m_view->linkText().isEmpty());
    for (const Qt::Key key : {Qt::Key_Up, Qt::Key_Left, Qt::Key_Down}) {
        if (!m_view->linkText().contains(u"agent depends on prep"_s))
            QTest::keyClick(m_view.get(), key);
    }
    QVERIFY2(m_view->linkText().contains(u"agent depends on prep"_s),
             qPrintable(m_view->linkText()));
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    // The condition is asked for next, by the same menu.
    QTRY_VERIFY(conditionMenu());
    for (int i = 0; i < 4
         && (!conditionMenu()->activeAction()
             || conditionMenu()->activeAction()->objectName() != u"conditionSUCCESS");
         ++i)
        QTest::keyClick(conditionMenu(), Qt::Key_Down);
    QTest::keyClick(conditionMenu(), Qt::Key_Return);
    QCOMPARE(models::conditionOf(m_view->task(), u"agent"_s, u"prep"_s),
             std::optional(DependencyCondition::Success));

    // The new edge has the focus; Del takes it away.
    QTest::keyClick(m_view.get(), Qt::Key_Delete);
    QCOMPARE(models::conditionOf(m_view->task(), u"agent"_s, u"prep"_s),
             std::optional<DependencyCondition>());
    QCOMPARE(m_view->selectedContainer(), u"agent"_s);

    // E steps onto the edges, Enter opens their menu.
    QTest::keyClick(m_view.get(), Qt::Key_E);
    QVERIFY2(m_view->accessibleDescription().contains(u"agent depends on model"_s),
             qPrintable(m_view->accessibleDescription()));
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QTRY_VERIFY(conditionMenu());
    conditionMenu()->close();
}

void ContainerGraphViewTest::keyboardRefusalIsShown()
{
    m_view->selectContainer(u"model"_s);
    QTest::keyClick(m_view.get(), Qt::Key_D);
    for (const Qt::Key key : {Qt::Key_Right, Qt::Key_Down, Qt::Key_Right, Qt::Key_Up}) {
        if (!m_view->linkText().contains(u"agent"_s))
            QTest::keyClick(m_view.get(), key);
    }
    const QString reason
        = refusalOfDependency(mazeTask(), u"model"_s, u"agent"_s, DependencyCondition::Start);
    QCOMPARE(m_view->linkText(), reason);
    QTest::keyClick(m_view.get(), Qt::Key_Escape);
    QCOMPARE(m_view->linkText(), QString());
    QCOMPARE(m_view->task(), mazeTask());
}

void ContainerGraphViewTest::duplicateDeleteAndCentre()
{
    m_view->selectContainer(u"agent"_s);
    QTest::keyClick(m_view.get(), Qt::Key_D, Qt::ControlModifier);
    QCOMPARE(m_view->task().containers.size(), 4);
    QCOMPARE(m_view->selectedContainer(), u"agent-2"_s);
    QCOMPARE(models::conditionOf(m_view->task(), u"agent-2"_s, u"model"_s),
             std::optional(DependencyCondition::Start));

    m_view->selectContainer(u"model"_s);
    QTest::keyClick(m_view.get(), Qt::Key_Delete);
    QCOMPARE(m_view->task().containers.size(), 3);
    for (const auto &each : m_view->task().containers)
        QVERIFY(each.dependsOn.isEmpty());

    QTest::keyClick(m_view.get(), Qt::Key_Plus);
    QTest::keyClick(m_view.get(), Qt::Key_Plus);
    QVERIFY(m_view->transform().m11() > 1);
    QTest::keyClick(m_view.get(), Qt::Key_C, Qt::AltModifier);
    QVERIFY(m_view->transform().m11() <= 1);
}

void ContainerGraphViewTest::readOnlyTakesNoEdits()
{
    m_view->setEditable(false);
    QSignalSpy edits(m_view.get(), &ContainerGraphView::taskEdited);
    drag(*m_view, u"model"_s, u"prep"_s);
    m_view->selectContainer(u"model"_s);
    for (const Qt::Key key : {Qt::Key_Delete, Qt::Key_D, Qt::Key_Return})
        QTest::keyClick(m_view.get(), key);
    QCOMPARE(edits.size(), 0);
    QCOMPARE(m_view->task(), mazeTask());
}

void ContainerGraphViewTest::movingNeverEdits()
{
    QSignalSpy edits(m_view.get(), &ContainerGraphView::taskEdited);
    const QRect before = m_view->containerRect(u"prep"_s);
    const QPoint grip = before.center();
    beginDrag(*m_view, grip, grip + QPoint(40, 60));
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, grip + QPoint(40, 60));
    QVERIFY(m_view->containerRect(u"prep"_s) != before);
    QCOMPARE(edits.size(), 0);
    QCOMPARE(m_view->task(), mazeTask());
}

void ContainerGraphViewTest::statesAreShownInWords()
{
    ContainerLiveState failed;
    failed.name = u"model"_s;
    failed.phase = ContainerPhase::Stopped;
    failed.exitCode = 137;
    ContainerLiveState running;
    running.name = u"agent"_s;
    running.phase = ContainerPhase::Running;
    const QRect before = m_view->containerRect(u"model"_s);
    m_view->setStates({failed, running});
    QVERIFY(m_view->containerRect(u"model"_s).height() > before.height());
    m_view->selectContainer(u"model"_s);
    QVERIFY2(m_view->accessibleDescription().contains(u"137"_s),
             qPrintable(m_view->accessibleDescription()));
    m_view->setStates({});
    QCOMPARE(m_view->containerRect(u"model"_s).height(), before.height());
}

void ContainerGraphViewTest::layoutIsDeterministicAndQuick()
{
    EcsTaskProperties task;
    for (int i = 0; i < models::maximumContainers; ++i) {
        task.containers.append(container(u"c%1"_s.arg(i), i == 9));
        for (int j = std::max(0, i - 3); j < i; ++j)
            task.containers.last().dependsOn.append(
                {u"c%1"_s.arg(j), DependencyCondition::Start, {}});
    }
    const auto positions = [&task] {
        ContainerGraphView view;
        view.resize(900, 600);
        view.setTask(task);
        QList<QRect> rects;
        for (const auto &each : task.containers)
            rects.append(view.containerRect(each.name));
        return rects;
    };
    const auto first = positions();
    QCOMPARE(positions(), first);
    // What starts first stands first, here at the top; nothing covers another.
    for (int i = 1; i < first.size(); ++i) {
        QVERIFY(first[i].top() > first[i - 1].top());
        for (int j = 0; j < i; ++j)
            QVERIFY(!first[i].intersects(first[j]));
    }
}

void ContainerGraphViewTest::doubledAndEmptyNamesAreShown()
{
    EcsTaskProperties task;
    task.containers
        = {container(QString(), true), container(u"a"_s, true), container(u"a"_s, false)};
    task.containers[1].dependsOn = {{u"gone"_s, DependencyCondition::Start, {}}};
    m_view->setTask(task);
    QVERIFY(!m_view->containerRect(u"a"_s).isEmpty());
    QVERIFY(m_view->grab().width() > 0);
}

QTEST_MAIN(ContainerGraphViewTest)
#include "tst_containergraphview.moc"
