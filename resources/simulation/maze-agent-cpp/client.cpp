#include "client.h"

#include "settings.h"

#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

namespace simulation {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto answerLimit = 60s;
constexpr auto patienceAtFirst = 120s;
constexpr auto patienceLater = 10s;
constexpr auto shortestPause = 100ms;
constexpr std::chrono::milliseconds longestPause = 2s;
constexpr std::uint64_t largestAnswer = 256U << 20U;

// A static program in an empty image has no resolver: addresses, localhost and /etc/hosts have to
// do, and that is how the containers of a job name each other.
std::optional<asio::ip::address> addressOf(const std::string &host)
{
    error_code error;
    const asio::ip::address address = asio::ip::make_address(host, error);
    if (!error)
        return address;
    if (host == "localhost")
        return asio::ip::address_v4::loopback();
    std::ifstream hosts("/etc/hosts");
    for (std::string line; std::getline(hosts, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string number;
        words >> number;
        for (std::string name; words >> name;) {
            const asio::ip::address found = asio::ip::make_address(number, error);
            if (name == host && !error)
                return found;
        }
    }
    return std::nullopt;
}

} // namespace

ModelUrl modelUrl()
{
    const std::string text = variable("MODEL_URL").value_or("http://127.0.0.1:5555");
    const BadSetting bad("MODEL_URL is \"" + escaped(text)
                         + "\": allowed is http://HOST, http://HOST:PORT or either with a path.");
    constexpr std::string_view scheme = "http://";
    if (text.compare(0, scheme.size(), scheme) != 0)
        throw bad;
    std::string rest = text.substr(scheme.size());
    ModelUrl url;
    if (const std::size_t slash = rest.find('/'); slash != std::string::npos) {
        url.prefix = rest.substr(slash);
        rest.resize(slash);
    }
    while (!url.prefix.empty() && url.prefix.back() == '/')
        url.prefix.pop_back();
    const std::size_t bracket = rest.find(']');
    const std::size_t colon = rest.find(':', bracket == std::string::npos ? 0 : bracket);
    if (colon != std::string::npos) {
        const char *end = rest.data() + rest.size();
        const auto [stop, error] = std::from_chars(rest.data() + colon + 1, end, url.port);
        if (error != std::errc() || stop != end || url.port == 0)
            throw bad;
        rest.resize(colon);
    }
    if (bracket != std::string::npos && rest.size() > 2 && rest.front() == '[')
        rest = rest.substr(1, rest.size() - 2);
    const std::string all = rest + url.prefix;
    const bool isClean = std::none_of(all.begin(), all.end(), [](char character) {
        return character <= ' ' || character > '~'
            || std::string_view("@?#\"<>\\").find(character) != std::string_view::npos;
    });
    if (rest.empty() || !isClean)
        throw bad;
    url.host = rest;
    return url;
}

Client::Client(ModelUrl url)
    : m_url(std::move(url))
{
    const std::optional<asio::ip::address> address = addressOf(m_url.host);
    if (!address) {
        throw AgentError("ConnectionError",
                         "The host of MODEL_URL, " + m_url.host
                             + ", is neither an address nor in /etc/hosts.");
    }
    m_endpoint = {*address, m_url.port};
}

std::string Client::get(const std::string &path)
{
    return request(false, path, {});
}

std::string Client::post(const std::string &path, std::string body)
{
    return request(true, path, std::move(body));
}

std::string Client::request(bool isPost, const std::string &path, std::string body)
{
    const auto start = std::chrono::steady_clock::now();
    const std::string address
        = "http://" + m_url.host + ":" + std::to_string(m_url.port) + m_url.prefix + path;
    std::chrono::milliseconds pause = 0ms;
    for (;;) {
        AgentError failure("HTTPError", "");
        try {
            Answer answer = attempt(isPost, path, body);
            m_hasAnswered = m_hasAnswered || answer.status != 503;
            if (answer.status == 200)
                return std::move(answer.body);
            failure = AgentError("HTTPError",
                                 "The model answered " + std::to_string(answer.status) + " to "
                                     + address + ".");
            if (answer.status != 503)
                throw failure;
            pause = std::max(pause, std::chrono::milliseconds(1s)); // what its Retry-After asks for
        } catch (const boost::system::system_error &error) {
            m_stream.reset();
            failure = AgentError("ConnectionError",
                                 address + " cannot be reached: " + error.code().message() + ".");
        }
        const auto patience = m_hasAnswered ? patienceLater : patienceAtFirst;
        if (std::chrono::steady_clock::now() - start + pause > patience)
            throw failure;
        std::this_thread::sleep_for(pause);
        pause = std::clamp<std::chrono::milliseconds>(pause * 2, shortestPause, longestPause);
    }
}

Client::Answer Client::attempt(bool isPost, const std::string &path, std::string &body)
{
    if (!m_stream)
        connect();
    http::request<http::string_body> request(isPost ? http::verb::post : http::verb::get,
                                             m_url.prefix + path, 11);
    request.set(http::field::host, m_url.host + ":" + std::to_string(m_url.port));
    request.set(http::field::user_agent, "maze-agent");
    if (isPost) {
        request.set(http::field::content_type, "application/json");
        request.body().swap(body); // it may be large: lent, not copied
        request.prepare_payload();
    }
    error_code error;
    http::write(*m_stream, request, error);
    if (isPost)
        body.swap(request.body());
    if (error)
        throw boost::system::system_error(error);
    http::response_parser<http::string_body> parser;
    parser.body_limit(largestAnswer);
    http::read(*m_stream, m_buffer, parser);
    if (!parser.get().keep_alive())
        m_stream.reset();
    return {parser.get().result_int(), std::move(parser.get().body())};
}

void Client::connect()
{
    m_buffer.clear();
    asio::ip::tcp::socket socket(m_context, m_endpoint.protocol());
    Stream stream(std::move(socket), answerLimit);
    // The plain call, because it keeps to the stream's time limit.
    if (::connect(stream.socket().native_handle(), m_endpoint.data(),
                  static_cast<socklen_t>(m_endpoint.size()))
        != 0) {
        throw boost::system::system_error(
            error_code(errno == EINPROGRESS ? ETIMEDOUT : errno, boost::system::system_category()));
    }
    m_stream.emplace(std::move(stream));
}

} // namespace simulation
