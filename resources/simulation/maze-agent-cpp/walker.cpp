#include "walker.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <thread>

namespace simulation {

namespace {

constexpr int longestSide = 16384; // what memory is given for; no model's word is taken for it

void printLine(const std::string &line)
{
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

std::string pair(int x, int y)
{
    return "(" + std::to_string(x) + ", " + std::to_string(y) + ")";
}

// A member of the model's answer; its absence or another type is a protocol error.
template <typename T>
T member(const std::string &body, const nlohmann::json &object, const char *name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    const bool fits = object.is_object() && found != object.end()
        && (std::is_same_v<T, std::string> ? found->is_string() : found->is_number_integer());
    if (!fits) {
        throw AgentError("ValueError",
                         std::string("The model's answer has no usable \"") + name
                             + "\": " + body.substr(0, 200));
    }
    return found->get<T>();
}

nlohmann::json parsed(const std::string &body)
{
    nlohmann::json value = nlohmann::json::parse(body, nullptr, false);
    if (value.is_discarded())
        throw AgentError("ValueError", "The model's answer is no JSON: " + body.substr(0, 200));
    return value;
}

} // namespace

Walker::Walker(Client &client, const Settings &settings)
    : m_client(client)
    , m_settings(settings)
    , m_random(settings.seed)
{
}

bool Walker::run()
{
    askSizeAndStart();
    if (!search()) {
        printLine("No moves left");
        return false;
    }
    printWalk();
    if (m_settings.printMap)
        printMap();
    return true;
}

void Walker::askSizeAndStart()
{
    const std::string sizeBody = m_client.get("/maze/size");
    const nlohmann::json size = parsed(sizeBody);
    const auto width = member<std::int64_t>(sizeBody, size, "width");
    const auto height = member<std::int64_t>(sizeBody, size, "height");
    if (width < 1 || height < 1 || width > longestSide || height > longestSide)
        throw AgentError("ValueError", "The model's size cannot be: " + sizeBody.substr(0, 200));
    m_width = static_cast<int>(width);
    m_height = static_cast<int>(height);
    printLine("SIZE {'width': " + std::to_string(m_width)
              + ", 'height': " + std::to_string(m_height) + "}");

    const std::string startBody = m_client.get("/maze/start");
    const nlohmann::json start = parsed(startBody);
    const auto x = member<std::int64_t>(startBody, start, "x");
    const auto y = member<std::int64_t>(startBody, start, "y");
    if (x < 0 || y < 0 || x >= m_width || y >= m_height)
        throw AgentError("ValueError", "The start is outside: " + startBody.substr(0, 200));
    m_here = {static_cast<int>(x), static_cast<int>(y)};
    printLine("START {'x': " + std::to_string(m_here.x) + ", 'y': " + std::to_string(m_here.y)
              + "}");
}

Walker::Look Walker::look(Cell cell)
{
    const std::string body
        = m_client.get("/maze/pos/" + std::to_string(cell.y) + "/" + std::to_string(cell.x));
    const nlohmann::json position = parsed(body);
    Look look;
    const auto here = member<std::string>(body, position, "here");
    look.here = here.empty() ? ' ' : here.front();
    constexpr const char *sides[] = {"up", "right", "down", "left"};
    for (int side = 0; side < 4; ++side)
        look.open[side] = member<std::int64_t>(body, position, sides[side]) == 0;
    return look;
}

void Walker::forget()
{
    m_visited.assign(static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_height), false);
    m_visited[index(m_here)] = true;
    m_trail.clear();
}

bool Walker::isNew(Cell cell) const
{
    return cell.x >= 0 && cell.y >= 0 && cell.x < m_width && cell.y < m_height
        && !m_visited[index(cell)];
}

bool Walker::search()
{
    forget();
    m_history = {m_here};
    bool hasKey = false;
    for (;;) {
        const Look seen = look(m_here);
        if (seen.here == 'K' && !hasKey) {
            printLine(pair(m_here.x, m_here.y) + " key found");
            hasKey = true;
            forget();
        } else if (seen.here == 'E' && hasKey) {
            printLine(pair(m_here.x, m_here.y) + " exit");
            return true;
        }
        const Cell around[] = {{m_here.x, m_here.y - 1},
                               {m_here.x + 1, m_here.y},
                               {m_here.x, m_here.y + 1},
                               {m_here.x - 1, m_here.y}};
        Cell fresh[4];
        std::uint32_t count = 0;
        for (int side = 0; side < 4; ++side) {
            if (seen.open[side] && isNew(around[side]))
                fresh[count++] = around[side];
        }
        if (count > 0) {
            m_trail.push_back(m_here);
            m_here = fresh[count == 1 ? 0 : m_random.below(count)];
            m_visited[index(m_here)] = true;
        } else if (!m_trail.empty()) {
            m_here = m_trail.back();
            m_trail.pop_back();
        } else {
            return false;
        }
        m_history.push_back(m_here);
        if (m_settings.stepDelay.count() > 0)
            std::this_thread::sleep_for(m_settings.stepDelay);
    }
}

void Walker::printWalk() const
{
    printLine("Solution length: " + std::to_string(m_history.size()));
    std::string line = "[";
    for (const Cell &cell : m_history) {
        if (line.size() > 1)
            line += ", ";
        line += pair(cell.x, cell.y);
    }
    printLine(line + "]");
}

void Walker::printMap() const
{
    std::string moves = "[";
    for (const Cell &cell : m_history) {
        moves += moves.size() > 1 ? ",[" : "[";
        moves += std::to_string(cell.x) + "," + std::to_string(cell.y) + "]";
    }
    std::string map = m_client.post("/maze/map", moves + "]");
    while (!map.empty() && map.back() == '\n')
        map.pop_back();
    printLine(map);
}

} // namespace simulation
