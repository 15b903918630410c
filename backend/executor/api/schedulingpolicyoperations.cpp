#include "backend/executor/api/schedulingpolicyoperations.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype policyQuota = 500; // fair-share policies of an account and region
constexpr qsizetype describedPolicies = 100;

constexpr QStringView quotaSharesReason
    = u"quota shares are for SageMaker training jobs, which do not run on this machine; use "
      "fairsharePolicy";

} // namespace

Result<Json> SchedulingPolicyOperations::create(const Json &request)
{
    if (const auto ok = refuseMembers(request, {{"quotaSharePolicy", quotaSharesReason}}); !ok)
        return tl::unexpected(ok.error());
    auto policy = checkedValue(request, batch::readSchedulingPolicy);
    if (!policy)
        return tl::unexpected(policy.error());
    if (const auto ok = m_table.checkFree(policy->name, policyQuota); !ok)
        return tl::unexpected(ok.error());
    policy->arn = m_context.arns.schedulingPolicy(policy->name);
    if (!policy->fairsharePolicy)
        policy->fairsharePolicy = batch::FairsharePolicy();
    const Json document = batch::toJsonValue(*policy, batch::Form::Describe);
    if (const auto ok = m_table.save(policy->name, document, m_context.now()); !ok)
        return tl::unexpected(ok.error());
    return Json{{"name", policy->name.toStdString()}, {"arn", policy->arn.toStdString()}};
}

Result<Json> SchedulingPolicyOperations::update(const Json &request)
{
    const auto record = byArn(request);
    if (!record)
        return tl::unexpected(record.error());
    if (const auto ok = refuseMembers(request, {{"quotaSharePolicy", quotaSharesReason}}); !ok)
        return tl::unexpected(ok.error());
    auto document = documentOf(*record);
    if (!document)
        return document;
    replaceMembers(*document, request, {"fairsharePolicy"});
    const auto policy = checkedValue(*document, batch::readSchedulingPolicy);
    if (!policy)
        return tl::unexpected(policy.error());
    const Json changed = batch::toJsonValue(*policy, batch::Form::Describe);
    if (const auto ok = m_table.save(record->name, changed, record->createdAt); !ok)
        return tl::unexpected(ok.error());
    return Json::object();
}

Result<Json> SchedulingPolicyOperations::remove(const Json &request)
{
    const auto record = byArn(request);
    if (!record)
        return tl::unexpected(record.error());
    if (const auto ok = checkUnused(m_context.arns.schedulingPolicy(record->name)); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = m_table.remove(record->name); !ok)
        return tl::unexpected(ok.error());
    return Json::object();
}

Result<Json> SchedulingPolicyOperations::describe(const Json &request)
{
    const auto arns = textsMember(request, "arns", describedPolicies);
    if (!arns)
        return tl::unexpected(arns.error());
    if (arns->isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"'arns' is a required field (1 to 100 ARNs are allowed)"_s);
    Json policies = Json::array();
    for (const QString &arn : *arns) {
        const auto record = m_table.find(arn);
        if (!record && record.error().code == ErrorCode::NotFound)
            continue;
        if (!record)
            return tl::unexpected(record.error());
        auto document = documentOf(*record);
        if (!document)
            return document;
        policies.push_back(std::move(*document));
    }
    return Json{{"schedulingPolicies", std::move(policies)}};
}

Result<Json> SchedulingPolicyOperations::list(const Json &request)
{
    const auto page = pageRequest(request, "ListSchedulingPolicies", 100, 100);
    if (!page)
        return tl::unexpected(page.error());
    return m_table.page(
        *page, "schedulingPolicies", [](const ResourceRecord &) { return true; },
        [this](const ResourceRecord &record) -> Result<Json> {
            return Json{{"arn", m_context.arns.schedulingPolicy(record.name).toStdString()}};
        });
}

Result<ResourceRecord> SchedulingPolicyOperations::byArn(const Json &request) const
{
    const auto arn = requiredText(request, "arn");
    if (!arn)
        return tl::unexpected(arn.error());
    if (!parseBatchArn(*arn))
        return failure(
            ErrorCode::InvalidInput,
            u"arn: %1 is no ARN; a scheduling policy is named by its ARN."_s.arg(arn->left(300)));
    return m_table.find(*arn);
}

Result<void> SchedulingPolicyOperations::checkUnused(const QString &arn) const
{
    const auto queues = m_context.store.resources(ResourceKind::JobQueue);
    if (!queues)
        return tl::unexpected(queues.error());
    for (const ResourceRecord &queue : *queues) {
        const auto document = documentOf(queue);
        if (!document)
            return tl::unexpected(document.error());
        if (document->value("schedulingPolicyArn", std::string()) == arn.toStdString())
            return failure(
                ErrorCode::Conflict,
                u"Cannot delete, the scheduling policy is used by job queue %1."_s.arg(queue.name));
    }
    return {};
}

} // namespace batchyard::executor::api
