// JobDispatcher's moving of jobs through their states: dependencies, arrays, requested ends. What
// happens to one job touches only those that wait for it.
#include "backend/executor/core/jobdependencies.h"
#include "backend/executor/runner/dispatcherstate.h"

#include <QLoggingCategory>

#include <algorithm>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcProgress, "batchyard.runner")

namespace {

constexpr QLatin1StringView childFailedReason{"Array Child Job failed"};

// A large array moves in several turns of the event loop, so that callers get their answers.
constexpr qsizetype movesPerTurn = 1000;
// Beyond so many at once, an array's children are told of by their parent's notice alone.
constexpr qsizetype noticesPerTurn = 100;

int &countOf(ActiveJob &parent, JobStatus status)
{
    return parent.children[static_cast<size_t>(status)];
}

int countOf(const ActiveJob &parent, JobStatus status)
{
    return parent.children[static_cast<size_t>(status)];
}

} // namespace

ActiveJob *JobDispatcher::Private::find(const QString &jobId)
{
    const auto job = jobs.find(jobId);
    return job == jobs.end() ? nullptr : &job->second;
}

const ActiveJob *JobDispatcher::Private::find(const QString &jobId) const
{
    const auto job = jobs.find(jobId);
    return job == jobs.end() ? nullptr : &job->second;
}

void JobDispatcher::Private::evaluateSoon()
{
    evaluateTimer.start(0);
}

void JobDispatcher::Private::tryAgainLater()
{
    if (!evaluateTimer.isActive())
        evaluateTimer.start(settings.retryInterval);
}

// Everything that can go on without the engine's help, and then who may start.
void JobDispatcher::Private::evaluate()
{
    takeUpNewcomers();
    // The end of one job can be what another has waited for: until nothing moves.
    qsizetype moved = 0;
    while (!touched.empty()) {
        if (moved >= movesPerTurn) {
            evaluateSoon();
            break;
        }
        const QList<Move> moves = nextMoves();
        if (!apply(moves)) {
            for (const Move &move : moves)
                touch(*move.job);
            tryAgainLater();
            break;
        }
        forgetEnded();
        moved += moves.size();
    }
    schedule();
    forgetEnded();
    noteIdle();
}

void JobDispatcher::Private::touch(ActiveJob &job)
{
    if (!std::exchange(job.touched, true))
        touched.push_back(job.id());
}

void JobDispatcher::Private::touchChildren(const ActiveJob &parent)
{
    for (int i = 0; i < parent.record.size; ++i) {
        if (ActiveJob *child = find(childId(parent.record, i)))
            touch(*child);
    }
}

QList<JobDispatcher::Private::Move> JobDispatcher::Private::nextMoves()
{
    QList<Move> moves;
    while (!touched.empty() && moves.size() < movesPerTurn) {
        ActiveJob *job = find(touched.front());
        touched.pop_front();
        if (job == nullptr)
            continue;
        job->touched = false;
        if (const std::optional<Move> move = nextMove(*job))
            moves.append(*move);
    }
    return moves;
}

std::optional<JobDispatcher::Private::Move> JobDispatcher::Private::nextMove(ActiveJob &job)
{
    const JobRecord &record = job.record;
    if (batch::isTerminal(record.status) || job.isPlaced() || record.kind == JobKind::Node)
        return {};
    if (record.kind == JobKind::ArrayParent) {
        if (record.status == JobStatus::Submitted)
            return Move{&job, JobStatus::Pending, {}};
        const int done = countOf(job, JobStatus::Succeeded) + countOf(job, JobStatus::Failed);
        return done == record.size ? std::optional(endOfArray(job)) : std::nullopt;
    }
    if (record.status == JobStatus::Runnable)
        return job.isToEnd() ? std::optional(Move{&job, JobStatus::Failed, record.endReason})
                             : std::nullopt;
    const ActiveJob *parent = record.kind == JobKind::ArrayChild ? find(record.parentId) : nullptr;
    if (!job.failedDependency.isEmpty() || (parent && !parent->failedDependency.isEmpty()))
        return Move{&job, JobStatus::Failed, core::dependentJobFailedReason};
    if (!job.open.isEmpty() || (parent && !parent->open.isEmpty())) {
        // A job that is to be cancelled waits for them all the same (API_CancelJob).
        return record.status == JobStatus::Submitted
            ? std::optional(Move{&job, JobStatus::Pending, {}})
            : std::nullopt;
    }
    if (job.isToEnd())
        return Move{&job, JobStatus::Failed, record.endReason};
    return Move{&job, JobStatus::Runnable, {}};
}

