// CloudWatch Logs over the executor's files.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestLogOperations : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void readsToTheEnd();
    void tailsAGrowingFile();
    void readsBackward();
    void startsAtTheTail();
    void times_data();
    void times();
    void streamWithoutAFile();
    void tellsTheStream();
    void refuses_data();
    void refuses();
    void describesStreams();
    void describesStreamsInPages();
    void ordersStreams_data();
    void ordersStreams();
    void filtersAllStreamsByTime();
    void filtersInPages();
    void describesGroups();
    void describesGroupsInPages();
    void pagesGoOnWithNewStreams();
    void pollingTellsEachEventOnce();
    void opensOnlyTheStreamsThatItReaches();
    void endsAPageWhenEnoughIsSearched();

private:
    [[nodiscard]] Result<batch::Json> events(const QByteArray &members);

    std::unique_ptr<ApiFixture> m_api;
    QString m_job;
    QByteArray m_agent; // its log stream
    QByteArray m_model;
};

// GetLogEvents of the agent's stream. (moc does not find a class with a raw string in its body.)
Result<batch::Json> TestLogOperations::events(const QByteArray &members)
{
    return m_api->logs("GetLogEvents",
                       R"({"logGroupName": "/aws/batch/job", "logStreamName": ")" + m_agent + "\", "
                           + members + '}');
}

void TestLogOperations::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
    m_job = m_api->submit();
    QVERIFY(m_api->runAttempt(m_job, 0));
    m_agent = "maze/agent/" + m_job.toLatin1();
    m_model = "maze/model/" + m_job.toLatin1();
    QVERIFY(m_api->writeLog(m_job, 1, {u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s})); // 0.001 … 0.005 s
}

// Until the token that was passed comes back.
void TestLogOperations::readsToTheEnd()
{
    QString token;
    QStringList pages;
    for (;;) {
        const auto page = events(
            R"("startFromHead": true, "limit": 2)"
            + (token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"'));
        VERIFY_RESULT(page);
        pages += messages(*page);
        const QString next = at(*page, "nextForwardToken");
        QCOMPARE(next.size(), 60);
        QVERIFY(next.startsWith(u"f/"_s) && next.endsWith(u"/s"_s));
        if (next == token)
            break;
        token = next;
    }
    QCOMPARE(pages, (QStringList{u"a b"_s, u"c d"_s, u"e"_s, u""_s}));
}

void TestLogOperations::tailsAGrowingFile()
{
    const auto first = events(R"("startFromHead": true)");
    VERIFY_RESULT(first);
    const QByteArray next = R"("startFromHead": true, "nextToken": ")"
        + at(*first, "nextForwardToken").toLatin1() + '"';
    const auto nothing = events(next);
    VERIFY_RESULT(nothing);
    QCOMPARE(messages(*nothing), u""_s);
    QCOMPARE(at(*nothing, "nextForwardToken"), at(*first, "nextForwardToken"));
    QVERIFY(m_api->writeLog(m_job, 1, {u"f"_s}));
    const auto more = events(next);
    VERIFY_RESULT(more);
    QCOMPARE(messages(*more), u"f"_s);
}

void TestLogOperations::readsBackward()
{
    const auto last = events(R"("limit": 2)");
    VERIFY_RESULT(last);
    QCOMPARE(messages(*last), u"d e"_s);
    const auto before
        = events(R"("limit": 2, "nextToken": ")" + at(*last, "nextBackwardToken").toLatin1() + '"');
    VERIFY_RESULT(before);
    QCOMPARE(messages(*before), u"b c"_s);
    const auto head = events(R"("limit": 2, "nextToken": ")"
                             + at(*before, "nextBackwardToken").toLatin1() + '"');
    VERIFY_RESULT(head);
    QCOMPARE(messages(*head), u"a"_s);
    const auto end
        = events(R"("limit": 2, "nextToken": ")" + at(*head, "nextBackwardToken").toLatin1() + '"');
    VERIFY_RESULT(end);
    QCOMPARE(messages(*end), u""_s);
    QCOMPARE(at(*end, "nextBackwardToken"), at(*head, "nextBackwardToken"));
    const auto again
        = events(R"("nextToken": ")" + at(*before, "nextForwardToken").toLatin1() + '"');
    VERIFY_RESULT(again);
    QCOMPARE(messages(*again), u"d e"_s);
}

