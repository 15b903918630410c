// That nothing which others wrote acts on the terminal of who reads it.
#include "app/terminal.h"

#include <QTest>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

using namespace batchyard;

class TestTerminal : public QObject
{
    Q_OBJECT

private slots:
    void escapes_data();
    void escapes();
    void errorsDoNotAct();
};

void TestTerminal::escapes_data()
{
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("shown");
    const auto row = [](const char *name, const char16_t *given, const char16_t *shown) {
        QTest::newRow(name) << QString::fromUtf16(given) << QString::fromUtf16(shown);
    };
    row("plain", u"a\tb ü 漢 \U0001F600", u"a\tb ü 漢 \U0001F600");
    row("title and colour", u"\u001b]0;x\u0007\u001b[31m", u"\\x1b]0;x\\x07\\x1b[31m");
    row("8 bits", u"\u009b31m", u"\\x9b31m");
    row("line break and deletion", u"a\nb\r\u007f", u"a\\x0ab\\x0d\\x7f");
    row("override and zero width", u"a\u202eb\u200b", u"a\\x202eb\\x200b");
    row("letters in tags", u"\U000E0041", u"\\xe0041");
}

void TestTerminal::escapes()
{
    QFETCH(QString, given);
    QFETCH(QString, shown);
    QCOMPARE(app::escaped(given), shown);
}

void TestTerminal::errorsDoNotAct()
{
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    QVERIFY(master >= 0 && ::grantpt(master) == 0 && ::unlockpt(master) == 0);
    const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
    QVERIFY(terminal >= 0);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(terminal, STDERR_FILENO);
    const int status = app::fail({ErrorCode::NotFound, QString::fromUtf16(u"no \u001b[2J"),
                                  QString::fromUtf16(u"first \u001b]0;x\u0007\nsecond")});
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(terminal); // so that reading comes to an end
    QByteArray bytes;
    std::array<char, 256> part{};
    for (ssize_t count = 1; count > 0;) {
        count = ::read(master, part.data(), part.size());
        bytes.append(part.data(), qMax<ssize_t>(0, count));
    }
    ::close(master);
    QCOMPARE(status, 1);
    QCOMPARE(bytes, QByteArray("batchyard: no \\x1b[2J\r\n  first \\x1b]0;x\\x07\r\nsecond\r\n"));
}

QTEST_GUILESS_MAIN(TestTerminal)
#include "tst_terminal.moc"
