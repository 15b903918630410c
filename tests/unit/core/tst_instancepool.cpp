#include "backend/executor/core/instancepool.h"
#include "tests/unit/core/schedulermachine.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::executor::core;
using namespace batchyard::test;

namespace {

class Pool
{
public:
    explicit Pool(const EnvironmentCapacity &capacity)
        : m_ids(1)
        , m_pool(m_ids)
    {
        m_pool.setCapacity(capacity);
    }

    // Whether there was room.
    bool put(const QString &jobId, const QList<Resources> &tasks)
    {
        const auto plan = m_pool.plan(tasks);
        if (plan)
            m_places[jobId] = m_pool.carryOut(*plan, jobId, tasks);
        return plan.has_value();
    }

    void end(const QString &jobId, double time)
    {
        m_pool.release(jobId, m_places.take(jobId), at(time));
    }

    // "m5.large: a b; m5.xlarge: c"
    [[nodiscard]] QString toText() const
    {
        QStringList texts;
        for (const Instance &instance : m_pool.instances())
            texts.append(instance.type + u": "_s + instance.jobIds.join(u' '));
        return texts.join(u"; "_s);
    }

    InstancePool *operator->() { return &m_pool; }

private:
    InstanceIds m_ids;
    InstancePool m_pool;
    QMap<QString, QStringList> m_places;
};

EnvironmentCapacity with(EnvironmentCapacity capacity, const QString &strategy)
{
    capacity.allocationStrategy = strategy;
    return capacity;
}

} // namespace

class TestInstancePool : public QObject
{
    Q_OBJECT

private slots:
    void theTypeIsChosen_data()
    {
        QTest::addColumn<QStringList>("types");
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<double>("vcpus");
        QTest::addColumn<int>("memoryMiB");
        QTest::addColumn<int>("gpus");
        QTest::addColumn<QString>("type");
        const QStringList usual{u"m5"_s, u"c5"_s, u"r5"_s};
        QTest::newRow("small") << usual << QString() << 1.0 << 100 << 0 << u"c5.large"_s;
        QTest::newRow("memory") << usual << QString() << 1.0 << 7000 << 0 << u"m5.large"_s;
        QTest::newRow("more memory")
            << usual << u"BEST_FIT"_s << 1.0 << 15'000 << 0 << u"r5.large"_s;
        QTest::newRow("vCPUs") << usual << u"BEST_FIT_PROGRESSIVE"_s << 5.0 << 100 << 0
                               << u"c5.2xlarge"_s;
        QTest::newRow("GPU") << QStringList{u"p3"_s, u"g5"_s, u"m5"_s} << QString() << 1.0 << 100
                             << 1 << u"g5.xlarge"_s;
        QTest::newRow("no needless GPU")
            << QStringList{u"g5"_s, u"m5"_s} << u"BEST_FIT_PROGRESSIVE_ORDERED"_s << 1.0 << 100 << 0
            << u"m5.large"_s;
        QTest::newRow("in the order given")
            << usual << u"BEST_FIT_PROGRESSIVE_ORDERED"_s << 1.0 << 100 << 0 << u"m5.large"_s;
        QTest::newRow("in the order given, Spot")
            << QStringList{u"r5.2xlarge"_s, u"c5"_s} << u"SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"_s
            << 1.0 << 100 << 0 << u"r5.2xlarge"_s;
    }

    void theTypeIsChosen()
    {
        QFETCH(QStringList, types);
        QFETCH(QString, strategy);
        QFETCH(double, vcpus);
        QFETCH(int, memoryMiB);
        QFETCH(int, gpus);
        QFETCH(QString, type);
        Pool pool(with(ec2(u"e"_s, 256, types), strategy));
        QVERIFY(pool.put(u"a"_s, {{vcpus, memoryMiB, gpus}}));
        QCOMPARE(pool.toText(), type + u": a"_s);
    }

    void tasksFillInstances()
    {
        Pool pool(ec2(u"e"_s, 8, {u"m5.xlarge"_s}));
        QVERIFY(pool.put(u"a"_s, {{3, 100}}));
        QVERIFY(pool.put(u"b"_s, {{2, 100}}));
        QVERIFY(pool.put(u"c"_s, {{1, 100}}));
        QCOMPARE(pool.toText(), u"m5.xlarge: a c; m5.xlarge: b"_s);
        QVERIFY(!pool.put(u"d"_s, {{3, 100}}));
        QVERIFY(pool->plan({{3, 100}}, u"b"_s));
        QVERIFY(!pool.put(u"e"_s, {{2, 100}, {1, 100}}));
        QVERIFY(pool.put(u"f"_s, {{1, 100}, {1, 100}}));
        QCOMPARE(pool->largestFreeVcpus(), 0.0);
        QCOMPARE(pool->vcpus(), 8.0);
    }

    void memoryBindsToo()
    {
        Pool pool(ec2(u"e"_s, 4, {u"m5.large"_s}));
        QVERIFY(pool.put(u"a"_s, {{1, 6000}}));
        QVERIFY(pool.put(u"b"_s, {{1, 6000}}));
        QVERIFY(!pool.put(u"c"_s, {{1, 6000}}));
        QVERIFY(pool.put(u"d"_s, {{1, 1000}}));
    }