void TestLogOperations::startsAtTheTail()
{
    const auto page = events(R"("limit": 3)");
    VERIFY_RESULT(page);
    QCOMPARE(messages(*page), u"c d e"_s);
}

void TestLogOperations::times_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("found");
    QTest::newRow("from") << R"("startTime": 1800000000003)"_ba << u"c d e"_s;
    QTest::newRow("until, exclusive") << R"("endTime": 1800000000003)"_ba << u"a b"_s;
    QTest::newRow("between") << R"("startTime": 1800000000002, "endTime": 1800000000004)"_ba
                             << u"b c"_s;
    QTest::newRow("later than all") << R"("startTime": 1800000000999)"_ba << u""_s;
    QTest::newRow("earlier than all") << R"("endTime": 5)"_ba << u""_s;
}

void TestLogOperations::times()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QString, found);
    for (const QByteArray &fromHead : {"true"_ba, "false"_ba}) {
        const auto page = events(members + ", \"startFromHead\": " + fromHead);
        VERIFY_RESULT(page);
        QCOMPARE(messages(*page), found);
    }
}

void TestLogOperations::streamWithoutAFile()
{
    const auto page = m_api->logs("GetLogEvents",
                                  R"({"logGroupName": "/aws/batch/job", "logStreamName": ")"
                                      + m_model + R"(", "startFromHead": true})");
    VERIFY_RESULT(page);
    QCOMPARE(messages(*page), u""_s);
    QVERIFY(at(*page, "nextForwardToken").startsWith(u"f/0000"_s));
}

void TestLogOperations::tellsTheStream()
{
    const auto page = events(R"("startFromHead": true, "limit": 1)");
    VERIFY_RESULT(page);
    QCOMPARE(at(*page, "events/0/stream"), u"stdout"_s);
    QCOMPARE(at(*page, "events/0/timestamp"), u"1800000000001"_s);
    QCOMPARE(at(*page, "events/0/ingestionTime"), u"1800000000001"_s);
}

void TestLogOperations::refuses_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    const QByteArray missing = "ResourceNotFoundException";
    const QByteArray invalid = "InvalidParameterException";
    const QByteArray get = "GetLogEvents";
    QTest::newRow("no group") << get << R"({"logStreamName": "s"})"_ba << invalid;
    QTest::newRow("both groups")
        << get << R"({"logGroupName": "g", "logGroupIdentifier": "g", "logStreamName": "s"})"_ba
        << invalid;
    QTest::newRow("unknown group")
        << get << R"({"logGroupName": "/x", "logStreamName": "s"})"_ba << missing;
    QTest::newRow("unknown stream")
        << get << R"({"logGroupName": "/aws/batch/job", "logStreamName": "s"})"_ba << missing;
    QTest::newRow("no stream") << get << R"({"logGroupName": "/aws/batch/job"})"_ba << invalid;
    QTest::newRow("51 streams a page")
        << "DescribeLogStreams"_ba
        << R"({"logGroupName": "/aws/batch/job", "limit": 51})"_ba << invalid;
    QTest::newRow("unknown order")
        << "DescribeLogStreams"_ba
        << R"({"logGroupName": "/aws/batch/job", "orderBy": "Size"})"_ba << invalid;
    QTest::newRow("prefix with the time's order")
        << "DescribeLogStreams"_ba
        << R"({"logGroupName": "/aws/batch/job", "orderBy": "LastEventTime",
               "logStreamNamePrefix": "m"})"_ba
        << invalid;
    QTest::newRow("names and prefix")
        << "FilterLogEvents"_ba
        << R"({"logGroupName": "/aws/batch/job", "logStreamNames": ["a"],
               "logStreamNamePrefix": "m"})"_ba
        << invalid;
    QTest::newRow("newest first")
        << "FilterLogEvents"_ba
        << R"({"logGroupName": "/aws/batch/job", "startFromHead": false})"_ba << invalid;
    QTest::newRow("pattern that is none")
        << "FilterLogEvents"_ba
        << R"({"logGroupName": "/aws/batch/job", "filterPattern": "{ $.a = }"})"_ba << invalid;
}

