#include "backend/executor/runner/spotmarket.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cmath>

namespace batchyard::executor {

namespace {

constexpr QLatin1StringView hostPrefix{"Host EC2 (instance "};

// In (0, 1], the same on every machine: unlike qHash() and std::exponential_distribution.
double uniform(const QString &id, quint64 seed)
{
    const QByteArray text = QByteArray::number(seed) + ' ' + id.toUtf8();
    const QByteArray hash = QCryptographicHash::hash(text, QCryptographicHash::Sha256);
    quint64 bits = 0;
    for (int i = 0; i < 8; ++i)
        bits = bits << 8 | static_cast<uchar>(hash[i]);
    return (static_cast<double>(bits >> 11) + 1) / static_cast<double>(1ULL << 53);
}

} // namespace

QString hostTerminatedReason(const QString &instanceId)
{
    return hostPrefix + instanceId + QStringLiteral(") terminated.");
}

bool isHostLoss(const QString &stopReason)
{
    return stopReason.startsWith(hostPrefix) || stopReason == fargateSpotReason;
}

std::chrono::milliseconds spotLifetime(const QString &id, double interruptionsPerHour, quint64 seed)
{
    using Milliseconds = std::chrono::milliseconds;
    const double hours = -std::log(uniform(id, seed)) / interruptionsPerHour;
    constexpr double most = 24.0 * 365; // of what a timer and a clock can tell
    return std::chrono::duration_cast<Milliseconds>(
        std::chrono::duration<double, std::ratio<3600>>(std::min(hours, most)));
}

} // namespace batchyard::executor
