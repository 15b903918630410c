// Every step of every wizard in both themes and at both sizes: nothing is cut off, text can be
// read, and a picture of each is left in the build directory for people to look at.
#include "tests/support/service/fakebatchservice.h"
#include "ui/graph/containergraphview.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/theme.h"
#include "ui/wizards/computeenvironmentwizard.h"
#include "ui/wizards/jobdefinitionwizard.h"
#include "ui/wizards/jobqueuewizard.h"
#include "ui/wizards/submitjobwizard.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using namespace batchyard::ui;
using batchyard::test::FakeBatchService;

namespace {

TaskContainerProperties container(const QString &name, bool essential, const QString &memory)
{
    TaskContainerProperties made;
    made.name = name;
    made.image = u"batchyard/maze-%1-cpp:latest"_s.arg(name);
    made.essential = essential;
    made.resourceRequirements = {{u"VCPU"_s, u"1"_s, {}}, {u"MEMORY"_s, memory, {}}};
    return made;
}

JobDefinition definition()
{
    JobDefinition made;
    made.jobDefinitionName = u"maze-with-telemetry"_s;
    made.type = u"container"_s;
    made.platformCapabilities = {u"EC2"_s};
    made.parameters = {{u"width"_s, u"40"_s}};
    made.timeout = JobTimeout{600, {}};
    made.retryStrategy = RetryStrategy{2, {{{}, {}, u"137"_s, u"RETRY"_s, {}}}, {}};
    made.ecsProperties.emplace();
    auto &task = *made.ecsProperties;
    task.containers
        = {container(u"prepare"_s, false, u"64"_s), container(u"model"_s, false, u"256"_s),
           container(u"agent"_s, true, u"256"_s)};
    task.containers[1].dependsOn = {{u"prepare"_s, DependencyCondition::Success, {}}};
    task.containers[1].environment = {{u"MAZE_WIDTH"_s, u"40"_s, {}}, {u"MAZE_SEED"_s, u"7"_s, {}}};
    task.containers[2].dependsOn = {{u"model"_s, DependencyCondition::Start, {}}};
    task.containers[2].command = {u"/agent"_s, u"--width"_s, u"Ref::width"_s};
    return made;
}

// The AWS docs' shape of a broken one: to see how faults look.
JobDefinition brokenDefinition()
{
    JobDefinition made = definition();
    made.jobDefinitionName = u"my maze"_s;
    made.timeout->attemptDurationSeconds = 59;
    made.ecsProperties->containers[1].image = u"Batchyard/model"_s;
    made.ecsProperties->containers[1].environment.append({u"MAZE_SEED"_s, u"8"_s, {}});
    made.ecsProperties->containers[1].resourceRequirements[0].value = u"1e3"_s;
    return made;
}

SubmitJobRequest request()
{
    SubmitJobRequest made;
    made.jobName = u"maze-run-1"_s;
    made.jobQueue = u"default"_s;
    made.jobDefinition = u"maze-with-telemetry:1"_s;
    made.ecsPropertiesOverride
        = {{u"agent"_s, {}, {{u"MAZE_SEED"_s, u"11"_s, {}}}, {{u"MEMORY"_s, u"512"_s, {}}}, {}}};
    made.retryStrategy = RetryStrategy{3, {}, {}};
    return made;
}

QString pictures()
{
    const QString folder = QApplication::applicationDirPath() + u"/../screenshots/wizards"_s;
    return QDir().mkpath(folder) ? folder : QString();
}

bool isCut(const QAbstractButton *button)
{
    return !button->text().isEmpty() && button->width() < button->minimumSizeHint().width();
}

} // namespace

class WizardScreensTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void steps_data();
    void steps();

    void permissions_data() { steps_data(); }
    void permissions();

    void liveGraph_data() { steps_data(); }
    void liveGraph();

private:
    void look(WizardDialog &wizard, const QString &name);

    QTemporaryDir m_home;
};

void WizardScreensTest::initTestCase()
{
    qputenv("BATCHYARD_HOME", m_home.path().toUtf8());
}

void WizardScreensTest::steps_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::addColumn<QSize>("size");
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
        for (const QSize size : {QSize(1280, 800), QSize(960, 540)})
            QTest::addRow("%s %dx%d", qPrintable(themeName(theme)), size.width(), size.height())
                << theme << size;
    }
}

void WizardScreensTest::look(WizardDialog &wizard, const QString &name)
{
    QFETCH(QSize, size);
    QFETCH(Theme, theme);
    wizard.resize(size);
    wizard.show();
    QVERIFY(QTest::qWaitForWindowExposed(&wizard));
    for (int i = 0; i < wizard.stepCount(); ++i) {
        wizard.setStep(i);
        QApplication::processEvents();
        for (const auto *button : wizard.findChildren<QAbstractButton *>()) {
            if (button->isVisible() && button->objectName() != u"problems"
                && button->objectName() != u"jsonProblem")
                QVERIFY2(!isCut(button), qPrintable(name + u": "_s + button->text()));
        }
        QCOMPARE(wizard.size(), size); // no step asks for more room than there is
        for (const auto *scroll : wizard.findChildren<QScrollArea *>()) {
            if (scroll->isVisible() && scroll->widget())
                QVERIFY2(scroll->widget()->minimumSizeHint().width() <= scroll->viewport()->width(),
                         qPrintable(u"%1, step %2: cut off at the right"_s.arg(name).arg(i + 1)));
        }
        const QString file = u"%1/%2-%3-%4-%5.png"_s.arg(pictures(), name)
                                 .arg(wizard.step() + 1)
                                 .arg(themeName(theme))
                                 .arg(size.width());
        QVERIFY(wizard.grab().save(file));
    }
}

