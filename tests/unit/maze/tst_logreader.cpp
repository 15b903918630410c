#include "backend/maze/logreader.h"

#include <QRandomGenerator>
#include <QTest>

using namespace batchyard::maze;

namespace {

const QString agent = QStringLiteral("walker"); // names that say nothing
const QString model = QStringLiteral("x1");

// S at (0,1), K at (1,0), E at (2,1).
const QList<QByteArray> mapRows{"+-+-+-+", "|  K  |", "+ +-+ +", " S   E ", "+-+-+-+"};

const QList<QByteArray> agentLines{"SIZE {'width': 3, 'height': 2}",
                                   "START {'x': 0, 'y': 1}",
                                   "(1, 0) key found",
                                   "(2, 1) exit",
                                   "Solution length: 5",
                                   "[(0, 1), (0, 0), (1, 0), (2, 0), (2, 1)]"};

QByteArray access(int x, int y)
{
    return "127.0.0.1 - - [24/Nov/2026 00:20:52] \"GET /maze/pos/" + QByteArray::number(y) + '/'
        + QByteArray::number(x) + " HTTP/1.1\" 200 -";
}

LogReader::Changes feedAll(LogReader &reader, const QString &container,
                           const QList<QByteArray> &lines)
{
    LogReader::Changes changes;
    for (const QByteArray &line : lines)
        changes |= reader.feed(container, line);
    return changes;
}

} // namespace

class TestLogReader : public QObject
{
    Q_OBJECT

private slots:
    void readsAWholeRun()
    {
        LogReader reader;
        feedAll(reader, model, {"50.00%", "100.00%"});
        QCOMPARE(reader.verdict().outcome, Verdict::Outcome::Building);
        feedAll(reader, model, mapRows);
        feedAll(reader, model, {" * Serving Flask app 'app'"});
        QCOMPARE(reader.map().size(), QSize(3, 2));
        QCOMPARE(reader.start(), QPoint(0, 1));
        QCOMPARE(reader.key(), QPoint(1, 0));
        QCOMPARE(reader.exit(), QPoint(2, 1));

        feedAll(reader, agent, agentLines.first(2));
        QVERIFY(reader.feed(model, access(0, 1)) & LogReader::Steps);
        QCOMPARE(reader.feed(model, access(0, 1)), LogReader::Nothing); // asked again
        QVERIFY(reader.feed(model, access(0, 0)) & LogReader::Steps);
        QCOMPARE(reader.walk(), (QList<QPoint>{{0, 1}, {0, 0}}));
        QCOMPARE(reader.verdict().outcome, Verdict::Outcome::Walking);
        QCOMPARE(verdictSentence(reader.verdict()),
                 QStringLiteral("On the way: 1 step so far, the key is not found yet."));

        QVERIFY(feedAll(reader, agent, agentLines.sliced(2)) & LogReader::WalkReplaced);
        QVERIFY(reader.isWalkFinal());
        QCOMPARE(reader.walk().size(), 5);
        QCOMPARE(reader.keyStep(), 2);
        QCOMPARE(reader.exitStep(), 4);
        QCOMPARE(reader.feed(model, access(0, 0)), LogReader::Nothing);
        QCOMPARE(reader.walk().size(), 5);
        QCOMPARE(reader.agent(), agent);
        QCOMPARE(reader.model(), model);
        QCOMPARE(reader.problems(), QStringList());
        QCOMPARE(verdictSentence(reader.verdict()),
                 QStringLiteral("Solved in 4 steps; the shortest way has 4."));
    }

    void mapOfTheAgentAlone()
    {
        LogReader reader;
        feedAll(reader, agent, agentLines);
        QVERIFY(reader.map().isEmpty());
        QCOMPARE(verdictSentence(reader.verdict()), QStringLiteral("Solved in 4 steps."));
        const QList<QByteArray> walked{"+-+-+-+", "|* K *|", "+ +-+ +", " S   E ", "+-+-+-+"};
        QVERIFY(feedAll(reader, agent, walked) & LogReader::MapRead);
        QCOMPARE(reader.map().size(), QSize(3, 2));
        QCOMPARE(reader.verdict().shortest, 4);
    }

    void mapRowsAmongOtherLines()
    {
        LogReader reader;
        for (const QByteArray &row : mapRows) {
            reader.feed(model, row);
            reader.feed(model, "\"GET /health HTTP/1.1\" 200 -");
        }
        QCOMPARE(reader.map().size(), QSize(3, 2));
        QCOMPARE(reader.problems(), QStringList());
    }

