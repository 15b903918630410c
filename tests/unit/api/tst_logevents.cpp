// What the options of the awslogs driver make of a container's lines, and which group they go to.
#include "apitesting.h"

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestLogEvents : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void joinsLines_data();
    void joinsLines();
    void joinedLinesInPages();
    void joinedLinesBackward();
    void joinedLinesFromATime();
    void lastEventWaitsForItsLines();
    void groupsOfDefinitions();

private:
    [[nodiscard]] Result<batch::Json> events(const QByteArray &members);
    // A job whose agent's log is configured so; m_agent is its stream.
    [[nodiscard]] bool logWith(const QByteArray &options);
    void setLog(const QStringList &lines, bool complete);

    std::unique_ptr<ApiFixture> m_api;
    QString m_job;
    QByteArray m_agent; // its log stream
};

void TestLogEvents::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

// GetLogEvents of the agent's stream.
Result<batch::Json> TestLogEvents::events(const QByteArray &members)
{
    return m_api->logs("GetLogEvents",
                       R"({"logGroupName": "/aws/batch/job", "logStreamName": ")" + m_agent + "\", "
                           + members + '}');
}

bool TestLogEvents::logWith(const QByteArray &options)
{
    QByteArray definition = mazeDefinition;
    const QByteArray log = R"("image": "maze-agent", "logConfiguration": {"logDriver": "awslogs",
        "options": )"
        + options + "},";
    definition.replace(R"("image": "maze-agent",)", log);
    if (!m_api->batch("RegisterJobDefinition", definition))
        return false;
    m_job = m_api->submit();
    m_agent = "maze/agent/" + m_job.toLatin1();
    return m_api->runAttempt(m_job, 0);
}

// Lines 1 ms after each other; one that is "+6 s" only passes the time.
void TestLogEvents::setLog(const QStringList &lines, bool complete)
{
    for (const QString &line : lines) {
        if (line == u"+6 s"_s)
            m_api->now += std::chrono::seconds(6);
        else
            QVERIFY(m_api->writeLog(m_job, 1, {line}));
    }
    const auto container = m_api->store->containerOfLogStream(QString::fromLatin1(m_agent));
    QVERIFY(container && *container);
    executor::ContainerRecord record = **container;
    record.logComplete = complete;
    VERIFY_RESULT(m_api->store->putContainer(record));
}

void TestLogEvents::joinsLines_data()
{
    QTest::addColumn<QByteArray>("options");
    QTest::addColumn<QStringList>("lines");
    QTest::addColumn<QString>("found"); // newlines as |
    const QByteArray pattern = R"({"awslogs-multiline-pattern": "^[A-Z]"})";
    QTest::newRow("pattern") << pattern << QStringList{u"A"_s, u"b"_s, u"c"_s, u"D"_s, u"E"_s}
                             << u"A|b|c| D| E|"_s;
    QTest::newRow("lines before the first match")
        << pattern << QStringList{u"x"_s, u"y"_s, u"A"_s} << u"x|y| A|"_s;
    QTest::newRow("time format") << R"({"awslogs-datetime-format": "%H:%M"})"_ba
                                 << QStringList{u"12:30 a"_s, u"b"_s, u"12:31 c"_s}
                                 << u"12:30 a|b| 12:31 c|"_s;
    QTest::newRow("format beats pattern")
        << R"({"awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "^x"})"_ba
        << QStringList{u"2026"_s, u"x"_s, u"2027"_s} << u"2026|x| 2027|"_s;
    QTest::newRow("no pattern") << R"({"awslogs-stream-prefix": "maze"})"_ba
                                << QStringList{u"A"_s, u"b"_s} << u"A b"_s;
    QTest::newRow("pattern that is none")
        << R"({"awslogs-multiline-pattern": "("})"_ba << QStringList{u"A"_s, u"b"_s} << u"A b"_s;
    QTest::newRow("five seconds later")
        << pattern << QStringList{u"A"_s, u"b"_s, u"+6 s"_s, u"c"_s} << u"A|b| c|"_s;
    const QString half(150'000, u'x');
    QTest::newRow("beyond 256 KiB") << pattern << QStringList{u"A"_s, half, half, u"B"_s}
                                    << QString(u"A|" % half % u"| " % half % u"| B|");
}

void TestLogEvents::joinsLines()
{
    QFETCH(const QByteArray, options);
    QFETCH(const QStringList, lines);
    QFETCH(const QString, found);
    QVERIFY(logWith(options));
    setLog(lines, true);
    const auto fromHead = events(R"("startFromHead": true)");
    VERIFY_RESULT(fromHead);
    QCOMPARE(messages(*fromHead).replace(u'\n', u'|'), found);
    const auto fromTail = events(R"("startFromHead": false)");
    VERIFY_RESULT(fromTail);
    QCOMPARE(messages(*fromTail).replace(u'\n', u'|'), found);
    const auto filtered = m_api->logs("FilterLogEvents", R"({"logGroupName": "/aws/batch/job",
        "logStreamNames": [")" + m_agent + R"("]})");
    VERIFY_RESULT(filtered);
    QCOMPARE(messages(*filtered).replace(u'\n', u'|'), found);
}

