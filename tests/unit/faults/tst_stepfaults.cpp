// The nth step fails, for n = 1, 2, … until a run has no such step: each call to the engine and
// each commit of the database is the last thing that the executor does (F4 to F12), or is refused,
// is done without an answer, or finds no room. What is left must be what an undisturbed run leaves.
#include "backend/executor/core/jobtransitions.h"
#include "tests/unit/faults/disk.h"
#include "tests/unit/faults/faultbench.h"
#include "tests/unit/runner/runnerbench.h"

using namespace batchyard;
using namespace batchyard::test;
using EngineFault = ScriptedEngine::Fault;

namespace {

constexpr int mostSteps = 400;
constexpr int endLimitMs = 20'000;

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

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
    [[nodiscard]] static Run run(const Work &work, const QString &id, const QString &state,
                                 const Disturbance &disturbance, int n);
    [[nodiscard]] static QString judge(const Work &work, const QString &id, FaultBench &bench,
                                       const ScriptedEngine &engine, bool mayFail);
    [[nodiscard]] static QString judgeAttempt(const Work &work,
                                              const executor::AttemptRecord &attempt,
                                              FaultBench &bench, const ScriptedEngine &engine);
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
    int n = 1;
    for (; n < mostSteps; ++n) {
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
    QFile::copy(bench.paths().database(), Paths{directory, {}}.database());
    QFile::copy(bench.paths().database() + text("-wal"),
                Paths{directory, {}}.database() + text("-wal"));
    return id;
}

Run TestStepFaults::run(const Work &work, const QString &id, const QString &state,
                        const Disturbance &disturbance, int n)
{
    ScriptedEngine engine;
    Script serves;
    serves.runsOn = true;
    Script serving = serves;
    serving.output = {text("up")};
    Script prints;
    prints.output = {text("one"), text("two")};
    Script fails;
    fails.exitCode = 3;
    fails.output = {text("bad")};
    engine.setScript(text("batchyard/pause:1"), serves);
    engine.setScript(text("serves"), serving);
    engine.setScript(text("prints"), prints);
    engine.setScript(text("fails"), fails);

    FaultBench bench(engine, state);
    Run run;
    int calls = 0;
    const auto reach = [&run](const QString &what) {
        run.wasReached = true;
        run.at = what;
    };
    if (disturbance.step == Step::Call)
        engine.setObserver([&](const QString &call) {
            if (call.startsWith(u"ping") || call.startsWith(u"events") || ++calls != n)
                return;
            reach(call);
            if (disturbance.error) {
                engine.inject(call,
                              disturbance.isDone ? EngineFault::ReplyLost : EngineFault::Refused, 1,
                              *disturbance.error);
            } else {
                if (disturbance.isDone)
                    engine.doAndAbandon();
                bench.die();
            }
        });
    disk::reset();
    disk::onCommit(
        [&](int number) {
            if (disturbance.step != Step::Commit || disturbance.isDone || number != n)
                return;
            reach(text("before"));
            if (disturbance.error)
                disk::failCommits(2);
            else
                bench.die();
        },
        [&](int number) {
            if (disturbance.step != Step::Commit || !disturbance.isDone || number != n)
                return;
            reach(text("after"));
            bench.die();
        });
    bench.start();
    const auto settled = [&] {
        if (bench.isDead())
            return true;
        const auto job = bench.job(id);
        // A client asks again until it is answered.
        if (work.terminate && job.status == batch::JobStatus::Running && !job.terminateRequested)
            bench.dispatcher().terminateJob(id, text("enough"));
        return isTerminal(job.status) && bench.dispatcher().isIdle();
    };
    bool ended = QTest::qWaitFor(settled, endLimitMs);
    disk::reset();
    if (bench.isDead()) {
        engine.setObserver({});
        bench.startAgain();
        ended = QTest::qWaitFor(settled, endLimitMs);
    }
    run.fault = ended ? judge(work, id, bench, engine, disturbance.mayFailTheJob)
                      : QStringLiteral("it does not end: %1; containers: %2; calls: %3")
                            .arg(bench.history(id), engine.runningNames().join(u' '),
                                 engine.calls()
                                     .mid(std::max(qsizetype(0), engine.calls().size() - 8))
                                     .join(u", "));
    return run;
}

QString TestStepFaults::judge(const Work &work, const QString &id, FaultBench &bench,
                              const ScriptedEngine &engine, bool mayFail)
{
    const executor::JobRecord job = bench.job(id);
    const QString status = toString(job.status);
    const QString history = bench.history(id);
    if (const QStringList left = engine.containerNames(); !left.isEmpty())
        return text("left behind: ") + left.join(u' ');
    const auto changes = bench.store().history(id);
    for (qsizetype i = 1; i < changes->size(); ++i)
        if (!executor::core::isLegalTransition(changes->at(i - 1).status, changes->at(i).status))
            return text("history ") + history;
    const QList<executor::AttemptRecord> attempts = bench.attempts(id);
    for (const executor::AttemptRecord &attempt : attempts)
        for (const executor::ContainerRecord &container : attempt.containers)
            if (engine.startCount(container.dockerName) > 1)
                return container.dockerName + text(" was started twice");
    if (mayFail && status == u"FAILED" && !job.statusReason.isEmpty())
        return {}; // the engine's word
    if (status != work.status)
        return text("status ") + status + u' ' + job.statusReason + u": " + history;
    if (attempts.size() != work.attempts && !mayFail)
        return QStringLiteral("%1 attempts: %2").arg(attempts.size()).arg(history);
    if (mayFail)
        return {};
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
