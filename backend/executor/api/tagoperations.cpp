#include "backend/executor/api/tagoperations.h"

#include "backend/batch/limits.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> notFound(const QString &arn)
{
    return failure(ErrorCode::NotFound,
                   u"resourceArn: %1 does not exist"_s.arg(batch::shownName(arn)));
}

std::optional<ResourceKind> kindOf(const QString &kind)
{
    if (kind == u"compute-environment"_s)
        return ResourceKind::ComputeEnvironment;
    if (kind == u"job-queue"_s)
        return ResourceKind::JobQueue;
    if (kind == u"job-definition"_s)
        return ResourceKind::JobDefinition;
    if (kind == u"scheduling-policy"_s)
        return ResourceKind::SchedulingPolicy;
    if (kind == u"consumable-resource"_s)
        return ResourceKind::ConsumableResource;
    return std::nullopt;
}

} // namespace

struct TagOperations::Tagged {
    std::optional<ResourceKind> kind; // none: a job
    ResourceRecord record; // of a job only its id as the name
    Json document;
    batch::Tags tags;
};

Result<Json> TagOperations::list(const QString &arn)
{
    const auto tagged = find(arn);
    if (!tagged)
        return tl::unexpected(tagged.error());
    Json tags = Json::object();
    for (auto tag = tagged->tags.cbegin(); tag != tagged->tags.cend(); ++tag)
        tags[tag.key().toStdString()] = tag.value().toStdString();
    return Json{{"tags", std::move(tags)}};
}

Result<Json> TagOperations::tag(const QString &arn, const Json &request)
{
    auto tagged = find(arn);
    if (!tagged)
        return tl::unexpected(tagged.error());
    const Json *added = member(request, "tags");
    if (!added || !added->is_object())
        return failure(ErrorCode::InvalidInput, u"tags: expected an object of strings."_s);
    for (const auto &[key, value] : added->items()) {
        if (!value.is_string())
            return failure(ErrorCode::InvalidInput, u"tags: a value must be a string."_s);
        tagged->tags.insert(toQString(key), toQString(value.get<std::string>()));
    }
    if (const auto ok = accept(batch::tagFaults(tagged->tags, u"tags"_s)); !ok)
        return tl::unexpected(ok.error());
    return save(*tagged);
}

Result<Json> TagOperations::untag(const QString &arn, const QStringList &keys)
{
    auto tagged = find(arn);
    if (!tagged)
        return tl::unexpected(tagged.error());
    if (keys.isEmpty() || keys.size() > batch::limits::tags)
        return failure(ErrorCode::InvalidInput, u"tagKeys: 1 to 50 keys are allowed."_s);
    for (const QString &key : keys)
        tagged->tags.remove(key);
    return save(*tagged);
}

Result<TagOperations::Tagged> TagOperations::find(const QString &arn) const
{
    const auto parsed = parseBatchArn(arn);
    if (!parsed)
        return notFound(arn);
    if (parsed->kind == u"job"_s)
        return findJob(arn, parsed->name);
    const auto kind = kindOf(parsed->kind);
    const auto name = definitionNameOf(parsed->name);
    if (!kind || !name)
        return notFound(arn);
    const auto record = m_context.store.resource(*kind, name->name, name->revision);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return notFound(arn);
    auto document = documentOf(**record);
    if (!document)
        return tl::unexpected(document.error());
    batch::Tags tags;
    const Json stored = document->value("tags", Json::object()); // items() keeps a reference
    for (const auto &[key, value] : stored.items())
        tags.insert(toQString(key), toQString(value.get<std::string>()));
    return Tagged{*kind, **record, std::move(*document), std::move(tags)};
}

Result<TagOperations::Tagged> TagOperations::findJob(const QString &arn, const QString &id) const
{
    const auto job = m_context.store.job(id);
    if (!job)
        return tl::unexpected(job.error());
    if (!*job)
        return notFound(arn);
    if (!(*job)->parentId.isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"resourceArn: the children of an array and the nodes of a multi-node job "
                       "have no tags of their own; name the parent."_s);
    ResourceRecord record;
    record.name = id;
    return Tagged{std::nullopt, std::move(record), {}, (*job)->tags};
}

Result<Json> TagOperations::save(Tagged &tagged)
{
    if (!tagged.kind) {
        const QString &id = tagged.record.name;
        if (const auto ok = m_context.store.setJobTags(id, tagged.tags); !ok)
            return tl::unexpected(ok.error());
        m_context.feed.add(Change::Kind::Job, id);
        return Json::object();
    }
    Json tags = Json::object();
    for (auto tag = tagged.tags.cbegin(); tag != tagged.tags.cend(); ++tag)
        tags[tag.key().toStdString()] = tag.value().toStdString();
    tagged.document["tags"] = std::move(tags);
    tagged.record.document = dump(tagged.document);
    if (const auto ok = m_context.store.putResource(*tagged.kind, tagged.record); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return Json::object();
}

} // namespace batchyard::executor::api
