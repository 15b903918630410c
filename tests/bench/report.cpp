#include "tests/bench/report.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace bench {

namespace {

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const size_t middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Ratios::Ratios(std::string name, std::string floorName, std::string unit)
    : m_name(std::move(name))
    , m_floorName(std::move(floorName))
    , m_unit(std::move(unit))
{
}

void Ratios::add(double ours, double floor)
{
    m_ours.push_back(ours);
    m_floor.push_back(floor);
}

void Ratios::print(double aim) const
{
    if (m_ours.empty())
        return;
    std::vector<double> ratios;
    for (size_t i = 0; i < m_ours.size(); ++i)
        ratios.push_back(m_ours[i] / m_floor[i]);
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    std::printf("%s: %.1f %s, %s: %.1f %s, ratio %.2f (%.2f to %.2f in %zu pairs), aim %.2f\n",
                m_name.c_str(), median(m_ours), m_unit.c_str(), m_floorName.c_str(),
                median(m_floor), m_unit.c_str(), median(ratios), *least, *most, ratios.size(), aim);
    std::fflush(stdout);
}

} // namespace bench
