// The agent's one kept-alive HTTP connection to the model, with retries.
#pragma once

#include "stream.h"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace simulation {

// What the agent cannot go on after. Its line in the log is "ERROR <name>: <text>".
struct AgentError : std::runtime_error {
    AgentError(std::string errorName, const std::string &text)
        : std::runtime_error(text)
        , name(std::move(errorName))
    {
    }
    std::string name;
};

struct ModelUrl {
    std::string host;
    std::uint16_t port = 80;
    std::string prefix; // "" or "/something"
};

// Throws BadSetting when MODEL_URL is no http:// address.
[[nodiscard]] ModelUrl modelUrl();

class Client
{
public:
    explicit Client(ModelUrl url);

    // The body of a 200 answer. A refused or broken connection and a 503 are tried again: for two
    // minutes until the model has answered once, for ten seconds after that. Throws AgentError.
    [[nodiscard]] std::string get(const std::string &path);
    [[nodiscard]] std::string post(const std::string &path, std::string body);

private:
    struct Answer {
        unsigned status = 0;
        std::string body;
    };

    std::string request(bool isPost, const std::string &path, std::string body);
    [[nodiscard]] Answer attempt(bool isPost, const std::string &path, std::string &body);
    void connect();

    ModelUrl m_url;
    boost::asio::io_context m_context;
    boost::asio::ip::tcp::endpoint m_endpoint;
    std::optional<Stream> m_stream;
    boost::beast::flat_buffer m_buffer;
    bool m_hasAnswered = false;
};

} // namespace simulation
