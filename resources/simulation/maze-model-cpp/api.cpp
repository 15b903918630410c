#include "api.h"

#include "moves.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace simulation {

namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view plain = "text/plain; charset=utf-8";

Reply make(unsigned status, std::string_view type, std::string body)
{
    Reply reply;
    reply.status = status;
    reply.type = type;
    reply.body = std::move(body);
    return reply;
}

Reply json(std::string body)
{
    return make(200, "application/json", std::move(body));
}

Reply notAllowed(const std::string &allow)
{
    Reply reply = errorReply(405, "This address answers " + allow + " only.");
    reply.allow = allow;
    return reply;
}

bool isRead(std::string_view method)
{
    return method == "GET" || method == "HEAD";
}

std::optional<std::uint64_t> digits(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || rest != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

Reply errorReply(unsigned status, const std::string &text)
{
    return make(status, "application/json", "{\"error\": \"" + text + "\"}");
}

Api::Api(int width, int height)
    : m_width(width)
    , m_height(height)
{
}

void Api::setMaze(std::unique_ptr<const Maze> maze)
{
    m_owned = std::move(maze);
    m_maze.store(m_owned.get(), std::memory_order_release);
}

std::uint64_t Api::bodyLimit() const
{
    constexpr std::uint64_t least = 8U << 20U;
    constexpr std::uint64_t bytesPerCell = 64;
    return std::max(least,
                    bytesPerCell * static_cast<std::uint64_t>(m_width)
                        * static_cast<std::uint64_t>(m_height));
}

Reply Api::answer(std::string_view method, std::string_view target, const std::string &body) const
{
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, question);
    const std::string_view query
        = question < target.size() ? target.substr(question + 1) : std::string_view();
    const Maze *maze = m_maze.load(std::memory_order_acquire);

    if (path == "/")
        return isRead(method) ? make(200, html, "<p>Hello, Maze!</p>") : notAllowed("GET, HEAD");
    if (path == "/health") {
        if (!isRead(method))
            return notAllowed("GET, HEAD");
        return json(maze != nullptr ? R"({"status": "ok", "ready": true})"
                                    : R"({"status": "starting", "ready": false})");
    }
    if (path == "/stop") {
        if (method != "POST")
            return notAllowed("POST");
        Reply reply = make(202, "application/json", R"({"stopping": true})");
        reply.stop = true;
        return reply;
    }
    constexpr std::string_view prefix = "/maze/";
    if (path.substr(0, prefix.size()) != prefix)
        return errorReply(404, "There is nothing at this address.");
    if (maze == nullptr) {
        Reply reply = errorReply(503, "The maze is not built yet.");
        reply.retryLater = true;
        return reply;
    }
    return answerMaze(*maze, method, path.substr(prefix.size()), query, body);
}

Reply Api::answerMaze(const Maze &maze, std::string_view method, std::string_view path,
                      std::string_view query, const std::string &body) const
{
    constexpr std::string_view position = "pos/";
    if (path == "map") {
        if (isRead(method))
            return answerMap(maze, query);
        return method == "POST" ? answerMoves(maze, body) : notAllowed("GET, HEAD, POST");
    }
    const bool isPosition = path.substr(0, position.size()) == position;
    if (path != "size" && path != "start" && !isPosition)
        return errorReply(404, "There is nothing at this address.");
    if (!isRead(method))
        return notAllowed("GET, HEAD");
    if (isPosition)
        return answerPosition(maze, path.substr(position.size()));
    if (path == "size") {
        return json("{\"width\": " + std::to_string(m_width)
                    + ", \"height\": " + std::to_string(m_height) + "}");
    }
    return json("{\"x\": " + std::to_string(maze.start().x)
                + ", \"y\": " + std::to_string(maze.start().y) + "}");
}

Reply Api::answerPosition(const Maze &maze, std::string_view place) const
{
    const std::size_t slash = place.find('/');
    if (slash == std::string_view::npos)
        return errorReply(404, "There is nothing at this address.");
    const std::optional<std::uint64_t> y = digits(place.substr(0, slash));
    const std::optional<std::uint64_t> x = digits(place.substr(slash + 1));
    if (!x || !y || *x >= static_cast<std::uint64_t>(m_width)
        || *y >= static_cast<std::uint64_t>(m_height)) {
        return errorReply(404,
                          "There is no such position: /maze/pos/<y>/<x> has y from 0 to "
                              + std::to_string(m_height - 1) + " and x from 0 to "
                              + std::to_string(m_width - 1) + ".");
    }
    return json(maze.positionJson({static_cast<int>(*x), static_cast<int>(*y)}));
}

Reply Api::answerMap(const Maze &maze, std::string_view query) const
{
    if (query.empty() || query == "format=html")
        return make(200, html, "<pre>\n" + maze.text() + "</pre>");
    if (query == "format=text")
        return make(200, plain, maze.text());
    if (query == "format=json")
        return json(maze.json());
    return errorReply(400, "The map has format=html, format=text and format=json.");
}

Reply Api::answerMoves(const Maze &maze, const std::string &body) const
{
    const Moves moves = parseMoves(body, m_width, m_height);
    if (!moves.error.empty())
        return errorReply(400, moves.error);
    return make(200, plain, maze.text(moves.walked));
}

} // namespace simulation
