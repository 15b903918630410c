#include "maze.h"

#include "random.h"

#include <array>

namespace simulation {

namespace {

constexpr std::uint8_t up = 1, right = 2, down = 4, left = 8;

std::string place(Cell cell)
{
    return "{\"x\": " + std::to_string(cell.x) + ", \"y\": " + std::to_string(cell.y) + "}";
}

} // namespace

Maze::Maze(int width, int height, std::uint64_t seed, const Progress &progress)
    : m_width(width)
    , m_height(height)
    , m_open(static_cast<std::size_t>(width) * static_cast<std::size_t>(height))
{
    carve(seed, progress);
    m_open[index(m_start)] |= left;
    m_open[index(m_exit)] |= right;
}

// Recursive backtracker with a stack of its own. The order of the draws and of the sides is part of
// what a seed means; maze.py does the same.
void Maze::carve(std::uint64_t seed, const Progress &progress)
{
    Random random(seed);
    const auto width = static_cast<std::uint32_t>(m_width);
    const auto height = static_cast<std::uint32_t>(m_height);
    const std::uint32_t cells = width * height;
    m_start = {0, static_cast<int>(random.below(height))};
    m_exit = {m_width - 1, static_cast<int>(random.below(height))};
    do {
        const std::uint32_t at = random.below(cells);
        m_key = {static_cast<int>(at % width), static_cast<int>(at / width)};
    } while (m_key == m_start || m_key == m_exit);

    std::vector<std::uint32_t> stack{static_cast<std::uint32_t>(index(m_start))};
    std::uint32_t carved = 1;
    std::uint32_t tenths = 0;
    while (!stack.empty()) {
        const std::uint32_t here = stack.back();
        const std::uint32_t x = here % width;
        struct Way {
            std::uint32_t cell;
            std::uint8_t side;
        };
        std::array<Way, 4> ways{};
        std::uint32_t count = 0;
        // The start has no opening until its first way is carved, and is on the stack all the time.
        const auto consider = [&](std::uint32_t cell, std::uint8_t side) {
            if (m_open[cell] == 0 && cell != stack.front())
                ways[count++] = {cell, side};
        };
        if (here >= width)
            consider(here - width, up);
        if (x + 1 < width)
            consider(here + 1, right);
        if (here + width < cells)
            consider(here + width, down);
        if (x > 0)
            consider(here - 1, left);
        if (count == 0) {
            stack.pop_back();
            continue;
        }
        const Way way = ways[count == 1 ? 0 : random.below(count)];
        m_open[here] |= way.side;
        m_open[way.cell]
            |= static_cast<std::uint8_t>(way.side < down ? way.side << 2 : way.side >> 2);
        stack.push_back(way.cell);
        ++carved;
        if (static_cast<std::uint64_t>(carved) * 10 / cells > tenths) {
            tenths = static_cast<std::uint32_t>(static_cast<std::uint64_t>(carved) * 10 / cells);
            progress(100.0 * carved / cells);
        }
    }
}

char Maze::mark(Cell cell) const
{
    if (cell == m_start)
        return 'S';
    if (cell == m_key)
        return 'K';
    return cell == m_exit ? 'E' : ' ';
}

std::string Maze::positionJson(Cell cell) const
{
    const std::uint8_t open = m_open[index(cell)];
    std::string text = R"({"here": " ", "up": 1, "right": 1, "down": 1, "left": 1})";
    text[10] = mark(cell);
    text[20] = (open & up) != 0 ? '0' : '1';
    text[32] = (open & right) != 0 ? '0' : '1';
    text[43] = (open & down) != 0 ? '0' : '1';
    text[54] = (open & left) != 0 ? '0' : '1';
    return text;
}

std::string Maze::json() const
{
    std::string text = "{\"width\": " + std::to_string(m_width)
        + ", \"height\": " + std::to_string(m_height) + ", \"start\": " + place(m_start)
        + ", \"key\": " + place(m_key) + ", \"exit\": " + place(m_exit) + ", \"cells\": [";
    for (int y = 0; y < m_height; ++y) {
        text += y == 0 ? "[" : ", [";
        for (int x = 0; x < m_width; ++x) {
            if (x > 0)
                text += ", ";
            text += positionJson({x, y});
        }
        text += ']';
    }
    return text + "]}";
}

std::string Maze::text(const std::vector<bool> &walked) const
{
    const std::size_t rowLength = static_cast<std::size_t>(m_width) * 2 + 2;
    std::string text;
    text.reserve(rowLength * (static_cast<std::size_t>(m_height) * 2 + 1));
    const auto border = [&](int y, std::uint8_t side) {
        for (int x = 0; x < m_width; ++x)
            text += (m_open[index({x, y})] & side) != 0 ? "+ " : "+-";
        text += "+\n";
    };
    border(0, up);
    for (int y = 0; y < m_height; ++y) {
        text += (m_open[index({0, y})] & left) != 0 ? ' ' : '|';
        for (int x = 0; x < m_width; ++x) {
            const Cell cell{x, y};
            const char shown = mark(cell);
            text += shown == ' ' && !walked.empty() && walked[index(cell)] ? '*' : shown;
            text += (m_open[index(cell)] & right) != 0 ? ' ' : '|';
        }
        text += '\n';
        border(y, down);
    }
    return text;
}

} // namespace simulation
