// What is typed wrong is named below its field in validation's own words, with Next closed; and
// every widget that takes clicks or keys has a name for people and for tests.
#include "backend/batch/validation.h"
#include "tests/support/service/fakebatchservice.h"
#include "tests/ui/wizards/wizarddriver.h"
#include "ui/theme/theme.h"
#include "ui/wizards/computeenvironmentwizard.h"
#include "ui/wizards/jobdefinitionwizard.h"
#include "ui/wizards/jobqueuewizard.h"
#include "ui/wizards/submitjobwizard.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QDir>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using namespace batchyard::ui;
using batchyard::test::FakeBatchService;
using batchyard::test::WizardDriver;

namespace {

JobDefinition soundDefinition()
{
    JobDefinition made;
    made.jobDefinitionName = u"maze"_s;
    made.type = u"container"_s;
    made.platformCapabilities = {u"EC2"_s};
    made.ecsProperties.emplace();
    for (const QString &name : {u"model"_s, u"agent"_s}) {
        TaskContainerProperties container;
        container.name = name;
        container.image = name + u":1"_s;
        container.essential = true;
        container.resourceRequirements = {{u"VCPU"_s, u"1"_s, {}}, {u"MEMORY"_s, u"64"_s, {}}};
        container.environment = {{u"A"_s, u"1"_s, {}}};
        container.ulimits = {{u"nofile"_s, 1, 2, {}}};
        container.mountPoints = {{u"data"_s, u"/data"_s, {}, {}}};
        made.ecsProperties->containers.append(container);
    }
    made.ecsProperties->volumes = {{u"data"_s, Host{}, {}, {}}};
    made.retryStrategy = RetryStrategy{2, {{{}, {}, u"1"_s, u"RETRY"_s, {}}}, {}};
    return made;
}

bool takesInput(const QWidget *widget)
{
    return qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QLineEdit *>(widget)
        || qobject_cast<const QComboBox *>(widget) || qobject_cast<const QPlainTextEdit *>(widget)
        || qobject_cast<const QAbstractSpinBox *>(widget)
        || qobject_cast<const QAbstractItemView *>(widget);
}

// Parts that Qt makes inside its own widgets.
bool isPartOfAnother(const QWidget *widget)
{
    if (widget->objectName().startsWith(u"qt_"))
        return true;
    for (const QWidget *at = widget->parentWidget(); at; at = at->parentWidget()) {
        if (qobject_cast<const QComboBox *>(at) || qobject_cast<const QAbstractItemView *>(at)
            || qobject_cast<const QTabBar *>(at))
            return true;
    }
    return false;
}

} // namespace

class WizardFieldsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanup() { QDir(m_home.filePath(u"drafts"_s)).removeRecursively(); }
    void definitionFaults_data();
    void definitionFaults();
    void environmentFaults_data();
    void environmentFaults();
    void submitFaults_data();
    void submitFaults();
    void faultsGoWhenMended();
    void labelsAreAws();
    void everythingHasANameAndLabel();

private:
    QTemporaryDir m_home;
};

void WizardFieldsTest::initTestCase()
{
    qputenv("BATCHYARD_HOME", m_home.path().toUtf8());
    applyTheme(*qApp, Theme::Light);
}

