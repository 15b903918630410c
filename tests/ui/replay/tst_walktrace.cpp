#include "ui/replay/walktrace.h"

#include "mazesample.h"

#include "backend/maze/grammar.h"

#include <QRandomGenerator>
#include <QTest>

using namespace batchyard;
using ui::WalkTrace;

class TestWalkTrace : public QObject
{
    Q_OBJECT

private slots:
    void countsBothWays()
    {
        const QList<QPoint> walk{{0, 0}, {1, 0}, {0, 0}, {0, 1}};
        WalkTrace trace;
        trace.reset({2, 2});
        QCOMPARE(trace.moveTo(walk, 3).size(), 3U); // two cells and the passage between
        QVERIFY(trace.isRightWalked({0, 0}));
        QVERIFY(trace.isCellWalked({1, 0}));
        QVERIFY(!trace.isDownWalked({0, 0}));
        QVERIFY(trace.moveTo(walk, 2).empty()); // the cell and the passage were walked twice
        QVERIFY(trace.isCellWalked({0, 0}));
        QCOMPARE(trace.moveTo(walk, 4).size(), 2U);
        QVERIFY(trace.isDownWalked({0, 0}));
        QCOMPARE(trace.moveTo(walk, 0).size(), 5U);
        QVERIFY(!trace.isCellWalked({0, 0}));
        QVERIFY(trace.moveTo(walk, 100).size() == 5U);
        QCOMPARE(trace.count(), 4);
    }

    void leavesOutWhatCannotBe()
    {
        const QList<QPoint> walk{{0, 0}, {5, 5}, {1, 1}, {-1, 0}};
        WalkTrace trace;
        trace.reset({2, 2});
        trace.moveTo(walk, 4);
        QVERIFY(trace.isCellWalked({1, 1}));
        QVERIFY(!trace.isRightWalked({0, 0}));
        trace.moveTo(walk, 0);
        QVERIFY(!trace.isCellWalked({1, 1}));
        trace.reset({});
        QVERIFY(trace.moveTo(walk, 4).empty());
    }

    void anyWayToAStepGivesTheSame()
    {
        const MazeSample sample = mazeSample({30, 30}, 3);
        const QList<QPoint> walk = maze::grammar::walk(sample.agentLines.last()).cells;
        QRandomGenerator random(5);
        WalkTrace wandering;
        wandering.reset({30, 30});
        for (int round = 0; round < 50; ++round) {
            const qsizetype step = random.bounded(walk.size() + 1);
            if (round % 3 == 0)
                wandering.jumpTo(walk, step);
            else
                wandering.moveTo(walk, step);
            QCOMPARE(wandering.count(), step);
            WalkTrace straight;
            straight.reset({30, 30});
            straight.moveTo(walk, step);
            for (int y = 0; y < 30; ++y) {
                for (int x = 0; x < 30; ++x) {
                    QCOMPARE(wandering.isCellWalked({x, y}), straight.isCellWalked({x, y}));
                    QCOMPARE(wandering.isRightWalked({x, y}), straight.isRightWalked({x, y}));
                    QCOMPARE(wandering.isDownWalked({x, y}), straight.isDownWalked({x, y}));
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestWalkTrace)
#include "tst_walktrace.moc"
