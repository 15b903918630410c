// HTTP/1.1 on a loopback port: one thread per kept-alive connection, an access line on stderr per
// request, in the form of Flask's server.
#pragma once

#include "api.h"

#include "stream.h"

#include <boost/asio/io_context.hpp>

#include <atomic>

namespace simulation {

class Server
{
public:
    // Throws when the port cannot be listened on.
    Server(const Api &api, std::uint16_t port);

    // Accepts for ever.
    [[noreturn]] void run();

private:
    void serve(Stream stream);

    const Api &m_api;
    boost::asio::io_context m_context;
    boost::asio::ip::tcp::acceptor m_acceptor;
    std::atomic<int> m_connections = 0;
};

} // namespace simulation
