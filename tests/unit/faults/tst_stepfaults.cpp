// The nth step fails, for n = 1, 2, … until a run has no such step: each call to the engine and
// each commit of the database is the last thing that the executor does (F4 to F12), or is refused,
// is done without an answer, or finds no room. What is left must be what an undisturbed run leaves.
#include "backend/executor/core/jobtransitions.h"
#include "tests/support/text.h"
#include "tests/unit/faults/disk.h"
#include "tests/unit/faults/faultbench.h"
#include "tests/unit/runner/runnerbench.h"

using namespace batchyard;
using namespace batchyard::test;
using EngineFault = ScriptedEngine::Fault;

namespace {

constexpr int mostSteps = 400;
constexpr int endLimitMs = 20'000;

// A job, and what it must come to.
struct Work {
    batch::EcsTaskProperties task;
    JobWishes wishes = {};
    QString status = QStringLiteral("SUCCEEDED");
    int attempts = 1;
    QList<std::optional<int>> exitCodes = {}; // of each attempt; nullopt: any, or none
    QList<QStringList> lines = {};
    bool terminate = false; // once it runs
    int children = 0; // of an array
    QString missingImage = {}; // to be pulled
};

enum class Step { Call, Commit };

struct Disturbance {
    Step step = Step::Call;
    bool kills = true;
    bool isDone = false; // the step, before the executor dies or gets the error
    std::optional<Error> error = {};
    bool mayFailTheJob = false; // the engine's own word, which ends an attempt
};

struct Run {
    bool wasReached = false; // the nth step
    QString at; // which it was
    QString fault; // what is wrong in the end; empty: nothing
};

} // namespace

Q_DECLARE_METATYPE(Work)
Q_DECLARE_METATYPE(Disturbance)

class TestStepFaults : public QObject
{
    Q_OBJECT
private slots:
    void nthStep_data();
    void nthStep();

private:
    [[nodiscard]] static QString prepare(const Work &work, const QString &directory);
    static void setScripts(ScriptedEngine &engine, const Work &work);
    static void disturb(ScriptedEngine &engine, FaultBench &bench, const Disturbance &disturbance,
                        int n, Run &run);
    [[nodiscard]] static Run run(const Work &work, const QString &id, const QString &state,
                                 const Disturbance &disturbance, int n);
    [[nodiscard]] static QString judge(const Work &work, const QString &id, FaultBench &bench,
                                       const ScriptedEngine &engine, bool mayFail);
    [[nodiscard]] static QString judgeJob(const Work &work, const QString &id, int attemptCount,
                                          FaultBench &bench, const ScriptedEngine &engine,
                                          bool mayFail);
    [[nodiscard]] static QString judgeAttempt(const Work &work,
                                              const executor::AttemptRecord &attempt,
                                              FaultBench &bench, const ScriptedEngine &engine);

    int m_row = 0;
};

void TestStepFaults::nthStep_data()
{
    const QString a = text("a"), b = text("b"), c = text("c");
    const QStringList printed{text("one"), text("two")};
    const QList<std::pair<const char *, Work>> works{
        {"two containers",
         {.task = taskOf({{a, {text("serves")}, false}, {b, {text("prints")}, true, {onStart(a)}}}),
          .exitCodes = {143, 0},
          .lines = {{text("up")}, printed}}},
        {"a chain that stops in order",
         {.task = taskOf({{a, {text("prints")}, false},
                          {b, {text("serves")}, false, {onSuccess(a)}},
                          {c, {text("prints")}, true, {onStart(b)}}}),
          .exitCodes = {0, 143, 0},
          .lines = {printed, {text("up")}, printed}}},
        {"a retry",
         {.task = taskOf({{a, {text("fails")}}}),
          .wishes = {.retry = batch::RetryStrategy{3, {}, {}}},
          .status = text("FAILED"),
          .attempts = 3,
          .exitCodes = {3},
          .lines = {{text("bad")}}}},
        {"a terminate",
         {.task = taskOf({{a, {text("serves")}, false}, {b, {text("serves")}, true, {onStart(a)}}}),
          .wishes = {.retry = batch::RetryStrategy{3, {}, {}}},
          .status = text("FAILED"),
          .exitCodes = {143, 143},
          .lines = {{text("up")}, {text("up")}},
          .terminate = true}},
        {"an array of three",
         {.task = taskOf({{a, {text("prints")}}}),
          .wishes = {.arraySize = 3},
          .exitCodes = {0},
          .lines = {printed},
          .children = 3}},
        {"F3 an image to pull",
         {.task = taskOf({{a, {text("prints")}, true, {}, text("far:1")}}),
          .exitCodes = {0},
          .lines = {printed},
          .missingImage = text("far:1")}},
    };
    const Error silent{ErrorCode::Timeout, text("The engine did not answer."), {}};
    const Error invalid{ErrorCode::Protocol, text("The engine sent an invalid reply."), {}};
    const Error full{ErrorCode::Io, text("write /x: no space left on device"), {}};
    const QList<std::pair<const char *, Disturbance>> disturbances{
        {"F4 F5 F6 kill before a call", {Step::Call, true, false}},
        {"F5 F6 F9 kill before a call's answer", {Step::Call, true, true}},
        {"F8 F12 kill before a commit", {Step::Commit, true, false}},
        {"F8 F10 F12 kill after a commit", {Step::Commit, true, true}},
        {"a call without an answer, not done", {Step::Call, false, false, silent}},
        {"a call without an answer, done", {Step::Call, false, true, silent}},
        {"F27 a call with an invalid answer, done", {Step::Call, false, true, invalid}},
        {"F24 no room for a call", {Step::Call, false, false, full, true}},
        {"F22 no room for a commit", {Step::Commit, false, false, full}},
    };
    QTest::addColumn<Work>("work");
    QTest::addColumn<Disturbance>("disturbance");
    for (const auto &[what, work] : works)
        for (const auto &[how, disturbance] : disturbances)
            QTest::addRow("%s: %s", what, how) << work << disturbance;
}