void WizardFieldsTest::definitionFaults_data()
{
    QTest::addColumn<int>("step");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("words"); // part of the message
    const auto row
        = [](const char *name, int step, const QString &field, const QString &typed,
             const QString &words) { QTest::newRow(name) << step << field << typed << words; };
    row("W1 empty name", 0, u"jobDefinitionName"_s, u""_s, u"required"_s);
    row("W2 name of 129", 0, u"jobDefinitionName"_s, QString(129, u'a'), u"128"_s);
    row("W4 name with a blank", 0, u"jobDefinitionName"_s, u"my maze"_s, u"3"_s);
    row("W4 name with an umlaut", 0, u"jobDefinitionName"_s, u"mäze"_s, u"ä"_s);
    row("W5 name with a tag", 0, u"jobDefinitionName"_s, u"<b>x</b>"_s, u"<"_s);
    row("W24 timeout 59", 0, u"timeout.attemptDurationSeconds"_s, u"59"_s, u"60"_s);
    row("timeout no number", 0, u"timeout.attemptDurationSeconds"_s, u"soon"_s, u"whole number"_s);
    row("timeout 2.5", 0, u"timeout.attemptDurationSeconds"_s, u"2.5"_s, u"whole number"_s);
    row("priority beyond", 0, u"schedulingPriority"_s, u"10000"_s, u"9999"_s);
    row("W25 attempts 0", 0, u"retryStrategy.attempts"_s, u"0"_s, u"from 1 to 10"_s);
    row("W25 attempts 11", 0, u"retryStrategy.attempts"_s, u"11"_s, u"from 1 to 10"_s);
    row("W27 star inside a pattern", 0, u"retryStrategy.evaluateOnExit[0].onExitCode"_s, u"1*3"_s,
        u"1*3"_s);
    row("W30 two volumes of one name", 1, u"mountPoints[0].sourceVolume"_s, u"gone"_s, u"gone"_s);
    row("W31 relative host path", 0, u"volumes[0].host.sourcePath"_s, u"data/x"_s, u"sourcePath"_s);
    row("W6 image empty", 1, u"image"_s, u""_s, u"required"_s);
    row("W7 image with capitals", 1, u"image"_s, u"Nginx"_s, u"lower case"_s);
    row("W8 image with two tags", 1, u"image"_s, u"a:b:c"_s, u"more than one tag"_s);
    row("W9 image with a command", 1, u"image"_s, u"a;rm -rf /"_s, u";"_s);
    row("W10 vCPUs 0", 1, u"resourceRequirements.VCPU"_s, u"0"_s, u"0"_s);
    row("W10 vCPUs -1", 1, u"resourceRequirements.VCPU"_s, u"-1"_s, u"-1"_s);
    row("W10 vCPUs 1e3", 1, u"resourceRequirements.VCPU"_s, u"1e3"_s, u"1e3"_s);
    row("W10 vCPUs NaN", 1, u"resourceRequirements.VCPU"_s, u"NaN"_s, u"NaN"_s);
    row("vCPUs empty", 1, u"resourceRequirements.VCPU"_s, u""_s, u""_s);
    row("W11 memory 3", 1, u"resourceRequirements.MEMORY"_s, u"3"_s, u"4"_s);
    row("memory in words", 1, u"resourceRequirements.MEMORY"_s, u"1GB"_s, u"1GB"_s);
    row("W13 open quote", 1, u"command"_s, u"echo \"a"_s, u"column 6"_s);
    row("W14 environment name empty", 1, u"environment[0].name"_s, u""_s, u"required"_s);
    row("W14 environment name with =", 1, u"environment[0].name"_s, u"A=B"_s, u"="_s);
    row("W14 reserved name", 1, u"environment[0].name"_s, u"AWS_BATCH_X"_s, u"AWS_BATCH"_s);
    row("W17 two containers of one name", 1, u"name"_s, u"agent"_s, u"agent"_s);
    row("W29 stop timeout 1", 1, u"stopTimeout"_s, u"1"_s, u"2"_s);
    row("W29 start timeout 1", 1, u"startTimeout"_s, u"1"_s, u"2"_s);
    row("W34 soft above hard", 1, u"ulimits[0].softLimit"_s, u"9"_s, u"hardLimit"_s);
    row("ulimit no number", 1, u"ulimits[0].softLimit"_s, u"many"_s, u"whole number"_s);
    row("user with a blank", 1, u"user"_s, u"a b"_s, u"user"_s);
    row("swappiness beyond", 1, u"linuxParameters.swappiness"_s, u"101"_s, u"100"_s);
    row("W39 name with U+202E", 0, u"jobDefinitionName"_s, u"a\u202Eb"_s, u"202E"_s);
}

