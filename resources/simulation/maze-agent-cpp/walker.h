// The agent's way of searching: depth first with a trail to step back on; everything is searched
// anew once the key is found. Prints the log lines as it goes.
#pragma once

#include "client.h"

#include "random.h"

#include <vector>

namespace simulation {

class Walker
{
public:
    struct Settings {
        std::chrono::milliseconds stepDelay{0};
        std::uint64_t seed = 0;
        bool printMap = true;
    };

    Walker(Client &client, const Settings &settings);

    // True: key and exit found. False: no moves left. Throws AgentError.
    [[nodiscard]] bool run();

private:
    struct Cell {
        int x = 0;
        int y = 0;
    };
    struct Look {
        char here = ' ';
        bool open[4] = {}; // up, right, down, left
    };

    void askSizeAndStart();
    [[nodiscard]] Look look(Cell cell);
    [[nodiscard]] bool search();
    void printWalk() const;
    void printMap() const;
    void forget(); // all visited cells but this one
    [[nodiscard]] bool isNew(Cell cell) const;
    [[nodiscard]] std::size_t index(Cell cell) const
    {
        return static_cast<std::size_t>(cell.y) * static_cast<std::size_t>(m_width)
            + static_cast<std::size_t>(cell.x);
    }

    Client &m_client;
    Settings m_settings;
    Random m_random;
    int m_width = 0;
    int m_height = 0;
    Cell m_here;
    std::vector<bool> m_visited;
    std::vector<Cell> m_trail;
    std::vector<Cell> m_history;
};

} // namespace simulation
