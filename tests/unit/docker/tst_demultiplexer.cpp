#include "backend/docker/demultiplexer.h"

#include <QTest>
#include <QtEndian>

using namespace batchyard;
using namespace batchyard::docker;
using Stream = OutputChunk::Stream;
using Format = Demultiplexer::Format;

Q_DECLARE_METATYPE(batchyard::docker::Demultiplexer::Format)

namespace {

QByteArray frame(char stream, const QByteArray &payload)
{
    QByteArray header(8, '\0');
    header[0] = stream;
    qToBigEndian(static_cast<quint32>(payload.size()), header.data() + 4);
    return header + payload;
}

// What a reader sees: per stream all bytes, whatever the pieces.
QByteArray joined(const QList<OutputChunk> &chunks, Stream stream)
{
    QByteArray result;
    for (const OutputChunk &chunk : chunks)
        if (chunk.stream == stream)
            result += chunk.bytes;
    return result;
}

} // namespace

class TestDemultiplexer : public QObject
{
    Q_OBJECT
private slots:
    void everyCut_data();
    void everyCut();
    void framesWithTimes();
    void emptyFrames();
    void rawIsHandedOn();
    void notAFrame_data();
    void notAFrame();
    void endWithinAFrame();
    void timestamps_data();
    void timestamps();
};

void TestDemultiplexer::everyCut_data()
{
    QTest::addColumn<qsizetype>("first");
    QTest::addColumn<qsizetype>("second");
    const qsizetype size = (frame(1, "out 1\n") + frame(2, "err\n") + frame(1, "out 2")).size();
    for (qsizetype first = 0; first <= size; ++first)
        for (qsizetype second = first; second <= size; ++second)
            QTest::addRow("cut at %d and %d", int(first), int(second)) << first << second;
}

void TestDemultiplexer::everyCut()
{
    QFETCH(qsizetype, first);
    QFETCH(qsizetype, second);
    const QByteArray all = frame(1, "out 1\n") + frame(2, "err\n") + frame(1, "out 2");
    Demultiplexer demultiplexer(Format::Framed);
    QList<OutputChunk> chunks;
    for (const QByteArray &piece :
         {all.left(first), all.mid(first, second - first), all.mid(second)}) {
        chunks += demultiplexer.feed(piece);
    }
    QVERIFY(demultiplexer.atBoundary());
    QVERIFY(!demultiplexer.fault());
    QCOMPARE(joined(chunks, Stream::Stdout), QByteArray("out 1\nout 2"));
    QCOMPARE(joined(chunks, Stream::Stderr), QByteArray("err\n"));
}

void TestDemultiplexer::framesWithTimes()
{
    const QByteArray all = frame(1, "2026-01-02T03:04:05.000000006Z hello world\n")
        + frame(2, "no time here\n") + frame(1, "2026-01-02T03:04:06Z \n");
    for (qsizetype cut = 0; cut <= all.size(); ++cut) {
        Demultiplexer demultiplexer(Format::FramedWithTimes);
        auto chunks = demultiplexer.feed(all.left(cut));
        chunks += demultiplexer.feed(all.mid(cut));
        QCOMPARE(chunks.size(), 3);
        QCOMPARE(chunks.at(0),
                 (OutputChunk{Stream::Stdout, "hello world\n",
                              parseTimestamp("2026-01-02T03:04:05.000000006Z")}));
        QCOMPARE(chunks.at(1), (OutputChunk{Stream::Stderr, "no time here\n", std::nullopt}));
        QCOMPARE(chunks.at(2).bytes, QByteArray("\n"));
        QVERIFY(chunks.at(2).time);
    }
}

void TestDemultiplexer::emptyFrames()
{
    Demultiplexer demultiplexer(Format::Framed);
    const auto chunks = demultiplexer.feed(QByteArray(frame(1, {}) + frame(1, "x")));
    QCOMPARE(chunks.size(), 1);
    QCOMPARE(chunks.first().bytes, QByteArray("x"));
    QVERIFY(demultiplexer.atBoundary());
}

