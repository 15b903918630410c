#include "tests/support/engine/fakedaemon.h"

#include <QDir>
#include <QStringBuilder>
#include <QTimer>

namespace batchyard::test {

namespace {

// Where a request's body begins and how long it is; -1 when the headers are not complete.
struct Extent {
    qsizetype bodyAt = -1;
    qsizetype bodySize = 0;
};

Extent extentOf(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return {};
    Extent extent{end + 4, 0};
    const QByteArray headers = bytes.left(end).toLower();
    const qsizetype length = headers.indexOf("content-length:");
    if (length >= 0) {
        const qsizetype from = length + 15;
        const qsizetype lineEnd = headers.indexOf('\r', from);
        extent.bodySize
            = headers.mid(from, lineEnd < 0 ? -1 : lineEnd - from).trimmed().toLongLong();
    }
    return extent;
}

} // namespace

FakeReply FakeReply::http(int status, const QByteArray &body, const QByteArray &headers)
{
    return {{"HTTP/1.1 " + QByteArray::number(status) + " X\r\nApi-Version: 1.41\r\n" + headers
             + "Content-Length: " + QByteArray::number(body.size())
             + "\r\nConnection: close\r\n\r\n" + body}};
}

FakeDaemon::FakeDaemon()
    : m_directory(QDir::tempPath() + QStringLiteral("/by-XXXXXX"))
{
    m_server.setListenBacklogSize(1000);
    m_server.listen(socketPath());
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server.nextPendingConnection()) {
            ++m_connections;
            connect(socket, &QLocalSocket::readyRead, this, [this, socket] { read(socket); });
            connect(socket, &QLocalSocket::disconnected, this, [this, socket] {
                m_pending.remove(socket);
                socket->deleteLater();
            });
            m_pending.insert(socket, {});
            read(socket);
        }
    });
}

void FakeDaemon::answer(const QByteArray &request, const FakeReply &reply)
{
    for (auto &[start, replies] : m_answers)
        if (start == request) {
            replies.append(reply);
            return;
        }
    m_answers.append({request, {reply}});
}

QList<QByteArray> FakeDaemon::requestLines() const
{
    QList<QByteArray> lines;
    for (const QByteArray &request : m_requests)
        lines.append(request.left(request.indexOf(" HTTP/")));
    return lines;
}

int FakeDaemon::openConnections() const
{
    return static_cast<int>(m_pending.size());
}

void FakeDaemon::read(QLocalSocket *socket)
{
    QByteArray &bytes = m_pending[socket];
    bytes += socket->readAll();
    const Extent extent = extentOf(bytes);
    if (extent.bodyAt < 0 || bytes.size() < extent.bodyAt + extent.bodySize)
        return;
    const QByteArray request = bytes.left(extent.bodyAt + extent.bodySize);
    bytes.remove(0, request.size());
    m_requests.append(request);
    reply(socket, request.left(request.indexOf('\r')));
}

void FakeDaemon::reply(QLocalSocket *socket, const QByteArray &requestLine)
{
    for (auto &[start, replies] : m_answers)
        if (requestLine.startsWith(start)) {
            write(socket, replies.size() > 1 ? replies.takeFirst() : replies.first());
            return;
        }
    write(socket, FakeReply::http(404, R"({"message":"No such container: scripted"})"));
}

void FakeDaemon::write(QLocalSocket *socket, FakeReply reply)
{
    if (reply.pieces.isEmpty()) {
        if (reply.thenClose)
            socket->disconnectFromServer();
        return;
    }
    const std::chrono::milliseconds pause = reply.pause;
    QTimer::singleShot(pause, socket, [this, socket, reply = std::move(reply)]() mutable {
        socket->write(reply.pieces.takeFirst());
        write(socket, std::move(reply));
    });
}

} // namespace batchyard::test
