// Filter patterns, by AWS's "Filter pattern syntax for metric filters, subscription filters, filter
// log events, and Live Tail": what each form matches, and what is refused.
#include "backend/executor/api/logfilter.h"
#include "tests/unit/api/apitesting.h"

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals::StringLiterals;
using executor::api::LogFilter;

class TestLogFilter : public QObject
{
    Q_OBJECT

private slots:
    void terms_data();
    void terms() { check(); }
    void expressions_data();
    void expressions() { check(); }
    void documents_data();
    void documents() { check(); }
    void columns_data();
    void columns() { check(); }
    void refuses_data();
    void refuses();
    void noExpressionTakesLong();

private:
    static void makeColumns()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("matches");
    }
    static void check();
};

void TestLogFilter::check()
{
    QFETCH(const QString, pattern);
    QFETCH(const QByteArray, line);
    QFETCH(const bool, matches);
    const auto filter = LogFilter::parse(pattern);
    VERIFY_RESULT(filter);
    QCOMPARE(filter->matches(line), matches);
}

void TestLogFilter::terms_data()
{
    makeColumns();
    const auto line = "[ERROR] key found at 4.2 \"here\""_ba;
    QTest::newRow("empty") << u""_s << line << true;
    QTest::newRow("blank") << u"  "_s << line << true;
    QTest::newRow("one term") << u"ERROR"_s << line << true;
    QTest::newRow("part of a word") << u"ERR"_s << line << true;
    QTest::newRow("case matters") << u"error"_s << line << false;
    QTest::newRow("all terms, in any order") << u"found key"_s << line << true;
    QTest::newRow("one of all is missing") << u"found lock"_s << line << false;
    QTest::newRow("phrase") << u"\"key found\""_s << line << true;
    QTest::newRow("phrase in another order") << u"\"found key\""_s << line << false;
    QTest::newRow("quoted for its characters") << u"\"[ERROR]\" \"4.2\""_s << line << true;
    QTest::newRow("quotes in a phrase") << uR"("\"here\"")"_s << line << true;
    QTest::newRow("one of several") << u"?lock ?found"_s << line << true;
    QTest::newRow("none of several") << u"?lock ?\"door found\""_s << line << false;
    QTest::newRow("excluded") << u"key -found"_s << line << false;
    QTest::newRow("excluded phrase") << u"-\"key f\""_s << line << false;
    QTest::newRow("excluded and not there") << u"-lock"_s << line << true;
    QTest::newRow("minus with a blank") << u"\"ERROR\" - \"found\""_s << line << false;
    QTest::newRow("? beside other terms counts for nothing") << u"key ?lock"_s << line << true;
    QTest::newRow("other letters") << u"\"t\u00fcr\""_s << "die t\xc3\xbcr"_ba << true;
}

void TestLogFilter::expressions_data()
{
    makeColumns();
    QTest::newRow("keyword") << u"%AUTHORIZED%"_s << "[ERROR 401] UNAUTHORIZED"_ba << true;
    QTest::newRow("begin") << u"%^[hc]at%"_s << "hat on"_ba << true;
    QTest::newRow("not at the begin") << u"%^[hc]at%"_s << "a hat"_ba << false;
    QTest::newRow("end") << u"%[hc]at$%"_s << "a cat"_ba << true;
    QTest::newRow("optional") << u"%colou?r%"_s << "color"_ba << true;
    QTest::newRow("counted") << u"%^a{3,5}$%"_s << "aa"_ba << false;
    QTest::newRow("alternatives") << u"%gra|ey%"_s << "grey"_ba << true;
    QTest::newRow("address") << uR"(%10\.10\.0\.[0-9]{1,3}%)"_s << "from 10.10.0.17"_ba << true;
    QTest::newRow("dot as it is") << uR"(%10\.10%)"_s << "10x10"_ba << false;
    QTest::newRow("class") << uR"(%\d\s\w%)"_s << "4 x"_ba << true;
    QTest::newRow("not of a class") << u"%^[^a-c0-9]+$%"_s << "xyz-t\xc3\xbcr"_ba << true;
    QTest::newRow("of the inverse class") << u"%^[^a-c0-9]+$%"_s << "xyza"_ba << false;
    QTest::newRow("operators in a class") << uR"(%^[.*\]+-]+$%)"_s << "*].-+"_ba << true;
    QTest::newRow("class in a class") << uR"(%^[\d,]+$%)"_s << "4,2"_ba << true;
    QTest::newRow("any number") << u"%ab*c%"_s << "xacx"_ba << true;
    QTest::newRow("one at least") << u"%ab+c%"_s << "xacx"_ba << false;
    QTest::newRow("at least") << u"%^a{2,}$%"_s << "aaaaa"_ba << true;
    QTest::newRow("exactly") << u"%^a{2}$%"_s << "aaa"_ba << false;
    QTest::newRow("never") << u"%^ba{0}c$%"_s << "bc"_ba << true;
    QTest::newRow("a character, not a byte") << u"%^t.r$%"_s << "t\xc3\xbcr"_ba << true;
    QTest::newRow("not across lines") << u"%a.b%"_s << "a\nb"_ba << false;
    QTest::newRow("second alternative at the end") << u"%^x|b$%"_s << "ab"_ba << true;
    QTest::newRow("second alternative elsewhere") << u"%^x|b$%"_s << "abx"_ba << false;
    QTest::newRow("all that can be skipped") << u"%^a?b*$%"_s << ""_ba << true;
    QTest::newRow("overlapping beginnings") << u"%aab%"_s << "aaab"_ba << true;
    QTest::newRow("by number") << uR"(%f\x28\x29%)"_s << "call f()"_ba << true;
}