void TestLogOperations::refuses()
{
    QFETCH(const QByteArray, operation);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, type);
    const auto reply = m_api->logs(operation, body);
    QVERIFY(!reply);
    const auto refusal = executor::api::toRefusal(reply.error(), executor::api::Protocol::Logs);
    QCOMPARE(refusal.type, type);
    QCOMPARE(refusal.status, 400);
}

void TestLogOperations::describesStreams()
{
    const auto reply = m_api->logs(
        "DescribeLogStreams",
        R"({"logGroupIdentifier": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/batch/job:*",
            "logStreamNamePrefix": "maze/agent/"})");
    VERIFY_RESULT(reply);
    QCOMPARE(sizeAt(*reply, "logStreams"), 1);
    const batch::Json &stream = (*reply)["logStreams"][0];
    QCOMPARE(at(stream, "logStreamName").toLatin1(), m_agent);
    QCOMPARE(at(stream, "firstEventTimestamp"), u"1800000000001"_s);
    QCOMPARE(at(stream, "lastEventTimestamp"), u"1800000000005"_s);
    QVERIFY(at(stream, "storedBytes").toInt() > 0);
    QCOMPARE(at(stream, "arn").toLatin1(),
             "arn:aws:logs:us-east-1:000000000000:log-group:/aws/batch/job:log-stream:" + m_agent);
}

void TestLogOperations::describesStreamsInPages()
{
    QStringList names;
    QString token;
    do {
        const QByteArray next
            = token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"';
        const auto page = m_api->logs(
            "DescribeLogStreams", R"({"logGroupName": "/aws/batch/job", "limit": 1)" + next + '}');
        VERIFY_RESULT(page);
        QCOMPARE(sizeAt(*page, "logStreams"), 1);
        names += at(*page, "logStreams/0/logStreamName");
        token = at(*page, "nextToken");
    } while (!token.isEmpty());
    QCOMPARE(names, (QStringList{QString::fromLatin1(m_agent), QString::fromLatin1(m_model)}));
}

void TestLogOperations::ordersStreams_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("first"); // container
    QTest::newRow("by name") << R"("orderBy": "LogStreamName")"_ba << u"agent"_s;
    QTest::newRow("by name, descending") << R"("descending": true)"_ba << u"model"_s;
    QTest::newRow("by time") << R"("orderBy": "LastEventTime")"_ba << u"model"_s;
    QTest::newRow("by time, descending")
        << R"("orderBy": "LastEventTime", "descending": true)"_ba << u"agent"_s;
}

void TestLogOperations::ordersStreams()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QString, first);
    const auto reply = m_api->logs("DescribeLogStreams",
                                   R"({"logGroupName": "/aws/batch/job", )" + members + '}');
    VERIFY_RESULT(reply);
    QCOMPARE(sizeAt(*reply, "logStreams"), 2);
    QCOMPARE(at(*reply, "logStreams/0/logStreamName").section(u'/', 1, 1), first);
}

