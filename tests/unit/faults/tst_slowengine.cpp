// F28: an engine whose calls take their time and whose events come late, twice, out of order or
// not at all changes nothing of how a job goes. Each job has a seed of its own;
// BATCHYARD_SLOW_SEED is the first one's.
#include "tests/support/engine/scriptedengine.h"
#include "tests/support/text.h"
#include "tests/unit/runner/runnerbench.h"

#include <QRandomGenerator>
#include <QRegularExpression>

using namespace batchyard;
using namespace batchyard::test;

namespace {

using std::chrono::milliseconds;

constexpr int jobCount = 1000; // seeds
constexpr int openLimit = 100; // jobs under way
constexpr int longestCallMs = 20;
constexpr int longestEventMs = 30;
constexpr int endLimitMs = 100'000;

// The delays that one job meets, whatever happens to the others.
class Fates
{
public:
    explicit Fates(quint32 firstSeed)
        : m_nextSeed(firstSeed)
    {
    }

    [[nodiscard]] int draw(const QString &record, int bound)
    {
        static const QRegularExpression id(
            text("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));
        const QString job = id.match(record).captured();
        auto found = m_generators.find(job);
        if (found == m_generators.end())
            found = m_generators.insert(job, QRandomGenerator(m_nextSeed++));
        return found->bounded(bound);
    }

private:
    QHash<QString, QRandomGenerator> m_generators;
    quint32 m_nextSeed;
};

} // namespace

class TestSlowEngine : public QObject
{
    Q_OBJECT
private slots:
    void F28_slowCallsAndUnreliableEvents();

private:
    [[nodiscard]] QString submit(int number);
    void verifyJob(const QString &id, int number);

    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<RunnerBench> m_bench;
};

// A chain that ends with a sidecar to stop, one that fails and is tried again, and one alone.
QString TestSlowEngine::submit(int number)
{
    switch (number % 3) {
    case 0:
        return m_bench->submit(
            taskOf({{text("init"), {text("prints")}, false},
                    {text("side"), {text("serves")}, false, {onSuccess(text("init"))}},
                    {text("main"), {text("prints")}, true, {onStart(text("side"))}}}));
    case 1:
        return m_bench->submit(taskOf({{text("main"), {text("fails")}}}),
                               {.retry = batch::RetryStrategy{2, {}, {}}});
    default:
        return m_bench->submit(taskOf({{text("main"), {text("prints")}}}));
    }
}

void TestSlowEngine::F28_slowCallsAndUnreliableEvents()
{
    bool given = false;
    quint32 seed = qEnvironmentVariable("BATCHYARD_SLOW_SEED").toUInt(&given);
    if (!given)
        seed = QRandomGenerator::global()->generate();
    qInfo("BATCHYARD_SLOW_SEED=%u", seed);
    Fates fates(seed);

    m_engine = std::make_unique<ScriptedEngine>();
    Script serves;
    serves.runsOn = true;
    Script prints;
    prints.output = {text("one"), text("two"), text("three")};
    Script fails;
    fails.exitCode = 3;
    m_engine->setScript(text("batchyard/pause:1"), serves);
    m_engine->setScript(text("serves"), serves);
    m_engine->setScript(text("prints"), prints);
    m_engine->setScript(text("fails"), fails);
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_bench->startDispatcher();
    m_engine->setPace([&fates](const QString &call) {
        return ScriptedEngine::Pace{milliseconds(fates.draw(call, longestCallMs)),
                                    milliseconds(fates.draw(call, longestCallMs))};
    });
    m_engine->setEventPace([&fates] {
        QList<milliseconds> deliveries;
        for (int left = fates.draw({}, 3); left > 0; --left)
            deliveries.append(milliseconds(fates.draw({}, longestEventMs)));
        return deliveries;
    });

    QStringList ids;
    qsizetype ended = 0; // the first ones, all
    while (ids.size() < jobCount) {
        while (ids.size() < jobCount && ids.size() - ended < openLimit)
            ids.append(submit(static_cast<int>(ids.size())));
        while (ended < ids.size() && m_bench->isEnded(ids.at(ended)))
            ++ended;
        QTest::qWait(10);
    }
    QTRY_VERIFY_WITH_TIMEOUT(std::all_of(ids.begin(), ids.end(),
                                         [this](const QString &id) { return m_bench->isEnded(id); })
                                 && m_bench->isIdle(),
                             endLimitMs);
    for (int i = 0; i < ids.size(); ++i)
        verifyJob(ids.at(i), i);
    QCOMPARE(m_engine->containerNames(), QStringList());
    m_bench.reset();
    m_engine.reset();
}

void TestSlowEngine::verifyJob(const QString &id, int number)
{
    const QString where = QStringLiteral("seed + %1: %2").arg(number).arg(m_bench->history(id));
    const int kind = number % 3;
    const int attempts = kind == 1 ? 2 : 1;
    const int containers = kind == 0 ? 3 : 1;
    QVERIFY2(m_bench->status(id) == (kind == 1 ? text("FAILED") : text("SUCCEEDED")),
             qPrintable(where));
    QVERIFY2(m_bench->history(id)
                 == (kind == 1 ? text("SUBMITTED RUNNABLE STARTING RUNNING RUNNABLE STARTING "
                                      "RUNNING FAILED")
                               : text("SUBMITTED RUNNABLE STARTING RUNNING SUCCEEDED")),
             qPrintable(where));
    QVERIFY2(m_bench->store().attempts(id)->size() == attempts, qPrintable(where));
    for (int attempt = 1; attempt <= attempts; ++attempt)
        for (int index = containers > 1 ? -1 : 0; index < containers; ++index)
            QVERIFY2(m_engine->startCount(m_bench->dockerName(id, index, attempt)) == 1,
                     qPrintable(where));
    const int last = containers - 1;
    QVERIFY2(m_bench->container(id, last).exitCode == (kind == 1 ? 3 : 0), qPrintable(where));
    if (kind != 1)
        QVERIFY2(m_bench->lines(id, last) == QStringList({text("one"), text("two"), text("three")}),
                 qPrintable(where + m_bench->lines(id, last).join(u' ')));
}

QTEST_GUILESS_MAIN(TestSlowEngine)
#include "tst_slowengine.moc"
