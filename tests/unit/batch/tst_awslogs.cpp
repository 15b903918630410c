#include "backend/batch/awslogs.h"

#include <QTest>

using namespace batchyard::batch;

class TestAwslogs : public QObject
{
    Q_OBJECT

private slots:
    void beginsEvents_data();
    void beginsEvents();
    void eachLineIsAnEvent_data();
    void eachLineIsAnEvent();
    void boundsTheCost();
    void namesTheGroup();
};

namespace {

using Options = QMap<QString, QString>;

LogConfiguration configuration(const Options &options,
                               const QString &driver = QStringLiteral("awslogs"))
{
    return {driver, options, {}, {}};
}

} // namespace

void TestAwslogs::beginsEvents_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("begins");
    const auto row = [](const char *name, QLatin1StringView option, const char *value,
                        const char *line, bool begins) {
        QTest::newRow(name) << QString(option) << QString::fromUtf8(value)
                            << QString::fromUtf8(line) << begins;
    };
    const auto format = datetimeFormatOption;
    row("Docker's example", format, "\\[%b %d, %Y %H:%M:%S\\]", "[May 01, 2017 19:00:01] A message",
        true);
    row("no date", format, "\\[%b %d, %Y %H:%M:%S\\]", "Another one without", false);
    row("anywhere in the line", format, "%H:%M", "at 12:34 it was", true);
    row("ISO", format, "%Y-%m-%dT%H:%M:%S", "2026-11-24T05:38:46 x", true);
    row("ISO with another month", format, "%Y-%m-%dT%H:%M:%S", "2026-13-24T05:38:46 x", false);
    row("names", format, "%A %a %B", "Tuesday Tue November", true);
    row("two digits, half days", format, "%y %I:%M %p", "26 05:38 PM", true);
    row("milliseconds have their point", format, "%S%L", "46.123", true);
    row("microseconds", format, "%S\\.%f", "46.123456", true);
    row("zones", format, "%z %Z", "+0100 CET", true);
    row("days of the year and the week", format, "%j %w", "328 2", true);
    row("no day of the year", format, "^%j$", "399", false);
    row("unknown directives stand for nothing", format, "a%Qb", "ab", true);
    row("sign at the end", format, "100%", "100% done", true);
    row("expression", multilinePatternOption, "^(INFO|WARN)", "INFO hello", true);
    row("expression, other line", multilinePatternOption, "^(INFO|WARN)", "  at main()", false);
}

void TestAwslogs::beginsEvents()
{
    QFETCH(QString, option);
    QFETCH(QString, value);
    QFETCH(QString, line);
    const QRegularExpression start = eventStart(configuration({{option, value}}));
    QVERIFY(start.isValid());
    QTEST(start.match(line).hasMatch(), "begins");
    // The format has precedence.
    const QRegularExpression both = eventStart(
        configuration({{multilinePatternOption, QStringLiteral("never")}, {option, value}}));
    QCOMPARE(both.pattern(), start.pattern());
}

void TestAwslogs::eachLineIsAnEvent_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<Options>("options");
    QTest::newRow("no options") << QStringLiteral("awslogs") << Options();
    QTest::newRow("empty") << QStringLiteral("awslogs")
                           << Options{{multilinePatternOption, QString()}};
    QTest::newRow("another driver")
        << QStringLiteral("json-file") << Options{{multilinePatternOption, QStringLiteral("^x")}};
}

void TestAwslogs::eachLineIsAnEvent()
{
    QFETCH(QString, driver);
    QFETCH(Options, options);
    QVERIFY(eventStart(configuration(options, driver)).pattern().isEmpty());
    QVERIFY(eventStart({}).pattern().isEmpty());
}

void TestAwslogs::boundsTheCost()
{
    const QRegularExpression start
        = eventStart(configuration({{multilinePatternOption, QStringLiteral("^(a+)+$")}}));
    QVERIFY(start.isValid());
    QVERIFY(!start.match(QString(200, u'a') + u'b').hasMatch());
}

void TestAwslogs::namesTheGroup()
{
    const Options options{{logGroupOption, QStringLiteral("/mine")}};
    QCOMPARE(logGroup(configuration(options)), QStringLiteral("/mine"));
    QCOMPARE(logGroup(configuration(options, QStringLiteral("json-file"))), QString(batchLogGroup));
    QCOMPARE(logGroup(configuration({})), QString(batchLogGroup));
    QCOMPARE(logGroup({}), QStringLiteral("/aws/batch/job"));
}

QTEST_GUILESS_MAIN(TestAwslogs)
#include "tst_awslogs.moc"
