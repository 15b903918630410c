#include "backend/maze/grammar.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace batchyard::maze;
using grammar::Pair;

class TestGrammar : public QObject
{
    Q_OBJECT

private slots:
    void size_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("fits");
        QTest::newRow("as Python prints it")
            << QByteArray("SIZE {'width': 80, 'height': 20}") << true;
        QTest::newRow("JSON quotes") << QByteArray("SIZE {\"width\": 80, \"height\": 20}") << true;
        QTest::newRow("no spaces") << QByteArray("SIZE {'width':80,'height':20}") << true;
        QTest::newRow("order") << QByteArray("SIZE {'height': 20, 'width': 80}") << false;
        QTest::newRow("missing") << QByteArray("SIZE {'width': 80}") << false;
        QTest::newRow("text") << QByteArray("SIZE {'width': 'x', 'height': 20}") << false;
        QTest::newRow("open end") << QByteArray("SIZE {'width': 80, 'height': 20") << false;
        QTest::newRow("more") << QByteArray("SIZE {'width': 80, 'height': 20} x") << false;
        QTest::newRow("empty") << QByteArray("SIZE") << false;
    }

    void size()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, fits);
        QCOMPARE(grammar::dictionary(line, "SIZE", "width", "height"),
                 fits ? std::optional(Pair(80, 20)) : std::nullopt);
    }

    void hugeNumbersStayHuge()
    {
        const auto pair = grammar::dictionary("SIZE {'width': 99999999999999999999, 'height': "
                                              "-99999999999999999999}",
                                              "SIZE", "width", "height");
        QVERIFY(pair);
        QCOMPARE(pair->first, std::numeric_limits<qint64>::max());
        QCOMPARE(pair->second, std::numeric_limits<qint64>::min());
    }

    void places()
    {
        QCOMPARE(grammar::place("(32, 2) key found", "key found"), Pair(32, 2));
        QCOMPARE(grammar::place("(79, 16) exit", "exit"), Pair(79, 16));
        QVERIFY(!grammar::place("(79, 16) exits", "exit"));
        QVERIFY(!grammar::place("(79 16) exit", "exit"));
        QVERIFY(!grammar::place("79, 16 exit", "exit"));
        QCOMPARE(grammar::length("Solution length: 437"), 437);
        QVERIFY(!grammar::length("Solution length: 437 cells"));
        QVERIFY(!grammar::length("Solution length:"));
        QCOMPARE(grammar::progress("30.06%"), 30.06);
        QCOMPARE(grammar::progress("100%"), 100.0);
        QVERIFY(!grammar::progress("101%"));
        QVERIFY(!grammar::progress("a%"));
    }

    void access_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("isAccess");
        QTest::addColumn<QPoint>("position");
        const QPoint none(-1, -1);
        QTest::newRow("Flask") << QByteArray(
            "127.0.0.1 - - [24/Nov/2026 00:20:52] \"GET /maze/pos/0/38 HTTP/1.1\" 200 -")
                               << true << QPoint(38, 0);
        QTest::newRow("uvicorn") << QByteArray(
            "INFO:     127.0.0.1:1 - \"GET /maze/pos/7/3 HTTP/1.1\" 200 OK")
                                 << true << QPoint(3, 7);
        QTest::newRow("query") << QByteArray("\"GET /maze/pos/7/3?a HTTP/1.1\" 200 -") << true
                               << QPoint(3, 7);
        QTest::newRow("not found")
            << QByteArray("\"GET /maze/pos/7/3 HTTP/1.1\" 404 -") << true << none;
        QTest::newRow("size") << QByteArray("\"GET /maze/size HTTP/1.1\" 200 -") << true << none;
        QTest::newRow("list") << QByteArray("\"POST /maze/map HTTP/1.1\" 200 -") << true << none;
        QTest::newRow("no numbers")
            << QByteArray("\"GET /maze/pos/a/b HTTP/1.1\" 200 -") << true << none;
        QTest::newRow("cut") << QByteArray("\"GET /maze/pos/7/3") << true << none;
        QTest::newRow("other") << QByteArray("\"GET /health HTTP/1.1\" 200 -") << false << none;
        QTest::newRow("empty") << QByteArray() << false << none;
    }

    void access()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, isAccess);
        QFETCH(QPoint, position);
        const auto access = grammar::access(line);
        QCOMPARE(access.has_value(), isAccess);
        if (!access)
            return;
        QCOMPARE(access->position.has_value(), position.x() >= 0);
        if (access->position)
            QCOMPARE(*access->position, Pair(position.x(), position.y()));
    }

    void walk_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<qsizetype>("cells");
        QTest::addColumn<bool>("isWhole");
        QTest::newRow("two") << QByteArray("[(0, 18), (1, 18)]") << qsizetype(2) << true;
        QTest::newRow("one") << QByteArray("[(0, 18)]") << qsizetype(1) << true;
        QTest::newRow("words") << QByteArray("[(a, b)]") << qsizetype(0) << false;
        QTest::newRow("nested") << QByteArray("[(0, 0), [(1, 0)]]") << qsizetype(1) << false;
        QTest::newRow("unclosed") << QByteArray("[(0, 0), (1, 0)") << qsizetype(2) << false;
        QTest::newRow("half a pair") << QByteArray("[(0, 0), (1,") << qsizetype(1) << false;
        QTest::newRow("three numbers") << QByteArray("[(0, 0, 0)]") << qsizetype(0) << false;
        QTest::newRow("huge") << QByteArray("[(99999999999999999999, -5)]") << qsizetype(1) << true;
        QTest::newRow("trailing text") << QByteArray("[(0, 0)] x") << qsizetype(1) << false;
        QTest::newRow("nothing") << QByteArray() << qsizetype(0) << false;
        QTest::newRow("binary") << QByteArray("[(0, 0), \0\x1b[31m", 14) << qsizetype(1) << false;
    }

    void walk()
    {
        QFETCH(QByteArray, line);
        QFETCH(qsizetype, cells);
        QFETCH(bool, isWhole);
        const grammar::Walk walk = grammar::walk(line);
        QCOMPARE(walk.cells.size(), cells);
        QCOMPARE(walk.error.isEmpty(), isWhole);
        QVERIFY(!walk.error.contains(u'\x1b'));
    }

    void mutatedBytesNeverHurt()
    {
        QRandomGenerator random(1);
        const QByteArray good = "[(0, 18), (1, 18), (2, 18), (3, 18)]";
        for (int round = 0; round < 20000; ++round) {
            QByteArray line = good;
            for (int i = 0; i < 3; ++i)
                line[random.bounded(line.size())] = char(random.bounded(256));
            line.truncate(random.bounded(line.size() + 1));
            QVERIFY(grammar::walk(line).cells.size() <= 4);
            (void)grammar::dictionary(line, "SIZE", "width", "height");
            (void)grammar::place(line, "exit");
            (void)grammar::access(QByteArray("\"GET /maze/pos/" + line));
        }
    }

    void aMillionCells()
    {
        QByteArray line = "[";
        for (int i = 0; i < 1'000'000; ++i)
            line += (i == 0 ? "(" : ", (") + QByteArray::number(i % 2001) + ", "
                + QByteArray::number(i / 2001) + ')';
        line += ']';
        QElapsedTimer timer;
        timer.start();
        const grammar::Walk walk = grammar::walk(line);
        qInfo("%.1f million cells a second", 1e9 / double(timer.nsecsElapsed()) / 1.0);
        QCOMPARE(walk.cells.size(), 1'000'000);
        QCOMPARE(walk.cells.last(), QPoint(999'999 % 2001, 999'999 / 2001));
    }
};

QTEST_GUILESS_MAIN(TestGrammar)
#include "tst_grammar.moc"
