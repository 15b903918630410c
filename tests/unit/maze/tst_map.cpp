#include "backend/maze/map.h"

#include <QTest>

using namespace batchyard::maze;

namespace {

Map mapOf(const QList<QByteArray> &rows)
{
    MapBuilder builder;
    for (const QByteArray &row : rows) {
        if (!builder.addRow(row))
            return {};
    }
    return builder.isClosed() ? builder.map() : Map();
}

} // namespace

class TestMap : public QObject
{
    Q_OBJECT

private slots:
    void readsTheExampleOfTheProtocol()
    {
        // As it is written there: the gap at the right border has lost its trailing space.
        const Map map
            = mapOf({"+-+-+-+-+-+", "|* K|    S", "+ + +-+ + +", "| | |   | |", "+ + + +-+ +",
                     "| |   |   |", "+ +-+-+-+-+", "|E        |", "+ +-+-+-+-+"});
        QCOMPARE(map.size(), QSize(5, 4));
        QCOMPARE(map.start(), QPoint(4, 0));
        QCOMPARE(map.key(), QPoint(1, 0));
        QCOMPARE(map.exit(), QPoint(0, 3));
        QVERIFY(map.isOpen({4, 0}, Side::Right));
        QVERIFY(map.isOpen({0, 3}, Side::Down));
        QVERIFY(map.isOpen({0, 0}, Side::Right));
        QVERIFY(!map.isOpen({1, 0}, Side::Right));
        QVERIFY(!map.isOpen({0, 0}, Side::Up));
        QVERIFY(map.isOpen({0, 0}, Side::Down));
        QVERIFY(map.isOpen({0, 1}, Side::Up));
    }

    void findsTheShortestWay()
    {
        const Map map = mapOf({"+-+-+-+", "|  K  |", "+ +-+ +", " S   E ", "+-+-+-+"});
        QCOMPARE(map.distance({0, 1}, {0, 1}), 0);
        QCOMPARE(map.distance({0, 1}, {2, 1}), 2);
        QCOMPARE(map.distance({0, 1}, {1, 0}), 2);
        QCOMPARE(map.distance({0, 1}, {7, 0}), std::nullopt);
        const Map cut = mapOf({"+-+-+", "|S|E|", "+-+-+"});
        QCOMPARE(cut.distance({0, 0}, {1, 0}), std::nullopt);
    }

    void refusesWhatIsNoMap_data()
    {
        QTest::addColumn<QList<QByteArray>>("rows");
        QTest::newRow("nothing") << QList<QByteArray>{};
        QTest::newRow("only the upper border") << QList<QByteArray>{"+-+-+"};
        QTest::newRow("no lower border") << QList<QByteArray>{"+-+-+", "|   |"};
        QTest::newRow("open below") << QList<QByteArray>{"+-+-+-+", "|     |", "+ + + +"};
        QTest::newRow("upper border open") << QList<QByteArray>{"+ + + +", "|     |", "+-+-+-+"};
        QTest::newRow("ragged cells") << QList<QByteArray>{"+-+-+", "|     |", "+-+-+"};
        QTest::newRow("ragged border") << QList<QByteArray>{"+-+-+", "|   |", "+-+-+-+"};
        QTest::newRow("even length") << QList<QByteArray>{"+-+-", "|   ", "+-+-"};
        QTest::newRow("foreign letter") << QList<QByteArray>{"+-+-+", "|X  |", "+-+-+"};
        QTest::newRow("text in a wall") << QList<QByteArray>{"+-+-+", "|SKE|", "+-+-+"};
        QTest::newRow("wider than is read")
            << QList<QByteArray>{QByteArray("+-").repeated(maximumSide + 1) + '+'};
    }

    void refusesWhatIsNoMap()
    {
        QFETCH(QList<QByteArray>, rows);
        QVERIFY(mapOf(rows).isEmpty());
    }

    void growsRowByRow()
    {
        MapBuilder builder;
        for (const char *row : {"+-+-+", "| |S ", "+-+ +"})
            QVERIFY(builder.addRow(QByteArrayView(row)));
        QVERIFY(builder.isClosed()); // as far as one can tell
        for (const char *row : {"|K E ", "+-+-+"})
            QVERIFY(builder.addRow(QByteArrayView(row)));
        QVERIFY(builder.isClosed());
        QCOMPARE(builder.map().size(), QSize(2, 2));
        QVERIFY(builder.map().isOpen({1, 0}, Side::Down));
    }

    void anotherMapBeginsAnew()
    {
        MapBuilder builder;
        for (const char *row : {"+-+-+", "| |S ", "+-+-+", "+-+-+-+", "| |S  |", "+-+-+-+"})
            QVERIFY(builder.addRow(QByteArrayView(row)));
        QCOMPARE(builder.map().size(), QSize(3, 1));
    }
};

QTEST_GUILESS_MAIN(TestMap)
#include "tst_map.moc"