void WizardFieldsTest::definitionFaults()
{
    QFETCH(int, step);
    QFETCH(QString, field);
    QFETCH(QString, typed);
    QFETCH(QString, words);
    FakeBatchService service;
    JobDefinitionWizard wizard(service);
    wizard.setDraft(soundDefinition());
    wizard.resize(1280, 800);
    wizard.show();
    for (auto *unfold : wizard.findChildren<QToolButton *>()) {
        if (unfold->objectName().startsWith(u"unfold."))
            unfold->setChecked(true);
    }
    wizard.setStep(step);
    QCOMPARE(wizard.step(), step);
    const WizardDriver person(wizard);
    QVERIFY2(person.canGoOn(), qPrintable(toText(validate(soundDefinition()))));
    person.type(field, typed);
    QVERIFY(!person.canGoOn());
    const QString shown = person.faults();
    QVERIFY2(!shown.isEmpty() && shown.contains(words),
             qPrintable(u"shown: %1; problems: %2"_s.arg(shown, person.problems())));
    QVERIFY(person.problems().contains(shown.section(u'\n', 0, 0)));
    // Validation's own words, when the text is one that the document can hold.
    for (const Fault &fault : validate(wizard.document())) {
        if (fault.severity == Fault::Severity::Error)
            QVERIFY2(person.problems().contains(fault.message) || shown.contains(u"column"_s)
                         || shown.contains(u"whole number"_s),
                     qPrintable(fault.message));
    }
    // Nothing was sent, and what was typed still stands there.
    QVERIFY(service.calls.filter(u"registerJobDefinition"_s).isEmpty());
}

void WizardFieldsTest::environmentFaults_data()
{
    QTest::addColumn<int>("step");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("words");
    QTest::newRow("name with a slash") << 0 << u"computeEnvironmentName"_s << u"a/b"_s << u"/"_s;
    QTest::newRow("maximum empty") << 1 << u"computeResources.maxvCpus"_s << u""_s << u"required"_s;
    QTest::newRow("maximum below zero")
        << 1 << u"computeResources.maxvCpus"_s << u"-4"_s << u"-4"_s;
    QTest::newRow("maximum in words")
        << 1 << u"computeResources.maxvCpus"_s << u"four"_s << u"whole number"_s;
    QTest::newRow("maximum beyond an int")
        << 1 << u"computeResources.maxvCpus"_s << u"99999999999"_s << u"whole number"_s;
    QTest::newRow("minimum above maximum")
        << 1 << u"computeResources.minvCpus"_s << u"900"_s << u"maxvCpus"_s;
    QTest::newRow("desired above maximum")
        << 1 << u"computeResources.desiredvCpus"_s << u"900"_s << u"desiredvCpus"_s;
}

void WizardFieldsTest::environmentFaults()
{
    QFETCH(int, step);
    QFETCH(QString, field);
    QFETCH(QString, typed);
    QFETCH(QString, words);
    FakeBatchService service;
    ComputeEnvironmentWizard wizard(service);
    ComputeEnvironment sound = wizard.document();
    sound.computeEnvironmentName = u"local"_s;
    wizard.setDraft(sound);
    wizard.resize(960, 540);
    wizard.show();
    wizard.setStep(step);
    const WizardDriver person(wizard);
    QVERIFY(person.canGoOn());
    person.type(field, typed);
    QVERIFY(!person.canGoOn());
    QVERIFY2(person.fault(field).contains(words), qPrintable(person.fault(field)));
}

