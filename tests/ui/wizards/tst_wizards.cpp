// The four wizards from empty to created, by clicks and keys, on a service in memory: what is sent
// is compared with the JSON that AWS would get.
#include "backend/batch/json.h"
#include "tests/support/service/fakebatchservice.h"
#include "tests/ui/wizards/wizarddriver.h"
#include "ui/graph/containergraphview.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/errorbanner.h"
#include "ui/theme/theme.h"
#include "ui/wizards/computeenvironmentwizard.h"
#include "ui/wizards/jobdefinitionwizard.h"
#include "ui/wizards/jobqueuewizard.h"
#include "ui/wizards/submitjobwizard.h"

#include <QApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using namespace batchyard::ui;
using batchyard::test::FakeBatchService;
using batchyard::test::WizardDriver;

namespace {

QJsonObject object(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

void dragInGraph(ContainerGraphView &graph, const QString &from, const QString &to)
{
    const QPoint start = graph.handleRect(from).center();
    const QPoint end = graph.containerRect(to).center();
    QTest::mousePress(graph.viewport(), Qt::LeftButton, {}, start);
    for (const QPoint &at : {(start + end) / 2, end}) {
        QMouseEvent move(QEvent::MouseMove, at, graph.viewport()->mapToGlobal(at), Qt::NoButton,
                         Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(graph.viewport(), &move);
    }
    QTest::mouseRelease(graph.viewport(), Qt::LeftButton, {}, end);
}

} // namespace

class WizardsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();

    void createComputeEnvironment();
    void createFargateEnvironment();
    void createJobQueue();
    void createJobDefinition();
    void legacyDefinition();
    void submitJob();

    void jsonAndFormAreOne();
    void undoAndRedoInTheWholeWizard();
    void commandShowsColumnOfOpenQuote();
    void serviceErrorKeepsTheForm();
    void closingAsksOnlyWhenTyped();
    void keptDraftComesBack();
    void keyboardAloneFromEmptyToCreated();
    void permissionsAreAsked();
    void savedFileOpensAgain();

private:
    template <typename Wizard>
    std::unique_ptr<Wizard> open()
    {
        auto wizard = std::make_unique<Wizard>(*m_service);
        wizard->resize(1280, 800);
        wizard->show();
        if (!QTest::qWaitForWindowExposed(wizard.get()))
            qWarning("the wizard is not shown");
        QApplication::processEvents(); // answers of the service
        QApplication::processEvents();
        return wizard;
    }

    QTemporaryDir m_home;
    std::unique_ptr<FakeBatchService> m_service;
};

void WizardsTest::initTestCase()
{
    qputenv("BATCHYARD_HOME", m_home.path().toUtf8());
    applyTheme(*qApp, Theme::Light);
}

void WizardsTest::init()
{
    m_service = std::make_unique<FakeBatchService>();
    m_service->addSamples();
}

void WizardsTest::cleanup()
{
    m_service.reset();
    QDir(m_home.filePath(u"drafts"_s)).removeRecursively();
}

void WizardsTest::createComputeEnvironment()
{
    auto wizard = open<ComputeEnvironmentWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy created(wizard.get(), &ComputeEnvironmentWizard::created);
    QVERIFY(!person.canGoOn()); // no name yet; and the reason is told, but not in red
    QVERIFY(person.find<QPushButton>(u"problems"_s)->text().contains(u"name"_s));
    QCOMPARE(person.faults(), QString());
    person.type(u"computeEnvironmentName"_s, u"workstation"_s);
    QVERIFY(person.canGoOn());
    person.next();
    person.type(u"computeResources.maxvCpus"_s, u"4"_s);
    person.next();
    person.next();
    QVERIFY(person.find<QPlainTextEdit>(u"json"_s)->toPlainText().contains(u"workstation"_s));
    person.next();
    QTRY_COMPARE(created.size(), 1);
    QCOMPARE(created.first().first().toString(), u"workstation"_s);
    QVERIFY(!wizard->isVisible());
    QCOMPARE(object(toJson(m_service->environments.last())), object(R"({
        "computeEnvironmentName": "workstation", "type": "MANAGED", "state": "ENABLED",
        "computeResources": {"type": "EC2", "allocationStrategy": "BEST_FIT_PROGRESSIVE",
            "minvCpus": 0, "maxvCpus": 4, "desiredvCpus": 0, "instanceTypes": ["optimal"],
            "instanceRole": "ecsInstanceRole",
            "subnets": ["subnet-local"], "securityGroupIds": ["sg-local"]}})"));
}

void WizardsTest::createFargateEnvironment()
{
    auto wizard = open<ComputeEnvironmentWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy created(wizard.get(), &ComputeEnvironmentWizard::created);
    person.click(u"computeResources.type.FARGATE"_s);
    person.type(u"computeEnvironmentName"_s, u"spot"_s);
    person.next();
    person.click(u"computeResources.spot"_s);
    person.next();
    person.next();
    person.next();
    QTRY_COMPARE(created.size(), 1);
    QCOMPARE(object(toJson(m_service->environments.last())), object(R"({
        "computeEnvironmentName": "spot", "type": "MANAGED", "state": "ENABLED",
        "computeResources": {"type": "FARGATE_SPOT", "maxvCpus": 256,
            "subnets": ["subnet-local"], "securityGroupIds": ["sg-local"]}})"));
}

void WizardsTest::createJobQueue()
{
    ComputeEnvironment spare = m_service->environments.first();
    spare.computeEnvironmentName = u"spare"_s;
    spare.computeEnvironmentArn += u"2"_s;
    m_service->environments.append(spare);
    auto wizard = open<JobQueueWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy created(wizard.get(), &JobQueueWizard::created);
    person.type(u"jobQueueName"_s, u"nightly"_s);
    person.type(u"priority"_s, u"5"_s);
    QVERIFY(!person.canGoOn());
    QTRY_COMPARE(person.find<QComboBox>(u"availableEnvironments"_s)->count(), 2);
    person.click(u"connectEnvironment"_s); // local
    person.click(u"connectEnvironment"_s); // spare
    person.click(u"environmentUp"_s); // spare first
    QVERIFY(person.canGoOn());
    person.next();
    person.next();
    QTRY_COMPARE(created.size(), 1);
    QCOMPARE(object(toJson(m_service->queues.last())), object(R"({
        "jobQueueName": "nightly", "state": "ENABLED", "priority": 5,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "spare"},
                                    {"order": 2, "computeEnvironment": "local"}]})"));
}

