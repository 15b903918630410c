// JobDispatcher's taking up of jobs from the store: new ones, and at its start all that is not
// over.
#include "backend/executor/core/jobdependencies.h"
#include "backend/executor/runner/dispatcherstate.h"
#include "backend/executor/runner/spotmarket.h"

#include <QLoggingCategory>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcLoading, "batchyard.runner")

Result<void> JobDispatcher::Private::load()
{
    // First: what runs is taken up into the instances of environments that the scheduler knows.
    if (!loadCapacity())
        return failure(ErrorCode::Io,
                       QStringLiteral("The compute environments and queues cannot be read from the "
                                      "state database."));
    if (const auto restored = restoreShares(); !restored)
        return restored;
    const auto unfinished
        = store.jobsInStates({JobStatus::Submitted, JobStatus::Pending, JobStatus::Runnable,
                              JobStatus::Starting, JobStatus::Running});
    if (!unfinished)
        return tl::unexpected(unfinished.error());
    if (const auto added = add(*unfinished); !added)
        return added;
    const auto heads = store.blockedHeads();
    if (!heads)
        return tl::unexpected(heads.error());
    keptHeads = *heads;
    for (const core::BlockedHead &head : std::as_const(keptHeads))
        scheduler.restoreBlockedHead(head);
    const auto attempts = store.unfinishedAttempts();
    if (!attempts)
        return tl::unexpected(attempts.error());
    for (const AttemptRecord &attempt : *attempts) {
        if (const auto adopted = adopt(attempt); !adopted)
            return adopted;
    }
    for (const JobRecord &record : *unfinished) {
        ActiveJob *job = find(record.id);
        if (job == nullptr || job->record.kind != JobKind::MultiNodeParent || !job->isPlaced())
            continue;
        if (const auto adopted = adoptGroup(*job); !adopted)
            return adopted;
    }
    // Nothing new starts on an instance that is being taken away.
    for (const AttemptRecord &attempt : *attempts) {
        if (!attempt.ended && isHostLoss(attempt.stopReason) && !attempt.instanceId.isEmpty())
            scheduler.drainInstance(attempt.instanceId);
    }
    return {};
}

// What shares have used of their queues does not begin anew with the executor.
Result<void> JobDispatcher::Private::restoreShares()
{
    const std::chrono::seconds decay = scheduler.longestDecay();
    if (decay == std::chrono::seconds(0))
        return {};
    const auto past = store.pastUse(now() - decay);
    if (!past)
        return tl::unexpected(past.error());
    for (const core::PastUse &use : *past)
        scheduler.addPastUse(use);
    return {};
}

// What the store cannot tell now is asked again.
void JobDispatcher::Private::takeUpNewcomers()
{
    for (const QString &jobId : std::exchange(newcomers, {})) {
        const auto taken = takeUp(jobId);
        if (taken)
            continue;
        qCWarning(lcLoading).noquote() << taken.error().message;
        newcomers.append(jobId);
        tryAgainLater();
    }
}

// A job whose documents cannot be read will never run, and keeps no other from running.
Result<void> JobDispatcher::Private::refuse(const QString &jobId, const QString &reason)
{
    qCWarning(lcLoading).noquote() << reason;
    const auto job = store.job(jobId);
    const auto children = store.children(jobId);
    if (!job || !children)
        return tl::unexpected(!job ? job.error() : children.error());
    QList<JobRecord> failed;
    for (JobRecord record : QList<JobRecord>{**job} + *children) {
        if (batch::isTerminal(record.status))
            continue;
        const auto attempts = store.attempts(record.id);
        if (!attempts)
            return tl::unexpected(attempts.error());
        for (const AttemptRecord &attempt : *attempts) {
            if (const auto given = giveUp(attempt); !given)
                return given;
        }
        record.status = JobStatus::Failed;
        record.statusReason = reason;
        record.stoppedAt = now();
        failed.append(record);
    }
    feed.add(Change::Kind::Job, jobId);
    return store.setJobStatuses(failed, now());
}

// Without its documents nothing can be done with what it has on the engine but to remove it, which
// happens to all that has no runner.
Result<void> JobDispatcher::Private::giveUp(AttemptRecord attempt)
{
    if (attempt.cleaned)
        return {};
    if (!attempt.ended)
        attempt.stoppedAt = now();
    attempt.ended = true;
    attempt.cleaned = true;
    return store.putAttempt(attempt);
}

Result<void> JobDispatcher::Private::takeUp(const QString &jobId)
{
    if (find(jobId) != nullptr)
        return {};
    const auto record = store.job(jobId);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record || batch::isTerminal((*record)->status))
        return {};
    QList<JobRecord> records{**record};
    if ((*record)->size > 0) {
        const auto children = store.children(jobId);
        if (!children)
            return tl::unexpected(children.error());
        records.append(*children);
    }
    feed.add(Change::Kind::Job, jobId);
    return add(records);
}