// The question before a document gets what leads out of its containers.
void WizardScreensTest::permissions()
{
    QFETCH(QSize, size);
    QFETCH(Theme, theme);
    applyTheme(*qApp, theme);
    FakeBatchService service;
    service.neededPermissions = {u"privileged"_s, u"hostDirectories"_s, u"engineSocket"_s};
    JobDefinitionWizard wizard(service);
    wizard.setDraft(definition());
    wizard.resize(size);
    wizard.show();
    wizard.setStep(2);
    QTest::mouseClick(wizard.findChild<QPushButton *>(u"next"_s), Qt::LeftButton);
    QTRY_VERIFY(wizard.findChild<ConfirmDialog *>());
    auto *dialog = wizard.findChild<ConfirmDialog *>();
    QVERIFY(QTest::qWaitForWindowExposed(dialog));
    QVERIFY(dialog->width() <= size.width() && dialog->height() <= size.height());
    for (const auto *button : dialog->findChildren<QAbstractButton *>())
        QVERIFY2(!isCut(button), qPrintable(button->text()));
    for (const auto *label : dialog->findChildren<QLabel *>())
        QVERIFY2(label->heightForWidth(label->width()) <= label->height(),
                 qPrintable(label->text()));
    QVERIFY(dialog->grab().save(
        u"%1/permissions-%2-%3.png"_s.arg(pictures(), themeName(theme)).arg(size.width())));
}

void WizardScreensTest::steps()
{
    QFETCH(Theme, theme);
    applyTheme(*qApp, theme);
    FakeBatchService service;
    service.addSamples();
    JobDefinition registered = definition();
    registered.revision = 1;
    registered.status = u"ACTIVE"_s;
    service.definitions.append(registered);
    ComputeEnvironment second = service.environments.first();
    second.computeEnvironmentName = u"spare"_s;
    second.computeEnvironmentArn += u"2"_s;
    service.environments.append(second);

    {
        ComputeEnvironmentWizard wizard(service);
        ComputeEnvironment document = wizard.document();
        document.computeEnvironmentName = u"workstation"_s;
        wizard.setDraft(document);
        look(wizard, u"environment"_s);
    }
    {
        JobQueueWizard wizard(service);
        JobQueue document = wizard.document();
        document.jobQueueName = u"nightly"_s;
        document.computeEnvironmentOrder = {{1, u"local"_s, {}}, {2, u"spare"_s, {}}};
        wizard.setDraft(document);
        QTRY_VERIFY(service.calls.contains(u"describeComputeEnvironments"_s)
                    || !service.calls.isEmpty());
        look(wizard, u"queue"_s);
    }
    {
        JobDefinitionWizard wizard(service);
        wizard.setDraft(definition());
        look(wizard, u"definition"_s);
    }
    {
        JobDefinitionWizard wizard(service);
        wizard.setDraft(brokenDefinition());
        look(wizard, u"broken"_s);
    }
    {
        JobDefinitionWizard wizard(service);
        JobDefinition sound = brokenDefinition();
        sound.jobDefinitionName = u"maze"_s;
        sound.timeout.reset();
        wizard.setDraft(sound);
        for (auto *unfold : wizard.findChildren<QToolButton *>()) {
            if (unfold->objectName().startsWith(u"unfold."))
                unfold->setChecked(true);
        }
        wizard.findChild<QTabWidget *>(u"dependencyViews"_s)->setCurrentIndex(1);
        look(wizard, u"unfolded"_s);
    }
    {
        SubmitJobWizard wizard(service);
        wizard.setDraft(request());
        QTRY_VERIFY(service.calls.size() > 4);
        QTest::qWait(1);
        look(wizard, u"submit"_s);
    }
}

void WizardScreensTest::liveGraph()
{
    QFETCH(Theme, theme);
    QFETCH(QSize, size);
    applyTheme(*qApp, theme);
    ContainerGraphView graph;
    graph.resize(size / 2);
    graph.setTask(*definition().ecsProperties);
    ContainerLiveState done;
    done.name = u"prepare"_s;
    done.phase = ContainerPhase::Stopped;
    done.exitCode = 0;
    ContainerLiveState running;
    running.name = u"model"_s;
    running.phase = ContainerPhase::Running;
    ContainerLiveState failed;
    failed.name = u"agent"_s;
    failed.phase = ContainerPhase::Stopped;
    failed.exitCode = 3;
    failed.decidedOutcome = true;
    graph.setStates({done, running, failed});
    graph.show();
    QVERIFY(QTest::qWaitForWindowExposed(&graph));
    const QString folder = QApplication::applicationDirPath() + u"/../screenshots/wizards"_s;
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(graph.grab().save(
        u"%1/livegraph-%2-%3.png"_s.arg(folder, themeName(theme)).arg(size.width())));
}

QTEST_MAIN(WizardScreensTest)
#include "tst_wizardscreens.moc"
