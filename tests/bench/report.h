// What every benchmark prints: our figure, the floor measured in the same run, and the ratio of the
// two pair by pair. A machine's speed drifts, a ratio hardly.
#pragma once

#include <string>
#include <vector>

namespace bench {

// Of a steady clock.
[[nodiscard]] double seconds();

class Ratios
{
public:
    Ratios(std::string name, std::string floorName, std::string unit);

    void add(double ours, double floor);
    // One line: medians, the ratio's minimum, median and maximum, and the aim.
    void print(double aim) const;

private:
    std::string m_name, m_floorName, m_unit;
    std::vector<double> m_ours, m_floor;
};

} // namespace bench