void TestLogEvents::joinedLinesInPages()
{
    QVERIFY(logWith(R"({"awslogs-multiline-pattern": "^[A-Z]"})"));
    setLog({u"A"_s, u"b"_s, u"C"_s, u"d"_s, u"e"_s, u"F"_s}, true);
    QString token;
    QStringList pages;
    for (;;) {
        const auto page = events(
            R"("startFromHead": true, "limit": 1)"
            + (token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"'));
        VERIFY_RESULT(page);
        pages += messages(*page).replace(u'\n', u'|');
        const QString next = at(*page, "nextForwardToken");
        if (next == token)
            break;
        token = next;
    }
    QCOMPARE(pages, (QStringList{u"A|b|"_s, u"C|d|e|"_s, u"F|"_s, u""_s}));
}

void TestLogEvents::joinedLinesBackward()
{
    QVERIFY(logWith(R"({"awslogs-multiline-pattern": "^[A-Z]"})"));
    QStringList lines;
    for (int i = 0; i < 1000; ++i)
        lines += {u"A%1"_s.arg(i), u"b"_s, u"c"_s};
    setLog(lines, true);
    const auto last = events(R"("limit": 2)");
    VERIFY_RESULT(last);
    QCOMPARE(messages(*last).replace(u'\n', u'|'), u"A998|b|c| A999|b|c|"_s);
    const auto before = events(R"("limit": 300, "nextToken": ")"
                               + at(*last, "nextBackwardToken").toLatin1() + '"');
    VERIFY_RESULT(before);
    QCOMPARE(sizeAt(*before, "events"), 300);
    QCOMPARE(at(*before, "events/0/message"), u"A698\nb\nc\n"_s);
    QCOMPARE(at(*before, "events/299/message"), u"A997\nb\nc\n"_s);
}

void TestLogEvents::joinedLinesFromATime()
{
    QVERIFY(logWith(R"({"awslogs-multiline-pattern": "^[A-Z]"})"));
    const qint64 begin = batch::toEpochMs(m_api->now);
    setLog({u"A"_s, u"b"_s, u"c"_s, u"D"_s, u"e"_s, u"F"_s}, true); // 1 … 6 ms later
    const auto found = [&](qint64 from) {
        const auto page = events(R"("startFromHead": true, "limit": 1, "startTime": )"
                                 + QByteArray::number(begin + from));
        return page ? messages(*page).replace(u'\n', u'|') : page.error().message;
    };
    QCOMPARE(found(1), u"A|b|c|"_s);
    QCOMPARE(found(2), u"D|e|"_s); // b and c belong to an event before
    QCOMPARE(found(4), u"D|e|"_s);
    QCOMPARE(found(5), u"F|"_s);
    QCOMPARE(found(7), u""_s);
}

// Following gives each line in one event, however often it asks.
void TestLogEvents::lastEventWaitsForItsLines()
{
    QVERIFY(logWith(R"({"awslogs-multiline-pattern": "^[A-Z]"})"));
    setLog({u"A"_s, u"b"_s}, false);
    const auto first = events(R"("startFromHead": true)");
    VERIFY_RESULT(first);
    QCOMPARE(messages(*first), u""_s);
    const QByteArray next = R"("nextToken": ")" + at(*first, "nextForwardToken").toLatin1() + '"';
    setLog({u"c"_s, u"D"_s}, false);
    const auto second = events(next);
    VERIFY_RESULT(second);
    QCOMPARE(messages(*second), u"A\nb\nc\n"_s);
    const QByteArray last = R"("nextToken": ")" + at(*second, "nextForwardToken").toLatin1() + '"';
    const auto nothing = events(last);
    VERIFY_RESULT(nothing);
    QCOMPARE(messages(*nothing), u""_s);
    setLog({u"+6 s"_s}, false);
    const auto third = events(last);
    VERIFY_RESULT(third);
    QCOMPARE(messages(*third), u"D\n"_s);
}

void TestLogEvents::groupsOfDefinitions()
{
    const QString first = m_api->submit();
    QVERIFY(m_api->runAttempt(first, 0));
    const QByteArray model = "maze/model/" + first.toLatin1();
    QVERIFY(logWith(R"({"awslogs-group": "/mine"})"));
    setLog({u"x"_s}, true);
    const auto groups = m_api->logs("DescribeLogGroups", "{}");
    VERIFY_RESULT(groups);
    QCOMPARE(at(*groups, "logGroups/0/logGroupName"), u"/aws/batch/job"_s);
    QCOMPARE(at(*groups, "logGroups/1/arn"),
             u"arn:aws:logs:us-east-1:000000000000:log-group:/mine:*"_s);
    const auto streams = m_api->logs("DescribeLogStreams", R"({"logGroupName": "/mine"})");
    VERIFY_RESULT(streams);
    QCOMPARE(sizeAt(*streams, "logStreams"), 1);
    QCOMPARE(at(*streams, "logStreams/0/logStreamName").toLatin1(), m_agent);
    QVERIFY(at(*streams, "logStreams/0/arn").contains(u":log-group:/mine:log-stream:"_s));
    const auto others = m_api->logs("DescribeLogStreams", R"({"logGroupName": "/aws/batch/job"})");
    VERIFY_RESULT(others);
    QCOMPARE(sizeAt(*others, "logStreams"), 3); // both of the first job, and this model
    const auto filtered = m_api->logs("FilterLogEvents", R"({"logGroupName": "/mine"})");
    VERIFY_RESULT(filtered);
    QCOMPARE(messages(*filtered), u"x"_s);
    const auto own = m_api->logs(
        "GetLogEvents", R"({"logGroupName": "/mine", "logStreamName": ")" + m_agent + R"("})");
    VERIFY_RESULT(own);
    QCOMPARE(messages(*own), u"x"_s);
    QVERIFY(!m_api->logs("GetLogEvents",
                         R"({"logGroupName": "/mine", "logStreamName": ")" + model + R"("})"));
}

QTEST_GUILESS_MAIN(TestLogEvents)
#include "tst_logevents.moc"
