#include "backend/executor/core/fairshare.h"
#include "backend/executor/core/queueorder.h"
#include "tests/unit/core/schedulermachine.h"

#include <QTest>

#include <cmath>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::executor::core;
using namespace batchyard::test;

namespace {

using std::chrono::seconds;

// A share's use is told to within the part of the window that is just leaving it.
void compareUse(double actual, double expected, double tolerance = 1e-6)
{
    QVERIFY2(std::abs(actual - expected) <= tolerance,
             qPrintable(u"%1 instead of %2"_s.arg(actual).arg(expected)));
}

batch::FairsharePolicy policy(const QList<std::pair<QString, double>> &weights)
{
    batch::FairsharePolicy policy;
    for (const auto &[share, weight] : weights)
        policy.shareDistribution.append({share, weight, {}});
    return policy;
}

} // namespace

class TestFairShare : public QObject
{
    Q_OBJECT

private slots:
    void useWeighsLessTheLongerAgo_data()
    {
        QTest::addColumn<double>("begin");
        QTest::addColumn<double>("end");
        QTest::addColumn<double>("now");
        QTest::addColumn<double>("vcpuSeconds");
        // 2 vCPUs in a window of 600 s.
        QTest::newRow("just now") << 1000.0 << 1000.0 << 1000.0 << 0.0;
        QTest::newRow("a minute up to now") << 940.0 << 1000.0 << 1000.0 << 2 * 60 * 0.95;
        QTest::newRow("the whole window") << 400.0 << 1000.0 << 1000.0 << 2 * 600 * 0.5;
        QTest::newRow("more than the window") << 0.0 << 1000.0 << 1000.0 << 2 * 600 * 0.5;
        QTest::newRow("a minute five minutes ago") << 640.0 << 700.0 << 1000.0 << 2 * 60 * 0.45;
        QTest::newRow("in one part") << 996.0 << 997.0 << 1000.0 << 2 * (1 - 3.5 / 600);
        QTest::newRow("out of the window") << 100.0 << 200.0 << 1000.0 << 0.0;
    }

    void useWeighsLessTheLongerAgo()
    {
        QFETCH(double, begin);
        QFETCH(double, end);
        QFETCH(double, now);
        QFETCH(double, vcpuSeconds);
        ShareUsage usage(seconds(600));
        usage.begin(2, at(begin));
        usage.end(2, at(end));
        compareUse(usage.vcpuSeconds(at(now)), vcpuSeconds, 0.2);
        ShareUsage past(seconds(600));
        past.addPast(2, at(begin), at(end));
        compareUse(past.vcpuSeconds(at(now)), vcpuSeconds, 0.2);
        ShareUsage running(seconds(600));
        running.begin(2, at(begin));
        const double expected
            = 2 * std::min(now - begin, 600.0) * (1 - std::min(now - begin, 600.0) / 1200);
        compareUse(running.vcpuSeconds(at(now)), expected);
    }

    void useIsForgottenAfterTheWindow()
    {
        ShareUsage usage(seconds(600));
        usage.begin(1, at(0));
        QVERIFY(!usage.isNothing(at(1)));
        usage.end(1, at(10));
        QVERIFY(!usage.isNothing(at(600)));
        QVERIFY(usage.isNothing(at(630)));
        usage.setNow(at(630));
        QCOMPARE(usage.vcpuSeconds(at(5)), 0.0);
    }

    void aJobFromBeforeARestartCountsSinceItsStart()
    {
        ShareUsage usage(seconds(600));
        usage.restore(1, at(500));
        usage.restore(1, at(400));
        compareUse(usage.vcpuSeconds(at(600)), 100 * (1 - 50.0 / 600) + 200 * (1 - 100.0 / 600));
        QCOMPARE(usage.vcpus(), 2.0);
    }

