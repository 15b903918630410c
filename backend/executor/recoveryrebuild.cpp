// The part of a recovery that follows from the containers there are and the log directory.
#include "backend/batch/json.h"
#include "backend/executor/recovery.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/recoverylabel.h"

#include <QDir>
#include <QUuid>

#include <algorithm>
#include <limits>

namespace batchyard::executor {

using namespace Qt::Literals::StringLiterals;
using batch::JobStatus;

namespace {

constexpr QLatin1StringView recoveredName{"recovered"}; // of jobs that only their logs tell of

const QList<JobStatus> unfinishedStates{JobStatus::Submitted, JobStatus::Pending,
                                        JobStatus::Runnable, JobStatus::Starting,
                                        JobStatus::Running};

// "<parent>:<index>" or "<parent>#<index>"; index -1 for a job that is neither.
struct JobIdParts {
    QString parentId;
    int index = -1;
    bool isNode = false;
};

JobIdParts partsOf(const QString &jobId)
{
    const qsizetype mark = std::max(jobId.lastIndexOf(u':'), jobId.lastIndexOf(u'#'));
    bool isNumber = false;
    const int index = mark < 0 ? -1 : jobId.mid(mark + 1).toInt(&isNumber);
    if (!isNumber || index < 0 || index >= 10'000)
        return {};
    return {jobId.left(mark), index, jobId[mark] == u'#'};
}

// Attempts that have a log directory, by job.
QHash<QString, QList<int>> loggedAttempts(const QString &logsDirectory)
{
    QHash<QString, QList<int>> logged;
    const QDir logs(logsDirectory);
    const QStringList jobs = logs.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    for (const QString &job : jobs) {
        for (const QString &name : QDir(logs.filePath(job)).entryList(QDir::Dirs)) {
            if (const int number = name.toInt(); number > 0)
                logged[job].append(number);
        }
    }
    return logged;
}

// A node's job, which runs with all of its nodes; else the job itself.
QString wholeOf(const QString &jobId)
{
    const JobIdParts parts = partsOf(jobId);
    return parts.isNode ? parts.parentId : jobId;
}

class Rebuild
{
public:
    Rebuild(Store &store, const QList<docker::ContainerListEntry> &containers,
            const QString &logsDirectory, Timestamp now)
        : m_store(store)
        , m_now(now)
        , m_logged(loggedAttempts(logsDirectory))
    {
        for (auto logged = m_logged.cbegin(); logged != m_logged.cend(); ++logged) {
            int &last = m_lastLogged[wholeOf(logged.key())];
            last = std::max(last, *std::max_element(logged->begin(), logged->end()));
        }
        for (const docker::ContainerListEntry &entry : containers) {
            m_byName.insert(entry.name, entry);
            const auto labelled = fromLabels(entry.labels);
            if (labelled && labelled->job.kind == JobKind::Node)
                m_nodes[{labelled->job.parentId, labelled->attempt.number}].append(*labelled);
            else if (labelled)
                m_labelled.append(*labelled);
            else
                m_seen.insert(entry.labels.value(jobLabel));
        }
    }

    [[nodiscard]] Result<RecoveryReport> run()
    {
        // No count of changes comes near this number.
        if (const auto numbered = m_store.numberChangesAfter(batch::toEpochMs(m_now)); !numbered)
            return tl::unexpected(numbered.error());
        for (const LabelledAttempt &labelled : std::as_const(m_labelled)) {
            if (const auto taken = takeUp(labelled); !taken)
                return tl::unexpected(taken.error());
        }
        for (const QList<LabelledAttempt> &nodes : std::as_const(m_nodes)) {
            if (const auto taken = takeUpNodes(nodes); !taken)
                return tl::unexpected(taken.error());
        }
        return addUnknownJobs()
            .and_then([this] { return failUnknownOutcomes(); })
            .and_then([this] { return addQueues(); })
            .and_then([this] { return m_store.commit(); })
            .map([this] { return m_report; });
    }

private:
    using AttemptId = std::pair<QString, int>;

    [[nodiscard]] Result<void> takeUp(const LabelledAttempt &labelled);
    [[nodiscard]] Result<void> takeUpNodes(const QList<LabelledAttempt> &nodes);
    [[nodiscard]] Result<void> begin(JobRecord job, const AttemptRecord &attempt);
    [[nodiscard]] Result<void> ensure(const LabelledAttempt &labelled);
    [[nodiscard]] Result<void> addFamily(const JobRecord &parent, const QString &childName);
    [[nodiscard]] Result<void> addUnknownJobs();
    [[nodiscard]] Result<void> failUnknownOutcomes();
    [[nodiscard]] Result<void> fail(JobRecord job, const QList<AttemptRecord> &attempts);
    [[nodiscard]] Result<void> endAttempts(const QList<AttemptRecord> &attempts);
    [[nodiscard]] Result<void> addQueues();
    [[nodiscard]] bool hasContainers(const AttemptRecord &attempt) const;
    [[nodiscard]] AttemptRecord asSeen(AttemptRecord attempt) const;
    [[nodiscard]] JobRecord unknownJob(const QString &id) const;

    Store &m_store;
    const Timestamp m_now;
    const QHash<QString, QList<int>> m_logged;
    QHash<QString, int> m_lastLogged; // of a job that runs as a whole, by the job
    QHash<QString, docker::ContainerListEntry> m_byName;
    QList<LabelledAttempt> m_labelled;
    QMap<AttemptId, QList<LabelledAttempt>> m_nodes; // by the attempt of the whole job
    QSet<QString> m_seen; // ids of jobs with containers
    QSet<AttemptId> m_taken;
    QSet<QString> m_created; // ids of jobs that were not in the store
    RecoveryReport m_report;
};

bool Rebuild::hasContainers(const AttemptRecord &attempt) const
{
    return m_taken.contains({attempt.jobId, attempt.number});
}

// What the attempt's runner looks at anew: containers that Docker has, by their names.
AttemptRecord Rebuild::asSeen(AttemptRecord attempt) const
{
    for (ContainerRecord &container : attempt.containers) {
        const auto entry = m_byName.constFind(container.dockerName);
        if (entry == m_byName.constEnd())
            continue;
        container.dockerId = entry->id;
        container.intent = entry->state == u"created"_s ? core::ContainerStatus::Created
                                                        : core::ContainerStatus::Running;
    }
    return attempt;
}

Result<void> Rebuild::takeUp(const LabelledAttempt &labelled)
{
    if (const auto there = ensure(labelled); !there)
        return there;
    const auto job = m_store.job(labelled.job.id);
    const auto attempts = m_store.attempts(labelled.job.id);
    if (!job || !attempts)
        return tl::unexpected(!job ? job.error() : attempts.error());
    if (!*job || batch::isTerminal((*job)->status))
        return {};
    const AttemptRecord *known = nullptr;
    for (const AttemptRecord &attempt : *attempts)
        known = attempt.number == labelled.attempt.number ? &attempt : known;
    const AttemptRecord seen = asSeen(known != nullptr ? *known : labelled.attempt);
    if (known != nullptr) {
        if (known->ended)
            return {};
        for (const ContainerRecord &container : seen.containers) {
            if (const auto put = m_store.putContainer(container); !put)
                return put;
        }
    } else {
        if ((*job)->attempt >= seen.number)
            return {};
        if (const auto begun = begin(**job, seen); !begun)
            return begun;
    }
    m_taken.insert({seen.jobId, seen.number});
    ++m_report.adopted;
    return {};
}

// In place of the job's attempts before, whose containers are not looked for any more.
Result<void> Rebuild::begin(JobRecord job, const AttemptRecord &attempt)
{
    job.status = JobStatus::Runnable;
    const auto before = m_store.attempts(job.id);
    if (!before)
        return tl::unexpected(before.error());
    return endAttempts(*before)
        .and_then([&] { return m_store.setJobStatus(job, m_now); })
        .and_then([&] { return m_store.beginAttempt(job, attempt, m_now); });
}

// Nodes decide together: they are taken up when all of them are there. Of a job some of whose nodes
// have ended, what they came to is not known.
Result<void> Rebuild::takeUpNodes(const QList<LabelledAttempt> &nodes)
{
    const LabelledAttempt &first = nodes.first();
    if (const auto there = ensure(first); !there)
        return there;
    const auto parent = m_store.job(first.job.parentId);
    if (!parent)
        return tl::unexpected(parent.error());
    if (!*parent || batch::isTerminal((*parent)->status) || (*parent)->size != nodes.size()
        || (*parent)->attempt > first.attempt.number)
        return {};
    if ((*parent)->attempt < first.attempt.number) {
        AttemptRecord whole = first.attempt;
        whole.jobId = first.job.parentId;
        whole.taskId = QUuid::createUuid().toString(QUuid::Id128);
        whole.containers.clear();
        if (const auto begun = begin(**parent, whole); !begun)
            return begun;
    }
    for (const LabelledAttempt &node : nodes) {
        if (const auto taken = takeUp(node); !taken)
            return taken;
        m_taken.insert({node.job.id, node.attempt.number}); // one that has ended, too
    }
    m_taken.insert({first.job.parentId, first.attempt.number});
    return {};
}

Result<void> Rebuild::ensure(const LabelledAttempt &labelled)
{
    const auto present = m_store.job(labelled.job.id);
    if (!present)
        return tl::unexpected(present.error());
    if (*present)
        return {};
    if (labelled.parent)
        return addFamily(*labelled.parent, labelled.job.name);
    JobRecord job = labelled.job;
    job.attempt = 0;
    m_created.insert(job.id);
    return m_store.addJob(job).map([](qint64) {});
}

// A parent with all its children or nodes.
Result<void> Rebuild::addFamily(const JobRecord &parent, const QString &childName)
{
    QList<JobRecord> children;
    const bool isArray = parent.kind == JobKind::ArrayParent;
    for (int i = 0; i < parent.size; ++i) {
        JobRecord child = parent;
        child.id = parent.id + (isArray ? u':' : u'#') + QString::number(i);
        child.kind = isArray ? JobKind::ArrayChild : JobKind::Node;
        child.parentId = parent.id;
        child.index = i;
        child.size = 0;
        child.name = childName;
        child.attempt = 0;
        m_created.insert(child.id);
        children.append(child);
    }
    JobRecord added = parent;
    added.attempt = 0;
    m_created.insert(parent.id);
    return m_store.addJob(added, children).and_then([&](qint64) -> Result<void> {
        if (!isArray)
            return {};
        added.status = JobStatus::Pending; // as the parent of an array is until all have ended
        return m_store.setJobStatus(added, m_now);
    });
}

JobRecord Rebuild::unknownJob(const QString &id) const
{
    batch::SubmitJobRequest request;
    request.jobName = recoveredName;
    request.jobQueue = recoveredName;
    request.jobDefinition = recoveredName;
    batch::JobDefinition definition;
    definition.jobDefinitionName = recoveredName;
    definition.type = u"container"_s;
    definition.revision = 1;
    definition.ecsProperties.emplace();
    definition.ecsProperties->containers.append(batch::TaskContainerProperties{});
    definition.ecsProperties->containers.first().name = recoveredName;
    JobRecord job;
    job.id = id;
    job.name = recoveredName;
    job.queue = recoveredName;
    job.definitionArn
        = u"arn:aws:batch:us-east-1:000000000000:job-definition/%1:1"_s.arg(recoveredName);
    job.createdAt = m_now;
    job.request = batch::toJson(request, batch::JsonStyle::Compact);
    job.definition = batch::toJson(definition, batch::JsonStyle::Compact);
    return job;
}

// Those of which there is a log or a container, and no more.
Result<void> Rebuild::addUnknownJobs()
{
    QMap<QString, std::pair<int, bool>> families; // size and whether of nodes, by parent
    const auto traces = m_seen + QSet<QString>(m_logged.keyBegin(), m_logged.keyEnd());
    for (const QString &id : traces) {
        const auto present = m_store.job(id);
        if (!present)
            return tl::unexpected(present.error());
        if (*present || id.isEmpty())
            continue;
        const JobIdParts parts = partsOf(id);
        if (parts.index >= 0) {
            auto &[size, isOfNodes] = families[parts.parentId];
            size = std::max({size, parts.index + 1, 2});
            isOfNodes = parts.isNode;
            continue;
        }
        m_created.insert(id);
        if (const auto added = m_store.addJob(unknownJob(id)); !added)
            return tl::unexpected(added.error());
    }
    for (auto family = families.cbegin(); family != families.cend(); ++family) {
        JobRecord parent = unknownJob(family.key());
        parent.kind = family->second ? JobKind::MultiNodeParent : JobKind::ArrayParent;
        parent.size = family->first;
        if (const auto added = addFamily(parent, parent.name); !added)
            return added;
    }
    return {};
}

Result<void> Rebuild::failUnknownOutcomes()
{
    const auto jobs = m_store.jobsInStates(unfinishedStates);
    if (!jobs)
        return tl::unexpected(jobs.error());
    for (const JobRecord &job : *jobs) {
        const auto attempts = m_store.attempts(job.id);
        if (!attempts)
            return tl::unexpected(attempts.error());
        if (!attempts->isEmpty() && hasContainers(attempts->last()))
            continue;
        const bool hasRun = job.status == JobStatus::Starting || job.status == JobStatus::Running
            || m_created.contains(job.id) || m_seen.contains(job.id)
            || m_lastLogged.value(wholeOf(job.id)) > job.attempt;
        // The parent of an array ends when its children have.
        if (!hasRun || job.kind == JobKind::ArrayParent)
            continue;
        if (const auto failed = fail(job, *attempts); !failed)
            return failed;
    }
    return {};
}

Result<void> Rebuild::endAttempts(const QList<AttemptRecord> &attempts)
{
    for (AttemptRecord attempt : attempts) {
        if (attempt.ended && attempt.cleaned)
            continue;
        attempt.ended = true;
        attempt.cleaned = true;
        attempt.stoppedAt = attempt.stoppedAt.value_or(m_now);
        if (const auto put = m_store.putAttempt(attempt); !put)
            return put;
    }
    return {};
}

Result<void> Rebuild::fail(JobRecord job, const QList<AttemptRecord> &attempts)
{
    job.status = JobStatus::Failed;
    job.statusReason = outcomeUnknownReason;
    job.stoppedAt = m_now;
    ++m_report.failed;
    return endAttempts(attempts).and_then([&] { return m_store.setJobStatus(job, m_now); });
}

// So that the jobs can be listed. Nothing is placed from a queue that is disabled.
Result<void> Rebuild::addQueues()
{
    QSet<QString> names;
    for (const QString &id : std::as_const(m_created)) {
        const auto job = m_store.job(id);
        if (!job)
            return tl::unexpected(job.error());
        if (*job)
            names.insert((*job)->queue);
    }
    for (const QString &name : std::as_const(names)) {
        const auto present = m_store.resource(ResourceKind::JobQueue, name);
        if (!present)
            return tl::unexpected(present.error());
        if (*present)
            continue;
        batch::JobQueue queue;
        queue.jobQueueName = name;
        queue.state = u"DISABLED"_s;
        queue.priority = 1;
        queue.status = u"VALID"_s;
        queue.statusReason = u"Made again after the state database was lost."_s;
        const auto put = m_store.putResource(ResourceKind::JobQueue,
                                             {name, 0, queue.status, batch::toJson(queue), m_now});
        if (!put)
            return put;
    }
    return {};
}

} // namespace

Result<bool> lacksLoggedAttempts(const Store &store, const QString &logsDirectory)
{
    const QHash<QString, QList<int>> all = loggedAttempts(logsDirectory);
    for (auto logged = all.cbegin(); logged != all.cend(); ++logged) {
        const auto job = store.job(logged.key());
        if (!job)
            return tl::unexpected(job.error());
        const int known = !*job                 ? 0
            : batch::isTerminal((*job)->status) ? std::numeric_limits<int>::max()
                                                : (*job)->attempt;
        if (std::any_of(logged->begin(), logged->end(),
                        [known](int number) { return number > known; }))
            return true;
    }
    return false;
}

Result<RecoveryReport> rebuild(Store &store, const QList<docker::ContainerListEntry> &containers,
                               const QString &logsDirectory, Timestamp now)
{
    return Rebuild(store, containers, logsDirectory, now).run();
}

} // namespace batchyard::executor
