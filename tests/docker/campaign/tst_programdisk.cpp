// F22, F23: the real program on disks that are really full, to the last byte: one that holds its
// state and one for its logs, in a mount namespace of this test's.
#include "tests/docker/campaign/programtest.h"

#include "backend/executor/store/store.h"
#include "tests/support/engine/await.h"
#include "tests/support/text.h"

#include <QDir>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::test;

namespace {

// Prints numbered lines until it is told to stop.
constexpr auto counterScript
    = "trap 'exit 4' TERM; i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done";

// Writes until there is no room for another byte.
bool fill(const QString &directory)
{
    const int file = ::open(qPrintable(directory + QStringLiteral("/full")),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const QByteArray block(64 * 1024, 'x');
    for (const size_t size : {size_t(block.size()), size_t(1)})
        while (::write(file, block.constData(), size) > 0) { }
    const bool isFull = errno == ENOSPC;
    ::close(file);
    return isFull;
}

bool freeAgain(const QString &directory)
{
    return QFile::remove(directory + QStringLiteral("/full"));
}

} // namespace

class TestProgramDisk : public ProgramTest
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();

    void F23_fullLogDisk();
    void F22_fullStateDisk();

private:
    [[nodiscard]] QString storeProblem();
    [[nodiscard]] bool killContainer(const QString &jobId);
    void verifyCounter(const QString &id);
};

