#include "tests/support/service/fakebatchservice.h"

#include "tests/support/service/fakenames.h"

#include <algorithm>

namespace batchyard::test {

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;

namespace {

template <typename List, typename Member>
auto findNamed(List &list, Member member, const QString &reference)
{
    return std::find_if(list.begin(), list.end(),
                        [&](const auto &entry) { return entry.*member == nameOfArn(reference); });
}

template <typename Value, typename Member>
QList<Value> named(const QList<Value> &list, Member member, const QStringList &names)
{
    if (names.isEmpty())
        return list;
    QList<Value> found;
    for (const Value &value : list) {
        const bool wanted = std::any_of(names.begin(), names.end(), [&](const QString &name) {
            return value.*member == nameOfArn(name);
        });
        if (wanted)
            found.append(value);
    }
    return found;
}

} // namespace

FakeBatchService::FakeBatchService(QObject *parent)
    : BatchService(parent)
{
    m_engine.reachable = true;
    m_engine.endpoint = u"/var/run/docker.sock"_s;
    m_engine.version = u"20.10.24"_s;
    m_engine.cpus = 4;
    m_engine.memoryMiB = 16'000;
}

std::optional<Error> FakeBatchService::takeFailure(const QString &verb)
{
    if (m_unreachable)
        return m_unreachable;
    const auto waiting = m_failures.find(verb);
    if (waiting == m_failures.end() || waiting->isEmpty())
        return std::nullopt;
    return waiting->takeFirst();
}

Timestamp FakeBatchService::tick()
{
    clock += std::chrono::milliseconds(1);
    return clock;
}

void FakeBatchService::failNext(const QString &verb, const Error &error)
{
    m_failures[verb].append(error);
}

void FakeBatchService::setUnreachable(const QString &why)
{
    m_unreachable = Error{ErrorCode::Unreachable, why, {}};
    emit reachabilityChanged(false, why);
}

void FakeBatchService::setReachable()
{
    m_unreachable.reset();
    emit reachabilityChanged(true, {});
}

void FakeBatchService::setEngine(const EngineStatus &status)
{
    m_engine = status;
    emit engineChanged(m_engine);
}

// ---- Compute environments

QFuture<Result<QList<ComputeEnvironment>>>
FakeBatchService::describeComputeEnvironments(const QStringList &names)
{
    return answer<QList<ComputeEnvironment>>(
        u"describeComputeEnvironments"_s, names.join(u','), [this, names] {
            return named(environments, &ComputeEnvironment::computeEnvironmentName, names);
        });
}

QFuture<Result<ResourceId>>
FakeBatchService::createComputeEnvironment(const ComputeEnvironment &environment)
{
    const QString &wanted = environment.computeEnvironmentName;
    return answer<ResourceId>(
        u"createComputeEnvironment"_s, wanted, [this, environment]() -> Result<ResourceId> {
            const QString &key = environment.computeEnvironmentName;
            if (findNamed(environments, &ComputeEnvironment::computeEnvironmentName, key)
                != environments.end())
                return failure(ErrorCode::Conflict, u"Object already exists"_s);
            ComputeEnvironment created = environment;
            created.computeEnvironmentArn = arnPrefix % u"compute-environment/"_s % key;
            created.status = u"VALID"_s;
            created.state = created.state.isEmpty() ? u"ENABLED"_s : created.state;
            environments.append(created);
            emit resourcesChanged();
            return ResourceId{key, created.computeEnvironmentArn, 0};
        });
}

QFuture<Result<ResourceId>>
FakeBatchService::updateComputeEnvironment(const ComputeEnvironment &environment)
{
    return answer<ResourceId>(
        u"updateComputeEnvironment"_s, environment.computeEnvironmentName,
        [this, environment]() -> Result<ResourceId> {
            const auto found = findNamed(environments, &ComputeEnvironment::computeEnvironmentName,
                                         environment.computeEnvironmentName);
            if (found == environments.end())
                return tl::unexpected(notFound(environment.computeEnvironmentName));
            found->state = environment.state;
            found->computeResources = environment.computeResources;
            found->unmanagedvCpus = environment.unmanagedvCpus;
            found->serviceRole = environment.serviceRole;
            emit resourcesChanged();
            return ResourceId{found->computeEnvironmentName, found->computeEnvironmentArn, 0};
        });
}

QFuture<Result<void>> FakeBatchService::deleteComputeEnvironment(const QString &environment)
{
    return answer<void>(
        u"deleteComputeEnvironment"_s, environment, [this, environment]() -> Result<void> {
            const auto found
                = findNamed(environments, &ComputeEnvironment::computeEnvironmentName, environment);
            if (found == environments.end())
                return tl::unexpected(notFound(environment));
            if (found->state != u"DISABLED")
                return failure(ErrorCode::Conflict,
                               u"Cannot delete, found existing JobQueue relationship"_s);
            environments.erase(found);
            emit resourcesChanged();
            return {};
        });
}

// ---- Job queues

QFuture<Result<QList<JobQueue>>> FakeBatchService::describeJobQueues(const QStringList &names)
{
    return answer<QList<JobQueue>>(u"describeJobQueues"_s, names.join(u','), [this, names] {
        return named(queues, &JobQueue::jobQueueName, names);
    });
}

QFuture<Result<ResourceId>> FakeBatchService::createJobQueue(const JobQueue &queue)
{
    return answer<ResourceId>(
        u"createJobQueue"_s, queue.jobQueueName, [this, queue]() -> Result<ResourceId> {
            JobQueue created = queue;
            created.jobQueueArn = arnPrefix % u"job-queue/"_s % queue.jobQueueName;
            created.status = u"VALID"_s;
            if (created.state.isEmpty())
                created.state = u"ENABLED"_s;
            queues.append(created);
            emit resourcesChanged();
            return ResourceId{created.jobQueueName, created.jobQueueArn, 0};
        });
}

QFuture<Result<ResourceId>> FakeBatchService::updateJobQueue(const JobQueue &queue)
{
    return answer<ResourceId>(
        u"updateJobQueue"_s, queue.jobQueueName, [this, queue]() -> Result<ResourceId> {
            const auto found = findNamed(queues, &JobQueue::jobQueueName, queue.jobQueueName);
            if (found == queues.end())
                return tl::unexpected(notFound(queue.jobQueueName));
            found->state = queue.state;
            found->priority = queue.priority;
            found->computeEnvironmentOrder = queue.computeEnvironmentOrder;
            emit resourcesChanged();
            return ResourceId{found->jobQueueName, found->jobQueueArn, 0};
        });
}

QFuture<Result<void>> FakeBatchService::deleteJobQueue(const QString &queue)
{
    return answer<void>(u"deleteJobQueue"_s, queue, [this, queue]() -> Result<void> {
        const auto found = findNamed(queues, &JobQueue::jobQueueName, queue);
        if (found == queues.end())
            return tl::unexpected(notFound(queue));
        queues.erase(found);
        emit resourcesChanged();
        return {};
    });
}

// ---- Job definitions

QFuture<Result<QList<JobDefinition>>>
FakeBatchService::describeJobDefinitions(const QString &status, const QString &definition)
{
    return answer<QList<JobDefinition>>(
        u"describeJobDefinitions"_s, definition, [this, status, definition] {
            QList<JobDefinition> found;
            for (const JobDefinition &candidate : definitions) {
                if ((status.isEmpty() || candidate.status == status)
                    && (definition.isEmpty() || candidate.jobDefinitionName == definition))
                    found.append(candidate);
            }
            return found;
        });
}

QFuture<Result<ResourceId>> FakeBatchService::registerJobDefinition(const JobDefinition &definition,
                                                                    const QStringList &allowed)
{
    return answer<ResourceId>(
        u"registerJobDefinition"_s, definition.jobDefinitionName,
        [this, definition, allowed]() -> Result<ResourceId> {
            if (allowed != neededPermissions)
                return failure(ErrorCode::AccessDenied, u"The policy does not allow it."_s,
                               neededPermissions.join(u", "_s));
            JobDefinition created = definition;
            created.revision = 1;
            for (const JobDefinition &other : std::as_const(definitions)) {
                if (other.jobDefinitionName == definition.jobDefinitionName)
                    created.revision = qMax(created.revision, other.revision + 1);
            }
            created.status = u"ACTIVE"_s;
            created.jobDefinitionArn = arnPrefix % u"job-definition/"_s
                % definition.jobDefinitionName % u':' % QString::number(created.revision);
            definitions.append(created);
            emit resourcesChanged();
            return ResourceId{created.jobDefinitionName, created.jobDefinitionArn,
                              created.revision};
        });
}

QFuture<Result<void>> FakeBatchService::deregisterJobDefinition(const QString &nameAndRevision)
{
    return answer<void>(u"deregisterJobDefinition"_s, nameAndRevision,
                        [this, nameAndRevision]() -> Result<void> {
                            for (JobDefinition &definition : definitions) {
                                if (definition.nameAndRevision() == nameOfArn(nameAndRevision)) {
                                    definition.status = u"INACTIVE"_s;
                                    emit resourcesChanged();
                                    return {};
                                }
                            }
                            return tl::unexpected(notFound(nameAndRevision));
                        });
}

const JobDefinition *FakeBatchService::findDefinition(const QString &reference) const
{
    const JobDefinition *newest = nullptr;
    for (const JobDefinition &definition : definitions) {
        if (definition.status != u"ACTIVE")
            continue;
        if (definition.nameAndRevision() == nameOfArn(reference))
            return &definition;
        if (definition.jobDefinitionName == nameOfArn(reference)
            && (!newest || newest->revision < definition.revision))
            newest = &definition;
    }
    return newest;
}

} // namespace batchyard::test
