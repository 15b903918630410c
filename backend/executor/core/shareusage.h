// What one share has used of a queue lately: vCPU-seconds, each weighing less the longer ago it
// was, linearly from 1 now to 0 a window ago. AWS does not publish its curve (aws-batch.md 3.10).
// Exact, but for the part of the use that is just leaving the window. For the files of this folder
// only.
#pragma once

#include "backend/batch/common.h"

#include <deque>

namespace batchyard::executor::core {

class ShareUsage
{
public:
    explicit ShareUsage(std::chrono::seconds window);

    // vCPUs in use from and up to a time. A time before the last one told counts as that one.
    void begin(double vcpus, batch::Timestamp at);
    void end(double vcpus, batch::Timestamp at);
    // vCPUs in use since a time that may lie before the last one told.
    void restore(double vcpus, batch::Timestamp since);
    // Use that is over.
    void addPast(double vcpus, batch::Timestamp from, batch::Timestamp until);
    void setWindow(std::chrono::seconds window);
    // Forgets what no longer weighs anything, and what a clock that was set back has made future.
    void setNow(batch::Timestamp now);

    [[nodiscard]] double vcpus() const { return m_vcpus; } // in use
    [[nodiscard]] double vcpuSeconds(batch::Timestamp now) const;
    // No use and nothing left of it within the window.
    [[nodiscard]] bool isNothing(batch::Timestamp now) const;

private:
    using Time = qint64; // ms

    // Use within one part of the window: its sum and its moment about the part's start, from which
    // a linear weight follows exactly.
    struct Part {
        Time index = 0; // of the part of its width since the epoch
        double amount = 0; // vCPU ms
        double moment = 0; // vCPU ms²
    };

    void advance(Time to);
    void add(double vcpus, Time from, Time to);
    void addTo(Time index, double amount, double moment);
    [[nodiscard]] double weighted(double amount, double moment, Time origin, Time now) const;

    Time m_window;
    Time m_width;
    double m_vcpus = 0;
    std::optional<Time> m_last; // up to which m_vcpus is counted
    std::deque<Part> m_parts; // by time
};

} // namespace batchyard::executor::core
