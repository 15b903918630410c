// Array jobs and dependencies between jobs and children, on a scripted engine.
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

namespace {

QString child(const QString &parent, int index)
{
    return QStringLiteral("%1:%2").arg(parent, QString::number(index));
}

const QString succeededHistory = QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED");
const QString failedHistory = QStringLiteral("SUBMITTED RUNNABLE STARTING RUNNING FAILED");

} // namespace

class TestArrayJobs : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_rig = std::make_unique<ScriptedBench>(); }
    void cleanup() { m_rig.reset(); }

    void everyChildRuns();
    void childrenKnowTheirIndex();
    void oneFailedChildFailsTheParent();
    void eachChildIsRetriedByItself();
    void terminatesAllChildren();
    void terminatesOneChild();
    void cancelLeavesRunningChildrenAlone();
    void cancelsWhileItsDependenciesAreOpen();
    void waitsForTheWholeArray();
    void waitsForOneChild();
    void dependencyThatHasSucceededAlready();
    void dependencyThatHasFailedAlready();
    void failedDependencyFailsEveryChild();
    void childrenOneAfterTheOther();
    void failedChildFailsTheLaterOnes();
    void childAfterChildOfAnotherArray();
    void failedChildFailsItsLikeInTheOther();
    void tellsHowFarItIs();
    void goesOnAfterARestart_data();
    void goesOnAfterARestart();
    void manyChildren();
    void noneOfManyStartsOnceItsEndIsAskedFor_data();
    void noneOfManyStartsOnceItsEndIsAskedFor();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    [[nodiscard]] QString submitArray(int size, const JobWishes &wishes = {})
    {
        JobWishes all = wishes;
        all.arraySize = size;
        return bench().submit(taskOf({container("a")}), all);
    }
    [[nodiscard]] QStringList statuses(const QString &parent)
    {
        QStringList statuses;
        for (int i = 0; i < bench().job(parent).size; ++i)
            statuses.append(bench().status(child(parent, i)));
        return statuses;
    }
    void script(const QString &childId, const Script &script, int attempt = 1)
    {
        m_rig->engine.setScript(bench().dockerName(childId, 0, attempt), script);
    }

    std::unique_ptr<ScriptedBench> m_rig;
};

void TestArrayJobs::everyChildRuns()
{
    const QString id = submitArray(5);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(id), QStringLiteral("SUBMITTED PENDING SUCCEEDED"));
    QVERIFY(bench().store().attempts(id)->isEmpty());
    QVERIFY(bench().job(id).stoppedAt);
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(bench().history(child(id, i)), succeededHistory);
        QVERIFY(bench().attempt(child(id, i)).cleaned);
        QCOMPARE(m_rig->engine.startCount(bench().dockerName(child(id, i), 0)), 1);
    }
    QCOMPARE(m_rig->engine.containerNames(), QStringList());
}

void TestArrayJobs::childrenKnowTheirIndex()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(3);
    for (int i = 0; i < 3; ++i) {
        const QString name = bench().dockerName(child(id, i), 0);
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
        const auto environment = m_rig->engine.spec(name)->environment;
        QVERIFY(environment.contains(
            {QStringLiteral("AWS_BATCH_JOB_ARRAY_INDEX"), QString::number(i)}));
        QVERIFY(environment.contains({QStringLiteral("AWS_BATCH_JOB_ID"), child(id, i)}));
        QVERIFY(
            environment.contains({QStringLiteral("AWS_BATCH_JOB_ATTEMPT"), QStringLiteral("1")}));
        m_rig->engine.finish(name, 0);
    }
    QTRY_VERIFY(m_rig->isSettled(id));
}

void TestArrayJobs::oneFailedChildFailsTheParent()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(3);
    for (int i = 0; i < 3; ++i)
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(id, 1), 0), 3);
    QTRY_COMPARE(bench().status(child(id, 1)), QStringLiteral("FAILED"));
    QCOMPARE(bench().status(id), QStringLiteral("PENDING")); // the others go on
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 0);
    m_rig->engine.finish(bench().dockerName(child(id, 2), 0), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("FAILED"));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("Array Child Job failed"));
    QCOMPARE(bench().status(child(id, 0)), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().job(child(id, 1)).statusReason,
             QStringLiteral("Essential container in task exited"));
}

