// Sessions of StartLiveTail, and the messages that they are made of.
#include "apitesting.h"

#include "backend/executor/api/eventstream.h"
#include "backend/executor/api/livetail.h"

#include <QtEndian>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;
using executor::api::LiveTail;

class TestLiveTail : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void tellsWhatComesAfterTheStart();
    void tellsOfNewStreams();
    void takesPartOfTheStreams_data();
    void takesPartOfTheStreams();
    void tellsManyEventsInTurns();
    void noStreamWaitsForAnother();
    void readsOnToWhatMatches();
    void tellsOfStreamsThatHaveEnded();
    void refuses_data();
    void refuses();
    void framesMessages();
    void checksums_data();
    void checksums();

private:
    [[nodiscard]] Result<LiveTail> open(const QByteArray &members = {});
    [[nodiscard]] QString told(LiveTail &tail); // messages of the next update

    std::unique_ptr<ApiFixture> m_api;
    QString m_job;
    QString m_sampled; // as the last update says
};

void TestLiveTail::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
    m_job = m_api->submit();
    QVERIFY(m_api->runAttempt(m_job, 0));
    QVERIFY(m_api->writeLog(m_job, 1, {u"before"_s}));
}

Result<LiveTail> TestLiveTail::open(const QByteArray &members)
{
    const auto json = batch::parseJson(
        R"({"logGroupIdentifiers": ["arn:aws:logs:us-east-1:000000000000:log-group:/aws/batch/job"])"
            + members + '}',
        10'000);
    if (!json)
        return tl::unexpected(json.error());
    return LiveTail::open(*m_api->context, m_api->executorThread, *json);
}

QString TestLiveTail::told(LiveTail &tail)
{
    const auto update = tail.update(*m_api->context, m_api->executorThread);
    if (!update)
        return update.error().message;
    m_sampled = at(*update, "sessionMetadata/sampled");
    QStringList texts;
    for (const batch::Json &event : (*update)["sessionResults"])
        texts += at(event, "message");
    return texts.join(u' ');
}

void TestLiveTail::tellsWhatComesAfterTheStart()
{
    auto tail = open();
    VERIFY_RESULT(tail);
    QVERIFY(!at(tail->start(), "sessionId").isEmpty());
    QCOMPARE(sizeAt(tail->start(), "logGroupIdentifiers"), 1);
    QCOMPARE(told(*tail), u""_s);
    QVERIFY(m_api->writeLog(m_job, 1, {u"a"_s}));
    QVERIFY(m_api->writeLog(m_job, 0, {u"b"_s}));
    QVERIFY(m_api->writeLog(m_job, 1, {u"c"_s}));
    const auto update = tail->update(*m_api->context, m_api->executorThread);
    VERIFY_RESULT(update);
    QCOMPARE(sizeAt(*update, "sessionResults"), 3);
    QCOMPARE(at(*update, "sessionMetadata/sampled"), u"false"_s);
    QCOMPARE(at(*update, "sessionResults/1/message"), u"b"_s); // by time
    QCOMPARE(at(*update, "sessionResults/1/logStreamName"), u"maze/model/"_s + m_job);
    QVERIFY(at(*update, "sessionResults/1/logGroupIdentifier").endsWith(u"/aws/batch/job"));
    QCOMPARE(told(*tail), u""_s);
    QVERIFY(m_api->writeLog(m_job, 1, {u"d"_s}));
    QCOMPARE(told(*tail), u"d"_s);
}

void TestLiveTail::tellsOfNewStreams()
{
    auto tail = open();
    VERIFY_RESULT(tail);
    const QString other = m_api->submit();
    QVERIFY(m_api->runAttempt(other, 0));
    QVERIFY(m_api->writeLog(other, 1, {u"x"_s, u"y"_s}));
    QCOMPARE(told(*tail), u"x y"_s);
}

void TestLiveTail::takesPartOfTheStreams_data()
{
    QTest::addColumn<QByteArray>("members"); // @ for the job
    QTest::addColumn<QString>("found");
    QTest::newRow("all") << ""_ba << u"model agent ERROR"_s;
    QTest::newRow("by name") << R"(, "logStreamNames": ["maze/model/@"])"_ba << u"model"_s;
    QTest::newRow("by prefix") << R"(, "logStreamNamePrefixes": ["maze/agent"])"_ba
                               << u"agent ERROR"_s;
    QTest::newRow("by pattern") << R"(, "logEventFilterPattern": "ERROR")"_ba << u"ERROR"_s;
    QTest::newRow("by expression") << R"(, "logEventFilterPattern": "%^ER+OR$%")"_ba << u"ERROR"_s;
    QTest::newRow("none") << R"(, "logStreamNames": ["other"])"_ba << u""_s;
}

void TestLiveTail::takesPartOfTheStreams()
{
    QFETCH(QByteArray, members);
    QFETCH(const QString, found);
    auto tail = open(members.replace("@", m_job.toLatin1()));
    VERIFY_RESULT(tail);
    QVERIFY(m_api->writeLog(m_job, 0, {u"model"_s}));
    QVERIFY(m_api->writeLog(m_job, 1, {u"agent"_s, u"ERROR"_s}));
    QCOMPARE(told(*tail), found);
}

void TestLiveTail::tellsManyEventsInTurns()
{
    auto tail = open();
    VERIFY_RESULT(tail);
    QStringList lines;
    for (int i = 0; i < 1200; ++i)
        lines += QString::number(i);
    QVERIFY(m_api->writeLog(m_job, 1, lines));
    QStringList all;
    for (int i = 0; i < 3; ++i) {
        all += told(*tail).split(u' ');
        QCOMPARE(m_sampled, i < 2 ? u"true"_s : u"false"_s);
    }
    QCOMPARE(all, lines);
    QCOMPARE(told(*tail), u""_s);
}

void TestLiveTail::noStreamWaitsForAnother()
{
    auto tail = open();
    VERIFY_RESULT(tail);
    QVERIFY(m_api->writeLog(m_job, 1, QStringList(2'000, u"x"_s)));
    QVERIFY(m_api->writeLog(m_job, 0, {u"a"_s, u"b"_s}));
    QStringList first = told(*tail).split(u' ');
    QCOMPARE(first.size(), 500); // what the second does not need is for the first
    QVERIFY(first.endsWith(u"b"_s));
    int left = 1'502;
    for (int i = 0; i < 4; ++i)
        left -= static_cast<int>(told(*tail).count(u'x'));
    QCOMPARE(left, 0);
}

// Few events of many: it is not behind for that.
void TestLiveTail::readsOnToWhatMatches()
{
    auto tail = open(R"(, "logEventFilterPattern": "ERROR")");
    VERIFY_RESULT(tail);
    QVERIFY(m_api->writeLog(m_job, 1, QStringList(5'000, u"x"_s)));
    QVERIFY(m_api->writeLog(m_job, 1, {u"ERROR"_s}));
    QCOMPARE(told(*tail), u"ERROR"_s);
    QCOMPARE(m_sampled, u"false"_s);
}

// Also when that was before the tail has heard of them.
void TestLiveTail::tellsOfStreamsThatHaveEnded()
{
    auto tail = open();
    VERIFY_RESULT(tail);
    const QString other = m_api->submit();
    QVERIFY(m_api->runAttempt(other, 0));
    QVERIFY(m_api->writeLog(other, 0, {u"x"_s}));
    executor::AttemptRecord attempt = m_api->store->attempts(other)->first();
    for (executor::ContainerRecord &container : attempt.containers) {
        container.logComplete = true;
        QVERIFY(m_api->store->putContainer(container));
    }
    attempt.cleaned = true;
    QVERIFY(m_api->store->putAttempt(attempt));
    QCOMPARE(told(*tail), u"x"_s);
    QCOMPARE(told(*tail), u""_s);
}

void TestLiveTail::refuses_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("no group") << "{}"_ba;
    QTest::newRow("unknown group") << R"({"logGroupIdentifiers": ["/x"]})"_ba;
    QTest::newRow("names and prefixes")
        << R"({"logGroupIdentifiers": ["/aws/batch/job"], "logStreamNames": ["a"],
               "logStreamNamePrefixes": ["b"]})"_ba;
    QTest::newRow("streams of two groups")
        << R"({"logGroupIdentifiers": ["/aws/batch/job", "/aws/batch/job"],
               "logStreamNames": ["a"]})"_ba;
    QTest::newRow("pattern that is none")
        << R"({"logGroupIdentifiers": ["/aws/batch/job"], "logEventFilterPattern": "{ $.a = }"})"_ba;
}

void TestLiveTail::refuses()
{
    QFETCH(const QByteArray, request);
    QVERIFY(!LiveTail::open(*m_api->context, m_api->executorThread,
                            *batch::parseJson(request, 10'000)));
}

void TestLiveTail::framesMessages()
{
    const QByteArray bytes = executor::api::eventMessage("sessionUpdate", {{"message", "\u00fc"}});
    const auto number = [&](qsizetype at) { return qFromBigEndian<quint32>(bytes.data() + at); };
    QCOMPARE(number(0), static_cast<quint32>(bytes.size()));
    const auto headers = static_cast<qsizetype>(number(4));
    QCOMPARE(number(8), executor::api::crc32(bytes.first(8)));
    QCOMPARE(number(bytes.size() - 4), executor::api::crc32(bytes.chopped(4)));
    const QByteArray type = ":event-type\x07"_ba + '\0' + '\x0d' + "sessionUpdate";
    QVERIFY(bytes.mid(12, headers).contains(type));
    QVERIFY(bytes.mid(12, headers).startsWith("\x0d:message-type\x07"_ba));
    QCOMPARE(bytes.mid(12 + headers).chopped(4), "{\"message\":\"\u00fc\"}"_ba);
    QVERIFY(executor::api::exceptionMessage("X", {}).contains(":exception-type"));
}

void TestLiveTail::checksums_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<quint32>("sum");
    QTest::newRow("nothing") << ""_ba << 0U;
    QTest::newRow("the usual check") << "123456789"_ba << 0xcbf43926U;
    QTest::newRow("zeros") << QByteArray(32, '\0') << 0x190a55adU;
}

void TestLiveTail::checksums()
{
    QFETCH(const QByteArray, bytes);
    QTEST(executor::api::crc32(bytes), "sum");
}

QTEST_GUILESS_MAIN(TestLiveTail)
#include "tst_livetail.moc"
