// Every model with every agent: the way through the maze, the log grammar to the letter, and that
// the logs alone tell the whole story.
#include "programs.h"

#include "backend/maze/grammar.h"
#include "backend/maze/logreader.h"

#include <QRegularExpression>
#include <QTest>

using namespace batchyard;
using namespace simulation;

namespace {

Variables size(int width, int height, int seed)
{
    return {{QStringLiteral("MAZE_WIDTH"), QString::number(width)},
            {QStringLiteral("MAZE_HEIGHT"), QString::number(height)},
            {QStringLiteral("MAZE_SEED"), QString::number(seed)}};
}

Variables towards(const Model &model, int seed)
{
    return {{QStringLiteral("MODEL_URL"), model.url()},
            {QStringLiteral("AGENT_SEED"), QString::number(seed)}};
}

void feed(maze::LogReader &reader, const QString &container, const QByteArray &text)
{
    for (const QByteArray &line : text.split('\n')) {
        if (!line.isEmpty())
            reader.feed(container, line);
    }
}

} // namespace

class TestMazeRun : public QObject
{
    Q_OBJECT

private slots:
    void solves_data()
    {
        QTest::addColumn<QString>("modelLanguage");
        QTest::addColumn<QString>("agentLanguage");
        QTest::addColumn<QSize>("mazeSize");
        const QString cpp = QStringLiteral("cpp");
        const QString python = QStringLiteral("python");
        for (const QString &model : {cpp, python}) {
            for (const QString &agent : {cpp, python}) {
                for (const QSize mazeSize : {QSize(2, 2), QSize(12, 7), QSize(2, 30)}) {
                    QTest::addRow("%s model, %s agent, %d x %d", qPrintable(model),
                                  qPrintable(agent), mazeSize.width(), mazeSize.height())
                        << model << agent << mazeSize;
                }
            }
        }
        QTest::newRow("C++, the standard size") << cpp << cpp << QSize(80, 20);
        QTest::newRow("C++, 301 x 301") << cpp << cpp << QSize(301, 301);
    }

    void solves()
    {
        QFETCH(QString, modelLanguage);
        QFETCH(QString, agentLanguage);
        QFETCH(QSize, mazeSize);
        Model model(modelLanguage, size(mazeSize.width(), mazeSize.height(), 11));
        Program agent(QStringLiteral("agent"), agentLanguage, towards(model, 5));
        QVERIFY2(agent.waitForEnd(100000), "the agent does not end");
        QCOMPARE(agent.exitStatus(), 0);
        QCOMPARE(agent.errors(), QByteArray());

        checkGrammar(agent.output(), mazeSize);
        checkLogs(model.output(), model.errors(), agent.output());
    }

    void sameSeedSameMaze_data()
    {
        QTest::addColumn<QSize>("mazeSize");
        QTest::newRow("2 x 2") << QSize(2, 2);
        QTest::newRow("80 x 20") << QSize(80, 20);
        QTest::newRow("3 x 200") << QSize(3, 200);
        QTest::newRow("501 x 501") << QSize(501, 501);
    }

    void sameSeedSameMaze()
    {
        QFETCH(QSize, mazeSize);
        for (const int seed : {0, 1, 20261124}) {
            Model cpp(QStringLiteral("cpp"), size(mazeSize.width(), mazeSize.height(), seed));
            Model python(QStringLiteral("python"), size(mazeSize.width(), mazeSize.height(), seed));
            QVERIFY(cpp.waitUntilReady() && python.waitUntilReady());
            const auto beforeBanner
                = [](const QByteArray &text) { return text.first(text.indexOf(" * Serving")); };
            QVERIFY(beforeBanner(cpp.output()) == beforeBanner(python.output()));
        }
    }

    void sameSeedSameWalk()
    {
        Model model(QStringLiteral("cpp"), size(20, 20, 3));
        Program cpp(QStringLiteral("agent"), QStringLiteral("cpp"), towards(model, 9));
        Program python(QStringLiteral("agent"), QStringLiteral("python"), towards(model, 9));
        QVERIFY(cpp.waitForEnd() && python.waitForEnd());
        QCOMPARE(cpp.output(), python.output());
    }

