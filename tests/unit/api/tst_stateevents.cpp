// State changes as EventBridge's events, over the API and handed on to a command or a URL.
#include "apitesting.h"

#include "backend/executor/api/eventsink.h"
#include "backend/executor/api/stateevents.h"

#include <QFile>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <mutex>

using namespace batchyard;
using namespace batchyard::executor::api;
using namespace batchyard::test;
using namespace Qt::Literals;
using namespace std::chrono_literals;

namespace {

// Gives out one event per number up to `last`, then waits for more or its end.
class Source
{
public:
    explicit Source(int last)
        : m_last(last)
    {
    }

    [[nodiscard]] Result<batch::Json> operator()(qint64 since)
    {
        std::unique_lock lock(m_mutex);
        if (since < 0)
            return batch::Json{{"events", batch::Json::array()}, {"sequence", 0}};
        m_changed.wait(lock, [&] { return m_ended || since < m_last; });
        if (m_ended)
            return failure(ErrorCode::Cancelled, u"ended"_s);
        return batch::Json{{"events", batch::Json::array({{{"number", since + 1}}})},
                           {"sequence", since + 1}};
    }
    void end()
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_last;
    bool m_ended = false;
};

} // namespace

class TestStateEvents : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void tellsEachChangeOnce();
    void lateReadersSeeWhatWasThen();
    void commandGetsAllInOrder();
    void refusedEventComesAgain();
    void droppedEventsAreTold();
    void goesOnAfterARestart();
    void urlGetsThem();
    void hangingCommandDoesNotHoldTheEnd();
    void silentUrlDoesNotHoldTheEnd();
    void targets_data();
    void targets();

private:
    [[nodiscard]] QByteArray received() const
    {
        QFile file(m_directory.filePath(u"out"_s));
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    }
    // Appends its input to "out" as a line after `script`.
    [[nodiscard]] EventSink::Settings settings(const QString &script) const
    {
        EventSink::Settings result;
        const QString text = u"cd %1; %2cat >> out; echo >> out"_s.arg(m_directory.path(), script);
        result.target.command = {u"/bin/sh"_s, u"-c"_s, text};
        result.positionFile = m_directory.filePath(u"position"_s);
        result.attempts = 3;
        result.firstPause = 1ms;
        return result;
    }

    QTemporaryDir m_directory;
};

void TestStateEvents::init()
{
    for (const char *name : {"out", "position", "again", "tries"})
        QFile::remove(m_directory.filePath(QString::fromLatin1(name)));
}

void TestStateEvents::tellsEachChangeOnce()
{
    ApiFixture api;
    QVERIFY(api.addResources());
    const QString id = api.submit();
    QVERIFY(api.runAttempt(id, 0));
    const auto reply = stateEvents(*api.context, 0);
    VERIFY_RESULT(reply);
    QStringList states;
    for (const batch::Json &event : (*reply)["events"])
        states += at(event, "detail/status");
    QCOMPARE(states, (QStringList{u"RUNNABLE"_s, u"STARTING"_s, u"RUNNING"_s, u"SUCCEEDED"_s}));
    const batch::Json &last = (*reply)["events"][3];
    QCOMPARE(at(last, "detail-type"), u"Batch Job State Change"_s);
    QCOMPARE(at(last, "source"), u"aws.batch"_s);
    QCOMPARE(at(last, "account"), u"000000000000"_s);
    QCOMPARE(at(last, "region"), u"us-east-1"_s);
    QCOMPARE(at(last, "time"), u"2027-01-15T08:00:00Z"_s);
    QCOMPARE(at(last, "resources/0"), at(last, "detail/jobArn"));
    QCOMPARE(at(last, "detail/statusReason"), u"Essential container in task exited"_s);
    QCOMPARE(at(last, "detail/jobId"), id);

    // The same again is the same, and after it there is nothing.
    const auto again = stateEvents(*api.context, 0);
    VERIFY_RESULT(again);
    QVERIFY(*again == *reply);
    const auto rest = stateEvents(*api.context, (*reply)["sequence"].get<qint64>());
    VERIFY_RESULT(rest);
    QCOMPARE(sizeAt(*rest, "events"), 0);
    QCOMPARE(at(*rest, "sequence"), at(*reply, "sequence"));
}

// All of it is read after the second attempt has ended.
void TestStateEvents::lateReadersSeeWhatWasThen()
{
    ApiFixture api;
    QVERIFY(api.addResources());
    const QString id = api.submit();
    QVERIFY(api.runAttempt(id, 3, batch::JobStatus::Runnable));
    api.now += 5s;
    QVERIFY(api.runAttempt(id, 0));
    const auto reply = stateEvents(*api.context, 0);
    VERIFY_RESULT(reply);
    QStringList told;
    for (const batch::Json &event : (*reply)["events"]) {
        const batch::Json &job = event["detail"];
        const batch::Json &task = job["ecsProperties"]["taskProperties"][0];
        told += u"%1: %2 ended, started %3, stopped %4, exit %5, %6 %7"_s.arg(
            at(job, "status"), QString::number(sizeAt(job, "attempts")),
            at(job, "startedAt").right(5), at(job, "stoppedAt").right(5),
            at(task, "containers/1/exitCode"), at(task, "taskArn").isEmpty() ? u"-"_s : u"task"_s,
            at(task, "containers/1/logStreamName").isEmpty() ? u"-"_s : u"log"_s);
    }
    QCOMPARE(told.join(u'\n'),
             u"RUNNABLE: 0 ended, started 0, stopped , exit , - -\n"
             "STARTING: 0 ended, started 0, stopped , exit , task -\n"
             "RUNNING: 0 ended, started 00000, stopped , exit , task log\n"
             "RUNNABLE: 1 ended, started 00000, stopped , exit 3, task log\n"
             "STARTING: 1 ended, started 0, stopped , exit , task -\n"
             "RUNNING: 1 ended, started 05000, stopped , exit , task log\n"
             "SUCCEEDED: 2 ended, started 05000, stopped 05000, exit 0, task log"_s);
}

