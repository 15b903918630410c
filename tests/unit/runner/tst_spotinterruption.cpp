// Spot capacity that is taken away, on a scripted engine.
#include "backend/executor/runner/capacity.h"
#include "backend/executor/runner/spotmarket.h"
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

class TestSpotInterruption : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup() { m_rig.reset(); }

    void lifetimes();
    void settingsOfTags_data();
    void settingsOfTags();
    void everyJobOnTheInstanceEnds();
    void isRetriedByTheRules_data();
    void isRetriedByTheRules();
    void noticeGivesTwoMinutes();
    void noticeGoesOnAfterARestart();
    void jobThatEndsByItselfInTime();
    void fargateSpot();
    void multiNodeJob();
    void refusals();
    void happensAtTheEnvironmentsRate();
    void isRetriedAfterARestart();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    [[nodiscard]] QString instanceOf(const QString &id, int attempt = 1)
    {
        return bench().attempt(id, attempt).instanceId;
    }
    [[nodiscard]] static QString lost(const QString &instance)
    {
        return QStringLiteral("Host EC2 (instance %1) terminated.").arg(instance);
    }

    std::unique_ptr<ScriptedBench> m_rig;
};

void TestSpotInterruption::init()
{
    m_rig = std::make_unique<ScriptedBench>();
    m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    bench().put(RunnerBench::environment(QStringLiteral("ce"), 16, QStringLiteral("SPOT")));
}

void TestSpotInterruption::lifetimes()
{
    const auto first = executor::spotLifetime(QStringLiteral("i-1"), 2, 7);
    QCOMPARE(executor::spotLifetime(QStringLiteral("i-1"), 2, 7), first);
    QVERIFY(executor::spotLifetime(QStringLiteral("i-2"), 2, 7) != first);
    QVERIFY(executor::spotLifetime(QStringLiteral("i-1"), 2, 8) != first);
    double hours = 0;
    constexpr int draws = 20000;
    for (int i = 0; i < draws; ++i)
        hours += std::chrono::duration<double, std::ratio<3600>>(
                     executor::spotLifetime(QString::number(i), 4, 1))
                     .count();
    QVERIFY2(std::abs(hours / draws - 0.25) < 0.01, qPrintable(QString::number(hours / draws)));
}

void TestSpotInterruption::settingsOfTags_data()
{
    QTest::addColumn<QString>("rate");
    QTest::addColumn<double>("perHour");
    QTest::newRow("none") << QString() << 0.0;
    QTest::newRow("a number") << QStringLiteral("2.5") << 2.5;
    QTest::newRow("no number") << QStringLiteral("often") << 0.0;
    QTest::newRow("negative") << QStringLiteral("-1") << 0.0;
    QTest::newRow("infinite") << QStringLiteral("inf") << 0.0;
}

void TestSpotInterruption::settingsOfTags()
{
    QFETCH(QString, rate);
    QFETCH(double, perHour);
    batch::Tags tags{{QStringLiteral("batchyard:spot-notice"), QStringLiteral("true")}};
    if (!rate.isEmpty())
        tags.insert(QStringLiteral("batchyard:spot-interruption-rate"), rate);
    QCOMPARE(executor::spotSettings(tags).interruptionsPerHour, perHour);
    QVERIFY(executor::spotSettings(tags).notice);
    QVERIFY(!executor::spotSettings({}).notice);
}

void TestSpotInterruption::everyJobOnTheInstanceEnds()
{
    const QString first = bench().submit(taskOf({container("a")}));
    const QString second = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(second), QStringLiteral("RUNNING"));
    const QString instance = instanceOf(first);
    QVERIFY(instance.startsWith(u"i-"));
    QCOMPARE(instanceOf(second), instance); // small tasks share one
    QVERIFY(bench().dispatcher().interrupt(first, false));
    QTRY_VERIFY(m_rig->isSettled(first) && m_rig->isSettled(second));
    for (const QString &id : {first, second}) {
        QCOMPARE(bench().status(id), QStringLiteral("FAILED"));
        QCOMPARE(bench().job(id).statusReason, lost(instance));
        QCOMPARE(bench().attempt(id).statusReason, lost(instance));
        QCOMPARE(bench().container(id, 0).exitCode, std::optional(143));
        QVERIFY(m_rig->engine.acts().contains(
            QStringLiteral("stop %1 2").arg(bench().dockerName(id, 0))));
    }
    // A later job gets another instance.
    const QString third = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(third), QStringLiteral("RUNNING"));
    QVERIFY(instanceOf(third) != instance);
    QVERIFY(bench().dispatcher().terminateJob(third, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(third));
}

