#include "backend/batch/fieldrules.h"

#include <QTest>

using namespace batchyard::batch;

class TestFieldRules : public QObject
{
    Q_OBJECT

private slots:
    void jobName_data();
    void jobName();
    void resourceName_data();
    void resourceName();
    void image_data();
    void image();
    void environmentName_data();
    void environmentName();
    void numbers_data();
    void numbers();
};

namespace {

void columns()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("fault");
}

void row(const char *name, const QString &text, const char *fault)
{
    QTest::newRow(name) << text << QString::fromUtf8(fault);
}

} // namespace

void TestFieldRules::jobName_data()
{
    columns();
    row("good", QStringLiteral("run-1_B"), "");
    row("128", QString(128, u'a'), "");
    row("empty", QString(), "Job name is required.");
    row("129", QString(129, u'a'), "Job name must have at most 128 characters (129).");
    row("dash first", QStringLiteral("-a"),
        "Job name must start with a letter or digit, not with `-`.");
    row("underscore first", QStringLiteral("_a"),
        "Job name must start with a letter or digit, not with `_`.");
    row("space", QStringLiteral("a b"),
        "Job name has the invalid character ` ` at position 2; allowed are letters, digits, `-` "
        "and `_`.");
    row("slash", QStringLiteral("ab/c"),
        "Job name has the invalid character `/` at position 3; allowed are letters, digits, `-` "
        "and `_`.");
    row("umlaut", QStringLiteral("gr\u00fcn"),
        "Job name has the invalid character `\u00fc` at position 3; allowed are letters, digits, "
        "`-` and `_`.");
    row("newline", QStringLiteral("a\n"),
        "Job name has the invalid character `\\n` at position 2; allowed are letters, digits, `-` "
        "and `_`.");
    row("markup", QStringLiteral("<b>x</b>"),
        "Job name has the invalid character `<` at position 1; allowed are letters, digits, `-` "
        "and `_`.");
    row("direction override", QStringLiteral("a\u202Eb"),
        "Job name has the invalid character `\\u202E` at position 2; allowed are letters, digits, "
        "`-` and `_`.");
    row("zero width", QStringLiteral("a\u200Bb"),
        "Job name has the invalid character `\\u200B` at position 2; allowed are letters, digits, "
        "`-` and `_`.");
    row("outside the BMP", QString::fromUtf8("x\xF0\x9F\x98\x80"),
        "Job name has the invalid character `\xF0\x9F\x98\x80` at position 2; allowed are letters, "
        "digits, `-` and `_`.");
}

void TestFieldRules::jobName()
{
    QFETCH(QString, text);
    QFETCH(QString, fault);
    QCOMPARE(jobNameFault(text), fault);
}

void TestFieldRules::resourceName_data()
{
    columns();
    row("dash first is allowed", QStringLiteral("-a"), "");
    row("empty", QString(), "Queue name is required.");
    row("dot", QStringLiteral("a.b"),
        "Queue name has the invalid character `.` at position 2; allowed are letters, digits, `-` "
        "and `_`.");
}

void TestFieldRules::resourceName()
{
    QFETCH(QString, text);
    QFETCH(QString, fault);
    QCOMPARE(resourceNameFault(QStringLiteral("Queue name"), text), fault);
    QCOMPARE(partNameFault(QStringLiteral("Queue name"), text), fault);
}

void TestFieldRules::image_data()
{
    columns();
    for (const char *good :
         {"busybox", "maze/agent:1.2", "localhost:5000/a", "localhost/a/b",
          "registry.example.com:443/team/app:v1_2-rc.3", "a.b__c-d--e",
          "registry.example/library/busybox:1.36", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/x",
          "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          "a:t@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          "batchyard/maze-model-cpp:latest"})
        row(good, QString::fromUtf8(good), "");
    row("empty", QString(), "Image is required.");
    row("256", QString(256, u'a'), "Image must have at most 255 characters (256).");
    row("upper case", QStringLiteral("Nginx"),
        "The image's repository must be lower case: `nginx`.");
    row("upper case in a part", QStringLiteral("a.io/Team/x:1"),
        "The image's repository must be lower case: `team/x`.");
    row("two tags", QStringLiteral("a:b:c"),
        "The image has more than one tag; allowed is registry/repository:tag.");
    row("no tag", QStringLiteral("a:"), "The image ends with `:`; a tag must follow it.");
    row("tag begins with a dot", QStringLiteral("a:.b"),
        "The image's tag `.b` must start with a letter, a digit or `_`.");
    row("long tag", QStringLiteral("a:") + QString(129, u'b'),
        "The image's tag must have at most 128 characters (129).");
    row("space", QStringLiteral("a b"),
        "Image has the invalid character ` ` at position 2; allowed are letters, digits and "
        "`-_./:@`.");
    row("shell", QStringLiteral("a;rm -rf /"),
        "Image has the invalid character `;` at position 2; allowed are letters, digits and "
        "`-_./:@`.");
    row("number sign", QStringLiteral("a#b"),
        "Image has the invalid character `#` at position 2; allowed are letters, digits and "
        "`-_./:@`.");
    row("empty part", QStringLiteral("a//b"),
        "The image's repository `a//b` is not valid; allowed are parts of lower-case letters and "
        "digits, joined by `.`, `_` or `-`, with `/` between them.");
    row("dash at the end", QStringLiteral("a-"),
        "The image's repository `a-` is not valid; allowed are parts of lower-case letters and "
        "digits, joined by `.`, `_` or `-`, with `/` between them.");
    row("three underscores", QStringLiteral("a___b"),
        "The image's repository `a___b` is not valid; allowed are parts of lower-case letters and "
        "digits, joined by `.`, `_` or `-`, with `/` between them.");
    row("only a registry", QStringLiteral("a.io/"),
        "The image's repository `` is not valid; allowed are parts of lower-case letters and "
        "digits, joined by `.`, `_` or `-`, with `/` between them.");
    row("port", QStringLiteral("a.io:x/b"),
        "The image's registry `a.io:x` must be a host name, with a port if need be.");
    row("port too high", QStringLiteral("a.io:65536/b"),
        "The image's registry `a.io:65536` must be a host name, with a port if need be.");
    row("short digest", QStringLiteral("a@sha256:12"),
        "The image's digest `sha256:12` must be `sha256:` and 64 hexadecimal digits.");
}

