#include "backend/executor/core/rankedset.h"

#include <QTest>

#include <random>
#include <set>

using namespace batchyard::executor::core;

class TestRankedSet : public QObject
{
    Q_OBJECT

private slots:
    void isASetThatCounts()
    {
        std::mt19937 random(3);
        RankedSet<int> ranked;
        std::set<int> plain;
        for (int step = 0; step < 20'000; ++step) {
            const int value = static_cast<int>(random() % 5000);
            if (random() % 3 == 0) {
                ranked.remove(value);
                plain.erase(value);
            } else {
                ranked.insert(value);
                plain.insert(value);
            }
            QCOMPARE(ranked.size(), static_cast<qsizetype>(plain.size()));
            if (step % 500 > 0)
                continue;
            qsizetype rank = 0;
            for (const int each : plain) {
                QCOMPARE(ranked.at(rank), each);
                QCOMPARE(ranked.rank(each), rank++);
            }
            QCOMPARE(ranked.rank(5000), ranked.size());
        }
        while (!plain.empty()) {
            QCOMPARE(ranked.first(), *plain.begin());
            ranked.remove(*plain.begin());
            plain.erase(plain.begin());
        }
        QVERIFY(ranked.isEmpty());
        ranked.remove(1);
        ranked.insert(7);
        QCOMPARE(ranked.first(), 7);
    }
};

QTEST_GUILESS_MAIN(TestRankedSet)
#include "tst_rankedset.moc"
