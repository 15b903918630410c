#include "backend/executor/core/queueorder.h"

#include <tuple>

namespace batchyard::executor::core {

Resources totalOf(const WaitingJob &job)
{
    Resources total;
    for (const Resources &task : job.tasks)
        total += task;
    return total;
}

bool QueueOrder::Entry::precedes(const Entry &other) const
{
    if (priority != other.priority)
        return priority > other.priority;
    if (sequence != other.sequence)
        return sequence < other.sequence;
    return std::tuple(job->jobId.size(), job->jobId)
        < std::tuple(other.job->jobId.size(), other.job->jobId);
}

void QueueOrder::setPolicy(const std::optional<batch::FairsharePolicy> &policy)
{
    if (policy && m_shares) {
        m_shares->setPolicy(*policy);
        return;
    }
    if (policy.has_value() == m_shares.has_value())
        return;
    QList<const WaitingJob *> jobs;
    for (const auto &[share, line] : m_lines) {
        for (qsizetype i = 0; i < line.jobs.size(); ++i)
            jobs.append(line.jobs.at(i).job);
    }
    m_lines.clear();
    m_ranks.clear();
    m_size = 0;
    m_shares.reset();
    if (policy)
        m_shares.emplace(*policy);
    for (const WaitingJob *job : std::as_const(jobs))
        add(*job);
}

void QueueOrder::add(const WaitingJob &job)
{
    const QString share = lineOf(job);
    Line &line = m_lines[share];
    line.jobs.insert(entryOf(job));
    ++m_size;
    if (m_shares)
        m_shares->setWaiting(share, line.jobs.size());
    rank(share, line);
}

void QueueOrder::remove(const WaitingJob &job)
{
    const QString share = lineOf(job);
    const auto line = m_lines.find(share);
    if (line == m_lines.end())
        return;
    line->second.jobs.remove(entryOf(job));
    --m_size;
    if (m_shares)
        m_shares->setWaiting(share, line->second.jobs.size());
    rank(share, line->second);
    if (line->second.jobs.isEmpty())
        m_lines.erase(line);
}

void QueueOrder::begin(const WaitingJob &job, Timestamp at)
{
    if (!m_shares)
        return;
    m_shares->begin(job.shareIdentifier, totalOf(job).vcpus, at);
    rerank(job.shareIdentifier);
}

void QueueOrder::restore(const WaitingJob &job, Timestamp since)
{
    if (!m_shares)
        return;
    m_shares->restore(job.shareIdentifier, totalOf(job).vcpus, since);
    rerank(job.shareIdentifier);
}

void QueueOrder::end(const WaitingJob &job, Timestamp at)
{
    if (!m_shares)
        return;
    m_shares->end(job.shareIdentifier, totalOf(job).vcpus, at);
    rerank(job.shareIdentifier);
}

void QueueOrder::addPast(const PastUse &use)
{
    if (!m_shares)
        return;
    m_shares->addPast(use);
    rerank(use.share);
}

void QueueOrder::setNow(Timestamp now)
{
    if (!m_shares)
        return;
    m_shares->setNow(now);
    for (auto &[share, line] : m_lines)
        rank(share, line);
}

const WaitingJob *QueueOrder::head() const
{
    return m_ranks.empty() ? nullptr : m_lines.at(m_ranks.begin()->share).jobs.first().job;
}

// As passes at one moment would take them if there were room for all.
QList<const WaitingJob *> QueueOrder::front(qsizetype count) const
{
    QList<const WaitingJob *> jobs;
    std::set<Rank> ranks = m_ranks;
    std::map<QString, qsizetype> taken;
    while (jobs.size() < count && !ranks.empty()) {
        Rank rank = ranks.extract(ranks.begin()).value();
        const Line &line = m_lines.at(rank.share);
        qsizetype &next = taken[rank.share];
        const WaitingJob *job = line.jobs.at(next++).job;
        jobs.append(job);
        if (next == line.jobs.size())
            continue;
        if (m_shares)
            rank.use += m_shares->weightedStep(rank.share, totalOf(*job).vcpus);
        rank.sequence = line.jobs.at(next).sequence;
        ranks.insert(std::move(rank));
    }
    return jobs;
}

qsizetype QueueOrder::placeInLine(const WaitingJob &job) const
{
    const auto line = m_lines.find(lineOf(job));
    return line == m_lines.end() ? 0 : line->second.jobs.rank(entryOf(job));
}

QueueOrder::Entry QueueOrder::entryOf(const WaitingJob &job) const
{
    return {m_shares ? job.schedulingPriority : 0, job.sequence, &job};
}

QString QueueOrder::lineOf(const WaitingJob &job) const
{
    return m_shares ? job.shareIdentifier : QString();
}

void QueueOrder::rank(const QString &share, Line &line)
{
    if (line.rank)
        m_ranks.erase(*line.rank);
    line.rank.reset();
    if (line.jobs.isEmpty())
        return;
    line.rank
        = Rank{m_shares ? m_shares->weightedUse(share) : 0, line.jobs.first().sequence, share};
    m_ranks.insert(*line.rank);
}

void QueueOrder::rerank(const QString &share)
{
    if (const auto line = m_lines.find(share); line != m_lines.end())
        rank(share, line->second);
}

} // namespace batchyard::executor::core
