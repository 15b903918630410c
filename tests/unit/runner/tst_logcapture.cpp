// A container's output on its way into the log file: each byte once, whatever happens on the way;
// and no more of it than the limit.
#include "backend/executor/runner/logcapture.h"

#include "backend/logs/logfile.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/scriptedengine.h"

#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;
using batchyard::test::await;
using batchyard::test::Script;
using batchyard::test::ScriptedEngine;
using Stream = docker::OutputChunk::Stream;

namespace {

QString s(const char *text)
{
    return QString::fromLatin1(text);
}

} // namespace

class TestLogCapture : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void writesWhatIsPrinted();
    void twoStreamsInTheirOrder();
    void continuesAfterALostConnection();
    void continuesAfterACrash();
    void marksAnEndThatNobodySaw_data();
    void marksAnEndThatNobodySaw();
    void attachThatFailsLosesNothing();
    void neverRan();
    void goneBeforeItsEnd();
    void leavesItToAnotherDriver_data();
    void leavesItToAnotherDriver();
    void keepsTheLimit_data();
    void keepsTheLimit();
    void keepsTheLimitAcrossACrash();
    void writesItsTailOnce();
    void marksWhatTheEngineThrewAway_data();
    void marksWhatTheEngineThrewAway();
    void limitOfALineWithoutEnd();
    void waitsForRoomOnTheDisk();

private:
    void makeCapture();
    [[nodiscard]] bool attachAndStart();
    [[nodiscard]] QStringList lines() const;
    void end(int exitCode = 0)
    {
        m_engine->finish(s("c"), exitCode);
        m_capture->containerStopped(m_id);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<LogCapture> m_capture;
    RunnerSettings m_settings;
    QString m_id;
    QString m_path;
};

void TestLogCapture::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_path = m_directory->filePath(s("logs/0.log"));
    m_engine = std::make_unique<ScriptedEngine>();
    m_settings = {};
    m_settings.retryInterval = std::chrono::milliseconds(20);
    Script script;
    script.runsOn = true;
    m_engine->setScript(s("c"), script);
    docker::ContainerSpec spec;
    spec.name = s("c");
    spec.image = s("i");
    const auto id = await(m_engine->createContainer(spec));
    QVERIFY(id);
    m_id = *id;
    makeCapture();
}

void TestLogCapture::cleanup()
{
    m_capture.reset();
    m_engine.reset();
}

void TestLogCapture::makeCapture()
{
    m_capture = std::make_unique<LogCapture>(*m_engine, m_path, m_settings);
}

bool TestLogCapture::attachAndStart()
{
    QSignalSpy settled(m_capture.get(), &LogCapture::attachSettled);
    m_capture->attach(m_id);
    return (!settled.isEmpty() || settled.wait()) && await(m_engine->startContainer(m_id));
}

QStringList TestLogCapture::lines() const
{
    QStringList texts;
    const auto read = logs::readForward(m_path, 0, 1'000'000, 1LL << 30);
    if (read) {
        for (const logs::RawLine &line : read->lines)
            texts.append(QString::fromUtf8(line.text));
    }
    return texts;
}

void TestLogCapture::writesWhatIsPrinted()
{
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "one\ntw");
    m_engine->print(s("c"), "o\nthree");
    QTRY_COMPARE(lines(), QStringList({s("one"), s("two")}));
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines(), QStringList({s("one"), s("two"), s("three")}));
    QVERIFY(!m_engine->calls().filter(s("logs ")).size());
}

void TestLogCapture::twoStreamsInTheirOrder()
{
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "o1\n");
    m_engine->print(s("c"), "e1\n", Stream::Stderr);
    m_engine->print(s("c"), "o2\n");
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines(), QStringList({s("o1"), s("e1"), s("o2")}));
}

void TestLogCapture::continuesAfterALostConnection()
{
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "one\nhal");
    QTRY_COMPARE(lines(), QStringList{s("one")});
    QSignalSpy ended(m_capture.get(), &LogCapture::streamEnded);
    m_engine->setReachable(false);
    m_capture->engineLost();
    QVERIFY(ended.wait());
    m_engine->print(s("c"), "f\ntwo\n");
    m_engine->setReachable(true);
    m_capture->containerRuns(m_id);
    m_engine->print(s("c"), "three\n");
    QTRY_COMPARE(lines(), QStringList({s("one"), s("half"), s("two"), s("three")}));
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines().size(), 4);
}

void TestLogCapture::continuesAfterACrash()
{
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "one\ntorn");
    QTRY_COMPARE(lines(), QStringList{s("one")});
    m_capture.reset();
    m_engine->print(s("c"), " line\ntwo\n");
    makeCapture();
    m_capture->containerRuns(m_id);
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines(), QStringList({s("one"), s("torn line"), s("two")}));
}

