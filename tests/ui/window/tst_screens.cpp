// Each page at two sizes and in both themes: its primary action is in sight, and a picture is left
// in the build folder.
#include "tests/ui/window/windowfixture.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using test::WindowFixture;
using ui::MainWindow;
using ui::Theme;

class tst_Screens : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(QDir().mkpath(QString::fromUtf8(BATCHYARD_SCREENSHOTS))); }

    void page_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<Theme>("theme");
        QTest::addColumn<QString>("primary");
        const QList<std::pair<QString, QString>> pages{
            {u"home"_s, u"runSampleButton"_s},
            {u"jobs"_s, u"jobs.submit-button"_s},
            {u"job"_s, u"job.stop-button"_s},
            {u"job-logs"_s, u"logSearch"_s},
            {u"job-replay"_s, u"job.stop-button"_s},
            {u"job-attempts"_s, u"job.stop-button"_s},
            {u"job-json"_s, u"copyJson"_s},
            {u"definitions"_s, u"definitions.create-button"_s},
            {u"queues"_s, u"queues.create-button"_s},
            {u"environments"_s, u"environments.create-button"_s}};
        for (const auto &[page, primary] : pages) {
            for (const QSize size : {QSize(1280, 800), QSize(960, 540)}) {
                for (const Theme theme : {Theme::Light, Theme::Dark}) {
                    QTest::addRow("%s %dx%d %s", qPrintable(page), size.width(), size.height(),
                                  qPrintable(ui::themeName(theme)))
                        << page << size << theme << primary;
                }
            }
        }
    }

    void page()
    {
        QFETCH(const QString, page);
        QFETCH(const QSize, size);
        QFETCH(const Theme, theme);
        QFETCH(const QString, primary);
        WindowFixture fixture;
        fixture.addManyJobs();
        MainWindow &window = fixture.open(size, theme);
        QVERIFY(window.showPage(page));
        QTRY_VERIFY(window.isPageShown());
        settle(fixture);

        const QList<QWidget *> shown = window.findChildren<QWidget *>(primary);
        const auto visible = std::find_if(
            shown.begin(), shown.end(), [](const QWidget *widget) { return widget->isVisible(); });
        QVERIFY2(visible != shown.end(), qPrintable(primary));
        const QRect area((*visible)->mapTo(&window, QPoint()), (*visible)->size());
        QVERIFY2(window.rect().contains(area), qPrintable(primary));
        QCOMPARE(window.size(), size);
        save(window, page, size, theme);
    }

    void emptyPages_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("dialog");
        QTest::newRow("jobs") << u"jobs"_s << u"SubmitJobWizard"_s;
        QTest::newRow("definitions") << u"definitions"_s << u"JobDefinitionWizard"_s;
        QTest::newRow("queues") << u"queues"_s << u"JobQueueWizard"_s;
        QTest::newRow("environments") << u"environments"_s << u"ComputeEnvironmentWizard"_s;
    }

    // An empty list has one button, and it makes this page's object.
    void emptyPages()
    {
        QFETCH(const QString, page);
        QFETCH(const QString, dialog);
        WindowFixture fixture;
        fixture.service().environments.clear();
        fixture.service().queues.clear();
        fixture.service().definitions.clear();
        MainWindow &window = fixture.open({960, 540}, Theme::Light);
        QVERIFY(window.showPage(page));
        QTRY_VERIFY(window.isPageShown());
        settle(fixture);
        save(window, page + u"-empty"_s, window.size(), Theme::Light);
        QPushButton *button = nullptr;
        for (auto *candidate : window.findChildren<QPushButton *>(u"emptyPrimary"_s)) {
            if (candidate->isVisible())
                button = candidate;
        }
        QVERIFY(button);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(window.shownWidget() != &window);
        QVERIFY(
            QString::fromLatin1(window.shownWidget()->metaObject()->className()).endsWith(dialog));
    }

    void otherScenes_data()
    {
        QTest::addColumn<QString>("scene");
        for (const char *scene : {"failed", "succeeded", "waiting", "no-engine", "unreachable",
                                  "palette", "shortcuts", "review", "stop"})
            QTest::newRow(scene) << QString::fromLatin1(scene);
    }

    void otherScenes()
    {
        QFETCH(const QString, scene);
        for (const Theme theme : {Theme::Light, Theme::Dark}) {
            WindowFixture fixture;
            fixture.addManyJobs();
            MainWindow &window = fixture.open({1280, 800}, theme);
            settle(fixture);
            show(fixture, scene);
            settle(fixture);
            QVERIFY2(isShown(fixture, scene), "the scene did not come");
            QWidget *pictured = QApplication::activePopupWidget();
            save(pictured ? *pictured : *window.shownWidget(), u"scene-"_s + scene, {1280, 800},
                 theme);
        }
    }

