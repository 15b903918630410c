// What a task asks for, an instance or the machine has, and jobs hold: vCPUs, memory, GPUs.
#pragma once

#include <QtGlobal>

namespace batchyard::executor::core {

// vCPUs are sums of decimal fractions; two that differ by less are the same.
inline constexpr double vcpuTolerance = 1e-6;

struct Resources {
    double vcpus = 0;
    qint64 memoryMiB = 0;
    int gpus = 0;

    Resources &operator+=(const Resources &other)
    {
        vcpus += other.vcpus;
        memoryMiB += other.memoryMiB;
        gpus += other.gpus;
        return *this;
    }
    Resources &operator-=(const Resources &other)
    {
        vcpus -= other.vcpus;
        memoryMiB -= other.memoryMiB;
        gpus -= other.gpus;
        return *this;
    }
    friend Resources operator+(Resources a, const Resources &b) { return a += b; }
    friend Resources operator-(Resources a, const Resources &b) { return a -= b; }
    friend bool operator==(const Resources &, const Resources &) = default;
};

// More vCPUs than there are, told apart from a sum's rounding.
[[nodiscard]] constexpr bool exceeds(double askedvCpus, double availablevCpus)
{
    return askedvCpus > availablevCpus + vcpuTolerance;
}

[[nodiscard]] inline bool fits(const Resources &asked, const Resources &available)
{
    return !exceeds(asked.vcpus, available.vcpus) && asked.memoryMiB <= available.memoryMiB
        && asked.gpus <= available.gpus;
}

} // namespace batchyard::executor::core