JobDispatcher::Private::Move JobDispatcher::Private::endOfArray(ActiveJob &parent) const
{
    if (countOf(std::as_const(parent), JobStatus::Failed) == 0)
        return {&parent, JobStatus::Succeeded, {}};
    if (!parent.failedDependency.isEmpty())
        return {&parent, JobStatus::Failed, core::dependentJobFailedReason};
    if (parent.isToEnd())
        return {&parent, JobStatus::Failed, parent.record.endReason};
    return {&parent, JobStatus::Failed, childFailedReason};
}

// All or none. False: the store refused, and the jobs are as they were.
bool JobDispatcher::Private::apply(QList<Move> moves)
{
    if (moves.isEmpty())
        return true;
    for (qsizetype i = 0; i < moves.size(); ++i) {
        const Move move = moves.at(i);
        if (move.job->record.kind != JobKind::MultiNodeParent || move.status == JobStatus::Running)
            continue;
        // Nodes wait and end as their job does; each runs when its own containers do.
        for (int node = 0; node < move.job->record.size; ++node) {
            if (ActiveJob *job = find(childId(move.job->record, node)))
                moves.append({job, move.status, move.reason});
        }
    }
    const Timestamp at = now();
    QList<JobRecord> records;
    records.reserve(moves.size());
    for (const Move &move : moves) {
        JobRecord next = move.job->record;
        next.status = move.status;
        next.statusReason = move.reason;
        if (batch::isTerminal(move.status))
            next.stoppedAt = at;
        records.append(std::move(next));
    }
    if (const auto saved = store.setJobStatuses(records, at); !saved) {
        qCWarning(lcProgress).noquote() << saved.error().message;
        return false;
    }
    QSet<QString> parents;
    for (qsizetype i = 0; i < moves.size(); ++i) {
        ActiveJob &job = *moves[i].job;
        const JobStatus from = job.record.status;
        job.record = std::move(records[i]);
        settled(job, from);
        if (!job.record.parentId.isEmpty())
            parents.insert(job.record.parentId);
        if (job.record.parentId.isEmpty() || moves.size() <= noticesPerTurn)
            feed.add(Change::Kind::Job, job.id());
    }
    for (const QString &parentId : std::as_const(parents))
        feed.add(Change::Kind::Job, parentId);
    return true;
}

// After each change of status that is written: what follows from it for others.
void JobDispatcher::Private::settled(ActiveJob &job, JobStatus from)
{
    const JobStatus to = job.record.status;
    const bool isOver = batch::isTerminal(to);
    if (job.record.kind == JobKind::ArrayChild) {
        if (ActiveJob *parent = find(job.record.parentId)) {
            --countOf(*parent, from);
            ++countOf(*parent, to);
            if (isOver)
                touch(*parent);
        }
    }
    if (job.isScheduled()) {
        const bool wasKnown = from != JobStatus::Submitted && from != JobStatus::Pending;
        if (wasKnown && (isOver || to == JobStatus::Runnable)) {
            scheduler.remove(job.id(), now());
            starting.remove(job.id());
        }
        if (to == JobStatus::Runnable) {
            offer(job);
            touch(job); // its end may have been asked for
        }
    }
    if (isOver) {
        settleDependents(job);
        ended.append(job.id());
    } else if (job.record.kind == JobKind::ArrayParent) {
        touch(job);
    }
}

