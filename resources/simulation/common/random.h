// The random numbers of all four programs: one definition, so that a seed means the same maze and
// the same walk in C++ and in Python.
#pragma once

#include <cstdint>

namespace simulation {

class Random
{
public:
    // Seeds are mixed first (the finalizer of splitmix64): neighbouring seeds differ at once.
    explicit Random(std::uint64_t seed)
    {
        std::uint64_t z = seed + 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        m_state = z ^ (z >> 31U);
    }

    // 0 … limit - 1; limit is far below 2^31, so the bias of the remainder does not matter.
    [[nodiscard]] std::uint32_t below(std::uint32_t limit)
    {
        m_state = m_state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::uint32_t>(m_state >> 33U) % limit;
    }

private:
    std::uint64_t m_state;
};

} // namespace simulation