void TestStepFaults::nthStep()
{
    QFETCH(Work, work);
    QFETCH(Disturbance, disturbance);
    const QTemporaryDir state;
    const QString id = prepare(work, state.path());
    // All steps of all rows take minutes: unless it is told otherwise, a run looks at each
    // twentieth, and begins at another one in each row.
    const int stride = qEnvironmentVariableIsSet("BATCHYARD_EVERY_STEP") ? 1 : 20;
    int n = 1 + (stride == 1 ? 0 : m_row++ % 6);
    for (; n < mostSteps; n += stride) {
        const Run one = run(work, id, state.path(), disturbance, n);
        QVERIFY2(one.fault.isEmpty(),
                 qPrintable(QStringLiteral("step %1, %2: %3").arg(n).arg(one.at, one.fault)));
        if (!one.wasReached)
            break;
    }
    QVERIFY(n > 5 && n < mostSteps);
    qInfo("%d steps", n - 1);
}

// A state directory in which the job is accepted, as a client's reply promises. Returns its id.
QString TestStepFaults::prepare(const Work &work, const QString &directory)
{
    ScriptedEngine engine;
    RunnerBench bench(engine);
    const QString id = bench.accept(work.task, work.wishes);
    if (!bench.store().commit())
        qFatal("The job cannot be stored.");
    QFile::copy(bench.paths().database(), Paths{directory, {}}.database());
    QFile::copy(bench.paths().database() + text("-wal"),
                Paths{directory, {}}.database() + text("-wal"));
    return id;
}

void TestStepFaults::setScripts(ScriptedEngine &engine, const Work &work)
{
    Script holds;
    holds.runsOn = true;
    Script serves = holds;
    serves.output = {text("up")};
    Script prints;
    prints.output = {text("one"), text("two")};
    Script fails;
    fails.exitCode = 3;
    fails.output = {text("bad")};
    engine.setScript(text("batchyard/pause:1"), holds);
    engine.setScript(text("serves"), serves);
    engine.setScript(text("prints"), prints);
    engine.setScript(text("fails"), fails);
    if (!work.missingImage.isEmpty())
        engine.setImageMissing(work.missingImage);
}

void TestStepFaults::disturb(ScriptedEngine &engine, FaultBench &bench,
                             const Disturbance &disturbance, int n, Run &run)
{
    const auto reach = [&run](const QString &what) {
        run.wasReached = true;
        run.at = what;
    };
    const auto onCall = [&, reach, n, calls = 0](const QString &call) mutable {
        if (call.startsWith(u"ping") || call.startsWith(u"events") || ++calls != n)
            return;
        reach(call);
        if (disturbance.error) {
            engine.inject(call, disturbance.isDone ? EngineFault::ReplyLost : EngineFault::Refused,
                          1, *disturbance.error);
            return;
        }
        if (disturbance.isDone)
            engine.doAndAbandon();
        bench.die();
    };
    const auto onCommit = [&, reach, n](bool isDone, int number) {
        if (isDone != disturbance.isDone || number != n)
            return;
        reach(isDone ? text("after") : text("before"));
        if (disturbance.error)
            disk::failCommits(1);
        else
            bench.die();
    };
    if (disturbance.step == Step::Call)
        engine.setObserver(onCall);
    else
        disk::onCommit([onCommit](int number) { onCommit(false, number); },
                       [onCommit](int number) { onCommit(true, number); });
}

