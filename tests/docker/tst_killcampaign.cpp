// Kills the runner's process at random moments while jobs run, and then proves from the outside
// that no job was lost, doubled or left behind (the invariants I1 to I8: each is named where it is
// checked). BATCHYARD_KILL_SEED repeats a run.
#include "backend/docker/httpengine.h"
#include "backend/executor/core/jobtransitions.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"
#include "tests/unit/runner/runnerbench.h"

#include <QDir>
#include <QProcess>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <mutex>

using namespace batchyard;
using namespace batchyard::test;

namespace {

constexpr int rounds = 20;
constexpr int longestLifeMs = 2500;
constexpr int endLimitMs = 240'000;
constexpr int printedLines = 60;
constexpr auto canary = "canary-7c1e";

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

// What a kind of job must come to.
struct Expectation {
    QString status;
    QList<std::optional<int>> exitCodes; // nullopt: any
    int attempts = 1;
    int lines = 0; // numbered, of the last container
};

// Counts starts by watching the engine from outside.
class Recorder
{
public:
    explicit Recorder(docker::Engine &engine)
        : m_stream(engine.events(text("dev.batchyard.install"), [this](const auto &what) {
            const auto *event = std::get_if<docker::Event>(&what);
            if (event == nullptr || event->action != u"start")
                return;
            const std::lock_guard lock(m_mutex);
            ++m_starts[event->attributes.value(text("name"))];
        }))
    {
    }
    [[nodiscard]] QHash<QString, int> starts()
    {
        const std::lock_guard lock(m_mutex);
        return m_starts;
    }

private:
    std::mutex m_mutex;
    QHash<QString, int> m_starts;
    std::unique_ptr<docker::EventStream> m_stream;
};

} // namespace

class TestKillCampaign : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void nothingIsLostDoubledOrLeft();

private:
    void submitJobs();
    void startRunner();
    void killRunner();
    void makeDecoys();
    void verifyJob(const QString &id, const Expectation &expected);
    void verifyLog(const QString &id, int attempt, int index, int lines);
    void verifyNoSecrets();
    [[nodiscard]] bool allEnded() const;
    [[nodiscard]] bool allCleaned() const;

    std::unique_ptr<PrivateEngine> m_daemon;
    std::unique_ptr<docker::HttpEngine> m_engine;
    std::unique_ptr<RunnerBench> m_bench;
    std::unique_ptr<Recorder> m_recorder;
    QTemporaryDir m_marks; // each container that runs leaves a line here
    QProcess m_runner;
    QMap<QString, Expectation> m_jobs;
    QRandomGenerator m_random;
};

void TestKillCampaign::initTestCase()
{
    bool given = false;
    quint32 seed = qEnvironmentVariable("BATCHYARD_KILL_SEED").toUInt(&given);
    if (!given)
        seed = QRandomGenerator::global()->generate();
    qInfo("BATCHYARD_KILL_SEED=%u", seed);
    m_random.seed(seed);
    m_daemon = std::make_unique<PrivateEngine>();
    const auto started = m_daemon->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error().detail));
    QVERIFY(m_daemon->importTiny());
    m_engine = std::make_unique<docker::HttpEngine>(m_daemon->socketPath());
    QVERIFY(await(m_engine->ping()));
    m_bench = std::make_unique<RunnerBench>(*m_engine);
    m_recorder = std::make_unique<Recorder>(*m_engine);
    m_runner.setProcessChannelMode(QProcess::ForwardedChannels);
    makeDecoys();
}

void TestKillCampaign::cleanupTestCase()
{
    killRunner();
    m_recorder.reset();
    m_bench.reset();
    m_engine.reset();
    m_daemon.reset();
}

void TestKillCampaign::makeDecoys()
{
    const QString own = m_bench->store().installId();
    const QList<QMap<QString, QString>> labels{
        {},
        {{text("dev.batchyard.install"), text("ffffffff")}, {text("dev.batchyard.job"), text("x")}},
        {{text("dev.batchyard.installation"), own}},
    };
    for (int i = 0; i < labels.size(); ++i) {
        docker::ContainerSpec spec;
        spec.name = QStringLiteral("by-%1-decoy-%2").arg(own).arg(i);
        spec.image = text("tiny:1");
        spec.cmd = {text("sleep"), text("100000")};
        spec.networkMode = text("none");
        spec.labels = labels.at(i);
        const auto id = await(m_engine->createContainer(spec));
        QVERIFY(id);
        QVERIFY(await(m_engine->startContainer(*id)));
    }
}

// One of each kind: a printer, a pair with an order, one that fails and is tried again.
void TestKillCampaign::submitJobs()
{
    const auto add = [this](batch::EcsTaskProperties task, const Expectation &expected,
                            const RunnerBench::Wishes &wishes = {}) {
        task.volumes = {{text("marks"), batch::Host{m_marks.path(), {}}, {}, {}}};
        for (auto &container : task.containers) {
            container.mountPoints = {{text("marks"), text("/marks"), {}, {}}};
            container.environment = {{text("CANARY"), text(canary), {}}};
        }
        m_jobs.insert(m_bench->accept(task, wishes), expected);
    };
    const QString mark = text("echo ran >> /marks/$AWS_BATCH_JOB_ID-$AWS_BATCH_JOB_ATTEMPT-");
    const QString print
        = QStringLiteral("; i=0; while [ $i -lt %1 ]; do i=$((i+1)); echo $i; sleep 0.01; done")
              .arg(printedLines);
    add(taskOf({{text("printer"), shell(mark + text("0") + print)}}),
        {text("SUCCEEDED"), {0}, 1, printedLines});
    add(taskOf({{text("init"), shell(mark + text("0")), false},
                {text("model"),
                 shell(mark + text("1; trap 'exit 0' TERM; while :; do sleep 0.05; done")),
                 false,
                 {onSuccess(text("init"))}},
                {text("agent"), shell(mark + text("2") + print), true, {onStart(text("model"))}}}),
        {text("SUCCEEDED"), {0, std::nullopt, 0}, 1, printedLines});
    add(taskOf({{text("failing"), shell(mark + text("0; exit 3"))}}), {text("FAILED"), {3}, 2, 0},
        {.retry = batch::RetryStrategy{2, {}, {}}});
}

