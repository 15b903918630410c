#include "backend/client/executorprocess.h"

#include "backend/client/httpbatchservice.h"
#include "tests/support/engine/await.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>

using namespace batchyard;
using namespace batchyard::client;
using namespace batchyard::test;
using namespace Qt::Literals;
using namespace std::chrono_literals;

class TestExecutorProcess : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void startsOneAndFindsIt();
    void callsShareOneStart();
    void findsNothing();
    void staleConnectionFileStartsAnother();
    void tellsWhyItEnded();
    void tellsThatItSaysNothing();
    void tellsThatThereIsNoProgram();
    void servesTheClient();

private:
    [[nodiscard]] std::unique_ptr<ExecutorProcess> process(const QString &mode) const
    {
        return std::make_unique<ExecutorProcess>(QCoreApplication::applicationDirPath()
                                                     + u"/batchyard_fake_executor",
                                                 m_paths, QStringList{mode});
    }
    void end(qint64 pid)
    {
        if (pid > 1)
            ::kill(static_cast<pid_t>(pid), SIGKILL);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    Paths m_paths;
};

void TestExecutorProcess::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_paths.state = m_directory->filePath(u"state"_s);
}

void TestExecutorProcess::cleanup()
{
    if (const auto connection = LocalConnection::read(m_paths.connectionFile()))
        end(connection->pid);
}

void TestExecutorProcess::startsOneAndFindsIt()
{
    const auto executor = process(u"serve"_s);
    const auto started = await(executor->ensureRunning());
    QVERIFY2(started, started ? "" : qPrintable(started.error().message));
    QVERIFY(started->port() > 0);
    const auto again = await(executor->ensureRunning());
    QVERIFY(again);
    QCOMPARE(again->pid, started->pid);
    const auto found = await(process(u"fail"_s)->findRunning());
    QVERIFY(found);
    QCOMPARE(*found, *started);
}

void TestExecutorProcess::callsShareOneStart()
{
    const auto executor = process(u"serve"_s);
    const auto first = executor->ensureRunning();
    const auto second = executor->ensureRunning();
    const auto one = await(first);
    const auto two = await(second);
    QVERIFY(one && two);
    QCOMPARE(one->pid, two->pid);
}

void TestExecutorProcess::findsNothing()
{
    const auto executor = process(u"serve"_s);
    const auto found = await(executor->findRunning());
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::NotFound);
    QVERIFY(!QFile::exists(m_paths.state));
}

void TestExecutorProcess::staleConnectionFileStartsAnother()
{
    const auto executor = process(u"serve"_s);
    const auto first = await(executor->ensureRunning());
    QVERIFY(first);
    end(first->pid);
    QTRY_VERIFY(!await(executor->findRunning()));
    const auto second = await(executor->ensureRunning());
    QVERIFY(second);
    QVERIFY(second->pid != first->pid);
    QCOMPARE(second->credentials.secretAccessKey, first->credentials.secretAccessKey);
}

void TestExecutorProcess::tellsWhyItEnded()
{
    const auto executor = process(u"fail"_s);
    const auto started = await(executor->ensureRunning());
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::Unreachable);
    QVERIFY(started.error().message.contains(m_paths.executorLog()));
    QCOMPARE(started.error().detail, u"The database is damaged."_s);
}

void TestExecutorProcess::tellsThatItSaysNothing()
{
    const auto executor = process(u"hang"_s);
    executor->setStartTimeout(300ms);
    const auto started = await(executor->ensureRunning());
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::Timeout);
    end(executor->startedPid());
}

void TestExecutorProcess::tellsThatThereIsNoProgram()
{
    ExecutorProcess executor(u"/no/such/program"_s, m_paths);
    const auto started = await(executor.ensureRunning());
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::Unreachable);
    QVERIFY(started.error().message.contains(u"/no/such/program"_s));
}

void TestExecutorProcess::servesTheClient()
{
    const auto executor = process(u"serve"_s);
    HttpBatchService service(u"Local"_s, localEndpoint(*executor));
    const auto queues = await(service.describeJobQueues());
    QVERIFY2(queues, queues ? "" : qPrintable(queues.error().message));
    QVERIFY(queues->isEmpty());
}

QTEST_GUILESS_MAIN(TestExecutorProcess)
#include "tst_executorprocess.moc"
