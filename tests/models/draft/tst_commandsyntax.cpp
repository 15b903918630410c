#include "models/draft/commandsyntax.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::models;

class CommandSyntaxTest : public QObject
{
    Q_OBJECT

private slots:
    void words_data();
    void words();
    void json_data();
    void json();
    void bothWays_data();
    void bothWays();
};

void CommandSyntaxTest::words_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<int>("column"); // of the fault; 0 for none
    const auto good = [](const char *name, const QString &text, const QStringList &command) {
        QTest::newRow(name) << text << command << 0;
    };
    good("nothing", u""_s, {});
    good("blanks alone", u"  \t "_s, {});
    good("two words", u"sleep  10"_s, {u"sleep"_s, u"10"_s});
    good("single quotes keep all", u"sh -c 'echo \"$HOME\" \\n'"_s,
         {u"sh"_s, u"-c"_s, u"echo \"$HOME\" \\n"_s});
    good("double quotes with escapes", u"\"a \\\"b\\\" \\\\ \\n\""_s, {u"a \"b\" \\ \\n"_s});
    good("an empty word", u"a '' b"_s, {u"a"_s, QString(), u"b"_s});
    good("quotes inside a word", u"--name='x y'z"_s, {u"--name=x yz"_s});
    good("an escaped blank", u"a\\ b"_s, {u"a b"_s});
    good("no shell: a semicolon is text", u"a; rm -rf /"_s, {u"a;"_s, u"rm"_s, u"-rf"_s, u"/"_s});
    good("a parameter", u"run Ref::width"_s, {u"run"_s, u"Ref::width"_s});
    QTest::newRow("open single quote") << u"echo 'a b"_s << QStringList() << 6;
    QTest::newRow("open double quote") << u"\"a"_s << QStringList() << 1;
    QTest::newRow("backslash at the end") << u"ab\\"_s << QStringList() << 3;
}

void CommandSyntaxTest::words()
{
    QFETCH(QString, text);
    QFETCH(QStringList, command);
    QFETCH(int, column);
    const CommandText read = commandFromWords(text);
    QCOMPARE(read.isValid(), column == 0);
    QCOMPARE(read.column, column);
    QCOMPARE(read.words, command);
    if (column > 0)
        QVERIFY2(read.problem.contains(QString::number(column)), qPrintable(read.problem));
}

void CommandSyntaxTest::json_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<bool>("valid");
    QTest::newRow("empty") << u""_s << QStringList() << true;
    QTest::newRow("a list") << u"[\"sh\", \"-c\"]"_s << QStringList{u"sh"_s, u"-c"_s} << true;
    QTest::newRow("an empty list") << u"[]"_s << QStringList() << true;
    QTest::newRow("a number in it") << u"[\"a\", 1]"_s << QStringList() << false;
    QTest::newRow("an object") << u"{\"a\": 1}"_s << QStringList() << false;
    QTest::newRow("not closed") << u"[\"a\""_s << QStringList() << false;
    QTest::newRow("single quotes") << u"['a']"_s << QStringList() << false;
}

void CommandSyntaxTest::json()
{
    QFETCH(QString, text);
    QFETCH(QStringList, command);
    QFETCH(bool, valid);
    const CommandText read = commandFromJson(text);
    QCOMPARE(read.isValid(), valid);
    QCOMPARE(read.words, command);
    QCOMPARE(read.problem.isEmpty(), valid);
}

void CommandSyntaxTest::bothWays_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("plain") << QStringList{u"/agent"_s, u"--seed"_s, u"7"_s};
    QTest::newRow("blanks and quotes") << QStringList{u"sh"_s, u"-c"_s, u"echo 'a' \"b\""_s};
    QTest::newRow("empty words") << QStringList{QString(), u"a"_s, QString()};
    QTest::newRow("backslashes") << QStringList{u"a\\b"_s, u"it's \\ \"x\""_s};
    QTest::newRow("line breaks and letters") << QStringList{u"a\nb"_s, u"ü 😀"_s};
}

void CommandSyntaxTest::bothWays()
{
    QFETCH(QStringList, command);
    QCOMPARE(commandFromWords(commandToWords(command)).words, command);
    QCOMPARE(commandFromJson(commandToJson(command)).words, command);
}

QTEST_GUILESS_MAIN(CommandSyntaxTest)
#include "tst_commandsyntax.moc"