    void mapAsLastLinesIsTakenAtTheEnd()
    {
        LogReader reader;
        feedAll(reader, model, mapRows);
        QVERIFY(reader.finish() & LogReader::MapRead);
        QCOMPARE(reader.map().size(), QSize(3, 2));
    }

    void bothInOneContainer()
    {
        LogReader reader;
        const QString all = QStringLiteral("all");
        feedAll(reader, all, mapRows);
        feedAll(reader, all, agentLines);
        QCOMPARE(reader.verdict().shortest, 4);
        QCOMPARE(reader.problems(), QStringList());
    }

    void onlyTheModelsLog()
    {
        LogReader reader;
        feedAll(reader, model, mapRows);
        for (const QPoint cell :
             {QPoint(0, 1), QPoint(0, 0), QPoint(1, 0), QPoint(2, 0), QPoint(2, 1)})
            reader.feed(model, access(cell.x(), cell.y()));
        QCOMPARE(verdictSentence(reader.verdict()),
                 QStringLiteral("Solved in 4 steps; the shortest way has 4."));
    }

    void unknownSizeGrowsWithTheWalk()
    {
        LogReader reader;
        reader.feed(model, access(0, 1));
        QCOMPARE(reader.size(), QSize(1, 2));
        QVERIFY(reader.feed(model, access(1, 1)) & LogReader::Facts);
        QCOMPARE(reader.size(), QSize(2, 2));
        reader.feed(model, access(99999, 1));
        QCOMPARE(reader.size(), QSize(2, 2));
    }

    void ends_data()
    {
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("no moves left")
            << (agentLines.first(2) + QList<QByteArray>{"No moves left"})
            << QStringLiteral("Not solved: the agent had no moves left after 0 steps.");
        QTest::newRow("error") << QList<QByteArray>{"ERROR ConnectionError: refused"}
                               << QStringLiteral("Not solved: ConnectionError: refused");
        QTest::newRow("killed")
            << agentLines.first(3)
            << QStringLiteral("Not solved: the logs end after 0 steps and the exit was not "
                              "reached; the key was found.");
        QTest::newRow("another program")
            << QList<QByteArray>{"hello"}
            << QStringLiteral("This is no maze log: no SIZE line in the first 200 lines.");
        QTest::newRow("length only")
            << (agentLines.first(4) + QList<QByteArray>{"Solution length: 1215"})
            << QStringLiteral("Solved in 1,214 steps.");
        QTest::newRow("length below all numbers")
            << (agentLines.first(4) + QList<QByteArray>{"Solution length: -9223372036854775808"})
            << QStringLiteral("Solved in 0 steps.");
    }

    void ends()
    {
        QFETCH(QList<QByteArray>, lines);
        QFETCH(QString, sentence);
        LogReader reader;
        feedAll(reader, agent, lines);
        reader.finish();
        QCOMPARE(verdictSentence(reader.verdict()), sentence);
    }

