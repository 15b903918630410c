#include "backend/executor/runner/limittimer.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace batchyard::executor;
using namespace std::chrono_literals;

class TestLimitTimer : public QObject
{
    Q_OBJECT

private slots:
    void isNeverEarly_data();
    void isNeverEarly();
    void countsFurtherThanAQTimer();
    void tellsAgain();
    void saysNothingOnceStopped();
};

void TestLimitTimer::isNeverEarly_data()
{
    QTest::addColumn<std::chrono::milliseconds>("leg");
    QTest::newRow("in one leg") << std::chrono::milliseconds(24h);
    QTest::newRow("in many legs") << 7ms;
    QTest::newRow("in as long as a leg") << 60ms;
}

void TestLimitTimer::isNeverEarly()
{
    QFETCH(std::chrono::milliseconds, leg);
    LimitTimer timer(leg);
    QSignalSpy expired(&timer, &LimitTimer::expired);
    QElapsedTimer clock;
    clock.start();
    timer.start(60ms);
    QVERIFY(timer.isStarted());
    QVERIFY(expired.wait());
    QVERIFY2(clock.nsecsElapsed() >= 60'000'000, qPrintable(QString::number(clock.nsecsElapsed())));
    QCOMPARE(expired.size(), 1);
}

// The leg of this one ends in time, which is not its end; a leg of the other can be set at all.
void TestLimitTimer::countsFurtherThanAQTimer()
{
    LimitTimer timer(1ms);
    QSignalSpy expired(&timer, &LimitTimer::expired);
    timer.start(24h * 40);
    LimitTimer other;
    QSignalSpy otherExpired(&other, &LimitTimer::expired);
    other.start(24h * 365 * 60);
    LimitTimer last;
    QSignalSpy lastExpired(&last, &LimitTimer::expired);
    last.start(50ms);
    QVERIFY(lastExpired.wait());
    QCOMPARE(expired.size(), 0);
    QCOMPARE(otherExpired.size(), 0);
}

void TestLimitTimer::tellsAgain()
{
    LimitTimer timer;
    QSignalSpy expired(&timer, &LimitTimer::expired);
    timer.start(0ms);
    timer.resume();
    QTRY_COMPARE(expired.size(), 1);
    timer.resume();
    QTRY_COMPARE(expired.size(), 2);
    timer.start(24h);
    timer.resume();
    QCoreApplication::processEvents();
    QCOMPARE(expired.size(), 2);
}

void TestLimitTimer::saysNothingOnceStopped()
{
    LimitTimer timer;
    QSignalSpy expired(&timer, &LimitTimer::expired);
    timer.start(0ms);
    timer.stop();
    QVERIFY(!timer.isStarted());
    LimitTimer other;
    QSignalSpy otherExpired(&other, &LimitTimer::expired);
    other.start(1ms);
    QVERIFY(otherExpired.wait());
    QCOMPARE(expired.size(), 0);
}

QTEST_GUILESS_MAIN(TestLimitTimer)
#include "tst_limittimer.moc"