void WizardFieldsTest::submitFaults_data()
{
    QTest::addColumn<int>("step");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("words");
    QTest::newRow("name empty") << 0 << u"jobName"_s << u""_s << u"required"_s;
    QTest::newRow("W3 name that begins with a hyphen")
        << 0 << u"jobName"_s << u"-a"_s << u"start with a letter or digit"_s;
    QTest::newRow("definition empty") << 0 << u"jobDefinition"_s << u""_s << u"required"_s;
    QTest::newRow("queue empty") << 0 << u"jobQueue"_s << u""_s << u"required"_s;
    QTest::newRow("array of one") << 0 << u"arrayProperties.size"_s << u"1"_s << u"2"_s;
    QTest::newRow("array of 2.5") << 0 << u"arrayProperties.size"_s << u"2.5"_s
                                  << u"whole number"_s;
    QTest::newRow("array of 10001") << 0 << u"arrayProperties.size"_s << u"10001"_s << u"10000"_s;
    QTest::newRow("attempts 11") << 1 << u"retryStrategy.attempts"_s << u"11"_s
                                 << u"from 1 to 10"_s;
    QTest::newRow("timeout 1") << 1 << u"timeout.attemptDurationSeconds"_s << u"1"_s << u"60"_s;
    QTest::newRow("memory in words") << 1 << u"resourceRequirements.MEMORY"_s << u"x"_s << u"x"_s;
}

void WizardFieldsTest::submitFaults()
{
    QFETCH(int, step);
    QFETCH(QString, field);
    QFETCH(QString, typed);
    QFETCH(QString, words);
    FakeBatchService service;
    service.addSamples();
    SubmitJobWizard wizard(service);
    SubmitJobRequest sound;
    sound.jobName = u"run"_s;
    sound.jobQueue = u"default"_s;
    sound.jobDefinition = u"maze:1"_s;
    wizard.setDraft(sound);
    wizard.resize(1280, 800);
    wizard.show();
    for (auto *unfold : wizard.findChildren<QToolButton *>()) {
        if (unfold->objectName().startsWith(u"unfold."))
            unfold->setChecked(true);
    }
    wizard.setStep(step);
    QCOMPARE(wizard.step(), step);
    const WizardDriver person(wizard);
    QTRY_VERIFY(wizard.findChild<QWidget *>(u"resourceRequirements.MEMORY"_s));
    QVERIFY(person.canGoOn());
    person.type(field, typed);
    QVERIFY(!person.canGoOn());
    QVERIFY2(person.fault(field).contains(words), qPrintable(person.fault(field)));
}

void WizardFieldsTest::faultsGoWhenMended()
{
    FakeBatchService service;
    ComputeEnvironmentWizard wizard(service);
    wizard.show();
    const WizardDriver person(wizard);
    person.type(u"computeEnvironmentName"_s, u"a b"_s);
    QVERIFY(!person.fault(u"computeEnvironmentName"_s).isEmpty());
    person.type(u"computeEnvironmentName"_s, u"ab"_s);
    QCOMPARE(person.fault(u"computeEnvironmentName"_s), QString());
    QVERIFY(person.canGoOn());
    // A number that was mended is the document's again.
    person.next();
    person.type(u"computeResources.maxvCpus"_s, u"2.5"_s);
    person.type(u"computeResources.maxvCpus"_s, u"25"_s);
    QCOMPARE(wizard.document().computeResources->maxvCpus, std::optional(25));
    QCOMPARE(person.problems(), QString());
    QVERIFY(person.canGoOn());
}

