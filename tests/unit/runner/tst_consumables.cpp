// Jobs that need consumable resources, on a scripted engine.
#include "backend/batch/json.h"
#include "tests/unit/runner/jobscripts.h"

using namespace batchyard;
using namespace batchyard::test;

class TestConsumables : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_rig = std::make_unique<ScriptedBench>();
        m_rig->engine.setScript(QStringLiteral("a"), runsOn());
    }
    void cleanup() { m_rig.reset(); }

    void waitsUntilTheyAreFree();
    void waitsUntilThereAreMore();
    void whatDoesNotComeBackIsGone();
    void isTakenAgainByARetry();
    void countsAfterARestart();
    void tellsWhoHoldsThem();

private:
    [[nodiscard]] RunnerBench &bench() { return m_rig->bench; }
    void put(qint64 total, const char *type)
    {
        batch::ConsumableResource resource;
        resource.consumableResourceName = QStringLiteral("licence");
        resource.totalQuantity = total;
        resource.resourceType = QString::fromLatin1(type);
        bench().put(resource);
    }
    [[nodiscard]] qint64 total()
    {
        const auto record = bench().store().resource(executor::ResourceKind::ConsumableResource,
                                                     QStringLiteral("licence"));
        return batch::parseConsumableResource((*record)->document)
            .value->totalQuantity.value_or(-1);
    }
    [[nodiscard]] qint64 inUse()
    {
        return bench().dispatcher().consumableInUse(QStringLiteral("licence"));
    }
    [[nodiscard]] QString submit(qint64 quantity, int attempts = 1)
    {
        return bench().submit(taskOf({container("a")}),
                              {.retry = batch::RetryStrategy{attempts, {}, {}},
                               .consumables = {{QStringLiteral("licence"), quantity}}});
    }
    void finish(const QString &id, int exitCode = 0, int attempt = 1)
    {
        m_rig->engine.finish(bench().dockerName(id, 0, attempt), exitCode);
    }

    std::unique_ptr<ScriptedBench> m_rig;
};

void TestConsumables::waitsUntilTheyAreFree()
{
    put(3, "REPLENISHABLE");
    const QString first = submit(2);
    const QString second = submit(2);
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    QCOMPARE(bench().status(second), QStringLiteral("RUNNABLE"));
    QVERIFY2(bench().dispatcher().waitReason(second).contains(u"licence"),
             qPrintable(bench().dispatcher().waitReason(second)));
    QCOMPARE(inUse(), 2);
    finish(first);
    QTRY_COMPARE(bench().status(second), QStringLiteral("RUNNING"));
    finish(second);
    QTRY_VERIFY(m_rig->isSettled(second));
    QCOMPARE(inUse(), 0);
    QCOMPARE(total(), 3);
}

void TestConsumables::waitsUntilThereAreMore()
{
    put(1, "REPLENISHABLE");
    const QString id = submit(2);
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNABLE"));
    put(2, "REPLENISHABLE");
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    finish(id);
    QTRY_VERIFY(m_rig->isSettled(id));
}

void TestConsumables::whatDoesNotComeBackIsGone()
{
    put(5, "NON_REPLENISHABLE");
    const QString first = submit(3);
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    QCOMPARE(total(), 2);
    finish(first);
    QTRY_VERIFY(m_rig->isSettled(first));
    const QString second = submit(3);
    QTRY_COMPARE(bench().status(second), QStringLiteral("RUNNABLE"));
    put(3, "NON_REPLENISHABLE");
    QTRY_COMPARE(bench().status(second), QStringLiteral("RUNNING"));
    QCOMPARE(total(), 0);
    finish(second);
    QTRY_VERIFY(m_rig->isSettled(second));
    QCOMPARE(total(), 0);
}

void TestConsumables::isTakenAgainByARetry()
{
    put(5, "NON_REPLENISHABLE");
    const QString id = submit(2, 2);
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    finish(id, 1);
    QTRY_COMPARE(bench().job(id).attempt, 2);
    QTRY_COMPARE(bench().status(id), QStringLiteral("RUNNING"));
    QCOMPARE(total(), 1);
    finish(id, 0, 2);
    QTRY_VERIFY(m_rig->isSettled(id));
}

void TestConsumables::countsAfterARestart()
{
    put(3, "REPLENISHABLE");
    const QString first = submit(2);
    const QString second = submit(2);
    QTRY_COMPARE(bench().status(first), QStringLiteral("RUNNING"));
    bench().restartDispatcher();
    QCOMPARE(inUse(), 2);
    QTRY_VERIFY(bench().dispatcher().engineStatus().reachable);
    QCOMPARE(bench().status(second), QStringLiteral("RUNNABLE"));
    finish(first);
    QTRY_COMPARE(bench().status(second), QStringLiteral("RUNNING"));
    finish(second);
    QTRY_VERIFY(m_rig->isSettled(second));
}

void TestConsumables::tellsWhoHoldsThem()
{
    put(3, "REPLENISHABLE");
    const QString holder = submit(1);
    const QString other = bench().submit(taskOf({container("a")}));
    QTRY_COMPARE(bench().status(holder), QStringLiteral("RUNNING"));
    QTRY_COMPARE(bench().status(other), QStringLiteral("RUNNING"));
    const QString name = QStringLiteral("licence");
    QCOMPARE(bench().dispatcher().consumableHolders(name), QStringList{holder});
    finish(holder);
    finish(other);
    QTRY_VERIFY(m_rig->isSettled(holder) && m_rig->isSettled(other));
    QCOMPARE(bench().dispatcher().consumableHolders(name), QStringList());
}

QTEST_GUILESS_MAIN(TestConsumables)
#include "tst_consumables.moc"