// A parent stands before its children.
Result<void> JobDispatcher::Private::add(const QList<JobRecord> &records)
{
    QList<ActiveJob *> added;
    QSet<QString> refused;
    for (const JobRecord &record : records) {
        const QString &whole = record.parentId.isEmpty() ? record.id : record.parentId;
        if (refused.contains(whole))
            continue;
        auto documents = documentsOf(record);
        if (!documents) {
            if (const auto done = refuse(whole, documents.error().message); !done)
                return done;
            refused.insert(whole);
            continue;
        }
        ActiveJob job;
        job.record = record;
        job.record.request.clear();
        job.record.definition.clear();
        job.plan = std::move(documents->plan);
        job.dependsOn = std::move(documents->dependsOn);
        if (record.kind == JobKind::ArrayParent) {
            const auto counts = store.childCounts(record.id);
            if (!counts)
                return tl::unexpected(counts.error());
            for (auto count = counts->begin(); count != counts->end(); ++count)
                job.children[static_cast<size_t>(count.key())] = count.value();
        }
        added.append(&jobs.insert_or_assign(record.id, std::move(job)).first->second);
    }
    if (const auto linked = link(added); !linked)
        return linked;
    for (ActiveJob *job : std::as_const(added)) {
        if (job->record.status == JobStatus::Runnable && job->isScheduled())
            offer(*job);
        touch(*job);
    }
    return {};
}

Result<JobDocuments> JobDispatcher::Private::documentsOf(const JobRecord &record)
{
    const ActiveJob *parent = record.parentId.isEmpty() ? nullptr : find(record.parentId);
    if (parent != nullptr)
        return JobDocuments{parent->plan, parent->dependsOn};
    return plans.read(record);
}

// Notes for each of these jobs which others it waits for. What has ended already is asked of the
// store in one go.
Result<void> JobDispatcher::Private::link(const QList<ActiveJob *> &added)
{
    QList<std::pair<ActiveJob *, QStringList>> links;
    QSet<QString> strangers;
    for (ActiveJob *job : added) {
        const JobRecord &record = job->record;
        const bool waits
            = record.status == JobStatus::Submitted || record.status == JobStatus::Pending;
        if (!waits || record.kind == JobKind::Node || job->dependsOn.isEmpty())
            continue;
        const QStringList ids = record.kind == JobKind::ArrayChild
            ? core::dependenciesOfChild(job->dependsOn, record.parentId, record.index)
            : core::dependenciesOfJob(job->dependsOn);
        for (const QString &id : ids) {
            if (find(id) == nullptr)
                strangers.insert(id);
        }
        links.append({job, ids});
    }
    QHash<QString, JobStatus> states;
    if (!strangers.isEmpty()) {
        const auto records = store.jobs(QStringList(strangers.begin(), strangers.end()));
        if (!records)
            return tl::unexpected(records.error());
        for (const JobRecord &record : *records)
            states.insert(record.id, record.status);
    }
    for (const auto &[job, ids] : std::as_const(links)) {
        for (const QString &id : ids) {
            if (const ActiveJob *other = find(id))
                states.insert(id, other->record.status);
        }
        const auto verdict = core::jobDependencies(ids, states);
        if (const auto *failed = std::get_if<core::DependencyFailed>(&verdict))
            job->failedDependency = failed->jobId;
        else if (const auto *open = std::get_if<core::DependenciesOpen>(&verdict))
            job->open = open->jobIds;
        for (const QString &id : std::as_const(job->open))
            dependents[id].append(job->id());
    }
    return {};
}

// An attempt that is not cleaned up; its job may be over.
Result<void> JobDispatcher::Private::adopt(const AttemptRecord &attempt)
{
    ActiveJob *active = find(attempt.jobId);
    const bool isCurrent = active != nullptr && !attempt.ended;
    // A multi-node job's own row, and nodes: adoptGroup() knows when they may go on.
    if (isCurrent
        && (active->record.kind == JobKind::MultiNodeParent
            || active->record.kind == JobKind::Node))
        return {};
    if (active != nullptr) {
        const auto runner = addRunner(*active, attempt);
        if (!runner)
            return tl::unexpected(runner.error());
        if (!isCurrent)
            return {};
        core::RunningJob running;
        running.job = active->waiting(now());
        running.place = {attempt.jobId, attempt.computeEnvironment, {attempt.instanceId}};
        running.starting = active->record.status == JobStatus::Starting;
        running.startedAt = active->record.startedAt;
        scheduler.addRunning(running);
        starting.insert(attempt.jobId);
        if (active->record.terminateRequested)
            (*runner)->requestStop(active->record.endReason);
        return {};
    }
    const auto record = store.job(attempt.jobId);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record || attempt.containers.isEmpty())
        return {};
    const auto documents = plans.read(**record);
    if (!documents) {
        qCWarning(lcLoading).noquote() << documents.error().message;
        return giveUp(attempt);
    }
    ActiveJob over;
    over.record = **record;
    over.plan = documents->plan;
    return addRunner(over, attempt).map([](AttemptRunner *) {});
}

} // namespace batchyard::executor
