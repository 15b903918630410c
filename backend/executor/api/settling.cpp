#include "backend/executor/api/settling.h"

#include <algorithm>

namespace batchyard::executor::api {

Settling::Settling(std::chrono::milliseconds time, ChangeFeed &feed)
    : m_time(time)
    , m_feed(feed)
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { settle(); });
}

void Settling::begin(ResourceKind kind, const QString &name, const QString &status)
{
    if (m_time.count() == 0)
        return;
    m_moments.removeIf([&](const Moment &each) { return each.kind == kind && each.name == name; });
    m_moments.append({kind, name, status, QDeadlineTimer(m_time, Qt::PreciseTimer)});
    if (!m_timer.isActive())
        m_timer.start(m_time);
}

QString Settling::statusOf(ResourceKind kind, const QString &name) const
{
    const auto found = std::ranges::find_if(m_moments, [&](const Moment &each) {
        return each.kind == kind && each.name == name && !each.end.hasExpired();
    });
    return found == m_moments.end() ? QString() : found->status;
}

void Settling::settle()
{
    const auto count = m_moments.removeIf([](const Moment &each) { return each.end.hasExpired(); });
    if (count > 0)
        m_feed.add(Change::Kind::Resource);
    if (!m_moments.isEmpty())
        m_timer.start(std::max(std::chrono::milliseconds(1),
                               std::chrono::ceil<std::chrono::milliseconds>(
                                   m_moments.first().end.remainingTimeAsDuration())));
}

} // namespace batchyard::executor::api
