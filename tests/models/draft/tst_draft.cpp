// A document under edit: undo, JSON both ways, faults.
#include "models/draft/drafts.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::models;

namespace {

batch::JobQueue queue(const QString &name)
{
    batch::JobQueue made;
    made.jobQueueName = name;
    made.state = u"ENABLED"_s;
    made.priority = 1;
    made.computeEnvironmentOrder = {{1, u"local"_s, {}}};
    return made;
}

void rename(JobQueueDraft &draft, const QString &name)
{
    draft.edit(u"jobQueueName"_s, [&](batch::JobQueue &value) { value.jobQueueName = name; });
}

} // namespace

class DraftTest : public QObject
{
    Q_OBJECT

private slots:
    void undoAndRedoAreExact();
    void typingIsOneStep();
    void hundredStepsAndMore();
    void editWithoutChangeIsNone();
    void jsonFollowsTheForm();
    void formFollowsTheJson();
    void brokenJsonKeepsTheForm_data();
    void brokenJsonKeepsTheForm();
    void unfinishedDocumentIsRestored();
    void undoBringsBrokenTextBack();
    void unknownMembersSurvive();
    void inputProblemsAreErrors();
    void submitIsCheckedAgainstItsDefinition();
};

void DraftTest::undoAndRedoAreExact()
{
    // Property: any mixture of edits, undo and redo is the same as on a plain list of values.
    QRandomGenerator random(20260923);
    JobQueueDraft draft(queue(u"q"_s));
    QList<batch::JobQueue> model{draft.value()};
    int at = 0;
    for (int i = 0; i < 400; ++i) {
        const auto choice = random.bounded(4);
        if (choice <= 1) {
            const int number = random.bounded(1000);
            batch::JobQueue next = draft.value();
            next.priority = number;
            draft.endStep();
            draft.edit(u"priority"_s, [&](batch::JobQueue &value) { value.priority = number; });
            if (next != model[at]) {
                model.resize(at + 1);
                model.append(next);
                ++at;
            }
        } else if (choice == 2) {
            draft.undo();
            at = std::max(0, at - 1);
        } else {
            draft.redo();
            at = std::min(static_cast<int>(model.size()) - 1, at + 1);
        }
        QCOMPARE(draft.value(), model[at]);
        QCOMPARE(draft.canUndo(), at > 0);
        QCOMPARE(draft.canRedo(), at + 1 < model.size());
        QCOMPARE(draft.jsonText(), QString::fromUtf8(batch::toJson(model[at])));
    }
}

void DraftTest::typingIsOneStep()
{
    JobQueueDraft draft(queue(u"q"_s));
    for (const QString &text : {u"m"_s, u"ma"_s, u"maz"_s, u"maze"_s})
        rename(draft, text);
    draft.edit(u"priority"_s, [](batch::JobQueue &value) { value.priority = 2; });
    rename(draft, u"maze2"_s);
    draft.undo();
    QCOMPARE(draft.value().jobQueueName, u"maze"_s);
    draft.undo();
    QCOMPARE(draft.value().priority, std::optional(1));
    draft.undo();
    QCOMPARE(draft.value().jobQueueName, u"q"_s);
    QVERIFY(!draft.canUndo());

    // The end of a step parts what would have run together.
    rename(draft, u"a"_s);
    draft.endStep();
    rename(draft, u"ab"_s);
    draft.undo();
    QCOMPARE(draft.value().jobQueueName, u"a"_s);
}

void DraftTest::hundredStepsAndMore()
{
    JobQueueDraft draft(queue(u"q"_s));
    for (int i = 1; i <= 1000; ++i) {
        draft.edit({}, [i](batch::JobQueue &value) { value.priority = i; });
    }
    int steps = 0;
    for (; draft.canUndo(); ++steps)
        draft.undo();
    QVERIFY2(steps >= 100, qPrintable(QString::number(steps)));
    QCOMPARE(draft.value().priority, std::optional(1000 - steps));
}

void DraftTest::editWithoutChangeIsNone()
{
    JobQueueDraft draft(queue(u"q"_s));
    QSignalSpy changes(&draft, &DraftBase::changed);
    rename(draft, u"q"_s);
    QCOMPARE(changes.size(), 0);
    QVERIFY(!draft.canUndo());
    QVERIFY(!draft.isModified());
}

void DraftTest::jsonFollowsTheForm()
{
    JobQueueDraft draft(queue(u"q"_s));
    rename(draft, u"maze"_s);
    QVERIFY2(draft.jsonText().contains(u"\"jobQueueName\": \"maze\""_s),
             qPrintable(draft.jsonText()));
    QVERIFY(draft.isModified());
    draft.undo();
    QVERIFY(!draft.isModified());
}

void DraftTest::formFollowsTheJson()
{
    JobQueueDraft draft(queue(u"q"_s));
    const QString typed = QString(draft.jsonText()).replace(u"\"q\""_s, u"\"maze\""_s) + u"\n\n"_s;
    draft.setJsonText(typed);
    QCOMPARE(draft.value().jobQueueName, u"maze"_s);
    QCOMPARE(draft.jsonText(), typed); // as it was typed: the cursor must not jump
    QVERIFY(!draft.jsonProblem());
    rename(draft, u"maze2"_s);
    QCOMPARE(draft.jsonText(), QString::fromUtf8(batch::toJson(draft.value())));
}