void TestArrayJobs::eachChildIsRetriedByItself()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(2, {.retry = batch::RetryStrategy{2, {}, {}}});
    for (int i = 0; i < 2; ++i)
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 1);
    QTRY_COMPARE(bench().job(child(id, 0)).attempt, 2);
    QTRY_COMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
    QCOMPARE(bench().job(child(id, 1)).attempt, 1);
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0, 2), 0);
    m_rig->engine.finish(bench().dockerName(child(id, 1), 0), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
}

void TestArrayJobs::terminatesAllChildren()
{
    bench().setHostVcpus(2); // one m-type instance's worth: some run, some wait
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(40);
    QTRY_COMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
    QCOMPARE(bench().status(child(id, 39)), QStringLiteral("RUNNABLE"));
    QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(id), QStringLiteral("SUBMITTED PENDING FAILED"));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("enough"));
    for (int i : {0, 39}) {
        QCOMPARE(bench().status(child(id, i)), QStringLiteral("FAILED"));
        QCOMPARE(bench().job(child(id, i)).statusReason, QStringLiteral("enough"));
        QVERIFY(bench().job(child(id, i)).terminateRequested);
    }
    QVERIFY(bench().store().attempts(child(id, 39))->isEmpty());
    QCOMPARE(m_rig->engine.containerNames(), QStringList());
}

void TestArrayJobs::terminatesOneChild()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(2);
    for (int i = 0; i < 2; ++i)
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
    QVERIFY(bench().dispatcher().terminateJob(child(id, 1), QStringLiteral("this one")));
    QTRY_COMPARE(bench().status(child(id, 1)), QStringLiteral("FAILED"));
    QCOMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
    QVERIFY(!bench().job(id).terminateRequested);
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("Array Child Job failed"));
}

void TestArrayJobs::cancelLeavesRunningChildrenAlone()
{
    bench().setHostVcpus(2);
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(40);
    QTRY_COMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
    QVERIFY(bench().dispatcher().cancelJob(id, QStringLiteral("not needed")));
    QCOMPARE(bench().status(child(id, 39)), QStringLiteral("FAILED"));
    QCOMPARE(bench().job(child(id, 39)).statusReason, QStringLiteral("not needed"));
    QCOMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
    QCOMPARE(bench().status(id), QStringLiteral("PENDING"));
    for (int i = 0; i < 40; ++i) {
        if (!bench().isEnded(child(id, i)))
            QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
    }
    for (const QString &name : m_rig->engine.runningNames()) {
        if (!name.endsWith(u"-pause"))
            m_rig->engine.finish(name, 0);
    }
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(child(id, 0)), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("not needed"));
}

void TestArrayJobs::cancelsWhileItsDependenciesAreOpen()
{
    m_rig->engine.setScript(QStringLiteral("b"), runsOn());
    const QString first = bench().submit(taskOf({container("b")}));
    const QString id = submitArray(2, {.dependsOn = {first}});
    QTRY_COMPARE(statuses(id), QStringList({QStringLiteral("PENDING"), QStringLiteral("PENDING")}));
    QVERIFY(bench().dispatcher().cancelJob(id, QStringLiteral("not needed")));
    QCOMPARE(statuses(id), QStringList({QStringLiteral("PENDING"), QStringLiteral("PENDING")}));
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(first, 0), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().job(child(id, 1)).statusReason, QStringLiteral("not needed"));
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("not needed"));
}

void TestArrayJobs::waitsForTheWholeArray()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(2);
    const QString after = bench().submit(taskOf({container("b")}), {.dependsOn = {id}});
    for (int i = 0; i < 2; ++i)
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 0);
    QTRY_COMPARE(bench().status(child(id, 0)), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(after), QStringLiteral("PENDING"));
    m_rig->engine.finish(bench().dockerName(child(id, 1), 0), 0);
    QTRY_VERIFY(m_rig->isSettled(after));
    QCOMPARE(bench().status(after), QStringLiteral("SUCCEEDED"));
}

void TestArrayJobs::waitsForOneChild()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(2);
    const QString after = bench().submit(taskOf({container("b")}), {.dependsOn = {child(id, 1)}});
    QTRY_COMPARE(bench().status(child(id, 1)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(id, 1), 0), 0);
    QTRY_COMPARE(bench().status(after), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
}

void TestArrayJobs::dependencyThatHasSucceededAlready()
{
    const QString first = bench().submit(taskOf({container("b")}));
    QTRY_VERIFY(m_rig->isSettled(first));
    const QString id = submitArray(2, {.dependsOn = {first}});
    const QString single = bench().submit(taskOf({container("b")}), {.dependsOn = {first}});
    QTRY_VERIFY(m_rig->isSettled(id) && m_rig->isSettled(single));
    QCOMPARE(bench().history(child(id, 1)), succeededHistory);
    QCOMPARE(bench().history(single), succeededHistory);
}

