// A blocking TCP stream for Boost.Beast whose reads and writes time out: Asio's own blocking calls
// wait for ever. One system call per read or write.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace simulation {

class Stream
{
public:
    using executor_type = boost::asio::ip::tcp::socket::executor_type;

    Stream(boost::asio::ip::tcp::socket socket, std::chrono::seconds timeout)
        : m_socket(std::move(socket))
    {
        const timeval limit{timeout.count(), 0};
        const int on = 1;
        ::setsockopt(m_socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(m_socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        ::setsockopt(m_socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    [[nodiscard]] executor_type get_executor() { return m_socket.get_executor(); }
    [[nodiscard]] boost::asio::ip::tcp::socket &socket() { return m_socket; }

    template <typename Buffers>
    std::size_t read_some(const Buffers &buffers, boost::system::error_code &error)
    {
        const boost::asio::mutable_buffer buffer = *boost::asio::buffer_sequence_begin(buffers);
        const ssize_t count = ::recv(m_socket.native_handle(), buffer.data(), buffer.size(), 0);
        if (count == 0 && buffer.size() != 0)
            error = boost::asio::error::eof;
        else
            error = count < 0 ? lastError() : boost::system::error_code();
        return count > 0 ? static_cast<std::size_t>(count) : 0;
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers &buffers, boost::system::error_code &error)
    {
        constexpr std::size_t most = 32;
        iovec parts[most];
        msghdr message = {};
        message.msg_iov = parts;
        auto next = boost::asio::buffer_sequence_begin(buffers);
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (; next != end && message.msg_iovlen < most; ++next) {
            const boost::asio::const_buffer buffer = *next;
            parts[message.msg_iovlen++] = {const_cast<void *>(buffer.data()), buffer.size()};
        }
        const ssize_t count = ::sendmsg(m_socket.native_handle(), &message, MSG_NOSIGNAL);
        error = count < 0 ? lastError() : boost::system::error_code();
        return count > 0 ? static_cast<std::size_t>(count) : 0;
    }

    template <typename Buffers>
    std::size_t read_some(const Buffers &buffers)
    {
        boost::system::error_code error;
        const std::size_t count = read_some(buffers, error);
        if (error)
            throw boost::system::system_error(error);
        return count;
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers &buffers)
    {
        boost::system::error_code error;
        const std::size_t count = write_some(buffers, error);
        if (error)
            throw boost::system::system_error(error);
        return count;
    }

private:
    static boost::system::error_code lastError()
    {
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return boost::asio::error::timed_out;
        return {errno, boost::system::system_category()};
    }

    boost::asio::ip::tcp::socket m_socket;
};

} // namespace simulation