void TestSpotInterruption::isRetriedByTheRules_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("action");
    QTest::addColumn<int>("attempts");
    QTest::newRow("host lost, retry")
        << QStringLiteral("Host EC2*") << QStringLiteral("RETRY") << 2;
    QTest::newRow("host lost, exit") << QStringLiteral("Host EC2*") << QStringLiteral("EXIT") << 1;
    QTest::newRow("no rule holds") << QStringLiteral("Task failed*") << QStringLiteral("EXIT") << 2;
}

void TestSpotInterruption::isRetriedByTheRules()
{
    QFETCH(QString, pattern);
    QFETCH(QString, action);
    QFETCH(int, attempts);
    const batch::RetryStrategy strategy{3, {{pattern, {}, {}, action, {}}}, {}};
    const QString id = bench().submit(taskOf({container("a")}), {.retry = strategy});
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    const QString instance = instanceOf(id);
    QVERIFY(bench().dispatcher().interrupt(id, false));
    if (attempts == 1) {
        QTRY_VERIFY(m_rig->isSettled(id));
        QCOMPARE(bench().job(id).statusReason, lost(instance));
        return;
    }
    QTRY_COMPARE(bench().job(id).attempt, 2);
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    QVERIFY(instanceOf(id, 2) != instance);
    m_rig->engine.finish(bench().dockerName(id, 0, 2), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
    QCOMPARE(bench().attempt(id, 1).statusReason, lost(instance));
}

void TestSpotInterruption::noticeGivesTwoMinutes()
{
    const QString id = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    QVERIFY(bench().dispatcher().interrupt(id, true));
    QTRY_VERIFY(m_rig->isSettled(id));
    QVERIFY(m_rig->engine.acts().contains(
        QStringLiteral("stop %1 120").arg(bench().dockerName(id, 0))));
}

// A kill of the executor neither begins the two minutes anew nor shortens them, and the instance
// stays lost to other jobs.
void TestSpotInterruption::noticeGoesOnAfterARestart()
{
    const auto offset = std::make_shared<std::chrono::milliseconds>(0);
    bench().dropDispatcher();
    bench().settings().clock = [offset] { return executor::systemNow() + *offset; };
    bench().startDispatcher();
    const QString id = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    const QString instance = instanceOf(id);
    m_rig->engine.inject(QStringLiteral("stop by-"), ScriptedEngine::Fault::HeldUndone, 3);
    QVERIFY(bench().dispatcher().interrupt(id, true));
    const auto stops = [this, &id] {
        return m_rig->engine.acts().filter(
            QStringLiteral("stop %1 ").arg(bench().dockerName(id, 0)));
    };
    QTRY_COMPARE(stops().size(), 1);
    QVERIFY(stops().last().endsWith(QStringLiteral(" 120")));
    *offset += std::chrono::seconds(50);
    bench().restartDispatcher();
    QTRY_COMPARE(stops().size(), 2);
    QVERIFY2(stops().last().endsWith(QStringLiteral(" 70")), qPrintable(stops().last()));
    const QString other = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(other), QStringLiteral("RUNNING"));
    QVERIFY(instanceOf(other) != instance);
    *offset -= std::chrono::hours(2); // somebody sets the clock
    bench().restartDispatcher();
    QTRY_COMPARE(stops().size(), 3);
    QVERIFY2(stops().last().endsWith(QStringLiteral(" 120")), qPrintable(stops().last()));
    m_rig->engine.release();
    QTRY_VERIFY(bench().isEnded(id));
    QCOMPARE(bench().job(id).statusReason, lost(instance));
    QVERIFY(bench().dispatcher().terminateJob(other, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(other));
}

// It saved its work and left with 0: the host is gone all the same.
void TestSpotInterruption::jobThatEndsByItselfInTime()
{
    m_rig->engine.setScript(QStringLiteral("a"), runsOn(0));
    const QString id = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    const QString instance = instanceOf(id);
    QVERIFY(bench().dispatcher().interrupt(id, true));
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("FAILED"));
    QCOMPARE(bench().job(id).statusReason, lost(instance));
}

