// F27: replies without end or measure are given up early, with little memory, as invalid ones.
// (What is malformed in a small way: tst_httpengine, tst_replies.)
#include "backend/docker/httpengine.h"
#include "tests/support/engine/await.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::docker;
using test::await;

namespace {

constexpr qint64 mebibyte = 1LL << 20;
constexpr qint64 memoryLimit = 64 * mebibyte;

// What is sent: the beginning, then the middle so many times, then the end.
struct Flood {
    QByteArray beginning;
    QByteArray middle;
    qint64 times = 0;
    QByteArray end;
};

// Answers every request with a flood, from a thread of its own whose writes block: it holds no
// more of it than one piece.
class FloodingDaemon
{
public:
    explicit FloodingDaemon(Flood flood)
        : m_flood(std::move(flood))
        , m_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const QByteArray path = socketPath().toLocal8Bit();
        qstrncpy(address.sun_path, path.constData(), sizeof address.sun_path);
        m_listens
            = ::bind(m_listener, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0
            && ::listen(m_listener, 10) == 0;
        m_thread = std::thread([this] { serve(); });
    }
    ~FloodingDaemon()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }
    FloodingDaemon(const FloodingDaemon &) = delete;
    FloodingDaemon &operator=(const FloodingDaemon &) = delete;

    [[nodiscard]] QString socketPath() const { return m_directory.filePath(QStringLiteral("d")); }
    [[nodiscard]] bool listens() const { return m_listens; }
    [[nodiscard]] qint64 sentBytes() const { return m_sent; }

private:
    void serve()
    {
        for (int peer = ::accept(m_listener, nullptr, nullptr); peer >= 0;
             peer = ::accept(m_listener, nullptr, nullptr)) {
            char request[4096];
            const bool asked = ::read(peer, request, sizeof request) > 0;
            bool open = asked && send(peer, m_flood.beginning);
            for (qint64 i = 0; i < m_flood.times && open; ++i)
                open = send(peer, m_flood.middle);
            static_cast<void>(open && send(peer, m_flood.end));
            ::close(peer);
        }
    }
    bool send(int peer, const QByteArray &bytes)
    {
        for (qsizetype at = 0; at < bytes.size();) {
            const ssize_t sent = ::send(peer, bytes.constData() + at,
                                        static_cast<size_t>(bytes.size() - at), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            at += sent;
            m_sent += sent;
        }
        return true;
    }

    QTemporaryDir m_directory;
    Flood m_flood;
    int m_listener;
    bool m_listens = false;
    std::atomic<qint64> m_sent = 0;
    std::thread m_thread;
};

qint64 statusKilobytes(const char *name)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n'))
        if (line.startsWith(name))
            return line.mid(line.indexOf(':') + 1).trimmed().split(' ').first().toLongLong();
    return 0;
}

// The most memory that was in use since the last reset, above what was in use then.
class MemoryMeter
{
public:
    MemoryMeter()
    {
        QFile reset(QStringLiteral("/proc/self/clear_refs"));
        if (!reset.open(QIODevice::WriteOnly) || reset.write("5") != 1)
            qWarning("The peak of memory cannot be reset.");
        reset.close();
        m_before = statusKilobytes("VmRSS");
    }
    [[nodiscard]] qint64 grownBytes() const { return (statusKilobytes("VmHWM") - m_before) * 1024; }

private:
    qint64 m_before = 0;
};

// About 64 KiB of it.
QByteArray many(const QByteArray &piece)
{
    return piece.repeated(65536 / piece.size());
}

QByteArray http(const QByteArray &headers)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers;
}

using Outcome = std::optional<Error>;
using Act = std::function<Outcome(HttpEngine &)>;

template <typename T>
Outcome outcomeOf(const QFuture<Result<T>> &future)
{
    const Result<T> result = await(future);
    return result ? Outcome() : Outcome(result.error());
}

} // namespace

Q_DECLARE_METATYPE(Flood)
Q_DECLARE_METATYPE(Act)

class TestEngineFloods : public QObject
{
    Q_OBJECT
private slots:
    void F27_floodIsGivenUp_data();
    void F27_floodIsGivenUp();
};

void TestEngineFloods::F27_floodIsGivenUp_data()
{
    QTest::addColumn<Flood>("flood");
    QTest::addColumn<Act>("act");
    const QList<std::pair<const char *, Act>> acts{
        {"ping", [](HttpEngine &e) { return outcomeOf(e.ping()); }},
        {"info", [](HttpEngine &e) { return outcomeOf(e.info()); }},
        {"inspect",
         [](HttpEngine &e) { return outcomeOf(e.inspectContainer(QStringLiteral("c"))); }},
        {"list", [](HttpEngine &e) { return outcomeOf(e.listContainers({})); }},
        {"create", [](HttpEngine &e) { return outcomeOf(e.createContainer({})); }},
        {"wait", [](HttpEngine &e) { return outcomeOf(e.waitContainer(QStringLiteral("c"))); }},
    };
    const QByteArray block(mebibyte, ' ');
    const QList<std::pair<const char *, Flood>> floods{
        {"1 GiB of body, announced", {http("Content-Length: 1073741824\r\n\r\n"), block, 1024, {}}},
        {"1 GiB of body, to the end of the connection", {http("\r\n"), block, 1024, {}}},
        {"1 GiB of body in chunks",
         {http("Transfer-Encoding: chunked\r\n\r\n"), "100000\r\n" + block + "\r\n", 1024,
          "0\r\n\r\n"}},
        {"10 MiB in one header", {http("X: "), QByteArray(mebibyte, 'x'), 10, "\r\n\r\n"}},
        {"headers without an end", {http({}), many("X-Header: value\r\n"), 1024, "\r\n"}},
        {"interim replies without an end",
         {{}, many("HTTP/1.1 100 Continue\r\n\r\n"), 1024, http("\r\n{}")}},
        {"3 MiB of small values", {http("\r\n") + '[', many("{},[],"), 48, "{}]"}},
        {"30 MiB of small values", {http("\r\n") + '[', many("{},[],"), 480, "{}]"}},
        {"15 MiB of members", {http("\r\n") + '[', many(R"({"a":1},)"), 240, "{}]"}},
    };
    for (const auto &[what, flood] : floods)
        for (const auto &[call, act] : acts)
            QTest::addRow("%s: %s", call, what) << flood << act;
}

void TestEngineFloods::F27_floodIsGivenUp()
{
    QFETCH(Flood, flood);
    QFETCH(Act, act);
    FloodingDaemon daemon(flood);
    QVERIFY(daemon.listens());
    HttpEngine engine(daemon.socketPath());
    const MemoryMeter memory;
    const Outcome error = act(engine);
    const qint64 grown = memory.grownBytes();
    QVERIFY(error);
    QVERIFY2(error->code == ErrorCode::Protocol, qPrintable(error->message));
    QVERIFY2(grown < memoryLimit, qPrintable(QStringLiteral("%1 MiB").arg(grown / mebibyte)));
}

QTEST_GUILESS_MAIN(TestEngineFloods)
#include "tst_enginefloods.moc"
