// The shares of one queue by fair share: which of them is next (aws-batch.md 3.10). A share's use
// is its decayed vCPU-seconds plus a minute at once for each vCPU that it holds, times its weight
// factor: so jobs placed at one moment alternate by weight, before any time has passed. For the
// files of this folder only.
#pragma once

#include "backend/batch/schedulingpolicy.h"
#include "backend/executor/core/pastuse.h"
#include "backend/executor/core/shareusage.h"

#include <map>

namespace batchyard::executor::core {

class FairShare
{
public:
    explicit FairShare(const batch::FairsharePolicy &policy);

    void setPolicy(const batch::FairsharePolicy &policy);
    // Of jobs that have been placed; since may lie in the past.
    void begin(const QString &share, double vcpus, batch::Timestamp at);
    void restore(const QString &share, double vcpus, batch::Timestamp since);
    void end(const QString &share, double vcpus, batch::Timestamp at);
    void addPast(const PastUse &use);
    // How many jobs of the share wait; a share with any is active.
    void setWaiting(const QString &share, qsizetype jobs);
    // Forgets the shares that have become inactive. Everything below is of this time.
    void setNow(batch::Timestamp now);

    [[nodiscard]] std::chrono::seconds window() const { return m_window; }
    [[nodiscard]] qint64 activeShares() const;
    [[nodiscard]] double vcpus() const; // in use by all shares
    [[nodiscard]] std::map<QString, double> vcpusByShare() const; // of those that use any
    [[nodiscard]] double weightOf(const QString &share) const;
    [[nodiscard]] double weightedUse(const QString &share) const;
    // What one more placed job of so many vCPUs adds to a share's weighted use at once.
    [[nodiscard]] double weightedStep(const QString &share, double vcpus) const;
    // The part of the maximum vCPUs that stays free: (R / 100) ^ active shares.
    [[nodiscard]] double reservedPart() const;

private:
    struct Share {
        ShareUsage usage;
        qsizetype waiting = 0;
    };

    [[nodiscard]] Share &share(const QString &name);
    void countPrefixes();

    batch::FairsharePolicy m_policy;
    std::chrono::seconds m_window;
    batch::Timestamp m_now;
    std::map<QString, Share> m_shares; // the active ones
    std::map<QString, double> m_weights; // of whole identifiers
    std::map<QString, double> m_prefixes; // "UserA" for "UserA*"
    std::map<QString, qint64> m_activeBelow; // by prefix
};

} // namespace batchyard::executor::core
