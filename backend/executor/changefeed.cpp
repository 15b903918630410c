#include "backend/executor/changefeed.h"

#include <QSet>

namespace batchyard::executor {

namespace {

constexpr size_t maximumChanges = 4096;

} // namespace

// Numbers begin with the clock, so one that a former executor gave out is always older than ours.
ChangeFeed::ChangeFeed()
    : m_sequence(std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count())
    , m_first(m_sequence)
{
}

void ChangeFeed::add(Change::Kind kind, const QString &id)
{
    {
        const std::lock_guard lock(m_mutex);
        m_changes.push_back({++m_sequence, kind, id});
        if (m_changes.size() > maximumChanges) {
            m_first = m_changes.front().sequence;
            m_changes.pop_front();
        }
    }
    m_changed.notify_all();
}

ChangeFeed::Batch ChangeFeed::waitForChanges(qint64 since, std::chrono::milliseconds timeout)
{
    std::unique_lock lock(m_mutex);
    Batch batch;
    batch.complete = since >= m_first && since <= m_sequence;
    if (batch.complete)
        m_changed.wait_for(lock, timeout, [&] { return m_closed || m_sequence > since; });
    // While waiting more may have come than is kept.
    batch.complete = batch.complete && since >= m_first;
    QSet<std::pair<int, QString>> seen;
    for (auto change = m_changes.rbegin(); change != m_changes.rend() && change->sequence > since;
         ++change) {
        const std::pair key(static_cast<int>(change->kind), change->id);
        if (!seen.contains(key)) {
            seen.insert(key);
            batch.changes.prepend(*change);
        }
    }
    batch.sequence = m_sequence;
    return batch;
}

void ChangeFeed::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    m_changed.notify_all();
}

} // namespace batchyard::executor
