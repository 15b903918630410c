// Where connections wait, on one thread for all of them, until a whole request has arrived: idle
// and slow clients hold no thread of the server. What is refused before its body, comes too late or
// is too much is answered here.
#pragma once

#include "backend/executor/api/httpmessage.h"

#include <functional>
#include <memory>
#include <optional>

namespace batchyard::executor::api {

class ClientSocket;

class WaitingRoom
{
public:
    // A client whose request is whole. The connection is closed with this object.
    class Visit
    {
    public:
        Visit(std::unique_ptr<ClientSocket> socket, Request request);
        Visit(Visit &&) noexcept;
        Visit &operator=(Visit &&) noexcept;
        ~Visit();

        [[nodiscard]] const Request &request() const { return m_request; }
        // Returns when the client has taken it, or has not for 15 s. The thread that has the
        // visit may wait here.
        void answer(const Reply &reply);

    private:
        std::unique_ptr<ClientSocket> m_socket;
        Request m_request;
    };

    // Called on the room's thread, which must not be kept.
    using Ready = std::function<void(Visit)>;

    WaitingRoom(const HttpLimits &limits, Ready ready);
    ~WaitingRoom(); // closes
    WaitingRoom(const WaitingRoom &) = delete;
    WaitingRoom &operator=(const WaitingRoom &) = delete;

    // Listens on 127.0.0.1; port 0 is any free one. Returns the port, or nothing when there is none
    // to be had.
    [[nodiscard]] std::optional<quint16> open(quint16 port);
    // Accepts nothing more and ends all connections that wait; visits are not touched.
    void close();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::api