void WizardFieldsTest::labelsAreAws()
{
    // The AWS console's words (aws-batch.md 4), in the order of its steps.
    FakeBatchService service;
    const auto labels = [](const QWidget &wizard) {
        QString all;
        for (const auto *label : wizard.findChildren<QLabel *>())
            all += label->text() + u'\n';
        for (const auto *button : wizard.findChildren<QAbstractButton *>())
            all += button->text() + u'\n';
        return all;
    };
    const ComputeEnvironmentWizard environment(service);
    for (const QString &label :
         {u"Compute environment configuration"_s, u"Orchestration type"_s, u"Name"_s,
          u"Service role"_s, u"Instance role"_s, u"Tags"_s, u"Instance configuration"_s,
          u"Enable using Spot instances"_s, u"Maximum % on-demand price"_s, u"Minimum vCPUs"_s,
          u"Desired vCPUs"_s, u"Maximum vCPUs"_s, u"Allowed instance types"_s,
          u"Allocation strategy"_s, u"Network configuration"_s, u"Subnets"_s, u"Security groups"_s})
        QVERIFY2(labels(environment).contains(label), qPrintable(label));
    const JobQueueWizard queue(service);
    for (const QString &label : {u"Orchestration type"_s, u"Priority"_s, u"State"_s,
                                 u"Connected compute environments"_s, u"Job state limit actions"_s})
        QVERIFY2(labels(queue).contains(label), qPrintable(label));
    const JobDefinitionWizard definition(service);
    for (const QString &label : {u"Use legacy containerProperties structure"_s,
                                 u"General configuration"_s,
                                 u"Execution timeout"_s,
                                 u"Scheduling priority"_s,
                                 u"Propagate tags"_s,
                                 u"Retry strategy"_s,
                                 u"Job attempts"_s,
                                 u"Add evaluate on exit"_s,
                                 u"Task properties"_s,
                                 u"Execution role"_s,
                                 u"Task role"_s,
                                 u"IPC mode"_s,
                                 u"PID mode"_s,
                                 u"Add volume"_s,
                                 u"Add parameter"_s,
                                 u"Add container"_s,
                                 u"Essential container"_s,
                                 u"Image"_s,
                                 u"Command"_s,
                                 u"vCPUs"_s,
                                 u"Memory (MiB)"_s,
                                 u"GPUs"_s,
                                 u"Environment variables"_s,
                                 u"Secrets"_s,
                                 u"Container dependencies"_s,
                                 u"Add container dependency"_s,
                                 u"User"_s,
                                 u"Privileged"_s,
                                 u"Enable init process"_s,
                                 u"Enable read-only root file system"_s,
                                 u"Shared memory size"_s,
                                 u"Max swap"_s,
                                 u"Swappiness"_s,
                                 u"Add tmpfs"_s,
                                 u"Add device"_s,
                                 u"Add mount point"_s,
                                 u"Add ulimit"_s,
                                 u"Log driver"_s})
        QVERIFY2(labels(definition).contains(label), qPrintable(label));
    const SubmitJobWizard submit(service);
    for (const QString &label :
         {u"Job definition"_s, u"Job queue"_s, u"Job dependencies"_s, u"Array size"_s,
          u"Share identifier"_s, u"Job attempts"_s, u"Execution timeout"_s, u"Parameters"_s})
        QVERIFY2(labels(submit).contains(label), qPrintable(label));
}

void WizardFieldsTest::everythingHasANameAndLabel()
{
    FakeBatchService service;
    service.addSamples();
    ComputeEnvironmentWizard environment(service);
    JobQueueWizard queue(service);
    JobDefinitionWizard definition(service);
    definition.setDraft(soundDefinition());
    SubmitJobWizard submit(service);
    SubmitJobRequest request;
    request.jobName = u"run"_s;
    request.jobDefinition = u"maze:1"_s;
    submit.setDraft(request);
    QTRY_VERIFY(submit.findChild<QWidget *>(u"resourceRequirements.MEMORY"_s));
    const QList<WizardDialog *> wizards{&environment, &queue, &definition, &submit};
    for (WizardDialog *wizard : wizards) {
        for (const QWidget *widget : wizard->findChildren<QWidget *>()) {
            if (!takesInput(widget) || isPartOfAnother(widget))
                continue;
            const QString what = u"%1: %2 '%3' '%4'"_s.arg(
                wizard->objectName(), QString::fromLatin1(widget->metaObject()->className()),
                widget->objectName(), widget->accessibleName());
            QVERIFY2(!widget->objectName().isEmpty(), qPrintable(what));
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(what));
        }
    }
}

QTEST_MAIN(WizardFieldsTest)
#include "tst_wizardfields.moc"
