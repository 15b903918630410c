// The scripted engine behaves as the real one does where a runner can tell
// (tests/docker/tst_engine).
#include "tests/support/engine/scriptedengine.h"

#include "backend/async.h"
#include "tests/support/engine/await.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::docker;
using test::await;
using test::Script;
using test::ScriptedEngine;
using Fault = test::ScriptedEngine::Fault;

namespace {

ContainerSpec spec(const QString &name, const QString &image = QStringLiteral("i"))
{
    ContainerSpec result;
    result.name = name;
    result.image = image;
    result.labels = {{QStringLiteral("job"), name}};
    return result;
}

Script runsOn()
{
    Script script;
    script.runsOn = true;
    return script;
}

} // namespace

class TestScriptedEngine : public QObject
{
    Q_OBJECT
private slots:
    void endsByItself();
    void runsUntilStopped();
    void outputOrder();
    void startFails();
    void conflictAndMissing();
    void faults();
    void heldUntilReleased();
    void unreachableAndRestarted();
    void vanishes();
    void eventsByLabel();
    void droppedStreamHearsNothing();
    void countsStarts();
};

void TestScriptedEngine::endsByItself()
{
    ScriptedEngine engine;
    Script script;
    script.exitCode = 7;
    engine.setScript(QStringLiteral("i"), script);
    const QString id = *await(engine.createContainer(spec(QStringLiteral("a"))));
    QCOMPARE(await(engine.inspectContainer(id))->status, ContainerState::Status::Created);
    QVERIFY(await(engine.startContainer(id)));
    QCOMPARE(await(engine.waitContainer(id))->exitCode, 7);
    const auto state = await(engine.inspectContainer(QStringLiteral("a")));
    QCOMPARE(state->status, ContainerState::Status::Exited);
    QVERIFY(state->startedAt && state->finishedAt);
    QVERIFY(await(engine.removeContainer(id, false)));
    QCOMPARE(engine.calls(),
             QStringList({QStringLiteral("create a"), QStringLiteral("inspect a"),
                          QStringLiteral("start a"), QStringLiteral("wait a"),
                          QStringLiteral("inspect a"), QStringLiteral("remove a")}));
    QCOMPARE(engine.acts(),
             QStringList({QStringLiteral("create a"), QStringLiteral("start a"),
                          QStringLiteral("remove a")}));
}

void TestScriptedEngine::runsUntilStopped()
{
    ScriptedEngine engine;
    engine.setScript(QStringLiteral("i"), runsOn());
    Script deaf = runsOn();
    deaf.ignoresTerm = true;
    engine.setScript(QStringLiteral("deaf"), deaf);
    for (const QString &name : {QStringLiteral("a"), QStringLiteral("deaf")}) {
        QVERIFY(await(engine.createContainer(spec(name))));
        QVERIFY(await(engine.startContainer(name)));
    }
    QCOMPARE(engine.runningNames(), QStringList({QStringLiteral("a"), QStringLiteral("deaf")}));
    QVERIFY(await(engine.stopContainer(QStringLiteral("a"), 30)));
    QVERIFY(await(engine.stopContainer(QStringLiteral("deaf"), 30)));
    QVERIFY(await(engine.stopContainer(QStringLiteral("deaf"), 30)));
    QCOMPARE(await(engine.inspectContainer(QStringLiteral("a")))->exitCode, 143);
    QCOMPARE(await(engine.inspectContainer(QStringLiteral("deaf")))->exitCode, 137);
    QCOMPARE(await(engine.stopContainer(QStringLiteral("nobody"), 1)).error().code,
             ErrorCode::NotFound);
}

