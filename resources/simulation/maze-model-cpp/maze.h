// The world: a perfect maze (exactly one way between any two cells) with a start on the left
// border, an exit on the right border and a key somewhere else. (0,0) is top left, y grows down.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace simulation {

struct Cell {
    int x = 0;
    int y = 0;
    friend bool operator==(const Cell &, const Cell &) = default;
};

class Maze
{
public:
    // Told the share of carved cells in per cent, about every ten.
    using Progress = std::function<void(double)>;

    Maze(int width, int height, std::uint64_t seed, const Progress &progress);

    [[nodiscard]] int width() const { return m_width; }
    [[nodiscard]] int height() const { return m_height; }
    [[nodiscard]] Cell start() const { return m_start; }
    [[nodiscard]] Cell key() const { return m_key; }
    [[nodiscard]] Cell exit() const { return m_exit; }
    [[nodiscard]] char mark(Cell cell) const; // S, K, E or a space
    // Walls of the four sides; start and exit are open to the outside too.
    [[nodiscard]] std::string positionJson(Cell cell) const;
    [[nodiscard]] std::string json() const;
    // The map, each row with its newline; walked: one flag per cell, rows by y, or empty.
    [[nodiscard]] std::string text(const std::vector<bool> &walked = {}) const;

private:
    void carve(std::uint64_t seed, const Progress &progress);
    [[nodiscard]] std::size_t index(Cell cell) const
    {
        return static_cast<std::size_t>(cell.y) * static_cast<std::size_t>(m_width)
            + static_cast<std::size_t>(cell.x);
    }

    int m_width;
    int m_height;
    Cell m_start, m_key, m_exit;
    std::vector<std::uint8_t> m_open; // per cell, bits: 1 up, 2 right, 4 down, 8 left
};

} // namespace simulation
