// Replies that are read as they come, and dropped at any time.
#include "tests/unit/net/nettesting.h"

#include <atomic>
#include <mutex>

using namespace batchyard;
using namespace batchyard::net;
using namespace std::chrono_literals;
using test::FakeDaemon;
using test::FakeReply;
using test::request;

namespace {

// What a stream told, from whichever thread.
struct Seen {
    std::mutex mutex;
    int status = 0;
    QByteArray bytes;
    int pieces = 0;
    std::optional<Result<void>> ended;
};

StreamCallbacks watch(const std::shared_ptr<Seen> &seen)
{
    return {.started =
                [seen](int status) {
                    const std::scoped_lock lock(seen->mutex);
                    seen->status = status;
                },
            .received =
                [seen](const QByteArray &bytes) {
                    const std::scoped_lock lock(seen->mutex);
                    seen->bytes += bytes;
                    ++seen->pieces;
                },
            .ended =
                [seen](Result<void> how) {
                    const std::scoped_lock lock(seen->mutex);
                    seen->ended = std::move(how);
                }};
}

bool hasEnded(const std::shared_ptr<Seen> &seen)
{
    const std::scoped_lock lock(seen->mutex);
    return seen->ended.has_value();
}

int piecesOf(const std::shared_ptr<Seen> &seen)
{
    const std::scoped_lock lock(seen->mutex);
    return seen->pieces;
}

} // namespace

class TestHttpStream : public QObject
{
    Q_OBJECT
private slots:
    void streamIsReadAsItComes();
    void refusedStream();
    void droppedStream();
    void streamDroppedByItsOwnCallback();
    void streamOutlivesTheClient();
};

void TestHttpStream::streamIsReadAsItComes()
{
    FakeDaemon daemon;
    daemon.answer("GET", FakeReply{{"HTTP/1.1 200 OK\r\n\r\n", "first ", "second"}, 20ms, true});
    HttpClient client;
    const auto seen = std::make_shared<Seen>();
    const auto stream = client.stream(request(daemon), watch(seen));
    QTRY_VERIFY(hasEnded(seen));
    QCOMPARE(seen->status, 200);
    QCOMPARE(seen->bytes, QByteArray("first second"));
    QVERIFY(seen->pieces >= 2);
    QVERIFY(seen->ended->has_value());
}

void TestHttpStream::refusedStream()
{
    FakeDaemon daemon;
    daemon.answer("GET", FakeReply::http(409, "paused"));
    HttpClient client;
    const auto seen = std::make_shared<Seen>();
    const auto stream = client.stream(request(daemon), watch(seen));
    QTRY_VERIFY(hasEnded(seen));
    QCOMPARE(seen->status, 409);
    QCOMPARE(seen->bytes, QByteArray("paused"));
    QVERIFY(seen->ended->has_value());
}

void TestHttpStream::droppedStream()
{
    FakeDaemon daemon;
    FakeReply drip{QList<QByteArray>(100'000, "piece "), {}, false};
    drip.pieces.prepend("HTTP/1.1 200 OK\r\n\r\n");
    daemon.answer("GET", drip);
    HttpClient client;
    for (int i = 0; i < 20; ++i) {
        const auto seen = std::make_shared<Seen>();
        auto stream = client.stream(request(daemon), watch(seen));
        QTRY_VERIFY(piecesOf(seen) > 0);
        stream.reset();
        const int pieces = piecesOf(seen);
        QTRY_COMPARE(daemon.openConnections(), 0);
        QCOMPARE(piecesOf(seen), pieces);
        QVERIFY(!hasEnded(seen));
    }
}

void TestHttpStream::streamDroppedByItsOwnCallback()
{
    FakeDaemon daemon;
    FakeReply drip{QList<QByteArray>(1000, "piece "), 1ms, false};
    drip.pieces.prepend("HTTP/1.1 200 OK\r\n\r\n");
    daemon.answer("GET", drip);
    HttpClient client;
    std::unique_ptr<HttpStream> stream;
    std::atomic<int> calls = 0;
    std::mutex mutex; // the handle is stored before the first piece is looked at
    {
        const std::scoped_lock lock(mutex);
        stream = client.stream(request(daemon),
                               {.started = {},
                                .received =
                                    [&](const QByteArray &) {
                                        const std::scoped_lock inner(mutex);
                                        ++calls;
                                        stream.reset();
                                    },
                                .ended = [&](Result<void>) { ++calls; }});
    }
    QTRY_COMPARE(calls.load(), 1);
    QTRY_COMPARE(daemon.openConnections(), 0);
    QCOMPARE(calls.load(), 1);
}

void TestHttpStream::streamOutlivesTheClient()
{
    FakeDaemon daemon;
    daemon.answer("GET", FakeReply{{"HTTP/1.1 200 OK\r\n\r\n", "x"}, {}, false});
    const auto seen = std::make_shared<Seen>();
    std::unique_ptr<HttpStream> stream;
    {
        HttpClient client;
        stream = client.stream(request(daemon), watch(seen));
        QTRY_COMPARE(piecesOf(seen), 1);
    }
    QVERIFY(hasEnded(seen));
    QCOMPARE(seen->ended->error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestHttpStream)
#include "tst_httpstream.moc"