Run TestStepFaults::run(const Work &work, const QString &id, const QString &state,
                        const Disturbance &disturbance, int n)
{
    ScriptedEngine engine;
    setScripts(engine, work);
    FaultBench bench(engine, state);
    Run run;
    disk::reset();
    disturb(engine, bench, disturbance, n, run);
    bench.start();
    const auto settled = [&] {
        if (bench.isDead())
            return true;
        const auto job = bench.job(id);
        // A client asks again until it is answered.
        if (work.terminate && job.status == batch::JobStatus::Running && !job.terminateRequested)
            static_cast<void>(bench.dispatcher().terminateJob(id, text("enough")));
        return isTerminal(job.status) && bench.dispatcher().isIdle();
    };
    bool ended = QTest::qWaitFor(settled, endLimitMs);
    disk::reset();
    if (bench.isDead()) {
        engine.setObserver({});
        bench.startAgain();
        ended = QTest::qWaitFor(settled, endLimitMs);
    }
    // A pull that fails may be the registry's fault, which ends the attempt.
    const bool mayFail
        = disturbance.mayFailTheJob || (disturbance.error && run.at.startsWith(u"pull "));
    if (ended)
        run.fault = judge(work, id, bench, engine, mayFail);
    else
        run.fault = text("it does not end: ") + bench.history(id) + u"; running: "
            + engine.runningNames().join(u' ') + u"; last calls: "
            + engine.calls().mid(std::max(qsizetype(0), engine.calls().size() - 8)).join(u", ");
    return run;
}

QString TestStepFaults::judge(const Work &work, const QString &id, FaultBench &bench,
                              const ScriptedEngine &engine, bool mayFail)
{
    if (const QStringList left = engine.containerNames(); !left.isEmpty())
        return text("left behind: ") + left.join(u' ');
    QStringList ids{id};
    for (int i = 0; i < work.children; ++i)
        ids.append(QStringLiteral("%1:%2").arg(id).arg(i));
    for (const QString &each : std::as_const(ids)) {
        const bool isParent = work.children > 0 && each == id;
        if (const QString fault
            = judgeJob(work, each, isParent ? 0 : work.attempts, bench, engine, mayFail);
            !fault.isEmpty())
            return each + u' ' + fault + u"; history: " + bench.history(each);
    }
    return {};
}

QString TestStepFaults::judgeJob(const Work &work, const QString &id, int attemptCount,
                                 FaultBench &bench, const ScriptedEngine &engine, bool mayFail)
{
    const auto changes = bench.store().history(id);
    for (qsizetype i = 1; i < changes->size(); ++i)
        if (!executor::core::isLegalTransition(changes->at(i - 1).status, changes->at(i).status))
            return text("goes where it must not");
    const QList<executor::AttemptRecord> attempts = bench.attempts(id);
    for (const executor::AttemptRecord &attempt : attempts)
        for (const executor::ContainerRecord &container : attempt.containers)
            if (engine.startCount(container.dockerName) > 1)
                return container.dockerName + text(" was started twice");
    const executor::JobRecord job = bench.job(id);
    if (mayFail && job.status == batch::JobStatus::Failed && !job.statusReason.isEmpty())
        return {}; // the engine's word
    if (toString(job.status) != work.status)
        return toString(job.status) + u' ' + job.statusReason;
    if (mayFail)
        return {};
    if (attempts.size() != attemptCount)
        return QStringLiteral("has %1 attempts").arg(attempts.size());
    for (const executor::AttemptRecord &attempt : attempts)
        if (const QString fault = judgeAttempt(work, attempt, bench, engine); !fault.isEmpty())
            return fault;
    return {};
}

QString TestStepFaults::judgeAttempt(const Work &work, const executor::AttemptRecord &attempt,
                                     FaultBench &bench, const ScriptedEngine &engine)
{
    for (const executor::ContainerRecord &container : attempt.containers) {
        const QString what
            = QStringLiteral("attempt %1 container %2: ").arg(attempt.number).arg(container.index);
        if (engine.startCount(container.dockerName) != 1)
            return what + text("never started");
        if (!container.removed)
            return what + text("not told to be removed");
        if (container.index < 0)
            continue;
        const std::optional<int> exitCode = container.state.exitCode;
        const std::optional<int> planned = work.exitCodes.at(container.index);
        if (exitCode != planned)
            return what
                + QStringLiteral("exit code %1 %2")
                      .arg(exitCode.value_or(-1))
                      .arg(container.state.error);
        const QStringList lines = bench.lines(attempt.jobId, container.index, attempt.number);
        if (lines != work.lines.at(container.index))
            return what + text("printed ") + lines.join(u' ');
    }
    return {};
}

QTEST_GUILESS_MAIN(TestStepFaults)
#include "tst_stepfaults.moc"
