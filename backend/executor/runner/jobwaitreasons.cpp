// Why jobs wait, as JobDispatcher tells it.
#include "backend/executor/runner/dispatcherstate.h"

#include <QDateTime>
#include <QLocale>

namespace batchyard::executor {

using batch::JobStatus;

namespace {

constexpr qsizetype jobsNamed = 3;

QString grouped(int number)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(number);
}

QString childrenText(const ActiveJob &parent)
{
    const auto in = [&](JobStatus status) { return parent.children[static_cast<size_t>(status)]; };
    const int succeeded = in(JobStatus::Succeeded);
    const int failed = in(JobStatus::Failed);
    QStringList parts{QStringLiteral("%1 of %2 children done")
                          .arg(grouped(succeeded + failed), grouped(parent.record.size))};
    if (failed > 0)
        parts.append(QStringLiteral("%1 failed").arg(grouped(failed)));
    if (const int active = in(JobStatus::Starting) + in(JobStatus::Running); active > 0)
        parts.append(QStringLiteral("%1 running").arg(grouped(active)));
    return parts.join(QStringLiteral(", "));
}

} // namespace

// "Waits for build (0b5c…) and 2 more jobs to succeed"
QString JobDispatcher::Private::dependenciesText(const QStringList &jobIds) const
{
    QStringList names;
    for (const QString &id : jobIds.first(std::min(jobsNamed, jobIds.size()))) {
        const ActiveJob *job = find(id);
        names.append(job != nullptr ? QStringLiteral("%1 (%2)").arg(job->record.name, id) : id);
    }
    QString text = names.join(QStringLiteral(", "));
    if (const qsizetype more = jobIds.size() - names.size(); more > 0)
        text += QStringLiteral(" and %1 more").arg(more);
    return text;
}

QString JobDispatcher::Private::waitReason(const ActiveJob &job) const
{
    const JobRecord &record = job.record;
    if (record.kind == JobKind::ArrayParent && job.open.isEmpty())
        return childrenText(job);
    // Nothing is begun and no step is announced before the store can write again.
    if (const auto trouble = store.trouble(); trouble && record.status != JobStatus::Running)
        return trouble->message;
    if (job.isPlaced())
        return placedText(job);
    if (!loss.isEmpty())
        return loss;
    const ActiveJob *parent = record.parentId.isEmpty() ? nullptr : find(record.parentId);
    if (record.kind == JobKind::Node && parent != nullptr)
        return waitReason(*parent);
    if (record.status == JobStatus::Runnable)
        return job.isToEnd() ? QStringLiteral("Is being ended as asked: %1").arg(record.endReason)
                             : scheduler.reasonOf(record.id).text;
    QStringList open = parent != nullptr ? parent->open : QStringList();
    open.append(job.open);
    if (open.isEmpty())
        return QStringLiteral("Has just been submitted");
    return (job.isToEnd()
                ? QStringLiteral("Will be cancelled when the jobs it depends on have ended: %1")
                : QStringLiteral("Waits for these jobs to succeed: %1"))
        .arg(dependenciesText(open));
}

// What keeps the engine from answering, and since when.
QString JobDispatcher::Private::engineProblem() const
{
    const batch::EngineStatus status = monitor.status();
    if (status.reachable && !isCompared)
        return QStringLiteral("Its containers are being compared with the state database.");
    if (status.reachable || !status.unreachableSince)
        return status.problem;
    const auto since
        = QDateTime::fromMSecsSinceEpoch(status.unreachableSince->time_since_epoch().count());
    return QStringLiteral("%1 It has been away since %2.")
        .arg(status.problem, since.toUTC().toString(Qt::ISODate));
}

// Of a STARTING multi-node job and its nodes, once some of them have ended. Empty when it is to be
// told as that of any other job.
QString JobDispatcher::Private::endedNodesText(const ActiveJob &job) const
{
    const bool isParent = job.record.kind == JobKind::MultiNodeParent;
    const auto group = groups.find(isParent ? job.id() : job.record.parentId);
    if (group == groups.end())
        return {};
    const auto &outcomes = group->second.outcomes;
    if (!isParent && outcomes.contains(job.record.index))
        return QStringLiteral("Has ended; its status is settled with the job's");
    if (!outcomes.contains(job.plan->mainNode))
        return {};
    if (!isParent)
        return QStringLiteral("The main node has ended; this one is being stopped");
    return QStringLiteral("The main node has ended; the others are being stopped (%1 of %2 nodes "
                          "have ended)")
        .arg(outcomes.size())
        .arg(job.record.size);
}

// Of a job that has its place.
QString JobDispatcher::Private::placedText(const ActiveJob &job) const
{
    if (!monitor.isReachable())
        return engineProblem();
    if (job.record.status != JobStatus::Starting)
        return {};
    if (const QString text = endedNodesText(job); !text.isEmpty())
        return text;
    if (job.record.kind == JobKind::MultiNodeParent) {
        const ActiveJob *main = find(childId(job.record, job.plan->mainNode));
        const QString text = main != nullptr ? placedText(*main) : QString();
        return text.isEmpty() ? QString() : QStringLiteral("Main node: ") + text;
    }
    const AttemptRunner *runner = runnerOf(job);
    if (runner == nullptr)
        return QStringLiteral("Waits for the main node's address");
    for (const batch::ContainerLiveState &container : runner->containerStates()) {
        if (!container.waitReason.isEmpty())
            return container.name + QStringLiteral(": ") + container.waitReason;
    }
    return QStringLiteral("Its containers are being started");
}

} // namespace batchyard::executor
