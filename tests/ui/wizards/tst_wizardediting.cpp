// What all wizards do alike: JSON and form are one, undo, errors, drafts, keys, permissions.
#include "backend/batch/json.h"
#include "tests/ui/wizards/wizarddriver.h"
#include "tests/ui/wizards/wizardtest.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/errorbanner.h"
#include "ui/wizards/computeenvironmentwizard.h"
#include "ui/wizards/jobdefinitionwizard.h"
#include "ui/wizards/jobqueuewizard.h"

#include <QFile>
#include <QLabel>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPointer>
#include <QSignalSpy>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using namespace batchyard::ui;
using batchyard::test::object;
using batchyard::test::WizardDriver;
using batchyard::test::WizardTest;

class WizardEditingTest : public WizardTest
{
    Q_OBJECT

private slots:
    void jsonAndFormAreOne();
    void undoAndRedoInTheWholeWizard();
    void commandShowsColumnOfOpenQuote();
    void serviceErrorKeepsTheForm();
    void closingAsksOnlyWhenTyped();
    void keptDraftComesBack();
    void keyboardAloneFromEmptyToCreated();
    void permissionsAreAsked();
    void savedFileOpensAgain();
};

void WizardEditingTest::jsonAndFormAreOne()
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

void WizardEditingTest::undoAndRedoInTheWholeWizard()
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

void WizardEditingTest::commandShowsColumnOfOpenQuote()
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

void WizardEditingTest::serviceErrorKeepsTheForm()
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

void WizardEditingTest::closingAsksOnlyWhenTyped()
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

void WizardEditingTest::keptDraftComesBack()
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

void WizardEditingTest::keyboardAloneFromEmptyToCreated()
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
void WizardEditingTest::permissionsAreAsked()
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

void WizardEditingTest::savedFileOpensAgain()
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

QTEST_MAIN(WizardEditingTest)
#include "tst_wizardediting.moc"