// Before anything of this test has a thread or a process: they share what is mounted.
void TestProgramDisk::initTestCase()
{
    QVERIFY(::unshare(CLONE_NEWNS) == 0);
    QVERIFY(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
    QVERIFY(::mount("disk", qPrintable(m_paths.state), "tmpfs", 0, "size=48m") == 0);
    QVERIFY(QDir().mkpath(m_paths.logs()));
    QVERIFY(::mount("disk", qPrintable(m_paths.logs()), "tmpfs", 0, "size=2m") == 0);
    makeEngine();
    if (!QTest::currentTestFailed())
        beginWork();
}

void TestProgramDisk::cleanupTestCase()
{
    endAll();
    ::umount2(qPrintable(m_paths.logs()), MNT_DETACH);
    ::umount2(qPrintable(m_paths.state), MNT_DETACH);
}

QString TestProgramDisk::storeProblem()
{
    const auto engine = m_api->get("/batchyard/engine");
    return engine ? textOf(*engine, "storeProblem") : text("no answer");
}

// As somebody outside does.
bool TestProgramDisk::killContainer(const QString &jobId)
{
    const auto list = await(m_engine->listContainers(
        {text("dev.batchyard.job=") + jobId, text("dev.batchyard.container=main")}));
    return list && list->size() == 1
        && await(m_engine->killContainer(list->first().id, text("SIGKILL")));
}

void TestProgramDisk::verifyCounter(const QString &id)
{
    QVERIFY(m_api->call("TerminateJob", {{"jobId", id.toStdString()}, {"reason", "seen"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), text("FAILED"), limitMs);
    const QStringList printed = lines(id, "main");
    QVERIFY(printed.size() > 10);
    for (int i = 0; i < printed.size(); ++i)
        QCOMPARE(printed.at(i), QString::number(i + 1));
    QCOMPARE(m_recorder->histories().value({id, 1, text("main")}).starts, 1);
}

// The output pauses, and says so; the job and the state go on.
void TestProgramDisk::F23_fullLogDisk()
{
    const QString counter = submit(submission("counter", "single", {{"main", counterScript}}));
    QTRY_VERIFY_WITH_TIMEOUT(lines(counter, "main").size() > 5, limitMs);
    QVERIFY(fill(m_paths.logs()));
    const auto pause = [this, &counter] {
        const auto view = m_api->get("/batchyard/jobs/" + counter.toLatin1());
        return view && !view->at("containers").empty()
            ? textOf(view->at("containers").at(0), "waitReason")
            : QString();
    };
    QTRY_VERIFY_WITH_TIMEOUT(pause().contains(text("not written since byte")), limitMs);
    QCOMPARE(status(counter), text("RUNNING"));
    QCOMPARE(storeProblem(), QString());
    const QString other = submit(submission("other", "single", {{"main", "exit 0"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(other), text("SUCCEEDED"), limitMs);
    QVERIFY(freeAgain(m_paths.logs()));
    QTRY_COMPARE_WITH_TIMEOUT(pause(), QString(), limitMs);
    verifyCounter(counter);
}

void TestProgramDisk::F22_fullStateDisk()
{
    const QString counter = submit(submission("counter", "single", {{"main", counterScript}}));
    const QString stopped = submit(submission("stopped", "single", {{"main", counterScript}}));
    Json twice = submission("again", "single",
                            {{"main", "[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 1000; echo again"}});
    twice["retryStrategy"] = {{"attempts", 2}};
    const QString again = submit(twice);
    for (const QString &id : {counter, stopped, again})
        QTRY_COMPARE_WITH_TIMEOUT(status(id), text("RUNNING"), limitMs);
    QCOMPARE(storeProblem(), QString());

    // The first that finds no room gives up the reserve: what is under way is still written.
    QVERIFY(fill(m_paths.state));
    const auto first
        = await(m_api->send("SubmitJob", submission("first", "single", {{"main", "exit 0"}})));
    QTRY_VERIFY_WITH_TIMEOUT(storeProblem().contains(m_paths.state), limitMs);
    QVERIFY(m_api->call("TerminateJob", {{"jobId", stopped.toStdString()}, {"reason", "enough"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(stopped), text("FAILED"), limitMs);
    QVERIFY(killContainer(again));
    QTRY_COMPARE_WITH_TIMEOUT(status(again), text("RUNNABLE"), limitMs);
    QTRY_VERIFY2_WITH_TIMEOUT(waitReason(again).contains(m_paths.state),
                              qPrintable(waitReason(again)), limitMs);
    // Nothing new is taken up, and the client is told why.
    const auto refused
        = await(m_api->send("SubmitJob", submission("refused", "single", {{"main", "exit 0"}})));
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(m_paths.state), qPrintable(refused.error().message));

    // Not a byte is left any more, and the executor dies.
    QVERIFY(fill(m_paths.state));
    QCOMPARE(status(counter), text("RUNNING"));
    QCOMPARE(status(again), text("RUNNABLE"));
    m_executor->kill();
    m_executor->start();
    QTRY_VERIFY_WITH_TIMEOUT(m_executor->isServing() || m_executor->hasEndedByItself(), limitMs);
    if (m_executor->hasEndedByItself())
        QVERIFY2(m_executor->logTail().contains(m_paths.state), qPrintable(m_executor->logTail()));
    QVERIFY(freeAgain(m_paths.state));
    if (m_executor->hasEndedByItself())
        serve();

    QTRY_COMPARE_WITH_TIMEOUT(storeProblem(), QString(), limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(status(again), text("SUCCEEDED"), limitMs);
    QCOMPARE(lines(again, "main"), QStringList{text("again")});
    QCOMPARE(status(stopped), text("FAILED"));
    QCOMPARE(textOf(describe(stopped), "statusReason"), text("enough"));
    QCOMPARE(status(counter), text("RUNNING"));
    verifyCounter(counter);
    const auto jobs = m_api->listJobs(Workload::queue);
    QVERIFY(jobs);
    const auto countOf = [&jobs](const char *name) {
        return std::count_if(jobs->begin(), jobs->end(),
                             [name](const auto &job) { return job.second == text(name); });
    };
    QCOMPARE(countOf("first"), first ? 1 : 0);
    QCOMPARE(countOf("refused"), 0);
    const QString after = submit(submission("after", "single", {{"main", "exit 0"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(after), text("SUCCEEDED"), limitMs);

    QVERIFY(m_executor->stop());
    const auto store = executor::Store::open(m_paths.database());
    QVERIFY2(store, store ? "" : qPrintable(store.error().message));
    QCOMPARE(m_recorder->histories().value({again, 2, text("main")}).starts, 1);
}

QTEST_GUILESS_MAIN(TestProgramDisk)
#include "tst_programdisk.moc"