    void aClockSetBackCostsNothing()
    {
        ShareUsage usage(seconds(600));
        usage.begin(1, at(10'000));
        usage.end(1, at(10'100));
        usage.setNow(at(1000));
        QCOMPARE(usage.vcpuSeconds(at(1000)), 0.0);
        usage.begin(1, at(1000));
        compareUse(usage.vcpuSeconds(at(1060)), 60 * 0.95);
    }

    void anotherWindowKeepsTheUse()
    {
        ShareUsage usage(seconds(600));
        usage.begin(1, at(0));
        usage.end(1, at(600));
        usage.setWindow(seconds(6000));
        compareUse(usage.vcpuSeconds(at(600)), 600 * 0.95, 10);
        QCOMPARE(usage.vcpuSeconds(at(7000)), 0.0);
    }

    void weights_data()
    {
        QTest::addColumn<QString>("share");
        QTest::addColumn<double>("weight");
        QTest::newRow("named") << u"blue"_s << 0.25;
        QTest::newRow("not named") << u"red"_s << 1.0;
        QTest::newRow("below a prefix, two active") << u"UserA1"_s << 1.0;
        QTest::newRow("below a prefix, itself not active") << u"UserA3"_s << 1.0;
        QTest::newRow("named although below a prefix") << u"UserAdmin"_s << 3.0;
        QTest::newRow("below a prefix without active ones") << u"TeamX"_s << 2.0;
        QTest::newRow("no weight") << u"plain"_s << 1.0;
    }

    void weights()
    {
        QFETCH(QString, share);
        QFETCH(double, weight);
        batch::FairsharePolicy given = policy(
            {{u"blue"_s, 0.25}, {u"UserA*"_s, 0.5}, {u"UserAdmin"_s, 3.0}, {u"Team*"_s, 2.0}});
        given.shareDistribution.append({u"plain"_s, {}, {}});
        FairShare shares(given);
        for (const QString &active : {u"UserA1"_s, u"UserA2"_s, u"UserAdmin"_s})
            shares.setWaiting(active, 1);
        shares.setNow(at(0));
        QCOMPARE(shares.weightOf(share), weight);
    }

    void reserve_data()
    {
        QTest::addColumn<int>("percent");
        QTest::addColumn<int>("shares");
        QTest::addColumn<double>("part");
        // The examples of API_FairsharePolicy.
        QTest::newRow("50, one") << 50 << 1 << 0.5;
        QTest::newRow("50, two") << 50 << 2 << 0.25;
        QTest::newRow("50, three") << 50 << 3 << 0.125;
        QTest::newRow("25, two") << 25 << 2 << 0.0625;
        QTest::newRow("none") << 0 << 3 << 0.0;
    }

    void reserve()
    {
        QFETCH(int, percent);
        QFETCH(int, shares);
        QFETCH(double, part);
        batch::FairsharePolicy given;
        given.computeReservation = percent;
        FairShare fair(given);
        for (int i = 0; i < shares; ++i)
            fair.setWaiting(QString::number(i), 1);
        fair.setNow(at(0));
        QCOMPARE(fair.reservedPart(), part);
    }

    void sharesAreActiveUntilTheirUseHasDecayed()
    {
        FairShare shares(policy({}));
        shares.setWaiting(u"waits"_s, 1);
        shares.begin(u"runs"_s, 1, at(0));
        shares.begin(u"ended"_s, 1, at(0));
        shares.end(u"ended"_s, 1, at(100));
        shares.setNow(at(700));
        QCOMPARE(shares.activeShares(), 3);
        shares.setNow(at(720));
        QCOMPARE(shares.activeShares(), 2);
        shares.setWaiting(u"waits"_s, 0);
        shares.setNow(at(721));
        QCOMPARE(shares.activeShares(), 1);
        QCOMPARE(shares.vcpusByShare(), (std::map<QString, double>{{u"runs"_s, 1.0}}));
    }

    void theShareWithTheLowestUseIsNext()
    {
        QueueOrder order;
        order.setPolicy(policy({{u"b"_s, 0.5}}));
        QList<WaitingJob> jobs;
        for (int i = 0; i < 6; ++i) {
            jobs.append(job(QString::number(i), u"q"_s, i, {1, 1}));
            jobs.last().shareIdentifier = i < 3 ? u"a"_s : u"b"_s;
        }
        WaitingJob old = job(u"old"_s, u"q"_s, -1, {1, 1});
        old.shareIdentifier = u"a"_s;
        order.begin(old, at(0));
        for (const WaitingJob &each : std::as_const(jobs))
            order.add(each);
        order.setNow(at(60));
        const auto front = [&order] {
            QString ids;
            for (const WaitingJob *each : order.front(10))
                ids += each->jobId;
            return ids;
        };
        // a has used 57 + 60; b comes to 30, 60, 90 with its jobs.
        QCOMPARE(front(), u"345012"_s);
        QCOMPARE(order.head(), &jobs[3]);
        QCOMPARE(order.placeInLine(jobs[5]), 2);
        order.end(old, at(60));
        // a has 57 left.
        QCOMPARE(front(), u"340512"_s);
        order.setPolicy({});
        QCOMPARE(front(), u"012345"_s);
        QCOMPARE(order.placeInLine(jobs[5]), 5);
        for (const WaitingJob &each : std::as_const(jobs))
            order.remove(each);
        QVERIFY(order.isEmpty());
        QCOMPARE(order.head(), nullptr);
    }
};

QTEST_GUILESS_MAIN(TestFairShare)
#include "tst_fairshare.moc"