void DraftTest::brokenJsonKeepsTheForm_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("line"); // 0: not told
    QTest::newRow("empty") << u""_s << -1;
    QTest::newRow("a comma too many") << u"{\n  \"jobQueueName\": \"a\",\n}"_s << 2;
    QTest::newRow("not closed") << u"{\n \"jobQueueName\": \"a\"\n"_s << -1;
    QTest::newRow("a list") << u"[]"_s << -1;
    QTest::newRow("a wrong type")
        << u"{\"jobQueueName\": 7, \"priority\": 1, \"computeEnvironmentOrder\": []}"_s << -1;
    QTest::newRow("a key twice") << u"{\"priority\": 1,\n\"priority\": 2}"_s << -1;
    QTest::newRow("yaml") << u"jobQueueName: a"_s << 1;
}

void DraftTest::brokenJsonKeepsTheForm()
{
    QFETCH(QString, text);
    QFETCH(int, line);
    JobQueueDraft draft(queue(u"q"_s));
    draft.setJsonText(text);
    QCOMPARE(draft.value(), queue(u"q"_s));
    QCOMPARE(draft.jsonText(), text);
    QVERIFY(draft.jsonProblem());
    QVERIFY(!draft.jsonProblem()->message.isEmpty());
    QVERIFY(draft.hasErrors());
    if (line >= 0)
        QCOMPARE(draft.jsonProblem()->line, line);
    // What was saved of it comes back as it was typed.
    JobQueueDraft again;
    again.restoreJsonText(draft.jsonText());
    QCOMPARE(again.jsonText(), text);
    // The form goes on working, and wins.
    rename(draft, u"maze"_s);
    QVERIFY(!draft.jsonProblem());
    QCOMPARE(draft.value().jobQueueName, u"maze"_s);
}

void DraftTest::unfinishedDocumentIsRestored()
{
    JobQueueDraft draft; // lacks what AWS requires
    rename(draft, u"maze"_s);
    JobQueueDraft again;
    again.restoreJsonText(draft.jsonText());
    QVERIFY(!again.jsonProblem());
    QCOMPARE(again.value(), draft.value());
    QVERIFY(again.hasErrors());
}

void DraftTest::undoBringsBrokenTextBack()
{
    JobQueueDraft draft(queue(u"q"_s));
    draft.setJsonText(u"{ broken"_s);
    rename(draft, u"maze"_s);
    draft.undo();
    QCOMPARE(draft.jsonText(), u"{ broken"_s);
    QVERIFY(draft.jsonProblem());
    draft.undo();
    QVERIFY(!draft.jsonProblem());
    QCOMPARE(draft.value(), queue(u"q"_s));
}

void DraftTest::unknownMembersSurvive()
{
    JobDefinitionDraft draft;
    draft.setJsonText(uR"({
        "jobDefinitionName": "maze", "type": "container", "somethingNew": {"a": [1, 2]},
        "ecsProperties": {"taskProperties": [{"containers": [
            {"name": "agent", "image": "a:1", "somethingElse": true,
             "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                      {"type": "MEMORY", "value": "64"}]}]}]}
    })"_s);
    QVERIFY2(!draft.jsonProblem(),
             draft.jsonProblem() ? qPrintable(draft.jsonProblem()->message) : "");
    draft.edit(u"name"_s,
               [](batch::JobDefinition &value) { value.jobDefinitionName = u"other"_s; });
    QVERIFY(draft.jsonText().contains(u"somethingNew"_s));
    QVERIFY(draft.jsonText().contains(u"somethingElse"_s));
    // That they are not known is said, as a warning.
    QVERIFY(std::any_of(draft.faults().cbegin(), draft.faults().cend(), [](const auto &fault) {
        return fault.severity == batch::Fault::Severity::Warning
            && fault.message.contains(u"somethingNew"_s);
    }));
}

void DraftTest::inputProblemsAreErrors()
{
    JobQueueDraft draft(queue(u"q"_s));
    QVERIFY(!draft.hasErrors());
    draft.setInputProblem(u"priority"_s, u"“2.5” is not a whole number."_s);
    QVERIFY(draft.hasErrors());
    QCOMPARE(draft.faults().size(), 1);
    QCOMPARE(draft.faults().first().path, u"priority"_s);
    rename(draft, u"other"_s); // another field's edit leaves it
    QVERIFY(draft.hasInputProblem(u"priority"_s));
    draft.undo();
    QVERIFY(!draft.hasErrors());
}

void DraftTest::submitIsCheckedAgainstItsDefinition()
{
    batch::SubmitJobRequest request;
    request.jobName = u"run"_s;
    request.jobQueue = u"default"_s;
    request.jobDefinition = u"maze"_s;
    request.ecsPropertiesOverride = {{u"gone"_s, {u"a"_s}, {}, {}, {}}};
    SubmitJobDraft draft(request);
    QVERIFY(!draft.hasErrors());
    batch::JobDefinition definition;
    definition.jobDefinitionName = u"maze"_s;
    definition.ecsProperties.emplace();
    definition.ecsProperties->containers.append(batch::TaskContainerProperties{});
    definition.ecsProperties->containers.first().name = u"agent"_s;
    draft.setDefinition(definition);
    QVERIFY(draft.hasErrors());
    QVERIFY2(draft.faults().first().message.contains(u"gone"_s),
             qPrintable(batch::toText(draft.faults())));
}

QTEST_GUILESS_MAIN(DraftTest)
#include "tst_draft.moc"