    void withoutSeedTheMazesDiffer()
    {
        for (const char *language : {"cpp", "python"}) {
            Model one(QString::fromLatin1(language));
            Model two(QString::fromLatin1(language));
            QVERIFY(one.waitUntilReady() && two.waitUntilReady());
            QVERIFY(one.output() != two.output());
            QVERIFY(one.errors().contains("MAZE_SEED="));
        }
    }

    void theLargestMaze()
    {
        Model model(QStringLiteral("cpp"), size(2001, 2001, 1));
        QVERIFY(model.waitUntilReady());
        maze::LogReader reader;
        feed(reader, QStringLiteral("model"), model.output());
        QCOMPARE(reader.map().size(), QSize(2001, 2001));
        const auto toKey = reader.map().distance(*reader.start(), *reader.key());
        const auto toExit = reader.map().distance(*reader.key(), *reader.exit());
        QVERIFY(toKey && toExit);
    }

    void noMapWhenNotAskedFor()
    {
        Model model(QStringLiteral("cpp"), size(5, 5, 1));
        for (const char *language : {"cpp", "python"}) {
            Program agent(
                QStringLiteral("agent"), QString::fromLatin1(language),
                towards(model, 1)
                    + Variables{{QStringLiteral("AGENT_PRINT_MAP"), QStringLiteral("0")}});
            QVERIFY(agent.waitForEnd());
            QCOMPARE(agent.output().count('\n'), 6);
        }
    }

private:
    static void checkGrammar(const QByteArray &log, QSize mazeSize)
    {
        const QStringList lines = QString::fromLatin1(log).split(u'\n');
        QCOMPARE(lines.size(), 6 + 2 * mazeSize.height() + 1 + 1);
        const QStringList forms{
            QStringLiteral(R"(SIZE \{'width': %1, 'height': %2\})")
                .arg(mazeSize.width())
                .arg(mazeSize.height()),
            QStringLiteral(R"(START \{'x': 0, 'y': \d+\})"),
            QStringLiteral(R"(\(\d+, \d+\) key found)"),
            QStringLiteral(R"(\(%1, \d+\) exit)").arg(mazeSize.width() - 1),
            QStringLiteral(R"(Solution length: \d+)"),
            QStringLiteral(R"(\[\(\d+, \d+\)(, \(\d+, \d+\))*\])"),
        };
        for (qsizetype i = 0; i < 5; ++i) {
            QVERIFY2(QRegularExpression(QRegularExpression::anchoredPattern(forms[i]))
                         .match(lines[i])
                         .hasMatch(),
                     qPrintable(lines[i]));
        }
        const maze::grammar::Walk walk = maze::grammar::walk(lines[5].toLatin1());
        QCOMPARE(walk.error, QString());
        QCOMPARE(lines[4], QStringLiteral("Solution length: %1").arg(walk.cells.size()));
        for (qsizetype i = 6; i < lines.size() - 1; ++i)
            QCOMPARE(lines[i].size(), 2 * mazeSize.width() + 1);
        QCOMPARE(lines.last(), QString());
    }

    static void checkLogs(const QByteArray &modelOutput, const QByteArray &modelErrors,
                          const QByteArray &agentOutput)
    {
        const QString model = QStringLiteral("a");
        const QString agent = QStringLiteral("b");
        maze::LogReader live;
        feed(live, model, modelOutput);
        feed(live, model, modelErrors);
        maze::LogReader whole = live;
        feed(whole, agent, agentOutput);
        QCOMPARE(whole.problems(), QStringList());
        QCOMPARE(whole.verdict().outcome, maze::Verdict::Outcome::Solved);
        QCOMPARE(live.walk(), whole.walk());
        QVERIFY(whole.verdict().shortest && *whole.verdict().shortest <= whole.verdict().steps);
        QVERIFY(whole.map() == live.map());

        maze::LogReader agentOnly;
        feed(agentOnly, agent, agentOutput);
        agentOnly.finish();
        QVERIFY(agentOnly.map() == whole.map());
        QVERIFY(agentOnly.verdict() == whole.verdict());
    }
};

QTEST_GUILESS_MAIN(TestMazeRun)
#include "tst_mazerun.moc"