void TestLogCapture::marksAnEndThatNobodySaw_data()
{
    QTest::addColumn<bool>("daemonDies"); // and does not only hang
    QTest::addColumn<bool>("endsMeanwhile");
    QTest::addColumn<bool>("isMarked");
    QTest::newRow("ended while the daemon was gone") << true << true << true;
    QTest::newRow("ended after the daemon came back") << true << false << false;
    QTest::newRow("ended while the daemon was frozen") << false << true << false;
}

// F15: its last lines have gone with the daemon's end of the pipe.
void TestLogCapture::marksAnEndThatNobodySaw()
{
    QFETCH(const bool, daemonDies);
    QFETCH(const bool, endsMeanwhile);
    QFETCH(const bool, isMarked);
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "one\ntwo");
    QTRY_COMPARE(lines(), QStringList{s("one")});
    if (daemonDies)
        m_engine->setReachable(false);
    m_capture->engineLost();
    QCoreApplication::processEvents();
    if (endsMeanwhile)
        m_engine->finish(s("c"), 0);
    Timestamp end = m_settings.clock();
    if (daemonDies)
        end += std::chrono::seconds(1);
    QTest::qWait(5);
    m_engine->setReachable(true);
    if (!endsMeanwhile) {
        m_capture->containerRuns(m_id);
        m_engine->finish(s("c"), 0);
    }
    m_capture->containerStopped(m_id, end);
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines().mid(0, 2), QStringList({s("one"), s("two")}));
    QCOMPARE(lines().size(), isMarked ? 3 : 2);
    if (isMarked)
        QVERIFY(lines().last().contains(s("its last lines may be missing")));
}

void TestLogCapture::attachThatFailsLosesNothing()
{
    m_engine->inject(s("attach"), ScriptedEngine::Fault::Refused);
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "early\n");
    m_capture->containerRuns(m_id);
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines(), QStringList{s("early")});
}

void TestLogCapture::neverRan()
{
    QSignalSpy completed(m_capture.get(), &LogCapture::completed);
    m_capture->containerNeverRan();
    QCOMPARE(completed.size(), 1);
    QVERIFY(!QFile::exists(m_path));
}

void TestLogCapture::goneBeforeItsEnd()
{
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "one\n");
    QTRY_COMPARE(lines().size(), 1);
    m_engine->setReachable(false);
    m_capture->engineLost();
    QCoreApplication::processEvents();
    m_engine->setReachable(true);
    m_capture->containerGone(true);
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines().size(), 2);
    QVERIFY(lines().last().contains(s("removed from outside")));
}

void TestLogCapture::leavesItToAnotherDriver_data()
{
    QTest::addColumn<bool>("crash");
    QTest::newRow("straight on") << false;
    QTest::newRow("with a crash while it runs") << true;
}

void TestLogCapture::leavesItToAnotherDriver()
{
    QFETCH(bool, crash);
    m_capture->leaveTo(s("syslog"));
    QVERIFY(attachAndStart());
    m_engine->print(s("c"), "one\n");
    if (crash) {
        makeCapture();
        m_capture->leaveTo(s("syslog"));
    }
    m_capture->containerRuns(m_id);
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines().size(), 1);
    QVERIFY(lines().first().contains(s("\"syslog\"")));
    QVERIFY(m_engine->calls().filter(s("attach ")).isEmpty());
    QVERIFY(m_engine->calls().filter(s("logs ")).isEmpty());
}

void TestLogCapture::keepsTheLimit_data()
{
    QTest::addColumn<int>("lineBytes");
    QTest::newRow("short lines") << 2;
    QTest::newRow("usual lines") << 80;
    QTest::newRow("long lines") << 100'000;
}

void TestLogCapture::keepsTheLimit()
{
    QFETCH(int, lineBytes);
    m_settings.logLimit = 2 * 1024 * 1024;
    makeCapture();
    QVERIFY(attachAndStart());
    qint64 printed = 0;
    int number = 0;
    while (printed < 8 * 1024 * 1024) {
        QByteArray piece;
        while (piece.size() < 64 * 1024) {
            QByteArray line = QByteArray::number(number++ % 10).rightJustified(lineBytes - 1, 'x');
            piece += line + '\n';
        }
        printed += piece.size();
        m_engine->print(s("c"), piece);
        QCoreApplication::processEvents();
    }
    m_engine->print(s("c"), "the last line\n");
    end();
    QTRY_VERIFY_WITH_TIMEOUT(m_capture->isComplete(), 20'000);
    // The limit, a batch that was under way, and the tail.
    const qint64 size = QFile(m_path).size();
    QVERIFY2(size < 3 * m_settings.logLimit, qPrintable(QString::number(size)));
    const QStringList all = lines();
    QCOMPARE(all.last(), s("the last line"));
    const QStringList marks = all.filter(s("[batchyard]"));
    QCOMPARE(marks.size(), 1);
    qint64 kept = 0;
    for (const QString &line : all) {
        if (!line.startsWith(u"[batchyard]"))
            kept += line.size() + 1;
    }
    const qint64 dropped = marks.first().section(u' ', 1, 1).toLongLong();
    QCOMPARE(kept + dropped, printed + 14); // every byte is there or counted
}

void TestLogCapture::keepsTheLimitAcrossACrash()
{
    m_settings.logLimit = 256 * 1024;
    makeCapture();
    QVERIFY(attachAndStart());
    const QByteArray piece = QByteArray(99, 'x') + '\n';
    for (int i = 0; i < 60; ++i)
        m_engine->print(s("c"), piece.repeated(1000));
    QTRY_VERIFY(QFile(m_path).size() >= m_settings.logLimit);
    makeCapture();
    m_capture->containerRuns(m_id);
    m_engine->print(s("c"), "the last line\n");
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QVERIFY(QFile(m_path).size() < m_settings.logLimit + 2'000'000);
    QCOMPARE(lines().last(), s("the last line"));
    QCOMPARE(lines().filter(s("bytes dropped")).size(), 1);
}

// The executor was killed before it had noted that the log is complete.
void TestLogCapture::writesItsTailOnce()
{
    m_settings.logLimit = 256 * 1024;
    makeCapture();
    QVERIFY(attachAndStart());
    for (int i = 0; i < 60; ++i) {
        const QByteArray line = QByteArray::number(i).rightJustified(99) + '\n';
        m_engine->print(s("c"), line.repeated(1000));
    }
    end();
    QTRY_VERIFY(m_capture->isComplete());
    const QStringList before = lines();
    QCOMPARE(before.filter(s("bytes dropped")).size(), 1);
    makeCapture();
    m_capture->containerStopped(m_id);
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines(), before);
}

