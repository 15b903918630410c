// A client of the HTTP server that sends bytes as attackers and broken clients do.
#pragma once

#include <QByteArray>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace batchyard::test {

class RawClient
{
public:
    explicit RawClient(quint16 port, const char *address = "127.0.0.1")
        : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &to.sin_addr);
        m_connected = ::connect(m_socket, reinterpret_cast<const sockaddr *>(&to), sizeof to) == 0;
    }
    ~RawClient() { ::close(m_socket); }
    RawClient(const RawClient &) = delete;
    RawClient &operator=(const RawClient &) = delete;

    [[nodiscard]] bool isConnected() const { return m_connected; }
    bool write(const QByteArray &bytes) const
    {
        return ::send(m_socket, bytes.constData(), static_cast<size_t>(bytes.size()), MSG_NOSIGNAL)
            == bytes.size();
    }
    // It will send nothing more, and still listens.
    void endSending() const { ::shutdown(m_socket, SHUT_WR); }
    // All until the other side closes, or what came within the time.
    [[nodiscard]] QByteArray readAll(std::chrono::milliseconds limit
                                     = std::chrono::seconds(10)) const
    {
        return readUntil({}, limit);
    }
    // The same, but no more than up to this text.
    [[nodiscard]] QByteArray readUntil(const QByteArray &end,
                                       std::chrono::milliseconds limit
                                       = std::chrono::seconds(10)) const
    {
        QByteArray text;
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (end.isEmpty() || !text.endsWith(end)) {
            const QByteArray piece = receive(end.isEmpty() ? 4096 : 1, deadline);
            if (piece.isEmpty())
                break;
            text += piece;
        }
        return text;
    }
    // One reply, as long as it says; the connection may go on.
    [[nodiscard]] QByteArray readReply() const
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        QByteArray reply = readUntil("\r\n\r\n");
        const QByteArray name = "\r\nContent-Length: ";
        const qsizetype at = reply.indexOf(name) + name.size();
        qsizetype left
            = reply.contains(name) ? reply.mid(at, reply.indexOf('\r', at) - at).toInt() : 0;
        while (left > 0) {
            const QByteArray piece = receive(static_cast<size_t>(left), deadline);
            if (piece.isEmpty())
                break;
            reply += piece;
            left -= piece.size();
        }
        return reply;
    }
    // The other side closes within the time, and sends nothing before.
    [[nodiscard]] bool isClosed(std::chrono::milliseconds limit = std::chrono::seconds(10)) const
    {
        pollfd entry{.fd = m_socket, .events = POLLIN, .revents = 0};
        char byte = 0;
        return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0
            && ::recv(m_socket, &byte, 1, MSG_PEEK) == 0;
    }
    // Nothing has come, and the other side has not closed.
    [[nodiscard]] bool isQuiet() const
    {
        pollfd entry{.fd = m_socket, .events = POLLIN, .revents = 0};
        return ::poll(&entry, 1, 0) == 0;
    }

private:
    // What comes first; empty when the other side has closed or the time is up.
    [[nodiscard]] QByteArray receive(size_t most,
                                     std::chrono::steady_clock::time_point deadline) const
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd entry{.fd = m_socket, .events = POLLIN, .revents = 0};
        if (left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) <= 0)
            return {};
        QByteArray piece(static_cast<qsizetype>(most), Qt::Uninitialized);
        const ssize_t count = ::recv(m_socket, piece.data(), most, 0);
        piece.truncate(std::max<qsizetype>(count, 0));
        return piece;
    }

    int m_socket;
    bool m_connected = false;
};

[[nodiscard]] inline int statusOf(const QByteArray &reply)
{
    return reply.startsWith("HTTP/1.1 ") ? reply.mid(9, 3).toInt() : 0;
}

} // namespace batchyard::test
