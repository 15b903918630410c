#include "backend/executor/core/shareusage.h"

#include "backend/executor/core/resources.h"

#include <algorithm>
#include <utility>

namespace batchyard::executor::core {

namespace {

constexpr qint64 partsPerWindow = 64;

qint64 milliseconds(std::chrono::seconds time)
{
    return std::chrono::milliseconds(time).count();
}

} // namespace

ShareUsage::ShareUsage(std::chrono::seconds window)
    : m_window(milliseconds(window))
    , m_width(std::max<Time>(1, m_window / partsPerWindow))
{
}

void ShareUsage::begin(double vcpus, batch::Timestamp at)
{
    advance(batch::toEpochMs(at));
    m_vcpus += vcpus;
}

void ShareUsage::restore(double vcpus, batch::Timestamp since)
{
    const Time start = batch::toEpochMs(since);
    if (m_last && start < *m_last)
        add(vcpus, start, *m_last);
    begin(vcpus, since);
}

void ShareUsage::addPast(double vcpus, batch::Timestamp from, batch::Timestamp until)
{
    add(vcpus, batch::toEpochMs(from), batch::toEpochMs(until));
}

void ShareUsage::end(double vcpus, batch::Timestamp at)
{
    advance(batch::toEpochMs(at));
    m_vcpus -= vcpus;
    if (m_vcpus < vcpuTolerance)
        m_vcpus = 0;
}

void ShareUsage::setWindow(std::chrono::seconds window)
{
    const Time length = milliseconds(window);
    if (length == m_window)
        return;
    const Time width = m_width;
    const std::deque<Part> parts = std::exchange(m_parts, {});
    m_window = length;
    m_width = std::max<Time>(1, length / partsPerWindow);
    for (const Part &part : parts) {
        const Time start = part.index * width;
        add(part.amount / static_cast<double>(width), start, start + width);
    }
}

void ShareUsage::setNow(batch::Timestamp now)
{
    const Time time = batch::toEpochMs(now);
    while (!m_parts.empty() && (m_parts.front().index + 1) * m_width <= time - m_window)
        m_parts.pop_front();
    while (!m_parts.empty() && m_parts.back().index * m_width > time)
        m_parts.pop_back();
    if (m_last)
        m_last = std::min(*m_last, time);
}

double ShareUsage::vcpuSeconds(batch::Timestamp now) const
{
    const Time time = batch::toEpochMs(now);
    const Time start = time - m_window;
    double sum = 0;
    for (const Part &part : m_parts) {
        if ((part.index + 1) * m_width > start)
            sum += weighted(part.amount, part.moment, part.index * m_width, time);
    }
    if (m_vcpus > 0 && m_last && *m_last < time) {
        const Time from = std::max(*m_last, start);
        const double length = static_cast<double>(time - from);
        sum += weighted(m_vcpus * length, m_vcpus * length * length / 2, from, time);
    }
    return sum / 1000;
}

bool ShareUsage::isNothing(batch::Timestamp now) const
{
    const Time start = batch::toEpochMs(now) - m_window;
    return m_vcpus <= 0
        && std::none_of(m_parts.begin(), m_parts.end(), [this, start](const Part &part) {
               return (part.index + 1) * m_width > start && part.amount > 0;
           });
}

void ShareUsage::advance(Time to)
{
    if (m_last && to <= *m_last)
        return;
    if (m_last && m_vcpus > 0)
        add(m_vcpus, *m_last, to);
    m_last = to;
}

void ShareUsage::add(double vcpus, Time from, Time to)
{
    from = std::max(from, to - m_window);
    while (from < to) {
        const Time index = from / m_width;
        const Time until = std::min(to, (index + 1) * m_width);
        const double length = static_cast<double>(until - from);
        const double offset = static_cast<double>(from - index * m_width);
        addTo(index, vcpus * length, vcpus * length * (offset + length / 2));
        from = until;
    }
}

void ShareUsage::addTo(Time index, double amount, double moment)
{
    auto part = std::lower_bound(m_parts.begin(), m_parts.end(), index,
                                 [](const Part &each, Time value) { return each.index < value; });
    if (part == m_parts.end() || part->index != index)
        part = m_parts.insert(part, {index, 0, 0});
    part->amount += amount;
    part->moment += moment;
}

// The integral of use × (1 - (now - t) / window), t counted from origin.
double ShareUsage::weighted(double amount, double moment, Time origin, Time now) const
{
    const double window = static_cast<double>(m_window);
    const double weightAtOrigin = 1 - static_cast<double>(now - origin) / window;
    return std::clamp(amount * weightAtOrigin + moment / window, 0.0, amount);
}

} // namespace batchyard::executor::core