void TestScriptedEngine::outputOrder()
{
    ScriptedEngine engine;
    Script script;
    script.output = {QStringLiteral("one"), QStringLiteral("two")};
    script.errorOutput = {QStringLiteral("three")};
    engine.setScript(QStringLiteral("i"), script);
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a")))));
    QStringList heard;
    const auto hear = [&heard](const std::variant<OutputStarted, OutputChunk, Result<void>> &what) {
        if (const auto *chunk = std::get_if<OutputChunk>(&what))
            heard.append(QString::fromUtf8(chunk->bytes.trimmed())
                         + (chunk->time ? QStringLiteral(" timed") : QString()));
        else
            heard.append(std::holds_alternative<OutputStarted>(what) ? QStringLiteral("started")
                                                                     : QStringLiteral("ended"));
    };
    const auto attached = engine.attach(QStringLiteral("a"), hear);
    QVERIFY(heard.isEmpty()); // at the next turn of the event loop
    QTRY_COMPARE(heard, QStringList{QStringLiteral("started")});
    QVERIFY(await(engine.startContainer(QStringLiteral("a"))));
    QTRY_COMPARE(heard.size(), 5);
    QCOMPARE(heard,
             QStringList({QStringLiteral("started"), QStringLiteral("one"), QStringLiteral("two"),
                          QStringLiteral("three"), QStringLiteral("ended")}));
    heard.clear();
    const auto stored = engine.logs(QStringLiteral("a"), true, hear);
    QTRY_COMPARE(heard,
                 QStringList({QStringLiteral("started"), QStringLiteral("one timed"),
                              QStringLiteral("two timed"), QStringLiteral("three timed"),
                              QStringLiteral("ended")}));
}

void TestScriptedEngine::startFails()
{
    ScriptedEngine engine;
    Script script;
    script.startError = Error{ErrorCode::InvalidInput, QStringLiteral("no such program"), {}};
    engine.setScript(QStringLiteral("i"), script);
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a")))));
    QCOMPARE(await(engine.startContainer(QStringLiteral("a"))).error(), *script.startError);
    const auto state = await(engine.inspectContainer(QStringLiteral("a")));
    QCOMPARE(state->status, ContainerState::Status::Created);
    QCOMPARE(state->exitCode, 127);
    QCOMPARE(state->error, QStringLiteral("no such program"));
    QVERIFY(!state->startedAt);
    QCOMPARE(engine.startCount(QStringLiteral("a")), 0);
}

void TestScriptedEngine::conflictAndMissing()
{
    ScriptedEngine engine;
    engine.setImageMissing(QStringLiteral("gone"));
    QCOMPARE(await(engine.inspectImage(QStringLiteral("gone"))).error().code, ErrorCode::NotFound);
    const auto missing
        = await(engine.createContainer(spec(QStringLiteral("a"), QStringLiteral("gone"))));
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
    QVERIFY(await(engine.pullImage({QStringLiteral("gone")}, {})));
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a"), QStringLiteral("gone")))));
    QCOMPARE(await(engine.createContainer(spec(QStringLiteral("a")))).error().code,
             ErrorCode::Conflict);
}

void TestScriptedEngine::faults()
{
    ScriptedEngine engine;
    engine.inject(QStringLiteral("create a"), Fault::Refused);
    engine.inject(QStringLiteral("create"), Fault::ReplyLost);
    QVERIFY(!await(engine.createContainer(spec(QStringLiteral("a")))));
    QVERIFY(engine.containerNames().isEmpty());
    QVERIFY(!await(engine.createContainer(spec(QStringLiteral("a")))));
    QCOMPARE(engine.containerNames(), QStringList{QStringLiteral("a")}); // done all the same
    QVERIFY(await(engine.inspectContainer(QStringLiteral("a"))));
}

void TestScriptedEngine::heldUntilReleased()
{
    ScriptedEngine engine;
    engine.inject(QStringLiteral("start"), Fault::Held);
    engine.inject(QStringLiteral("start"), Fault::HeldUndone);
    engine.setScript(QStringLiteral("i"), runsOn());
    for (const QString &name : {QStringLiteral("a"), QStringLiteral("b")})
        QVERIFY(await(engine.createContainer(spec(name))));
    const auto first = engine.startContainer(QStringLiteral("a"));
    const auto second = engine.startContainer(QStringLiteral("b"));
    QVERIFY(!first.isFinished() && !second.isFinished());
    QCOMPARE(engine.runningNames(), QStringList{QStringLiteral("a")});
    engine.release();
    QVERIFY(first.isFinished() && second.isFinished());
    QCOMPARE(engine.runningNames(), QStringList({QStringLiteral("a"), QStringLiteral("b")}));
}

