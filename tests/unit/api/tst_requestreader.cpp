#include "backend/executor/api/requestreader.h"

#include <QTest>

using namespace batchyard::executor::api;
using namespace Qt::Literals;

namespace {

constexpr quint16 port = 8080;
const HttpLimits limits;

QByteArray requestHead(qsizetype length, const QByteArray &more = {})
{
    return "POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n"
           "Content-Length: "
        + QByteArray::number(length) + "\r\n" + more + "\r\n";
}

} // namespace

class TestRequestReader : public QObject
{
    Q_OBJECT

private slots:
    void takesPiecesOfAnySize_data();
    void takesPiecesOfAnySize();
    void dropsWhatGoesBeyond();
    void refusesAsEarlyAsItCan_data();
    void refusesAsEarlyAsItCan();
    void saysWhatIsMissing_data();
    void saysWhatIsMissing();
    void expectsContinueBeforeTheBody();
};

void TestRequestReader::takesPiecesOfAnySize_data()
{
    QTest::addColumn<qsizetype>("size");
    for (const qsizetype size : {1, 2, 3, 4, 5, 7, 64, 1000})
        QTest::addRow("%lld", static_cast<long long>(size)) << size;
}

void TestRequestReader::takesPiecesOfAnySize()
{
    QFETCH(const qsizetype, size);
    RequestReader reader(limits, port);
    const QByteArray body = "{\"a\":\"\r\n\r\n\"}";
    for (int round = 0; round < 2; ++round) { // one after the other
        QByteArray bytes = requestHead(body.size()) + body;
        QCOMPARE(reader.phase(), RequestReader::Phase::Nothing);
        while (bytes.size() > size) {
            const auto none = reader.take(bytes.left(size));
            QVERIFY(none && !*none);
            bytes.remove(0, size);
        }
        const auto request = reader.take(bytes);
        QVERIFY(request && *request);
        QCOMPARE((*request)->body, body);
        QCOMPARE((*request)->head.path, "/v1/x"_ba);
        QVERIFY((*request)->head.keepsAlive);
        QCOMPARE(reader.size(), 0);
    }
}

void TestRequestReader::dropsWhatGoesBeyond()
{
    RequestReader reader(limits, port);
    const auto request = reader.take(QByteArray(requestHead(2) + "{}" + requestHead(2) + "[]"));
    QVERIFY(request && *request);
    QCOMPARE((*request)->body, "{}"_ba);
    QVERIFY(!(*request)->head.keepsAlive);
    QCOMPARE(reader.phase(), RequestReader::Phase::Nothing);
    QCOMPARE(reader.size(), 0);
}

void TestRequestReader::refusesAsEarlyAsItCan_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::newRow("first byte of a TLS hello") << "\x16"_ba << 400;
    QTest::newRow("first byte of an empty line") << "\r"_ba << 400;
    QTest::newRow("endless target") << QByteArray("GET /" + QByteArray(40'000, 'a')) << 414;
    QTest::newRow("endless headers")
        << QByteArray("GET / HTTP/1.1\r\nA: " + QByteArray(40'000, 'a')) << 431;
    QTest::newRow("too large a body, before it") << requestHead(2'000'000) << 413;
    QTest::newRow("web page, before its body") << requestHead(2, "Origin: null\r\n") << 403;
}

void TestRequestReader::refusesAsEarlyAsItCan()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, status);
    RequestReader reader(limits, port);
    const auto refused = reader.take(bytes);
    QVERIFY(!refused);
    QCOMPARE(refused.error().status, status);
    QCOMPARE(reader.phase(), RequestReader::Phase::Nothing);
    QCOMPARE(reader.size(), 0);
}

void TestRequestReader::saysWhatIsMissing_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("ended"); // 0: nothing is said
    QTest::addColumn<int>("late");
    QTest::newRow("nothing has come") << ""_ba << 0 << 0;
    QTest::newRow("half a head") << requestHead(2).left(20) << 400 << 408;
    QTest::newRow("no body") << requestHead(2) << 400 << 400;
    QTest::newRow("half a body") << QByteArray(requestHead(2) + '{') << 400 << 400;
}

void TestRequestReader::saysWhatIsMissing()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, ended);
    QFETCH(const int, late);
    RequestReader reader(limits, port);
    if (!bytes.isEmpty()) {
        const auto none = reader.take(bytes);
        QVERIFY(none && !*none);
    }
    QCOMPARE(reader.ended() ? reader.ended()->status : 0, ended);
    QCOMPARE(reader.late() ? reader.late()->status : 0, late);
}

void TestRequestReader::expectsContinueBeforeTheBody()
{
    RequestReader reader(limits, port);
    const QByteArray head = requestHead(2, "Expect: 100-Continue\r\n");
    QVERIFY(reader.take(head.chopped(1)));
    QVERIFY(!reader.expectsContinue());
    QVERIFY(reader.take(head.last(1)));
    QVERIFY(reader.expectsContinue());
    const auto request = reader.take("{}");
    QVERIFY(request && *request);
    QVERIFY(!reader.expectsContinue());
}

QTEST_GUILESS_MAIN(TestRequestReader)
#include "tst_requestreader.moc"
