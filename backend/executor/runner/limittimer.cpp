#include "backend/executor/runner/limittimer.h"

#include <algorithm>

namespace batchyard::executor {

LimitTimer::LimitTimer(std::chrono::milliseconds leg, QObject *parent)
    : QObject(parent)
    , m_leg(leg)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &LimitTimer::endLeg);
}

void LimitTimer::start(std::chrono::milliseconds time)
{
    m_end.emplace(time, Qt::PreciseTimer);
    arm();
}

void LimitTimer::resume()
{
    if (!m_timer.isActive())
        arm();
}

void LimitTimer::stop()
{
    m_end.reset();
    m_timer.stop();
}

void LimitTimer::arm()
{
    const auto left
        = std::chrono::ceil<std::chrono::milliseconds>(m_end->remainingTimeAsDuration());
    m_timer.start(std::min(left, m_leg));
}

void LimitTimer::endLeg()
{
    if (m_end->hasExpired())
        emit expired();
    else
        arm();
}

} // namespace batchyard::executor
