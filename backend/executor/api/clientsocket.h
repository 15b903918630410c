// A client's connection, counted together with all others as long as it is open. For the HTTP
// server's parts only.
#pragma once

#include <QByteArrayView>

#include <atomic>
#include <chrono>
#include <memory>

namespace batchyard::executor::api {

// Closed with the object; below 0: none.
class Descriptor
{
public:
    explicit Descriptor(int fd = -1)
        : m_fd(fd)
    {
    }
    ~Descriptor() { reset(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    [[nodiscard]] int fd() const { return m_fd; }
    void reset(int fd = -1);

private:
    int m_fd;
};

// What is open and kept of all connections, those that are being served among them.
struct Load {
    std::atomic<int> connections = 0;
    std::atomic<qint64> bytes = 0;
};

class ClientSocket
{
public:
    ClientSocket(int fd, std::shared_ptr<Load> load); // takes the descriptor
    ~ClientSocket();
    ClientSocket(const ClientSocket &) = delete;
    ClientSocket &operator=(const ClientSocket &) = delete;

    [[nodiscard]] int fd() const { return m_fd.fd(); }
    void keep(qint64 bytes); // so many bytes of its are kept now
    // What could be sent without waiting; below 0: the connection is broken.
    [[nodiscard]] qsizetype sendSome(QByteArrayView bytes) const;
    // Waits until the client has taken it; false when it has not in that time, or is gone.
    bool sendAll(QByteArrayView bytes, std::chrono::milliseconds limit) const;
    // Nothing more is sent. What the client has sent beyond its request is taken and dropped:
    // closing over unread bytes resets the connection.
    void finish() const;

private:
    Descriptor m_fd;
    std::shared_ptr<Load> m_load;
    qint64 m_kept = 0;
};

} // namespace batchyard::executor::api