void TestLogFilter::documents_data()
{
    makeColumns();
    const auto line = R"({"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"], "objectList": [{"name": "a", "id": 1},
        {"name": "b", "id": 2}], "SomeObject": null, "ThisFlag": true, "latency": 500.5,
        "code": "400", "a.b": {"c d": -3}, "deep": {"x": {"y": 1}, "z": {"y": 2}},
        "coordinates": [[0, 1], [4, 5]]})"_ba;
    const auto row = [&line](const char *pattern, bool matches) {
        QTest::newRow(pattern) << QString::fromUtf8(pattern) << line << matches;
    };
    row(R"({ $.eventType = "UpdateTrail" })", true);
    row(R"({$.eventType=UpdateTrail})", true);
    row(R"({ $.eventType = "updatetrail" })", false);
    row(R"({ $.eventType = *Trail })", true);
    row(R"({ $.eventType = "Update*" })", true);
    row(R"({ $.eventType = "*dateTr*" })", true);
    row(R"({ $.eventType = "Up*ail" })", false); // an asterisk within is one
    row(R"({ $.eventType = * })", true);
    row(R"({ $.eventType = %^Up.*l$% })", true);
    row(R"({ $.eventType != %Trail% })", false);
    row(R"({ $.sourceIPAddress != 123.123.* })", true);
    row(R"({ $.sourceIPAddress != 111.111.* })", false);
    row(R"({ $.arrayKey[0] = "value" })", true);
    row(R"({ $.arrayKey[2] = "value" })", false);
    row(R"({ $.arrayKey[*] = "another value" })", true);
    row(R"({ $.objectList[1].id = 2 })", true);
    row(R"({ $.objectList[*].id = 2 })", true);
    row(R"({ $.objectList[*].id > 2 })", false);
    row(R"({ $.deep.*.y = 2 })", true);
    row(R"({ $.coordinates[1][0] = 4 })", true);
    row(R"({ $.SomeObject IS NULL })", true);
    row(R"({ $.ThisFlag IS NULL })", false);
    row(R"({ $.SomeObject != 1 })", false);
    row(R"({ $.SomeOtherObject NOT EXISTS })", true);
    row(R"({ $.SomeObject NOT EXISTS })", false);
    row(R"({ $.ThisFlag IS TRUE })", true);
    row(R"({ $.ThisFlag IS FALSE })", false);
    row(R"({ $.ThisFlag = true })", true);
    row(R"({ $.latency >= 500 })", true);
    row(R"({ $.latency > +5005e-1 })", false);
    row(R"({ $.latency <= 5.005e2 })", true);
    row(R"({ $.latency < -1 })", false);
    row(R"({ $.latency = 500.50 })", true);
    row(R"({ $.latency != 500.5 })", false);
    row(R"({ $.code = 400 })", true);
    row(R"({ $.code > 300 })", false); // a text has no size
    row(R"({ $.missing != "x" })", false);
    row(R"({ $.objectList != 1 })", false); // not a value
    row(R"({ $.['a.b'].['c d'] = -3 })", true);
    row(R"({ $["a.b"]["c d"] < 0 })", true);
    row(R"({ ($.objectList[0].id = 1) && ($.arrayKey[1] = "another value") })", true);
    row(R"({ ($.latency = 2 && $.code = "x") || $.arrayKey[0] = "GET" })", false);
    row(R"({ $.latency > 2 || $.code = x && $.arrayKey[0] = nomatch })", true);
    row(R"({ ($.latency > 2 || $.code = x) && $.arrayKey[0] = nomatch })", false);
    row(R"({ (((($.code = 400)))) })", true);
    QTest::newRow("no JSON") << u"{ $.a NOT EXISTS }"_s << "ERROR a"_ba << false;
    QTest::newRow("no object") << u"{ $.a NOT EXISTS }"_s << "[1]"_ba << false;
    QTest::newRow("JSON and more") << u"{ $.a = 1 }"_s << "{\"a\": 1} x"_ba << false;
    QTest::newRow("no UTF-8") << u"{ $.a = * }"_s << "{\"a\": \"\xff\"}"_ba << false;
    QTest::newRow("deep") << u"{ $.a NOT EXISTS }"_s
                          << "{\"b\":"_ba + QByteArray(100'000, '[') + QByteArray(100'000, ']')
            + '}' << true;
}

