#include "backend/executor/api/consumableresourceoperations.h"

#include "backend/executor/api/joblists.h"
#include "backend/executor/api/namefilter.h"

#include <QCryptographicHash>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype resourceQuota = 50'000; // consumable resources of an account
constexpr qint64 largestQuantity = std::numeric_limits<qint64>::max() / 2;

// Requests that were done, kept in the resource's document so that a repetition after a restart is
// known too: {token: {"request": digest, "at": ms}}. Never told.
constexpr const char *doneRequests = "batchyard:doneRequests";
constexpr qint64 doneRequestsLastMs = 8LL * 60 * 60 * 1000; // API_UpdateConsumableResource

std::string digestOf(const Json &request)
{
    return QCryptographicHash::hash(dump(request), QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

// Whether the request has been done under its token; else notes that it now is.
Result<bool> isRepetition(Json &document, const Json &request, qint64 now)
{
    const auto token = textMember(request, "clientToken");
    if (!token)
        return tl::unexpected(token.error());
    if (token->isEmpty())
        return false;
    Json done = Json::object();
    const Json stored = document.value(doneRequests, Json::object()); // items() keeps a reference
    for (const auto &[name, entry] : stored.items()) {
        if (now - entry.value("at", qint64(0)) < doneRequestsLastMs)
            done[name] = entry;
    }
    const std::string key = token->toStdString();
    if (done.contains(key)) {
        if (done[key].value("request", std::string()) == digestOf(request))
            return true;
        return failure(ErrorCode::Conflict,
                       u"clientToken: it was used within 8 hours for another request."_s);
    }
    done[key] = {{"request", digestOf(request)}, {"at", now}};
    document[doneRequests] = std::move(done);
    return false;
}

Result<qint64> changedTotal(qint64 total, const Json &request)
{
    const auto operation = textMember(request, "operation");
    if (!operation)
        return tl::unexpected(operation.error());
    const auto quantity = integerMember(request, "quantity", 0, largestQuantity);
    if (!quantity)
        return tl::unexpected(quantity.error());
    if (operation->isEmpty() != !quantity->has_value())
        return failure(ErrorCode::InvalidInput, u"operation and quantity go together."_s);
    if (operation->isEmpty())
        return total;
    if (*operation == u"SET"_s)
        return **quantity;
    if (*operation == u"ADD"_s) {
        if (total > largestQuantity - **quantity)
            return failure(ErrorCode::InvalidInput,
                           u"quantity: the total would be more than %1."_s.arg(largestQuantity));
        return total + **quantity;
    }
    if (*operation == u"REMOVE"_s) {
        if (**quantity > total)
            return failure(
                ErrorCode::InvalidInput,
                u"quantity: %1 cannot be removed, there are %2."_s.arg(**quantity).arg(total));
        return total - **quantity;
    }
    return failure(
        ErrorCode::InvalidInput,
        u"operation: %1 is not known; SET, ADD and REMOVE are allowed."_s.arg(operation->left(80)));
}

} // namespace

Result<Json> ConsumableResourceOperations::create(const Json &request)
{
    auto resource = checkedValue(request, batch::readConsumableResource);
    if (!resource)
        return tl::unexpected(resource.error());
    const QString name = resource->consumableResourceName;
    if (const auto ok = m_table.checkFree(name, resourceQuota); !ok)
        return tl::unexpected(ok.error());
    if (!resource->totalQuantity)
        resource->totalQuantity = 0;
    if (resource->resourceType.isEmpty())
        resource->resourceType = u"REPLENISHABLE"_s;
    resource->consumableResourceArn = m_context.arns.consumableResource(name);
    resource->createdAt = m_context.now();
    const Json document = batch::toJsonValue(*resource, batch::Form::Describe);
    if (const auto ok = m_table.save(name, document, m_context.now()); !ok)
        return tl::unexpected(ok.error());
    return identity(name);
}

Result<Json> ConsumableResourceOperations::describe(const Json &request)
{
    const auto record = m_table.named(request, "consumableResource");
    if (!record)
        return tl::unexpected(record.error());
    return describedOf(*record);
}

Result<Json> ConsumableResourceOperations::update(const Json &request)
{
    const auto record = m_table.named(request, "consumableResource");
    if (!record)
        return tl::unexpected(record.error());
    auto document = documentOf(*record);
    if (!document)
        return document;
    const auto repeated = isRepetition(*document, request, batch::toEpochMs(m_context.now()));
    if (!repeated)
        return tl::unexpected(repeated.error());
    if (!*repeated) {
        const auto total = changedTotal(document->value("totalQuantity", qint64(0)), request);
        if (!total)
            return tl::unexpected(total.error());
        (*document)["totalQuantity"] = *total;
        if (const auto ok = m_table.save(record->name, *document, record->createdAt); !ok)
            return tl::unexpected(ok.error());
    }
    Json reply = identity(record->name);
    reply["totalQuantity"] = document->value("totalQuantity", qint64(0));
    return reply;
}

Result<Json> ConsumableResourceOperations::remove(const Json &request)
{
    const auto record = m_table.named(request, "consumableResource");
    if (!record)
        return tl::unexpected(record.error());
    JobQuery query;
    query.consumableResource = record->name;
    query.states = unfinishedStates();
    query.limit = 1;
    const auto jobs = m_context.store.listJobs(query);
    if (!jobs)
        return tl::unexpected(jobs.error());
    if (!jobs->isEmpty())
        return failure(
            ErrorCode::Conflict,
            u"Cannot delete, the consumable resource is in use by job %1."_s.arg(jobs->first().id));
    if (const auto ok = m_table.remove(record->name); !ok)
        return tl::unexpected(ok.error());
    return Json::object();
}

Result<Json> ConsumableResourceOperations::list(const Json &request)
{
    const auto filters = listFilters(request, {u"CONSUMABLE_RESOURCE_NAME"_s}, 1);
    if (!filters)
        return tl::unexpected(filters.error());
    const auto page = pageRequest(request, "ListConsumableResources", 100, 100);
    if (!page)
        return tl::unexpected(page.error());
    return m_table.page(
        *page, "consumableResources",
        [&](const ResourceRecord &record) {
            return filters->isEmpty() || matchesAny(filters->first().values, record.name);
        },
        [this](const ResourceRecord &record) -> Result<Json> {
            auto described = describedOf(record);
            if (!described)
                return described;
            Json summary = Json::object();
            replaceMembers(summary, *described,
                           {"consumableResourceArn", "consumableResourceName", "totalQuantity",
                            "inUseQuantity", "resourceType"});
            return summary;
        });
}

Result<Json> ConsumableResourceOperations::listJobs(const Json &request)
{
    const auto record = m_table.named(request, "consumableResource");
    if (!record)
        return tl::unexpected(record.error());
    const auto document = documentOf(*record);
    if (!document)
        return document;
    const auto filters = listFilters(request, {u"JOB_STATUS"_s, u"JOB_NAME"_s}, 2);
    if (!filters)
        return tl::unexpected(filters.error());
    const auto page = pageRequest(request, "ListJobsByConsumableResource", 100, 100);
    if (!page)
        return tl::unexpected(page.error());

    JobQuery query;
    query.consumableResource = record->name;
    QStringList names;
    for (const ListFilter &filter : *filters) {
        if (filter.name == u"JOB_NAME"_s) {
            names = filter.values;
            continue;
        }
        const auto states = jobStates(filter.values, u"filters"_s);
        if (!states)
            return tl::unexpected(states.error());
        query.states = *states;
    }
    const auto jobs = jobPage(m_context, variantsByName(query, names), *page);
    if (!jobs)
        return tl::unexpected(jobs.error());

    Json summaries = Json::array();
    for (const JobRecord &job : jobs->jobs) {
        auto summary = jobSummary(job, document->value("totalQuantity", qint64(0)));
        if (!summary)
            return summary;
        summaries.push_back(std::move(*summary));
    }
    Json reply{{"jobs", std::move(summaries)}};
    if (!jobs->nextToken.empty())
        reply["nextToken"] = jobs->nextToken;
    return reply;
}

Result<Json> ConsumableResourceOperations::describedOf(const ResourceRecord &record) const
{
    auto document = documentOf(record);
    if (!document)
        return document;
    document->erase(doneRequests);
    const qint64 total = document->value("totalQuantity", qint64(0));
    const qint64 inUse = m_context.control.consumableInUse(record.name);
    (*document)["inUseQuantity"] = inUse;
    (*document)["availableQuantity"] = std::max<qint64>(total - inUse, 0);
    return document;
}

Json ConsumableResourceOperations::identity(const QString &name) const
{
    return {{"consumableResourceName", name.toStdString()},
            {"consumableResourceArn", m_context.arns.consumableResource(name).toStdString()}};
}

Result<Json> ConsumableResourceOperations::jobSummary(const JobRecord &job, qint64 total) const
{
    const auto documents = m_context.documents.of(job);
    if (!documents)
        return tl::unexpected(documents.error());
    Json summary{
        {"jobArn", m_context.arns.job(job.id).toStdString()},
        {"jobQueueArn", m_context.arns.jobQueue(job.queue).toStdString()},
        {"jobName", job.name.toStdString()},
        {"jobDefinitionArn", job.definitionArn.toStdString()},
        {"jobStatus", batch::toString(job.status).toStdString()},
        {"quantity", total},
        {"createdAt", batch::toEpochMs(job.createdAt)},
        {"consumableResourceProperties",
         batch::toJsonValue(batch::ConsumableResourceProperties{(*documents)->consumables, {}})}};
    if (!job.shareIdentifier.isEmpty())
        summary["shareIdentifier"] = job.shareIdentifier.toStdString();
    if (!job.statusReason.isEmpty())
        summary["statusReason"] = job.statusReason.toStdString();
    if (job.startedAt)
        summary["startedAt"] = batch::toEpochMs(*job.startedAt);
    return summary;
}

} // namespace batchyard::executor::api
