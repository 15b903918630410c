// When simulated Spot capacity is taken away. Pure.
#pragma once

#include <QString>

#include <chrono>

namespace batchyard::executor {

// AWS's words for a job whose instance is gone, and ECS's for a task on Fargate Spot.
[[nodiscard]] QString hostTerminatedReason(const QString &instanceId);
inline constexpr QLatin1StringView fargateSpotReason{"Your Spot Task was interrupted."};
// Whether an attempt that was stopped for this reason lost its host: not its own doing, so the
// retry rules are asked.
[[nodiscard]] bool isHostLoss(const QString &stopReason);

// How long the capacity of this id (an instance's, a task's) lives: exponentially distributed with
// 1 / interruptionsPerHour as its mean; the same for the same arguments. Pre-condition: the rate is
// above 0.
[[nodiscard]] std::chrono::milliseconds spotLifetime(const QString &id, double interruptionsPerHour,
                                                     quint64 seed);

// The notice that AWS gives before it takes Spot capacity away.
inline constexpr std::chrono::seconds spotNotice{120};

} // namespace batchyard::executor