void TestDemultiplexer::rawIsHandedOn()
{
    Demultiplexer demultiplexer(Format::Raw);
    const auto chunks = demultiplexer.feed("any bytes\r\n");
    QCOMPARE(chunks, QList<OutputChunk>({{Stream::Stdout, "any bytes\r\n", std::nullopt}}));
    QVERIFY(demultiplexer.feed({}).isEmpty());
    QVERIFY(demultiplexer.atBoundary());
}

void TestDemultiplexer::notAFrame_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("hello, world");
    QTest::newRow("stream 3") << QByteArray("\3\0\0\0\0\0\0\1x", 9);
    QTest::newRow("padding is not zero") << QByteArray("\1\0\1\0\0\0\0\1x", 9);
    QTest::newRow("length of 4 GiB") << QByteArray("\1\0\0\0\xff\xff\xff\xff", 8);
}

void TestDemultiplexer::notAFrame()
{
    QFETCH(QByteArray, bytes);
    Demultiplexer demultiplexer(Format::Framed);
    // What came before is not lost, and nothing comes after.
    QCOMPARE(joined(demultiplexer.feed(QByteArray(frame(1, "good") + bytes)), Stream::Stdout),
             QByteArray("good"));
    QVERIFY(demultiplexer.fault());
    QCOMPARE(demultiplexer.fault()->code, ErrorCode::Protocol);
    QVERIFY(demultiplexer.fault()->message.startsWith(
        QStringLiteral("The engine sent an invalid reply")));
    QVERIFY(demultiplexer.feed(frame(1, "more")).isEmpty());
}

void TestDemultiplexer::endWithinAFrame()
{
    Demultiplexer demultiplexer(Format::Framed);
    QVERIFY(demultiplexer.feed(QByteArray("\1\0\0", 3)).isEmpty());
    QVERIFY(!demultiplexer.atBoundary());
    QCOMPARE(demultiplexer.feed(QByteArray("\0\0\0\0\2a", 6)).size(), 1);
    QVERIFY(!demultiplexer.atBoundary());
    QCOMPARE(demultiplexer.feed("b").size(), 1);
    QVERIFY(demultiplexer.atBoundary());
}

void TestDemultiplexer::timestamps_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<qlonglong>("nanoseconds");
    QTest::newRow("epoch") << QByteArray("1970-01-01T00:00:00Z") << true << 0LL;
    QTest::newRow("nine digits") << QByteArray("1970-01-01T00:00:01.000000002Z") << true
                                 << 1'000'000'002LL;
    QTest::newRow("one digit") << QByteArray("1970-01-01T00:00:00.5Z") << true << 500'000'000LL;
    QTest::newRow("offset") << QByteArray("1970-01-01T01:00:00+01:00") << true << 0LL;
    QTest::newRow("negative offset") << QByteArray("1969-12-31T23:30:00-00:30") << true << 0LL;
    QTest::newRow("leap day") << QByteArray("2024-02-29T00:00:00Z") << true
                              << 1'709'164'800'000'000'000LL;
    QTest::newRow("no leap day") << QByteArray("2023-02-29T00:00:00Z") << false << 0LL;
    QTest::newRow("year 1") << QByteArray("0001-01-01T00:00:00Z") << false << 0LL;
    QTest::newRow("year 9999") << QByteArray("9999-01-01T00:00:00Z") << false << 0LL;
    QTest::newRow("hour 24") << QByteArray("2024-01-01T24:00:00Z") << false << 0LL;
    QTest::newRow("no zone") << QByteArray("2024-01-01T00:00:00") << false << 0LL;
    QTest::newRow("empty fraction") << QByteArray("2024-01-01T00:00:00.Z") << false << 0LL;
    QTest::newRow("blank") << QByteArray("") << false << 0LL;
    QTest::newRow("short") << QByteArray("2024-01") << false << 0LL;
    QTest::newRow("sign in a field") << QByteArray("2024-01-01T-1:00:00Z") << false << 0LL;
}

void TestDemultiplexer::timestamps()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, valid);
    QFETCH(qlonglong, nanoseconds);
    const auto time = parseTimestamp(text);
    QCOMPARE(time.has_value(), valid);
    if (time)
        QCOMPARE(qlonglong(time->time_since_epoch().count()), nanoseconds);
}

QTEST_GUILESS_MAIN(TestDemultiplexer)
#include "tst_demultiplexer.moc"