void TestScriptedEngine::unreachableAndRestarted()
{
    ScriptedEngine engine;
    engine.setScript(QStringLiteral("i"), runsOn());
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a")))));
    QVERIFY(await(engine.startContainer(QStringLiteral("a"))));
    const auto waiting = engine.waitContainer(QStringLiteral("a"));
    engine.setReachable(false);
    QCOMPARE(await(waiting).error().code, ErrorCode::Unreachable);
    QCOMPARE(await(engine.ping()).error().code, ErrorCode::Unreachable);
    engine.setReachable(true);
    QCOMPARE(engine.runningNames(), QStringList{QStringLiteral("a")});
    engine.restart();
    QVERIFY(await(engine.ping()));
    QCOMPARE(await(engine.inspectContainer(QStringLiteral("a")))->exitCode, 137);
}

void TestScriptedEngine::vanishes()
{
    ScriptedEngine engine;
    engine.setScript(QStringLiteral("i"), runsOn());
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a")))));
    QVERIFY(await(engine.startContainer(QStringLiteral("a"))));
    const auto waiting = engine.waitContainer(QStringLiteral("a"));
    engine.vanish(QStringLiteral("a"));
    QCOMPARE(await(waiting)->exitCode, 137);
    QCOMPARE(await(engine.inspectContainer(QStringLiteral("a"))).error().code, ErrorCode::NotFound);
    QVERIFY(await(engine.removeContainer(QStringLiteral("a"), true)));
}

void TestScriptedEngine::eventsByLabel()
{
    ScriptedEngine engine;
    QStringList heard;
    const auto stream = engine.events(
        QStringLiteral("job=a"), [&heard](const std::variant<Event, Result<void>> &what) {
            const auto *event = std::get_if<Event>(&what);
            heard.append(event != nullptr ? event->action : QStringLiteral("ended"));
        });
    for (const QString &name : {QStringLiteral("a"), QStringLiteral("b")}) {
        QVERIFY(await(engine.createContainer(spec(name))));
        QVERIFY(await(engine.startContainer(name)));
        QVERIFY(await(engine.waitContainer(name)));
        QVERIFY(await(engine.removeContainer(name, false)));
    }
    QTRY_COMPARE(heard,
                 QStringList({QStringLiteral("create"), QStringLiteral("start"),
                              QStringLiteral("die"), QStringLiteral("destroy")}));
    engine.setReachable(false);
    QTRY_COMPARE(heard.last(), QStringLiteral("ended"));
}

void TestScriptedEngine::droppedStreamHearsNothing()
{
    ScriptedEngine engine;
    engine.setScript(QStringLiteral("i"), runsOn());
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a")))));
    QVERIFY(await(engine.startContainer(QStringLiteral("a"))));
    int heard = 0;
    auto stream = engine.attach(QStringLiteral("a"), [&heard](const auto &) { ++heard; });
    engine.print(QStringLiteral("a"), "x\n");
    stream.reset();
    engine.print(QStringLiteral("a"), "y\n");
    QCoreApplication::processEvents();
    QCOMPARE(heard, 0);
}

void TestScriptedEngine::countsStarts()
{
    ScriptedEngine engine;
    QVERIFY(await(engine.createContainer(spec(QStringLiteral("a")))));
    for (int i = 0; i < 2; ++i) {
        QVERIFY(await(engine.startContainer(QStringLiteral("a"))));
        QVERIFY(await(engine.waitContainer(QStringLiteral("a"))));
    }
    QCOMPARE(engine.startCount(QStringLiteral("a")), 2); // an ended one runs again, as on Docker
}

QTEST_GUILESS_MAIN(TestScriptedEngine)
#include "tst_scriptedengine.moc"