    void problems_data()
    {
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::addColumn<QString>("problem");
        QTest::addColumn<qsizetype>("walkLength");
        const QByteArray size = agentLines[0];
        const auto row
            = [](const char *name, const QList<QByteArray> &lines, const QString &problem,
                 qsizetype length = 0) { QTest::newRow(name) << lines << problem << length; };
        row("width of a billion", {"SIZE {'width': 1000000000, 'height': 20}"},
            QStringLiteral("Line 1 of walker says SIZE 1000000000 x 20: width and height must be "
                           "1 to 4001."));
        row("negative", {"SIZE {'width': -1, 'height': 20}"},
            QStringLiteral(
                "Line 1 of walker says SIZE -1 x 20: width and height must be 1 to 4001."));
        row("zero", {"SIZE {'width': 0, 'height': 20}"},
            QStringLiteral(
                "Line 1 of walker says SIZE 0 x 20: width and height must be 1 to 4001."));
        row("no numbers", {"SIZE 80x20"},
            QStringLiteral("Line 1 of walker is no SIZE line: \"SIZE 80x20\"."));
        row("twice", {size, "x", size},
            QStringLiteral("SIZE stands in walker twice, in lines 1 and 3; the first counts."));
        row("list before the size", {"[(0, 0), (1, 0), (2, 0), (3, 0)]", size},
            QStringLiteral(
                "Cell 4 of the list of moves cannot be (3, 0): it is outside the maze of "
                "3 x 2; the walk is drawn up to there."),
            3);
        row("start before the size", {"START {'x': 3, 'y': 1}", size},
            QStringLiteral("START at (3, 1) is outside the maze of 3 x 2 that SIZE says later."));
        row("start outside", {size, "START {'x': 3, 'y': 1}"},
            QStringLiteral(
                "Line 2 of walker says START (3, 1), which is outside the maze of 3 x 2."));
        row("key outside", {size, "(5, 99999999999) key found"},
            QStringLiteral("Line 2 of walker says key found at (5, 99999999999), which is outside "
                           "the maze of 3 x 2."));
        row("exit before the key", {size, "(2, 1) exit"},
            QStringLiteral("Line 2 of walker says exit at (2, 1) before any key was found."));
        row("words in the list", {size, "[(0, 1), (a, b)]"},
            QStringLiteral("The list of moves breaks off: after 1 pairs there is \"(a, b)]\" "
                           "instead of a pair or the end; the walk is drawn up to there."),
            1);
        row("a jump", {size, "[(0, 1), (2, 1)]"},
            QStringLiteral("Cell 2 of the list of moves cannot be (2, 1): (0, 1) before it is 2 "
                           "cells away; the walk is drawn up to there."),
            1);
        row("outside", {size, "[(0, 1), (0, 2)]"},
            QStringLiteral("Cell 2 of the list of moves cannot be (0, 2): it is outside the maze "
                           "of 3 x 2; the walk is drawn up to there."),
            1);
        row("through a wall", mapRows + QList<QByteArray>{size, "[(0, 1), (1, 1), (1, 0)]"},
            QStringLiteral("Cell 3 of the list of moves cannot be (1, 0): there is a wall between "
                           "it and (1, 1) before it; the walk is drawn up to there."),
            2);
        row("length and list differ", {size, "Solution length: 7", "[(0, 1), (1, 1)]"},
            QStringLiteral("Solution length says 7, but the list has 2 cells."), 2);
        row("ragged map",
            {"+-+-+-+", "|   |", "+-+-+-+", "|  K  |", "+-+-+-+", "x", "+-+-+-+", "| |"},
            QStringLiteral("Row 2 of the map in walker does not fit the rows above it: it has 5 "
                           "characters (line 2)."));
        row("map of another size", mapRows + QList<QByteArray>{"SIZE {'width': 4, 'height': 2}"},
            QStringLiteral("The map has 3 x 2 cells, but SIZE says 4 x 2; the map is left out."));
    }

    void problems()
    {
        QFETCH(QList<QByteArray>, lines);
        QFETCH(QString, problem);
        QFETCH(qsizetype, walkLength);
        LogReader reader;
        feedAll(reader, agent, lines);
        QVERIFY2(reader.problems().contains(problem), qPrintable(reader.problems().join(u'\n')));
        QCOMPARE(reader.walk().size(), walkLength);
    }

    void twoAgents()
    {
        LogReader reader;
        feedAll(reader, agent, agentLines);
        feedAll(reader, QStringLiteral("other"), {"SIZE {'width': 9, 'height': 9}"});
        QCOMPARE(reader.size(), QSize(3, 2));
        QCOMPARE(reader.problems(),
                 QStringList{QStringLiteral(
                     "walker and other both write an agent's log; the walk of walker is shown.")});
    }

    void carriageReturnsAreNoPartOfALine()
    {
        LogReader reader;
        for (const QByteArray &line : agentLines)
            reader.feed(agent, QByteArray(line + '\r'));
        QCOMPARE(reader.verdict().outcome, Verdict::Outcome::Solved);
    }

    void hostileLinesNeverHurt()
    {
        QRandomGenerator random(7);
        QList<QByteArray> good = mapRows + agentLines;
        good << access(1, 1) << "No moves left"
             << "40.00%"
             << "ERROR X: y";
        for (int round = 0; round < 300; ++round) {
            LogReader reader;
            for (int i = 0; i < 60; ++i) {
                QByteArray line = good[random.bounded(good.size())];
                if (random.bounded(3) == 0)
                    line[random.bounded(line.size())] = char(random.bounded(256));
                if (random.bounded(10) == 0)
                    line.truncate(random.bounded(line.size()));
                reader.feed(random.bounded(2) == 0 ? agent : model, line);
                QVERIFY(reader.problems().size() <= 50);
            }
            reader.finish();
            (void)verdictSentence(reader.verdict());
            QVERIFY(!reader.keyStep() || *reader.keyStep() < reader.walk().size());
        }
    }
};

QTEST_GUILESS_MAIN(TestLogReader)
#include "tst_logreader.moc"
