// Whether the engine counts as there, and how often it is asked, on a scripted one.
#include "backend/executor/runner/enginemonitor.h"
#include "tests/support/engine/scriptedengine.h"

#include <QSignalSpy>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;
using namespace std::chrono_literals;

class TestEngineMonitor : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_engine = std::make_unique<test::ScriptedEngine>(); }

    void comesAndGoes()
    {
        EngineMonitor monitor(*m_engine, settingsOf(20ms), QStringLiteral("label"));
        QSignalSpy returned(&monitor, &EngineMonitor::returned);
        QSignalSpy lost(&monitor, &EngineMonitor::lost);
        monitor.start();
        QTRY_COMPARE(returned.size(), 1);
        QVERIFY(monitor.isReachable());
        m_engine->setReachable(false);
        QTRY_VERIFY(!lost.isEmpty());
        QVERIFY(!monitor.isReachable());
        QVERIFY(monitor.status().unreachableSince);
        m_engine->setReachable(true);
        QTRY_COMPARE(returned.size(), 2);
        QCOMPARE(monitor.status().problem, QString());
    }

    // F27: it answers pings, and refuses its events or ends them at once.
    void isPatientWithoutEvents()
    {
        m_engine->inject(QStringLiteral("events "), test::ScriptedEngine::Fault::Refused, 1000);
        EngineMonitor monitor(*m_engine, settingsOf(1h), QStringLiteral("label"));
        monitor.start();
        QTRY_COMPARE(count("events "), 1);
        QTRY_VERIFY(monitor.status().problem.contains(u"closed its stream of events"));
        QTRY_VERIFY((monitor.suspect(), count("ping") > 5));
        QCOMPARE(count("info"), 1);
        QCOMPARE(count("events "), 1);
        QVERIFY(!monitor.isReachable());
    }

    void asksForEventsAgain()
    {
        m_engine->inject(QStringLiteral("events "), test::ScriptedEngine::Fault::Refused, 3);
        EngineMonitor monitor(*m_engine, settingsOf(10ms), QStringLiteral("label"));
        QSignalSpy returned(&monitor, &EngineMonitor::returned);
        monitor.start();
        QTRY_COMPARE(returned.size(), 4);
        QCOMPARE(count("events "), 4);
        QTRY_VERIFY(monitor.isReachable());
    }

private:
    static RunnerSettings settingsOf(std::chrono::milliseconds retryInterval)
    {
        RunnerSettings settings;
        settings.retryInterval = retryInterval;
        settings.pingInterval = std::max(retryInterval, std::chrono::milliseconds(50));
        return settings;
    }
    [[nodiscard]] qsizetype count(const char *call) const
    {
        return m_engine->calls().filter(QLatin1StringView(call)).size();
    }

    std::unique_ptr<test::ScriptedEngine> m_engine;
};

QTEST_GUILESS_MAIN(TestEngineMonitor)
#include "tst_enginemonitor.moc"