void TestKillCampaign::startRunner()
{
    m_runner.start(QCoreApplication::applicationDirPath() + text("/runnerprocess"),
                   {m_bench->paths().state, m_daemon->socketPath()});
    QVERIFY(m_runner.waitForStarted());
}

void TestKillCampaign::killRunner()
{
    if (m_runner.state() == QProcess::NotRunning)
        return;
    m_runner.kill();
    m_runner.waitForFinished();
}

bool TestKillCampaign::allEnded() const
{
    return std::all_of(m_jobs.keyBegin(), m_jobs.keyEnd(),
                       [this](const QString &id) { return m_bench->isEnded(id); });
}

bool TestKillCampaign::allCleaned() const
{
    const auto open = m_bench->store().unfinishedAttempts();
    return open && open->isEmpty();
}

void TestKillCampaign::nothingIsLostDoubledOrLeft()
{
    for (int round = 0; round < rounds; ++round) {
        if (round % 2 == 0)
            submitJobs();
        startRunner();
        QTest::qWait(m_random.bounded(20, longestLifeMs));
        QCOMPARE(m_runner.state(), QProcess::Running); // it has not ended by itself
        killRunner();
    }
    startRunner();
    QTRY_VERIFY_WITH_TIMEOUT(allEnded(), endLimitMs); // I1: each accepted job is there, and ends
    QTRY_VERIFY_WITH_TIMEOUT(allCleaned(), 60'000);
    killRunner();

    for (auto job = m_jobs.cbegin(); job != m_jobs.cend(); ++job)
        verifyJob(job.key(), job.value());
    // I2: no container was started more than once.
    const QHash<QString, int> starts = m_recorder->starts();
    QVERIFY(!starts.isEmpty());
    for (auto each = starts.cbegin(); each != starts.cend(); ++each)
        QVERIFY2(each.value() == 1, qPrintable(each.key()));
    // I3: none of ours is left. I7: the others are as they were.
    const QString own = text("dev.batchyard.install=") + m_bench->store().installId();
    QCOMPARE(await(m_engine->listContainers({own}))->size(), 0);
    const auto all = await(m_engine->listContainers({}));
    QCOMPARE(all->size(), 3);
    for (const docker::ContainerListEntry &decoy : *all)
        QCOMPARE(decoy.state, text("running"));
    verifyNoSecrets();
}

void TestKillCampaign::verifyJob(const QString &id, const Expectation &expected)
{
    QVERIFY2(m_bench->status(id) == expected.status,
             qPrintable(id + u' ' + m_bench->history(id) + u' ' + m_bench->job(id).statusReason));
    // I4: a path of the state graph.
    const auto history = m_bench->store().history(id);
    QVERIFY(history);
    for (qsizetype i = 1; i < history->size(); ++i)
        QVERIFY2(
            executor::core::isLegalTransition(history->at(i - 1).status, history->at(i).status),
            qPrintable(m_bench->history(id)));
    QCOMPARE(m_bench->store().attempts(id)->size(), expected.attempts);
    for (int attempt = 1; attempt <= expected.attempts; ++attempt) {
        for (int index = 0; index < expected.exitCodes.size(); ++index) {
            // I5: the true exit code.
            const auto exitCode = m_bench->container(id, index, attempt).exitCode;
            QVERIFY(exitCode);
            QCOMPARE(*exitCode, expected.exitCodes.at(index).value_or(*exitCode));
            // I2 again, from the inside: the command ran once.
            QFile mark(
                m_marks.filePath(QStringLiteral("%1-%2-%3")
                                     .arg(id, QString::number(attempt), QString::number(index))));
            QVERIFY(mark.open(QIODevice::ReadOnly));
            QCOMPARE(mark.readAll(), QByteArray("ran\n"));
        }
        verifyLog(id, attempt, static_cast<int>(expected.exitCodes.size()) - 1, expected.lines);
    }
}

// I6: every line once and in order.
void TestKillCampaign::verifyLog(const QString &id, int attempt, int index, int count)
{
    const QStringList lines = m_bench->lines(id, index, attempt);
    QVERIFY2(lines.size() == count, qPrintable(id + u' ' + lines.join(u' ')));
    for (int i = 0; i < lines.size(); ++i)
        QCOMPARE(lines.at(i), QString::number(i + 1));
}

// I8: the database is whole. Values of the environment stand in the accepted documents alone, not
// in logs.
void TestKillCampaign::verifyNoSecrets()
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(text("QSQLITE"), text("check"));
        database.setDatabaseName(m_bench->paths().database());
        QVERIFY(database.open());
        QSqlQuery query(text("PRAGMA integrity_check"), database);
        QVERIFY(query.next());
        QCOMPARE(query.value(0).toString(), text("ok"));
    }
    QSqlDatabase::removeDatabase(text("check"));
    for (auto job = m_jobs.cbegin(); job != m_jobs.cend(); ++job) {
        for (int index = 0; index < job->exitCodes.size(); ++index)
            QVERIFY(!m_bench->lines(job.key(), index).join(u' ').contains(text(canary)));
    }
}

QTEST_GUILESS_MAIN(TestKillCampaign)
#include "tst_killcampaign.moc"
