// JobDispatcher's taking away of Spot capacity, by hand or at a compute environment's rate.
#include "backend/executor/runner/dispatcherstate.h"
#include "backend/executor/runner/spotmarket.h"

#include <algorithm>

namespace batchyard::executor {

namespace {

// Between SIGTERM and SIGKILL; nullopt: each container's stopTimeout.
std::optional<std::chrono::seconds> graceOf(bool notice)
{
    return notice ? std::optional(spotNotice) : std::nullopt;
}

} // namespace

Result<void> JobDispatcher::Private::interrupt(const QString &jobId, bool notice)
{
    ActiveJob *job = find(jobId);
    if (job != nullptr && job->record.kind == JobKind::Node)
        job = find(job->record.parentId);
    if (job == nullptr)
        return failure(ErrorCode::NotFound,
                       QStringLiteral("There is no job %1 that has not ended.").arg(jobId));
    if (job->record.kind == JobKind::ArrayParent)
        return failure(ErrorCode::Conflict,
                       QStringLiteral("Job %1 is an array: interrupt one of its children, such as "
                                      "%2.")
                           .arg(jobId, childId(job->record, 0)));
    if (!job->isPlaced())
        return failure(ErrorCode::Conflict,
                       QStringLiteral("Job %1 is %2: only a STARTING or RUNNING job can be "
                                      "interrupted.")
                           .arg(jobId, toString(job->record.status)));
    const AttemptRecord attempt = currentAttempt(*job);
    if (!attempt.instanceId.isEmpty()) {
        endInstance(attempt.instanceId, notice);
        return {};
    }
    if (!capacity || !capacity->spot.contains(attempt.computeEnvironment))
        return failure(ErrorCode::Conflict,
                       QStringLiteral("Job %1 runs in compute environment %2, which has no "
                                      "instances that could be taken away.")
                           .arg(jobId, attempt.computeEnvironment));
    stopAttempt(*job, fargateSpotReason, graceOf(notice));
    return {};
}

// Every job on it ends, and it takes no other.
void JobDispatcher::Private::endInstance(const QString &instanceId, bool notice)
{
    const QString reason = hostTerminatedReason(instanceId);
    const QStringList jobIds = scheduler.jobsOnInstance(instanceId);
    scheduler.drainInstance(instanceId);
    for (const QString &id : jobIds) {
        if (ActiveJob *job = find(id))
            stopAttempt(*job, reason, graceOf(notice));
    }
    evaluateSoon();
}

// Draws for each piece of Spot capacity that is new when it will be taken away, and takes what is
// due. The draw depends on its id alone: not on when or how often this is called.
void JobDispatcher::Private::watchSpotCapacity()
{
    const bool hasRate = capacity
        && std::any_of(capacity->spot.begin(), capacity->spot.end(),
                       [](const SpotSettings &spot) { return spot.interruptionsPerHour > 0; });
    if (!hasRate) {
        spotEnds.clear();
        spotTimer.stop();
        return;
    }
    QHash<QString, Timestamp> ends;
    const auto isDue = [&](const QString &id, double rate) {
        const auto known = spotEnds.constFind(id);
        Timestamp end
            = known != spotEnds.constEnd() ? *known : now() + spotLifetime(id, rate, settings.seed);
        const bool due = end <= now();
        if (due)
            end = Timestamp::max(); // taken once
        ends.insert(id, end);
        return due;
    };
    QList<std::pair<QString, bool>> dueInstances; // with notice?
    for (auto spot = capacity->spot.cbegin(); spot != capacity->spot.cend(); ++spot) {
        if (spot->interruptionsPerHour <= 0)
            continue;
        for (const core::Instance &instance : scheduler.environment(spot.key()).instances) {
            if (isDue(instance.id, spot->interruptionsPerHour))
                dueInstances.append({instance.id, spot->notice});
        }
    }
    QList<std::pair<QString, bool>> dueJobs;
    for (const auto &[id, runner] : runners) {
        const AttemptRecord attempt = runner->record();
        const SpotSettings spot = capacity->spot.value(attempt.computeEnvironment);
        if (attempt.instanceId.isEmpty() && spot.interruptionsPerHour > 0 && !attempt.ended
            && isDue(attempt.taskId, spot.interruptionsPerHour))
            dueJobs.append({id.first, spot.notice});
    }
    spotEnds = std::move(ends);
    for (const auto &[id, notice] : std::as_const(dueInstances))
        endInstance(id, notice);
    for (const auto &[id, notice] : std::as_const(dueJobs)) {
        if (ActiveJob *job = find(id))
            stopAttempt(*job, fargateSpotReason, graceOf(notice));
    }
    const auto next = std::min_element(spotEnds.cbegin(), spotEnds.cend());
    if (next == spotEnds.cend() || *next == Timestamp::max())
        spotTimer.stop();
    else
        spotTimer.start(std::min<std::chrono::milliseconds>(*next - now(), std::chrono::hours(1)));
}

} // namespace batchyard::executor