    void theMaximumBinds_data()
    {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<bool>("spot");
        QTest::addColumn<double>("vcpus");
        // Three jobs of 3 vCPUs on instances of 4, maxvCpus 10.
        QTest::newRow("BEST_FIT stays below") << u"BEST_FIT"_s << false << 8.0;
        QTest::newRow("BEST_FIT of Spot") << u"BEST_FIT"_s << true << 12.0;
        QTest::newRow("progressive goes over by less than one")
            << u"BEST_FIT_PROGRESSIVE"_s << false << 12.0;
    }

    void theMaximumBinds()
    {
        QFETCH(QString, strategy);
        QFETCH(bool, spot);
        QFETCH(double, vcpus);
        EnvironmentCapacity capacity = with(ec2(u"e"_s, 10, {u"m5.xlarge"_s}), strategy);
        if (spot)
            capacity.kind = EnvironmentKind::Spot;
        Pool pool(capacity);
        for (int i = 0; i < 4; ++i)
            pool.put(QString::number(i), {{3, 100}});
        QCOMPARE(pool->vcpus(), vcpus);
    }

    void idleInstancesMakeRoom()
    {
        Pool pool(ec2(u"e"_s, 4, {u"m5"_s}));
        QVERIFY(pool.put(u"a"_s, {{2, 100}}));
        QVERIFY(pool.put(u"b"_s, {{2, 100}}));
        pool.end(u"a"_s, 1);
        QVERIFY(!pool.put(u"large"_s, {{4, 100}}));
        pool.end(u"b"_s, 1);
        QVERIFY(pool.put(u"large"_s, {{4, 100}}));
        QCOMPARE(pool.toText(), u"m5.xlarge: large"_s);
        QVERIFY(!pool->canEverHold({{2, 100}, {4, 100}}));
        QVERIFY(pool->canEverHold({{2, 100}, {2, 100}}));
    }

    void theMinimumIsKept()
    {
        EnvironmentCapacity capacity = ec2(u"e"_s, 16, {u"m5"_s});
        capacity.minvCpus = 3;
        capacity.scaleDownDelay = std::chrono::seconds(10);
        Pool pool(capacity);
        pool->scale(at(0));
        QCOMPARE(pool.toText(), u"m5.large: ; m5.large: "_s);
        QVERIFY(pool.put(u"a"_s, {{4, 100}}));
        QCOMPARE(pool->vcpus(), 8.0);
        pool->scale(at(1));
        QCOMPARE(pool.toText(), u"m5.xlarge: a"_s);
        pool.end(u"a"_s, 2);
        pool->scale(at(60));
        QCOMPARE(pool->vcpus(), 4.0);
        QCOMPARE(pool->nextEnd(), std::nullopt);
        capacity.minvCpus = 0;
        pool->setCapacity(capacity);
        QCOMPARE(pool->nextEnd(), std::optional(at(12)));
        pool->scale(at(61));
        QCOMPARE(pool.toText(), QString());
        capacity.usable = false;
        capacity.minvCpus = 2;
        pool->setCapacity(capacity);
        pool->scale(at(62));
        QCOMPARE(pool.toText(), QString());
    }

    // The g5.xlarge had a job with a GPU, too; a new instance for "a" would be an m5.2xlarge.
    void adoptedInstancesAreNoLargerThanTheyWere()
    {
        Pool pool(ec2(u"e"_s, 8, {u"m5.2xlarge"_s, u"g5.xlarge"_s, u"m5.large"_s}));
        pool->adopt(u"a"_s, {{2.5, 100}}, {u"i-1"_s});
        pool->adopt(u"b"_s, {{1, 100}}, {u"i-2"_s});
        pool->adopt(u"c"_s, {{1, 100}, {1, 100}}, {u"i-1"_s, u"i-2"_s});
        QCOMPARE(pool.toText(), u"g5.xlarge: a c; m5.large: b c"_s);
        QCOMPARE(pool->vcpus(), 6.0);
        pool->release(u"c"_s, {u"i-1"_s, u"i-2"_s}, at(1));
        pool->adopt(u"huge"_s, {{16, 100}}, {u"i-3"_s});
        QVERIFY(!pool.put(u"d"_s, {{3, 100}}));
        QVERIFY(pool.put(u"e"_s, {{1, 100}}));
        pool->release(u"huge"_s, {u"i-3"_s}, at(2));
        pool->scale(at(2));
        QCOMPARE(pool.toText(), u"g5.xlarge: a; m5.large: b e"_s);
    }

    void typesTakenOffTheListGoWhenIdle()
    {
        Pool pool(ec2(u"e"_s, 16, {u"m5"_s}));
        QVERIFY(pool.put(u"a"_s, {{1, 100}}));
        pool->setCapacity(ec2(u"e"_s, 16, {u"c5"_s}));
        QVERIFY(pool.put(u"b"_s, {{1, 100}}));
        QCOMPARE(pool.toText(), u"m5.large: a; c5.large: b"_s);
        pool.end(u"a"_s, 1);
        pool->scale(at(1));
        QCOMPARE(pool.toText(), u"c5.large: b"_s);
    }
};

QTEST_GUILESS_MAIN(TestInstancePool)
#include "tst_instancepool.moc"