// Asks the scheduler for a place. One whose end was asked for only has to be moved still, which can
// take several turns: it must not get one meanwhile.
void JobDispatcher::Private::offer(const ActiveJob &job)
{
    if (!job.isToEnd())
        scheduler.addWaiting(job.waiting(now()));
}

void JobDispatcher::Private::settleDependents(const ActiveJob &job)
{
    for (const QString &id : dependents.take(job.id())) {
        ActiveJob *dependent = find(id);
        if (dependent == nullptr)
            continue;
        dependent->open.removeOne(job.id());
        if (job.record.status == JobStatus::Failed && dependent->failedDependency.isEmpty())
            dependent->failedDependency = job.id();
        touch(*dependent);
        if (dependent->record.kind == JobKind::ArrayParent
            && (dependent->open.isEmpty() || !dependent->failedDependency.isEmpty()))
            touchChildren(*dependent);
    }
}

void JobDispatcher::Private::forgetEnded()
{
    for (const QString &id : std::exchange(ended, {}))
        jobs.erase(id);
}

// False: the store refused, and the job is as it was.
bool JobDispatcher::Private::setStatus(ActiveJob &job, JobStatus status, const QString &reason)
{
    if (apply({Move{&job, status, reason}}))
        return true;
    tryAgainLater();
    return false;
}

void JobDispatcher::Private::tell(const ActiveJob &job)
{
    feed.add(Change::Kind::Job, job.id());
    if (!job.record.parentId.isEmpty())
        feed.add(Change::Kind::Job, job.record.parentId);
}

// Stops at the first that the store refuses: the rest of an array would be refused as well.
Result<void> JobDispatcher::Private::requestEnd(const QString &jobId, bool terminate,
                                                const QString &reason)
{
    takeUpNewcomers();
    ActiveJob *job = find(jobId);
    if (job != nullptr && job->record.kind == JobKind::Node)
        job = find(job->record.parentId);
    if (job == nullptr && isStillNew(jobId))
        return failure(ErrorCode::Io,
                       QStringLiteral("The job cannot be read from the state database now. Try "
                                      "again in a moment."));
    if (job == nullptr)
        return {};
    QList<ActiveJob *> concerned;
    if (job->record.kind == JobKind::ArrayParent) {
        for (int i = 0; i < job->record.size; ++i) {
            if (ActiveJob *child = find(childId(job->record, i)))
                concerned.append(child);
        }
    }
    concerned.prepend(job);
    Result<void> noted;
    for (ActiveJob *each : std::as_const(concerned)) {
        const bool isOver = batch::isTerminal(each->record.status);
        if (isOver || (each->isPlaced() && !terminate))
            continue;
        noted = noteEnd(*each, terminate, reason);
        if (!noted)
            break;
        if (each->isPlaced())
            stopAttempt(*each, each->record.endReason);
        else
            touch(*each);
    }
    feed.add(Change::Kind::Job, job->id());
    evaluate();
    return noted;
}

// A job, a child or a node that was submitted and could not be taken up so far.
bool JobDispatcher::Private::isStillNew(const QString &jobId) const
{
    return std::any_of(newcomers.begin(), newcomers.end(),
                       [&](const QString &newcomer) { return jobId.startsWith(newcomer); });
}

// The store's rule for which reason stays: the first, but a terminate's goes before a cancel's.
Result<void> JobDispatcher::Private::noteEnd(ActiveJob &job, bool terminate, const QString &reason)
{
    const auto saved = store.requestEnd(job.id(), terminate, reason);
    if (!saved)
        return saved;
    JobRecord &record = job.record;
    if (terminate ? !record.terminateRequested : !job.isToEnd())
        record.endReason = reason;
    (terminate ? record.terminateRequested : record.cancelRequested) = true;
    if (record.status == JobStatus::Runnable)
        scheduler.remove(job.id(), now());
    return {};
}

void JobDispatcher::Private::noteIdle()
{
    if (const bool now = isIdle(); std::exchange(idle, now) != now)
        emit q->idleChanged(now);
}

} // namespace batchyard::executor
