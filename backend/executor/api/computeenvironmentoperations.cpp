#include "backend/executor/api/computeenvironmentoperations.h"

#include "backend/batch/validation.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr ResourceKind kind = ResourceKind::ComputeEnvironment;

Json identity(const OperationContext &context, const QString &name)
{
    return {{"computeEnvironmentName", name.toStdString()},
            {"computeEnvironmentArn", context.arns.computeEnvironment(name).toStdString()}};
}

Result<batch::ComputeEnvironment> checked(const Json &document)
{
    auto parsed = batch::readComputeEnvironment(document);
    if (const auto ok = accept(parsed.faults); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = accept(batch::validate(*parsed.value)); !ok)
        return tl::unexpected(ok.error());
    return std::move(*parsed.value);
}

Result<void> store(const OperationContext &context, const batch::ComputeEnvironment &environment,
                   Timestamp createdAt)
{
    Json document = batch::toJsonValue(environment, batch::Form::Describe);
    document["containerOrchestrationType"] = "ECS";
    return context.store.putResource(kind,
                                     {.name = environment.computeEnvironmentName,
                                      .status = environment.status,
                                      .document = dump(document),
                                      .createdAt = createdAt});
}

} // namespace

Result<Json> ComputeEnvironmentOperations::create(const Json &request)
{
    if (member(request, "eksConfiguration"))
        return failure(ErrorCode::Unsupported,
                       u"eksConfiguration: Amazon EKS is not run locally; leave it out."_s);
    auto environment = checked(request);
    if (!environment)
        return tl::unexpected(environment.error());
    const QString name = environment->computeEnvironmentName;
    const auto existing = m_context.store.resource(kind, name);
    if (!existing)
        return tl::unexpected(existing.error());
    if (*existing)
        return failure(ErrorCode::Conflict, u"Object already exists"_s);

    if (environment->state.isEmpty())
        environment->state = u"ENABLED"_s;
    environment->computeEnvironmentArn = m_context.arns.computeEnvironment(name);
    environment->ecsClusterArn = m_context.arns.cluster(name);
    environment->uuid = m_context.arns.environmentUuid(name);
    environment->status = u"VALID"_s;
    environment->statusReason = u"ComputeEnvironment Healthy"_s;
    if (const auto ok = store(m_context, *environment, m_context.now()); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return identity(m_context, name);
}

Result<Json> ComputeEnvironmentOperations::describe(const Json &request)
{
    const auto names = textsMember(request, "computeEnvironments", 100);
    if (!names)
        return tl::unexpected(names.error());
    const auto page = pageRequest(request, "DescribeComputeEnvironments", 100, 100);
    if (!page)
        return tl::unexpected(page.error());
    QStringList wanted;
    for (const QString &name : *names)
        wanted += nameOf(name, u"compute-environment");
    return describeResources(
        m_context, kind, *page, "computeEnvironments",
        [&](const ResourceRecord &record) {
            return wanted.isEmpty() || wanted.contains(record.name);
        },
        documentOf);
}

Result<Json> ComputeEnvironmentOperations::update(const Json &request)
{
    const auto name = requiredText(request, "computeEnvironment");
    if (!name)
        return tl::unexpected(name.error());
    const auto record = find(*name);
    if (!record)
        return tl::unexpected(record.error());
    auto document = documentOf(*record);
    if (!document)
        return document;
    for (const char *field : {"state", "unmanagedvCpus", "serviceRole", "updatePolicy"}) {
        if (const Json *value = member(request, field))
            (*document)[field] = *value;
    }
    if (const Json *resources = member(request, "computeResources")) {
        if (!resources->is_object())
            return failure(ErrorCode::InvalidInput, u"computeResources: expected an object."_s);
        for (const auto &[field, value] : resources->items())
            (*document)["computeResources"][field] = value;
    }
    const auto environment = checked(*document);
    if (!environment)
        return tl::unexpected(environment.error());
    if (const auto ok = store(m_context, *environment, record->createdAt); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return identity(m_context, record->name);
}

Result<Json> ComputeEnvironmentOperations::remove(const Json &request)
{
    const auto name = requiredText(request, "computeEnvironment");
    if (!name)
        return tl::unexpected(name.error());
    const auto record = find(*name);
    if (!record)
        return tl::unexpected(record.error());
    const auto document = documentOf(*record);
    if (!document)
        return document;
    if (document->value("state", std::string()) != "DISABLED")
        return failure(ErrorCode::Conflict,
                       u"Cannot delete, compute environment %1 is ENABLED; update its state to "
                       "DISABLED first."_s.arg(record->name));
    if (const auto ok = checkUnused(record->name); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = m_context.store.removeResource(kind, record->name); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return Json::object();
}

Result<ResourceRecord> ComputeEnvironmentOperations::find(const QString &nameOrArn) const
{
    const auto record = m_context.store.resource(kind, nameOf(nameOrArn, u"compute-environment"));
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound, u"%1 does not exist"_s.arg(nameOrArn));
    return **record;
}

Result<void> ComputeEnvironmentOperations::checkUnused(const QString &name) const
{
    const auto queues = m_context.store.resources(ResourceKind::JobQueue);
    if (!queues)
        return tl::unexpected(queues.error());
    const std::string arn = m_context.arns.computeEnvironment(name).toStdString();
    for (const ResourceRecord &queue : *queues) {
        const auto document = documentOf(queue);
        if (!document)
            return tl::unexpected(document.error());
        for (const Json &entry : document->value("computeEnvironmentOrder", Json::array())) {
            if (entry.value("computeEnvironment", std::string()) == arn)
                return failure(ErrorCode::Conflict,
                               u"Cannot delete, found existing JobQueue relationship"_s);
        }
    }
    const auto attempts = m_context.store.unfinishedAttempts();
    if (!attempts)
        return tl::unexpected(attempts.error());
    const qsizetype running
        = std::count_if(attempts->cbegin(), attempts->cend(), [&](const AttemptRecord &attempt) {
              return !attempt.ended && attempt.computeEnvironment == name;
          });
    if (running > 0)
        return failure(ErrorCode::Conflict,
                       u"Cannot delete, %1 jobs still run in compute environment %2."_s.arg(
                           QString::number(running), name));
    return {};
}

} // namespace batchyard::executor::api
