// JobDispatcher's multi-node jobs: placed whole, then one attempt for each node. The main node's
// network comes first, since the others are told its address; its end decides the job and stops
// them. The nodes' own statuses are settled with the job's, since a retry starts all of them anew.
#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/dispatcherstate.h"

#include <QLoggingCategory>

namespace batchyard::executor {

using batch::JobStatus;

Q_LOGGING_CATEGORY(lcNodes, "batchyard.runner")

namespace {

constexpr QLatin1StringView mainNodeEndedReason{"The main node has ended"};

QStringList nodeIds(const JobRecord &parent)
{
    QStringList ids;
    for (int i = 0; i < parent.size; ++i)
        ids.append(childId(parent, i));
    return ids;
}

} // namespace

bool JobDispatcher::Private::placeNodes(ActiveJob &parent, const core::Placement &placement)
{
    NodeGroup group;
    const int mainNode = parent.plan->mainNode;
    group.attempt = newAttempt(parent, placement.environment, placement.instances.value(mainNode));
    if (!begin(parent, group.attempt))
        return false;
    consume(parent.plan->consumables);
    for (int i = 0; i < parent.record.size; ++i) {
        ActiveJob *node = find(childId(parent.record, i));
        const AttemptRecord attempt
            = newAttempt(*node, placement.environment, placement.instances.value(i));
        if (begin(*node, attempt))
            group.waiting.insert_or_assign(i, attempt);
    }
    NodeGroup &placed = groups.insert_or_assign(parent.id(), std::move(group)).first->second;
    if (const auto main = placed.waiting.extract(mainNode); !main.empty())
        beginNode(*find(childId(parent.record, mainNode)), main.mapped());
    return true;
}

// After the executor's restart: nodes that have ended, run, or have not begun.
Result<void> JobDispatcher::Private::adoptGroup(ActiveJob &parent)
{
    const auto own = store.attempts(parent.id());
    if (!own)
        return tl::unexpected(own.error());
    const auto all = store.attempts(nodeIds(parent.record));
    if (!all)
        return tl::unexpected(all.error());
    NodeGroup &group = groups[parent.id()];
    core::RunningJob running;
    running.job = parent.waiting(now());
    running.starting = parent.record.status == JobStatus::Starting;
    running.startedAt = parent.record.startedAt;
    if (!own->isEmpty())
        group.attempt = own->last();
    QList<std::pair<ActiveJob *, AttemptRecord>> live;
    for (int i = 0; i < parent.record.size; ++i) {
        ActiveJob *node = find(childId(parent.record, i));
        const QList<AttemptRecord> attempts = all->value(childId(parent.record, i));
        if (node == nullptr || attempts.isEmpty())
            continue;
        const AttemptRecord &attempt = attempts.last();
        running.place.instances.append(attempt.instanceId);
        if (i == parent.plan->mainNode)
            group.mainAddress = attempt.address;
        if (attempt.ended)
            group.outcomes[i] = outcomeOf(rulesOf(node->task().task), taskStateOf(attempt));
        else
            live.append({node, attempt});
    }
    running.place.jobId = parent.id();
    running.place.environment = group.attempt.computeEnvironment;
    scheduler.addRunning(running);
    starting.insert(parent.id());
    for (const auto &[node, attempt] : std::as_const(live)) {
        if (node->record.index != parent.plan->mainNode && group.mainAddress.isEmpty()) {
            group.waiting.insert_or_assign(node->record.index, attempt);
            continue;
        }
        if (const auto runner = addRunner(*node, attempt); !runner)
            return tl::unexpected(runner.error());
    }
    if (parent.record.terminateRequested)
        stopNodes(parent, parent.record.endReason);
    else if (group.outcomes.contains(parent.plan->mainNode))
        stopNodes(parent, mainNodeEndedReason);
    endGroupWhenOver(parent);
    return {};
}

void JobDispatcher::Private::beginNode(const ActiveJob &node, const AttemptRecord &attempt)
{
    const auto runner = addRunner(node, attempt);
    if (runner)
        (*runner)->reconcile(); // it may have begun before a restart
    else
        qCWarning(lcNodes).noquote() << runner.error().message;
}

void JobDispatcher::Private::networkReady(const QString &nodeId, const QString &address)
{
    const ActiveJob *node = find(nodeId);
    const ActiveJob *parent = node != nullptr ? find(node->record.parentId) : nullptr;
    if (parent == nullptr || node->record.index != parent->plan->mainNode)
        return;
    const auto group = groups.find(parent->id());
    if (group == groups.end())
        return;
    group->second.mainAddress = address;
    for (const auto &[index, attempt] : std::exchange(group->second.waiting, {})) {
        if (const ActiveJob *other = find(childId(parent->record, index)))
            beginNode(*other, attempt);
    }
}

void JobDispatcher::Private::nodeEnded(ActiveJob &node, const core::AttemptOutcome &outcome)
{
    ActiveJob *parent = find(node.record.parentId);
    const auto group = groups.find(node.record.parentId);
    if (parent == nullptr || group == groups.end())
        return;
    group->second.outcomes[node.record.index] = outcome;
    if (node.record.index == parent->plan->mainNode)
        stopNodes(*parent, mainNodeEndedReason);
    endGroupWhenOver(*parent);
}

// All nodes that have not ended, those too that have not begun.
void JobDispatcher::Private::stopNodes(ActiveJob &parent, const QString &reason,
                                       std::optional<std::chrono::seconds> grace)
{
    const auto group = groups.find(parent.id());
    if (group == groups.end())
        return;
    QList<AttemptRunner *> unbegun;
    for (const auto &[index, attempt] : std::exchange(group->second.waiting, {})) {
        const auto runner = addRunner(*find(childId(parent.record, index)), attempt);
        if (runner)
            unbegun.append(*runner);
        else
            qCWarning(lcNodes).noquote() << runner.error().message;
    }
    for (const QString &id : nodeIds(parent.record)) {
        const ActiveJob *node = find(id);
        if (AttemptRunner *runner = node != nullptr ? runnerOf(*node) : nullptr)
            runner->requestStop(reason, grace);
    }
    for (AttemptRunner *runner : std::as_const(unbegun))
        runner->reconcile(); // nothing to look at: it ends
}

void JobDispatcher::Private::endGroupWhenOver(ActiveJob &parent)
{
    const auto found = groups.find(parent.id());
    if (found == groups.end()
        || found->second.outcomes.size() < static_cast<size_t>(parent.record.size))
        return;
    if (!endGroup(parent, found->second)) {
        QTimer::singleShot(settings.retryInterval, q, [this, id = parent.id()] {
            if (ActiveJob *job = find(id))
                endGroupWhenOver(*job);
        });
        return;
    }
    groups.erase(parent.id());
    evaluateSoon();
}

bool JobDispatcher::Private::endGroup(ActiveJob &parent, const NodeGroup &group)
{
    const core::AttemptOutcome &decisive = group.outcomes.at(parent.plan->mainNode);
    const Timestamp at = now();
    const JobRecord next = afterAttempt(parent, parent.record.attempt, decisive);
    AttemptRecord attempt = group.attempt;
    attempt.startedAt = parent.record.startedAt;
    attempt.stoppedAt = at;
    attempt.statusReason = decisive.statusReason;
    attempt.ended = true;
    attempt.cleaned = true;
    QList<ActiveJob *> nodes;
    QList<JobRecord> records;
    for (const auto &[index, outcome] : group.outcomes) {
        ActiveJob *node = find(childId(parent.record, index));
        JobRecord record = node->record;
        record.statusReason = outcome.statusReason;
        // One that was only stopped after the main node's success has not failed.
        const bool succeeded = record.status == JobStatus::Running
            && (outcome.succeeded
                || (outcome.statusReason == mainNodeEndedReason && decisive.succeeded));
        if (!batch::isTerminal(next.status))
            record.status = JobStatus::Runnable;
        else
            record.status = succeeded ? JobStatus::Succeeded : JobStatus::Failed;
        if (batch::isTerminal(record.status))
            record.stoppedAt = at;
        nodes.append(node);
        records.append(std::move(record));
    }
    if (const auto saved = store.setJobStatuses(records, at); !saved) {
        qCWarning(lcNodes).noquote() << saved.error().message;
        return false;
    }
    if (const auto saved = store.endAttempt(attempt, next, at); !saved) {
        qCWarning(lcNodes).noquote() << saved.error().message;
        return false;
    }
    for (qsizetype i = 0; i < nodes.size(); ++i) {
        const JobStatus from = std::exchange(nodes[i]->record, records[i]).status;
        settled(*nodes[i], from);
    }
    const JobStatus from = std::exchange(parent.record, next).status;
    settled(parent, from);
    tell(parent);
    return true;
}

// The network of a job goes with the last container of its nodes.
void JobDispatcher::Private::removeNetworkOf(const QString &nodeId)
{
    const qsizetype mark = nodeId.indexOf(u'#');
    if (mark < 0)
        return;
    const QString parentId = nodeId.left(mark);
    const auto other = runners.lower_bound({nodeId.left(mark + 1), 0});
    const bool isUsed = find(parentId) != nullptr
        || (other != runners.end() && other->first.first.startsWith(nodeId.left(mark + 1)));
    if (isUsed)
        return;
    network.removeNodeNetwork(parentId, q, [](const Result<void> &removed) {
        if (!removed)
            qCWarning(lcNodes).noquote() << removed.error().message;
    });
}

QSet<QString> JobDispatcher::Private::multiNodeJobs() const
{
    QSet<QString> ids;
    for (const auto &[id, group] : groups)
        ids.insert(id);
    for (const auto &[id, runner] : runners) {
        if (const qsizetype mark = id.first.indexOf(u'#'); mark >= 0)
            ids.insert(id.first.left(mark));
    }
    return ids;
}

} // namespace batchyard::executor
