// Containers that are created while what they wait for is being started, on a scripted engine.
#include "tests/unit/runner/jobscripts.h"

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::test;

Q_DECLARE_METATYPE(batchyard::batch::TaskContainerDependency)

namespace {

const QString first = QStringLiteral("first");
const QString second = QStringLiteral("second");

Script refusedAt(std::optional<Error> Script::*step, const char *text)
{
    Script script;
    script.*step = Error{ErrorCode::InvalidInput, QString::fromLatin1(text), {}};
    return script;
}

} // namespace

class TestCreationAhead : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_rig = std::make_unique<ScriptedBench>(); }
    void cleanup() { m_rig.reset(); }

    void whileItsDependencyStarts_data()
    {
        QTest::addColumn<batch::TaskContainerDependency>("dependency");
        QTest::addColumn<QString>("image");
        QTest::addColumn<bool>("ahead");
        const QString seen = QStringLiteral("tiny:1");
        QTest::newRow("START") << onStart(first) << seen << true;
        QTest::newRow("SUCCESS") << onSuccess(first) << seen << false;
        QTest::newRow("COMPLETE") << onComplete(first) << seen << false;
        QTest::newRow("an image nobody has looked for") << onStart(first) << "other:1" << false;
    }

    void whileItsDependencyStarts()
    {
        QFETCH(batch::TaskContainerDependency, dependency);
        QFETCH(QString, image);
        QFETCH(bool, ahead);
        holdTheStartOfTheFirst();
        TestContainer after = container("second", true, {dependency});
        after.image = image;
        const QString id = bench().submit(taskOf({container("first", false), after}));
        QTRY_VERIFY(m_isHeld);
        // Both are asked for in the same turn, so that what is not there now does not come.
        QCOMPARE(created(id).contains(u"1"), ahead);
        QCOMPARE(engine().startCount(bench().dockerName(id, 1)), 0);
        engine().release();
        QTRY_VERIFY(m_rig->isSettled(id));
        QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
        QCOMPARE(created(id).count(QStringLiteral("1")), 1);
        QCOMPARE(engine().containerNames(), QStringList());
    }

    void tellsWhatItStillWaitsFor()
    {
        holdTheStartOfTheFirst();
        const QString id = submitPair();
        QTRY_VERIFY(m_isHeld);
        const auto state = [&] { return bench().dispatcher().containerStates(id).value(1); };
        QTRY_VERIFY(state().phase == batch::ContainerPhase::Created);
        QCOMPARE(state().waitReason, QStringLiteral("Waits for first to start"));
        engine().release();
        QTRY_VERIFY(m_rig->isSettled(id));
    }

    // A creation that is refused before its turn is told when it is the container's turn, as if it
    // had not been tried before.
    void refusalCountsInItsTurn()
    {
        engine().setScript(first, runsOn());
        engine().setScript(second, refusedAt(&Script::createError, "invalid mount"));
        const QString id = submitPair();
        QTRY_VERIFY(m_rig->isSettled(id));
        QCOMPARE(created(id), (QStringList{u"pause"_s, u"0"_s, u"1"_s, u"1"_s}));
        QVERIFY(bench().container(id, 0).startedAt.has_value());
        QCOMPARE(bench().container(id, 1).error,
                 QStringLiteral("CannotCreateContainerError: invalid mount"));
        QCOMPARE(bench().status(id), QStringLiteral("FAILED"));
    }

    void goesWithAJobThatCannotStart()
    {
        engine().setScript(first, refusedAt(&Script::startError, "no such file"));
        const QString id = submitPair();
        QTRY_VERIFY(m_rig->isSettled(id));
        QCOMPARE(created(id), (QStringList{u"pause"_s, u"0"_s, u"1"_s}));
        QCOMPARE(engine().startCount(bench().dockerName(id, 1)), 0);
        QCOMPARE(bench().container(id, 1).exitCode, std::optional(143));
        QCOMPARE(engine().containerNames(), QStringList());
    }

    // Killed between the creation and its turn: the next executor takes the container over.
    void isTakenOver()
    {
        holdTheStartOfTheFirst();
        const QString id = submitPair();
        QTRY_VERIFY(m_isHeld);
        QTRY_VERIFY(engine().containerNames().contains(bench().dockerName(id, 1)));
        engine().abandon();
        bench().dropDispatcher();
        engine().adopt();
        bench().startDispatcher();
        QTRY_VERIFY(m_rig->isSettled(id));
        QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
        QCOMPARE(created(id).count(QStringLiteral("1")), 1);
        QCOMPARE(engine().startCount(bench().dockerName(id, 1)), 1);
        QCOMPARE(engine().containerNames(), QStringList());
    }

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    [[nodiscard]] ScriptedEngine &engine() { return m_rig->engine; }

    [[nodiscard]] QString submitPair()
    {
        return bench().submit(
            taskOf({container("first", false), container("second", true, {onStart(first)})}));
    }

    void holdTheStartOfTheFirst()
    {
        m_isHeld = false;
        engine().setObserver([this](const QString &call) {
            if (m_isHeld || !call.startsWith(u"start ") || !call.endsWith(u"-0"))
                return;
            m_isHeld = true;
            engine().inject(call, ScriptedEngine::Fault::Held);
        });
    }

    // "pause" or the index of each container that was asked for, in order.
    [[nodiscard]] QStringList created(const QString &id) const
    {
        QStringList names;
        for (const QString &act : m_rig->engine.acts()) {
            if (act.startsWith(u"create ") && act.contains(id))
                names.append(act.section(u'-', -1));
        }
        return names;
    }

    std::unique_ptr<ScriptedBench> m_rig;
    bool m_isHeld = false;
};

QTEST_GUILESS_MAIN(TestCreationAhead)
#include "tst_creationahead.moc"
