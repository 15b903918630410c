#include "models/replay/replaymodel.h"

#include <QSignalSpy>
#include <QTest>

using batchyard::models::ReplayModel;

namespace {

QByteArray access(int x)
{
    return "\"GET /maze/pos/0/" + QByteArray::number(x) + " HTTP/1.1\" 200 -";
}

// A walk of 21 cells along one row: key at step 8, exit at step 20.
void feedWalk(ReplayModel &model, int cells)
{
    for (int x = 0; x < cells; ++x)
        model.feed(QStringLiteral("model"), access(x));
}

void feedAgent(ReplayModel &model)
{
    const QString agent = QStringLiteral("agent");
    QByteArray list = "[";
    for (int x = 0; x <= 20; ++x)
        list += (x == 0 ? "(" : ", (") + QByteArray::number(x) + ", 0)";
    model.feed(agent, "SIZE {'width': 21, 'height': 1}");
    model.feed(agent, "START {'x': 0, 'y': 0}");
    model.feed(agent, "(8, 0) key found");
    model.feed(agent, "(20, 0) exit");
    model.feed(agent, "Solution length: 21");
    model.feed(agent, QByteArray(list + ']'));
}

} // namespace

class TestReplayModel : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_now = 0;
        m_model = std::make_unique<ReplayModel>([this] { return m_now; }, nullptr);
    }

    void cleanup() { m_model.reset(); }

    void followsARunningJob()
    {
        QSignalSpy appended(m_model.get(), &ReplayModel::stepsAppended);
        QSignalSpy facts(m_model.get(), &ReplayModel::factsChanged);
        QVERIFY(m_model->isLive());
        feedWalk(*m_model, 5);
        QVERIFY(appended.wait());
        QCOMPARE(appended.size(), 1); // lines of one burst are one signal
        QCOMPARE(m_model->stepCount(), 4);
        QCOMPARE(m_model->currentStep(), 4);
        QCOMPARE(m_model->position(), QPoint(4, 0));
        QVERIFY(!facts.isEmpty()); // the size grew
        m_model->feed(QStringLiteral("model"), access(3));
        const qsizetype before = facts.size();
        QVERIFY(facts.wait()); // the verdict's number of steps, a little later
        QCOMPARE(facts.size(), before + 1);
        QCOMPARE(m_model->stepCount(), 5);

        m_model->seek(2);
        QVERIFY(!m_model->isLive());
        feedWalk(*m_model, 8);
        QVERIFY(appended.wait());
        QCOMPARE(m_model->currentStep(), 2);
        m_model->setLive(true);
        QCOMPARE(m_model->currentStep(), m_model->stepCount());
        QVERIFY(!m_model->isPlaying());
    }

    void theListReplacesTheLiveWalk()
    {
        feedWalk(*m_model, 30);
        QTRY_COMPARE(m_model->currentStep(), 29);
        QSignalSpy replaced(m_model.get(), &ReplayModel::walkReplaced);
        feedAgent(*m_model);
        QCOMPARE(replaced.size(), 1);
        QCOMPARE(m_model->stepCount(), 20);
        QCOMPARE(m_model->currentStep(), 20);
        m_model->finish();
        QVERIFY(!m_model->isLive());
        QCOMPARE(m_model->currentStep(), 20);
        m_model->setLive(true);
        QVERIFY(!m_model->isLive()); // there is nothing to follow
        QCOMPARE(m_model->verdict(), QStringLiteral("Solved in 20 steps."));
        QCOMPARE(m_model->markers(),
                 (QList<ReplayModel::Marker>{{ReplayModel::Marker::Kind::Key, 8},
                                             {ReplayModel::Marker::Kind::Exit, 20}}));
    }

    void playsBySpeedAndClock_data()
    {
        QTest::addColumn<double>("speed");
        QTest::addColumn<qint64>("elapsed");
        QTest::addColumn<qsizetype>("step");
        QTest::newRow("standard") << 1.0 << qint64(1000) << qsizetype(10);
        QTest::newRow("slowest") << 0.1 << qint64(3000) << qsizetype(3);
        QTest::newRow("quick") << 10.0 << qint64(150) << qsizetype(15);
        QTest::newRow("to the end") << 100.0 << qint64(1000) << qsizetype(20);
    }

    void playsBySpeedAndClock()
    {
        QFETCH(double, speed);
        QFETCH(qint64, elapsed);
        QFETCH(qsizetype, step);
        loadFinished();
        m_model->setSpeed(speed);
        m_model->seek(0);
        m_model->play();
        m_now += elapsed;
        QTRY_COMPARE(m_model->currentStep(), step);
        QCOMPARE(m_model->isPlaying(), step < 20);
    }

    void playAtTheEndRestarts()
    {
        loadFinished();
        QCOMPARE(m_model->currentStep(), 20);
        m_model->play();
        QCOMPARE(m_model->currentStep(), 0);
        QVERIFY(m_model->isPlaying());
        m_now += 500;
        QTRY_COMPARE(m_model->currentStep(), 5);
    }

    void reverse()
    {
        loadFinished();
        m_model->playReverse();
        QVERIFY(m_model->isReverse());
        QCOMPARE(m_model->currentStep(), 20);
        m_now += 500;
        QTRY_COMPARE(m_model->currentStep(), 15);
        m_now += 5000;
        QTRY_COMPARE(m_model->currentStep(), 0);
        QVERIFY(!m_model->isPlaying());
        m_model->togglePlaying(); // at the start, in reverse: again from the end
        QCOMPARE(m_model->currentStep(), 20);
    }

    void seekingNeverChangesPlaying()
    {
        loadFinished();
        m_model->seek(3);
        QVERIFY(!m_model->isPlaying());
        m_model->stepBy(10);
        QCOMPARE(m_model->currentStep(), 13);
        QVERIFY(!m_model->isPlaying());
        m_model->play();
        m_model->seek(1);
        QVERIFY(m_model->isPlaying());
        m_model->stepBy(-10);
        QCOMPARE(m_model->currentStep(), 0);
        m_model->seek(1000);
        QCOMPARE(m_model->currentStep(), 20);
        QVERIFY(m_model->isPlaying());
        m_model->seek(std::numeric_limits<qsizetype>::min());
        QCOMPARE(m_model->currentStep(), 0);
    }

    void loopsOverARange()
    {
        loadFinished();
        m_model->setLoopBegin(5);
        m_model->setLoopEnd(9);
        QVERIFY(m_model->isLooping());
        m_model->play(); // the position is outside the range
        QCOMPARE(m_model->currentStep(), 5);
        m_now += 400;
        QTRY_COMPARE(m_model->currentStep(), 9);
        QVERIFY(m_model->isPlaying());
        m_now += 100;
        QTRY_COMPARE(m_model->currentStep(), 5);
        m_now += 1200; // twice around and two further
        QTRY_COMPARE(m_model->currentStep(), 7);
        m_model->playReverse();
        m_now += 300;
        QTRY_COMPARE(m_model->currentStep(), 9);
        QVERIFY(m_model->isPlaying());
        m_model->setLoopBegin(15); // beyond the end: the end gives way
        QCOMPARE(m_model->loopEnd(), 20);
        m_model->clearLoopRange();
        QCOMPARE(m_model->loopBegin(), 0);
    }

    void playingCatchesUpWithARunningJob()
    {
        feedWalk(*m_model, 11);
        QTRY_COMPARE(m_model->currentStep(), 10);
        m_model->seek(5);
        m_model->play();
        m_now += 5000;
        QTRY_VERIFY(m_model->isLive());
        QVERIFY(!m_model->isPlaying());
        QCOMPARE(m_model->currentStep(), 10);
    }

    void speedIsBounded()
    {
        m_model->setSpeed(1e9);
        QCOMPARE(m_model->speed(), 100.0);
        m_model->setSpeed(-1);
        QCOMPARE(m_model->speed(), 0.1);
        m_model->setSpeed(std::nan(""));
        QCOMPARE(m_model->speed(), 0.1);
    }

    void countsVisits()
    {
        const QString model = QStringLiteral("model");
        for (const int x : {0, 1, 2, 1, 0})
            m_model->feed(model, access(x));
        QTRY_COMPARE(m_model->currentStep(), 4);
        QCOMPARE(m_model->visits({1, 0}), 2);
        m_model->seek(2);
        QCOMPARE(m_model->visits({1, 0}), 1);
        QCOMPARE(m_model->visits({9, 9}), 0);
    }

    void nothingToPlay()
    {
        QVERIFY(!m_model->hasMaze());
        m_model->play();
        m_model->stepBy(1);
        QVERIFY(!m_model->isPlaying());
        QCOMPARE(m_model->currentStep(), 0);
        QVERIFY(!m_model->position());
        m_model->finish();
        QVERIFY(m_model->verdict().startsWith(QStringLiteral("This is no maze log")));
    }

    void clears()
    {
        loadFinished();
        m_model->play();
        m_model->clear();
        QVERIFY(!m_model->hasMaze());
        QVERIFY(m_model->isLive());
        QVERIFY(!m_model->isPlaying());
        QVERIFY(!m_model->isFinished());
        QCOMPARE(m_model->currentStep(), 0);
    }

private:
    void loadFinished()
    {
        feedAgent(*m_model);
        m_model->finish();
    }

    qint64 m_now = 0;
    std::unique_ptr<ReplayModel> m_model;
};

QTEST_GUILESS_MAIN(TestReplayModel)
#include "tst_replaymodel.moc"
