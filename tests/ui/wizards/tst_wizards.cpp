// The four wizards from empty to created, by clicks and keys: what is sent is compared with the
// JSON that AWS would get.
#include "backend/batch/json.h"
#include "tests/ui/wizards/wizarddriver.h"
#include "tests/ui/wizards/wizardtest.h"
#include "ui/graph/containergraphview.h"
#include "ui/wizards/computeenvironmentwizard.h"
#include "ui/wizards/jobdefinitionwizard.h"
#include "ui/wizards/jobqueuewizard.h"
#include "ui/wizards/submitjobwizard.h"

#include <QApplication>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using namespace batchyard::ui;
using batchyard::test::object;
using batchyard::test::WizardDriver;
using batchyard::test::WizardTest;

namespace {

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

class WizardsTest : public WizardTest
{
    Q_OBJECT

private slots:
    void createComputeEnvironment();
    void createFargateEnvironment();
    void createJobQueue();
    void createJobDefinition();
    void legacyDefinition();
    void submitJob();
};

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

QTEST_MAIN(WizardsTest)
#include "tst_wizards.moc"