void TestLogCapture::marksWhatTheEngineThrewAway_data()
{
    QTest::addColumn<int>("thrownAway"); // lines, of "1" and "2", which are in the file, to "4"
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << 0 << s("1 2 3 4 5 6");
    QTest::newRow("what is in the file, but for its end") << 1 << s("1 2 3 4 5 6");
    QTest::newRow("what is in the file") << 2 << s("1 2 mark 3 4 5 6");
    QTest::newRow("more") << 3 << s("1 2 mark 4 5 6");
}

// F23: while no executor was there, so much was printed that the oldest is gone.
void TestLogCapture::marksWhatTheEngineThrewAway()
{
    QFETCH(int, thrownAway);
    QFETCH(QString, expected);
    const auto now = std::make_shared<Timestamp>(batch::fromEpochMs(1'700'000'000'000));
    m_settings.clock = [now] { return *now; };
    m_engine->setClock([now] { return docker::Timestamp(*now); });
    makeCapture();
    QVERIFY(attachAndStart());
    const auto print = [&](const QByteArray &text) {
        *now += std::chrono::minutes(1);
        m_engine->print(s("c"), text + '\n');
    };
    print("1");
    QTRY_COMPARE(lines().size(), 1);
    print("2");
    QTRY_COMPARE(lines().size(), 2);
    m_capture.reset();
    print("3");
    print("4");
    m_engine->rotate(s("c"), thrownAway);
    makeCapture();
    m_capture->containerRuns(m_id);
    QTRY_COMPARE(lines().value(lines().size() - 1), s("4"));
    m_capture.reset();
    print("5");
    makeCapture();
    m_capture->containerRuns(m_id);
    QTRY_COMPARE(lines().value(lines().size() - 1), s("5"));
    print("6");
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QStringList seen = lines();
    seen.replaceInStrings(QRegularExpression(s("^\\[batchyard\\].*")), s("mark"));
    QCOMPARE(seen.join(u' '), expected);
}

void TestLogCapture::limitOfALineWithoutEnd()
{
    m_settings.logLimit = 2 * 1024 * 1024;
    makeCapture();
    QVERIFY(attachAndStart());
    for (int i = 0; i < 200; ++i) {
        m_engine->print(s("c"), QByteArray(64 * 1024, '\0'));
        QCoreApplication::processEvents();
    }
    m_engine->print(s("c"), "\nend\n");
    end();
    QTRY_VERIFY_WITH_TIMEOUT(m_capture->isComplete(), 20'000);
    QVERIFY(QFile(m_path).size() < m_settings.logLimit + 1'400'000);
    QCOMPARE(lines().last(), s("end"));
    QCOMPARE(lines().filter(s("bytes dropped")).size(), 1);
}

// A directory in the file's place stands for a disk without room.
void TestLogCapture::waitsForRoomOnTheDisk()
{
    QVERIFY(QDir().mkpath(m_path));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("not written since byte 0")));
    QVERIFY(attachAndStart());
    QVERIFY(m_capture->pause().contains(s("byte 0")));
    m_engine->print(s("c"), "meanwhile\n");
    m_capture->containerRuns(m_id);
    QTest::qWait(50);
    QVERIFY(QDir().rmdir(m_path));
    QTRY_COMPARE(lines(), QStringList{s("meanwhile")});
    QVERIFY(m_capture->pause().isEmpty());
    end();
    QTRY_VERIFY(m_capture->isComplete());
    QCOMPARE(lines().size(), 1);
}

QTEST_GUILESS_MAIN(TestLogCapture)
#include "tst_logcapture.moc"
