#include "backend/batch/wording.h"

#include <QTest>

using namespace batchyard::batch;

class TestWording : public QObject
{
    Q_OBJECT

private slots:
    void shows_data();
    void shows();
    void alternativesInWords();
    void nearestName_data();
    void nearestName();
};

void TestWording::shows_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << QStringLiteral("a b") << QStringLiteral("`a b`");
    QTest::newRow("empty") << QString() << QStringLiteral("``");
    QTest::newRow("controls") << QStringLiteral("a\n\t\r\x1b\x7f")
                              << QStringLiteral("`a\\n\\t\\r\\u001B\\u007F`");
    QTest::newRow("direction") << QStringLiteral("\u202Eabc") << QStringLiteral("`\\u202Eabc`");
    QTest::newRow("zero width") << QStringLiteral("a\u200B\u2060")
                                << QStringLiteral("`a\\u200B\\u2060`");
    QTest::newRow("line separator") << QStringLiteral("a\u2028") << QStringLiteral("`a\\u2028`");
    QTest::newRow("lone surrogate") << QString(QChar(0xD800)) << QStringLiteral("`\uFFFD`");
    QTest::newRow("emoji") << QString::fromUtf8("\xF0\x9F\x98\x80")
                           << QString::fromUtf8("`\xF0\x9F\x98\x80`");
    QTest::newRow("80") << QString(80, u'x') << QString(u'`' + QString(80, u'x') + u'`');
    QTest::newRow("81") << QString(81, u'x') << QString(u'`' + QString(80, u'x') + u"\u2026`");
}

void TestWording::shows()
{
    QFETCH(QString, text);
    QTEST(shown(text), "expected");
    QCOMPARE(shownName(text.left(80)), shown(text.left(80)).mid(1).chopped(1));
    QCOMPARE(shownName(QString(301, u'x')), QString(QString(300, u'x') + u'\u2026'));
}

void TestWording::alternativesInWords()
{
    const QString a = QStringLiteral("a");
    const QString b = QStringLiteral("b");
    QCOMPARE(alternatives({}), QString());
    QCOMPARE(alternatives({a}), QStringLiteral("`a`"));
    QCOMPARE(alternatives({a, b}), QStringLiteral("`a` or `b`"));
    QCOMPARE(alternatives({a, b, a}), QStringLiteral("`a`, `b` or `a`"));
}

void TestWording::nearestName_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("missing letter") << QStringLiteral("comand") << QStringLiteral("command");
    QTest::newRow("case") << QStringLiteral("Command") << QStringLiteral("command");
    QTest::newRow("singular") << QStringLiteral("vcpu") << QStringLiteral("vcpus");
    QTest::newRow("far") << QStringLiteral("healthCheck") << QString();
    QTest::newRow("long") << QString(1000, u'c') << QString();
    QTest::newRow("empty") << QString() << QString();
}

void TestWording::nearestName()
{
    QFETCH(QString, text);
    QTEST(nearest(text,
                  {QStringLiteral("command"), QStringLiteral("vcpus"), QStringLiteral("image")}),
          "expected");
}

QTEST_GUILESS_MAIN(TestWording)
#include "tst_wording.moc"