private:
    static void show(WindowFixture &fixture, const QString &scene)
    {
        MainWindow &window = fixture.window();
        if (scene == u"failed")
            window.goTo({u"job"_s, fixture.failed, u"overview"_s});
        else if (scene == u"succeeded")
            window.goTo({u"job"_s, fixture.succeeded, u"overview"_s});
        else if (scene == u"waiting")
            window.goTo({u"job"_s, fixture.waiting, u"overview"_s});
        else if (scene == u"no-engine") {
            batch::EngineStatus engine;
            engine.problem
                = u"The Docker Engine does not answer at /var/run/docker.sock: the service is "
                  "not running. Start it with: sudo systemctl start docker"_s;
            fixture.service().setEngine(engine);
        } else if (scene == u"unreachable")
            fixture.service().setUnreachable(
                u"The executor does not answer at http://127.0.0.1:41213. It is started again in 5 "
                "seconds."_s);
        else if (scene == u"palette")
            window.registry().find(u"view.palette"_s)->trigger();
        else if (scene == u"shortcuts")
            window.registry().find(u"view.shortcuts"_s)->trigger();
        else if (scene == u"review")
            window.registry().find(u"home.runSample"_s)->trigger();
        else if (scene == u"stop") {
            window.goTo({u"job"_s, fixture.running, u"overview"_s});
            settle(fixture);
            window.registry().find(u"job.stop"_s)->trigger();
        }
    }

    static bool isShown(WindowFixture &fixture, const QString &scene)
    {
        MainWindow &window = fixture.window();
        const auto says = [&window](const QString &text) {
            const auto labels = window.findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
                return label->isVisible() && label->text().contains(text);
            });
        };
        const QHash<QString, QString> jobs{{u"failed"_s, fixture.failed},
                                           {u"succeeded"_s, fixture.succeeded},
                                           {u"waiting"_s, fixture.waiting}};
        if (jobs.contains(scene))
            return window.isPageShown() && window.shownWidget() == &window
                && says(jobs.value(scene));
        if (scene == u"no-engine" || scene == u"unreachable")
            return says(u"does not answer"_s);
        return QApplication::activePopupWidget() != nullptr || window.shownWidget() != &window;
    }

    // All answers are there and painted.
    static void settle(WindowFixture &fixture)
    {
        qsizetype calls = -1;
        while (calls != fixture.service().calls.size()) {
            calls = fixture.service().calls.size();
            QTest::qWait(250);
        }
    }

    static void save(QWidget &widget, const QString &name, QSize size, Theme theme)
    {
        const QString file = QString::fromUtf8(BATCHYARD_SCREENSHOTS)
            + u"/%1-%2x%3-%4.png"_s.arg(name)
                  .arg(size.width())
                  .arg(size.height())
                  .arg(ui::themeName(theme));
        QVERIFY(widget.grab().save(file));
    }
};

QTEST_MAIN(tst_Screens)
#include "tst_screens.moc"