void TestLogOperations::filtersAllStreamsByTime()
{
    QVERIFY(m_api->writeLog(m_job, 0, {u"x"_s, u"y"_s}));
    QVERIFY(m_api->writeLog(m_job, 1, {u"f"_s}));
    const auto reply = m_api->logs("FilterLogEvents", R"({"logGroupName": "/aws/batch/job"})");
    VERIFY_RESULT(reply);
    QCOMPARE(messages(*reply), u"a b c d e x y f"_s);
    QCOMPARE(at(*reply, "events/5/logStreamName").toLatin1(), m_model);
    QCOMPARE(at(*reply, "searchedLogStreams"), u"[]"_s);
    QVERIFY(!reply->contains("nextToken"));
    QSet<QString> ids;
    for (const batch::Json &event : (*reply)["events"])
        ids.insert(at(event, "eventId"));
    QCOMPARE(ids.size(), 8);
}

void TestLogOperations::filtersInPages()
{
    QVERIFY(m_api->writeLog(m_job, 0, {u"x"_s, u"y"_s}));
    QStringList pages;
    QString token;
    do {
        const QByteArray next
            = token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"';
        const auto page = m_api->logs("FilterLogEvents",
                                      R"({"logGroupName": "/aws/batch/job", "limit": 3,
                                          "startTime": 1800000000002)"
                                          + next + '}');
        VERIFY_RESULT(page);
        pages += messages(*page);
        token = at(*page, "nextToken");
    } while (!token.isEmpty());
    QCOMPARE(pages, (QStringList{u"b c d"_s, u"e x y"_s, u""_s}));
}

void TestLogOperations::describesGroups()
{
    const auto all = m_api->logs("DescribeLogGroups", "{}");
    VERIFY_RESULT(all);
    QCOMPARE(at(*all, "logGroups/0/logGroupName"), u"/aws/batch/job"_s);
    QCOMPARE(at(*all, "logGroups/0/arn"),
             u"arn:aws:logs:us-east-1:000000000000:log-group:/aws/batch/job:*"_s);
    const auto none = m_api->logs("DescribeLogGroups", R"({"logGroupNamePrefix": "/ecs"})");
    VERIFY_RESULT(none);
    QCOMPARE(sizeAt(*none, "logGroups"), 0);
}

void TestLogOperations::describesGroupsInPages()
{
    QByteArray definition = mazeDefinition;
    definition.replace(R"("image": "maze-model",)", R"("image": "maze-model",
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/a"}},)");
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", definition));
    QStringList names;
    QString token;
    do {
        const QByteArray next
            = token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"';
        const auto page = m_api->logs("DescribeLogGroups", R"({"limit": 1)" + next + '}');
        VERIFY_RESULT(page);
        QCOMPARE(sizeAt(*page, "logGroups"), 1);
        names += at(*page, "logGroups/0/logGroupName");
        token = at(*page, "nextToken");
    } while (!token.isEmpty());
    QCOMPARE(names, (QStringList{u"/a"_s, u"/aws/batch/job"_s}));
    QVERIFY(!m_api->logs("DescribeLogGroups", R"({"limit": 51})"));
}

void TestLogOperations::pagesGoOnWithNewStreams()
{
    QVERIFY(m_api->writeLog(m_job, 0, {u"x"_s, u"y"_s}));
    const QByteArray query = R"({"logGroupName": "/aws/batch/job", "limit": 4)";
    const auto first = m_api->logs("FilterLogEvents", query + '}');
    VERIFY_RESULT(first);
    QCOMPARE(messages(*first), u"a b c d"_s);
    const QString other = m_api->submit(); // whose streams come between those there are
    QVERIFY(m_api->runAttempt(other, 0));
    QVERIFY(m_api->writeLog(other, 1, {u"z"_s}));
    const auto second
        = m_api->logs("FilterLogEvents",
                      query + ", \"nextToken\": \"" + at(*first, "nextToken").toLatin1() + "\"}");
    VERIFY_RESULT(second);
    QCOMPARE(messages(*second), u"e x y z"_s);
}

