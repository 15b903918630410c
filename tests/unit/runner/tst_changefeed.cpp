// Notices of changes: numbered, folded, waited for, and honest about what is gone.
#include "backend/executor/changefeed.h"

#include <QTest>

#include <thread>

using namespace batchyard::executor;
using namespace std::chrono_literals;

class TestChangeFeed : public QObject
{
    Q_OBJECT

private slots:
    void tellsWhatCameAfter()
    {
        ChangeFeed feed;
        const auto start = feed.waitForChanges(0, 0ms);
        QVERIFY(!start.complete);
        feed.add(Change::Kind::Job, QStringLiteral("a"));
        feed.add(Change::Kind::Log, QStringLiteral("a"));
        const auto batch = feed.waitForChanges(start.sequence, 0ms);
        QVERIFY(batch.complete);
        QCOMPARE(batch.changes.size(), 2);
        QCOMPARE(batch.changes.at(0).id, QStringLiteral("a"));
        QVERIFY(batch.changes.at(0).kind == Change::Kind::Job);
        QVERIFY(batch.changes.at(1).kind == Change::Kind::Log);
        QCOMPARE(feed.waitForChanges(batch.sequence, 0ms).changes.size(), 0);
    }

    void foldsRepeatedNotices()
    {
        ChangeFeed feed;
        const qint64 start = feed.waitForChanges(0, 0ms).sequence;
        for (int i = 0; i < 10; ++i)
            feed.add(Change::Kind::Job, QString::number(i % 2));
        const auto batch = feed.waitForChanges(start, 0ms);
        QCOMPARE(batch.changes.size(), 2);
        QCOMPARE(batch.sequence, start + 10);
    }

    void wakesWhoWaits()
    {
        ChangeFeed feed;
        const qint64 start = feed.waitForChanges(0, 0ms).sequence;
        std::thread writer([&feed] { feed.add(Change::Kind::Engine); });
        const auto batch = feed.waitForChanges(start, 10s);
        writer.join();
        QCOMPARE(batch.changes.size(), 1);
    }

    void closeEndsTheWait()
    {
        ChangeFeed feed;
        const qint64 start = feed.waitForChanges(0, 0ms).sequence;
        std::thread closer([&feed] { feed.close(); });
        QVERIFY(feed.waitForChanges(start, 1h).changes.isEmpty());
        closer.join();
    }

    void tellsWhenOldNoticesAreGone()
    {
        ChangeFeed feed;
        const qint64 start = feed.waitForChanges(0, 0ms).sequence;
        for (int i = 0; i < 4096; ++i)
            feed.add(Change::Kind::Resource);
        QVERIFY(feed.waitForChanges(start, 0ms).complete);
        feed.add(Change::Kind::Resource);
        QVERIFY(!feed.waitForChanges(start, 1h).complete);
        QVERIFY(feed.waitForChanges(start + 1, 0ms).complete);
    }

    void numbersOfAnotherExecutorAreUnknown()
    {
        ChangeFeed former;
        former.add(Change::Kind::Job);
        const qint64 old = former.waitForChanges(0, 0ms).sequence;
        std::this_thread::sleep_for(1ms);
        ChangeFeed feed;
        QVERIFY(!feed.waitForChanges(old, 1h).complete);
        QVERIFY(!feed.waitForChanges(feed.waitForChanges(0, 0ms).sequence + 5, 1h).complete);
    }
};

QTEST_GUILESS_MAIN(TestChangeFeed)
#include "tst_changefeed.moc"
