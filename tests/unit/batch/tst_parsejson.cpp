#include "backend/batch/jsonvalues.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <random>

using namespace batchyard;
using namespace batchyard::batch;

class TestParseJson : public QObject
{
    Q_OBJECT

private slots:
    void refuses_data();
    void refuses();
    void accepts_data();
    void accepts();
    void refusesBySizeBeforeParsing();
    void survivesMutatedBytes();
    void survivesTruncation();
};

namespace {

constexpr qint64 roomy = 1024 * 1024;

const char *const sample = R"({"name": "a\u00e9\ud83d\ude00", "list": [1, -2.5e3, true, null, {}],
  "nested": {"x": [[], {"y": "\"\\\/\b\f\n\r\t"}]}})";

} // namespace

void TestParseJson::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &text, const char *message) {
        QTest::newRow(name) << text << QString::fromUtf8(message);
    };
    row("empty", "", "The document is empty; expected a JSON object.");
    row("only space", " \n\t ", "The document is empty; expected a JSON object.");
    row("not JSON", "hello", "Line 1, column 1: expected a value, found `h`.");
    row("trailing comma in object", "{\n \"a\": 1,\n}",
        "Line 2, column 8: there is a comma after the last element; remove it.");
    row("trailing comma in list", "{\"a\": [1, 2, ]}",
        "Line 1, column 12 (a): there is a comma after the last element; remove it.");
    row("line comment", "{\n  // the name\n \"a\": 1}",
        "Line 2, column 3: JSON has no comments; remove this one.");
    row("block comment", "{\"a\": /* x */ 1}",
        "Line 1, column 7 (a): JSON has no comments; remove this one.");
    row("hash comment", "# x\n{}", "Line 1, column 1: JSON has no comments; remove this one.");
    row("single quotes", "{'a': 1}",
        "Line 1, column 2: strings stand in double quotes, not in single quotes.");
    row("single quoted value", "{\"a\": 'x'}",
        "Line 1, column 7 (a): strings stand in double quotes, not in single quotes.");
    row("missing brace", "{\"a\": {\n\"b\": 1\n}",
        "Line 3, column 2: the document ends but the `{` of line 1 is not closed.");
    row("missing bracket", "{\"a\": [1",
        "Line 1, column 9 (a): the document ends but the `[` of line 1 is not closed.");
    row("wrong bracket", "{\"a\": [1}", "Line 1, column 9 (a): expected `,` or `]`, found `}`.");
    row("missing comma", "{\"a\": 1\n \"b\": 2}",
        "Line 2, column 2: expected `,` or `}`, found `\"`.");
    row("missing colon", "{\"a\" 1}", "Line 1, column 6: expected `:` after the key, found `1`.");
    row("unquoted key", "{a: 1}", "Line 1, column 2: expected a key in double quotes, found `a`.");
    row("more after the end", "{} {}",
        "Line 1, column 4: expected the end of the document, found `{`.");
    row("python word", "{\"a\": True}",
        "Line 1, column 7 (a): `True` is no JSON value; allowed are true, false, null, numbers, "
        "strings, lists and objects.");
    row("NaN", "[NaN]",
        "Line 1, column 2 ([0]): `NaN` is no JSON value; allowed are true, false, null, numbers, "
        "strings, lists and objects.");
    row("leading zero", "[01]", "Line 1, column 2 ([0]): a number must not begin with 0.");
    row("plus", "[+1]", "Line 1, column 2 ([0]): expected a value, found `+`.");
    row("no digits", "[1.]", "Line 1, column 4 ([0]): expected a digit, found `]`.");
    row("too large", "{\"a\": 1e999}", "Line 1, column 7 (a): the number `1e999` is too large.");
    row("double key", "{\"image\": 1,\n\"b\": 2,\n\"image\": 3}",
        "Line 3, column 1: key `image` appears twice (lines 1, 3).");
    row("double key, escaped", "{\"a\": {\"x\": 1,\n\"\\u0078\": 3}}",
        "Line 2, column 1 (a): key `x` appears twice (lines 1, 2).");
    row("open string", "{\"a\": \"x\n\"}",
        "Line 1, column 7 (a): the string has no closing `\"` on its line.");
    row("open string at the end", "{\"a\": \"x",
        "Line 1, column 7 (a): the string has no closing `\"`.");
    row("bad escape", R"({"a": "C:\dir"})",
        "Line 1, column 10 (a): `\\` starts no valid escape; write `\\\\` for a backslash.");
    row("short unicode escape", R"({"a": "\u12"})",
        "Line 1, column 8 (a): `\\u` must be followed by four hexadecimal digits.");
    row("NUL escape", R"({"a": [{"b": "x\u0000"}]})",
        "Line 1, column 16 (a[0].b): the string holds a NUL character (`\\u0000`), which is not "
        "allowed.");
    row("control character", "{\"a\": \"x\x01\"}",
        "Line 1, column 9 (a): the string holds the control character `\\u0001`; write it as an "
        "escape.");
    row("tab in a string", "{\"a\": \"x\ty\"}",
        "Line 1, column 9 (a): the string holds the control character `\\t`; write it as an "
        "escape.");
    row("high surrogate alone", R"({"a": "\ud83d!"})",
        "Line 1, column 8 (a): the string holds half of a surrogate pair (\\ud83d).");
    row("low surrogate alone", R"({"a": "\ude00"})",
        "Line 1, column 8 (a): the string holds half of a surrogate pair (\\ude00).");
    row("two high surrogates", R"(["\ud83d\ud83d"])",
        "Line 1, column 3 ([0]): the string holds half of a surrogate pair (\\ud83d).");
    row("invalid UTF-8", "{\"a\": \"\xC3(\"}", "Byte 7 (0xc3) is no valid UTF-8.");
    row("overlong UTF-8", "{\"\xC0\xAF\": 1}", "Byte 2 (0xc0) is no valid UTF-8.");
    row("surrogate as UTF-8", "[\"\xED\xA0\x80\"]", "Byte 2 (0xed) is no valid UTF-8.");
    row("cut UTF-8", "\"\xE2\x82", "Byte 1 (0xe2) is no valid UTF-8.");
    row("UTF-16 with mark", QByteArray("\xFF\xFE{\0}\0", 6),
        "The document is UTF-16 text; JSON must be UTF-8. Save it as UTF-8.");
    row("UTF-16 without mark", QByteArray("\0{\0}", 4),
        "The document is UTF-16 text; JSON must be UTF-8. Save it as UTF-8.");
    row("depth 65", QByteArray(65, '[') + QByteArray(65, ']'),
        "Line 1, column 65 ([0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
        "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
        "[0][0][0][0][0][0][0][0][0][0][0]): the document is nested deeper than 64.");
    row("column counts characters", "{\"é😀\": x}",
        "Line 1, column 8 ([\"é😀\"]): expected a value, found `x`.");
    row("hidden direction change", "{\"a\": \xE2\x80\xAE}",
        "Line 1, column 7 (a): expected a value, found `\\u202E`.");
    row("YAML", "jobDefinitionName: maze\ntype: container\n",
        "Line 1, column 1: expected a value, found `j`. This looks like YAML; write it as JSON.");
    row("YAML with a mark", "---\nname: x\n",
        "Line 1, column 2: expected a digit, found `-`. This looks like YAML; write it as JSON.");
    row("CloudFormation", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n",
        "Line 1, column 1: expected a value, found `A`. This looks like a CloudFormation template "
        "in YAML; only JSON of the AWS Batch API can be read.");
    row("Terraform", "resource \"aws_batch_job_definition\" \"x\" {\n}\n",
        "Line 1, column 1: expected a value, found `r`. This looks like Terraform; only JSON of "
        "the "
        "AWS Batch API can be read.");
}