void TestLogFilter::columns_data()
{
    makeColumns();
    const auto line = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /a.html HTTP/1.0\""
                      " 404 1534"_ba;
    const auto row = [&line](const char *pattern, bool matches) {
        QTest::newRow(pattern) << QString::fromUtf8(pattern) << line << matches;
    };
    row("[ip, user, username, timestamp, request, status_code, bytes]", true);
    row("[ip, user, username, timestamp, request, status_code]", false);
    row("[ip, user, username, timestamp, request, status_code, bytes, more]", false);
    row("[ip, user, username, timestamp, request, status_code, bytes > 1000]", true);
    row("[ip, user, username, timestamp, request, status_code = 200, bytes]", false);
    row("[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", true);
    row("[..., status_code = 4* && status_code != 403, bytes]", true);
    row("[..., request=*.html*, status_code=4*,]", true);
    row("[ip=127.0.0.1, user, ..., bytes = 1534]", true);
    row("[ip, user, username = frank || username = jane, ...]", true);
    row("[ip, user, username = \"jane\", ...]", false);
    row("[ip=%127\\.0\\.0\\.[0-9]%, ...]", true);
    row("[...]", true);
    row("[w1, ...]", true);
    QTest::newRow("nothing") << u"[w1, ...]"_s << ""_ba << false;
    QTest::newRow("open bracket") << u"[w1, w2 = c*]"_s << "a [c d"_ba << true;
}