void WizardsTest::createJobDefinition()
{
    auto wizard = open<JobDefinitionWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy created(wizard.get(), &JobDefinitionWizard::created);
    person.type(u"jobDefinitionName"_s, u"maze"_s);
    person.type(u"timeout.attemptDurationSeconds"_s, u"600"_s);
    person.click(u"unfold.Retry strategy – optional"_s);
    person.type(u"retryStrategy.attempts"_s, u"2"_s);
    person.click(u"add.retryStrategy.evaluateOnExit"_s);
    person.type(u"retryStrategy.evaluateOnExit[0].onExitCode"_s, u"137"_s);
    person.next();

    QCOMPARE(wizard->step(), 1);
    person.type(u"name"_s, u"model"_s);
    person.click(u"essential"_s);
    person.type(u"image"_s, u"batchyard/maze-model-cpp:latest"_s);
    person.type(u"resourceRequirements.VCPU"_s, u"1"_s);
    person.type(u"resourceRequirements.MEMORY"_s, u"128"_s);
    person.click(u"add.environment"_s);
    person.type(u"environment[0].name"_s, u"MAZE_WIDTH"_s);
    person.type(u"environment[0].value"_s, u"20"_s);
    person.click(u"addContainer"_s);
    person.type(u"name"_s, u"agent"_s);
    person.type(u"image"_s, u"batchyard/maze-agent-cpp:latest"_s);
    person.type(u"command"_s, u"/agent --greeting 'hello maze'"_s);
    dragInGraph(*person.find<ContainerGraphView>(u"containerGraph"_s), u"agent"_s, u"model"_s);
    // The form shows what the graph made.
    QCOMPARE(person.find<QComboBox>(u"dependsOn[0].containerName"_s)->currentText(), u"model"_s);
    person.choose(u"dependsOn[0].condition"_s, u"START"_s);
    QVERIFY(person.canGoOn());
    person.next();
    QCOMPARE(wizard->step(), 2);
    person.next();
    QTRY_COMPARE(created.size(), 1);
    QCOMPARE(created.first().first().toString(), u"maze"_s);
    QCOMPARE(object(toJson(m_service->definitions.last())), object(R"({
        "jobDefinitionName": "maze", "type": "container", "platformCapabilities": ["EC2"],
        "retryStrategy": {"attempts": 2,
                          "evaluateOnExit": [{"onExitCode": "137", "action": "RETRY"}]},
        "timeout": {"attemptDurationSeconds": 600},
        "ecsProperties": {"taskProperties": [{"containers": [
            {"name": "model", "image": "batchyard/maze-model-cpp:latest", "essential": false,
             "environment": [{"name": "MAZE_WIDTH", "value": "20"}],
             "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                      {"type": "MEMORY", "value": "128"}]},
            {"name": "agent", "image": "batchyard/maze-agent-cpp:latest", "essential": true,
             "command": ["/agent", "--greeting", "hello maze"],
             "dependsOn": [{"containerName": "model", "condition": "START"}],
             "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                      {"type": "MEMORY", "value": "512"}]}]}]}})"));
}

void WizardsTest::legacyDefinition()
{
    auto wizard = open<JobDefinitionWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy created(wizard.get(), &JobDefinitionWizard::created);
    person.type(u"jobDefinitionName"_s, u"single"_s);
    person.click(u"legacyStructure"_s);
    person.next();
    person.type(u"image"_s, u"busybox:latest"_s);
    person.next();
    person.next();
    QTRY_COMPARE(created.size(), 1);
    QCOMPARE(object(toJson(m_service->definitions.last())), object(R"({
        "jobDefinitionName": "single", "type": "container", "platformCapabilities": ["EC2"],
        "containerProperties": {"image": "busybox:latest",
            "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                     {"type": "MEMORY", "value": "512"}]}})"));
}

void WizardsTest::submitJob()
{
    auto wizard = open<SubmitJobWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy submitted(wizard.get(), &SubmitJobWizard::submitted);
    person.type(u"jobName"_s, u"run-1"_s);
    QTRY_VERIFY(person.find<QComboBox>(u"jobDefinition"_s)->count() > 0);
    QTRY_VERIFY(person.find<QComboBox>(u"jobQueue"_s)->count() > 0);
    person.type(u"jobDefinition"_s, u"maze:1"_s);
    person.type(u"jobQueue"_s, u"default"_s);
    QVERIFY(person.canGoOn());
    person.next();
    person.type(u"retryStrategy.attempts"_s, u"2"_s);
    person.type(u"timeout.attemptDurationSeconds"_s, u"120"_s);
    // The blocks stand in the definition's order: model, agent. Seed and memory for the first.
    person.type(u"resourceRequirements.MEMORY"_s, u"256"_s);
    person.click(u"add.environment"_s);
    person.type(u"environment[0].name"_s, u"MAZE_SEED"_s);
    person.type(u"environment[0].value"_s, u"7"_s);
    person.next();
    QCOMPARE(wizard->step(), 2);
    QCOMPARE(person.find<QTableWidget>(u"overrides"_s)->rowCount(), 4);
    person.find<QTabWidget>(u"reviewTabs"_s)->setCurrentIndex(1);
    QVERIFY(
        person.find<QPlainTextEdit>(u"effectiveJson"_s)->toPlainText().contains(u"MAZE_SEED"_s));
    person.find<QTabWidget>(u"reviewTabs"_s)->setCurrentIndex(0);
    QCOMPARE(object(person.find<QPlainTextEdit>(u"json"_s)->toPlainText().toUtf8()), object(R"({
        "jobName": "run-1", "jobQueue": "default", "jobDefinition": "maze:1",
        "ecsPropertiesOverride": {"taskProperties": [{"containers": [
            {"name": "model", "environment": [{"name": "MAZE_SEED", "value": "7"}],
             "resourceRequirements": [{"type": "MEMORY", "value": "256"}]}]}]},
        "retryStrategy": {"attempts": 2}, "timeout": {"attemptDurationSeconds": 120}})"));
    person.next();
    QTRY_COMPARE(submitted.size(), 1);
    const JobDetail *job = m_service->job(submitted.first().first().toString());
    QVERIFY(job);
    QCOMPARE(job->jobName, u"run-1"_s);
}

void WizardsTest::jsonAndFormAreOne()
{
    auto wizard = open<JobQueueWizard>();
    const WizardDriver person(*wizard);
    person.type(u"jobQueueName"_s, u"nightly"_s);
    QTRY_VERIFY(person.find<QComboBox>(u"availableEnvironments"_s)->count() > 0);
    person.click(u"connectEnvironment"_s);
    person.next();
    auto *json = person.find<QPlainTextEdit>(u"json"_s);
    QString text = json->toPlainText();
    json->setPlainText(text.replace(u"nightly"_s, u"daily"_s));
    QCOMPARE(wizard->document().jobQueueName, u"daily"_s);
    json->setPlainText(text.chopped(2));
    QVERIFY(!person.canGoOn());
    QVERIFY(person.find<QPushButton>(u"jsonProblem"_s)->isVisible());
    QCOMPARE(wizard->document().jobQueueName, u"daily"_s);
    person.click(u"previous"_s);
    QCOMPARE(person.find<QLineEdit>(u"jobQueueName"_s)->text(), u"daily"_s);
    person.type(u"jobQueueName"_s, u"weekly"_s);
    person.next();
    QVERIFY(json->toPlainText().contains(u"weekly"_s));
    QVERIFY(person.canGoOn());
}

void WizardsTest::undoAndRedoInTheWholeWizard()
{
    auto wizard = open<JobDefinitionWizard>();
    const WizardDriver person(*wizard);
    person.type(u"jobDefinitionName"_s, u"maze"_s);
    person.next();
    person.type(u"name"_s, u"model"_s);
    person.type(u"image"_s, u"m:1"_s);
    person.click(u"addContainer"_s);
    QCOMPARE(wizard->document().ecsProperties->containers.size(), 2);
    auto *name = person.find<QLineEdit>(u"name"_s);
    name->setFocus();
    // A text field would take these for itself; here they go to the whole draft.
    QTest::keyClick(name, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(wizard->document().ecsProperties->containers.size(), 1);
    QTest::keyClick(name, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(wizard->document().ecsProperties->containers[0].image, QString());
    QTest::keyClick(name, Qt::Key_Z, Qt::ControlModifier);
    QTest::keyClick(name, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(wizard->document().jobDefinitionName, QString());
    for (int i = 0; i < 4; ++i)
        QTest::keyClick(name, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(wizard->document().ecsProperties->containers.size(), 2);
    QCOMPARE(wizard->document().jobDefinitionName, u"maze"_s);
}

void WizardsTest::commandShowsColumnOfOpenQuote()
{
    auto wizard = open<JobDefinitionWizard>();
    const WizardDriver person(*wizard);
    person.type(u"jobDefinitionName"_s, u"maze"_s);
    person.next();
    person.type(u"image"_s, u"busybox:1"_s);
    person.type(u"command"_s, u"echo 'half"_s);
    QVERIFY2(person.fault(u"command"_s).contains(u"column 6"_s),
             qPrintable(person.fault(u"command"_s)));
    QVERIFY(!person.canGoOn());
    QCOMPARE(person.find<QLineEdit>(u"command"_s)->text(), u"echo 'half"_s);
    QTest::keyClicks(person.find<QLineEdit>(u"command"_s), u"'"_s);
    QCOMPARE(person.fault(u"command"_s), QString());
    QCOMPARE(wizard->document().ecsProperties->containers[0].command,
             (QStringList{u"echo"_s, u"half"_s}));
    QVERIFY(person.canGoOn());
}

void WizardsTest::serviceErrorKeepsTheForm()
{
    auto wizard = open<ComputeEnvironmentWizard>();
    const WizardDriver person(*wizard);
    QSignalSpy created(wizard.get(), &ComputeEnvironmentWizard::created);
    person.type(u"computeEnvironmentName"_s, u"local"_s);
    for (int i = 0; i < 3; ++i)
        person.next();
    m_service->failNext(u"createComputeEnvironment"_s,
                        {ErrorCode::Conflict, u"Object already exists"_s, u"raw"_s});
    person.next();
    auto *banner = wizard->findChild<ErrorBanner *>(u"serviceError"_s);
    QTRY_VERIFY(banner->isVisible());
    QVERIFY(banner->text().contains(u"Object already exists"_s));
    QCOMPARE(created.size(), 0);
    QCOMPARE(wizard->document().computeEnvironmentName, u"local"_s);
    QVERIFY(person.canGoOn()); // it can be tried again at once
    person.next();
    QTRY_VERIFY(created.size() == 1 || banner->isVisible());
}

void WizardsTest::closingAsksOnlyWhenTyped()
{
    auto wizard = open<JobQueueWizard>();
    QTest::keyClick(wizard.get(), Qt::Key_Escape);
    QVERIFY(!wizard->isVisible());

    wizard = open<JobQueueWizard>();
    const WizardDriver person(*wizard);
    person.type(u"jobQueueName"_s, u"nightly"_s);
    QTest::keyClick(wizard.get(), Qt::Key_Escape);
    QVERIFY(wizard->isVisible());
    auto *question = wizard->findChild<QMessageBox *>(u"closeQuestion"_s);
    QVERIFY(question);
    QTest::keyClick(question, Qt::Key_Escape); // goes on editing
    QTRY_VERIFY(!wizard->findChild<QMessageBox *>(u"closeQuestion"_s));
    QVERIFY(wizard->isVisible());
    person.click(u"cancel"_s);
    auto *discard = wizard->findChild<QPushButton *>(u"discardDraft"_s);
    QVERIFY(discard);
    QTest::mouseClick(discard, Qt::LeftButton);
    QTRY_VERIFY(!wizard->isVisible());
    wizard.reset();
    QVERIFY(!QFile::exists(m_home.filePath(u"drafts/job-queue.json"_s)));
}

void WizardsTest::keptDraftComesBack()
{
    auto wizard = open<JobQueueWizard>();
    WizardDriver(*wizard).type(u"jobQueueName"_s, u"nightly"_s);
    WizardDriver(*wizard).click(u"cancel"_s);
    auto *keep = wizard->findChild<QPushButton *>(u"keepDraft"_s);
    QVERIFY(keep);
    QTest::mouseClick(keep, Qt::LeftButton);
    QTRY_VERIFY(!wizard->isVisible());
    wizard.reset();

    wizard = open<JobQueueWizard>();
    const WizardDriver person(*wizard);
    QCOMPARE(wizard->document().jobQueueName, u"nightly"_s);
    QVERIFY(person.find(u"notice"_s));
    person.click(u"startAfresh"_s);
    QCOMPARE(wizard->document().jobQueueName, QString());
    wizard.reset();

    // A document that is given wins over a saved draft.
    wizard = std::make_unique<JobQueueWizard>(*m_service);
    JobQueue given;
    given.jobQueueName = u"given"_s;
    wizard->setDraft(given);
    wizard->show();
    QCOMPARE(wizard->document().jobQueueName, u"given"_s);
}

void WizardsTest::keyboardAloneFromEmptyToCreated()
{
    auto wizard = open<JobDefinitionWizard>();
    QSignalSpy created(wizard.get(), &JobDefinitionWizard::created);
    const auto keys
        = [&](const QString &text) { QTest::keyClicks(QApplication::focusWidget(), text); };
    // Tab until the focus is on a field; a person would count less.
    const auto tabTo = [&](const QString &name) {
        for (int i = 0; i < 60; ++i) {
            if (QApplication::focusWidget() && QApplication::focusWidget()->objectName() == name)
                return true;
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        }
        return false;
    };
    wizard->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(wizard.get()));
    QVERIFY(tabTo(u"jobDefinitionName"_s));
    keys(u"maze"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(wizard->step(), 1);
    QVERIFY(tabTo(u"image"_s));
    keys(u"busybox:1"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(wizard->step(), 2);
    QTest::keyClick(wizard.get(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(created.size(), 1);
}

// What the executor's policy refuses is asked of the person, and Enter is no consent.
void WizardsTest::permissionsAreAsked()
{
    auto wizard = open<JobDefinitionWizard>();
    const WizardDriver person(*wizard);
    JobDefinition definition = m_service->definitions.first();
    definition.jobDefinitionName = u"lidar"_s;
    wizard->setDraft(definition);
    wizard->setStep(2);
    m_service->neededPermissions = {u"privileged"_s, u"hostDirectories"_s};
    QSignalSpy created(wizard.get(), &JobDefinitionWizard::created);

    person.next();
    QTRY_VERIFY(wizard->findChild<ConfirmDialog *>());
    QPointer<ConfirmDialog> dialog = wizard->findChild<ConfirmDialog *>();
    const QString text = dialog->findChild<QLabel *>(u"confirmText"_s)->text();
    QVERIFY(text.contains(u"every right on this machine"_s));
    QVERIFY(text.contains(u"directories of this machine"_s));
    QVERIFY(!person.canGoOn());
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_VERIFY(!dialog);
    QVERIFY(person.canGoOn());
    QVERIFY(person.find(u"serviceError"_s));
    QCOMPARE(created.size(), 0);

    person.next();
    QTRY_VERIFY(wizard->findChild<ConfirmDialog *>());
    dialog = wizard->findChild<ConfirmDialog *>();
    QTest::mouseClick(dialog->findChild<QPushButton *>(u"confirmButton"_s), Qt::LeftButton);
    QTRY_COMPARE(created.size(), 1);
    QCOMPARE(m_service->definitions.last().jobDefinitionName, u"lidar"_s);
}

void WizardsTest::savedFileOpensAgain()
{
    // Through the document and the pane's own text, as Save and Open do.
    auto wizard = open<JobDefinitionWizard>();
    JobDefinition definition = m_service->definitions.first();
    definition.unknown = R"({"somethingNew":{"a":[1]}})";
    wizard->setDraft(definition);
    wizard->setStep(2);
    QCOMPARE(wizard->step(), 2);
    auto *json = WizardDriver(*wizard).find<QPlainTextEdit>(u"json"_s);
    const QString text = json->toPlainText();
    QVERIFY(text.contains(u"somethingNew"_s));
    auto other = open<JobDefinitionWizard>();
    WizardDriver(*other).type(u"jobDefinitionName"_s, u"x"_s);
    other->findChild<QPlainTextEdit *>(u"json"_s)->setPlainText(text);
    QCOMPARE(object(toJson(other->document())), object(text.toUtf8()));
}

QTEST_MAIN(WizardsTest)
#include "tst_wizards.moc"
