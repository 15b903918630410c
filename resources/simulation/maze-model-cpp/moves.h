// The body of POST /maze/map: a JSON list of [x, y] moves.
#pragma once

#include <string>
#include <vector>

namespace simulation {

struct Moves {
    std::vector<bool> walked; // one flag per cell, rows by y
    std::string error; // what is wrong with the list; empty when it is right
};

[[nodiscard]] Moves parseMoves(const std::string &body, int width, int height);

} // namespace simulation
