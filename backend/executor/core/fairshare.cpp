#include "backend/executor/core/fairshare.h"

#include "backend/executor/core/resources.h"

#include <cmath>

namespace batchyard::executor::core {

namespace {

constexpr std::chrono::seconds shortestWindow{600}; // API_FairsharePolicy.shareDecaySeconds
constexpr double secondsAtOnce = 60; // ours, see the header

std::chrono::seconds windowOf(const batch::FairsharePolicy &policy)
{
    const int seconds = policy.shareDecaySeconds.value_or(0);
    return seconds > 0 ? std::chrono::seconds(seconds) : shortestWindow;
}

} // namespace

FairShare::FairShare(const batch::FairsharePolicy &policy)
{
    setPolicy(policy);
}

void FairShare::setPolicy(const batch::FairsharePolicy &policy)
{
    m_policy = policy;
    m_window = windowOf(policy);
    m_weights.clear();
    m_prefixes.clear();
    for (const batch::ShareAttributes &each : policy.shareDistribution) {
        const double weight = each.weightFactor.value_or(1.0);
        if (each.shareIdentifier.endsWith(u'*'))
            m_prefixes[each.shareIdentifier.chopped(1)] = weight;
        else
            m_weights[each.shareIdentifier] = weight;
    }
    for (auto &[name, share] : m_shares)
        share.usage.setWindow(m_window);
    countPrefixes();
}

void FairShare::begin(const QString &name, double vcpus, batch::Timestamp at)
{
    share(name).usage.begin(vcpus, at);
}

void FairShare::restore(const QString &name, double vcpus, batch::Timestamp since)
{
    share(name).usage.restore(vcpus, since);
}

void FairShare::end(const QString &name, double vcpus, batch::Timestamp at)
{
    share(name).usage.end(vcpus, at);
}

void FairShare::addPast(const PastUse &use)
{
    share(use.share).usage.addPast(use.vcpus, use.from, use.until);
}

void FairShare::setWaiting(const QString &name, qsizetype jobs)
{
    share(name).waiting = jobs;
}

void FairShare::setNow(batch::Timestamp now)
{
    m_now = now;
    for (auto each = m_shares.begin(); each != m_shares.end();) {
        Share &share = each->second;
        share.usage.setNow(now);
        const bool isActive = share.waiting > 0 || !share.usage.isNothing(now);
        each = isActive ? std::next(each) : m_shares.erase(each);
    }
    countPrefixes();
}

qint64 FairShare::activeShares() const
{
    return static_cast<qint64>(m_shares.size());
}

double FairShare::vcpus() const
{
    double sum = 0;
    for (const auto &[name, share] : m_shares)
        sum += share.usage.vcpus();
    return sum;
}

std::map<QString, double> FairShare::vcpusByShare() const
{
    std::map<QString, double> used;
    for (const auto &[name, share] : m_shares) {
        if (share.usage.vcpus() > 0)
            used[name] = share.usage.vcpus();
    }
    return used;
}

// The longest prefix wins, although AWS refuses those that overlap.
double FairShare::weightOf(const QString &name) const
{
    if (const auto weight = m_weights.find(name); weight != m_weights.end())
        return weight->second;
    for (qsizetype length = name.size(); length >= 0; --length) {
        const auto prefix = m_prefixes.find(name.first(length));
        if (prefix == m_prefixes.end())
            continue;
        const auto active = m_activeBelow.find(prefix->first);
        const qint64 count = active == m_activeBelow.end() ? 0 : active->second;
        return prefix->second * static_cast<double>(std::max<qint64>(1, count));
    }
    return 1.0;
}

double FairShare::weightedUse(const QString &name) const
{
    const auto found = m_shares.find(name);
    if (found == m_shares.end())
        return 0;
    const ShareUsage &usage = found->second.usage;
    return (usage.vcpuSeconds(m_now) + secondsAtOnce * usage.vcpus()) * weightOf(name);
}

double FairShare::weightedStep(const QString &name, double vcpus) const
{
    return secondsAtOnce * vcpus * weightOf(name);
}

double FairShare::reservedPart() const
{
    const int percent = m_policy.computeReservation.value_or(0);
    if (percent <= 0)
        return 0;
    return std::pow(percent / 100.0, static_cast<double>(std::max<qint64>(1, activeShares())));
}

FairShare::Share &FairShare::share(const QString &name)
{
    const auto found = m_shares.find(name);
    if (found != m_shares.end())
        return found->second;
    return m_shares.emplace(name, Share{ShareUsage(m_window), 0}).first->second;
}

void FairShare::countPrefixes()
{
    m_activeBelow.clear();
    for (const auto &[prefix, weight] : m_prefixes) {
        for (auto share = m_shares.lower_bound(prefix);
             share != m_shares.end() && share->first.startsWith(prefix); ++share) {
            if (!m_weights.contains(share->first))
                ++m_activeBelow[prefix];
        }
    }
}

} // namespace batchyard::executor::core
