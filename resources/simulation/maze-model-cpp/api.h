// The routes of the model: a request in, a reply out. Knows HTTP's methods and status numbers, but
// no sockets.
#pragma once

#include "maze.h"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace simulation {

struct Reply {
    unsigned status = 200;
    std::string type = "application/json";
    std::string body;
    std::string allow; // of a 405
    bool retryLater = false; // of a 503
    bool stop = false; // the program ends after this reply
};

[[nodiscard]] Reply errorReply(unsigned status, const std::string &text);

class Api
{
public:
    Api(int width, int height);

    // Until then the maze's routes answer 503. Called once, from any thread.
    void setMaze(std::unique_ptr<const Maze> maze);

    // The largest body that is read: a long walk through this maze.
    [[nodiscard]] std::uint64_t bodyLimit() const;
    [[nodiscard]] Reply answer(std::string_view method, std::string_view target,
                               const std::string &body) const;

private:
    [[nodiscard]] Reply answerMaze(const Maze &maze, std::string_view method, std::string_view path,
                                   std::string_view query, const std::string &body) const;
    [[nodiscard]] Reply answerPosition(const Maze &maze, std::string_view place) const;
    [[nodiscard]] Reply answerMap(const Maze &maze, std::string_view query) const;
    [[nodiscard]] Reply answerMoves(const Maze &maze, const std::string &body) const;

    int m_width;
    int m_height;
    std::unique_ptr<const Maze> m_owned;
    std::atomic<const Maze *> m_maze = nullptr;
};

} // namespace simulation