void TestParseJson::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const Result<Json> json = parseJson(text, roomy);
    QVERIFY(!json);
    QCOMPARE(json.error().message, message);
    QCOMPARE(json.error().code, ErrorCode::InvalidInput);
}

void TestParseJson::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("sample") << QByteArray(sample);
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF{\"a\": 1}");
    QTest::newRow("scalar") << QByteArray("1.0");
    QTest::newRow("minus zero") << QByteArray("[-0, -0.0, 1E5, 1e-999]");
    QTest::newRow("2^53+1") << QByteArray("[9007199254740993]");
    QTest::newRow("depth 64") << QByteArray(64, '[') + QByteArray(64, ']');
    QTest::newRow("same key in two objects") << QByteArray("[{\"a\": 1}, {\"a\": 2}]");
    QTest::newRow("empty key") << QByteArray("{\"\": 1}");
}

void TestParseJson::accepts()
{
    QFETCH(QByteArray, text);
    const Result<Json> json = parseJson(text, roomy);
    QVERIFY2(json, qPrintable(json ? QString() : json.error().message));
    if (text.startsWith('\xEF'))
        text = text.mid(3);
    QVERIFY(*json == Json::parse(text.begin(), text.end()));
}

void TestParseJson::refusesBySizeBeforeParsing()
{
    const Result<Json> json = parseJson(QByteArray(25 * 1024 + 1, '['), 24 * 1024);
    QVERIFY(!json);
    QCOMPARE(json.error().message,
             QStringLiteral("The document has 26 KiB (25601 bytes); at most 24 KiB are allowed."));
    QVERIFY(!parseJson(QByteArray(100000, '['), roomy));
}

// Whatever the bytes: a value that nlohmann reads as well, or a message.
void TestParseJson::survivesMutatedBytes()
{
    std::mt19937 random(20260801);
    const QByteArray original(sample);
    std::uniform_int_distribution<qsizetype> position(0, original.size() - 1);
    std::uniform_int_distribution<int> byte(0, 255);
    int accepted = 0;
    for (int i = 0; i < 20000; ++i) {
        QByteArray text = original;
        for (int flips = 1 + i % 3; flips > 0; --flips)
            text[position(random)] = static_cast<char>(byte(random));
        const Result<Json> json = parseJson(text, roomy);
        const bool isJson = Json::accept(text.begin(), text.end());
        if (json) {
            ++accepted;
            QVERIFY2(isJson, text.toHex().constData());
        } else {
            QVERIFY(!json.error().message.isEmpty());
        }
    }
    QVERIFY(accepted > 0);
}

void TestParseJson::survivesTruncation()
{
    const QByteArray original(sample);
    for (qsizetype length = 0; length < original.size(); ++length)
        QVERIFY(!parseJson(original.left(length), roomy));
}

QTEST_GUILESS_MAIN(TestParseJson)
#include "tst_parsejson.moc"
