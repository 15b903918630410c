#include "backend/executor/api/computeenvironmentoperations.h"

#include "backend/executor/core/instancetypes.h"
#include "backend/executor/core/jobscheduler.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// Service quotas of AWS Batch.
constexpr qsizetype environmentQuota = 50;
constexpr qsizetype environmentsOfCluster = 5; // of Amazon EKS

// What AWS finds out when it tries to start instances. The environment is there all the same, and
// an update can repair it.
QString faultOf(const batch::ComputeEnvironment &environment)
{
    if (!environment.computeResources || environment.computeResources->isFargate())
        return {};
    const auto types = core::instanceTypes(environment.computeResources->instanceTypes);
    return types ? QString()
                 : u"CLIENT_ERROR - computeResources.instanceTypes: " % types.error().message;
}

// Only EC2 environments have instances of which some number is desired.
bool hasInstances(const Json &document)
{
    const Json *resources = member(document, "computeResources");
    return resources && resources->is_object()
        && (resources->value("type", std::string()) == "EC2"
            || resources->value("type", std::string()) == "SPOT");
}

Result<void> checkUpdate(const Json &request)
{
    const Json *resources = member(request, "computeResources");
    if (!resources)
        return {};
    if (!resources->is_object())
        return failure(ErrorCode::InvalidInput, u"computeResources: expected an object."_s);
    const Json *strategy = member(*resources, "allocationStrategy");
    if (strategy && *strategy == "BEST_FIT")
        return failure(ErrorCode::InvalidInput,
                       u"computeResources.allocationStrategy: an environment cannot be updated to "
                       "BEST_FIT; BEST_FIT_PROGRESSIVE and the SPOT_ strategies are allowed."_s);
    return {};
}

} // namespace

Result<Json> ComputeEnvironmentOperations::create(const Json &request)
{
    auto environment = checkedValue(request, batch::readComputeEnvironment);
    if (!environment)
        return tl::unexpected(environment.error());
    const QString name = environment->computeEnvironmentName;
    if (const auto ok = m_table.checkFree(name, environmentQuota); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = checkCluster(*environment); !ok)
        return tl::unexpected(ok.error());
    if (environment->state.isEmpty())
        environment->state = u"ENABLED"_s;
    environment->computeEnvironmentArn = m_context.arns.computeEnvironment(name);
    environment->ecsClusterArn = m_context.arns.cluster(name);
    environment->uuid = m_context.arns.environmentUuid(name);
    return save(std::move(*environment), m_context.now(), u"CREATING"_s);
}

Result<Json> ComputeEnvironmentOperations::describe(const Json &request)
{
    return m_table.describe(request, "DescribeComputeEnvironments", "computeEnvironments",
                            [this](const ResourceRecord &record) { return describedOf(record); });
}

Result<Json> ComputeEnvironmentOperations::update(const Json &request)
{
    const auto record = m_table.changeable(request, "computeEnvironment");
    if (!record)
        return tl::unexpected(record.error());
    if (const auto ok = checkUpdate(request); !ok)
        return tl::unexpected(ok.error());
    auto document = documentOf(*record);
    if (!document)
        return document;
    replaceMembers(
        *document, request,
        {"state", "unmanagedvCpus", "serviceRole", "updatePolicy", "context", "ecsSettings"});
    if (const Json *resources = member(request, "computeResources")) {
        for (const auto &[field, value] : resources->items()) {
            if (field != "updateToLatestImageVersion") // an act, not a setting
                (*document)["computeResources"][field] = value;
        }
    }
    auto environment = checkedValue(*document, batch::readComputeEnvironment);
    if (!environment)
        return tl::unexpected(environment.error());
    return save(std::move(*environment), record->createdAt, u"UPDATING"_s);
}

Result<Json> ComputeEnvironmentOperations::remove(const Json &request)
{
    const auto record = m_table.deletable(request, "computeEnvironment", u"compute environment");
    if (!record)
        return tl::unexpected(record.error());
    if (const auto ok = checkUnused(record->name); !ok)
        return tl::unexpected(ok.error());
    return m_table.beginDeletion(*record, {}).map([] { return Json(Json::object()); });
}

Json ComputeEnvironmentOperations::identity(const QString &name) const
{
    return {{"computeEnvironmentName", name.toStdString()},
            {"computeEnvironmentArn", m_context.arns.computeEnvironment(name).toStdString()}};
}

Result<Json> ComputeEnvironmentOperations::save(batch::ComputeEnvironment environment,
                                                Timestamp createdAt, const QString &meanwhile)
{
    const QString fault = faultOf(environment);
    environment.status = fault.isEmpty() ? u"VALID"_s : u"INVALID"_s;
    environment.statusReason = fault.isEmpty() ? u"ComputeEnvironment Healthy"_s : fault;
    Json document = batch::toJsonValue(environment, batch::Form::Describe);
    document["containerOrchestrationType"] = environment.eksConfiguration ? "EKS" : "ECS";
    const QString name = environment.computeEnvironmentName;
    if (const auto ok = m_table.save(name, document, createdAt); !ok)
        return tl::unexpected(ok.error());
    m_context.settling->begin(ResourceKind::ComputeEnvironment, name, meanwhile);
    return identity(name);
}

Result<Json> ComputeEnvironmentOperations::describedOf(const ResourceRecord &record) const
{
    auto document = documentOf(record);
    if (!document)
        return document;
    m_table.showSettling(record, *document);
    if (!hasInstances(*document))
        return document;
    const double desired = m_context.control.environmentState(record.name).desiredvCpus;
    Json &resources = (*document)["computeResources"];
    resources["desiredvCpus"] = std::max(resources.value("minvCpus", 0), qRound(desired));
    return document;
}

Result<void>
ComputeEnvironmentOperations::checkCluster(const batch::ComputeEnvironment &environment) const
{
    if (!environment.eksConfiguration)
        return {};
    const auto records = m_context.store.resources(ResourceKind::ComputeEnvironment);
    if (!records)
        return tl::unexpected(records.error());
    const auto isOfCluster = [&](const ResourceRecord &record) {
        const auto other = batch::parseComputeEnvironment(record.document);
        return other.value && other.value->eksConfiguration
            && other.value->eksConfiguration->eksClusterArn
            == environment.eksConfiguration->eksClusterArn;
    };
    if (std::ranges::count_if(*records, isOfCluster) >= environmentsOfCluster)
        return failure(ErrorCode::Conflict,
                       u"eksConfiguration.eksClusterArn: the cluster has %1 compute environments "
                       "already, which is the quota."_s.arg(environmentsOfCluster));
    return {};
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
