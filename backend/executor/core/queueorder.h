// The waiting jobs of one queue and which of them is next: first in first out, or by fair share and
// within a share by scheduling priority. For the files of this folder only.
#pragma once

#include "backend/executor/core/fairshare.h"
#include "backend/executor/core/jobscheduler.h"
#include "backend/executor/core/rankedset.h"

#include <set>
#include <tuple>

namespace batchyard::executor::core {

[[nodiscard]] Resources totalOf(const WaitingJob &job); // of all its tasks

class QueueOrder
{
public:
    // Also of a queue that has jobs already.
    void setPolicy(const std::optional<batch::FairsharePolicy> &policy);

    // The jobs must live until they are removed and not change.
    void add(const WaitingJob &job);
    void remove(const WaitingJob &job);
    // The shares' use; the job must have been removed from those waiting.
    void begin(const WaitingJob &job, Timestamp at);
    void restore(const WaitingJob &job, Timestamp since);
    void end(const WaitingJob &job, Timestamp at);
    void addPast(const PastUse &use);
    void setNow(Timestamp now);

    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] const WaitingJob *head() const; // null when none waits
    [[nodiscard]] QList<const WaitingJob *> front(qsizetype count) const; // in order of dispatch
    [[nodiscard]] qsizetype placeInLine(const WaitingJob &job) const; // 0: next of its share

    [[nodiscard]] const FairShare *fairShare() const { return m_shares ? &*m_shares : nullptr; }

private:
    struct Entry {
        int priority = 0;
        qint64 sequence = 0;
        const WaitingJob *job = nullptr;
        [[nodiscard]] bool precedes(const Entry &other) const;
        friend bool operator<(const Entry &a, const Entry &b) { return a.precedes(b); }
    };
    // A share's place among those with waiting jobs: by use, then by how long its next job waits.
    struct Rank {
        double use = 0;
        qint64 sequence = 0;
        QString share;
        friend bool operator<(const Rank &a, const Rank &b)
        {
            return std::tie(a.use, a.sequence, a.share) < std::tie(b.use, b.sequence, b.share);
        }
    };
    struct Line {
        RankedSet<Entry> jobs; // never empty
        std::optional<Rank> rank; // as in m_ranks
    };

    [[nodiscard]] Entry entryOf(const WaitingJob &job) const;
    [[nodiscard]] QString lineOf(const WaitingJob &job) const;
    void rank(const QString &share, Line &line);
    void rerank(const QString &share);

    std::optional<FairShare> m_shares; // none: one line
    std::map<QString, Line> m_lines; // by share
    std::set<Rank> m_ranks; // of m_lines
    qsizetype m_size = 0;
};

} // namespace batchyard::executor::core
