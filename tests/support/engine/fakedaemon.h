// What listens at a unix socket and answers as a test says: recorded HTTP, slow bytes, cut
// connections, nonsense, or nothing at all. Runs in the test's event loop.
#pragma once

#include <QLocalServer>
#include <QLocalSocket>
#include <QTemporaryDir>

#include <chrono>

namespace batchyard::test {

struct FakeReply {
    QList<QByteArray> pieces; // written one after the other
    std::chrono::milliseconds pause{0}; // before each piece
    bool thenClose = true; // else the connection stays open and nothing more comes

    // A well-formed reply.
    static FakeReply http(int status, const QByteArray &body,
                          const QByteArray &headers = "Content-Type: application/json\r\n");
    static FakeReply raw(const QByteArray &bytes) { return {{bytes}}; }
    static FakeReply silence() { return {{}, {}, false}; }
};

class FakeDaemon : public QObject
{
    Q_OBJECT
public:
    FakeDaemon();

    [[nodiscard]] QString socketPath() const { return m_directory.filePath(QStringLiteral("d")); }
    // Answers of requests whose first line begins so ("GET /v1.41/info"), in turn; the last one is
    // given again and again. Without one: 404 in Docker's form.
    void answer(const QByteArray &request, const FakeReply &reply);
    // Each request: its first line, its headers and, after an empty line, its body.
    [[nodiscard]] QList<QByteArray> requests() const { return m_requests; }
    [[nodiscard]] QList<QByteArray> requestLines() const;
    [[nodiscard]] int connectionCount() const { return m_connections; }
    [[nodiscard]] int openConnections() const;

private:
    void read(QLocalSocket *socket);
    void reply(QLocalSocket *socket, const QByteArray &requestLine);
    void write(QLocalSocket *socket, FakeReply reply);

    QTemporaryDir m_directory;
    QList<std::pair<QByteArray, QList<FakeReply>>> m_answers;
    QHash<QLocalSocket *, QByteArray> m_pending;
    QList<QByteArray> m_requests;
    int m_connections = 0;
    QLocalServer m_server; // last: its sockets use the others until they go
};

} // namespace batchyard::test