void TestSpotInterruption::fargateSpot()
{
    bench().put(
        RunnerBench::environment(QStringLiteral("fargate"), 16, QStringLiteral("FARGATE_SPOT")));
    bench().put(RunnerBench::queue(QStringLiteral("fq"), QStringLiteral("fargate")));
    const QString id = bench().submit(
        taskOf({container("a")}),
        {.retry = batch::RetryStrategy{2, {}, {}}, .queue = QStringLiteral("fq"), .fargate = true});
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    QCOMPARE(instanceOf(id), QString());
    QVERIFY(bench().dispatcher().interrupt(id, false));
    QTRY_COMPARE(bench().job(id).attempt, 2);
    QCOMPARE(bench().attempt(id, 1).statusReason,
             QStringLiteral("Your Spot Task was interrupted."));
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(id, 0, 2), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
}

void TestSpotInterruption::multiNodeJob()
{
    const QString id = bench().submitNodes({taskOf({container("a")}), taskOf({container("a")})}, 0,
                                           {.retry = batch::RetryStrategy{2, {}, {}}});
    const QString other = id + QStringLiteral("#1");
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(other), QStringLiteral("RUNNING"));
    QVERIFY(bench().dispatcher().interrupt(other, false));
    QTRY_COMPARE(bench().job(id).attempt, 2);
    QVERIFY(bench().attempt(id, 1).statusReason.startsWith(u"Host EC2 (instance i-"));
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(other), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(id + QStringLiteral("#0"), 0, 2), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().status(id), QStringLiteral("SUCCEEDED"));
}

void TestSpotInterruption::refusals()
{
    const auto codeOf = [this](const QString &id) {
        const auto result = bench().dispatcher().interrupt(id, false);
        return result ? QString() : errorCodeName(result.error().code);
    };
    QCOMPARE(codeOf(QStringLiteral("none")), QStringLiteral("NotFound"));
    bench().put(RunnerBench::environment(QStringLiteral("fargate"), 1, QStringLiteral("FARGATE")));
    bench().put(RunnerBench::queue(QStringLiteral("fq"), QStringLiteral("fargate")));
    batch::EcsTaskProperties whole = taskOf({container("a")});
    whole.containers[0].resourceRequirements[0].value = QStringLiteral("1");
    const QString runs = bench().submit(whole, {.queue = QStringLiteral("fq"), .fargate = true});
    const QString waits = bench().submit(whole, {.queue = QStringLiteral("fq"), .fargate = true});
    const QString array
        = bench().submit(whole, {.arraySize = 2, .queue = QStringLiteral("fq"), .fargate = true});
    QTRY_COMPARE(bench().status(runs), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(waits), QStringLiteral("RUNNABLE"));
    QCOMPARE(codeOf(runs), QStringLiteral("Conflict"));
    QCOMPARE(codeOf(waits), QStringLiteral("Conflict"));
    QCOMPARE(codeOf(array), QStringLiteral("Conflict"));
    for (const QString &id : {array, waits, runs})
        QVERIFY(bench().dispatcher().terminateJob(id, QStringLiteral("enough")));
    QTRY_VERIFY(m_rig->isSettled(runs) && m_rig->isSettled(array));
    QCOMPARE(codeOf(runs), QStringLiteral("NotFound"));
}

void TestSpotInterruption::happensAtTheEnvironmentsRate()
{
    auto environment = RunnerBench::environment(QStringLiteral("ce"), 16, QStringLiteral("SPOT"));
    // Some 36 ms on average for each instance.
    environment.tags.insert(QStringLiteral("batchyard:spot-interruption-rate"),
                            QStringLiteral("100000"));
    bench().put(environment);
    const QString id
        = bench().submit(taskOf({container("a")}), {.retry = batch::RetryStrategy{3, {}, {}}});
    QTRY_VERIFY(m_rig->isSettled(id));
    QCOMPARE(bench().store().attempts(id)->size(), 3);
    QVERIFY(bench().job(id).statusReason.startsWith(u"Host EC2 (instance i-"));
}

void TestSpotInterruption::isRetriedAfterARestart()
{
    const QString id
        = bench().submit(taskOf({container("a")}), {.retry = batch::RetryStrategy{2, {}, {}}});
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    const QString instance = instanceOf(id);
    m_rig->engine.inject(QStringLiteral("stop by-"), ScriptedEngine::Fault::HeldUndone, 1);
    QVERIFY(bench().dispatcher().interrupt(id, false));
    QTRY_VERIFY(bench().attempt(id).desiredStopped);
    bench().restartDispatcher();
    QTRY_COMPARE(bench().job(id).attempt, 2);
    QCOMPARE(bench().attempt(id, 1).statusReason, lost(instance));
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    m_rig->engine.finish(bench().dockerName(id, 0, 2), 0);
    QTRY_VERIFY(m_rig->isSettled(id));
}

QTEST_GUILESS_MAIN(TestSpotInterruption)
#include "tst_spotinterruption.moc"
