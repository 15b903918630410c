// Every widget that can be used has a name for assistive technology and for tests, and text from
// outside is never taken for markup.
#include "tests/ui/window/windowfixture.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTabBar>
#include <QTest>
#include <QToolTip>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using test::WindowFixture;
using ui::MainWindow;

namespace {

bool isInteractive(const QWidget *widget)
{
    if (qobject_cast<const QScrollBar *>(widget))
        return false;
    return qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QLineEdit *>(widget)
        || qobject_cast<const QAbstractItemView *>(widget)
        || qobject_cast<const QComboBox *>(widget) || qobject_cast<const QAbstractSlider *>(widget)
        || qobject_cast<const QAbstractSpinBox *>(widget) || qobject_cast<const QTabBar *>(widget);
}

// Parts that Qt makes of its own widgets: header views, editors of spin boxes, corner buttons.
bool isPartOfAnother(const QWidget *widget)
{
    if (widget->objectName().startsWith(u"qt_"_s) || widget->inherits("QHeaderView")
        || widget->inherits("QTableCornerButton") || widget->inherits("QLineEditIconButton"))
        return true;
    const QWidget *parent = widget->parentWidget();
    return parent
        && (qobject_cast<const QAbstractSpinBox *>(parent)
            || qobject_cast<const QComboBox *>(parent) || qobject_cast<const QTabBar *>(parent)
            || parent->inherits("QComboBoxPrivateContainer"));
}

} // namespace

class tst_Accessibility : public QObject
{
    Q_OBJECT

private slots:
    void everyControlHasNames_data()
    {
        QTest::addColumn<QString>("page");
        for (const QString &page : MainWindow::pageNames()) {
            // The wizards' own tests look at the wizards.
            if (!page.startsWith(u"wizard"_s))
                QTest::newRow(qPrintable(page)) << page;
        }
    }

    void everyControlHasNames()
    {
        QFETCH(const QString, page);
        WindowFixture fixture;
        fixture.addManyJobs();
        MainWindow &window = fixture.open();
        QVERIFY(window.showPage(page));
        QTRY_VERIFY(window.isPageShown());
        QTest::qWait(300);
        QStringList unnamed;
        for (const QWidget *widget : window.findChildren<QWidget *>()) {
            if (!widget->isVisible() || !isInteractive(widget) || isPartOfAnother(widget))
                continue;
            if (widget->accessibleName().isEmpty() || widget->objectName().isEmpty())
                unnamed.append(u"%1 \"%2\" in %3"_s.arg(
                    QString::fromLatin1(widget->metaObject()->className()), widget->objectName(),
                    widget->parentWidget() ? widget->parentWidget()->objectName() : QString()));
        }
        QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(u'\n')));
    }

    void foreignTextIsPlain()
    {
        const QString hostile = u"<img src='/tmp/canary.png'><b>x</b>&amp;\u202Eabc"_s;
        WindowFixture fixture;
        auto &service = fixture.service();
        batch::EcsTaskProperties task = *service.definitions.first().task();
        for (auto &container : task.containers) {
            container.name = hostile % container.name;
            container.image = hostile;
            container.dependsOn.clear();
        }
        const QString id = service.addJob(hostile, task);
        service.moveJob(id, batch::JobStatus::Starting);
        service.moveJob(id, batch::JobStatus::Running);
        service.log(id, task.containers.first().name, {hostile});
        service.endContainer(id, task.containers.first().name, 3, true, hostile);
        service.moveJob(id, batch::JobStatus::Failed, hostile);
        service.queues.first().statusReason = hostile;
        service.environments.first().statusReason = hostile;
        service.definitions.first().parameters.insert(u"name"_s, hostile);
        batch::EngineStatus engine;
        engine.problem = hostile;
        service.setEngine(engine);
        MainWindow &window = fixture.open();
        for (const QString &page : MainWindow::pageNames()) {
            if (page.startsWith(u"wizard"_s))
                continue;
            QVERIFY(window.showPage(page));
            QTRY_VERIFY(window.isPageShown());
            QTest::qWait(100);
            for (const QLabel *label : window.findChildren<QLabel *>()) {
                if (label->isVisible())
                    QCOMPARE(label->textFormat(), Qt::PlainText);
            }
        }
    }

    void toolTipsArePlain()
    {
        WindowFixture fixture;
        MainWindow &window = fixture.open();
        QToolTip::showText(window.mapToGlobal(QPoint(50, 50)), u"<b>x</b>"_s, &window);
        const QLabel *tip = nullptr;
        QTRY_VERIFY([&] {
            for (const QWidget *widget : QApplication::topLevelWidgets()) {
                if (widget->inherits("QTipLabel") && widget->isVisible())
                    tip = qobject_cast<const QLabel *>(widget);
            }
            return tip != nullptr;
        }());
        QCOMPARE(tip->textFormat(), Qt::PlainText);
        QToolTip::hideText();
    }
};

QTEST_MAIN(tst_Accessibility)
#include "tst_accessibility.moc"