void TestLogFilter::refuses_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("message"); // part of it
    const QString term = u"Invalid filter pattern: Invalid character(s) in term '"_s;
    const QString json = u"If a filter pattern starts with '{' it must end with '}'"_s;
    const QString any = u"Invalid filter pattern"_s;
    QTest::newRow("too long") << QString(1025, u'a') << u"1024"_s;
    QTest::newRow("address without quotes") << u"a@b.c"_s << term + u"a@b.c'"_s;
    QTest::newRow("minus within") << u"x a-b"_s << term + u"a-b'"_s;
    QTest::newRow("other letters without quotes") << u"t\u00fcr"_s << term;
    QTest::newRow("open quote") << u"\"open"_s << term;
    QTest::newRow("nothing quoted") << u"\"\""_s << term + u"\"\"'"_s;
    QTest::newRow("quoted and more") << u"\"a\"b"_s << term;
    QTest::newRow("sign alone") << u"a -"_s << term;
    QTest::newRow("open expression") << u"%ab"_s << term;
    QTest::newRow("nothing in an expression") << u"%%"_s << term;
    QTest::newRow("group") << u"%(ab)+%"_s << term + u"%(ab)+%'"_s;
    QTest::newRow("escaped parenthesis") << uR"(%f\(%)"_s << term;
    QTest::newRow("symbol in an expression") << u"%something!%"_s << term;
    QTest::newRow("reference") << uR"(%a\1%)"_s << term;
    QTest::newRow("property") << uR"(%\p{L}%)"_s << term;
    QTest::newRow("other letters in an expression") << u"%t\u00fcr%"_s << term;
    QTest::newRow("count without a number") << u"%a{,3}%"_s << term;
    QTest::newRow("counts the wrong way round") << u"%a{3,2}%"_s << term;
    QTest::newRow("open count") << u"%a{3%"_s << term;
    QTest::newRow("large count") << u"%a{1,900}b{1,900}%"_s << term;
    QTest::newRow("count of nothing") << u"%*a%"_s << term;
    QTest::newRow("count of a count") << u"%a**%"_s << term;
    QTest::newRow("range the wrong way round") << u"%[z-a]%"_s << term;
    QTest::newRow("begin within") << u"%a^b%"_s << term;
    QTest::newRow("end within") << u"%a$b%"_s << term;
    QTest::newRow("number beyond ASCII") << uR"(%\xe9%)"_s << term;
    QTest::newRow("half a number") << uR"(%\x2%)"_s << term;
    QTest::newRow("open class") << u"%[ab%"_s << term;
    QTest::newRow("backslash at the end") << uR"(%a\%)"_s << term;
    QTest::newRow("expression and term") << u"%a% b"_s << term + u"b'"_s;
    QTest::newRow("term and expression") << u"b %a%"_s << term + u"%a%'"_s;
    QTest::newRow("open brace") << u"{ $.a = 1"_s << json;
    QTest::newRow("open bracket") << u"[a, b"_s << u"must end with ']'"_s;
    QTest::newRow("empty JSON") << u"{}"_s << any;
    QTest::newRow("no selector") << u"{ a = 1 }"_s << term;
    QTest::newRow("selector of nothing") << u"{ $ = 1 }"_s << any;
    QTest::newRow("no operator") << u"{ $.a }"_s << any;
    QTest::newRow("no operand") << u"{ $.a = }"_s << any;
    QTest::newRow("unknown operator") << u"{ $.a ~ 1 }"_s << any;
    QTest::newRow("order of texts") << u"{ $.a > b }"_s << term;
    QTest::newRow("order of quoted texts") << u"{ $.a > \"1\" }"_s << term;
    QTest::newRow("order of infinity") << u"{ $.a > inf }"_s << term;
    QTest::newRow("special characters") << u"{ $.a = b@c }"_s << term;
    QTest::newRow("EXISTS") << u"{ $.a EXISTS }"_s << any;
    QTest::newRow("IS NOT") << u"{ $.a IS NOT NULL }"_s << any;
    QTest::newRow("open parenthesis") << u"{ ($.a = 1 }"_s << any;
    QTest::newRow("one &") << u"{ $.a = 1 & $.b = 2 }"_s << any;
    QTest::newRow("two wildcards") << u"{ $.*.a[*] = 1 }"_s << any;
    QTest::newRow("negative element") << u"{ $.a[-1] = 1 }"_s << any;
    QTest::newRow("two objects") << u"{ $.a = 1 } }"_s << term;
    QTest::newRow("three expressions")
        << u"{ $.a = %x% || $.b = %x% || $.c = %x% }"_s << u"at most 2"_s;
    QTest::newRow("two ellipses") << u"[..., a, ...]"_s << any;
    QTest::newRow("two names in a column") << u"[a = 4* && b > 1, b]"_s << term;
    QTest::newRow("not a name") << u"[$a, b]"_s << term;
}

void TestLogFilter::refuses()
{
    QFETCH(const QString, pattern);
    QFETCH(const QString, message);
    const auto filter = LogFilter::parse(pattern);
    QVERIFY(!filter);
    QVERIFY(filter.error().code == ErrorCode::InvalidInput);
    QVERIFY2(filter.error().message.contains(message), qPrintable(filter.error().message));
}

// Where the ways to match are tried one by one, these outlast the time limit of the test.
void TestLogFilter::noExpressionTakesLong()
{
    QString many = u"%"_s;
    for (int i = 0; i < 100; ++i)
        many += u"a*"_s;
    many += u"[bc]%"_s;
    for (const QString &pattern :
         {many, u"%.*.*.*.*.*.*[xy]%"_s, u"%a{1,490}a{1,490}[bc]%"_s, u"%[ab]*[a]*[b]*[cd]$%"_s}) {
        const auto filter = LogFilter::parse(pattern);
        VERIFY_RESULT(filter);
        QVERIFY(!filter->matches(QByteArray(30'000, 'a')));
    }
}

QTEST_GUILESS_MAIN(TestLogFilter)
#include "tst_logfilter.moc"