// As `aws logs tail --follow` asks: all pages, and then again from the newest event's time on.
void TestLogOperations::pollingTellsEachEventOnce()
{
    QSet<QString> seen;
    QStringList told;
    qint64 newest = 0;
    const auto poll = [&] {
        QByteArray token;
        do {
            const auto page
                = m_api->logs("FilterLogEvents",
                              R"({"logGroupName": "/aws/batch/job", "limit": 2, "startTime": )"
                                  + QByteArray::number(newest) + token + '}');
            VERIFY_RESULT(page);
            for (const batch::Json &event : (*page)["events"]) {
                if (!seen.contains(at(event, "eventId")))
                    told += at(event, "message");
                seen.insert(at(event, "eventId"));
            }
            token = at(*page, "nextToken").toLatin1();
            if (!token.isEmpty())
                token = ", \"nextToken\": \"" + token + '"';
            else if (sizeAt(*page, "events") > 0)
                newest
                    = at(*page,
                         "events/" + QByteArray::number(sizeAt(*page, "events") - 1) + "/timestamp")
                          .toLongLong();
        } while (!token.isEmpty());
    };
    poll();
    QVERIFY(m_api->writeLog(m_job, 0, {u"f"_s}));
    m_api->now -= std::chrono::milliseconds(1); // the next line has the time of the one before
    QVERIFY(m_api->writeLog(m_job, 1, {u"g"_s}));
    poll();
    poll();
    QVERIFY(m_api->writeLog(m_job, 1, {u"h"_s}));
    poll();
    QCOMPARE(told.join(u' '), u"a b c d e g f h"_s);
}

// Of many streams those that a page begins with, and of old ones none.
void TestLogOperations::opensOnlyTheStreamsThatItReaches()
{
    constexpr int others = 30;
    for (int i = 0; i < others; ++i) {
        const QString job = m_api->submit();
        QVERIFY(m_api->runAttempt(job, 0));
        QVERIFY(m_api->writeLog(job, 1, {u"x"_s}));
    }
    const auto filter = [&](const QByteArray &members) {
        m_api->executorCalls = 0;
        const auto reply = m_api->logs("FilterLogEvents",
                                       R"({"logGroupName": "/aws/batch/job", )" + members + '}');
        return reply ? messages(*reply) : reply.error().message;
    };
    QCOMPARE(filter(R"("startTime": 0)").count(u'x'), others);
    QVERIFY(m_api->executorCalls > others);
    QCOMPARE(filter(R"("limit": 6)"), u"a b c d e x"_s);
    QVERIFY(m_api->executorCalls < 10);
    m_api->now += std::chrono::hours(2);
    QVERIFY(m_api->writeLog(m_job, 0, {u"late"_s}));
    QCOMPARE(filter("\"startTime\": " + QByteArray::number(batch::toEpochMs(m_api->now))),
             u"late"_s);
    QVERIFY(m_api->executorCalls < 10);
}

// Whatever is found.
void TestLogOperations::endsAPageWhenEnoughIsSearched()
{
    QVERIFY(m_api->writeLog(m_job, 0, QStringList(600, QString(64 * 1024, u'x'))));
    QVERIFY(m_api->writeLog(m_job, 0, {u"ERROR"_s}));
    QStringList pages;
    QByteArray token;
    do {
        const auto page = m_api->logs(
            "FilterLogEvents",
            R"({"logGroupName": "/aws/batch/job", "filterPattern": "ERROR")" + token + '}');
        VERIFY_RESULT(page);
        pages += messages(*page);
        token = at(*page, "nextToken").toLatin1();
        if (!token.isEmpty())
            token = ", \"nextToken\": \"" + token + '"';
    } while (!token.isEmpty());
    QCOMPARE(pages, (QStringList{u""_s, u""_s, u"ERROR"_s})); // of 37.5 MiB
}

QTEST_GUILESS_MAIN(TestLogOperations)
#include "tst_logoperations.moc"
