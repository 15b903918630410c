// The model: builds a maze, prints its map, and answers the agent's questions on a loopback port.
#include "server.h"

#include "settings.h"

#include <cstdio>
#include <exception>
#include <thread>

namespace {

void print(const std::string &text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void printProgress(double percent)
{
    char line[16];
    std::snprintf(line, sizeof line, "%.2f%%\n", percent);
    print(line);
}

[[noreturn]] void run()
{
    using namespace simulation;
    const auto width = static_cast<int>(number("MAZE_WIDTH", 80, 2, 2001));
    const auto height = static_cast<int>(number("MAZE_HEIGHT", 20, 2, 2001));
    const std::uint64_t mazeSeed = seed("MAZE_SEED");
    const auto port = static_cast<std::uint16_t>(number("MAZE_PORT", 5555, 1, 65535));

    Api api(width, height);
    Server server(api, port);
    // Requests are answered (503) while the maze is built, so that an agent knows whom it waits
    // for.
    std::thread(&Server::run, &server).detach();
    std::fprintf(stderr, "MAZE_SEED=%llu\n", static_cast<unsigned long long>(mazeSeed));
    auto maze = std::make_unique<const Maze>(width, height, mazeSeed, printProgress);
    print(maze->text());
    api.setMaze(std::move(maze));
    print(" * Serving a maze of " + std::to_string(width) + " x " + std::to_string(height)
          + " on http://127.0.0.1:" + std::to_string(port) + "\n");
    for (;;)
        std::this_thread::sleep_for(std::chrono::hours(24));
}

} // namespace

int main()
{
    simulation::exitOnSignals(0); // to be stopped is the model's ordinary end
    try {
        run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "ERROR %s\n", error.what());
        return 1;
    }
}
