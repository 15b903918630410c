#include "backend/executor/api/clientsocket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace batchyard::executor::api {

namespace {

using SendClock = std::chrono::steady_clock;

bool waitUntilWritable(int socket, SendClock::time_point deadline)
{
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SendClock::now());
        pollfd entry{.fd = socket, .events = POLLOUT, .revents = 0};
        const int ready = left.count() > 0 ? ::poll(&entry, 1, static_cast<int>(left.count())) : 0;
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

} // namespace

void Descriptor::reset(int fd)
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = fd;
}

ClientSocket::ClientSocket(int fd, std::shared_ptr<Load> load)
    : m_fd(fd)
    , m_load(std::move(load))
{
    ++m_load->connections;
}

ClientSocket::~ClientSocket()
{
    keep(0);
    --m_load->connections;
}

void ClientSocket::keep(qint64 bytes)
{
    m_load->bytes += bytes - std::exchange(m_kept, bytes);
}

qsizetype ClientSocket::sendSome(QByteArrayView bytes) const
{
    const ssize_t count = ::send(fd(), bytes.data(), static_cast<size_t>(bytes.size()),
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
    return count >= 0 ? count : (errno == EAGAIN || errno == EINTR ? 0 : -1);
}

bool ClientSocket::sendAll(QByteArrayView bytes, std::chrono::milliseconds limit) const
{
    const auto deadline = SendClock::now() + limit;
    while (!bytes.isEmpty()) {
        const qsizetype count = sendSome(bytes);
        if (count < 0 || (count == 0 && !waitUntilWritable(fd(), deadline)))
            return false;
        bytes = bytes.sliced(count);
    }
    return true;
}

void ClientSocket::finish() const
{
    ::shutdown(fd(), SHUT_WR);
    char rest[4096];
    for (int i = 0; i < 64 && ::recv(fd(), rest, sizeof rest, MSG_DONTWAIT) > 0; ++i) { }
}

} // namespace batchyard::executor::api