void TestArrayJobs::dependencyThatHasFailedAlready()
{
    m_rig->engine.setScript(QStringLiteral("b"), exits(1));
    const QString first = bench().submit(taskOf({container("b")}));
    QTRY_VERIFY(m_rig->isSettled(first));
    const QString single = bench().submit(taskOf({container("a")}), {.dependsOn = {first}});
    QTRY_VERIFY(m_rig->isSettled(single));
    QCOMPARE(bench().history(single), QStringLiteral("SUBMITTED FAILED"));
    QCOMPARE(bench().job(single).statusReason, QStringLiteral("Dependent Job failed"));
}

void TestArrayJobs::failedDependencyFailsEveryChild()
{
    m_rig->engine.setScript(QStringLiteral("b"), runsOn());
    const QString first = bench().submit(taskOf({container("b")}));
    const QString id = submitArray(3, {.dependsOn = {first}});
    const QString after = bench().submit(taskOf({container("a")}), {.dependsOn = {id}});
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(id), QStringLiteral("PENDING"));
    m_rig->engine.finish(bench().dockerName(first, 0), 1);
    QTRY_VERIFY(m_rig->isSettled(after));
    for (const QString &each : {id, child(id, 0), child(id, 2), after}) {
        QCOMPARE(bench().history(each), QStringLiteral("SUBMITTED PENDING FAILED"));
        QCOMPARE(bench().job(each).statusReason, QStringLiteral("Dependent Job failed"));
        QVERIFY(bench().store().attempts(each)->isEmpty());
    }
}

void TestArrayJobs::childrenOneAfterTheOther()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id
        = submitArray(3, {.typedDependencies = {{{}, QStringLiteral("SEQUENTIAL"), {}}}});
    for (int i = 0; i < 3; ++i) {
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
        if (i < 2)
            QCOMPARE(bench().status(child(id, i + 1)), QStringLiteral("PENDING"));
        m_rig->engine.finish(bench().dockerName(child(id, i), 0), 0);
    }
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().history(child(id, 0)), succeededHistory);
    QCOMPARE(bench().history(child(id, 2)),
             QStringLiteral("SUBMITTED PENDING RUNNABLE STARTING RUNNING SUCCEEDED"));
}

void TestArrayJobs::failedChildFailsTheLaterOnes()
{
    m_rig->engine.setScript(QStringLiteral("a"), exits(1));
    const QString id
        = submitArray(4, {.typedDependencies = {{{}, QStringLiteral("SEQUENTIAL"), {}}}});
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(child(id, 0)), failedHistory);
    for (int i = 1; i < 4; ++i) {
        QCOMPARE(bench().job(child(id, i)).statusReason, QStringLiteral("Dependent Job failed"));
        QVERIFY(bench().store().attempts(child(id, i))->isEmpty());
    }
    QCOMPARE(bench().job(id).statusReason, QStringLiteral("Array Child Job failed"));
}

void TestArrayJobs::childAfterChildOfAnotherArray()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString first = submitArray(3);
    const QString second = bench().submit(
        taskOf({container("b")}),
        {.arraySize = 3, .typedDependencies = {{first, QStringLiteral("N_TO_N"), {}}}});
    QTRY_COMPARE(bench().status(child(first, 1)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(first, 1), 0), 0);
    QTRY_COMPARE(bench().status(child(second, 1)), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().status(child(second, 0)), QStringLiteral("PENDING"));
    QTRY_COMPARE(bench().status(child(first, 0)), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(child(first, 2)), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(child(first, 0), 0), 0);
    m_rig->engine.finish(bench().dockerName(child(first, 2), 0), 0);
    QTRY_VERIFY(m_rig->isSettled(second));
    QCOMPARE(bench().status(second), QStringLiteral("SUCCEEDED"));
}

void TestArrayJobs::failedChildFailsItsLikeInTheOther()
{
    const QString first = bench().accept(taskOf({container("a")}), {.arraySize = 2});
    script(child(first, 1), exits(1));
    const QString second = bench().submit(
        taskOf({container("b")}),
        {.arraySize = 2, .typedDependencies = {{first, QStringLiteral("N_TO_N"), {}}}});
    bench().dispatcher().jobSubmitted(first);
    QTRY_VERIFY(m_rig->isSettled(first) && m_rig->isSettled(second));
    QCOMPARE(statuses(second),
             QStringList({QStringLiteral("SUCCEEDED"), QStringLiteral("FAILED")}));
    QCOMPARE(bench().job(child(second, 1)).statusReason, QStringLiteral("Dependent Job failed"));
    QCOMPARE(bench().job(second).statusReason, QStringLiteral("Array Child Job failed"));
}