void TestFieldRules::image()
{
    QFETCH(QString, text);
    QFETCH(QString, fault);
    QCOMPARE(imageFault(text), fault);
}

void TestFieldRules::environmentName_data()
{
    columns();
    row("good", QStringLiteral("PATH_2"), "");
    row("dots and dashes", QStringLiteral("my.setting-x"), "");
    row("like the prefix", QStringLiteral("AWS_REGION"), "");
    row("empty", QString(), "Environment variable name is required.");
    row("equals", QStringLiteral("A=B"),
        "Environment variable name has the invalid character `=` at position 2; allowed are "
        "printable ASCII characters other than `=` and space.");
    row("NUL", QStringLiteral("A") + QChar(u'\0'),
        "Environment variable name has the invalid character `\\u0000` at position 2; allowed are "
        "printable ASCII characters other than `=` and space.");
    row("reserved", QStringLiteral("AWS_BATCH_X"),
        "`AWS_BATCH_X` is reserved: names that start with `AWS_BATCH` are set by AWS Batch.");
    row("reserved without underscore", QStringLiteral("AWS_BATCHY"),
        "`AWS_BATCHY` is reserved: names that start with `AWS_BATCH` are set by AWS Batch.");
}

void TestFieldRules::environmentName()
{
    QFETCH(QString, text);
    QFETCH(QString, fault);
    QCOMPARE(environmentNameFault(text), fault);
}

void TestFieldRules::numbers_data()
{
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("expected");
    const auto is = [](const char *name, const QString &fault, const char *expected) {
        QTest::newRow(name) << fault << QString::fromUtf8(expected);
    };
    const auto vcpu = [](const char *text) { return vcpuFault(QString::fromUtf8(text)); };
    const auto memory = [](const char *text) { return memoryFault(QString::fromUtf8(text)); };
    const auto gpu = [](const char *text) { return gpuFault(QString::fromUtf8(text)); };
    is("1 vCPU", vcpu("1"), "");
    is("0.25 vCPU", vcpu("0.25"), "");
    for (const char *bad : {"0", "-1", "1e3", "NaN", "", " 1", "1.", ".5", "0x2", "10001", "1,5"})
        is(bad, vcpu(bad),
           qPrintable(
               QStringLiteral("VCPU is `%1`; it must be a decimal number above 0 and at most "
                              "10000, for example `1` or `0.5`.")
                   .arg(QString::fromUtf8(bad))));
    is("4 MiB", memory("4"), "");
    is("3 MiB", memory("3"),
       "MEMORY is 3 MiB; it must be at least 4 MiB for AWS Batch; Docker needs 6 MiB.");
    is("half a MiB", memory("512.5"), "MEMORY is `512.5`; it must be a whole number of MiB.");
    is("a unit", memory("2g"), "MEMORY is `2g`; it must be a whole number of MiB.");
    is("beyond int", memory("99999999999"),
       "MEMORY is `99999999999`; it must be a whole number of MiB.");
    is("1 GPU", gpu("1"), "");
    is("0 GPU", gpu("0"), "GPU is `0`; it must be a whole number of 1 or more.");
    is("relative", absolutePathFault(QStringLiteral("hostPath"), QStringLiteral("a/b")),
       "hostPath `a/b` must be an absolute path, starting with `/`.");
    is("parent", absolutePathFault(QStringLiteral("hostPath"), QStringLiteral("/a/../b")),
       "hostPath `/a/../b` must not have `..` in it.");
    is("dots in a name", absolutePathFault(QStringLiteral("hostPath"), QStringLiteral("/a/..b")),
       "");
    is("below", rangeFault(QStringLiteral("stopTimeout"), 1, 2),
       "stopTimeout is 1; it must be 2 or more.");
    is("above", rangeFault(QStringLiteral("attempts"), 11, 1, 10),
       "attempts is 11; it must be from 1 to 10.");
    is("within", rangeFault(QStringLiteral("attempts"), 10, 1, 10), "");
}

void TestFieldRules::numbers()
{
    QFETCH(QString, fault);
    QTEST(fault, "expected");
}

QTEST_GUILESS_MAIN(TestFieldRules)
#include "tst_fieldrules.moc"