void TestStateEvents::commandGetsAllInOrder()
{
    Source source(5);
    const EventSink sink(settings({}), std::ref(source));
    QTRY_COMPARE(received().count('\n'), 5);
    source.end();
    QCOMPARE(received(),
             "{\"number\":1}\n{\"number\":2}\n{\"number\":3}\n{\"number\":4}\n"
             "{\"number\":5}\n"_ba);
    QCOMPARE(sink.dropped(), 0);
}

void TestStateEvents::refusedEventComesAgain()
{
    Source source(2);
    // Fails the first time.
    const EventSink sink(settings(u"[ -e again ] || { touch again; exit 1; }; "_s),
                         std::ref(source));
    QTRY_COMPARE(received().count('\n'), 2);
    source.end();
    QCOMPARE(received(), "{\"number\":1}\n{\"number\":2}\n"_ba);
}

void TestStateEvents::droppedEventsAreTold()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"dropped after 3 attempts"_s));
    Source source(2);
    // Fails three times, as often as an event is tried.
    const EventSink sink(settings(u"echo x >> tries; [ $(wc -l < tries) -gt 3 ] || exit 1; "_s),
                         std::ref(source));
    QTRY_COMPARE(received().count('\n'), 1);
    source.end();
    QCOMPARE(received(), "{\"number\":2,\"batchyard:dropped\":1}\n"_ba);
    QCOMPARE(sink.dropped(), 1);
}

void TestStateEvents::goesOnAfterARestart()
{
    QFile position(m_directory.filePath(u"position"_s));
    QVERIFY(position.open(QFile::WriteOnly) && position.write("3") == 1);
    position.close();
    Source source(5);
    const EventSink sink(settings({}), std::ref(source));
    QTRY_COMPARE(received().count('\n'), 2);
    source.end();
    QVERIFY(received().startsWith("{\"number\":4}"));
}

void TestStateEvents::urlGetsThem()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray request;
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, this, [&request, socket] {
            request += socket->readAll();
            if (request.endsWith("}"))
                socket->write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        });
    });
    EventSink::Settings toUrl = settings({});
    toUrl.target.command.clear();
    toUrl.target.url = "http://127.0.0.1:" + QByteArray::number(server.serverPort()) + "/hook";
    Source source(1);
    const EventSink sink(toUrl, std::ref(source));
    QTRY_VERIFY(request.endsWith("{\"number\":1}"));
    source.end();
    QVERIFY(request.startsWith("POST /hook HTTP/1.1"));
    QVERIFY(request.contains("Content-Type: application/json"));
}

// However long a delivery may take.
void TestStateEvents::hangingCommandDoesNotHoldTheEnd()
{
    EventSink::Settings hanging = settings(u"echo > again; exec tail -f /dev/null; "_s);
    hanging.deliveryTimeout = 1h;
    Source source(1);
    {
        const EventSink sink(hanging, std::ref(source));
        QTRY_VERIFY(QFile::exists(m_directory.filePath(u"again"_s)));
        source.end();
    }
    QCOMPARE(received(), ""_ba);
    // What was not delivered comes after the restart.
    Source again(1);
    const EventSink sink(settings({}), std::ref(again));
    QTRY_COMPARE(received(), "{\"number\":1}\n"_ba);
    again.end();
}

void TestStateEvents::silentUrlDoesNotHoldTheEnd()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    EventSink::Settings silent = settings({});
    silent.target.command.clear();
    silent.target.url = "http://127.0.0.1:" + QByteArray::number(server.serverPort()) + "/hook";
    silent.deliveryTimeout = 1h;
    Source source(1);
    const EventSink sink(silent, std::ref(source));
    QTRY_VERIFY(server.hasPendingConnections());
    source.end();
}

void TestStateEvents::targets_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("none") << ""_ba
                          << ""_ba << true;
    QTest::newRow("command") << "/bin/mailer \"a b\""_ba
                             << ""_ba << true;
    QTest::newRow("https") << ""_ba
                           << "https://hooks.example/x?y=z"_ba << true;
    QTest::newRow("loopback") << ""_ba
                              << "http://127.0.0.1:9/x"_ba << true;
    QTest::newRow("plain http") << ""_ba
                                << "http://hooks.example/"_ba << false;
    QTest::newRow("file") << ""_ba
                          << "file:///etc/passwd"_ba << false;
    QTest::newRow("no address") << ""_ba
                                << "hook"_ba << false;
    QTest::newRow("both") << "x"_ba
                          << "https://hooks.example/"_ba << false;
    QTest::newRow("blank command") << "  "_ba
                                   << ""_ba << false;
}

void TestStateEvents::targets()
{
    QFETCH(const QByteArray, command);
    QFETCH(const QByteArray, url);
    QFETCH(const bool, allowed);
    qputenv("BATCHYARD_EVENT_COMMAND", command);
    qputenv("BATCHYARD_EVENT_URL", url);
    const auto target = EventTarget::fromEnvironment();
    qunsetenv("BATCHYARD_EVENT_COMMAND");
    qunsetenv("BATCHYARD_EVENT_URL");
    QCOMPARE(target.has_value(), allowed);
    if (target)
        QCOMPARE(target->isSet(), !command.isEmpty() || !url.isEmpty());
}

QTEST_GUILESS_MAIN(TestStateEvents)
#include "tst_stateevents.moc"