void TestArrayJobs::tellsHowFarItIs()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const QString id = submitArray(3);
    QVERIFY(!bench().dispatcher().waitReason(id).isEmpty());
    for (int i = 0; i < 3; ++i)
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
    QCOMPARE(bench().dispatcher().waitReason(id),
             QStringLiteral("0 of 3 children done, 3 running"));
    m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 1);
    QTRY_COMPARE(bench().dispatcher().waitReason(id),
                 QStringLiteral("1 of 3 children done, 1 failed, 2 running"));
    const QString after = submitArray(2, {.dependsOn = {id}});
    QTRY_COMPARE(bench().status(child(after, 0)), QStringLiteral("PENDING"));
    const QString expected
        = QStringLiteral("Waits for these jobs to succeed: %1 (%2)").arg(bench().job(id).name, id);
    QCOMPARE(bench().dispatcher().waitReason(after), expected);
    QCOMPARE(bench().dispatcher().waitReason(child(after, 1)), expected);
    QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(after));
}

void TestArrayJobs::goesOnAfterARestart_data()
{
    QTest::addColumn<bool>("taken");
    QTest::newRow("before the dispatcher hears of it") << false;
    QTest::newRow("with children in several states") << true;
}

void TestArrayJobs::goesOnAfterARestart()
{
    QFETCH(bool, taken);
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    const JobWishes wishes{.arraySize = 4,
                           .typedDependencies = {{{}, QStringLiteral("SEQUENTIAL"), {}}}};
    const QString id = bench().accept(taskOf({container("a")}), wishes);
    if (taken) {
        bench().dispatcher().jobSubmitted(id);
        QTRY_COMPARE(bench().status(child(id, 0)), QStringLiteral("RUNNING"));
        m_rig->engine.finish(bench().dockerName(child(id, 0), 0), 0);
        QTRY_COMPARE(bench().status(child(id, 1)), QStringLiteral("RUNNING"));
    }
    bench().restartDispatcher();
    for (int i = taken ? 1 : 0; i < 4; ++i) {
        QTRY_COMPARE(bench().status(child(id, i)), QStringLiteral("RUNNING"));
        m_rig->engine.finish(bench().dockerName(child(id, i), 0), 0);
    }
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().history(id), QStringLiteral("SUBMITTED PENDING SUCCEEDED"));
    for (int i = 0; i < 4; ++i)
        QCOMPARE(m_rig->engine.startCount(bench().dockerName(child(id, i), 0)), 1);
}

// More than are moved in one turn of the event loop.
void TestArrayJobs::manyChildren()
{
    bench().setHostVcpus(0);
    const QString id = submitArray(2500);
    QTRY_COMPARE(bench().status(child(id, 2499)), QStringLiteral("RUNNABLE"));
    QCOMPARE(bench().store().childCounts(id)->value(batch::JobStatus::Runnable), 2500);
    QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().store().childCounts(id)->value(batch::JobStatus::Failed), 2500);
}

void TestArrayJobs::noneOfManyStartsOnceItsEndIsAskedFor_data()
{
    QTest::addColumn<bool>("terminate");
    QTest::newRow("cancelled") << false;
    QTest::newRow("terminated") << true;
}

// Room comes in the turn in which the end is asked for, and the children take several to move.
void TestArrayJobs::noneOfManyStartsOnceItsEndIsAskedFor()
{
    QFETCH(bool, terminate);
    bench().setHostVcpus(0);
    const QString id = submitArray(2500);
    QTRY_COMPARE(bench().status(child(id, 2499)), QStringLiteral("RUNNABLE"));
    bench().setHostVcpus(2);
    if (terminate)
        QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    else
        QVERIFY(bench().dispatcher().cancelJob(id, QStringLiteral("enough")));
    QCOMPARE(bench().status(child(id, 2499)), QStringLiteral("RUNNABLE"));
    QVERIFY(bench().dispatcher().waitReason(child(id, 2499)).contains(u"enough"));
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().store().childCounts(id)->value(batch::JobStatus::Failed), 2500);
    QVERIFY(m_rig->engine.acts().isEmpty());
}

QTEST_GUILESS_MAIN(TestArrayJobs)
#include "tst_arrayjobs.moc"
