#include "server.h"

#include "settings.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstring>
#include <ctime>
#include <thread>

#include <unistd.h>

namespace simulation {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr int mostConnections = 64;
constexpr auto idleLimit = std::chrono::seconds(120);
constexpr std::uint32_t headerLimit = 16 * 1024;

using Parser = http::request_parser<http::string_body>;

std::string_view view(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

// One write per line: lines of several connections do not mix.
void logAccess(const std::string &request, unsigned status)
{
    thread_local std::time_t second = 0;
    thread_local char stamp[32];
    const std::time_t now = std::time(nullptr);
    if (now != second) {
        std::tm parts{};
        localtime_r(&now, &parts);
        std::strftime(stamp, sizeof stamp, "%d/%b/%Y %H:%M:%S", &parts);
        second = now;
    }
    const std::string line = "127.0.0.1 - - [" + std::string(stamp) + "] \"" + request + "\" "
        + std::to_string(status) + " -\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

Reply replyTo(const error_code &error)
{
    if (error == http::error::body_limit)
        return errorReply(413, "The body is too large.");
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return errorReply(431, "The request's header is larger than 16 KiB.");
    return errorReply(400, "This is no HTTP/1.1 request.");
}

// False when the connection is at its end.
bool send(Stream &stream, const Reply &reply, bool head, bool keepAlive)
{
    http::response<http::string_body> response;
    response.result(reply.status);
    response.set(http::field::server, "maze-model");
    response.set(http::field::content_type, reply.type);
    if (!reply.allow.empty())
        response.set(http::field::allow, reply.allow);
    if (reply.retryLater)
        response.set(http::field::retry_after, "1");
    response.keep_alive(keepAlive);
    response.content_length(reply.body.size());
    if (!head)
        response.body() = reply.body;
    error_code error;
    http::write(stream, response, error);
    return !error && keepAlive;
}

// The peer may still be sending: what is read and dropped here keeps a reset from overtaking the
// reply.
void drain(Stream &stream)
{
    error_code error;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    char scrap[4096];
    for (int rounds = 0; rounds < 256 && !error; ++rounds)
        stream.read_some(asio::buffer(scrap), error);
}

} // namespace

Server::Server(const Api &api, std::uint16_t port)
    : m_api(api)
    , m_acceptor(m_context)
{
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    error_code error;
    m_acceptor.open(endpoint.protocol());
    m_acceptor.set_option(asio::socket_base::reuse_address(true));
    m_acceptor.bind(endpoint, error);
    if (!error)
        m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        throw std::runtime_error("Port " + std::to_string(port)
                                 + " of 127.0.0.1 (MAZE_PORT) cannot be used: "
                                 + std::strerror(error.value()) + ".");
    }
}

void Server::run()
{
    for (;;) {
        error_code error;
        asio::ip::tcp::socket socket = m_acceptor.accept(error);
        if (error) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100)); // out of descriptors
            continue;
        }
        if (m_connections.load() >= mostConnections)
            continue; // closed by its destructor
        ++m_connections;
        try {
            std::thread(
                [this](Stream stream) {
                    try {
                        serve(std::move(stream));
                    } catch (const std::exception &failure) {
                        std::fprintf(stderr, "ERROR %s\n", failure.what());
                    }
                    --m_connections;
                },
                Stream(std::move(socket), idleLimit))
                .detach();
        } catch (const std::system_error &) {
            --m_connections; // no thread to be had: this connection is dropped
        }
    }
}

void Server::serve(Stream stream)
{
    boost::beast::flat_buffer buffer(headerLimit + 64 * 1024);
    for (;;) {
        Parser parser;
        parser.header_limit(headerLimit);
        parser.body_limit(m_api.bodyLimit());
        error_code error;
        http::read_header(stream, buffer, parser, error);
        if (!error && !parser.is_done()
            && boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
            http::response<http::empty_body> goOn(http::status::continue_, 11);
            http::write(stream, goOn, error);
        }
        if (!error && !parser.is_done())
            http::read(stream, buffer, parser, error);
        if (error) {
            const bool isHttpError
                = error.category() == make_error_code(http::error::bad_method).category();
            if (isHttpError && error != http::error::end_of_stream
                && error != http::error::partial_message) {
                const Reply reply = replyTo(error);
                logAccess("-", reply.status);
                send(stream, reply, false, false);
                drain(stream);
            }
            return;
        }
        const Parser::value_type &request = parser.get();
        const std::string_view method = view(request.method_string());
        const std::string_view target = view(request.target());
        const Reply reply = m_api.answer(method, target, request.body());
        logAccess(escaped(method) + ' ' + escaped(target)
                      + (request.version() == 10 ? " HTTP/1.0" : " HTTP/1.1"),
                  reply.status);
        const bool goesOn
            = send(stream, reply, method == "HEAD", request.keep_alive() && !reply.stop);
        if (reply.stop) {
            error_code ignored;
            stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
            _exit(0);
        }
        if (!goesOn)
            return;
    }
}

} // namespace simulation
